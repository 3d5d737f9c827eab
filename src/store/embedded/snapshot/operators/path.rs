//! Paths: what can be reached from a node, each node once.

use std::{cell::RefCell, ops::ControlFlow};

use super::{
    super::{
        permutation::{OBJECT, SUBJECT},
        scan::{Graphs, Pattern, Scan},
    },
    Run,
    cursor::Cursor,
    keys::Keys,
    steps::{Row, Slot},
    terms::NONE,
};

/// A path as it is followed.
pub(super) enum Way {
    /// Triples of one predicate, if it is known at all.
    Edge {
        predicate: Option<u32>,
        cursor: RefCell<Cursor>,
    },
    Back(Box<Way>),
    Then(Box<[Way; 2]>),
    Or(Box<[Way; 2]>),
    /// Any number of times, from none or from once on.
    Often {
        way: Box<Way>,
        or_never: bool,
    },
    Maybe(Box<Way>),
}

impl Way {
    /// Whether it may have no step.
    pub(super) fn may_be_empty(&self) -> bool {
        match self {
            Self::Edge { .. } => false,
            Self::Back(way) => way.may_be_empty(),
            Self::Then(ways) => ways.iter().all(Self::may_be_empty),
            Self::Or(ways) => ways.iter().any(Self::may_be_empty),
            Self::Often { way, or_never } => *or_never || way.may_be_empty(),
            Self::Maybe(_) => true,
        }
    }
}

/// A path between two ends.
pub(super) struct Path {
    pub(super) ends: [Slot; 2],
    pub(super) way: Way,
    pub(super) graphs: Graphs,
}

impl Path {
    /// Goes on with each node at the other end, or once where both ends are given and connected.
    pub(super) fn each(
        &self,
        run: &Run<'_>,
        row: &mut Row,
        take: &mut dyn FnMut(&mut Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let [start, end] = self.ends.map(|slot| slot.id(row));
        match (start, end) {
            (Some(start), Some(end)) => {
                if self.connects(run, start, end) {
                    take(row)
                } else {
                    ControlFlow::Continue(())
                }
            }
            (Some(start), None) => self.bind(run, start, true, row, take),
            (None, Some(end)) => self.bind(run, end, false, row, take),
            (None, None) => ControlFlow::Continue(()),
        }
    }

    fn bind(
        &self,
        run: &Run<'_>,
        from: u32,
        forward: bool,
        row: &mut Row,
        take: &mut dyn FnMut(&mut Row) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let Slot::Variable(slot) = self.ends[usize::from(forward)] else { return ControlFlow::Continue(()) };
        let mut reached = Vec::new();
        if self.is_there(run, from) {
            self.reach(run, &self.way, from, forward, &mut reached);
        }
        let mut seen = Keys::new(1);
        for node in reached {
            run.count();
            if seen.insert(&[node]).1 {
                row[slot] = node;
                let flow = take(row);
                row[slot] = NONE;
                flow?;
            }
        }
        ControlFlow::Continue(())
    }

    /// Whether a path may begin at a node. What is in no triple is connected with itself where it stands in the query.
    fn is_there(&self, run: &Run<'_>, node: u32) -> bool {
        let is_in = |graphs| {
            let any = |terms| Scan::new(run.state, Pattern { terms, graphs }, None).next().is_some();
            node < run.state.known() && (any([Some(node), None, None]) || any([None, None, Some(node)]))
        };
        let is_given = self.graphs == Graphs::Merge && self.ends.contains(&Slot::Given(node));
        !self.way.may_be_empty() || is_in(self.graphs) || is_given && !is_in(Graphs::Each)
    }

    fn connects(&self, run: &Run<'_>, start: u32, end: u32) -> bool {
        if start == end && self.way.may_be_empty() && self.is_there(run, start) {
            return true;
        }
        if let Way::Often { way, .. } = &self.way {
            return self.meets(run, way, start, end);
        }
        let mut reached = Vec::new();
        self.reach(run, &self.way, start, true, &mut reached);
        reached.contains(&end) && (start != end || !self.way.may_be_empty())
    }

    /// Whether one node is reached from another in one step or more; looked for from both ends.
    fn meets(&self, run: &Run<'_>, way: &Way, start: u32, end: u32) -> bool {
        let mut sides = [self.side(run, way, start), Side { seen: Keys::new(1), edge: vec![end] }];
        sides[1].seen.insert(&[end]);
        if sides[0].seen.find(&[end]).is_some() {
            return true;
        }
        loop {
            if sides.iter().any(|side| side.edge.is_empty()) {
                return false;
            }
            let near = usize::from(sides[1].edge.len() < sides[0].edge.len());
            let mut next = Vec::new();
            for node in std::mem::take(&mut sides[near].edge) {
                let mut reached = Vec::new();
                self.reach(run, way, node, near == 0, &mut reached);
                for node in reached {
                    run.count();
                    if sides[1 - near].seen.find(&[node]).is_some() {
                        return true;
                    }
                    if sides[near].seen.insert(&[node]).1 {
                        next.push(node);
                    }
                }
            }
            sides[near].edge = next;
        }
    }

    fn side(&self, run: &Run<'_>, way: &Way, start: u32) -> Side {
        let (mut seen, mut edge) = (Keys::new(1), Vec::new());
        self.reach(run, way, start, true, &mut edge);
        edge.retain(|node| seen.insert(&[*node]).1);
        Side { seen, edge }
    }

    /// Adds what is reached from a node, some of it perhaps more than once.
    fn reach(&self, run: &Run<'_>, way: &Way, node: u32, forward: bool, into: &mut Vec<u32>) {
        run.count();
        match way {
            Way::Edge { predicate, cursor } => {
                let Some(predicate) = *predicate else { return };
                let (terms, place) = if forward {
                    ([Some(node), Some(predicate), None], OBJECT)
                } else {
                    ([None, Some(predicate), Some(node)], SUBJECT)
                };
                let pattern = Pattern { terms, graphs: self.graphs };
                // Nobody stops it.
                let _ = cursor.borrow_mut().each((run.state, run.stop), &pattern, None, &mut |quad| {
                    into.push(quad[place]);
                    ControlFlow::Continue(())
                });
            }
            Way::Back(way) => self.reach(run, way, node, !forward, into),
            Way::Then(ways) => {
                let [first, second] = if forward { [&ways[0], &ways[1]] } else { [&ways[1], &ways[0]] };
                let (mut between, mut seen) = (Vec::new(), Keys::new(1));
                self.reach(run, first, node, forward, &mut between);
                for node in between {
                    if seen.insert(&[node]).1 {
                        self.reach(run, second, node, forward, into);
                    }
                }
            }
            Way::Or(ways) => ways.iter().for_each(|way| self.reach(run, way, node, forward, into)),
            Way::Maybe(way) => {
                into.push(node);
                self.reach(run, way, node, forward, into);
            }
            Way::Often { way, or_never } => {
                let mut seen = Keys::new(1);
                let mut reached = Vec::new();
                if *or_never {
                    reached.push(node);
                } else {
                    self.reach(run, way, node, forward, &mut reached);
                }
                while let Some(node) = reached.pop() {
                    if seen.insert(&[node]).1 {
                        into.push(node);
                        self.reach(run, way, node, forward, &mut reached);
                    }
                }
            }
        }
    }
}

/// What was reached from one end, and what of it was reached last.
struct Side {
    seen: Keys,
    edge: Vec<u32>,
}
