//! Whole calls, through the routes and without a socket: none is answered by a fault of ours.

use std::{fmt::Write as _, net::SocketAddr, sync::LazyLock, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{Method, Request, header},
};
use isnad::{
    add::{File, Plan, Settings},
    serve,
};
use serde_json::json;
use tower::ServiceExt as _;

use super::{bytes, each};
use crate::starter::{empty, memory, run, serving};

const BODIES: &str = "id,label_en,label_ar\norg/one,Body One,\u{647}\u{64a}\u{626}\u{629}\norg/two,Body Two,\n";
const NOTE: &str = "---\nid: doc/one\ntitle: {en: A note}\ntype: note\nissued: 2017-02-15\nissuer: [org/one]\n---\n\
                    ::: en\nBody One met Body Two on 15 February 2017.\n";

/// The routes over a small archive; each kind of call has one of its own, for they write.
fn router() -> Router {
    run(async {
        let archive = empty(memory()).await;
        archive.add_ontology().await.expect("the ontology can be added");
        let files = [("bodies.csv", BODIES), ("one.md", NOTE)];
        let files = files.map(|(name, text)| File::bytes(name.to_owned(), text.as_bytes().to_vec()));
        let settings = Settings::new(&archive, 1 << 20);
        archive.add(&Plan::of(files.into()), &settings, &|_| ()).await.expect("the store works");
        serve::router(serving(archive, |service| service.config.query.deadline = Duration::from_secs(2)))
    })
}

/// Whatever is asked, the answer is whole and no fault of ours.
fn asked(router: &Router, request: Request<Body>) {
    let shown = format!("{} {}", request.method(), request.uri());
    run(async {
        let response = router.clone().oneshot(request).await.expect("a router cannot fail");
        let status = response.status().as_u16();
        // A stream that breaks off says so; that it does is no fault.
        let body = to_bytes(response.into_body(), 64 << 20).await.unwrap_or_default();
        assert!(![500, 501, 502].contains(&status), "{shown}: {status} {}", String::from_utf8_lossy(&body));
    });
}

/// An address as it can stand in a request: what cannot is written with percent signs.
fn address(text: &[u8]) -> String {
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#".contains(&byte);
    let mut address = String::from("/");
    for byte in text.strip_prefix(b"/").unwrap_or(text) {
        if is_plain(*byte) {
            address.push(char::from(*byte));
        } else {
            let _ = write!(address, "%{byte:02x}");
        }
    }
    address
}

fn request(method: &Method, path: &[u8], media_type: &str, body: Vec<u8>) -> Option<Request<Body>> {
    let from = SocketAddr::from(([192, 0, 2, u8::try_from(body.len() % 250).unwrap_or_default()], 4_000));
    let request = Request::builder().method(method).uri(address(path)).header(header::CONTENT_TYPE, media_type);
    let mut request = request.header(header::AUTHORIZATION, "Bearer secret").body(Body::from(body)).ok()?;
    request.extensions_mut().insert(ConnectInfo(from));
    Some(request)
}

#[test]
fn query_strings() {
    let seeds = bytes(&[
        "/api/graph/neighbors?id=org/one&direction=in&predicate=x&limit=20&offset=5&lang=ar&from=2016&to=2017-02",
        "/api/graph/neighbors.graphml?id=doc/one&depth=2&type=org&hub_penalty=1",
        "/api/graph/paths?id=org/one&id=org/two&show=best&hub_penalty=1&max_length=4",
        "/api/graph/comentions?type=person&from=2016&to=2017&measure=communities",
        "/api/graph/citations?id=doc/one&direction=out&depth=3",
        "/api/search?q=body+%22one%22&kind=claim&type=note&place=place/SY02&stance=denies&from=2016-09&sort=date&limit=5",
        "/api/search?q=\u{647}\u{64a}\u{626}\u{629}&near=36.2,37.1&km=25&polygon=POLYGON((36+37,37+37,37+38,36+37))",
        "/api/suggest?q=bo&lang=ar&kind=org",
        "/api/timeline?q=one&unit=month&from=2017&reliability=not-assessed",
        "/api/geo?q=one&bbox=1,2,3,4",
        "/search?q=one&page=2&lang=ar",
        "/graph?id=org/one&open=org/two",
        "/fragments?subject=http://localhost:7878/doc/one&predicate=&object=%22x%22@en&page=2",
        "/sparql?query=SELECT+*+%7B+?s+?p+?o+%7D+LIMIT+3&format=csv&explain=1&timeout=1&asOf=2026-01-01",
        "/doc/one?asOf=2026-11-01T00:00:00Z&profile=schema&page=2&lang=ar",
        "/reconcile/suggest/entity?prefix=bod&cursor=1",
        "/reconcile?queries=%7B%22q0%22:%7B%22query%22:%22body+one%22%7D%7D",
        "/api/audit?about=doc/one&from=2016-01-01&to=2030&limit=5",
        "/api/reviews?state=proposed&max_confidence=0.7&limit=5",
        "/api/reviews/resemblances?state=proposed&kind=translation&offset=1",
    ]);
    let router = router();
    each("query strings", 30, &seeds, |_, bytes| {
        if let Some(request) = request(&Method::GET, bytes, "text/plain", Vec::new()) {
            asked(&router, request);
        }
    });
}

#[test]
fn tokens_and_headers() {
    // What is spoilt stands behind the line: a token in an address, or the headers of a request for a thing.
    let seeds = bytes(&[
        "/oai?verb=ListRecords&resumptionToken=oai_dc,,,,1,1,2",
        "/oai?verb=ListIdentifiers&resumptionToken=rdf,document:note,2017-02-15,2017-02-16,120,100,101",
        "/oai?verb=GetRecord&identifier=oai:localhost:doc/one&metadataPrefix=rdf",
        "/oai?verb=ListRecords&metadataPrefix=oai_dc&from=2017-02-15T00:00:00Z&until=9999-12-31T23:59:59Z&set=document",
        "/ldes/1",
        "/resourcesync/changelist-2.xml",
        "/api/reviews?cursor=0.5,doc/one",
        "/api/reviews/decisions?cursor=doc/one%23decision-00",
        "/api/entities/duplicates?kind=org&cursor=org/one&min_score=0",
        "/api/queries/q01-jim-findings-standing?limit=5&offset=5&day=2016-09-01",
        "\naccept: text/turtle;q=0.5, application/ld+json;profile=\"x\"\naccept-language: ar-SY, en;q=0.5",
        "\nif-none-match: W/\"abc\", \"def\"\nif-modified-since: Wed, 21 Oct 2015 07:28:00 GMT\nrange: bytes=0-5,9-",
        "\naccept-profile: <http://www.w3.org/ns/dx/prof/Profile>;q=0.5\nhost: example.org:80\nx-forwarded-for: 1.2.3.4",
        "\nauthorization: Bearer isnad_00\naccept-datetime: Thu, 31 May 2007 20:35:00 GMT\nprefer: return=minimal",
    ]);
    let router = router();
    each("tokens", 40, &seeds, |_, bytes| {
        let text = String::from_utf8_lossy(bytes);
        let (path, headers) = match text.split_once('\n') {
            Some(("", headers)) => ("/doc/one", headers),
            Some((path, headers)) => (path, headers),
            None => (&*text, ""),
        };
        let mut request = Request::get(address(path.as_bytes()));
        for (name, value) in headers.lines().filter_map(|line| line.split_once(": ")) {
            request = request.header(name, value);
        }
        // What no server would take apart as a request is none.
        if let Ok(request) = request.body(Body::empty()) {
            asked(&router, request);
        }
    });
}

/// A method, a path, a media type and a body.
type Call = (Method, &'static str, &'static str, Vec<u8>);

/// Every call that takes a body, with a good one.
static CALLS: LazyLock<Vec<Call>> = LazyLock::new(|| {
    let json = "application/json";
    let body = |value: serde_json::Value| value.to_string().into_bytes();
    let form = "application/x-www-form-urlencoded";
    vec![
        (Method::POST, "/api/reviews", json, body(json!({ "verdict": "rejected", "form": "Body One", "thing": "org/one", "reason": "x", "scope": "identical", "by": "a" }))),
        (Method::POST, "/api/reviews/resemblances", json, body(json!({ "document": "doc/one", "resembles": "doc/two", "verdict": "accepted" }))),
        (Method::POST, "/api/entities", json, body(json!({ "entity": { "id": "org/new", "label_en": "New", "alt_ar": ["\u{62c}"], "founded": "1999" }, "reason": "x" }))),
        (Method::PATCH, "/api/entities/org/one", json, body(json!({ "entity": { "alt_en": ["B1"], "founded": null } }))),
        (Method::POST, "/api/entities/org/one/merge", json, body(json!({ "into": "org/none", "reason": "x" }))),
        (Method::POST, "/api/entities/org/one/split", json, body(json!({ "entity": { "id": "org/three", "label_en": "Three" }, "names": ["x"], "links": [] }))),
        (Method::POST, "/api/assessments", json, body(json!({ "about": "doc/one", "rating": "correct", "scale": "reliability", "rationale": "x", "evidence": ["org/one", "https://example.org/"] }))),
        (Method::POST, "/api/comments", json, body(json!({ "about": "doc/one", "text": "x", "kind": "correction", "consent": true, "lang": "ar", "name": "n", "contact": "c" }))),
        (Method::POST, "/api/comments/0a", json, body(json!({ "action": "decline", "reason": "x" }))),
        (Method::POST, "/comment", form, b"about=doc/one&text=x&contact=c&lang=ar".to_vec()),
        (Method::PUT, "/api/sensitive", json, body(json!({ "about": "doc/one", "witness": ["w"], "contact": [] }))),
        (Method::POST, "/api/redactions", json, body(json!({ "about": "doc/one#text-en", "start": 100, "end": 105, "reason": "x" }))),
        (Method::POST, "/api/link", json, body(json!({ "text": "Body One", "lang": "en", "format": "json" }))),
        (Method::POST, "/api/link", "text/turtle", b"@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> . <http://x/a#char=0,8> a nif:Context ; nif:isString \"Body One\" .".to_vec()),
        (Method::POST, "/reconcile", form, b"queries={\"q0\":{\"query\":\"body\",\"limit\":3,\"type\":\"org\",\"properties\":[{\"pid\":\"x\",\"v\":\"y\"}]}}".to_vec()),
        (Method::POST, "/reconcile/v1/match", json, body(json!({ "queries": [{ "conditions": [{ "matchType": "name", "propertyValue": "body" }], "limit": 3 }] }))),
        (Method::POST, "/reconcile/v1/extend", json, body(json!({ "ids": ["org/one"], "properties": [{ "id": "isn:founded" }] }))),
        (Method::POST, "/sparql", "application/sparql-query", b"SELECT ?s { ?s ?p ?o FILTER(?o > 1) } LIMIT 3".to_vec()),
        (Method::POST, "/update", "application/sparql-update", b"INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:b> \"c\"@en } }".to_vec()),
        (Method::PUT, "/graphs?graph=urn:x", "text/turtle", b"<urn:a> <urn:b> [ <urn:c> 1.5 ] .".to_vec()),
        (Method::POST, "/graphs?graph=urn:x", "application/ld+json", body(json!({ "@context": { "b": "urn:b" }, "@id": "urn:a", "b": { "@value": "x", "@language": "en" } }))),
        (Method::POST, "/oai", form, b"verb=ListRecords&metadataPrefix=oai_dc&from=2017-02-15".to_vec()),
        (Method::POST, "/api/documents?name=two.md", "text/markdown", NOTE.replace("doc/one", "doc/two").into_bytes()),
        (Method::PUT, "/api/queries/own", "application/sparql-query", b"# A question\nSELECT * { ?s ?p ?o } LIMIT 1".to_vec()),
    ]
});

#[test]
fn bodies() {
    let seeds: Vec<Vec<u8>> = CALLS.iter().map(|(_, _, _, body)| body.clone()).collect();
    let router = router();
    each("bodies", 30, &seeds, |from, bytes| {
        let (method, path, media_type, _) = &CALLS[from];
        if let Some(request) = request(method, path.as_bytes(), media_type, bytes.to_vec()) {
            asked(&router, request);
        }
    });
}
