//! Does the statement that the archive starts from link as a careful reader would link it?
//!
//! The archive's own summary of it is part of the starter archive. Its whole text is not: with `ISNAD_GOLD` naming a
//! gold file that has it (see `gold`), it is linked as the archive would, as the document that it is.

use std::{collections::BTreeSet, env, fmt::Write as _, fs, io::Write as _, path::Path};

use isnad::{
    link::{Context, Dictionary, Options, link_with},
    model::{Date, Id, Lang, Mention, Target},
};
use serde_json::Value;

use crate::{gold::accepted, gold::spans, starter_names};

/// Links a text as that of the statement.
fn as_statement(text: &str, nested: bool) -> Vec<Mention> {
    let (names, facts) = starter_names::all();
    let id = |text: &str| -> Id { text.parse().unwrap_or_else(|e| panic!("{e}")) };
    let (document, issuer) =
        (id("doc/sc-2017-02-15-hrw-aleppo"), [id("org/syrian-coalition"), id("org/sc-media-office")]);
    let (area, day) = ([id("place/SY02"), id("place/aleppo")], "2017-02-15".parse::<Date>().ok());
    let context = Context { document: Some(&document), area: &area, issued: day.as_ref(), issuer: &issuer };
    let options = Options { nested, ..Options::default() };
    link_with(&Dictionary::new(names, &facts), text, &Lang::en(), &context, &options)
}

fn shown(mention: &Mention) -> String {
    match &mention.target {
        Target::Entity(id) => id.to_string(),
        Target::Date(date) => format!("date:{date}"),
        Target::Nil => "NIL".to_owned(),
    }
}

/// What the summary names in both languages.
const NAMED: [&str; 14] = [
    "date:2016-10-21",
    "date:2016-12-21",
    "date:2017-02-13",
    "date:2017-02-15",
    "doc/s-res-2118-2013",
    "doc/s-res-2209-2015",
    "doc/un-charter",
    "org/amnesty",
    "org/hrw",
    "org/icc",
    "org/jim",
    "org/opcw",
    "place/aleppo",
    "place/saydnaya-prison",
];

#[test]
fn the_summary_of_the_statement_names_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/documents/sc-2017-02-15-hrw-aleppo.md");
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    for lang in ["en", "ar"] {
        let own = text.split(&format!("\n::: {lang}\n")).nth(1).and_then(|own| own.split("\n:::").next());
        let mentions = as_statement(own.unwrap_or_default(), false);
        let named: BTreeSet<String> = mentions.iter().map(shown).collect();
        let said: Vec<String> = mentions.iter().map(|one| format!("[{}]({})", one.exact, shown(one))).collect();
        let missed: Vec<&str> = NAMED.into_iter().filter(|id| !named.contains(*id)).collect();
        assert!(missed.is_empty(), "{lang}: {missed:?} in {said:?}");
        // A report of a day is the one of that day, not the latest.
        assert!(!named.contains("doc/jim-5"), "{lang}: {said:?}");
    }
}

#[test]
fn every_name_of_the_statement_is_linked_and_none_falsely() {
    let Some(path) = env::var_os("ISNAD_GOLD") else { return };
    let gold = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let records = gold.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let Some(record) = records.into_iter().find(|record| record["lang"] == "mixed") else { return };
    let text = record["text"].as_str().unwrap_or_default();
    // The headline speaks of "Human Rights Watch Report", which is the report, and holds the name of its issuer.
    let (found, nested) = (as_statement(text, false), as_statement(text, true));
    let marked: Vec<&Value> = record["mentions"].as_array().into_iter().flatten().collect();
    let (mut missed, mut wrong) = (String::new(), String::new());
    for one in marked.iter().filter(|one| one["optional"].as_bool() != Some(true)) {
        let (spans, ids) = (spans(one), accepted(one));
        let right = |mention: &&Mention| spans.contains(&(mention.start, mention.end)) && ids.contains(&shown(mention));
        if !nested.iter().any(|mention| right(&mention)) && !ids.contains(&"NIL".to_owned()) {
            let _ = writeln!(missed, "  {} is {ids:?}", one["exact"]);
        }
    }
    for mention in &found {
        let fits = |one: &&&Value| spans(one).contains(&(mention.start, mention.end));
        let right = marked.iter().filter(fits).any(|one| accepted(one).contains(&shown(mention)));
        // The gold leaves unmarked the archive's own name and a year in the foot of the page; of the report in the
        // headline it marks the issuer.
        let unmarked = matches!(
            (mention.exact.as_str(), shown(mention).as_str()),
            (_, "org/syrian-memory" | "date:2011") | ("Human Rights Watch Report", "doc/hrw-2017-02-13")
        );
        if !right && !unmarked {
            let _ = writeln!(wrong, "  {} is not {}", mention.exact, shown(mention));
        }
    }
    let _ = writeln!(
        std::io::stderr(),
        "the statement: {} found, {} marked\nmissed:\n{missed}wrong:\n{wrong}",
        found.len(),
        marked.len()
    );
    assert!(missed.is_empty() && wrong.is_empty(), "{missed}{wrong}");
}
