//! The graphs that edges are made of, read over the seam: all of them once, then those that changed.

use std::{
    collections::{BTreeSet, HashSet},
    fmt::Write as _,
};

use super::{
    Adjacency, Direction,
    gather::{ASSESSES, Gathering, Object, UNREAD, Want},
};
use crate::{
    rdf::Iris,
    store::{Cell, Error, Store},
};

/// So many graphs or things go into one question.
const BATCH: usize = 100;

/// Whether a graph, by its path or whole IRI, holds what is walked: not what the service keeps for its own use, and
/// nothing that waits to be moderated.
fn is_walked(graph: &str) -> bool {
    match graph.strip_prefix("graph/") {
        Some(path) => path == "default" || (path.contains('/') && !path.starts_with("inbox/")),
        None => !graph.starts_with("urn:isnad:"),
    }
}

/// Reads everything.
pub(in crate::views) async fn anew(store: &Store) -> Result<Adjacency, Error> {
    let mut predicates = Vec::new();
    let query = "SELECT DISTINCT ?p { GRAPH ?g { ?s ?p ?o } }";
    store
        .each(query, store.limits(), |row| {
            if let [Cell::Iri(predicate)] = row {
                predicates.push((*predicate).to_owned());
            }
        })
        .await?;
    let mut gathering = Gathering::new(super::Tables::default());
    for predicate in predicates {
        if UNREAD.contains(&relative(store.iris(), &predicate)) {
            continue;
        }
        let query = format!("SELECT ?g ?s ?o {{ GRAPH ?g {{ ?s <{predicate}> ?o }} }}");
        let take = |row: &[Cell<'_>]| {
            if let [graph, subject, object] = row {
                let cells = [graph, subject, &Cell::Iri(&predicate), object];
                take(store.iris(), &mut gathering, cells, Want::All);
            }
        };
        store.each(&query, store.limits(), take).await?;
    }
    tokio::task::spawn_blocking(move || Adjacency::of(gathering)).await.map_err(Error::internal)
}

/// Reads the graphs that changed, by their IRIs, and what is said now of the things that they describe or did.
pub(in crate::views) async fn after(
    store: &Store,
    before: &Adjacency,
    changed: &BTreeSet<String>,
) -> Result<Adjacency, Error> {
    let iris = store.iris();
    let mut graphs: BTreeSet<String> =
        changed.iter().map(|graph| relative(iris, graph).to_owned()).filter(|graph| is_walked(graph)).collect();
    companions(store, before, &mut graphs).await?;
    let mut gathering = Gathering::new(before.tables.as_ref().clone());
    let mut described = BTreeSet::new();
    for batch in batches(&graphs) {
        let branch = |graph: &String| {
            let graph = absolute(iris, graph);
            format!("{{ GRAPH <{graph}> {{ ?s ?p ?o }} BIND(<{graph}> AS ?g) }}")
        };
        let branches: Vec<String> = batch.iter().map(branch).collect();
        let query = format!("SELECT ?g ?s ?p ?o {{ {} {} }}", branches.join(" UNION "), unread(iris));
        let take = |row: &[Cell<'_>]| {
            if let [graph, subject, predicate, object] = row {
                let mut touch = |thing: &str| {
                    described.insert(relative(iris, thing).split('#').next().unwrap_or_default().to_owned());
                };
                if let Cell::Iri(subject) = subject {
                    touch(subject);
                }
                if let (Cell::Iri(predicate), Cell::Iri(assessed)) = (predicate, object)
                    && relative(iris, predicate) == ASSESSES
                {
                    touch(assessed);
                }
                take(iris, &mut gathering, [graph, subject, predicate, object], Want::Edges);
            }
        };
        store.each(&query, store.limits(), take).await?;
    }
    let numbers: Vec<u32> = graphs.iter().map(|graph| gathering.tables.graphs.number(graph)).collect();
    let told = before.told_by(&numbers.iter().copied().collect::<HashSet<_>>());
    described.extend(told.iter().map(|&number| before.id(number).to_owned()));
    describe(store, &mut gathering, &described).await?;
    let before = before.clone();
    let made = move || before.changed(gathering, &numbers, &told);
    tokio::task::spawn_blocking(made).await.map_err(Error::internal)
}

/// Makes a new base where much has changed.
pub(in crate::views) async fn merged(grown: Adjacency) -> Result<Adjacency, Error> {
    if !grown.is_grown() {
        return Ok(grown);
    }
    tokio::task::spawn_blocking(move || grown.merged()).await.map_err(Error::internal)
}

/// Adds the graphs that live and die with the graphs of documents: those of their mentions and reviews.
async fn companions(store: &Store, before: &Adjacency, graphs: &mut BTreeSet<String>) -> Result<(), Error> {
    let documents: BTreeSet<String> =
        graphs.iter().filter_map(|graph| graph.strip_prefix("graph/doc/")).map(|key| format!("doc/{key}")).collect();
    for number in documents.iter().filter_map(|id| before.tables.ids.find(id)) {
        let edges = before.edges(number, Direction::Out);
        let known = edges.iter().map(|edge| edge.graph).chain(before.thing(number).graphs.iter().copied());
        let own = known.filter(|&graph| before.document(graph) == Some(number)).collect::<BTreeSet<_>>();
        graphs.extend(own.into_iter().map(|graph| before.graph(graph).to_owned()));
    }
    let mut found = BTreeSet::new();
    for batch in batches(&documents) {
        let query = format!(
            "SELECT DISTINCT ?g {{ {} GRAPH ?g {{ ?mention {} ?document }} }}",
            values(store.iris(), "document", &batch),
            store.iris().term("inDocument"),
        );
        let take = |row: &[Cell<'_>]| {
            if let [Cell::Iri(graph)] = row {
                found.insert(relative(store.iris(), graph).to_owned());
            }
        };
        store.each(&query, store.limits(), take).await?;
    }
    graphs.extend(found.into_iter().filter(|graph| is_walked(graph)));
    Ok(())
}

/// What all graphs say of some things now.
async fn describe(store: &Store, gathering: &mut Gathering, things: &BTreeSet<String>) -> Result<(), Error> {
    let iris = store.iris();
    let ours: BTreeSet<String> = things.iter().filter(|id| gathering.tables.ids.find(id).is_some()).cloned().collect();
    for batch in batches(&ours) {
        let query = format!(
            "PREFIX geo: <http://www.opengis.net/ont/geosparql#> SELECT ?g ?s ?p ?o {{ {things} \
             {{ GRAPH ?g {{ ?s ?p ?o }} }} UNION \
             {{ GRAPH ?g {{ ?s geo:hasGeometry ?geometry . ?geometry geo:asWKT ?o }} BIND(geo:asWKT AS ?p) }} UNION \
             {{ GRAPH ?g {{ ?assessment {assesses} ?s ; {rating} ?o }} \
             FILTER NOT EXISTS {{ GRAPH ?g {{ ?later {revises} ?assessment }} }} BIND({rating} AS ?p) }} {unread} }}",
            things = values(iris, "s", &batch),
            assesses = iris.term("assesses"),
            rating = iris.term("rating"),
            revises = crate::rdf::vocab::prov::WAS_REVISION_OF,
            unread = unread(iris),
        );
        let take = |row: &[Cell<'_>]| {
            if let [graph, subject, predicate, object] = row {
                take(iris, gathering, [graph, subject, predicate, object], Want::Things);
            }
        };
        store.each(&query, store.limits(), take).await?;
    }
    Ok(())
}

fn take(iris: &Iris, gathering: &mut Gathering, [graph, subject, predicate, object]: [&Cell<'_>; 4], want: Want) {
    let (Cell::Iri(graph), Cell::Iri(subject), Cell::Iri(predicate)) = (graph, subject, predicate) else { return };
    let graph = relative(iris, graph);
    let object = match object {
        Cell::Iri(iri) => Object::Iri(relative(iris, iri)),
        Cell::Literal { value, lang } => Object::Literal { value, lang },
        Cell::Other => return,
    };
    // Things of elsewhere have no path under the base.
    if let (true, Some(subject)) = (is_walked(graph), iris.relative(subject)) {
        gathering.take(graph, subject, relative(iris, predicate), object, want);
    }
}

/// The path under the base, or the whole IRI of what is not ours.
fn relative<'a>(iris: &Iris, iri: &'a str) -> &'a str {
    iris.relative(iri).unwrap_or(iri)
}

/// The IRI of a path or of a whole IRI: a path has no scheme.
fn absolute(iris: &Iris, path: &str) -> String {
    let is_path = !path.split(['/', '#', '?']).next().unwrap_or_default().contains(':');
    if is_path { iris.path(path).into_string() } else { path.to_owned() }
}

fn values(iris: &Iris, variable: &str, ids: &[String]) -> String {
    ids.iter().fold(format!("VALUES ?{variable} {{ "), |mut text, id| {
        let _ = write!(text, "{} ", iris.path(id));
        text
    }) + "}"
}

fn unread(iris: &Iris) -> String {
    let list: Vec<String> = UNREAD.iter().map(|path| format!("<{}>", absolute(iris, path))).collect();
    format!("FILTER(?p NOT IN ({}))", list.join(", "))
}

fn batches(all: &BTreeSet<String>) -> Vec<Vec<String>> {
    let all: Vec<String> = all.iter().cloned().collect();
    all.chunks(BATCH).map(<[String]>::to_vec).collect()
}
