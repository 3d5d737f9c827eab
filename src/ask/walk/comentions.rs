//! Who is named together, in how many documents, and how much more often than by chance.
//!
//! The chance is that of two things named independently of each other: the pointwise mutual information of Church and
//! Hanks 1990 ("Word association norms, mutual information, and lexicography"), in bits: log2 of how many documents
//! name both, times how many there are, over how many name the one times how many name the other.

use std::{
    borrow::Cow,
    cmp::Ordering,
    collections::{BTreeSet, HashMap},
};

use super::{Error, Filter, Ground, filter::Sieve, places};
use crate::{
    ask::piece::{Edge, Piece},
    model::Id,
    views::adjacency::{Direction, Mentions, Set},
};

/// Which network is wanted.
#[derive(Clone, Debug, Default)]
pub struct CoMentions {
    /// With whom others are named; nobody means those that are named most.
    pub ids: Vec<Id>,
    /// What documents and things must be like: kinds hold for the things, the rest for the documents.
    pub filter: Filter,
    /// Only documents of this place, or of one within it, or that mention one.
    pub place: Option<Id>,
    /// How the things are ranked.
    pub ranking: Ranking,
    /// The most things besides those asked for.
    pub limit: usize,
    /// Only pairs that so many documents name.
    pub least: u32,
    /// Only edges from those asked for, none among the others.
    pub star: bool,
}

/// What makes a thing come first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ranking {
    /// How many documents name both.
    #[default]
    Count,
    /// How much more often than by chance they are named together.
    Pmi,
}

/// The relation of two things that are named together, as a path under the base.
const TOGETHER: &str = "ontology#mentionedWith";

/// The documents that count, and who is named in each.
struct Documents<'a> {
    ground: Ground<'a>,
    mentions: u32,
    named: &'a Mentions,
    wanted: Cow<'a, Set>,
    total: u64,
}

/// The things that come first, with their counts, and how many there are in all.
struct Ranked {
    first: Vec<(u32, u32)>,
    total: usize,
}

/// The first so many in an order, in that order.
fn first_of<T>(mut all: Vec<T>, limit: usize, order: impl Fn(&T, &T) -> Ordering + Copy) -> Vec<T> {
    if all.len() > limit {
        if limit > 0 {
            all.select_nth_unstable_by(limit - 1, order);
        }
        all.truncate(limit);
    }
    all.sort_unstable_by(order);
    all
}

/// Finds who is named together with some things, or who is named together most.
pub fn comentions(ground: Ground<'_>, asked: &CoMentions) -> Result<Piece, Error> {
    let seeds: BTreeSet<u32> = ground.numbers(&asked.ids)?.into_iter().collect();
    let sieve = Sieve::new(ground, &asked.filter)?;
    let Some(documents) = Documents::new(ground, asked, &sieve)? else { return Ok(Piece::default()) };
    let ranked = documents.ranked(asked, &sieve, &seeds);
    let others = || ranked.first.iter().map(|&(thing, _)| thing);
    let mut shown: Vec<u32> = seeds.iter().copied().chain(others()).collect();
    shown.sort_unstable();
    let frequency: Vec<u64> = shown.iter().map(|&thing| documents.frequency(thing)).collect();
    let mut edges = Vec::new();
    let ends = |thing: &u32| seeds.is_empty() || !asked.star || seeds.contains(thing);
    let rows: Vec<usize> = (0..shown.len()).filter(|&at| ends(&shown[at])).collect();
    let place = |thing: u32| shown.binary_search(&thing).unwrap_or_default();
    let pairs = match (asked.star, seeds.first()) {
        // How often each is named with the only one that others are named with was counted already.
        (true, Some(&seed)) if seeds.len() == 1 => {
            let seed = place(seed);
            let pair = |(other, count): (usize, u32)| (seed.min(other), seed.max(other), count);
            let mut pairs: Vec<_> = ranked.first.iter().map(|&(thing, count)| pair((place(thing), count))).collect();
            pairs.sort_unstable();
            pairs
        }
        _ => documents.pairs(&shown, &rows),
    };
    for (one, other, count) in pairs {
        if count >= asked.least.max(1) {
            let often = (frequency[one], frequency[other]);
            edges.push(documents.edge(shown[one], shown[other], count, often));
        }
    }
    let things: BTreeSet<u32> = shown.into_iter().collect();
    let mut piece = ground.piece(&things, edges);
    piece.truncated = ranked.total > ranked.first.len();
    piece.total_nodes = Some((seeds.len() + ranked.total) as u64);
    Ok(piece)
}

impl<'a> Documents<'a> {
    fn new(ground: Ground<'a>, asked: &CoMentions, sieve: &Sieve<'_>) -> Result<Option<Self>, Error> {
        let adjacency = ground.adjacency;
        let place = match &asked.place {
            Some(place) => Some(places::within(ground, ground.numbers(std::slice::from_ref(place))?[0])),
            None => None,
        };
        let Some(mentions) = adjacency.mentions() else { return Ok(None) };
        let named = adjacency.named();
        let mut wanted = Cow::Borrowed(named.documents());
        if place.is_some() || sieve.asks_of_documents() {
            let mut fewer = Set::none(adjacency.len());
            for document in wanted.iter() {
                let is_there = || place.as_ref().is_none_or(|places| places::is_about(ground, document, places));
                if sieve.admits_document(document) && is_there() {
                    fewer.insert(document);
                }
            }
            wanted = Cow::Owned(fewer);
        }
        let total = wanted.count();
        Ok(Some(Self { ground, mentions, named, wanted, total }))
    }

    /// Calls for every document that names a thing, once.
    fn of(&self, thing: u32, mut call: impl FnMut(u32)) {
        let mut last = None;
        for edge in self.ground.adjacency.edges_by(thing, Direction::In, self.mentions).iter() {
            // They are in order, and once for each graph.
            if last.replace(edge.other) != Some(edge.other) && self.wanted.contains(edge.other) {
                call(edge.other);
            }
        }
    }

    /// How many documents name a thing.
    fn frequency(&self, thing: u32) -> u64 {
        if matches!(self.wanted, Cow::Borrowed(_)) {
            return self.named.frequency(thing);
        }
        let mut count = 0;
        self.of(thing, |_| count += 1);
        count
    }

    /// The documents that name any of some things.
    fn of_any(&self, things: impl IntoIterator<Item = u32>) -> Set {
        let mut found = Set::none(self.ground.adjacency.len());
        for thing in things {
            self.of(thing, |document| {
                found.insert(document);
            });
        }
        found
    }

    /// The things that come first, with how many documents name each together with those asked for.
    fn ranked(&self, asked: &CoMentions, sieve: &Sieve<'_>, seeds: &BTreeSet<u32>) -> Ranked {
        let mut counts = vec![0u32; self.ground.adjacency.len()];
        let own = (!seeds.is_empty()).then(|| self.of_any(seeds.iter().copied()));
        let documents = own.as_ref().unwrap_or(&self.wanted);
        for document in documents.iter() {
            for &thing in self.named.named_in(document) {
                counts[thing as usize] += 1;
            }
        }
        let wanted = |&(thing, count): &(u32, u32)| {
            count >= asked.least.max(1) && !seeds.contains(&thing) && sieve.admits_kind(thing)
        };
        let found: Vec<(u32, u32)> = (0..).zip(counts).filter(wanted).collect();
        if asked.ranking == Ranking::Pmi && !seeds.is_empty() {
            let weigh = |&(thing, count): &(u32, u32)| {
                (self.information(count, (documents.count(), self.frequency(thing))), (thing, count))
            };
            let weighed: Vec<(f64, (u32, u32))> = found.iter().map(weigh).collect();
            let ranked = first_of(weighed, asked.limit, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
            return Ranked { first: ranked.into_iter().map(|(_, one)| one).collect(), total: found.len() };
        }
        let total = found.len();
        Ranked { first: first_of(found, asked.limit, |a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0))), total }
    }

    /// How often each pair of some things, which are in order, is named together; one of a pair is among `rows`.
    fn pairs(&self, shown: &[u32], rows: &[usize]) -> Vec<(usize, usize, u32)> {
        let width = shown.len();
        let mut row_of = vec![None; width];
        rows.iter().enumerate().for_each(|(row, &at)| row_of[at] = Some(row));
        let mut together = vec![0u32; rows.len() * width];
        let place: HashMap<u32, usize> = shown.iter().enumerate().map(|(at, &thing)| (thing, at)).collect();
        let mut named: Vec<usize> = Vec::new();
        for document in self.of_any(rows.iter().map(|&at| shown[at])).iter() {
            named.clear();
            named.extend(self.named.named_in(document).iter().filter_map(|thing| place.get(thing)));
            for row in named.iter().filter_map(|&one| row_of[one]) {
                for other in &named {
                    together[row * width + other] += 1;
                }
            }
        }
        let mut pairs = Vec::new();
        for (row, &one) in rows.iter().enumerate() {
            for other in 0..width {
                let count = together[row * width + other];
                // Where both have a row, the pair is told once.
                if count > 0 && one != other && (row_of[other].is_none() || one < other) {
                    pairs.push((one.min(other), one.max(other), count));
                }
            }
        }
        pairs
    }

    /// Pointwise mutual information, in bits.
    #[expect(clippy::cast_precision_loss, reason = "there are not so many documents")]
    fn information(&self, together: u32, often: (u64, u64)) -> f64 {
        let chance = often.0 as f64 * often.1 as f64 / self.total as f64;
        (f64::from(together) / chance).log2()
    }

    fn edge(&self, one: u32, other: u32, count: u32, often: (u64, u64)) -> Edge {
        let iri = |number| self.ground.iri(self.ground.adjacency.id(number));
        let predicate = self.ground.iri(TOGETHER);
        let weight = (self.information(count, often) * 1000.0).round() / 1000.0;
        Edge {
            label: self.ground.predicate_label(TOGETHER),
            directed: false,
            count: Some(u64::from(count)),
            weight: Some(weight),
            ..Edge::new(iri(one), iri(other), predicate, String::new())
        }
    }
}
