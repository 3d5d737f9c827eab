//! People answer back: they assess, comment and correct, each under a name and within a role, and nothing is lost.

use std::sync::Arc;

use axum::{body::Body, http::Request};
use isnad::{
    add::{Archive, File, Plan, Settings},
    ask::changes::{self, Set, Span},
    serve::{
        Service,
        tokens::{Role, Tokens},
    },
};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::starter::{ask, empty, get, memory, run, serving};

/// Two bodies of one name.
const BODIES: &str = "id,label_en\norg/noor-a,Noor Foundation\norg/noor-b,Noor Foundation\norg/other,Horizon Society\n";

/// A document with a claim in it, and one that relays it.
const DOCUMENT: &str = "---
id: doc/one
title: {en: A note on Vienna}
type: note
issued: 2017-02-15
issuer: [org/other]
stated_empty: [related-diary]
claims:
  - {id: claim/one-1, kind: claim, stated_by: [org/noor-a], about_thing: [org/other], stance: affirms, degree: states, summary: {en: The foundation says so.}, propositions: [{subject: org/other, predicate: occurred, object: true}]}
  - {id: claim/one-2, kind: relayed-claim, stated_by: [org/other], attributed_to: [org/noor-a], about_thing: [org/other], relays: [claim/one-1], stance: affirms, degree: states, summary: {en: The society repeats it.}, propositions: [{subject: org/other, predicate: occurred, object: true}]}
---
The Noor Foundation spoke in Vienna. Salma Yusuf saw it.
";

pub async fn add(archive: &Archive, name: &str, text: &str) {
    let plan = Plan::of(vec![File::bytes(name.to_owned(), text.as_bytes().to_vec())]);
    archive.add_ontology().await.expect("the ontology can be added");
    let report = archive.add(&plan, &Settings::new(archive, 1 << 24), &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
}

/// A service with a small archive, and a token for each role, by name of the role.
pub struct Staff {
    pub service: Arc<Service>,
    secrets: Vec<(Role, String)>,
    _folder: tempfile::TempDir,
}

impl Staff {
    pub async fn with(documents: &[(&str, &str)]) -> Self {
        let archive = empty(memory()).await;
        for (name, text) in documents {
            add(&archive, name, text).await;
        }
        archive.relink().await.expect("the store works");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let tokens = Tokens::open(folder.path().join("tokens.json"));
        let now = Timestamp::now();
        let names = ["Amal Archivist", "Reem Reviewer", "Mona Moderator", "Adel Admin"];
        let secrets = Role::ALL.into_iter().zip(names).map(|(role, name)| {
            let (_, secret) = tokens.create(name, role, None, now).expect("it is made");
            (role, secret)
        });
        let secrets = secrets.collect();
        let service = serving(archive, |service| service.tokens = tokens);
        Self { service, secrets, _folder: folder }
    }

    async fn small() -> Self {
        Self::with(&[("bodies.csv", BODIES), ("one.md", DOCUMENT)]).await
    }

    pub fn secret(&self, role: Role) -> &str {
        self.secrets.iter().find(|(known, _)| *known == role).map_or("", |(_, secret)| secret)
    }

    /// A request in JSON with the token of a role; the answer is null where it is no JSON.
    pub async fn send(&self, role: Option<Role>, method: &str, path: &str, body: &Value) -> (u16, Value) {
        let request = request(role.map(|role| self.secret(role)), method, path, body);
        let (status, _, answer) = ask(&self.service, request).await;
        (status, serde_json::from_str(&answer).unwrap_or_default())
    }

    pub async fn read(&self, path: &str) -> Value {
        let (status, _, body) = ask(&self.service, get(path, "application/json")).await;
        assert_eq!(status, 200, "{path}: {body}");
        serde_json::from_str(&body).expect("it is JSON")
    }

    pub async fn page(&self, path: &str) -> String {
        let (status, _, body) = ask(&self.service, get(path, "text/html")).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }
}

/// A request in JSON.
pub fn request(token: Option<&str>, method: &str, path: &str, body: &Value) -> Request<Body> {
    let mut request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    request.body(Body::from(body.to_string())).expect("the request is good")
}

/// The words of the pages under a key.
fn words(lang: &str, key: &str) -> String {
    let files = [
        ("en", include_str!("../src/serve/pages/words/en.json")),
        ("ar", include_str!("../src/serve/pages/words/ar.json")),
    ];
    let text = files.iter().find(|(known, _)| *known == lang).map_or("", |(_, text)| text);
    let words: Value = serde_json::from_str(text).expect("it is JSON");
    words[key].as_str().expect("there are words").to_owned()
}

fn rate(about: &str, rating: &str, rationale: &str) -> Value {
    json!({ "about": about, "rating": rating, "rationale": rationale })
}

/// How many documents a facet counts under a value of reliability, by its term.
async fn counted(staff: &Staff, value: &str) -> u64 {
    staff.read(&format!("/api/search?kind=document&reliability={value}")).await["total"].as_u64().expect("a number")
}

#[test]
fn an_assessment_revises_the_earlier_one_and_both_stay() {
    run(async {
        let staff = Staff::small().await;
        let nobody = staff.read("/api/assessments?about=doc/one").await;
        assert_eq!(nobody["scales"]["reliability"], "not-assessed");
        assert_eq!((counted(&staff, "not-assessed").await, counted(&staff, "undefined").await), (1, 0));
        let (status, first) = staff
            .send(Some(Role::Reviewer), "POST", "/api/assessments", &rate("doc/one", "undefined", "No source yet."))
            .await;
        assert_eq!(status, 201, "{first}");
        assert_eq!((&first["by"], &first["name"]), (&json!("agent/reem-reviewer"), &json!("Reem Reviewer")));
        // Undefined is somebody's rating; nobody's is something else, in every place.
        let rated = staff.read("/api/assessments?about=doc/one").await;
        assert_eq!(
            (&rated["scales"]["reliability"], &rated["assessments"][0]["rating"]),
            (&json!("assessed"), &json!("undefined"))
        );
        assert_eq!((counted(&staff, "not-assessed").await, counted(&staff, "undefined").await), (0, 1));
        let (status, known) = staff
            .send(Some(Role::Reviewer), "POST", "/api/assessments", &rate("doc/one", "undefined", "No source yet."))
            .await;
        assert_eq!((status, &known["id"]), (200, &first["id"]));
        let mut second = rate("doc/one", "correct", "Seen with the original.");
        second["evidence"] = json!(["org/noor-a", "https://example.org/scan"]);
        let (status, second) = staff.send(Some(Role::Reviewer), "POST", "/api/assessments", &second).await;
        assert_eq!((status, &second["revises"]), (201, &first["id"]), "{second}");
        let history = staff.read("/api/assessments?about=doc/one").await;
        let current: Vec<_> =
            history["assessments"].as_array().expect("a list").iter().map(|one| &one["is_current"]).collect();
        assert_eq!(current, [&json!(true), &json!(false)]);
        // A facet counts what is held now, whoever else holds something else.
        assert_eq!((counted(&staff, "correct").await, counted(&staff, "undefined").await), (1, 0));
        let (status, _) = staff
            .send(Some(Role::Archivist), "POST", "/api/assessments", &rate("doc/one", "unverified", "I doubt it."))
            .await;
        assert_eq!(status, 201);
        assert_eq!((counted(&staff, "correct").await, counted(&staff, "unverified").await), (1, 1));
        assert_eq!(staff.service.archive.check().await.expect("the check runs").refusals, 0);
        // Made anew, the views count the same.
        let opened = empty(Arc::clone(staff.service.archive.store.engine())).await;
        let columns = opened.views.columns().await.expect("they are made");
        let codes = columns.codes(columns.adjacency.number(&"doc/one".parse().expect("an id")).expect("it is known"));
        let values: Vec<String> = codes.iter().map(|&code| format!("{:?}", columns.values()[code as usize])).collect();
        let reliability: Vec<&String> = values.iter().filter(|value| value.contains("Reliability")).collect();
        assert!(reliability.len() == 2 && !values.concat().contains("undefined"), "{reliability:?}");
    });
}

#[test]
fn scales_stand_beside_each_other_and_what_happened_is_not_rated() {
    run(async {
        let staff = Staff::small().await;
        add(
            &staff.service.archive,
            "events.csv",
            "id,kind,label_en,when\nevent/x,institutional-event,A vote,2016-01-01\n",
        )
        .await;
        let scaled = |about: &str, scale: &str, rating: &str| {
            let mut body = rate(about, rating, "because");
            body["scale"] = scale.into();
            body
        };
        for (body, status) in [
            (scaled("doc/one", "gppi-grade", "confirmed"), 201),
            (scaled("doc/one#text-en", "reliability", "incorrect"), 201),
            (scaled("claim/one-1", "bayanat-evidence", "weak-evidence"), 201),
            (scaled("claim/one-2", "fidelity", "selective"), 201),
            (scaled("claim/one-1", "fidelity", "selective"), 422),
            (scaled("doc/one", "gppi-grade", "correct"), 422),
            (scaled("doc/one", "review-state", "accepted"), 422),
            (scaled("doc/one", "stars", "five"), 422),
            (scaled("org/other", "reliability", "correct"), 422),
            (scaled("doc/none", "reliability", "correct"), 404),
            (rate("doc/one", "correct", " "), 422),
            (json!({ "about": "doc/one", "rating": "correct", "rationale": "x", "evidence": ["javascript:x"] }), 422),
        ] {
            let (found, answer) = staff.send(Some(Role::Reviewer), "POST", "/api/assessments", &body).await;
            assert_eq!(found, status, "{body}: {answer}");
        }
        let (status, answer) = staff
            .send(Some(Role::Reviewer), "POST", "/api/assessments", &rate("event/x", "incorrect", "it was not so"))
            .await;
        assert!(
            status == 422 && answer["detail"].as_str().is_some_and(|detail| detail.contains("only ever claimed")),
            "{answer}"
        );
        // Nor does anybody get past that in RDF: the shape refuses it.
        let update = "INSERT DATA { GRAPH <graph/review/one> { <doc/one#a> a isn:Assessment ; isn:assesses <event/x> ; \
                      isn:scale <vocab/reliability> ; isn:rating <vocab/reliability/incorrect> ; \
                      prov:wasAttributedTo <agent/x> ; prov:generatedAtTime \"2026-01-01T00:00:00Z\"^^xsd:dateTime } }";
        let request = Request::post("/update")
            .header("content-type", "application/sparql-update")
            .header("authorization", format!("Bearer {}", staff.secret(Role::Admin)))
            .body(Body::from(update))
            .expect("the request is good");
        let (status, _, body) = ask(&staff.service, request).await;
        assert!(status == 422 && body.contains("never of the event"), "{status} {body}");
        let all = staff.read("/api/assessments?document=doc/one").await;
        assert_eq!(all["assessments"].as_array().map(Vec::len), Some(4), "{all}");
        // On the archive's own scale the document itself has no rating.
        assert_eq!(counted(&staff, "not-assessed").await, 1);
        let turtle = ask(&staff.service, get("/claim/one-2", "text/turtle")).await.2;
        assert!(turtle.contains("isn:fidelity") && turtle.contains("fidelity/selective"), "{turtle}");
        let page = staff.page("/claim/one-2?lang=ar").await;
        assert!(page.contains("\u{627}\u{646}\u{62a}\u{642}\u{627}\u{626}\u{64a}"), "selective, in Arabic");
    });
}

#[test]
fn the_seed_page_states_no_reliability_and_shows_a_reviewers_beside_it_in_both_languages() {
    run(async {
        let archive = empty(memory()).await;
        archive.add_ontology().await.expect("the ontology can be added");
        archive.add(&Plan::starter(), &Settings::new(&archive, 1 << 20), &|_| ()).await.expect("the store works");
        let folder = tempfile::tempdir().expect("a folder can be made");
        let tokens = Tokens::open(folder.path().join("tokens.json"));
        let name = "\u{631}\u{64a}\u{645} \u{62d}\u{62f}\u{627}\u{62f}";
        let (_, secret) = tokens.create(name, Role::Reviewer, None, Timestamp::now()).expect("it is made");
        let service = serving(archive, |service| service.tokens = tokens);
        let seed = "doc/sc-2017-02-15-hrw-aleppo";
        for lang in ["en", "ar"] {
            let (_, _, page) = ask(&service, get(&format!("/{seed}?lang={lang}"), "text/html")).await;
            for key in ["nothing.none-stated", "reliability.not-assessed"] {
                assert!(page.contains(&words(lang, key)), "{lang}: {key}");
            }
        }
        for (rating, reason) in [("unverified", "The release it cites was not read."), ("correct", "Both were read.")] {
            let body =
                json!({ "about": seed, "rating": rating, "rationale": reason, "evidence": ["doc/hrw-2017-02-13"] });
            let (status, _, answer) = ask(&service, request(Some(&secret), "POST", "/api/assessments", &body)).await;
            assert_eq!(status, 201, "{answer}");
        }
        for (lang, rating, scale) in [
            ("en", "correct", "degrees of reliability"),
            (
                "ar",
                "\u{635}\u{62d}\u{64a}\u{62d}\u{629}",
                "\u{62f}\u{631}\u{62c}\u{627}\u{62a} \u{627}\u{644}\u{645}\u{648}\u{62b}\u{648}\u{642}\u{64a}\u{629}",
            ),
        ] {
            let (_, _, page) = ask(&service, get(&format!("/{seed}?lang={lang}"), "text/html")).await;
            let section = page.split("id=\"assessments\"").nth(1).and_then(|rest| rest.split("</section>").next());
            let section = section.expect("there is a section");
            for words in [
                rating,
                name,
                "Both were read.",
                scale,
                "The release it cites was not read.",
                "<time datetime=",
                "hrw-2017-02-13",
            ] {
                assert!(section.contains(words), "{lang}: {words} is not in {section}");
            }
            // What was held before is folded away, below what is held now.
            let (now, before) = section.split_once("<details").expect("there is a history");
            assert!(now.contains("Both were read.") && before.contains("was not read"), "{section}");
            assert!(page.contains(&words(lang, "nothing.none-stated")), "the archive still states none");
        }
    });
}

#[test]
fn what_is_written_is_logged_under_the_name_of_the_token() {
    run(async {
        let staff = Staff::small().await;
        let before = staff.service.archive.store.last_change().await.expect("it is known");
        staff.send(Some(Role::Reviewer), "POST", "/api/assessments", &rate("doc/one", "correct", "seen")).await;
        let decision = json!({ "verdict": "accepted", "form": "Noor Foundation", "thing": "org/noor-a" });
        let (status, decided) = staff.send(Some(Role::Reviewer), "POST", "/api/reviews", &decision).await;
        assert_eq!((status, &decided["by"]), (201, &json!("agent/reem-reviewer")), "{decided}");
        let other =
            json!({ "verdict": "accepted", "form": "Noor Foundation", "thing": "org/noor-a", "by": "somebody" });
        assert_eq!(staff.send(Some(Role::Reviewer), "POST", "/api/reviews", &other).await.0, 403);
        let document = Request::post("/api/documents?name=two.md")
            .header("authorization", format!("Bearer {}", staff.secret(Role::Archivist)))
            .body(Body::from("---\nid: doc/two\ntitle: Two\ntype: note\n---\nWords.\n"))
            .expect("the request is good");
        assert_eq!(ask(&staff.service, document).await.0, 200);
        let update = Request::post("/update")
            .header("content-type", "application/sparql-update")
            .header("authorization", format!("Bearer {}", staff.secret(Role::Admin)))
            .body(Body::from("INSERT DATA { GRAPH <graph/x> { <event/x> isn:timeText \"noon\" } }"))
            .expect("the request is good");
        assert_eq!(ask(&staff.service, update).await.0, 204);
        let audit = staff.read("/api/audit?limit=50").await;
        let by = |graph: &str| {
            let records = audit["records"].as_array().expect("a list").iter();
            let mut of = records.filter(|record| record["graph"] == graph).map(|record| record["by"].clone());
            of.next().unwrap_or_default()
        };
        assert_eq!(by("graph/review/one"), "agent/reem-reviewer");
        assert_eq!(by("graph/doc/two"), "agent/amal-archivist");
        assert_eq!(by("graph/x"), "agent/adel-admin");
        assert_eq!(by("graph/doc/one"), "agent/isnad");
        // By document, by person, by time, in pages.
        let of_one = staff.read("/api/audit?about=doc/one").await;
        assert!(
            of_one["records"].as_array().is_some_and(|all| all.iter().all(|one| one["graph"]
                .as_str()
                .is_some_and(|graph| graph.ends_with("/one") || graph.contains("/one/")))),
            "{of_one}"
        );
        assert_eq!(staff.send(None, "GET", "/api/audit?by=Reem+Reviewer", &Value::Null).await.0, 401);
        let (status, hers) =
            staff.send(Some(Role::Moderator), "GET", "/api/audit?by=Reem+Reviewer&limit=1", &Value::Null).await;
        assert_eq!((status, hers["records"][0]["by"].as_str()), (200, Some("agent/reem-reviewer")));
        let next = hers["next"].as_u64().expect("there are more");
        let (_, rest) = staff
            .send(Some(Role::Moderator), "GET", &format!("/api/audit?by=Reem+Reviewer&before={next}"), &Value::Null)
            .await;
        assert_eq!(rest["records"].as_array().map(Vec::len), Some(1), "{rest}");
        let today = Timestamp::now().strftime("%F").to_string();
        let all = staff.read(&format!("/api/audit?from={today}&limit=1000")).await;
        assert!(all["records"].as_array().is_some_and(|all| all.len() as u64 > before), "{all}");
        assert_eq!(staff.read("/api/audit?to=2020-01-01").await["records"], json!([]));
        for (path, status) in
            [("/api/audit?about=org/other", 400), ("/api/audit?from=soon", 400), ("/api/audit?colour=red", 400)]
        {
            assert_eq!(staff.send(None, "GET", path, &Value::Null).await.0, status, "{path}");
        }
    });
}

#[test]
fn a_comment_is_read_before_it_is_public_and_then_it_is_in_the_page_the_graph_and_the_feeds() {
    run(async {
        let staff = Staff::small().await;
        let letter = json!({ "about": "doc/one", "text": "It was in Graz.\nI was there.", "name": "Samir", "contact": "samir@example.org" });
        let (status, sent) = staff.send(None, "POST", "/api/comments", &letter).await;
        assert_eq!(status, 202, "{sent}");
        let href = sent["href"].as_str().expect("it has an address").to_owned();
        assert_eq!(staff.read(&href).await["state"], "received");
        assert!(!staff.page("/doc/one").await.contains("It was in Graz"));
        assert_eq!(staff.read("/api/comments?about=doc/one").await["total"], 0);
        // A moderator reads all of it.
        assert_eq!(staff.send(Some(Role::Reviewer), "GET", "/api/comments?state=received", &Value::Null).await.0, 403);
        let (_, inbox) = staff.send(Some(Role::Moderator), "GET", "/api/comments?state=received", &Value::Null).await;
        assert_eq!(
            (&inbox["total"], &inbox["comments"][0]["sender"]["contact"]),
            (&json!(1), &json!("samir@example.org"))
        );
        let answer = json!({ "action": "answer", "answer": "Thank you; the note says Vienna." });
        let (status, published) = staff.send(Some(Role::Moderator), "POST", &href, &answer).await;
        assert_eq!((status, &published["state"]), (200, &json!("published")), "{published}");
        for lang in ["en", "ar"] {
            let page = staff.page(&format!("/doc/one?lang={lang}")).await;
            assert!(
                page.contains("It was in Graz.") && page.contains("the note says Vienna") && !page.contains("Samir"),
                "{lang}"
            );
        }
        let turtle = ask(&staff.service, get("/doc/one", "text/turtle")).await.2;
        assert!(
            turtle.contains("oa:Annotation") && turtle.contains("oa:hasTarget") && turtle.contains("It was in Graz"),
            "{turtle}"
        );
        let store = &staff.service.archive.store;
        let upto = store.last_change().await.expect("it is known");
        let items = changes::within(store, &Set::All, Span { after: 0, upto }).await.expect("the log is read");
        assert!(items.iter().any(|item| item.graph.as_str().ends_with("graph/comment/one")));
        for feed in [
            "/feed.atom",
            "/ldes/1",
            "/oai?verb=ListIdentifiers&metadataPrefix=oai_dc",
            "/resourcesync/resourcelist.xml",
        ] {
            let (status, _, body) = ask(&staff.service, get(feed, "*/*")).await;
            assert!(status == 200 && body.contains("graph/comment/one"), "{feed}: {status} {body}");
        }
        // What was once public is not declined; what is declined tells its sender why.
        let decline = json!({ "action": "decline", "reason": "It names a private person." });
        assert_eq!(staff.send(Some(Role::Moderator), "POST", &href, &decline).await.0, 422);
        let (_, sent) =
            staff.send(None, "POST", "/api/comments", &json!({ "about": "claim/one-1", "text": "Nonsense." })).await;
        let href = sent["href"].as_str().expect("it has an address");
        assert_eq!(staff.send(Some(Role::Moderator), "POST", href, &decline).await.0, 200);
        let told = staff.read(href).await;
        assert_eq!(
            (&told["state"], &told["reason"], &told["text"]),
            (&json!("declined"), &json!("It names a private person."), &Value::Null)
        );
        assert_eq!(staff.service.archive.check().await.expect("the check runs").refusals, 0);
    });
}

#[test]
fn a_correction_is_taken_over_with_consent_and_attributed() {
    run(async {
        let staff = Staff::small().await;
        let send = |body: Value| {
            let staff = &staff;
            async move {
                let (status, sent) = staff.send(None, "POST", "/api/comments", &body).await;
                assert_eq!(status, 202, "{sent}");
                sent["href"].as_str().expect("it has an address").to_owned()
            }
        };
        let silent = send(json!({ "about": "doc/one", "text": "The title is wrong.", "kind": "correction" })).await;
        let change =
            json!({ "action": "correct", "property": "dct:title", "from": "A note on Vienna", "to": "A note on Graz" });
        let (status, refused) = staff.send(Some(Role::Moderator), "POST", &silent, &change).await;
        assert!(
            status == 422 && refused["detail"].as_str().is_some_and(|detail| detail.contains("agreed")),
            "{refused}"
        );
        let agreed = send(json!({ "about": "doc/one", "text": "The title is wrong.", "kind": "correction", "consent": true, "name": "Samir Q." })).await;
        let wrong = json!({ "action": "correct", "property": "dct:title", "from": "No such title", "to": "x" });
        assert_eq!(staff.send(Some(Role::Moderator), "POST", &agreed, &wrong).await.0, 400);
        let (status, done) = staff.send(Some(Role::Moderator), "POST", &agreed, &change).await;
        assert_eq!((status, &done["credited"]), (200, &json!("Samir Q.")), "{done}");
        let page = staff.page("/doc/one").await;
        assert!(
            page.contains("A note on Graz")
                && page.contains("Samir Q.")
                && !page.contains("<h1><bdi dir=\"ltr\">A note on Vienna"),
            "{page}"
        );
        let number = done["led_to"]
            .as_str()
            .and_then(|path| path.strip_prefix("change/")?.parse::<u64>().ok())
            .expect("a change");
        let audit = staff.read("/api/audit?about=doc/one").await;
        let record = audit["records"].as_array().expect("a list").iter().find(|one| one["number"] == number);
        assert_eq!(record.map(|record| &record["by"]), Some(&json!("agent/mona-moderator")), "{audit}");
        // Of a link: a decision.
        let link = send(json!({ "about": "doc/one#m-en-4-19", "text": "It is the society.", "kind": "correction", "consent": true })).await;
        let (status, done) = staff
            .send(Some(Role::Moderator), "POST", &link, &json!({ "action": "correct", "thing": "org/other" }))
            .await;
        assert_eq!(status, 200, "{done}");
        let decision = done["led_to"].as_str().expect("a decision");
        let turtle = ask(&staff.service, get("/doc/one.nt", "*/*")).await.2;
        assert!(turtle.contains(&format!("{decision}> ")) && turtle.contains("review-state/corrected"), "{decision}");
        // Texts stay as they came.
        let layer =
            send(json!({ "about": "doc/one#text-en", "text": "A typo.", "kind": "correction", "consent": true })).await;
        let change = json!({ "action": "correct", "property": "rdf:value", "from": "x", "to": "y" });
        assert_eq!(staff.send(Some(Role::Moderator), "POST", &layer, &change).await.0, 400);
    });
}

#[test]
fn the_form_works_without_a_script_in_both_languages() {
    run(async {
        let staff = Staff::small().await;
        for lang in ["en", "ar"] {
            let page = staff.page(&format!("/comment?about=doc/one%23m-en-4-19&lang={lang}")).await;
            for sign in [words(lang, "comment.contact").as_str(), "method=\"post\"", "value=\"doc/one#m-en-4-19\""] {
                assert!(page.contains(sign), "{lang}: {sign} is not in {page}");
            }
            let form = Request::post(format!("/comment?lang={lang}"))
                .header("content-type", "application/x-www-form-urlencoded")
                .header("accept", "text/html")
                .body(Body::from(
                    "about=doc%2Fone%23m-en-4-19&kind=remark&text=Seen+%D9%86%D8%B9%D9%85&name=&contact=&consent=1",
                ))
                .expect("the request is good");
            let (status, _, thanks) = ask(&staff.service, form).await;
            assert!(status == 202 && thanks.contains("/api/comments/"), "{status} {thanks}");
        }
        let (_, inbox) = staff.send(Some(Role::Moderator), "GET", "/api/comments?state=received", &Value::Null).await;
        assert_eq!(inbox["comments"][0]["text"], "Seen \u{646}\u{639}\u{645}");
        for (path, status) in [("/comment", 400), ("/comment?about=org/other", 422), ("/comment?about=doc/none", 404)] {
            assert_eq!(ask(&staff.service, get(path, "text/html")).await.0, status, "{path}");
        }
    });
}

#[test]
fn words_are_withheld_and_all_other_offsets_stay() {
    run(async {
        let staff = Staff::small().await;
        let text = DOCUMENT.rsplit("---\n").next().expect("there is a text").trim_end();
        let start = text.find("Salma Yusuf").expect("she is named");
        let span =
            json!({ "about": "doc/one#text-en", "start": start, "end": start + 11, "reason": "For her safety." });
        assert_eq!(staff.send(Some(Role::Reviewer), "POST", "/api/redactions", &span).await.0, 403);
        let (status, done) = staff.send(Some(Role::Archivist), "POST", "/api/redactions", &span).await;
        assert_eq!((status, &done["still_said_in"]), (201, &json!([])), "{done}");
        let graph = ask(&staff.service, get("/doc/one.nt", "*/*")).await.2;
        for words in [
            "For her safety.",
            "ontology#Redaction",
            "wasDerivedFrom",
            done["original"].as_str().unwrap_or("?"),
            done["digest"].as_str().unwrap_or("?"),
            "#m-en-4-19>",
        ] {
            assert!(graph.contains(words), "{words}");
        }
        assert!(!graph.contains("Salma"), "{graph}");
        let checked = staff.service.archive.check().await.expect("the check runs");
        assert_eq!(checked.refusals, 0, "{:?}", checked.findings);
        // The same file again: the words stay withheld. So they do where the text around them is another.
        add(&staff.service.archive, "one.md", DOCUMENT).await;
        let again = ask(&staff.service, get("/doc/one.nt", "*/*")).await.2;
        assert!(!again.contains("Salma") && again.contains("ontology#Redaction"), "{again}");
        add(&staff.service.archive, "one.md", &DOCUMENT.replace("saw it", "has seen it, Salma Yusuf said")).await;
        let other = ask(&staff.service, get("/doc/one.nt", "*/*")).await.2;
        assert!(!other.contains("Salma") && other.contains("has seen it"), "{other}");
        for (start, end, status) in [(0, 0, 400), (5, 2, 400), (0, 9_999, 400)] {
            let span = json!({ "about": "doc/one#text-en", "start": start, "end": end, "reason": "x" });
            assert_eq!(staff.send(Some(Role::Archivist), "POST", "/api/redactions", &span).await.0, status);
        }
    });
}

#[test]
fn a_token_that_has_expired_is_refused_and_a_service_can_be_for_reading_only() {
    run(async {
        let archive = empty(memory()).await;
        add(&archive, "one.md", "---\nid: doc/one\ntitle: One\ntype: note\n---\nWords.\n").await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let tokens = Tokens::open(folder.path().join("tokens.json"));
        let now = Timestamp::now();
        let yesterday = Some(now - SignedDuration::from_hours(24));
        let (_, old) = tokens.create("Old", Role::Admin, yesterday, now).expect("it is made");
        let (token, good) = tokens.create("Good", Role::Admin, None, now).expect("it is made");
        let service = serving(archive, |service| {
            service.tokens = tokens;
            service.config.token_sha256 = None;
        });
        let body = rate("doc/one", "correct", "seen");
        let (status, response, answer) = ask(&service, request(Some(&old), "POST", "/api/assessments", &body)).await;
        assert!(
            status == 401 && answer.contains("expired") && response.headers().contains_key("www-authenticate"),
            "{answer}"
        );
        assert_eq!(ask(&service, request(Some(&good), "POST", "/api/assessments", &body)).await.0, 201);
        let known = Tokens::open(folder.path().join("tokens.json"));
        assert!(known.last_used().contains_key(&token.id));
        // Revoked by another process, it is refused at once.
        known.revoke(&token.id, now).expect("it is revoked");
        let (status, _, answer) = ask(&service, request(Some(&good), "POST", "/api/assessments", &body)).await;
        assert!(status == 401 && answer.contains("revoked"), "{answer}");

        let archive = empty(memory()).await;
        add(&archive, "one.md", "---\nid: doc/one\ntitle: One\ntype: note\n---\nWords.\n").await;
        let service = serving(archive, |service| service.config.read_only = true);
        for (path, body) in [
            ("/api/assessments", body),
            ("/api/comments", json!({ "about": "doc/one", "text": "x" })),
            ("/api/reviews", json!({ "verdict": "accepted" })),
        ] {
            let (status, _, answer) = ask(&service, request(Some("secret"), "POST", path, &body)).await;
            assert!(status == 403 && answer.contains("--read-only"), "{path}: {status} {answer}");
        }
        assert_eq!(ask(&service, get("/doc/one", "*/*")).await.0, 200);
    });
}
