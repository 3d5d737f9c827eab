//! The public graphs, one after the other: what leaves the archive as a whole.

use std::{borrow::Cow, collections::BTreeMap};

use oxigraph::model::NamedNode;

use crate::{
    rdf::{
        Part,
        vocab::{dct, isn},
    },
    store::{Cell, Error, Store},
};

/// A public graph, as the provenance knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Public {
    /// The graph.
    pub graph: NamedNode,
    /// The part of the archive it belongs to.
    pub part: Part,
    /// The terms it may be used under.
    pub licence: Option<String>,
    /// The file it came from.
    pub source: Option<String>,
}

/// Every public graph that has a provenance, in the order of the lines that begin with its name.
pub async fn graphs(store: &Store) -> Result<Vec<Public>, Error> {
    let iris = store.iris();
    let query = format!(
        "SELECT ?g ?licence ?source {{ GRAPH {prov} {{ ?g {sha256} ?digest \
         OPTIONAL {{ ?g {licence} ?licence }} OPTIONAL {{ ?g {source} ?source }} }} }}",
        prov = iris.graph("prov"),
        sha256 = iris.term(isn::SHA256),
        licence = dct::LICENSE,
        source = dct::SOURCE,
    );
    // By name in angle brackets, for that is what is sorted in a canonical form.
    let mut found: BTreeMap<String, Public> = BTreeMap::new();
    let take = |cells: &[Cell<'_>]| {
        let [Cell::Iri(graph), licence, source] = cells else { return };
        let graph = NamedNode::new_unchecked(*graph);
        let iri = |cell: &Cell<'_>| match cell {
            Cell::Iri(iri) => Some((*iri).to_owned()),
            _ => None,
        };
        if let Some(part) = Part::of(iris, graph.as_ref()) {
            found.insert(graph.to_string(), Public { graph, part, licence: iri(licence), source: iri(source) });
        }
    };
    store.each(&query, store.limits(), take).await?;
    Ok(found.into_values().collect())
}

/// A condition on `?g` that leaves out what waits to be moderated.
pub(super) fn only(store: &Store) -> String {
    format!("FILTER(!STRSTARTS(STR(?g), \"{}\"))", store.iris().path("graph/inbox/").as_str())
}

/// What each of some graphs says: lines of N-Triples in canonical spelling, in no order.
pub async fn lines(store: &Store, graphs: &[Public]) -> Result<Vec<Vec<String>>, Error> {
    let branch = |(number, public): (usize, &Public)| {
        format!("{{ GRAPH {} {{ ?s ?p ?o }} BIND({number} AS ?n) }}", public.graph)
    };
    let branches: Vec<String> = graphs.iter().enumerate().map(branch).collect();
    let query = format!("SELECT (STR(?n) AS ?number) ?s ?p ?o {{ {} }}", branches.join(" UNION "));
    let mut lines = vec![Vec::new(); graphs.len()];
    let take = |row: &[Cow<'_, str>]| {
        let [number, subject, predicate, object] = row else { return };
        if let Some(lines) = number.trim_matches('"').parse::<usize>().ok().and_then(|number| lines.get_mut(number)) {
            lines.push(line(subject, predicate, object));
        }
    };
    store.each_spelled(&query, store.limits(), take).await?;
    Ok(lines)
}

/// What the provenance says of some graphs: lines of N-Triples in canonical spelling, in no order.
pub async fn provenance(store: &Store, graphs: &[Public]) -> Result<Vec<String>, Error> {
    let names: Vec<String> = graphs.iter().map(|public| public.graph.to_string()).collect();
    let prov = store.iris().graph("prov");
    let names = names.join(" ");
    let query = format!("SELECT ?g ?p ?o {{ VALUES ?g {{ {names} }} GRAPH {prov} {{ ?g ?p ?o }} }}");
    let mut lines = Vec::new();
    let take = |row: &[Cow<'_, str>]| {
        if let [subject, predicate, object] = row {
            lines.push(line(subject, predicate, object));
        }
    };
    store.each_spelled(&query, store.limits(), take).await?;
    Ok(lines)
}

fn line(subject: &str, predicate: &str, object: &str) -> String {
    [subject, " ", predicate, " ", object, " .\n"].concat()
}

/// The terms that some graphs may be used under, each once.
pub async fn licences(store: &Store, graphs: impl IntoIterator<Item = NamedNode>) -> Result<Vec<NamedNode>, Error> {
    let names: Vec<String> = graphs.into_iter().map(|graph| graph.to_string()).collect();
    let query = format!(
        "SELECT DISTINCT ?licence {{ VALUES ?g {{ {} }} GRAPH {} {{ ?g {} ?licence }} }} ORDER BY ?licence",
        names.join(" "),
        store.iris().graph("prov"),
        dct::LICENSE,
    );
    let rows = store.select(&query).await?;
    Ok(rows.iter().filter_map(|row| row.iri("licence")).map(NamedNode::new_unchecked).collect())
}
