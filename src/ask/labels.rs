//! The labels of things that are named again and again, kept until the dictionary changes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
};

use super::names;
use crate::{
    model::{Id, Text},
    rdf::Ontology,
    store::{Error, Store},
};

/// So many labels are kept at most.
const MOST: usize = 200_000;

/// Labels that were asked for, and the version of the dictionary that they belong to.
#[derive(Debug, Default)]
pub struct Labels(Mutex<(String, BTreeMap<Id, Text>)>);

impl Labels {
    /// The labels of some things; what was asked before under this version is not asked again.
    pub async fn of(
        &self,
        store: &Store,
        ontology: &Ontology,
        version: &str,
        things: &BTreeSet<Id>,
    ) -> Result<BTreeMap<Id, Text>, Error> {
        let mut found = self.kept(version, things);
        let iris = ontology.iris();
        let missing: Vec<_> = things.iter().filter(|id| !found.contains_key(*id)).map(|id| iris.id(id)).collect();
        if missing.is_empty() {
            return Ok(found);
        }
        let mut asked = names::labels(store, ontology, &missing).await?;
        let new: Vec<(Id, Text)> = missing
            .iter()
            .filter_map(|iri| Some((iris.to_id(iri.as_ref())?, asked.remove(iri.as_str()).unwrap_or_default())))
            .collect();
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.0 == version && kept.1.len() < MOST {
            kept.1.extend(new.iter().cloned());
        }
        found.extend(new);
        Ok(found)
    }

    fn kept(&self, version: &str, things: &BTreeSet<Id>) -> BTreeMap<Id, Text> {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.0 != version {
            *kept = (version.to_owned(), BTreeMap::new());
        }
        things.iter().filter_map(|id| Some((id.clone(), kept.1.get(id)?.clone()))).collect()
    }
}
