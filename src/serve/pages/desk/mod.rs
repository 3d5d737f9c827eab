//! The desk of those who review: links that wait for a decision, comments, assessments, new documents, resemblances.
//!
//! What everybody may read stands in the pages as they come, in the language of the reader. Whoever shows a token gets the
//! means to act from a script, which keeps the token for as long as the window is open and sends it in a header: an
//! address never holds it, and no other site can send it along. Every act is a call of the API.

mod forms;
mod queue;
mod sentence;

pub use forms::{add, assess, comments, resemblances};
pub use queue::review;

use super::{
    layout::{Page, encode},
    words::words,
};
use crate::serve::lang::PageLang;

/// The parts of the desk, by the last part of their address; the first is the desk itself.
const PARTS: [&str; 5] = ["links", "comments", "assess", "add", "resemblances"];

/// Where something can be assessed.
pub(super) fn assess_on(lang: PageLang, about: &str) -> String {
    format!("/review/assess?about={}&lang={}", encode(about), lang.tag())
}

/// Where the links of a document are decided on.
pub(super) fn review_on(lang: PageLang, document: &str) -> String {
    format!("/review?document={}&lang={}", encode(document), lang.tag())
}

/// What stands above every part of the desk.
struct Desk {
    /// Which part it is.
    part: &'static str,
    parts: Vec<Part>,
    /// The words of the script.
    words: String,
}

/// A way to a part of the desk.
struct Part {
    href: String,
    label: &'static str,
    here: bool,
}

/// The frame of a part of the desk, keeping what was asked when the language changes.
fn desk(lang: PageLang, part: &'static str, kept: &[(String, String)]) -> (Page, Desk) {
    let label = |part: &str| words(lang).find(&format!("desk.{part}")).unwrap_or_default();
    let address = |part: &str| if part == "links" { "review".to_owned() } else { format!("review/{part}") };
    let page = Page::new(lang, "review", label(part)).keeping(kept);
    let parts =
        PARTS.into_iter().map(|one| Part { href: page.to(&address(one)), label: label(one), here: one == part });
    let desk = Desk { part, parts: parts.collect(), words: words(lang).under("web.desk.") };
    (page, desk)
}
