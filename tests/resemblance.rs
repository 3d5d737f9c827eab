//! Texts that come twice, or in another language, are noticed and proposed, and nothing is concluded.
//!
//! `ISNAD_CORPUS` names a folder of texts in pairs, `x.md` in English and `x_ar.md` in Arabic; of those pairs that have
//! one date, most are to be noticed, and hardly anything else. Without it that is not tested.
//!
//! `ISNAD_CORPUS=... cargo test resemblance -- --nocapture`

use std::{collections::BTreeSet, env, fmt::Write as _, fs, io::Write as _, path::PathBuf};

use axum::{body::Body, http::Request};
use isnad::{
    add::{Archive, File, Plan, Report, Resemblance, Settings},
    model::ResemblanceKind,
};
use serde_json::Value;

use crate::starter;

/// A text of some length: sentences that differ, of which some can be put otherwise.
pub fn text(sentences: usize, otherwise: usize) -> String {
    let words = [
        "river", "market", "school", "bakery", "bridge", "garden", "hospital", "library", "station", "tower", "orchard",
    ];
    let mut text = String::new();
    for number in 0..sentences {
        let word = |step: usize| words[(number * step + number / 3) % words.len()];
        let verb = if number < otherwise { "was rebuilt beside" } else { "stood near" };
        let _ = write!(text, "In house {number} the {} {verb} the {} of the {}. ", word(3), word(5), word(7));
    }
    text
}

fn note(key: &str, fields: &str, text: &str) -> File {
    let note = format!("---\nid: doc/{key}\ntitle: {{en: {key}}}\ntype: note\n{fields}---\n{text}\n");
    File::bytes(format!("{key}.md"), note.into_bytes())
}

async fn add(archive: &Archive, files: Vec<File>) -> Report {
    let report =
        archive.add(&Plan::of(files), &Settings::new(archive, 1 << 20), &|_| ()).await.expect("the store works");
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    report
}

fn pairs(report: &Report) -> Vec<(&str, &str, ResemblanceKind)> {
    report.resemblances.iter().map(|one| (one.document.key(), one.resembles.key(), one.kind)).collect()
}

#[test]
fn a_text_that_comes_again_almost_as_it_was_is_proposed() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        archive.add_ontology().await.expect("the ontology can be added");
        assert_eq!(
            add(&archive, vec![note("first", "", &text(40, 0)), note("other", "", &text(40, 40))]).await.resemblances,
            []
        );
        let again = add(&archive, vec![note("again", "", &text(40, 3))]).await;
        assert_eq!(pairs(&again), [("again", "first", ResemblanceKind::NearDuplicate)]);
        assert!(again.resemblances[0].share > 0.7 && again.resemblances[0].share < 1.0);

        // It is a proposal, told by the API, and nothing says that one document is the other.
        let service = starter::service(archive);
        let (status, _, body) =
            starter::ask(&service, starter::get("/api/reviews/resemblances?document=doc/first", "*/*")).await;
        let told: Value = serde_json::from_str(&body).expect("it is JSON");
        assert_eq!((status, &told["resemblances"][0]["document"]), (200, &Value::from("doc/again")), "{body}");
        assert_eq!(told["resemblances"][0]["kind"], "near-duplicate");
        let (_, _, turtle) = starter::ask(&service, starter::get("/doc/again", "text/turtle")).await;
        assert!(turtle.contains("isn:resembles") && turtle.contains("vocab/review-state/proposed"), "{turtle}");
        assert!(!turtle.contains("owl:sameAs") && !turtle.contains("isn:translationOf"));
        let (_, _, none) =
            starter::ask(&service, starter::get("/api/reviews/resemblances?kind=translation", "*/*")).await;
        assert_eq!(none, "{\"resemblances\":[]}");
        let (status, _, body) =
            starter::ask(&service, starter::get("/api/reviews/resemblances?kind=twin", "*/*")).await;
        assert!(status == 400 && body.contains("near-duplicate or translation"), "{body}");
        let checked = service.archive.check().await.expect("the check runs");
        assert_eq!(checked.refusals, 0, "{:?}", checked.findings);
    });
}

#[test]
fn what_was_noticed_goes_when_the_texts_part() {
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let both = add(&archive, vec![note("a", "", &text(40, 0)), note("b", "", &text(40, 2))]).await;
        let mut found = pairs(&both);
        found.sort_unstable_by_key(|(one, other, _)| (one.to_owned(), other.to_owned()));
        assert_eq!(found, [("a", "b", ResemblanceKind::NearDuplicate), ("b", "a", ResemblanceKind::NearDuplicate)]);
        add(&archive, vec![note("b", "", &text(40, 40))]).await;
        let query = format!("SELECT ?r {{ GRAPH ?g {{ ?r <{}ontology#resembles> ?d }} }}", starter::BASE);
        assert_eq!(archive.store.select(&query).await.expect("it is answered").len(), 0);
        // What a document says of itself needs no proposal.
        let told = add(&archive, vec![note("c", "revision_of: doc/a\n", &text(40, 1))]).await;
        assert_eq!(told.resemblances, []);
    });
}

#[test]
fn a_translation_is_told_by_what_it_names_and_counts_and_by_its_date() {
    let english = "On 15 February 2017 the Organisation for the Prohibition of Chemical Weapons counted 34 reports and 512 samples; \
                   Human Rights Watch spoke of 8 places, 1,273 pages and 46 days. See https://example.org/report/77.";
    let arabic = "\u{641}\u{64a} 15 \u{634}\u{628}\u{627}\u{637} 2017 \u{630}\u{643}\u{631}\u{62a} 34 \u{62a}\u{642}\u{631}\u{64a}\u{631}\u{627} \u{648}512 \
                  \u{639}\u{64a}\u{646}\u{629} \u{648}1,273 \u{635}\u{641}\u{62d}\u{629} \u{62e}\u{644}\u{627}\u{644} 46 \u{64a}\u{648}\u{645}\u{627}. https://example.org/report/77.";
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        add(&archive, vec![note("en", "issued: 2017-02-15\n", english)]).await;
        let report = add(
            &archive,
            vec![note("ar", "issued: 2017-02-15\n", arabic), note("late", "issued: 2017-02-16\n", arabic)],
        )
        .await;
        let found: Vec<_> = report.resemblances.iter().filter(|one| one.kind == ResemblanceKind::Translation).collect();
        assert_eq!(found.len(), 1, "{:?}", report.resemblances);
        assert_eq!((found[0].document.key(), found[0].resembles.key()), ("ar", "en"));
    });
}

#[test]
fn adding_over_the_web_tells_what_it_resembles() {
    starter::run(async {
        let service = starter::service(starter::empty(starter::memory()).await);
        let post = async |name: &str, text: String| {
            let request = Request::post(format!("/api/documents?name={name}")).header("authorization", "Bearer secret");
            let (status, _, body) =
                starter::ask(&service, request.body(Body::from(text)).expect("the request is good")).await;
            assert_eq!(status, 200, "{body}");
            serde_json::from_str::<Value>(&body).expect("it is JSON")
        };
        post("one.txt", format!("A text\n\n{}", text(40, 0))).await;
        let told = post("two.txt", format!("A text\n\n{}", text(40, 1))).await;
        assert_eq!(told["resemblances"][0]["kind"], "near-duplicate", "{told}");
    });
}

/// The pairs of the corpus that have one date, and how well they are noticed.
#[test]
fn the_parallel_texts_of_a_corpus_are_noticed() {
    let Some(folder) = env::var_os("ISNAD_CORPUS") else {
        let _ = writeln!(std::io::stderr(), "skipped: ISNAD_CORPUS names no folder");
        return;
    };
    let files = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{e}")).filter_map(|entry| Some(entry.ok()?.path()));
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    files.sort();
    let date = |path: &PathBuf| {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        text.lines().find_map(|line| Some(line.strip_prefix("date: ")?.get(..10)?.to_owned()))
    };
    let stem = |path: &PathBuf| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let twins: BTreeSet<String> = files
        .iter()
        .filter(|path| {
            let twin = path.with_file_name(format!("{}_ar.md", stem(path)));
            twin.exists() && date(path) == date(&twin)
        })
        .map(stem)
        .collect();
    starter::run(async {
        let archive = starter::empty(starter::memory()).await;
        let settings = Settings::new(&archive, 1 << 20);
        archive.add(&Plan::starter(), &settings, &|_| ()).await.expect("the store works");
        // The types of the corpus are words of its own.
        let untyped = |path: &PathBuf| {
            let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
            let kept: Vec<&str> = text.lines().filter(|line| !line.starts_with("type: ")).collect();
            File::bytes(format!("{}.md", stem(path)), kept.join("\n").into_bytes())
        };
        let plan = Plan::of(files.iter().filter(|path| stem(path) != "README").map(untyped).collect());
        let report = archive.add(&plan, &settings, &|_| ()).await.expect("the store works");
        let name_of = |id: &isnad::model::Id| {
            let key = id.key().rsplit_once('-').map_or(id.key(), |(name, _)| name).to_owned();
            files
                .iter()
                .map(stem)
                .find(|stem| stem.replace(['_', '.'], "-").replace("--", "-").to_ascii_lowercase() == key)
                .unwrap_or(key)
        };
        let english = |name: &str| name.strip_suffix("_ar").unwrap_or(name).to_owned();
        let translations = report.resemblances.iter().filter(|one| one.kind == ResemblanceKind::Translation);
        let (mut right, mut wrong) = (BTreeSet::new(), BTreeSet::new());
        let mut said = String::new();
        for Resemblance { document, resembles, share, .. } in translations {
            let (one, other) = (name_of(document), name_of(resembles));
            if english(&one) == english(&other) {
                right.insert(english(&one));
            } else {
                let pair = if one < other { (one, other) } else { (other, one) };
                let _ = writeln!(said, "    not a pair ({share:.2}): {} and {}", pair.0, pair.1);
                wrong.insert(pair);
            }
        }
        let _ = writeln!(said, "missed: {:?}", twins.difference(&right).collect::<Vec<_>>());
        let near = report.resemblances.len() - right.len();
        let found = right.intersection(&twins).count();
        let _ = writeln!(
            said,
            "{} pairs of one date, {found} noticed, {} others proposed; {near} proposals in all besides",
            twins.len(),
            wrong.len()
        );
        let _ = writeln!(std::io::stderr(), "{said}");
        assert!(10 * found >= 7 * twins.len(), "recall");
        assert!(10 * found >= 8 * (found + wrong.len()), "precision");
    });
}
