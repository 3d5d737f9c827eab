//! From numbers to what is shown.

use std::collections::{BTreeMap, BTreeSet};

use super::{Ground, kind_name, local};
use crate::{
    ask::piece::{Edge, Node, Piece},
    model::{Kind, Text},
    views::adjacency::{self, Direction},
};

impl Ground<'_> {
    /// A thing as a node.
    pub(super) fn node(&self, number: u32) -> Node {
        let (adjacency, thing) = (self.adjacency, self.adjacency.thing(number));
        let classes = adjacency.classes().map(|classes| adjacency.values(number, classes));
        let classes = classes.into_iter().flatten().map(|class| self.iri(adjacency.value(class))).collect();
        Node {
            id: self.iri(adjacency.id(number)),
            kind: kind_name(adjacency.kind(number)),
            classes,
            label: adjacency.label(number),
            degree: Some(adjacency.degree(number) as u64),
            date: thing.date.as_deref().map(str::to_owned),
            from: thing.from.map(|day| day.to_string()),
            to: thing.to.map(|day| day.to_string()),
            latitude: thing.point.map(|(_, latitude)| degrees(latitude)),
            longitude: thing.point.map(|(longitude, _)| degrees(longitude)),
            ..Node::default()
        }
    }

    /// An edge as one of its ends sees it, with what supports it.
    pub(super) fn edge(&self, this: u32, direction: Direction, edge: &adjacency::Edge) -> Edge {
        let adjacency = self.adjacency;
        let (source, target) = match direction {
            Direction::Out => (this, edge.other),
            Direction::In => (edge.other, this),
        };
        let iri = |number| self.iri(adjacency.id(number));
        let predicate = self.iri(adjacency.predicate(edge.predicate));
        let document = adjacency.document(edge.graph);
        let said = document.map(|document| adjacency.thing(document));
        Edge {
            label: self.predicate_label(adjacency.predicate(edge.predicate)),
            document: document.map(iri),
            speaker: self.speakers(source, target),
            confidence: edge.confidence(),
            review_state: edge.state.term().map(str::to_owned),
            count: (edge.count > 0).then_some(u64::from(edge.count)),
            from: said.and_then(|document| document.from).map(|day| day.to_string()),
            to: said.and_then(|document| document.to).map(|day| day.to_string()),
            ..Edge::new(iri(source), iri(target), predicate, self.iri(adjacency.graph(edge.graph)))
        }
    }

    /// Who states the claim, where one of the ends is one.
    fn speakers(&self, source: u32, target: u32) -> Vec<String> {
        let claim = [source, target].into_iter().find(|&end| self.adjacency.kind(end) == Kind::Claim);
        let by = self.adjacency.predicate_number("ontology#statedBy");
        let (Some(claim), Some(by)) = (claim, by) else { return Vec::new() };
        let edges = self.adjacency.edges_by(claim, Direction::Out, by);
        let speakers: BTreeSet<u32> = edges.iter().map(|edge| edge.other).collect();
        speakers.into_iter().map(|speaker| self.iri(self.adjacency.id(speaker))).collect()
    }

    /// What a predicate is called: as the ontology has it, or by its last part.
    pub(super) fn predicate_label(&self, predicate: &str) -> Text {
        let known = self.ontology.and_then(|ontology| ontology.label(predicate)).cloned();
        known.unwrap_or_else(|| Text::from([(crate::model::Lang::en(), spaced(local(predicate)))]))
    }

    /// A piece of these things and edges; the ends of the edges are among the nodes.
    pub(super) fn piece(&self, things: &BTreeSet<u32>, edges: Vec<Edge>) -> Piece {
        let edges: BTreeMap<String, Edge> = edges.into_iter().map(|edge| (edge.id.clone(), edge)).collect();
        Piece {
            nodes: things.iter().map(|&number| self.node(number)).collect(),
            edges: edges.into_values().collect(),
            ..Piece::default()
        }
    }
}

/// `hasMembership` in words: "has membership".
fn spaced(name: &str) -> String {
    name.chars().fold(String::new(), |mut words, c| {
        if c.is_ascii_uppercase() && !words.is_empty() {
            words.push(' ');
        }
        words.extend(c.to_lowercase());
        words
    })
}

/// Degrees as they are written: what a 32-bit float holds is good for five places.
fn degrees(value: f32) -> f64 {
    (f64::from(value) * 1e5).round() / 1e5
}
