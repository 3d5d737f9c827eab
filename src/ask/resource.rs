//! One thing, by its address: what is said of it, in which graphs, and what points to it.

use std::collections::BTreeSet;

use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad};

use super::public;
use crate::{
    model::{Id, Kind},
    rdf::{
        describe::{COMPARISON, RUN},
        vocab::{isn, oa},
    },
    store::{Error, Row, Store},
};

/// How many of the links that lead to a resource are on a page of them.
pub const INCOMING: u64 = 200;

/// A thing with what is said of it.
#[derive(Clone, Debug)]
pub struct Resource {
    /// Its identifier.
    pub id: Id,
    /// Its IRI.
    pub iri: NamedNode,
    /// What is said of it and of its parts, each with the graph that says so.
    pub quads: Vec<Quad>,
    /// What points to it: one page of that.
    pub incoming: Vec<Quad>,
    /// How many things point to it, by predicate, the most frequent first.
    pub incoming_counts: Vec<(NamedNode, u64)>,
    /// How many links lead to it in all.
    pub incoming_total: u64,
    /// Which page of them this is, counted from 1.
    pub page: u64,
}

impl Resource {
    /// How many pages the links that lead to it fill; one at least.
    #[must_use]
    pub fn pages(&self) -> u64 {
        self.incoming_total.div_ceil(INCOMING).max(1)
    }
}

/// Finds a thing; `None` where nothing is said of it.
pub async fn find(store: &Store, id: &Id) -> Result<Option<Resource>, Error> {
    find_page(store, id, 1).await
}

/// Finds a thing with a page of what points to it; the page is empty where it is beyond the last.
pub async fn find_page(store: &Store, id: &Id, page: u64) -> Result<Option<Resource>, Error> {
    let iri = store.iris().id(id);
    let quads = own(store, id, &iri).await?;
    if quads.is_empty() {
        return Ok(None);
    }
    let (incoming_counts, incoming_total) = incoming_counts(store, &iri).await?;
    // What does not exist is not looked for: going through all there is to its end takes long.
    let skip = (page - 1).saturating_mul(INCOMING);
    let incoming = if skip < incoming_total { incoming(store, &iri, skip).await? } else { Vec::new() };
    Ok(Some(Resource { id: id.clone(), iri, quads, incoming, incoming_counts, incoming_total, page }))
}

/// What is said of a thing, without what points to it; `None` where nothing is.
pub async fn described(store: &Store, id: &Id) -> Result<Option<Vec<Quad>>, Error> {
    let quads = own(store, id, &store.iris().id(id)).await?;
    Ok((!quads.is_empty()).then_some(quads))
}

async fn own(store: &Store, id: &Id, iri: &NamedNode) -> Result<Vec<Quad>, Error> {
    match id.kind() {
        Kind::Document => document(store, id, iri).await,
        Kind::Claim => claim(store, iri).await,
        _ => thing(store, iri).await,
    }
}

/// Where the graphs that speak of a thing came from: from them the way leads to the files, and to the terms of use.
pub async fn provenance(store: &Store, resource: &Resource) -> Result<Vec<Quad>, Error> {
    let graphs: BTreeSet<String> = resource.quads.iter().map(|quad| quad.graph_name.to_string()).collect();
    let graphs: Vec<String> = graphs.into_iter().collect();
    let prov = store.iris().graph("prov");
    let query = format!(
        "SELECT ?g ?s ?p ?o {{ VALUES ?s {{ {} }} GRAPH {prov} {{ ?s ?p ?o }} BIND({prov} AS ?g) }}",
        graphs.join(" ")
    );
    let mut quads = quads(&store.select(&query).await?);
    quads.sort_by_cached_key(sort_key);
    Ok(quads)
}

/// A document's own graph, and those of its mentions, of what it resembles, of assessments and comments, whole; else, as of a record that only a
/// table describes.
async fn document(store: &Store, id: &Id, iri: &NamedNode) -> Result<Vec<Quad>, Error> {
    let own = store.iris().document_graph(id);
    let mentions = store.iris().mention_graph(id, RUN);
    let resembled = store.iris().mention_graph(id, COMPARISON);
    let (reviews, comments) = (store.iris().review_graph(id), store.iris().comment_graph(id));
    let query = format!(
        "SELECT ?g ?s ?p ?o {{ VALUES ?g {{ {own} {mentions} {resembled} {reviews} {comments} }} GRAPH ?g {{ ?s ?p ?o }} }}"
    );
    let mut quads = quads(&store.select(&query).await?);
    let own = GraphName::from(own);
    if !quads.iter().any(|quad| quad.graph_name == own) {
        quads.extend(thing(store, iri).await?);
    }
    quads.sort_by_cached_key(sort_key);
    quads.dedup();
    Ok(quads)
}

/// What any graph says of a thing and of its parts (`#…`), which it points to or which point to it.
async fn thing(store: &Store, iri: &NamedNode) -> Result<Vec<Quad>, Error> {
    let part = format!("{}#", iri.as_str());
    let query = format!(
        "SELECT DISTINCT ?g ?s ?p ?o {{ \
           {{ GRAPH ?g {{ {iri} ?p ?o }} BIND({iri} AS ?s) }} \
           UNION {{ GRAPH ?g {{ {iri} ?to ?s . ?s ?p ?o }} FILTER(STRSTARTS(STR(?s), \"{part}\")) }} \
           UNION {{ GRAPH ?g {{ ?s ?from {iri} . ?s ?p ?o }} FILTER(STRSTARTS(STR(?s), \"{part}\")) }} {} }}",
        public::only(store),
    );
    let mut quads = quads(&store.select(&query).await?);
    quads.sort_by_cached_key(sort_key);
    Ok(quads)
}

/// A claim with what people say of it: assessments and published comments, which stand with its document.
async fn claim(store: &Store, iri: &NamedNode) -> Result<Vec<Quad>, Error> {
    let mut found = thing(store, iri).await?;
    if found.is_empty() {
        return Ok(found);
    }
    let query = format!(
        "SELECT DISTINCT ?g ?s ?p ?o {{ VALUES ?about {{ {} {} }} GRAPH ?g {{ ?s ?about {iri} . ?s ?p ?o }} }}",
        store.iris().term(isn::ASSESSES),
        oa::HAS_TARGET,
    );
    found.extend(quads(&store.select(&query).await?));
    found.sort_by_cached_key(sort_key);
    found.dedup();
    Ok(found)
}

async fn incoming(store: &Store, iri: &NamedNode, skip: u64) -> Result<Vec<Quad>, Error> {
    let query = format!(
        "SELECT ?g ?s ?p ?o {{ GRAPH ?g {{ ?s ?p {iri} }} BIND({iri} AS ?o) \
         FILTER(!STRSTARTS(STR(?s), \"{}#\")) {} }} ORDER BY ?p ?s ?g LIMIT {INCOMING} OFFSET {skip}",
        iri.as_str(),
        public::only(store),
    );
    Ok(quads(&store.select(&query).await?))
}

/// By predicate how many things point to it, and how many links that are in all.
async fn incoming_counts(store: &Store, iri: &NamedNode) -> Result<(Vec<(NamedNode, u64)>, u64), Error> {
    let query = format!(
        "SELECT ?p (COUNT(DISTINCT ?s) AS ?things) (COUNT(*) AS ?links) {{ GRAPH ?g {{ ?s ?p {iri} }} \
         FILTER(!STRSTARTS(STR(?s), \"{}#\")) {} }} GROUP BY ?p ORDER BY DESC(?things) ?p",
        iri.as_str(),
        public::only(store),
    );
    let rows = store.select(&query).await?;
    let counts = rows.iter().filter_map(|row| Some((NamedNode::new_unchecked(row.iri("p")?), row.number("things")?)));
    Ok((counts.collect(), rows.iter().filter_map(|row| row.number("links")).sum()))
}

pub(super) fn quads(rows: &[Row]) -> Vec<Quad> {
    rows.iter()
        .filter_map(|row| {
            let graph = NamedNode::new_unchecked(row.iri("g")?);
            let subject: NamedOrBlankNode = NamedNode::new_unchecked(row.iri("s")?).into();
            let predicate = NamedNode::new_unchecked(row.iri("p")?);
            Some(Quad::new(subject, predicate, row.term("o")?.clone(), GraphName::from(graph)))
        })
        .collect()
}

/// Turtle reads well when a graph's documents come first, then their parts and claims, each with its type first.
fn sort_key(quad: &Quad) -> (String, (bool, String), bool, String, String) {
    let is_type = quad.predicate == crate::rdf::vocab::rdf::TYPE;
    (
        quad.graph_name.to_string(),
        (!quad.subject.to_string().contains("/doc/"), quad.subject.to_string()),
        !is_type,
        quad.predicate.to_string(),
        quad.object.to_string(),
    )
}
