//! Mentions: words of a text that name a thing, with the evidence for saying so.

use serde::Serialize;

use super::{Date, Id, Lang, Reviewed};

/// Some words of a text layer and what they are taken to name.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mention {
    /// The first code point, counted from 0.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The words themselves.
    pub exact: String,
    /// What sort of words they are.
    pub kind: MentionKind,
    /// What they name.
    pub target: Target,
    /// How probable it is that they name that, 0 to 1.
    pub confidence: f64,
    /// The rule that found them.
    pub rule: Rule,
    /// The next best reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<Candidate>,
    /// What the confidence was made of, where a name was chosen among the known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub features: Option<Features>,
    /// How it was decided on, where somebody decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review: Option<Reviewed>,
}

impl Mention {
    /// The name of a mention within its document: that of its text and its offsets.
    #[must_use]
    pub fn part(lang: &Lang, start: usize, end: usize) -> String {
        format!("m-{lang}-{start}-{end}")
    }
}

/// What the confidence of a name was made of.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Features {
    /// How the words and the name were found to be the same.
    pub key: Key,
    /// How good the name is, as the words give it, 0 to 1.
    pub name: f64,
    /// How well the thing fits the document and the rest of the text, as a factor: 1 where nothing speaks for or
    /// against it.
    pub fit: f64,
    /// Its share of the weights of all readings, 0 to 1.
    pub share: f64,
    /// Whether a word beside the name ("governorate") tells what is meant.
    pub level: bool,
}

/// How words and a name were found to be the same, the surest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Key {
    /// But for case, vowel signs, direction marks and the like.
    Light,
    /// But also for accents, hyphens, apostrophes and letters that careful writers differ in.
    Loose,
    /// But for the spaces.
    Joined,
    /// By their consonants alone.
    Skeleton,
    /// By what the text itself says.
    Text,
}

impl Key {
    /// Its term in `vocab/key`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Light => "light",
            Self::Loose => "loose",
            Self::Joined => "joined",
            Self::Skeleton => "skeleton",
            Self::Text => "text",
        }
    }
}

/// What a mention names.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A thing the archive knows.
    Entity(Id),
    /// A date.
    Date(Date),
    /// A name of something the archive does not know.
    Nil,
}

/// Another thing that the words could have named.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The thing.
    pub entity: Id,
    /// How probable it is, 0 to 1.
    pub confidence: f64,
}

/// The sorts of words that name things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum MentionKind {
    /// A name.
    Name,
    /// A description: "the watchdog group".
    Nominal,
    /// A pronoun.
    Pronoun,
    /// A date.
    Date,
    /// A document symbol or number.
    Symbol,
}

impl MentionKind {
    /// Its term in `vocab/mention-kind`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Nominal => "nominal",
            Self::Pronoun => "pronoun",
            Self::Date => "date",
            Self::Symbol => "symbol",
        }
    }
}

/// The rule that found a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// A label of the entity, letter by letter after folding.
    Label,
    /// Another of its names.
    AltLabel,
    /// A form made from its names: an acronym, a surname, a name without its head word.
    DerivedForm,
    /// An acronym that the text itself defines.
    DefinedInText,
    /// A document symbol or resolution number.
    Symbol,
    /// A date written out.
    Date,
    /// How a name looks by which nothing is known: its capitals, or the word for a sort of thing before it.
    Shape,
}

impl Rule {
    /// Its term in `vocab/rule`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Label => "label",
            Self::AltLabel => "alt-label",
            Self::DerivedForm => "derived-form",
            Self::DefinedInText => "defined-in-text",
            Self::Symbol => "symbol",
            Self::Date => "date",
            Self::Shape => "shape",
        }
    }
}
