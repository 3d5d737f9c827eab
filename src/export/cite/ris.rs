//! RIS: a line for each field, each ending with a carriage return and a line feed, from `TY` to `ER`.

use std::fmt::Write as _;

use super::{Author, Genre, Reference};

/// A reference as a record.
pub(super) fn record(reference: &Reference) -> String {
    let mut text = String::new();
    let mut line = |tag: &str, value: &str| {
        let _ = write!(text, "{tag}  - {}\r\n", super::one_line(value));
    };
    line("TY", kind(reference.genre));
    line("ID", reference.id.as_str());
    line("TI", &reference.title);
    reference.authors.iter().for_each(|author| line("AU", &name(author)));
    reference.issuers.iter().for_each(|issuer| line("PB", issuer));
    let parts = reference.date_parts();
    if let Some(year) = parts.first() {
        let part = |at: usize| parts.get(at).map_or("", String::as_str);
        line("PY", year);
        line("DA", &format!("{year}/{}/{}/", part(1), part(2)));
    }
    if let Some(kind) = &reference.kind {
        line("M3", kind);
    }
    if let Some(number) = &reference.number {
        line(if reference.genre == Genre::Report { "SN" } else { "M1" }, number);
    }
    if let Some(language) = &reference.language {
        line("LA", language);
    }
    reference.collections.iter().for_each(|collection| line("T2", collection));
    line("DP", reference.archive);
    line("UR", &reference.iri);
    if let Some(page) = &reference.page {
        line("L2", page);
    }
    text.push_str("ER  - \r\n");
    text
}

/// The format has no place for an asterisk in a name.
fn name(author: &Author) -> String {
    author.name.replace('*', " ")
}

const fn kind(genre: Genre) -> &'static str {
    match genre {
        Genre::Report => "RPRT",
        Genre::PressStatement => "PRESS",
        Genre::Official => "GOVDOC",
        Genre::Treaty => "LEGAL",
        Genre::Article => "NEWS",
        Genre::Letter => "PCOMM",
        Genre::Testimony => "INTV",
        Genre::WebPage | Genre::Entry => "ELEC",
        Genre::Speech | Genre::Document => "GEN",
    }
}
