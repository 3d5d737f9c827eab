//! The Entity Reconciliation API: candidates in both languages, what raises and lowers them, and both versions' forms.

use axum::{body::Body, http::Request};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use crate::starter::{ask, get, run, starter};

fn encode(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

fn asked(path: &str) -> (u16, Value) {
    let service = starter();
    let (status, _, body) = run(ask(&service, get(path, "application/json")));
    (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")))
}

fn posted(path: &str, media_type: &str, body: String) -> (u16, Value) {
    let service = starter();
    let request = Request::post(path).header("content-type", media_type).header("accept", "application/json");
    let (status, _, body) = run(ask(&service, request.body(Body::from(body)).expect("the request is good")));
    (status, serde_json::from_str(&body).unwrap_or_else(|error| panic!("{error}: {body}")))
}

/// The candidates of one query.
fn candidates(query: &Value) -> Vec<Value> {
    let batch = json!({ "q0": query });
    let form = format!("queries={}", encode(&batch.to_string()));
    let (status, answer) = posted("/reconcile", "application/x-www-form-urlencoded", form);
    assert_eq!(status, 200, "{answer}");
    answer["q0"]["result"].as_array().expect("there are results").clone()
}

fn first(query: &Value) -> (String, bool) {
    let found = candidates(query);
    let best = found.first().unwrap_or_else(|| panic!("nothing is found for {query}"));
    (best["id"].as_str().unwrap_or_default().to_owned(), best["match"] == true)
}

fn score(query: &Value, id: &str) -> f64 {
    let found = candidates(query);
    found.iter().find(|one| one["id"] == id).and_then(|one| one["score"].as_f64()).unwrap_or(0.0)
}

#[test]
fn a_name_finds_its_thing_in_either_language_and_in_other_spellings() {
    let hrw_ar = "\u{647}\u{64A}\u{648}\u{645}\u{646} \u{631}\u{627}\u{64A}\u{62A}\u{633} \u{648}\u{648}\u{62A}\u{634}";
    for (name, id, is_match) in [
        ("Human Rights Watch", "org/hrw", true),
        ("human rights  watch", "org/hrw", true),
        ("HRW", "org/hrw", true),
        (hrw_ar, "org/hrw", true),
        ("Humna Rights Watch", "org/hrw", false),
    ] {
        assert_eq!(first(&json!({ "query": name })), (id.to_owned(), is_match), "{name}");
    }
    assert!(candidates(&json!({ "query": "Zzyzx Qwerty" })).is_empty());
}

#[test]
fn one_of_several_of_the_same_name_is_no_match_until_something_tells_them_apart() {
    let all = candidates(&json!({ "query": "Aleppo", "type": "Place", "limit": 10 }));
    let score = |one: &Value| one["score"].as_f64().unwrap_or_default();
    let close = all.iter().filter(|one| score(one) > score(&all[0]) - isnad::ask::reconcile::APART).count();
    assert!(close > 1 && all.iter().all(|one| one["match"] == false), "{all:?}");
    let scores: Vec<f64> = all.iter().map(score).collect();
    assert!(scores.windows(2).all(|pair| pair[0] >= pair[1]) && scores.iter().all(|score| *score <= 100.0));
    assert_eq!(all, candidates(&json!({ "query": "Aleppo", "type": "Place", "limit": 10 })), "always the same");
}

#[test]
fn a_type_keeps_others_out_and_a_value_raises_or_lowers() {
    let places = candidates(&json!({ "query": "Syria", "type": "Place" }));
    assert!(
        !places.is_empty() && places.iter().all(|one| one["id"].as_str().is_some_and(|id| id.starts_with("place/")))
    );
    let agents = candidates(&json!({ "query": "Human Rights Watch", "type": "Agent" }));
    assert_eq!(agents[0]["id"], "org/hrw", "an organization is an agent");
    let none = candidates(&json!({ "query": "Human Rights Watch", "type": "Place" }));
    assert!(none.iter().all(|one| one["id"] != "org/hrw"));
    let preferred = json!({ "query": "Human Rights Watch", "type": ["Place"], "type_strict": "should" });
    assert!((1.0..90.0).contains(&score(&preferred, "org/hrw")));

    let id = "doc/sc-2017-02-15-hrw-aleppo";
    let title = asked(&format!("/reconcile/suggest/entity?prefix={}", "Death"));
    assert_eq!(title.0, 200);
    let (_, extended) = asked(&format!(
        "/reconcile?extend={}",
        encode(&json!({ "ids": [id], "properties": [{ "id": "dct:title" }, { "id": "area" }] }).to_string())
    ));
    let name = extended["rows"][id]["dct:title"][0]["str"].as_str().expect("it has a title").to_owned();
    let with = |value: Value| json!({ "query": name, "properties": [{ "pid": "area", "v": value }] });
    let alone = score(&json!({ "query": name }), id);
    let area = &extended["rows"][id]["area"][0];
    let (right, wrong) = (score(&with(json!({ "id": area["id"] })), id), score(&with("Stockholm".into()), id));
    assert!(right >= alone && wrong < alone, "{alone} {right} {wrong}");
    assert!(score(&with(area["name"].clone()), id) > wrong, "a value by its name");
    let features = &candidates(&with("Stockholm".into()))[0]["features"];
    assert!(features.as_array().is_some_and(|all| all.iter().any(|one| one["id"] == "property:area")), "{features}");
    let found = candidates(&json!({ "properties": [{ "pid": "area", "v": { "id": area["id"] } }], "limit": 100 }));
    assert!(found.iter().any(|one| one["id"] == id), "found by a value alone");
}

#[test]
fn the_answer_is_in_the_language_asked_for() {
    let (_, answer) = asked(&format!("/reconcile?lang=ar&queries={}", encode(r#"{"a":{"query":"HRW"}}"#)));
    let name = answer["a"]["result"][0]["name"].as_str().expect("there is a name");
    assert!(name.chars().any(|c| ('\u{600}'..'\u{700}').contains(&c)), "{name}");
    let (_, types) = asked("/reconcile/suggest/type?prefix=place");
    let place = &types["result"][0];
    assert_eq!((&place["id"], &place["lang"]), (&json!("Place"), &json!("en")));
}

#[test]
fn the_draft_asks_by_conditions_and_answers_in_order() {
    let name = |name: &str| json!({ "matchType": "name", "propertyValue": name });
    let id = json!({ "matchType": "id", "propertyValue": "org/hrw" });
    let not = json!({ "matchType": "property", "propertyId": "within", "propertyValue": "Syria",
        "required": true, "matchQuantifier": "none" });
    let body = json!({ "queries": [
        { "type": "Organization", "conditions": [name("Human Rights Watch")] },
        { "conditions": [id] },
        { "type": "Place", "conditions": [name("Aleppo"), not] },
    ] });
    let (status, answer) = posted("/reconcile/v1/match", "application/json", body.to_string());
    assert_eq!(status, 200, "{answer}");
    let results = answer["results"].as_array().expect("there are results");
    assert_eq!((results.len(), &results[0]["candidates"][0]["id"]), (3, &json!("org/hrw")));
    let by_id = &results[1]["candidates"][0];
    assert_eq!((&by_id["id"], &by_id["match"], &by_id["lang"]), (&json!("org/hrw"), &json!(true), &json!("en")));
    let inside = |one: &Value| one["name"] == "Aleppo" && one["score"] == 100.0;
    assert!(!results[2]["candidates"].as_array().is_some_and(|all| all.iter().any(inside)), "{}", results[2]);
    let body = json!({ "ids": ["org/hrw", "org/nothing"], "properties": [
        { "id": "rdfs:label", "settings": { "limit": 1 } },
        { "id": "skos:altLabel", "settings": { "count": true } },
    ] });
    let (status, answer) = posted("/reconcile/v1/extend", "application/json", body.to_string());
    assert_eq!(status, 200, "{answer}");
    assert_eq!(
        answer["rows"][0]["properties"][0]["values"],
        json!([{ "str": "Human Rights Watch", "lang": "en", "dir": "ltr" }])
    );
    assert!(answer["rows"][0]["properties"][1]["values"][0]["int"].as_i64().is_some_and(|count| count > 0));
    assert_eq!(answer["rows"][1]["properties"][0]["values"], json!([]));
}

#[test]
fn suggestions_go_on_after_the_cursor() {
    let ids = |path: &str| -> Vec<String> {
        let (status, answer) = asked(path);
        assert_eq!(status, 200, "{answer}");
        let found = answer["result"].as_array().expect("there are results").clone();
        found.iter().filter_map(|one| Some(one["id"].as_str()?.to_owned())).collect()
    };
    let both = ids("/reconcile/suggest/entity?prefix=al&limit=6");
    assert_eq!(both.len(), 6);
    assert_eq!(ids("/reconcile/suggest/entity?prefix=al&limit=3&cursor=3"), both[3..]);
    assert!(ids("/reconcile/suggest/entity?prefix=al&type=Place").iter().all(|id| id.starts_with("place/")));
    assert!(ids("/reconcile/v1/suggest/entity?prefix=%D8%AD%D9%84%D8%A8").iter().any(|id| id.starts_with("place/")));
    assert!(ids("/reconcile/suggest/property?prefix=with").contains(&"within".to_owned()));
    let (_, proposed) = asked("/reconcile/v1/extend/propose?type=Place&limit=50");
    let proposed = proposed["properties"].as_array().expect("there are properties").clone();
    assert!(proposed.iter().any(|one| one["id"] == "within") && proposed.iter().all(|one| one["id"] != "issuedBy"));
}

#[test]
fn a_preview_can_be_framed_and_a_view_leads_to_the_page() {
    let service = starter();
    run(async {
        let (status, head, page) = ask(&service, get("/reconcile/preview?id=org%2Fhrw&lang=ar", "text/html")).await;
        assert_eq!(status, 200);
        assert!(head.headers()["content-security-policy"].to_str().is_ok_and(|it| it.contains("frame-ancestors *")));
        assert!(page.contains("Human Rights Watch") && page.contains("dir=\"rtl\"") && !page.contains("<script"));
        let (status, head, _) = ask(&service, get("/reconcile/view?id=org%2Fhrw", "*/*")).await;
        assert_eq!((status, head.headers()["location"].to_str().ok()), (303, Some("/org/hrw")));
        assert_eq!(ask(&service, get("/reconcile/preview?id=org%2Fnobody", "*/*")).await.0, 404);
        let (_, head, script) = ask(&service, get("/reconcile?callback=jQuery.a_1&_=1", "*/*")).await;
        assert_eq!(head.headers()["content-type"], "application/javascript");
        assert!(script.starts_with("/**/jQuery.a_1({") && script.ends_with("});"));
    });
}

#[test]
fn what_is_wrong_is_named() {
    let queries = |batch: &str| format!("/reconcile?queries={}", encode(batch));
    for (path, parameter) in [
        (queries("nonsense"), "queries"),
        (queries(r#"{"q":{}}"#), "queries"),
        (queries(r#"{"q":{"query":"x","type":"Nonsense"}}"#), "queries"),
        (queries(r#"{"q":{"query":"x","limit":0}}"#), "queries"),
        (queries(r#"{"q":{"query":"x","properties":[{"pid":"nonsense","v":"x"}]}}"#), "queries"),
        (
            queries(&format!(
                "{{{}}}",
                (0..101).map(|n| format!("\"{n}\":{{\"query\":\"x\"}}")).collect::<Vec<_>>().join(",")
            )),
            "queries",
        ),
        ("/reconcile?callback=alert(1)".to_owned(), "callback"),
        ("/reconcile?queries=%7B%7D&queries=%7B%7D".to_owned(), "queries"),
        ("/reconcile/suggest/entity".to_owned(), "prefix"),
        ("/reconcile/suggest/entity?prefix=a&cursor=-1".to_owned(), "cursor"),
        ("/reconcile/properties?type=Nonsense".to_owned(), "type"),
    ] {
        let (status, problem) = asked(&path);
        assert_eq!((status, problem["parameter"].as_str()), (400, Some(parameter)), "{path}: {problem}");
    }
    let injected = json!({ "properties": [{ "pid": "area", "v": { "id": "x> } . ?thing ?p ?o { <y" } }] });
    assert!(candidates(&injected).is_empty());
    let (status, problem) = posted("/reconcile/v1/match", "text/plain", "{}".to_owned());
    assert_eq!((status, problem["accepted"][0].as_str()), (415, Some("application/json")));
    let (status, problem) =
        posted("/reconcile/v1/match", "application/json", r#"{"queries":[{"conditions":[]}]}"#.to_owned());
    assert_eq!((status, problem["parameter"].as_str()), (400, Some("queries[0]")));
}
