//! Many files at once: how far it is, what breaks off, what would be added.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use isnad::{
    add::{Archive, File, Plan, Report, Settings, Stage},
    ask::resource,
    rdf::{GraphFormat, JsonLd, write},
};
use tokio::sync::Notify;

use crate::{
    packages::{docx, paragraph},
    starter,
};

/// So many notes, each of which names the office that the table describes.
fn files(notes: usize) -> Vec<File> {
    let note = |number: usize| {
        let text = format!(
            "---\ntitle: {{en: Note {number}}}\ntype: note\n---\nThe Office of Lost Bells wrote {number} letters.\n"
        );
        File::bytes(format!("note-{number}.md"), text.into_bytes())
    };
    let table = File::bytes("bells.csv".to_owned(), b"id,label_en\norg/bells,Office of Lost Bells\n".to_vec());
    (0..notes).map(note).chain([table]).collect()
}

async fn add(archive: &Archive, files: Vec<File>) -> Report {
    archive.add(&Plan::of(files), &Settings::new(archive, 1 << 20), &|_| ()).await.expect("the store works")
}

async fn linked(archive: &Archive) -> u64 {
    let query = format!(
        "SELECT (COUNT(DISTINCT ?d) AS ?n) {{ GRAPH ?g {{ ?d <{0}ontology#mentions> <{0}org/bells> }} }}",
        starter::BASE
    );
    archive.store.select(&query).await.expect("it is answered")[0].number("n").expect("it is a number")
}

#[test]
fn each_file_is_told_twice_as_it_is_read_and_as_it_is_added() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let (read, added) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let progress = |progress: isnad::add::Progress| match progress.stage {
            Stage::Reading => read.store(progress.done, Ordering::Relaxed),
            Stage::Adding => added.store(progress.done, Ordering::Relaxed),
        };
        let plan = Plan::of(files(9));
        archive.add(&plan, &Settings::new(&archive, 1 << 20), &progress).await.expect("the store works");
        assert_eq!((read.into_inner(), added.into_inner()), (9, 10));
    });
}

#[test]
fn what_broke_off_is_added_by_the_same_call_again_and_nothing_else() {
    starter::run(async {
        let engine = starter::memory();
        let archive = starter::empty(Arc::clone(&engine)).await;
        // A note that is there before, and that names what only the batch brings.
        add(
            &archive,
            vec![File::bytes("old.txt".to_owned(), b"An old letter\n\nTo the Office of Lost Bells.\n".to_vec())],
        )
        .await;
        assert_eq!(linked(&archive).await, 0);
        let (plan, settings, enough) = (Plan::of(files(100)), Settings::new(&archive, 1 << 20), Notify::new());
        let progress = |progress: isnad::add::Progress| {
            if progress.stage == Stage::Adding && progress.done == 50 {
                enough.notify_one();
            }
        };
        tokio::select! {
            biased;
            () = enough.notified() => {}
            _ = archive.add(&plan, &settings, &progress) => panic!("it was not broken off"),
        }
        drop(archive);

        let archive = starter::empty(Arc::clone(&engine)).await;
        assert!(archive.store.is_adding().await.expect("it is answered"));
        let report = add(&archive, files(100)).await;
        assert!(report.resumed);
        let (created, unchanged) = (report.count("created"), report.count("unchanged"));
        assert!(unchanged >= 32 && created + unchanged == 101, "{created} created, {unchanged} unchanged");
        archive.relink().await.expect("the store works");
        assert_eq!(linked(&archive).await, 101, "the old letter is linked as well");
        assert!(!archive.store.is_adding().await.expect("it is answered"));

        let log = archive.store.last_change().await.expect("it is answered");
        let again = add(&archive, files(100)).await;
        assert_eq!((again.resumed, again.count("unchanged")), (false, 101));
        archive.relink().await.expect("the store works");
        assert_eq!(archive.store.last_change().await.expect("it is answered"), log);
    });
}

#[test]
fn a_dry_run_tells_what_would_be_and_stores_nothing() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let keyed = |text: &str| {
            let text = format!("---\nid: doc/kept\ntitle: {{en: Kept}}\ntype: note\n---\n{text}\n");
            File::bytes("kept.md".to_owned(), text.into_bytes())
        };
        add(&archive, files(1)).await;
        add(&archive, vec![keyed("Before.")]).await;
        archive.relink().await.expect("the store works");
        let log = archive.store.last_change().await.expect("it is answered");

        let mut more = files(2);
        more.push(keyed("The Office of Lost Bells, on 15 February 2017."));
        more.push(File::bytes("bad.md".to_owned(), b"---\ntype: sonnet\n---\nx\n".to_vec()));
        more.push(File::bytes("report.docx".to_owned(), docx(&paragraph("From the Office of Lost Bells"))));
        let settings = Settings { dry_run: true, ..Settings::new(&archive, 1 << 20) };
        let report = archive.add(&Plan::of(more), &settings, &|_| ()).await.expect("the store works");
        assert!(report.dry_run && !report.resumed);
        let counts = ["created", "updated", "unchanged"].map(|outcome| report.count(outcome));
        assert_eq!((counts, report.failures.len()), ([2, 1, 2], 1), "{report:?}");
        let kept = report.added.iter().find(|added| added.outcome == "updated").expect("one is another now");
        let links: Vec<(&str, &str)> = kept.links.iter().map(|link| (link.words.as_str(), link.to.as_str())).collect();
        assert!(
            links.contains(&("Office of Lost Bells", "org/bells"))
                || links.contains(&("The Office of Lost Bells", "org/bells")),
            "{links:?}"
        );
        assert!(links.contains(&("15 February 2017", "2017-02-15")), "{links:?}");
        let json = serde_json::to_value(&report).expect("it is JSON");
        assert_eq!(json["added"][0]["outcome"], "unchanged");
        assert!(json["failures"][0]["reason"].as_str().is_some_and(|reason| reason.contains("sonnet")), "{json}");
        assert_eq!(archive.store.last_change().await.expect("it is answered"), log);
        assert!(!archive.store.is_adding().await.expect("it is answered"));
    });
}

/// A document of the starter archive as its graphs say it.
async fn written(archive: &Archive, format: GraphFormat) -> Vec<u8> {
    let id = "doc/sc-2017-02-15-hrw-aleppo".parse().expect("it is an identifier");
    let found = resource::find(&archive.store, &id).await.expect("it is answered").expect("it is there");
    let json_ld = JsonLd::new(&archive.ontology).expect("the context parses");
    write::quads(archive.store.iris(), &json_ld, format, &found.quads).expect("it is written")
}

#[test]
fn a_document_that_comes_as_quads_is_the_document_that_left() {
    let service = starter::starter();
    starter::run(async {
        for format in [GraphFormat::TriG, GraphFormat::NQuads] {
            let archive = starter::empty(starter::memory()).await;
            let name = format!("seed.{}", format.extension());
            let report = add(&archive, vec![File::bytes(name, written(&service.archive, format).await)]).await;
            assert!(report.failures.is_empty(), "{:?}", report.failures);
            assert!(report.notices.iter().any(|notice| notice.contains("not taken over")), "{:?}", report.notices);
            let graph = archive.store.iris().path("graph/doc/sc-2017-02-15-hrw-aleppo");
            let here = archive.store.digests([&graph]).await.expect("it is answered");
            let there = service.archive.store.digests([&graph]).await.expect("it is answered");
            assert_eq!(here, there);
            let mentions = "SELECT ?m { GRAPH ?g { ?m <http://www.w3.org/ns/oa#exact> ?words } } LIMIT 1";
            assert_eq!(archive.store.select(mentions).await.expect("it is answered").len(), 1, "its dates are linked");
        }
    });
}

#[test]
fn quads_that_are_not_ours_are_refused_and_so_is_a_text_with_another_digest() {
    let service = starter::starter();
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let text = String::from_utf8(written(&service.archive, GraphFormat::NQuads).await).expect("it is UTF-8");
        let changed = text.replacen("Human Rights Watch", "Human Rights", 1);
        let inbox = format!("<{0}doc/x> <{0}ontology#symbol> \"x\" <{0}graph/inbox/x> .\n", starter::BASE);
        for (name, text, says) in [
            ("changed.nq", changed.as_str(), "has the digest"),
            ("inbox.nq", inbox.as_str(), "is not taken from a file"),
            ("bad.jsonld", "{\"@context\": \"http://x.example/context\", \"@id\": \"http://x.example/\"}", "line 1"),
            (
                "bomb.rdf",
                "<!DOCTYPE r [<!ENTITY a \"ha\"><!ENTITY b \"&a;&a;\">]><r>&b;</r>",
                "the entity `b` names another entity",
            ),
            ("file.rdf", "<!DOCTYPE r [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><r>&a;</r>", "outside of the file"),
        ] {
            let report = add(&archive, vec![File::bytes(name.to_owned(), text.as_bytes().to_vec())]).await;
            let reasons: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
            assert!(reasons.len() == 1 && reasons[0].contains(says), "{name}: {reasons:?}");
        }
    });
}

#[test]
fn an_authority_comes_in_every_syntax() {
    let (isn, base) = (format!("{}ontology#", starter::BASE), starter::BASE);
    let turtle = format!(
        "@prefix isn: <{isn}> . <org/bells> a isn:Organization, isn:Agent ; <http://www.w3.org/2000/01/rdf-schema#label> \"Bells\"@en ."
    );
    let json = format!(
        "{{\"@id\": \"{base}org/bells\", \"@type\": [\"{isn}Organization\", \"{isn}Agent\"], \"http://www.w3.org/2000/01/rdf-schema#label\": {{\"@value\": \"Bells\", \"@language\": \"en\"}}}}"
    );
    let xml = format!(
        "<!DOCTYPE rdf:RDF [<!ENTITY isn \"{isn}\">]>\n<rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\" xmlns:rdfs=\"http://www.w3.org/2000/01/rdf-schema#\">\
         <rdf:Description rdf:about=\"{base}org/bells\"><rdf:type rdf:resource=\"&isn;Organization\"/><rdf:type rdf:resource=\"&isn;Agent\"/>\
         <rdfs:label xml:lang=\"en\">Bells</rdfs:label></rdf:Description></rdf:RDF>"
    );
    starter::run(async {
        let mut digests = Vec::new();
        for (name, text) in [("bells.ttl", turtle), ("bells.jsonld", json), ("bells.rdf", xml)] {
            let archive = starter::empty(starter::memory()).await;
            let report = add(&archive, vec![File::bytes(name.to_owned(), text.into_bytes())]).await;
            assert!(report.failures.is_empty(), "{name}: {:?}", report.failures);
            let graph = archive.store.iris().authority_graph("bells");
            digests.extend(archive.store.digests([&graph]).await.expect("it is answered").into_values());
        }
        assert!(digests.len() == 3 && digests.iter().all(|digest| *digest == digests[0]), "{digests:?}");
    });
}
