//! What became of an identifier: is the thing there, was it merged into another, or was it withdrawn?
//!
//! In the place of a thing that is gone stands its tombstone: a graph of its own, so that the table it came from may be
//! added again without losing it. What was withdrawn without one, by dropping its graph, is told from the log, and so is
//! what a document was last called.

use std::collections::BTreeSet;

use jiff::Timestamp;
use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{NamedNode, NamedNodeRef, Quad, Term},
};

use super::changes;
use crate::{
    model::{Id, Kind, Text},
    rdf::vocab::{dct, isn, prov, rdf, rdfs},
    store::{Error, Store, literal_value},
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
    /// What the thing was last called.
    pub title: Text,
    /// When.
    pub at: Option<Timestamp>,
    /// Who.
    pub by: Option<NamedNode>,
    /// Why.
    pub reason: Text,
    /// The record of it in the log, where a document went with its graph,
    pub change: Option<NamedNode>,
    /// and the graph that the log speaks of.
    pub graph: Option<NamedNode>,
}

/// The graph in which the tombstone of a thing stands; what somebody created by hand stands in the same.
#[must_use]
pub fn own_graph(store: &Store, id: &Id) -> NamedNode {
    store.iris().authority_graph(&format!("{}-{}", id.kind().segment(), id.key()))
}

/// Every entity in whose place a tombstone stands.
pub async fn tombstones(store: &Store) -> Result<BTreeSet<Id>, Error> {
    let rows = store.select(&format!("SELECT DISTINCT ?x {{ ?x a {} }}", store.iris().term(isn::TOMBSTONE))).await?;
    let all = rows.iter().filter_map(|row| store.iris().parse_id(row.iri("x")?));
    Ok(all.filter(|id| id.kind() != Kind::Document).collect())
}

/// What became of an identifier.
pub async fn of(store: &Store, id: &Id) -> Result<Fate, Error> {
    let said = store.construct(&format!("CONSTRUCT WHERE {{ {} ?p ?o }}", store.iris().id(id))).await?;
    read(store, id, &said).await
}

/// The same for whoever has what is said of the thing at hand, perhaps among other statements.
///
/// What is described as something is there, whatever is said beside.
pub async fn read(store: &Store, id: &Id, said: &[Quad]) -> Result<Fate, Error> {
    let iri = store.iris().id(id);
    let own: Vec<&Quad> = said.iter().filter(|quad| quad.subject == iri.clone().into()).collect();
    let tombstone = Term::from(store.iris().term(isn::TOMBSTONE));
    let mut types = own.iter().filter(|quad| quad.predicate == rdf::TYPE).map(|quad| &quad.object);
    if types.clone().any(|class| *class != tombstone) {
        return Ok(Fate::Current);
    }
    let ending = ending(store, &own);
    let replaced =
        own.iter().find(|quad| quad.predicate == dct::IS_REPLACED_BY).map(|quad| literal_value(&quad.object));
    if let Some(into) = replaced.and_then(|other| store.iris().parse_id(&other)).filter(|other| other != id) {
        return Ok(Fate::Merged { into, ending });
    }
    let has_ended = types.next().is_some() || ending.at.is_some();
    if !own.is_empty() && !has_ended {
        return Ok(Fate::Current);
    }
    // Only the graph of a document is one of its own.
    let log = if id.kind() == Kind::Document { from_log(store, id).await? } else { None };
    Ok(match (has_ended, log) {
        (_, Some(log)) => Fate::Withdrawn(ending.or(log)),
        (true, None) => Fate::Withdrawn(ending),
        (false, None) => Fate::Unknown,
    })
}

/// What the statements in the place of a thing tell of its end.
fn ending(store: &Store, own: &[&Quad]) -> Ending {
    let value = |property: NamedNodeRef<'_>| {
        own.iter().find(|quad| quad.predicate == property).map(|quad| literal_value(&quad.object))
    };
    let mut title = text(own, rdfs::LABEL);
    title.extend(text(own, dct::TITLE));
    Ending {
        title,
        at: value(prov::INVALIDATED_AT_TIME).and_then(|at| at.parse().ok()),
        by: value(prov::WAS_ATTRIBUTED_TO).map(NamedNode::new_unchecked),
        reason: text(own, store.iris().term(isn::REASON).as_ref()),
        change: None,
        graph: None,
    }
}

impl Ending {
    /// The same, with what the log knows besides.
    fn or(self, log: Self) -> Self {
        Self {
            title: if self.title.is_empty() { log.title } else { self.title },
            at: self.at.or(log.at),
            by: self.by.or(log.by),
            reason: self.reason,
            change: log.change,
            graph: log.graph,
        }
    }

    /// Who, as the path of an agent.
    #[must_use]
    pub fn agent<'a>(&'a self, store: &'a Store) -> Option<&'a str> {
        store.iris().relative(self.by.as_ref()?.as_str())
    }

    /// Why, in whichever language it was said.
    #[must_use]
    pub fn why(&self) -> Option<&str> {
        self.reason.values().next().map(String::as_str)
    }
}

/// The withdrawal of the graph of a document, from the log.
async fn from_log(store: &Store, id: &Id) -> Result<Option<Ending>, Error> {
    let graph = store.iris().document_graph(id);
    let Some(item) = changes::of(store, &graph).await?.filter(changes::Item::is_withdrawn) else { return Ok(None) };
    let change = changes::change(store, item.number);
    let (removed, by) = (store.iris().term(isn::REMOVED), prov::WAS_ATTRIBUTED_TO);
    let query = format!(
        "SELECT ?removed ?by {{ {{ GRAPH {} {{ {change} {by} ?by }} }} UNION {{ GRAPH ?g {{ {change} {removed} ?removed }} }} }}",
        store.iris().graph("changes"),
    );
    let rows = store.select(&query).await?;
    let last: Vec<Quad> = rows
        .iter()
        .filter_map(|row| row.text("removed"))
        .flat_map(|text| RdfParser::from_format(RdfFormat::NQuads).for_slice(&text).flatten().collect::<Vec<_>>())
        .collect();
    let iri = store.iris().id(id);
    let own: Vec<&Quad> = last.iter().filter(|quad| quad.subject == iri.clone().into()).collect();
    Ok(Some(Ending {
        title: text(&own, dct::TITLE),
        at: Some(item.at),
        by: rows.iter().find_map(|row| row.iri("by")).map(NamedNode::new_unchecked),
        reason: Text::new(),
        change: Some(change),
        graph: Some(graph),
    }))
}

/// The words of a property, by language.
fn text(own: &[&Quad], property: NamedNodeRef<'_>) -> Text {
    let values = own.iter().filter(|quad| quad.predicate == property);
    let words = values.filter_map(|quad| match &quad.object {
        Term::Literal(literal) => Some((literal.language()?.parse().ok()?, literal.value().to_owned())),
        _ => None,
    });
    words.collect()
}
