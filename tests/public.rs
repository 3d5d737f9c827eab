//! What waits to be moderated and what a machine proposed is in no public form but where it is asked for by name.

use std::{io::Read as _, sync::Arc, time::Duration};

use axum::{
    body::Body,
    http::{Request, header},
};
use isnad::{
    export::dump::Dumps,
    rdf::{GraphFormat, Packing, Part},
    serve::Service,
    store::Update,
};

use crate::starter::{ask, empty, get, memory, run, service};

/// Words that stand in the inbox, and with a link that was proposed, and nowhere else.
const WAITING: &str = "zzwaitingzz";
const PROPOSED: &str = "zzproposedzz";

async fn filled() -> Arc<Service> {
    let service = service(empty(memory()).await);
    let prefixes = "BASE <http://localhost:7878/> PREFIX dct: <http://purl.org/dc/terms/> \
         PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> \
         PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>";
    let update = format!(
        "{prefixes} INSERT DATA {{ GRAPH <graph/doc/x> {{ <doc/x> dct:title \"Title\"@en }} \
         GRAPH <graph/mention/x/dictionary-2> {{ <doc/x#m-en-0-5> oa:exact \"{PROPOSED}\" ; oa:hasBody <org/a> }} \
         GRAPH <graph/authority/y> {{ <org/a> rdfs:label \"A\"@en }} }}"
    );
    let request = Request::post("/update")
        .header(header::AUTHORIZATION, "Bearer secret")
        .header(header::CONTENT_TYPE, "application/sparql-update")
        .body(Body::from(update))
        .expect("the request is good");
    let (status, _, body) = ask(&service, request).await;
    assert_eq!(status, 204, "{body}");
    // Nobody is let write to the inbox; it is there all the same.
    let inbox = format!(
        "{prefixes} INSERT DATA {{ GRAPH <graph/inbox/1> {{ <inbox/{WAITING}> oa:hasTarget <doc/x> ; \
         rdf:value \"{WAITING}\"@en . <doc/x> rdfs:comment \"{WAITING}\"@en . <org/a> rdfs:comment \"{WAITING}\"@en }} }}"
    );
    let update = Update::new(inbox, Duration::from_secs(60));
    service.archive.store.change(update).await.expect("it is carried out");
    service
}

#[test]
fn feeds_descriptions_and_references_have_neither() {
    run(async {
        let service = filled().await;
        let mut with_title = 0;
        for (path, accept) in [
            ("/ldes/1", "application/trig"),
            ("/oai?verb=ListRecords&metadataPrefix=rdf", "*/*"),
            ("/oai?verb=ListRecords&metadataPrefix=oai_dc", "*/*"),
            ("/feed.atom", "*/*"),
            ("/sitemap.xml", "*/*"),
            ("/resourcesync/resourcelist.xml", "*/*"),
            ("/resourcesync/changelist.xml", "*/*"),
            ("/resourcesync/graph/doc/x.nq", "*/*"),
            ("/dcat", "text/turtle"),
            ("/.well-known/void", "text/turtle"),
            ("/doc/x?profile=schema", "*/*"),
            ("/doc/x.bib", "*/*"),
            ("/doc/x.ris", "*/*"),
            ("/doc/x.csl.json", "*/*"),
            ("/api/search", "*/*"),
            ("/api/search?format=bibtex", "*/*"),
        ] {
            let (status, _, body) = ask(&service, get(path, accept)).await;
            assert_eq!(status, 200, "{path} {body}");
            assert!(!body.contains(WAITING) && !body.contains(PROPOSED), "{path} {body}");
            with_title += usize::from(body.contains("Title"));
        }
        assert!(with_title >= 8, "{with_title}");
    });
}

#[test]
fn a_thing_shows_nothing_of_the_inbox() {
    run(async {
        let service = filled().await;
        let syntaxes = GraphFormat::ALL.map(GraphFormat::media_type);
        for path in ["/doc/x", "/org/a"] {
            for accept in syntaxes.into_iter().chain(["text/html"]) {
                let (status, _, body) = ask(&service, get(path, accept)).await;
                assert!(status == 200 && !body.contains(WAITING), "{path} as {accept}: {status} {body}");
            }
        }
    });
}

#[test]
fn what_leaves_as_a_whole_has_links_only_where_they_are_asked_for() {
    run(async {
        let service = filled().await;
        let store = &service.archive.store;
        let is_public = |graph: &oxigraph::model::NamedNode| {
            Part::of(store.iris(), graph.as_ref()).is_some_and(|part| part != Part::Links)
        };
        let public = store.dump_of(GraphFormat::NQuads, is_public).await.expect("it is written");
        let public = String::from_utf8(public).expect("it is text");
        assert!(public.contains("Title") && !public.contains(WAITING) && !public.contains(PROPOSED), "{public}");
        let all = String::from_utf8(store.dump(GraphFormat::NQuads).await.expect("it is written")).expect("it is text");
        assert!([WAITING, PROPOSED, "Title", "changeKind"].iter().all(|words| all.contains(words)), "{all}");

        let dumps = Dumps::temporary();
        let made = dumps.make(store).await.expect("it is made");
        for name in ["archive.nq.gz", "archive.jsonld.zst", "documents.trig.gz", "authorities.ttl.gz", "links.nq.gz"] {
            let file = dumps.file(&made.name, name).await.expect("it is made");
            let (mut text, file) = (Vec::new(), std::fs::File::open(&file.path).expect("it can be opened"));
            Packing::split(name).1.read(file).and_then(|mut it| it.read_to_end(&mut text)).expect("it is unpacked");
            let text = String::from_utf8_lossy(&text);
            assert!(!text.is_empty() && !text.contains(WAITING), "{name}");
            assert_eq!(text.contains(PROPOSED), name.starts_with("links"), "{name}");
        }
    });
}
