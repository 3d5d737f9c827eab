//! Which of the links are wanted, and how are places counted?

use std::{collections::BTreeSet, str::FromStr};

use crate::{
    link::Unit,
    model::{Id, Kind, Mention, Target},
};

/// The sort of what words name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sort {
    /// A person.
    Person,
    /// An organization.
    Organization,
    /// A place.
    Place,
    /// An event.
    Event,
    /// A document.
    Document,
    /// A date.
    Date,
}

impl Sort {
    /// Every sort.
    pub const ALL: [Self; 6] = [Self::Person, Self::Organization, Self::Place, Self::Event, Self::Document, Self::Date];

    /// What it is called.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Organization => "organization",
            Self::Place => "place",
            Self::Event => "event",
            Self::Document => "document",
            Self::Date => "date",
        }
    }

    /// The class of the ontology that says the same.
    #[must_use]
    pub const fn class(self) -> Option<&'static str> {
        match self {
            Self::Person => Some("Person"),
            Self::Organization => Some("Organization"),
            Self::Place => Some("Place"),
            Self::Event => Some("Event"),
            Self::Document => Some("Document"),
            Self::Date => None,
        }
    }
}

impl FromStr for Sort {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|sort| sort.name() == text).ok_or_else(|| {
            let known: Vec<&str> = Self::ALL.iter().map(|sort| sort.name()).collect();
            format!("`{text}` is not a type: expected one of {}", known.join(", "))
        })
    }
}

/// The sort of what a mention names; `None` where that is not known.
#[must_use]
pub fn sort(mention: &Mention) -> Option<Sort> {
    match &mention.target {
        Target::Entity(id) => match id.kind() {
            Kind::Person => Some(Sort::Person),
            Kind::Organization => Some(Sort::Organization),
            Kind::Place => Some(Sort::Place),
            Kind::Event => Some(Sort::Event),
            Kind::Document => Some(Sort::Document),
            Kind::Claim | Kind::Collection | Kind::Concept => None,
        },
        Target::Date(_) => Some(Sort::Date),
        Target::Nil => None,
    }
}

/// The unit of a name.
pub fn unit(text: &str) -> Result<Unit, String> {
    match text {
        "code-points" => Ok(Unit::CodePoints),
        "utf-16" => Ok(Unit::Utf16),
        "bytes" => Ok(Unit::Bytes),
        _ => Err(format!("`{text}` is not a unit of offsets: expected code-points, utf-16 or bytes")),
    }
}

/// Which links are wanted.
#[derive(Clone, Debug, PartialEq)]
pub struct Wanted {
    /// Of these sorts alone; of all where there are none.
    pub types: Vec<Sort>,
    /// No less sure than this.
    pub min_confidence: f64,
    /// Dates as well.
    pub dates: bool,
    /// Names of what is not known as well.
    pub nil: bool,
}

impl Default for Wanted {
    fn default() -> Self {
        Self { types: Vec::new(), min_confidence: 0.0, dates: true, nil: true }
    }
}

impl Wanted {
    /// Leaves out what is not wanted; `described` are the things that may be named, where not all may.
    ///
    /// What is left out has still helped to choose the rest.
    pub fn keep(&self, mentions: &mut Vec<Mention>, described: Option<&BTreeSet<Id>>) {
        mentions.retain(|mention| {
            let kind = match &mention.target {
                Target::Entity(id) => described.is_none_or(|described| described.contains(id)),
                Target::Date(_) => self.dates && described.is_none(),
                Target::Nil => self.nil && described.is_none(),
            };
            let typed = self.types.is_empty() || sort(mention).is_some_and(|sort| self.types.contains(&sort));
            kind && typed && mention.confidence >= self.min_confidence
        });
    }
}
