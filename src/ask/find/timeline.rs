//! When: what was found, by day, month or year.
//!
//! What is dated less precisely than a bucket is not spread over several: it stands apart, with its date as given.

use std::collections::BTreeMap;

use jiff::civil;
use serde::Serialize;

use super::{Filters, FindError, Labelled, Place, sift::sift};
use crate::{
    ask::walk::kind_name,
    model::Kind,
    views::{
        columns::{Columns, Days},
        text::Words,
    },
};

/// The most buckets of an answer.
pub const MOST_BUCKETS: usize = 1000;
/// How many of the things without a bucket are named.
const NAMED: usize = 100;

/// How long a bucket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A day.
    Day,
    /// A month.
    Month,
    /// A year.
    Year,
}

impl Unit {
    /// All of them, the shortest first.
    pub const ALL: [Self; 3] = [Self::Day, Self::Month, Self::Year];

    /// Its name in addresses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
            Self::Year => "year",
        }
    }

    /// The bucket that holds all these days, by its first day.
    fn bucket(self, (from, to): Days) -> Option<civil::Date> {
        let first = |day: civil::Date| match self {
            Self::Day => day,
            Self::Month => day.first_of_month(),
            Self::Year => day.first_of_year(),
        };
        (first(from) == first(to)).then(|| first(from))
    }

    /// A bucket as the filters take it.
    fn written(self, first: civil::Date) -> String {
        let day = first.to_string();
        let length = match self {
            Self::Day => 10,
            Self::Month => 7,
            Self::Year => 4,
        };
        day.get(..length).unwrap_or(&day).to_owned()
    }
}

/// Things by time.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Timeline {
    /// `day`, `month` or `year`.
    pub by: &'static str,
    /// The buckets with anything in them, in order.
    pub buckets: Vec<Bucket>,
    /// What is dated less precisely.
    pub imprecise: Imprecise,
    /// How many have no date.
    pub undated: Counts,
}

/// How many documents and events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Documents, by their issue.
    pub documents: u64,
    /// Events.
    pub events: u64,
}

/// A day, a month or a year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Bucket {
    /// As the filters `from` and `to` take it.
    pub bucket: String,
    /// How many of each.
    #[serde(flatten)]
    pub counts: Counts,
}

/// What is dated less precisely than a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Imprecise {
    /// How many of each.
    #[serde(flatten)]
    pub counts: Counts,
    /// The first of them, by their earliest day.
    pub things: Vec<Dated>,
}

/// A thing with its date as given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Dated {
    /// The thing.
    #[serde(flatten)]
    pub of: Labelled,
    /// What it is.
    pub kind: &'static str,
    /// Its date as it was given.
    pub date: Option<String>,
    /// The first day it may be of.
    pub from: String,
    /// The last day it may be of.
    pub to: String,
}

impl Counts {
    fn add(&mut self, kind: Kind) {
        match kind {
            Kind::Document => self.documents += 1,
            _ => self.events += 1,
        }
    }
}

/// Puts the documents and events that are found in order of time.
pub async fn timeline(
    place: Place<'_>,
    words: Option<Words>,
    filters: &Filters,
    unit: Unit,
) -> Result<Timeline, FindError> {
    let columns = place.current().await?;
    let tests = filters.tests(&place, &columns)?;
    let known = columns.clone();
    let found = place.views.with_text(move |text| {
        let matches = words.map(|words| text.matches(&words, &known)).transpose()?;
        Ok(sift(&known, &tests, matches.as_ref(), false))
    });
    let mut timeline = Timeline { by: unit.name(), ..Timeline::default() };
    let (mut buckets, mut imprecise) = (BTreeMap::<civil::Date, Counts>::new(), Vec::new());
    for (number, _) in found.await?.things {
        let Some(kind @ (Kind::Document | Kind::Event)) = columns.kind(number) else { continue };
        match columns.days(number).map(|days| (days, unit.bucket(days))) {
            Some((_, Some(first))) => buckets.entry(first).or_default().add(kind),
            Some((days, None)) => {
                timeline.imprecise.counts.add(kind);
                imprecise.push((days, number));
            }
            None => timeline.undated.add(kind),
        }
    }
    if buckets.len() > MOST_BUCKETS {
        let coarser = if unit == Unit::Day { "month or by=year" } else { "year" };
        let detail = format!(
            "there are {} buckets; expected {MOST_BUCKETS} at most: ask by={coarser}, or narrow it by from and to",
            buckets.len()
        );
        return Err(FindError::Parameter { name: "by", detail });
    }
    timeline.buckets =
        buckets.into_iter().map(|(first, counts)| Bucket { bucket: unit.written(first), counts }).collect();
    imprecise.sort_unstable_by_key(|&(days, number)| (days, columns.adjacency.id(number)));
    imprecise.truncate(NAMED);
    timeline.imprecise.things =
        imprecise.into_iter().map(|(days, number)| dated(&place, &columns, days, number)).collect();
    Ok(timeline)
}

fn dated(place: &Place<'_>, columns: &Columns, (from, to): Days, number: u32) -> Dated {
    Dated {
        of: place.thing(columns, number),
        kind: kind_name(columns.adjacency.kind(number)),
        date: columns.adjacency.thing(number).date.as_deref().map(str::to_owned),
        from: from.to_string(),
        to: to.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_a_bucket_only_where_it_is_as_precise() {
        let days = |from: &str, to: &str| (from.parse().expect("a day"), to.parse().expect("a day"));
        let month = days("2016-02-01", "2016-02-29");
        let bucket = |unit: Unit, days| unit.bucket(days).map(|first| unit.written(first));
        assert_eq!(bucket(Unit::Day, month), None);
        assert_eq!(bucket(Unit::Month, month).as_deref(), Some("2016-02"));
        assert_eq!(bucket(Unit::Year, month).as_deref(), Some("2016"));
        assert_eq!(bucket(Unit::Year, days("2015-12-31", "2016-01-01")), None);
    }
}
