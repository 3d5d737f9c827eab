//! The engine in this process: oxigraph, in memory or in a folder.
//!
//! Queries are evaluated on blocking threads, as many at once as there are workers; more wait in a queue, and
//! beyond it they are turned away. Every one can be stopped: [`guard`] puts ticks into its algebra, [`stop`]
//! says when, and what its answer is made of leaves through [`answer`] with a few chunks ahead of the reader.
//! Updates take turns on a thread of their own.
//!
//! What is asked is read from a [`snapshot`] of the store where one is kept, else from the store itself; both give the
//! same answers.
//!
//! Nothing here reaches the network: `SERVICE` and `LOAD` are refused before anything is evaluated.

mod answer;
mod draft;
mod effect;
mod explain;
mod guard;
mod memory;
mod paths;
mod scope;
mod size;
mod snapshot;
mod source;
mod standard;
mod stop;
mod syntax;
#[cfg(test)]
mod tests;
mod token;
mod update;

use std::{
    collections::BTreeSet,
    fmt, fs,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    thread,
};

use futures::{FutureExt, future::BoxFuture};
use oxigraph::{
    model::{GraphName, Literal, NamedNode, NamedOrBlankNode, Term},
    sparql::{
        DefaultServiceHandler, QueryDatasetSpecification, QueryEvaluationError, QuerySolutionIter, SparqlEvaluator,
    },
    store::Store,
};
use oxiri::Iri;
use spargebra::{SparqlParser, algebra::GraphPattern};
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore, TryAcquireError},
    task::spawn_blocking,
    time::{Instant, timeout_at},
};

pub use self::{
    draft::Draft,
    syntax::{parse_query, parse_update},
};
use self::{memory::Budget, snapshot::Snapshot, source::Source, stop::Stop};
use super::{Answer, Dataset, Engine, Error, Explanation, Kind, PATIENCE, Query, Update};

/// How much may be evaluated at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How many queries are evaluated at the same time.
    pub workers: usize,
    /// How many more may wait for their turn.
    pub queue: usize,
    /// How many bytes all queries together may hold.
    pub memory: u64,
}

impl Default for Options {
    /// A worker for each processor, and a queue that is worked off within a few deadlines.
    fn default() -> Self {
        let workers = thread::available_parallelism().map_or(2, usize::from);
        Self { workers, queue: workers * 8, memory: 2 << 30 }
    }
}

/// A store in this process.
pub struct Embedded {
    store: Store,
    kind: Kind,
    workers: Arc<Semaphore>,
    /// Those of whoever has time.
    patient: Arc<Semaphore>,
    queue: Semaphore,
    memory: Arc<Budget>,
    /// What queries are answered from, where it is kept.
    snapshot: Option<Snapshot>,
    /// The folder of the store, and how it was found.
    found: Option<(PathBuf, String)>,
    /// The graphs that are not in the merge.
    apart: RwLock<Arc<BTreeSet<NamedNode>>>,
    /// Held by the update that is being carried out.
    writer: Arc<Mutex<()>>,
}

impl Embedded {
    /// An empty store in memory.
    pub fn memory(options: Options) -> Result<Self, Error> {
        Ok(Self::new(Store::new().map_err(Error::internal)?, Kind::Memory, options))
    }

    /// The store in a folder, which is made if there is none. One process can have it open at a time. Where the disk is
    /// read-only it can be read all the same.
    #[cfg(feature = "rocksdb")]
    pub fn open(path: &Path, options: Options) -> Result<Self, Error> {
        let before = manifest(path);
        let store = Store::open(path).map_err(|error| open_error(path, error)).or_else(|error| match error {
            Error::Disk { reason, .. } => {
                tracing::warn!(reason, "the store is opened for reading only");
                Store::open_read_only(path).map_err(|error| open_error(path, error))
            }
            error => Err(error),
        })?;
        Ok(Self { found: Some((path.to_owned(), before)), ..Self::new(store, Kind::Embedded, options) })
    }

    /// Refused: this build keeps its store in memory only.
    #[cfg(not(feature = "rocksdb"))]
    pub fn open(path: &Path, _options: Options) -> Result<Self, Error> {
        Err(Error::Refused(format!(
            "the store in {} cannot be opened: this program was built without the feature \"rocksdb\"",
            path.display()
        )))
    }

    fn new(store: Store, kind: Kind, options: Options) -> Self {
        Self {
            store,
            kind,
            workers: Arc::new(Semaphore::new(options.workers.max(1))),
            patient: Arc::new(Semaphore::new(options.workers.max(1))),
            queue: Semaphore::new(options.queue),
            memory: Arc::new(Budget::new(options.memory)),
            snapshot: None,
            found: None,
            apart: RwLock::default(),
            writer: Arc::default(),
        }
    }

    /// Answers queries from a snapshot of the store, kept current in a folder, or in memory with a store in memory.
    ///
    /// It can be lost without loss: what is missing or damaged is made anew behind the scenes, and until then the store
    /// itself answers.
    #[must_use]
    pub fn with_snapshot(mut self, folder: &Path) -> Self {
        self.snapshot = Some(match &self.found {
            Some((path, before)) => {
                // Whoever opens the store begins another manifest.
                let is_own = !before.is_empty() && Snapshot::opened(folder).as_ref() == Some(before);
                Snapshot::open(&self.store, Some(folder), is_own, &manifest(path))
            }
            None => Snapshot::open(&self.store, None, false, ""),
        });
        self
    }

    /// Answers queries from the store itself, and removes a snapshot that does not know of changes from here on.
    #[must_use]
    pub fn without_snapshot(self, folder: &Path) -> Self {
        if self.found.is_some() {
            Snapshot::forget(folder);
        }
        self
    }

    /// What a query that begins now is evaluated on.
    fn source(&self) -> Source {
        Source { store: self.store.clone(), state: self.snapshot.as_ref().and_then(Snapshot::live) }
    }

    /// Takes a worker, or waits in the queue for one. The wait counts against the deadline.
    async fn worker(&self, deadline: Instant, query: &Query) -> Result<OwnedSemaphorePermit, Error> {
        if query.limits.deadline >= PATIENCE {
            return Arc::clone(&self.patient).acquire_owned().await.map_err(Error::internal);
        }
        match Arc::clone(&self.workers).try_acquire_owned() {
            Ok(worker) => return Ok(worker),
            Err(TryAcquireError::NoPermits) => {}
            Err(TryAcquireError::Closed) => return Err(Error::Busy),
        }
        let _place = self.queue.try_acquire().map_err(|_| Error::Busy)?;
        match timeout_at(deadline, Arc::clone(&self.workers).acquire_owned()).await {
            Ok(worker) => worker.map_err(Error::internal),
            Err(_) => Err(Error::Deadline(query.limits.deadline)),
        }
    }
}

impl fmt::Debug for Embedded {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Embedded").field("kind", &self.kind).finish_non_exhaustive()
    }
}

impl Engine for Embedded {
    fn query(&self, query: Query) -> BoxFuture<'_, Result<Answer, Error>> {
        let deadline = stop::deadline(query.limits.deadline);
        async move {
            let worker = self.worker(deadline, &query).await?;
            let stop = Stop::of_query(deadline, &query);
            let (chunks, reader) = answer::channel(&stop);
            let (source, watched) = (self.source(), self.memory.enter(&stop));
            spawn_blocking(move || {
                chunks.write(move |output| {
                    // Free again before the reader sees the end, so that it finds a place at once.
                    let _worker = (worker, watched);
                    let parsed = parse_query(&SparqlParser::new(), &query.text)?;
                    answer::check_format(&parsed, query.format)?;
                    if let Some(found) = source.find(&parsed, &query, &stop)
                        && answer::write_found(&found, &query, &stop, output)?
                    {
                        return Ok(());
                    }
                    let prepared = source.prepare(parsed, &query, &stop)?;
                    let results = source.execute(prepared, &stop).map_err(evaluation_error)?;
                    answer::write(results, &query, &stop, output)
                });
            });
            reader.answer().await
        }
        .boxed()
    }

    fn update(&self, update: Update) -> BoxFuture<'_, Result<(), Error>> {
        let deadline = stop::deadline(update.deadline);
        async move {
            let Ok(turn) = timeout_at(deadline, Arc::clone(&self.writer).lock_owned()).await else {
                return Err(Error::Deadline(update.deadline));
            };
            let stop = Stop::of_update(deadline, &update);
            let (store, running) = (self.store.clone(), stop.clone());
            let commits = self.snapshot.as_ref().map(Snapshot::commits);
            let apart = Arc::clone(&self.apart.read().unwrap_or_else(PoisonError::into_inner));
            let done = spawn_blocking(move || {
                let result = running.catching(|| update::run(&store, &update, &apart, commits.as_ref(), &running));
                running.finish().ok();
                drop(turn);
                result
            });
            tokio::select! {
                biased;
                result = done => result.unwrap_or_else(|error| Err(Error::internal(error))),
                () = stop.expired() => Err(stop.error()),
            }
        }
        .boxed()
    }

    fn explain(&self, query: Query) -> BoxFuture<'_, Result<Explanation, Error>> {
        let deadline = stop::deadline(query.limits.deadline);
        async move {
            let worker = self.worker(deadline, &query).await?;
            let stop = Stop::of_query(deadline, &query);
            let (source, watched, running) = (self.source(), self.memory.enter(&stop), stop.clone());
            // Whoever stops waiting stops the evaluation.
            let _waiting = stop.when_dropped();
            let done = spawn_blocking(move || {
                let _worker = (worker, watched);
                let result = explain::explain(&source, &query, &running);
                running.finish().ok();
                result
            });
            done.await.map_err(Error::internal)?
        }
        .boxed()
    }

    fn set_apart(&self, graphs: Vec<NamedNode>) -> Result<(), Error> {
        let graphs: BTreeSet<NamedNode> = graphs.into_iter().collect();
        effect::rebuild(&self.store, &graphs).map_err(Error::internal)?;
        let graphs = Arc::new(graphs);
        if let Some(snapshot) = &self.snapshot {
            snapshot.set_apart(&graphs);
        }
        *self.apart.write().unwrap_or_else(PoisonError::into_inner) = graphs;
        Ok(())
    }

    fn kind(&self) -> Kind {
        self.kind.clone()
    }
}

/// The name of the manifest of a store's folder: `RocksDB` begins another whenever the folder is opened.
fn manifest(path: &Path) -> String {
    fs::read_to_string(path.join("CURRENT")).unwrap_or_default()
}

/// An evaluator that stops when it is told to and reaches nothing outside the store.
fn evaluator(stop: &Stop) -> SparqlEvaluator {
    let (sorting, ticking, empty) = (stop.clone(), stop.clone(), Term::from(Literal::new_simple_literal("")));
    let evaluator = spargeo::GEOSPARQL_EXTENSION_FUNCTIONS
        .into_iter()
        .fold(SparqlEvaluator::new(), |evaluator, (name, function)| {
            evaluator.with_custom_function(name.into_owned(), function)
        });
    evaluator
        .with_cancellation_token(stop.token())
        .with_default_service_handler(NoService)
        .with_custom_function(guard::TICK.into_owned(), move |_| {
            ticking.tick();
            Some(empty.clone())
        })
        .with_custom_function(guard::KEY.into_owned(), move |arguments| {
            sorting.tick();
            arguments.first().map(guard::key)
        })
}

/// Puts the dataset of the protocol in place of the query's own; without either, all graphs are meant.
fn to_specification(dataset: &Dataset, names_dataset: bool, specification: &mut QueryDatasetSpecification) {
    if !dataset.is_unset() {
        specification.set_default_graph(dataset.default.iter().cloned().map(GraphName::from).collect());
        specification.set_available_named_graphs(dataset.named.iter().cloned().map(NamedOrBlankNode::from).collect());
    } else if !names_dataset {
        // Kept as the store's default graph: see `effect`.
        specification.set_default_graph(vec![GraphName::DefaultGraph]);
    }
}

/// Sorts the evaluator's errors into those the asker can mend and our own.
fn evaluation_error(error: QueryEvaluationError) -> Error {
    match error {
        QueryEvaluationError::UnsupportedCustomFunction(name) => {
            Error::Refused(format!("the function {name} is not known here"))
        }
        QueryEvaluationError::UnsupportedCustomFunctionArity { name, expected, actual } => {
            let (least, most) = expected.into_inner();
            Error::Refused(format!("the function {name} takes {least} to {most} arguments, not {actual}"))
        }
        QueryEvaluationError::Service(cause) => Error::Refused(cause.to_string()),
        QueryEvaluationError::Dataset(cause) | QueryEvaluationError::Unexpected(cause) => Error::Internal(cause),
        other => Error::internal(other),
    }
}

/// Tells a store that is in use from one that is broken; `RocksDB` says it in words only.
#[cfg(feature = "rocksdb")]
fn open_error(path: &Path, error: oxigraph::store::StorageError) -> Error {
    let message = error.to_string();
    if message.contains("lock file") || message.contains("lock hold by") {
        Error::Locked { path: path.display().to_string() }
    } else {
        Error::internal(error)
    }
}

/// The handler behind [`guard`]'s refusal, should a `SERVICE` ever get past it.
struct NoService;

#[derive(Debug, thiserror::Error)]
#[error("SERVICE {0} is not allowed here")]
struct ServiceRefused(NamedNode);

impl DefaultServiceHandler for NoService {
    type Error = ServiceRefused;

    fn handle(
        &self,
        name: &NamedNode,
        _pattern: &GraphPattern,
        _base: Option<&Iri<String>>,
    ) -> Result<QuerySolutionIter<'static>, Self::Error> {
        Err(ServiceRefused(name.clone()))
    }
}
