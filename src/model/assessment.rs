//! Assessments: how reliable somebody holds something to be, when and why.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use super::Id;

/// Somebody's rating of a document, a text, a claim, a relay or a link. It never becomes a property of what it rates, and
/// it is never changed: a later one of the same assessor revises it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// Its identifier, a part of the document that it is about or in which the claim is stated.
    pub id: Id,
    /// What is rated.
    pub assesses: Id,
    /// The scale: a vocabulary of grades. Scales are never merged.
    pub scale: String,
    /// The rating: a term of the scale.
    pub rating: String,
    /// Why.
    pub rationale: String,
    /// What it rests on: identifiers of the archive's things, or addresses.
    pub evidence: Vec<String>,
    /// Who rates: the path of an agent, `agent/…`.
    pub by: String,
    /// Their name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// When.
    pub at: Timestamp,
    /// The assessment that it takes the place of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revises: Option<Id>,
}

impl Assessment {
    /// Whether this is what its assessor holds now: none of the others is a later word of theirs on the same scale.
    #[must_use]
    pub fn is_current(&self, others: &[Self]) -> bool {
        let same = |other: &&Self| {
            (&other.assesses, &other.scale, &other.by) == (&self.assesses, &self.scale, &self.by) && other.id != self.id
        };
        !others.iter().filter(same).any(|other| (other.at, &other.id) > (self.at, &self.id))
    }
}

/// The archive's own scale. "Undefined" is a rating; no assessment at all is something else.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reliability {
    /// Correct.
    Correct,
    /// Incorrect.
    Incorrect,
    /// Not yet verified.
    Unverified,
    /// Undefined.
    Undefined,
}

impl Reliability {
    /// The four values, in the order of the archive's page.
    pub const ALL: [Self; 4] = [Self::Correct, Self::Incorrect, Self::Unverified, Self::Undefined];

    /// Its term in `vocab/reliability`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Correct => "correct",
            Self::Incorrect => "incorrect",
            Self::Unverified => "unverified",
            Self::Undefined => "undefined",
        }
    }
}

impl FromStr for Reliability {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|rating| rating.term() == text).ok_or_else(|| {
            format!("`{text}` is not a degree of reliability: expected correct, incorrect, unverified or undefined")
        })
    }
}
