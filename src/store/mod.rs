//! Where do the triples live?
//!
//! In an [`Engine`]: oxigraph in this process, or any SPARQL 1.1 server, chosen by one setting. [`Store`] stands
//! in front of it: it knows the base the archive was made with, writes graphs as wholes, and keeps the log of
//! changes in the same transaction as the change. The files that came in are kept beside, by digest.
//!
//! It knows graphs and quads; it does not know documents, names or HTTP.

mod changes;
mod embedded;
mod engine;
mod history;
mod originals;
mod quads;
mod read;
mod remote;
mod template;

use std::{
    fmt::Write as _,
    sync::{Arc, PoisonError},
};

use oxigraph::model::NamedNode;
use tokio::sync::Mutex;

pub(crate) use changes::graph_block;
pub use changes::{Change, ChangeKind, Outcome, log_text};
pub use embedded::{Draft, Embedded, Options, parse_query, parse_update};
pub use engine::{
    Answer, Dataset, Engine, Error, Explanation, Kind, Limits, PATIENCE, Progress, Query, Review, Step, Touched, Update,
};
pub use history::{Act, Delta, Past, history_text};
pub use originals::{Digest, NotADigest, Originals, OriginalsError};
pub use quads::{all_quads, read_quads};
pub use read::{Cell, Row, literal_value};
pub use remote::{Remote, RemoteAddress, RemoteOptions};

use crate::rdf::{Iris, vocab::isn};

/// The graph that says what the archive is. It is the one name that does not depend on the base.
const ARCHIVE: &str = "urn:isnad:archive";

/// The version of what is stored and how; another one is not opened.
const FORMAT_VERSION: u32 = 1;

/// The triples of one archive, behind whichever engine holds them; clones are handles of the same store.
#[derive(Clone, Debug)]
pub struct Store {
    engine: Arc<dyn Engine>,
    iris: Iris,
    limits: Limits,
    /// Writers take turns, so that what a change is compared with is what it replaces.
    writer: Arc<Mutex<()>>,
    /// The number of the last change, where nobody else can make one.
    sequence: Arc<Sequence>,
}

/// What is known of the number of the last change.
#[derive(Debug, Default)]
struct Sequence(std::sync::Mutex<(u64, Option<u64>)>);

impl Sequence {
    /// How often it was forgotten, and what is known since.
    fn get(&self) -> (u64, Option<u64>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a number that was read, unless something was written since.
    fn learn(&self, generation: u64, number: u64) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 == generation {
            known.1 = Some(number);
        }
    }

    /// Something was written.
    fn forget(&self) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = (known.0 + 1, None);
    }
}

/// The store cannot be opened as it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// It was made with another base.
    #[error(
        "the store was made with the base {stored}, not {given}; start with --base-iri {stored}, or use another --store"
    )]
    OtherBase {
        /// The base it was made with.
        stored: String,
        /// The base it was to be opened with.
        given: String,
    },
    /// It was made by a program that stores things another way.
    #[error("the store has format version {0}; this program reads version {FORMAT_VERSION}")]
    OtherFormat(String),
    /// The engine failed.
    #[error("failed to read what the archive is")]
    Engine(#[from] Error),
}

/// The graph that says what the archive is.
#[must_use]
pub fn archive_graph() -> NamedNode {
    NamedNode::new_unchecked(ARCHIVE)
}

impl Store {
    /// Opens the archive that an engine holds, or makes one where there is none.
    ///
    /// `limits` hold for the store's own questions, those behind pages and changes.
    pub async fn open(engine: Arc<dyn Engine>, iris: Iris, limits: Limits) -> Result<Self, OpenError> {
        // What the archive keeps for its own use is found where it is looked for by name.
        let own = ["changes", "history", "shapes"].map(|name| iris.graph(name));
        engine.set_apart(own.into_iter().chain([archive_graph()]).collect())?;
        let store = Self { engine, iris, limits, writer: Arc::default(), sequence: Arc::default() };
        let query = format!("SELECT ?p ?o {{ GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> ?p ?o }} }}");
        let mut stored_base = None;
        for row in store.select(&query).await? {
            let (Some(property), Some(value)) = (row.iri("p"), row.text("o")) else { continue };
            if property.ends_with("ontology#baseIri") {
                stored_base = Some(value);
            } else if property.ends_with("ontology#formatVersion") && value != FORMAT_VERSION.to_string() {
                return Err(OpenError::OtherFormat(value));
            }
        }
        match stored_base {
            Some(stored) if stored != store.iris.base() => {
                Err(OpenError::OtherBase { stored, given: store.iris.base().to_owned() })
            }
            Some(_) => Ok(store),
            None => {
                store.make().await?;
                Ok(store)
            }
        }
    }

    /// Writes what the archive is, and starts the log.
    async fn make(&self) -> Result<(), Error> {
        let ontology = self.iris.path("ontology#");
        let text = format!(
            "PREFIX isn: {ontology} INSERT DATA {{ \
             GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> a isn:Archive ; isn:baseIri \"{}\" ; isn:formatVersion {FORMAT_VERSION} }} \
             GRAPH {log} {{ {log} isn:lastSequence 0 }} }}",
            self.iris.base(),
            log = self.iris.graph("changes"),
        );
        self.update(text).await
    }

    /// The engine behind the store.
    #[must_use]
    pub fn engine(&self) -> &Arc<dyn Engine> {
        &self.engine
    }

    /// The IRIs of the archive.
    #[must_use]
    pub fn iris(&self) -> &Iris {
        &self.iris
    }

    /// The same store, asked by whoever has time: see [`PATIENCE`].
    #[must_use]
    pub fn patient(&self) -> Self {
        Self { limits: Limits { deadline: PATIENCE, rows: u64::MAX, memory: u64::MAX }, ..self.clone() }
    }

    /// The limits of the store's own questions.
    #[must_use]
    pub fn limits(&self) -> Limits {
        self.limits
    }

    /// Whether somebody is writing: then there may be a change that is dated already and not yet seen. Of an engine
    /// behind an address nobody knows.
    #[must_use]
    pub fn is_writing(&self) -> bool {
        self.engine.kind() == Kind::Remote || self.writer.try_lock().is_err()
    }

    /// Carries out an update of the store's own, under the store's own limits.
    async fn update(&self, text: String) -> Result<(), Error> {
        let done = self.engine.update(Update::new(text, self.limits.deadline)).await;
        self.sequence.forget();
        done
    }

    /// Carries out somebody's update in its turn among the writers.
    pub async fn change(&self, update: Update) -> Result<(), Error> {
        let _turn = self.writer.lock().await;
        let done = self.engine.update(update).await;
        self.sequence.forget();
        done
    }

    /// How far the first filling of the archive came, where one was begun: `loading` or `loaded`.
    pub async fn mark(&self) -> Result<Option<String>, Error> {
        let property = self.iris.term("starter");
        let query = format!("SELECT ?mark {{ GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> {property} ?mark }} }}");
        Ok(self.select(&query).await?.first().and_then(|row| row.text("mark")))
    }

    /// Says how far the first filling of the archive came.
    pub async fn set_mark(&self, mark: &str) -> Result<(), Error> {
        let property = self.iris.term("starter");
        self.update(format!(
            "DELETE WHERE {{ GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> {property} ?mark }} }} ; \
             INSERT DATA {{ GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> {property} \"{mark}\" }} }}"
        ))
        .await
    }

    /// Whether an addition of many files was begun and not ended.
    pub async fn is_adding(&self) -> Result<bool, Error> {
        let property = self.iris.term(isn::ADDING);
        let query = format!("SELECT ?begun {{ GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> {property} ?begun }} }}");
        Ok(!self.select(&query).await?.is_empty())
    }

    /// Says that an addition of many files is begun, or that it is ended.
    pub async fn set_adding(&self, is_adding: bool) -> Result<(), Error> {
        let property = self.iris.term(isn::ADDING);
        let mut text = format!("DELETE WHERE {{ GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> {property} ?begun }} }}");
        if is_adding {
            let _ = write!(text, " ; INSERT DATA {{ GRAPH <{ARCHIVE}> {{ <{ARCHIVE}> {property} true }} }}");
        }
        self.update(text).await
    }

    /// Whether any document or entity was ever added.
    pub async fn has_content(&self) -> Result<bool, Error> {
        let (prov, digest) = (self.iris.graph("prov"), self.iris.term("sha256"));
        let query = format!(
            "SELECT ?graph {{ GRAPH {prov} {{ ?graph {digest} ?value }} \
             FILTER(STRSTARTS(STR(?graph), \"{0}doc/\") || STRSTARTS(STR(?graph), \"{0}authority/\")) }} LIMIT 1",
            self.iris.path("graph/").as_str(),
        );
        Ok(!self.select(&query).await?.is_empty())
    }
}
