//! The solutions of a group of patterns, as numbers, one after the other.

use std::ops::ControlFlow;

use super::super::{
    permutation::Quad,
    scan::{Graphs, Pattern, Scan},
    state::State,
    term,
};
use crate::store::embedded::stop::Stop;

/// The number of nothing.
pub(super) const NONE: u32 = u32::MAX;

/// How many lookups are made before it is looked at whether to go on.
const LOOKUPS: u32 = 256;

/// A place in a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Slot {
    Given(u32),
    Variable(usize),
}

/// One step of a walk.
pub(super) enum Step {
    /// The quads that fit; the last slot is the graph's, where there is one for it.
    Quads { slots: Vec<Slot>, graphs: Graphs },
    /// Some variables and the rows that they may have.
    Rows { variables: Vec<usize>, rows: Vec<Vec<u32>> },
}

/// What a value must be.
pub(super) enum Check {
    Is(usize, u32),
    IsNot(usize, u32),
    /// A text in a language.
    Language(usize, String),
}

impl Check {
    fn variable(&self) -> usize {
        match self {
            Self::Is(variable, _) | Self::IsNot(variable, _) | Self::Language(variable, _) => *variable,
        }
    }
}

/// A group of patterns in the order in which they are looked up.
pub(super) struct Walk<'a> {
    pub(super) state: &'a State,
    pub(super) stop: &'a Stop,
    pub(super) steps: &'a [Step],
    pub(super) checks: &'a [Check],
    pub(super) variables: usize,
}

/// Where a walk stands.
struct Place<'a> {
    row: Vec<u32>,
    lookups: u32,
    take: &'a mut dyn FnMut(&[u32]) -> ControlFlow<()>,
}

impl Walk<'_> {
    /// Hands over each solution, until no more are wanted.
    pub(super) fn each(&self, take: &mut dyn FnMut(&[u32]) -> ControlFlow<()>) -> ControlFlow<()> {
        let mut place = Place { row: vec![NONE; self.variables], lookups: 0, take };
        self.step(&mut place, 0)
    }

    fn step(&self, place: &mut Place<'_>, depth: usize) -> ControlFlow<()> {
        let Some(step) = self.steps.get(depth) else { return (place.take)(&place.row) };
        place.lookups += 1;
        if place.lookups.is_multiple_of(LOOKUPS) {
            self.stop.tick();
        }
        match step {
            Step::Quads { slots, graphs } => self.quads(place, depth, slots, *graphs),
            Step::Rows { variables, rows } => {
                for row in rows {
                    self.bind(place, depth, variables.iter().copied().zip(row.iter().copied()))?;
                }
                ControlFlow::Continue(())
            }
        }
    }

    fn quads(&self, place: &mut Place<'_>, depth: usize, slots: &[Slot], graphs: Graphs) -> ControlFlow<()> {
        let id = |slot: &Slot| match slot {
            Slot::Given(id) => Some(*id),
            Slot::Variable(variable) => Some(place.row[*variable]).filter(|id| *id != NONE),
        };
        let mut ids = [None; 4];
        for (given, slot) in ids.iter_mut().zip(slots) {
            *given = id(slot);
        }
        let [subject, predicate, object, graph] = ids;
        let graphs = graph.map_or(graphs, Graphs::One);
        let pattern = Pattern { terms: [subject, predicate, object], graphs };
        for quad in Scan::new(self.state, pattern, Some(self.stop)) {
            self.bind(place, depth, bindings(slots, quad))?;
        }
        ControlFlow::Continue(())
    }

    /// Goes on with some variables bound, if they are not bound to something else.
    fn bind(
        &self,
        place: &mut Place<'_>,
        depth: usize,
        bindings: impl Iterator<Item = (usize, u32)>,
    ) -> ControlFlow<()> {
        let (mut new, mut count) = ([0; 8], 0);
        let mut fits = true;
        for (variable, id) in bindings {
            if place.row[variable] == NONE {
                place.row[variable] = id;
                new[count] = variable;
                count += 1;
            } else if place.row[variable] != id {
                fits = false;
                break;
            }
        }
        let new = &new[..count];
        fits = fits
            && self.checks.iter().filter(|check| new.contains(&check.variable())).all(|check| self.holds(check, place));
        let flow = if fits { self.step(place, depth + 1) } else { ControlFlow::Continue(()) };
        for variable in new {
            place.row[*variable] = NONE;
        }
        flow
    }

    fn holds(&self, check: &Check, place: &Place<'_>) -> bool {
        let id = place.row[check.variable()];
        match check {
            Check::Is(_, other) => id == *other,
            Check::IsNot(_, other) => id != *other,
            Check::Language(_, language) => self.state.with_term(id, |bytes| term::has_language(bytes, language)),
        }
    }
}

fn bindings(slots: &[Slot], quad: Quad) -> impl Iterator<Item = (usize, u32)> {
    slots.iter().zip(quad).filter_map(|(slot, id)| match slot {
        Slot::Variable(variable) => Some((*variable, id)),
        Slot::Given(_) => None,
    })
}
