//! From a document to the bytes it was read from, and whether they are still those bytes.

use std::{fs, sync::Arc};

use axum::{body::Body, http::Request};
use isnad::{
    add::{Archive, File, Plan, Settings},
    store::{Digest, Originals},
};

use crate::starter;

const NOTE: &str = "---\ntitle: {en: A note on bells}\ntype: note\n---\nThere are bells.\n";

/// An archive with one note, whose originals are in a folder.
async fn kept(folder: &std::path::Path) -> Archive {
    let mut archive = starter::empty(starter::memory()).await;
    archive.originals = Originals::open(&folder.display().to_string()).expect("the folder is made");
    let plan = Plan::of(vec![File::bytes("note.md".to_owned(), NOTE.as_bytes().to_vec())]);
    let report = archive.add(&plan, &Settings::new(&archive, 1 << 20), &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    archive
}

fn path(folder: &std::path::Path, digest: &str) -> std::path::PathBuf {
    folder.join(&digest[..2]).join(&digest[2..])
}

#[test]
fn a_file_that_is_lost_damaged_or_a_strangers_is_told() {
    starter::run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let archive = kept(folder.path()).await;
        let digest = Digest::of(NOTE.as_bytes()).to_string();
        let check = || archive.check_originals(&|_, _| ());
        let checked = check().await.expect("they are read");
        assert_eq!((checked.whole, checked.missing.len(), checked.damaged.len(), checked.unknown.len()), (1, 0, 0, 0));

        fs::write(folder.path().join("letter.txt"), "a stranger's").expect("the folder takes it");
        let stranger = archive.originals.put("of nothing that is stored").await.expect("the folder takes it");
        let checked = check().await.expect("they are read");
        let mut unknown = checked.unknown;
        unknown.sort();
        let mut expected =
            vec!["letter.txt".to_owned(), format!("{}/{}", &stranger.to_string()[..2], &stranger.to_string()[2..])];
        expected.sort();
        assert_eq!((checked.whole, unknown), (1, expected));

        let file = path(folder.path(), &digest);
        fs::write(&file, NOTE.replace("bells", "balls")).expect("the file is there");
        let damaged = check().await.expect("they are read").damaged;
        assert_eq!(damaged.len(), 1);
        assert_eq!(damaged[0].digest, digest);
        assert!(damaged[0].graph.as_deref().is_some_and(|graph| graph.contains("graph/doc/note-")), "{damaged:?}");

        fs::remove_file(&file).expect("the file is there");
        let missing = check().await.expect("they are read").missing;
        assert_eq!(missing.iter().map(|lost| lost.digest.as_str()).collect::<Vec<_>>(), [digest.as_str()]);
    });
}

#[test]
fn the_starter_archive_has_every_file_it_was_read_from() {
    let service = starter::starter();
    starter::run(async {
        let checked = service.archive.check_originals(&|_, _| ()).await.expect("they are read");
        assert!(checked.whole > 80, "{}", checked.whole);
        assert_eq!((checked.missing, checked.damaged), (Vec::new(), Vec::new()));
    });
}

#[test]
fn from_a_document_the_way_leads_to_its_bytes() {
    starter::run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let service = starter::service(kept(folder.path()).await);
        let digest = Digest::of(NOTE.as_bytes()).to_string();
        let query = format!("SELECT ?d {{ ?d a <{}ontology#Document> }}", starter::BASE);
        let rows = service.archive.store.select(&query).await.expect("it is answered");
        let document =
            rows[0].iri("d").and_then(|iri| iri.strip_prefix(starter::BASE)).expect("it is one of ours").to_owned();

        let (_, _, turtle) = starter::ask(&service, starter::get(&format!("/{document}"), "text/turtle")).await;
        for said in [&format!("original/{digest}"), "isn:sourceMediaType \"text/markdown\"", "isn:sourceSize"] {
            assert!(turtle.contains(said), "{said}: {turtle}");
        }
        for (lang, word) in [
            ("en", "Original file"),
            ("ar", "\u{627}\u{644}\u{645}\u{644}\u{641} \u{627}\u{644}\u{623}\u{635}\u{644}\u{64a}"),
        ] {
            let request = starter::get(&format!("/{document}?lang={lang}"), "text/html");
            let (_, _, page) = starter::ask(&service, request).await;
            assert!(page.contains(&format!("href=\"/original/{digest}\"")) && page.contains(word), "{lang}");
            let bytes = if lang == "en" { "bytes" } else { "\u{628}\u{627}\u{64A}\u{62A}" };
            assert!(page.contains(&format!("{} {bytes}", NOTE.len())), "{lang}");
        }
        let (status, response, bytes) =
            starter::ask(&service, starter::get(&format!("/original/{digest}"), "*/*")).await;
        assert_eq!((status, bytes.as_str()), (200, NOTE));
        let header =
            |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!(header("content-type"), "text/markdown");
        assert_eq!(header("content-disposition"), format!("attachment; filename=\"{digest}.md\""));
        assert!(header("content-security-policy").starts_with("sandbox"));
        assert_eq!(header("link"), format!("</{document}>; rel=\"describedby\""));
        let again = Request::get(format!("/original/{digest}")).header("if-none-match", header("etag"));
        let again = again.body(Body::empty()).expect("the request is good");
        assert_eq!(starter::ask(&service, again).await.0, 304);
    });
}

#[test]
fn what_is_damaged_or_rests_on_nothing_public_is_not_given_out() {
    starter::run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let service = starter::service(kept(folder.path()).await);
        let get = async |digest: &str| {
            let request = starter::get(&format!("/original/{digest}"), "*/*");
            let (status, _, body) = starter::ask(&Arc::clone(&service), request).await;
            (status, body)
        };
        let secret = service.archive.originals.put("nobody was shown this").await.expect("the folder takes it");
        assert_eq!(get(&secret.to_string()).await.0, 404);
        for bad in ["x", "..%2f..%2fetc%2fpasswd", &"0".repeat(64)] {
            assert_eq!(get(bad).await.0, 404, "{bad}");
        }
        let digest = Digest::of(NOTE.as_bytes()).to_string();
        fs::write(path(folder.path(), &digest), "otherwise").expect("the file is there");
        let (status, body) = get(&digest).await;
        assert_eq!(status, 500);
        assert!(body.contains("original-damaged") && !body.contains("otherwise"), "{body}");
        fs::remove_file(path(folder.path(), &digest)).expect("the file is there");
        let (status, body) = get(&digest).await;
        assert!(status == 404 && body.contains("check --originals"), "{status} {body}");
    });
}
