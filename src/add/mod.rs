//! The story, told once: a document comes in, is linked, is described, is kept.
//!
//! Files are read twice: first for the names in them, so that a batch links among itself whatever its order, then to
//! be stored. What the store says in the end is what the linker knows from then on, and documents that name what has
//! changed are linked again. Every file is stored whole or not at all, and a file that cannot be stored does not stop the others.

pub mod actor;
mod apart;
mod batch;
mod begin;
mod broken_off;
mod change;
mod check;
mod comments;
mod decide;
mod document;
mod learn;
mod life;
mod links;
mod load;
mod names;
mod plan;
mod preview;
mod question;
mod rdf_file;
mod relink;
mod report;
mod resemblance;

use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{
        Arc, Mutex, OnceLock, RwLock,
        atomic::{AtomicU8, AtomicU64},
    },
};

use tokio::sync::Notify;

use crate::{
    intake,
    link::{Dictionary, Facts},
    model::Id,
    rdf::{Ontology, Shapes},
    store::{Embedded, Engine, OpenError, Options, Originals, Store},
    views::Views,
};

pub use apart::{Redacted, Withhold};
pub use begin::CC0;
pub use change::Change;
pub use check::{Checked, CheckedOriginals, Original};
pub use decide::Decided;
pub use life::{Columns, Creation, Done, LifeError, Merging, Splitting};
pub use load::{LoadError, Loaded};
pub use plan::{File, Plan, Settings};
pub use preview::Preview;
pub use relink::Relinked;
pub use report::{Added, Failure, Link, Progress, Report, Stage};
pub use resemblance::Resemblance;

/// An archive, open: what is kept, what its words mean, and what is known by name.
pub struct Archive {
    /// The triples.
    pub store: Store,
    /// The ontology, under the archive's base.
    pub ontology: Arc<Ontology>,
    /// The shapes that what comes in is held against.
    pub shapes: Arc<Shapes>,
    /// What is kept and never shown: comments that wait, and what is withheld. It is a store of its own, so that nothing
    /// that is asked of the archive can reach it.
    pub private: Store,
    /// What is derived from the triples so that words and places are found fast.
    pub views: Views,
    /// The files that came in.
    pub originals: Originals,
    /// The vocabularies, as intake looks terms up in them.
    pub vocabulary: intake::Vocabulary,
    /// The labels of what is named again and again.
    pub labels: crate::ask::labels::Labels,
    /// The archive as it stood when somebody last asked for that.
    pub pasts: crate::ask::past::Pasts,
    dictionary: RwLock<Arc<Dictionary>>,
    /// Set once the dictionary was grown from what the store holds.
    begun: tokio::sync::OnceCell<()>,
    /// How often the dictionary was changed.
    learned: AtomicU64,
    /// What is withheld in the texts of documents.
    withheld: RwLock<BTreeMap<Id, apart::Withheld>>,
    /// What waits to be linked again.
    waiting: Mutex<relink::Waiting>,
    /// Tells that something does.
    changed: Notify,
    /// How far an addition of many files is.
    adding: AtomicU8,
    /// Which texts are worth comparing with which.
    resembling: tokio::sync::Mutex<resemblance::Index>,
    /// Whoever writes what is linked takes turns.
    turn: tokio::sync::Mutex<()>,
    ontology_digests: OnceLock<BTreeMap<String, String>>,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Archive {
    /// Opens an archive over a store; the views are in memory.
    pub async fn open(
        store: Store,
        ontology: Ontology,
        shapes: Shapes,
        originals: Originals,
    ) -> Result<Self, crate::store::Error> {
        let vocabulary = names::vocabulary(&ontology);
        let views = Views::open(&store, None)?;
        let memory = Embedded::memory(Options { workers: 2, queue: 64, memory: u64::MAX })?;
        let private = open_private(&store, Arc::new(memory)).await?;
        Ok(Self {
            store,
            private,
            views,
            ontology: Arc::new(ontology),
            shapes: Arc::new(shapes),
            originals,
            vocabulary,
            labels: crate::ask::labels::Labels::default(),
            pasts: crate::ask::past::Pasts::default(),
            ontology_digests: OnceLock::new(),
            dictionary: RwLock::new(Arc::new(Dictionary::new(Vec::new(), &Facts::new()))),
            begun: tokio::sync::OnceCell::new(),
            learned: AtomicU64::default(),
            withheld: RwLock::default(),
            waiting: Mutex::default(),
            changed: Notify::new(),
            adding: AtomicU8::default(),
            resembling: tokio::sync::Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        })
    }

    /// Keeps what is never shown in an engine of its own, in place of memory.
    pub async fn keep_private(&mut self, engine: Arc<dyn Engine>) -> Result<(), crate::store::Error> {
        self.private = open_private(&self.store, engine).await?;
        self.learn_withheld().await
    }

    /// Keeps the views in a folder, so that they need not be made anew when the archive is opened again.
    pub fn keep_views(&mut self, folder: &Path) -> Result<(), crate::store::Error> {
        self.views = Views::open(&self.store, Some(folder))?;
        self.resembling = tokio::sync::Mutex::new(resemblance::Index::open(folder));
        Ok(())
    }

    /// Lets the views follow what was written.
    async fn refresh_views(&self) {
        if let Err(error) = self.views.refresh().await {
            // What was written is kept; the views follow when they can.
            tracing::warn!(%error, "the views could not be brought up to date");
        }
    }
}

/// The store of what is never shown, under the base of the archive.
async fn open_private(store: &Store, engine: Arc<dyn Engine>) -> Result<Store, crate::store::Error> {
    let opened = Store::open(engine, store.iris().clone(), store.limits()).await;
    opened.map_err(|error| match error {
        OpenError::Engine(error) => error,
        other => crate::store::Error::Refused(other.to_string()),
    })
}
