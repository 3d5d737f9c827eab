//! What a query answers, looked at in other ways than as a table, and queries with short addresses.

use axum::{body::Body, http::Request};
use serde_json::Value;

use crate::{
    find::encoded,
    starter::{ask, empty, get, memory, run, service, serving, starter},
};

const INCIDENTS: &str = "SELECT ?event ?place ?day (COUNT(DISTINCT ?claim) AS ?claims) { ?claim isn:aboutEvent ?event . \
     ?event isn:reportedAt ?place ; isn:earliest ?day } GROUP BY ?event ?place ?day ORDER BY DESC(?claims) ?event";

fn send(path: &str, media_type: &str, body: &str) -> Request<Body> {
    let request = Request::post(path).header("content-type", media_type).header("accept", "*/*");
    request.body(Body::from(body.to_owned())).expect("the request is good")
}

fn link(query: &str) -> Request<Body> {
    send("/api/links", "application/sparql-query", query)
}

/// The number of rows of the table under what is drawn.
fn rows(page: &str) -> usize {
    let table = page.split_once("<table class=\"answer\">").map_or("", |(_, rest)| rest);
    table.split_once("</table>").map_or(table, |(table, _)| table).matches("<tr>").count().saturating_sub(1)
}

#[test]
fn an_answer_is_drawn_as_the_address_or_the_query_says() {
    let service = starter();
    run(async {
        for lang in ["en", "ar"] {
            for (view, sign) in [
                ("table", "<table class=\"answer\">"),
                ("bar", "<svg class=\"measure s0\""),
                ("line", "<g class=\"series s0\"><path d=\"M"),
                ("map", "<circle class=\"spot\""),
                ("timeline", "class=\"bars\" data-module=\"timeline\""),
                ("graph", "data-module=\"graph\""),
            ] {
                let path = format!("/sparql?lang={lang}&query={}&view={view}", encoded(INCIDENTS));
                let (status, _, page) = ask(&service, get(&path, "text/html")).await;
                assert!(status == 200 && page.contains(sign), "{view} {lang}: {page}");
                assert!(rows(&page) > 3, "the table says the same");
                let remembered = encoded(&format!("# view: {view}\n{INCIDENTS}"));
                let path = format!("/sparql?lang={lang}&query={remembered}");
                let (status, _, page) = ask(&service, get(&path, "text/html")).await;
                assert!(status == 200 && page.contains(sign), "the query remembers {view}");
                assert!(!page.contains(" style=\""), "the policy lets no style stand in an element");
            }
        }
    });
}

#[test]
fn what_cannot_be_drawn_is_a_table_that_says_why() {
    let service = starter();
    run(async {
        let query = encoded("SELECT ?word { VALUES ?word { \"one\" \"two\" } }");
        let (status, _, page) = ask(&service, get(&format!("/sparql?query={query}&view=map"), "text/html")).await;
        assert!(status == 200 && page.contains("A map needs a column") && rows(&page) == 2, "{page}");
        assert!(!page.contains("data-view=\"map\"") && page.contains("data-view=\"table\""));
        for (parameter, value) in [("view", "pie"), ("since", "lately"), ("within", "1,2")] {
            let path = format!("/sparql?query={query}&{parameter}={value}");
            let (status, _, problem) = ask(&service, get(&path, "text/html")).await;
            assert!(status == 400 && problem.contains(parameter), "{parameter}: {status} {problem}");
        }
    });
}

#[test]
fn a_time_and_an_area_leave_the_rows_that_lie_in_them() {
    let service = starter();
    run(async {
        let page = |more: &'static str| {
            let path = format!("/sparql?lang=en&query={}&view=map{more}", encoded(INCIDENTS));
            let service = &service;
            async move { ask(service, get(&path, "text/html")).await.2 }
        };
        let all = rows(&page("").await);
        let (early, late) = (rows(&page("&until=2014").await), rows(&page("&since=2015").await));
        assert!(early > 0 && late > 0 && early + late >= all && early < all && late < all, "{all} {early} {late}");
        let aleppo = page("&within=36.9,36,37.4,36.4").await;
        assert!(rows(&aleppo) > 0 && rows(&aleppo) < all);
        assert_eq!(rows(&page("&within=0,0,1,1").await), 0);
        // Of what is drawn, each leaves out what the other chooses.
        let spots = |page: &str| {
            page.split_once("data-spots=\"").map_or(0, |(_, rest)| {
                rest.split_once('"').map_or(rest, |(spots, _)| spots).matches("&#34;at&#34;").count()
            })
        };
        assert!(spots(&aleppo) > rows(&aleppo), "the map shows what else there is");
        assert!(spots(&page("&until=2014").await) < spots(&aleppo));
    });
}

#[test]
fn numbers_that_are_no_coordinates_and_hostile_words_are_drawn_harmlessly() {
    let service = starter();
    run(async {
        let query = "SELECT ?name ?lat ?long ?n { VALUES (?name ?lat ?long ?n) { \
             (\"<script>alert(1)</script>\\\" onload=x \\u202E\" 36.2 37.1 -3) (\"far\" 900 37.1 1e300) (\"none\" UNDEF 1 2) } }";
        for view in ["bar", "line", "map"] {
            let path = format!("/sparql?query={}&view={view}", encoded(query));
            let (status, _, page) = ask(&service, get(&path, "text/html")).await;
            assert!(status == 200 && !page.contains("<script>alert") && !page.contains("NaN"), "{view}: {page}");
        }
    });
}

#[test]
fn triples_are_to_be_had_in_the_syntaxes_of_triples() {
    let service = starter();
    run(async {
        let query = encoded("CONSTRUCT { ?a isn:reportedAt ?b } { ?a isn:reportedAt ?b } LIMIT 5");
        let (status, _, page) = ask(&service, get(&format!("/sparql?query={query}&view=graph"), "text/html")).await;
        assert!(status == 200 && page.contains("&#38;format=ttl") && !page.contains("&#38;format=csv"), "{page}");
        assert!(page.contains("data-module=\"graph\"") && page.contains("text/turtle"));
        let (status, _, data) = ask(&service, get(&format!("/sparql?query={query}&format=ttl"), "*/*")).await;
        assert!(status == 200 && data.contains("reportedAt"));
    });
}

#[test]
fn a_query_has_one_short_address_which_answers_as_the_long_one() {
    run(async {
        let service = service(empty(memory()).await);
        let (status, head, answer) = ask(&service, link("ASK { ?a ?b ?c }")).await;
        let answer: Value = serde_json::from_str(&answer).expect("it is JSON");
        let href = answer["href"].as_str().expect("there is an address").to_owned();
        assert!(status == 201 && href.starts_with("/q/") && href.len() == 13, "{status} {answer}");
        assert!(head.headers()["location"].to_str().is_ok_and(|location| location.ends_with(&href)));
        let (again, _, same) = ask(&service, link("ASK { ?a ?b ?c }")).await;
        assert_eq!((again, serde_json::from_str::<Value>(&same).ok()), (200, Some(answer)));
        let (status, _, data) = ask(&service, get(&href, "application/sparql-results+json")).await;
        assert!(status == 200 && data.contains("\"boolean\""), "{data}");
        let (status, head, page) = ask(&service, get(&format!("{href}?lang=ar&view=table"), "text/html")).await;
        assert!(status == 200 && page.contains("ASK { ?a ?b ?c }") && page.contains(&href), "{page}");
        assert!(head.headers()["content-type"].to_str().is_ok_and(|it| it.starts_with("text/html")));
        // The form of the page leads there.
        let form = "query=ASK+%7B+%3Fa+%3Fb+%3Fc+%7D&lang=ar";
        let (status, head, _) = ask(&service, send("/q", "application/x-www-form-urlencoded", form)).await;
        assert_eq!((status, head.headers()["location"].to_str().ok()), (303, Some(&*format!("{href}?lang=ar"))));
        // It is no part of the archive.
        let count = encoded("SELECT ?s { ?s isn:queryText ?o }");
        let (_, _, found) = ask(&service, get(&format!("/sparql?query={count}&format=csv"), "*/*")).await;
        assert_eq!(found.trim(), "s");
    });
}

#[test]
fn a_short_address_is_for_what_can_be_asked_and_not_too_much_of_it() {
    run(async {
        let service = service(empty(memory()).await);
        let long = format!("ASK {{}} # {}", "x".repeat(17_000));
        for (request, status) in [
            (link("ASK {"), 400),
            (link(""), 400),
            (link("DROP ALL"), 400),
            (link(&long), 413),
            (send("/api/links", "application/json", "{}"), 415),
            (get("/q/0123456789", "*/*"), 404),
            (get("/q/..%2F..", "*/*"), 404),
            (get("/q/zz", "*/*"), 404),
        ] {
            let path = request.uri().to_string();
            let (given, _, problem) = ask(&service, request).await;
            assert_eq!(given, status, "{path}: {problem}");
        }
        // Who makes many at once waits; one that is there already is found whenever it is asked for.
        let mut last = 201;
        for number in 0..8 {
            last = ask(&service, link(&format!("ASK {{ ?a ?b {number} }}"))).await.0;
        }
        assert_eq!(last, 429);
        assert_eq!(ask(&service, link("ASK { ?a ?b 0 }")).await.0, 200);
        let closed = serving(empty(memory()).await, |service| service.config.read_only = true);
        assert_eq!(ask(&closed, link("ASK {}")).await.0, 403);
    });
}

#[test]
fn short_addresses_outlive_the_service() {
    run(async {
        let kept = memory();
        let mut first = empty(memory()).await;
        first.keep_private(kept.clone()).await.expect("it can be kept");
        let (_, _, answer) = ask(&service(first), link("ASK { ?a ?b ?c }")).await;
        let answer: Value = serde_json::from_str(&answer).expect("it is JSON");
        let mut second = empty(memory()).await;
        second.keep_private(kept).await.expect("it can be kept");
        let href = answer["href"].as_str().expect("there is an address");
        assert_eq!(ask(&service(second), get(href, "application/sparql-results+json")).await.0, 200);
    });
}

#[test]
fn the_lines_of_the_map_are_a_file_of_ours() {
    let service = starter();
    run(async {
        let (_, _, page) = ask(&service, get("/search?q=chlorine", "text/html")).await;
        let (_, rest) = page.split_once("data-lines=\"").expect("the map names its lines");
        let path = rest.split('"').next().unwrap_or_default();
        let (status, head, lines) = ask(&service, get(path, "*/*")).await;
        assert_eq!((status, head.headers()["content-type"].to_str().ok()), (200, Some("application/json")));
        assert!(serde_json::from_str::<Vec<Vec<i32>>>(&lines).is_ok_and(|lines| lines.len() > 100));
    });
}
