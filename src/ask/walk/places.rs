//! What lies within a place, and which documents are about it.

use std::collections::HashSet;

use super::Ground;
use crate::views::adjacency::Direction;

/// A place and everything that lies within it, at whatever depth; a circle is walked once.
pub(super) fn within(ground: Ground<'_>, place: u32) -> HashSet<u32> {
    let (mut found, mut open) = (HashSet::from([place]), vec![place]);
    let Some(within) = ground.adjacency.predicate_number("ontology#within") else { return found };
    while let Some(whole) = open.pop() {
        let parts = ground.adjacency.edges_by(whole, Direction::In, within);
        open.extend(parts.iter().map(|edge| edge.other).filter(|part| found.insert(*part)));
    }
    found
}

/// Whether a document is about one of some places, or mentions one.
pub(super) fn is_about(ground: Ground<'_>, document: u32, places: &HashSet<u32>) -> bool {
    ["ontology#area", "ontology#mentions"].into_iter().any(|relation| {
        let Some(relation) = ground.adjacency.predicate_number(relation) else { return false };
        let edges = ground.adjacency.edges_by(document, Direction::Out, relation);
        edges.iter().any(|edge| places.contains(&edge.other))
    })
}
