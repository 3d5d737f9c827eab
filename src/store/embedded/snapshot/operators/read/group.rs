//! Groups of patterns, as chains of steps.
//!
//! A step is asked for one row after the other, with what is bound before. That is what joining means as long as what is
//! bound before cannot change what the step would find by itself: an optional part must not see a variable that it binds
//! itself, a condition none that stands outside of its group. Where it could, the part is computed alone, once, and
//! joined.

use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};

use oxigraph::model::{Term, Variable};
use spargebra::{
    algebra::{Expression as Written, GraphPattern as Pattern, PropertyPathExpression},
    term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern},
};

use super::{
    super::{
        super::{order, scan::Graphs},
        cursor::Cursor,
        path::{Path, Way},
        steps::{Joined, Quads, Slot, Step},
        table::Table,
        terms::NONE,
    },
    Reader, Slots, select,
};
use crate::store::embedded::scope::{self, Scope};

/// How many parts a group may have.
const PARTS: usize = 24;

/// Steps one after the other, and what they bind.
#[derive(Clone, Default)]
pub(super) struct Bound {
    pub(super) certain: Slots,
    pub(super) possible: Slots,
}

/// A chain of steps that is being made.
#[derive(Default)]
pub(super) struct Chain {
    /// What is bound before the first.
    before: Bound,
    /// Each step, and what is bound after it.
    pub(super) steps: Vec<(Step, Bound)>,
}

impl Chain {
    fn after(bound: Bound) -> Self {
        Self { before: bound, steps: Vec::new() }
    }

    /// A chain inside `EXISTS`, where the variables of the row are bound.
    pub(super) fn around(certain: &Slots, possible: &Slots) -> Self {
        Self::after(Bound { certain: certain.clone(), possible: possible | certain })
    }

    pub(super) fn bound(&self) -> &Bound {
        self.steps.last().map_or(&self.before, |(_, bound)| bound)
    }

    fn push(
        &mut self,
        step: Step,
        certain: impl IntoIterator<Item = usize>,
        possible: impl IntoIterator<Item = usize>,
    ) {
        let mut bound = self.bound().clone();
        bound.certain.extend(certain);
        bound.possible.extend(&bound.certain);
        bound.possible.extend(possible);
        self.steps.push((step, bound));
    }

    /// Puts a condition where all that it is about is bound, but not before a place.
    pub(super) fn put(&mut self, step: Step, about: &Slots, from: usize) {
        let has_all = |at: &usize| {
            let bound = if *at == 0 { &self.before } else { &self.steps[*at - 1].1 };
            about.is_subset(&bound.certain)
        };
        let at = (from..=self.steps.len()).find(has_all).unwrap_or(self.steps.len());
        let bound = if at == 0 { &self.before } else { &self.steps[at - 1].1 };
        self.steps.insert(at, (step, bound.clone()));
    }

    pub(super) fn into_steps(self) -> Vec<Step> {
        self.steps.into_iter().map(|(step, _)| step).collect()
    }
}

/// Whether a step binds a variable in every row.
pub(super) fn binds(step: &Step, slot: usize) -> bool {
    match step {
        Step::Quads(quads) => quads.slots.contains(&Slot::Variable(slot)),
        Step::Path(path) => path.ends.contains(&Slot::Variable(slot)),
        Step::Rows { slots, rows } => {
            slots.iter().position(|other| *other == slot).is_some_and(|at| rows.iter().all(|row| row[at] != NONE))
        }
        _ => false,
    }
}

impl Reader<'_, '_> {
    /// Adds the steps that join a pattern with what is there.
    pub(super) fn add(&self, pattern: &Pattern, chain: &mut Chain) -> Option<()> {
        if !self.is_safe(pattern, &self.names_of(&chain.bound().possible)) {
            return self.alone(pattern, chain);
        }
        match pattern {
            Pattern::Bgp { .. } | Pattern::Join { .. } | Pattern::Path { .. } | Pattern::Values { .. } => {
                self.join(pattern, chain)
            }
            Pattern::Filter { expr, inner } => {
                let from = chain.steps.len();
                self.add(inner, chain)?;
                self.conditions(expr, &scope::visible(inner), chain, from)
            }
            Pattern::LeftJoin { left, right, expression } => {
                self.add(left, chain)?;
                self.optional(left, right, expression.as_ref(), chain)
            }
            Pattern::Union { .. } => {
                let mut alternatives = Vec::new();
                branches(pattern, &mut alternatives);
                let before = chain.bound().clone();
                let read = |pattern: &Pattern| {
                    let mut branch = Chain::after(before.clone());
                    self.add(pattern, &mut branch)?;
                    Some(branch)
                };
                let read = alternatives.into_iter().map(read).collect::<Option<Vec<_>>>()?;
                let certain = read.iter().map(|branch| branch.bound().certain.clone());
                let certain = certain.reduce(|a, b| &a & &b).unwrap_or_default();
                let possible: Slots = read.iter().flat_map(|branch| branch.bound().possible.clone()).collect();
                chain.push(Step::Union(read.into_iter().map(Chain::into_steps).collect()), certain, possible);
                Some(())
            }
            Pattern::Minus { left, right } => {
                self.add(left, chain)?;
                self.minus(left, right, chain)
            }
            Pattern::Extend { inner, variable, expression } => {
                self.add(inner, chain)?;
                let slot = self.slot(variable);
                let expression = self.expression(expression, &scope::visible(inner), &chain.bound().certain)?;
                chain.push(Step::Bind { slot, expression }, [], [slot]);
                Some(())
            }
            Pattern::Graph { name, inner } => {
                let graph = match name {
                    NamedNodePattern::NamedNode(iri) => Slot::Given(self.id(iri)),
                    NamedNodePattern::Variable(name) => Slot::Variable(self.slot(name)),
                };
                Self { graph: Some(graph), ..self.clone() }.add(inner, chain)
            }
            Pattern::Project { .. } | Pattern::Distinct { .. } | Pattern::Slice { .. } => {
                let (table, variables) = select(self.run, pattern, None)?;
                self.table(table, &variables, &scope::certain(pattern, None), chain)
            }
            _ => None,
        }
    }

    fn names_of(&self, slots: &Slots) -> Scope {
        let names = self.names.borrow();
        slots.iter().filter_map(|slot| names.get(*slot)).map(ToString::to_string).collect()
    }

    /// Whether a pattern finds the same for a row that binds some variables as it does by itself.
    fn is_safe(&self, pattern: &Pattern, outer: &Scope) -> bool {
        if outer.is_empty() {
            return true;
        }
        let sees = |written: &Written, inner: &Scope| {
            let used = super::expression::used(written);
            used.iter().any(|name| outer.contains(name) && !inner.contains(name) && !self.around.contains(name))
        };
        match pattern {
            Pattern::Join { left, right } | Pattern::Union { left, right } => {
                self.is_safe(left, outer) && self.is_safe(right, outer)
            }
            Pattern::Filter { expr, inner } => self.is_safe(inner, outer) && !sees(expr, &scope::visible(inner)),
            Pattern::Extend { inner, variable, expression } => {
                let is_new = !outer.contains(&variable.to_string());
                is_new && self.is_safe(inner, outer) && !sees(expression, &scope::visible(inner))
            }
            Pattern::LeftJoin { left, right, expression } => {
                let within = &scope::visible(left) | &scope::visible(right);
                let own = &scope::visible(right) - &scope::certain(left, None);
                self.is_safe(left, outer)
                    && own.is_disjoint(outer)
                    && self.is_safe(right, outer)
                    && !expression.as_ref().is_some_and(|expression| sees(expression, &within))
            }
            Pattern::Minus { left, right } => {
                let shared = &scope::visible(left) & &scope::visible(right);
                self.is_safe(left, outer) && (&shared - &scope::certain(left, None)).is_disjoint(outer)
            }
            Pattern::Graph { inner, .. } => self.is_safe(inner, outer),
            _ => true,
        }
    }

    /// Adds a pattern that is computed by itself.
    fn alone(&self, pattern: &Pattern, chain: &mut Chain) -> Option<()> {
        if self.is_inside || self.graph.is_some() {
            return None;
        }
        let reader = Reader::new(self.run);
        let mut steps = Chain::default();
        reader.add(pattern, &mut steps)?;
        let inner = Box::new(Table::Steps { steps: steps.into_steps(), width: Rc::clone(&reader.width) });
        let visible = scope::visible(pattern);
        let known = reader.names.borrow().clone();
        let variables: Vec<Variable> =
            known.into_iter().filter(|variable| visible.contains(&variable.to_string())).collect();
        let columns = variables.iter().map(|variable| reader.known(variable)).collect();
        self.table(Table::Columns { inner, columns }, &variables, &scope::certain(pattern, None), chain)
    }

    fn table(&self, table: Table, variables: &[Variable], certain: &Scope, chain: &mut Chain) -> Option<()> {
        if self.is_inside || self.graph.is_some() {
            return None;
        }
        let slots: Vec<usize> = variables.iter().map(|variable| self.slot(variable)).collect();
        let is_certain = |column: &usize| certain.contains(&variables[*column].to_string());
        let own: Vec<usize> = (0..slots.len()).filter(is_certain).map(|column| slots[column]).collect();
        let is_shared = |column: &usize| is_certain(column) && chain.bound().certain.contains(&slots[*column]);
        let shared = (0..slots.len()).filter(is_shared).collect();
        let joined = Joined { table: Box::new(table), slots: slots.clone(), shared, index: OnceCell::new() };
        chain.push(Step::Table(joined), own, slots);
        Some(())
    }

    /// Adds what is joined in one place: what is looked up in the best order, and the rest around it.
    fn join(&self, pattern: &Pattern, chain: &mut Chain) -> Option<()> {
        let mut parts = Vec::new();
        flattened(pattern, &mut parts);
        let mut after = Vec::new();
        while let Some(at) = parts.iter().position(|part| is_hoisted(part, &parts)) {
            let Pattern::LeftJoin { left, right, expression } = parts.remove(at) else { return None };
            flattened(&left, &mut parts);
            after.push((left, right, expression));
        }
        let (simple, others): (Vec<_>, Vec<_>) = parts.into_iter().partition(is_simple);
        if simple.len() > PARTS || is_undecided(&simple) {
            return None;
        }
        let (given, simple): (Vec<_>, Vec<_>) = simple.into_iter().partition(|part| begins(part, &others));
        for part in &given {
            self.simple(part, chain)?;
        }
        let mut others = others.into_iter().peekable();
        // In a graph things are looked up as elsewhere: better with what is bound before.
        let waits = |other: &Pattern| matches!(other, Pattern::Graph { .. }) && !simple.is_empty();
        if let Some(first) = others.next_if(|other| !waits(other)) {
            self.add(&first, chain)?;
        }
        let outer = self.names_of(&chain.bound().certain);
        for index in order::sequence(&simple, self.run.state, outer) {
            self.simple(&simple[index], chain)?;
        }
        for other in others {
            self.add(&other, chain)?;
        }
        // The innermost was hoisted last.
        for (left, right, expression) in after.into_iter().rev() {
            self.optional(&left, &right, expression.as_ref(), chain)?;
        }
        Some(())
    }

    fn simple(&self, part: &Pattern, chain: &mut Chain) -> Option<()> {
        match part {
            Pattern::Bgp { patterns } => match (patterns.as_slice(), self.graph) {
                ([], None) => Some(()),
                ([], Some(graph)) => {
                    chain.push(Step::Graphs(graph), variables(&[graph]), []);
                    Some(())
                }
                ([triple], graph) => {
                    let [subject, predicate, object] = self.triple(triple)?;
                    let slots = [subject, predicate, object, graph.unwrap_or(Slot::Any)];
                    let graphs = if graph.is_some() { Graphs::Each } else { Graphs::Merge };
                    let cursor = RefCell::new(Cursor::new());
                    chain.push(Step::Quads(Quads { slots, graphs, objects: None, cursor }), variables(&slots), []);
                    Some(())
                }
                _ => None,
            },
            Pattern::Graph { .. } => self.add(part, chain),
            Pattern::Values { variables, bindings } => {
                self.values(variables, bindings, chain);
                Some(())
            }
            Pattern::Path { subject, path, object } => self.path(subject, path, object, chain),
            _ => None,
        }
    }

    /// The places of a triple.
    pub(super) fn triple(&self, triple: &TriplePattern) -> Option<[Slot; 3]> {
        let predicate = match &triple.predicate {
            NamedNodePattern::NamedNode(iri) => Slot::Given(self.id(iri)),
            NamedNodePattern::Variable(name) => Slot::Variable(self.slot(name)),
        };
        Some([self.term(&triple.subject)?, predicate, self.term(&triple.object)?])
    }

    fn term(&self, term: &TermPattern) -> Option<Slot> {
        Some(match scope::named(term.clone()) {
            TermPattern::NamedNode(iri) => Slot::Given(self.id(&iri)),
            TermPattern::Literal(literal) => Slot::Given(self.id(&literal)),
            TermPattern::Variable(name) => Slot::Variable(self.slot(&name)),
            TermPattern::BlankNode(_) | TermPattern::Triple(_) => return None,
        })
    }

    fn values(&self, names: &[Variable], bindings: &[Vec<Option<GroundTerm>>], chain: &mut Chain) {
        // In a graph they come with the graph's name, which was seen to before.
        let slots: Vec<usize> = names.iter().map(|name| self.slot(name)).collect();
        let id = |term: &Option<GroundTerm>| match term {
            Some(term) => self.id(Term::from(term.clone()).as_ref()),
            None => NONE,
        };
        let rows: Vec<Vec<u32>> = bindings.iter().map(|row| row.iter().map(id).collect()).collect();
        let is_certain = |column: &usize| rows.iter().all(|row| row[*column] != NONE);
        let certain: Vec<usize> = (0..slots.len()).filter(is_certain).map(|column| slots[column]).collect();
        chain.push(Step::Rows { slots: slots.clone(), rows }, certain, slots);
    }

    fn path(
        &self,
        subject: &TermPattern,
        path: &PropertyPathExpression,
        object: &TermPattern,
        chain: &mut Chain,
    ) -> Option<()> {
        let ends = [self.term(subject)?, self.term(object)?];
        let is_bound = |slot: &Slot| match slot {
            Slot::Variable(slot) => chain.bound().certain.contains(slot),
            Slot::Given(_) => true,
            Slot::Any => false,
        };
        let graphs = match self.graph {
            None => Graphs::Merge,
            Some(Slot::Given(graph)) => Graphs::One(graph),
            Some(_) => return None,
        };
        // What may begin and end anywhere is left to the evaluator, and what may be found in several ways.
        let is_single = !matches!(path, PropertyPathExpression::Sequence(..));
        if !ends.iter().any(is_bound) || ends[0] == ends[1] || !is_single {
            return None;
        }
        chain.push(Step::Path(Path { ends, way: self.way(path)?, graphs }), variables(&ends), []);
        Some(())
    }

    fn way(&self, path: &PropertyPathExpression) -> Option<Way> {
        let boxed = |path| self.way(path).map(Box::new);
        Some(match path {
            PropertyPathExpression::NamedNode(iri) => {
                let predicate = Some(self.id(iri)).filter(|id| *id < self.run.state.known());
                Way::Edge { predicate, cursor: RefCell::new(Cursor::new()) }
            }
            PropertyPathExpression::Reverse(inner) if matches!(**inner, PropertyPathExpression::Sequence(..)) => {
                return None;
            }
            PropertyPathExpression::Reverse(inner) => Way::Back(boxed(inner)?),
            PropertyPathExpression::Sequence(a, b) => Way::Then(Box::new([self.way(a)?, self.way(b)?])),
            PropertyPathExpression::Alternative(a, b) => Way::Or(Box::new([self.way(a)?, self.way(b)?])),
            PropertyPathExpression::ZeroOrMore(inner) => Way::Often { way: boxed(inner)?, or_never: true },
            PropertyPathExpression::OneOrMore(inner) => Way::Often { way: boxed(inner)?, or_never: false },
            PropertyPathExpression::ZeroOrOne(inner) => Way::Maybe(boxed(inner)?),
            PropertyPathExpression::NegatedPropertySet(_) => return None,
        })
    }

    fn optional(&self, left: &Pattern, right: &Pattern, condition: Option<&Written>, chain: &mut Chain) -> Option<()> {
        let mut inside = Chain::after(chain.bound().clone());
        self.add(right, &mut inside)?;
        if let Some(condition) = condition {
            let scope = &scope::visible(left) | &scope::visible(right);
            self.conditions(condition, &scope, &mut inside, 0)?;
        }
        let possible = inside.bound().possible.clone();
        chain.push(Step::Optional(inside.into_steps()), [], possible);
        Some(())
    }

    fn minus(&self, left: &Pattern, right: &Pattern, chain: &mut Chain) -> Option<()> {
        let names = &scope::visible(left) & &scope::visible(right);
        let graph = match self.graph {
            Some(Slot::Variable(_)) => return None,
            other => other,
        };
        if names.is_empty() {
            return Some(());
        }
        let shared = self.slots(&names);
        if !names.is_subset(&scope::certain(right, None)) || !shared.is_subset(&chain.bound().certain) {
            return None;
        }
        let bound = Bound { certain: shared.clone(), possible: shared.clone() };
        let mut steps = Chain::after(bound);
        Self { graph, is_inside: true, around: Scope::new(), ..self.clone() }.add(right, &mut steps)?;
        chain.push(Step::Minus { shared: shared.into_iter().collect(), steps: steps.into_steps() }, [], []);
        Some(())
    }
}

/// The alternatives of a union, one after the other.
fn branches<'p>(pattern: &'p Pattern, into: &mut Vec<&'p Pattern>) {
    if let Pattern::Union { left, right } = pattern {
        branches(left, into);
        branches(right, into);
    } else {
        into.push(pattern);
    }
}

fn variables(slots: &[Slot]) -> Vec<usize> {
    let variable = |slot: &Slot| match slot {
        Slot::Variable(slot) => Some(*slot),
        _ => None,
    };
    slots.iter().filter_map(variable).collect()
}

/// Whether a pattern is triples and nothing else, so that it can be taken apart in a graph too.
fn is_triples(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Bgp { patterns } => !patterns.is_empty(),
        Pattern::Join { left, right } => is_triples(left) && is_triples(right),
        _ => false,
    }
}

/// Whether a part gives values to what another one would otherwise look for among everything.
fn begins(part: &Pattern, others: &[Pattern]) -> bool {
    let shares = |other: &Pattern| !scope::visible(part).is_disjoint(&scope::visible(other));
    matches!(part, Pattern::Values { .. }) && others.iter().any(shares)
}

/// What is joined in one place; basic graph patterns fall into their triples.
fn flattened(pattern: &Pattern, parts: &mut Vec<Pattern>) {
    match pattern {
        Pattern::Join { left, right } => {
            flattened(left, parts);
            flattened(right, parts);
        }
        Pattern::Bgp { patterns } if !patterns.is_empty() => {
            let triples = patterns.iter().cloned().map(scope::named_triple);
            parts.extend(triples.map(|triple| Pattern::Bgp { patterns: vec![triple] }));
        }
        Pattern::Path { subject, path, object } => parts.push(Pattern::Path {
            subject: scope::named(subject.clone()),
            path: path.clone(),
            object: scope::named(object.clone()),
        }),
        Pattern::Graph { name, inner } if is_triples(inner) => {
            let mut within = Vec::new();
            flattened(inner, &mut within);
            let each = |part| Pattern::Graph { name: name.clone(), inner: Box::new(part) };
            parts.extend(within.into_iter().map(each));
        }
        other => parts.push(other.clone()),
    }
}

fn is_simple(part: &Pattern) -> bool {
    match part {
        Pattern::Bgp { .. } | Pattern::Values { .. } | Pattern::Path { .. } => true,
        Pattern::Graph { inner, .. } => matches!(&**inner, Pattern::Bgp { patterns } if patterns.len() == 1),
        _ => false,
    }
}

/// Whether a part is an optional one that binds nothing that the others have, so that it can wait for them.
fn is_hoisted(part: &Pattern, parts: &[Pattern]) -> bool {
    let Pattern::LeftJoin { left, right, .. } = part else { return false };
    let own = &scope::visible(right) - &scope::certain(left, None);
    parts.iter().all(|other| std::ptr::eq(part, other) || scope::visible(other).is_disjoint(&own))
}

/// Whether there is a path that may have no step and something whose terms the store need not know: which of the two
/// comes first makes a difference to the evaluator.
fn is_undecided(parts: &[Pattern]) -> bool {
    parts.iter().any(|part| matches!(part, Pattern::Values { .. }))
        && parts.iter().any(|part| matches!(part, Pattern::Path { .. }))
}
