//! What does the archive hold of this: by words, by what is named, by place, time, source and reliability?
//!
//! One way for all who look for things: [`Filters`] say which, the text index says which match some words, and one pass
//! over the [`Columns`] keeps those that pass and counts them. [`search`] gives them with snippets and [`facets`],
//! [`timeline`] by day, month or year, [`map`] by place, and [`suggest`] names while somebody types.
//!
//! What is said here agrees with SPARQL over the same triples: a thing names what any of its statements points to, and
//! what it mentions; a place lies in all that it is `isn:within`, at any remove.

pub mod facets;
pub mod filters;
pub mod map;
mod rank;
pub mod search;
mod sift;
pub mod suggest;
pub mod timeline;

use std::{sync::Arc, time::Duration};

use serde::Serialize;

use crate::{
    model::{Kind, Text},
    rdf::Ontology,
    store::{Error, Store},
    views::{
        Views,
        columns::{Columns, Value},
    },
};

pub use filters::Filters;
pub use rank::{Cursor, CursorError, Sort};

/// How long is waited for what changed last.
const PATIENCE: Duration = Duration::from_millis(300);

/// Where is looked.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The triples.
    pub store: &'a Store,
    /// The indexes.
    pub views: &'a Views,
    /// What words mean.
    pub ontology: &'a Ontology,
}

/// What was asked cannot be found out.
#[derive(Debug, thiserror::Error)]
pub enum FindError {
    /// A parameter names what is not there.
    #[error("{detail}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// The store or an index failed.
    #[error(transparent)]
    Store(#[from] Error),
}

/// A thing or a concept, with what it is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Labelled {
    /// Its IRI.
    pub id: String,
    /// Its label in each language it has one in.
    pub label: Text,
}

impl Place<'_> {
    /// The columns, as they are after the last change: whoever adds a whole archive does not keep readers waiting.
    async fn current(&self) -> Result<Arc<Columns>, Error> {
        self.views.current(PATIENCE).await
    }

    fn thing(&self, columns: &Columns, number: u32) -> Labelled {
        let id = self.store.iris().path(columns.adjacency.id(number)).into_string();
        Labelled { id, label: columns.adjacency.label(number) }
    }

    /// A term of ours by its path, or a whole IRI.
    fn term(&self, path: &str) -> Labelled {
        let label = self.ontology.label(path).cloned().unwrap_or_default();
        let is_path = path.starts_with("vocab/") || path.starts_with("ontology#");
        let id = if is_path { self.store.iris().path(path).into_string() } else { path.to_owned() };
        Labelled { id, label }
    }

    fn value(&self, columns: &Columns, value: &Value) -> Labelled {
        match value {
            Value::Thing(number) => self.thing(columns, *number),
            Value::Name(name) => self.term(name),
        }
    }
}

/// The kinds that are looked for: all but concepts.
pub const KINDS: [Kind; 7] =
    [Kind::Document, Kind::Person, Kind::Organization, Kind::Place, Kind::Event, Kind::Claim, Kind::Collection];
