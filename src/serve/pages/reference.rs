//! A thing as it is cited in a text: who, what, when, where it is kept, and its address.

use super::{layout, reader::Reader};
use crate::{
    ask::resource::Resource,
    export::cite::{Known, Reference},
    serve::lang::PageLang,
};

/// A reference in one language, ready to be copied.
#[derive(Clone, Debug)]
pub(super) struct Quoted {
    pub lang: PageLang,
    pub parts: Vec<Part>,
}

/// A piece of a reference, with what separates it from the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub text: String,
    /// Whether it is a code, a date or an address, which runs from left to right.
    pub is_code: bool,
    pub separator: &'static str,
}

/// The references of a thing in each language, that of the page first.
pub(super) fn references(reader: &Reader<'_>, resource: &Resource) -> Vec<Quoted> {
    let known = Known { iris: reader.iris(), quads: &resource.quads, labels: reader.labels() };
    let langs = [reader.lang, reader.lang.other()];
    let one = |lang: PageLang| Quoted { lang, parts: parts(&Reference::of(known, &resource.id, &lang.lang()), lang) };
    langs.map(one).to_vec()
}

fn parts(reference: &Reference, lang: PageLang) -> Vec<Part> {
    let comma = match lang {
        PageLang::En => ", ",
        PageLang::Ar => "\u{60C} ",
    };
    let words = |text: &str, separator| Part { text: layout::plain(text), is_code: false, separator };
    let code = |text: String, separator| Part { text: layout::plain(&text), is_code: true, separator };
    let authors = reference.authors.iter().map(|author| words(&author.name, comma));
    let mut parts: Vec<Part> = authors.collect();
    if let Some(last) = parts.last_mut() {
        last.separator = ". ";
    }
    parts.push(words(&reference.title, ". "));
    parts.extend(reference.kind.as_deref().map(|kind| words(kind, ". ")));
    if let Some(number) = &reference.number {
        if reference.kind.is_some()
            && let Some(kind) = parts.last_mut()
        {
            kind.separator = " ";
        }
        parts.push(code(number.clone(), ". "));
    }
    parts.extend(reference.issued.as_ref().map(|date| code(date.to_string(), ". ")));
    parts.extend(reference.collections.iter().map(|collection| words(collection, ". ")));
    parts.push(words(reference.archive, comma));
    parts.push(code(reference.id.to_string(), ". "));
    parts.push(code(reference.iri.clone(), ""));
    parts
}
