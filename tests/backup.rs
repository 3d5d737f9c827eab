//! Backups: made while others write, brought up to date, restored elsewhere, and damage that is noticed.
//!
//! `ISNAD_BACKUP_QUADS` says how many quads the archive has besides (2,000 without it).

use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use isnad::{
    add::{Archive, File, Plan, Settings},
    export::backup::{self, Here, Manifest, Service as Far, Source},
    serve,
    store::{Store, Update},
};

use crate::starter::{BASE, empty, memory, run, service};

async fn filled() -> Archive {
    let archive = empty(memory()).await;
    archive.add_ontology().await.expect("the ontology can be added");
    archive.add(&Plan::starter(), &Settings::new(&archive, 1 << 20), &|_| ()).await.expect("the store works");
    archive
}

async fn add(archive: &Archive, number: usize) {
    let text = format!(
        "---\nid: doc/note-{number}\ntitle: {{en: Note {number}}}\ntype: report\nissued: 2020-01-01\nissuer: [org/hrw]\n\
         language: [en]\n---\n::: en\nHuman Rights Watch wrote note {number}.\n"
    );
    let plan = Plan::of(vec![File::bytes(format!("note-{number}.md"), text.into_bytes())]);
    let report = archive.add(&plan, &Settings::new(archive, 1 << 20), &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
}

fn here(archive: &Archive) -> Here {
    let (store, private) = (archive.store.clone(), archive.private.clone());
    Here { store, private, originals: archive.originals.clone(), tokens: None }
}

/// Every line but what is told of the past otherwise: what is kept beside the log, and most of the provenance.
async fn lines(store: &Store) -> Vec<String> {
    let text = store.dump(isnad::rdf::GraphFormat::NQuads).await.expect("it is dumped");
    let text = String::from_utf8(text).expect("it is UTF-8");
    let left_out = |line: &str| {
        line.ends_with("graph/history> .")
            || line.ends_with("graph/prov> .") && (!line.contains("ontology#sha256>") || line.contains("/mention/"))
    };
    let mut lines: Vec<String> = text.lines().filter(|line| !left_out(line)).map(ToOwned::to_owned).collect();
    lines.sort();
    lines
}

#[cfg(feature = "rocksdb")]
async fn restored(folder: &Path) -> Store {
    use isnad::{
        rdf::Iris,
        store::{Embedded, Engine, Options},
    };
    let options = Options { workers: 2, queue: 8, memory: u64::MAX };
    let engine: Arc<dyn Engine> = Arc::new(Embedded::open(&folder.join("quads"), options).expect("it opens"));
    let limits = isnad::store::Limits { deadline: Duration::from_secs(600), rows: u64::MAX, memory: u64::MAX };
    Store::open(engine, Iris::new(BASE).expect("the base is good"), limits).await.expect("it opens")
}

#[cfg(feature = "rocksdb")]
#[test]
fn a_backup_under_writes_is_restored_as_of_its_change() {
    let quads: usize = std::env::var("ISNAD_BACKUP_QUADS").ok().and_then(|quads| quads.parse().ok()).unwrap_or(2_000);
    run(async {
        let archive = Arc::new(filled().await);
        for first in (0..quads).step_by(10_000) {
            let triple = |n: usize| format!("<urn:s{n}> <urn:p> \"value {n}\" . ");
            let triples: Vec<String> = (first..(first + 10_000).min(quads)).map(triple).collect();
            let triples = triples.concat();
            let text = format!("INSERT DATA {{ GRAPH <urn:graph:{first}> {{ {triples} }} }}");
            archive.store.change(Update::new(text, Duration::from_secs(600))).await.expect("it is stored");
        }
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (backup, into) = (folder.path().join("backup"), folder.path().join("new"));
        let (writing, stop) = (Arc::clone(&archive), Arc::new(AtomicBool::new(false)));
        let stopped = Arc::clone(&stop);
        let writer = tokio::spawn(async move {
            let mut number = 0;
            while !stopped.load(Ordering::Relaxed) {
                add(&writing, number).await;
                number += 1;
            }
            number
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        let begun = Instant::now();
        let written = backup::write(&here(&archive), &backup).await.expect("it is backed up");
        let took = begun.elapsed();
        stop.store(true, Ordering::Relaxed);
        let notes = writer.await.expect("the writer ends");
        let last = archive.store.last_change().await.expect("it is answered");
        assert!(notes > 0 && written.sequence <= last, "{written:?}, {last}");
        let begun = Instant::now();
        let limits = archive.store.limits();
        let told = backup::restore(&backup, &into, limits).await.expect("it is restored");
        let _ = writeln!(
            std::io::stderr(),
            "{} triples backed up in {:.1} s as of change {} of {last}, {} bytes; restored in {:.1} s",
            written.triples,
            took.as_secs_f64(),
            written.sequence,
            written.bytes,
            begun.elapsed().as_secs_f64()
        );
        assert_eq!(
            (told.sequence, told.triples, told.originals),
            (written.sequence, written.triples, written.originals)
        );

        let again = restored(&into).await;
        assert_eq!(again.last_change().await.expect("it is answered"), written.sequence);
        let at = isnad::ask::changes::time_of(&archive.store, written.sequence).await.expect("it is answered");
        let moment = at.expect("it has a time").to_string().parse().expect("it is a moment");
        let then = archive.pasts.whole(&archive.store, &moment, limits).await.expect("it is kept");
        assert_eq!(then.number, written.sequence);
        let (expected, found) = (lines(&then.store).await, lines(&again).await);
        assert!(expected.len() > quads);
        assert!(expected == found, "{} and {} lines", expected.len(), found.len());
    });
}

#[test]
fn a_second_backup_writes_what_has_changed() {
    run(async {
        let archive = filled().await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let first = backup::write(&here(&archive), folder.path()).await.expect("it is backed up");
        assert!(first.new_pieces == first.pieces && first.pieces > 100 && first.new_originals > 50, "{first:?}");
        let same = backup::write(&here(&archive), folder.path()).await.expect("it is backed up");
        assert_eq!((same.new_pieces, same.new_originals, same.bytes), (0, 0, 0), "{same:?}");
        assert_eq!(Manifest::read(folder.path()).expect("it is read").map(|it| it.sequence), Some(first.sequence));
        add(&archive, 1).await;
        let second = backup::write(&here(&archive), folder.path()).await.expect("it is backed up");
        assert_eq!((second.sequence, second.new_originals), (first.sequence + 1, 1), "{second:?}");
        // The note, its mentions, the end of the log, and their parts of the provenance.
        assert!((3..=6).contains(&second.new_pieces) && second.bytes < first.bytes / 10, "{second:?} {first:?}");
    });
}

fn segment(folder: &Path) -> PathBuf {
    let entries = fs::read_dir(folder.join("segments")).expect("it is there");
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.swap_remove(0)
}

#[cfg(feature = "rocksdb")]
#[test]
fn damage_is_noticed_and_nothing_half_is_left() {
    run(async {
        let archive = filled().await;
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (backup, into) = (folder.path().join("backup"), folder.path().join("new"));
        backup::write(&here(&archive), &backup).await.expect("it is backed up");
        let limits = archive.store.limits();
        let path = segment(&backup);
        let whole = fs::read(&path).expect("it is there");
        let mut damaged = whole.clone();
        let middle = damaged.len() / 2;
        damaged[middle] ^= 0x55;
        for bytes in [damaged, whole[..whole.len() / 2].to_vec()] {
            fs::write(&path, bytes).expect("it is written");
            backup::restore(&backup, &into, limits).await.expect_err("it is damaged");
            assert!(!into.exists());
        }
        fs::write(&path, &whole).expect("it is written");
        let manifest = fs::read_to_string(backup.join(backup::MANIFEST)).expect("it is there");
        let piece = Manifest::read(&backup).expect("it is read").expect("it is there").pieces.swap_remove(0);
        let other = format!("{:064}", 1);
        fs::write(backup.join(backup::MANIFEST), manifest.replace(&piece.sha256, &other)).expect("it is written");
        let refused = backup::restore(&backup, &into, limits).await.expect_err("it differs").to_string();
        assert!(refused.contains(&other) && !into.exists(), "{refused}");
        fs::write(backup.join(backup::MANIFEST), &manifest).expect("it is written");
        let original = archive.originals.all().await.expect("they are listed")[0].to_string();
        let original = backup.join("originals").join(&original[..2]).join(&original[2..]);
        let bytes = fs::read(&original).expect("it is there");
        fs::remove_file(&original).expect("it is removed");
        let refused = backup::restore(&backup, &into, limits).await.expect_err("one is missing").to_string();
        assert!(refused.contains("original"), "{refused}");
        fs::write(&original, bytes).expect("it is written");
        fs::create_dir(&into).expect("it is made");
        fs::write(into.join("own"), "x").expect("it is written");
        let refused = backup::restore(&backup, &into, limits).await.expect_err("it is not empty").to_string();
        assert!(refused.contains("not empty"), "{refused}");
        fs::remove_file(into.join("own")).expect("it is removed");
        backup::restore(&backup, &into, limits).await.expect("it is whole");
        let refused = backup::restore(folder.path(), &into, limits).await.expect_err("there is none").to_string();
        assert!(refused.contains("no backup"), "{refused}");
    });
}

#[test]
fn the_service_gives_what_a_backup_is_made_of() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let service = service(filled().await);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("http://{}/", listener.local_addr().expect("it has an address"));
        let router = serve::router(Arc::clone(&service));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (near, far) = (folder.path().join("near"), folder.path().join("far"));
        let near_by = backup::write(&here(&service.archive), &near).await.expect("it is backed up");
        let source = Far::new(&address, "secret".to_owned()).expect("a client is made");
        let there = backup::write(&source, &far).await.expect("it is backed up");
        assert_eq!(
            (near_by.sequence, near_by.triples, near_by.pieces, near_by.originals),
            (there.sequence, there.triples, there.pieces, there.originals)
        );
        let digests = |folder: &Path| {
            let manifest = Manifest::read(folder).expect("it is read").expect("it is there");
            manifest.pieces.into_iter().map(|piece| (piece.graph, piece.part, piece.sha256)).collect::<Vec<_>>()
        };
        assert!(digests(&near) == digests(&far));
        let wrong = Far::new(&address, "wrong".to_owned()).expect("a client is made");
        let refused = wrong.originals().await.expect_err("the token is wrong").to_string();
        assert!(refused.contains("401"), "{refused}");
        let other = folder.path().join("empty");
        let archive = empty(memory()).await;
        let written = backup::write(&here(&archive), &other).await;
        assert_eq!(written.expect("an empty one is backed up too").sequence, 0);
    });
}
