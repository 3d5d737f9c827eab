//! How an answer leaves the thread that evaluates it: as chunks of bytes, a few ahead of the reader at most.

use std::{
    cell::RefCell,
    collections::HashSet,
    io::{self, Write},
    mem,
    ops::ControlFlow,
};

use bytes::Bytes;
use futures::{StreamExt, stream};
use oxigraph::{
    io::RdfSerializer,
    model::{Term, Triple},
    sparql::{QueryResults, QuerySolutionIter, QueryTripleIter, results::QueryResultsSerializer},
};
use spargebra::Query as Parsed;
use tokio::{
    runtime::Handle,
    sync::{
        mpsc::{self, error::TrySendError},
        oneshot,
    },
};

use super::{
    super::{Answer, Error, Progress, Query},
    evaluation_error,
    snapshot::Found,
    stop::{Abandon, Stop},
};
use crate::rdf::{AnswerFormat, GraphFormat, SolutionsFormat, prefixes};

/// The size from which a chunk is sent.
const CHUNK: usize = 32 * 1024;

/// How many chunks may wait for the reader.
const AHEAD: usize = 4;

/// The two ends of an answer that is about to be evaluated.
pub(super) fn channel(stop: &Stop) -> (Chunks, Reader) {
    let (sender, receiver) = mpsc::channel(AHEAD);
    let (outcome, ended) = oneshot::channel();
    let writer = Chunks {
        buffer: Vec::with_capacity(CHUNK),
        started: false,
        sender,
        outcome,
        stop: stop.clone(),
        runtime: Handle::current(),
    };
    let reader = Reader { chunks: receiver, ended: Some(ended), stop: stop.clone(), _abandon: stop.when_dropped() };
    (writer, reader)
}

/// The end that the evaluating thread writes to.
#[derive(Debug)]
pub(super) struct Chunks {
    buffer: Vec<u8>,
    /// Whether a row has gone out.
    started: bool,
    sender: mpsc::Sender<Bytes>,
    outcome: oneshot::Sender<Result<(), Error>>,
    stop: Stop,
    runtime: Handle,
}

impl Chunks {
    /// Lets `work` write the answer, then tells the reader how it ended. Blocks while the reader is behind.
    pub(super) fn write(self, work: impl FnOnce(&Output) -> Result<(), Error>) {
        let stop = self.stop.clone();
        let output = Output(RefCell::new(self));
        let result = stop.catching(|| {
            work(&output)?;
            output.send().map_err(Error::internal)
        });
        let mut chunks = output.0.into_inner();
        if result.is_err() && chunks.started {
            // What was written before the error still goes out, if the reader keeps up.
            chunks.send().ok();
        }
        let finished = stop.finish();
        // If nobody is there to be told, nobody minds.
        chunks.outcome.send(result.and(finished)).ok();
    }

    fn send(&mut self) -> io::Result<()> {
        if self.buffer.is_empty() {
            return Ok(());
        }
        self.started = true;
        self.stop.give(self.buffer.capacity());
        let chunk = Bytes::from(mem::replace(&mut self.buffer, Vec::with_capacity(CHUNK)));
        match self.sender.try_send(chunk) {
            Ok(()) => Ok(()),
            Err(TrySendError::Closed(_)) => Err(io::ErrorKind::BrokenPipe.into()),
            Err(TrySendError::Full(chunk)) => self.runtime.block_on(async {
                tokio::select! {
                    biased;
                    () = self.stop.settled() => Err(io::ErrorKind::TimedOut.into()),
                    sent = self.sender.send(chunk) => sent.map_err(|_| io::ErrorKind::BrokenPipe.into()),
                }
            }),
        }
    }
}

/// A [`Chunks`] that a serializer writes to while its owner decides when a chunk is sent early.
pub(super) struct Output(RefCell<Chunks>);

impl Output {
    fn send(&self) -> io::Result<()> {
        self.0.borrow_mut().send()
    }
}

impl Write for &Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut chunks = self.0.borrow_mut();
        chunks.buffer.extend_from_slice(bytes);
        if chunks.buffer.len() >= CHUNK {
            chunks.send()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The end that is read; dropping it stops the evaluation.
#[derive(Debug)]
pub(super) struct Reader {
    chunks: mpsc::Receiver<Bytes>,
    /// None after the end.
    ended: Option<oneshot::Receiver<Result<(), Error>>>,
    stop: Stop,
    _abandon: Abandon,
}

impl Reader {
    /// Waits for the first bytes, or for the news that there will be none.
    pub(super) async fn answer(mut self) -> Result<Answer, Error> {
        let first = self.next().await.transpose()?;
        let rest = stream::unfold(self, |mut reader| async move { Some((reader.next().await?, reader)) });
        Ok(Answer { body: stream::iter(first.map(Ok)).chain(rest).boxed() })
    }

    async fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let ended = self.ended.as_mut()?;
        let rest = async {
            match self.chunks.recv().await {
                Some(chunk) => Ok(Some(chunk)),
                // The writer is gone, and has said before how it ended.
                None => match ended.await {
                    Ok(result) => result.map(|()| None),
                    Err(_) => Err(Error::internal("the evaluation ended without a word")),
                },
            }
        };
        let next = tokio::select! {
            biased;
            next = rest => next,
            // The thread may be busy with something that cannot be stopped; the reader need not wait for it.
            () = self.stop.expired() => Err(self.stop.error()),
        };
        if !matches!(next, Ok(Some(_))) {
            self.ended = None;
        }
        next.transpose()
    }
}

/// Refuses a syntax that cannot say what the query asks for.
pub(super) fn check_format(query: &Parsed, format: AnswerFormat) -> Result<(), Error> {
    let (form, solutions) = match query {
        Parsed::Select { .. } => ("SELECT", true),
        Parsed::Ask { .. } => ("ASK", true),
        Parsed::Construct { .. } => ("CONSTRUCT", false),
        Parsed::Describe { .. } => ("DESCRIBE", false),
    };
    match format {
        AnswerFormat::Solutions(_) if solutions => Ok(()),
        AnswerFormat::Graph(_) if !solutions => Ok(()),
        _ => {
            let possible = if solutions {
                SolutionsFormat::ALL.map(SolutionsFormat::media_type).join(", ")
            } else {
                GraphFormat::ALL.map(GraphFormat::media_type).join(", ")
            };
            Err(Error::Refused(format!(
                "the answer to {form} cannot be written as {}; possible are {possible}",
                format.media_type()
            )))
        }
    }
}

/// Writes what was found without the evaluator, unless it turns out on the way that this could not be done; then nothing
/// was written.
pub(super) fn write_found(found: &Found<'_>, query: &Query, stop: &Stop, output: &Output) -> Result<bool, Error> {
    let AnswerFormat::Solutions(format) = query.format else { return Ok(false) };
    let serializer = || QueryResultsSerializer::from_format(format.to_results_format());
    let Some(variables) = &found.variables else {
        let Some(any) = found.any() else { return Ok(false) };
        serializer().serialize_boolean_to_writer(output, any).map_err(Error::internal)?;
        return Ok(true);
    };
    let mut count = Count { rows: 0, limit: query.limits.rows, progress: &query.progress, stop, output };
    let begin = || serializer().serialize_solutions_to_writer(output, variables.clone()).map_err(Error::internal);
    let (mut writing, mut failure) = (None, None);
    let mut write = |row: &[Option<Term>]| {
        count.before_row()?;
        let writer = match &mut writing {
            Some(writer) => writer,
            None => writing.insert(begin()?),
        };
        let bound = variables.iter().zip(row).filter_map(|(variable, term)| Some((variable, term.as_ref()?)));
        writer.serialize(bound).map_err(Error::internal)?;
        count.after_row()
    };
    let is_done = found.each(&mut |row| match write(row) {
        Ok(()) => ControlFlow::Continue(()),
        Err(error) => {
            failure = Some(error);
            ControlFlow::Break(())
        }
    });
    if let Some(error) = failure {
        return Err(error);
    }
    if !is_done {
        return Ok(false);
    }
    let writer = writing.map_or_else(begin, Ok)?;
    writer.finish().map_err(Error::internal)?;
    Ok(true)
}

/// Evaluates and writes an answer within the limits of its query, in a syntax that was checked.
pub(super) fn write(results: QueryResults<'_>, query: &Query, stop: &Stop, output: &Output) -> Result<(), Error> {
    let mut count = Count { rows: 0, limit: query.limits.rows, progress: &query.progress, stop, output };
    match (results, query.format) {
        (QueryResults::Solutions(solutions), AnswerFormat::Solutions(format)) => {
            write_solutions(solutions, format, &mut count)
        }
        (QueryResults::Graph(triples), AnswerFormat::Graph(format)) => write_triples(triples, format, &mut count),
        (QueryResults::Boolean(value), AnswerFormat::Solutions(format)) => {
            QueryResultsSerializer::from_format(format.to_results_format())
                .serialize_boolean_to_writer(output, value)
                .map_err(Error::internal)?;
            Ok(())
        }
        _ => Err(Error::internal("the syntax does not fit the form of the query")),
    }
}

fn write_solutions(
    solutions: QuerySolutionIter<'_>,
    format: SolutionsFormat,
    count: &mut Count<'_>,
) -> Result<(), Error> {
    let mut serializer = QueryResultsSerializer::from_format(format.to_results_format())
        .serialize_solutions_to_writer(count.output, solutions.variables().to_vec())
        .map_err(Error::internal)?;
    for solution in solutions {
        let solution = solution.map_err(evaluation_error)?;
        count.before_row()?;
        serializer.serialize(&solution).map_err(Error::internal)?;
        count.after_row()?;
    }
    serializer.finish().map_err(Error::internal)?;
    Ok(())
}

/// Writes each triple once: the evaluator repeats some, and several solutions may make the same one.
fn write_triples(triples: QueryTripleIter<'_>, format: GraphFormat, count: &mut Count<'_>) -> Result<(), Error> {
    let mut serializer = RdfSerializer::from_format(format.to_rdf_format());
    if matches!(format, GraphFormat::Turtle | GraphFormat::TriG) {
        for (prefix, iri) in prefixes() {
            serializer = serializer.with_prefix(*prefix, *iri).map_err(Error::internal)?;
        }
    }
    let mut serializer = serializer.for_writer(count.output);
    let mut written: HashSet<Triple> = HashSet::new();
    for triple in triples {
        let triple = triple.map_err(evaluation_error)?;
        if written.contains(&triple) {
            count.stop.check()?;
            continue;
        }
        count.before_row()?;
        serializer.serialize_triple(&triple).map_err(Error::internal)?;
        count.after_row()?;
        written.insert(triple);
    }
    serializer.finish().map_err(Error::internal)?;
    Ok(())
}

/// Counts rows, and looks after each whether to go on.
struct Count<'a> {
    rows: u64,
    limit: u64,
    progress: &'a Progress,
    stop: &'a Stop,
    output: &'a Output,
}

impl Count<'_> {
    fn before_row(&mut self) -> Result<(), Error> {
        self.stop.check()?;
        if self.rows == self.limit {
            return Err(Error::TooManyRows(self.limit));
        }
        self.rows += 1;
        self.progress.set_rows(self.rows);
        Ok(())
    }

    /// The first row goes out at once, so that the reader knows there is an answer.
    fn after_row(&mut self) -> Result<(), Error> {
        if self.rows == 1 { self.output.send().map_err(Error::internal) } else { Ok(()) }
    }
}
