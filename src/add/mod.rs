//! The story, told once: a document comes in, is linked, is described, is kept.
//!
//! Files are read twice: first for the names in them, so that a batch links among itself whatever its order, then to
//! be stored. Every file is stored whole or not at all, and a file that cannot be stored does not stop the others.

mod batch;
mod begin;
mod change;
mod check;
mod document;
mod names;
mod plan;
mod preview;
mod question;

use std::{
    collections::BTreeMap,
    fmt,
    path::Path,
    sync::{Arc, OnceLock, PoisonError, RwLock},
};

use crate::{
    ask, intake,
    link::{Dictionary, Facts, Name},
    rdf::{Ontology, Shapes},
    store::{Originals, Store},
    views::Views,
};

pub use batch::{Added, Failure, Report};
pub use begin::CC0;
pub use change::Change;
pub use check::Checked;
pub use plan::{File, Plan, Settings};
pub use preview::Preview;

/// An archive, open: what is kept, what its words mean, and what is known by name.
pub struct Archive {
    /// The triples.
    pub store: Store,
    /// The ontology, under the archive's base.
    pub ontology: Arc<Ontology>,
    /// The shapes that what comes in is held against.
    pub shapes: Arc<Shapes>,
    /// What is derived from the triples so that words and places are found fast.
    pub views: Views,
    /// The files that came in.
    pub originals: Originals,
    /// The vocabularies, as intake looks terms up in them.
    pub vocabulary: intake::Vocabulary,
    /// The labels of what is named again and again.
    pub labels: ask::labels::Labels,
    dictionary: RwLock<Arc<Dictionary>>,
    ontology_digests: OnceLock<BTreeMap<String, String>>,
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive").field("store", &self.store).finish_non_exhaustive()
    }
}

impl Archive {
    /// Opens an archive over a store; the dictionary is grown from what the store holds, the views are in memory.
    pub async fn open(
        store: Store,
        ontology: Ontology,
        shapes: Shapes,
        originals: Originals,
    ) -> Result<Self, crate::store::Error> {
        let vocabulary = names::vocabulary(&ontology);
        let views = Views::open(store.clone(), None)?;
        let archive = Self {
            store,
            views,
            ontology: Arc::new(ontology),
            shapes: Arc::new(shapes),
            originals,
            vocabulary,
            labels: ask::labels::Labels::default(),
            ontology_digests: OnceLock::new(),
            dictionary: RwLock::new(Arc::new(Dictionary::new(Vec::new(), &Facts::new()))),
        };
        archive.grow(Vec::new(), Facts::new()).await?;
        Ok(archive)
    }

    /// Keeps the views in a folder, so that they need not be made anew when the archive is opened again.
    pub fn keep_views(&mut self, folder: &Path) -> Result<(), crate::store::Error> {
        self.views = Views::open(self.store.clone(), Some(folder))?;
        Ok(())
    }

    /// Lets the views follow what was written.
    async fn refresh_views(&self) {
        if let Err(error) = self.views.refresh().await {
            // What was written is kept; the views follow when they can.
            tracing::warn!(%error, "the views could not be brought up to date");
        }
    }

    /// The dictionary as it is now.
    #[must_use]
    pub fn dictionary(&self) -> Arc<Dictionary> {
        Arc::clone(&self.dictionary.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Grows the dictionary anew from the store, and from names and facts that are about to be stored.
    async fn grow(&self, mut more: Vec<Name>, mut facts: Facts) -> Result<(), crate::store::Error> {
        more.extend(ask::names::all(&self.store).await?);
        for (id, fact) in ask::names::facts(&self.store).await? {
            facts.entry(id).or_insert(fact);
        }
        let grown = Arc::new(Dictionary::new(more, &facts));
        *self.dictionary.write().unwrap_or_else(PoisonError::into_inner) = grown;
        Ok(())
    }
}
