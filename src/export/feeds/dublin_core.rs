//! A graph in the fifteen elements of Dublin Core, which every harvester knows.

use oxigraph::model::{NamedNode, NamedNodeRef, Quad, Term};

use super::Place;
use crate::{
    ask::changes::Content,
    rdf::{
        Ontology,
        vocab::{dct, foaf, isn, skos},
    },
};

/// One element: its name, the language of its words where they have one, and its words.
pub type Element = (&'static str, Option<String>, String);

/// Where a property of a document goes.
const PROPERTIES: [(&str, NamedNodeRef<'_>); 7] = [
    ("title", dct::TITLE),
    ("title", skos::ALT_LABEL),
    ("creator", dct::CREATOR),
    ("date", dct::ISSUED),
    ("language", dct::LANGUAGE),
    ("description", skos::NOTE),
    ("identifier", foaf::PAGE),
];

/// Where a property of our own goes.
const OWN: [(&str, &str); 10] = [
    ("creator", isn::CREATOR_TEXT),
    ("publisher", isn::ISSUED_BY),
    ("publisher", isn::ISSUER_TEXT),
    ("date", isn::DATE_TEXT),
    ("identifier", isn::SYMBOL),
    ("coverage", isn::AREA),
    ("coverage", isn::AREA_TEXT),
    ("relation", isn::IN_COLLECTION),
    ("relation", isn::TRANSLATION_OF),
    ("relation", isn::REVISION_OF),
];

/// The elements of a graph that stands.
#[must_use]
pub fn elements(place: Place<'_>, ontology: &Ontology, content: &Content) -> Vec<Element> {
    let thing = place.thing_of(&content.item.graph);
    let mut elements = vec![("identifier", None, thing.as_str().to_owned())];
    if thing == content.item.graph {
        elements.push(("title", None, place.path_of(&thing).to_owned()));
        elements.push(("type", None, "Dataset".to_owned()));
    }
    let own = OWN.map(|(name, local)| (name, place.iris.term(local)));
    let properties = PROPERTIES.map(|(name, property)| (name, property.into_owned()));
    for (name, property) in properties.iter().chain(&own) {
        elements.extend(values(content, &thing, property).map(|value| element(name, value)));
    }
    for value in values(content, &thing, &place.iris.term(isn::DOC_TYPE)) {
        elements.extend(types(place, ontology, value));
    }
    for (name, value) in [("source", &content.item.source), ("rights", &content.item.licence)] {
        elements.extend(value.iter().map(|value| (name, None, value.as_str().to_owned())));
    }
    // A date as printed is often the date itself.
    let mut seen = std::collections::HashSet::new();
    elements.retain(|element| seen.insert(element.clone()));
    elements
}

/// What a graph says of a thing under a property.
fn values<'a>(
    content: &'a Content,
    thing: &'a NamedNode,
    property: &'a NamedNode,
) -> impl Iterator<Item = &'a Term> + use<'a> {
    let fits = |quad: &&Quad| quad.subject == thing.clone().into() && quad.predicate == *property;
    content.quads.iter().filter(fits).map(|quad| &quad.object)
}

fn element(name: &'static str, value: &Term) -> Element {
    match value {
        Term::Literal(literal) => (name, literal.language().map(ToOwned::to_owned), literal.value().to_owned()),
        Term::NamedNode(iri) => (name, None, iri.as_str().to_owned()),
        other => (name, None, other.to_string()),
    }
}

/// The label of a type in each language.
fn types(place: Place<'_>, ontology: &Ontology, value: &Term) -> Vec<Element> {
    let path = match value {
        Term::NamedNode(iri) => place.iris.relative(iri.as_str()),
        _ => None,
    };
    match path.and_then(|path| ontology.label(path)) {
        Some(label) => label.iter().map(|(lang, words)| ("type", Some(lang.to_string()), words.clone())).collect(),
        None => vec![element("type", value)],
    }
}
