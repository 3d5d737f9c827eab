//! What stands above the description of every thing: what it is, what it is called, where it is.

use super::{
    layout::Page,
    metadata,
    reader::Reader,
    value::{Item, Phrase, Value},
};
use crate::{ask::resource::Resource, store::literal_value};

/// The head of the page of a thing.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// What it is.
    pub kind: Phrase,
    /// Its name in the language of the page, or in the one there is.
    pub title: Item,
    /// Its names in other languages.
    pub others: Vec<Item>,
    /// Its IRI.
    pub iri: String,
}

/// The head of a thing that is named by a property, and the frame of its page.
pub(super) fn head(reader: &Reader<'_>, resource: &Resource, kind: Phrase, name: &str) -> (Page, Head) {
    let iri = resource.iri.as_str();
    let unchecked = reader.unchecked(iri);
    let mut names: Vec<Item> = reader
        .objects(iri, name)
        .into_iter()
        .map(|term| Item { unchecked: reader.flag(&unchecked, term), ..reader.value(term).into() })
        .collect();
    let is_own = |item: &Item| matches!(&item.value, Value::Words(words) if words.lang.is_none());
    names.sort_by_key(|item| !is_own(item));
    let title = if names.is_empty() { Value::Words(reader.label(iri)).into() } else { names.remove(0) };
    let plain = match &title.value {
        Value::Words(words) => words.text.clone(),
        _ => resource.id.to_string(),
    };
    let page = Page::new(reader.lang, "", plain).of(iri, resource.id.whole());
    let page = metadata::add(page, reader, resource);
    (page, Head { kind, title, others: names, iri: iri.to_owned() })
}

/// The narrowest of some classes of ours that a thing has, by its label.
pub(super) fn class(reader: &Reader<'_>, iri: &str, narrow: &[&str], otherwise: &str) -> Phrase {
    let types: Vec<String> =
        reader.objects(iri, crate::rdf::vocab::rdf::TYPE.as_str()).into_iter().map(literal_value).collect();
    let own = |class: &str| reader.iris().term(class).into_string();
    let found = narrow.iter().find(|class| types.contains(&own(class))).unwrap_or(&otherwise);
    reader.label(&own(found))
}
