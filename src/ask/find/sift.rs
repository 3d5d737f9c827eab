//! One pass over everything that may be wanted: what passes all filters is kept and counted, and what fails one alone
//! is counted for that filter's facet.

use std::collections::BTreeMap;

use super::filters::{Group, Test};
use crate::views::{
    columns::{Columns, Days},
    text::Matches,
};

/// What passed, and how it is spread.
#[derive(Debug, Default)]
pub(super) struct Sifted {
    /// The things that passed and how well each matches, in the order of their numbers.
    pub things: Vec<(u32, f32)>,
    /// How many things each code stands for, its own filter left out.
    pub counts: Vec<u32>,
    /// How many are of each year, the filter of days left out.
    pub years: Years,
}

/// Things by the year they are of.
#[derive(Debug, Default)]
pub(super) struct Years {
    pub by_year: BTreeMap<i16, u64>,
    /// Dated, but not to one year.
    pub imprecise: u64,
    pub undated: u64,
}

impl Years {
    fn add(&mut self, days: Option<Days>) {
        match days {
            Some((from, to)) if from.year() == to.year() => *self.by_year.entry(from.year()).or_default() += 1,
            Some(_) => self.imprecise += 1,
            None => self.undated += 1,
        }
    }
}

/// Holds the tests against what matches some words, or against everything.
pub(super) fn sift(columns: &Columns, tests: &[Test], matches: Option<&Matches>, counted: bool) -> Sifted {
    let mut sifted = Sifted { counts: vec![0; if counted { columns.values().len() } else { 0 }], ..Sifted::default() };
    let mut take = |number: u32, score: f32| {
        if columns.kind(number).is_none() {
            return;
        }
        let mut failed = tests.iter().filter(|test| !test.passes(columns, number)).map(|test| test.group);
        let first = failed.next();
        match first {
            None => {
                sifted.things.push((number, score));
                if counted {
                    columns.codes(number).iter().for_each(|&code| sifted.counts[code as usize] += 1);
                    sifted.years.add(columns.days(number));
                }
            }
            Some(Group::Of(facet)) if counted && failed.next().is_none() => {
                for &code in columns.codes(number) {
                    sifted.counts[code as usize] += u32::from(columns.values()[code as usize].0 == facet);
                }
            }
            Some(Group::Date) if counted && failed.next().is_none() => sifted.years.add(columns.days(number)),
            Some(_) => {}
        }
    };
    match matches {
        Some(matches) => matches.things.iter().for_each(|found| take(found.thing, found.score)),
        None => (0..u32::try_from(columns.len()).unwrap_or(u32::MAX)).for_each(|number| take(number, 0.0)),
    }
    sifted
}
