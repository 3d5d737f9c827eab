//! May this be sent as a comment, and what may become of it?

use jiff::Timestamp;
use serde::Deserialize;

use super::{
    assess::standing,
    prepare::{Refusal, unclear},
};
use crate::{
    model::{Comment, CommentKind, CommentState, Lang, Sender},
    store::Store,
};

/// The longest comment or answer, in characters.
pub const LONGEST: usize = 4_000;

/// The longest name or contact, in characters.
pub const LONGEST_NAME: usize = 200;

/// What a reader sends.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// The document, link or claim.
    pub about: String,
    /// The words.
    pub text: String,
    /// `remark` or `correction`.
    pub kind: Option<String>,
    /// Their language; told by their letters where it is not given.
    pub lang: Option<String>,
    /// The reader's name, never published unless for a correction.
    pub name: Option<String>,
    /// How to reach the reader, never published.
    pub contact: Option<String>,
    /// Whether a correction may be taken over.
    #[serde(default)]
    pub consent: bool,
}

/// Holds what a reader sends against what is stored; `key` is to be its name, made by chance.
pub async fn receive(store: &Store, letter: Letter, key: &str) -> Result<Comment, Refusal> {
    let text = line_ends(letter.text.trim());
    if text.is_empty() || text.chars().count() > LONGEST {
        return Err(unclear("text", format!("a comment has 1 to {LONGEST} characters")));
    }
    if has_control(&text) {
        return Err(unclear("text", "the comment holds a control character; expected text without"));
    }
    let kind: CommentKind = match letter.kind.as_deref() {
        Some(kind) => kind.parse().map_err(|detail: String| unclear("kind", detail))?,
        None => CommentKind::default(),
    };
    let lang: Lang = match letter.lang.as_deref().filter(|tag| !tag.is_empty()) {
        Some(tag) => tag.parse().map_err(|error: crate::model::LangError| unclear("lang", error.to_string()))?,
        None => language(&text),
    };
    let sender =
        Sender { name: own("name", letter.name)?, contact: own("contact", letter.contact)?, consents: letter.consent };
    let about = store.iris().parse_id(letter.about.trim()).ok_or_else(|| {
        unclear("about", format!("`{}` is not an identifier such as doc/jim-4 or claim/x", letter.about))
    })?;
    let document = standing(store, &about).await?.document;
    Ok(Comment {
        id: document.part(&format!("comment-{key}")),
        about,
        kind,
        text,
        lang,
        at: Timestamp::now(),
        state: CommentState::Received,
        sender,
        moderated: None,
        reason: None,
        answer: None,
        led_to: None,
        credited: None,
    })
}

/// What somebody tells of themselves: one line. It is not repeated in a message.
fn own(field: &'static str, text: Option<String>) -> Result<Option<String>, Refusal> {
    let text = text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    if text.as_ref().is_some_and(|text| text.chars().count() > LONGEST_NAME || text.chars().any(char::is_control)) {
        return Err(unclear(field, format!("expected one line of {LONGEST_NAME} characters at most")));
    }
    Ok(text)
}

fn line_ends(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n")
}

fn has_control(text: &str) -> bool {
    text.chars().any(|c| c.is_control() && c != '\n' && c != '\t')
}

/// Arabic where most letters are.
fn language(text: &str) -> Lang {
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    let (arabic, all) = letters.fold((0_usize, 0_usize), |(arabic, all), letter| {
        (arabic + usize::from(('\u{600}'..='\u{6FF}').contains(&letter)), all + 1)
    });
    if 2 * arabic > all { Lang::ar() } else { Lang::en() }
}

/// What a moderator does with a comment.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Moderation {
    /// Lets everybody read it.
    Publish {},
    /// Publishes it with an answer.
    Answer {
        /// The answer.
        answer: String,
    },
    /// Takes a correction over, and publishes it with what was changed.
    Correct(Correction),
    /// Publishes it not.
    Decline {
        /// Why.
        reason: String,
    },
}

/// What is changed for a correction.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Correction {
    /// Of a link: what the words name instead.
    pub thing: Option<String>,
    /// Of a document or a claim: the property, such as `dct:title`.
    pub property: Option<String>,
    /// The words as they stand.
    pub from: Option<String>,
    /// The words as they are to be.
    pub to: Option<String>,
    /// What the archive answers.
    pub answer: Option<String>,
}

/// The comment as it stands after a moderator has decided, as far as nothing else is changed for it.
pub fn moderate(comment: &Comment, moderation: &Moderation, by: &str) -> Result<Comment, Refusal> {
    let words = |field: &'static str, text: &str| {
        let text = line_ends(text.trim());
        let is_good = !text.is_empty() && text.chars().count() <= LONGEST && !has_control(&text);
        if is_good { Ok(text) } else { Err(unclear(field, format!("expected 1 to {LONGEST} characters"))) }
    };
    let mut after = Comment {
        state: CommentState::Published,
        moderated: Some((by.to_owned(), Timestamp::now())),
        reason: None,
        ..comment.clone()
    };
    match moderation {
        Moderation::Publish {} => {}
        Moderation::Answer { answer } => after.answer = Some(words("answer", answer)?),
        Moderation::Correct(correction) => {
            if comment.led_to.is_some() {
                return Err(unclear("action", "the correction was taken over already"));
            }
            if !comment.sender.consents {
                return Err(unclear(
                    "action",
                    "whoever sent it has not agreed that it is taken over; it can be published",
                ));
            }
            if let Some(answer) = &correction.answer {
                after.answer = Some(words("answer", answer)?);
            }
            after.credited.clone_from(&comment.sender.name);
        }
        Moderation::Decline { reason } => {
            if comment.state == CommentState::Published {
                return Err(unclear(
                    "action",
                    "it is published; what was once public is not declined, but can be answered",
                ));
            }
            (after.state, after.reason) = (CommentState::Declined, Some(words("reason", reason)?));
        }
    }
    Ok(after)
}
