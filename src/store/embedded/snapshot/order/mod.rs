//! In which order patterns are joined: by what there is.
//!
//! The planner knows no counts and guesses by form, and where two guesses are equal the order of the text decides; a
//! rare thing and a common type written in the wrong order cost a thousand times as much. Here the triples, values and
//! paths of a group become a chain of `LATERAL`, which the planner leaves as it is: each is looked up with what those
//! before it have bound. Every beginning is tried, each time with what adds least next, and the chain with the fewest
//! rows on the way is taken. Groups that hold anything else, such as a subquery, are left to the planner.

use std::collections::BTreeSet;

use spargebra::{
    Query,
    algebra::{Expression, GraphPattern as Pattern},
};

use super::state::State;
use crate::store::embedded::{
    guard::operands,
    scope::{self, Scope},
};

mod estimate;

use estimate::Part;

/// Parts from which only the best beginning is tried.
const MANY: usize = 24;

/// Orders the patterns of a query for a state.
pub(in super::super) fn ordered(mut query: Query, state: &State) -> Query {
    let ordering = Ordering { state, outer: Scope::new() };
    match &mut query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => ordering.pattern(pattern),
    }
    query
}

/// The order of the parts of a group where some variables are bound before.
pub(super) fn sequence(parts: &[Pattern], state: &State, outer: Scope) -> Vec<usize> {
    Ordering { state, outer }.choose(parts)
}

/// Where in the algebra the ordering stands.
struct Ordering<'a> {
    state: &'a State,
    /// The variables that are bound before a pattern is looked at.
    outer: Scope,
}

impl Ordering<'_> {
    fn pattern(&self, pattern: &mut Pattern) {
        match pattern {
            Pattern::Bgp { .. } | Pattern::Join { .. } => self.group(pattern),
            Pattern::Values { .. } | Pattern::Path { .. } | Pattern::Service { .. } => {}
            Pattern::LeftJoin { left, right, expression } => {
                self.pattern(left);
                let inside = self.after(left);
                if let Some(expression) = expression {
                    inside.after(right).expression(expression);
                }
                inside.pattern(right);
            }
            Pattern::Lateral { left, right } => {
                self.pattern(left);
                self.after(left).pattern(right);
            }
            Pattern::Union { left, right } | Pattern::Minus { left, right } => {
                self.pattern(left);
                self.pattern(right);
            }
            Pattern::Filter { expr, inner } => {
                self.after(inner).expression(expr);
                self.pattern(inner);
            }
            Pattern::Extend { inner, expression, .. } => {
                self.after(inner).expression(expression);
                self.pattern(inner);
            }
            Pattern::Graph { inner, .. }
            | Pattern::OrderBy { inner, .. }
            | Pattern::Project { inner, .. }
            | Pattern::Distinct { inner }
            | Pattern::Reduced { inner }
            | Pattern::Slice { inner, .. }
            | Pattern::Group { inner, .. } => self.pattern(inner),
        }
    }

    /// A place where what a pattern binds is bound.
    fn after(&self, pattern: &Pattern) -> Self {
        Self { outer: &self.outer | &scope::certain(pattern, None), ..*self }
    }

    /// Orders the patterns of `EXISTS`, which are looked at for one row after the other.
    fn expression(&self, expression: &mut Expression) {
        if let Expression::Exists(pattern) = expression {
            return self.pattern(pattern);
        }
        for operand in operands(expression) {
            self.expression(operand);
        }
    }

    fn group(&self, pattern: &mut Pattern) {
        let mut parts = Vec::new();
        collect(std::mem::take(pattern), &mut parts);
        let is_simple =
            |part: &Pattern| matches!(part, Pattern::Bgp { .. } | Pattern::Values { .. } | Pattern::Path { .. });
        if parts.len() > 1 && parts.iter().all(is_simple) && !begins_anywhere(&parts) {
            let chosen = self.choose(&parts);
            let mut parts: Vec<Option<Pattern>> = parts.into_iter().map(Some).collect();
            let chain = chosen.into_iter().filter_map(|index| parts[index].take());
            *pattern = chain.reduce(lateral).unwrap_or_default();
            return;
        }
        for part in &mut parts {
            if !is_simple(part) {
                self.pattern(part);
            }
        }
        *pattern = rejoined(parts);
    }

    /// The order of the parts.
    fn choose(&self, parts: &[Pattern]) -> Vec<usize> {
        let parts: Vec<Part> = parts.iter().map(|part| Part::new(part, self.state)).collect();
        let beginnings = if parts.len() > MANY {
            let first = |index: &usize| parts[*index].rows(&self.outer);
            (0..parts.len()).min_by(|a, b| first(a).total_cmp(&first(b))).into_iter().collect()
        } else {
            (0..parts.len()).collect::<Vec<_>>()
        };
        let chains = beginnings.into_iter().map(|first| self.chain(&parts, first));
        chains.min_by(|a, b| a.1.total_cmp(&b.1)).map(|(chain, _)| chain).unwrap_or_default()
    }

    /// A chain from a beginning, and what it costs.
    fn chain(&self, parts: &[Part], first: usize) -> (Vec<usize>, f64) {
        let mut left: BTreeSet<usize> = (0..parts.len()).collect();
        let (mut chain, mut bound, mut rows, mut cost) = (Vec::new(), self.outer.clone(), 1.0, 0.0);
        let mut next = Some(first);
        while let Some(index) = next {
            left.remove(&index);
            chain.push(index);
            // Looking up costs something for each row, found or not.
            cost += rows;
            rows *= parts[index].rows(&bound);
            cost += rows;
            bound.extend(parts[index].variables.iter().cloned());
            let joins = |index: &&usize| parts[**index].is_short || !parts[**index].variables.is_disjoint(&bound);
            let least = |candidates: Vec<&usize>| {
                candidates
                    .into_iter()
                    .min_by(|a, b| parts[**a].rows(&bound).total_cmp(&parts[**b].rows(&bound)))
                    .copied()
            };
            next = least(left.iter().filter(joins).collect()).or_else(|| least(left.iter().collect()));
        }
        (chain, cost)
    }
}

fn lateral(left: Pattern, right: Pattern) -> Pattern {
    Pattern::Lateral { left: Box::new(left), right: Box::new(right) }
}

/// What is joined in one place; basic graph patterns fall into their triples.
fn collect(pattern: Pattern, parts: &mut Vec<Pattern>) {
    match pattern {
        Pattern::Join { left, right } => {
            collect(*left, parts);
            collect(*right, parts);
        }
        Pattern::Bgp { patterns } if !patterns.is_empty() => {
            parts.extend(patterns.into_iter().map(|triple| Pattern::Bgp { patterns: vec![triple] }));
        }
        other => parts.push(other),
    }
}

/// The parts as they were; triples that follow each other are a basic graph pattern again.
fn rejoined(parts: Vec<Pattern>) -> Pattern {
    let mut whole: Vec<Pattern> = Vec::new();
    for part in parts {
        match (whole.last_mut(), part) {
            (Some(Pattern::Bgp { patterns }), Pattern::Bgp { patterns: more })
                if !patterns.is_empty() && !more.is_empty() =>
            {
                patterns.extend(more);
            }
            (_, part) => whole.push(part),
        }
    }
    whole
        .into_iter()
        .reduce(|left, right| Pattern::Join { left: Box::new(left), right: Box::new(right) })
        .unwrap_or_default()
}

/// Whether there is a path that may have no step and something whose terms the store need not know: which of the two
/// comes first makes a difference to the evaluator.
fn begins_anywhere(parts: &[Pattern]) -> bool {
    parts.iter().any(|part| matches!(part, Pattern::Values { .. }))
        && parts.iter().any(|part| matches!(part, Pattern::Path { .. }))
}
