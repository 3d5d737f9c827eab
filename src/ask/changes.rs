//! The log of changes as harvesters read it: every public graph once, with the last change of it.
//!
//! All feeds are this one reading, so they agree. A feed goes through the numbers of the log, which have no gaps:
//! a record is found by its number, and no page costs more than the numbers it spans. An [`Item`] is the graph of a
//! document, of an authority or of the comments on a document; links that a machine proposed, the vocabulary and what
//! people keep in graphs of their own are not in the feeds. An item stands at its last change alone; how it stood before
//! is told by [`past`](super::past).

use std::collections::{HashMap, HashSet};

use jiff::Timestamp;
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};

use crate::{
    rdf::vocab::{dct, isn, prov, rdf},
    store::{ChangeKind, Error, Row, Store},
};

/// So many numbers are looked up in one question at most.
const SPAN: u64 = 2_000;

/// What is asked of an item.
const SELECT: &str = "SELECT ?n ?g ?kind ?at ?digest";

/// A graph with the last change of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The number of the change.
    pub number: u64,
    /// The graph.
    pub graph: NamedNode,
    /// What became of it.
    pub kind: ChangeKind,
    /// When.
    pub at: Timestamp,
    /// The digest of its canonical form.
    pub digest: String,
    /// The terms it may be used under.
    pub licence: Option<NamedNode>,
    /// The file it came from.
    pub source: Option<NamedNode>,
}

impl Item {
    /// Whether the graph is gone.
    #[must_use]
    pub fn is_withdrawn(&self) -> bool {
        self.kind == ChangeKind::Withdrawn
    }
}

/// An item with what its graph says now.
#[derive(Clone, Debug)]
pub struct Content {
    /// The item.
    pub item: Item,
    /// Its quads; none where it was withdrawn.
    pub quads: Vec<Quad>,
}

/// The items that are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Set {
    /// All.
    #[default]
    All,
    /// The documents.
    Documents,
    /// The documents of a type: a term of `vocab/document-type`.
    OfType(String),
    /// The documents of a collection, by its key.
    InCollection(String),
    /// The graphs of entities.
    Authorities,
}

impl Set {
    /// Where the names of its graphs begin.
    fn folders(&self) -> &'static [&'static str] {
        match self {
            Self::All => &["graph/doc/", "graph/authority/", "graph/comment/"],
            Self::Documents | Self::OfType(_) | Self::InCollection(_) => &["graph/doc/"],
            Self::Authorities => &["graph/authority/"],
        }
    }

    /// The condition on `?g` that its graphs meet.
    fn condition(&self, store: &Store) -> String {
        let starts = |folder: &&str| format!("STRSTARTS(STR(?g), \"{}\")", store.iris().path(folder).as_str());
        self.folders().iter().map(starts).collect::<Vec<_>>().join(" || ")
    }

    /// What the graphs of its documents must say. Of a withdrawn document nothing is known but that it was one: it is
    /// given in every set of documents, so that nobody keeps what is gone.
    fn statement(&self, store: &Store) -> Option<(NamedNode, NamedNode)> {
        let iris = store.iris();
        match self {
            Self::OfType(term) => Some((iris.term(isn::DOC_TYPE), iris.concept("document-type", term))),
            Self::InCollection(key) => Some((iris.term(isn::IN_COLLECTION), iris.path(&format!("collection/{key}")))),
            Self::All | Self::Documents | Self::Authorities => None,
        }
    }
}

/// Some numbers of the log: those after one, up to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The number before the first.
    pub after: u64,
    /// The last number.
    pub upto: u64,
}

/// The items whose last change has a number in a span, in the order of the log.
pub async fn within(store: &Store, set: &Set, span: Span) -> Result<Vec<Item>, Error> {
    let mut items = Vec::new();
    let mut after = span.after;
    while after < span.upto {
        let upto = span.upto.min(after + SPAN);
        items.extend(ask(store, set, Span { after, upto }).await?);
        after = upto;
    }
    Ok(items)
}

/// The first items of a span, at most so many.
pub async fn first(store: &Store, set: &Set, span: Span, limit: usize) -> Result<Vec<Item>, Error> {
    let (mut items, mut after) = (Vec::new(), span.after);
    let mut step = 2 * limit as u64;
    while after < span.upto && items.len() < limit {
        let upto = span.upto.min(after + step.min(SPAN));
        items.extend(ask(store, set, Span { after, upto }).await?);
        (after, step) = (upto, 2 * step);
    }
    items.truncate(limit);
    Ok(items)
}

/// The last items of a span, at most so many, the newest first.
pub async fn last(store: &Store, set: &Set, span: Span, limit: usize) -> Result<Vec<Item>, Error> {
    let (mut items, mut upto) = (Vec::new(), span.upto);
    let mut step = 2 * limit as u64;
    while upto > span.after && items.len() < limit {
        let after = span.after.max(upto.saturating_sub(step.min(SPAN)));
        items.extend(ask(store, set, Span { after, upto }).await?.into_iter().rev());
        (upto, step) = (after, 2 * step);
    }
    items.truncate(limit);
    Ok(items)
}

/// How many items have their last change in a span.
pub async fn count(store: &Store, set: &Set, span: Span) -> Result<u64, Error> {
    if set.statement(store).is_some() {
        return Ok(within(store, set, span).await?.len() as u64);
    }
    let Span { after, upto } = span;
    let (records, condition) = (records(store), set.condition(store));
    let query = format!(
        "SELECT (COUNT(*) AS ?count) {{ SELECT ?g {{ {records} FILTER({condition}) }} GROUP BY ?g \
         HAVING(MAX(?n) > {after} && MAX(?n) <= {upto}) }}"
    );
    Ok(store.select(&query).await?.first().and_then(|row| row.number("count")).unwrap_or(0))
}

/// An item by its graph.
pub async fn of(store: &Store, graph: &NamedNode) -> Result<Option<Item>, Error> {
    let (records, condition) = (records(store), Set::All.condition(store));
    let query =
        format!("{SELECT} {{ VALUES ?g {{ {graph} }} {records} FILTER({condition}) }} ORDER BY DESC(?n) LIMIT 1");
    let found = store.select(&query).await?.iter().filter_map(|row| item(store, row)).collect();
    Ok(with_rights(store, found).await?.pop())
}

/// When the change with this number was made.
pub async fn time_of(store: &Store, number: u64) -> Result<Option<Timestamp>, Error> {
    Ok(times_of(store, &[number]).await?.remove(&number))
}

/// When the changes with these numbers were made.
pub async fn times_of(store: &Store, numbers: &[u64]) -> Result<HashMap<u64, Timestamp>, Error> {
    let (log, sequence) = (store.iris().graph("changes"), store.iris().term(isn::SEQUENCE));
    let changes = listed(numbers.iter().map(|number| change(store, *number)));
    let query = format!(
        "SELECT ?n ?at {{ VALUES ?c {{ {changes} }} GRAPH {log} {{ ?c {sequence} ?n ; {} ?at }} }}",
        prov::GENERATED_AT_TIME,
    );
    let rows = store.select(&query).await?;
    Ok(rows.iter().filter_map(|row| Some((row.number("n")?, row.text("at")?.parse().ok()?))).collect())
}

/// The number of the last change before a time, 0 where there is none. The times of the log never go back, so the
/// place is found by halving.
pub async fn number_before(store: &Store, time: Timestamp) -> Result<u64, Error> {
    let (mut earlier, mut later) = (0, store.last_change().await? + 1);
    while later - earlier > 1 {
        let middle = earlier + (later - earlier) / 2;
        if time_of(store, middle).await?.is_some_and(|at| at < time) { earlier = middle } else { later = middle }
    }
    Ok(earlier)
}

/// What the graphs of some items say now.
pub async fn contents(store: &Store, items: Vec<Item>) -> Result<Vec<Content>, Error> {
    let graphs = standing(&items);
    let query = format!("SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?s ?p ?o }} }}");
    let mut quads: HashMap<String, Vec<Quad>> = HashMap::new();
    for row in store.select(&query).await? {
        if let (Some(graph), Some(quad)) = (row.iri("g"), quad(&row)) {
            quads.entry(graph.to_owned()).or_default().push(quad);
        }
    }
    let contents = items.into_iter().map(|item| {
        let mut quads = quads.remove(item.graph.as_str()).unwrap_or_default();
        quads.sort_by_cached_key(|quad| {
            (quad.subject.to_string(), quad.predicate != rdf::TYPE, quad.predicate.to_string(), quad.object.to_string())
        });
        Content { item, quads }
    });
    Ok(contents.collect())
}

/// The collections, with their names where they have any.
pub async fn collections(store: &Store) -> Result<Vec<(NamedNode, Option<String>)>, Error> {
    let query = format!(
        "SELECT ?c (SAMPLE(?name) AS ?label) {{ ?c a {} OPTIONAL {{ ?c {} ?name FILTER(LANGMATCHES(LANG(?name), \"en\")) }} }} \
         GROUP BY ?c ORDER BY ?c",
        store.iris().term("Collection"),
        oxigraph::model::vocab::rdfs::LABEL,
    );
    let rows = store.select(&query).await?;
    Ok(rows.iter().filter_map(|row| Some((NamedNode::new_unchecked(row.iri("c")?), row.text("label")))).collect())
}

/// The record of the change with this number.
#[must_use]
pub fn change(store: &Store, number: u64) -> NamedNode {
    store.iris().path(&format!("change/{number}"))
}

/// Names as `VALUES` has them.
fn listed(names: impl Iterator<Item = NamedNode>) -> String {
    names.map(|name| name.to_string()).collect::<Vec<_>>().join(" ")
}

/// The items among some numbers. Each step asks only about what the one before it found: a pattern that says the same at
/// once is evaluated by reading the whole log for every record.
async fn ask(store: &Store, set: &Set, Span { after, upto }: Span) -> Result<Vec<Item>, Error> {
    let changes = listed((after + 1..=upto).map(|number| change(store, number)));
    let (records, condition) = (records(store), set.condition(store));
    let query = format!("{SELECT} {{ VALUES ?c {{ {changes} }} {records} FILTER({condition}) }} ORDER BY ?n");
    let mut items: Vec<Item> = store.select(&query).await?.iter().filter_map(|row| item(store, row)).collect();
    let last = last_numbers(store, &items).await?;
    items.retain(|item| last.get(item.graph.as_str()) == Some(&item.number));
    if let Some((property, value)) = set.statement(store) {
        let graphs = standing(&items);
        let query = format!("SELECT DISTINCT ?g {{ VALUES ?g {{ {graphs} }} GRAPH ?g {{ ?d {property} {value} }} }}");
        let rows = store.select(&query).await?;
        let members: HashSet<&str> = rows.iter().filter_map(|row| row.iri("g")).collect();
        items.retain(|item| item.is_withdrawn() || members.contains(item.graph.as_str()));
    }
    with_rights(store, items).await
}

/// The number of the last change of each graph.
async fn last_numbers(store: &Store, items: &[Item]) -> Result<HashMap<String, u64>, Error> {
    let graphs = listed(items.iter().map(|item| item.graph.clone()));
    let records = records(store);
    let query = format!("SELECT ?g (MAX(?n) AS ?last) {{ VALUES ?g {{ {graphs} }} {records} }} GROUP BY ?g");
    let rows = store.select(&query).await?;
    Ok(rows.iter().filter_map(|row| Some((row.iri("g")?.to_owned(), row.number("last")?))).collect())
}

/// The graphs of the items that were not withdrawn.
fn standing(items: &[Item]) -> String {
    listed(items.iter().filter(|item| !item.is_withdrawn()).map(|item| item.graph.clone()))
}

/// Adds the terms that items may be used under and the files they came from.
async fn with_rights(store: &Store, mut items: Vec<Item>) -> Result<Vec<Item>, Error> {
    let graphs = standing(&items);
    let query = format!(
        "SELECT ?g ?p ?o {{ VALUES ?g {{ {graphs} }} GRAPH {} {{ ?g ?p ?o }} FILTER(?p IN ({}, {})) }}",
        store.iris().graph("prov"),
        dct::LICENSE,
        dct::SOURCE,
    );
    let mut rights = HashMap::new();
    for row in store.select(&query).await? {
        if let (Some(graph), Some(property), Some(value)) = (row.iri("g"), row.iri("p"), row.iri("o")) {
            rights.insert((graph.to_owned(), property.to_owned()), NamedNode::new_unchecked(value));
        }
    }
    for item in &mut items {
        let mut right = |property: &str| rights.remove(&(item.graph.as_str().to_owned(), property.to_owned()));
        (item.licence, item.source) = (right(dct::LICENSE.as_str()), right(dct::SOURCE.as_str()));
    }
    Ok(items)
}

/// The records of the log.
fn records(store: &Store) -> String {
    let iris = store.iris();
    format!(
        "GRAPH {} {{ ?c {} ?n ; {} ?g ; {} ?kind ; {} ?at ; {} ?digest }}",
        iris.graph("changes"),
        iris.term(isn::SEQUENCE),
        iris.term(isn::CHANGE_OF),
        iris.term(isn::CHANGE_KIND),
        prov::GENERATED_AT_TIME,
        iris.term(isn::DIGEST),
    )
}

fn item(store: &Store, row: &Row) -> Option<Item> {
    let kind = row.iri("kind").and_then(|iri| store.iris().relative(iri));
    let kinds = [ChangeKind::Created, ChangeKind::Updated, ChangeKind::Withdrawn];
    Some(Item {
        number: row.number("n")?,
        graph: NamedNode::new_unchecked(row.iri("g")?),
        kind: kinds.into_iter().find(|known| kind == Some(&format!("vocab/change-kind/{}", known.term())))?,
        at: row.text("at")?.parse().ok()?,
        digest: row.text("digest")?,
        licence: None,
        source: None,
    })
}

fn quad(row: &Row) -> Option<Quad> {
    let subject: NamedOrBlankNode = match row.term("s")? {
        Term::NamedNode(iri) => iri.clone().into(),
        Term::BlankNode(node) => node.clone().into(),
        Term::Literal(_) | Term::Triple(_) => return None,
    };
    let graph = GraphName::from(NamedNode::new_unchecked(row.iri("g")?));
    Some(Quad::new(subject, NamedNode::new_unchecked(row.iri("p")?), row.term("o")?.clone(), graph))
}
