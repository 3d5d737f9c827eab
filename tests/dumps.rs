//! Dumps: what is in them, that they come back as they were, and how they are fetched.

use std::{
    collections::BTreeMap,
    fs,
    io::{Read as _, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use axum::{
    body::Body,
    http::{Request, header},
};
use isnad::{
    add::{LoadError, Plan, Settings},
    export::dump::{Dumps, FileName, MANIFEST, Selection},
    rdf::{GraphFormat, Manifest, Packer, Packing, Part, canonicalize},
    store::Update,
};
use oxigraph::{
    io::RdfParser,
    model::{GraphName, Quad},
};

use crate::starter::{ask, empty, memory, run, service, starter};

fn manifest(folder: &Path) -> Manifest {
    let text = fs::read(folder.join(MANIFEST)).expect("the manifest is there");
    serde_json::from_slice(&text).expect("the manifest is JSON")
}

fn text(path: &Path) -> String {
    let name = path.to_string_lossy();
    let mut text = String::new();
    let file = fs::File::open(path).expect("the file is there");
    Packing::split(&name).1.read(file).and_then(|mut file| file.read_to_string(&mut text)).expect("it is unpacked");
    text
}

fn quads(path: &Path) -> Vec<Quad> {
    let name = path.to_string_lossy();
    let extension = Packing::split(&name).0.rsplit_once('.').expect("there is an extension").1;
    let format = GraphFormat::from_extension(extension).expect("it is a syntax").to_rdf_format();
    let text = text(path);
    RdfParser::from_format(format).for_slice(&text).map(|quad| quad.expect("it parses")).collect()
}

fn by_graph(quads: Vec<Quad>) -> BTreeMap<String, Vec<Quad>> {
    let mut graphs: BTreeMap<String, Vec<Quad>> = BTreeMap::new();
    for quad in quads {
        let GraphName::NamedNode(graph) = &quad.graph_name else { panic!("{quad} has no graph") };
        graphs.entry(graph.as_str().to_owned()).or_default().push(quad);
    }
    graphs
}

fn digests(graphs: &BTreeMap<String, Vec<Quad>>) -> BTreeMap<String, String> {
    let digest = |quads: &Vec<Quad>| canonicalize(quads).expect("it has a form").digest;
    graphs.iter().map(|(graph, quads)| (graph.clone(), digest(quads))).collect()
}

#[test]
fn the_starter_archive_comes_back_with_the_same_digests() {
    let service = starter();
    run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let dumps = Dumps::open(folder.path());
        let dump = dumps.make(&service.archive.store).await.expect("it is made");
        let first = folder.path().join(&dump.name);
        let files: Vec<PathBuf> = ["archive.nq.gz", "links.nq.gz"].map(|name| first.join(name)).into();

        let archive = empty(memory()).await;
        let loaded = archive.load(&files, &manifest(&first)).await.expect("it is loaded");
        assert!(loaded.graphs > 150, "{loaded:?}");
        let again = Dumps::open(&folder.path().join("again"));
        let second = again.make(&archive.store).await.expect("it is made");
        let digests = |manifest: Manifest| -> Vec<(String, Part, String)> {
            manifest.graphs.into_iter().map(|it| (it.graph, it.part, it.sha256)).collect()
        };
        let second = folder.path().join("again").join(&second.name);
        let (before, after) = (digests(manifest(&first)), digests(manifest(&second)));
        let differ = before.iter().zip(&after).find(|(before, after)| before != after);
        assert!(differ.is_none() && before.len() == after.len(), "{differ:?}");
        for name in ["archive.nq.gz", "links.nq.gz"] {
            assert!(
                fs::read(first.join(name)).expect("it is there") == fs::read(second.join(name)).expect("it is there")
            );
        }
        // What is known by name is known again.
        assert_eq!(
            archive.dictionary().await.expect("it is grown").version(),
            service.archive.dictionary().await.expect("it is grown").version()
        );
        let refused = archive.load(&files, &manifest(&first)).await;
        assert!(matches!(refused, Err(LoadError::NotEmpty)), "{refused:?}");
    });
}

#[test]
fn the_manifest_says_what_is_there_and_nothing_private_is() {
    run(async {
        let archive = empty(memory()).await;
        archive.add(&Plan::starter(), &Settings::new(&archive, 1 << 20), &|_| ()).await.expect("the store works");
        let service = service(archive);
        let data =
            "INSERT DATA { GRAPH <graph/inbox/1> { <urn:s> <urn:p> \"hush\" } GRAPH <urn:own> { <urn:s> <urn:p> 1 } }";
        // Nobody is let write the first of them; it is there all the same.
        let update = Update::new(format!("BASE <http://localhost:7878/> {data}"), Duration::from_secs(60));
        service.archive.store.change(update).await.expect("it is carried out");

        let folder = tempfile::tempdir().expect("a folder can be made");
        let dumps = Dumps::open(folder.path());
        let dump = dumps.make(&service.archive.store).await.expect("it is made");
        let folder = folder.path().join(&dump.name);
        let manifest = manifest(&folder);
        let mut found = by_graph(quads(&folder.join("archive.nq.gz")));
        assert!(
            !found.keys().any(|graph| ["mention/", "inbox/", "/changes", "urn:"].iter().any(|it| graph.contains(it)))
        );
        let links = by_graph(quads(&folder.join("links.nq.gz")));
        assert!(links.keys().all(|graph| graph.contains("graph/mention/") || graph.ends_with("graph/prov")));
        for record in &manifest.graphs {
            let from = if record.part == Part::Links { &links } else { &found };
            let quads = &from[&record.graph];
            assert_eq!(canonicalize(quads).expect("it has a form").digest, record.sha256, "{}", record.graph);
            assert_eq!(quads.len() as u64, record.triples, "{}", record.graph);
            let is_ours = record.graph.ends_with("graph/prov");
            assert!(is_ours || (record.licence.is_some() && record.source.is_some()), "{}", record.graph);
        }
        for record in manifest.graphs.iter().filter(|record| record.part != Part::Links) {
            found.remove(&record.graph);
        }
        assert!(found.is_empty(), "the manifest does not speak of {:?}", found.keys());
        let unchanged = dumps.make(&service.archive.store).await.expect("it is there");
        assert_eq!((unchanged.name, unchanged.made), (dump.name, dump.made));
    });
}

#[test]
fn every_syntax_of_every_selection_says_the_same() {
    let service = starter();
    run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let dumps = Dumps::open(folder.path());
        let dump = dumps.make(&service.archive.store).await.expect("it is made");
        let whole = by_graph(quads(&folder.path().join(&dump.name).join("archive.nq.gz")));
        let mut documents = digests(&whole);
        documents.retain(|graph, _| graph.contains("graph/doc/"));
        for selection in [Selection::Archive, Selection::Part(Part::Documents), Selection::Class("Person".to_owned())] {
            let mut triples = None;
            for name in FileName::of(&selection).map(|name| name.to_string()) {
                let file = dumps.file(&dump.name, &name).await.expect("it is made");
                let bytes = fs::read(&file.path).expect("it is there");
                assert_eq!(isnad::store::Digest::of(&bytes).to_string(), file.sha256, "{name}");
                assert_eq!(bytes.len() as u64, file.bytes);
                let quads = quads(&file.path);
                let canonical = canonicalize(&quads).expect("it has a form");
                assert!(!canonical.text.is_empty(), "{name}");
                assert_eq!(triples.get_or_insert_with(|| canonical.digest.clone()), &canonical.digest, "{name}");
                if selection == Selection::Part(Part::Documents) && !name.contains(".ttl") {
                    assert!(digests(&by_graph(quads)) == documents && documents.len() > 70, "{name}");
                }
            }
        }
        let person = dumps.file(&dump.name, "class-Person.nq.gz").await.expect("it is there");
        let things = text(&person.path).matches("ontology#Person> ").count() as u64;
        assert!(things > 40 && things == dump.classes["Person"], "{things}");
        for (name, words) in
            [("class-Cow.nq.gz", "Person"), ("source-cows.nq.gz", "authority/cows"), ("x.nq", "documents.trig")]
        {
            let refused = dumps.file(&dump.name, name).await.expect_err("there is no such file").to_string();
            assert!(refused.contains(words), "{refused}");
        }
    });
}

#[test]
fn a_dump_that_differs_from_its_manifest_is_refused_and_the_graph_is_named() {
    let service = starter();
    run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let dump = Dumps::open(folder.path()).make(&service.archive.store).await.expect("it is made");
        let folder = folder.path().join(&dump.name);
        let manifest = manifest(&folder);
        let original = text(&folder.join("archive.nq.gz"));
        let write = |name: &str, text: &str| {
            let file = fs::File::create(folder.join(name)).expect("it is made");
            let mut packer = Packer::new(Packing::Zstd, file).expect("it is made");
            packer.write_all(text.as_bytes()).and_then(|()| packer.finish()).expect("it is written");
            vec![folder.join(name)]
        };
        let document = "http://localhost:7878/graph/doc/sc-2017-02-15-hrw-aleppo";
        let is_of = |line: &&str| line.trim_end().ends_with(&format!("<{document}> ."));
        let changed = original.replacen("Aleppo", "Damascus", usize::MAX);
        let without: String = original.split_inclusive('\n').filter(|line| !is_of(line)).collect();
        let one = original.split_inclusive('\n').position(|line| is_of(&line)).expect("it is there");
        let one_less: String =
            original.split_inclusive('\n').enumerate().filter(|(at, _)| *at != one).map(|(_, line)| line).collect();
        let foreign = format!("{original}<urn:s> <urn:p> <urn:o> <urn:g> .\n");
        let middle =
            (original.len() / 2..original.len()).find(|at| original.is_char_boundary(*at)).expect("there is a half");
        // Inside of an IRI, wherever the half happens to be.
        let middle = middle + original[middle..].find("<http").expect("there are more lines") + 3;
        let half = &original[..middle];
        for (text, words) in [
            (changed.as_str(), "differs from the manifest"),
            (&one_less, document),
            (&without, document),
            (&foreign, "urn:g"),
            (half, "nq.zst"),
        ] {
            let archive = empty(memory()).await;
            let refused = archive.load(&write("changed.nq.zst", text), &manifest).await.expect_err(words).to_string();
            assert!(refused.contains(words), "{words}: {refused}");
            assert_eq!(archive.store.last_change().await.expect("the store works"), 0, "nothing is written");
        }
        let archive = empty(memory()).await;
        let loaded = archive.load(&write("same.nq.zst", &original), &manifest).await.expect("it is the same");
        assert!(loaded.triples > 10_000, "{loaded:?}");
    });
}

/// An answer is not to be compressed.
const PLAIN: &[(&str, &str)] = &[("accept-encoding", "identity")];

/// A request with some headers, and the answer's bytes.
async fn fetch(
    service: &std::sync::Arc<isnad::serve::Service>,
    path: &str,
    headers: &[(&str, &str)],
) -> (u16, axum::http::HeaderMap, Vec<u8>) {
    use tower::ServiceExt as _;
    let is_plain = headers.iter().any(|(name, _)| *name == "accept-encoding");
    let mut request = Request::get(path);
    if !is_plain {
        request = request.header("accept-encoding", "gzip, zstd");
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Body::empty()).expect("the request is good");
    let response = isnad::serve::router(std::sync::Arc::clone(service)).oneshot(request).await.expect("it answers");
    let (parts, body) = response.into_parts();
    let bytes = axum::body::to_bytes(body, 64 << 20).await.expect("the body is whole");
    (parts.status.as_u16(), parts.headers, bytes.to_vec())
}

#[test]
fn a_dump_is_made_listed_and_fetched_in_pieces() {
    run(async {
        let archive = empty(memory()).await;
        archive.add(&Plan::starter(), &Settings::new(&archive, 1 << 20), &|_| ()).await.expect("the store works");
        let service = service(archive);
        let post = |token: &str| {
            let request = Request::post("/dumps/").header(header::AUTHORIZATION, format!("Bearer {token}"));
            request.body(Body::empty()).expect("the request is good")
        };
        assert_eq!(ask(&service, post("wrong")).await.0, 401);
        let (status, head, made) = ask(&service, post("secret")).await;
        let made: serde_json::Value = serde_json::from_str(&made).expect("it is JSON");
        let name = made["name"].as_str().expect("it has a name").to_owned();
        assert!(status == 201 && head.headers()[header::LOCATION].to_str().is_ok_and(|it| it.ends_with(&name)));

        let path = format!("/dumps/{name}/archive.nq.gz");
        let (status, headers, whole) = fetch(&service, &path, &[]).await;
        assert_eq!((status, headers[header::CONTENT_TYPE].to_str().ok()), (200, Some("application/gzip")));
        assert!(!headers.contains_key(header::CONTENT_ENCODING) && headers[header::ACCEPT_RANGES] == "bytes");
        assert_eq!(headers[header::CONTENT_LENGTH], whole.len().to_string().as_str());
        let sha256 = isnad::store::Digest::of(&whole).to_string();
        let tag = format!("\"{sha256}\"");
        assert_eq!(headers[header::ETAG], tag.as_str());
        let (_, _, sum) = fetch(&service, &format!("{path}.sha256"), PLAIN).await;
        assert_eq!(String::from_utf8_lossy(&sum), format!("{sha256}  archive.nq.gz\n"));

        let (status, headers, start) = fetch(&service, &path, &[("range", "bytes=0-999")]).await;
        assert_eq!((status, start.as_slice()), (206, &whole[..1000]));
        assert_eq!(headers[header::CONTENT_RANGE], format!("bytes 0-999/{}", whole.len()).as_str());
        let (status, _, rest) = fetch(&service, &path, &[("range", "bytes=1000-"), ("if-range", &tag)]).await;
        assert_eq!((status, [start, rest].concat() == whole), (206, true));
        let (status, _, again) = fetch(&service, &path, &[("range", "bytes=1000-"), ("if-range", "\"other\"")]).await;
        assert_eq!((status, again == whole), (200, true));
        let beyond = format!("bytes={}-", whole.len());
        let (status, headers, _) = fetch(&service, &path, &[("range", &beyond)]).await;
        assert_eq!(status, 416);
        assert_eq!(headers[header::CONTENT_RANGE], format!("bytes */{}", whole.len()).as_str());
        assert_eq!(fetch(&service, &path, &[("if-none-match", &tag)]).await.0, 304);

        for (media_type, words) in [
            ("text/html", "archive.nq.gz"),
            ("application/json", "manifest.json"),
            ("text/turtle", "dcat#Distribution"),
        ] {
            let (status, headers, body) = fetch(&service, "/dumps/", &[("accept", media_type), PLAIN[0]]).await;
            let body = String::from_utf8_lossy(&body);
            assert!(status == 200 && body.contains(words), "{media_type}: {body}");
            assert!(headers[header::CONTENT_TYPE].to_str().is_ok_and(|it| it.starts_with(media_type)));
        }
        let (status, _, manifest) = fetch(&service, &format!("/dumps/{name}/manifest.json"), PLAIN).await;
        assert!(status == 200 && serde_json::from_slice::<Manifest>(&manifest).is_ok());
        for path in [
            "/dumps/2026-01-01-1/archive.nq.gz",
            "/dumps/..%2F..%2Fetc/archive.nq.gz",
            &format!("/dumps/{name}/..%2Fdump.json"),
            &format!("/dumps/{name}/cows.nq.gz"),
            &format!("/dumps/{name}/class-Cow.nq.gz"),
        ] {
            assert_eq!(fetch(&service, path, &[]).await.0, 404, "{path}");
        }
    });
}
