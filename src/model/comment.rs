//! Comments: what readers say of a document, a link or a claim, and what became of that.

use std::{fmt, str::FromStr};

use jiff::Timestamp;

use super::{Id, Lang};

/// What a reader has sent. What the reader told of themselves is kept with it and never published.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Its identifier, a part of the document that it is about.
    pub id: Id,
    /// What it is about.
    pub about: Id,
    /// A remark, or a correction.
    pub kind: CommentKind,
    /// The words.
    pub text: String,
    /// Their language.
    pub lang: Lang,
    /// When it was sent.
    pub at: Timestamp,
    /// What became of it.
    pub state: CommentState,
    /// What the reader told of themselves.
    pub sender: Sender,
    /// Who decided on it, the path of an agent, and when.
    pub moderated: Option<(String, Timestamp)>,
    /// Why it was declined.
    pub reason: Option<String>,
    /// The archive's answer.
    pub answer: Option<String>,
    /// What was changed for it: the path of a decision or of a record in the log.
    pub led_to: Option<String>,
    /// The name under which its sender asked to be named for a correction.
    pub credited: Option<String>,
}

impl Comment {
    /// Its name in addresses: the end of its identifier.
    #[must_use]
    pub fn key(&self) -> &str {
        self.id.as_str().rsplit_once("#comment-").map_or("", |(_, key)| key)
    }
}

/// What a reader told of themselves. It is never shown in messages.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sender {
    /// Their name.
    pub name: Option<String>,
    /// How to reach them.
    pub contact: Option<String>,
    /// Whether a correction may be taken over.
    pub consents: bool,
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("consents", &self.consents).finish_non_exhaustive()
    }
}

/// The kinds of comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CommentKind {
    /// A remark.
    #[default]
    Remark,
    /// Something is wrong.
    Correction,
}

impl CommentKind {
    /// Its term in `vocab/comment-kind`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Remark => "remark",
            Self::Correction => "correction",
        }
    }
}

impl FromStr for CommentKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Remark, Self::Correction]
            .into_iter()
            .find(|kind| kind.term() == text)
            .ok_or_else(|| format!("`{text}` is not a kind of comment: expected remark or correction"))
    }
}

/// What became of a comment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum CommentState {
    /// It waits.
    #[default]
    Received,
    /// It can be read by all.
    Published,
    /// It was not published, for a reason.
    Declined,
}

impl CommentState {
    /// Its term in `vocab/comment-state`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Published => "published",
            Self::Declined => "declined",
        }
    }
}

impl FromStr for CommentState {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Received, Self::Published, Self::Declined]
            .into_iter()
            .find(|state| state.term() == text)
            .ok_or_else(|| format!("`{text}` is not a state of a comment: expected received, published or declined"))
    }
}
