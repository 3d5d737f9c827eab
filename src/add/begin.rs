//! The first things in a new archive: its ontology, and the starter documents once.

use super::{Archive, Settings};
use crate::{rdf::canonicalize, store::Error};

impl Archive {
    /// Puts the ontology, the vocabularies and the shapes into the store, where they are not there yet as they are now.
    pub async fn add_ontology(&self, settings: &Settings) -> Result<(), Error> {
        let graphs: Vec<_> = self.ontology.graphs().keys().map(|name| self.store.iris().graph(name)).collect();
        let known = self.store.digests(&graphs).await?;
        let mut changes = Vec::new();
        for ((name, quads), graph) in self.ontology.graphs().iter().zip(graphs) {
            // Every command opens the archive; what is there already is not held against the shapes again.
            let digest = canonicalize(quads).map_err(Error::internal)?.digest;
            if known.get(graph.as_str()) == Some(&digest) {
                continue;
            }
            let bytes = self.ontology.files(name).into_bytes();
            let prepared = self
                .finish(graph, quads.clone(), Vec::new(), &bytes, None, settings)
                .map_err(|reason| Error::Refused(format!("the graph {name} of the ontology: {reason}")))?;
            self.originals.put(bytes).await.map_err(Error::internal)?;
            changes.push(prepared.change);
        }
        self.store.commit(changes).await?;
        Ok(())
    }

    /// Whether the archive has its documents: some were added, and a first filling that was begun has been ended.
    pub async fn is_filled(&self) -> Result<bool, Error> {
        Ok(match self.store.mark().await?.as_deref() {
            Some("loading") => false,
            Some(_) => true,
            None => self.store.has_content().await?,
        })
    }
}
