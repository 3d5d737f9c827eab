//! A query as it is written, as tables and steps.

mod expression;
mod group;

use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::Rc,
};

use oxigraph::model::{TermRef, Variable};
use spargebra::algebra::{
    AggregateExpression, AggregateFunction, Expression as Written, GraphPattern as Pattern, OrderExpression,
};

use super::{
    super::permutation::Order,
    Run,
    expression::Expression,
    group::{Aggregate, Function},
    steps::{Slot, Step},
    table::{By, Firsts, Sort, Table, Width},
};
use crate::store::embedded::scope::{self, Scope};

use group::Chain;

/// Numbers of variables.
type Slots = BTreeSet<usize>;

/// Reads the outside of a query, or of a subquery: what is projected, kept once, cut off. `limit` is how many rows are
/// wanted at most.
pub(super) fn select(run: &Run<'_>, pattern: &Pattern, limit: Option<usize>) -> Option<(Table, Vec<Variable>)> {
    match pattern {
        Pattern::Slice { inner, start, length } => {
            let wanted = length.map(|length| start.saturating_add(length));
            let (table, variables) = select(run, inner, wanted.or(limit))?;
            Some((Table::Slice { inner: Box::new(table), start: *start, length: *length }, variables))
        }
        Pattern::Distinct { inner } => {
            let (table, variables) = match firsts(run, inner) {
                Some(firsts) => firsts,
                None => select(run, inner, None)?,
            };
            Some((Table::Distinct { inner: Box::new(table), width: variables.len() }, variables))
        }
        Pattern::Project { inner, variables } => {
            let reader = Reader::new(run);
            let inner = Box::new(reader.rows(inner, limit)?);
            let columns = variables.iter().map(|variable| reader.known(variable)).collect();
            Some((Table::Columns { inner, columns }, variables.clone()))
        }
        _ => None,
    }
}

/// Reads a part whose rows are modified by something that is not known here.
pub(super) fn part(run: &Run<'_>, pattern: &Pattern) -> Option<(Table, Vec<Variable>)> {
    let Pattern::Group { variables, aggregates, .. } = pattern else { return select(run, pattern, None) };
    let reader = Reader::new(run);
    let inner = Box::new(reader.rows(pattern, None)?);
    let variables: Vec<Variable> = variables.iter().chain(aggregates.iter().map(|(name, _)| name)).cloned().collect();
    let columns = variables.iter().map(|variable| reader.known(variable)).collect();
    Some((Table::Columns { inner, columns }, variables))
}

/// Reads a pattern of which only matters whether it is found.
pub(super) fn any(run: &Run<'_>, pattern: &Pattern) -> Option<Table> {
    match pattern {
        Pattern::Project { .. } | Pattern::Slice { .. } | Pattern::Distinct { .. } => {
            select(run, pattern, None).map(|(table, _)| table)
        }
        _ => Reader::new(run).rows(pattern, None),
    }
}

/// The different values of one variable that stands alone in a pattern.
fn firsts(run: &Run<'_>, pattern: &Pattern) -> Option<(Table, Vec<Variable>)> {
    let Pattern::Project { inner, variables } = pattern else { return None };
    let (Pattern::Bgp { patterns }, [variable]) = (&**inner, variables.as_slice()) else { return None };
    let [triple] = patterns.as_slice() else { return None };
    let reader = Reader::new(run);
    let slots = reader.triple(triple)?;
    let wanted = Slot::Variable(reader.known(variable)?);
    let place = slots.iter().position(|slot| *slot == wanted)?;
    let others: Vec<Slot> = (0..3).filter(|other| *other != place).map(|other| slots[other]).collect();
    if others.contains(&wanted) || others[0] == others[1] {
        return None;
    }
    // All places are open, or only the predicate is given.
    let given = match (place, slots[1]) {
        (_, Slot::Variable(_)) if others.iter().all(|slot| matches!(slot, Slot::Variable(_))) => None,
        (0, Slot::Given(predicate)) if matches!(slots[2], Slot::Variable(_)) => Some((Order::Psog, predicate)),
        (2, Slot::Given(predicate)) if matches!(slots[0], Slot::Variable(_)) => Some((Order::Posg, predicate)),
        _ => return None,
    };
    Some((Table::Firsts(Firsts { given, place }), variables.clone()))
}

/// One place in a query: its variables, and what is around it.
#[derive(Clone)]
struct Reader<'r, 'a> {
    run: &'r Run<'a>,
    names: Rc<RefCell<Vec<Variable>>>,
    width: Width,
    /// The graph around.
    graph: Option<Slot>,
    /// The variables that have their values from outside, in `EXISTS`.
    around: Scope,
    /// Whether this is asked of one row after the other, so that nothing can be computed beforehand.
    is_inside: bool,
}

impl<'r, 'a> Reader<'r, 'a> {
    fn new(run: &'r Run<'a>) -> Self {
        Self {
            run,
            names: Rc::default(),
            width: Rc::new(Cell::new(0)),
            graph: None,
            around: Scope::new(),
            is_inside: false,
        }
    }

    /// The column of a variable.
    fn slot(&self, variable: &Variable) -> usize {
        if let Some(known) = self.known(variable) {
            return known;
        }
        let mut names = self.names.borrow_mut();
        names.push(variable.clone());
        self.width.set(names.len());
        names.len() - 1
    }

    fn known(&self, variable: &Variable) -> Option<usize> {
        self.names.borrow().iter().position(|known| known == variable)
    }

    /// The columns of those of some variables that have one.
    fn slots(&self, scope: &Scope) -> Slots {
        let names = self.names.borrow();
        names.iter().enumerate().filter(|(_, name)| scope.contains(&name.to_string())).map(|(slot, _)| slot).collect()
    }

    fn id<'t>(&self, term: impl Into<TermRef<'t>>) -> u32 {
        self.run.terms.id(term.into())
    }

    /// Reads what gives the rows that are projected.
    fn rows(&self, pattern: &Pattern, limit: Option<usize>) -> Option<Table> {
        match pattern {
            Pattern::OrderBy { inner, expression } => self.sorted(inner, expression, limit),
            Pattern::Group { inner, variables, aggregates } => self.grouped(inner, variables, aggregates),
            Pattern::Extend { inner, variable, expression } if is_modified(inner) => {
                let scope = scope::visible(inner);
                let inner = Box::new(self.rows(inner, None)?);
                let expression = self.expression(expression, &scope, &Slots::new())?;
                Some(Table::Bind { inner, slot: self.slot(variable), expression })
            }
            Pattern::Filter { expr, inner } if is_modified(inner) => {
                let scope = scope::visible(inner);
                let inner = Box::new(self.rows(inner, None)?);
                Some(Table::Where { inner, condition: self.expression(expr, &scope, &Slots::new())? })
            }
            _ => {
                let mut chain = Chain::default();
                self.add(pattern, &mut chain)?;
                Some(Table::Steps { steps: chain.into_steps(), width: Rc::clone(&self.width) })
            }
        }
    }

    fn sorted(&self, inner: &Pattern, by: &[OrderExpression], limit: Option<usize>) -> Option<Table> {
        let scope = scope::visible(inner);
        let mut table = self.rows(inner, None)?;
        let read = |by: &OrderExpression| {
            let (descending, written) = match by {
                OrderExpression::Asc(written) => (false, written),
                OrderExpression::Desc(written) => (true, written),
            };
            Some(By { expression: self.expression(written, &scope, &Slots::new())?, descending })
        };
        let by = by.iter().map(read).collect::<Option<Vec<_>>>()?;
        let bar = Rc::default();
        if let (Table::Steps { steps, .. }, Some(By { expression: Expression::Variable(slot), descending }), Some(_)) =
            (&mut table, by.first(), limit)
            && let Some(at) = steps.iter().position(|step| group::binds(step, *slot))
        {
            steps.insert(at + 1, Step::Prune { slot: *slot, descending: *descending, bar: Rc::clone(&bar) });
        }
        Some(Table::Sort(Sort { inner: Box::new(table), by, limit, width: Rc::clone(&self.width), bar }))
    }

    fn grouped(
        &self,
        inner: &Pattern,
        variables: &[Variable],
        aggregates: &[(Variable, AggregateExpression)],
    ) -> Option<Table> {
        let scope = scope::visible(inner);
        let inner = Box::new(self.rows(inner, None)?);
        let keys = variables.iter().map(|variable| self.slot(variable)).collect();
        let read = |(name, aggregate): &(Variable, AggregateExpression)| {
            let (function, variable) = match aggregate {
                AggregateExpression::CountSolutions { distinct: false } => (Function::Count, None),
                AggregateExpression::FunctionCall { name, expr: Written::Variable(variable), distinct } => {
                    let function = match (name, distinct) {
                        (AggregateFunction::Count, false) => Function::Count,
                        (AggregateFunction::Count, true) => Function::CountDifferent,
                        (AggregateFunction::Min, _) => Function::Least,
                        (AggregateFunction::Max, _) => Function::Greatest,
                        (AggregateFunction::Sum, false) => Function::Sum,
                        (AggregateFunction::Avg, false) => Function::Mean,
                        _ => return None,
                    };
                    // A variable that is bound nowhere is left to the evaluator.
                    (function, Some(self.known(variable).filter(|_| scope.contains(&variable.to_string()))?))
                }
                _ => return None,
            };
            Some(Aggregate { function, variable, slot: self.slot(name) })
        };
        let aggregates = aggregates.iter().map(read).collect::<Option<_>>()?;
        Some(Table::Group { inner, keys, aggregates, width: Rc::clone(&self.width) })
    }
}

/// Whether there is something below whose rows are not found by steps.
fn is_modified(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Group { .. } | Pattern::OrderBy { .. } => true,
        Pattern::Extend { inner, .. } | Pattern::Filter { inner, .. } => is_modified(inner),
        _ => false,
    }
}
