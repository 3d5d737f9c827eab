//! Walking from thing to thing: the neighbours of some things, as nodes and edges.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::NamedNode;

use super::{
    names,
    piece::{Counts, Edge, Node, Piece},
};
use crate::{
    model::{Id, Kind},
    rdf::{Iris, Ontology},
    store::{Error, Row, Store},
};

/// Finds the things that stand one statement away from each of `ids`, at most `limit` edges for each.
pub async fn neighbors(store: &Store, ontology: &Ontology, ids: &[Id], limit: usize) -> Result<Piece, Error> {
    let mut piece = Piece::default();
    let mut edges = BTreeMap::new();
    for id in ids {
        let iri = store.iris().id(id);
        let query = format!("{} ORDER BY ?p ?other ?g LIMIT {}", pattern(store.iris(), &iri), limit + 1);
        let rows = store.select(&query).await?;
        piece.truncated |= rows.len() > limit;
        let found = rows.iter().take(limit).filter_map(|row| edge(store.iris(), &iri, row));
        edges.extend(found.map(|edge| (edge.id.clone(), edge)));
        piece.counts.insert(iri.as_str().to_owned(), counts(store, &iri).await?);
    }
    let mut things: BTreeSet<NamedNode> = ids.iter().map(|id| store.iris().id(id)).collect();
    things.extend(edges.values().flat_map(|edge| [&edge.source, &edge.target]).map(NamedNode::new_unchecked));
    let predicates: BTreeSet<NamedNode> =
        edges.values().map(|edge| NamedNode::new_unchecked(&edge.predicate)).collect();
    let labels = names::labels(store, ontology, things.iter().chain(&predicates)).await?;
    let label = |iri: &str| labels.get(iri).cloned().unwrap_or_default();
    piece.nodes = things
        .iter()
        .filter_map(|thing| {
            let kind = kind_name(store.iris().to_id(thing.as_ref())?.kind());
            Some(Node { id: thing.as_str().to_owned(), kind, label: label(thing.as_str()), ..Node::default() })
        })
        .collect();
    piece.edges = edges.into_values().map(|edge| Edge { label: label(&edge.predicate), ..edge }).collect();
    Ok(piece)
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

async fn counts(store: &Store, iri: &NamedNode) -> Result<Counts, Error> {
    let body = body(store.iris(), iri);
    let by_predicate = format!("SELECT ?p (COUNT(DISTINCT ?other) AS ?count) {{ {body} }} GROUP BY ?p");
    let by_segment = format!(
        "SELECT ?kind (COUNT(DISTINCT ?other) AS ?count) {{ {body} \
         BIND(STRBEFORE(STRAFTER(STR(?other), \"{base}\"), \"/\") AS ?kind) }} GROUP BY ?kind",
        base = store.iris().base(),
    );
    let rows = store.select(&by_predicate).await?;
    let predicates = rows.iter().filter_map(|row| Some((row.iri("p")?.to_owned(), row.number("count")?))).collect();
    let rows = store.select(&by_segment).await?;
    let kind = |row: &Row| row.text("kind")?.parse().ok().map(kind_name);
    let types = rows.iter().filter_map(|row| Some((kind(row)?.to_owned(), row.number("count")?))).collect();
    Ok(Counts { predicates, types })
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
    Some(Edge { document, ..Edge::new(source, target, row.iri("p")?.to_owned(), graph) })
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
