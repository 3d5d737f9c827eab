//! As it stood: a document, an entity and a query are answered from the log as they were at each change.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use isnad::{
    add::{Archive, Change, File, Plan, Settings},
    ask,
    serve::Service,
    store::Dataset,
};
use serde_json::Value;

use crate::starter::{BASE, ask as request, empty, get, memory, run, service};

async fn add(archive: &Archive, name: &str, text: &str) {
    let plan = Plan::of(vec![File::bytes(name.to_owned(), text.as_bytes().to_vec())]);
    let report = archive.add(&plan, &Settings::new(archive, 1 << 24), &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    archive.relink().await.expect("it is linked");
}

async fn update(archive: &Archive, text: &str) {
    let text = ask::sparql::with_prefixes(&archive.store, text);
    let update = ask::sparql::parse_change(&archive.store, &text).expect("it parses");
    let change = Change { update, dataset: Dataset::default(), deadline: Duration::from_secs(60), is_reviewed: true };
    archive.change(change).await.expect("it is carried out");
}

fn note(words: &str) -> String {
    format!(
        "---\nid: doc/note-1\ntitle: {{en: A note}}\ntype: report\nissued: 2020-01-01\nissuer: [org/alpha]\nlanguage: [en]\n---\n\
         ::: en\n{words}\n"
    )
}

/// What stands in the graphs whose history is kept whole, as sorted lines.
async fn lines(store: &isnad::store::Store) -> Vec<String> {
    let text = store.dump(isnad::rdf::GraphFormat::NQuads).await.expect("it is dumped");
    let text = String::from_utf8(text).expect("it is UTF-8");
    let own = ["changes", "history", "prov"].map(|name| format!("<{BASE}graph/{name}> ."));
    // Blank nodes have other names in each reading.
    let lines = text.lines().filter(|line| !own.iter().any(|own| line.ends_with(own)) && !line.contains("_:"));
    let mut lines: Vec<String> = lines.map(ToOwned::to_owned).collect();
    lines.sort();
    lines
}

/// The digests that the provenance has.
async fn digests(store: &isnad::store::Store) -> BTreeMap<String, String> {
    let query = format!("SELECT ?g ?d {{ GRAPH <{BASE}graph/prov> {{ ?g <{BASE}ontology#sha256> ?d }} }}");
    let rows = store.select(&query).await.expect("it is answered");
    rows.iter().filter_map(|row| Some((row.iri("g")?.to_owned(), row.text("d")?))).collect()
}

/// An archive that changes in every way there is, with what stood after each step.
async fn story() -> (Arc<Service>, Vec<(String, Vec<String>, BTreeMap<String, String>)>) {
    let service = service(empty(memory()).await);
    let archive = &service.archive;
    archive.add_ontology().await.expect("the ontology can be added");
    let mut steps = Vec::new();
    for step in 0..9 {
        match step {
            0 => add(archive, "organizations.csv", "id,label_en,alt_en\norg/alpha,Alpha Watch,AW\norg/beta,Beta Group,\n").await,
            1 => add(archive, "note-1.md", &note("Alpha Watch met the Beta Group.")).await,
            2 => add(archive, "note-1.md", &note("The Beta Group left.")).await,
            3 => add(archive, "organizations.csv", "id,label_en,alt_en\norg/alpha,Alpha Watch,AW\norg/beta,Beta Union,Beta Group\n").await,
            4 => update(archive, "INSERT DATA { GRAPH <urn:own> { <urn:s> <urn:p> 1.50 , [ <urn:q> 2 ] } }").await,
            5 => update(archive, "DELETE DATA { GRAPH <urn:own> { <urn:s> <urn:p> 1.5 } } ; INSERT DATA { GRAPH <urn:own> { <urn:s> <urn:p> 03 } }").await,
            6 => update(archive, "DROP GRAPH <urn:own>").await,
            7 => {
                let merging = isnad::add::Merging { into: "org/alpha".to_owned(), ..Default::default() };
                archive.merge_entity(&"org/beta".parse().expect("it is one"), &merging).await.expect("it is merged");
                archive.relink().await.expect("it is linked");
            }
            _ => drop(archive.withdraw(&"doc/note-1".parse().expect("it is one"), None, Some("a test")).await.expect("it is gone")),
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        let at = jiff::Timestamp::now().to_string();
        tokio::time::sleep(Duration::from_millis(20)).await;
        steps.push((at, lines(&archive.store).await, digests(&archive.store).await));
    }
    (service, steps)
}

#[test]
fn every_state_comes_back_as_it_was() {
    run(async {
        let (service, steps) = story().await;
        let archive = &service.archive;
        let limits = archive.store.limits();
        for (number, (at, expected, known)) in steps.iter().enumerate() {
            let moment = at.parse().expect("it is a moment");
            let past = archive.pasts.whole(&archive.store, &moment, limits).await.expect("it is kept");
            let found = lines(&past.store).await;
            let differ: Vec<_> = found
                .iter()
                .filter(|line| !expected.contains(line))
                .chain(expected.iter().filter(|line| !found.contains(line)))
                .take(6)
                .collect();
            assert!(differ.is_empty(), "step {number}: {differ:#?}");
            assert_eq!(past.store.last_change().await.expect("it is answered"), past.number);
            let digests = digests(&past.store).await;
            // Mentions that come with their document have no record of their own.
            let logged = |graph: &&String| !graph.contains("/mention/");
            for graph in known.keys().filter(logged) {
                assert_eq!(digests.get(graph), known.get(graph), "step {number}: {graph}");
            }
            assert_eq!(digests.keys().filter(logged).count(), known.keys().filter(logged).count(), "step {number}");
        }
    });
}

#[test]
fn a_document_an_entity_and_a_query_are_asked_as_of_a_moment() {
    run(async {
        let (service, steps) = story().await;
        let encoded = |at: &str| at.replace(':', "%3A").replace('+', "%2B");
        let fetch = async |path: String, accept: &str| request(&service, get(&path, accept)).await;
        let turtle = "text/turtle";
        for (step, path, words, not) in [
            (1, "/doc/note-1", "Alpha Watch met", "left"),
            (2, "/doc/note-1", "The Beta Group left", "Alpha Watch met"),
            (1, "/org/beta", "Beta Group", "Beta Union"),
            (3, "/org/beta", "Beta Union", "isReplacedBy"),
            (8, "/org/beta", "isReplacedBy", "rdfs:label"),
        ] {
            let (status, head, body) = fetch(format!("{path}?asOf={}", encoded(&steps[step].0)), turtle).await;
            assert_eq!(status, 200, "{path} {step}: {body}");
            assert!(body.contains(words) && !body.contains(not), "{path} {step}: {body}");
            assert!(head.headers().contains_key("memento-datetime"), "{:?}", head.headers());
        }
        let (status, _, body) = fetch(format!("/doc/note-1?asOf={}", encoded(&steps[0].0)), turtle).await;
        assert_eq!(status, 404, "{body}");
        let (status, _, page) = fetch(format!("/doc/note-1?asOf={}&lang=en", encoded(&steps[1].0)), "text/html").await;
        assert!(status == 200 && page.contains("As it stood at") && page.contains("Alpha Watch met"), "{page}");

        let query = "SELECT%20%3Fl%20%7B%20%3Corg%2Fbeta%3E%20rdfs%3Alabel%20%3Fl%20%7D";
        for (step, words) in [(0, "Beta Group"), (3, "Beta Union")] {
            let (status, _, body) =
                fetch(format!("/sparql?query={query}&asOf={}", encoded(&steps[step].0)), "text/csv").await;
            assert!(status == 200 && body.contains(words), "{step}: {body}");
        }
        let (status, _, body) = fetch(format!("/sparql?query={query}"), "text/csv").await;
        assert!(status == 200 && !body.contains("Beta"), "{body}");
        let today = jiff::tz::TimeZone::UTC.to_datetime(jiff::Timestamp::now()).date();
        let (status, _, body) = fetch(format!("/sparql?query={query}&asOf={today}"), "text/csv").await;
        assert!(status == 200 && !body.contains("Beta"), "today is as it stands: {body}");
        let (status, head, _) = fetch(format!("/api/queries/q01-jim-findings-standing?asOf={today}"), "text/csv").await;
        assert!(status == 200 && head.headers().contains_key("x-change"));
        for (path, status, words) in [
            (format!("/sparql?query={query}&asOf=yesterday"), 400, "2026-11-01"),
            (format!("/sparql?query={query}&asOf=2999-01-01"), 400, "still to come"),
            ("/sparql?query=SELECT%20*%20%7B%20SERVICE%20isnad%3Asearch%20%7B%20%3Fd%20isnad%3Amatches%20%22x%22%20%7D%20%7D&asOf=2020-01-01".to_owned(), 400, "today"),
            ("/org/alpha?asOf=2019-01-01".to_owned(), 404, "nothing at /org/alpha"),
        ] {
            let (found, _, body) = fetch(path.clone(), turtle).await;
            assert!(found == status && body.contains(words), "{path}: {body}");
        }
    });
}

#[test]
fn what_was_not_kept_is_told_and_what_is_too_large_too() {
    run(async {
        let (service, steps) = story().await;
        let archive = &service.archive;
        // A log from before anything was kept beside it.
        let before: jiff::Timestamp = steps[1].0.parse().expect("it is one");
        let history = format!("{BASE}graph/history");
        let text = format!("DROP GRAPH <{history}>");
        let forget = isnad::store::Update::new(text, Duration::from_secs(60));
        archive.store.change(forget).await.expect("it is carried out");
        let path = format!("/org/alpha?asOf={}", before.to_string().replace(':', "%3A"));
        let (status, _, body) = request(&service, get(&path, "text/turtle")).await;
        let problem: Value = serde_json::from_str(&body).expect("it is JSON");
        assert_eq!(status, 404, "{body}");
        assert!(problem["type"] == "/problems/not-kept" && problem["change"].is_u64(), "{body}");

        let limits = isnad::store::Limits { rows: 100, ..archive.store.limits() };
        let now = steps.last().expect("there are some").0.parse().expect("it is one");
        let refused = archive.pasts.whole(&archive.store, &now, limits).await.expect_err("it is too large");
        assert!(refused.to_string().contains("more than 100 statements"), "{refused}");
    });
}
