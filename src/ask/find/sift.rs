//! One pass over everything that may be wanted: what passes all filters is kept and counted, and what fails one alone
//! is counted for that filter's facet.

use super::filters::{Group, Test};
use crate::views::{
    columns::{Columns, Days, Facet},
    text::Matches,
};

/// From so many things on the work is shared.
const MANY: usize = 20_000;

/// What passed, and how it is spread.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    /// The things that passed and how well each matches, in no order.
    pub things: Vec<(u32, f32)>,
    /// How many things each code stands for, its own filter left out.
    pub counts: Vec<u32>,
    /// How many are of each year, the filter of days left out.
    pub years: Years,
}

/// Things by the year they are of.
#[derive(Debug)]
pub(super) struct Years {
    /// One after the other, from [`FIRST`] on.
    counts: Vec<u64>,
    /// Dated, but not to one year.
    pub imprecise: u64,
    pub undated: u64,
}

/// The first year that a date can be of, and the last.
const FIRST: i16 = -9999;
const LAST: i16 = 9999;

impl Default for Years {
    fn default() -> Self {
        Self { counts: vec![0; usize::from(LAST.abs_diff(FIRST)) + 1], imprecise: 0, undated: 0 }
    }
}

impl Years {
    fn add(&mut self, days: Option<Days>) {
        match days {
            Some((from, to)) if from.year() == to.year() => self.counts[usize::from(from.year().abs_diff(FIRST))] += 1,
            Some(_) => self.imprecise += 1,
            None => self.undated += 1,
        }
    }

    /// The years with anything, in order.
    pub(super) fn all(&self) -> impl Iterator<Item = (i16, u64)> {
        (FIRST..=LAST).zip(self.counts.iter().copied()).filter(|(_, count)| *count > 0)
    }
}

/// Holds the tests against what matches some words, or against everything.
pub(super) fn sift(columns: &Columns, tests: &[Test], matches: Option<&Matches>, counted: bool) -> Sifted {
    let all: Vec<(u32, f32)> = match matches {
        Some(matches) => matches.things.iter().map(|found| (found.thing, found.score)).collect(),
        None => (0..u32::try_from(columns.len()).unwrap_or(u32::MAX)).map(|number| (number, 0.0)).collect(),
    };
    let passed = shared(&all, |some| pass(columns, tests, some));
    let (mut things, mut beside) = (Vec::with_capacity(all.len()), Vec::new());
    for part in passed {
        things.extend(part.things);
        beside.extend(part.beside);
    }
    let mut sifted = Sifted { things, ..Sifted::default() };
    if counted {
        sifted.counts = counts(columns, &sifted.things);
        sifted.things.iter().for_each(|&(number, _)| sifted.years.add(columns.days(number)));
        for (number, group) in beside {
            match group {
                Group::Of(facet) => add_of(columns, &mut sifted.counts, number, facet),
                Group::Date => sifted.years.add(columns.days(number)),
                Group::Other => {}
            }
        }
    }
    sifted
}

/// What passed, and what failed one test alone.
#[derive(Default)]
struct Passed {
    things: Vec<(u32, f32)>,
    beside: Vec<(u32, Group)>,
}

fn pass(columns: &Columns, tests: &[Test], some: &[(u32, f32)]) -> Passed {
    let mut passed = Passed::default();
    for &(number, score) in some.iter().filter(|(number, _)| columns.kind(*number).is_some()) {
        let mut failed = tests.iter().filter(|test| !test.passes(columns, number)).map(|test| test.group);
        match (failed.next(), failed.next()) {
            (None, _) => passed.things.push((number, score)),
            (Some(group), None) if group != Group::Other => passed.beside.push((number, group)),
            _ => {}
        }
    }
    passed
}

/// How many of some things each code stands for. Where they are most of all there are, the others are subtracted.
fn counts(columns: &Columns, things: &[(u32, f32)]) -> Vec<u32> {
    let count = |numbers: &[u32]| {
        let mut counts = vec![0_u32; columns.values().len()];
        for &number in numbers {
            columns.codes(number).iter().for_each(|&code| counts[code as usize] += 1);
        }
        counts
    };
    let sum = |numbers: &[u32]| {
        shared(numbers, count).into_iter().reduce(|mut all, part| {
            all.iter_mut().zip(part).for_each(|(all, part)| *all += part);
            all
        })
    };
    let numbers: Vec<u32> = things.iter().map(|(number, _)| *number).collect();
    if numbers.len() <= columns.len() / 2 {
        return sum(&numbers).unwrap_or_default();
    }
    let mut is_there = vec![false; columns.len()];
    for number in numbers {
        is_there[number as usize] = true;
    }
    let others: Vec<u32> = (0u32..).zip(&is_there).filter(|(_, there)| !**there).map(|(number, _)| number).collect();
    let others = sum(&others).unwrap_or_default();
    columns.totals().iter().zip(others).map(|(all, others)| all - others).collect()
}

fn add_of(columns: &Columns, counts: &mut [u32], number: u32, facet: Facet) {
    for &code in columns.codes(number) {
        counts[code as usize] += u32::from(columns.values()[code as usize].0 == facet);
    }
}

/// Does some work in two halves at once, where there is much of it.
fn shared<T: Sync, R: Send>(all: &[T], work: impl Fn(&[T]) -> R + Sync) -> Vec<R> {
    if all.len() < MANY {
        return vec![work(all)];
    }
    let (first, second) = all.split_at(all.len() / 2);
    std::thread::scope(|scope| {
        let beside = scope.spawn(|| work(second));
        let first = work(first);
        // A panic there is one here.
        let second = beside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        vec![first, second]
    })
}
