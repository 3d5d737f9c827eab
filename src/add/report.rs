//! What became of a batch, or what would become of it, and how far it is.

use std::{collections::BTreeMap, fmt};

use serde::Serialize;

use super::resemblance::Resemblance;
use crate::model::{Mention, Target};

/// What became of a batch.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// Whether nothing was stored: then the outcomes are those that there would be.
    pub dry_run: bool,
    /// Whether an earlier addition had broken off. What is missing was added; what that one left is linked again.
    pub resumed: bool,
    /// The graphs that were offered to the store.
    pub added: Vec<Added>,
    /// What could not be added.
    pub failures: Vec<Failure>,
    /// What is worth saying.
    pub notices: Vec<String>,
    /// The texts that were added and seem to be others once more, or their translations. Nothing is concluded from it.
    pub resemblances: Vec<Resemblance>,
}

impl Report {
    /// How many graphs had this outcome: `created`, `updated` or `unchanged`.
    #[must_use]
    pub fn count(&self, outcome: &str) -> usize {
        self.added.iter().filter(|added| added.outcome == outcome).count()
    }

    /// Whether anything was written.
    #[must_use]
    pub fn has_written(&self) -> bool {
        !self.dry_run && self.added.iter().any(|added| added.outcome != UNCHANGED)
    }
}

/// The outcome of what is there already as it came.
pub(super) const UNCHANGED: &str = "unchanged";

/// One graph of a batch.
#[derive(Clone, Debug, Serialize)]
pub struct Added {
    /// The file it came from.
    pub file: String,
    /// The graph.
    pub graph: String,
    /// `created`, `updated` or `unchanged`.
    pub outcome: &'static str,
    /// How many mentions were found, for a document that is new or another than before.
    pub mentions: usize,
    /// Which words would be linked to what, where nothing is stored.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<Link>,
}

/// Some words of a document, and what they would be linked to.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Link {
    /// The words.
    pub words: String,
    /// The thing, or the date.
    pub to: String,
    /// How often.
    pub times: usize,
    /// How sure the surest of these links is, 0 to 1.
    pub confidence: f64,
}

/// The links of a document in the order of their words, each once.
pub(super) fn links(mentions: &[(usize, Vec<Mention>)]) -> Vec<Link> {
    let mut found: BTreeMap<(String, String), (usize, f64)> = BTreeMap::new();
    for mention in mentions.iter().flat_map(|(_, mentions)| mentions) {
        let to = match &mention.target {
            Target::Entity(id) => id.to_string(),
            Target::Date(date) => date.to_string(),
            Target::Nil => continue,
        };
        let words = mention.exact.split_whitespace().collect::<Vec<_>>().join(" ");
        let (times, confidence) = found.entry((words, to)).or_default();
        *times += 1;
        *confidence = confidence.max(mention.confidence);
    }
    let link = |((words, to), (times, confidence))| Link { words, to, times, confidence };
    found.into_iter().map(link).collect()
}

/// Something that could not be added, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The file.
    pub file: String,
    /// Where in it, and what is wrong.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.reason)
    }
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// With how many files it is done.
    pub done: usize,
}

/// What is done with each file, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is read for the names in it.
    Reading,
    /// It is linked and stored.
    Adding,
}
