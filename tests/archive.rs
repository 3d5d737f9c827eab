//! The story: what comes in is kept whole, once, and never as a fact where it was a claim.

use isnad::{
    add::{File, Plan, Report, Settings},
    store::Store,
};

use crate::starter;

const DOCUMENT: &str = "---\ntitle: {en: A note on Aleppo}\ntype: note\nissued: 2017-02-15\nissuer: [org/hrw]\n---\nHuman Rights Watch spoke of Aleppo on February 15, 2017.\n";

async fn add(archive: &isnad::add::Archive, files: Vec<(&str, &str)>) -> Report {
    let files = files.into_iter().map(|(name, text)| File::bytes(name.to_owned(), text.as_bytes().to_vec())).collect();
    archive.add(&Plan::of(files), &Settings::new(archive, 1 << 20), &|_| ()).await.expect("the store works")
}

async fn count(store: &Store, pattern: &str) -> u64 {
    let query = format!("PREFIX isn: <{}ontology#> SELECT (COUNT(*) AS ?n) {{ {pattern} }}", starter::BASE);
    store.select(&query).await.expect("it is answered")[0].number("n").expect("it is a number")
}

#[test]
fn a_second_add_changes_nothing_not_even_the_log() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let first = add(&archive, vec![("note.md", DOCUMENT)]).await;
        assert_eq!((first.failures.len(), first.added[0].outcome), (0, "created"));
        let (log, size) = (archive.store.last_change().await.ok(), count(&archive.store, "?s ?p ?o").await);
        let second = add(&archive, vec![("note.md", DOCUMENT)]).await;
        assert_eq!(second.added[0].outcome, "unchanged");
        assert_eq!((archive.store.last_change().await.ok(), count(&archive.store, "?s ?p ?o").await), (log, size));
    });
}

#[test]
fn a_changed_document_takes_the_place_of_the_old_one_and_is_logged() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let keyed = DOCUMENT.replace("---\ntitle", "---\nid: doc/note\ntitle");
        add(&archive, vec![("note.md", &keyed)]).await;
        let changed = keyed.replace("2017-02-15\n", "2017-02-16\n");
        let report = add(&archive, vec![("note.md", &changed)]).await;
        assert_eq!(report.added[0].outcome, "updated");
        assert_eq!(archive.store.last_change().await.ok(), Some(2));
        assert_eq!(count(&archive.store, "?d isn:dateText ?t").await, 1);
        assert_eq!(count(&archive.store, "GRAPH ?log { ?c isn:sequence ?n }").await, 2);
    });
}

#[test]
fn a_broken_file_is_told_with_its_place_and_does_not_stop_the_rest() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let broken = DOCUMENT.replace("type: note", "type: sonnet");
        let undated = DOCUMENT.replace("2017-02-15\nissuer", "yesterday\nissuer");
        let report = add(
            &archive,
            vec![("a.md", ""), ("b.md", &broken), ("c.md", &undated), ("d.exe", "x"), ("e.md", DOCUMENT)],
        )
        .await;
        let reasons: Vec<String> = report.failures.iter().map(ToString::to_string).collect();
        assert_eq!((report.added.len(), report.failures.len()), (1, 4), "{reasons:?}");
        assert!(reasons[0].contains("empty"), "{reasons:?}");
        assert!(reasons[1].contains("sonnet") && reasons[1].contains("press-statement"), "{reasons:?}");
        assert!(reasons[2].contains("yesterday"), "{reasons:?}");
        assert!(reasons[3].contains(".md"), "{reasons:?}");
    });
}

#[test]
fn a_file_that_asserts_what_may_only_be_claimed_is_refused_with_its_line() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let text = "@prefix isn: <ontology#> .\n<org/x> a isn:Organization, isn:Agent .\n<event/x> isn:perpetrator <org/x> .\n";
        let report = add(&archive, vec![("facts.ttl", text)]).await;
        let reason = report.failures[0].to_string();
        assert!(reason.contains("line 3") && reason.contains("isn:perpetrator"), "{reason}");
        assert_eq!(count(&archive.store, "?e isn:perpetrator ?o").await, 0);
    });
}

#[test]
fn nothing_claimed_in_the_starter_archive_is_asserted() {
    let service = starter::starter();
    starter::run(async {
        for predicate in service.archive.ontology.claim_predicates() {
            assert_eq!(count(&service.archive.store, &format!("?s isn:{predicate} ?o")).await, 0, "{predicate}");
        }
        assert!(count(&service.archive.store, "?p a isn:Proposition").await >= 128);
    });
}

#[test]
fn the_starter_archive_holds_every_sourced_row() {
    let service = starter::starter();
    starter::run(async {
        let store = &service.archive.store;
        for (class, least) in
            [("Document", 79), ("Organization", 53), ("Person", 47), ("Place", 207), ("Event", 55), ("Claim", 70)]
        {
            let found = count(store, &format!("SELECT DISTINCT ?s {{ ?s a isn:{class} }}")).await;
            assert!(found >= least, "{class}: {found}");
        }
        let checked = service.archive.check().await.expect("the check runs");
        assert_eq!(checked.refusals, 0, "{:?}", checked.findings);
    });
}

#[test]
fn the_same_archive_added_again_is_the_same_dump() {
    use isnad::rdf::GraphFormat;
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let settings = Settings::new(&archive, 1 << 20);
        for _ in 0..2 {
            archive.add(&Plan::starter(), &settings, &|_| ()).await.expect("the store works");
        }
        let once = archive.store.dump(GraphFormat::NQuads).await.expect("it is dumped");
        let again = archive.store.dump(GraphFormat::NQuads).await.expect("it is dumped");
        assert!(once == again && once.len() > 1_000_000, "{}", once.len());
    });
}

#[cfg(feature = "rocksdb")]
#[test]
fn a_store_is_opened_once_and_under_its_own_base() {
    use std::{sync::Arc, time::Duration};

    use isnad::{
        rdf::Iris,
        store::{Embedded, Error, Limits, OpenError, Options},
    };
    starter::run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let options = Options { workers: 1, queue: 1, memory: u64::MAX };
        let limits = Limits { deadline: Duration::from_secs(60), rows: 100, memory: u64::MAX };
        let engine: Arc<dyn isnad::store::Engine> = Arc::new(Embedded::open(folder.path(), options).expect("it opens"));
        let base = |base: &str| Iris::new(base).expect("the base is good");
        Store::open(Arc::clone(&engine), base("http://a.example/"), limits).await.expect("it is made");
        assert!(matches!(Embedded::open(folder.path(), options), Err(Error::Locked { .. })));
        let other = Store::open(engine, base("http://b.example/"), limits).await;
        assert!(matches!(other, Err(OpenError::OtherBase { .. })), "{other:?}");
    });
}
