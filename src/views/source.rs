//! What the views are made of: what the graphs of documents and authorities say, read over the seam.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedNode, Term};

use crate::store::{Error, Store};

/// So many graphs are read in one question; a document's holds its whole text.
const GRAPHS_AT_ONCE: usize = 25;

/// What one graph says, of what the views need.
#[derive(Debug, Default)]
pub(super) struct Graph {
    /// By subject, the predicate's short name and the objects.
    pub subjects: BTreeMap<String, Thing>,
}

impl Graph {
    /// Adds a statement.
    pub(super) fn add(&mut self, subject: &str, predicate: &'static str, object: Term) {
        let thing = self.subjects.entry(subject.to_owned()).or_default();
        thing.0.entry(predicate).or_default().push(object);
    }
}

/// What a graph says of one thing: the objects, by predicate.
#[derive(Debug, Default)]
pub(super) struct Thing(BTreeMap<&'static str, Vec<Term>>);

impl Thing {
    /// The objects of a predicate, by its short name in [`PREDICATES`].
    pub(super) fn objects(&self, predicate: &str) -> &[Term] {
        self.0.get(predicate).map(Vec::as_slice).unwrap_or_default()
    }

    /// The IRIs that are objects of a predicate.
    pub(super) fn iris(&self, predicate: &str) -> impl Iterator<Item = &str> {
        self.objects(predicate).iter().filter_map(|term| match term {
            Term::NamedNode(iri) => Some(iri.as_str()),
            _ => None,
        })
    }

    /// The literals that are objects of a predicate, with their languages.
    pub(super) fn literals(&self, predicate: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
        self.objects(predicate).iter().filter_map(|term| match term {
            Term::Literal(literal) => Some((literal.value(), literal.language())),
            _ => None,
        })
    }
}

/// What is read, with short names.
const PREDICATES: [(&str, &str); 15] = [
    ("type", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"),
    ("value", "http://www.w3.org/1999/02/22-rdf-syntax-ns#value"),
    ("label", "http://www.w3.org/2000/01/rdf-schema#label"),
    ("altLabel", "http://www.w3.org/2004/02/skos/core#altLabel"),
    ("hiddenLabel", "http://www.w3.org/2004/02/skos/core#hiddenLabel"),
    ("title", "http://purl.org/dc/terms/title"),
    ("description", "http://purl.org/dc/terms/description"),
    ("hasGeometry", "http://www.opengis.net/ont/geosparql#hasGeometry"),
    ("asWKT", "http://www.opengis.net/ont/geosparql#asWKT"),
    ("symbol", "isn:symbol"),
    ("text", "isn:text"),
    ("earliest", "isn:earliest"),
    ("latest", "isn:latest"),
    ("statedIn", "isn:statedIn"),
    ("reportedAt", "isn:reportedAt"),
];

/// The graphs that documents and authorities have, or had: those whose provenance is known, or that the log names.
pub(super) async fn graphs(store: &Store) -> Result<BTreeSet<String>, Error> {
    let iris = store.iris();
    let query = format!(
        "SELECT DISTINCT ?g {{ {{ GRAPH {prov} {{ ?g {digest} ?digest }} }} UNION {{ GRAPH {log} {{ ?change {of} ?g }} }} }}",
        prov = iris.graph("prov"),
        digest = iris.term("sha256"),
        log = iris.graph("changes"),
        of = iris.term("changeOf"),
    );
    let rows = store.select(&query).await?;
    Ok(rows.iter().filter_map(|row| row.iri("g")).filter(|graph| is_ours(store, graph)).map(str::to_owned).collect())
}

/// Whether the views show what a graph says.
pub(super) fn is_ours(store: &Store, graph: &str) -> bool {
    let path = store.iris().relative(graph).unwrap_or_default();
    ["graph/doc/", "graph/authority/"].iter().any(|start| path.starts_with(start))
}

/// Reads some graphs, a few at a time; a graph that is gone says nothing.
pub(super) fn batches(graphs: &BTreeSet<String>) -> impl Iterator<Item = Vec<String>> {
    let graphs: Vec<String> = graphs.iter().cloned().collect();
    graphs.chunks(GRAPHS_AT_ONCE).map(<[String]>::to_vec).collect::<Vec<_>>().into_iter()
}

/// What these graphs say now.
pub(super) async fn read(store: &Store, graphs: &[String]) -> Result<BTreeMap<String, Graph>, Error> {
    let predicates: Vec<(&'static str, NamedNode)> = PREDICATES
        .iter()
        .map(|(name, iri)| {
            let own = iri.strip_prefix("isn:").map(|local| store.iris().term(local));
            (*name, own.unwrap_or_else(|| NamedNode::new_unchecked(*iri)))
        })
        .collect();
    // Each graph by name: joined with a list of graphs, some engines go through all there are.
    let branch = |graph: &String| format!("{{ GRAPH <{graph}> {{ ?s ?p ?o }} BIND(<{graph}> AS ?g) }}");
    let branches: Vec<String> = graphs.iter().map(branch).collect();
    let wanted: Vec<String> = predicates.iter().map(|(_, iri)| iri.to_string()).collect();
    let query = format!("SELECT ?g ?s ?p ?o {{ {} FILTER(?p IN ({})) }}", branches.join(" UNION "), wanted.join(", "));
    let mut found: BTreeMap<String, Graph> = graphs.iter().map(|graph| (graph.clone(), Graph::default())).collect();
    for row in store.select(&query).await? {
        let (Some(graph), Some(subject), Some(predicate)) = (row.iri("g"), row.iri("s"), row.iri("p")) else {
            continue;
        };
        let Some((name, _)) = predicates.iter().find(|(_, iri)| iri.as_str() == predicate) else { continue };
        let (Some(graph), Some(object)) = (found.get_mut(graph), row.term("o")) else { continue };
        graph.add(subject, name, object.clone());
    }
    Ok(found)
}
