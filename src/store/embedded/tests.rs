//! The guard changes when an evaluation ends, never its answer; and what an answer may cost is kept to.

use std::{collections::BTreeSet, time::Duration};

use futures::StreamExt;
use oxigraph::{
    model::NamedNode,
    sparql::{QueryResults, SparqlEvaluator},
    store::Store,
};
use spargebra::SparqlParser;
use tokio::time::Instant;

use super::{Embedded, Options, effect, evaluator, guard, stop::Stop};
use crate::{
    rdf::{AnswerFormat, GraphFormat, SolutionsFormat},
    store::{Dataset, Engine, Error, Limits, Query, Review, Update},
};

const DATA: &str = "
    INSERT DATA {
        GRAPH <urn:g> {
            <urn:a> <urn:p> <urn:b> , <urn:c> ; <urn:v> 1 . <urn:b> <urn:p> <urn:c> ; <urn:v> 2 .
            <urn:c> <urn:p> <urn:a> ; <urn:q> <urn:d> . <urn:d> <urn:v> 3 , 1 ; <urn:l> 'x'@en .
        }
        GRAPH <urn:h> { <urn:c> <urn:p> <urn:e> . <urn:e> <urn:q> <urn:f> ; <urn:v> 2 . <urn:f> <urn:q> <urn:f> }
    }";

/// Whatever the guard rewrites, in the places it looks at.
pub(super) const QUERIES: [&str; 52] = [
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?a <urn:p> ?b . ?c <urn:q> ?d }",
    "SELECT * { ?a <urn:p> ?b . ?c <urn:q> ?d . ?e <urn:v> ?f FILTER(?b = ?c && ?f > 1) }",
    "SELECT * { ?a <urn:p> ?b . ?c <urn:q> ?d . ?b <urn:v> ?f }",
    "SELECT (COUNT(*) AS ?n) { [] <urn:p> [] . [] <urn:q> [ <urn:v> [] ] }",
    "SELECT (COUNT(DISTINCT *) AS ?n) { ?a <urn:p> [] . ?b <urn:q> [] }",
    "SELECT * { ?a <urn:p> ?b OPTIONAL { ?c <urn:q> ?d } }",
    "SELECT * { ?a <urn:p> ?b OPTIONAL { ?b <urn:v> ?v FILTER(?v > 1) } OPTIONAL { ?b <urn:l> ?l } }",
    "SELECT * { ?a <urn:p> ?b OPTIONAL { ?x <urn:v> ?v FILTER(?x = ?b) } }",
    "SELECT * { ?a <urn:p> ?b OPTIONAL { ?b <urn:q> ?d OPTIONAL { ?d <urn:v> ?v } } FILTER(!BOUND(?v) || ?v = 3) }",
    "SELECT * { OPTIONAL { ?a <urn:l> ?b } ?b <urn:v> ?v }",
    "SELECT * { { ?a <urn:p> ?b } UNION { ?a <urn:q> ?c } ?x <urn:l> ?y }",
    "SELECT * { { ?a <urn:p> ?b } UNION { ?a <urn:q> ?c } ?c <urn:v> ?y }",
    "SELECT * { ?a <urn:p> ?b MINUS { ?b <urn:v> ?v } }",
    "SELECT * { ?a <urn:p> ?b MINUS { ?x <urn:v> ?v } }",
    "SELECT * { ?a <urn:p> ?b MINUS { ?b <urn:v> ?v . ?x <urn:l> ?y } }",
    "SELECT * { ?a <urn:p> ?b FILTER EXISTS { ?b <urn:v> ?v } }",
    "SELECT * { ?a <urn:p> ?b FILTER NOT EXISTS { ?b <urn:v> ?v . ?x <urn:l> ?y FILTER(?v = 2) } }",
    "SELECT * { ?a <urn:p> ?b FILTER(EXISTS { ?a <urn:v> 1 } || ?b = <urn:e>) }",
    "SELECT * { ?a <urn:p> ?b BIND(EXISTS { ?b <urn:p>+ ?a } AS ?loop) }",
    "SELECT * { ?a <urn:v> ?v } ORDER BY DESC(?v) ?a",
    "SELECT * { ?a <urn:v> ?v } ORDER BY EXISTS { ?a <urn:l> ?l } ?v ?a",
    "SELECT * { ?a <urn:v> ?v } ORDER BY ?v ?a LIMIT 2 OFFSET 1",
    "SELECT * { ?a ?p ?o FILTER(!ISNUMERIC(?o)) } ORDER BY ?o DESC(?a) ?p",
    "SELECT * { ?a ?p ?o OPTIONAL { ?o <urn:l> ?l } } ORDER BY ?l STR(?o) ?a ?p",
    "SELECT * { VALUES ?x { 'b' 'a'@en 'a' 'a'@ar <urn:z> <urn:y> 'ab' '' } } ORDER BY DESC(?x)",
    "SELECT DISTINCT ?v { ?a <urn:v> ?v . ?b <urn:q> ?c } ORDER BY ?v OFFSET 1",
    "SELECT ?a (COUNT(?v) AS ?n) (SUM(?v) AS ?s) { ?a <urn:v> ?v } GROUP BY ?a HAVING(COUNT(?v) > 1)",
    "SELECT (MAX(?v) AS ?m) { ?a <urn:v> ?v . ?b <urn:q> ?c }",
    "SELECT (COUNT(*) AS ?n) { ?a <urn:none> ?v . ?b <urn:q> ?c }",
    "SELECT * { { SELECT ?a (COUNT(*) AS ?n) { ?a <urn:p> ?b } GROUP BY ?a } ?a <urn:v> ?v }",
    "SELECT * { { SELECT DISTINCT ?a { ?a <urn:p> ?b } LIMIT 2 } ?x <urn:l> ?y }",
    "SELECT * { VALUES ?a { <urn:a> <urn:b> } ?a <urn:v> ?v }",
    "SELECT * { VALUES (?a ?v) { (<urn:a> UNDEF) (UNDEF 2) } ?a <urn:v> ?v . ?x <urn:l> ?y }",
    "SELECT * { BIND(<urn:a> AS ?a) ?a <urn:p> ?b BIND(STR(?b) AS ?t) ?x <urn:l> ?y }",
    "SELECT * { GRAPH ?g { ?a <urn:p> ?b . ?c <urn:q> ?d } }",
    "SELECT * { GRAPH <urn:g> { ?a <urn:p> ?b . ?c <urn:q> ?d } GRAPH ?h { ?c <urn:q> ?e } }",
    "SELECT * { GRAPH ?g {} }",
    "SELECT * { GRAPH ?g { ?a <urn:p> ?b { SELECT ?a (COUNT(*) AS ?n) { ?a ?p ?o } GROUP BY ?a } } }",
    "SELECT * { ?a <urn:p>+ ?b }",
    "SELECT * { ?a <urn:p>* ?b }",
    "SELECT * { ?a (<urn:p>|^<urn:q>)+ ?b }",
    "SELECT * { ?a ^(<urn:p>/<urn:q>)* ?b }",
    "SELECT * { ?a (<urn:p>?)+ ?b }",
    "SELECT * { ?a <urn:p>+/<urn:q>* ?b . ?b ?x ?y }",
    "SELECT * { ?a <urn:p>+ ?b . ?b <urn:q>* ?c . ?c <urn:v> ?v }",
    "SELECT (COUNT(*) AS ?n) { [] <urn:p>+ [] }",
    "SELECT * { GRAPH ?g { ?a <urn:p>+ ?b . ?b (!<urn:v>)* ?c } }",
    "SELECT * { GRAPH <urn:h> { ?a (<urn:p>|<urn:q>)* ?b } }",
    "SELECT * { ?a <urn:p> ?b OPTIONAL { ?b <urn:q>+ ?c } OPTIONAL { ?x <urn:q>+ ?y } }",
    "SELECT * { { ?a <urn:p>+ ?b FILTER(?a != ?b) } ?a ?p ?o }",
    "SELECT * { ?a <urn:p> ?b LATERAL { SELECT ?v { ?b <urn:v> ?v } ORDER BY ?v LIMIT 1 } }",
];

fn store() -> Store {
    let store = Store::new().expect("memory opens");
    let update = SparqlEvaluator::new().parse_update(DATA).expect("the data parse");
    update.on_store(&store).execute().expect("memory holds");
    store
}

fn answer(store: &Store, text: &str, guard: Option<&Stop>) -> Vec<String> {
    let mut query = SparqlParser::new().parse_query(text).expect(text);
    let mut evaluation = SparqlEvaluator::new();
    if let Some(stop) = guard {
        query = guard::query(query, &Dataset::default(), &|_| true).expect(text);
        evaluation = evaluator(stop);
    }
    let mut prepared = evaluation.for_query(query);
    prepared.dataset_mut().set_default_graph_as_union();
    let QueryResults::Solutions(solutions) = prepared.on_store(store).execute().expect(text) else {
        return Vec::new();
    };
    let columns = format!("{:?}", solutions.variables());
    let mut rows: Vec<_> = solutions.map(|row| format!("{:?}", row.expect(text).values())).collect();
    if !text.contains("ORDER BY") {
        rows.sort_unstable();
    }
    rows.push(columns);
    rows
}

#[tokio::test]
async fn a_guarded_query_has_the_same_answer() {
    let store = store();
    let stop = Stop::of_query(Instant::now() + HOUR, &asking("", 9, HOUR));
    for text in QUERIES {
        assert_eq!(answer(&store, text, Some(&stop)), answer(&store, text, None), "{text}");
    }
}

#[test]
fn services_are_refused_wherever_they_stand() {
    for text in [
        "SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT ?s { ?s ?p ?o } }",
        "ASK { ?s ?p ?o FILTER NOT EXISTS { SERVICE <http://example.org/> { ?s ?p ?o } } }",
        "SELECT (MAX(EXISTS { SERVICE <http://example.org/> {} }) AS ?x) { ?s ?p ?o }",
        "SELECT * { ?s ?p ?o OPTIONAL { { SELECT * { SERVICE <http://example.org/> { ?s ?p ?o } } } } }",
    ] {
        let query = SparqlParser::new().parse_query(text).expect(text);
        assert!(matches!(guard::query(query, &Dataset::default(), &|_| true), Err(Error::Refused(_))), "{text}");
    }
}

const CSV: AnswerFormat = AnswerFormat::Solutions(SolutionsFormat::Csv);
const HOUR: Duration = Duration::from_secs(3600);
const SOON: Duration = Duration::from_millis(100);

fn engine(workers: usize, queue: usize) -> Embedded {
    let store = store();
    effect::rebuild(&store, &BTreeSet::new()).expect("memory holds");
    Embedded { store, ..Embedded::memory(Options { workers, queue, memory: u64::MAX }).expect("memory opens") }
}

fn asking(text: &str, rows: u64, deadline: Duration) -> Query {
    Query::new(text, CSV, Limits { deadline, rows, memory: u64::MAX })
}

fn changing(text: &str, deadline: Duration) -> Update {
    Update::new(text, deadline)
}

async fn read(engine: &Embedded, query: Query) -> (String, Result<(), Error>) {
    let mut answer = match engine.query(query).await {
        Ok(answer) => answer.body,
        Err(error) => return (String::new(), Err(error)),
    };
    let mut text = Vec::new();
    while let Some(chunk) = answer.next().await {
        match chunk {
            Ok(bytes) => text.extend_from_slice(&bytes),
            Err(error) => return (String::from_utf8_lossy(&text).into_owned(), Err(error)),
        }
    }
    (String::from_utf8_lossy(&text).into_owned(), Ok(()))
}

#[tokio::test]
async fn an_answer_beyond_its_rows_ends_in_an_error() {
    let engine = engine(1, 0);
    let (text, result) = read(&engine, asking("SELECT ?s { ?s <urn:v> ?v }", 5, HOUR)).await;
    assert!(result.is_ok() && text.lines().count() == 6, "{text} {result:?}");
    let (text, result) = read(&engine, asking("SELECT ?s { ?s <urn:v> ?v }", 4, HOUR)).await;
    assert!(matches!(result, Err(Error::TooManyRows(4))), "{result:?}");
    assert_eq!(text.lines().count(), 5, "{text}");
    assert!(matches!(engine.query(asking("SELECT * {}", 0, HOUR)).await, Err(Error::TooManyRows(0))));
    let twice = "DESCRIBE ?s { VALUES ?s { <urn:a> <urn:a> } }";
    let format = AnswerFormat::Graph(GraphFormat::NTriples);
    let (text, result) = read(&engine, Query { format, ..asking(twice, 3, HOUR) }).await;
    assert!(result.is_ok() && text.lines().count() == 3, "each triple counts once: {text} {result:?}");
}

#[tokio::test]
async fn a_slow_reader_is_given_up_at_the_deadline() {
    let engine = engine(1, 0);
    let rows = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n ?o }";
    let mut answer = engine.query(asking(rows, u64::MAX, SOON)).await.expect("there are rows").body;
    tokio::time::sleep(SOON * 3).await;
    assert!(read(&engine, asking("ASK {}", 1, HOUR)).await.1.is_ok(), "the worker was set free meanwhile");
    let last = loop {
        match answer.next().await {
            Some(Ok(_)) => {}
            last => break last,
        }
    };
    assert!(matches!(last, Some(Err(Error::Deadline(_)))), "{last:?}");
    assert!(answer.next().await.is_none());
}

#[tokio::test]
async fn whoever_finds_no_place_is_told_so() {
    let engine = engine(1, 1);
    let endless =
        "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l . ?m ?n2 ?o . ?p ?q ?r . ?t ?u ?v }";
    let mut running = engine.query(asking(endless, 1, HOUR));
    assert!(futures::poll!(&mut running).is_pending());
    let mut waiting = engine.query(asking("ASK {}", 1, SOON));
    assert!(futures::poll!(&mut waiting).is_pending());
    assert!(matches!(engine.query(asking("ASK {}", 1, HOUR)).await, Err(Error::Busy)));
    assert!(matches!(waiting.await, Err(Error::Deadline(SOON))), "waiting counts");
    drop(running);
    assert!(read(&engine, asking("ASK {}", 1, HOUR)).await.1.is_ok());
}

#[tokio::test]
async fn an_update_is_carried_out_whole_or_not_at_all() {
    let engine = engine(1, 1);
    let count = |text: &'static str| async { read(&engine, asking(text, 9, HOUR)).await.0 };
    let new = "SELECT (COUNT(*) AS ?n) { ?s <urn:new> ?o }";
    for refused in [
        "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:new> 1 } } ; LOAD <http://example.org/>",
        "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:new> 1 } } ; CLEAR GRAPH <urn:none>",
        "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:new> 1 } } ; LOAD <file:///etc/passwd> INTO GRAPH <urn:g>",
    ] {
        let result = engine.update(changing(refused, HOUR)).await;
        assert!(matches!(result, Err(Error::Refused(_))), "{refused}: {result:?}");
        assert_eq!(count(new).await, "n\r\n0\r\n", "{refused}");
    }
    let with = Update {
        dataset: Dataset { default: vec![NamedNode::new_unchecked("urn:g")], named: Vec::new() },
        ..changing("WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", HOUR)
    };
    assert!(matches!(engine.update(with).await, Err(Error::Refused(_))));
    let mut dropped = engine.update(changing("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:new> 1 } }", HOUR));
    // Once begun it is carried to its end, whether it is waited for or not.
    let _ = futures::poll!(&mut dropped);
    drop(dropped);
    engine.update(changing("INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:new> 2 } }", HOUR)).await.expect("it is sound");
    assert_eq!(count(new).await, "n\r\n2\r\n", "the dropped one came first");
}

#[tokio::test]
async fn a_triple_of_two_graphs_is_one_solution() {
    let engine = engine(1, 1);
    let rows = |text: &'static str| async { read(&engine, asking(text, 9, HOUR)).await.0 };
    let twice = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:new> 1 } GRAPH <urn:h> { <urn:s> <urn:new> 1 , 2 } }";
    engine.update(changing(twice, HOUR)).await.expect("it is sound");
    for (text, count) in [
        ("SELECT (COUNT(*) AS ?n) { ?s <urn:new> ?o }", 2),
        ("SELECT (COUNT(*) AS ?n) { [] <urn:new> ?o ; <urn:new> ?p }", 4),
        ("SELECT (COUNT(*) AS ?n) FROM <urn:g> FROM <urn:h> { ?s <urn:new> ?o }", 2),
        ("SELECT (COUNT(*) AS ?n) FROM <urn:g> FROM <urn:h> { [] <urn:new> ?o OPTIONAL { ?s <urn:new> ?p } }", 4),
        ("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s <urn:new> ?o } }", 3),
    ] {
        assert_eq!(rows(text).await, format!("n\r\n{count}\r\n"), "{text}");
    }
    let count = "SELECT (COUNT(*) AS ?n) { ?s <urn:new> ?o }";
    for (change, left) in [
        ("DELETE DATA { GRAPH <urn:g> { <urn:s> <urn:new> 1 } }", 2),
        ("DELETE WHERE { GRAPH <urn:h> { <urn:s> <urn:new> 1 } }", 1),
        ("DROP GRAPH <urn:h> ; INSERT DATA { GRAPH <urn:h> { <urn:s> <urn:new> 2 , 3 } }", 2),
        ("CLEAR ALL", 0),
    ] {
        engine.update(changing(change, HOUR)).await.expect("it is sound");
        assert_eq!(rows(count).await, format!("n\r\n{left}\r\n"), "{change}");
    }
}

#[tokio::test]
async fn a_query_may_hold_only_so_much() {
    let engine = engine(1, 1);
    let values: String = (0..2_000).map(|n: u32| n.to_string()).collect::<Vec<_>>().join(" ");
    let text = format!("SELECT ?a ?b {{ VALUES ?a {{ {values} }} VALUES ?b {{ {values} }} }} ORDER BY ?a");
    let mut query = asking(&text, u64::MAX, HOUR);
    query.limits.memory = 32 << 20;
    let (_, result) = read(&engine, query).await;
    assert!(matches!(result, Err(Error::TooMuchMemory(_))), "{result:?}");
}

#[tokio::test]
async fn what_an_update_leaves_behind_can_be_looked_at_and_refused() {
    let engine = engine(1, 1);
    let text = "INSERT { GRAPH <urn:new> { ?s <urn:new> ?o , _:b } } WHERE { ?s ?p ?o }";
    let refusing = Review::new(|touched| {
        assert_eq!(touched.len(), 1);
        assert!(!touched[0].existed && touched[0].delta.removed.is_empty());
        assert_eq!(touched[0].quads.len(), touched[0].delta.added.len());
        Err(Error::Refused("no".to_owned()))
    });
    let refused = Update { review: Some(refusing), ..changing(text, HOUR) };
    assert!(matches!(engine.update(refused).await, Err(Error::Refused(_))));
    let count = |text: &'static str| async { read(&engine, asking(text, 9, HOUR)).await.0 };
    assert_eq!(count("SELECT (COUNT(*) AS ?n) { ?s <urn:new> ?o }").await, "n\r\n0\r\n");
    let noting = Review::new(|_| Ok("INSERT DATA { GRAPH <urn:log> { <urn:a> <urn:noted> 1 } }".to_owned()));
    engine.update(Update { review: Some(noting), ..changing(text, HOUR) }).await.expect("it is sound");
    assert_eq!(count("SELECT (COUNT(*) AS ?n) { ?s <urn:noted> ?o }").await, "n\r\n1\r\n");
}
