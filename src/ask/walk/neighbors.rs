//! The things that stand one edge away.

use std::collections::BTreeSet;

use super::{BOTH, Error, Filter, Ground, filter::Sieve, kind_name};
use crate::{
    ask::piece::{Counts, Piece},
    model::Id,
    views::adjacency::{self, Direction, Set},
};

/// Whose neighbours are wanted, and which.
#[derive(Clone, Debug, Default)]
pub struct Neighbors {
    /// The things.
    pub ids: Vec<Id>,
    /// What the edges must be like.
    pub filter: Filter,
    /// The most edges for each thing.
    pub limit: usize,
    /// Where to go on, as the last answer gave it.
    pub cursor: Option<String>,
}

/// What stands between the parts of a place in a cursor, and twice between places; no IRI has it.
const BETWEEN: char = '|';

/// Where a page of one thing ended: the thing's place in the question, and the last edge shown.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Place {
    thing: usize,
    direction: Direction,
    edge: (u32, u32, u32),
}

/// Finds the edges of some things, those of each thing by direction, relation, other end and graph, a page at a time.
///
/// The counts are those of all edges that the filter admits, whatever the page: distinct neighbours by relation and by
/// what they are.
pub fn neighbors(ground: Ground<'_>, asked: &Neighbors) -> Result<Piece, Error> {
    let numbers = ground.numbers(&asked.ids)?;
    let sieve = Sieve::new(ground, &asked.filter)?;
    let places = asked.cursor.as_deref().map(|cursor| read(ground, cursor, numbers.len())).transpose()?;
    let mut shown: BTreeSet<u32> = numbers.iter().copied().collect();
    let (mut edges, mut next, mut total) = (Vec::new(), Vec::new(), 0);
    let mut piece = Piece::default();
    for (thing, &number) in numbers.iter().enumerate() {
        let (counts, all) = count(ground, &sieve, number);
        total += all;
        piece.counts.insert(ground.iri(ground.adjacency.id(number)), counts);
        let from = match &places {
            None => None,
            Some(places) => match places.iter().find(|place| place.thing == thing) {
                Some(place) => Some(place),
                None => continue,
            },
        };
        let more = page(ground, &sieve, number, from, asked.limit, |direction, edge| {
            shown.insert(edge.other);
            edges.push(ground.edge(number, direction, edge));
        });
        next.extend(more.map(|(direction, edge)| Place { thing, direction, edge }));
    }
    let Piece { nodes, edges, .. } = ground.piece(&shown, edges);
    let next = (!next.is_empty()).then(|| next.iter().map(|place| write(ground, place)).collect::<Vec<_>>().join("||"));
    Ok(Piece { nodes, edges, truncated: next.is_some(), total_edges: Some(total), next, ..piece })
}

/// Distinct neighbours by relation and by kind, and the number of edges.
fn count(ground: Ground<'_>, sieve: &Sieve<'_>, number: u32) -> (Counts, u64) {
    let adjacency = ground.adjacency;
    let (mut counts, mut total) = (Counts::default(), 0);
    let mut seen = Set::none(adjacency.len());
    let mut by_kind = [0u64; crate::model::Kind::ALL.len()];
    for direction in BOTH.into_iter().filter(|direction| sieve.admits_direction(*direction)) {
        // They are in order of their predicates, and of a hub there are many: what holds for all of one is asked once.
        let edges = adjacency.edges(number, direction);
        for run in edges.chunk_by(|one, next| one.predicate == next.predicate) {
            if !sieve.admits_relation(run[0].predicate) {
                continue;
            }
            let (mut last, mut others) = (None, 0);
            for edge in run.iter().filter(|edge| sieve.admits_otherwise(number, edge)) {
                total += 1;
                if last.replace(edge.other) == Some(edge.other) {
                    continue;
                }
                others += 1;
                if seen.insert(edge.other) {
                    by_kind[adjacency.kind(edge.other) as usize] += 1;
                }
            }
            if others > 0 {
                *counts.predicates.entry(ground.iri(adjacency.predicate(run[0].predicate))).or_default() += others;
            }
        }
    }
    let kinds = crate::model::Kind::ALL.into_iter().filter(|kind| by_kind[*kind as usize] > 0);
    counts.types = kinds.map(|kind| (kind_name(kind).to_owned(), by_kind[kind as usize])).collect();
    (counts, total)
}

/// Hands over the edges of one thing after a place, and tells the last one where there are more.
fn page(
    ground: Ground<'_>,
    sieve: &Sieve<'_>,
    number: u32,
    from: Option<&Place>,
    limit: usize,
    mut take: impl FnMut(Direction, &adjacency::Edge),
) -> Option<(Direction, (u32, u32, u32))> {
    let (mut left, mut last) = (limit, None);
    for direction in BOTH.into_iter().filter(|direction| sieve.admits_direction(*direction)) {
        if direction == Direction::Out && from.is_some_and(|place| place.direction == Direction::In) {
            continue;
        }
        let edges = ground.adjacency.edges(number, direction);
        let after = from.filter(|place| place.direction == direction).map(|place| place.edge);
        let start = after.map_or(0, |after| edges.partition_point(|edge| order(edge) <= after));
        for edge in edges[start..].iter().filter(|edge| sieve.admits(number, edge)) {
            if left == 0 {
                return last;
            }
            left -= 1;
            last = Some((direction, order(edge)));
            take(direction, edge);
        }
    }
    None
}

const fn order(edge: &adjacency::Edge) -> (u32, u32, u32) {
    (edge.predicate, edge.other, edge.graph)
}

/// A place by names, because numbers change.
fn write(ground: Ground<'_>, place: &Place) -> String {
    let (predicate, other, graph) = place.edge;
    let adjacency = ground.adjacency;
    let side = if place.direction == Direction::Out { "out" } else { "in" };
    let names = [adjacency.predicate(predicate), adjacency.id(other), adjacency.graph(graph)];
    format!("{}{BETWEEN}{side}{BETWEEN}{}", place.thing, names.join("|"))
}

fn read(ground: Ground<'_>, cursor: &str, things: usize) -> Result<Vec<Place>, Error> {
    let place = |text: &str| {
        let parts: Vec<&str> = text.split(BETWEEN).collect();
        let [thing, side, predicate, other, graph] = parts.as_slice() else { return None };
        let direction = match *side {
            "out" => Direction::Out,
            "in" => Direction::In,
            _ => return None,
        };
        let thing = thing.parse().ok().filter(|thing| *thing < things)?;
        let adjacency = ground.adjacency;
        let other = adjacency.number(&other.parse().ok()?)?;
        let edge = (adjacency.predicate_number(predicate)?, other, adjacency.graph_number(graph)?);
        Some(Place { thing, direction, edge })
    };
    cursor.split("||").map(|text| place(text).ok_or(Error::Cursor)).collect()
}

impl Neighbors {
    /// The neighbours of some things, of every sort, a first page of each.
    #[must_use]
    pub fn of(ids: Vec<Id>, limit: usize) -> Self {
        Self { ids, limit, ..Self::default() }
    }
}
