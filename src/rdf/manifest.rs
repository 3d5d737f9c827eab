//! What a dump holds: which graphs, in which part, under which terms, from which source, with which digest.

use std::collections::BTreeMap;

use jiff::Timestamp;
use oxigraph::model::NamedNodeRef;
use serde::{Deserialize, Serialize};

use super::Iris;

/// A part of the public archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// What is said of documents, one graph each.
    Documents,
    /// What sources say of people, organizations, places and events, one graph a source.
    Authorities,
    /// What people have decided, assessed and commented.
    Reviews,
    /// The ontology and its vocabularies.
    Vocabulary,
    /// Where each graph came from.
    Provenance,
    /// The links that a machine has proposed. They stand apart: who wants them asks for them by name.
    Links,
}

impl Part {
    /// Every part.
    pub const ALL: [Self; 6] =
        [Self::Documents, Self::Authorities, Self::Reviews, Self::Vocabulary, Self::Provenance, Self::Links];

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Documents => "documents",
            Self::Authorities => "authorities",
            Self::Reviews => "reviews",
            Self::Vocabulary => "vocabulary",
            Self::Provenance => "provenance",
            Self::Links => "links",
        }
    }

    /// The part that a graph belongs to. What is not public belongs to none: comments that wait, the log, the shapes,
    /// what people keep in graphs of their own.
    #[must_use]
    pub fn of(iris: &Iris, graph: NamedNodeRef<'_>) -> Option<Self> {
        let (folder, rest) = iris.relative(graph.as_str())?.strip_prefix("graph/").map(split)?;
        match (folder, rest) {
            ("doc", Some(_)) => Some(Self::Documents),
            ("authority", Some(_)) => Some(Self::Authorities),
            ("review" | "comment", Some(_)) => Some(Self::Reviews),
            ("mention", Some(_)) => Some(Self::Links),
            ("ontology" | "vocab", None) => Some(Self::Vocabulary),
            ("prov", None) => Some(Self::Provenance),
            _ => None,
        }
    }
}

fn split(path: &str) -> (&str, Option<&str>) {
    path.split_once('/').map_or((path, None), |(folder, rest)| (folder, Some(rest)))
}

/// What a dump holds, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Its name: the day, and the number of the change.
    pub name: String,
    /// The base of its IRIs.
    pub base: String,
    /// When it was begun.
    pub made: Timestamp,
    /// The last change that every graph reflects. Whoever goes on from here with a feed misses nothing.
    pub sequence: u64,
    /// The last change that any graph may reflect: what was written meanwhile is in it or not.
    pub until: u64,
    /// How many graphs there are, by part.
    pub graphs: BTreeMap<Part, u64>,
    /// How many triples, by part.
    pub triples: BTreeMap<Part, u64>,
    /// How many things of each class of the ontology, by the class's local name; links left out.
    pub classes: BTreeMap<String, u64>,
}

/// What is known of one graph of a dump.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GraphRecord {
    /// Its name.
    pub graph: String,
    /// The part in which it stands.
    pub part: Part,
    /// The terms it may be used under, where they are stated: an IRI.
    pub licence: Option<String>,
    /// The file it came from: an IRI.
    pub source: Option<String>,
    /// How many triples it has.
    pub triples: u64,
    /// The digest of its canonical form (RDFC-1.0, SHA-256), as it stands in the dump.
    pub sha256: String,
}

/// What a dump holds, graph by graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// In short.
    pub dump: Summary,
    /// Each graph.
    pub graphs: Vec<GraphRecord>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_public_belongs_to_a_part() {
        let iris = Iris::new("http://a.example/").unwrap_or_else(|e| panic!("{e}"));
        let part = |path: &str| Part::of(&iris, iris.path(path).as_ref());
        assert_eq!(part("graph/doc/jim-4"), Some(Part::Documents));
        assert_eq!(part("graph/mention/jim-4/dictionary"), Some(Part::Links));
        assert_eq!(part("graph/prov"), Some(Part::Provenance));
        for none in ["graph/inbox/1", "graph/changes", "graph/shapes", "graph/default", "doc/jim-4", "graph/doc"] {
            assert_eq!(part(none), None, "{none}");
        }
        assert_eq!(Part::of(&iris, NamedNodeRef::new_unchecked("http://b.example/graph/doc/x")), None);
    }
}
