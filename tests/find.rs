//! Looking for things in the starter archive, through the routes.

use std::{collections::BTreeSet, sync::Arc};

use axum::http::Response;
use isnad::serve::Service;
use serde_json::Value;

use crate::starter::{self, starter};

fn answer(path: &str, accept: &str) -> (u16, Response<()>, String) {
    starter::run(starter::ask(&starter(), starter::get(path, accept)))
}

/// The answer to a GET, which must be good.
pub fn json(service: &Arc<Service>, path: &str) -> Value {
    let (status, _, body) = starter::run(starter::ask(service, starter::get(path, "application/json")));
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
}

fn get(path: &str) -> Value {
    json(&starter(), path)
}

/// The identifiers of the hits.
pub fn ids(found: &Value) -> Vec<String> {
    let hits = found["hits"].as_array().expect("there are hits");
    hits.iter().map(|hit| hit["id"].as_str().expect("it has an id").replace(starter::BASE, "")).collect()
}

/// A value as it stands in an address.
pub fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// How many things a value of a facet stands for.
fn count(found: &Value, facet: &str, value: &str) -> Option<u64> {
    let values = found["facets"][facet]["values"].as_array().expect("the facet is there");
    values.iter().find(|known| known["value"] == value).and_then(|known| known["count"].as_u64())
}

#[test]
fn a_name_goes_before_texts_and_every_value_is_called_in_both_languages() {
    let found = get("/api/search?q=aleppo&limit=40&top=1000");
    assert_eq!(found["hits"][0]["kind"], "place", "{}", found["hits"][0]);
    let kinds: Vec<&str> =
        found["hits"].as_array().into_iter().flatten().filter_map(|hit| hit["kind"].as_str()).collect();
    let first_claim = kinds.iter().position(|kind| *kind == "claim").expect("a claim speaks of it");
    assert!(kinds[..3].iter().all(|kind| *kind != "claim") && first_claim > 10, "{kinds:?}");
    for (facet, counted) in found["facets"].as_object().expect("there are facets") {
        for value in counted["values"].as_array().into_iter().flatten() {
            assert!(value["label"]["en"].is_string() && value["label"]["ar"].is_string(), "{facet}: {value}");
        }
    }
    assert_eq!(count(&found, "reliability", "not-assessed"), count(&found, "kind", "document"));
    let marked = found["hits"][0]["snippet"]["marked"].as_str().expect("there is a snippet");
    assert!(marked.contains("\u{27E6}Aleppo\u{27E7}"), "{marked}");
}

#[test]
fn a_claim_is_shown_with_its_speaker_its_stance_and_its_document() {
    let found = get("/api/search?kind=claim&limit=1000");
    let hits = found["hits"].as_array().expect("there are hits");
    assert_eq!(hits.len(), 70);
    for hit in hits {
        assert!(hit["speaker"][0]["id"].is_string() && hit["stance"]["id"].is_string(), "{hit}");
        assert!(hit["document"]["id"].is_string() && hit["snippet"].is_null(), "{hit}");
    }
}

#[test]
fn spellings_in_both_scripts_find_the_same_place_and_what_speaks_of_it() {
    let sednaya = [
        "sednaya",
        "Saidnaya",
        "\u{633}\u{62F}\u{646}\u{627}\u{64A}\u{627}",
        "\u{635}\u{64A}\u{62F}\u{646}\u{627}\u{64A}\u{627}",
    ];
    for written in sednaya {
        let found = get(&format!("/api/search?facets=&q={}", encoded(written)));
        let ids = ids(&found);
        assert_eq!(ids[0], "place/saydnaya-prison", "{written}");
        assert!(ids.iter().any(|id| id == "doc/ai-mde-24-5415-2017"), "{written}: {ids:?}");
        assert!(ids.iter().any(|id| id == "doc/sc-2017-02-15-hrw-aleppo"), "{written}: {ids:?}");
        assert_eq!(found["also"][0]["id"], format!("{}place/saydnaya-prison", starter::BASE), "{written}");
    }
    let exact = get("/api/search?facets=&q=%22sednaya%22");
    assert!(exact["also"].as_array().is_some_and(Vec::is_empty), "{exact}");
}

#[test]
fn a_snippet_tells_by_offsets_what_it_marks() {
    for hit in get("/api/search?q=chlorine%20attack&limit=50")["hits"].as_array().expect("there are hits") {
        let snippet = &hit["snippet"];
        let text: Vec<char> = snippet["text"].as_str().expect("it has text").chars().collect();
        let mut marked = String::new();
        let spans = snippet["spans"].as_array().expect("it has spans");
        let at = |edge: usize| spans.iter().filter_map(|span| span[edge].as_u64()).collect::<Vec<_>>();
        for (place, c) in (0u64..).zip(&text) {
            marked.extend(at(1).contains(&place).then_some('\u{27E7}'));
            marked.extend(at(0).contains(&place).then_some('\u{27E6}'));
            marked.push(*c);
        }
        marked.extend(at(1).contains(&(text.len() as u64)).then_some('\u{27E7}'));
        assert_eq!(snippet["marked"], marked, "{hit}");
        assert!(!spans.is_empty(), "{hit}");
    }
}

#[test]
fn pages_in_every_order_hold_each_thing_once() {
    for query in [
        "q=aleppo&sort=relevance",
        "sort=newest",
        "sort=oldest&kind=document",
        "sort=title&kind=place",
        "sort=title-ar&q=%D8%AD%D9%84%D8%A8",
    ] {
        let whole = ids(&get(&format!("/api/search?{query}&limit=1000&facets=")));
        assert!(whole.len() > 12, "{query}");
        let (mut paged, mut next) = (Vec::new(), Some(format!("/api/search?{query}&limit=7&facets=")));
        while let Some(address) = next {
            let (_, response, body) = answer(&address, "application/json");
            let found: Value = serde_json::from_str(&body).expect("it is JSON");
            paged.extend(ids(&found));
            next = found["next"].as_str().map(str::to_owned);
            let link = response.headers().get("link").and_then(|link| link.to_str().ok()).map(str::to_owned);
            assert_eq!(link, next.as_ref().map(|next| format!("<{next}>; rel=\"next\"")));
            assert_eq!(response.headers()["x-total-count"], whole.len().to_string().as_str());
        }
        assert_eq!(paged, whole, "{query}");
    }
}

#[test]
fn orders_are_what_they_say() {
    let days = |query: &str| -> Vec<Option<String>> {
        let found = get(&format!("/api/search?{query}&limit=1000&facets="));
        let hits = found["hits"].as_array().expect("there are hits");
        hits.iter().map(|hit| hit["days"][0].as_str().map(str::to_owned)).collect()
    };
    let newest = days("kind=document&sort=newest");
    let dated: Vec<_> = newest.iter().flatten().collect();
    assert!(dated.windows(2).all(|pair| pair[0] >= pair[1]) && dated.len() > 50);
    assert!(newest[dated.len()..].iter().all(Option::is_none));
    let oldest = days("kind=document&sort=oldest");
    assert!(oldest[..dated.len()].windows(2).all(|pair| pair[0] <= pair[1]));
    let found = get("/api/search?kind=person&sort=title&limit=1000");
    let titles: Vec<&str> =
        found["hits"].as_array().into_iter().flatten().filter_map(|hit| hit["label"]["en"].as_str()).collect();
    assert!(titles.windows(2).all(|pair| isnad::link::fold(pair[0]) <= isnad::link::fold(pair[1])), "{titles:?}");
}

#[test]
fn the_service_inside_a_query_has_the_same_hits() {
    for words in [
        "chlorine",
        "\"barrel bomb\" | sarin",
        "sednaya",
        "khan sheikhoun",
        "\u{643}\u{644}\u{648}\u{631} \u{62D}\u{644}\u{628}",
        "OPCW -chlorine",
    ] {
        let query = format!(
            "SELECT DISTINCT ?thing {{ SERVICE isnad:search {{ ?thing isnad:matches \"{}\" }} }}",
            words.replace('"', "\\\"")
        );
        let rows = answer(&format!("/sparql?query={}", encoded(&query)), "text/csv").2.replace(starter::BASE, "");
        let there: BTreeSet<&str> = rows.lines().skip(1).collect();
        let found = get(&format!("/api/search?limit=1000&facets=&q={}", encoded(words)));
        let here = ids(&found);
        assert_eq!(here.iter().map(String::as_str).collect::<BTreeSet<_>>(), there, "{words}");
        assert!(!here.is_empty(), "{words}");
    }
}

#[test]
fn what_was_found_can_be_had_in_every_syntax() {
    let table = answer("/api/search?q=chlorine&format=csv&limit=1000", "*/*").2;
    assert!(table.starts_with("id,kind,type,label_en,label_ar,date"), "{table}");
    let total = get("/api/search?q=chlorine&limit=1000")["total"].as_u64();
    assert_eq!(Some(table.lines().count() as u64 - 1), total);
    let address = "/api/search?q=chlorine&kind=document&type=report&limit=3";
    let hits = ids(&get(address));
    for (name, media_type) in [
        ("ttl", "text/turtle"),
        ("jsonld", "application/ld+json"),
        ("trig", "application/trig"),
        ("nt", "application/n-triples"),
        ("nq", "application/n-quads"),
        ("rdf", "application/rdf+xml"),
    ] {
        let (status, response, body) = answer(&format!("{address}&format={name}"), "*/*");
        assert_eq!((status, response.headers()["content-type"].to_str().ok()), (200, Some(media_type)));
        assert!(hits.iter().all(|id| body.contains(id.trim_start_matches("doc/"))), "{name}");
        let (_, by_header, _) = answer(address, media_type);
        assert_eq!(by_header.headers()["content-type"], media_type);
    }
    assert_eq!(answer("/api/search?format=png", "*/*").0, 406);
}

#[test]
fn names_are_suggested_in_both_scripts_the_best_fit_first() {
    let first = |query: &str| {
        let found = get(&format!("/api/suggest?{query}"));
        let first = &found["suggestions"][0];
        first["id"].as_str().unwrap_or_default().replace(starter::BASE, "")
    };
    assert_eq!(first("q=ale"), "place/aleppo");
    assert_eq!(first("q=human%20rig"), "org/hrw");
    assert_eq!(first(&format!("q={}", encoded("\u{62D}\u{644}\u{628}"))), "place/aleppo");
    assert_eq!(first("q=sedna&kind=place"), "place/saydnaya-prison");
    // Its article need not be typed.
    let ghouta = first(&format!("q={}&kind=place", encoded("\u{63A}\u{648}\u{637}")));
    assert!(ghouta.contains("ghouta"), "{ghouta}");
    assert!(get("/api/suggest?q=zzzzqqq")["suggestions"].as_array().is_some_and(Vec::is_empty));
    assert_eq!(get("/api/suggest?q=a&limit=3")["suggestions"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_timeline_counts_each_thing_once_and_spreads_nothing() {
    let whole = get("/api/search?kind=document&limit=1&facets=")["total"].as_u64();
    for by in ["day", "month", "year"] {
        let line = get(&format!("/api/timeline?by={by}&kind=document"));
        let sum: u64 = line["buckets"].as_array().into_iter().flatten().filter_map(|it| it["documents"].as_u64()).sum();
        let apart = line["imprecise"]["documents"].as_u64().zip(line["undated"]["documents"].as_u64());
        assert_eq!(apart.map(|(imprecise, undated)| sum + imprecise + undated), whole, "{by}");
    }
    let line = get("/api/timeline?by=month&kind=event&from=2011&to=2016");
    let spread = &line["imprecise"]["things"];
    let hangings = spread.as_array().into_iter().flatten().find(|thing| thing["date"] == "2011/2015-12");
    assert!(hangings.is_some_and(|thing| thing["to"] == "2015-12-31"), "{spread}");
}

#[test]
fn a_map_has_the_longitude_first_and_clusters_hold_what_they_say() {
    let (_, response, body) = answer("/api/geo?kind=event", "*/*");
    assert_eq!(response.headers()["content-type"], "application/geo+json");
    let places: Value = serde_json::from_str(&body).expect("it is JSON");
    let features = places["features"].as_array().expect("there are features");
    let events = |all: &[Value]| all.iter().filter_map(|one| one["properties"]["events"].as_u64()).sum::<u64>();
    assert!(features.len() > 10 && events(features) > 20);
    for feature in features {
        let [x, y] = [0, 1].map(|at| feature["geometry"]["coordinates"][at].as_f64().unwrap_or(0.0));
        assert!((35.0..43.0).contains(&x) && (32.0..38.0).contains(&y), "{feature}");
    }
    let clustered = get("/api/geo?kind=event&zoom=0");
    let all = clustered["features"].as_array().expect("there are features");
    assert_eq!(all.len(), 1, "{clustered}");
    let inside = features.iter().all(|feature| {
        let within = |at: usize| {
            let value = feature["geometry"]["coordinates"][at].as_f64().unwrap_or(f64::NAN);
            let bound = |at: usize| all[0]["bbox"][at].as_f64().unwrap_or(f64::NAN);
            value >= bound(at) && value <= bound(at + 2)
        };
        within(0) && within(1)
    });
    assert!(inside, "{clustered}");
    // An event that is reported at two places stands at each, and in their cluster once.
    assert!(events(all) <= events(features));
    let everything = get("/api/search?kind=event&limit=1&facets=")["total"].as_u64().unwrap_or(0);
    assert_eq!(events(all) + clustered["withoutCoordinates"]["event"].as_u64().unwrap_or(0), everything);
    let near = ids(&get("/api/search?kind=place&near=37.16,36.20&km=5&limit=100"));
    assert!(near.iter().any(|id| id == "place/aleppo") && !near.iter().any(|id| id == "place/SY01"), "{near:?}");
    let boxed = get("/api/geo?kind=event&bbox=37,36,37.5,36.5");
    assert!(boxed["features"].as_array().is_some_and(|some| !some.is_empty() && some.len() < features.len()));
}

#[test]
fn what_cannot_be_asked_is_told_with_its_parameter() {
    let long = "x".repeat(20_000);
    for (address, parameter, word) in [
        ("/api/search?q=", "q", "empty"),
        ("/api/search?q=%20%20", "q", "empty"),
        ("/api/search?q=%22open", "q", "not closed"),
        ("/api/search?q=a&q=b", "q", "twice"),
        ("/api/search?q=a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p+q+r+s+t+u+v+w+x+y+z+a+b+c+d+e+f+g+h", "q", "32 at most"),
        ("/api/search?place=place/atlantis", "place", "nothing is known"),
        ("/api/search?place=org/hrw", "place", "place/key"),
        ("/api/search?person=nonsense", "person", "person/key"),
        ("/api/search?kind=cow", "kind", "document"),
        ("/api/search?type=sonnet", "type", "press-statement"),
        ("/api/search?reliability=good", "reliability", "not-assessed"),
        ("/api/search?stance=maybe", "stance", "affirms"),
        ("/api/search?limit=0", "limit", "1 to 1000"),
        ("/api/search?limit=1000000", "limit", "1 to 1000"),
        ("/api/search?limit=-5", "limit", "1 to 1000"),
        ("/api/search?limit=500&format=ttl", "limit", "200"),
        ("/api/search?from=yesterday", "from", "2017-02-13"),
        ("/api/search?from=2017&to=2016", "from", "earlier first"),
        ("/api/search?sort=relevance", "sort", "newest"),
        ("/api/search?sort=random", "sort", "title-ar"),
        ("/api/search?cursor=zz", "cursor", "leave it out"),
        ("/api/search?cursor=\u{645}", "cursor", "leave it out"),
        ("/api/search?facets=colour", "facets", "stance"),
        ("/api/search?colour=red", "colour", "there is no parameter"),
        ("/api/search?lang=english!", "lang", "language tag"),
        ("/api/search?near=37.16", "near", "longitude,latitude"),
        ("/api/search?near=36.2,137.1", "near", "longitude first"),
        ("/api/search?near=37.16,36.2&km=-1", "km", "kilometres"),
        ("/api/search?km=5", "km", "near"),
        ("/api/search?polygon=POLYGON((36%20135,38%20135,38%20137,36%20135))", "polygon", "longitude first"),
        ("/api/search?polygon=CIRCLE", "polygon", "polygon such as"),
        ("/api/geo?bbox=1,2,3", "bbox", "west,south,east,north"),
        ("/api/geo?bbox=32,135.5,37.5,142.5", "bbox", "longitude first"),
        ("/api/geo?bbox=42,32,35,37", "bbox", "wrong order"),
        ("/api/geo?zoom=99", "zoom", "0 to 20"),
        ("/api/timeline?by=week", "by", "day, month, year"),
        ("/api/suggest?q=", "q", "beginning"),
        ("/api/suggest?q=a&limit=500", "limit", "1 to 50"),
    ] {
        let address = address.replace('\u{645}', "%D9%85");
        let (status, _, body) = answer(&address, "application/json");
        let problem: Value = serde_json::from_str(&body).unwrap_or_else(|_| panic!("{address}: {body}"));
        assert_eq!((status, &problem["parameter"]), (400, &Value::from(parameter)), "{address}: {body}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(word)), "{address}: {body}");
    }
    for path in ["search", "suggest", "timeline", "geo"] {
        assert_eq!(answer(&format!("/api/{path}?q={long}"), "*/*").0, 414, "{path}");
    }
    assert_eq!(answer(&format!("/api/search?q={}", &long[..2000]), "*/*").0, 400);
}

#[test]
fn the_cursor_of_another_order_is_refused() {
    let found = get("/api/search?sort=newest&limit=5");
    let next = found["next"].as_str().expect("there is more");
    assert_eq!(answer(&next.replace("sort=newest", "sort=title"), "*/*").0, 400);
}
