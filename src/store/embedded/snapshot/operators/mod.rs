//! Questions that are answered on numbers, without the evaluator: joins, optional parts, unions, conditions, paths,
//! groups, sorting, and what is different.
//!
//! A query is [read] into a [table](table) of what is done with rows, above [steps] that find them: each step looks up,
//! in the order of the permutation that fits, what goes with the row before. Terms are numbers until an expression has
//! to know what they say, or the answer is written. What is not known here, or would have to be done in an order that
//! is the evaluator's own, is left to it: the whole of a query, or all but the part below its modifiers, which then takes
//! that part's place as `VALUES`.
//!
//! Every operator looks now and then whether the query is to go on, as the evaluator's ticks do.

mod compare;
mod cursor;
mod expression;
mod group;
mod keys;
mod path;
mod ranges;
mod read;
mod steps;
mod table;
mod terms;
#[cfg(test)]
mod tests;

use std::{cell::Cell, ops::ControlFlow};

use oxigraph::model::{Term, Variable};
use spargebra::{Query, algebra::GraphPattern as Pattern, term::GroundTerm};

use super::state::State;
use crate::store::embedded::stop::Stop;

use table::Table;
use terms::Terms;

/// How many rows may take a part's place.
const ROWS: usize = 100_000;

/// After how many rows it is looked at whether to go on.
const LOOK: u32 = 1024;

/// One evaluation.
struct Run<'a> {
    state: &'a State,
    stop: &'a Stop,
    terms: Terms<'a>,
    /// Whether it was found on the way that the evaluator has to do it.
    bailed: Cell<bool>,
    left: Cell<u32>,
}

impl<'a> Run<'a> {
    fn new(state: &'a State, stop: &'a Stop) -> Self {
        Self { state, stop, terms: Terms::new(state), bailed: Cell::new(false), left: Cell::new(LOOK) }
    }

    /// Counts a row or a lookup, and looks now and then whether to go on.
    fn count(&self) {
        let left = self.left.get() - 1;
        self.left.set(if left == 0 { LOOK } else { left });
        if left == 0 {
            self.stop.tick();
        }
    }

    fn has_bailed(&self) -> bool {
        self.bailed.get()
    }
}

/// A query that can be answered here.
pub(in super::super) struct Found<'a> {
    run: Run<'a>,
    table: Table,
    /// The variables of its rows, unless it only asks whether there are any.
    pub(in super::super) variables: Option<Vec<Variable>>,
}

impl<'a> Found<'a> {
    /// Reads a query, unless there is something in it that is not known here.
    pub(in super::super) fn read(query: &Query, state: &'a State, stop: &'a Stop) -> Option<Self> {
        let run = Run::new(state, stop);
        let (table, variables) = match query {
            Query::Select { pattern, .. } => {
                let (table, variables) = read::select(&run, pattern, None)?;
                (table, Some(variables))
            }
            Query::Ask { pattern, .. } => (read::any(&run, pattern)?, None),
            Query::Construct { .. } | Query::Describe { .. } => return None,
        };
        Some(Self { run, table, variables })
    }

    /// Hands over the rows, or nothing at all where it turns out that the evaluator has to do it; then the answer is
    /// false. Whoever wants no more rows breaks off.
    pub(in super::super) fn each(&self, take: &mut dyn FnMut(&[Option<Term>]) -> ControlFlow<()>) -> bool {
        let mut row = Vec::new();
        self.rows(&mut |ids| {
            row.clear();
            row.extend(ids.iter().map(|id| self.run.terms.term(*id)));
            take(&row)
        })
    }

    fn rows(&self, take: &mut dyn FnMut(&[u32]) -> ControlFlow<()>) -> bool {
        if self.table.is_ready(&self.run) {
            // Who breaks off knows why.
            let _ = self.table.each(&self.run, &mut |row| take(row));
        }
        !self.run.has_bailed()
    }

    /// The columns of the answer that it is sorted by.
    #[cfg(test)]
    fn sorted_columns(&self) -> Vec<usize> {
        self.table.sorted_columns()
    }

    /// Whether there is any row; nothing where the evaluator has to tell.
    pub(in super::super) fn any(&self) -> Option<bool> {
        let mut any = false;
        let is_done = self.rows(&mut |_| {
            any = true;
            ControlFlow::Break(())
        });
        is_done.then_some(any)
    }

    /// All rows as values, where they are few enough and can stand in a query.
    fn values(&self) -> Option<Pattern> {
        let mut bindings: Option<Vec<Vec<Option<GroundTerm>>>> = Some(Vec::new());
        let ground = |term: &Option<Term>| match term {
            None => Some(None),
            Some(Term::NamedNode(iri)) => Some(Some(iri.clone().into())),
            Some(Term::Literal(literal)) => Some(Some(literal.clone().into())),
            Some(Term::BlankNode(_) | Term::Triple(_)) => None,
        };
        let is_done = self.each(&mut |row| {
            let row: Option<Vec<_>> = row.iter().map(ground).collect();
            match (&mut bindings, row) {
                (Some(rows), Some(row)) if rows.len() < ROWS => rows.push(row),
                _ => bindings = None,
            }
            if bindings.is_some() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        let variables = self.variables.clone()?;
        bindings.filter(|_| is_done).map(|bindings| Pattern::Values { variables, bindings })
    }
}

/// Puts values in the place of the parts that can be answered here, below what is done with their rows.
pub(in super::super) fn answered(mut query: Query, state: &State, stop: &Stop) -> Query {
    match &mut query {
        Query::Select { pattern, .. } | Query::Construct { pattern, .. } | Query::Ask { pattern, .. } => {
            replace(pattern, state, stop);
        }
        Query::Describe { .. } => {}
    }
    query
}

fn replace(pattern: &mut Pattern, state: &State, stop: &Stop) {
    // What only finds rows is better left to the evaluator, which need not have all of them.
    if matches!(pattern, Pattern::Group { .. } | Pattern::Distinct { .. }) {
        let run = Run::new(state, stop);
        let read = read::part(&run, pattern);
        let values = read.and_then(|(table, variables)| Found { run, table, variables: Some(variables) }.values());
        if let Some(values) = values {
            *pattern = values;
            return;
        }
    }
    match pattern {
        Pattern::Slice { inner, .. }
        | Pattern::OrderBy { inner, .. }
        | Pattern::Project { inner, .. }
        | Pattern::Distinct { inner }
        | Pattern::Extend { inner, .. }
        | Pattern::Filter { inner, .. } => replace(inner, state, stop),
        _ => {}
    }
}
