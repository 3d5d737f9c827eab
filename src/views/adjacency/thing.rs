//! What is known of a thing without asking the store.

use jiff::civil;

use crate::model::Kind;

/// A thing that edges join, with what an answer says of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Thing {
    /// What it is.
    pub kind: Kind,
    /// Its labels, by the number of their language, in order.
    pub(super) labels: Vec<(u32, Box<str>)>,
    /// The first day it may be of: a document's issue, an event's beginning.
    pub from: Option<civil::Date>,
    /// The last day it may be of.
    pub to: Option<civil::Date>,
    /// The date as it was given (EDTF, or as printed).
    pub date: Option<Box<str>>,
    /// Longitude and latitude, in degrees (WGS 84).
    pub point: Option<(f32, f32)>,
    /// Its classes, languages and concepts: the numbers of property and value, in order.
    pub(super) values: Vec<(u32, u32)>,
    /// The graphs that say any of this.
    pub(super) graphs: Vec<u32>,
}

impl Thing {
    /// A thing of which nothing is said.
    pub(super) const fn new(kind: Kind) -> Self {
        Self {
            kind,
            labels: Vec::new(),
            from: None,
            to: None,
            date: None,
            point: None,
            values: Vec::new(),
            graphs: Vec::new(),
        }
    }

    /// Whether any graph describes it.
    #[must_use]
    pub fn is_described(&self) -> bool {
        !self.graphs.is_empty()
    }

    /// Puts what was gathered in order, so that it does not depend on the order in which it came.
    pub(super) fn settle(&mut self) {
        self.labels.sort_unstable();
        self.labels.dedup();
        self.values.sort_unstable();
        self.values.dedup();
        self.graphs.sort_unstable();
        self.graphs.dedup();
        self.labels.shrink_to_fit();
        self.values.shrink_to_fit();
        self.graphs.shrink_to_fit();
    }

    /// About how many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        let labels: usize = self.labels.iter().map(|(_, label)| label.len() + size_of::<(u32, Box<str>)>()).sum();
        let rest = self.date.as_ref().map_or(0, |date| date.len()) + 8 * self.values.len() + 4 * self.graphs.len();
        size_of::<Self>() + labels + rest
    }
}
