//! Decisions: what a person said of a link that the linker proposed, and why.

use std::{fmt, str::FromStr};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::Id;

/// What somebody decided on a link. Decisions are never changed: a later one revises an earlier one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    /// Its identifier, a part of the document it was made in.
    pub id: Id,
    /// What was decided.
    pub verdict: Verdict,
    /// The mention it was made on.
    pub mention: Id,
    /// The words of the mention.
    pub form: String,
    /// What they were taken to name.
    pub thing: Id,
    /// What they name instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub correction: Option<Id>,
    /// Which links it holds for.
    pub scope: Scope,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who decided: the path of an agent, `agent/…`.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The decision that it takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revises: Option<Id>,
}

impl Decision {
    /// What the words name by this decision.
    #[must_use]
    pub fn named(&self) -> &Id {
        self.correction.as_ref().unwrap_or(&self.thing)
    }
}

/// What can be decided on a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// The words name that.
    Accepted,
    /// They do not.
    Rejected,
    /// They name something else.
    Corrected,
    /// Whether they do is disputed.
    Contested,
    /// Nothing is decided any more: an earlier decision is undone.
    Proposed,
}

impl Verdict {
    /// Every verdict.
    pub const ALL: [Self; 5] = [Self::Accepted, Self::Rejected, Self::Corrected, Self::Contested, Self::Proposed];

    /// Its term in `vocab/review-state`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Corrected => "corrected",
            Self::Contested => "contested",
            Self::Proposed => "proposed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.term())
    }
}

impl FromStr for Verdict {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|verdict| verdict.term() == text).ok_or_else(|| {
            let known = Self::ALL.map(Self::term).join(", ");
            format!("`{text}` is not a state of review: expected one of {known}")
        })
    }
}

/// Which links a decision holds for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The one mention.
    Mention,
    /// Every mention with the same words, folded, that is taken to name the same thing.
    #[default]
    Identical,
}

impl Scope {
    /// Its term in `vocab/decision-scope`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::Identical => "identical",
        }
    }
}

impl FromStr for Scope {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        [Self::Mention, Self::Identical]
            .into_iter()
            .find(|scope| scope.term() == text)
            .ok_or_else(|| format!("`{text}` is not a scope: expected `mention` or `identical`"))
    }
}

/// How a mention was decided on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reviewed {
    /// What was decided.
    pub state: Verdict,
    /// Who decided.
    pub by: String,
    /// When.
    pub at: Timestamp,
    /// The decision.
    pub decision: Id,
}
