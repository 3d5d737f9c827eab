//! Mentions: words of a text that name a thing, with the evidence for saying so.

use serde::Serialize;

use super::{Date, Id};

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
        }
    }
}
