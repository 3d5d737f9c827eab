//! The web face, through its routes and without a socket; the seam's remote side, over a socket, against ourselves.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, header},
};
use isnad::{
    serve,
    store::{Engine, Remote, RemoteOptions},
};

use crate::starter::{ask, empty, engine, get, memory, run, service, starter};

const STATEMENT: &str = "/doc/sc-2017-02-15-hrw-aleppo";

#[test]
fn a_document_comes_in_every_syntax_by_header_and_by_extension() {
    let service = starter();
    run(async {
        for (media_type, extension, sign) in [
            ("text/turtle", "ttl", "isn:Mention"),
            ("application/ld+json", "jsonld", "\"@context\""),
            ("application/trig", "trig", "graph/mention/"),
            ("application/n-triples", "nt", "ontology#Mention>"),
            ("application/n-quads", "nq", "graph/doc/"),
            ("application/rdf+xml", "rdf", "rdf:RDF"),
            ("text/html", "html", "<html"),
        ] {
            let (status, response, body) = ask(&service, get(STATEMENT, media_type)).await;
            assert_eq!(status, 200, "{media_type}");
            assert!(response.headers()[header::CONTENT_TYPE].to_str().is_ok_and(|it| it.starts_with(media_type)));
            assert!(response.headers()[header::VARY].to_str().is_ok_and(|it| it.contains("Accept")));
            assert!(response.headers()[header::LINK].to_str().is_ok_and(|it| it.contains("rel=\"alternate\"")));
            assert!(body.contains(sign), "{media_type}");
            // The extension beats the header.
            let (status, _, by_extension) = ask(&service, get(&format!("{STATEMENT}.{extension}"), "image/png")).await;
            assert_eq!((status, by_extension == body), (200, true), "{extension}");
        }
    });
}

#[test]
fn a_document_shows_its_mentions_citations_and_claims() {
    let service = starter();
    run(async {
        let (_, _, turtle) = ask(&service, get(STATEMENT, "text/turtle")).await;
        for words in [
            "isn:confidence",
            "cito:hasCitedEntity",
            "isn:statedBy",
            "isn:degreeWording",
            "oa:exact",
            "isn:statedEmpty",
        ] {
            assert!(turtle.contains(words), "{words}");
        }
        assert!(!turtle.contains("isn:rating"), "the archive states no reliability");
    });
}

#[test]
fn a_page_is_in_the_language_asked_for() {
    let service = starter();
    run(async {
        let (_, _, english) = ask(&service, get(STATEMENT, "text/html")).await;
        let (_, _, arabic) = ask(&service, get(&format!("{STATEMENT}?lang=ar"), "text/html")).await;
        assert!(english.contains("lang=\"en\"") && arabic.contains("dir=\"rtl\""));
    });
}

#[test]
fn what_is_not_there_or_not_understood_is_a_problem_that_says_where() {
    let service = starter();
    run(async {
        for (path, accept, status, words) in [
            ("/doc/none", "*/*", 404, "nothing at /doc/none"),
            ("/cow/x", "*/*", 404, "nothing at"),
            ("/doc/a%2Fb", "*/*", 404, "nothing at"),
            (STATEMENT, "image/png", 406, "text/turtle"),
            ("/sparql?query=SELECT%20%2A%20%7B", "*/*", 400, "\"line\":1"),
            ("/sparql", "text/csv", 406, "no query"),
            ("/sparql?timeout=1", "*/*", 400, "no query"),
            ("/sparql?update=CLEAR%20ALL", "*/*", 400, "/update"),
            ("/graphs", "*/*", 400, "names no graph"),
            ("/graphs?graph=urn:none", "*/*", 404, "urn:none"),
            ("/graph/doc/none", "*/*", 404, "graph/doc/none"),
            ("/sparql?query=ASK%20%7B%7D&timeout=x", "*/*", 400, "timeout"),
            ("/sparql?query=ASK%20%7B%7D", "image/png", 406, "sparql-results+json"),
            ("/api/graph/neighbors", "*/*", 400, "id"),
            ("/api/graph/neighbors?id=nonsense", "*/*", 400, "nonsense"),
            ("/api/graph/neighbors?id=org/none", "*/*", 404, "org/none"),
            ("/api/graph/neighbors?id=org/hrw&limit=0", "*/*", 400, "limit"),
            ("/api/graph/neighbors?id=org/jim", "image/png", 406, "graphml"),
            ("/api/graph/neighbors?id=org/jim&format=pdf", "*/*", 406, "gexf"),
            ("/api/graph/neighbors.pdf?id=org/jim", "*/*", 406, "geojson"),
            ("/api/graph/cows.json?id=org/jim", "*/*", 404, "expected one of neighbors"),
            ("/api/graph/neighbors?id=org/jim&cow=1", "*/*", 400, "no parameter `cow`"),
            ("/api/queries/none", "*/*", 404, "none"),
        ] {
            let (found, response, body) = ask(&service, get(path, accept)).await;
            assert_eq!(found, status, "{path}: {body}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json", "{path}");
            assert!(body.contains(words), "{path}: {body}");
        }
    });
}

#[test]
fn a_query_is_answered_in_each_syntax() {
    let service = starter();
    run(async {
        let select = "/sparql?query=SELECT%20%3Fo%20%7B%20%3Corg%2Fjim%3E%20rdfs%3Alabel%20%3Fo%20%7D";
        for (accept, words) in [
            ("application/sparql-results+json", "\"bindings\""),
            ("application/json", "\"bindings\""),
            ("application/sparql-results+xml", "<sparql"),
            ("text/csv", "Joint Investigative Mechanism"),
            ("text/tab-separated-values", "@en"),
        ] {
            let (status, _, body) = ask(&service, get(select, accept)).await;
            assert!(status == 200 && body.contains(words), "{accept}: {status} {body}");
        }
        let construct = "/sparql?query=CONSTRUCT%20WHERE%20%7B%20%3Corg%2Fjim%3E%20rdfs%3Alabel%20%3Fo%20%7D&format=nt";
        let (status, _, body) = ask(&service, get(construct, "*/*")).await;
        assert!(status == 200 && body.lines().count() == 2, "{body}");
    });
}

/// The parser follows nesting by recursion; where its stack ends the process would end.
#[test]
fn a_query_too_deep_to_be_parsed_is_refused() {
    run(async {
        let service = service(empty(memory()).await);
        let (open, close) = ("{".repeat(3_000), "}".repeat(3_000));
        for (path, media_type, text) in [
            ("/sparql", "application/sparql-query", format!("SELECT * {open} ?s ?p ?o {close}")),
            ("/update", "application/sparql-update", format!("DELETE {{ ?s ?p ?o }} WHERE {open} ?s ?p ?o {close}")),
        ] {
            let (status, _, body) = ask(&service, post(path, media_type, Some("secret"), &text)).await;
            assert!(status == 400 && body.contains("brackets"), "{path}: {status} {body}");
        }
    });
}

#[test]
fn a_query_past_its_deadline_is_told_so() {
    let service = starter();
    run(async {
        let path = "/sparql?timeout=0.3&query=SELECT%20%28COUNT%28%2A%29%20AS%20%3Fn%29%20%7B%20%3Fa%20%3Fb%20%3Fc%20.%20%3Fd%20%3Fe%20%3Ff%20.%20%3Fg%20%3Fh%20%3Fi%20%7D";
        let (status, response, body) = ask(&service, get(path, "*/*")).await;
        assert_eq!(status, 408, "{body}");
        assert!(response.headers().contains_key(header::RETRY_AFTER));
    });
}

#[test]
fn neighbours_are_nodes_and_edges_with_labels_in_both_languages() {
    let service = starter();
    run(async {
        let (status, _, body) = ask(&service, get("/api/graph/neighbors?id=org/jim&limit=500", "*/*")).await;
        let graph: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
        assert_eq!(status, 200);
        let nodes = graph["nodes"].as_array().expect("there are nodes");
        let jim = nodes
            .iter()
            .find(|node| node["id"].as_str().is_some_and(|id| id.ends_with("/org/jim")))
            .expect("it is among them");
        assert!(jim["label"]["en"].is_string() && jim["label"]["ar"].is_string());
        let edges = graph["edges"].as_array().expect("there are edges");
        assert!(edges.len() > 10);
        let known = |end: &serde_json::Value| nodes.iter().any(|node| node["id"] == *end);
        assert!(
            edges
                .iter()
                .all(|edge| known(&edge["source"]) && known(&edge["target"]) && edge["label"]["ar"].is_string())
        );
    });
}

#[test]
fn neighbours_come_in_every_format_by_header_by_name_and_by_extension() {
    let service = starter();
    run(async {
        for (media_type, extension, sign) in [
            ("application/json", "json", "\"multigraph\":true"),
            ("application/vnd.cytoscape+json", "cyjs", "\"elements\""),
            ("application/graphml+xml", "graphml", "<graphml"),
            ("application/gexf+xml", "gexf", "<gexf"),
            ("text/csv", "csv", "id,source,target,predicate,label_ar,label_en"),
            ("application/geo+json", "geojson", "FeatureCollection"),
            ("text/vnd.graphviz", "dot", "digraph {"),
            ("application/ld+json", "jsonld", "\"@context\""),
        ] {
            let (status, response, body) = ask(&service, get("/api/graph/neighbors?id=org/jim", media_type)).await;
            assert_eq!((status, body.contains(sign)), (200, true), "{media_type}");
            assert_eq!(response.headers()[header::CONTENT_TYPE], media_type);
            assert!(response.headers()[header::VARY].to_str().is_ok_and(|it| it.contains("Accept")));
            for path in ["neighbors?format={}&id=org/jim", "neighbors.{}?id=org/jim"] {
                let path = format!("/api/graph/{}", path.replace("{}", extension));
                let (status, _, other) = ask(&service, get(&path, "image/png")).await;
                assert_eq!((status, other == body), (200, true), "{path}");
            }
        }
        let path = "/api/graph/neighbors.csv?id=org/jim&table=nodes&download=jim";
        let (_, response, body) = ask(&service, get(path, "*/*")).await;
        assert!(body.starts_with("id,type,label_ar,label_en"), "{body}");
        assert!(response.headers()[header::CONTENT_DISPOSITION].to_str().is_ok_and(|it| it.contains("\"jim.csv\"")));
        let (status, _, schema) = ask(&service, get("/api/graph/schema.json", "*/*")).await;
        assert!(status == 200 && schema.contains("https://json-schema.org/draft/2020-12/schema"));
    });
}

fn post(path: &str, media_type: &str, token: Option<&str>, body: &str) -> Request<Body> {
    let mut request = Request::post(path).header(header::CONTENT_TYPE, media_type);
    if let Some(token) = token {
        request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
    }
    request.body(Body::from(body.to_owned())).expect("the request is good")
}

#[test]
fn writing_needs_the_token_and_cannot_assert_a_claim() {
    run(async {
        let service = service(empty(memory()).await);
        let update = |token, text: &str| post("/update", "application/sparql-update", token, text);
        let insert = "INSERT DATA { GRAPH <graph/x> { <event/x> isn:timeText \"noon\" } }";
        assert_eq!(ask(&service, update(None, insert)).await.0, 401);
        assert_eq!(ask(&service, update(Some("wrong"), insert)).await.0, 401);
        assert_eq!(ask(&service, update(Some("secret"), insert)).await.0, 204);
        for (status, words, refused) in [
            (422, "N1", "INSERT DATA { GRAPH <graph/x> { <event/x> isn:killed 1 } }"),
            (422, "N1", "INSERT DATA { <event/x> isn:killed 1 }"),
            (422, "N1", "INSERT { GRAPH <graph/x> { ?s isn:killed 1 } } WHERE { ?s isn:timeText ?o }"),
            (422, "N1", "INSERT { GRAPH <graph/x> { ?s ?p 1 } } WHERE { ?s isn:timeText ?o BIND(isn:killed AS ?p) }"),
            (400, "is kept by the service", "DELETE WHERE { GRAPH <graph/changes> { ?s ?p ?o } }"),
            (400, "is kept by the service", "INSERT DATA { GRAPH <graph/prov> { <graph/x> isn:sha256 \"0\" } }"),
            (400, "LOAD", "LOAD <http://127.0.0.1:9/x>"),
        ] {
            let (found, _, body) = ask(&service, update(Some("secret"), refused)).await;
            assert_eq!(found, status, "{refused}: {body}");
            assert!(body.contains(words), "{refused}: {body}");
        }
        let text = "---\ntitle: A note\ntype: note\n---\nWords.\n";
        let (status, _, body) =
            ask(&service, post("/api/documents?name=note.md", "text/markdown", Some("secret"), text)).await;
        assert!(status == 200 && body.contains("created"), "{body}");
        let bad =
            post("/api/documents?name=note.md", "text/markdown", Some("secret"), "---\ntitle: A\ntype: sonnet\n---\n");
        let (status, _, body) = ask(&service, bad).await;
        assert!(status == 422 && body.contains("sonnet"), "{body}");
    });
}

/// The remote engine against our own service on a port of the system's choice: one setting is all that changes.
#[test]
fn an_archive_can_stand_on_another_service() {
    run(async {
        let behind = engine(empty(memory()).await);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let server = tokio::spawn(serve::run(Arc::clone(&behind), listener, std::future::pending()));
        let options = RemoteOptions { token: Some("secret".to_owned()), ..RemoteOptions::default() };
        let remote: Arc<dyn Engine> = Arc::new(Remote::new(&address, &options).expect("the address is good"));
        let front = service(empty(remote).await);
        let document = "---\nid: doc/note\ntitle: A note on Aleppo\ntype: note\nissued: 2017-02-15\n---\nWords of 15 February 2017.\n";
        for outcome in ["created", "unchanged"] {
            let request = post("/api/documents?name=note.md", "text/markdown", Some("secret"), document);
            let (status, _, body) = ask(&front, request).await;
            assert!(status == 200 && body.contains(outcome), "{body}");
        }
        let update = |text: &str| post("/update", "application/sparql-update", Some("secret"), text);
        for (status, text) in [
            (422, "INSERT DATA { GRAPH <graph/x> { <event/x> isn:killed 1 } }"),
            (422, "INSERT { GRAPH <graph/x> { ?d isn:killed 1 } } WHERE { ?d isn:dateText ?t }"),
            (400, "DELETE WHERE { GRAPH <graph/changes> { ?s ?p ?o } }"),
            (204, "INSERT { <urn:s> <urn:p> ?t } WHERE { ?d isn:dateText ?t }"),
        ] {
            let (found, _, body) = ask(&front, update(text)).await;
            assert_eq!(found, status, "{text}: {body}");
        }
        let log = "/graph/changes";
        assert!(ask(&front, get(log, "application/n-triples")).await.2.contains("graph/default"));
        for service in [&front, &behind] {
            let (status, _, body) = ask(service, get("/doc/note.nt", "*/*")).await;
            assert!(status == 200 && body.contains("A note on Aleppo") && body.contains("2017-02-15"), "{body}");
        }
        server.abort();
    });
}
