//! Which things of a piece belong together: Blondel and others 2008, "Fast unfolding of communities in large networks".
//!
//! Each thing moves to the community of neighbours that raises the modularity most, in order, until none moves; then
//! communities become things, and it begins again. The same piece always has the same communities.

use std::collections::BTreeMap;

/// For each thing, its neighbours and how strongly it is joined to them; to itself too, once communities are things.
pub(super) type Lists = Vec<BTreeMap<usize, f64>>;

/// The community of each thing, numbered in the order of the things.
pub(super) fn communities(lists: &Lists) -> Vec<u32> {
    let mut of: Vec<usize> = (0..lists.len()).collect();
    let mut level = lists.clone();
    loop {
        let moved = moved(&level);
        let (numbers, count) = numbered(&moved);
        if count == level.len() {
            break;
        }
        for at in &mut of {
            *at = numbers[*at];
        }
        level = joined(&level, &numbers, count);
    }
    numbered(&of).0.into_iter().map(|number| u32::try_from(number).unwrap_or(u32::MAX)).collect()
}

/// Moves each thing until none gains by it; the community of each is named by one of its things.
fn moved(lists: &Lists) -> Vec<usize> {
    let degree: Vec<f64> = lists.iter().map(|list| list.values().sum()).collect();
    let all: f64 = degree.iter().sum();
    let mut of: Vec<usize> = (0..lists.len()).collect();
    let mut total = degree.clone();
    let mut is_still = all <= 0.0;
    while !is_still {
        is_still = true;
        for (at, list) in lists.iter().enumerate() {
            let own = of[at];
            total[own] -= degree[at];
            let mut joins: BTreeMap<usize, f64> = BTreeMap::from([(own, 0.0)]);
            for (&other, weight) in list.iter().filter(|(other, _)| **other != at) {
                *joins.entry(of[other]).or_default() += weight;
            }
            let gain = |community: usize, weight: f64| weight - total[community] * degree[at] / all;
            let stay = gain(own, joins[&own]);
            let best = joins.iter().fold((own, stay), |best, (&community, &weight)| {
                // A gain that is only an error of rounding would move things for ever.
                let gained = gain(community, weight);
                if gained > best.1 + 1e-9 { (community, gained) } else { best }
            });
            is_still &= best.0 == own;
            of[at] = best.0;
            total[best.0] += degree[at];
        }
    }
    of
}

/// The same communities, numbered from 0 in the order in which they first come, and how many there are.
fn numbered(of: &[usize]) -> (Vec<usize>, usize) {
    let mut numbers = BTreeMap::new();
    let list = of
        .iter()
        .map(|community| {
            let next = numbers.len();
            *numbers.entry(*community).or_insert(next)
        })
        .collect();
    (list, numbers.len())
}

/// Communities as things: what joins their members joins them.
fn joined(lists: &Lists, numbers: &[usize], count: usize) -> Lists {
    let mut joined = vec![BTreeMap::new(); count];
    for (at, list) in lists.iter().enumerate() {
        for (&other, weight) in list {
            *joined[numbers[at]].entry(numbers[other]).or_insert(0.0) += weight;
        }
    }
    joined
}
