//! Things of the model in quads: the one place where it is decided how something is said.
//!
//! Nothing claimed is asserted. A claim's content stands in propositions (`rdf:subject`, `rdf:predicate`,
//! `rdf:object`), which say only that somebody proposed it.

mod assessment;
mod claim;
mod comment;
mod decision;
mod document;
mod entity;
mod mention;
mod provenance;
mod resemblance;
mod tombstone;
mod withheld;

use oxigraph::model::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term, vocab::xsd};

pub use assessment::assessment;
pub use comment::{comment, inbox};
pub use decision::{decision, said};
pub use document::{document, record};
pub use entity::{entity, tenure};
pub use mention::{RUN, confidence, mentions};
pub use provenance::{Provenance, provenance, source};
pub use resemblance::{COMPARISON, resemblances};
pub use tombstone::{Tombstone, tombstone};
pub use withheld::{redacted, sensitive, withheld};

use super::{
    Iris, Ontology,
    vocab::{self, dct, isn, rdf, rdfs, skos},
};
use crate::model::{Date, Id, Source, Text, Texts};

/// Collects the quads of one graph.
struct Writer<'a> {
    iris: &'a Iris,
    ontology: &'a Ontology,
    graph: GraphName,
    quads: Vec<Quad>,
}

impl<'a> Writer<'a> {
    fn new(ontology: &'a Ontology, graph: NamedNode) -> Self {
        Self { iris: ontology.iris(), ontology, graph: graph.into(), quads: Vec::new() }
    }

    /// Adds one triple with a predicate of a well-known vocabulary.
    fn add(&mut self, subject: &NamedNode, predicate: NamedNodeRef<'static>, object: impl Into<Term>) {
        self.quads.push(Quad::new(subject.clone(), predicate, object, self.graph.clone()));
    }

    /// Adds one triple with a predicate of our ontology.
    fn own(&mut self, subject: &NamedNode, predicate: &'static str, object: impl Into<Term>) {
        let predicate = self.iris.term(predicate);
        self.quads.push(Quad::new(subject.clone(), predicate, object, self.graph.clone()));
    }

    /// Says that a thing is of a class of ours and of every class above it.
    fn class(&mut self, subject: &NamedNode, class: &str) {
        for class in self.ontology.with_superclasses(class) {
            self.add(subject, rdf::TYPE, self.iris.term(class));
        }
    }

    fn concept(&mut self, subject: &NamedNode, predicate: &'static str, scheme: &str, term: &str) {
        self.own(subject, predicate, self.iris.concept(scheme, term));
    }

    fn things(&mut self, subject: &NamedNode, predicate: &'static str, ids: &[Id]) {
        for id in ids {
            self.own(subject, predicate, self.iris.id(id));
        }
    }

    fn text(&mut self, subject: &NamedNode, predicate: NamedNodeRef<'static>, text: &Text) {
        for (lang, words) in text {
            self.add(subject, predicate, tagged(words, lang.as_str()));
        }
    }

    fn texts(&mut self, subject: &NamedNode, predicate: NamedNodeRef<'static>, texts: &Texts) {
        for (lang, wordings) in texts {
            for words in wordings {
                self.add(subject, predicate, tagged(words, lang.as_str()));
            }
        }
    }

    /// The names of an entity.
    fn names(&mut self, subject: &NamedNode, label: &Text, alt: &Texts, hidden: &Texts) {
        self.text(subject, rdfs::LABEL, label);
        self.texts(subject, skos::ALT_LABEL, alt);
        self.texts(subject, skos::HIDDEN_LABEL, hidden);
    }

    /// Where a description was read, and what in it was not.
    fn sources(&mut self, subject: &NamedNode, sources: &[Source], unchecked: &[String]) {
        for source in sources {
            let record = self.iris.id(&source.id);
            self.add(subject, dct::SOURCE, record.clone());
            if source.unverified {
                self.own(subject, isn::UNVERIFIED_SOURCE, record);
                self.concept(subject, isn::SOURCE_NOTE, "source-note", "unverified");
            }
        }
        for value in unchecked {
            self.own(subject, isn::UNCHECKED, Literal::new_simple_literal(value));
        }
    }

    /// The first and the last day of a date, always both.
    fn bounds(&mut self, subject: &NamedNode, date: &Date) {
        self.own(subject, isn::EARLIEST, day(date.earliest()));
        self.own(subject, isn::LATEST, day(date.latest()));
    }
}

/// A literal with a language.
fn tagged(words: &str, lang: &str) -> Literal {
    Literal::new_language_tagged_literal_unchecked(words, lang)
}

/// A day as `xsd:date`.
fn day(day: jiff::civil::Date) -> Literal {
    Literal::new_typed_literal(day.to_string(), xsd::DATE)
}

/// A date as the XSD type of its precision; `None` for what XSD cannot say: intervals, decades, doubt.
fn typed(date: &Date) -> Option<Literal> {
    let datatype = match date.as_str().len() {
        _ if date.is_doubtful() || date.is_interval() || date.as_str().contains('X') => return None,
        4 => xsd::G_YEAR,
        7 => xsd::G_YEAR_MONTH,
        10 => xsd::DATE,
        _ => return None,
    };
    Some(Literal::new_typed_literal(date.as_str(), datatype))
}

/// Degrees as a WKT point, longitude first.
#[must_use]
pub fn point(latitude: f64, longitude: f64) -> Literal {
    Literal::new_typed_literal(format!("POINT({longitude} {latitude})"), vocab::geo::WKT_LITERAL)
}
