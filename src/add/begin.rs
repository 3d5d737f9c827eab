//! The first things in a new archive: its ontology, and the starter documents once.

use std::collections::BTreeMap;

use super::{Archive, Settings, actor};
use crate::{rdf::canonicalize, store::Error};

/// The terms of the ontology and of the starter archive.
pub const CC0: &str = "https://creativecommons.org/publicdomain/zero/1.0/";

impl Archive {
    /// Puts the ontology, the vocabularies and the shapes into the store, where they are not there yet as they are now.
    ///
    /// An archive has them as soon as it has anything else; an empty one is empty.
    pub async fn add_ontology(&self) -> Result<(), Error> {
        let agent = actor::program(self.store.iris());
        let settings = &Settings { licence: CC0.to_owned(), agent, ..Settings::new(self, usize::MAX) };
        let digests = self.ontology_digests()?;
        let graphs: Vec<_> = self.ontology.graphs().keys().map(|name| self.store.iris().graph(name)).collect();
        let known = self.store.digests(&graphs).await?;
        let mut changes = Vec::new();
        for ((name, quads), graph) in self.ontology.graphs().iter().zip(graphs) {
            // What is there already is not held against the shapes again.
            if known.get(graph.as_str()) == digests.get(*name) {
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

    /// The digests of the ontology's graphs, which do not change while the program runs.
    fn ontology_digests(&self) -> Result<&BTreeMap<String, String>, Error> {
        if let Some(digests) = self.ontology_digests.get() {
            return Ok(digests);
        }
        let digests = self.ontology.graphs().iter().map(|(name, quads)| {
            let canonical = canonicalize(quads).map_err(Error::internal)?;
            Ok((name.to_string(), canonical.digest))
        });
        let digests = digests.collect::<Result<_, Error>>()?;
        Ok(self.ontology_digests.get_or_init(|| digests))
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
