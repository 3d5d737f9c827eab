//! The life of things: created, edited, merged, split, withdrawn, undone; what became of them; which may be one.

use std::{collections::BTreeSet, sync::Arc};

use axum::{body::Body, http::Request};
use isnad::{
    add::{Archive, Decided, Plan, Settings},
    ask::fate::{self, Fate},
    model::{Id, Kind},
    review::{self, Request as Decision},
    serve::Service,
};
use serde_json::{Value, json};

use crate::starter::{BASE, ask, empty, get, memory, run, service};

async fn filled() -> Arc<Service> {
    let archive = empty(memory()).await;
    archive.add_ontology().await.expect("the ontology can be added");
    let settings = Settings::new(&archive, 1 << 20);
    let report = archive.add(&Plan::starter(), &settings, &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    archive.relink().await.expect("it is linked");
    service(archive)
}

/// A call with the token, and its answer as JSON.
async fn call(service: &Arc<Service>, method: &str, path: &str, body: Option<Value>) -> (u16, Value) {
    let request = Request::builder().method(method).uri(path).header("authorization", "Bearer secret");
    let request = request.header("content-type", "application/json");
    let body = body.map_or_else(Body::empty, |body| Body::from(body.to_string()));
    let (status, _, text) = ask(service, request.body(body).expect("the request is good")).await;
    (status, serde_json::from_str(&text).unwrap_or(Value::Null))
}

/// Every quad but the log, what is kept beside it and the provenance, as sorted lines.
async fn lines(archive: &Archive) -> BTreeSet<String> {
    let text = archive.store.dump(isnad::rdf::GraphFormat::NQuads).await.expect("it is dumped");
    let text = String::from_utf8(text).expect("it is UTF-8");
    let own = ["changes", "history", "prov"].map(|name| format!("<{BASE}graph/{name}> ."));
    text.lines().filter(|line| !own.iter().any(|own| line.ends_with(own))).map(ToOwned::to_owned).collect()
}

/// That two states are one; where not, some of what differs.
fn same(before: &BTreeSet<String>, after: &BTreeSet<String>) {
    let differ: Vec<_> = before.symmetric_difference(after).take(5).collect();
    assert!(differ.is_empty(), "{differ:#?}");
}

async fn count(archive: &Archive, pattern: &str) -> usize {
    let query = format!(
        "PREFIX isn: <{BASE}ontology#> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> \
         PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX oa: <http://www.w3.org/ns/oa#> BASE <{BASE}> \
         SELECT * {{ {pattern} }}"
    );
    archive.store.select(&query).await.expect("it is answered").len()
}

fn id(text: &str) -> Id {
    text.parse().expect("it is an identifier")
}

#[test]
fn an_entity_is_created_edited_and_undone() {
    run(async {
        let service = filled().await;
        let archive = &service.archive;
        let before = lines(archive).await;
        let entity = json!({ "id": "org/example", "label_en": "Example Org", "label_ar": "\u{645}\u{646}\u{638}\u{645}\u{629}",
            "alt_en": ["EO", "Ex. Org."], "part_of": "org/un", "founded": "1999" });
        let (status, done) =
            call(&service, "POST", "/api/entities", Some(json!({ "entity": entity, "by": "nour" }))).await;
        assert_eq!((status, &done["act"], &done["thing"]), (201, &json!("create"), &json!("org/example")), "{done}");
        assert_eq!(count(archive, "<org/example> rdfs:label ?l ; skos:altLabel ?a").await, 4);
        assert_eq!(
            count(archive, "GRAPH <graph/prov> { <graph/authority/org-example> isn:sha256 ?d ; ?p ?o }").await,
            6
        );
        assert_eq!(count(archive, "GRAPH <graph/changes> { ?c isn:changeOf <graph/authority/org-example> ; <http://www.w3.org/ns/prov#wasAttributedTo> <agent/nour> }").await, 1);
        let found = archive.dictionary().await.expect("it is grown").exact("Ex. Org.", &[Kind::Organization]);
        assert_eq!(found, Some(id("org/example")), "it is known by name at once");

        let (status, edited) = call(
            &service,
            "PATCH",
            "/api/entities/org/example",
            Some(
                json!({ "entity": { "alt_en": "EO", "founded": null, "note_en": "A remark." }, "reason": "spelling" }),
            ),
        )
        .await;
        assert_eq!(status, 200, "{edited}");
        assert_eq!(count(archive, "<org/example> skos:altLabel ?a").await, 1);
        assert_eq!(count(archive, "<org/example> isn:founded ?a").await, 0);
        assert_eq!(count(archive, "<org/example> rdfs:label ?l ; skos:note ?n").await, 2);

        let undo = |number: &Value| format!("/api/changes/{number}/undo?reason=test");
        let (status, refused) = call(&service, "POST", &undo(&done["change"]), None).await;
        assert_eq!((status, &refused["changes"]), (409, &json!([edited["change"]])), "{refused}");
        let (status, undone) = call(&service, "POST", &undo(&edited["change"]), None).await;
        assert_eq!(status, 200, "{undone}");
        assert_eq!(count(archive, "<org/example> skos:altLabel ?a").await, 2);
        let (status, redone) = call(&service, "POST", &undo(&undone["change"]), None).await;
        assert_eq!(status, 200, "{redone}");
        assert_eq!(count(archive, "<org/example> skos:altLabel ?a").await, 1);
        // What was undone stands against nothing any more.
        for change in [&redone, &done] {
            let (status, body) = call(&service, "POST", &undo(&change["change"]), None).await;
            assert_eq!(status, 200, "{body}");
        }
        same(&before, &lines(archive).await);
    });
}

#[test]
fn what_cannot_be_done_is_told_with_its_place() {
    run(async {
        let service = filled().await;
        let before = service.archive.store.last_change().await.expect("the store works");
        let cases = [
            ("POST", "/api/entities", json!({ "entity": { "id": "org/hrw", "label_en": "X" } }), 409, "org/hrw"),
            ("POST", "/api/entities", json!({ "entity": { "id": "org/new" } }), 422, "label_en"),
            ("POST", "/api/entities", json!({ "entity": { "id": "doc/new", "label_en": "X" } }), 422, "title"),
            (
                "POST",
                "/api/entities",
                json!({ "entity": { "id": "org/new", "label_en": "X", "colour": "red" } }),
                422,
                "colour",
            ),
            (
                "POST",
                "/api/entities",
                json!({ "entity": { "id": "org/new", "label_en": "X" }, "by": "a b" }),
                422,
                "agent",
            ),
            ("POST", "/api/entities", json!({ "thing": {} }), 400, "thing"),
            ("PATCH", "/api/entities/org/hrw", json!({ "entity": { "kind": "event" } }), 422, "kind"),
            ("PATCH", "/api/entities/org/hrw", json!({ "entity": { "label_en": "", "label_ar": "" } }), 422, "name"),
            ("PATCH", "/api/entities/org/none", json!({ "entity": { "label_en": "X" } }), 404, "org/none"),
            ("POST", "/api/entities/org/hrw/merge", json!({ "into": "org/hrw" }), 422, "another"),
            ("POST", "/api/entities/org/hrw/merge", json!({ "into": "place/SY02" }), 422, "another"),
            ("POST", "/api/entities/org/hrw/merge", json!({ "into": "org/none" }), 422, "org/none"),
            (
                "POST",
                "/api/entities/org/hrw/split",
                json!({ "entity": { "id": "org/x", "label_en": "X" }, "names": ["nobody"] }),
                422,
                "nobody",
            ),
            (
                "POST",
                "/api/entities/org/hrw/split",
                json!({ "entity": { "id": "org/x", "label_en": "X" }, "links": ["doc/none"] }),
                422,
                "doc/none",
            ),
            ("DELETE", "/api/entities/org/hrw", Value::Null, 422, "reason"),
            ("DELETE", "/api/entities/claim/x?reason=y", Value::Null, 422, "entity"),
            ("POST", "/api/changes/99999/undo", Value::Null, 404, "99999"),
            ("POST", "/api/changes/none/undo", Value::Null, 400, "none"),
        ];
        for (method, path, body, expected, words) in cases {
            let (status, problem) = call(&service, method, path, Some(body)).await;
            assert_eq!(status, expected, "{method} {path}: {problem}");
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(words)), "{words}: {problem}");
        }
        let (status, _, _) =
            ask(&service, Request::post("/api/entities").body(Body::from("{}")).expect("it is good")).await;
        assert_eq!(status, 401);
        assert_eq!(service.archive.store.last_change().await.expect("the store works"), before, "nothing was written");
    });
}

#[test]
fn a_merged_entity_leads_to_the_kept_one_with_its_names_and_links() {
    run(async {
        let service = filled().await;
        let archive = &service.archive;
        let before = lines(archive).await;
        let pointing = "?s ?p <org/jim> FILTER(?p != <http://purl.org/dc/terms/isReplacedBy>)";
        let (links, mentions) = (count(archive, pointing).await, count(archive, "?m oa:hasBody <org/jim>").await);
        assert!(links > 10 && mentions > 5, "{links} {mentions}");
        let into = count(archive, "?m oa:hasBody <org/opcw-iit>").await;
        let (status, done) = call(
            &service,
            "POST",
            "/api/entities/org/jim/merge",
            Some(json!({ "into": "org/opcw-iit", "reason": "a test", "by": "nour" })),
        )
        .await;
        assert_eq!(status, 200, "{done}");
        assert_eq!(count(archive, pointing).await, 0, "nothing points to the old one");
        assert_eq!(count(archive, "?m oa:hasBody <org/opcw-iit>").await, mentions + into);
        assert_eq!(
            count(archive, "<org/opcw-iit> skos:altLabel \"OPCW-UN Joint Investigative Mechanism\"@en").await,
            1
        );
        assert_eq!(count(archive, "<org/opcw-iit> rdfs:label ?l FILTER(LANG(?l) = \"en\")").await, 1);
        assert_eq!(count(archive, "<org/jim> ?p ?o FILTER(?p = rdfs:label || ?p = skos:altLabel)").await, 0);
        let fate = fate::of(&archive.store, &id("org/jim")).await.expect("it is answered");
        let Fate::Merged { into, ending } = fate else { panic!("{fate:?}") };
        assert_eq!(
            (into.as_str(), ending.agent(&archive.store), ending.why()),
            ("org/opcw-iit", Some("agent/nour"), Some("a test"))
        );
        assert!(ending.at.is_some());
        let (status, told) = call(&service, "GET", "/api/entities/org/jim", None).await;
        assert_eq!((status, &told["state"], &told["into"]), (200, &json!("merged"), &json!("org/opcw-iit")));
        // One act, in one transaction: every record of it names the first.
        let records = usize::try_from(
            done["last_change"].as_u64().expect("it is a number") - done["change"].as_u64().expect("it is one") + 1,
        )
        .expect("it is small");
        let first = done["change"].as_u64().expect("it is a number");
        assert_eq!(
            count(
                archive,
                &format!("GRAPH <graph/changes> {{ ?c isn:transaction <change/{first}> ; isn:act <vocab/act/merge> }}")
            )
            .await,
            records
        );
        let checked = archive.check().await.expect("the check runs");
        assert_eq!(checked.refusals, 0, "{:?}", checked.findings);

        // Linking again finds the same, for the names are there.
        archive.relink_everything();
        archive.relink().await.expect("it is linked");
        assert_eq!(count(archive, "?m oa:hasBody <org/jim>").await, 0);

        let (status, undone) = call(&service, "POST", &format!("/api/changes/{first}/undo"), None).await;
        assert_eq!(status, 200, "{undone}");
        archive.relink().await.expect("it is linked");
        same(&before, &lines(archive).await);
        assert_eq!(fate::of(&archive.store, &id("org/jim")).await.expect("it is answered"), Fate::Current);
    });
}

#[test]
fn of_what_a_thing_has_once_the_kept_one_has_its_own() {
    run(async {
        let service = filled().await;
        let archive = &service.archive;
        for (key, level, point) in [("one", "city", 36.0), ("two", "town", 37.0)] {
            let entity = json!({ "id": format!("place/{key}"), "label_en": format!("Place {key}"), "level": level,
                "latitude": point, "longitude": point, "within": "place/SY02" });
            let (status, body) = call(&service, "POST", "/api/entities", Some(json!({ "entity": entity }))).await;
            assert_eq!(status, 201, "{body}");
        }
        let (status, body) =
            call(&service, "POST", "/api/entities/place/two/merge", Some(json!({ "into": "place/one" }))).await;
        assert_eq!(status, 200, "{body}");
        assert_eq!(count(archive, "<place/one> isn:adminLevel <vocab/admin-level/city>").await, 1);
        assert_eq!(count(archive, "<place/one> isn:adminLevel ?l").await, 1);
        assert_eq!(count(archive, "<place/one> <http://www.opengis.net/ont/geosparql#hasGeometry>/<http://www.opengis.net/ont/geosparql#asWKT> ?w").await, 1);
        assert_eq!(
            count(archive, "?part isn:part <place/one>").await,
            2,
            "who says where it lies stays, under another name"
        );
        assert_eq!(count(archive, "?s ?p ?o FILTER(STRSTARTS(STR(?s), CONCAT(STR(<place/two>), \"#\")))").await, 0);
        // What is merged once more leads to the last one at once.
        let (status, body) = call(
            &service,
            "POST",
            "/api/entities",
            Some(json!({ "entity": { "id": "place/three", "label_en": "Place three" } })),
        )
        .await;
        assert_eq!(status, 201, "{body}");
        let (status, body) =
            call(&service, "POST", "/api/entities/place/one/merge", Some(json!({ "into": "place/three" }))).await;
        assert_eq!(status, 200, "{body}");
        let fate = fate::of(&archive.store, &id("place/two")).await.expect("it is answered");
        assert!(matches!(&fate, Fate::Merged { into, .. } if into.as_str() == "place/three"), "{fate:?}");
    });
}

#[test]
fn a_split_takes_names_and_links_and_is_undone() {
    run(async {
        let service = filled().await;
        let archive = &service.archive;
        let before = lines(archive).await;
        let rows = archive
            .store
            .select(&format!("BASE <{BASE}> SELECT ?s {{ ?s <ontology#issuedBy> <org/hrw> }} ORDER BY ?s"))
            .await
            .expect("it is answered");
        let document = rows[0].iri("s").and_then(|iri| iri.strip_prefix(BASE)).expect("there is one").to_owned();
        let body = json!({ "entity": { "id": "org/hrw-two", "label_en": "HRW Two" }, "names": ["HRW"], "links": [document], "reason": "test" });
        let (status, done) = call(&service, "POST", "/api/entities/org/hrw/split", Some(body)).await;
        assert_eq!(status, 201, "{done}");
        assert_eq!(count(archive, "<org/hrw-two> skos:altLabel \"HRW\"@en").await, 1);
        assert_eq!(count(archive, "<org/hrw> skos:altLabel \"HRW\"@en").await, 0);
        assert_eq!(count(archive, &format!("<{document}> isn:issuedBy <org/hrw-two>")).await, 1);
        assert_eq!(count(archive, &format!("<{document}> isn:issuedBy <org/hrw>")).await, 0);
        let (status, undone) = call(&service, "POST", &format!("/api/changes/{}/undo", done["change"]), None).await;
        assert_eq!(status, 200, "{undone}");
        archive.relink().await.expect("it is linked");
        same(&before, &lines(archive).await);
    });
}

#[test]
fn what_is_withdrawn_leaves_a_tombstone_and_comes_back() {
    run(async {
        let service = filled().await;
        let archive = &service.archive;
        let before = lines(archive).await;
        for thing in ["org/hrw", "doc/jim-4"] {
            let (status, done) =
                call(&service, "DELETE", &format!("/api/entities/{thing}?reason=asked%20for&by=nour"), None).await;
            assert_eq!(status, 200, "{done}");
            let fate = fate::of(&archive.store, &id(thing)).await.expect("it is answered");
            let Fate::Withdrawn(ending) = fate else { panic!("{fate:?}") };
            assert_eq!((ending.agent(&archive.store), ending.why()), (Some("agent/nour"), Some("asked for")));
            let (status, again) = call(&service, "DELETE", &format!("/api/entities/{thing}?reason=again"), None).await;
            assert_eq!(status, 409, "{again}");
            archive.relink().await.expect("it is linked");
            assert_eq!(count(archive, &format!("?m oa:hasBody <{thing}>")).await, 0, "{thing}");
            let (status, undone) = call(&service, "POST", &format!("/api/changes/{}/undo", done["change"]), None).await;
            assert_eq!(status, 200, "{undone}");
            archive.relink().await.expect("it is linked");
            same(&before, &lines(archive).await);
        }
        assert_eq!(
            count(
                archive,
                "GRAPH <graph/prov> { <graph/doc/jim-4> isn:sha256 ?d ; <http://purl.org/dc/terms/license> ?l }"
            )
            .await,
            1
        );
        assert_eq!(fate::of(&archive.store, &id("org/never")).await.expect("it is answered"), Fate::Unknown);
    });
}

#[test]
fn a_document_that_was_added_is_undone_from_the_log() {
    run(async {
        let service = filled().await;
        let archive = &service.archive;
        let before = lines(archive).await;
        let note = "---\nid: doc/note-1\ntitle: {en: A note}\ntype: report\nissued: 2020-01-01\nissuer: [org/hrw]\nlanguage: [en]\n---\n\
                    ::: en\nHuman Rights Watch spoke of Aleppo.\n";
        let post = |text: &str| {
            let request = Request::post("/api/documents?name=note-1.md").header("authorization", "Bearer secret");
            request.body(Body::from(text.to_owned())).expect("the request is good")
        };
        let (status, _, body) = ask(&service, post(note)).await;
        assert_eq!(status, 200, "{body}");
        let first = archive.store.last_change().await.expect("the store works");
        let (status, _, body) = ask(&service, post(&note.replace("spoke", "wrote"))).await;
        assert_eq!(status, 200, "{body}");
        let second = archive.store.last_change().await.expect("the store works");
        assert_eq!(second, first + 1);
        let (status, refused) = call(&service, "POST", &format!("/api/changes/{first}/undo"), None).await;
        assert_eq!((status, &refused["changes"]), (409, &json!([second])), "{refused}");
        let (status, undone) = call(&service, "POST", &format!("/api/changes/{second}/undo"), None).await;
        assert_eq!(status, 200, "{undone}");
        assert_eq!(
            count(
                archive,
                "?t <http://www.w3.org/1999/02/22-rdf-syntax-ns#value> ?v FILTER(CONTAINS(?v, \"Watch spoke\"))"
            )
            .await,
            1
        );
        let (status, undone) = call(&service, "POST", &format!("/api/changes/{first}/undo"), None).await;
        assert_eq!(status, 200, "{undone}");
        archive.relink().await.expect("it is linked");
        same(&before, &lines(archive).await);
    });
}

#[test]
fn duplicates_are_proposed_with_what_speaks_for_them() {
    run(async {
        let service = filled().await;
        let entity = json!({ "id": "org/human-rights-watch", "label_en": "Human Rights Watch", "label_ar": "\u{647}\u{64A}\u{648}\u{645}\u{646} \u{631}\u{627}\u{64A}\u{62A}\u{633} \u{648}\u{648}\u{62A}\u{634}" });
        let (status, body) = call(&service, "POST", "/api/entities", Some(json!({ "entity": entity }))).await;
        assert_eq!(status, 201, "{body}");
        let (mut path, mut found, mut pages) =
            ("/api/entities/duplicates?kind=org&min_score=90".to_owned(), Vec::new(), 0);
        loop {
            let (status, _, text) = ask(&service, get(&path, "application/json")).await;
            assert_eq!(status, 200, "{text}");
            let page: Value = serde_json::from_str(&text).expect("it is JSON");
            found.extend(page["pairs"].as_array().expect("it is a list").clone());
            pages += 1;
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/api/entities/duplicates?kind=org&min_score=90&cursor={}", next.replace('/', "%2F"));
        }
        assert!(pages > 1, "there are more organizations than one page covers");
        let is_it = |pair: &&Value| {
            let both = [pair["one"]["id"].as_str(), pair["other"]["id"].as_str()];
            both.contains(&Some("org/hrw")) && both.contains(&Some("org/human-rights-watch"))
        };
        let pairs: Vec<&Value> = found.iter().filter(is_it).collect();
        assert_eq!(pairs.len(), 1, "each pair once: {found:?}");
        assert!(pairs[0]["score"].as_f64().is_some_and(|score| score >= 95.0), "{pairs:?}");
        let parts: Vec<&str> = pairs[0]["features"]
            .as_array()
            .expect("it is a list")
            .iter()
            .filter_map(|part| part["id"].as_str())
            .collect();
        assert!(parts.contains(&"name") && parts.contains(&"whole-name"), "{parts:?}");
        for (path, words) in [
            ("/api/entities/duplicates", "kind"),
            ("/api/entities/duplicates?kind=cow", "cow"),
            ("/api/entities/duplicates?kind=org&min_score=x", "score"),
            ("/api/entities/duplicates?kind=org&cursor=x", "place"),
        ] {
            let (status, _, text) = ask(&service, get(path, "application/json")).await;
            assert!(status == 400 && text.contains(words), "{text}");
        }
    });
}

#[test]
fn of_two_decisions_at_the_same_moment_the_second_sees_the_first() {
    run(async {
        let service = filled().await;
        let archive = &service.archive;
        let request = |verdict: &str| Decision {
            verdict: verdict.to_owned(),
            form: Some("Human Rights Watch".to_owned()),
            thing: Some("org/hrw".to_owned()),
            reason: Some("test".to_owned()),
            ..Decision::default()
        };
        let dictionary = archive.dictionary().await.expect("it is grown");
        let known = dictionary.decisions();
        // Both are prepared before either is written.
        let one = review::prepare(&archive.store, known, &request("accepted")).await.expect("it can be decided");
        let other = review::prepare(&archive.store, known, &request("rejected")).await.expect("it can be decided");
        let decided = archive.decide(&one.decision, &[]).await.expect("the store works");
        assert_eq!(decided, Decided::Written);
        let decided = archive.decide(&other.decision, &[]).await.expect("the store works");
        let Decided::Otherwise(first) = decided else { panic!("both are in force") };
        assert_eq!(first.id, one.decision.id);
        assert_eq!(ask_all(archive).await, 1);
    });
}

async fn ask_all(archive: &Archive) -> usize {
    isnad::ask::decisions::all(&archive.store).await.expect("it is answered").len()
}
