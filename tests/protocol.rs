//! The endpoint as programs meet it: conditional requests, downloads, graphs over HTTP, plans, running queries, and
//! questions as calls.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{Request, header},
};
use isnad::serve::Service;
use serde_json::Value;

use crate::starter::{ask, empty, get, memory, run, service, starter};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn send(method: &str, path: &str, media_type: &str, body: &str) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", media_type)
        .header("authorization", "Bearer secret")
        .header("accept", "*/*")
        .body(Body::from(body.to_owned()))
        .expect("the request is good")
}

async fn update(service: &Arc<Service>, text: &str) -> (u16, String) {
    let (status, _, body) = ask(service, send("POST", "/update", "application/sparql-update", text)).await;
    (status, body)
}

const COUNT: &str =
    "/sparql?query=SELECT%20%28COUNT%28%2A%29%20AS%20%3Fn%29%20%7B%20%3Fs%20%3Curn%3Ap%3E%20%3Fo%20%7D&format=csv";

async fn count(service: &Arc<Service>) -> String {
    ask(service, get(COUNT, "*/*")).await.2.replace("\r\n", " ")
}

#[test]
fn an_answer_is_not_sent_again_until_something_changes() {
    run(async {
        let service = service(empty(memory()).await);
        let (_, first, _) = ask(&service, get(COUNT, "*/*")).await;
        let tag = first.headers()[header::ETAG].to_str().expect("it is text").to_owned();
        let again =
            || Request::get(COUNT).header("if-none-match", &tag).body(Body::empty()).expect("the request is good");
        assert_eq!(ask(&service, again()).await.0, 304);
        assert_eq!(update(&service, "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } }").await.0, 204);
        let (status, second, _) = ask(&service, again()).await;
        assert_eq!(status, 200);
        assert_ne!(second.headers()[header::ETAG], tag.as_str());
        let now = get("/sparql?query=SELECT%20%28NOW%28%29%20AS%20%3Fn%29%20%7B%7D", "*/*");
        assert!(!ask(&service, now).await.1.headers().contains_key(header::ETAG), "now is never the same");
    });
}

#[test]
fn a_triple_of_two_graphs_counts_once_and_the_log_does_not_count() {
    run(async {
        let service = service(empty(memory()).await);
        let twice = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 } GRAPH <urn:h> { <urn:s> <urn:p> 1 } }";
        assert_eq!(update(&service, twice).await.0, 204);
        assert_eq!(count(&service).await, "n 1 ");
        assert_eq!(update(&service, "INSERT DATA { <urn:s> <urn:p> 2 }").await.0, 204);
        assert_eq!(count(&service).await, "n 2 ");
        let of_default = ask(&service, get("/graphs?default", "text/turtle")).await.2;
        assert!(of_default.contains("<urn:p> 2") && !of_default.contains("<urn:p> 1"), "{of_default}");
        let log = "SELECT ?kind ?graph { GRAPH <graph/changes> { ?c isn:changeOf ?graph ; isn:changeKind ?kind } }";
        let log = ask(&service, send("POST", "/sparql?format=csv", "application/sparql-query", log)).await.2;
        assert_eq!(log.matches("created").count(), 3, "{log}");
        let all = "/sparql?query=SELECT%20%2A%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D&format=csv";
        assert_eq!(ask(&service, get(all, "*/*")).await.2.lines().count(), 3);
        assert_eq!(update(&service, "DROP ALL").await.0, 204);
        assert_eq!(count(&service).await, "n 0 ");
    });
}

#[test]
fn graphs_come_and_go_over_http() {
    run(async {
        let service = service(empty(memory()).await);
        let turtle = "<urn:s> <urn:p> 1 , 2 .";
        let path = "/graphs?graph=urn:g";
        assert_eq!(ask(&service, send("PUT", path, "text/turtle", turtle)).await.0, 201);
        assert_eq!(ask(&service, send("PUT", path, "text/turtle", turtle)).await.0, 204);
        assert_eq!(
            ask(&service, send("POST", path, "application/n-triples", "<urn:s> <urn:p> <urn:o> .")).await.0,
            204
        );
        let (status, head, body) = ask(&service, get(path, "application/n-triples")).await;
        assert_eq!((status, body.lines().count()), (200, 3), "{body}");
        assert!(head.headers().contains_key(header::ETAG));
        let (status, _, body) = ask(&service, send("PUT", path, "text/turtle", "<urn:s> <urn:p>")).await;
        assert!(status == 400 && body.contains("\"line\":1"), "{body}");
        assert_eq!(ask(&service, send("PUT", path, "text/html", "x")).await.0, 415);
        let (status, made, _) = ask(&service, send("POST", "/graphs", "text/turtle", turtle)).await;
        let location = made.headers()[header::LOCATION].to_str().expect("it is text").to_owned();
        assert_eq!(status, 201);
        assert_eq!(ask(&service, get(&format!("/graphs?graph={location}"), "*/*")).await.0, 200, "{location}");
        let form = "--b\r\ncontent-disposition: form-data; name=\"a\"; filename=\"a.ttl\"\r\n\r\n<urn:a> <urn:p> 1 .\r\n\
                    --b\r\ncontent-disposition: form-data; name=\"b\"; filename=\"b.nt\"\r\n\r\n<urn:b> <urn:p> <urn:c> .\r\n--b--\r\n";
        let (status, _, body) =
            ask(&service, send("POST", "/graphs/x/y", "multipart/form-data; boundary=b", form)).await;
        assert_eq!(status, 201, "{body}");
        assert_eq!(ask(&service, get("/graphs/x/y", "application/n-triples")).await.2.lines().count(), 2);
        let claimed = "<event/x> <http://localhost:7878/ontology#killed> 1 .";
        let (status, _, body) = ask(&service, send("PUT", path, "text/turtle", claimed)).await;
        let problem = json(&body);
        assert_eq!((status, &problem["violations"][0]["shape"]), (422, &Value::from("N1")), "{body}");
        assert!(problem["violations"][0]["message"]["ar"].is_string(), "{body}");
        assert_eq!(ask(&service, send("DELETE", path, "text/turtle", "")).await.0, 204);
        assert_eq!(ask(&service, send("DELETE", path, "text/turtle", "")).await.0, 404);
        assert_eq!(ask(&service, get(path, "*/*")).await.0, 404);
        let anonymous = Request::put(path).header("content-type", "text/turtle").body(Body::from(turtle));
        assert_eq!(ask(&service, anonymous.expect("the request is good")).await.0, 401);
    });
}

#[test]
fn a_query_is_explained_to_programs_and_to_people() {
    let service = starter();
    run(async {
        let query = "/sparql?explain=1&query=SELECT%20%2A%20%7B%20%3Fd%20isn%3Amentions%20%3Ce%3E%20%3B%20isn%3AdocType%20%3Ft%20FILTER%28%3Ft%20%21%3D%20%3Ce%3E%29%20%7D";
        let (status, _, body) = ask(&service, get(query, "application/json")).await;
        let plan = json(&body);
        assert_eq!(status, 200, "{body}");
        assert_eq!(plan["rows"], 0);
        assert_eq!(plan["stopped_by"], Value::Null);
        assert!(plan["plan"]["what"].is_string() && plan["plan"]["children"].is_array(), "{body}");
        assert!(!body.contains("urn:isnad:tick"), "{body}");
        for lang in ["en", "ar"] {
            let (status, head, page) = ask(&service, get(&format!("{query}&lang={lang}"), "text/html")).await;
            assert!(
                status == 200 && page.contains(&format!("lang=\"{lang}\"")) && page.contains("QuadPattern"),
                "{page}"
            );
            assert!(head.headers()[header::CONTENT_TYPE].to_str().is_ok_and(|it| it.starts_with("text/html")));
        }
    });
}

#[test]
fn limits_ids_and_file_names_are_told() {
    let service = starter();
    run(async {
        let (_, head, _) = ask(&service, get("/sparql?query=ASK%20%7B%7D&timeout=2&download=yes", "*/*")).await;
        let told = |name: &str| head.headers()[name].to_str().expect("it is text").to_owned();
        assert_eq!(told("x-query-deadline"), "2");
        assert_eq!(told("x-query-id").len(), 32);
        assert!(told("x-query-max-rows").parse::<u64>().is_ok() && told("x-query-max-memory").parse::<u64>().is_ok());
        assert!(told("server-timing").starts_with("query;dur="));
        assert!(told("content-disposition").contains("yes.srj"));
        let running = json(&ask(&service, get("/api/queries/running", "*/*")).await.2);
        assert!(running["running"].is_array());
        let (status, _, body) = ask(&service, send("DELETE", "/api/queries/running/0", "text/plain", "")).await;
        assert!(status == 404 && body.contains("x-query-id"), "{body}");
    });
}

#[test]
fn the_service_describes_itself() {
    let service = starter();
    run(async {
        let (status, _, body) = ask(&service, get("/sparql", "text/turtle")).await;
        assert!(status == 200 && body.contains("sd:UnionDefaultGraph") && body.contains("/update>"), "{body}");
        let document = json(&ask(&service, get("/openapi.json", "*/*")).await.2);
        let questions = document["paths"].as_object().expect("there are paths").keys();
        let questions = questions.filter(|path| path.starts_with("/api/queries/q")).count();
        assert!(questions >= 30, "{questions}");
    });
}

#[test]
fn a_question_is_stored_asked_by_pages_and_forgotten() {
    run(async {
        let service = service(empty(memory()).await);
        let data = "INSERT DATA { GRAPH <urn:g> { <urn:s> <urn:p> 1 , 2 , 3 } }";
        assert_eq!(update(&service, data).await.0, 204);
        let text = "# en: Numbers\n# about-en: All from one on\nSELECT ?o {\n  VALUES ?least { 1 } # parameter: least\n  <urn:s> <urn:p> ?o FILTER(?o >= ?least)\n} ORDER BY ?o";
        let path = "/api/queries/numbers";
        assert_eq!(ask(&service, send("PUT", path, "application/sparql-query", text)).await.0, 204);
        let csv = |path: &str| get(&format!("{path}&format=csv"), "*/*");
        assert_eq!(ask(&service, csv(&format!("{path}?least=2"))).await.2, "o\r\n2\r\n3\r\n");
        let (_, head, body) = ask(&service, csv(&format!("{path}?limit=1&offset=1"))).await;
        assert_eq!(body, "o\r\n2\r\n");
        assert!(head.headers()[header::LINK].to_str().is_ok_and(|link| link.contains("offset=2")));
        assert_eq!(ask(&service, csv(&format!("{path}?least=x"))).await.0, 400);
        let listed = ask(&service, get("/api/queries", "*/*")).await.2;
        assert!(listed.contains("\"numbers\""), "{listed}");
        for (slug, status) in [("q01-who", 204), ("Q", 400), ("running", 405)] {
            let request = send("PUT", &format!("/api/queries/{slug}"), "application/sparql-query", "ASK {}");
            assert_eq!(ask(&service, request).await.0, status, "{slug}");
        }
        let wrong = send("PUT", path, "application/sparql-query", "SELECT");
        assert_eq!(ask(&service, wrong).await.0, 400);
        assert_eq!(ask(&service, send("DELETE", path, "text/plain", "")).await.0, 204);
        assert_eq!(ask(&service, csv(&format!("{path}?"))).await.0, 404);
    });
}
