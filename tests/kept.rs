//! Answers that are kept: the same is given as would be made anew, whatever is changed; and what became of what is gone.

use std::sync::Arc;

use axum::{
    body::Body,
    http::{HeaderMap, Method, Request, Response, header},
};
use isnad::{
    add::{Plan, Settings},
    rdf::GraphFormat,
    serve::Service,
};
use oxigraph::{io::RdfParser, model::Quad};

use crate::starter::{ask, empty, engine, get, memory, run, service, starter};

async fn update(service: &Arc<Service>, text: &str) {
    let request = Request::post("/update")
        .header(header::AUTHORIZATION, "Bearer secret")
        .header(header::CONTENT_TYPE, "application/sparql-update")
        .body(Body::from(format!(
            "BASE <http://localhost:7878/> PREFIX dct: <http://purl.org/dc/terms/> PREFIX isn: <ontology#> \
             PREFIX prov: <http://www.w3.org/ns/prov#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> {text}"
        )))
        .expect("the request is good");
    let (status, _, body) = ask(service, request).await;
    assert_eq!(status, 204, "{text}: {body}");
}

/// A request with one more header.
fn with(path: &str, accept: &str, name: header::HeaderName, value: &str) -> Request<Body> {
    let mut request = get(path, accept);
    request.headers_mut().insert(name, value.parse().expect("it is a value"));
    request
}

fn tag(head: &Response<()>) -> String {
    head.headers()[header::ETAG].to_str().expect("it is text").to_owned()
}

#[test]
fn every_form_of_everything_is_known_by_a_strong_tag() {
    let service = starter();
    run(async {
        let things = [
            "/doc/jim-1",
            "/org/hrw",
            "/person/nasr-al-hariri",
            "/place/SY02",
            "/event/ghouta-2013-08-21",
            "/claim/sc-2",
        ];
        let forms = [
            "text/html",
            "text/turtle",
            "application/ld+json",
            "application/trig",
            "application/n-triples",
            "application/n-quads",
            "application/rdf+xml",
            "application/x-bibtex",
        ];
        let mut found = 0;
        for (path, accept) in things.iter().flat_map(|path| forms.map(|form| (*path, form))) {
            let (status, head, body) = ask(&service, get(path, accept)).await;
            if status == 404 {
                continue;
            }
            found += 1;
            let strong = tag(&head);
            assert!(strong.starts_with('"') && strong.len() > 20, "{strong}");
            assert!(
                ["Accept", "Accept-Language", "Accept-Profile"]
                    .iter()
                    .all(|it| head.headers()[header::VARY].to_str().is_ok_and(|vary| vary.contains(it)))
            );
            let packed = format!("\"{}-gzip\"", strong.trim_matches('"'));
            for known in [strong.clone(), format!("\"x\", {strong}"), packed, "*".to_owned()] {
                let (status, again, body) = ask(&service, with(path, accept, header::IF_NONE_MATCH, &known)).await;
                assert_eq!((status, body.as_str()), (304, ""), "{path} {known}");
                assert!(again.headers().contains_key(header::VARY));
                assert!(known.contains(&tag(&again)) || known == "*", "{known}");
            }
            let (status, ..) = ask(&service, with(path, accept, header::IF_NONE_MATCH, "\"other\"")).await;
            assert_eq!(status, 200, "{path}");
            let mut request = get(path, accept);
            *request.method_mut() = Method::HEAD;
            let (status, headed, nothing) = ask(&service, request).await;
            assert_eq!((status, nothing.as_str(), tag(&headed)), (200, "", strong), "{path}");
            let length = headed.headers().get(header::CONTENT_LENGTH).and_then(|it| it.to_str().ok()?.parse().ok());
            assert!(length.is_none_or(|length: usize| length == body.len()), "{path}");
        }
        assert!(found >= 40, "{found}");
        for path in ["/ontology", "/vocab/stance", "/vocab/stance/affirms"] {
            let (_, head, _) = ask(&service, get(path, "text/html")).await;
            let (status, ..) = ask(&service, with(path, "text/html", header::IF_NONE_MATCH, &tag(&head))).await;
            assert_eq!(status, 304, "{path}");
        }
    });
}

#[test]
fn what_was_compressed_on_the_way_has_a_tag_of_its_own() {
    let service = starter();
    run(async {
        let request = with("/doc/jim-1", "text/turtle", header::ACCEPT_ENCODING, "gzip");
        let response = tower::ServiceExt::oneshot(isnad::serve::router(Arc::clone(&service)), request).await;
        let response = response.expect("a router cannot fail");
        assert_eq!(response.headers()[header::CONTENT_ENCODING], "gzip");
        let packed = response.headers()[header::ETAG].to_str().expect("it is text").to_owned();
        let (_, head, _) = ask(&service, get("/doc/jim-1", "text/turtle")).await;
        assert_eq!(packed, format!("\"{}-gzip\"", tag(&head).trim_matches('"')));
        let (status, again, _) = ask(&service, with("/doc/jim-1", "text/turtle", header::IF_NONE_MATCH, &packed)).await;
        assert_eq!((status, tag(&again)), (304, packed));
    });
}

/// When it was last touched, once the second is over in which that was.
async fn modified(service: &Arc<Service>, path: &str) -> String {
    loop {
        let (status, head, body) = ask(service, get(path, "text/turtle")).await;
        assert_eq!(status, 200, "{body}");
        if let Some(date) = head.headers().get(header::LAST_MODIFIED) {
            return date.to_str().expect("it is text").to_owned();
        }
        tokio::task::yield_now().await;
    }
}

#[test]
fn a_date_stands_for_one_answer_and_only_moves_with_what_is_touched() {
    run(async {
        let service = service(empty(memory()).await);
        let insert = |id: &str, words: &str| {
            format!("INSERT DATA {{ GRAPH <graph/mine/{id}> {{ <org/{id}> rdfs:label \"{words}\"@en }} }}")
        };
        for id in ["a", "b"] {
            update(&service, &insert(id, "first")).await;
        }
        let [a, b] = [modified(&service, "/org/a").await, modified(&service, "/org/b").await];
        for (path, date) in [("/org/a", &a), ("/org/b", &b)] {
            let (status, head, body) = ask(&service, with(path, "text/turtle", header::IF_MODIFIED_SINCE, date)).await;
            assert_eq!((status, body.as_str()), (304, ""), "{path}");
            assert!(head.headers().contains_key(header::ETAG));
        }
        let (status, ..) =
            ask(&service, with("/org/a", "text/turtle", header::IF_MODIFIED_SINCE, "Mon, 01 Jan 2001 00:00:00 GMT"))
                .await;
        assert_eq!(status, 200);
        // A tag that does not match wins over a date that would.
        let mut both = with("/org/a", "text/turtle", header::IF_MODIFIED_SINCE, &a);
        both.headers_mut().insert(header::IF_NONE_MATCH, "\"other\"".parse().expect("it is a value"));
        assert_eq!(ask(&service, both).await.0, 200);
        // Many changes in one second: none of them hides behind the date of another.
        for round in 0..5 {
            update(&service, &insert("a", &format!("round {round}"))).await;
            let (status, _, body) = ask(&service, with("/org/a", "text/turtle", header::IF_MODIFIED_SINCE, &a)).await;
            assert!(status == 200 && body.contains(&format!("round {round}")), "{status} {body}");
        }
        assert_ne!(modified(&service, "/org/a").await, a);
        assert_eq!(modified(&service, "/org/b").await, b);
    });
}

/// What is changed in the test below, one after the other: what is said, what points, what things are called.
const CHANGES: [&str; 12] = [
    "INSERT DATA { GRAPH <graph/doc/jim-1> { <doc/jim-1> rdfs:seeAlso <org/hrw> } }",
    "INSERT DATA { GRAPH <graph/mine/x> { <doc/y> dct:references <event/ghouta-2013-08-21> ; rdfs:label \"Y\"@en } }",
    "DELETE { GRAPH ?g { <org/hrw> rdfs:label ?l } } INSERT { GRAPH ?g { <org/hrw> rdfs:label \"Watch\"@en } } \
     WHERE { GRAPH ?g { <org/hrw> rdfs:label ?l FILTER(LANG(?l) = \"en\") } }",
    "DELETE DATA { GRAPH <graph/doc/jim-1> { <doc/jim-1> rdfs:seeAlso <org/hrw> } }",
    "INSERT DATA { GRAPH <graph/mine/x> { <doc/y> dct:references <org/jim> } }",
    "DROP GRAPH <graph/mine/x>",
    "INSERT DATA { GRAPH <graph/mine/x> { <claim/sc-2> rdfs:seeAlso <doc/jim-1> } }",
    "DELETE { GRAPH ?g { <place/SY02> rdfs:label ?l } } INSERT { GRAPH ?g { <place/SY02> rdfs:label \"Halab\"@en } } \
     WHERE { GRAPH ?g { <place/SY02> rdfs:label ?l FILTER(LANG(?l) = \"en\") } }",
    "DROP GRAPH <graph/doc/jim-4>",
    "INSERT DATA { GRAPH <graph/mine/x> { <org/jim> rdfs:label \"JIM again\"@en } }",
    "CLEAR GRAPH <graph/mine/x>",
    "INSERT DATA { GRAPH <graph/doc/jim-3> { <doc/jim-3> rdfs:seeAlso <doc/jim-4> } }",
];

/// What is asked for after each of them.
const ASKED: [(&str, &str); 14] = [
    ("/doc/jim-1", "text/html"),
    ("/doc/jim-1", "text/turtle"),
    ("/doc/jim-3?lang=ar", "text/html"),
    ("/doc/jim-1.bib", "*/*"),
    ("/doc/sc-2017-02-15-hrw-aleppo", "text/html"),
    ("/doc/sc-2017-02-15-hrw-aleppo?profile=schema", "*/*"),
    ("/org/hrw", "text/html"),
    ("/org/jim", "text/turtle"),
    ("/event/ghouta-2013-08-21", "text/html"),
    ("/event/ghouta-2013-08-21", "application/ld+json"),
    ("/claim/sc-2", "text/html"),
    ("/claim/sc-2?profile=nanopub", "*/*"),
    ("/place/aleppo", "text/html"),
    ("/doc/jim-4", "text/turtle"),
];

#[test]
fn what_is_kept_is_what_would_be_made_anew() {
    run(async {
        let triples = memory();
        let archive = empty(Arc::clone(&triples)).await;
        archive.add_ontology().await.expect("the ontology can be added");
        archive.add(&Plan::starter(), &Settings::new(&archive, 1 << 20), &|_| ()).await.expect("it can be added");
        let keeping = service(archive);
        let mut tags: Vec<Option<String>> = vec![None; ASKED.len()];
        let (mut known, mut changed) = (0, 0);
        for change in std::iter::once(None).chain(CHANGES.map(Some)) {
            if let Some(change) = change {
                update(&keeping, change).await;
            }
            // Who serves as an engine keeps nothing, and who begins anew knows nothing of before.
            let anew = engine(empty(Arc::clone(&triples)).await);
            // What stands around a thing is told from views, which may be a moment behind.
            for service in [&keeping, &anew] {
                service.archive.views.columns().await.expect("the views follow");
            }
            for ((path, accept), before) in ASKED.iter().zip(&mut tags) {
                let (fresh, head, expected) = ask(&anew, get(path, accept)).await;
                let now = head.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok()).map(ToOwned::to_owned);
                if let Some(before) = before.as_ref() {
                    let (status, ..) = ask(&keeping, with(path, accept, header::IF_NONE_MATCH, before)).await;
                    let expected = if now.as_ref() == Some(before) { 304 } else { fresh };
                    assert_eq!(status, expected, "{path} as {accept} after {change:?}");
                    if status == 304 { known += 1 } else { changed += 1 }
                }
                for _ in 0..2 {
                    let (status, _, body) = ask(&keeping, get(path, accept)).await;
                    assert_eq!((status, body == expected), (fresh, true), "{path} as {accept} after {change:?}");
                }
                *before = now;
            }
        }
        assert!(known > 60 && changed > 20, "{known} known, {changed} changed");
    });
}

/// What a response says of a page: its number of links, and the pages before and after.
fn pages(headers: &HeaderMap) -> (Option<&str>, bool, bool) {
    let link = headers[header::LINK].to_str().unwrap_or_default();
    let total = headers.get("x-total-count").and_then(|total| total.to_str().ok());
    (total, link.contains("rel=\"prev\""), link.contains("rel=\"next\""))
}

#[test]
fn links_that_lead_to_a_thing_come_in_pages_that_end() {
    run(async {
        let service = service(empty(memory()).await);
        let links: Vec<String> =
            (0..450).map(|number| format!("<doc/y{number}> dct:references <org/hub> . ")).collect();
        let links = links.concat();
        update(
            &service,
            &format!("INSERT DATA {{ GRAPH <graph/mine/x> {{ {links} <org/hub> rdfs:label \"Hub\"@en }} }}"),
        )
        .await;
        let mut seen: Vec<String> = Vec::new();
        for (page, before, after) in [(1, false, true), (2, true, true), (3, true, false)] {
            for format in [GraphFormat::Turtle, GraphFormat::JsonLd] {
                let (status, head, body) =
                    ask(&service, get(&format!("/org/hub?page={page}"), format.media_type())).await;
                assert_eq!(status, 200, "{body}");
                assert_eq!(pages(head.headers()), (Some("450"), before, after), "page {page}");
                let quads: Vec<Quad> = RdfParser::from_format(format.to_rdf_format())
                    .for_slice(&body)
                    .map(|quad| quad.expect("it parses"))
                    .collect();
                let pointing = quads.iter().filter(|quad| quad.predicate.as_str().ends_with("/references"));
                if format == GraphFormat::Turtle {
                    seen.extend(pointing.map(|quad| quad.subject.to_string()));
                }
                assert_eq!(
                    quads.iter().filter(|quad| quad.predicate.as_str().ends_with("core#next")).count(),
                    usize::from(after)
                );
                assert!(body.contains("450"), "{body}");
                assert_eq!(body.contains("Hub"), page == 1, "what is said of it stands on the first page");
            }
            for (lang, words) in
                [("en", "Links that lead here"), ("ar", "\u{627}\u{644}\u{631}\u{648}\u{627}\u{628}\u{637}")]
            {
                let (_, _, html) = ask(&service, get(&format!("/org/hub?lang={lang}&page={page}"), "text/html")).await;
                assert!(html.contains(words) && html.contains(">450<"), "{html}");
                assert_eq!((html.contains("rel=\"prev\""), html.contains("rel=\"next\"")), (before, after), "{html}");
                assert!(html.matches("/doc/y").count() >= 50, "{html}");
            }
        }
        assert_eq!(seen.len(), 450);
        seen.sort();
        seen.dedup();
        assert_eq!(seen.len(), 450, "no link stands on two pages");
        for (page, status, words) in [
            ("4", 404, "the last is 3"),
            ("1000000000", 404, "the last is 3"),
            ("18446744073709551615", 404, "the last is 3"),
            ("0", 400, "from 1"),
            ("-1", 400, "from 1"),
            ("x", 400, "from 1"),
            ("1&page=2", 400, "twice"),
        ] {
            let (found, head, body) = ask(&service, get(&format!("/org/hub?page={page}"), "text/turtle")).await;
            assert_eq!(found, status, "{page}: {body}");
            assert_eq!(head.headers()[header::CONTENT_TYPE], "application/problem+json");
            assert!(body.contains(words) && body.contains("\"parameter\":\"page\""), "{body}");
        }
    });
}

#[test]
fn what_was_merged_leads_on_and_what_was_withdrawn_has_a_tombstone() {
    run(async {
        let service = service(empty(memory()).await);
        update(&service, "INSERT DATA { GRAPH <graph/mine/x> { <org/new> rdfs:label \"New\"@en . <org/old> dct:isReplacedBy <org/new> . \
             <org/gone> prov:invalidatedAtTime \"2026-11-24T10:00:00Z\" ; rdfs:label \"Gone Watch\"@en , \"\u{631}\u{627}\u{62d}\u{644}\"@ar ; \
             isn:reason \"It never was.\"@en . <doc/kept> a isn:Record ; dct:isReplacedBy <doc/other> } }").await;
        for (path, location) in [
            ("/org/old", "/org/new"),
            ("/org/old.ttl", "/org/new.ttl"),
            ("/org/old.csl.json?lang=ar", "/org/new.csl.json?lang=ar"),
            ("/org/old?lang=ar&page=1", "/org/new?lang=ar&page=1"),
        ] {
            let (status, head, _) = ask(&service, get(path, "*/*")).await;
            assert_eq!((status, head.headers()[header::LOCATION].to_str().ok()), (301, Some(location)), "{path}");
        }
        let (status, ..) = ask(&service, get("/doc/kept", "text/turtle")).await;
        assert_eq!(status, 200, "what is still described is shown");
        for (lang, words) in [
            ("en", ["Gone Watch", "has been withdrawn", "It never was."]),
            ("ar", ["\u{631}\u{627}\u{62d}\u{644}", "\u{633}\u{64f}\u{62d}\u{628}", "It never was."]),
        ] {
            let (status, _, page) = ask(&service, get(&format!("/org/gone?lang={lang}"), "text/html")).await;
            assert!(status == 410 && words.iter().all(|words| page.contains(words)), "{status} {page}");
            assert!(page.contains("2026-11-24 10:00 UTC"), "{page}");
        }
        let (status, _, data) = ask(&service, get("/org/gone", "text/turtle")).await;
        assert!(status == 410 && data.contains("prov:invalidatedAtTime") && data.contains("Gone Watch"), "{data}");
        let (status, ..) = ask(&service, get("/org/gone.bib", "*/*")).await;
        assert_eq!(status, 410);
    });
}

#[test]
fn a_document_that_was_withdrawn_is_told_from_the_log() {
    run(async {
        let service = service(empty(memory()).await);
        update(&service, "INSERT DATA { GRAPH <graph/doc/x> { <doc/x> dct:title \"Title\"@en } }").await;
        assert_eq!(ask(&service, get("/doc/x", "text/turtle")).await.0, 200);
        update(&service, "DROP GRAPH <graph/doc/x>").await;
        let (status, head, data) = ask(&service, get("/doc/x", "text/turtle")).await;
        assert!(status == 410 && data.contains("prov:wasInvalidatedBy"), "{status} {data}");
        let link = head.headers()[header::LINK].to_str().expect("it is text").to_owned();
        let history = link.split_once('<').and_then(|(_, rest)| rest.split_once('>')).expect("it has a link").0;
        let (status, _, log) = ask(&service, get(history, "text/csv")).await;
        assert!(status == 200 && log.contains("change-kind/withdrawn") && log.contains("change-kind/created"), "{log}");
        let (status, _, page) = ask(&service, get("/doc/x?lang=ar", "text/html")).await;
        assert!(status == 410 && page.contains("dir=\"rtl\"") && page.contains("/sparql?lang=ar&#38;query="), "{page}");
        assert_eq!(ask(&service, get("/doc/never", "text/turtle")).await.0, 404);
        update(&service, "INSERT DATA { GRAPH <graph/doc/x> { <doc/x> dct:title \"Again\"@en } }").await;
        assert_eq!(ask(&service, get("/doc/x", "text/turtle")).await.0, 200);
    });
}
