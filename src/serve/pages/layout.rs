//! What every page has: its language, its title, the way to the same page in the other language.

use std::borrow::Borrow;

use askama::Template;

use super::{asset, reader::Reader, reference::Quoted, words};
use crate::{export::cite::tags::Tag, rdf::GraphFormat, serve::lang::PageLang, views::touched::Seen};

/// What the frame around a page needs to know.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub lang: PageLang,
    /// What stands in the title bar, before the name of the archive.
    pub title: String,
    /// Which entry of the menu leads here.
    pub here: &'static str,
    /// The address of the style sheet.
    pub style: &'static str,
    /// The address of the script that adds to the page, where there is one.
    pub script: Option<&'static str>,
    /// The same page in the other language.
    pub switch: String,
    /// The IRI of what the page describes.
    pub canonical: Option<String>,
    /// What the page describes, in other syntaxes.
    pub downloads: Vec<Download>,
    /// The same as a reference, in the formats of those who cite.
    pub citations: Vec<Download>,
    /// The same as people write it, in each language.
    pub references: Vec<Quoted>,
    /// What programs that keep references read in the head.
    pub tags: Vec<Tag>,
    /// The same in the words of schema.org, as a block of data that can stand in HTML.
    pub json_ld: String,
    /// Which of the pages of links this is.
    pub paging: Option<Paging>,
}

/// One of the pages that the links to a thing come in.
#[derive(Clone, Debug)]
pub(super) struct Paging {
    pub number: u64,
    pub pages: u64,
    pub total: u64,
    pub previous: Option<String>,
    pub next: Option<String>,
}

/// The page of a thing, and what it was made from.
#[derive(Debug)]
pub struct Rendered {
    /// The page.
    pub html: String,
    /// What it was made from.
    pub seen: Seen,
    /// Whether everything in it is of the last change.
    pub is_current: bool,
}

impl Rendered {
    pub(super) fn of(reader: &Reader<'_>, template: &impl Template) -> Self {
        Self { html: render(template), seen: reader.seen().clone(), is_current: true }
    }
}

/// The same description in another syntax.
#[derive(Clone, Debug)]
pub(super) struct Download {
    pub href: String,
    pub name: &'static str,
    pub media_type: &'static str,
}

impl Page {
    pub(super) fn new(lang: PageLang, here: &'static str, title: impl Into<String>) -> Self {
        let switch = format!("?lang={}", lang.other().tag());
        Self {
            lang,
            title: plain(&title.into()),
            here,
            style: asset::style_path(),
            script: asset::script_path(),
            switch,
            canonical: None,
            downloads: Vec::new(),
            citations: Vec::new(),
            references: Vec::new(),
            tags: Vec::new(),
            json_ld: String::new(),
            paging: None,
        }
    }

    /// Says which resource the page describes: its IRI, and its path, which the other syntaxes are named after.
    pub(super) fn of(mut self, iri: &str, path: &str) -> Self {
        self.canonical = Some(iri.to_owned());
        self.downloads = GraphFormat::ALL
            .into_iter()
            .map(|format| Download {
                href: format!("/{path}.{}", format.extension()),
                name: format.name(),
                media_type: format.media_type(),
            })
            .collect();
        self
    }

    /// Keeps more of the address in the way to the other language than its path.
    pub(super) fn keeping(mut self, pairs: &[(String, String)]) -> Self {
        let kept = pairs.iter().filter(|(name, _)| name != "lang");
        self.switch = kept.fold(format!("?lang={}", self.lang.other().tag()), |switch, (name, value)| {
            format!("{switch}&{}={}", encode(name), encode(value))
        });
        self
    }

    /// The words of the page under a key.
    pub(super) fn say<'a>(&self, key: &'a str) -> &'a str {
        words::words(self.lang).get(key)
    }

    /// The words of the page for so many things; a template hands over what it borrows.
    pub(super) fn counted(&self, key: &str, n: impl Borrow<u64>) -> String {
        words::words(self.lang).counted(key, *n.borrow())
    }

    /// The address of a page of ours, in the language of this one.
    pub(super) fn to(&self, path: &str) -> String {
        to(self.lang, path)
    }
}

/// The address of a page of ours in a language; `path` is relative to the root and may have a fragment.
pub(super) fn to(lang: PageLang, path: &str) -> String {
    let (path, fragment) = path.split_once('#').unwrap_or((path, ""));
    let hash = if fragment.is_empty() { "" } else { "#" };
    format!("/{path}?lang={}{hash}{fragment}", lang.tag())
}

/// A name or value as it stands in the query of an address.
pub(super) fn encode(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// Names and values as the query of an address.
pub(super) fn query<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let pairs = pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// A text without the characters that turn the direction of what follows them, for places that cannot isolate it.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !is_direction_control(*c)).collect()
}

/// Whether a character embeds, overrides or isolates directions (UAX #9). Plain marks, which only lean, are not meant.
pub(super) fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The page as text.
pub(super) fn render(template: &impl Template) -> String {
    template.render().expect("writing to a string does not fail")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_the_language_and_the_fragment_in_their_places() {
        assert_eq!(to(PageLang::Ar, "doc/x#m-en-1-2"), "/doc/x?lang=ar#m-en-1-2");
        assert_eq!(to(PageLang::En, ""), "/?lang=en");
    }

    #[test]
    fn the_way_to_the_other_language_keeps_what_was_asked() {
        let asked = [("lang".to_owned(), "en".to_owned()), ("day".to_owned(), "a&b".to_owned())];
        assert_eq!(Page::new(PageLang::En, "", "").keeping(&asked).switch, "?lang=ar&day=a%26b");
    }
}
