//! Atom (RFC 4287), the newest first, in pages (RFC 5005), with what is gone (RFC 6721).

use std::io;

use jiff::Timestamp;
use oxigraph::model::Term;

use super::Place;
use crate::{
    ask::changes::Content,
    export::xml::{Xml, document, element, empty, text},
    rdf::{GraphFormat, vocab::dct},
    store::ChangeKind,
};

/// A page of the feed.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The language of its words.
    pub lang: &'a str,
    /// The title of the feed in that language.
    pub title: &'a str,
    /// The number before whose change it ends, where it is not the first.
    pub before: Option<u64>,
    /// The number before whose change the next one ends.
    pub next: Option<u64>,
    /// When anything was changed last.
    pub updated: Timestamp,
}

/// Writes a page; `summary` says what became of a graph, in its language.
pub fn write(
    place: Place<'_>,
    page: Page<'_>,
    contents: &[Content],
    summary: impl Fn(ChangeKind) -> String,
) -> io::Result<Vec<u8>> {
    let root = [
        ("xmlns", "http://www.w3.org/2005/Atom"),
        ("xmlns:at", "http://purl.org/atompub/tombstones/1.0"),
        ("xml:lang", page.lang),
    ];
    document(|xml| {
        element(xml, "feed", &root, |xml| {
            text(xml, "id", &[], place.iris.path("feed.atom").as_str())?;
            text(xml, "title", &[], page.title)?;
            text(xml, "updated", &[], &page.updated.to_string())?;
            element(xml, "author", &[], |xml| text(xml, "name", &[], "Isnad"))?;
            links(xml, place, page)?;
            contents.iter().try_for_each(|content| entry(xml, place, page.lang, content, &summary(content.item.kind)))
        })
    })
}

fn links(xml: &mut Xml, place: Place<'_>, page: Page<'_>) -> io::Result<()> {
    let media_type = "application/atom+xml";
    let address = |lang: &str, before: Option<u64>| {
        let before = before.map(|number| format!("&before={number}")).unwrap_or_default();
        place.address(&format!("feed.atom?lang={lang}{before}"))
    };
    let mut link = |rel: &str, href: &str| empty(xml, "link", &[("rel", rel), ("type", media_type), ("href", href)]);
    link("self", &address(page.lang, page.before))?;
    link("first", &address(page.lang, None))?;
    if let Some(next) = page.next {
        link("next", &address(page.lang, Some(next)))?;
    }
    let other = if page.lang == "ar" { "en" } else { "ar" };
    let href = address(other, page.before);
    empty(xml, "link", &[("rel", "alternate"), ("type", media_type), ("hreflang", other), ("href", &href)])?;
    empty(xml, "link", &[("rel", "alternate"), ("type", "text/html"), ("href", place.here)])
}

fn entry(xml: &mut Xml, place: Place<'_>, lang: &str, content: &Content, summary: &str) -> io::Result<()> {
    let item = &content.item;
    let at = item.at.to_string();
    if item.is_withdrawn() {
        return empty(xml, "at:deleted-entry", &[("ref", item.graph.as_str()), ("when", &at)]);
    }
    element(xml, "entry", &[], |xml| {
        text(xml, "id", &[], item.graph.as_str())?;
        match title(content, lang) {
            Some((tag, words)) => text(xml, "title", &[("xml:lang", tag)], words)?,
            None => text(xml, "title", &[], place.path_of(&item.graph))?,
        }
        text(xml, "updated", &[], &at)?;
        text(xml, "summary", &[], summary)?;
        let bytes = place.bytes_of(&item.graph);
        empty(xml, "content", &[("type", GraphFormat::NQuads.media_type()), ("src", &bytes)])?;
        empty(xml, "link", &[("rel", "alternate"), ("href", &place.page_of(&item.graph))])?;
        if let Some(licence) = &item.licence {
            empty(xml, "link", &[("rel", "license"), ("href", licence.as_str())])?;
        }
        if let Some(source) = &item.source {
            empty(xml, "link", &[("rel", "via"), ("href", source.as_str())])?;
        }
        empty(xml, "category", &[("term", item.kind.term())])
    })
}

/// The title of a document in a language, or else in the first that it has, with its language.
fn title<'a>(content: &'a Content, lang: &str) -> Option<(&'a str, &'a str)> {
    let titles = || {
        content.quads.iter().filter(|quad| quad.predicate == dct::TITLE).filter_map(|quad| match &quad.object {
            Term::Literal(literal) => Some((literal.language().unwrap_or_default(), literal.value())),
            _ => None,
        })
    };
    titles().find(|(tag, _)| tag.split('-').next() == Some(lang)).or_else(|| titles().next())
}
