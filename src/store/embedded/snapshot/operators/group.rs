//! Groups of rows, and what is reckoned for each.

use std::{cmp::Ordering, collections::HashMap, ops::ControlFlow};

use oxigraph::model::{Literal, Term, vocab::xsd};
use spareval::ExpressionTerm as Value;

use super::{
    Run,
    keys::Keys,
    steps::{Row, Take},
    terms::{Class, NONE},
};

/// How much a decimal number is multiplied by to have no fraction.
const FRACTION: i128 = 1_000_000_000_000_000_000;

/// How many digits that are.
const DIGITS: usize = 18;

/// What is reckoned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Function {
    /// How many rows there are, or in how many the variable is bound.
    Count,
    CountDifferent,
    Least,
    Greatest,
    Sum,
    Mean,
}

/// An aggregate, of a variable unless it counts rows, and the column that it goes to.
pub(super) struct Aggregate {
    pub(super) function: Function,
    pub(super) variable: Option<usize>,
    pub(super) slot: usize,
}

/// What an aggregate knows of a group.
#[derive(Clone, Copy)]
struct Tally {
    count: u64,
    /// The sum, [`FRACTION`] times.
    sum: i128,
    /// Whether all that was added is whole.
    is_whole: bool,
    /// Whether there was something that it cannot be reckoned of.
    is_void: bool,
    /// The least or greatest so far.
    best: u32,
}

const NOTHING: Tally = Tally { count: 0, sum: 0, is_whole: true, is_void: false, best: NONE };

/// A number as it is added up.
#[derive(Clone, Copy)]
enum Number {
    Whole(i128),
    Decimal(i128),
    /// It is none.
    Void,
    /// It is one that is not exact, so that the order of the rows matters.
    Inexact,
}

/// The groups so far.
pub(super) struct Groups<'a> {
    keys: &'a [usize],
    aggregates: &'a [Aggregate],
    known: Keys,
    /// For each group one for each aggregate.
    tallies: Vec<Tally>,
    /// For each aggregate the groups and values that were counted.
    seen: Vec<Keys>,
    numbers: HashMap<u32, Number>,
    key: Vec<u32>,
}

impl<'a> Groups<'a> {
    pub(super) fn new(keys: &'a [usize], aggregates: &'a [Aggregate]) -> Self {
        Self {
            keys,
            aggregates,
            known: Keys::new(keys.len()),
            tallies: Vec::new(),
            seen: aggregates.iter().map(|_| Keys::new(2)).collect(),
            numbers: HashMap::new(),
            key: Vec::new(),
        }
    }

    /// Whether nothing but rows are counted, all together.
    pub(super) fn is_count(&self) -> bool {
        let counts = |aggregate: &Aggregate| aggregate.function == Function::Count && aggregate.variable.is_none();
        self.keys.is_empty() && self.aggregates.iter().all(counts)
    }

    pub(super) fn set_count(&mut self, count: u64) {
        self.group(&[]);
        self.tallies.fill(Tally { count, ..NOTHING });
    }

    fn group(&mut self, key: &[u32]) -> usize {
        let (group, is_new) = self.known.insert(key);
        if is_new {
            self.tallies.resize(self.tallies.len() + self.aggregates.len(), NOTHING);
        }
        group
    }

    /// Adds a row to its group.
    pub(super) fn add(&mut self, run: &Run<'_>, row: &Row) {
        let mut key = std::mem::take(&mut self.key);
        key.clear();
        key.extend(self.keys.iter().map(|slot| row[*slot]));
        let group = self.group(&key);
        self.key = key;
        for (index, aggregate) in self.aggregates.iter().enumerate() {
            let value = aggregate.variable.map(|slot| row[slot]);
            let place = group * self.aggregates.len() + index;
            match (aggregate.function, value) {
                (Function::Count, value) => {
                    self.tallies[place].count += u64::from(value != Some(NONE));
                }
                (Function::CountDifferent, Some(value)) => {
                    let group = u32::try_from(group).unwrap_or(u32::MAX);
                    let is_new = value != NONE && self.seen[index].insert(&[group, value]).1;
                    self.tallies[place].count += u64::from(is_new);
                }
                (_, None | Some(NONE)) => self.tallies[place].is_void = true,
                (Function::Sum | Function::Mean, Some(value)) => self.sum(run, place, value),
                (function @ (Function::Least | Function::Greatest), Some(value)) => {
                    let wanted = if function == Function::Least { Ordering::Less } else { Ordering::Greater };
                    self.best(run, place, value, wanted);
                }
            }
        }
    }

    fn sum(&mut self, run: &Run<'_>, place: usize, value: u32) {
        let number = *self.numbers.entry(value).or_insert_with(|| number(run, value));
        let tally = &mut self.tallies[place];
        tally.count += 1;
        let sum = match number {
            Number::Whole(number) => tally.sum.checked_add(number),
            Number::Decimal(number) => {
                tally.is_whole = false;
                tally.sum.checked_add(number)
            }
            Number::Void => {
                tally.is_void = true;
                return;
            }
            Number::Inexact => None,
        };
        match sum {
            Some(sum) => tally.sum = sum,
            None => run.bailed.set(true),
        }
    }

    fn best(&mut self, run: &Run<'_>, place: usize, value: u32, wanted: Ordering) {
        let tally = &mut self.tallies[place];
        if tally.best == NONE {
            tally.best = value;
            // Alone, anything is the least; among others only what is sorted here.
        } else if tally.best != value {
            let order = run.order(value, tally.best);
            // Of two that are equal the evaluator takes the one that it meets first.
            if order.is_eq() || run.terms.class(value) == Class::Other {
                run.bailed.set(true);
            } else if order == wanted {
                tally.best = value;
            }
        }
    }

    /// Hands over a row for each group. There is one group even of no rows where nothing is grouped by.
    pub(super) fn finish(mut self, run: &Run<'_>, width: usize, take: &mut Take<'_>) -> ControlFlow<()> {
        if run.has_bailed() {
            return ControlFlow::Break(());
        }
        if self.keys.is_empty() {
            self.group(&[]);
        }
        let results: Vec<u32> = (0..self.tallies.len()).map(|place| self.result(run, place)).collect();
        if run.has_bailed() {
            return ControlFlow::Break(());
        }
        let mut row = vec![NONE; width];
        for group in 0..self.known.len() {
            run.count();
            for (slot, id) in self.keys.iter().zip(self.known.row(group)) {
                row[*slot] = *id;
            }
            for (index, aggregate) in self.aggregates.iter().enumerate() {
                row[aggregate.slot] = results[group * self.aggregates.len() + index];
            }
            take(&mut row)?;
        }
        ControlFlow::Continue(())
    }

    fn result(&self, run: &Run<'_>, place: usize) -> u32 {
        run.count();
        let (tally, function) = (&self.tallies[place], self.aggregates[place % self.aggregates.len()].function);
        let id = |literal: Literal| run.terms.id(Term::from(literal).as_ref());
        match function {
            Function::Count | Function::CountDifferent => run.terms.count(tally.count),
            _ if tally.is_void => NONE,
            Function::Least | Function::Greatest => tally.best,
            Function::Sum if tally.is_whole => {
                let sum = i64::try_from(tally.sum / FRACTION);
                run.bailed.set(run.has_bailed() || sum.is_err());
                sum.map_or(NONE, |sum| id(sum.into()))
            }
            Function::Sum => id(decimal(tally.sum)),
            Function::Mean if tally.count == 0 => id(0.into()),
            Function::Mean => {
                let sum = Value::from(Term::from(decimal(tally.sum)));
                let (Value::DecimalLiteral(sum), Ok(count)) = (sum, i64::try_from(tally.count)) else {
                    run.bailed.set(true);
                    return NONE;
                };
                let mean = sum.checked_div(count);
                mean.map_or(NONE, |mean| run.terms.id(Term::from(Value::DecimalLiteral(mean)).as_ref()))
            }
        }
    }
}

/// What a term is when it is added up.
fn number(run: &Run<'_>, id: u32) -> Number {
    match run.terms.value(id) {
        Some(Value::IntegerLiteral(number)) => scaled(&number.to_string()).map_or(Number::Inexact, Number::Whole),
        Some(Value::DecimalLiteral(number)) => scaled(&number.to_string()).map_or(Number::Inexact, Number::Decimal),
        Some(Value::FloatLiteral(_) | Value::DoubleLiteral(_)) => Number::Inexact,
        // Durations are no numbers to the evaluator's sums either.
        _ => Number::Void,
    }
}

/// A decimal number, [`FRACTION`] times.
fn scaled(text: &str) -> Option<i128> {
    let (sign, text) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if fraction.len() > DIGITS {
        return None;
    }
    let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let part: i128 = format!("{fraction:0<DIGITS$}").parse().ok()?;
    whole.checked_mul(FRACTION)?.checked_add(part)?.checked_mul(sign)
}

fn decimal(scaled: i128) -> Literal {
    let (sign, size) = (if scaled < 0 { "-" } else { "" }, scaled.unsigned_abs());
    let fraction = FRACTION.unsigned_abs();
    let text = format!("{sign}{}.{:0>DIGITS$}", size / fraction, size % fraction);
    Literal::new_typed_literal(text, xsd::DECIMAL)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_are_scaled_and_come_back() {
        for text in ["0.5", "-12.25", "3", "0", "-0.000000000000000001"] {
            let back = Value::from(Term::from(decimal(scaled(text).expect(text))));
            assert_eq!(
                Term::from(back),
                Term::from(Value::from(Term::from(Literal::new_typed_literal(text, xsd::DECIMAL))))
            );
        }
        assert_eq!(scaled("1.0000000000000000001"), None);
    }
}
