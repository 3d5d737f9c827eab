//! CSL-JSON: the items of a citation processor, with the types of CSL 1.0.2.

use serde_json::{Map, Value, json};

use super::{Author, Genre, Reference};

/// Some references as one list.
pub(super) fn items(references: &[Reference]) -> String {
    Value::Array(references.iter().map(item).collect()).to_string()
}

fn item(reference: &Reference) -> Value {
    let mut item = Map::new();
    let mut put = |name: &str, value: Value| {
        item.insert(name.to_owned(), value);
    };
    put("id", reference.id.as_str().into());
    put("type", kind(reference.genre).into());
    put("title", reference.title.clone().into());
    if !reference.authors.is_empty() {
        put("author", reference.authors.iter().map(name).collect());
    }
    if !reference.issuers.is_empty() {
        put("publisher", reference.issuers.join(", ").into());
    }
    let parts: Vec<u32> = reference.date_parts().iter().filter_map(|part| part.parse().ok()).collect();
    if !parts.is_empty() {
        put("issued", json!({ "date-parts": [parts] }));
    }
    if let Some(kind) = &reference.kind {
        put("genre", kind.clone().into());
    }
    if let Some(number) = &reference.number {
        put("number", number.clone().into());
    }
    if let Some(language) = &reference.language {
        put("language", language.clone().into());
    }
    if !reference.collections.is_empty() {
        put("collection-title", reference.collections.join("; ").into());
    }
    put("archive", reference.archive.into());
    put("URL", reference.iri.clone().into());
    Value::Object(item)
}

/// A name is not taken apart: which of its words is the family's is nowhere said.
fn name(author: &Author) -> Value {
    json!({ "literal": author.name })
}

const fn kind(genre: Genre) -> &'static str {
    match genre {
        Genre::Report => "report",
        Genre::Official => "legislation",
        Genre::Treaty => "treaty",
        Genre::Article => "article-newspaper",
        Genre::Speech => "speech",
        Genre::Testimony => "interview",
        Genre::WebPage => "webpage",
        Genre::Entry => "entry",
        Genre::PressStatement | Genre::Letter | Genre::Document => "document",
    }
}
