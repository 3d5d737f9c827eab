use std::collections::BTreeMap;

use oxigraph::model::{GraphName, Literal, NamedNode, Quad, Term};

use super::*;

const BASE: &str = "https://data.example.org/";

fn text(pairs: &[(&str, &str)]) -> Text {
    pairs.iter().map(|(lang, words)| (lang.parse().expect("a tag"), (*words).to_owned())).collect()
}

/// A report with everything in it that the formats take for their own.
fn reference(lang: &str, symbol: &str) -> Reference {
    let iris = Iris::new(BASE).expect("the base is good");
    let id: Id = "doc/x_1".parse().expect("an identifier");
    let subject = iris.id(&id);
    let say = |property: NamedNode, object: Term| Quad::new(subject.clone(), property, object, GraphName::DefaultGraph);
    let tagged = |words: &str, lang: &str| Term::from(Literal::new_language_tagged_literal_unchecked(words, lang));
    let plain = |words: &str| Term::from(Literal::new_simple_literal(words));
    let quads = vec![
        say(dct::TITLE.into_owned(), tagged("100% of {A} & B_\\n\r\nER  - \u{201c}C\u{201d} #1 ~ ^", "en")),
        say(dct::TITLE.into_owned(), tagged("\u{639}\u{646}\u{648}\u{627}\u{646}", "ar")),
        say(iris.term(isn::DOC_TYPE), iris.concept("document-type", "report").into()),
        say(iris.term(isn::ISSUED_BY), iris.path("org/hrw").into()),
        say(iris.term(isn::SYMBOL), plain(symbol)),
        say(iris.term(isn::DATE_TEXT), plain("2017-02")),
        say(dct::LANGUAGE.into_owned(), plain("en")),
    ];
    let labels = BTreeMap::from([
        (iris.path("org/hrw").into_string(), text(&[("en", "Rights * and Watch"), ("ar", "\u{631}\u{642}\u{628}")])),
        (iris.concept("document-type", "report").into_string(), text(&[("en", "report")])),
    ]);
    let known = Known { iris: &iris, quads: &quads, labels: &labels };
    Reference::of(known, &id, &lang.parse().expect("a tag"))
}

#[test]
fn nothing_in_an_entry_of_bibtex_is_taken_for_a_command() {
    let entry = Format::BibTex.write(&[reference("en", "A/71_2")]);
    assert!(entry.starts_with("@techreport{doc:xu005F1,\n"), "{entry}");
    assert!(entry.contains(
        "title = {{100\\% of \\{A\\} \\& B\\_\\textbackslash{}n ER - \u{201c}C\u{201d} \\#1 \\textasciitilde{} \\textasciicircum{}}},"
    ), "{entry}");
    assert!(entry.contains("author = {{Rights * and Watch}},"), "{entry}");
    assert!(entry.contains("number = {A/71\\_2},") && entry.contains("year = {2017},\n  date = {2017-02},"), "{entry}");
    assert!(entry.contains("url = {https://data.example.org/doc/x_1},"), "{entry}");
    let depth = |entry: &str| {
        let open = entry.replace("\\{", "").matches('{').count();
        (open, entry.replace("\\}", "").matches('}').count())
    };
    assert_eq!(depth(&entry).0, depth(&entry).1, "{entry}");
}

#[test]
fn a_field_of_ris_stays_on_its_line() {
    let record = Format::Ris.write(&[reference("en", "A\r\nER  - \r\nTY  - BOOK")]);
    let lines: Vec<&str> = record.split("\r\n").collect();
    assert!(lines.iter().all(|line| line.is_empty() || line.get(2..6) == Some("  - ")), "{record}");
    assert!(!record.replace("\r\n", "").contains(['\r', '\n']));
    assert_eq!((lines[0], lines[lines.len() - 2]), ("TY  - RPRT", "ER  - "));
    assert_eq!(lines.iter().filter(|line| line.starts_with("ER  - ") || line.starts_with("TY  - ")).count(), 2);
    assert!(lines.contains(&"AU  - Rights and Watch") && lines.contains(&"DA  - 2017/02//"), "{record}");
}

#[test]
fn csl_has_the_words_of_the_language_asked_for() {
    let items: serde_json::Value = serde_json::from_str(&Format::Csl.write(&[reference("ar", "S/1")])).expect("JSON");
    assert_eq!(items[0]["title"], "\u{639}\u{646}\u{648}\u{627}\u{646}");
    assert_eq!(items[0]["author"][0]["literal"], "\u{631}\u{642}\u{628}");
    assert_eq!(items[0]["issued"]["date-parts"], serde_json::json!([[2017, 2]]));
    assert!(items[0]["type"] == "report" && items[0]["genre"] == "report", "{items}");
}
