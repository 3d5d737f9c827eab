//! How many things are of each year, as bars that lead to them.
//!
//! Every bar is as wide as a finger. Long stretches of years without anything are drawn as one gap. In Arabic time runs
//! from right to left, as the lines do.

use askama::{Template, filters::HtmlSafe};

use super::{search::Address, words::words};
use crate::{ask::find::facets::Histogram, serve::lang::PageLang};

/// The width of a bar with the space beside it.
const STEP: usize = 28;
/// How high the highest bar is.
const HIGHEST: u64 = 90;
/// How many years without anything are drawn one by one.
const EMPTY: i32 = 2;

/// Bars for years.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/bars.html")]
pub(super) struct Bars {
    lang: PageLang,
    years: Vec<Bar>,
    gaps: Vec<usize>,
    width: usize,
    /// How many are dated, but not to one year, where there are any.
    imprecise: Option<u64>,
    /// How many are not dated at all, where there are any.
    undated: Option<u64>,
    /// Without the filter by time, where there is one.
    all: Option<String>,
    /// The words of the module that makes a timeline of it, where it is one.
    live: Option<String>,
}

/// Where bars lead.
pub(super) struct Ways<'a> {
    /// The address that asks for one year only, or for all.
    pub only: &'a dyn Fn(Option<&str>) -> String,
    /// The year that is asked for now.
    pub chosen: Option<&'a str>,
    /// Whether something is asked of the time.
    pub is_narrowed: bool,
    /// Whether a stretch of it can be chosen where scripts run.
    pub is_live: bool,
}

impl HtmlSafe for Bars {}

/// A year.
#[derive(Clone, Debug)]
struct Bar {
    year: String,
    count: u64,
    href: String,
    here: bool,
    x: usize,
    y: u64,
    height: u64,
}

/// One place on the axis: a year with a count, or a gap.
enum Slot<'a> {
    Year(&'a str, u64),
    Empty,
    Gap,
}

/// The years of what was found, each as a search for what is of it; nothing where there is no year.
pub(super) fn found(lang: PageLang, histogram: &Histogram, address: &Address, is_live: bool) -> Option<Bars> {
    let (from, to) = (address.get("from"), address.get("to"));
    let only = |year: Option<&str>| address.set("from", year).set("to", year).page();
    let ways = Ways { only: &only, chosen: from.filter(|_| from == to), is_narrowed: from.or(to).is_some(), is_live };
    years(lang, histogram, &ways)
}

/// Bars for years; nothing where there is none.
pub(super) fn years(lang: PageLang, histogram: &Histogram, ways: &Ways<'_>) -> Option<Bars> {
    let slots = slots(histogram);
    let most = histogram.years.iter().map(|year| year.count).max()?;
    let at = |index: usize| STEP * if lang == PageLang::Ar { slots.len() - 1 - index } else { index };
    let bar = |(index, slot): (usize, &Slot<'_>)| {
        let Slot::Year(year, count) = slot else { return None };
        let here = ways.chosen == Some(*year);
        let only = if here { None } else { Some(*year) };
        // What is there can be seen, however little it is.
        let height = (count * HIGHEST / most).max(3);
        Some(Bar {
            year: (*year).to_owned(),
            count: *count,
            href: (ways.only)(only),
            here,
            x: at(index),
            y: HIGHEST - height,
            height,
        })
    };
    let gap = |(index, slot): (usize, &Slot<'_>)| matches!(slot, Slot::Gap).then(|| at(index) + STEP / 2);
    Some(Bars {
        lang,
        years: slots.iter().enumerate().filter_map(bar).collect(),
        gaps: slots.iter().enumerate().filter_map(gap).collect(),
        width: STEP * slots.len(),
        imprecise: Some(histogram.imprecise).filter(|count| *count > 0),
        undated: Some(histogram.undated).filter(|count| *count > 0),
        all: ways.is_narrowed.then(|| (ways.only)(None)),
        live: ways.is_live.then(|| words(lang).under("web.timeline.")),
    })
}

fn slots(histogram: &Histogram) -> Vec<Slot<'_>> {
    let mut slots = Vec::new();
    let mut last: Option<i32> = None;
    for year in &histogram.years {
        let number: i32 = year.year.parse().unwrap_or_default();
        let between = last.map_or(0, |last| number - last - 1);
        if between > EMPTY {
            slots.push(Slot::Gap);
        } else {
            slots.extend((0..between).map(|_| Slot::Empty));
        }
        slots.push(Slot::Year(&year.year, year.count));
        last = Some(number);
    }
    slots
}

impl Bars {
    fn say<'a>(&self, key: &'a str) -> &'a str {
        words(self.lang).get(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ask::find::facets::Year;

    fn histogram(years: &[(&str, u64)]) -> Histogram {
        let years = years.iter().map(|(year, count)| Year { year: (*year).to_owned(), count: *count }).collect();
        Histogram { years, imprecise: 1, undated: 0 }
    }

    #[test]
    fn years_lead_to_what_is_of_them_and_run_with_the_lines() {
        let counted = histogram(&[("1925", 1), ("2013", 10), ("2015", 5)]);
        let bars = |lang, query| found(lang, &counted, &Address::read(query, lang), false).expect("there are years");
        let english = bars(PageLang::En, "q=gas");
        let told: Vec<(usize, u64)> = english.years.iter().map(|bar| (bar.x, bar.height)).collect();
        assert_eq!(told, [(0, 9), (2 * STEP, 90), (4 * STEP, 45)], "a gap, and one year without anything");
        assert_eq!(english.gaps, [STEP + STEP / 2]);
        assert_eq!(english.years[1].href, "/search?lang=en&q=gas&from=2013&to=2013");
        let arabic = bars(PageLang::Ar, "from=2013&to=2013");
        assert_eq!((arabic.years[0].x, arabic.years[2].x), (4 * STEP, 0));
        assert!(arabic.years[1].here && arabic.years[1].href == "/search?lang=ar");
        assert!(found(PageLang::En, &histogram(&[]), &Address::read("", PageLang::En), false).is_none());
    }
}
