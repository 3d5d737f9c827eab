//! What is kept apart, and who may write, are backed up and restored too: readable by their owner alone, and told when damaged.

#![cfg(feature = "rocksdb")]

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use isnad::{
    add::Archive,
    export::backup::{self, Here, Manifest, Service as Far},
    rdf::{Iris, Ontology, Shapes},
    serve::{
        self, Service,
        tokens::{Role, Tokens},
    },
    store::{Digest, Embedded, Engine, Limits, Options, Originals, Store},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use crate::{
    people::{add, request},
    starter::{BASE, ask, empty, get, memory, run, serving},
};

const TESTIMONY: &str = "---
id: doc/testimony
title: {en: A testimony}
type: note
issued: 2017-02-15
sensitive: {witness: [Badrwitness], contact: badr-contact-0303}
---
I saw it from the roof, with Nadia Hiddenname, that morning.
";

const LIMITS: Limits = Limits { deadline: Duration::from_secs(120), rows: u64::MAX, memory: u64::MAX };

async fn send(service: &Arc<Service>, secret: &str, method: &str, path: &str, body: &Value) -> (u16, Value) {
    let secret = Some(secret).filter(|secret| !secret.is_empty());
    let (status, _, answer) = ask(service, request(secret, method, path, body)).await;
    (status, serde_json::from_str(&answer).unwrap_or_default())
}

/// An archive with a witness, words that are withheld and a comment that waits; the token of an admin, and its file.
async fn filled(folder: &Path) -> (Arc<Service>, String, PathBuf) {
    let archive = empty(memory()).await;
    add(&archive, "testimony.md", TESTIMONY).await;
    let file = folder.join("tokens.json");
    let tokens = Tokens::open(file.clone());
    let (_, secret) = tokens.create("Adel Admin", Role::Admin, None, Timestamp::now()).expect("it is made");
    let service = serving(archive, |service| service.tokens = tokens);
    let start = "I saw it from the roof, with ".chars().count();
    let span = json!({ "about": "doc/testimony#text-en", "start": start, "end": start + "Nadia Hiddenname".len(), "reason": "For her safety." });
    let (status, done) = send(&service, &secret, "POST", "/api/redactions", &span).await;
    assert_eq!(status, 201, "{done}");
    let letter = json!({ "about": "doc/testimony", "text": "I was there too.", "contact": "reader@secret.example" });
    assert_eq!(send(&service, "", "POST", "/api/comments", &letter).await.0, 202);
    (service, secret, file)
}

fn here(archive: &Archive, tokens: &Path) -> Here {
    let (store, private) = (archive.store.clone(), archive.private.clone());
    Here { store, private, originals: archive.originals.clone(), tokens: Some(tokens.to_owned()) }
}

/// A service over what was restored, opened as the program opens it.
async fn opened(folder: &Path) -> Arc<Service> {
    let engine = |folder: PathBuf| -> Arc<dyn Engine> {
        let options = Options { workers: 2, queue: 64, memory: u64::MAX };
        Arc::new(Embedded::open(&folder.join("quads"), options).expect("it opens"))
    };
    let ontology = Ontology::new(Iris::new(BASE).expect("the base is good")).expect("the ontology parses");
    let shapes = Shapes::new(&ontology).expect("the shapes compile");
    let store = Store::open(engine(folder.to_owned()), ontology.iris().clone(), LIMITS).await.expect("it opens");
    let originals = Originals::open(&folder.join("originals").to_string_lossy()).expect("they open");
    let mut archive = Archive::open(store, ontology, shapes, originals).await.expect("the archive opens");
    archive.keep_private(engine(folder.join("private"))).await.expect("it opens");
    serving(archive, |service| service.tokens = Tokens::open(folder.join("tokens.json")))
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("it is there").flatten().map(|entry| entry.path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

#[test]
fn what_is_kept_apart_and_the_tokens_stand_again_elsewhere() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (service, secret, file) = filled(folder.path()).await;
        let (backup, into) = (folder.path().join("backup"), folder.path().join("new"));
        let source = here(&service.archive, &file);
        let first = backup::write(&source, &backup).await.expect("it is backed up");
        let manifest = Manifest::read(&backup).expect("it is read").expect("it is there");
        assert!(manifest.private.len() >= 3, "{:?}", manifest.private);
        let digest = Digest::of(&fs::read(&file).expect("it is there")).to_string();
        assert_eq!(manifest.tokens.as_ref(), Some(&digest));
        #[cfg(unix)]
        {
            for path in files(&backup).into_iter().filter(|path| !path.starts_with(backup.join("originals"))) {
                assert_eq!(mode(&path), 0o600, "{}", path.display());
            }
            for name in ["", "private", "segments", "originals"] {
                assert_eq!(mode(&backup.join(name)), 0o700, "{name:?}");
            }
        }
        for path in files(&backup) {
            assert!(!String::from_utf8_lossy(&fs::read(&path).expect("it is read")).contains(&secret));
        }

        // Again costs nothing; after another comment and another token what is new.
        let same = backup::write(&source, &backup).await.expect("it is backed up");
        assert_eq!((same.new_pieces, same.bytes), (0, 0), "{same:?}");
        let letter = json!({ "about": "doc/testimony", "text": "So was I.", "contact": "other@secret.example" });
        assert_eq!(send(&service, "", "POST", "/api/comments", &letter).await.0, 202);
        let tokens = Tokens::open(file.clone());
        let (_, late) = tokens.create("Late", Role::Moderator, None, Timestamp::now()).expect("it is made");
        let second = backup::write(&source, &backup).await.expect("it is backed up");
        assert!((1..=3).contains(&second.new_pieces) && second.pieces > first.pieces, "{second:?} {first:?}");
        let kept: Vec<PathBuf> = files(&backup.join("private"));
        assert_eq!(kept.iter().filter(|path| path.to_string_lossy().contains("tokens-")).count(), 1, "{kept:?}");

        let told = backup::restore(&backup, &into, LIMITS).await.expect("it is restored");
        assert!(told.has_private && told.has_tokens && told.triples == second.triples, "{told:?} {second:?}");
        #[cfg(unix)]
        assert_eq!((mode(&into.join("private")), mode(&into.join("tokens.json"))), (0o700, 0o600));
        let again = opened(&into).await;
        let (status, sensitive) =
            send(&again, &secret, "GET", "/api/sensitive?about=doc/testimony", &Value::Null).await;
        assert_eq!(status, 200, "{sensitive}");
        assert!(sensitive.to_string().contains("Badrwitness") && sensitive.to_string().contains("badr-contact-0303"));
        let (status, inbox) = send(&again, &late, "GET", "/api/comments?state=received", &Value::Null).await;
        assert_eq!(status, 200, "{inbox}");
        assert!(inbox.to_string().contains("reader@secret.example") && inbox.to_string().contains("other@secret"));
        assert_eq!(send(&again, "wrong", "GET", "/api/sensitive?about=doc/testimony", &Value::Null).await.0, 401);

        // What was withheld is withheld, and stays so when the document comes again.
        add(&again.archive, "testimony.md", &format!("{TESTIMONY}\n")).await;
        let (status, _, turtle) = ask(&again, get("/doc/testimony", "text/turtle")).await;
        assert!(status == 200 && turtle.contains("from the roof") && !turtle.contains("Hiddenname"), "{turtle}");
        let original = Digest::of(TESTIMONY.as_bytes());
        assert!(again.archive.is_withheld(&original).await.expect("it is known"));
    });
}

#[test]
fn damage_to_what_is_kept_apart_is_noticed() {
    run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (service, _, file) = filled(folder.path()).await;
        let (backup, into) = (folder.path().join("backup"), folder.path().join("new"));
        backup::write(&here(&service.archive, &file), &backup).await.expect("it is backed up");
        for path in files(&backup.join("private")) {
            let whole = fs::read(&path).expect("it is there");
            let mut damaged = whole.clone();
            let middle = damaged.len() / 2;
            damaged[middle] ^= 0x11;
            fs::write(&path, damaged).expect("it is written");
            backup::restore(&backup, &into, LIMITS).await.expect_err("it is damaged");
            assert!(!into.exists(), "{}", path.display());
            fs::remove_file(&path).expect("it is removed");
            backup::restore(&backup, &into, LIMITS).await.expect_err("it is missing");
            assert!(!into.exists(), "{}", path.display());
            fs::write(&path, whole).expect("it is written");
        }
        // A backup of the first form held the archive alone, and still stands again.
        let mut first = Manifest::read(&backup).expect("it is read").expect("it is there");
        (first.format, first.tokens) = (1, None);
        first.private.clear();
        let text = serde_json::to_vec(&first).expect("it is written");
        fs::write(backup.join(backup::MANIFEST), text).expect("it is written");
        let told = backup::restore(&backup, &into, LIMITS).await.expect("it is restored");
        assert!(!told.has_private && !told.has_tokens && !into.join("tokens.json").exists(), "{told:?}");
    });
}

#[test]
fn the_service_gives_what_is_kept_apart_to_an_admin_alone() {
    run(async {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let folder = tempfile::tempdir().expect("a folder can be made");
        let (service, secret, file) = filled(folder.path()).await;
        let tokens = Tokens::open(file.clone());
        let (_, archivist) = tokens.create("Amal", Role::Archivist, None, Timestamp::now()).expect("it is made");
        for path in ["/api/backup/private", "/api/backup/tokens"] {
            assert_eq!(send(&service, "", "GET", path, &Value::Null).await.0, 401, "{path}");
            assert_eq!(send(&service, &archivist, "GET", path, &Value::Null).await.0, 403, "{path}");
        }
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("http://{}/", listener.local_addr().expect("it has an address"));
        let router = serve::router(Arc::clone(&service));
        tokio::spawn(async move { axum::serve(listener, router).await });
        let (near, far) = (folder.path().join("near"), folder.path().join("far"));
        backup::write(&here(&service.archive, &file), &near).await.expect("it is backed up");
        let source = Far::new(&address, secret).expect("a client is made");
        backup::write(&source, &far).await.expect("it is backed up");
        let read = |folder: &Path| Manifest::read(folder).expect("it is read").expect("it is there");
        let (near, far) = (read(&near), read(&far));
        assert_eq!(near.private, far.private);
        assert!(near.tokens.is_some() && near.tokens == far.tokens, "{near:?}");
    });
}
