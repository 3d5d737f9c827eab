//! Looking for things: over the starter archive through the routes, and over archives made at random against SPARQL.

use isnad::serve::Service;
use serde_json::Value;

use crate::starter;

/// The answer to a GET, which must be good.
pub fn get(service: &std::sync::Arc<Service>, path: &str) -> Value {
    let (status, _, body) = starter::run(starter::ask(service, starter::get(path, "application/json")));
    assert_eq!(status, 200, "{path}: {body}");
    serde_json::from_str(&body).unwrap_or_else(|error| panic!("{path}: {error}: {body}"))
}

fn ids(found: &Value) -> Vec<String> {
    let hits = found["hits"].as_array().expect("there are hits");
    hits.iter().map(|hit| hit["id"].as_str().expect("it has an id").replace(starter::BASE, "")).collect()
}

fn encoded(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

#[test]
fn everything_is_found_without_words_and_a_name_goes_before_texts() {
    let service = starter::starter();
    let all = get(&service, "/api/search");
    println!("{}", serde_json::to_string_pretty(&all).expect("json"));
    assert!(all["total"].as_u64() > Some(400));
    let aleppo = get(&service, "/api/search?q=aleppo&limit=5");
    println!("{}", serde_json::to_string_pretty(&aleppo).expect("json"));
    assert!(ids(&aleppo)[0].starts_with("place/"), "{aleppo}");
}

#[test]
fn probe() {
    let service = starter::starter();
    for path in [
        "/api/suggest?q=ale",
        "/api/suggest?q=sedn",
        "/api/timeline?by=year",
        "/api/geo?zoom=6&q=chlorine",
        "/api/search?q=sednaya&facets=",
        "/api/search?q=saidnaya&facets=",
    ] {
        let all = get(&service, path);
        println!("{path}\n{}", serde_json::to_string_pretty(&all).expect("json"));
    }
    println!(
        "{}",
        get(&service, &format!("/api/search?facets=&q={}", encoded("\u{633}\u{62F}\u{646}\u{627}\u{64A}\u{627}")))
    );
}
