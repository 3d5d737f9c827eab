//! Which edges are walked.

use std::collections::BTreeSet;

use jiff::civil;

use super::{Error, Ground};
use crate::{
    model::{Id, Kind, Reliability},
    views::adjacency::{Direction, Edge},
};

/// What edges must be like; what is empty asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only edges of which the thing is this end.
    pub direction: Option<Direction>,
    /// Only these relations: whole IRIs, or the last part of one.
    pub relations: Vec<String>,
    /// Only to things of these kinds.
    pub kinds: Vec<Kind>,
    /// Only what may be of this day or later, by the date of the document that supports the edge, or else, where there
    /// is none, of the things at its ends.
    pub from: Option<civil::Date>,
    /// Only what may be of this day or earlier.
    pub to: Option<civil::Date>,
    /// Only by documents that were assessed so.
    pub reliability: Option<Reliabilities>,
    /// Only by this document, or by documents that this body issued, or of this collection.
    pub source: Option<Id>,
}

/// How the document that supports an edge was assessed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reliabilities {
    /// Somebody gave it this degree.
    Rated(Reliability),
    /// Nobody assessed it, which is not the same as "undefined".
    NotAssessed,
}

/// Relations that tell where a statement was read, not how things hang together; walked only where they are named.
const ORIGIN: [&str; 4] = [
    "http://purl.org/dc/terms/source",
    "ontology#unverifiedSource",
    "ontology#unchecked",
    "http://www.w3.org/ns/prov#wasDerivedFrom",
];

/// A filter, with everything by its number.
#[derive(Debug)]
pub(super) struct Sieve<'a> {
    ground: Ground<'a>,
    filter: &'a Filter,
    relations: BTreeSet<u32>,
    origin: Vec<u32>,
    source: Option<u32>,
    issued_by: BTreeSet<u32>,
    asks_nothing_of_support: bool,
}

impl<'a> Sieve<'a> {
    pub(super) fn new(ground: Ground<'a>, filter: &'a Filter) -> Result<Self, Error> {
        let adjacency = ground.adjacency;
        let relations = ground.relations(&filter.relations)?.into_iter().collect();
        let origin = ORIGIN.iter().filter_map(|predicate| adjacency.predicate_number(predicate)).collect();
        let known = |id: &Id| adjacency.number(id).ok_or_else(|| Error::Unknown(id.clone()));
        let source = filter.source.as_ref().map(known).transpose()?;
        let issued_by = ["ontology#issuedBy", "ontology#inCollection"];
        let issued_by = issued_by.iter().filter_map(|predicate| adjacency.predicate_number(predicate)).collect();
        let asks_nothing_of_support =
            filter.from.is_none() && filter.to.is_none() && filter.reliability.is_none() && source.is_none();
        Ok(Self { ground, filter, relations, origin, source, issued_by, asks_nothing_of_support })
    }

    /// Whether edges on this side are wanted.
    pub(super) fn admits_direction(&self, direction: Direction) -> bool {
        self.filter.direction.is_none_or(|wanted| wanted == direction)
    }

    /// Whether an edge of a thing is wanted.
    pub(super) fn admits(&self, this: u32, edge: &Edge) -> bool {
        self.admits_relation(edge.predicate) && self.admits_otherwise(this, edge)
    }

    /// Whether a relation is wanted.
    pub(super) fn admits_relation(&self, predicate: u32) -> bool {
        if self.relations.is_empty() { !self.origin.contains(&predicate) } else { self.relations.contains(&predicate) }
    }

    /// Whether an edge of a relation that is wanted is.
    pub(super) fn admits_otherwise(&self, this: u32, edge: &Edge) -> bool {
        (self.asks_nothing_of_support || self.admits_support(this, edge)) && self.admits_kind(edge.other)
    }

    /// Whether an edge is wanted, whatever stands at its ends.
    pub(super) fn admits_walking(&self, this: u32, edge: &Edge) -> bool {
        self.admits_relation(edge.predicate) && (self.asks_nothing_of_support || self.admits_support(this, edge))
    }

    /// Whether things like this are wanted.
    pub(super) fn admits_kind(&self, thing: u32) -> bool {
        self.filter.kinds.is_empty() || self.filter.kinds.contains(&self.ground.adjacency.kind(thing))
    }

    fn admits_support(&self, this: u32, edge: &Edge) -> bool {
        let document = self.ground.adjacency.document(edge.graph);
        let Filter { from, to, .. } = self.filter;
        let dated = (from.is_none() && to.is_none())
            || match document.filter(|&document| self.ground.adjacency.thing(document).from.is_some()) {
                Some(document) => self.is_within(document),
                None => self.is_within(this) || self.is_within(edge.other),
            };
        let reliable = |wanted| document.is_some_and(|document| self.is_rated(document, wanted));
        let sourced = |source| document.is_some_and(|document| self.is_from(document, source));
        dated && self.filter.reliability.is_none_or(reliable) && self.source.is_none_or(sourced)
    }

    /// Whether a thing may be of the time that is asked for.
    pub(super) fn is_within(&self, number: u32) -> bool {
        let thing = self.ground.adjacency.thing(number);
        let Some(first) = thing.from else { return false };
        let last = thing.to.unwrap_or(first);
        self.filter.from.is_none_or(|from| last >= from) && self.filter.to.is_none_or(|to| first <= to)
    }

    /// Whether anything is asked of the documents that support edges.
    pub(super) const fn asks_of_documents(&self) -> bool {
        !self.asks_nothing_of_support
    }

    /// Whether a document supports what is wanted: its date, how it was assessed, who issued it.
    pub(super) fn admits_document(&self, document: u32) -> bool {
        let Filter { from, to, reliability, .. } = self.filter;
        (from.is_none() && to.is_none() || self.is_within(document))
            && reliability.is_none_or(|wanted| self.is_rated(document, wanted))
            && self.source.is_none_or(|source| self.is_from(document, source))
    }

    fn is_rated(&self, document: u32, wanted: Reliabilities) -> bool {
        let adjacency = self.ground.adjacency;
        let mut ratings = adjacency.ratings().into_iter().flat_map(|ratings| adjacency.values(document, ratings));
        match wanted {
            Reliabilities::NotAssessed => ratings.next().is_none(),
            Reliabilities::Rated(rating) => {
                let term = format!("vocab/reliability/{}", rating.term());
                ratings.any(|value| adjacency.value(value) == term)
            }
        }
    }

    fn is_from(&self, document: u32, source: u32) -> bool {
        document == source
            || self.issued_by.iter().any(|&predicate| {
                let edges = self.ground.adjacency.edges_by(document, Direction::Out, predicate);
                edges.iter().any(|edge| edge.other == source)
            })
    }
}
