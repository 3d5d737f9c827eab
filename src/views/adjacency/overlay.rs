//! What changed since the base was made.

use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

use super::{
    Adjacency, Direction,
    edges::{Edge, Statement, edge, sort},
    gather::Gathering,
    thing::Thing,
};

/// The least number of edges for which a new base is worth making.
const SMALL: usize = 50_000;

/// The graphs that changed, as they are now.
#[derive(Clone, Debug, Default)]
pub(super) struct Overlay {
    /// What each graph that changed says now; what the base has by it no longer holds.
    graphs: BTreeMap<u32, Arc<[Statement]>>,
    /// The same, to be looked up fast.
    changed: HashSet<u32>,
    /// What is known of the things they describe, or did.
    things: HashMap<u32, Arc<Thing>>,
    out: HashMap<u32, Vec<Edge>>,
    back: HashMap<u32, Vec<Edge>>,
}

impl Overlay {
    pub(super) fn is_empty(&self) -> bool {
        self.changed.is_empty() && self.things.is_empty()
    }

    /// How many edges it has.
    pub(super) fn len(&self) -> usize {
        self.graphs.values().map(|statements| statements.len()).sum()
    }

    /// About how many bytes its edges take.
    pub(super) fn bytes(&self) -> usize {
        self.len() * (size_of::<Statement>() + 2 * size_of::<Edge>())
    }

    pub(super) fn thing(&self, number: u32) -> Option<&Thing> {
        self.things.get(&number).map(|thing| &**thing)
    }

    /// The edges of a thing: those of the base that still hold, and its own.
    pub(super) fn over<'a>(&'a self, base: &'a [Edge], number: u32, direction: Direction) -> Cow<'a, [Edge]> {
        let own = match direction {
            Direction::Out => self.out.get(&number),
            Direction::In => self.back.get(&number),
        };
        let gone = |edge: &Edge| self.changed.contains(&edge.graph);
        match own {
            None if !base.iter().any(gone) => Cow::Borrowed(base),
            None => Cow::Owned(base.iter().filter(|edge| !gone(edge)).copied().collect()),
            Some(own) => {
                let mut all: Vec<Edge> = base.iter().filter(|edge| !gone(edge)).chain(own).copied().collect();
                sort(&mut all);
                Cow::Owned(all)
            }
        }
    }

    /// Makes the lists of both ends anew.
    fn index(&mut self) {
        self.changed = self.graphs.keys().copied().collect();
        self.out.clear();
        self.back.clear();
        for statement in self.graphs.values().flat_map(|statements| statements.iter()) {
            self.out.entry(statement.source).or_default().push(edge(statement, statement.target));
            self.back.entry(statement.target).or_default().push(edge(statement, statement.source));
        }
        self.out.values_mut().chain(self.back.values_mut()).for_each(|edges| sort(edges));
    }
}

impl Adjacency {
    /// The things that a graph describes as far as is known, and those that it joins to others.
    pub(super) fn told_by(&self, graphs: &HashSet<u32>) -> Vec<u32> {
        let numbers = 0..u32::try_from(self.len()).unwrap_or(u32::MAX);
        numbers.filter(|&number| self.thing(number).graphs.iter().any(|graph| graphs.contains(graph))).collect()
    }

    /// After some graphs were read anew: `gathering` has their edges and what is said of the things that they
    /// describe or did. A thing that nothing is said of any longer is in `told` and not in the gathering.
    pub(super) fn changed(&self, mut gathering: Gathering, graphs: &[u32], told: &[u32]) -> Self {
        gathering.close();
        let Gathering { tables, mut things, statements, .. } = gathering;
        let mut overlay = Overlay::clone(&self.overlay);
        let mut by_graph: BTreeMap<u32, Vec<Statement>> = graphs.iter().map(|&graph| (graph, Vec::new())).collect();
        for statement in statements {
            by_graph.entry(statement.graph).or_default().push(statement);
        }
        for (graph, statements) in by_graph {
            overlay.graphs.insert(graph, joined(statements));
        }
        for &number in told {
            let nothing = || Thing::new(super::kind(tables.ids.name(number)));
            let thing = things.remove(&number).unwrap_or_else(nothing);
            overlay.things.insert(number, Arc::new(thing));
        }
        overlay.things.extend(things.into_iter().map(|(number, thing)| (number, Arc::new(thing))));
        for number in (self.len()..tables.ids.len()).filter_map(|number| u32::try_from(number).ok()) {
            let nothing = || Arc::new(Thing::new(super::kind(tables.ids.name(number))));
            overlay.things.entry(number).or_insert_with(nothing);
        }
        overlay.index();
        let base = Arc::clone(&self.base);
        Self { tables: Arc::new(tables), base, overlay: Arc::new(overlay), named: Arc::default() }
    }

    /// Whether so much changed that a new base should be made.
    pub(super) fn is_grown(&self) -> bool {
        let most = SMALL.max(self.base.out.len() / 16);
        self.overlay.len() > most || self.overlay.changed.len() > most || self.overlay.things.len() > most
    }
}

/// The same statements of one graph, joined.
fn joined(mut statements: Vec<Statement>) -> Arc<[Statement]> {
    statements.sort_unstable_by_key(Statement::key);
    statements.dedup_by(Statement::join_same);
    statements.into()
}
