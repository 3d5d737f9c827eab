//! Claims: what somebody holds about an event, never a fact about it.

use serde::{Deserialize, Serialize};

use super::{Date, Id, Source, Text};

/// Somebody's holding of propositions, in a document.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Claim {
    /// Its identifier, `claim/…`.
    pub id: Id,
    /// What sort of claim it is.
    pub kind: ClaimKind,
    /// Who states it.
    pub stated_by: Vec<Id>,
    /// Whom the speaker lays it to, for a relayed claim.
    #[serde(default)]
    pub attributed_to: Vec<Id>,
    /// The events it is about.
    #[serde(default)]
    pub about_event: Vec<Id>,
    /// Other things it is about: documents, places, bodies.
    #[serde(default)]
    pub about_thing: Vec<Id>,
    /// The time it speaks of, where it is not that of an event.
    #[serde(default)]
    pub period: Option<Date>,
    /// Whether the speaker affirms, denies, leaves open or demands.
    pub stance: Stance,
    /// How sure the speaker is: a term of `vocab/degree`. Every claim but a demand has one.
    #[serde(default)]
    pub degree: Option<String>,
    /// The same in the speaker's own words.
    #[serde(default)]
    pub degree_wording: Text,
    /// What it says, in the archive's words.
    #[serde(default)]
    pub summary: Text,
    /// The page or paragraph.
    #[serde(default)]
    pub locator: Option<String>,
    /// Earlier claims it repeats.
    #[serde(default)]
    pub relays: Vec<Id>,
    /// Earlier claims of the same speaker that it takes the place of.
    #[serde(default)]
    pub supersedes: Vec<Id>,
    /// Claims it contests.
    #[serde(default)]
    pub disputes: Vec<Id>,
    /// Who is called upon, for a demand.
    #[serde(default)]
    pub addressee: Vec<Id>,
    /// What it says, statement by statement.
    #[serde(default)]
    pub propositions: Vec<Proposition>,
    /// Where it was read.
    #[serde(default)]
    pub sources: Vec<Source>,
    /// Values that rest on no source that was read.
    #[serde(default)]
    pub unchecked: Vec<String>,
}

/// The sorts of claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClaimKind {
    /// A claim that is none of the others.
    Claim,
    /// The result of the speaker's own inquiry.
    Finding,
    /// A claim that repeats another's.
    RelayedClaim,
    /// A call upon somebody to act.
    Demand,
}

/// What a speaker does with a proposition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stance {
    /// Holds it true.
    Affirms,
    /// Holds it false.
    Denies,
    /// Looked and could not tell.
    Undetermined,
    /// Asks for it to be done.
    Demands,
}

impl Stance {
    /// Its term in `vocab/stance`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Affirms => "affirms",
            Self::Denies => "denies",
            Self::Undetermined => "undetermined",
            Self::Demands => "demands",
        }
    }
}

/// One statement that a claim proposes and nobody here asserts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Proposition {
    /// What it is about, usually an event.
    pub subject: Id,
    /// A claim predicate of the ontology, without its namespace: `perpetrator`, `killed`.
    pub predicate: String,
    /// Its value.
    pub object: Value,
    /// How a number, or a doubtful value, is to be read. Every number has one.
    #[serde(default)]
    pub bound: Option<Bound>,
    /// Who is counted: a term of `vocab/population`.
    #[serde(default)]
    pub population: Option<String>,
}

/// The object of a proposition.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Yes or no (`occurred`).
    Truth(bool),
    /// A count.
    Number(i64),
    /// A thing.
    Id(Id),
    /// Words, where there is no term for it.
    Text(Text),
}

/// How a number is bounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Exactly.
    Exactly,
    /// At least.
    AtLeast,
    /// More than.
    MoreThan,
    /// At most.
    AtMost,
    /// About.
    About,
    /// Possibly.
    Possibly,
    /// Most likely.
    MostLikely,
}

impl Bound {
    /// Its term in `vocab/bound`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Exactly => "exactly",
            Self::AtLeast => "at-least",
            Self::MoreThan => "more-than",
            Self::AtMost => "at-most",
            Self::About => "about",
            Self::Possibly => "possibly",
            Self::MostLikely => "most-likely",
        }
    }
}
