//! The first things in a new archive: its ontology, and the starter documents once.

use super::{Archive, Settings};
use crate::store::Error;

impl Archive {
    /// Puts the ontology, the vocabularies and the shapes into the store, where they are not there yet as they are now.
    pub async fn add_ontology(&self, settings: &Settings) -> Result<(), Error> {
        let mut changes = Vec::new();
        for (name, quads) in self.ontology.graphs() {
            let graph = self.store.iris().graph(name);
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
