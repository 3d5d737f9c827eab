//! Walking from thing to thing: the neighbours of some things, as nodes and edges.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::NamedNode;
use serde::Serialize;

use super::names;
use crate::{
    model::{Id, Kind, Text},
    rdf::{Iris, Ontology},
    store::{Error, Row, Store},
};

/// A piece of the graph, in the node-link form that visualization tools read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// The things.
    pub nodes: Vec<Node>,
    /// What joins them.
    pub edges: Vec<Edge>,
    /// Whether there are more edges than `limit`.
    pub truncated: bool,
    /// How many neighbours each asked thing has, by predicate, before any limit.
    pub counts: BTreeMap<String, BTreeMap<String, u64>>,
}

/// A thing in the graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its IRI.
    pub id: String,
    /// What it is: `document`, `person`, `organization`, `place`, `event`, `claim`, `collection`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// Its label in each language it has one in.
    pub label: Text,
}

/// One statement that joins two things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Edge {
    /// The IRI of its subject.
    pub source: String,
    /// The IRI of its object.
    pub target: String,
    /// The IRI of its predicate.
    pub predicate: String,
    /// The label of the predicate in each language.
    pub label: Text,
    /// The graph that states it.
    pub graph: String,
    /// The document whose graph that is, where it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
}

/// Finds the things that stand one statement away from each of `ids`, at most `limit` edges for each.
pub async fn neighbors(store: &Store, ontology: &Ontology, ids: &[Id], limit: usize) -> Result<Graph, Error> {
    let mut graph = Graph::default();
    let mut edges = BTreeSet::new();
    for id in ids {
        let iri = store.iris().id(id);
        let query = format!("{} ORDER BY ?p ?other ?g LIMIT {}", pattern(store.iris(), &iri), limit + 1);
        let rows = store.select(&query).await?;
        graph.truncated |= rows.len() > limit;
        edges.extend(rows.iter().take(limit).filter_map(|row| edge(store.iris(), &iri, row)));
        graph.counts.insert(iri.as_str().to_owned(), counts(store, &iri).await?);
    }
    let mut things: BTreeSet<NamedNode> = ids.iter().map(|id| store.iris().id(id)).collect();
    things.extend(edges.iter().flat_map(|edge| [&edge.source, &edge.target]).map(NamedNode::new_unchecked));
    let predicates: BTreeSet<NamedNode> = edges.iter().map(|edge| NamedNode::new_unchecked(&edge.predicate)).collect();
    let labels = names::labels(store, ontology, things.iter().chain(&predicates)).await?;
    let label = |iri: &str| labels.get(iri).cloned().unwrap_or_default();
    graph.nodes = things
        .iter()
        .filter_map(|thing| {
            let kind = kind_name(store.iris().to_id(thing.as_ref())?.kind());
            Some(Node { id: thing.as_str().to_owned(), kind, label: label(thing.as_str()) })
        })
        .collect();
    graph.edges = edges.into_iter().map(|edge| Edge { label: label(&edge.predicate), ..edge }).collect();
    Ok(graph)
}

/// Every statement between a thing and another thing of ours: neither parts nor concepts nor terms.
fn pattern(iris: &Iris, iri: &NamedNode) -> String {
    format!("SELECT DISTINCT ?out ?p ?other ?g {{ {} }}", body(iris, iri))
}

fn body(iris: &Iris, iri: &NamedNode) -> String {
    let kinds: Vec<&str> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Concept).map(Kind::segment).collect();
    format!(
        "{{ GRAPH ?g {{ {iri} ?p ?other }} BIND(true AS ?out) }} UNION {{ GRAPH ?g {{ ?other ?p {iri} }} BIND(false AS ?out) }} \
         FILTER(ISIRI(?other) && REGEX(STR(?other), \"^{base}({kinds})/[^#]+$\"))",
        base = iris.base().replace('.', "\\\\."),
        kinds = kinds.join("|"),
    )
}

async fn counts(store: &Store, iri: &NamedNode) -> Result<BTreeMap<String, u64>, Error> {
    let query = format!("SELECT ?p (COUNT(DISTINCT ?other) AS ?count) {{ {} }} GROUP BY ?p", body(store.iris(), iri));
    let rows = store.select(&query).await?;
    Ok(rows.iter().filter_map(|row| Some((row.iri("p")?.to_owned(), row.number("count")?))).collect())
}

fn edge(iris: &Iris, iri: &NamedNode, row: &Row) -> Option<Edge> {
    let (this, other) = (iri.as_str().to_owned(), row.iri("other")?.to_owned());
    let graph = row.iri("g")?.to_owned();
    let document = iris
        .relative(&graph)
        .and_then(|path| path.strip_prefix("graph/doc/").or_else(|| path.strip_prefix("graph/mention/")))
        .and_then(|rest| rest.split('/').next())
        .map(|key| iris.path(&format!("doc/{key}")).into_string());
    let (source, target) = if row.text("out")? == "true" { (this, other) } else { (other, this) };
    Some(Edge { source, target, predicate: row.iri("p")?.to_owned(), label: Text::new(), graph, document })
}

/// What a node of this kind is called in an answer.
#[must_use]
pub const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "document",
        Kind::Person => "person",
        Kind::Organization => "organization",
        Kind::Place => "place",
        Kind::Event => "event",
        Kind::Claim => "claim",
        Kind::Collection => "collection",
        Kind::Concept => "concept",
    }
}
