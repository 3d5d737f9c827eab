//! What stands around a thing: what is said of the things it is joined to, and which things point to it.

use std::collections::BTreeSet;

use oxigraph::model::{NamedNode, Quad};

use super::{
    names::{BATCH, values},
    public,
    resource::quads,
};
use crate::{
    model::Kind,
    store::{Error, Store},
};

/// What is said of some things with some predicates, or with any where none is named; each statement with the graph
/// it stands in. Parts of a thing are things of their own.
pub async fn statements(
    store: &Store,
    things: &BTreeSet<NamedNode>,
    predicates: &[NamedNode],
) -> Result<Vec<Quad>, Error> {
    let things: Vec<&NamedNode> = things.iter().collect();
    let predicates: Vec<&NamedNode> = predicates.iter().collect();
    let only = if predicates.is_empty() { String::new() } else { format!("VALUES ?p {{ {}}}", values(&predicates)) };
    let mut found = Vec::new();
    for batch in things.chunks(BATCH) {
        let query = format!(
            "SELECT ?g ?s ?p ?o {{ VALUES ?s {{ {}}} {only} GRAPH ?g {{ ?s ?p ?o }} {} }}",
            values(batch),
            public::only(store)
        );
        found.extend(quads(&store.select(&query).await?));
    }
    Ok(found)
}

/// The statements that point to some things with one of the predicates, at most `limit` of them.
pub async fn pointing(
    store: &Store,
    things: &BTreeSet<NamedNode>,
    predicates: &[NamedNode],
    limit: usize,
) -> Result<Vec<Quad>, Error> {
    let things: Vec<&NamedNode> = things.iter().collect();
    let predicates: Vec<&NamedNode> = predicates.iter().collect();
    let mut found = Vec::new();
    for batch in things.chunks(BATCH) {
        let query = format!(
            "SELECT ?g ?s ?p ?o {{ VALUES ?o {{ {}}} VALUES ?p {{ {}}} GRAPH ?g {{ ?s ?p ?o }} {} }} ORDER BY ?s ?p ?o LIMIT {}",
            values(batch),
            values(&predicates),
            public::only(store),
            limit.saturating_sub(found.len()),
        );
        found.extend(quads(&store.select(&query).await?));
    }
    Ok(found)
}

/// How many things of a kind there are.
pub async fn count(store: &Store, kind: Kind) -> Result<u64, Error> {
    let query = format!("SELECT (COUNT(DISTINCT ?thing) AS ?count) {{ {} }}", of_kind(store, kind));
    Ok(store.select(&query).await?.first().and_then(|row| row.number("count")).unwrap_or(0))
}

/// Things of a kind, the latest first where they have dates; `skip` of them are passed over.
pub async fn some(store: &Store, kind: Kind, skip: usize, limit: usize) -> Result<Vec<NamedNode>, Error> {
    let query = format!(
        "SELECT ?thing (MAX(?day) AS ?last) {{ {} OPTIONAL {{ ?thing {} ?day }} }} GROUP BY ?thing \
         ORDER BY DESC(?last) ?thing LIMIT {limit} OFFSET {skip}",
        of_kind(store, kind),
        store.iris().term("latest"),
    );
    let rows = store.select(&query).await?;
    Ok(rows.iter().filter_map(|row| Some(NamedNode::new_unchecked(row.iri("thing")?))).collect())
}

/// A pattern that binds `?thing` to the things of a kind.
fn of_kind(store: &Store, kind: Kind) -> String {
    let class = match kind {
        Kind::Document => "Document",
        Kind::Person => "Person",
        Kind::Organization => "Organization",
        Kind::Place => "Place",
        Kind::Event => "Event",
        Kind::Claim => "Claim",
        Kind::Collection => "Collection",
        Kind::Concept => return "?thing a <http://www.w3.org/2004/02/skos/core#Concept>".to_owned(),
    };
    format!("?thing a {}", store.iris().term(class))
}
