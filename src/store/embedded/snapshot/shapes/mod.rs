//! Shapes of questions that are answered without the evaluator: how many, for each of these, and which are there.
//!
//! `COUNT` with or without `GROUP BY`, and `SELECT DISTINCT`, over triples and values joined, with conditions that
//! compare a term or a language. The evaluator makes a row for every solution; here solutions are four numbers in a
//! loop, and what comes out takes the shape's place as `VALUES`. All the rest of the query stays the evaluator's, and so
//! does the whole of it where a shape is not known, names a dataset, or would come to too many rows.

mod read;
mod sums;
mod walk;

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    ops::ControlFlow,
};

use oxigraph::model::{Literal, Term, Variable};
use spargebra::{
    Query,
    algebra::{AggregateExpression, AggregateFunction, Expression, GraphPattern as Pattern, OrderExpression},
    term::GroundTerm,
};

use super::{
    permutation::{Order, Quad},
    scan::{self, Graphs, Scan},
    state::State,
    term,
};
use crate::store::embedded::{guard::operands, stop::Stop};

use read::Group;
use sums::Sums;
use walk::{Slot, Step};

/// How many rows may take a shape's place.
const ROWS: usize = 100_000;

/// How many variables a row may have.
const COLUMNS: usize = 4;

/// A row: its numbers, filled up.
type Key = [u32; COLUMNS];

/// Puts values in the place of the shapes that are known.
pub(in super::super) fn answered(mut query: Query, state: &State, stop: &Stop) -> Query {
    let shapes = Shapes { state, stop };
    match &mut query {
        Query::Select { pattern, .. } | Query::Construct { pattern, .. } | Query::Ask { pattern, .. } => {
            shapes.modifiers(pattern);
        }
        Query::Describe { .. } => {}
    }
    query
}

struct Shapes<'a> {
    state: &'a State,
    stop: &'a Stop,
}

impl Shapes<'_> {
    /// Looks for a shape below what is done with its rows.
    fn modifiers(&self, pattern: &mut Pattern) {
        let answered = match pattern {
            Pattern::Group { inner, variables, aggregates } => self.group(inner, variables, aggregates),
            Pattern::Distinct { inner } => self.distinct(inner),
            _ => None,
        };
        if let Some(answered) = answered {
            *pattern = answered;
            return;
        }
        match pattern {
            Pattern::Slice { inner, .. }
            | Pattern::OrderBy { inner, .. }
            | Pattern::Project { inner, .. }
            | Pattern::Distinct { inner }
            | Pattern::Extend { inner, .. }
            | Pattern::Filter { inner, .. } => self.modifiers(inner),
            _ => {}
        }
    }

    /// Counts.
    fn group(
        &self,
        inner: &Pattern,
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
    ) -> Option<Pattern> {
        let (made, inside) = made(inner);
        let group = Group::read(inside, self.state)?;
        let counted: Option<Vec<_>> = aggregates.iter().map(|(_, aggregate)| counted(aggregate, &group)).collect();
        let Some(counted) = counted.filter(|_| made.is_empty()) else {
            return self.in_parts(&group, &made, variables, aggregates);
        };
        let counts = self.count(&group, &group.columns(variables)?, &counted)?;
        let names = aggregates.iter().map(|(name, _)| name.clone()).collect();
        self.values(variables.to_vec(), names, &counts)
    }

    /// Groups by what is aggregated as well, and by what the expressions are made of that are grouped by; the rest is
    /// left to the evaluator, which has fewer rows to do with then.
    fn in_parts(
        &self,
        group: &Group,
        made: &[(&Variable, &Expression)],
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
    ) -> Option<Pattern> {
        let count = Variable::new_unchecked("isnad_count");
        let sums = Sums::of(aggregates, &count)?;
        let within: Vec<Variable> =
            made.iter().map(|(_, expression)| used(expression)).collect::<Option<Vec<_>>>()?.concat();
        let is_made = |variable: &Variable| made.iter().any(|(name, _)| *name == variable);
        let needed = variables.iter().chain(&within).chain(&sums.used).filter(|variable| !is_made(variable));
        let wanted: Vec<Variable> = needed.collect::<BTreeSet<_>>().into_iter().cloned().collect();
        let columns = group.columns(&wanted)?;
        let counts = self.count(group, &columns, &[None])?;
        for variable in &sums.multiplied {
            let column = wanted.iter().position(|other| other == variable)?;
            let is_exact = |key: &Key| self.state.with_term(key[column], term::is_exact);
            if !counts.keys().all(is_exact) {
                return None;
            }
        }
        if counts.is_empty() {
            return None;
        }
        let values = self.values(wanted, vec![count], &counts)?;
        let inner =
            made.iter().rev().fold(values, |inner, (variable, expression)| extended(inner, variable, expression));
        let Sums { aggregates, after, .. } = sums;
        let grouped = Pattern::Group { inner: Box::new(inner), variables: variables.to_vec(), aggregates };
        Some(after.iter().fold(grouped, |inner, (variable, expression)| extended(inner, variable, expression)))
    }

    /// How many solutions there are for each row of some columns, or how many different values of another column.
    fn count(&self, group: &Group, columns: &[usize], counted: &[Option<usize>]) -> Option<HashMap<Key, Vec<u64>>> {
        if columns.is_empty() && counted.iter().all(Option::is_none) {
            let all = self.all(group);
            return Some(HashMap::from([(key(&[], &[]), vec![all; counted.len().max(1)])]));
        }
        let mut counts: HashMap<Key, Vec<u64>> = HashMap::new();
        let mut seen: HashSet<(Key, usize, u32)> = HashSet::new();
        let flow = group.walk(self.state, self.stop).each(&mut |row| {
            let key = key(row, columns);
            let known = counts.len();
            let counts = counts.entry(key).or_insert_with(|| vec![0; counted.len().max(1)]);
            if counted.is_empty() {
                counts[0] += 1;
            }
            for (index, column) in counted.iter().enumerate() {
                let is_new = column.is_none_or(|column| seen.insert((key, index, row[column])));
                counts[index] += u64::from(is_new);
            }
            if known > ROWS || seen.len() > ROWS * 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        flow.is_continue().then_some(counts)
    }

    /// How many solutions there are.
    fn all(&self, group: &Group) -> u64 {
        if let ([Step::Quads { slots, graphs: Graphs::Each }], true) = (group.steps.as_slice(), group.checks.is_empty())
            && Group::are_variables(slots)
        {
            return self.state.len();
        }
        let mut all = 0;
        // It goes on to its end.
        let _ = group.walk(self.state, self.stop).each(&mut |_| {
            all += 1;
            ControlFlow::Continue(())
        });
        all
    }

    fn values(&self, wanted: Vec<Variable>, names: Vec<Variable>, counts: &HashMap<Key, Vec<u64>>) -> Option<Pattern> {
        let mut bindings = Vec::with_capacity(counts.len());
        for (key, counts) in counts {
            let mut row = self.terms(&key[..wanted.len()])?;
            row.extend(counts.iter().take(names.len()).map(|count| Some(Literal::from(*count).into())));
            bindings.push(row);
        }
        if wanted.is_empty() && bindings.is_empty() {
            bindings.push(names.iter().map(|_| Some(Literal::from(0).into())).collect());
        }
        let variables = wanted.into_iter().chain(names).collect();
        Some(Pattern::Values { variables, bindings })
    }

    /// Terms that can stand in `VALUES`, as nameless nodes cannot.
    fn terms(&self, ids: &[u32]) -> Option<Vec<Option<GroundTerm>>> {
        let ground = |id: &u32| match self.state.with_term(*id, term::decode)? {
            Term::NamedNode(iri) => Some(Some(iri.into())),
            Term::Literal(literal) => Some(Some(literal.into())),
            Term::BlankNode(_) | Term::Triple(_) => None,
        };
        ids.iter().map(ground).collect()
    }

    /// Each row once.
    fn distinct(&self, inner: &Pattern) -> Option<Pattern> {
        let Pattern::Project { inner, variables } = inner else { return None };
        let (by, inside) = match &**inner {
            Pattern::OrderBy { inner, expression } => (Some(expression), inner),
            _ => (None, inner),
        };
        let is_projected = |by: &OrderExpression| {
            let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = by;
            matches!(by, Expression::Variable(variable) if variables.contains(variable))
        };
        if !by.is_none_or(|by| by.iter().all(is_projected)) {
            return None;
        }
        let group = Group::read(inside, self.state)?;
        let columns = group.columns(variables)?;
        let rows = match self.firsts(&group, &columns) {
            Some(rows) => rows,
            None => self.rows(&group, &columns)?,
        };
        let bindings = rows.iter().map(|key| self.terms(&key[..variables.len()])).collect::<Option<_>>()?;
        let mut pattern = Pattern::Values { variables: variables.clone(), bindings };
        if let Some(by) = by {
            pattern = Pattern::OrderBy { inner: Box::new(pattern), expression: by.clone() };
        }
        Some(Pattern::Project { inner: Box::new(pattern), variables: variables.clone() })
    }

    fn rows(&self, group: &Group, columns: &[usize]) -> Option<HashSet<Key>> {
        let mut rows = HashSet::new();
        let flow = group.walk(self.state, self.stop).each(&mut |row| {
            rows.insert(key(row, columns));
            if rows.len() > ROWS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        flow.is_continue().then_some(rows)
    }

    /// The terms of one place of all triples: each is looked for once.
    fn firsts(&self, group: &Group, columns: &[usize]) -> Option<HashSet<Key>> {
        let ([column], [Step::Quads { slots, graphs: Graphs::Merge }], true) =
            (columns, group.steps.as_slice(), group.checks.is_empty())
        else {
            return None;
        };
        if !Group::are_variables(slots) {
            return None;
        }
        let place = slots.iter().position(|slot| *slot == Slot::Variable(*column))?;
        let order = [Order::Spog, Order::Psog, Order::Ospg][place];
        let permutation = self.state.base.order(order);
        let groups = permutation.starts.len().saturating_sub(1);
        let known = (0..groups).filter_map(|group| {
            let key = permutation.keys.as_ref().map_or_else(|| super::column::number(group), |keys| keys.get(group));
            (!permutation.rows_of(group).is_empty()).then_some(key)
        });
        let added = self.state.added(order, &[]).iter().map(|row: &Quad| row[0]);
        let mut rows = HashSet::new();
        for id in known.chain(added) {
            self.stop.tick();
            let mut terms = [None; 3];
            terms[place] = Some(id);
            if Scan::new(self.state, scan::Pattern { terms, graphs: Graphs::Merge }, Some(self.stop)).next().is_some() {
                rows.insert(key(&[id], &[0]));
            }
            if rows.len() > ROWS {
                return None;
            }
        }
        Some(rows)
    }
}

fn key(row: &[u32], columns: &[usize]) -> Key {
    let mut key = [walk::NONE; COLUMNS];
    for (place, column) in key.iter_mut().zip(columns) {
        *place = row[*column];
    }
    key
}

fn extended(inner: Pattern, variable: &Variable, expression: &Expression) -> Pattern {
    Pattern::Extend { inner: Box::new(inner), variable: variable.clone(), expression: expression.clone() }
}

/// What is made of each row of a pattern, the last first, and the pattern.
fn made(mut pattern: &Pattern) -> (Vec<(&Variable, &Expression)>, &Pattern) {
    let mut made = Vec::new();
    while let Pattern::Extend { inner, variable, expression } = pattern {
        made.push((variable, expression));
        pattern = inner;
    }
    (made, pattern)
}

/// The variables of an expression whose value depends on nothing else.
fn used(expression: &Expression) -> Option<Vec<Variable>> {
    use spargebra::algebra::Function;
    match expression {
        Expression::Variable(variable) | Expression::Bound(variable) => Some(vec![variable.clone()]),
        Expression::Exists(_)
        | Expression::FunctionCall(
            Function::Rand | Function::Uuid | Function::StrUuid | Function::BNode | Function::Custom(_),
            _,
        ) => None,
        other => {
            let mut other = other.clone();
            let inside = operands(&mut other).into_iter().map(|operand| used(operand));
            Some(inside.collect::<Option<Vec<_>>>()?.concat())
        }
    }
}

/// What an aggregate counts: every solution, or the different values of a variable.
#[expect(clippy::option_option, reason = "not every aggregate counts, and not every count is of different values")]
fn counted(aggregate: &AggregateExpression, group: &Group) -> Option<Option<usize>> {
    match aggregate {
        AggregateExpression::CountSolutions { distinct: false } => Some(None),
        AggregateExpression::FunctionCall {
            name: AggregateFunction::Count,
            expr: Expression::Variable(variable),
            distinct,
        } => {
            let column = group.column(variable)?;
            Some(distinct.then_some(column))
        }
        _ => None,
    }
}
