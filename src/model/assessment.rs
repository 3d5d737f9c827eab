//! Assessments: how reliable somebody holds something to be, when and why.

use std::str::FromStr;

use jiff::Timestamp;
use serde::Serialize;

use super::{Id, Text};

/// Somebody's rating of a document, a text, a claim or a link. It never becomes a property of what it rates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Assessment {
    /// What is rated.
    pub assesses: Id,
    /// The rating.
    pub rating: Reliability,
    /// Who rates.
    pub by: Id,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub rationale: Text,
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
