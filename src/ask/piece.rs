//! A piece of the graph, as walking finds it: nodes, edges, and what supports them.
//!
//! Every call that walks answers with one; how it is written for each program is the matter of `export`.

use std::collections::BTreeMap;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::model::Text;

/// A piece of the graph. What was left out of it is told.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Piece {
    /// The things.
    pub nodes: Vec<Node>,
    /// What joins them; both ends of each are among the nodes.
    pub edges: Vec<Edge>,
    /// Whether there is more than is given here.
    pub truncated: bool,
    /// How many nodes there are before any limit, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_nodes: Option<u64>,
    /// How many edges there are before any limit, where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total_edges: Option<u64>,
    /// The cursor of the next page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// The ways from one end to the other, where paths were asked for.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub paths: Vec<Path>,
    /// How many neighbours each asked thing has, by the IRI of the thing, before any limit.
    pub counts: BTreeMap<String, Counts>,
}

/// How many neighbours a thing has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// By the IRI of the predicate.
    pub predicates: BTreeMap<String, u64>,
    /// By what the other end is: `document`, `person`, ...
    pub types: BTreeMap<String, u64>,
}

/// A thing.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Node {
    /// Its IRI.
    pub id: String,
    /// What it is: `document`, `person`, `organization`, `place`, `event`, `claim`, `collection`.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The IRIs of its classes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub classes: Vec<String>,
    /// Its label in each language it has one in.
    pub label: Text,
    /// How many neighbours it has in the archive, not only here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degree: Option<u64>,
    /// Its date as dated (EDTF): `2013-08-21`, `2016-09`, `2012/2014`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The earliest day it may have been, `2013-08-21`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The latest day it may have been.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// Degrees north.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latitude: Option<f64>,
    /// Degrees east.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub longitude: Option<f64>,
    /// Its centralities by name, in the piece that is shown.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub measures: BTreeMap<&'static str, f64>,
    /// The number of its community in the piece that is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub community: Option<u32>,
}

/// What joins two things: a statement, or that they are named together.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Edge {
    /// Made from what it says and where; the same in every answer. See [`Edge::new`].
    pub id: String,
    /// The IRI of its subject.
    pub source: String,
    /// The IRI of its object.
    pub target: String,
    /// The IRI of its predicate.
    pub predicate: String,
    /// The label of the predicate in each language.
    pub label: Text,
    /// Whether source and target cannot be exchanged.
    pub directed: bool,
    /// The IRI of the graph that states it.
    pub graph: String,
    /// The IRI of the document that supports it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The words that it rests on.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<Evidence>,
    /// Where it is a claim's: the IRIs of those who state the claim.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub speaker: Vec<String>,
    /// What a citation is for: the IRIs of CiTO's relations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub function: Vec<String>,
    /// How probable the link is, from 0 to 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub confidence: Option<f64>,
    /// The state of its review: `proposed`, `accepted`, ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_state: Option<String>,
    /// How strong it is: the greater, the closer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<f64>,
    /// How many mentions it stands for, or in how many documents both ends are named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub count: Option<u64>,
    /// The first day of which the document that supports it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// The last day of which the document that supports it may be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
}

/// A way from one end to another.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Path {
    /// What it costs: its steps, and what a step through a thing with many edges costs more.
    pub cost: f64,
    /// The IRIs of its things, in order.
    pub nodes: Vec<String>,
    /// The ids of the edges of each step; several where two things are joined more than once.
    pub steps: Vec<Vec<String>>,
}

/// Words of a document that an edge rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Evidence {
    /// The IRI of the mention.
    pub mention: String,
    /// The IRI of the text layer.
    pub text: String,
    /// The first code point.
    pub start: u64,
    /// The code point after the last.
    pub end: u64,
    /// The words.
    pub exact: String,
}

impl Edge {
    /// A directed edge that says this and nothing else yet.
    #[must_use]
    pub fn new(source: String, target: String, predicate: String, graph: String) -> Self {
        let mut hash = Sha256::new();
        for part in [&source, &predicate, &target, &graph] {
            hash.update(part);
            hash.update([0]);
        }
        let number = hash.finalize().iter().take(8).fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        Self { id: format!("e{number:016x}"), source, target, predicate, graph, directed: true, ..Self::default() }
    }
}

impl Piece {
    /// Whether an edge of it has a direction; an empty piece counts as directed.
    #[must_use]
    pub fn is_directed(&self) -> bool {
        self.edges.is_empty() || self.edges.iter().any(|edge| edge.directed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edge_is_known_by_what_it_says_and_where() {
        let edge = |parts: [&str; 4]| {
            let [source, target, predicate, graph] = parts.map(str::to_owned);
            Edge::new(source, target, predicate, graph).id
        };
        let one = edge(["a", "b", "p", "g"]);
        assert_eq!(one, edge(["a", "b", "p", "g"]));
        for other in [["b", "a", "p", "g"], ["a", "b", "q", "g"], ["a", "b", "p", "h"], ["ab", "", "p", "g"]] {
            assert_ne!(one, edge(other), "{other:?}");
        }
    }
}
