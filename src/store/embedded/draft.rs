//! A store in the making: quads come and go until it is whole, and only then it is asked.

#[cfg(feature = "rocksdb")]
use std::path::Path;
use std::sync::Arc;

use oxigraph::{
    model::{GraphNameRef, NamedNode, Quad},
    store::Store,
};

use super::{
    super::{Engine, Error, Kind, Limits, OpenError},
    Embedded, Options,
};
use crate::rdf::Iris;

/// Quads that are being put together. Numbers and dates are compared by what they mean, as the engine does.
pub struct Draft {
    store: Store,
    kind: Kind,
}

impl Draft {
    /// Nothing yet, in memory.
    pub fn memory() -> Result<Self, Error> {
        Ok(Self { store: Store::new().map_err(Error::internal)?, kind: Kind::Memory })
    }

    /// Nothing yet, in a folder.
    #[cfg(feature = "rocksdb")]
    pub fn folder(path: &Path) -> Result<Self, Error> {
        Ok(Self { store: Store::open(path).map_err(Error::internal)?, kind: Kind::Embedded })
    }

    /// Adds a quad.
    pub fn insert(&self, quad: &Quad) -> Result<(), Error> {
        self.store.insert(quad).map_err(Error::internal)
    }

    /// Adds many quads at once, in any order.
    pub fn load(&self, quads: impl IntoIterator<Item = Quad>) -> Result<(), Error> {
        let mut loader = self.store.bulk_loader();
        loader.load_quads(quads).map_err(Error::internal)?;
        loader.commit().map_err(Error::internal)
    }

    /// Takes a quad away.
    pub fn remove(&self, quad: &Quad) -> Result<(), Error> {
        self.store.remove(quad).map_err(Error::internal)
    }

    /// What a graph says by now.
    pub fn graph(&self, graph: &NamedNode) -> Result<Vec<Quad>, Error> {
        let quads = self.store.quads_for_pattern(None, None, None, Some(GraphNameRef::from(graph)));
        quads.collect::<Result<_, _>>().map_err(Error::internal)
    }

    /// Takes a graph away.
    pub fn clear(&self, graph: &NamedNode) -> Result<(), Error> {
        self.store.remove_named_graph(graph).map_err(Error::internal)
    }

    /// It is whole: an archive that can be asked.
    pub async fn open(self, iris: Iris, limits: Limits, options: Options) -> Result<super::super::Store, OpenError> {
        let engine: Arc<dyn Engine> = Arc::new(Embedded::new(self.store, self.kind, options));
        super::super::Store::open(engine, iris, limits).await
    }
}

impl std::fmt::Debug for Draft {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Draft").field("kind", &self.kind).finish_non_exhaustive()
    }
}
