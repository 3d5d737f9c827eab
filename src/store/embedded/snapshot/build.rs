//! A base from everything that a store holds, with bounded memory and all processors.
//!
//! Each thread reads one graph after the other into runs of limited size; the runs are merged, the smallest first. The
//! graphs need not be read in one state of the store: what is committed meanwhile is taken up afterwards.

use std::{
    fs, io,
    path::PathBuf,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use oxigraph::{
    model::{GraphNameRef, NamedOrBlankNode, TermRef},
    store::Store,
};

use super::{
    base::{Base, Target},
    journal,
    merge::{self, Run, Without},
    state::Change,
    term,
};
use crate::store::embedded::effect::unfinished;

/// How many triples of the merge are looked at, whether they are in a graph.
const LOOKED_AT: usize = 1000;

/// How many quads a run has at most.
const RUN: usize = 1 << 19;

/// Where a base is to be written.
pub(super) struct Place {
    /// The folder that it becomes; in memory where there is none.
    pub(super) folder: Option<PathBuf>,
    pub(super) closing: Arc<AtomicBool>,
}

impl Place {
    pub(super) fn target(&self) -> io::Result<Target> {
        Target::new(self.folder.clone(), &self.closing)
    }

    /// A place beside it for what is needed on the way.
    pub(super) fn beside(&self, name: &str) -> io::Result<Target> {
        Target::new(self.folder.as_ref().map(|folder| folder.with_file_name(name)), &self.closing)
    }
}

/// A base that holds nothing.
pub(super) fn empty(place: &Place) -> io::Result<Base> {
    Run::default().finish(place.target()?)
}

/// A base of everything in a store.
///
/// A store that somebody else has filled may hold triples that are in no graph; they would be in no order either. The
/// mark of a merge that is being made meanwhile is none of them.
pub(super) fn base(store: &Store, place: &Place) -> io::Result<Base> {
    for triple in store.quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph)).take(LOOKED_AT) {
        let quad = triple.map_err(io::Error::other)?;
        if quad == unfinished() {
            continue;
        }
        let (subject, predicate) = (quad.subject.as_ref(), quad.predicate.as_ref());
        let mut all = store.quads_for_pattern(Some(subject), Some(predicate), Some(quad.object.as_ref()), None);
        if !all.any(|quad| quad.is_ok_and(|quad| !quad.graph_name.is_default_graph())) {
            return Err(io::Error::other("the store holds triples that are in no graph"));
        }
    }
    let graphs = store.named_graphs().collect::<Result<Vec<_>, _>>().map_err(io::Error::other)?;
    let reading = Reading { store, place, graphs: Mutex::new(graphs), runs: Mutex::default() };
    thread::scope(|scope| {
        let count = thread::available_parallelism().map_or(1, usize::from);
        let readers: Vec<_> = (0..count).map(|_| scope.spawn(|| reading.read())).collect();
        let ended = readers.into_iter().map(|reader| reader.join().unwrap_or_else(|_| Err(stopped())));
        ended.collect::<io::Result<()>>()
    })?;
    let runs = reading.runs.into_inner().unwrap_or_else(PoisonError::into_inner);
    joined(runs.0, runs.1, place)
}

fn stopped() -> io::Error {
    io::Error::other("the reading of the store ended early")
}

/// What the threads that read a store share.
struct Reading<'a> {
    store: &'a Store,
    place: &'a Place,
    /// The graphs that are still to be read.
    graphs: Mutex<Vec<NamedOrBlankNode>>,
    /// What was read, and how many runs there have been.
    runs: Mutex<(Vec<Base>, usize)>,
}

impl Reading<'_> {
    fn read(&self) -> io::Result<()> {
        let mut run = Run::default();
        let mut name = Vec::new();
        loop {
            let graph = self.graphs.lock().unwrap_or_else(PoisonError::into_inner).pop();
            let Some(graph) = graph else { break };
            name.clear();
            term::encode(TermRef::from(graph.as_ref()), &mut name);
            let mut id = run.graph(&name);
            for quad in self.store.quads_for_pattern(None, None, None, Some(graph.as_ref().into())) {
                run.add(quad.map_err(io::Error::other)?.as_ref(), id);
                if run.len() >= RUN {
                    self.write(std::mem::take(&mut run))?;
                    id = run.graph(&name);
                }
            }
            if self.place.closing.load(Ordering::Relaxed) {
                return Err(io::ErrorKind::Interrupted.into());
            }
        }
        self.write(run)
    }

    fn write(&self, run: Run) -> io::Result<()> {
        let number = {
            let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
            runs.1 += 1;
            runs.1
        };
        let base = run.finish(self.place.beside(&format!("run-{number}"))?)?;
        self.runs.lock().unwrap_or_else(PoisonError::into_inner).0.push(base);
        Ok(())
    }
}

/// The runs as one, each merged with the one next in size.
fn joined(mut runs: Vec<Base>, mut count: usize, place: &Place) -> io::Result<Base> {
    loop {
        runs.sort_by_key(|run| std::cmp::Reverse(run.manifest.quads));
        let (Some(first), second) = (runs.pop(), runs.pop()) else { return empty(place) };
        let is_last = runs.is_empty();
        let target = if is_last {
            place.target()?
        } else {
            count += 1;
            place.beside(&format!("run-{count}"))?
        };
        let merged = match &second {
            Some(second) => merge::merge(&first, Without::default(), second, target)?,
            None => merge::merge(&first, Without::default(), &nothing(place)?, target)?,
        };
        for folder in [Some(first), second].into_iter().flatten().filter_map(|run| run.folder) {
            fs::remove_dir_all(folder)?;
        }
        if is_last {
            return Ok(merged);
        }
        runs.push(merged);
    }
}

fn nothing(place: &Place) -> io::Result<Base> {
    Run::default().finish(Target::new(None, &place.closing)?)
}

/// What journals say was touched, as it stands in the store.
pub(super) fn touched(store: &Store, journals: &[PathBuf]) -> io::Result<Change> {
    let mut change = Change::default();
    for journal in journals {
        let (graphs, quads) = journal::read(journal)?;
        for graph in graphs {
            let exists = store.contains_named_graph(&graph).map_err(io::Error::other)?;
            change.graphs.push((graph, exists));
        }
        for quad in quads {
            let is_there = store.contains(&quad).map_err(io::Error::other)?;
            change.quads.push((quad, is_there));
        }
    }
    Ok(change)
}
