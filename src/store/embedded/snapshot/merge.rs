//! How states are made: from quads, and from two states that become one.

use std::{
    collections::{BTreeSet, HashMap},
    io, iter, thread,
};

use oxigraph::model::{QuadRef, TermRef};

use super::{
    base::{Base, Target},
    column::number,
    dictionary::GONE,
    permutation::{Order, Quad},
    term,
};

/// Quads on their way to a state.
#[derive(Default)]
pub(super) struct Run {
    ids: HashMap<Box<[u8]>, u32>,
    quads: Vec<Quad>,
    graphs: BTreeSet<u32>,
    bytes: Vec<u8>,
}

impl Run {
    pub(super) fn len(&self) -> usize {
        self.quads.len()
    }

    fn term(&mut self, term: TermRef<'_>) -> u32 {
        let mut bytes = std::mem::take(&mut self.bytes);
        bytes.clear();
        term::encode(term, &mut bytes);
        let id = self.encoded(&bytes);
        self.bytes = bytes;
        id
    }

    /// A term that is written as bytes already.
    pub(super) fn encoded(&mut self, bytes: &[u8]) -> u32 {
        if let Some(id) = self.ids.get(bytes) {
            return *id;
        }
        let id = number(self.ids.len());
        self.ids.insert(bytes.into(), id);
        id
    }

    /// Adds a quad of a graph that is known.
    pub(super) fn add(&mut self, quad: QuadRef<'_>, graph: u32) {
        let quad = [self.term(quad.subject.into()), self.term(quad.predicate.into()), self.term(quad.object), graph];
        self.quads.push(quad);
    }

    /// Adds a quad of terms that were added before.
    pub(super) fn push(&mut self, quad: Quad) {
        self.quads.push(quad);
    }

    /// Adds a graph, which may stay empty.
    pub(super) fn graph(&mut self, name: &[u8]) -> u32 {
        let id = self.encoded(name);
        self.graphs.insert(id);
        id
    }

    /// Writes the state.
    pub(super) fn finish(self, target: Target) -> io::Result<Base> {
        let mut terms: Vec<(Box<[u8]>, u32)> = self.ids.into_iter().collect();
        terms.sort_unstable();
        let mut ranks = vec![0; terms.len()];
        let mut writer = target.dictionary()?;
        for (bytes, id) in &terms {
            ranks[*id as usize] = writer.push(bytes)?;
        }
        let count = number(terms.len());
        drop(terms);
        target.finish("terms", writer.terms)?;
        target.finish("ends", writer.ends)?;
        let graphs: BTreeSet<u32> = self.graphs.iter().map(|graph| ranks[*graph as usize]).collect();
        write_graphs(&target, graphs)?;
        let mut quads = self.quads;
        for quad in &mut quads {
            *quad = quad.map(|id| ranks[id as usize]);
        }
        let mut counted = [(0, 0); 5];
        let mut before = Order::Spog;
        for order in Order::ALL {
            for row in &mut quads {
                *row = order.arrange(before.restore(*row));
            }
            quads.sort_unstable();
            counted[order as usize] = target.order(order, count, quads.iter().copied())?;
            before = order;
        }
        target.end(count, writer.turns, counted)
    }
}

/// What is taken away from a state.
#[derive(Clone, Copy, Default)]
pub(super) struct Without<'a> {
    pub(super) quads: &'a [Quad],
    pub(super) graphs: &'a [u32],
}

/// Writes the state that has what is in either of two, but for what is taken away from the first.
pub(super) fn merge(first: &Base, without: Without<'_>, second: &Base, target: Target) -> io::Result<Base> {
    let used = (!without.quads.is_empty() || !without.graphs.is_empty()).then(|| used(first, without));
    let mut dictionary = target.dictionary()?;
    let (to_first, to_second) = dictionary.merge(&first.dictionary, used.as_deref(), &second.dictionary)?;
    let last = to_first.iter().chain(&to_second).filter(|id| **id != GONE).max();
    let terms = last.map_or(0, |last| last + 1);
    target.finish("terms", dictionary.terms)?;
    target.finish("ends", dictionary.ends)?;
    let kept = first.graphs.iter().filter(|graph| without.graphs.binary_search(graph).is_err());
    let graphs = kept.map(|graph| to_first[graph as usize]);
    write_graphs(&target, graphs.chain(second.graphs.iter().map(|graph| to_second[graph as usize])).collect())?;
    let write = |order: Order| {
        let rows = first.order(order).rows(0..first.order(order).len(), None);
        let kept = left(rows, order, without.quads).map(|row| row.map(|id| to_first[id as usize]));
        let others = second.order(order).rows(0..second.order(order).len(), None);
        target.order(order, terms, sorted(kept, others.map(|row| row.map(|id| to_second[id as usize]))))
    };
    // Each order is written for itself: two at a time, as there are processors.
    let mut counted = [(0, 0); 5];
    let (one, other) = thread::scope(|scope| {
        let beside = scope.spawn(|| [Order::Spog, Order::Posg].into_iter().map(write).collect::<io::Result<Vec<_>>>());
        let here: io::Result<Vec<_>> = [Order::Psog, Order::Ospg, Order::Gspo].into_iter().map(write).collect();
        (beside.join().unwrap_or_else(|_| Err(io::Error::other("the writing ended early"))), here)
    });
    for (place, count) in counted.iter_mut().zip(one?.into_iter().chain(other?)) {
        *place = count;
    }
    target.end(terms, dictionary.turns, counted)
}

fn write_graphs(target: &Target, graphs: BTreeSet<u32>) -> io::Result<()> {
    let mut section = target.section("graphs")?;
    for graph in graphs {
        section.push(graph)?;
    }
    target.finish("graphs", section)
}

/// Which terms are still used when something is taken away.
fn used(base: &Base, without: Without<'_>) -> Vec<bool> {
    let mut used = vec![false; base.dictionary.len() as usize];
    let rows = base.order(Order::Spog).rows(0..base.order(Order::Spog).len(), None);
    for id in left(rows, Order::Spog, without.quads).flatten() {
        used[id as usize] = true;
    }
    for graph in base.graphs.iter().filter(|graph| without.graphs.binary_search(graph).is_err()) {
        used[graph as usize] = true;
    }
    used
}

/// Rows in an order without some quads.
fn left(rows: impl Iterator<Item = Quad>, order: Order, without: &[Quad]) -> impl Iterator<Item = Quad> {
    let mut gone: Vec<Quad> = without.iter().map(|quad| order.arrange(*quad)).collect();
    gone.sort_unstable();
    let mut gone = gone.into_iter().peekable();
    rows.filter(move |row| {
        while gone.next_if(|other| other < row).is_some() {}
        gone.peek() != Some(row)
    })
}

/// The rows of two, sorted as both are.
fn sorted(first: impl Iterator<Item = Quad>, second: impl Iterator<Item = Quad>) -> impl Iterator<Item = Quad> {
    let (mut first, mut second) = (first.peekable(), second.peekable());
    iter::from_fn(move || match (first.peek(), second.peek()) {
        (Some(a), Some(b)) if b < a => second.next(),
        (Some(_), _) => first.next(),
        (None, _) => second.next(),
    })
}
