//! Queries that were given a short name, so that an address can be passed on. They are kept apart from the archive,
//! since anybody may give one: nothing that is asked of the archive finds them, and no harvest takes them along.

use oxigraph::model::NamedNode;

use crate::{
    rdf::{Iris, vocab::isn},
    store::{Error, Store},
};

/// The graph of them, in the store of what is kept apart.
#[must_use]
pub fn graph(iris: &Iris) -> NamedNode {
    iris.graph("links")
}

/// The IRI of a query by its short name; none where it is no such name.
#[must_use]
pub fn iri(iris: &Iris, short: &str) -> Option<NamedNode> {
    let is_name = !short.is_empty() && short.len() <= 64 && short.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_name.then(|| iris.path(&format!("q/{short}")))
}

/// The text of the query with a short name.
pub async fn query(kept: &Store, short: &str) -> Result<Option<String>, Error> {
    let Some(iri) = iri(kept.iris(), short) else { return Ok(None) };
    let (graph, property) = (graph(kept.iris()), kept.iris().term(isn::QUERY_TEXT));
    let rows = kept.select(&format!("SELECT ?text {{ GRAPH {graph} {{ {iri} {property} ?text }} }}")).await?;
    Ok(rows.first().and_then(|row| row.text("text")))
}

/// How many there are.
pub async fn count(kept: &Store) -> Result<u64, Error> {
    let (graph, property) = (graph(kept.iris()), kept.iris().term(isn::QUERY_TEXT));
    let rows =
        kept.select(&format!("SELECT (COUNT(*) AS ?n) {{ GRAPH {graph} {{ ?query {property} ?text }} }}")).await?;
    Ok(rows.first().and_then(|row| row.number("n")).unwrap_or_default())
}
