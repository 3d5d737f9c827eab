//! What does an HTML page say? It is read as a browser reads it, its main part becomes lines of text, and the text
//! is read like any other.

use html5ever::{ParseOpts, parse_document, tendril::TendrilSink as _};
use markup5ever_rcdom::{Handle, NodeData, RcDom};

use super::{
    Error, File, Notice, Record,
    key::archive_number,
    page::{self, Known},
    text::{is_refused, language_named, nfc, squeeze},
};

/// What is no part of the text, wherever it stands.
const UNREAD: [&str; 13] = [
    "script", "style", "noscript", "template", "nav", "svg", "iframe", "object", "footer", "aside", "button", "select",
    "head",
];
/// What stands in lines of its own.
const LINES: [&str; 21] = [
    "address",
    "article",
    "caption",
    "dd",
    "details",
    "div",
    "dt",
    "fieldset",
    "figcaption",
    "figure",
    "form",
    "header",
    "hr",
    "label",
    "legend",
    "li",
    "main",
    "section",
    "summary",
    "td",
    "th",
];
/// What has a blank line around it.
const PARAGRAPHS: [&str; 14] =
    ["blockquote", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "ol", "p", "pre", "table", "tr", "ul"];
/// The names under which pages say when they were published.
const PUBLISHED: [&str; 5] = ["article:published_time", "datepublished", "dc.date", "dcterms.date", "date"];
/// The paths under which the archive addresses its documents and its recorded testimonies.
const ARCHIVE_PATHS: [&str; 2] = ["archive/documents/", "testimonials/visual/"];

/// Reads a page.
pub(super) fn read(file: &File<'_>, notices: &mut Vec<Notice>) -> Result<Record, Error> {
    let dom = parse_document(RcDom::default(), ParseOpts::default()).one(file.text);
    let page = Page::of(&dom.document);
    let body = page.first("body").unwrap_or_else(|| dom.document.clone());
    let main = page.first("main").unwrap_or_else(|| body.clone());
    let mut text = lines(&main);
    let mut within = &main;
    if !page::is_archive_page(&text) && page.articles.len() == 1 {
        within = &page.articles[0];
        text = lines(within);
    }
    if text.is_empty() {
        text = lines(&body);
        within = &body;
    }
    let text = nfc(&text).into_owned();
    sound(&text)?;
    let known = Known {
        title: page.title(within),
        number: page.address.as_deref().and_then(archive_address),
        lang: page.lang.as_deref().and_then(language_named),
        issued: page.published,
        address: page.address,
    };
    let file = File { text: &text, ..*file };
    page::document(&file, known, notices).map(Record::Document)
}

/// Refuses a page without words, and one in which a reference made a control character.
fn sound(text: &str) -> Result<(), Error> {
    let refuse = |reason: String| Error::Value { key: "body".to_owned(), line: None, reason };
    match text.chars().find(|c| is_refused(*c)) {
        _ if text.is_empty() => Err(refuse("it has no words: expected a page with text".to_owned())),
        Some(control) => {
            Err(refuse(format!("it has the control character U+{:04X}: expected text without", u32::from(control))))
        }
        None => Ok(()),
    }
}

/// The archive's number in the address of one of its pages.
fn archive_address(address: &str) -> Option<String> {
    ARCHIVE_PATHS.iter().find_map(|path| archive_number(&address[address.find(path)?..]))
}

/// What the markup of a page tells beside its text.
#[derive(Default)]
struct Page {
    lang: Option<String>,
    address: Option<String>,
    published: Option<String>,
    shared_title: Option<String>,
    head_title: Option<String>,
    articles: Vec<Handle>,
    firsts: Vec<(String, Handle)>,
}

impl Page {
    fn of(document: &Handle) -> Self {
        let mut page = Self::default();
        let mut waiting = vec![document.clone()];
        while let Some(node) = waiting.pop() {
            page.notice(&node);
            waiting.extend(node.children.borrow().iter().rev().cloned());
        }
        page
    }

    fn notice(&mut self, node: &Handle) {
        let Some(name) = element(node) else { return };
        let at = |key| attribute(node, key).filter(|value| !value.trim().is_empty());
        match name {
            "html" => self.lang = at("lang"),
            "title" => self.head_title = self.head_title.take().or_else(|| Some(squeeze(&lines(node)))),
            "link" if at("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.address = at("href").filter(|href| href.contains("://")).or(self.address.take());
            }
            "meta" => {
                let key = at("property").or_else(|| at("name")).or_else(|| at("itemprop")).unwrap_or_default();
                match key.to_ascii_lowercase().as_str() {
                    "og:url" => self.address = self.address.take().or_else(|| at("content")),
                    "og:title" => self.shared_title = at("content").map(|title| squeeze(&title)),
                    key if PUBLISHED.contains(&key) => self.published = self.published.take().or_else(|| at("content")),
                    _ => {}
                }
            }
            "article" => self.articles.push(node.clone()),
            "main" | "body" if self.first(name).is_none() => self.firsts.push((name.to_owned(), node.clone())),
            _ => {}
        }
    }

    fn first(&self, name: &str) -> Option<Handle> {
        self.firsts.iter().find(|(known, _)| known == name).map(|(_, node)| node.clone())
    }

    /// The heading of the main part, else the title for sharing, else that of the window.
    fn title(&self, within: &Handle) -> Option<String> {
        let mut waiting = vec![within.clone()];
        let mut heading = None;
        while let (Some(node), None) = (waiting.pop(), &heading) {
            heading = (element(&node) == Some("h1")).then(|| squeeze(&lines(&node))).filter(|title| !title.is_empty());
            waiting.extend(node.children.borrow().iter().rev().cloned());
        }
        let others = [&self.shared_title, &self.head_title];
        heading.or_else(|| others.into_iter().flatten().find(|title| !title.is_empty()).cloned())
    }
}

fn element(node: &Handle) -> Option<&str> {
    match &node.data {
        NodeData::Element { name, .. } => Some(&name.local),
        _ => None,
    }
}

fn attribute(node: &Handle, key: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    attrs
        .borrow()
        .iter()
        .find(|attribute| &*attribute.name.local == key)
        .map(|attribute| attribute.value.replace(is_refused, ""))
}

/// The text of a part of a page, a line for each block. The tree is walked without recursion: a page may nest deeper
/// than a stack.
fn lines(part: &Handle) -> String {
    enum Step {
        Into(Handle),
        OutOf(Gap),
    }
    let mut text = Lines::default();
    let mut waiting = vec![Step::Into(part.clone())];
    while let Some(step) = waiting.pop() {
        let node = match step {
            Step::OutOf(gap) => {
                text.part(gap);
                continue;
            }
            Step::Into(node) => node,
        };
        if let NodeData::Text { contents } = &node.data {
            text.push(&contents.borrow());
        }
        let name = element(&node).unwrap_or_default();
        let unread = UNREAD.contains(&name) || attribute(&node, "hidden").is_some();
        if unread && !std::rc::Rc::ptr_eq(&node, part) {
            continue;
        }
        let gap = Gap::around(name);
        text.part(gap);
        waiting.push(Step::OutOf(gap));
        waiting.extend(node.children.borrow().iter().rev().cloned().map(Step::Into));
    }
    text.written
}

/// What parts two pieces of text; the wider gap wins.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Gap {
    #[default]
    None,
    Space,
    Line,
    Paragraph,
}

impl Gap {
    fn around(name: &str) -> Self {
        match name {
            "br" => Self::Line,
            name if PARAGRAPHS.contains(&name) => Self::Paragraph,
            name if LINES.contains(&name) => Self::Line,
            _ => Self::None,
        }
    }
}

/// Text as it is written out: white space becomes the narrowest gap that keeps the pieces apart.
#[derive(Default)]
struct Lines {
    written: String,
    gap: Gap,
}

impl Lines {
    fn part(&mut self, gap: Gap) {
        self.gap = self.gap.max(gap);
    }

    fn push(&mut self, text: &str) {
        for character in text.chars() {
            if character.is_whitespace() {
                self.gap = self.gap.max(Gap::Space);
                continue;
            }
            let between = match std::mem::take(&mut self.gap) {
                _ if self.written.is_empty() => "",
                Gap::None => "",
                Gap::Space => " ",
                Gap::Line => "\n",
                Gap::Paragraph => "\n\n",
            };
            self.written.push_str(between);
            self.written.push(character);
        }
    }
}
