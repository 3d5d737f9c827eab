//! What a document or claim rests on, step by step; or who rests on it.

use std::collections::{BTreeMap, BTreeSet, btree_map::Entry};

use super::{Error, Ground};
use crate::{
    ask::piece::Piece,
    model::{Id, Kind},
    views::adjacency::Direction,
};

/// Whose citations are wanted.
#[derive(Clone, Debug)]
pub struct Citations {
    /// A document or a claim.
    pub id: Id,
    /// Out for what it rests on, in for what rests on it.
    pub direction: Direction,
    /// The most steps.
    pub depth: usize,
    /// The most things.
    pub limit: usize,
}

const CITES: &str = "http://purl.org/spar/cito/cites";
const RELAYS: &str = "ontology#relays";
const STATED_IN: &str = "ontology#statedIn";

/// How many steps a thing is away.
pub const DEPTH: &str = "depth";
/// 1 for a thing that rests on nothing further.
pub const FIRST: &str = "first";

/// Follows citations between documents and relays between claims, each claim with the document it stands in.
///
/// A document brings the claims that it states. The measure `depth` tells how many steps a thing is away, `first` which
/// documents and claims rest on nothing further: there the chain ends.
pub fn citations(ground: Ground<'_>, asked: &Citations) -> Result<Piece, Error> {
    let adjacency = ground.adjacency;
    let start = ground.numbers(std::slice::from_ref(&asked.id))?[0];
    let predicate = |name| adjacency.predicate_number(name);
    let (cites, relays, stated_in) = (predicate(CITES), predicate(RELAYS), predicate(STATED_IN));
    let mut depths = BTreeMap::from([(start, 0usize)]);
    let mut level = vec![start];
    let mut edges = Vec::new();
    if let Some(stated_in) = stated_in.filter(|_| adjacency.kind(start) == Kind::Document) {
        for claim in adjacency.edges_by(start, Direction::In, stated_in).iter() {
            edges.push(ground.edge(start, Direction::In, claim));
            depths.insert(claim.other, 0);
            level.push(claim.other);
        }
    }
    let mut is_whole = true;
    for depth in 1..=asked.depth + 1 {
        let mut next = Vec::new();
        for number in std::mem::take(&mut level) {
            let follow = if adjacency.kind(number) == Kind::Claim { relays } else { cites };
            for edge in follow.iter().flat_map(|&by| adjacency.edges_by(number, asked.direction, by).into_owned()) {
                if depth > asked.depth || depths.len() >= asked.limit && !depths.contains_key(&edge.other) {
                    is_whole = false;
                    continue;
                }
                edges.push(ground.edge(number, asked.direction, &edge));
                if let Entry::Vacant(new) = depths.entry(edge.other) {
                    new.insert(depth);
                    next.push(edge.other);
                }
            }
        }
        level = next;
    }
    // Where each claim stands, which is not followed further: its document says other things too.
    let mut shown: BTreeSet<u32> = depths.keys().copied().collect();
    let claims = depths.keys().filter(|&&number| adjacency.kind(number) == Kind::Claim);
    for (&claim, stated_in) in claims.zip(std::iter::repeat(stated_in)) {
        for edge in stated_in.iter().flat_map(|&by| adjacency.edges_by(claim, Direction::Out, by).into_owned()) {
            shown.insert(edge.other);
            edges.push(ground.edge(claim, Direction::Out, &edge));
        }
    }
    let mut piece = ground.piece(&shown, edges);
    piece.truncated = !is_whole;
    for (node, number) in piece.nodes.iter_mut().zip(shown) {
        let Some(&depth) = depths.get(&number) else { continue };
        #[expect(clippy::cast_precision_loss, reason = "a few steps")]
        node.measures.insert(DEPTH, depth as f64);
        let follow = if adjacency.kind(number) == Kind::Claim { relays } else { cites };
        let rests = follow.is_some_and(|by| !adjacency.edges_by(number, Direction::Out, by).is_empty());
        if !rests {
            node.measures.insert(FIRST, 1.0);
        }
    }
    Ok(piece)
}
