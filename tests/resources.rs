//! Things by address, in every syntax, profile and format of references: all of it parses, and all of it says the same.

use std::collections::BTreeSet;

use axum::http::{HeaderName, HeaderValue, header};
use isnad::{
    ask::resource,
    export::profiles::Profile,
    model::{Id, Kind},
    rdf::{GraphFormat, canonicalize},
    serve::Service,
};
use oxigraph::{
    io::RdfParser,
    model::{GraphName, NamedNode, Quad, Term},
};
use serde_json::Value;

use crate::starter::{BASE, ask, get, run, starter};

const STATEMENT: &str = "/doc/sc-2017-02-15-hrw-aleppo";
const SCHEMA: &str = "https://schema.org/";

/// Every thing of the archive that has a page of its own.
async fn things(service: &Service) -> Vec<Id> {
    let query = "SELECT DISTINCT ?thing { GRAPH ?g { ?thing a ?class } }";
    let rows = service.archive.store.select(query).await.expect("it works");
    let ids = rows.iter().filter_map(|row| service.archive.store.iris().parse_id(row.iri("thing")?));
    let ids: BTreeSet<Id> = ids.filter(|id| !id.as_str().contains('#') && id.kind() != Kind::Concept).collect();
    ids.into_iter().collect()
}

fn parse(format: GraphFormat, text: &str) -> Vec<Quad> {
    let quads = RdfParser::from_format(format.to_rdf_format()).for_slice(text);
    quads.map(|quad| quad.unwrap_or_else(|error| panic!("{}: {error}\n{text}", format.name()))).collect()
}

/// The triples, whatever graphs they stand in; of triple terms too, which have no canonical form yet.
fn triples(quads: &[Quad]) -> BTreeSet<String> {
    quads.iter().map(|quad| format!("{} {} {}", quad.subject, quad.predicate, quad.object)).collect()
}

#[test]
fn everything_says_the_same_in_every_syntax() {
    let service = starter();
    run(async {
        let things = things(&service).await;
        assert!(things.len() > 400, "{} things", things.len());
        let kinds: BTreeSet<Kind> = things.iter().map(Id::kind).collect();
        assert!(kinds.len() >= 6, "{kinds:?}");
        let store = &service.archive.store;
        for (number, id) in things.iter().enumerate() {
            // What the routes do for each syntax is asked once, and of one thing in eight all the way.
            let whole = number % 8 == 0;
            let found = resource::find(store, id).await.expect("the store works").expect("it is there");
            let quads: Vec<Quad> = found.quads.iter().chain(&found.incoming).cloned().collect();
            let mut first: Option<String> = None;
            for format in GraphFormat::ALL {
                let written = Profile::Isnad.write(store.iris(), &service.json_ld, format, &quads);
                let mut text = String::from_utf8(written.expect("it is written")).expect("it is text");
                if whole {
                    let (status, head, body) = ask(&service, get(&format!("/{id}"), format.media_type())).await;
                    assert_eq!(
                        (status, &head.headers()[header::CONTENT_TYPE]),
                        (200, &HeaderValue::from_static(format.media_type()))
                    );
                    text = body;
                }
                let quads = parse(format, &text);
                assert!(!quads.is_empty(), "{id} in {}", format.name());
                let form = canonicalize(&quads).expect("it has a form").digest;
                assert_eq!(first.get_or_insert_with(|| form.clone()), &form, "{id} in {}", format.name());
            }
        }
    });
}

#[test]
fn everything_has_a_description_in_the_words_of_schema_org_that_states_no_claim() {
    let service = starter();
    run(async {
        let own = format!("{BASE}ontology#");
        for id in things(&service).await {
            let (status, head, body) = ask(&service, get(&format!("/{id}?profile=schema"), "*/*")).await;
            assert_eq!(status, 200, "{id} {body}");
            assert!(links(&head, "profile").contains(&SCHEMA.to_owned()), "{id}");
            let quads = parse(GraphFormat::JsonLd, &body);
            let (_, _, turtle) = ask(&service, get(&format!("/{id}.ttl?profile=schema"), "*/*")).await;
            assert_eq!(triples(&quads), triples(&parse(GraphFormat::Turtle, &turtle)), "{id}");
            let iri = format!("{BASE}{id}");
            let of_it: Vec<&Quad> =
                quads.iter().filter(|quad| quad.subject.to_string() == format!("<{iri}>")).collect();
            assert!(
                of_it.iter().any(|quad| quad.predicate.as_str() == format!("{SCHEMA}name")) || id.kind() == Kind::Claim
            );
            for quad in &quads {
                let property = quad.predicate.as_str();
                assert!(
                    property.starts_with(SCHEMA) || quad.predicate == oxigraph::model::vocab::rdf::TYPE,
                    "{property}"
                );
                // Our words stand there as classes alone.
                let is_class = property.ends_with("/additionalType");
                assert!(is_class || !quad.object.to_string().contains(&own), "{quad}");
            }
            let is_reported = of_it.iter().any(|quad| quad.object.to_string() == format!("<{own}ReportedIncident>"));
            if is_reported {
                for said in ["startDate", "endDate", "location", "performer", "organizer", "attendee", "actor"] {
                    let property = format!("{SCHEMA}{said}");
                    assert!(!of_it.iter().any(|quad| quad.predicate.as_str() == property), "{id} has {said}");
                }
            }
        }
    });
}

#[test]
fn a_proposition_is_reified_and_nothing_else_changes() {
    let service = starter();
    run(async {
        for path in [STATEMENT, "/claim/sc-2", "/org/jim"] {
            let (_, head, body) = ask(&service, get(&format!("{path}?profile=rdf12"), "text/turtle")).await;
            assert_eq!(links(&head, "profile"), ["https://www.w3.org/TR/rdf12-concepts/"]);
            let twelve = triples(&parse(GraphFormat::Turtle, &body));
            for format in [GraphFormat::TriG, GraphFormat::NTriples, GraphFormat::NQuads] {
                let (_, _, body) = ask(&service, get(&format!("{path}?profile=rdf12"), format.media_type())).await;
                assert_eq!(triples(&parse(format, &body)), twelve, "{path} in {}", format.name());
            }
            let (_, _, body) = ask(&service, get(path, "application/n-triples")).await;
            let eleven = parse(GraphFormat::NTriples, &body);
            let parts = ["subject", "predicate", "object"].map(|it| format!("22-rdf-syntax-ns#{it}>"));
            let is_part = |triple: &String| {
                parts.iter().any(|part| triple.split(' ').nth(1).is_some_and(|it| it.ends_with(part.as_str())))
            };
            let eleven = triples(&eleven);
            let objects =
                eleven.iter().filter(|it| it.split(' ').nth(1).is_some_and(|it| it.ends_with(&parts[2]))).count();
            let reified: BTreeSet<&String> = twelve.iter().filter(|triple| triple.contains("#reifies> <<(")).collect();
            assert_eq!(reified.len(), objects, "{path}");
            assert_eq!(objects > 0, path != "/org/jim");
            let rest: BTreeSet<&String> = twelve.iter().filter(|triple| !reified.contains(triple)).collect();
            assert_eq!(rest, eleven.iter().filter(|triple| !is_part(triple)).collect::<BTreeSet<_>>(), "{path}");
        }
    });
}

#[test]
fn a_claim_is_a_nanopublication_whose_assertion_is_what_it_holds() {
    let service = starter();
    run(async {
        let claims: Vec<Id> = things(&service).await.into_iter().filter(|id| id.kind() == Kind::Claim).collect();
        let (mut held, mut reified) = (0, 0);
        for id in claims {
            let (status, _, body) = ask(&service, get(&format!("/{id}?profile=nanopub"), "*/*")).await;
            let (_, _, own) = ask(&service, get(&format!("/{id}.nt"), "*/*")).await;
            let own = parse(GraphFormat::NTriples, &own);
            if !own.iter().any(|quad| quad.predicate.as_str().ends_with("#proposes")) {
                assert_eq!(status, 406, "{id} {body}");
                continue;
            }
            assert_eq!(status, 200, "{id} {body}");
            let quads = parse(GraphFormat::TriG, &body);
            let iri = format!("{BASE}{id}");
            let graph = |part: &str| GraphName::from(NamedNode::new_unchecked(format!("{iri}#nanopub-{part}")));
            let of = |part: &str| quads.iter().filter(|quad| quad.graph_name == graph(part)).collect::<Vec<_>>();
            assert!(
                ["head", "assertion", "provenance", "publication"].iter().all(|part| !of(part).is_empty()),
                "{body}"
            );
            assert_eq!(
                of("head").len() + of("assertion").len() + of("provenance").len() + of("publication").len(),
                quads.len()
            );
            assert!(
                of("provenance").iter().any(|quad| quad.predicate.as_str().ends_with("prov#wasAttributedTo")),
                "{body}"
            );
            let affirms = own.iter().any(|quad| quad.object.to_string().ends_with("vocab/stance/affirms>"));
            let bare = of("assertion").into_iter().filter(|quad| !quad.subject.to_string().contains("#p")).count();
            assert!(affirms || bare == 0, "what {id} does not affirm is not asserted: {body}");
            held += bare;
            reified += of("assertion").len() - bare;
            let (_, _, lines) = ask(&service, get(&format!("/{id}.nq?profile=nanopub"), "*/*")).await;
            assert_eq!(triples(&parse(GraphFormat::NQuads, &lines)), triples(&quads));
        }
        assert!(held > 20 && reified > 20, "{held} {reified}");
        let (status, _, body) = ask(&service, get(&format!("{STATEMENT}?profile=nanopub"), "*/*")).await;
        assert!(status == 406 && body.contains("schema") && body.contains("parameter"), "{body}");
    });
}

/// The targets of the links of a relation.
fn links(head: &axum::http::Response<()>, relation: &str) -> Vec<String> {
    let lines = head.headers().get_all(header::LINK).iter().filter_map(|line| line.to_str().ok());
    let all = lines.flat_map(|line| line.split(", "));
    let fits = all.filter(|link| link.contains(&format!("rel=\"{relation}\"")));
    fits.filter_map(|link| Some(link.split_once('<')?.1.split_once('>')?.0.to_owned())).collect()
}

#[test]
fn the_profiles_there_are_can_be_found_and_no_other_is_taken_for_one() {
    let service = starter();
    run(async {
        let (_, head, _) = ask(&service, get(STATEMENT, "text/turtle")).await;
        assert_eq!(links(&head, "profile"), [format!("{BASE}ontology")]);
        let alternates = links(&head, "alternate");
        for address in &alternates {
            let (status, found, body) = ask(&service, get(address, "*/*")).await;
            assert_eq!(status, 200, "{address} {body}");
            assert!(found.headers().contains_key(header::ETAG), "{address}");
        }
        assert!(alternates.len() > 10, "{alternates:?}");
        let mut request = get(STATEMENT, "text/turtle");
        request.headers_mut().insert(HeaderName::from_static("accept-profile"), HeaderValue::from_static("<urn:none>"));
        let (status, head, body) = ask(&service, request).await;
        assert_eq!(
            (status, &head.headers()[header::CONTENT_TYPE]),
            (406, &HeaderValue::from_static("application/problem+json"))
        );
        let problem: Value = serde_json::from_str(&body).expect("it is JSON");
        assert!(problem["available"].as_array().is_some_and(|it| it.iter().any(|it| it == SCHEMA)), "{body}");
        let mut request = get(STATEMENT, "text/turtle");
        request.headers_mut().insert(
            HeaderName::from_static("accept-profile"),
            HeaderValue::from_static("<urn:none>;q=0.9, <https://schema.org/>;q=0.1"),
        );
        let (_, head, body) = ask(&service, request).await;
        assert_eq!(links(&head, "profile"), [SCHEMA]);
        assert!(body.contains("schema:name"), "{body}");
    });
}

#[test]
fn a_document_is_cited_in_each_format_and_each_language() {
    let service = starter();
    run(async {
        for (extension, media_type, sign) in [
            ("bib", "application/x-bibtex", "@misc{doc:sc-2017-02-15-hrw-aleppo,"),
            ("ris", "application/x-research-info-systems", "TY  - PRESS\r\n"),
            ("csl.json", "application/vnd.citationstyles.csl+json", "\"date-parts\":[[2017,2,15]]"),
        ] {
            let (status, head, english) = ask(&service, get(&format!("{STATEMENT}.{extension}?lang=en"), "*/*")).await;
            assert_eq!((status, &head.headers()[header::CONTENT_TYPE]), (200, &HeaderValue::from_static(media_type)));
            assert!(english.contains(sign) && english.contains("Use of Chemical Weapons in Aleppo"), "{english}");
            let (_, _, arabic) = ask(&service, get(&format!("{STATEMENT}.{extension}?lang=ar"), "*/*")).await;
            assert!(arabic.contains("\u{62d}\u{644}\u{628}") && arabic.contains(sign), "{arabic}");
            assert!(!arabic.contains("Coalition"), "{arabic}");
            let (_, _, by_header) = ask(&service, get(&format!("{STATEMENT}?lang=en"), media_type)).await;
            assert_eq!(by_header, english);
        }
        for (format, sign) in [("bibtex", "@techreport{"), ("ris", "TY  - RPRT"), ("csl", "\"type\":\"report\"")] {
            let path = format!("/api/search?q=chlorine&kind=document&limit=50&words=ar&format={format}");
            let (status, head, body) = ask(&service, get(&path, "*/*")).await;
            assert_eq!(status, 200, "{body}");
            let hits = ask(&service, get("/api/search?q=chlorine&kind=document&limit=50&format=json", "*/*")).await.2;
            let hits: Value = serde_json::from_str(&hits).expect("it is JSON");
            let marks = ["\n@", "TY  - ", "\"id\":"].iter().map(|mark| format!("\n{body}").matches(mark).count()).max();
            assert_eq!(marks, hits["hits"].as_array().map(Vec::len), "{body}");
            assert!(body.contains(sign), "{body}");
            assert!(head.headers().contains_key("x-total-count"));
        }
        let (status, _, body) = ask(&service, get("/api/search?q=chlorine&format=ris&words=fr", "*/*")).await;
        assert!(status == 400 && body.contains("\"words\"") && body.contains("en, ar"), "{body}");
    });
}

/// What stands between the first of one mark and the next of another.
fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).map_or("", |(found, _)| found)
}

#[test]
fn a_page_carries_its_description_and_the_tags_of_reference_managers() {
    let service = starter();
    run(async {
        for (path, tags) in [
            (STATEMENT, vec!["citation_title", "citation_author", "citation_publication_date", "DC.title", "DC.date"]),
            (
                "/doc/jim-1",
                vec!["citation_technical_report_institution", "citation_technical_report_number", "DC.identifier"],
            ),
            ("/claim/sc-2", vec!["citation_title", "DC.title"]),
            ("/event/ghouta-2013-08-21", vec!["citation_title", "DC.identifier"]),
            ("/org/hrw", vec!["DC.title"]),
        ] {
            for lang in ["en", "ar"] {
                let (_, head, page) = ask(&service, get(&format!("{path}?lang={lang}"), "text/html")).await;
                for tag in &tags {
                    let content = between(&page, &format!("<meta name=\"{tag}\" content=\""), "\"");
                    assert!(!content.is_empty(), "{path} has no {tag}");
                }
                let policy = head.headers()[header::CONTENT_SECURITY_POLICY].to_str().expect("it is text");
                assert!(!policy.contains("unsafe-inline"), "a block of data needs none");
                let block = between(&page, "<script type=\"application/ld+json\">", "</script>");
                let quads = parse(GraphFormat::JsonLd, block);
                let subject = format!("<{BASE}{}>", path.trim_start_matches('/'));
                assert!(
                    quads.iter().any(|quad| quad.subject.to_string() == subject
                        && quad.predicate == oxigraph::model::vocab::rdf::TYPE
                        && matches!(&quad.object, Term::NamedNode(class) if class.as_str().starts_with(SCHEMA))),
                    "{block}"
                );
                let (_, _, alone) = ask(&service, get(&format!("{path}.jsonld?profile=schema"), "*/*")).await;
                assert_eq!(triples(&quads), triples(&parse(GraphFormat::JsonLd, &alone)), "{path}");
                for format in ["bib", "ris", "csl.json"] {
                    assert!(page.contains(&format!("href=\"{path}.{format}?lang={lang}\"")), "{path}");
                }
            }
        }
    });
}
