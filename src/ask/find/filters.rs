//! What is wanted: the same filters for search, timeline and map.

use jiff::civil;

use super::{FindError, KINDS, Place};
use crate::{
    model::{Id, Kind},
    views::{
        adjacency::Direction,
        columns::{Columns, Days, Facet, Value},
        places::Area,
    },
};

/// Which things are wanted. Of several values of one filter any will do, of [`Filters::mentions`] all must be there; of
/// several filters each must fit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filters {
    /// What they are.
    pub kinds: Vec<Kind>,
    /// The types of documents, kinds of events and levels of places, by their paths.
    pub types: Vec<String>,
    /// Places that are named, or anything within them.
    pub places: Vec<Id>,
    /// Organizations that are named.
    pub organizations: Vec<Id>,
    /// People who are named.
    pub persons: Vec<Id>,
    /// Events that are named.
    pub events: Vec<Id>,
    /// Things of any kind, all of which are named.
    pub mentions: Vec<Id>,
    /// They may be of this day or later.
    pub from: Option<civil::Date>,
    /// They may be of this day or earlier.
    pub to: Option<civil::Date>,
    /// How documents were rated, by the paths of concepts, or [`NOT_ASSESSED`](crate::views::columns::NOT_ASSESSED).
    pub reliability: Vec<String>,
    /// The languages of documents.
    pub langs: Vec<String>,
    /// Who issued documents, or the collections they are in.
    pub sources: Vec<Id>,
    /// The stances of claims, by their paths.
    pub stances: Vec<String>,
    /// Where they are, or what they name is.
    pub areas: Vec<Area>,
}

/// A filter that a facet's values can be chosen by: it does not count where they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    Of(Facet),
    Date,
    /// The filter of no facet.
    Other,
}

/// A filter, ready to be held against a thing.
pub(super) struct Test {
    pub group: Group,
    means: Means,
}

enum Means {
    /// It is counted under one of these codes.
    Codes(Vec<bool>),
    /// It is one of these.
    Things(Vec<bool>),
    /// It may be of these days.
    Days(Days),
}

impl Test {
    pub(super) fn passes(&self, columns: &Columns, number: u32) -> bool {
        match &self.means {
            Means::Codes(wanted) => columns.codes(number).iter().any(|&code| wanted[code as usize]),
            Means::Things(wanted) => wanted[number as usize],
            Means::Days((from, to)) => columns.days(number).is_some_and(|(first, last)| last >= *from && first <= *to),
        }
    }
}

impl Filters {
    /// Whether anything passes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The filters as tests; a thing that is not known here is a mistake.
    pub(super) fn tests(&self, place: &Place<'_>, columns: &Columns) -> Result<Vec<Test>, FindError> {
        let mut tests = Vec::new();
        let names = |names: &[String]| names.iter().map(|name| Value::Name(name.as_str().into())).collect::<Vec<_>>();
        let segments: Vec<String> = self.kinds.iter().map(|kind| kind.segment().to_owned()).collect();
        for (facet, values) in [
            (Facet::Kind, names(&segments)),
            (Facet::Type, names(&self.types)),
            (Facet::Reliability, names(&self.reliability)),
            (Facet::Language, names(&self.langs)),
            (Facet::Stance, names(&self.stances)),
            (Facet::Place, numbers("place", &self.places, columns)?),
            (Facet::Organization, numbers("organization", &self.organizations, columns)?),
            (Facet::Person, numbers("person", &self.persons, columns)?),
            (Facet::Source, numbers("source", &self.sources, columns)?),
        ] {
            if !values.is_empty() {
                tests.push(Test { group: Group::Of(facet), means: Means::Codes(codes(columns, facet, &values)) });
            }
        }
        if !self.events.is_empty() {
            let things = naming(columns, &numbers("event", &self.events, columns)?);
            tests.push(Test { group: Group::Other, means: Means::Things(things) });
        }
        for id in &self.mentions {
            let things = naming(columns, &numbers("mentions", std::slice::from_ref(id), columns)?);
            tests.push(Test { group: Group::Other, means: Means::Things(things) });
        }
        if self.from.is_some() || self.to.is_some() {
            let days = (self.from.unwrap_or(civil::Date::MIN), self.to.unwrap_or(civil::Date::MAX));
            tests.push(Test { group: Group::Date, means: Means::Days(days) });
        }
        for area in &self.areas {
            let found = place.views.places().find(area, &[]);
            let iris = place.store.iris();
            let inside = found.iter().filter_map(|found| columns.adjacency.number(&iris.parse_id(&found.iri)?));
            let inside: Vec<Value> = inside.map(Value::Thing).collect();
            tests.push(Test { group: Group::Other, means: Means::Things(naming(columns, &inside)) });
        }
        Ok(tests)
    }
}

/// The numbers of things that must be known.
fn numbers(name: &'static str, ids: &[Id], columns: &Columns) -> Result<Vec<Value>, FindError> {
    let number = |id: &Id| {
        let unknown = || FindError::Parameter { name, detail: format!("nothing is known here of `{id}`") };
        columns.adjacency.number(id).map(Value::Thing).ok_or_else(unknown)
    };
    ids.iter().map(number).collect()
}

/// Which codes stand for one of these values.
fn codes(columns: &Columns, facet: Facet, wanted: &[Value]) -> Vec<bool> {
    columns.values().iter().map(|(of, value)| *of == facet && wanted.contains(value)).collect()
}

/// These things, and whatever names one of them.
fn naming(columns: &Columns, things: &[Value]) -> Vec<bool> {
    let mut naming = vec![false; columns.len()];
    for thing in things {
        let Value::Thing(number) = thing else { continue };
        naming[*number as usize] = true;
        for edge in columns.adjacency.edges(*number, Direction::In).iter() {
            naming[edge.other as usize] = true;
        }
    }
    naming
}

/// The kind of this name: `document`, or the first segment of its identifiers.
#[must_use]
pub fn kind(name: &str) -> Option<Kind> {
    KINDS.into_iter().find(|kind| crate::ask::walk::kind_name(*kind) == name || kind.segment() == name)
}
