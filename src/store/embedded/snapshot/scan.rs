//! The quads that fit a pattern, from the base and from what was committed since.

use std::{iter::Copied, slice::Iter};

use super::{
    permutation::{GRAPH, OBJECT, Order, PREDICATE, Quad, Rows, SUBJECT},
    state::State,
};
use crate::store::embedded::stop::Stop;

/// After how many rows that fit nothing it is looked at whether to go on.
const ROWS: u32 = 1024;

/// Which graphs a pattern is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Graphs {
    /// The RDF merge of all graphs but those apart: a triple of two graphs is in it once.
    Merge,
    /// Each graph for itself.
    Each,
    /// One.
    One(u32),
}

/// A pattern: the terms that are given.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pattern {
    pub(super) terms: [Option<u32>; 3],
    pub(super) graphs: Graphs,
}

/// Where the rows of a pattern are.
struct Access {
    order: Order,
    prefix: Quad,
    length: usize,
}

impl Access {
    fn new(order: Order, pattern: &Pattern) -> Self {
        let (mut prefix, mut length) = (Quad::default(), 0);
        for place in order.places() {
            let Some(id) = pattern.place(place) else { break };
            prefix[length] = id;
            length += 1;
        }
        Self { order, prefix, length }
    }

    fn prefix(&self) -> &[u32] {
        &self.prefix[..self.length]
    }

    /// How many rows it reads.
    fn rows(&self, state: &State) -> usize {
        state.base.order(self.order).range(self.prefix()).len() + state.added(self.order, self.prefix()).len()
    }
}

impl Pattern {
    fn place(&self, place: usize) -> Option<u32> {
        match (place, self.graphs) {
            (GRAPH, Graphs::One(graph)) => Some(graph),
            (GRAPH, _) => None,
            (place, _) => self.terms[place],
        }
    }

    /// The order that has the rows of the pattern side by side, or as nearly so as any.
    fn access(&self, state: &State) -> Access {
        let [subject, predicate, object] = self.terms.map(|term| term.is_some());
        let order = match (subject, predicate, object) {
            (_, false, true) => Order::Ospg,
            (false, true, true) => Order::Posg,
            (false, true, false) => Order::Psog,
            _ => Order::Spog,
        };
        let access = Access::new(order, self);
        let given = usize::from(subject) + usize::from(predicate) + usize::from(object);
        let Graphs::One(_) = self.graphs else { return access };
        if access.length == 4 {
            return access;
        }
        let by_graph = Access::new(Order::Gspo, self);
        if given == 0 || by_graph.length == given + 1 || by_graph.rows(state) < access.rows(state) {
            by_graph
        } else {
            access
        }
    }

    /// How many quads fit; where a triple stands in several graphs, each counts.
    pub(super) fn count(&self, state: &State) -> usize {
        self.access(state).rows(state)
    }
}

/// The quads of a pattern, one after the other.
pub(super) struct Scan<'a> {
    state: &'a State,
    stop: Option<&'a Stop>,
    order: Order,
    pattern: Pattern,
    /// Whether every row that is read fits the terms and the graph.
    is_exact: bool,
    base: Rows<'a>,
    added: Copied<Iter<'a, Quad>>,
    /// The next rows of both.
    heads: [Option<Quad>; 2],
    last: Option<[u32; 3]>,
    left: u32,
}

impl<'a> Scan<'a> {
    pub(super) fn new(state: &'a State, pattern: Pattern, stop: Option<&'a Stop>) -> Self {
        let access = pattern.access(state);
        let permutation = state.base.order(access.order);
        let key = access.prefix().first().copied();
        let mut base = permutation.rows(permutation.range(access.prefix()), key);
        let mut added = state.added(access.order, access.prefix()).iter().copied();
        let given = (0..4).filter(|place| pattern.place(*place).is_some()).count();
        let heads = [base.next(), added.next()];
        Self {
            state,
            stop,
            order: access.order,
            pattern,
            is_exact: access.length == given,
            base,
            added,
            heads,
            last: None,
            left: ROWS,
        }
    }

    /// The next row, and whether it was added.
    fn row(&mut self) -> Option<(Quad, bool)> {
        match self.heads {
            [Some(base), Some(added)] if added < base => {
                self.heads[1] = self.added.next();
                Some((added, true))
            }
            [Some(base), _] => {
                self.heads[0] = self.base.next();
                Some((base, false))
            }
            [None, Some(added)] => {
                self.heads[1] = self.added.next();
                Some((added, true))
            }
            [None, None] => None,
        }
    }

    fn fits(&self, quad: Quad) -> bool {
        self.is_exact || (0..4).all(|place| self.pattern.place(place).is_none_or(|id| quad[place] == id))
    }
}

impl Iterator for Scan<'_> {
    type Item = Quad;

    fn next(&mut self) -> Option<Quad> {
        while let Some((row, is_added)) = self.row() {
            self.left -= 1;
            if self.left == 0 {
                self.left = ROWS;
                if let Some(stop) = self.stop {
                    stop.tick();
                }
            }
            let quad = self.order.restore(row);
            if !self.fits(quad) || !is_added && self.state.is_removed(quad) {
                continue;
            }
            if self.pattern.graphs == Graphs::Merge {
                let triple = [quad[SUBJECT], quad[PREDICATE], quad[OBJECT]];
                if self.last == Some(triple) || self.state.is_apart(quad[GRAPH]) {
                    continue;
                }
                self.last = Some(triple);
            }
            return Some(quad);
        }
        None
    }
}
