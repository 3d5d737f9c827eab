//! `BibTeX`: an entry for each reference, in UTF-8, with the characters escaped that TeX would take for its own.

use std::fmt::Write as _;

use super::{Genre, Reference};

/// A reference as an entry.
pub(super) fn entry(reference: &Reference) -> String {
    let report = reference.genre == Genre::Report;
    let mut text = format!("@{}{{{},\n", if report { "techreport" } else { "misc" }, key(reference.id.as_str()));
    // Braces around the whole keep the letters of the title as they are, and keep the name of a body in one piece.
    field(&mut text, "title", &format!("{{{}}}", escaped(&reference.title)));
    let authors: Vec<String> = reference
        .authors
        .iter()
        .map(|author| if author.is_person { person(&author.name) } else { format!("{{{}}}", escaped(&author.name)) })
        .collect();
    if !authors.is_empty() {
        field(&mut text, "author", &authors.join(" and "));
    }
    let issuers = reference.issuers.iter().map(|name| escaped(name)).collect::<Vec<_>>().join(", ");
    if !issuers.is_empty() {
        field(&mut text, if report { "institution" } else { "publisher" }, &format!("{{{issuers}}}"));
    }
    date(&mut text, &reference.date_parts());
    if let Some(kind) = &reference.kind {
        field(&mut text, if report { "type" } else { "howpublished" }, &escaped(kind));
    }
    if let Some(number) = &reference.number {
        field(&mut text, "number", &escaped(number));
    }
    if let Some(language) = &reference.language {
        field(&mut text, "language", &escaped(language));
    }
    if !reference.collections.is_empty() {
        field(&mut text, "series", &escaped(&reference.collections.join("; ")));
    }
    field(&mut text, "note", &escaped(reference.archive));
    field(&mut text, "url", &address(&reference.iri));
    text.push_str("}\n");
    text
}

fn field(text: &mut String, name: &str, value: &str) {
    let _ = writeln!(text, "  {name} = {{{value}}},");
}

fn date(text: &mut String, parts: &[String]) {
    if let Some(year) = parts.first() {
        field(text, "year", year);
        field(text, "date", &parts.join("-"));
    }
    if let Some(month) = parts.get(1) {
        field(text, "month", month);
    }
}

/// The name of a person; the one word that would be taken for the end of a name is put in braces.
fn person(name: &str) -> String {
    let words = name.split(' ').map(|word| match word.to_ascii_lowercase().as_str() {
        "and" => format!("{{{word}}}"),
        _ => escaped(word),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// A text in which TeX sees nothing but letters.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut all, c| {
        match c {
            '\\' => all.push_str("\\textbackslash{}"),
            '~' => all.push_str("\\textasciitilde{}"),
            '^' => all.push_str("\\textasciicircum{}"),
            '{' | '}' | '$' | '&' | '#' | '%' | '_' => all.extend(['\\', c]),
            _ => all.push(c),
        }
        all
    })
}

/// An address is taken as it stands, so only braces and backslashes must not be in it.
fn address(iri: &str) -> String {
    iri.replace('\\', "%5C").replace('{', "%7B").replace('}', "%7D")
}

/// The key of an entry: letters that every program takes, others by their numbers.
fn key(id: &str) -> String {
    id.chars().fold(String::new(), |mut key, c| {
        match c {
            'a'..='z' | 'A'..='Z' | '0'..='9' | '-' | '.' => key.push(c),
            '/' => key.push(':'),
            _ => {
                let _ = write!(key, "u{:04X}", u32::from(c));
            }
        }
        key
    })
}
