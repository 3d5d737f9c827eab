//! Documents that resemble each other.

use serde::Serialize;

use super::Id;

/// The identifier of the proposal that a document resembles another: a part of the document.
#[must_use]
pub fn resemblance_id(document: &Id, other: &Id) -> Id {
    document.part(&format!("resembles-{}", other.key()))
}

/// How one document resembles another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ResemblanceKind {
    /// Most of its words stand there as well, in the same order.
    NearDuplicate,
    /// It names and counts much of the same, in another language, and has the date and issuer of the other.
    Translation,
}

impl ResemblanceKind {
    /// Its term in `vocab/resemblance`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::NearDuplicate => "near-duplicate",
            Self::Translation => "translation",
        }
    }
}
