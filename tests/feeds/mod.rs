//! The feeds, followed through the routes by small clients of their own: all of them lead to what the store holds.

mod clients;
mod xml;

use std::{collections::BTreeMap, time::Duration};

use axum::{body::Body, http::Request};
use isnad::{
    ask::changes::times_of,
    model::{Document, Lang},
    rdf::{
        canonicalize,
        describe::{Provenance, document, provenance},
    },
    serve::Service,
    store::{Change, ChangeKind, Update, log_text},
};
use jiff::Timestamp;

use self::clients::{State, atom, dump, ldes, oai, resource_list, resourcesync};
use crate::starter::{ask, empty, get, memory, run, service, starter};

/// The answers of one verb with some arguments.
async fn harvest(service: &std::sync::Arc<Service>, query: &str) -> xml::Element {
    let (status, response, body) = ask(service, get(&format!("/oai?{query}"), "*/*")).await;
    assert_eq!(status, 200, "{query}: {body}");
    assert_eq!(response.headers()["content-type"], "text/xml; charset=utf-8");
    xml::parse(&body)
}

#[test]
fn every_verb_of_oai_is_answered() {
    let service = starter();
    run(async {
        let identify = harvest(&service, "verb=Identify").await;
        for (name, value) in [
            ("baseURL", "http://localhost:7878/oai"),
            ("protocolVersion", "2.0"),
            ("deletedRecord", "persistent"),
            ("granularity", "YYYY-MM-DDThh:mm:ssZ"),
        ] {
            assert_eq!(identify.first(name).text, value);
        }
        let formats = harvest(&service, "verb=ListMetadataFormats").await;
        let names: Vec<_> = formats.all("metadataPrefix").into_iter().map(|name| name.text.as_str()).collect();
        assert_eq!(names, ["oai_dc", "rdf"]);
        let sets = harvest(&service, "verb=ListSets").await;
        let sets: Vec<_> = sets.all("setSpec").into_iter().map(|spec| spec.text.clone()).collect();
        assert!(["document", "document:resolution", "authority"].iter().all(|set| sets.contains(&(*set).to_owned())));
        let identifier = "http://localhost:7878/graph/doc/sc-2017-02-15-hrw-aleppo";
        let record = harvest(&service, &format!("verb=GetRecord&metadataPrefix=oai_dc&identifier={identifier}")).await;
        assert_eq!(record.first("identifier").text, identifier);
        assert!(record.all("title").iter().any(|title| title.attributes.get("lang").is_some_and(|lang| lang == "en")));
        assert_eq!(record.first("rightsReference").attributes["ref"], record.first("rights").text);
        assert_eq!(record.first("request").attributes["verb"], "GetRecord");
    });
}

#[test]
fn a_form_is_answered_like_an_address() {
    let service = starter();
    run(async {
        let form = Request::post("/oai").header("content-type", "application/x-www-form-urlencoded");
        let form = form.body(Body::from("verb=ListIdentifiers&metadataPrefix=oai_dc&set=authority"));
        let (status, _, body) = ask(&service, form.expect("the request is good")).await;
        let by_address = harvest(&service, "verb=ListIdentifiers&metadataPrefix=oai_dc&set=authority").await;
        let identifiers = |answer: &xml::Element| -> Vec<String> {
            answer.all("identifier").into_iter().map(|identifier| identifier.text.clone()).collect()
        };
        assert_eq!((status, identifiers(&xml::parse(&body))), (200, identifiers(&by_address)));
        assert!(identifiers(&by_address).iter().all(|graph| graph.contains("/graph/authority/")));
    });
}

#[test]
fn what_is_wrong_with_a_harvest_is_said_in_the_words_of_the_protocol() {
    let service = starter();
    run(async {
        let record = "verb=GetRecord&metadataPrefix=oai_dc&identifier=";
        for (query, code) in [
            ("", "badVerb"),
            ("verb=Cow", "badVerb"),
            ("verb=Identify&verb=Identify", "badVerb"),
            ("verb=Identify&cow=1", "badArgument"),
            ("verb=ListRecords", "badArgument"),
            ("verb=GetRecord&identifier=x", "badArgument"),
            ("verb=ListRecords&metadataPrefix=rdf&metadataPrefix=rdf", "badArgument"),
            ("verb=ListRecords&metadataPrefix=rdf&from=yesterday", "badArgument"),
            ("verb=ListRecords&metadataPrefix=rdf&from=2017-02-30", "badArgument"),
            ("verb=ListRecords&metadataPrefix=rdf&from=2017-02-16&until=2017-02-15", "badArgument"),
            ("verb=ListRecords&metadataPrefix=rdf&from=2017-02-15&until=2017-02-16T00:00:00Z", "badArgument"),
            ("verb=ListRecords&resumptionToken=x&metadataPrefix=rdf", "badArgument"),
            ("verb=ListRecords&metadataPrefix=marc", "cannotDisseminateFormat"),
            (&format!("{record}x").replace("oai_dc", "marc"), "cannotDisseminateFormat"),
            (&format!("{record}x"), "idDoesNotExist"),
            (&format!("{record}http://localhost:7878/graph/doc/none"), "idDoesNotExist"),
            (&format!("{record}http://localhost:7878/graph/ontology"), "idDoesNotExist"),
            ("verb=ListMetadataFormats&identifier=urn:none", "idDoesNotExist"),
            ("verb=ListRecords&metadataPrefix=rdf&until=2001-01-01", "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=rdf&from=9999-12-31", "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=rdf&set=cow", "noRecordsMatch"),
            ("verb=ListRecords&metadataPrefix=rdf&set=document:cow", "noRecordsMatch"),
            ("verb=ListRecords&resumptionToken=%00%FF", "badResumptionToken"),
            ("verb=ListRecords&resumptionToken=rdf,,,,999999999999,1,2", "badResumptionToken"),
            ("verb=ListIdentifiers&resumptionToken=rdf,,,,1000000000,1000000,2000000", "badResumptionToken"),
            ("verb=ListSets&resumptionToken=x", "badResumptionToken"),
        ] {
            let answer = harvest(&service, query).await;
            let error = answer.first("error");
            assert_eq!(error.attributes["code"], code, "{query}");
            assert!(!error.text.is_empty(), "{query}");
            let is_argued = !code.starts_with("badV") && !code.starts_with("badA");
            assert_eq!(!answer.first("request").attributes.is_empty(), is_argued, "{query}");
        }
    });
}

#[test]
fn what_is_wrong_with_any_other_feed_is_a_problem_and_never_a_fault_of_ours() {
    let service = starter();
    run(async {
        for (path, accept, status) in [
            ("/ldes", "application/json", 406),
            ("/ldes/0", "*/*", 404),
            ("/ldes/x", "*/*", 404),
            ("/ldes/1000000000", "*/*", 404),
            ("/ldes/99999999999999999999999", "*/*", 404),
            ("/resourcesync/cow.xml", "*/*", 404),
            ("/resourcesync/resourcelist.xml?part=0", "*/*", 400),
            ("/resourcesync/changelist.xml?part=1000000000", "*/*", 404),
            ("/resourcesync/graph/doc/none.nq", "*/*", 404),
            ("/resourcesync/graph/ontology.nq", "*/*", 404),
            ("/resourcesync/graph/doc/sc-2017-02-15-hrw-aleppo", "*/*", 404),
            ("/resourcesync/graph/doc/a%20b%3C.nq", "*/*", 404),
            ("/feed.atom?before=x", "*/*", 400),
            ("/feed.atom?cow=1", "*/*", 400),
            ("/sitemap.xml?part=18446744073709551615", "*/*", 404),
        ] {
            let (found, response, body) = ask(&service, get(path, accept)).await;
            assert_eq!(found, status, "{path}: {body}");
            assert_eq!(response.headers()["content-type"], "application/problem+json", "{path}");
        }
    });
}

#[test]
fn the_starter_archive_is_the_same_by_every_feed() {
    let service = starter();
    run(async {
        let expected = dump(&service).await;
        assert!(expected.len() > 80);
        assert_eq!(
            all(&service, &mut Followers::default()).await,
            BTreeMap::from(NAMES.map(|name| (name, expected.clone())))
        );
    });
}

#[test]
fn what_a_client_has_is_not_sent_again() {
    let service = starter();
    run(async {
        for path in ["/ldes", "/ldes/1", "/resourcesync/changelist.xml", "/feed.atom", "/sitemap.xml?part=1"] {
            let (status, response, _) = ask(&service, get(path, "*/*")).await;
            let headers = response.headers();
            assert!(status == 200 && headers.contains_key("last-modified") && headers.contains_key("vary"), "{path}");
            for (name, value) in [("if-none-match", headers["etag"].clone()), ("if-modified-since", later())] {
                let again = Request::get(path).header(name, value).body(Body::empty()).expect("the request is good");
                let (status, _, body) = ask(&service, again).await;
                assert_eq!((status, body.as_str()), (304, ""), "{path} {name}");
            }
        }
    });
}

/// A date after any change.
fn later() -> axum::http::HeaderValue {
    "Fri, 31 Dec 2100 23:59:59 GMT".parse().expect("it is a header")
}

#[test]
fn the_sitemap_leads_to_the_page_of_every_document() {
    let service = starter();
    run(async {
        let (_, _, robots) = ask(&service, get("/robots.txt", "*/*")).await;
        assert!(robots.contains("Sitemap: http://localhost:7878/sitemap.xml"));
        let (_, _, index) = ask(&service, get("/sitemap.xml", "*/*")).await;
        let mut pages = Vec::new();
        for part in xml::parse(&index).all("loc") {
            let (_, _, part) = ask(&service, get(clients::path(&part.text), "*/*")).await;
            let part = xml::parse(&part);
            assert_eq!(part.all("lastmod").len(), part.all("loc").len());
            pages.extend(part.all("loc").into_iter().map(|page| clients::path(&page.text).to_owned()));
        }
        let documents = dump(&service).await.into_keys().filter(|graph| graph.contains("/graph/doc/")).count();
        assert_eq!(pages.len(), documents);
        for page in pages.iter().step_by(9) {
            assert_eq!(ask(&service, get(page, "text/html")).await.0, 200, "{page}");
        }
    });
}

const NAMES: [&str; 5] = ["atom", "ldes", "oai", "resource list", "resourcesync"];

/// What each client remembers between two visits.
#[derive(Default)]
struct Followers {
    atom: clients::Atom,
    ldes: clients::Ldes,
    oai: clients::Oai,
    resourcesync: clients::ResourceSync,
}

/// Brings each client to the end of its feed and tells what it has then.
async fn all(service: &std::sync::Arc<Service>, followers: &mut Followers) -> BTreeMap<&'static str, State> {
    BTreeMap::from([
        ("atom", atom(service, &mut followers.atom).await),
        ("ldes", ldes(service, &mut followers.ldes).await),
        ("oai", oai(service, &mut followers.oai).await),
        ("resource list", resource_list(service).await),
        ("resourcesync", resourcesync(service, &mut followers.resourcesync).await),
    ])
}

/// Numbers that look random, the same each time.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A document is added, replaced or withdrawn.
fn change(service: &Service, random: &mut Random, documents: u64) -> Change {
    let (key, version) = (random.below(documents), random.below(1 << 20));
    let mut note = Document::new(format!("doc/r{key}").parse().expect("it is an identifier"));
    note.title.insert(Lang::en(), format!("Note {version} <&>"));
    note.title.insert(Lang::ar(), format!("\u{645}\u{630}\u{643}\u{631}\u{629} {version}"));
    note.doc_type = Some(if version % 2 == 0 { "note" } else { "resolution" }.to_owned());
    note.issued = format!("20{:02}-{:02}", version % 20, version % 12 + 1).parse().ok();
    note.symbol = Some(format!("R/{key}\r\n(\u{201c}{version}\u{201d})"));
    if random.below(4) == 0 { gone(written(service, &note)) } else { written(service, &note) }
}

/// A document takes its place.
fn written(service: &Service, note: &Document) -> Change {
    let archive = &service.archive;
    let graph = archive.store.iris().document_graph(&note.id);
    let quads = document(&archive.ontology, note);
    let digest = canonicalize(&quads).expect("it has a canonical form").digest;
    let at = Timestamp::UNIX_EPOCH;
    let licence = "https://creativecommons.org/publicdomain/zero/1.0/".to_owned();
    let origin = Provenance { original: digest.clone(), digest: digest.clone(), at, licence, dictionary: None };
    let provenance = provenance(&archive.ontology, &graph, &origin);
    let agent = archive.store.iris().path("agent/test");
    Change { graph, quads, digest, companions: Vec::new(), provenance, agent, force: false, forget: false }
}

/// The same document is withdrawn.
fn gone(change: Change) -> Change {
    Change { quads: Vec::new(), provenance: Vec::new(), ..change }
}

/// Five visits, with changes in between; ISNAD_FEED_CHANGES says how many there are in all.
#[test]
fn after_any_changes_every_feed_leads_to_what_the_store_holds() {
    let changes: u64 = std::env::var("ISNAD_FEED_CHANGES").ok().and_then(|text| text.parse().ok()).unwrap_or(300);
    run(async {
        let service = service(empty(memory()).await);
        let (mut random, mut followers) = (Random(2017), Followers::default());
        for visit in 0..5 {
            let mut made = 0;
            while made < changes / 5 {
                // In one transaction a graph changes once.
                let batch: BTreeMap<String, Change> = (0..=random.below(7))
                    .map(|_| change(&service, &mut random, changes / 5))
                    .map(|change| (change.graph.to_string(), change))
                    .collect();
                made += batch.len() as u64;
                service.archive.store.commit(batch.into_values().collect()).await.expect("the store works");
            }
            let expected = dump(&service).await;
            let found = all(&service, &mut followers).await;
            for (name, state) in found {
                assert_eq!(state, expected, "{name} after visit {visit}");
            }
        }
    });
}

#[test]
fn a_withdrawn_document_is_told_to_be_gone() {
    run(async {
        let service = service(empty(memory()).await);
        let note = written(&service, &Document::new("doc/r0".parse().expect("it is an identifier")));
        service.archive.store.commit(vec![note.clone()]).await.expect("the store works");
        let before = harvest(&service, "verb=ListRecords&metadataPrefix=rdf").await;
        assert_eq!(before.all("metadata").len(), 1);
        service.archive.store.commit(vec![gone(note)]).await.expect("the store works");
        let after = harvest(&service, "verb=ListRecords&metadataPrefix=rdf&set=document:resolution").await;
        assert_eq!(after.first("header").attributes["status"], "deleted");
        assert!(after.all("metadata").is_empty());
        let graph = "http://localhost:7878/graph/doc/r0";
        let formats = harvest(&service, &format!("verb=ListMetadataFormats&identifier={graph}")).await;
        assert_eq!(formats.first("error").attributes["code"], "noMetadataFormats");
        assert_eq!(ask(&service, get("/resourcesync/graph/doc/r0.nq", "*/*")).await.0, 410);
    });
}

#[test]
fn whatever_stands_in_a_title_the_feeds_can_be_read() {
    run(async {
        let service = service(empty(memory()).await);
        let mut note = Document::new("doc/r\u{e9}\u{645}".parse().expect("it is an identifier"));
        note.title.insert(Lang::en(), "\u{1}\u{fffe} ]]> <b> & \"\u{202b}'\u{1f600}\r\n".to_owned());
        service.archive.store.commit(vec![written(&service, &note)]).await.expect("the store works");
        for path in
            ["/feed.atom", "/oai?verb=ListRecords&metadataPrefix=oai_dc", "/oai?verb=ListRecords&metadataPrefix=rdf"]
        {
            let (_, _, body) = ask(&service, get(path, "*/*")).await;
            let words = xml::parse(&body).all("title").last().map(|title| title.text.clone());
            assert!(words.is_some_and(|words| words.contains("]]> <b> & \"")), "{path}: {body}");
        }
        let (_, _, list) = ask(&service, get("/resourcesync/resourcelist.xml", "*/*")).await;
        let address = xml::parse(&list).first("loc").text.clone();
        assert!(address.is_ascii(), "{address}");
        assert_eq!(ask(&service, get(clients::path(&address), "*/*")).await.0, 200);
    });
}

/// Whoever asks for what is new since a time is to miss nothing, whatever the clocks of those who write say.
#[test]
fn the_times_of_the_log_never_go_back() {
    run(async {
        let service = service(empty(memory()).await);
        let store = &service.archive.store;
        let note = written(&service, &Document::new("doc/r0".parse().expect("it is an identifier")));
        store.commit(vec![note.clone()]).await.expect("the store works");
        let record = [(note.graph, ChangeKind::Updated, note.digest)];
        let text = log_text(store.iris(), &record, Timestamp::UNIX_EPOCH, &note.agent);
        store.change(Update::new(text, Duration::from_secs(10))).await.expect("the store works");
        let times = times_of(store, &[1, 2]).await.expect("the store works");
        assert_eq!((times.len(), times[&1] <= times[&2]), (2, true), "{times:?}");
    });
}
