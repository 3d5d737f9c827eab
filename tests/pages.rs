//! The pages as they come from the routes, without a browser: what is said, and that it is whole without a script.

use axum::{body::Body, http::Request};

use crate::starter::{ask, empty, get, memory, run, service, starter};

const LANGS: [&str; 2] = ["en", "ar"];

/// The words of a page without its tags.
fn bare(html: &str) -> String {
    html.split('<').map(|part| part.split_once('>').map_or(part, |(_, rest)| rest)).collect()
}

#[test]
fn a_search_has_its_state_in_its_address_and_its_filters_as_links() {
    let service = starter();
    run(async {
        for lang in LANGS {
            let path = format!("/search?lang={lang}&q=chlorine&kind=claim&text-lang=&from=");
            let (status, _, page) = ask(&service, get(&path, "text/html")).await;
            assert_eq!(status, 200, "{page}");
            // On: one filter, which can be taken off. To be put on: what a claim can be narrowed by.
            assert!(page.contains(&format!("href=\"/search?lang={lang}&#38;q=chlorine\"")), "kind is taken off");
            assert!(page.contains("&#38;stance=vocab%2Fstance%2F"), "a stance can be put on");
            assert!(page.contains("<mark>") && page.contains("class=\"bar\""), "hits and years are marked");
            // It takes what it shows along: the other language, and the answer as data.
            let other = if lang == "en" { "ar" } else { "en" };
            assert!(page.contains(&format!("?lang={other}&#38;q=chlorine&#38;kind=claim")), "the language changes");
            assert!(page.contains("/api/search?q=chlorine&#38;kind=claim&#38;format=csv"));
        }
    });
}

#[test]
fn a_search_says_how_much_was_found_in_the_grammar_of_its_language() {
    let service = starter();
    run(async {
        for (query, english, arabic) in [
            ("q=zzzzqqqq", "0 results", "\u{644}\u{627} \u{646}\u{62A}\u{627}\u{626}\u{62C}"),
            (
                "mentions=org%2Fjim&kind=document&from=1900&to=1901",
                "0 results",
                "\u{644}\u{627} \u{646}\u{62A}\u{627}\u{626}\u{62C}",
            ),
        ] {
            for (lang, words) in [("en", english), ("ar", arabic)] {
                let (status, _, page) = ask(&service, get(&format!("/search?lang={lang}&{query}"), "text/html")).await;
                assert!(status == 200 && page.contains(words), "{query} {lang}: {}", bare(&page));
            }
        }
        let (_, _, page) = ask(&service, get("/search?lang=ar&kind=document", "text/html")).await;
        let total = "\u{648}\u{62B}\u{64A}\u{642}\u{629}";
        assert!(page.contains(total), "{}", bare(&page));
    });
}

#[test]
fn pages_of_a_search_follow_each_other_to_the_end() {
    let service = starter();
    run(async {
        let mut path = "/search?lang=en&kind=document&limit=40".to_owned();
        let mut seen = std::collections::BTreeSet::new();
        let mut pages = 0;
        loop {
            let (status, _, page) = ask(&service, get(&path, "text/html")).await;
            assert_eq!(status, 200, "{page}");
            let hits = page.split("<ol class=\"hits\">").nth(1).and_then(|rest| rest.split("</ol>").next());
            for hit in hits.unwrap_or_default().split("<h3><a href=\"").skip(1) {
                assert!(seen.insert(hit.split('"').next().unwrap_or_default().to_owned()), "{hit}");
            }
            pages += 1;
            let before = page.split("rel=\"next\"").next().filter(|before| before.len() < page.len());
            let Some(link) = before.and_then(|before| before.rsplit("href=\"").next()) else { break };
            path = link.split('"').next().unwrap_or_default().replace("&#38;", "&");
        }
        assert!(pages > 2 && seen.len() > 80, "{pages} pages, {} documents", seen.len());
    });
}

#[test]
fn what_an_address_gets_wrong_is_told_with_its_place() {
    let service = starter();
    run(async {
        for (path, words) in [
            ("/search?kind=cow", "kind"),
            ("/search?from=soon", "from"),
            ("/search?nonsense=1", "nonsense"),
            ("/search?cursor=zzz", "cursor"),
            ("/graph?id=nonsense", "nonsense"),
            ("/graph?id=org/jim&relation=none", "relation"),
        ] {
            let (status, _, page) = ask(&service, get(path, "text/html")).await;
            assert!(status == 400 && page.contains(words), "{path}: {status} {}", bare(&page));
        }
        for path in
            ["/event/none/claims", "/doc/sc-2017-02-15-hrw-aleppo/claims", "/cow/x/claims", "/graph?id=org/none"]
        {
            let (status, _, _) = ask(&service, get(path, "text/html")).await;
            assert_eq!(status, 404, "{path}");
        }
    });
}

#[test]
fn speakers_on_an_event_stand_side_by_side_each_once_however_often_repeated() {
    let service = starter();
    run(async {
        for lang in LANGS {
            let (status, _, page) =
                ask(&service, get(&format!("/event/ghouta-2013-08-21/claims?lang={lang}"), "text/html")).await;
            assert_eq!(status, 200);
            let sections: Vec<&str> = page.split("<div class=\"side-by-side\">").skip(1).collect();
            assert!(!sections.is_empty());
            for section in sections {
                let section = section.split("</section>").next().unwrap_or_default();
                let speakers: Vec<&str> =
                    section.split("<h3>").skip(1).filter_map(|rest| rest.split("</h3>").next()).collect();
                let distinct: std::collections::BTreeSet<&&str> = speakers.iter().collect();
                assert_eq!(speakers.len(), distinct.len(), "a speaker stands twice: {speakers:?}");
            }
        }
    });
}

#[test]
fn a_mention_has_an_address_a_card_and_the_ones_before_and_after_it() {
    let service = starter();
    run(async {
        let (_, _, page) = ask(&service, get("/doc/sc-2017-02-15-hrw-aleppo?lang=en", "text/html")).await;
        let cards: Vec<&str> = page.split("<span class=\"card\">").skip(1).collect();
        assert!(cards.len() > 10, "{} cards", cards.len());
        // Every place that a card leads to is on the page.
        for card in &cards {
            let card = card.split("</span></span>").next().unwrap_or_default();
            for target in card.split("href=\"#").skip(1).filter_map(|rest| rest.split('"').next()) {
                assert!(page.contains(&format!("id=\"{target}\"")), "{target}");
            }
        }
        assert!(
            cards.iter().any(|card| card.contains("next</a>"))
                && cards.iter().any(|card| card.contains("previous</a>"))
        );
    });
}

#[test]
fn an_entity_says_when_where_and_with_whom_it_is_named() {
    let service = starter();
    run(async {
        for lang in LANGS {
            let (_, _, page) = ask(&service, get(&format!("/org/jim?lang={lang}"), "text/html")).await;
            for id in ["over-time", "map", "together", "naming"] {
                assert!(page.contains(&format!("id=\"{id}\"")), "{lang}: {id}");
            }
            assert!(page.contains("&#38;mentions=org%2Fjim") && page.contains("/graph?lang="), "{lang}");
        }
    });
}

#[test]
fn the_graph_lists_what_is_joined_with_its_evidence_and_the_paths_between_two() {
    let service = starter();
    run(async {
        let (status, _, page) =
            ask(&service, get("/graph?lang=en&id=org/hrw&id=event/ghouta-2013-08-21", "text/html")).await;
        assert_eq!(status, 200);
        assert!(
            page.contains("id=\"paths\"") && page.contains("id=\"edges\"") && page.contains("#m-"),
            "{}",
            bare(&page)
        );
        let (_, _, fewer) = ask(&service, get("/graph?lang=ar&id=org/hrw&relation=mentions", "text/html")).await;
        assert!(fewer.contains("dir=\"rtl\"") && !fewer.contains("id=\"paths\""));
    });
}

/// A document whose every part tries to be more than words.
fn hostile() -> String {
    let long = "x".repeat(10_000);
    format!(
        "---\nid: doc/hostile\ntype: press-statement\nissued: 2020-01-02\n\
         title: {{en: '<script>alert(1)</script> \u{202E}evil {long}'}}\nnote: {{en: '<b onclick=alert(1)>bold</b>'}}\n\
         claims:\n  - {{id: claim/hostile, kind: finding, stated_by: org/hrw, about_event: event/hostile, \
         stance: affirms, degree: reports, degree_wording: {{en: '<script>3</script>'}}, summary: {{en: '</p><script>2</script>'}}}}\n\
         ---\n::: en\n<img src=x onerror=alert(1)> \u{202E}said\u{202C} \" onmouseover=\"alert(1) {long}\n"
    )
}

#[test]
fn a_hostile_document_is_only_words_wherever_it_is_shown() {
    run(async {
        let archive = empty(memory()).await;
        archive.add_ontology().await.expect("the ontology can be added");
        let service = service(archive);
        let request = Request::post("/api/documents?name=hostile.md")
            .header("authorization", "Bearer secret")
            .header("content-type", "text/markdown")
            .body(Body::from(hostile()))
            .expect("the request is good");
        let (status, _, body) = ask(&service, request).await;
        assert!(status < 300, "{status} {body}");
        service.archive.views.refresh().await.expect("the views follow");
        for lang in LANGS {
            for path in
                ["/doc/hostile?", "/claim/hostile?", "/search?q=evil&", "/search?", "/?", "/graph?id=doc/hostile&"]
            {
                let (status, response, page) = ask(&service, get(&format!("{path}lang={lang}"), "text/html")).await;
                assert_eq!(status, 200, "{path}");
                for sign in ["<script>", "<img", "<b ", " onmouseover=\"", " onclick=\""] {
                    assert!(!page.contains(sign), "{path} {lang} holds {sign}");
                }
                let policy = response.headers()["content-security-policy"].to_str().unwrap_or_default().to_owned();
                assert!(policy.contains("script-src 'self'") && !policy.contains("unsafe"), "{policy}");
            }
        }
    });
}
