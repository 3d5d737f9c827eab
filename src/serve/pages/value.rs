//! The small pieces that pages are put together from: words with their language, links, dates, codes.
//!
//! Each writes itself as HTML, escaped, and isolated from the text around it, so that neither its direction nor its
//! content can disturb its neighbours.

use askama::{Template, filters::HtmlSafe};

use super::{layout, words::words};
use crate::{
    ask::walk::kind_name,
    model::{Kind, Lang, Text},
    serve::lang::PageLang,
};

/// Words with their language, where it is not that of the page.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/phrase.html")]
pub(super) struct Phrase {
    pub text: String,
    pub lang: Option<String>,
    pub dir: &'static str,
}

impl HtmlSafe for Phrase {}

impl Phrase {
    /// Words in a language, on a page in another or the same.
    pub(super) fn new(page: PageLang, lang: &Lang, text: impl Into<String>) -> Self {
        let dir = if lang.is_right_to_left() { "rtl" } else { "ltr" };
        let lang = (lang.as_str() != page.tag()).then(|| lang.as_str().to_owned());
        Self { text: text.into(), lang, dir }
    }

    /// Words of the page itself.
    pub(super) fn own(page: PageLang, text: impl Into<String>) -> Self {
        Self::new(page, &page.lang(), text)
    }

    /// A key that has no words.
    pub(super) fn key(text: impl Into<String>) -> Self {
        Self { text: text.into(), lang: None, dir: "ltr" }
    }

    /// Words of no known language: the direction is that of their first letter.
    pub(super) fn unknown(text: impl Into<String>) -> Self {
        Self { text: text.into(), lang: None, dir: "auto" }
    }

    /// The wording for a reader of the page: in its language, else in the other one, else in any.
    pub(super) fn choose(page: PageLang, text: &Text) -> Option<Self> {
        let wanted = [page.lang(), page.other().lang()];
        let found = wanted.iter().find_map(|lang| text.get_key_value(lang)).or_else(|| text.iter().next());
        found.map(|(lang, words)| Self::new(page, lang, words))
    }
}

/// A link with its label.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/link.html")]
pub(super) struct Link {
    pub href: String,
    pub label: Phrase,
    /// What it leads to, for the style: the name of a kind, or `external`.
    pub class: &'static str,
}

impl HtmlSafe for Link {}

/// A date as it was given, in EDTF.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/when.html")]
pub(super) struct When {
    pub text: String,
    /// For an interval: its two ends.
    pub ends: Option<(String, String)>,
    /// The same for machines, where HTML has a way to write it.
    pub datetime: Option<String>,
    /// The same in words, for a single day.
    pub long: Option<Phrase>,
}

impl HtmlSafe for When {}

impl When {
    /// A date, in the words it was given in.
    pub(super) fn new(text: &str) -> Self {
        let plain = text.len() <= 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let ends = text.split_once('/').map(|(start, end)| (start.to_owned(), end.to_owned()));
        let datetime = (plain && text.len() >= 4).then(|| text.to_owned());
        Self { text: text.to_owned(), ends, datetime, long: None }
    }

    /// The same with the day in words before it.
    pub(super) fn in_words(text: &str, lang: PageLang) -> Self {
        let mut when = Self::new(text);
        if when.datetime.is_some() && text.len() >= 7 {
            let mut parts = text.split('-');
            let (year, month, day) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default(), parts.next());
            let name = words(lang).find(&format!("month.{}", month.trim_start_matches('0'))).unwrap_or(month);
            let day = day.map(|day| format!("{} ", day.trim_start_matches('0'))).unwrap_or_default();
            when.long = Some(Phrase::own(lang, format!("{day}{name} {year}")));
        }
        when
    }
}

/// Anything that can stand as a value.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/value.html")]
pub(super) enum Value {
    /// A thing.
    Link(Link),
    /// Words.
    Words(Phrase),
    /// A code, a symbol, an IRI, a digest: always from left to right.
    Code(String),
    /// A number.
    Number(String),
    /// A date.
    When(When),
}

impl HtmlSafe for Value {}

/// A value with what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/item.html")]
pub(super) struct Item {
    pub value: Value,
    /// That the value rests on no source that was read, in the words of the page.
    pub unchecked: Option<&'static str>,
    /// Which graph says so, where several could.
    pub given_in: Option<Phrase>,
}

impl HtmlSafe for Item {}

impl From<Value> for Item {
    fn from(value: Value) -> Self {
        Self { value, unchecked: None, given_in: None }
    }
}

/// A property with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub label: Phrase,
    pub items: Vec<Item>,
    /// How the archive prints it, where the words differ from the values.
    pub printed: Vec<Phrase>,
    /// What is said where there is no value.
    pub nothing: Option<Nothing>,
    /// Whether the values are the steps of one path.
    pub path: bool,
}

/// Why there is no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nothing {
    /// The archive says that there is none.
    StatedEmpty,
    /// Nobody said.
    NotGiven,
    /// No degree of reliability was stated; none is assumed.
    NoneStated,
}

impl Nothing {
    /// The key of the words that say so.
    pub(super) const fn key(self) -> &'static str {
        match self {
            Self::StatedEmpty => "nothing.stated-empty",
            Self::NotGiven => "nothing.not-given",
            Self::NoneStated => "nothing.none-stated",
        }
    }
}

impl Fact {
    pub(super) fn new(label: Phrase, items: Vec<Item>) -> Self {
        Self { label, items, printed: Vec::new(), nothing: None, path: false }
    }
}

/// A heading with links under it.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub label: Phrase,
    pub count: u64,
    pub links: Vec<Link>,
    /// Whether there are more than are listed.
    pub more: bool,
}

/// The name of a kind, in the words of a page.
pub(super) fn kind_words(lang: PageLang, kind: Kind) -> &'static str {
    words(lang).find(&format!("kind.{}", kind_name(kind))).unwrap_or_default()
}

/// A link to somewhere else, where it is an address a browser can safely follow.
pub(super) fn external(address: &str) -> Option<Link> {
    let safe = address.starts_with("https://") || address.starts_with("http://");
    safe.then(|| Link { href: address.to_owned(), label: Phrase::key(layout::plain(address)), class: "external" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_and_carry_their_language() {
        let hostile = Phrase::new(PageLang::Ar, &Lang::en(), "<script>alert(1)</script>");
        let html = hostile.to_string();
        assert!(html.starts_with("<bdi lang=\"en\" dir=\"ltr\">") && !html.contains("<script"), "{html}");
        let own = Phrase::new(PageLang::En, &Lang::en(), "a \"b\"").to_string();
        assert!(own.starts_with("<bdi dir=\"ltr\">a ") && !own.contains(" lang="), "{own}");
    }

    #[test]
    fn only_web_addresses_become_links() {
        assert!(external("https://example.org/").is_some());
        assert!(external("javascript:alert(1)").is_none());
    }

    #[test]
    fn a_date_runs_from_left_to_right_and_is_read_by_machines_where_it_can_be() {
        let day = Value::When(When::new("2017-02-15")).to_string();
        assert!(day.contains("<bdi dir=\"ltr\"><time datetime=\"2017-02-15\">2017-02-15</time></bdi>"), "{day}");
        let interval = Value::When(When::new("2016-11-17/2016-12-13")).to_string();
        assert!(interval.contains("<bdi dir=\"ltr\">2016-11-17") && !interval.contains("<time"), "{interval}");
        let words = When::in_words("2017-02-05", PageLang::En).long.map(|phrase| phrase.text);
        assert_eq!(words.as_deref(), Some("5 February 2017"));
    }
}
