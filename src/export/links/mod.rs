//! How do links leave for other programs, and how do texts to be linked come from them?
//!
//! A text with what was found in it ([`Linked`]) is written as JSON, as a table, as Web Annotations, or in the NLP
//! Interchange Format ([`nif`]), which is also read. The same links give the same bytes.
//!
//! Nothing is stored here, and nothing is linked but the spans that somebody names ([`spots`]).

mod annotations;
mod json;
pub mod nif;
pub mod spots;
mod table;
mod wanted;

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::NamedNode;

use crate::{
    link::{Incident, Unit},
    model::{Id, Lang, Mention, Target, Text},
    rdf::{GraphFormat, Iris},
};

pub use wanted::{Sort, Wanted, sort, unit};

/// A text with what was found in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Linked {
    /// The IRI of the text.
    pub about: NamedNode,
    /// The text.
    pub text: String,
    /// Its language, for paragraphs that do not tell theirs.
    pub lang: Lang,
    /// What was found, in order.
    pub mentions: Vec<Mention>,
    /// What incidents it may speak of, where that was asked.
    pub incidents: Option<Vec<Incident>>,
}

/// What is said of every link besides itself.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The archive's IRIs.
    pub iris: &'a Iris,
    /// The version of the dictionary.
    pub dictionary: &'a str,
    /// What the things are called.
    pub labels: &'a BTreeMap<Id, Text>,
    /// What places in the text are counted in.
    pub unit: Unit,
}

/// A way to write links.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON of our own.
    Json,
    /// Comma-separated values, one line a link.
    Csv,
    /// Web Annotations in JSON-LD.
    Annotations,
    /// The NLP Interchange Format in Turtle.
    Nif,
    /// The same in N-Triples.
    NifTriples,
}

impl Format {
    /// Every one, the preferred first.
    pub const ALL: [Self; 5] = [Self::Json, Self::Csv, Self::Annotations, Self::Nif, Self::NifTriples];

    /// The media type it is served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Csv => "text/csv",
            Self::Annotations => GraphFormat::JsonLd.media_type(),
            Self::Nif => GraphFormat::Turtle.media_type(),
            Self::NifTriples => GraphFormat::NTriples.media_type(),
        }
    }

    /// What it is asked for by: its name or its media type, in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "json" => Some(Self::Json),
            "csv" => Some(Self::Csv),
            "jsonld" => Some(Self::Annotations),
            "nif" | "ttl" | "turtle" | "application/x-turtle" => Some(Self::Nif),
            "nt" => Some(Self::NifTriples),
            _ => Self::ALL.into_iter().find(|format| format.media_type() == name),
        }
    }

    /// Whether it is the interchange format, in which a span without an identifier is a fault unless it was asked for.
    #[must_use]
    pub const fn is_nif(self) -> bool {
        matches!(self, Self::Nif | Self::NifTriples)
    }
}

/// Writes texts with their links.
#[must_use]
pub fn write(setting: &Setting, texts: &[Linked], format: Format) -> String {
    match format {
        Format::Json => json::texts(setting, texts).to_string(),
        Format::Csv => table::texts(setting, texts),
        Format::Annotations => annotations::texts(setting, texts).to_string(),
        Format::Nif => nif::write(setting, texts, GraphFormat::Turtle),
        Format::NifTriples => nif::write(setting, texts, GraphFormat::NTriples),
    }
}

/// The IRI of a text that belongs to no document: its digest names it.
#[must_use]
pub fn nameless(text: &str) -> NamedNode {
    use sha2::{Digest as _, Sha256};
    use std::fmt::Write as _;
    let digest = Sha256::digest(text.as_bytes()).iter().fold(String::new(), |mut digest, byte| {
        // Writing to a string does not fail.
        let _ = write!(digest, "{byte:02x}");
        digest
    });
    NamedNode::new_unchecked(format!("urn:isnad:text:{digest}"))
}

/// The things that the links of some texts speak of, each once.
#[must_use]
pub fn things(texts: &[Linked]) -> BTreeSet<Id> {
    things_of(texts.iter().flat_map(|text| &text.mentions))
}

/// The things that some mentions speak of, each once.
#[must_use]
pub fn things_of<'a>(mentions: impl IntoIterator<Item = &'a Mention>) -> BTreeSet<Id> {
    let mut things = BTreeSet::new();
    for mention in mentions {
        if let Target::Entity(entity) = &mention.target {
            things.insert(entity.clone());
        }
        things.extend(mention.runner_up.iter().map(|second| second.entity.clone()));
    }
    things
}

/// How long some words are.
fn count(words: &str, unit: Unit) -> usize {
    match unit {
        Unit::CodePoints => words.chars().count(),
        Unit::Utf16 => words.encode_utf16().count(),
        Unit::Bytes => words.len(),
    }
}

impl Setting<'_> {
    /// Who found the links: the service, with the version of its dictionary.
    fn annotator(&self) -> String {
        format!("{}api/link#dictionary-{}", self.iris.base(), self.dictionary)
    }
}
