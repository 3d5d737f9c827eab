//! How two things hang together: the shortest paths, and the best ones where some ways are worse than others.
//!
//! The shortest are searched from both ends at once, always on from the side with fewer edges, until the two meet. The
//! best are searched in two turns: the distance of every thing to the goal (Dijkstra), then the paths themselves in the
//! order of their cost, led by those distances (A*, whose estimate is exact here, so that no path is looked at that is
//! worse than the worst given one). A thing with very many edges connects nearly everything and tells little: with a
//! penalty each step through a thing costs the more the more edges it has.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap},
};

use super::{BOTH, Error, Filter, Ground, filter::Sieve};
use crate::{
    ask::piece::{Edge, Path, Piece},
    model::Id,
    views::adjacency,
};

/// What paths are wanted.
#[derive(Clone, Debug)]
pub struct Paths {
    /// One end.
    pub from: Id,
    /// The other.
    pub to: Id,
    /// What the edges must be like; kinds hold for the things between the ends.
    pub filter: Filter,
    /// The most steps.
    pub max_steps: usize,
    /// How many paths at most.
    pub limit: usize,
    /// Whether longer paths are wanted too, the best first, and not only the shortest.
    pub best: bool,
    /// What a step through a thing costs more, for each tenfold of its edges: 0 for nothing, 1 for a whole step.
    pub penalty: f64,
}

/// So many edges are looked at, at most.
pub(super) const MOST_EDGES: usize = 20_000_000;

/// What a step costs, in thousandths.
pub(super) const STEP: u32 = 1000;

/// So many edges between the same two things are shown, at most.
const PARALLEL: usize = 20;

/// Finds paths between two things.
pub fn paths(ground: Ground<'_>, asked: &Paths) -> Result<Piece, Error> {
    let ends = ground.numbers(&[asked.from.clone(), asked.to.clone()])?;
    let (from, to) = (ends[0], ends[1]);
    if from == to {
        return Err(Error::OneEnd);
    }
    let walker = Walker::new(ground, &asked.filter, asked.penalty, [from, to].into())?;
    let (ways, more) = if asked.best || asked.penalty > 0.0 {
        walker.best(from, to, asked.max_steps, asked.limit)?
    } else {
        walker.shortest(from, to, asked.max_steps, asked.limit)?
    };
    let mut piece = walker.shown(&ways);
    piece.truncated = more;
    Ok(piece)
}

/// A way, by the numbers of its things, and its cost.
pub(super) type Way = (u32, Vec<u32>);

/// Goes from thing to thing, and counts the edges it looks at.
pub(super) struct Walker<'a> {
    ground: Ground<'a>,
    sieve: Sieve<'a>,
    /// The kinds of the things between the ends are asked, not those of the ends.
    ends: BTreeSet<u32>,
    penalty: f64,
    seen: std::cell::Cell<usize>,
}

impl<'a> Walker<'a> {
    pub(super) fn new(
        ground: Ground<'a>,
        filter: &'a Filter,
        penalty: f64,
        ends: BTreeSet<u32>,
    ) -> Result<Self, Error> {
        Ok(Self { ground, sieve: Sieve::new(ground, filter)?, ends, penalty, seen: std::cell::Cell::new(0) })
    }

    fn admits(&self, this: u32, edge: &adjacency::Edge) -> bool {
        self.sieve.admits_walking(this, edge) && (self.ends.contains(&edge.other) || self.sieve.admits_kind(edge.other))
    }

    /// Calls for every thing that stands one step away, perhaps more than once.
    pub(super) fn around(&self, thing: u32, mut call: impl FnMut(u32)) -> Result<(), Error> {
        for direction in BOTH {
            let edges = self.ground.adjacency.edges(thing, direction);
            self.seen.set(self.seen.get() + edges.len());
            if self.seen.get() > MOST_EDGES {
                return Err(Error::TooMuch(MOST_EDGES));
            }
            let mut last = None;
            for edge in edges.iter().filter(|edge| self.admits(thing, edge)) {
                if last != Some(edge.other) {
                    call(edge.other);
                }
                last = Some(edge.other);
            }
        }
        Ok(())
    }

    /// What a step to a thing costs, in thousandths; the ends cost nothing more than the step.
    pub(super) fn cost(&self, thing: u32) -> u32 {
        if self.penalty <= 0.0 || self.ends.contains(&thing) {
            return STEP;
        }
        #[expect(clippy::cast_precision_loss, reason = "no thing has so many edges")]
        let edges = self.ground.adjacency.degree(thing).max(1) as f64;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a few thousand at most")]
        let more = (self.penalty * edges.log10() * f64::from(STEP)).round() as u32;
        STEP + more
    }

    /// The shortest paths: all of the same length.
    fn shortest(&self, from: u32, to: u32, max_steps: usize, limit: usize) -> Result<(Vec<Way>, bool), Error> {
        let mut sides = [Side::new(self, from), Side::new(self, to)];
        let mut meeting = Vec::new();
        while sides[0].level + sides[1].level < max_steps && meeting.is_empty() {
            let smaller = usize::from(self.weight(&sides[1]) < self.weight(&sides[0]));
            if sides[smaller].frontier.is_empty() {
                return Ok((Vec::new(), false));
            }
            sides[smaller].go_on(self)?;
            let other = &sides[1 - smaller];
            meeting = sides[smaller].frontier.iter().copied().filter(|&at| other.reached[at as usize] != FAR).collect();
        }
        meeting.sort_unstable();
        let mut ways = Vec::new();
        for middle in meeting {
            let before = sides[0].ways(self, middle, limit + 1 - ways.len())?;
            let after = sides[1].ways(self, middle, limit + 1 - ways.len())?;
            for before in &before {
                for after in &after {
                    let way: Vec<u32> = before.iter().rev().chain(&after[1..]).copied().collect();
                    ways.push((STEP * u32::try_from(way.len() - 1).unwrap_or(u32::MAX), way));
                    if ways.len() > limit {
                        ways.truncate(limit);
                        return Ok((ways, true));
                    }
                }
            }
        }
        Ok((ways, false))
    }

    /// How many edges would be looked at in going on from a side.
    fn weight(&self, side: &Side) -> usize {
        side.frontier.iter().map(|&thing| self.ground.adjacency.degree(thing)).sum()
    }

    /// The best paths, in the order of their cost; of equal ones, in the order of their things.
    fn best(&self, from: u32, to: u32, max_steps: usize, limit: usize) -> Result<(Vec<Way>, bool), Error> {
        // What lies far beyond the start is on no good way: it is looked at only where too few were found.
        let mut beyond = if limit == 1 { 0 } else { 2 * STEP };
        loop {
            let (left, is_all) = self.distances(to, from, beyond)?;
            let (ways, more) = self.led(from, to, &left, max_steps, limit)?;
            if is_all || more || (ways.len() == limit && limit == 1) {
                return Ok((ways, more));
            }
            beyond = beyond.saturating_mul(2).max(STEP);
        }
    }

    /// The paths through things of which the cost to the goal is known, the best first, and whether there are more.
    fn led(
        &self,
        from: u32,
        to: u32,
        left: &HashMap<u32, u32>,
        max_steps: usize,
        limit: usize,
    ) -> Result<(Vec<Way>, bool), Error> {
        let mut open = BinaryHeap::new();
        if let Some(&least) = left.get(&from) {
            open.push(Reverse((least, 0u32, vec![from])));
        }
        let mut ways = Vec::new();
        while let Some(Reverse((_, cost, way))) = open.pop() {
            let at = way[way.len() - 1];
            if at == to {
                if ways.len() == limit {
                    return Ok((ways, true));
                }
                ways.push((cost, way));
                continue;
            }
            if way.len() > max_steps {
                continue;
            }
            let mut next = BTreeSet::new();
            self.around(at, |other| {
                if left.contains_key(&other) && !way.contains(&other) {
                    next.insert(other);
                }
            })?;
            for other in next {
                let cost = cost + self.cost(other);
                let mut longer = way.clone();
                longer.push(other);
                open.push(Reverse((cost + left[&other], cost, longer)));
            }
        }
        Ok((ways, false))
    }

    /// The cost from things to the goal, nearest first, until the start is reached and `beyond` it; and whether these
    /// are all things that lead there.
    fn distances(&self, goal: u32, start: u32, beyond: u32) -> Result<(HashMap<u32, u32>, bool), Error> {
        let mut left = HashMap::new();
        let mut open = BinaryHeap::from([Reverse((0u32, goal))]);
        let mut most = u32::MAX;
        while let Some(Reverse((cost, at))) = open.pop() {
            if cost > most {
                return Ok((left, false));
            }
            if left.contains_key(&at) {
                continue;
            }
            left.insert(at, cost);
            if at == start {
                most = cost.saturating_add(beyond);
                // No way leads through its own start.
                continue;
            }
            // A way to the goal pays for the thing it comes through, which is this one.
            let cost = cost + self.cost(at);
            self.around(at, |other| {
                if !left.contains_key(&other) {
                    open.push(Reverse((cost, other)));
                }
            })?;
        }
        Ok((left, true))
    }

    /// Ways as a piece of the graph, each step with every edge between its ends.
    pub(super) fn shown(&self, ways: &[Way]) -> Piece {
        let mut edges: BTreeMap<(u32, u32), Vec<Edge>> = BTreeMap::new();
        for (_, way) in ways {
            for step in way.windows(2) {
                let pair = (step[0].min(step[1]), step[0].max(step[1]));
                edges.entry(pair).or_insert_with(|| self.between(pair.0, pair.1));
            }
        }
        let path = |(cost, way): &Way| Path {
            cost: f64::from(*cost) / f64::from(STEP),
            nodes: way.iter().map(|&number| self.ground.iri(self.ground.adjacency.id(number))).collect(),
            steps: way
                .windows(2)
                .map(|step| {
                    let pair = (step[0].min(step[1]), step[0].max(step[1]));
                    edges.get(&pair).into_iter().flatten().map(|edge| edge.id.clone()).collect()
                })
                .collect(),
        };
        let paths = ways.iter().map(path).collect();
        let shown = ways.iter().flat_map(|(_, way)| way.iter().copied()).collect();
        let piece = self.ground.piece(&shown, edges.into_values().flatten().collect());
        Piece { paths, ..piece }
    }

    /// The edges between two things, in both directions.
    pub(super) fn between(&self, one: u32, other: u32) -> Vec<Edge> {
        let adjacency = self.ground.adjacency;
        let fewer = if adjacency.degree(one) <= adjacency.degree(other) { (one, other) } else { (other, one) };
        let found = BOTH.into_iter().flat_map(|direction| {
            let edges = adjacency.edges(fewer.0, direction).into_owned();
            edges.into_iter().filter(|edge| edge.other == fewer.1).map(move |edge| (direction, edge))
        });
        let wanted = found.filter(|(_, edge)| self.admits(fewer.0, edge));
        wanted.take(PARALLEL).map(|(direction, edge)| self.ground.edge(fewer.0, direction, &edge)).collect()
    }
}

/// A thing that was not reached.
const FAR: u8 = u8::MAX;

/// What is known from one end.
struct Side {
    end: u32,
    level: usize,
    /// In how many steps each thing was reached.
    reached: Vec<u8>,
    /// The things reached last.
    frontier: Vec<u32>,
}

impl Side {
    fn new(walker: &Walker<'_>, end: u32) -> Self {
        let mut reached = vec![FAR; walker.ground.adjacency.len()];
        reached[end as usize] = 0;
        Self { end, level: 0, reached, frontier: vec![end] }
    }

    /// Goes one step on from everything that was reached last.
    fn go_on(&mut self, walker: &Walker<'_>) -> Result<(), Error> {
        self.level += 1;
        // Nobody walks two hundred steps.
        let level = u8::try_from(self.level).unwrap_or(FAR - 1);
        for thing in std::mem::take(&mut self.frontier) {
            walker.around(thing, |other| {
                if self.reached[other as usize] == FAR {
                    self.reached[other as usize] = level;
                    self.frontier.push(other);
                }
            })?;
        }
        Ok(())
    }

    /// The ways from a thing back to the end, so many at most.
    fn ways(&self, walker: &Walker<'_>, thing: u32, most: usize) -> Result<Vec<Vec<u32>>, Error> {
        let mut open = vec![vec![thing]];
        let mut ways = Vec::new();
        while let Some(way) = open.pop() {
            let at = way[way.len() - 1];
            if at == self.end {
                ways.push(way);
                if ways.len() == most {
                    break;
                }
                continue;
            }
            let nearer = self.reached[at as usize] - 1;
            let mut next = BTreeSet::new();
            walker.around(at, |other| {
                if self.reached[other as usize] == nearer {
                    next.insert(other);
                }
            })?;
            // The last is looked at first: the smallest number.
            open.extend(next.into_iter().rev().map(|other| {
                let mut longer = way.clone();
                longer.push(other);
                longer
            }));
        }
        Ok(ways)
    }
}
