//! Looking quads up again and again: what was found last tells where to look next.
//!
//! Lookups of one step mostly come in the order in which the step before it finds things, so that the next lies a little
//! behind the last: found from there, a chain of lookups costs what merging the two lists would.

use std::ops::{ControlFlow, Range};

use super::super::{
    permutation::{GRAPH, OBJECT, Order, PREDICATE, Quad, SUBJECT},
    scan::{Graphs, Pattern, Scan},
    state::State,
};
use crate::store::embedded::stop::Stop;

/// After how many rows it is looked at whether to go on.
const ROWS: u32 = 1024;

/// From how much unrest on lookups are taken for ones that come in no order.
const UNREST: u32 = 60;

/// Numbers that a place may have, as far as the base knows them; sorted.
pub(super) type Ranges = Vec<Range<u32>>;

/// Where the lookups of one step stand.
pub(super) struct Cursor {
    order: Order,
    /// How many places were given.
    given: usize,
    /// How many of those were looked up, what they were, and where their rows are.
    known: usize,
    prefix: Quad,
    spans: [Range<usize>; 4],
    /// Whether anything was added among the rows of the first place.
    has_added: bool,
    /// How often it went elsewhere lately, and not on.
    unrest: u32,
    left: u32,
}

impl Cursor {
    pub(super) fn new() -> Self {
        Self {
            order: Order::Spog,
            given: 0,
            known: 0,
            prefix: Quad::default(),
            spans: Default::default(),
            has_added: true,
            unrest: 0,
            left: ROWS,
        }
    }

    /// Hands over the quads that fit, a triple of the merge once. Graphs are only told where they are asked for.
    pub(super) fn each(
        &mut self,
        (state, stop): (&State, &Stop),
        pattern: &Pattern,
        objects: Option<&Ranges>,
        take: &mut dyn FnMut(Quad) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        self.look(stop);
        let [subject, predicate, object] = pattern.terms.map(|term| term.is_some());
        if matches!(pattern.graphs, Graphs::One(_)) || !(subject || predicate || object) {
            return Scan::new(state, *pattern, Some(stop)).try_for_each(take);
        }
        let objects = objects.filter(|_| !subject && predicate && !object);
        let is_calm = self.unrest < UNREST;
        let order = match (subject, predicate, object) {
            (_, false, true) => Order::Ospg,
            (false, true, true) => Order::Posg,
            (true, true, true) if is_calm => Order::Posg,
            (true, true, false) if is_calm => Order::Psog,
            (false, true, false) if objects.is_some() => Order::Posg,
            (false, true, false) => Order::Psog,
            _ => Order::Spog,
        };
        let given = usize::from(subject) + usize::from(predicate) + usize::from(object);
        let span = self.find(state, pattern, order, given);
        if self.has_added {
            return Scan::new(state, *pattern, Some(stop)).try_for_each(take);
        }
        match objects {
            None => self.rows((state, stop), pattern, span, take),
            Some(ranges) => {
                let column = &state.base.order(order).rest[0];
                for range in ranges {
                    let start = column.span(span.clone(), range.start).start;
                    let end = column.span(span.clone(), range.end).start;
                    self.rows((state, stop), pattern, start..end, take)?;
                }
                ControlFlow::Continue(())
            }
        }
    }

    fn look(&mut self, stop: &Stop) {
        self.left -= 1;
        if self.left == 0 {
            self.left = ROWS;
            stop.tick();
        }
    }

    /// The rows of the places that are given.
    fn find(&mut self, state: &State, pattern: &Pattern, order: Order, given: usize) -> Range<usize> {
        if (self.order, self.given) != (order, given) {
            (self.order, self.given, self.known) = (order, given, 0);
        }
        let permutation = state.base.order(order);
        let (mut span, mut is_same, mut goes_on) = (0..0, true, true);
        for (level, place) in order.places().into_iter().take(given).enumerate() {
            let Some(id) = pattern.terms.get(place).copied().flatten() else { break };
            let is_known = is_same && level < self.known;
            if is_known && self.prefix[level] == id {
                span = self.spans[level].clone();
                continue;
            }
            span = match level.checked_sub(1) {
                None => {
                    self.has_added = !state.added(order, &[id]).is_empty();
                    permutation.group(id).map_or(0..0, |group| permutation.rows_of(group))
                }
                Some(above) if is_known && self.prefix[level] < id => {
                    permutation.rest[above].span_after(span, self.spans[level].end, id)
                }
                Some(above) => permutation.rest[above].span(span, id),
            };
            goes_on &= level + 1 == given && self.prefix[level] < id;
            self.prefix[level] = id;
            self.spans[level] = span.clone();
            self.known = level + 1;
            is_same = false;
        }
        // What comes in no order is found sooner from the subject than among all that has the predicate.
        self.unrest = if goes_on { self.unrest.saturating_sub(1) } else { self.unrest.saturating_add(3).min(UNREST) };
        span
    }

    fn rows(
        &mut self,
        (state, stop): (&State, &Stop),
        pattern: &Pattern,
        span: Range<usize>,
        take: &mut dyn FnMut(Quad) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let is_merge = pattern.graphs == Graphs::Merge;
        let (has_apart, has_removed) = (is_merge && state.has_apart(), state.has_removed());
        let wants_graph = !is_merge || has_apart || has_removed;
        let columns = &state.base.order(self.order).rest;
        let places = self.order.places();
        let mut quad = Quad::default();
        for level in 0..self.given {
            quad[places[level]] = self.prefix[level];
        }
        let mut last = None;
        for at in span {
            self.look(stop);
            for level in self.given..4 {
                let place = places[level];
                if place != GRAPH || wants_graph {
                    quad[place] = columns[level - 1].get(at);
                }
            }
            if has_removed && state.is_removed(quad) {
                continue;
            }
            if is_merge {
                let triple = [quad[SUBJECT], quad[PREDICATE], quad[OBJECT]];
                if last == Some(triple) || has_apart && state.is_apart(quad[GRAPH]) {
                    continue;
                }
                last = Some(triple);
            }
            take(quad)?;
        }
        ControlFlow::Continue(())
    }

    /// How many quads fit, where that can be told without looking at each.
    pub(super) fn count(&mut self, state: &State, pattern: &Pattern) -> Option<u64> {
        let given = pattern.terms.iter().flatten().count();
        if pattern.graphs != Graphs::Each {
            return None;
        }
        if given == 0 {
            return Some(state.len());
        }
        let order = match pattern.terms.map(|term| term.is_some()) {
            [_, false, true] => Order::Ospg,
            [false, true, true] => Order::Posg,
            [false, true, false] => Order::Psog,
            _ => Order::Spog,
        };
        let span = self.find(state, pattern, order, given);
        (!self.has_added && !state.has_removed()).then_some(span.len() as u64)
    }
}
