//! `POST /api/link`: what it finds, in which syntaxes, what it refuses, and what holds of any text.

use std::collections::BTreeSet;

use axum::{body::Body, http::Request};
use isnad::{
    ask::names,
    export::links::{self, Format, Linked, Setting, nif},
    link::{Context, Dictionary, Unit, detect, link, slice},
    model::Lang,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::starter::{ask, get, run, starter};

/// What the fuzz target runs.
#[path = "../fuzz/fuzz_targets/body.rs"]
pub mod body;

/// Beyond the first plane, Arabic and English, with a name twice.
const TEXT: &str = "\u{1F600} Human Rights Watch in Aleppo, \u{641}\u{64A} \u{62D}\u{644}\u{628} on 13 December 2016.";

fn post(query: &str, media_type: &str, accept: &str, body: impl Into<Body>) -> Request<Body> {
    Request::post(format!("/api/link{query}"))
        .header("content-type", media_type)
        .header("accept", accept)
        .body(body.into())
        .expect("the request is good")
}

fn linked(query: &str, body: &Value) -> Value {
    let service = starter();
    run(async {
        let request = post(query, "application/json", "application/json", body.to_string());
        let (status, _, answer) = ask(&service, request).await;
        assert_eq!(status, 200, "{answer}");
        serde_json::from_str(&answer).expect("it is JSON")
    })
}

fn mentions(answer: &Value) -> Vec<Value> {
    let texts = answer["texts"].as_array().expect("there are texts");
    texts.iter().flat_map(|text| text["mentions"].as_array().expect("there are mentions").clone()).collect()
}

fn entities(answer: &Value) -> BTreeSet<String> {
    mentions(answer).iter().filter_map(|mention| Some(mention["entity"].as_str()?.to_owned())).collect()
}

#[test]
fn a_link_says_everything_that_is_known_of_it() {
    let answer = linked("", &json!({ "text": TEXT }));
    assert_eq!(answer["dictionary"].as_str().map(str::len), Some(64));
    let found = mentions(&answer);
    let watch = found.iter().find(|mention| mention["exact"] == "Human Rights Watch").expect("it is found");
    assert_eq!(watch["entity"], "http://localhost:7878/org/hrw");
    assert_eq!((&watch["type"], &watch["rule"]), (&json!("organization"), &json!("label")));
    assert!(watch["label"]["en"].is_string() && watch["label"]["ar"].is_string(), "{watch}");
    for feature in ["key", "name", "fit", "share", "level"] {
        assert!(!watch["features"][feature].is_null(), "{feature}: {watch}");
    }
    let date = found.iter().find(|mention| mention["type"] == "date").expect("there is a date");
    assert_eq!(date["date"], "2016-12-13");
}

#[test]
fn offsets_are_in_the_unit_asked_for() {
    for (name, unit) in [("code-points", Unit::CodePoints), ("utf-16", Unit::Utf16), ("bytes", Unit::Bytes)] {
        let answer = linked("", &json!({ "text": TEXT, "unit": name }));
        assert_eq!(answer["unit"], name);
        assert!(mentions(&answer).len() >= 4);
        for mention in mentions(&answer) {
            assert_eq!(slice(TEXT, place(&mention), unit), mention["exact"].as_str(), "{name}: {mention}");
        }
    }
}

fn place(value: &Value) -> (usize, usize) {
    let number = |name: &str| value[name].as_u64().and_then(|number| usize::try_from(number).ok()).expect("a number");
    (number("start"), number("end"))
}

#[test]
fn only_what_is_asked_for_is_told() {
    let all = linked("", &json!({ "text": TEXT }));
    let places = linked("?types=place", &json!({ "text": TEXT }));
    assert!(mentions(&places).iter().all(|mention| mention["type"] == "place"));
    assert!(!mentions(&places).is_empty() && mentions(&places).len() < mentions(&all).len());
    let described = linked("", &json!({ "text": TEXT, "graphs": ["graph/authority/places"] }));
    assert_eq!(entities(&described), entities(&places));
    let undated = linked("", &json!({ "text": TEXT, "dates": false }));
    assert!(mentions(&undated).iter().all(|mention| mention["date"].is_null()));
    let sure = linked("", &json!({ "text": TEXT, "min_confidence": 1 }));
    assert!(mentions(&sure).iter().all(|mention| mention["confidence"] == 1.0));
    let incidents = linked("", &json!({ "text": TEXT, "incidents": true }));
    assert!(incidents["texts"][0]["incidents"].as_array().is_some_and(|incidents| !incidents.is_empty()));
}

#[test]
fn a_stored_document_is_linked_as_it_was_when_it_was_added() {
    let answer = linked("", &json!({ "document": "doc/sc-2017-02-15-hrw-aleppo" }));
    let texts: Vec<&str> =
        answer["texts"].as_array().into_iter().flatten().filter_map(|text| text["id"].as_str()).collect();
    let document = "http://localhost:7878/doc/sc-2017-02-15-hrw-aleppo";
    assert_eq!(texts, ["ar", "en"].map(|lang| format!("{document}#text-{lang}")));
    let service = starter();
    run(async {
        let path = "/doc/sc-2017-02-15-hrw-aleppo.nt";
        let (_, _, triples) = ask(&service, get(path, "*/*")).await;
        let stored: BTreeSet<String> = triples
            .lines()
            .filter(|line| line.contains("ns/oa#hasBody>"))
            .filter_map(|line| Some(line.rsplit_once('<')?.1.split('>').next()?.to_owned()))
            .collect();
        assert!(stored.len() > 10);
        assert_eq!(entities(&answer), stored);
        assert!(triples.contains("graph/mention/sc-2017-02-15-hrw-aleppo/dictionary-2"));
        for property in ["key", "nameGoodness", "contextFit", "shareOfReadings", "levelTold"] {
            assert!(triples.contains(&format!("ontology#{property}>")), "{property}");
        }
    });
}

#[test]
fn links_are_written_in_every_syntax() {
    let service = starter();
    run(async {
        for (accept, format, sign) in [
            ("application/json", "json", "\"dictionary\""),
            ("text/csv", "csv", "text,start,end,exact"),
            ("application/ld+json", "jsonld", "TextQuoteSelector"),
            ("text/turtle", "nif", "nif:Context"),
            ("application/n-triples", "nt", "nif-core#Context>"),
        ] {
            let request = post("", "text/plain", accept, TEXT);
            let (status, response, body) = ask(&service, request).await;
            assert!(status == 200 && body.contains(sign), "{accept}: {status} {body}");
            assert!(response.headers()["content-type"].to_str().is_ok_and(|it| it.starts_with(accept)), "{accept}");
            let request = post(&format!("?format={format}"), "text/plain", "image/png", TEXT);
            let (_, _, again) = ask(&service, request).await;
            assert_eq!(body, again, "the same input gives the same bytes");
        }
        let (_, _, body) = ask(&service, post("?format=csv", "text/plain", "*/*", TEXT)).await;
        let mut table = csv::Reader::from_reader(body.as_bytes());
        let watch = table.records().filter_map(Result::ok).find(|row| &row[3] == "Human Rights Watch");
        assert!(watch.is_some_and(|row| &row[6] == "http://localhost:7878/org/hrw" && !row[8].is_empty()));
    });
}

#[test]
fn an_annotation_selects_its_words_by_place_and_by_quotation() {
    let service = starter();
    run(async {
        let request = post("?unit=bytes", "text/plain", "application/ld+json", TEXT);
        let (_, _, body) = ask(&service, request).await;
        let page: Value = serde_json::from_str(&body).expect("it is JSON");
        let items = page["items"].as_array().expect("there are items");
        assert!(items.len() >= 4);
        for item in items {
            let [position, quote] = [0, 1].map(|at| &item["target"]["selector"][at]);
            let (start, end) = place(position);
            assert_eq!(slice(TEXT, (start, end), Unit::CodePoints), quote["exact"].as_str());
            let before = slice(TEXT, (0, start), Unit::CodePoints).expect("it is a place");
            assert!(before.ends_with(quote["prefix"].as_str().expect("it has one")));
            assert!(item["generator"]["id"].as_str().is_some_and(|id| id.contains("dictionary-")));
        }
    });
}

const PREFIXES: &str = "@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> . \
     @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n";

/// A context as GERBIL writes it.
fn context(about: &str, text: &str) -> String {
    let length = text.chars().count();
    format!(
        "<{about}#char=0,{length}> a nif:Context, nif:String, nif:RFC5147String ; nif:beginIndex \"0\"^^xsd:nonNegativeInteger ; \
         nif:endIndex \"{length}\"^^xsd:nonNegativeInteger ; nif:isString \"{text}\"^^xsd:string .\n"
    )
}

fn phrase(about: &str, text: &str, words: &str) -> String {
    let start = text[..text.find(words).expect("the words are there")].chars().count();
    let (end, length) = (start + words.chars().count(), text.chars().count());
    format!(
        "<{about}#char={start},{end}> a nif:Phrase, nif:String, nif:RFC5147String ; nif:anchorOf \"{words}\"^^xsd:string ; \
         nif:beginIndex \"{start}\"^^xsd:nonNegativeInteger ; nif:endIndex \"{end}\"^^xsd:nonNegativeInteger ; \
         nif:referenceContext <{about}#char=0,{length}> .\n"
    )
}

#[test]
fn contexts_come_in_and_go_out_as_gerbil_posts_them() {
    let service = starter();
    run(async {
        let (one, two) = ("http://example.org/one", "http://example.org/two");
        let body = format!("{PREFIXES}{}{}", context(one, TEXT), context(two, "Nothing is named here."));
        let request = post("", "application/x-turtle", "application/x-turtle", body);
        let (status, response, answer) = ask(&service, request).await;
        assert_eq!(status, 200, "{answer}");
        assert!(response.headers()["content-type"].to_str().is_ok_and(|it| it.starts_with("application/x-turtle")));
        let start = 2;
        let expected = format!("<{one}#char={start},{}>", start + "Human Rights Watch".len());
        for words in [expected.as_str(), "itsrdf:taIdentRef <http://localhost:7878/org/hrw>", "itsrdf:taConfidence"] {
            assert!(answer.contains(words), "{words}: {answer}");
        }
        // What went out can come in again, with the links as spans.
        let back = nif::read(&answer, Unit::CodePoints).expect("it can be read");
        assert_eq!(back.iter().map(|text| text.text.as_str()).collect::<Vec<_>>(), [TEXT, "Nothing is named here."]);
        assert!(back[0].spans.len() >= 3 && back[1].spans.is_empty());
    });
}

#[test]
fn spans_that_are_given_are_linked_and_no_others() {
    let service = starter();
    run(async {
        let about = "http://example.org/one";
        let text = "Zanzibar Steel Works wrote to Human Rights Watch about Aleppo and Idlib.";
        let given = ["Zanzibar Steel Works", "Human Rights Watch", "Aleppo"];
        let phrases: String = given.iter().map(|words| phrase(about, text, words)).collect();
        let body = format!("{PREFIXES}{}{phrases}", context(about, text));
        let (_, _, answer) = ask(&service, post("?format=json", "text/turtle", "*/*", body)).await;
        let answer: Value = serde_json::from_str(&answer).expect("it is JSON");
        let found = mentions(&answer);
        assert_eq!(found.iter().filter_map(|mention| mention["exact"].as_str()).collect::<Vec<_>>(), given);
        assert_eq!(found[0]["nil"], true);
        assert_eq!(found[1]["entity"], "http://localhost:7878/org/hrw");
        assert!(found[2]["entity"].as_str().is_some_and(|entity| entity.contains("/place/")));
    });
}

#[test]
fn what_cannot_be_linked_is_a_problem_that_says_where() {
    let service = starter();
    let json = |value: Value| ("application/json", value.to_string().into_bytes());
    let about = "http://example.org/one";
    let moved = phrase(about, TEXT, "Aleppo").replace("\"Aleppo\"", "\"Homs\"");
    run(async {
        for (query, (media_type, body), status, words) in [
            ("", ("text/plain", b" \n".to_vec()), 400, "empty"),
            ("", ("text/plain", vec![b'a', 0xFF]), 400, "byte 1"),
            ("", ("image/png", b"x".to_vec()), 415, "text/plain"),
            ("?unit=runes", ("text/plain", b"x".to_vec()), 400, "utf-16"),
            ("?types=cow", ("text/plain", b"x".to_vec()), 400, "organization"),
            ("?graphs=graph/none", ("text/plain", b"x".to_vec()), 400, "graph/none"),
            ("?graphs=a%3E%20b", ("text/plain", b"x".to_vec()), 400, "graphs"),
            ("?lang=1", ("text/plain", b"x".to_vec()), 400, "language tag"),
            ("?issued=soon", ("text/plain", b"x".to_vec()), 400, "issued"),
            ("?area=org/hrw", ("text/plain", b"x".to_vec()), 400, "area"),
            ("?min_confidence=2", ("text/plain", b"x".to_vec()), 400, "0 to 1"),
            ("?nil=perhaps", ("text/plain", b"x".to_vec()), 400, "nil"),
            ("?format=png", ("text/plain", b"x".to_vec()), 400, "jsonld"),
            ("?colour=red", ("text/plain", b"x".to_vec()), 400, "colour"),
            ("", ("application/json", b"{".to_vec()), 400, "\"line\":1"),
            ("", ("application/json", b"[]".to_vec()), 400, "object"),
            ("", json(json!({})), 400, "document"),
            ("", json(json!({ "text": "x", "document": "doc/jim-4" })), 400, "not both"),
            ("", json(json!({ "document": "org/hrw" })), 400, "org/hrw"),
            ("", json(json!({ "document": "doc/none" })), 404, "doc/none"),
            ("", json(json!({ "text": { "a": 1 } })), 400, "plain value"),
            ("", ("text/turtle", b"<a".to_vec()), 400, "line 1"),
            ("", ("text/turtle", b"<urn:a> <urn:b> <urn:c> .".to_vec()), 400, "nif:Context"),
            ("", ("text/turtle", format!("{PREFIXES}{}{moved}", context(about, TEXT)).into_bytes()), 400, "anchorOf"),
            (
                "?unit=bytes",
                ("text/turtle", format!("{PREFIXES}{}", context(about, TEXT)).into_bytes()),
                400,
                "endIndex",
            ),
        ] {
            let (found, response, answer) = ask(&service, post(query, media_type, "*/*", body)).await;
            assert!(found == status && answer.contains(words), "{query} {words}: {found} {answer}");
            assert_eq!(response.headers()["content-type"], "application/problem+json");
        }
        let (status, _, _) = ask(&service, post("", "text/plain", "image/png", TEXT)).await;
        assert_eq!(status, 406);
        let (status, _, _) = ask(&service, post("", "text/plain", "*/*", "x".repeat(2 << 20))).await;
        assert_eq!(status, 413);
    });
}

#[test]
fn a_text_in_another_script_links_what_it_can() {
    let russian = "\u{412} \u{410}\u{43B}\u{435}\u{43F}\u{43F}\u{43E} \u{44D}\u{442}\u{43E} ";
    let hebrew = "\u{5D1}\u{5D7}\u{5DC}\u{5D1} ";
    let chinese = "\u{5728}\u{963F}\u{52D2}\u{9887} ";
    for script in [russian, hebrew, chinese] {
        let answer = linked("", &json!({ "text": format!("{}Human Rights Watch", script.repeat(6)) }));
        assert_eq!(answer["texts"][0]["lang"], "und", "{answer}");
        assert!(entities(&answer).contains("http://localhost:7878/org/hrw"), "{answer}");
    }
    let arabic = "\u{641}\u{64A} \u{62D}\u{644}\u{628}";
    let answer = linked("", &json!({ "text": format!("In Aleppo.\n\n{arabic}") }));
    let languages: Vec<&Value> =
        answer["texts"][0]["paragraphs"].as_array().expect("there are two").iter().map(|one| &one["lang"]).collect();
    assert_eq!(languages, ["en", "ar"]);
    assert_eq!(detect(arabic), Lang::ar());
}

/// What is written of a text, without the web.
fn written(dictionary: &Dictionary, text: &str, unit: Unit, format: Format) -> String {
    let service = starter();
    let lang = detect(text);
    let mentions = link(dictionary, text, &lang, &Context::default());
    let linked = Linked { about: links::nameless(text), text: text.to_owned(), lang, mentions, incidents: None };
    let labels = std::collections::BTreeMap::new();
    let iris = service.archive.store.iris();
    let setting = Setting { iris, dictionary: dictionary.version(), labels: &labels, unit };
    links::write(&setting, &[linked], format)
}

#[test]
fn the_order_in_which_names_come_does_not_show() {
    let service = starter();
    let store = &service.archive.store;
    let (names, facts) = run(async {
        (names::all(store).await.expect("there are names"), names::facts(store).await.expect("there are facts"))
    });
    let one = Dictionary::new(names.clone(), &facts);
    let other = Dictionary::new(names.into_iter().rev(), &facts);
    for format in Format::ALL {
        let text = TEXT.repeat(3);
        assert_eq!(
            written(&one, &text, Unit::CodePoints, format),
            written(&other, &text, Unit::CodePoints, format),
            "{format:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn whatever_the_names_and_the_text_nothing_breaks(
        names in prop::collection::vec("[a-zA-Z \u{621}-\u{652}\u{200F}0-9'-]{1,20}", 0..12),
        noise in prop::collection::vec(any::<String>(), 0..4),
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        // The names stand in the text too, between the noise.
        let text = names.iter().chain(&noise).rev().cloned().collect::<Vec<_>>().join(" ");
        body::check(format!("{}\n\n{text}", names.join("\n")).as_bytes());
        body::check(&bytes);
    }

    #[test]
    fn whatever_the_text_every_offset_slices_to_its_words(
        pieces in prop::collection::vec(
            prop_oneof![
                Just("Human Rights Watch".to_owned()), Just("\u{62D}\u{644}\u{628}".to_owned()),
                Just("in Aleppo on 13 December 2016".to_owned()), Just("\u{1F600}".to_owned()), any::<String>(),
            ],
            1..8,
        ),
    ) {
        let text = pieces.join(" ");
        let dictionary = run(starter().archive.dictionary()).expect("it is grown");
        for unit in [Unit::CodePoints, Unit::Utf16, Unit::Bytes] {
            let answer: Value = serde_json::from_str(&written(&dictionary, &text, unit, Format::Json)).expect("JSON");
            for mention in mentions(&answer) {
                prop_assert_eq!(slice(&text, place(&mention), unit), mention["exact"].as_str());
            }
            if text.trim().is_empty() {
                continue;
            }
            let asked = nif::read(&written(&dictionary, &text, unit, Format::Nif), unit);
            prop_assert!(asked.as_ref().is_ok_and(|asked| asked[0].text == text), "{:?}", asked);
        }
    }
}
