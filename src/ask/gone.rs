//! What stands in the place of a thing that is no longer described: another that it was merged into, or what is left of it.
//!
//! Whoever merges or withdraws a thing may leave statements in its place: `dct:isReplacedBy`, `prov:invalidatedAtTime`,
//! the reason, its last name. Of a document that was withdrawn with its graph, the log tells.

use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{NamedNode, NamedNodeRef, Quad, Term},
};

use super::changes;
use crate::{
    model::{Id, Kind, Text},
    rdf::vocab::{dct, prov, rdf, rdfs},
    store::{Error, Store, literal_value},
};

/// The thing that stands in the place of another.
const REPLACED_BY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/isReplacedBy");
/// Since when something is no longer.
const INVALIDATED: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#invalidatedAtTime");
/// What stands in the place of a thing, in our words.
const TOMBSTONE: &str = "Tombstone";
/// Why.
const REASON: &str = "reason";
/// What a change took away, as N-Quads, where that is kept.
const REMOVED: &str = "removed";

/// What became of a thing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gone {
    /// Another thing stands in its place.
    Merged(Id),
    /// It is gone.
    Withdrawn(Withdrawal),
}

/// What is known of a withdrawal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Withdrawal {
    /// What the thing was last called.
    pub title: Text,
    /// When it was withdrawn.
    pub at: Option<String>,
    /// By whom.
    pub by: Option<NamedNode>,
    /// Why, where a reason was given.
    pub reason: Text,
    /// The record of it in the log.
    pub change: Option<NamedNode>,
    /// The graph that the log speaks of.
    pub graph: Option<NamedNode>,
}

/// What became of a thing, by what is said of it, which may be nothing; none where it is simply described.
pub async fn of(store: &Store, id: &Id, quads: &[Quad]) -> Result<Option<Gone>, Error> {
    let iri = store.iris().id(id);
    let is_said = quads.iter().any(|quad| quad.subject == iri.clone().into());
    let told = told(store, id, quads);
    let withdrawal = match told {
        Some(Gone::Withdrawn(withdrawal)) => withdrawal,
        None if !is_said => Withdrawal::default(),
        told => return Ok(told),
    };
    // Only the graph of a document is one of its own.
    let log = if id.kind() == Kind::Document { from_log(store, id).await? } else { None };
    Ok(match log {
        Some(log) => Some(Gone::Withdrawn(withdrawal.or(log))),
        None => is_said.then_some(Gone::Withdrawn(withdrawal)),
    })
}

/// What the statements in the place of a thing tell.
fn told(store: &Store, id: &Id, quads: &[Quad]) -> Option<Gone> {
    let iris = store.iris();
    let iri = iris.id(id);
    let own: Vec<&Quad> = quads.iter().filter(|quad| quad.subject == iri.clone().into()).collect();
    let types: Vec<&Term> = own.iter().filter(|quad| quad.predicate == rdf::TYPE).map(|quad| &quad.object).collect();
    let is_tombstone = types.contains(&&Term::from(iris.term(TOMBSTONE)));
    // What is still described as something is there, whatever is said beside.
    if !types.is_empty() && !is_tombstone {
        return None;
    }
    let value = |property: NamedNodeRef<'_>| own.iter().find(|quad| quad.predicate == property).map(|it| &it.object);
    if let Some(Term::NamedNode(other)) = value(REPLACED_BY)
        && let Some(other) = iris.to_id(other.as_ref()).filter(|other| other != id)
    {
        return Some(Gone::Merged(other));
    }
    let at = value(INVALIDATED).map(literal_value);
    if at.is_none() && !is_tombstone {
        return None;
    }
    let mut title = text(&own, rdfs::LABEL);
    title.extend(text(&own, dct::TITLE));
    Some(Gone::Withdrawn(Withdrawal {
        title,
        at,
        by: value(prov::WAS_ATTRIBUTED_TO).map(|by| NamedNode::new_unchecked(literal_value(by))),
        reason: text(&own, iris.term(REASON).as_ref()),
        change: None,
        graph: None,
    }))
}

impl Withdrawal {
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
}

/// The withdrawal of the graph of a document, from the log.
async fn from_log(store: &Store, id: &Id) -> Result<Option<Withdrawal>, Error> {
    let graph = store.iris().document_graph(id);
    let Some(item) = changes::of(store, &graph).await?.filter(changes::Item::is_withdrawn) else { return Ok(None) };
    let change = changes::change(store, item.number);
    let (removed, by) = (store.iris().term(REMOVED), prov::WAS_ATTRIBUTED_TO);
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
    Ok(Some(Withdrawal {
        title: text(&own, dct::TITLE),
        at: Some(item.at.to_string()),
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
