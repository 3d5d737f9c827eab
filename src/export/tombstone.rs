//! What stands in the place of a thing that was withdrawn.

use oxigraph::model::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term, vocab::xsd};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    ask::fate::Ending,
    model::{Id, Kind},
    rdf::{
        Iris,
        vocab::{dct, prov, rdf, rdfs, skos},
    },
};

/// What ended it.
const INVALIDATED_BY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/ns/prov#wasInvalidatedBy");

/// That a thing was withdrawn, as data: since when, by whom, why, what it was last called, and the record of it.
#[must_use]
pub fn of(iris: &Iris, id: &Id, ending: &Ending) -> Vec<Quad> {
    let thing = iris.id(id);
    let mut quads = Vec::new();
    let mut say = |property: NamedNodeRef<'_>, object: Term| {
        quads.push(Quad::new(thing.clone(), property, object, GraphName::DefaultGraph));
    };
    say(rdf::TYPE, prov::ENTITY.into_owned().into());
    if let Some(at) = ending.at {
        say(prov::INVALIDATED_AT_TIME, Literal::new_typed_literal(at.to_string(), xsd::DATE_TIME).into());
    }
    let name = if id.kind() == Kind::Document { dct::TITLE } else { rdfs::LABEL };
    for (property, text) in [(name, &ending.title), (skos::NOTE, &ending.reason)] {
        for (lang, words) in text {
            say(property, Literal::new_language_tagged_literal_unchecked(words, lang.as_str()).into());
        }
    }
    let links: [(NamedNodeRef<'_>, &Option<NamedNode>); 2] =
        [(INVALIDATED_BY, &ending.change), (prov::WAS_ATTRIBUTED_TO, &ending.by)];
    for (property, target) in links {
        if let Some(target) = target {
            say(property, target.clone().into());
        }
    }
    quads
}

/// The address of what the log says of it, as a question; none where the log does not name it.
#[must_use]
pub fn history(ending: &Ending) -> Option<String> {
    let graph = ending.graph.as_ref()?;
    let query = format!(
        "SELECT ?change ?kind ?time ?by {{ GRAPH <graph/changes> {{ ?change isn:changeOf {graph} ; isn:changeKind ?kind ; \
         prov:generatedAtTime ?time ; prov:wasAttributedTo ?by }} }} ORDER BY ?time"
    );
    Some(format!("/sparql?query={}", utf8_percent_encode(&query, NON_ALPHANUMERIC)))
}
