//! The seam: what is asked of whatever holds the triples.
//!
//! An [`Engine`] speaks SPARQL 1.1 and named graphs and nothing else, so that the embedded store and any
//! SPARQL 1.1 server can stand behind it. Answers cross as bytes in the syntax that was asked for: the
//! embedded engine writes them on a thread of its own, the remote one passes them on unread. (Passing terms
//! was measured too: up to 1.7 times slower for large answers.)
//!
//! Not here: documents, names, HTTP statuses, and anything a server cannot do over the standard protocol.

use std::{
    collections::BTreeSet,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::{future::BoxFuture, stream::BoxStream};
use oxigraph::model::{NamedNode, Quad};
use serde::Serialize;

use super::Delta;
use crate::rdf::{AnswerFormat, Finding};

/// Where the triples live.
pub trait Engine: fmt::Debug + Send + Sync + 'static {
    /// Evaluates a query on one consistent state of the store.
    ///
    /// Resolves when the first bytes of the answer exist or when it is known that there will be none, so that
    /// whatever goes wrong before them is an `Err`; whatever goes wrong after them is the last item of the
    /// stream. Without a dataset in the query or in `dataset`, the default graph is the RDF merge of all graphs.
    /// Dropping the future or the stream stops the evaluation, rows or no rows.
    fn query(&self, query: Query) -> BoxFuture<'_, Result<Answer, Error>>;

    /// Carries out one update request, whole or not at all; the next query sees it.
    ///
    /// Once begun it is carried to its end even if the future is dropped. The default graph is not written to.
    fn update(&self, update: Update) -> BoxFuture<'_, Result<(), Error>>;

    /// Evaluates a query for the sake of its steps. The standard protocol has no words for that.
    fn explain(&self, _query: Query) -> BoxFuture<'_, Result<Explanation, Error>> {
        Box::pin(async {
            Err(Error::Refused("the engine behind this archive does not explain its queries".to_owned()))
        })
    }

    /// Sees to it that the triples of some graphs are not in the merge, so that they are found only where their graph is
    /// named. An engine behind an address has the default graph it was set up with.
    fn set_apart(&self, _graphs: Vec<NamedNode>) -> Result<(), Error> {
        Ok(())
    }

    /// What the engine is, for people and for `/health/ready`.
    fn kind(&self) -> Kind;
}

/// A query and what it may cost.
#[derive(Clone, Debug)]
pub struct Query {
    /// The text, SPARQL 1.1.
    pub text: String,
    /// The dataset of the protocol, in place of the one in the text.
    pub dataset: Dataset,
    /// The syntax of the answer; it must fit the form of the query.
    pub format: AnswerFormat,
    /// What it may cost.
    pub limits: Limits,
    /// How far it has come, for whoever looks on.
    pub progress: Arc<Progress>,
}

impl Query {
    /// A query over the default dataset that nobody watches.
    #[must_use]
    pub fn new(text: impl Into<String>, format: AnswerFormat, limits: Limits) -> Self {
        Self { text: text.into(), dataset: Dataset::default(), format, limits, progress: Arc::default() }
    }
}

/// How far an evaluation has come. What an engine cannot tell stays zero.
#[derive(Debug, Default)]
pub struct Progress {
    rows: AtomicU64,
    memory: AtomicU64,
}

impl Progress {
    /// How many rows or triples have been written.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows.load(Ordering::Relaxed)
    }

    /// How many bytes the evaluation held when it last looked.
    #[must_use]
    pub fn memory(&self) -> u64 {
        self.memory.load(Ordering::Relaxed)
    }

    pub(super) fn set_rows(&self, rows: u64) {
        self.rows.store(rows, Ordering::Relaxed);
    }

    pub(super) fn set_memory(&self, bytes: u64) {
        self.memory.store(bytes, Ordering::Relaxed);
    }
}

/// The graphs to be asked; both empty means all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dataset {
    /// The graphs that make up the default graph.
    pub default: Vec<NamedNode>,
    /// The graphs that `GRAPH` can reach.
    pub named: Vec<NamedNode>,
}

impl Dataset {
    /// Whether no graph is named, so that the query's own dataset, or all graphs, are meant.
    #[must_use]
    pub fn is_unset(&self) -> bool {
        self.default.is_empty() && self.named.is_empty()
    }
}

/// Whoever has so much time, a week, as what is made behind the scenes, takes no place from those who wait for an answer.
pub const PATIENCE: Duration = Duration::from_secs(7 * 86_400);

/// What a query may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long it may take, from now to the last byte.
    pub deadline: Duration,
    /// How many rows or triples the answer may have.
    pub rows: u64,
    /// How many bytes the evaluation may hold at a time.
    pub memory: u64,
}

/// An update and how long it may take.
#[derive(Clone, Debug)]
pub struct Update {
    /// The text, SPARQL 1.1 Update.
    pub text: String,
    /// The dataset of its `WHERE` clauses (`using-graph-uri`, `using-named-graph-uri`).
    pub dataset: Dataset,
    /// How long it may take before it is given up, with nothing changed.
    pub deadline: Duration,
    /// Who is to look at the outcome before it is kept.
    pub review: Option<Review>,
}

impl Update {
    /// An update that nobody reviews.
    #[must_use]
    pub fn new(text: impl Into<String>, deadline: Duration) -> Self {
        Self { text: text.into(), dataset: Dataset::default(), deadline, review: None }
    }
}

/// Looks at what an update is about to leave behind: refuses it, or gives a further update to be carried out in
/// the same transaction, such as the record of the change.
#[derive(Clone)]
pub struct Review(Arc<Look>);

type Look = dyn Fn(&[Touched]) -> Result<String, Error> + Send + Sync;

impl Review {
    /// A review by a function.
    pub fn new(look: impl Fn(&[Touched]) -> Result<String, Error> + Send + Sync + 'static) -> Self {
        Self(Arc::new(look))
    }

    /// Asks for the verdict.
    pub fn look(&self, touched: &[Touched]) -> Result<String, Error> {
        (self.0)(touched)
    }
}

impl fmt::Debug for Review {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Review")
    }
}

/// A graph that an update changes.
#[derive(Clone, Debug)]
pub struct Touched {
    /// The graph.
    pub graph: NamedNode,
    /// Whether it existed before.
    pub existed: bool,
    /// Its quads as they will stand.
    pub quads: Vec<Quad>,
    /// What is gone and what is new.
    pub delta: Delta,
    /// What those and the new ones are about.
    pub subjects: BTreeSet<NamedNode>,
}

/// How a query was evaluated.
#[derive(Clone, Debug, Serialize)]
pub struct Explanation {
    /// How long planning took.
    pub planning_seconds: f64,
    /// How long the evaluation took.
    pub seconds: f64,
    /// How many rows or triples there were, or how many before a limit was reached.
    pub rows: u64,
    /// The limit that was reached before the end.
    pub stopped_by: Option<String>,
    /// The last step, which gives the answer.
    pub plan: Step,
}

/// A step of an evaluation.
#[derive(Clone, Debug, Serialize)]
pub struct Step {
    /// What is done.
    pub what: String,
    /// How many rows were to be expected.
    pub estimated: Option<u64>,
    /// How many rows there were.
    pub rows: u64,
    /// How long it took, with the steps below it.
    pub seconds: f64,
    /// The steps that it rests on.
    pub children: Vec<Step>,
}

/// A running answer.
pub struct Answer {
    /// Its bytes.
    pub body: BoxStream<'static, Result<Bytes, Error>>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answer")
    }
}

/// What an engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    /// In this process, in memory only.
    Memory,
    /// In this process, in a folder.
    Embedded,
    /// Behind a SPARQL endpoint.
    Remote,
}

/// What can go wrong at the seam.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The asker's fault: the query or the update does not parse, or asks for what is not allowed.
    #[error("{message}")]
    Syntax {
        /// What is wrong, as the parser says it.
        message: String,
        /// The line, counted from 1.
        line: Option<u64>,
        /// The column, counted from 1.
        column: Option<u64>,
    },
    /// The query is sound but cannot be evaluated: a refused SERVICE, an unsuitable answer format.
    #[error("{0}")]
    Refused(String),
    /// The time was up.
    #[error("the time limit of {0:?} was reached")]
    Deadline(Duration),
    /// The answer grew beyond its limit.
    #[error("the limit of {0} rows was reached")]
    TooManyRows(u64),
    /// The evaluation needed more memory than it may have.
    #[error("the limit of {} MB of memory was reached", .0 / 1_000_000)]
    TooMuchMemory(u64),
    /// Somebody stopped it.
    #[error("the query was cancelled")]
    Cancelled,
    /// What an update would leave behind breaks the rules.
    #[error("the change is refused: {}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Breaks(Vec<Finding>),
    /// All workers are busy and the queue is full.
    #[error("too many queries are running")]
    Busy,
    /// The store is in use by another process.
    #[error("the store in {path} is in use by another process; stop it, or give this one another --store")]
    Locked {
        /// The folder.
        path: String,
    },
    /// The engine could not be reached.
    #[error("the engine at {address} could not be reached")]
    Unreachable {
        /// Its address, without credentials.
        address: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The engine answered with an error of its own.
    #[error("the engine at {address} answered {status}: {message}")]
    Answered {
        /// Its address, without credentials.
        address: String,
        /// The HTTP status.
        status: u16,
        /// The first lines of what it said.
        message: String,
    },
    /// The disk does not take what is to be written. What stands there can still be read.
    #[error("nothing can be stored: {reason}")]
    Disk {
        /// Why: it is full, or cannot be written to.
        reason: &'static str,
        /// What it said.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Our fault or the disk's.
    #[error("the store failed")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Error {
    /// Wraps an error that is not the asker's.
    pub fn internal(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        let source = source.into();
        match of_disk(source.as_ref()) {
            Some(reason) => Self::Disk { reason, source },
            None => Self::Internal(source),
        }
    }
}

/// What a disk says when it takes nothing more. The engine passes it on in words only.
const DISK: [(&str, &str); 5] = [
    ("no space left on device", "the disk is full"),
    ("disk quota exceeded", "the disk quota is used up"),
    ("file too large", "a file has reached the size limit of the process or the disk"),
    ("read-only file system", "the disk is read-only"),
    ("only possible on read-write instances", "the disk was read-only when the store was opened"),
];

fn of_disk(error: &(dyn std::error::Error + 'static)) -> Option<&'static str> {
    let mut causes = std::iter::successors(Some(error), |error| error.source());
    causes.find_map(|cause| {
        let words = cause.to_string().to_ascii_lowercase();
        DISK.iter().find(|(said, _)| words.contains(said)).map(|(_, reason)| *reason)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_takes_nothing_more_is_told_from_other_faults() {
        let full = std::io::Error::from_raw_os_error(28);
        assert!(cfg!(not(unix)) || matches!(Error::internal(std::io::Error::other(full)), Error::Disk { .. }));
        let told = Error::internal("IO error: No space left on device: While appending to file: 000012.log");
        assert_eq!(told.to_string(), "nothing can be stored: the disk is full");
        assert!(matches!(Error::internal("corruption"), Error::Internal(_)));
    }
}
