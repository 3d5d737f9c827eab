//! The attack list, from outside in: nothing that is sent makes the service fetch anything, read a file of the machine,
//! unpack without end or descend without end.

use std::{
    fmt::Write as _,
    net::TcpListener,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Request, header},
};
use isnad::serve::Service;
use serde_json::json;

use crate::{
    packages::{docx, paragraph, xlsx, zip},
    people::add,
    starter::{ask, empty, memory, run, serving},
};

const NOTE: &str = "---\nid: doc/one\ntitle: {en: A note}\ntype: note\nissued: 2017-02-15\n---\nWords about Vienna.\n";

/// So long a refusal may take, on a machine that does other things too.
const SOON: Duration = Duration::from_secs(60);

async fn service(hosts: &[&str]) -> Arc<Service> {
    let archive = empty(memory()).await;
    add(&archive, "one.md", NOTE).await;
    let hosts = hosts.iter().map(|host| (*host).to_owned()).collect();
    serving(archive, |service| service.config.allowed_hosts = hosts)
}

/// What is sent, and where.
struct Sent {
    method: &'static str,
    path: String,
    media_type: &'static str,
    body: Vec<u8>,
}

fn sent(method: &'static str, path: impl Into<String>, media_type: &'static str, body: impl Into<Vec<u8>>) -> Sent {
    Sent { method, path: path.into(), media_type, body: body.into() }
}

/// Sends it with the token that may do everything, and gives the status and the answer.
async fn answer(service: &Arc<Service>, sent: &Sent) -> (u16, String) {
    let request = Request::builder().method(sent.method).uri(&sent.path).header(header::CONTENT_TYPE, sent.media_type);
    let request = request.header(header::AUTHORIZATION, "Bearer secret").body(Body::from(sent.body.clone()));
    let begun = Instant::now();
    let (status, _, body) = ask(service, request.expect("the request is good")).await;
    let took = begun.elapsed();
    assert!(took < SOON, "{} {} took {took:?}", sent.method, sent.path);
    assert!(status != 500 && !body.contains("root:x:"), "{} {}: {status} {body}", sent.method, sent.path);
    (status, body)
}

/// Somebody at the door of this machine, who counts.
fn door() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    let port = listener.local_addr().expect("it has an address").port();
    let knocks = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&knocks);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            drop(stream);
        }
    });
    (port, knocks)
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Everything in which an address can be sent that somebody might fetch.
fn with_address(address: &str) -> Vec<Sent> {
    let (json, turtle) = ("application/json", "text/turtle");
    let mut all = Vec::new();
    for query in [
        format!("SELECT * {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"),
        format!("SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}"),
        format!("SELECT * {{ VALUES ?e {{ <{address}> }} SERVICE ?e {{ ?s ?p ?o }} }}"),
        format!("SELECT * FROM <{address}> FROM NAMED <{address}> {{ ?s ?p ?o }}"),
        format!("DESCRIBE <{address}>"),
    ] {
        all.push(sent("GET", format!("/sparql?query={}", encoded(&query)), json, ""));
    }
    let update = "application/sparql-update";
    for text in [
        format!("LOAD <{address}>"),
        format!("LOAD SILENT <{address}> INTO GRAPH <urn:g>"),
        format!("INSERT {{ GRAPH <urn:g> {{ ?s ?p ?o }} }} WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}"),
        format!("COPY <{address}> TO <urn:g>"),
    ] {
        all.push(sent("POST", "/update", update, text));
    }
    let context = json!({ "@context": address, "@id": "urn:a", "name": "x" }).to_string();
    let imported = json!({ "@context": { "@version": 1.1, "@import": address }, "@id": "urn:a" }).to_string();
    let inside = json!({ "@context": [{ "b": { "@id": "urn:b", "@context": address } }], "b": { "c": 1 } }).to_string();
    for text in [context, imported, inside] {
        all.push(sent("PUT", "/graphs?graph=urn:x", "application/ld+json", text.clone()));
        all.push(sent("POST", "/api/documents?name=x.jsonld", "application/ld+json", text));
    }
    let xml = format!(
        "<?xml version=\"1.0\"?><!DOCTYPE r SYSTEM \"{address}x.dtd\" [<!ENTITY e SYSTEM \"{address}e\"><!ENTITY % p SYSTEM \
         \"{address}p\"> %p;]><?xml-stylesheet href=\"{address}\"?><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xi=\"http://www.w3.org/2001/XInclude\" \
         xsi:schemaLocation=\"urn:x {address}x.xsd\"><xi:include href=\"{address}i\"/><rdf:Description rdf:about=\"urn:a\">\
         <rdf:value>&e;</rdf:value></rdf:Description></rdf:RDF>"
    );
    all.push(sent("PUT", "/graphs?graph=urn:x", "application/rdf+xml", xml.clone()));
    all.push(sent("POST", "/api/documents?name=x.rdf", "application/rdf+xml", xml.clone()));
    all.push(sent("POST", "/api/documents?name=x.docx", "*/*", zip(&[("word/document.xml", xml.as_bytes())])));
    let page = format!(
        "<html><head><base href=\"{address}\"><link rel=stylesheet href=\"{address}\"><meta http-equiv=refresh content=\"0;{address}\">\
         <title>T</title></head><body><main><h1>A</h1><img src=\"{address}\"><iframe src=\"{address}\"></iframe><p>b</main>"
    );
    all.push(sent("POST", "/api/documents?name=x.html", "text/html", page));
    let note =
        NOTE.replace("type: note", &format!("type: note\nsource: [\"{address}\"]")).replace("doc/one", "doc/two");
    all.push(sent("POST", "/api/documents?name=two.md", "text/markdown", format!("{note}\n![x]({address})\n")));
    all.push(sent(
        "PUT",
        format!("/graphs?graph={}", encoded(address)),
        turtle,
        format!("@prefix x: <{address}> . x:a <http://www.w3.org/2002/07/owl#imports> <{address}> ."),
    ));
    all.push(sent("GET", format!("/graphs?graph={}", encoded(address)), turtle, ""));
    all.push(sent("GET", format!("/api/graph/neighbors?id={}", encoded(address)), json, ""));
    let rated = json!({ "about": "doc/one", "rating": "correct", "rationale": "x", "evidence": [address] });
    all.push(sent("POST", "/api/assessments", json, rated.to_string()));
    all.push(sent(
        "POST",
        "/api/comments",
        json,
        json!({ "about": "doc/one", "text": address, "contact": address }).to_string(),
    ));
    all.push(sent("POST", "/api/link", json, json!({ "text": address, "document": address }).to_string()));
    let extend = json!({ "ids": [address], "properties": [{ "id": address }] });
    all.push(sent("POST", "/reconcile/v1/extend", json, extend.to_string()));
    all
}

#[test]
fn nothing_that_is_sent_is_fetched() {
    run(async {
        let (port, knocks) = door();
        // Even a host that is allowed is not this machine.
        for hosts in [&[][..], &["127.0.0.1", "localhost", "0.0.0.0", "[::1]", "2130706433"][..]] {
            let service = service(hosts).await;
            for host in ["127.0.0.1", "localhost", "0.0.0.0", "2130706433", "0x7f.1", "[::ffff:127.0.0.1]"] {
                for sent in with_address(&format!("http://{host}:{port}/")) {
                    answer(&service, &sent).await;
                }
            }
            for address in ["file:///etc/passwd", "ftp://127.0.0.1/x", "data:text/turtle,<urn:a><urn:b><urn:c>."] {
                for sent in with_address(address) {
                    answer(&service, &sent).await;
                }
            }
        }
        assert_eq!(knocks.load(Ordering::SeqCst), 0, "somebody came to the door");
        std::net::TcpStream::connect(("127.0.0.1", port)).expect("it is open");
        for _ in 0..100 {
            if knocks.load(Ordering::SeqCst) > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        panic!("nobody counts at the door");
    });
}

#[test]
fn bombs_are_refused_and_the_service_goes_on() {
    run(async {
        let service = service(&[]).await;
        let mut laughs = "<!ENTITY l0 \"ha\">".to_owned();
        for level in 1..12 {
            let _ = write!(laughs, "<!ENTITY l{level} \"{}\">", format!("&l{};", level - 1).repeat(10));
        }
        let xml = |entities: &str, used: &str| {
            format!(
                "<?xml version=\"1.0\"?><!DOCTYPE r [{entities}]><rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
                 <rdf:Description rdf:about=\"urn:a\"><rdf:value>{used}</rdf:value></rdf:Description></rdf:RDF>"
            )
        };
        let quadratic = (format!("<!ENTITY a \"{}\">", "x".repeat(200_000)), "&a;".repeat(100_000));
        let bombs = [
            xml(&laughs, "&l11;"),
            xml(&quadratic.0, &quadratic.1),
            xml("<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">", "&a;"),
            xml("<!ENTITY e SYSTEM \"file:///etc/passwd\">", "&e;"),
        ];
        let cell = zip(&[("word/document.xml", bombs[0].as_bytes())]);
        let zeros = vec![b' '; 64 << 20];
        let nested = zip(&[("word/document.xml", &zip(&[("word/document.xml", &zeros)]))]);
        let rows: &[&[&str]] = &[&["id", "label_en"], &["org/x", "X"]];
        let mut cut = xlsx(&[("A", rows)]);
        cut.truncate(cut.len() / 2);
        let mut all: Vec<Sent> = Vec::new();
        for bomb in &bombs {
            all.push(sent("PUT", "/graphs?graph=urn:x", "application/rdf+xml", bomb.as_bytes()));
            all.push(sent("POST", "/api/documents?name=x.rdf", "application/rdf+xml", bomb.as_bytes()));
        }
        all.push(sent("POST", "/api/documents?name=x.docx", "*/*", cell));
        all.push(sent("POST", "/api/documents?name=x.docx", "*/*", zip(&[("word/document.xml", &zeros)])));
        all.push(sent("POST", "/api/documents?name=x.docx", "*/*", nested));
        all.push(sent("POST", "/api/documents?name=x.xlsx", "*/*", cut));
        all.push(sent("POST", "/api/documents?name=x.docx", "*/*", docx(&paragraph("&l11;"))));
        for sent in all {
            let (status, body) = answer(&service, &sent).await;
            assert!((400..500).contains(&status), "{}: {status}", sent.path);
            assert!(body.len() < 10_000, "{}: an answer of {} bytes", sent.path, body.len());
        }
        // A body that says to be packed is not unpacked.
        let packed = Request::post("/api/comments")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::CONTENT_ENCODING, "gzip")
            .body(Body::from(&b"\x1f\x8b\x08\0\0\0\0\0\0\x03"[..]))
            .expect("the request is good");
        assert!((400..500).contains(&ask(&service, packed).await.0));
        assert_eq!(answer(&service, &sent("GET", "/doc/one", "*/*", "")).await.0, 200, "it goes on");
    });
}

/// What nests deeply is refused, or read; the stack holds.
#[test]
fn depth_without_end_is_borne() {
    run(async {
        let service = service(&[]).await;
        let deep = |open: &str, middle: &str, close: &str, depth: usize| {
            format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
        };
        let depth = 10_000;
        let (json, query) = ("application/json", "application/sparql-query");
        let filter = |expression: String| format!("SELECT * {{ ?s ?p ?o FILTER({expression}) }}");
        let mut all = vec![
            sent("POST", "/sparql", query, filter(deep("(", "1", ")", depth))),
            sent("POST", "/sparql", query, filter(deep("!", "?o", "", depth))),
            sent("POST", "/sparql", query, filter(deep("-", "?o", "", depth))),
            sent("POST", "/sparql", query, filter(format!("1{}", "+1".repeat(depth)))),
            sent("POST", "/sparql", query, filter(format!("?o{}", "||?o".repeat(depth)))),
            sent("POST", "/sparql", query, format!("SELECT * {}", deep("{", "?s ?p ?o", "}", depth))),
            sent("POST", "/sparql", query, format!("SELECT * {{ ?s {} ?o }}", deep("(", "<p>", ")", depth))),
            sent("POST", "/sparql", query, format!("SELECT * {{ ?s <p>{} ?o }}", "/<p>".repeat(depth))),
            sent("POST", "/sparql", query, format!("SELECT * {{ ?s <p>{} ?o }}", "|<p>".repeat(depth))),
            sent("POST", "/sparql", query, format!("SELECT * {{ {{}} {} }}", "UNION {}".repeat(depth))),
            sent("POST", "/sparql", query, format!("SELECT * {{ ?s <p> {} }}", deep("(", "1", ")", depth))),
            sent("POST", "/sparql", query, format!("SELECT * {{ ?s <p> {} }}", deep("[ <p> ", "1", "]", depth))),
            sent("POST", "/sparql", query, format!("SELECT * {{ {} }}", "OPTIONAL { ?a ?b ?c } ".repeat(depth / 5))),
            sent(
                "POST",
                "/update",
                "application/sparql-update",
                format!("INSERT DATA {{ GRAPH <urn:g> {{ <urn:a> <urn:b> {} }} }}", deep("(", "1", ")", depth)),
            ),
            sent(
                "PUT",
                "/graphs?graph=urn:x",
                "text/turtle",
                format!("<urn:a> <urn:b> {} .", deep("[ <urn:b> ", "1", "]", depth)),
            ),
            sent(
                "PUT",
                "/graphs?graph=urn:x",
                "text/turtle",
                format!("<urn:a> <urn:b> {} .", deep("(", "1", ")", depth)),
            ),
            sent("PUT", "/graphs?graph=urn:x", "application/ld+json", deep("{\"urn:b\":", "1", "}", depth)),
            sent(
                "PUT",
                "/graphs?graph=urn:x",
                "application/rdf+xml",
                format!(
                    "<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:u=\"urn:\">{}</rdf:RDF>",
                    deep("<u:C><u:p>", "", "</u:p></u:C>", depth / 4)
                ),
            ),
            sent(
                "POST",
                "/api/documents?name=x.html",
                "text/html",
                format!("<html><body>{}", deep("<div>", "words", "</div>", depth)),
            ),
            sent(
                "POST",
                "/api/documents?name=x.html",
                "text/html",
                format!("<html><body>{}", "<b><p>".repeat(depth / 10)),
            ),
            sent(
                "POST",
                "/api/documents?name=x.md",
                "text/markdown",
                format!("---\nid: doc/x\nnote: {}\n---\nx", deep("[", "1", "]", depth)),
            ),
            sent(
                "POST",
                "/api/documents?name=x.md",
                "text/markdown",
                format!("---\nid: doc/x\ntitle: {{en: x}}\n---\n{} x", ">".repeat(depth)),
            ),
            sent("POST", "/api/documents?name=x.json", json, deep("[", "1", "]", depth)),
            sent(
                "POST",
                "/api/documents?name=x.docx",
                "*/*",
                docx(&deep("<w:tbl><w:tr><w:tc>", "", "</w:tc></w:tr></w:tbl>", depth / 10)),
            ),
            sent(
                "POST",
                "/reconcile",
                "application/x-www-form-urlencoded",
                format!("queries={}", deep("{\"a\":", "1", "}", depth)),
            ),
            sent("GET", format!("/api/search?q={}", encoded(&deep("(", "x", ")", 2_000))), json, ""),
            sent("GET", format!("/api/geo?polygon={}", encoded(&deep("(", "1 1", ")", 2_000))), json, ""),
        ];
        for path in [
            "/api/entities",
            "/api/reviews",
            "/api/assessments",
            "/api/comments",
            "/api/redactions",
            "/api/link",
            "/reconcile/v1/match",
        ] {
            all.push(sent("POST", path, json, deep("[", "1", "]", depth)));
            all.push(sent("POST", path, json, deep("{\"a\":", "1", "}", depth)));
        }
        for sent in all {
            let (status, body) = answer(&service, &sent).await;
            assert!(status < 500 || status == 503, "{}: {status} {body}", sent.path);
        }
        assert_eq!(answer(&service, &sent("GET", "/doc/one", "*/*", "")).await.0, 200, "it goes on");
    });
}
