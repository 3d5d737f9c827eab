//! How many rows a pattern gives, from counts that are exact where its terms are given and averages where variables are
//! bound.

use oxigraph::model::{NamedNode, Term};
use spargebra::{
    algebra::{GraphPattern as Pattern, PropertyPathExpression as Path},
    term::{NamedNodePattern, TermPattern, TriplePattern},
};

use super::super::{
    permutation::Order,
    scan::{self, Graphs},
    state::State,
};
use crate::store::embedded::scope::{self, Scope};

/// How many nodes a path of any length is taken to reach for each that one step reaches.
const REACH: f64 = 50.0;

/// A part of a group.
pub(super) struct Part {
    pub(super) variables: Scope,
    /// Whether it has few rows, so that it may come in even where nothing that it shares is bound.
    pub(super) is_short: bool,
    kind: Kind,
}

enum Kind {
    Triple(Triple),
    /// So many rows.
    Values(f64),
    Path {
        ends: [End; 2],
        forward: Sizes,
    },
}

/// An end of a path, or a place in a triple.
#[derive(Clone)]
enum End {
    Given,
    Variable(String),
    /// A triple term that has variables.
    Other,
}

impl End {
    fn is_bound(&self, bound: &Scope) -> bool {
        match self {
            Self::Given => true,
            Self::Variable(name) => bound.contains(name),
            Self::Other => false,
        }
    }
}

/// How many triples fit what is given, and how many different terms stand in each place, that of the graph the last.
struct Triple {
    ends: [End; 4],
    count: f64,
    different: [f64; 4],
}

/// How many rows a path gives: for nothing given, for a beginning, for an end, and for both.
#[derive(Clone, Copy)]
struct Sizes {
    open: f64,
    from: f64,
    to: f64,
    closed: f64,
}

impl Part {
    pub(super) fn new(pattern: &Pattern, state: &State) -> Self {
        let variables = scope::visible(pattern);
        let (kind, is_short) = match pattern {
            Pattern::Bgp { patterns } => match patterns.as_slice() {
                [triple] => (Kind::Triple(Triple::new(triple, None, state)), false),
                _ => (Kind::Values(1.0), true),
            },
            Pattern::Graph { name, inner } => match &**inner {
                Pattern::Bgp { patterns } if patterns.len() == 1 => {
                    (Kind::Triple(Triple::new(&patterns[0], Some(name), state)), false)
                }
                _ => (Kind::Values(1.0), true),
            },
            Pattern::Values { bindings, .. } => (Kind::Values(small(bindings.len())), bindings.len() < 100),
            Pattern::Path { subject, path, object } => {
                let (ends, forward) = ([end(subject), end(object)], Sizes::of(path, state));
                (Kind::Path { ends, forward }, false)
            }
            _ => (Kind::Values(1.0), true),
        };
        Self { variables, is_short, kind }
    }

    /// How many rows it gives for each row that binds some variables.
    pub(super) fn rows(&self, bound: &Scope) -> f64 {
        match &self.kind {
            Kind::Triple(triple) => triple.rows(bound),
            Kind::Values(rows) if self.variables.is_empty() || self.variables.is_disjoint(bound) => *rows,
            Kind::Values(_) if self.variables.is_subset(bound) => 0.5,
            Kind::Values(rows) => (rows / 2.0).max(0.5),
            Kind::Path { ends: [subject, object], forward } => {
                match (subject.is_bound(bound), object.is_bound(bound)) {
                    (false, false) => forward.open,
                    (true, false) => forward.from,
                    (false, true) => forward.to,
                    (true, true) => forward.closed,
                }
            }
        }
    }
}

impl Triple {
    fn new(triple: &TriplePattern, graph: Option<&NamedNodePattern>, state: &State) -> Self {
        let name = |name: &NamedNodePattern| match name {
            NamedNodePattern::NamedNode(_) => End::Given,
            NamedNodePattern::Variable(name) => End::Variable(name.to_string()),
        };
        let ends = [end(&triple.subject), name(&triple.predicate), end(&triple.object), graph.map_or(End::Given, name)];
        let graphs = match graph {
            Some(NamedNodePattern::NamedNode(graph)) => state.find(graph.as_ref().into()).map(Graphs::One),
            _ => Some(Graphs::Each),
        };
        // A term that the store does not know is in no triple.
        let (Some(terms), Some(graphs)) = (given(triple, state), graphs) else {
            return Self { ends, count: 0.0, different: [1.0; 4] };
        };
        let count = small(scan::Pattern { terms, graphs }.count(state));
        let firsts = |order: Order| f64::from(state.base.manifest.firsts[order as usize]);
        let [subjects, predicates, objects] = match terms[1] {
            Some(predicate) => [pairs(state, Order::Psog, predicate), 1.0, pairs(state, Order::Posg, predicate)],
            None => [Order::Spog, Order::Psog, Order::Ospg].map(firsts),
        };
        let different = [subjects, predicates, objects, firsts(Order::Gspo)];
        Self { ends, count, different: different.map(|many| many.max(1.0)) }
    }

    fn rows(&self, bound: &Scope) -> f64 {
        let is_bound = |end: &End| matches!(end, End::Variable(name) if bound.contains(name));
        let places = self.ends.iter().zip(self.different);
        places.filter(|(end, _)| is_bound(end)).fold(self.count, |rows, (_, different)| rows / different)
    }
}

impl Sizes {
    fn of(path: &Path, state: &State) -> Self {
        match path {
            Path::NamedNode(iri) => Self::of_predicate(iri, state),
            Path::Reverse(inner) => {
                let Self { open, from, to, closed } = Self::of(inner, state);
                Self { open, from: to, to: from, closed }
            }
            Path::Sequence(a, b) => {
                let (a, b) = (Self::of(a, state), Self::of(b, state));
                let open = (a.open * b.from).min(a.to * b.open);
                Self { open, from: a.from * b.from, to: a.to * b.to, closed: a.from.min(b.to) }
            }
            Path::Alternative(a, b) => {
                let (a, b) = (Self::of(a, state), Self::of(b, state));
                Self { open: a.open + b.open, from: a.from + b.from, to: a.to + b.to, closed: a.closed + b.closed }
            }
            Path::ZeroOrMore(inner) | Path::OneOrMore(inner) => {
                let one = Self::of(inner, state);
                let reached = |step: f64| (1.0 + step * REACH).min(one.open + 1.0);
                Self { open: one.open * REACH, from: reached(one.from), to: reached(one.to), closed: 1.0 }
            }
            Path::ZeroOrOne(inner) => {
                let Self { open, from, to, .. } = Self::of(inner, state);
                let all = f64::from(state.base.manifest.terms);
                Self { open: open + all, from: from + 1.0, to: to + 1.0, closed: 1.0 }
            }
            Path::NegatedPropertySet(_) => {
                let open = f64::from(state.base.manifest.quads);
                let [subjects, objects] = [Order::Spog, Order::Ospg]
                    .map(|order| f64::from(state.base.manifest.firsts[order as usize]).max(1.0));
                Self { open, from: open / subjects, to: open / objects, closed: open / subjects / objects }
            }
        }
    }

    fn of_predicate(iri: &NamedNode, state: &State) -> Self {
        let Some(id) = state.find(iri.as_ref().into()) else {
            return Self { open: 0.0, from: 0.0, to: 0.0, closed: 0.0 };
        };
        let pattern = scan::Pattern { terms: [None, Some(id), None], graphs: Graphs::Each };
        let open = small(pattern.count(state));
        let (subjects, objects) = (pairs(state, Order::Psog, id), pairs(state, Order::Posg, id));
        Self { open, from: open / subjects, to: open / objects, closed: open / subjects / objects }
    }
}

/// The numbers of the terms that a triple gives; nothing at all where the store does not know one.
fn given(triple: &TriplePattern, state: &State) -> Option<[Option<u32>; 3]> {
    let predicate = match &triple.predicate {
        NamedNodePattern::NamedNode(iri) => Some(state.find(iri.as_ref().into())?),
        NamedNodePattern::Variable(_) => None,
    };
    Some([number(&triple.subject, state)?, predicate, number(&triple.object, state)?])
}

/// How many different terms stand beside a predicate.
fn pairs(state: &State, order: Order, predicate: u32) -> f64 {
    let permutation = state.base.order(order);
    let group = permutation.group(predicate);
    group.zip(permutation.pairs.as_ref()).map_or(1.0, |(group, pairs)| f64::from(pairs.get(group))).max(1.0)
}

fn end(term: &TermPattern) -> End {
    match term {
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => End::Given,
        TermPattern::Variable(_) | TermPattern::BlankNode(_) => End::Variable(term.to_string()),
        TermPattern::Triple(_) => End::Other,
    }
}

/// The number of a term, nothing for a variable; or nothing at all where the store does not know it.
#[expect(clippy::option_option, reason = "a variable is one thing, a term that is not known another")]
fn number(term: &TermPattern, state: &State) -> Option<Option<u32>> {
    let term = match term {
        TermPattern::NamedNode(iri) => Term::from(iri.clone()),
        TermPattern::Literal(literal) => literal.clone().into(),
        TermPattern::Variable(_) | TermPattern::BlankNode(_) | TermPattern::Triple(_) => return Some(None),
    };
    state.find(term.as_ref()).map(Some)
}

/// A count, as exactly as it matters.
fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
