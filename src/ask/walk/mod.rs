//! Walking from thing to thing: neighbours, paths, who is named together, what rests on what.
//!
//! All of it goes over the [`Adjacency`], in memory, and asks the store nothing but the words that a shown edge rests
//! on, where they are wanted. Every call answers with a [`Piece`](super::Piece) of the graph.

mod answer;
mod citations;
mod comentions;
mod communities;
mod connect;
mod evidence;
mod filter;
mod measures;
mod neighbors;
mod paths;
mod places;

pub use citations::{Citations, citations};
pub use comentions::{CoMentions, Ranking, comentions};
pub use connect::connect;
pub use evidence::{add_evidence, add_functions};
pub use filter::{Filter, Reliabilities};
pub use measures::{Measure, measure};
pub use neighbors::{Neighbors, neighbors};
pub use paths::{Paths, paths};

use crate::{
    model::{Id, Kind},
    rdf::{Iris, Ontology},
    views::adjacency::{Adjacency, Direction},
};

/// What is walked on.
#[derive(Clone, Copy, Debug)]
pub struct Ground<'a> {
    /// The things and what joins them.
    pub adjacency: &'a Adjacency,
    /// How IRIs are made.
    pub iris: &'a Iris,
    /// What predicates are called, where that is to be shown.
    pub ontology: Option<&'a Ontology>,
}

/// A walk cannot be made as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Nothing is known of a thing.
    #[error("nothing is known of {0}")]
    Unknown(Id),
    /// A relation joins nothing here.
    #[error("no two things are joined by `{given}`; there are {known}")]
    Relation {
        /// What was given.
        given: String,
        /// The local names of the relations that there are.
        known: String,
    },
    /// What was given as a cursor is none, or is one of another question, or what it stood at is gone.
    #[error("the cursor belongs to another question, or what it stood at is gone: begin again without it")]
    Cursor,
    /// Too many edges would have to be looked at.
    #[error("more than {0} edges stand around these things: name the relations to go by, or fewer steps")]
    TooMuch(usize),
    /// A path has two ends.
    #[error("expected at least two different things")]
    OneEnd,
}

impl<'a> Ground<'a> {
    /// The ground of an archive, with the names of its predicates.
    #[must_use]
    pub fn of(adjacency: &'a Adjacency, ontology: &'a Ontology) -> Self {
        Self { adjacency, iris: ontology.iris(), ontology: Some(ontology) }
    }

    /// The numbers of things.
    pub(super) fn numbers(&self, ids: &[Id]) -> Result<Vec<u32>, Error> {
        ids.iter().map(|id| self.adjacency.number(id).ok_or_else(|| Error::Unknown(id.clone()))).collect()
    }

    /// The predicates that a word means: a whole IRI, or the last part of one, such as `mentions`.
    pub(super) fn relations(&self, words: &[String]) -> Result<Vec<u32>, Error> {
        let mut found = Vec::new();
        for word in words {
            let means = |predicate: &u32| {
                let path = self.adjacency.predicate(*predicate);
                path == word || self.iri(path) == *word || local(path) == word
            };
            let before = found.len();
            found.extend(self.adjacency.relations().filter(means));
            if found.len() == before {
                let mut known: Vec<&str> =
                    self.adjacency.relations().map(|predicate| local(self.adjacency.predicate(predicate))).collect();
                known.sort_unstable();
                known.dedup();
                return Err(Error::Relation { given: word.clone(), known: known.join(", ") });
            }
        }
        Ok(found)
    }

    /// The IRI of a path under the base, or the IRI itself.
    pub(super) fn iri(&self, path: &str) -> String {
        let first = path.split(['/', '#', '?']).next().unwrap_or_default();
        if first.contains(':') { path.to_owned() } else { self.iris.path(path).into_string() }
    }
}

/// The last part of an IRI.
fn local(iri: &str) -> &str {
    iri.rsplit(['#', '/']).next().unwrap_or(iri)
}

/// Both sides of a thing.
const BOTH: [Direction; 2] = [Direction::Out, Direction::In];

/// What a node of this kind is called in an answer.
#[must_use]
pub const fn kind_name(kind: Kind) -> &'static str {
    match kind {
        Kind::Document => "document",
        Kind::Person => "person",
        Kind::Organization => "organization",
        Kind::Place => "place",
        Kind::Event => "event",
        Kind::Claim => "claim",
        Kind::Collection => "collection",
        Kind::Concept => "concept",
    }
}

/// The kind that is called so in an answer, or so in an identifier.
#[must_use]
pub fn kind_of(name: &str) -> Option<Kind> {
    Kind::ALL.into_iter().find(|kind| kind_name(*kind) == name || kind.segment() == name)
}
