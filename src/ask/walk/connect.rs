//! How several things are connected: a small piece of the graph that joins them all.
//!
//! The cheapest such piece is hard to find; this is at most twice as dear (the heuristic of Mehlhorn 1988, "A faster
//! approximation algorithm for the Steiner problem in graphs"): ground is gained from all things at once, nearest
//! first; where the grounds of two things touch, a way joins them; of those ways the cheapest that connect all are kept.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap},
};

use super::{
    Error, Filter, Ground,
    paths::{Walker, Way},
};
use crate::{ask::piece::Piece, model::Id};

/// A thing that was reached: whose ground it is, at what cost, and from where.
#[derive(Clone, Copy, Debug)]
struct Gained {
    owner: usize,
    cost: u32,
    from: u32,
}

/// Connects some things; those that nothing connects stay alone, and the piece says that it is not whole.
pub fn connect(ground: Ground<'_>, ids: &[Id], filter: &Filter, penalty: f64) -> Result<Piece, Error> {
    let ends: Vec<u32> = ground.numbers(ids)?.into_iter().collect::<BTreeSet<_>>().into_iter().collect();
    if ends.len() < 2 {
        return Err(Error::OneEnd);
    }
    let walker = Walker::new(ground, filter, penalty, ends.iter().copied().collect())?;
    let ways = ways(&walker, &ends)?;
    let mut piece = walker.shown(&ways);
    piece.truncated = ways.len() + 1 < ends.len();
    let joined: BTreeSet<u32> = ways.iter().flat_map(|(_, way)| way.iter().copied()).collect();
    piece.nodes.extend(ends.iter().filter(|end| !joined.contains(end)).map(|&end| ground.node(end)));
    Ok(piece)
}

/// The ways that connect the ends, one less than there are ends where all can be connected.
fn ways(walker: &Walker<'_>, ends: &[u32]) -> Result<Vec<Way>, Error> {
    let mut gained: HashMap<u32, Gained> = HashMap::new();
    let mut open: BinaryHeap<Reverse<(u32, u32, usize, u32)>> =
        ends.iter().enumerate().map(|(owner, &end)| Reverse((0, end, owner, end))).collect();
    // By the two owners: the cheapest way between their grounds, and where it crosses.
    let mut bridges: BTreeMap<(usize, usize), (u32, u32, u32)> = BTreeMap::new();
    while let Some(Reverse((cost, at, owner, from))) = open.pop() {
        if gained.contains_key(&at) {
            continue;
        }
        if let Some(most) = dearest(&bridges, ends.len())
            && cost.saturating_mul(2) >= most
        {
            // What is still to be found costs no less than what there is.
            break;
        }
        gained.insert(at, Gained { owner, cost, from });
        walker.around(at, |other| match gained.get(&other) {
            None => open.push(Reverse((cost + walker.cost(other), other, owner, at))),
            Some(there) if there.owner != owner => {
                let pair = (owner.min(there.owner), owner.max(there.owner));
                let bridge = (cost + there.cost + super::paths::STEP, at.min(other), at.max(other));
                let known = bridges.entry(pair).or_insert(bridge);
                *known = (*known).min(bridge);
            }
            Some(_) => {}
        })?;
    }
    let back = |mut at: u32| {
        let mut way = vec![at];
        while let Some(step) = gained.get(&at).filter(|step| step.from != at) {
            at = step.from;
            way.push(at);
        }
        way
    };
    let chosen = chosen(&bridges, ends.len());
    Ok(chosen
        .into_iter()
        .map(|(cost, one, other)| (cost, back(one).into_iter().rev().chain(back(other)).collect()))
        .collect())
}

/// The cheapest bridges that connect as much as can be connected (Kruskal).
fn chosen(bridges: &BTreeMap<(usize, usize), (u32, u32, u32)>, ends: usize) -> Vec<(u32, u32, u32)> {
    let mut sorted: Vec<_> = bridges.iter().map(|(pair, bridge)| (*bridge, *pair)).collect();
    sorted.sort_unstable();
    let mut group: Vec<usize> = (0..ends).collect();
    let mut chosen = Vec::new();
    for (bridge, (one, other)) in sorted {
        let (one, other) = (group[one], group[other]);
        if one != other {
            group.iter_mut().filter(|of| **of == other).for_each(|of| *of = one);
            chosen.push(bridge);
        }
    }
    chosen
}

/// The dearest of the bridges that would be chosen now, if they connect everything.
fn dearest(bridges: &BTreeMap<(usize, usize), (u32, u32, u32)>, ends: usize) -> Option<u32> {
    if bridges.len() + 1 < ends {
        return None;
    }
    let chosen = chosen(bridges, ends);
    (chosen.len() + 1 == ends).then(|| chosen.iter().map(|(cost, ..)| *cost).max().unwrap_or_default())
}
