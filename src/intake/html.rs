//! What does an HTML page say? Its main part becomes lines of text, which are read like those of any other text.
//!
//! The tags are told apart by a browser's tokenizer, and a stack of open elements is all that is kept of the tree:
//! time and memory stay in proportion to the page however it nests. Rejected: building the tree, which takes hours
//! for a megabyte of elements that nobody closed.

use std::{borrow::Cow, cell::RefCell, collections::HashMap};

use html5ever::{
    LocalName, TokenizerResult,
    tendril::StrTendril,
    tokenizer::{
        BufferQueue, Tag, TagKind, Token, TokenSink, TokenSinkResult, Tokenizer, TokenizerOpts, states::RawKind,
    },
};

use super::{
    Error, File, Notice, Record,
    key::archive_number,
    lines::{Gap, Lines},
    page::{self, Known},
    text::{is_refused, language_named, nfc, squeeze},
};

/// What is no part of the text, wherever it stands.
const UNREAD: [&str; 13] = [
    "script", "style", "noscript", "template", "nav", "svg", "iframe", "object", "footer", "aside", "button", "select",
    "head",
];
/// What may stand in the head; anything else ends it.
const IN_HEAD: [&str; 9] = ["base", "head", "link", "meta", "noscript", "script", "style", "template", "title"];
/// What has no end.
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
/// The names under which pages say when they were published.
const PUBLISHED: [&str; 5] = ["article:published_time", "datepublished", "dc.date", "dcterms.date", "date"];
/// The paths under which the archive addresses its documents and its recorded testimonies.
const ARCHIVE_PATHS: [&str; 2] = ["archive/documents/", "testimonials/visual/"];

/// The parts of a page that are no part of its text, by what they say they are for.
const ROLES_UNREAD: [&str; 8] =
    ["navigation", "banner", "contentinfo", "complementary", "search", "dialog", "alertdialog", "menu"];

/// Reads a page.
pub(super) fn read(file: &File<'_>, notices: &mut Vec<Notice>) -> Result<Record, Error> {
    let page = Page::of(file.text);
    let (text, heading) = page.main_part();
    let text = nfc(&text).into_owned();
    let heading = heading.to_owned();
    if text.is_empty() {
        return Err(refuse("it has no words: expected a page with text"));
    }
    if text.contains(is_refused) {
        return Err(refuse("a reference makes a control character: expected text without"));
    }
    let titles = [heading, page.shared_title, squeeze(&page.head_title.written)];
    let known = Known {
        title: titles.into_iter().find(|title| !title.is_empty()).map(|title| nfc(&title).into_owned()),
        number: page.address.as_deref().and_then(archive_address),
        lang: page.lang.as_deref().and_then(language_named),
        issued: page.published,
        address: page.address,
    };
    let file = File { text: &text, ..*file };
    page::document(&file, known, notices).map(Record::Document)
}

fn refuse(reason: &str) -> Error {
    Error::Value { key: "body".to_owned(), line: None, reason: reason.to_owned() }
}

/// The archive's number in the address of one of its pages.
fn archive_address(address: &str) -> Option<String> {
    ARCHIVE_PATHS.iter().find_map(|path| archive_number(&address[address.find(path)?..]))
}

/// An open element.
struct Open {
    name: LocalName,
    /// Whether it is passed over.
    unread: bool,
    /// Whether it says that it is the main part.
    is_main: bool,
}

/// A part of the page: its text and its first heading.
#[derive(Default)]
struct Part {
    text: Lines,
    heading: String,
}

/// What a page says, and what is open while it is read.
#[derive(Default)]
struct Page {
    lang: Option<String>,
    address: Option<String>,
    published: Option<String>,
    shared_title: String,
    head_title: Lines,
    body: Part,
    main: Part,
    article: Part,
    articles: usize,
    heading: Lines,
    /// The open elements.
    open: Vec<Open>,
    /// How many parts are open that say they are the main one.
    mains: usize,
    /// How many of each name are open.
    counts: HashMap<LocalName, usize>,
    /// How many of the open elements are passed over.
    unread: usize,
}

impl Page {
    fn of(html: &str) -> Self {
        let tokenizer = Tokenizer::new(Reader(RefCell::default()), TokenizerOpts::default());
        let input = BufferQueue::default();
        input.push_back(StrTendril::from(html));
        while !matches!(tokenizer.feed(&input), TokenizerResult::Done) {}
        tokenizer.end();
        let mut page = tokenizer.sink.0.into_inner();
        page.close_to(0);
        page
    }

    /// The text that counts, and its heading: the page of the archive, the only article, the main part, or all but the
    /// menus.
    fn main_part(&self) -> (Cow<'_, str>, &str) {
        let is_archive = |part: &&Part| page::is_archive_page(&part.text.written);
        let parts = [&self.main, &self.body];
        let found = parts.into_iter().find(is_archive);
        let article = Some(&self.article).filter(|_| self.articles == 1);
        let full = |part: &&Part| !part.text.written.is_empty();
        let part = found.or_else(|| article.into_iter().chain([&self.main]).find(full));
        match part {
            Some(part) => (Cow::Borrowed(&part.text.written), &part.heading),
            None => (Cow::Owned(self.body.text.without_menus()), &self.body.heading),
        }
    }

    fn is_open(&self, name: &str) -> bool {
        self.counts.get(&LocalName::from(name)).is_some_and(|count| *count > 0)
    }

    fn start(&mut self, tag: &Tag) {
        if self.is_open("head") && !IN_HEAD.contains(&&*tag.name) {
            self.close("head");
        }
        self.notice(tag);
        self.part(Gap::around(&tag.name));
        if VOID.contains(&&*tag.name) {
            return;
        }
        let role = attribute(tag, "role").unwrap_or_default().to_ascii_lowercase();
        let unread = UNREAD.contains(&&*tag.name)
            || ROLES_UNREAD.contains(&role.as_str())
            || attribute(tag, "hidden").is_some()
            || attribute(tag, "aria-hidden").is_some_and(|value| value == "true");
        let is_main = &*tag.name == "main" || role == "main";
        self.mains += usize::from(is_main);
        self.articles += usize::from(&*tag.name == "article" && !self.is_open("article"));
        self.unread += usize::from(unread);
        *self.counts.entry(tag.name.clone()).or_default() += 1;
        self.open.push(Open { name: tag.name.clone(), unread, is_main });
    }

    /// Closes the innermost element of the name, and what was left open in it.
    fn close(&mut self, name: &str) {
        if self.is_open(name)
            && let Some(at) = self.open.iter().rposition(|open| &*open.name == name)
        {
            self.close_to(at);
        } else {
            self.part(Gap::around(name));
        }
    }

    fn close_to(&mut self, depth: usize) {
        for Open { name, unread, is_main } in self.open.split_off(depth).into_iter().rev() {
            if &*name == "h1" {
                self.end_heading();
            }
            self.mains -= usize::from(is_main);
            self.unread -= usize::from(unread);
            if let Some(count) = self.counts.get_mut(&name) {
                *count -= 1;
            }
            self.part(Gap::around(&name));
        }
    }

    fn end_heading(&mut self) {
        let heading = squeeze(&std::mem::take(&mut self.heading).written);
        for part in self.parts().into_iter().filter(|part| part.heading.is_empty()) {
            part.heading.clone_from(&heading);
        }
    }

    /// The parts of the page in which something stands now.
    fn parts(&mut self) -> Vec<&mut Part> {
        let (in_main, in_article) = (self.mains > 0, self.is_open("article"));
        let inner = [in_main.then_some(&mut self.main), in_article.then_some(&mut self.article)];
        std::iter::once(&mut self.body).chain(inner.into_iter().flatten()).collect()
    }

    fn part(&mut self, gap: Gap) {
        if gap != Gap::None {
            self.heading.part(gap);
            self.parts().into_iter().for_each(|part| part.text.part(gap));
        }
    }

    fn words(&mut self, words: &str) {
        if self.is_open("title") {
            if !self.is_open("svg") {
                self.head_title.push(words);
            }
            return;
        }
        if self.open.last().is_some_and(|open| &*open.name == "head") && !words.trim().is_empty() {
            self.close("head");
        }
        if self.unread > 0 {
            return;
        }
        if self.is_open("h1") {
            self.heading.push(words);
        }
        let is_link = self.is_open("a");
        for part in self.parts() {
            if is_link {
                part.text.push_link(words);
            } else {
                part.text.push(words);
            }
        }
    }

    /// What the markup tells beside the text.
    fn notice(&mut self, tag: &Tag) {
        let at = |key| attribute(tag, key).filter(|value| !value.trim().is_empty());
        match &*tag.name {
            "html" => self.lang = at("lang").or(self.lang.take()),
            "link" if at("rel").is_some_and(|rel| rel.eq_ignore_ascii_case("canonical")) => {
                self.address = at("href").filter(|href| href.contains("://")).or(self.address.take());
            }
            "meta" => {
                let key = at("property").or_else(|| at("name")).or_else(|| at("itemprop")).unwrap_or_default();
                match key.to_ascii_lowercase().as_str() {
                    "og:url" => self.address = self.address.take().or_else(|| at("content")),
                    "og:title" => self.shared_title = squeeze(&at("content").unwrap_or_default()),
                    key if PUBLISHED.contains(&key) => self.published = self.published.take().or_else(|| at("content")),
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

fn attribute(tag: &Tag, key: &str) -> Option<String> {
    let found = tag.attrs.iter().find(|attribute| &*attribute.name.local == key);
    found.map(|attribute| attribute.value.replace(is_refused, ""))
}

/// Takes what the tokenizer finds.
struct Reader(RefCell<Page>);

impl TokenSink for Reader {
    type Handle = ();

    fn process_token(&self, token: Token, _line: u64) -> TokenSinkResult<()> {
        let mut page = self.0.borrow_mut();
        match token {
            Token::CharacterTokens(words) => page.words(&words),
            Token::TagToken(tag) if tag.kind == TagKind::EndTag => page.close(&tag.name),
            Token::TagToken(tag) => {
                page.start(&tag);
                return match &*tag.name {
                    "script" => TokenSinkResult::RawData(RawKind::ScriptData),
                    "style" | "noscript" | "iframe" | "xmp" | "noembed" | "noframes" => {
                        TokenSinkResult::RawData(RawKind::Rawtext)
                    }
                    "title" | "textarea" => TokenSinkResult::RawData(RawKind::Rcdata),
                    "plaintext" => TokenSinkResult::Plaintext,
                    _ => TokenSinkResult::Continue,
                };
            }
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(html: &str) -> String {
        Page::of(html).main_part().0.into_owned()
    }

    #[test]
    fn blocks_are_lines_and_what_is_no_text_goes() {
        let html = "<html><head><title>T<body><nav>Home</nav><h1>A  title</h1><p>One<br>two <b>three</b>\n four\
                    <ul><li>five<li>six</ul><script>if (a < b) { '<p>' }</script><p hidden>no</p><footer>end";
        assert_eq!(text(html), "");
        let html = html.replacen("<title>T", "<title>T</title>", 1);
        assert_eq!(text(&html), "A title\n\nOne\ntwo three four\n\nfive\nsix");
    }

    #[test]
    fn what_is_left_open_ends_with_what_holds_it() {
        assert_eq!(text("<div><nav>menu</div><p>text</i></p></div>more"), "text\n\nmore");
        assert_eq!(text("<head><meta name=x>words"), "words");
    }

    #[test]
    fn the_only_article_is_the_text_and_several_are_not() {
        assert_eq!(text("<main>a<article>b</article></main>"), "b");
        assert_eq!(text("<p>x</p><main>a<article>b</article><article>c</article></main>"), "a\nb\nc");
        assert_eq!(text("<p>x</p><div role=main>a</div><div role=navigation>y</div>"), "a");
    }

    #[test]
    fn a_page_that_nests_without_end_takes_no_longer_than_another() {
        let html = format!("{}text", "<div><b>".repeat(200_000));
        assert_eq!(text(&html), "text");
    }
}
