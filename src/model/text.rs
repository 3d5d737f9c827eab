//! Words for people, each with its language, and where they were read.

use std::{collections::BTreeMap, fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use super::Id;

/// A language tag (BCP 47), in lower case but for the script: `en`, `ar`, `ar-Latn`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Lang(String);

/// The text is not a language tag.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language tag: expected one like en, ar or ar-Latn")]
pub struct LangError(String);

impl Lang {
    /// English.
    #[must_use]
    pub fn en() -> Self {
        Self("en".to_owned())
    }

    /// Arabic.
    #[must_use]
    pub fn ar() -> Self {
        Self("ar".to_owned())
    }

    /// A language that nobody told.
    #[must_use]
    pub fn undetermined() -> Self {
        Self("und".to_owned())
    }

    /// The tag as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the text runs from right to left, told by the language and the script.
    #[must_use]
    pub fn is_right_to_left(&self) -> bool {
        let mut parts = self.0.split('-');
        let language = parts.next().unwrap_or_default();
        matches!(language, "ar" | "fa" | "ur" | "he" | "ckb" | "syr" | "arc") && !parts.any(|part| part == "Latn")
    }
}

impl FromStr for Lang {
    type Err = LangError;

    fn from_str(text: &str) -> Result<Self, LangError> {
        let mut parts = text.split('-');
        let language = parts.next().unwrap_or_default();
        let alphabetic = language.chars().all(|c| c.is_ascii_alphabetic());
        let mut tag = language.to_ascii_lowercase();
        let good = (2..=8).contains(&language.len())
            && alphabetic
            && parts.all(|part| {
                tag.push('-');
                tag.push_str(part);
                (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric())
            });
        if good { Ok(Self(tag)) } else { Err(LangError(text.to_owned())) }
    }
}

impl fmt::Display for Lang {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for Lang {
    type Error = LangError;

    fn try_from(text: String) -> Result<Self, LangError> {
        text.parse()
    }
}

impl From<Lang> for String {
    fn from(lang: Lang) -> Self {
        lang.0
    }
}

/// One wording a language.
pub type Text = BTreeMap<Lang, String>;

/// Several wordings a language.
pub type Texts = BTreeMap<Lang, Vec<String>>;

/// Where a statement was read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Source {
    /// The record that was read.
    pub id: Id,
    /// Whether it was read only in somebody else's copy or quotation, and is still to be checked.
    pub unverified: bool,
}

/// Written `doc/s01`, or `doc/s01~` for a source that is still to be checked.
impl TryFrom<String> for Source {
    type Error = super::IdError;

    fn try_from(text: String) -> Result<Self, super::IdError> {
        let id = text.strip_suffix('~');
        Ok(Self { id: id.unwrap_or(&text).parse()?, unverified: id.is_some() })
    }
}

impl From<Source> for String {
    fn from(source: Source) -> Self {
        format!("{}{}", source.id, if source.unverified { "~" } else { "" })
    }
}
