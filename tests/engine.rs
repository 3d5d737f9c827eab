//! One story, told to every engine; then what only some of them promise.

use std::{
    fmt::Write,
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::{Form, Query as Parameters, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
    routing::post,
};
use futures::{StreamExt, TryStreamExt};
use isnad::{
    rdf::{AnswerFormat, GraphFormat, SolutionsFormat},
    store::{Dataset, Embedded, Engine, Error, Kind, Limits, Options, Query, Remote, RemoteOptions, Update},
};
use oxigraph::model::NamedNode;
use tokio::net::TcpListener;

const CSV: AnswerFormat = AnswerFormat::Solutions(SolutionsFormat::Csv);
const TSV: AnswerFormat = AnswerFormat::Solutions(SolutionsFormat::Tsv);
const JSON: AnswerFormat = AnswerFormat::Solutions(SolutionsFormat::Json);
const NTRIPLES: AnswerFormat = AnswerFormat::Graph(GraphFormat::NTriples);

/// Enough for anything that ends.
const GENEROUS: Limits = Limits { deadline: Duration::from_secs(60), rows: 1_000_000, memory: u64::MAX };

/// Not enough for anything that does not, and how long a machine under load may take to notice.
const SHORT: Duration = Duration::from_millis(300);
const PATIENCE: Duration = Duration::from_secs(20);

/// Tells the story. An engine that holds something else is left as it was.
async fn story(engine: Arc<dyn Engine>) {
    let engine = engine.as_ref();
    change(engine, "DROP SILENT GRAPH <urn:t:a> ; DROP SILENT GRAPH <urn:t:b> ; DROP SILENT GRAPH <urn:t:big>").await;
    what_is_put_is_read_back(engine).await;
    a_graph_is_replaced_and_retracted_as_a_whole(engine).await;
    words_and_dates_stay_as_they_are(engine).await;
    each_form_is_answered_in_each_of_its_syntaxes(engine).await;
    the_default_graph_is_all_graphs_unless_named(engine).await;
    mistakes_are_shown_where_they_are(engine).await;
    a_runaway_query_is_stopped(engine).await;
    nobody_waiting_means_nobody_working(engine).await;
    change(engine, "DROP SILENT GRAPH <urn:t:a> ; DROP SILENT GRAPH <urn:t:b> ; DROP SILENT GRAPH <urn:t:big>").await;
}

async fn what_is_put_is_read_back(engine: &dyn Engine) {
    change(engine, "INSERT DATA { GRAPH <urn:t:a> { <urn:t:x> <urn:t:p> 1 , 2 } }").await;
    assert_eq!(rows(engine, "SELECT ?o { GRAPH <urn:t:a> { ?s ?p ?o } } ORDER BY ?o").await, ["1", "2"]);
}

async fn a_graph_is_replaced_and_retracted_as_a_whole(engine: &dyn Engine) {
    let all = "SELECT ?o { GRAPH <urn:t:a> { ?s ?p ?o } } ORDER BY ?o";
    change(engine, "DROP SILENT GRAPH <urn:t:a> ; INSERT DATA { GRAPH <urn:t:a> { <urn:t:x> <urn:t:p> 3 } }").await;
    assert_eq!(rows(engine, all).await, ["3"]);
    change(engine, "DROP SILENT GRAPH <urn:t:a>").await;
    assert!(rows(engine, all).await.is_empty());
}

async fn words_and_dates_stay_as_they_are(engine: &dyn Engine) {
    // Aleppo, in Arabic, with what a CSV file or a query could stumble over.
    let name = "\u{62d}\u{644}\u{628}\u{60c} \u{633}\u{648}\u{631}\u{64a}\u{627}";
    change(
        engine,
        &format!(
            "INSERT DATA {{ GRAPH <urn:t:a> {{ <urn:t:x> <urn:t:name> \"{name}\"@ar , \"a \\\"b\\\", c\" ; \
             <urn:t:day> \"2013-08-21\"^^<http://www.w3.org/2001/XMLSchema#date> ; \
             <urn:t:month> \"2013-08\"^^<http://www.w3.org/2001/XMLSchema#gYearMonth> }} }}"
        ),
    )
    .await;
    let found = ask(engine, &format!("SELECT ?p {{ ?s ?p \"{name}\"@ar }}"), CSV).await.expect("the name is found");
    assert_eq!(found, "p\r\nurn:t:name\r\n");
    let named = ask(engine, "SELECT ?o { <urn:t:x> <urn:t:name> ?o FILTER(lang(?o) = 'ar') }", TSV).await;
    assert_eq!(named.expect("the name is there"), format!("?o\n\"{name}\"@ar\n"));
    let plain = ask(engine, "SELECT ?o { <urn:t:x> <urn:t:name> ?o FILTER(lang(?o) = '') }", CSV).await;
    assert_eq!(plain.expect("the text is there"), "o\r\n\"a \"\"b\"\", c\"\r\n");
    let dates = "SELECT ?o { <urn:t:x> <urn:t:day>|<urn:t:month> ?o } ORDER BY STR(?o)";
    assert_eq!(rows(engine, dates).await, ["2013-08", "2013-08-21"]);
    let before =
        "ASK { <urn:t:x> <urn:t:day> ?d FILTER(?d < \"2014-01-01\"^^<http://www.w3.org/2001/XMLSchema#date>) }";
    assert!(ask(engine, before, JSON).await.expect("dates are compared").contains("true"));
}

async fn each_form_is_answered_in_each_of_its_syntaxes(engine: &dyn Engine) {
    change(engine, "DROP SILENT GRAPH <urn:t:a> ; INSERT DATA { GRAPH <urn:t:a> { <urn:t:x> <urn:t:p> <urn:t:y> } }")
        .await;
    let construct = "CONSTRUCT { ?o <urn:t:q> ?s } WHERE { GRAPH <urn:t:a> { ?s <urn:t:p> ?o } }";
    for format in SolutionsFormat::ALL {
        let format = AnswerFormat::Solutions(format);
        let text =
            ask(engine, "SELECT ?s { GRAPH <urn:t:a> { ?s <urn:t:p> ?o } }", format).await.expect("it is SELECT");
        assert!(text.contains("urn:t:x"), "{format:?}: {text}");
        let text = ask(engine, "ASK { GRAPH <urn:t:a> { ?s <urn:t:p> ?o } }", format).await.expect("it is ASK");
        assert!(text.contains("true"), "{format:?}: {text}");
        let error = ask(engine, construct, format).await.expect_err("it is not SELECT");
        assert!(matches!(error, Error::Refused(_)), "{format:?}: {error}");
    }
    for format in GraphFormat::ALL {
        let format = AnswerFormat::Graph(format);
        for query in [construct, "DESCRIBE <urn:t:x>"] {
            let text = ask(engine, query, format).await.expect("it is a graph");
            assert!(text.contains("urn:t:x") && text.contains("urn:t:y"), "{format:?}: {text}");
        }
        let error = ask(engine, "ASK {}", format).await.expect_err("it is not a graph");
        assert!(matches!(error, Error::Refused(_)), "{format:?}: {error}");
    }
    let none = ask(engine, "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH <urn:t:none> { ?s ?p ?o } }", NTRIPLES).await;
    assert_eq!(none.expect("nothing is an answer"), "");
}

async fn the_default_graph_is_all_graphs_unless_named(engine: &dyn Engine) {
    change(
        engine,
        "DROP SILENT GRAPH <urn:t:a> ; DROP SILENT GRAPH <urn:t:b> ; \
         INSERT DATA { GRAPH <urn:t:a> { <urn:t:x> <urn:t:p> 1 } GRAPH <urn:t:b> { <urn:t:x> <urn:t:p> 2 } }",
    )
    .await;
    let plain = "SELECT ?o { <urn:t:x> <urn:t:p> ?o } ORDER BY ?o";
    let named = "SELECT ?o { GRAPH ?g { <urn:t:x> <urn:t:p> ?o } } ORDER BY ?o";
    assert_eq!(rows(engine, plain).await, ["1", "2"]);
    assert_eq!(rows(engine, "SELECT ?o FROM <urn:t:a> { <urn:t:x> <urn:t:p> ?o }").await, ["1"]);
    let (a, b) = (NamedNode::new_unchecked("urn:t:a"), NamedNode::new_unchecked("urn:t:b"));
    let datasets = [
        (Dataset { default: vec![a.clone()], named: vec![] }, vec!["1"], vec![]),
        (Dataset { default: vec![], named: vec![b.clone()] }, vec![], vec!["2"]),
        (Dataset { default: vec![a.clone(), b.clone()], named: vec![a.clone()] }, vec!["1", "2"], vec!["1"]),
    ];
    for (dataset, by_default, by_name) in datasets {
        assert_eq!(rows_of(engine, plain, dataset.clone()).await, by_default, "{dataset:?}");
        assert_eq!(rows_of(engine, named, dataset.clone()).await, by_name, "{dataset:?}");
        let in_text = "SELECT ?o FROM <urn:t:none> FROM NAMED <urn:t:none> { <urn:t:x> <urn:t:p> ?o } ORDER BY ?o";
        assert_eq!(rows_of(engine, in_text, dataset).await, by_default, "the protocol's dataset comes first");
    }
    let copy = "INSERT { GRAPH <urn:t:b> { <urn:t:copy> <urn:t:p> ?o } } WHERE { <urn:t:x> <urn:t:p> ?o }";
    let dataset = Dataset { default: vec![a], named: vec![] };
    let update = Update { dataset, ..Update::new(copy, GENEROUS.deadline) };
    engine.update(update).await.expect("the update is sound");
    assert_eq!(rows(engine, "SELECT ?o { <urn:t:copy> <urn:t:p> ?o }").await, ["1"]);
}

async fn mistakes_are_shown_where_they_are(engine: &dyn Engine) {
    let error = ask(engine, "SELECT *\nWHERE { ?s ?p }", CSV).await.expect_err("an object is missing");
    assert!(matches!(error, Error::Syntax { line: Some(2), column: Some(15), .. }), "{error:?}");
    let update = Update::new("INSERT DATA { ?s ?p 1 }", PATIENCE);
    let error = engine.update(update).await.expect_err("data have no variables");
    assert!(matches!(error, Error::Syntax { line: Some(1), .. }), "{error:?}");
}

/// Queries that make rows without end, in each place where the evaluator would not look at the time.
const RUNAWAY: [&str; 12] = [
    "SELECT (COUNT(*) AS ?n) { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y . ?c <urn:t:p> ?z }",
    "SELECT (COUNT(*) AS ?n) { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y . ?c <urn:t:p> ?z FILTER(?a = ?c && ?x != ?z) }",
    "SELECT (COUNT(*) AS ?n) { [] <urn:t:p> [] . [] <urn:t:p> [] . [] <urn:t:p> [] }",
    "SELECT * { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y } ORDER BY ?x ?y",
    "SELECT * { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y . ?c <urn:t:p> ?z FILTER(?x + ?y + ?z < 0) }",
    "SELECT ?x (COUNT(*) AS ?n) { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y . ?c <urn:t:p> ?z } GROUP BY ?x",
    "SELECT DISTINCT ?p { ?a ?p ?x . ?b ?p ?y . ?c ?p ?z }",
    "SELECT * { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y . ?c <urn:t:p> ?z } OFFSET 1000000000000",
    "SELECT (COUNT(*) AS ?n) { ?a <urn:t:p> ?x OPTIONAL { ?b <urn:t:p> ?y } OPTIONAL { ?c <urn:t:p> ?z } }",
    "SELECT (COUNT(*) AS ?n) { ?a <urn:t:p> ?x \
     FILTER NOT EXISTS { ?b <urn:t:p> ?y . ?c <urn:t:p> ?z FILTER(?x + ?y + ?z < 0) } }",
    "SELECT (COUNT(*) AS ?n) { { SELECT * { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y } } MINUS { ?c <urn:t:p> ?z } }",
    "SELECT (COUNT(*) AS ?n) { ?a (<urn:t:next>|^<urn:t:next>)* ?b . ?b (<urn:t:next>|^<urn:t:next>)* ?c }",
];

async fn a_runaway_query_is_stopped(engine: &dyn Engine) {
    let mut text = "INSERT DATA { GRAPH <urn:t:big> {".to_owned();
    for n in 0..3000 {
        write!(text, "<urn:t:{n}> <urn:t:p> {n} ; <urn:t:next> <urn:t:{}> .", n + 1).expect("memory holds");
    }
    change(engine, &(text + "} }")).await;
    let values = (0..9).fold("SELECT (COUNT(*) AS ?n) {".to_owned(), |mut query, n| {
        write!(query, " VALUES ?v{n} {{ 0 1 2 3 4 5 6 7 8 9 }}").expect("memory holds");
        query
    });
    for text in RUNAWAY.into_iter().chain([(values + "}").as_str()]) {
        let began = Instant::now();
        let query = Query::new(text, CSV, Limits { deadline: SHORT, ..GENEROUS });
        let error = read(engine.query(query).await).await.expect_err(text);
        assert!(matches!(error, Error::Deadline(SHORT)), "{text}: {error:?}");
        assert!(began.elapsed() < PATIENCE, "{text}: {:?}", began.elapsed());
    }
    let endless = "INSERT { GRAPH <urn:t:big> { <urn:t:never> ?x ?y } } \
                   WHERE { ?a <urn:t:next> ?x . ?b <urn:t:next> ?y . ?c <urn:t:p> ?z }";
    let update = Update::new(endless, SHORT);
    assert!(matches!(engine.update(update).await, Err(Error::Deadline(SHORT))));
    assert!(rows(engine, "SELECT ?o { <urn:t:never> ?p ?o }").await.is_empty());
}

async fn nobody_waiting_means_nobody_working(engine: &dyn Engine) {
    for _ in 0..20 {
        let all = "SELECT * { ?a <urn:t:p> ?x . ?b <urn:t:p> ?y . ?c <urn:t:p> ?z }";
        let limits = Limits { rows: u64::MAX, ..GENEROUS };
        let query = Query::new(all, CSV, limits);
        let mut answer = engine.query(query.clone()).await.expect("the first rows come soon");
        assert!(answer.body.next().await.expect("there are rows").expect("they are sound").len() > 2);
        drop(answer);
        let silent = Query { text: RUNAWAY[0].to_owned(), ..query };
        let _ = tokio::time::timeout(Duration::from_millis(10), engine.query(silent)).await;
    }
    assert_eq!(rows(engine, "SELECT ?o { <urn:t:7> <urn:t:p> ?o }").await, ["7"]);
}

async fn change(engine: &dyn Engine, text: &str) {
    engine.update(Update::new(text, GENEROUS.deadline)).await.expect(text);
}

async fn ask(engine: &dyn Engine, text: &str, format: AnswerFormat) -> Result<String, Error> {
    ask_of(engine, text, format, Dataset::default()).await
}

async fn ask_of(engine: &dyn Engine, text: &str, format: AnswerFormat, dataset: Dataset) -> Result<String, Error> {
    read(engine.query(Query { dataset, ..Query::new(text, format, GENEROUS) }).await).await
}

async fn read(answer: Result<isnad::store::Answer, Error>) -> Result<String, Error> {
    let chunks: Vec<_> = answer?.body.try_collect().await?;
    Ok(String::from_utf8(chunks.concat()).expect("answers are UTF-8"))
}

/// The rows of a query with one column, the values without their types.
async fn rows(engine: &dyn Engine, text: &str) -> Vec<String> {
    rows_of(engine, text, Dataset::default()).await
}

async fn rows_of(engine: &dyn Engine, text: &str, dataset: Dataset) -> Vec<String> {
    let answer = ask_of(engine, text, CSV, dataset).await.expect(text);
    answer.lines().skip(1).map(ToOwned::to_owned).collect()
}

fn memory() -> Arc<Embedded> {
    Arc::new(Embedded::memory(Options { workers: 1, queue: 4, memory: u64::MAX }).expect("memory opens"))
}

/// Serves an engine over the SPARQL 1.1 Protocol, as little of it as the story needs.
async fn serve(engine: Arc<dyn Engine>) -> SocketAddr {
    let router = Router::new()
        .route("/sparql", post(serve_query))
        .route("/update", post(serve_update))
        .route("/who", post(who))
        .route("/elsewhere", post(|| async { Redirect::temporary("http://127.0.0.2:1/") }))
        .with_state(engine);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// Answers with what it was entered with.
async fn who(headers: HeaderMap) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/csv")], headers[header::AUTHORIZATION].as_bytes().to_vec())
}

async fn serve_query(
    State(engine): State<Arc<dyn Engine>>,
    headers: HeaderMap,
    Form(form): Form<Vec<(String, String)>>,
) -> Response {
    let accept = headers[header::ACCEPT].to_str().expect("it is text");
    let solutions = SolutionsFormat::ALL.map(AnswerFormat::Solutions);
    let mut formats = solutions.into_iter().chain(GraphFormat::ALL.map(AnswerFormat::Graph));
    let format = formats.find(|format| format.media_type() == accept).expect("it is one of ours");
    let text = form.iter().find(|(name, _)| name == "query").expect("it is a query").1.clone();
    let dataset = dataset(&form, ["default-graph-uri", "named-graph-uri"]);
    // As long as anybody waits: the deadlines of the story are the client's.
    match engine.query(Query { dataset, ..Query::new(text, format, GENEROUS) }).await {
        Ok(answer) => ([(header::CONTENT_TYPE, format.media_type())], Body::from_stream(answer.body)).into_response(),
        Err(error) => refuse(error),
    }
}

async fn serve_update(
    State(engine): State<Arc<dyn Engine>>,
    Parameters(parameters): Parameters<Vec<(String, String)>>,
    text: String,
) -> Response {
    let dataset = dataset(&parameters, ["using-graph-uri", "using-named-graph-uri"]);
    match engine.update(Update { dataset, ..Update::new(text, Duration::from_secs(1)) }).await {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(error) => refuse(error),
    }
}

fn dataset(parameters: &[(String, String)], keys: [&str; 2]) -> Dataset {
    let [default, named] = keys.map(|name| {
        let values = parameters.iter().filter(|(given, _)| given == name).map(|(_, value)| value);
        values.map(|iri| NamedNode::new(iri).expect("it is an IRI")).collect()
    });
    Dataset { default, named }
}

fn refuse(error: Error) -> Response {
    match error {
        Error::Syntax { message, line: Some(line), column: Some(column) } => {
            (StatusCode::BAD_REQUEST, format!("error at {line}:{column}: {message}")).into_response()
        }
        Error::Deadline(_) => StatusCode::GATEWAY_TIMEOUT.into_response(),
        Error::Busy => StatusCode::SERVICE_UNAVAILABLE.into_response(),
        error => (StatusCode::BAD_REQUEST, error.to_string()).into_response(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_in_memory() {
    let engine = memory();
    assert_eq!(engine.kind(), Kind::Memory);
    story(engine).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_in_memory_from_a_snapshot() {
    let options = Options { workers: 1, queue: 4, memory: u64::MAX };
    let nowhere = std::path::Path::new("");
    story(Arc::new(Embedded::memory(options).expect("memory opens").with_snapshot(nowhere))).await;
}

#[cfg(feature = "rocksdb")]
#[tokio::test(flavor = "multi_thread")]
async fn the_story_in_a_folder_from_a_snapshot() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let options = Options { workers: 1, queue: 4, memory: u64::MAX };
    let open = || {
        let engine = Embedded::open(&folder.path().join("quads"), options).expect("the store opens");
        engine.with_snapshot(&folder.path().join("snapshot"))
    };
    let engine = Arc::new(open());
    story(Arc::<Embedded>::clone(&engine)).await;
    change(engine.as_ref(), "INSERT DATA { GRAPH <urn:t:a> { <urn:t:x> <urn:t:p> 1 } }").await;
    drop(engine);
    assert_eq!(rows(&open(), "SELECT ?o { ?s ?p ?o }").await, ["1"]);
}

#[cfg(feature = "rocksdb")]
#[tokio::test(flavor = "multi_thread")]
async fn the_story_in_a_folder() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let options = Options { workers: 1, queue: 4, memory: u64::MAX };
    let engine = Arc::new(Embedded::open(folder.path(), options).expect("the store opens"));
    assert_eq!(engine.kind(), Kind::Embedded);
    let second = Embedded::open(folder.path(), options).expect_err("the store is open");
    assert!(matches!(second, Error::Locked { .. }), "{second:?}");
    story(Arc::<Embedded>::clone(&engine)).await;
    change(engine.as_ref(), "INSERT DATA { GRAPH <urn:t:a> { <urn:t:x> <urn:t:p> 1 } }").await;
    drop(engine);
    let engine = Embedded::open(folder.path(), options).expect("the store opens again");
    assert_eq!(rows(&engine, "SELECT ?o { ?s ?p ?o }").await, ["1"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_story_over_the_protocol() {
    let address = serve(memory()).await;
    let engine = Remote::new(&format!("http://{address}"), &RemoteOptions::default()).expect("it is an address");
    assert_eq!(engine.kind(), Kind::Remote);
    story(Arc::new(engine)).await;
}

#[tokio::test]
async fn an_engine_that_is_not_there_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
    let address = listener.local_addr().expect("it has an address");
    drop(listener);
    let engine = Remote::new(&format!("http://s3cret@{address}/"), &RemoteOptions::default()).expect("an address");
    let error = ask(&engine, "ASK {}", CSV).await.expect_err("nobody is there");
    let text = format!("{error} {error:?} {engine:?}");
    assert!(matches!(error, Error::Unreachable { .. }) && text.contains(&address.to_string()), "{text}");
    assert!(!text.contains("s3cret"), "{text}");
}

#[tokio::test]
async fn a_remote_engine_is_held_to_what_it_may_do() {
    let address = serve(memory()).await;
    let options = RemoteOptions { token: Some("s3cret".to_owned()), ..RemoteOptions::default() };
    let who = Remote::new(&format!("query=http://{address}/who,update=http://{address}/update"), &options);
    let said = ask(&who.expect("it is an address"), "ASK {}", CSV).await.expect("it answers");
    assert_eq!(said, "Bearer s3cret");
    let elsewhere = Remote::new(&format!("http://{address}/elsewhere"), &options).expect("it is an address");
    let error = ask(&elsewhere, "ASK {}", CSV).await.expect_err("redirects are not followed");
    assert!(matches!(error, Error::Answered { status: 307, .. }), "{error:?}");
    let few = RemoteOptions { bytes: Some(3), ..options };
    let small = Remote::new(&format!("http://{address}"), &few).expect("it is an address");
    let error = ask(&small, "ASK {}", JSON).await.expect_err("the answer is longer");
    assert!(matches!(error, Error::Refused(_)), "{error:?}");
}
