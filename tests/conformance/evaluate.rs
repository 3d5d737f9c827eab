//! Queries and updates: the state before, the request, and what must come back or stand in the store after it.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    path::Path,
};

use oxigraph::{
    io::RdfFormat,
    model::{Graph, NamedOrBlankNodeRef, TermRef},
    sparql::results::QueryResultsFormat,
};
use spargebra::SparqlParser;

use crate::{
    answer::{Answer, Syntax, isomorphic, triples},
    service::{Reply, Service, with_parameters},
    suite::{Case, MF, Suite, node, object, objects, text},
};

const QT: &str = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#";
const UT: &str = "http://www.w3.org/2009/sparql/tests/test-update#";
const LABEL: &str = "http://www.w3.org/2000/01/rdf-schema#label";

/// What a store holds: the triples without a graph, and the named graphs.
#[derive(Debug, Default)]
pub struct State {
    pub default: Graph,
    pub named: BTreeMap<String, Graph>,
}

impl State {
    /// The files that a node of the manifest names, by the words of one of its two vocabularies.
    pub fn read(suite: &Suite, manifest: &Graph, at: NamedOrBlankNodeRef<'_>, words: &str) -> Self {
        let file = |term: TermRef<'_>| suite.graph(&suite.path(&text(term)));
        let mut state = Self::default();
        for data in objects(manifest, at, &format!("{words}data")) {
            state.default.extend(file(data).iter().map(oxigraph::model::TripleRef::into_owned));
        }
        for named in objects(manifest, at, &format!("{words}graphData")) {
            let inside = node(named).and_then(|node| object(manifest, node, &format!("{words}graph")));
            let name = node(named).and_then(|node| object(manifest, node, LABEL)).unwrap_or(named);
            state.named.insert(text(name), file(inside.unwrap_or(named)));
        }
        state
    }

    /// Makes it the whole state of the service.
    pub fn put(&self, service: &Service) -> Result<(), String> {
        let mut update = format!("DROP ALL; INSERT DATA {{ {}", triples(&self.default));
        for (name, graph) in &self.named {
            let _ = write!(update, "GRAPH <{name}> {{ {} }} ", triples(graph));
        }
        update.push('}');
        let reply = service.update(&update);
        if reply.is_success() { Ok(()) } else { Err(format!("the state before was not taken: {}", reply.brief())) }
    }

    /// Compares it with what is in the service beside its own graphs, as the Graph Store Protocol and a query tell it.
    fn stands_in(&self, service: &Service) -> Result<(), String> {
        let found = graph_at(service, "/graphs?default")?;
        same("the default graph", &self.default, &found)?;
        for (name, graph) in &self.named {
            let found = graph_at(service, &with_parameters("/graphs", &[("graph", name.clone())]))?;
            same(name, graph, &found)?;
        }
        let expected: BTreeSet<&String> =
            self.named.iter().filter(|(_, graph)| !graph.is_empty()).map(|(name, _)| name).collect();
        let names = names(service)?;
        let found: BTreeSet<&String> = names
            .iter()
            .filter(|name| !name.starts_with(&service.address) && !name.starts_with("urn:isnad:"))
            .collect();
        if expected == found { Ok(()) } else { Err(format!("graphs {found:?}, expected {expected:?}")) }
    }
}

/// The graph at an address of the Graph Store Protocol; one that is not there is empty.
fn graph_at(service: &Service, path: &str) -> Result<Graph, String> {
    let reply = service.send("GET", path, &[("accept", "application/n-triples")], None);
    match reply.status {
        200 => crate::suite::parsed(&reply.body, RdfFormat::NTriples, &service.address),
        404 => Ok(Graph::new()),
        _ => Err(format!("GET {path}: {}", reply.brief())),
    }
}

fn names(service: &Service) -> Result<BTreeSet<String>, String> {
    let reply = service.query("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }", &[], "text/tab-separated-values");
    if !reply.is_success() {
        return Err(format!("the graphs were not listed: {}", reply.brief()));
    }
    let text = String::from_utf8_lossy(&reply.body).into_owned();
    Ok(text.lines().skip(1).map(|line| line.trim_matches(['<', '>']).to_owned()).collect())
}

fn same(name: &str, expected: &Graph, found: &Graph) -> Result<(), String> {
    if isomorphic(expected, found) {
        return Ok(());
    }
    let shown = |graph: &Graph| Answer::Graph(Box::new(graph.clone())).brief();
    Err(format!("{name} holds {}, expected {}", shown(found), shown(expected)))
}

/// Evaluates a query on the data of the test.
pub fn query(suite: &Suite, service: &Service, case: &Case) -> Result<(), String> {
    let manifest = &case.manifest;
    let action = action(case)?;
    let state = State::read(suite, manifest, action, QT);
    state.put(service)?;
    let file = text(object(manifest, action, &format!("{QT}query")).ok_or("there is no query")?);
    let query = with_base(&suite.text(&file), &file);
    let result = text(object(manifest, case.node.as_ref().into(), &format!("{MF}result")).ok_or("there is no result")?);
    let path = suite.path(&result);
    let syntax = syntax(&path)?;
    let bytes = std::fs::read(&path).map_err(|error| error.to_string())?;
    let expected = Answer::read(&bytes, syntax, &result)?;
    // What is written as a graph about solutions is asked for as solutions.
    let asked = match (&expected, syntax) {
        (Answer::Graph(_), _) | (_, Syntax::Csv | Syntax::Solutions(_)) => syntax,
        _ => Syntax::Solutions(QueryResultsFormat::Json),
    };
    let reply = service.query(&query, &dataset(&state, &query, service), asked.media_type());
    let found = read(&reply, asked, &result)?;
    if found.is_same(&expected) {
        return Ok(());
    }
    if found.by_value().is_same(&expected.by_value()) {
        return Err("the same but for how numbers and booleans are written".to_owned());
    }
    Err(format!("{}; expected {}", found.brief(), expected.brief()))
}

/// The answer in a reply, which must be of the syntax that was asked for.
fn read(reply: &Reply, asked: Syntax, base: &str) -> Result<Answer, String> {
    if !reply.is_success() {
        return Err(reply.brief());
    }
    if Syntax::of_media_type(&reply.media_type) != Some(asked) {
        return Err(format!("it came as {}, not as {}", reply.media_type, asked.media_type()));
    }
    Answer::read(&reply.body, asked, base)
}

/// The parameters that make the test's dataset. None are needed where all data is in the default graph, which the
/// service makes of all graphs; a dataset in the query itself stands alone.
fn dataset(state: &State, query: &str, service: &Service) -> Vec<(&'static str, String)> {
    let words = query.to_ascii_uppercase();
    if words.contains("FROM ") || (state.named.is_empty() && !words.contains("GRAPH")) {
        return Vec::new();
    }
    let named = state.named.keys().map(|name| ("named-graph-uri", name.clone()));
    named.chain([("default-graph-uri", service.default_graph())]).collect()
}

/// Carries out an update and looks at what stands in the store after it.
pub fn update(suite: &Suite, service: &Service, case: &Case) -> Result<(), String> {
    let manifest = &case.manifest;
    let action = action(case)?;
    State::read(suite, manifest, action, UT).put(service)?;
    let result = object(manifest, case.node.as_ref().into(), &format!("{MF}result")).and_then(node);
    let after = result.map(|result| State::read(suite, manifest, result, UT)).unwrap_or_default();
    let file = text(object(manifest, action, &format!("{UT}request")).ok_or("there is no request")?);
    let update = with_base(&suite.text(&file), &file);
    let reply = service.update(&update);
    if !reply.is_success() {
        return Err(reply.brief());
    }
    after.stands_in(service)
}

/// Whether a text is taken or refused for its syntax, on an empty store.
pub fn syntax_test(suite: &Suite, service: &Service, case: &Case) -> Result<(), String> {
    State::default().put(service)?;
    let file = text(object(&case.manifest, case.node.as_ref().into(), &format!("{MF}action")).ok_or("no action")?);
    let text = with_base(&suite.text(&file), &file);
    let reply = if case.kind.contains("Update") { service.update(&text) } else { service.query(&text, &[], "*/*") };
    let problem = serde_json::from_slice::<serde_json::Value>(&reply.body).unwrap_or_default();
    let is_syntax = reply.status == 400 && problem["type"].as_str().is_some_and(|kind| kind.ends_with("/syntax"));
    match (case.kind.starts_with("Negative"), reply.is_success(), is_syntax) {
        (true, false, true) | (false, true, _) => Ok(()),
        // Understood, but not carried out: nothing is fetched from elsewhere.
        (false, false, false) if refused(&problem) => Ok(()),
        _ => Err(reply.brief()),
    }
}

fn refused(problem: &serde_json::Value) -> bool {
    problem["type"].as_str().is_some_and(|kind| kind.ends_with("/refused"))
}

fn action(case: &Case) -> Result<NamedOrBlankNodeRef<'_>, String> {
    object(&case.manifest, case.node.as_ref().into(), &format!("{MF}action"))
        .and_then(node)
        .ok_or_else(|| "there is no action".to_owned())
}

fn syntax(path: &Path) -> Result<Syntax, String> {
    let extension = path.extension().unwrap_or_default().to_string_lossy();
    Syntax::of_extension(&extension).ok_or_else(|| format!("{extension} is no known syntax"))
}

/// The text with its file as the base where it has relative IRIs that need one; else as it is.
fn with_base(text: &str, iri: &str) -> String {
    let alone = SparqlParser::new();
    let Ok(based) = SparqlParser::new().with_base_iri(iri) else { return text.to_owned() };
    let needs_base = (alone.clone().parse_query(text).is_err() && based.clone().parse_query(text).is_ok())
        || (alone.parse_update(text).is_err() && based.parse_update(text).is_ok());
    if needs_base { format!("BASE <{iri}>\n{text}") } else { text.to_owned() }
}
