//! The desk of those who review, as its pages come from the routes; what its script asks for is there and guarded.

use axum::{body::Body, http::Request};
use isnad::serve::tokens::Role;
use serde_json::json;

use crate::{
    people::Staff,
    starter::{ask, get, run, starter},
};

const LANGS: [&str; 2] = ["en", "ar"];

const BODIES: &str =
    "id,label_en,label_ar\norg/noor-a,Noor Foundation,\norg/noor-b,Noor Foundation,\norg/other,Horizon Society,\n";

const DOCUMENT: &str = "---
id: doc/one
title: {en: A note on Vienna}
type: note
issued: 2017-02-15
---
It was cold. The Horizon Society met in Vienna on 4.5 acres. Nobody came.
";

/// What stands between two marks, the first time.
fn between<'a>(page: &'a str, start: &str, end: &str) -> &'a str {
    page.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map_or("", |(found, _)| found)
}

#[test]
fn the_queue_shows_each_link_in_its_sentence_with_what_else_it_may_be() {
    let service = starter();
    run(async {
        for lang in LANGS {
            let (status, response, page) =
                ask(&service, get(&format!("/review?lang={lang}&kind=org"), "text/html")).await;
            assert_eq!(status, 200, "{page}");
            assert_eq!(response.headers()["content-language"], lang);
            let cases: Vec<&str> = page.split("<li class=\"case\"").skip(1).collect();
            assert_eq!(cases.len(), 20, "a page of cases");
            for case in &cases {
                assert!(
                    case.contains("data-mention=\"doc/") && case.contains("<blockquote") && case.contains("<mark>")
                );
                assert!(case.contains("data-thing=\"org/"), "{case}");
            }
            // The address keeps what was asked, in the other language and on the next page.
            let other = if lang == "en" { "ar" } else { "en" };
            assert!(page.contains(&format!("?lang={other}&#38;kind=org")), "the language changes");
            let next = between(&page, "<p class=\"paging\"><a class=\"button\" href=\"", "\"").replace("&#38;", "&");
            assert!(next.contains("kind=org") && next.contains("cursor="), "{next}");
            let (_, _, second) = ask(&service, get(&next, "text/html")).await;
            let mention = between(cases[0], "data-mention=\"", "\"");
            assert!(second.contains("class=\"case\"") && !second.contains(&format!("data-mention=\"{mention}\"")));
        }
    });
}

#[test]
fn a_sentence_is_whole_and_the_queue_has_what_the_call_has() {
    run(async {
        let staff = Staff::with(&[("bodies.csv", BODIES), ("one.md", DOCUMENT)]).await;
        let page = staff.page("/review?lang=en&thing=org/other").await;
        let sentence = between(&page, "<blockquote dir=\"ltr\">", "</blockquote>");
        assert_eq!(sentence, "The <mark>Horizon Society</mark> met in Vienna on 4.5 acres.", "{page}");
        let call = staff.read("/api/reviews?thing=org/other").await;
        let mention = call["cases"][0]["examples"][0]["mention"].as_str().expect("there is one").to_owned();
        assert!(
            page.contains(&format!("data-mention=\"{}\"", mention.replace('#', "&#35;"))) || page.contains(&mention)
        );
        // Decided by the call that the page makes, it no longer waits.
        let accept = json!({ "verdict": "accepted", "mention": mention, "scope": "identical" });
        let (status, made) = staff.send(Some(Role::Reviewer), "POST", "/api/reviews", &accept).await;
        assert_eq!(status, 201, "{made}");
        let page = staff.page("/review?lang=en&thing=org/other").await;
        assert!(!page.contains("class=\"case\"") && page.contains("data-left=\"0\""), "{page}");
        let (status, _) = staff
            .send(Some(Role::Reviewer), "DELETE", made["href"].as_str().expect("it has an address"), &json!(null))
            .await;
        assert_eq!(status, 201);
        assert!(staff.page("/review?lang=en&thing=org/other").await.contains("class=\"case\""));
    });
}

#[test]
fn whose_a_token_is_and_what_it_opens_is_told_to_its_holder() {
    run(async {
        let staff = Staff::with(&[]).await;
        let (status, own) = staff.send(Some(Role::Archivist), "GET", "/api/tokens/own", &json!(null)).await;
        assert_eq!(status, 200);
        assert_eq!(own["name"], "Amal Archivist");
        assert_eq!((&own["role"], &own["may"]), (&json!("archivist"), &json!(["archivist", "reviewer"])));
        assert_eq!(staff.send(None, "GET", "/api/tokens/own", &json!(null)).await.0, 401);
        let (_, all) = staff.send(Some(Role::Admin), "GET", "/api/tokens/own", &json!(null)).await;
        assert_eq!(all["may"].as_array().map(Vec::len), Some(4));
    });
}

#[test]
fn a_document_is_looked_at_before_it_is_stored() {
    run(async {
        let staff = Staff::with(&[("bodies.csv", BODIES)]).await;
        let send = |path: &'static str, role: Role| {
            let request = Request::post(path)
                .header("authorization", format!("Bearer {}", staff.secret(role)))
                .header("content-type", "text/markdown")
                .body(Body::from(DOCUMENT))
                .expect("the request is good");
            ask(&staff.service, request)
        };
        let (status, _, body) = send("/api/documents?name=one.md&dry_run=1", Role::Archivist).await;
        assert_eq!(status, 200, "{body}");
        let report: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
        assert_eq!((&report["dry_run"], &report["added"][0]["outcome"]), (&json!(true), &json!("created")));
        let links = report["added"][0]["links"].as_array().expect("there are links").clone();
        let link = links.iter().find(|link| link["to"] == "org/other").expect("the name is found");
        assert_eq!((&link["words"], &link["label"]["en"]), (&json!("Horizon Society"), &json!("Horizon Society")));
        assert!(link["confidence"].as_f64().is_some_and(|confidence| confidence > 0.0));
        let (status, _, _) = ask(&staff.service, get("/doc/one", "text/html")).await;
        assert_eq!(status, 404, "nothing was stored");
        assert_eq!(send("/api/documents?name=one.md&dry_run=perhaps", Role::Archivist).await.0, 400);
        assert_eq!(send("/api/documents?name=one.md&dry_run=1", Role::Reviewer).await.0, 403);
        let (status, _, body) = send("/api/documents?name=one.md", Role::Archivist).await;
        assert!(status == 200 && !body.contains("\"links\""), "{body}");
        assert_eq!(ask(&staff.service, get("/doc/one", "text/html")).await.0, 200);
    });
}

#[test]
fn the_form_for_an_assessment_has_every_scale_and_refuses_what_cannot_be_assessed() {
    let service = starter();
    run(async {
        for lang in LANGS {
            let path = format!("/review/assess?lang={lang}&about=doc/sc-2017-02-15-hrw-aleppo");
            let (status, _, page) = ask(&service, get(&path, "text/html")).await;
            assert_eq!(status, 200, "{page}");
            for scale in service.archive.ontology.scales() {
                assert!(page.contains(&format!("value=\"{scale}/")), "{scale}");
            }
            let first = page.find("name=\"grade\" value=\"").map(|at| &page[at..at + 40]).unwrap_or_default();
            assert!(first.contains("reliability/"), "the archive's own scale comes first: {first}");
            for (about, expected) in [("doc/nothing", 404), ("cow", 400), ("org/hrw", 422)] {
                let path = format!("/review/assess?lang={lang}&about={about}");
                let (status, _, _) = ask(&service, get(&path, "text/html")).await;
                assert_eq!(status, expected, "{about}");
            }
            let (status, _, page) = ask(&service, get(&format!("/review/assess?lang={lang}"), "text/html")).await;
            assert!(status == 200 && page.contains("name=\"about\""));
        }
    });
}

#[test]
fn a_problem_is_worded_in_the_language_that_is_asked_for() {
    let service = starter();
    run(async {
        let (status, _, page) = ask(&service, get("/review?lang=ar&kind=cow", "text/html")).await;
        assert_eq!(status, 400);
        assert!(page.contains("dir=\"rtl\"") && !page.contains("is not a kind"), "{page}");
        let mut request = get("/api/reviews?kind=cow", "application/json");
        request.headers_mut().insert("accept-language", "ar".parse().expect("it is a header"));
        let (status, response, body) = ask(&service, request).await;
        assert_eq!((status, &response.headers()["content-language"]), (400, &"ar".parse().expect("it is a header")));
        assert_eq!(response.headers()["content-type"], "application/problem+json");
        let problem: serde_json::Value = serde_json::from_str(&body).expect("it is JSON");
        assert_eq!((&problem["type"], &problem["parameter"]), (&json!("/problems/bad-request"), &json!("kind")));
        let detail = problem["detail"].as_str().unwrap_or_default();
        assert!(detail.contains("cow") && !detail.contains("expected"), "{detail}");
        // Whoever asks for nothing, or for English, gets what there always was.
        let (_, _, body) = ask(&service, get("/api/reviews?kind=cow", "application/json")).await;
        assert!(body.contains("`cow` is not a kind: expected"), "{body}");
    });
}

#[test]
fn a_document_is_cited_in_both_languages_and_leads_to_its_assessment() {
    let service = starter();
    run(async {
        for lang in LANGS {
            let path = format!("/doc/sc-2017-02-15-hrw-aleppo?lang={lang}");
            let (_, _, page) = ask(&service, get(&path, "text/html")).await;
            let references: Vec<&str> = page.split("class=\"reference\"").skip(1).collect();
            assert_eq!(references.len(), 2);
            for reference in references {
                let reference = reference.split("</p>").next().unwrap_or_default();
                assert!(
                    reference.contains("doc/sc-2017-02-15-hrw-aleppo</bdi>") && reference.contains(">2017-02-15<"),
                    "{reference}"
                );
            }
            for ending in [".bib", ".ris", ".csl.json"] {
                assert!(page.contains(&format!("/doc/sc-2017-02-15-hrw-aleppo{ending}?lang={lang}")), "{ending}");
            }
            assert!(page.contains("/review/assess?about=doc%2Fsc"), "it can be assessed");
        }
    });
}

#[test]
fn what_was_merged_into_a_thing_stands_on_its_page_with_who_and_why() {
    run(async {
        let staff = Staff::with(&[("bodies.csv", BODIES)]).await;
        let merge = json!({ "into": "org/noor-a", "reason": "One body <b>twice</b>." });
        let (status, done) = staff.send(Some(Role::Archivist), "POST", "/api/entities/org/noor-b/merge", &merge).await;
        assert_eq!(status, 200, "{done}");
        for lang in LANGS {
            let page = staff.page(&format!("/org/noor-a?lang={lang}")).await;
            let section = between(&page, "id=\"mergers\"", "</section>");
            assert!(section.contains(">org/noor-b<") && section.contains("agent/amal-archivist"), "{page}");
            assert!(section.contains("One body &#60;b&#62;twice"), "{section}");
            assert!(!staff.page(&format!("/org/other?lang={lang}")).await.contains("id=\"mergers\""));
        }
    });
}
