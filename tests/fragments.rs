//! `GET /fragments`: pages, counts, controls, and what it refuses.

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use isnad::{ask::fragments::PAGE, serve::Service};
use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{GraphName, Quad},
};

use crate::starter::{ask, get, run, starter};

async fn fragment(service: &std::sync::Arc<Service>, path: &str) -> (Vec<Quad>, Vec<Quad>) {
    let request = Request::get(path).header("accept", "application/n-quads").header("host", "localhost:7878");
    let (status, _, body) = ask(service, request.body(Body::empty()).expect("the request is good")).await;
    assert_eq!(status, 200, "{path}: {body}");
    let quads = RdfParser::from_format(RdfFormat::NQuads).for_slice(body.as_bytes());
    quads.map(|quad| quad.expect("it is N-Quads")).partition(|quad| quad.graph_name == GraphName::DefaultGraph)
}

/// The object of a control.
fn control(controls: &[Quad], term: &str) -> Option<String> {
    let found = controls.iter().find(|quad| quad.predicate.as_str().ends_with(term))?;
    Some(isnad::store::literal_value(&found.object))
}

#[test]
fn the_pages_of_a_pattern_are_its_triples_each_once() {
    let service = starter();
    run(async {
        let pattern = "predicate=http%3A%2F%2Fwww.w3.org%2F2000%2F01%2Frdf-schema%23label";
        let (mut all, mut next, mut pages) = (BTreeSet::new(), Some(format!("/fragments?{pattern}")), 0);
        let mut total = None;
        while let Some(path) = next {
            let (data, controls) = fragment(&service, &path).await;
            let count = control(&controls, "totalItems").and_then(|count| count.parse::<usize>().ok());
            assert!(count.is_some() && (total.is_none() || total == count), "the total is the same on every page");
            total = count;
            let page = format!("http://localhost:7878{path}");
            assert_eq!(control(&controls, "primaryTopic").as_deref(), Some(page.as_str()));
            for quad in data {
                assert!(quad.predicate.as_str().ends_with("rdf-schema#label"));
                assert!(all.insert(quad.to_string()), "{quad} stands on two pages");
            }
            next = control(&controls, "core#next").map(|next| next.replace("http://localhost:7878", ""));
            pages += 1;
        }
        assert!(pages > 2 && total == Some(all.len()), "{pages} pages, {total:?}, {}", all.len());
        let query = "/sparql?format=csv&query=SELECT%20(COUNT(*)%20AS%20%3Fn)%20%7B%3Fs%20rdfs%3Alabel%20%3Fo%7D";
        let (_, _, counted) = ask(&service, get(query, "*/*")).await;
        assert_eq!(counted.lines().nth(1), Some(all.len().to_string().as_str()));
        let beyond = format!("/fragments?{pattern}&page={}", pages + 1);
        assert_eq!(ask(&service, get(&beyond, "*/*")).await.0, 404);
        for page in ["1000000000", "18446744073709551615"] {
            assert_eq!(ask(&service, get(&format!("/fragments?{pattern}&page={page}"), "*/*")).await.0, 404);
        }
    });
}

#[test]
fn literals_and_repeated_variables_are_matched() {
    let service = starter();
    run(async {
        let (data, controls) = fragment(&service, "/fragments?object=%22Human%20Rights%20Watch%22%40en").await;
        assert!(data.iter().any(|quad| quad.subject.to_string().ends_with("/org/hrw>")), "{data:?}");
        assert_eq!(control(&controls, "totalItems"), Some(data.len().to_string()));
        let (data, _) = fragment(&service, "/fragments?subject=%3Fx&object=%3Fx").await;
        assert!(data.iter().all(|quad| quad.subject.to_string() == quad.object.to_string()));
        let (data, controls) = fragment(&service, "/fragments?subject=urn%3Anothing").await;
        assert!(data.is_empty() && control(&controls, "totalItems").as_deref() == Some("0"));
        let (data, controls) = fragment(&service, "/fragments").await;
        assert_eq!(data.len(), usize::try_from(PAGE).expect("it is small"));
        assert!(control(&controls, "hydra/core#template").is_some_and(|template| template.ends_with("object}")));
    });
}

#[test]
fn a_fragment_is_not_sent_again_and_comes_in_every_syntax() {
    let service = starter();
    run(async {
        let path = "/fragments?subject=http%3A%2F%2Flocalhost%3A7878%2Forg%2Fhrw";
        for media_type in ["application/trig", "text/turtle", "application/ld+json", "application/rdf+xml"] {
            let (status, head, body) = ask(&service, get(path, media_type)).await;
            assert_eq!((status, head.headers()["content-type"].to_str().ok()), (200, Some(media_type)));
            assert!(body.contains("totalItems"), "{media_type}");
            let tag = head.headers()["etag"].clone();
            let again = Request::get(path).header("accept", media_type).header("if-none-match", tag);
            assert_eq!(ask(&service, again.body(Body::empty()).expect("the request is good")).await.0, 304);
        }
        assert_eq!(ask(&service, get(path, "image/png")).await.0, 406);
    });
}

#[test]
fn what_is_malformed_is_named() {
    let service = starter();
    run(async {
        for (query, parameter) in [
            ("subject=org/hrw", "subject"),
            ("subject=%22a%22", "subject"),
            ("predicate=_%3Ab", "predicate"),
            ("object=%22open", "object"),
            ("page=0", "page"),
            ("page=two", "page"),
            ("graph=urn%3Ag", "graph"),
            ("subject=&subject=", "subject"),
        ] {
            let (status, _, body) = ask(&service, get(&format!("/fragments?{query}"), "*/*")).await;
            let problem: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
            assert_eq!((status, problem["parameter"].as_str()), (400, Some(parameter)), "{query}: {body}");
        }
    });
}
