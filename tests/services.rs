//! Words, places and paths inside SPARQL: the same rows whatever engine holds the triples.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use isnad::{
    add::{Archive, File, Plan, Settings},
    ask::{
        services,
        sparql::{self, Asked},
    },
    rdf::{AnswerFormat, SolutionsFormat},
    serve,
    store::{Change, Dataset, Engine, Error, Limits, Remote, RemoteOptions},
    views::text::{Search, Words},
};
use tokio::net::TcpListener;

use crate::starter;

const LIMITS: Limits = Limits { deadline: Duration::from_secs(60), rows: 10_000, memory: u64::MAX };

fn cases(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases/services").join(folder);
    let entries = fs::read_dir(folder).expect("the folder is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("the entry can be read").path()).collect();
    files.sort();
    files
}

async fn add(archive: &Archive, files: Vec<File>) {
    let report = archive.add(&Plan::of(files), &Settings::new(archive, 1 << 20), &|_| ()).await.expect("it is stored");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
}

async fn fill(archive: &Archive) {
    let files = cases("archive").into_iter().map(|path| {
        let name = path.file_name().expect("it has a name").to_string_lossy().into_owned();
        File::bytes(name, fs::read(&path).expect("it can be read"))
    });
    add(archive, files.collect()).await;
}

async fn filled() -> Archive {
    let archive = starter::empty(starter::memory()).await;
    fill(&archive).await;
    archive
}

/// The answer as CSV, with IRIs without the base, sorted.
async fn rows(archive: &Archive, query: &str) -> Result<Vec<String>, Error> {
    use futures::TryStreamExt as _;
    let format = AnswerFormat::Solutions(SolutionsFormat::Csv);
    let asked =
        Asked { text: query.to_owned(), dataset: Dataset::default(), format, limits: LIMITS, hosts: Vec::new() };
    let (_, answer) = sparql::ask(&archive.store, &archive.views, &Arc::default(), asked).await?;
    let body: Vec<_> = answer.body.try_collect().await?;
    let text = String::from_utf8(body.concat()).expect("it is UTF-8").replace(starter::BASE, "");
    let mut rows: Vec<String> = text.lines().skip(1).map(str::to_owned).collect();
    rows.sort();
    Ok(rows)
}

async fn search(archive: &Archive, words: &str) -> Vec<String> {
    let query = format!("SELECT DISTINCT ?d {{ SERVICE isnad:search {{ ?d isnad:matches \"{words}\" }} }}");
    rows(archive, &query).await.unwrap_or_else(|error| panic!("{words}: {error}"))
}

#[test]
fn the_same_question_has_the_same_rows_on_every_engine() {
    starter::run(async {
        let embedded = filled().await;
        let behind = starter::engine(starter::empty(starter::memory()).await);
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port is free");
        let address = format!("http://{}", listener.local_addr().expect("it has an address"));
        let server = tokio::spawn(serve::run(behind, listener, std::future::pending()));
        let options = RemoteOptions { token: Some("secret".to_owned()), ..RemoteOptions::default() };
        let engine: Arc<dyn Engine> = Arc::new(Remote::new(&address, &options).expect("it is an address"));
        let remote = starter::empty(engine).await;
        fill(&remote).await;
        for path in cases("queries") {
            let query = fs::read_to_string(&path).expect("it can be read");
            let (first, rest) = query.split_once('\n').expect("it has lines");
            let expected: BTreeSet<&str> = first.trim_start_matches("# expect:").split_whitespace().collect();
            let here = rows(&embedded, rest).await.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let there = rows(&remote, rest).await.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(here, there, "{}", path.display());
            let found: BTreeSet<&str> = here.iter().filter_map(|row| row.split(',').next()).collect();
            assert_eq!(found, expected, "{}", path.display());
        }
        assert_eq!(embedded.views.sequence(), embedded.store.last_change().await.expect("there is a log"));
        server.abort();
    });
}

#[test]
fn what_is_found_is_where_it_is_said_to_be() {
    starter::run(async {
        let archive = filled().await;
        let search = Search {
            words: "Kleinod | barrel bombs".parse::<Words>().expect("these are words"),
            things: Vec::new(),
            classes: Vec::new(),
            langs: Vec::new(),
            from: None,
            to: None,
            near: None,
            by_layer: true,
            details: true,
            limit: 10,
            deadline: std::time::Instant::now() + LIMITS.deadline,
        };
        let found = archive.views.search(search).await.expect("it is searched");
        assert_eq!((found.hits.len(), found.more), (1, false));
        let hit = &found.hits[0];
        let query = format!("SELECT ?t {{ <{}> rdf:value ?t }}", hit.layer.as_deref().expect("it is a text"));
        let text = archive.store.select(&sparql::with_prefixes(&archive.store, &query)).await.expect("it is there");
        let text: Vec<char> = text[0].text("t").expect("it is text").chars().collect();
        let words: Vec<String> = hit.spans.iter().map(|&(start, end)| text[start..end].iter().collect()).collect();
        assert_eq!(words, ["Barrel", "bombs"]);
        assert!(hit.snippet.contains("\u{27E6}Barrel\u{27E7} \u{27E6}bombs\u{27E7} are named"), "{}", hit.snippet);
    });
}

#[test]
fn answers_follow_what_is_added_changed_and_withdrawn() {
    starter::run(async {
        let archive = filled().await;
        assert!(search(&archive, "quicklime").await.is_empty());
        let note = |words: &str| {
            let text =
                format!("---\nid: doc/lime\ntitle: A note\ntype: note\nissued: 2016\n---\nIt speaks of {words}.\n");
            vec![File::bytes("lime.md".to_owned(), text.into_bytes())]
        };
        add(&archive, note("quicklime")).await;
        assert_eq!(search(&archive, "quicklime").await, ["doc/lime"]);
        add(&archive, note("chalk")).await;
        assert!(search(&archive, "quicklime").await.is_empty());
        assert_eq!(search(&archive, "chalk").await, ["doc/lime"]);
        let iris = archive.store.iris();
        let withdrawn = Change {
            graph: iris.path("graph/doc/lime"),
            quads: Vec::new(),
            digest: String::new(),
            companions: Vec::new(),
            provenance: Vec::new(),
            agent: iris.path("agent/test"),
            force: false,
            forget: false,
        };
        archive.store.commit(vec![withdrawn]).await.expect("it is withdrawn");
        // Nobody told the views: the question itself looks at the log.
        assert!(search(&archive, "chalk").await.is_empty());
        let places = File::bytes(
            "places.csv".to_owned(),
            b"id,label_en,level,latitude,longitude\nplace/sea,Sea,town,0,-179.95\n".to_vec(),
        );
        add(&archive, vec![places]).await;
        let near = "SELECT ?p { SERVICE isnad:places { ?p isnad:nearPoint \"POINT(179.95 0)\" ; isnad:withinKm 20 } }";
        assert_eq!(rows(&archive, near).await.expect("it is answered"), ["place/sea"]);
        let gone = "SELECT ?p { SERVICE isnad:places { ?p isnad:nearPoint \"POINT(37 36)\" ; isnad:withinKm 100 } }";
        assert!(rows(&archive, gone).await.expect("it is answered").is_empty(), "the table was replaced");
    });
}

#[test]
fn views_in_a_folder_are_kept_and_made_anew_when_damaged_or_of_another_archive() {
    starter::run(async {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let mut archive = filled().await;
        let open = async |archive: &mut Archive| {
            archive.keep_views(folder.path()).expect("the folder opens");
            search(archive, "quicklime | flour").await
        };
        assert_eq!(open(&mut archive).await, ["doc/note"]);
        let files = || {
            let files = fs::read_dir(folder.path().join("text")).expect("it is there");
            let names = files.map(|file| file.expect("it can be read").path());
            names
                .filter(|path| path.extension().is_some_and(|it| it == "store" || it == "term"))
                .collect::<BTreeSet<_>>()
        };
        let before = files();
        assert_eq!(open(&mut archive).await, ["doc/note"]);
        assert_eq!(files(), before, "what is whole is kept");
        for path in &before {
            fs::write(path, b"damaged").expect("it can be written");
        }
        assert_eq!(open(&mut archive).await, ["doc/note"]);
        fs::write(folder.path().join("text/meta.json"), b"{").expect("it can be written");
        assert_eq!(open(&mut archive).await, ["doc/note"]);
        // A shorter log, and another one of the same length.
        let mut other = starter::empty(starter::memory()).await;
        assert!(open(&mut other).await.is_empty());
        fill(&other).await;
        assert_eq!(open(&mut other).await, ["doc/note"]);
    });
}

#[test]
fn paths_have_their_steps_and_all_of_the_same_length_are_given() {
    starter::run(async {
        let archive = filled().await;
        let query = "SELECT ?path ?i ?x ?p ?y { SERVICE isnad:path { ?path isnad:from <org/opcw> ; isnad:to <place/sarmin> ; \
             isnad:step ?i ; isnad:subject ?x ; isnad:predicate ?p ; isnad:object ?y ; isnad:relation isn:issuedBy , isn:mentions } }";
        let expected = ["1,1,doc/report,ontology#issuedBy,org/opcw", "1,2,doc/report,ontology#mentions,place/sarmin"];
        let found = rows(&archive, query).await.expect("it is answered");
        assert!(expected.iter().all(|row| found.contains(&(*row).to_owned())), "{found:?}");
        // The report also mentions its issuer.
        assert_eq!(found.len(), 4, "{found:?}");
        let short = query.replace("isnad:step", "isnad:maxSteps 1 ; isnad:step");
        assert!(rows(&archive, &short).await.expect("it is answered").is_empty());
        let one = query.replace("isnad:step", "isnad:limit 1 ; isnad:step");
        assert_eq!(rows(&archive, &one).await.expect("it is answered").len(), 2);
    });
}

#[test]
fn what_a_service_cannot_do_is_told() {
    starter::run(async {
        let archive = filled().await;
        for (group, words) in [
            ("isnad:serch { ?d isnad:matches \"x\" }", "no such service"),
            ("isnad:search { ?d isnad:contains \"x\" }", "isnad:matches"),
            ("isnad:search { ?d isnad:score ?s }", "isnad:matches is missing"),
            ("isnad:search { ?d isnad:matches ?w }", "isnad:matches is ?w"),
            ("isnad:search { ?d isnad:matches \"x\" ; isnad:score 1 }", "isnad:score"),
            ("isnad:search { ?d isnad:matches \"-x\" }", "at least one word"),
            ("isnad:search { ?d isnad:matches \"x\" ; isnad:limit 10001 }", "10000"),
            ("isnad:search { ?d isnad:matches \"x\" ; isnad:limit 1, 2 }", "twice"),
            ("isnad:search { ?d isnad:matches \"x\" ; isnad:issuedFrom \"soon\" }", "soon"),
            ("isnad:search { ?d isnad:matches \"x\" ; isnad:within 10 }", "isnad:near"),
            ("isnad:search { ?d isnad:matches \"x\" . ?e isnad:matches \"y\" }", "two subjects"),
            ("isnad:search { ?d isnad:matches \"x\" ; isnad:score ?d }", "?d"),
            ("isnad:search { ?d isnad:matches \"x\" FILTER(true) }", "plain triples"),
            ("isnad:search { }", "empty"),
            ("isnad:places { ?p isnad:nearPoint \"POINT(36.2 137)\" ; isnad:withinKm 1 }", "longitude first"),
            ("isnad:places { ?p isnad:nearPoint \"POINT(36 37)\" }", "isnad:withinKm"),
            ("isnad:places { ?p isnad:type isn:Place }", "isnad:inPolygon"),
            ("isnad:path { ?p isnad:from <org/hrw> }", "isnad:to"),
            ("isnad:path { ?p isnad:from <org/hrw> ; isnad:to <org/hrw> }", "two ends"),
            ("isnad:path { ?p isnad:from <org/hrw> ; isnad:to <org/opcw> ; isnad:maxSteps 7 }", "from 1 to 6"),
        ] {
            let error = rows(&archive, &format!("SELECT * {{ SERVICE {group} }}")).await.expect_err(group);
            let text = error.to_string();
            assert!(matches!(error, Error::Refused(_)) && text.contains(words), "{group}: {text}");
        }
        let error =
            rows(&archive, "SELECT * {\n SERVICE isnad:search { ?d } }").await.expect_err("an object is missing");
        assert!(matches!(error, Error::Syntax { line: Some(2), .. }), "{error:?}");
    });
}

#[test]
fn an_answer_is_never_cut_without_a_word() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let rows_of =
            |n: usize| (0..n).fold("id,label_en\n".to_owned(), |text, n| text + &format!("org/n{n},Body {n}\n"));
        add(&archive, vec![File::bytes("organizations.csv".to_owned(), rows_of(1001).into_bytes())]).await;
        let all = "SELECT ?o { SERVICE isnad:search { ?o isnad:matches \"body\" } }";
        let error = rows(&archive, all).await.expect_err("there are too many");
        assert!(error.to_string().contains("isnad:limit"), "{error}");
        let some = all.replace(" } }", " ; isnad:limit 7 } }");
        assert_eq!(rows(&archive, &some).await.expect("it is a wish").len(), 7);
        let more = all.replace(" } }", " ; isnad:limit 5000 } }");
        assert_eq!(rows(&archive, &more).await.expect("it is answered").len(), 1001);
    });
}

#[test]
fn a_query_without_services_is_left_to_the_letter() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        for text in ["SELECT * { ?s ?p \"SERVICE isnad:search { }\" } # isnad:", "not even SPARQL"] {
            let left = services::inline(&archive.views, &archive.store, text.to_owned(), LIMITS).await;
            assert_eq!(left.expect("it is left"), text);
        }
        let update =
            "INSERT { GRAPH <urn:t:g> { ?d <urn:t:p> 1 } } WHERE { SERVICE isnad:search { ?d isnad:matches \"x\" } }";
        let text = services::inline_update(&archive.views, &archive.store, update.to_owned(), LIMITS.deadline).await;
        assert_eq!(
            text.expect("it is answered"),
            update.replace("SERVICE isnad:search { ?d isnad:matches \"x\" }", "VALUES (?d) {  }")
        );
    });
}
