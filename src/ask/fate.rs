//! What became of an identifier: is the thing there, was it merged into another, or was it withdrawn?
//!
//! In the place of a thing that is gone stands its tombstone: a graph of its own, so that the table it came from may be
//! added again without losing it. What was withdrawn without one, by dropping its graph, is told from the log.

use jiff::Timestamp;
use oxigraph::model::NamedNode;

use crate::{
    model::{Id, Kind},
    rdf::vocab::{dct, isn, prov},
    store::{ChangeKind, Error, Store},
};

/// What became of an identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Something is said of it.
    Current,
    /// It is another name for a thing.
    Merged {
        /// The thing that is meant now.
        into: Id,
        /// Who, when and why.
        ending: Ending,
    },
    /// The thing was taken out of the archive.
    Withdrawn(Ending),
    /// Nothing was ever known under it.
    Unknown,
}

/// How something ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: Option<Timestamp>,
    /// Who: the path of an agent.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

/// The graph in which the tombstone of a thing stands; what somebody created by hand stands in the same.
#[must_use]
pub fn own_graph(store: &Store, id: &Id) -> NamedNode {
    store.iris().authority_graph(&format!("{}-{}", id.kind().segment(), id.key()))
}

/// What became of an identifier. One question to the engine where the thing is there or has a tombstone.
pub async fn of(store: &Store, id: &Id) -> Result<Fate, Error> {
    let iris = store.iris();
    let thing = iris.id(id);
    let query = format!(
        "SELECT ?p ?o {{ GRAPH {} {{ {thing} a {} ; ?p ?o }} }}",
        own_graph(store, id),
        iris.term(isn::TOMBSTONE)
    );
    let rows = store.select(&query).await?;
    if rows.is_empty() {
        let is_there = !store.select(&format!("SELECT ?p {{ {thing} ?p ?o }} LIMIT 1")).await?.is_empty();
        return if is_there { Ok(Fate::Current) } else { dropped(store, id).await };
    }
    let value = |property: &str| rows.iter().find(|row| row.iri("p") == Some(property));
    let ending = Ending {
        at: value(prov::INVALIDATED_AT_TIME.as_str()).and_then(|row| row.text("o")?.parse().ok()),
        by: value(prov::WAS_ATTRIBUTED_TO.as_str()).and_then(|row| Some(iris.relative(row.iri("o")?)?.to_owned())),
        reason: value(iris.term(isn::REASON).as_str()).and_then(|row| row.text("o")),
    };
    let into = value(dct::IS_REPLACED_BY.as_str()).and_then(|row| iris.parse_id(row.iri("o")?));
    if let Some(into) = into {
        return Ok(Fate::Merged { into, ending });
    }
    // What was added again after it was withdrawn is there again.
    let query = format!("SELECT ?class {{ {thing} a ?class FILTER(?class != {}) }} LIMIT 1", iris.term(isn::TOMBSTONE));
    let is_back = !store.select(&query).await?.is_empty();
    Ok(if is_back { Fate::Current } else { Fate::Withdrawn(ending) })
}

/// Whether the log knows a document whose graph was dropped.
async fn dropped(store: &Store, id: &Id) -> Result<Fate, Error> {
    if id.kind() != Kind::Document {
        return Ok(Fate::Unknown);
    }
    let last = super::changes::of(store, &store.iris().document_graph(id)).await?;
    Ok(match last.filter(|item| item.kind == ChangeKind::Withdrawn) {
        Some(item) => Fate::Withdrawn(Ending { at: Some(item.at), ..Ending::default() }),
        None => Fate::Unknown,
    })
}
