//! Edits take effect at once and relink what they concern; decisions on links are carried out, kept and undone.

use std::{fmt::Write as _, io::Write as _, sync::Arc, time::Instant};

use axum::{body::Body, http::Request};
use isnad::{
    add::{Archive, Change, File, Plan, Settings},
    ask,
    link::{Context, link},
    model::{Id, Lang, Target},
    serve::Service,
    store::Dataset,
};
use serde_json::{Value, json};

use crate::starter::{self, BASE, ask as request, empty, get, memory, run, service};

fn id(text: &str) -> Id {
    text.parse().expect("it is an identifier")
}

async fn filled() -> Archive {
    let archive = empty(memory()).await;
    archive.add_ontology().await.expect("the ontology can be added");
    let settings = Settings::new(&archive, 1 << 20);
    archive.add(&Plan::starter(), &settings, &|_| ()).await.expect("the store works");
    archive
}

async fn add(archive: &Archive, name: &str, text: &str) {
    let plan = Plan::of(vec![File::bytes(name.to_owned(), text.as_bytes().to_vec())]);
    let report = archive.add(&plan, &Settings::new(archive, 1 << 24), &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
}

async fn update(archive: &Archive, text: &str) {
    let text = ask::sparql::with_prefixes(&archive.store, text);
    let update = ask::sparql::parse_change(&archive.store, &text).expect("it parses");
    let deadline = std::time::Duration::from_secs(60);
    let change = Change { update, dataset: Dataset::default(), deadline, is_reviewed: true };
    archive.change(change).await.expect("it is carried out");
}

/// What a text is linked to by the dictionary of now.
async fn things(archive: &Archive, text: &str, lang: &Lang) -> Vec<String> {
    let found = link(&archive.dictionary().await.expect("it is grown"), text, lang, &Context::default());
    let entity = |target| if let Target::Entity(id) = target { Some(id.to_string()) } else { None };
    found.into_iter().filter_map(|mention| entity(mention.target)).collect()
}

/// The things that the mentions of a document name, with the state of review, in order of place.
async fn mentions(archive: &Archive, document: &str) -> Vec<(String, String, String)> {
    let query = format!(
        "PREFIX isn: <{BASE}ontology#> PREFIX oa: <http://www.w3.org/ns/oa#> SELECT ?exact ?thing ?state \
         {{ ?m isn:inDocument <{BASE}{document}> ; oa:start ?at ; oa:exact ?exact ; oa:hasBody ?thing ; \
         isn:reviewState ?state }} ORDER BY ?at ?exact"
    );
    let rows = archive.store.select(&query).await.expect("it is answered");
    let last = |text: Option<String>| text.unwrap_or_default().rsplit('/').next().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| {
            let thing = row.iri("thing").and_then(|iri| iri.strip_prefix(BASE)).unwrap_or_default().to_owned();
            (row.text("exact").unwrap_or_default(), thing, last(row.text("state")))
        })
        .collect()
}

fn triple(exact: &str, thing: &str, state: &str) -> (String, String, String) {
    (exact.to_owned(), thing.to_owned(), state.to_owned())
}

fn send(method: &str, path: &str, body: &Value) -> Request<Body> {
    Request::builder()
        .method(method)
        .uri(path)
        .header("authorization", "Bearer secret")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .expect("the request is good")
}

async fn decide(service: &Arc<Service>, body: &Value) -> (u16, Value) {
    let (status, _, answer) = request(service, send("POST", "/api/reviews", body)).await;
    (status, serde_json::from_str(&answer).expect("it is JSON"))
}

const TABLE: &str = "id,label_en,label_ar\norg/noor-a,Noor Foundation,\u{645}\u{624}\u{633}\u{633}\u{629} \u{646}\u{648}\u{631}\norg/noor-b,Noor Foundation,\u{645}\u{624}\u{633}\u{633}\u{629} \u{646}\u{648}\u{631}\norg/other,Horizon Society,\u{62C}\u{645}\u{639}\u{64A}\u{629} \u{627}\u{644}\u{623}\u{641}\u{642}\n";

fn note(key: &str, text: &str) -> String {
    format!("---\nid: doc/{key}\ntitle: {{en: \"A note, {key}\"}}\ntype: note\nissued: 2017-02-15\n---\n{text}\n")
}

/// An archive with two bodies of one name, and two documents that name them.
async fn small() -> Arc<Service> {
    let archive = empty(memory()).await;
    add(&archive, "organizations.csv", TABLE).await;
    add(&archive, "one.md", &note("one", "The Noor Foundation spoke in Vienna. The Noor Foundation said more.")).await;
    add(&archive, "two.md", &note("two", "Nobody but the NOOR Foundation was there.")).await;
    archive.relink().await.expect("the store works");
    service(archive)
}

#[test]
fn relinking_the_unchanged_starter_archive_changes_nothing() {
    run(async {
        let archive = filled().await;
        let first = archive.relink().await.expect("the store works");
        assert_eq!(first.written, 0, "{first:?}");
        archive.relink_everything();
        let all = archive.relink().await.expect("the store works");
        assert!(all.linked >= 79 && all.looked_at == all.linked, "{all:?}");
        assert_eq!(all.written, 0);
        assert_eq!(archive.relink().await.expect("the store works"), isnad::add::Relinked::default());
    });
}

#[test]
fn an_edit_is_in_effect_at_once_and_relinks_what_holds_the_names() {
    run(async {
        let archive = filled().await;
        archive.relink().await.expect("the store works");
        let rename = |name: &str| {
            format!(
                "DELETE {{ GRAPH ?g {{ <{BASE}org/hrw> rdfs:label ?old ; skos:altLabel ?alt }} }} \
                 INSERT {{ GRAPH ?g {{ <{BASE}org/hrw> rdfs:label \"{name}\"@en }} }} \
                 WHERE {{ GRAPH ?g {{ <{BASE}org/hrw> rdfs:label ?old . OPTIONAL {{ <{BASE}org/hrw> skos:altLabel ?alt }} }} }}"
            )
        };
        let text = "Said the Quiet Observers of Aleppo. Human Rights Watch said more.";
        assert!(things(&archive, text, &Lang::en()).await.contains(&"org/hrw".to_owned()));
        update(&archive, &rename("Quiet Observers")).await;
        let found = link(&archive.dictionary().await.expect("it is grown"), text, &Lang::en(), &Context::default());
        let named: Vec<&str> = found
            .iter()
            .filter(|mention| mention.target == Target::Entity(id("org/hrw")))
            .map(|mention| mention.exact.as_str())
            .collect();
        assert_eq!(named, ["Quiet Observers"]);

        let done = archive.relink().await.expect("the store works");
        assert!(done.written > 0 && done.written <= done.linked && done.linked < done.looked_at, "{done:?}");
        archive.relink_everything();
        let all = archive.relink().await.expect("the store works");
        assert_eq!(all.written, 0, "linking all of them finds nothing that was missed");
    });
}

#[test]
fn a_new_table_relinks_the_documents_that_were_there_and_a_withdrawn_name_too() {
    run(async {
        let archive = empty(memory()).await;
        add(&archive, "one.md", &note("one", "The Noor Foundation spoke. So did the Horizon Society.")).await;
        assert_eq!(mentions(&archive, "doc/one").await, []);
        add(&archive, "bodies.csv", "id,label_en\norg/noor,Noor Foundation\norg/other,Horizon Society\n").await;
        archive.relink().await.expect("the store works");
        let both =
            [triple("Noor Foundation", "org/noor", "proposed"), triple("Horizon Society", "org/other", "proposed")];
        assert_eq!(mentions(&archive, "doc/one").await, both);
        add(&archive, "bodies.csv", "id,label_en\norg/noor,Light Foundation\n").await;
        assert_eq!(things(&archive, "The Noor Foundation and the Horizon Society.", &Lang::en()).await, [""; 0]);
        archive.relink().await.expect("the store works");
        assert_eq!(mentions(&archive, "doc/one").await, []);
    });
}

#[test]
fn a_decision_holds_for_identical_links_survives_and_is_undone() {
    let service = run(small());
    run(async {
        let archive = &service.archive;
        let proposed = |thing: &str| vec![triple("Noor Foundation", thing, "proposed"); 2];
        assert_eq!(mentions(archive, "doc/one").await, proposed("org/noor-a"));

        let (status, _, body) = request(&service, get("/api/reviews?limit=1", "application/json")).await;
        let page: Value = serde_json::from_str(&body).expect("it is JSON");
        assert_eq!((status, &page["cases"][0]["form"]), (200, &json!("noor foundation")), "{page}");
        assert_eq!(page["cases"][0]["mentions"], 3);
        assert_eq!(page["cases"][0]["runner_up"], "org/noor-b");

        let body =
            json!({"verdict": "rejected", "form": "noor foundation", "thing": "org/noor-a", "reason": "wrong one"});
        let (status, rejected) = decide(&service, &body).await;
        assert_eq!(status, 201, "{rejected}");
        assert_eq!(rejected["applies_to"], json!({"mentions": 3, "documents": 2}));
        assert_eq!(mentions(archive, "doc/one").await, proposed("org/noor-b"));
        assert_eq!(mentions(archive, "doc/two").await, [triple("NOOR Foundation", "org/noor-b", "proposed")]);

        // Negative evidence counts for what comes later, and for what comes again.
        add(archive, "three.md", &note("three", "Later the Noor Foundation spoke again.")).await;
        assert_eq!(mentions(archive, "doc/three").await, [triple("Noor Foundation", "org/noor-b", "proposed")]);
        let body = json!({"verdict": "accepted", "mention": "doc/three#m-en-10-25", "by": "reem"});
        let (status, accepted) = decide(&service, &body).await;
        assert_eq!((status, accepted["applies_to"]["mentions"].as_u64()), (201, Some(4)), "{accepted}");
        let settings = Settings { relink: true, ..Settings::new(archive, 1 << 20) };
        let again = File::bytes("one.md".to_owned(), note("one", "The Noor Foundation spoke once.").into_bytes());
        archive.add(&Plan::of(vec![again]), &settings, &|_| ()).await.expect("the store works");
        assert_eq!(mentions(archive, "doc/one").await, [triple("Noor Foundation", "org/noor-b", "accepted")]);
        archive.relink_everything();
        assert_eq!(archive.relink().await.expect("the store works").written, 0);
        assert_eq!(archive.check().await.expect("the check runs").refusals, 0);

        // What was decided can be undone, once; the history keeps all of it.
        for decision in [&accepted, &rejected] {
            let path = decision["href"].as_str().expect("it has an address");
            let (status, _, body) = request(&service, send("DELETE", path, &json!({}))).await;
            assert_eq!(status, 201, "{body}");
            assert_eq!(request(&service, send("DELETE", path, &json!({}))).await.0, 409);
        }
        archive.relink().await.expect("the store works");
        assert_eq!(mentions(archive, "doc/three").await, [triple("Noor Foundation", "org/noor-a", "proposed")]);
        assert_eq!(mentions(archive, "doc/two").await, [triple("NOOR Foundation", "org/noor-a", "proposed")]);
        let (_, _, body) = request(&service, get("/api/reviews/decisions?thing=org/noor-a", "*/*")).await;
        let history: Value = serde_json::from_str(&body).expect("it is JSON");
        let verdicts: Vec<_> =
            history["decisions"].as_array().expect("a list").iter().map(|one| &one["verdict"]).collect();
        assert_eq!(verdicts, ["proposed", "rejected"]);
        assert_eq!(history["decisions"][1]["in_force"], false);
    });
}

#[test]
fn a_decision_is_known_when_the_archive_is_opened_again() {
    run(async {
        let engine = memory();
        let archive = empty(Arc::clone(&engine)).await;
        add(&archive, "organizations.csv", TABLE).await;
        add(&archive, "one.md", &note("one", "The Noor Foundation spoke.")).await;
        let service = service(archive);
        let body = json!({"verdict": "corrected", "form": "Noor Foundation", "thing": "org/noor-a", "correction": "org/other"});
        let (status, decided) = decide(&service, &body).await;
        assert_eq!(status, 201, "{decided}");
        let expected = [triple("Noor Foundation", "org/other", "corrected")];
        assert_eq!(mentions(&service.archive, "doc/one").await, expected);
        let version = service.archive.dictionary().await.expect("it is grown").version().to_owned();
        let opened = empty(engine).await;
        assert_eq!(opened.dictionary().await.expect("it is grown").version(), version);
        assert_eq!(things(&opened, "The Noor Foundation spoke.", &Lang::en()).await, ["org/other"]);
        opened.relink_everything();
        assert_eq!(opened.relink().await.expect("the store works").written, 0);
    });
}

#[test]
fn an_arabic_form_is_the_same_with_and_without_a_particle() {
    run(async {
        let archive = empty(memory()).await;
        add(&archive, "organizations.csv", TABLE).await;
        let noor = "\u{645}\u{624}\u{633}\u{633}\u{629} \u{646}\u{648}\u{631}";
        let (plain, joined) = (
            format!("\u{642}\u{627}\u{644}\u{62A} {noor} \u{630}\u{644}\u{643}."),
            format!("\u{648}\u{623}\u{643}\u{62F}\u{62A} \u{648}{noor} \u{630}\u{644}\u{643}."),
        );
        for (name, text) in [("plain", &plain), ("joined", &joined)] {
            add(&archive, &format!("{name}.md"), &note(name, &format!("::: ar\n{text}"))).await;
        }
        let service = service(archive);
        let body = json!({"verdict": "accepted", "form": noor, "thing": "org/noor-a"});
        let (status, decided) = decide(&service, &body).await;
        assert_eq!(status, 201, "{decided}");
        assert_eq!(decided["applies_to"], json!({"mentions": 2, "documents": 2}));
        for document in ["doc/plain", "doc/joined"] {
            assert_eq!(mentions(&service.archive, document).await, [triple(noor, "org/noor-a", "accepted")]);
        }
    });
}

#[test]
fn a_decision_on_one_mention_holds_for_it_alone_and_what_is_contested_stays() {
    let service = run(small());
    run(async {
        let body =
            json!({"verdict": "contested", "mention": "doc/one#m-en-4-19", "scope": "mention", "reason": "unsure"});
        let (status, decided) = decide(&service, &body).await;
        assert_eq!((status, decided["applies_to"].clone()), (201, json!({"mentions": 1, "documents": 1})), "{decided}");
        let expected =
            [triple("Noor Foundation", "org/noor-a", "contested"), triple("Noor Foundation", "org/noor-a", "proposed")];
        assert_eq!(mentions(&service.archive, "doc/one").await, expected);
        let (_, _, page) = request(&service, get("/api/reviews?state=contested&document=doc/one", "*/*")).await;
        let page: Value = serde_json::from_str(&page).expect("it is JSON");
        assert_eq!((&page["total"], &page["figures"]["mentions"]["contested"]), (&json!(1), &json!(1)));
    });
}

#[test]
fn what_cannot_be_decided_is_a_problem_that_says_why() {
    let service = run(small());
    run(async {
        let form = |verdict: &str| json!({"verdict": verdict, "form": "Noor Foundation", "thing": "org/noor-a"});
        let with = |mut body: Value, key: &str, value: &str| {
            body[key] = value.into();
            body
        };
        for (body, status, words) in [
            (json!({"verdict": "accepted", "mention": "doc/one#m-en-0-1"}), 404, "no mention"),
            (json!({"verdict": "accepted", "form": "Nobody", "thing": "org/other"}), 404, "nowhere"),
            (json!({"verdict": "accepted", "form": "Nobody"}), 422, "`form` and `thing`"),
            (form("liked"), 422, "accepted, rejected"),
            (form("rejected"), 422, "say why"),
            (form("contested"), 422, "say why"),
            (form("corrected"), 422, "`correction`"),
            (with(form("corrected"), "correction", "org/noor-a"), 422, "already"),
            (with(form("corrected"), "correction", "org/unheard-of"), 422, "does not know"),
            (with(form("accepted"), "scope", "all"), 422, "identical"),
            (with(form("accepted"), "by", "a b"), 422, "agent"),
            (with(form("accepted"), "colour", "red"), 400, "colour"),
        ] {
            let (found, answer) = decide(&service, &body).await;
            let detail = answer["detail"].as_str().unwrap_or_default();
            assert!(found == status && detail.contains(words), "{body}: {found} {detail}");
        }
        let (first, accepted) = decide(&service, &with(form("accepted"), "by", "reem")).await;
        let (again, _) = decide(&service, &form("accepted")).await;
        let (other, answer) = decide(&service, &with(form("contested"), "reason", "really?")).await;
        assert_eq!((first, again, other), (201, 200, 409));
        assert!(answer["detail"].as_str().is_some_and(|detail| detail.contains("agent/reem")), "{answer}");
        let revised =
            with(with(form("contested"), "reason", "really?"), "revises", accepted["id"].as_str().unwrap_or_default());
        assert_eq!(decide(&service, &revised).await.0, 201);
        let unsigned = Request::post("/api/reviews").body(Body::empty()).expect("the request is good");
        assert_eq!(request(&service, unsigned).await.0, 401);
        for path in ["limit=0", "kind=cow", "max_confidence=7", "state=odd", "cursor=x", "thing=:"] {
            assert_eq!(request(&service, get(&format!("/api/reviews?{path}"), "*/*")).await.0, 400, "{path}");
        }
    });
}

#[test]
fn the_cases_of_the_starter_archive_come_page_by_page_the_most_instructive_first() {
    let service = starter::starter();
    run(async {
        let (mut path, mut seen, mut last) = ("/api/reviews?limit=50".to_owned(), Vec::new(), f64::MAX);
        loop {
            let (status, response, body) = request(&service, get(&path, "*/*")).await;
            assert_eq!(status, 200, "{body}");
            let page: Value = serde_json::from_str(&body).expect("it is JSON");
            for case in page["cases"].as_array().expect("a list") {
                let teaches = case["teaches"].as_f64().expect("a number");
                assert!(teaches <= last && case["examples"][0]["exact"].is_string(), "{case}");
                last = teaches;
                seen.push(format!("{} {}", case["form"], case["thing"]));
            }
            let Some(next) = response.headers().get("link") else {
                assert_eq!(page["total"], seen.len());
                break;
            };
            let next = next.to_str().expect("it is ASCII");
            next[1..next.find('>').expect("it ends")].clone_into(&mut path);
        }
        let count = seen.len();
        seen.sort();
        seen.dedup();
        assert!(seen.len() == count && count > 100, "{count}");
    });
}

/// `cargo test --test it -- --ignored --nocapture a_hundred_thousand`
#[test]
#[ignore = "takes minutes; it prints how long an edit takes"]
fn a_hundred_thousand_names_and_the_time_until_an_edit_is_in_effect() {
    run(async {
        let archive = empty(memory()).await;
        let mut table = String::from("id,label_en,level\n");
        for number in 0..100_000 {
            let _ = writeln!(table, "place/p{number},Tell {} {},village", word(number), word(number / 317 + 7));
        }
        add(&archive, "places.csv", &table).await;
        let mut times = Vec::new();
        for number in 0..20 {
            let name = format!("Renamed {}", word(number + 1_000_000));
            let text = format!(
                "INSERT DATA {{ GRAPH <{BASE}graph/authority/edits> {{ <{BASE}place/p{number}> skos:altLabel \"{name}\"@en }} }}"
            );
            let begun = Instant::now();
            update(&archive, &text).await;
            assert_eq!(
                things(&archive, &format!("near {name} today"), &Lang::en()).await,
                [format!("place/p{number}")]
            );
            times.push(begun.elapsed());
        }
        times.sort();
        let line = format!("from the update to its effect: median {:?}, longest {:?}\n", times[10], times[19]);
        std::io::stderr().write_all(line.as_bytes()).expect("it is told");
    });
}

/// A made-up word for a number.
fn word(mut number: usize) -> String {
    let mut word = String::new();
    while word.len() < 6 || number > 0 {
        word.push(char::from(b"bdfgklmnrstz"[number % 12]));
        word.push(char::from(b"aeiou"[number / 12 % 5]));
        number /= 60;
    }
    word[..1].to_uppercase() + &word[1..]
}
