//! How what was found is spread: for each facet its values and how many things each stands for.
//!
//! A facet's own filter is left out when its values are counted, so that the others can be seen and chosen. A thing is
//! counted once under each value that it has; a place counts what names anything in it.

use serde::Serialize;

use super::{
    Labelled, Place,
    sift::{Sifted, Years},
};
use crate::{
    ask::walk::kind_name,
    model::Kind,
    views::{
        adjacency::Direction,
        columns::{Columns, Facet, Value},
    },
};

/// The facets of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facets {
    /// Each facet by its name.
    #[serde(flatten)]
    pub by_name: std::collections::BTreeMap<&'static str, Counted>,
    /// The years that things are of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<Histogram>,
}

/// The values of a facet.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// The most frequent first, then by what the filter takes.
    pub values: Vec<Count>,
    /// How many more there are.
    pub more: usize,
}

/// One value and how often it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    /// What the filter takes.
    pub value: String,
    /// What it is called; its `id` is an IRI where it has one.
    #[serde(flatten)]
    pub of: Labelled,
    /// How many of the things found have it.
    pub count: u32,
    /// For a place, the places that it lies in directly, as the filter takes them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub within: Vec<String>,
}

/// How many things are of each year.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Histogram {
    /// The years with anything, in order.
    pub years: Vec<Year>,
    /// How many are dated, but not to one year.
    pub imprecise: u64,
    /// How many have no date.
    pub undated: u64,
}

/// A year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Year {
    /// The year, as the filters `from` and `to` take it.
    pub year: String,
    /// How many things.
    pub count: u64,
}

/// Which facets are wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// These.
    pub facets: Vec<Facet>,
    /// And the years.
    pub date: bool,
    /// The most values of each.
    pub top: usize,
}

impl Wanted {
    /// None at all.
    pub const NONE: Self = Self { facets: Vec::new(), date: false, top: 0 };

    /// Whether anything is to be counted.
    #[must_use]
    pub fn any(&self) -> bool {
        self.date || !self.facets.is_empty()
    }
}

/// The name of a facet, which is that of its filter.
#[must_use]
pub const fn name(facet: Facet) -> &'static str {
    match facet {
        Facet::Kind => "kind",
        Facet::Type => "type",
        Facet::Place => "place",
        Facet::Organization => "organization",
        Facet::Person => "person",
        Facet::Reliability => "reliability",
        Facet::Language => "lang",
        Facet::Source => "source",
        Facet::Stance => "stance",
    }
}

pub(super) fn facets(place: &Place<'_>, columns: &Columns, sifted: &Sifted, wanted: &Wanted) -> Facets {
    let mut codes: Vec<Vec<u32>> = vec![Vec::new(); Facet::ALL.len()];
    for (code, (count, (facet, _))) in (0u32..).zip(sifted.counts.iter().zip(columns.values())) {
        if *count > 0 && wanted.facets.contains(facet) {
            codes[*facet as usize].push(code);
        }
    }
    let by_name = wanted.facets.iter().map(|&facet| {
        let codes = std::mem::take(&mut codes[facet as usize]);
        (name(facet), counted(place, columns, sifted, codes, wanted.top))
    });
    Facets { by_name: by_name.collect(), date: wanted.date.then(|| histogram(&sifted.years)) }
}

fn counted(place: &Place<'_>, columns: &Columns, sifted: &Sifted, mut codes: Vec<u32>, top: usize) -> Counted {
    let name = |code: u32| match &columns.values()[code as usize].1 {
        Value::Thing(number) => columns.adjacency.id(*number),
        Value::Name(name) => name,
    };
    let order = |&a: &u32, &b: &u32| {
        sifted.counts[b as usize].cmp(&sifted.counts[a as usize]).then_with(|| name(a).cmp(name(b)))
    };
    let more = codes.len().saturating_sub(top);
    if more > 0 {
        codes.select_nth_unstable_by(top, order);
        codes.truncate(top);
    }
    codes.sort_unstable_by(order);
    let count = |code: u32| {
        let (facet, value) = &columns.values()[code as usize];
        let within = match value {
            Value::Thing(number) if *facet == Facet::Place => around(columns, *number),
            _ => Vec::new(),
        };
        let (value, of) = match (facet, value) {
            (Facet::Kind, Value::Name(segment)) => kind_of(place, segment),
            _ => (name(code).to_owned(), place.value(columns, value)),
        };
        Count { value, of, count: sifted.counts[code as usize], within }
    };
    Counted { values: codes.into_iter().map(count).collect(), more }
}

/// A kind is called what its class is called.
fn kind_of(place: &Place<'_>, segment: &str) -> (String, Labelled) {
    let Ok(kind) = segment.parse::<Kind>() else { return (segment.to_owned(), place.term(segment)) };
    let class = match kind {
        Kind::Document => "ontology#Document",
        Kind::Person => "ontology#Person",
        Kind::Organization => "ontology#Organization",
        Kind::Place => "ontology#Place",
        Kind::Event => "ontology#Event",
        Kind::Claim => "ontology#Claim",
        Kind::Collection => "ontology#Collection",
        Kind::Concept => "http://www.w3.org/2004/02/skos/core#Concept",
    };
    (kind_name(kind).to_owned(), place.term(class))
}

fn around(columns: &Columns, number: u32) -> Vec<String> {
    let within = columns.adjacency.predicate_number("ontology#within");
    let edges = columns.adjacency.edges(number, Direction::Out);
    let mut around: Vec<String> = edges
        .iter()
        .filter(|edge| Some(edge.predicate) == within)
        .map(|edge| columns.adjacency.id(edge.other).to_owned())
        .collect();
    around.dedup();
    around
}

fn histogram(years: &Years) -> Histogram {
    let year = |(year, count): (i16, u64)| Year { year: format!("{year:04}"), count };
    Histogram { years: years.all().map(year).collect(), imprecise: years.imprecise, undated: years.undated }
}
