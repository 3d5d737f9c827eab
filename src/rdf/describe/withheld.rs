//! What is withheld: in public that it is, by whom and why; in the private store what it is.

use oxigraph::model::{Literal, NamedNode, Quad, vocab::xsd};

use super::{Writer, decision::language, provenance::time, tagged};
use crate::{
    model::{Id, Redaction, Sensitive},
    rdf::{
        Ontology,
        vocab::{isn, oa, prov, rdf, skos},
    },
};

/// Says that words of a text are withheld, in the graph of the document. The text as it was goes by its digest.
pub(super) fn redaction(writer: &mut Writer<'_>, document: &Id, redaction: &Redaction) {
    let layer = writer.iris.id(&document.part(&format!("text-{}", redaction.lang)));
    let node = writer.iris.id(&document.part(&redaction.part()));
    let before = writer.iris.path(&format!("text/{}", redaction.original));
    writer.class(&node, "Redaction");
    writer.own(&node, isn::REDACTS, layer.clone());
    writer.add(&node, oa::START, number(redaction.start));
    writer.add(&node, oa::END, number(redaction.end));
    writer.add(&node, skos::NOTE, tagged(&redaction.reason, language(&redaction.reason)));
    writer.add(&node, prov::WAS_ATTRIBUTED_TO, writer.iris.path(&redaction.by));
    writer.add(&node, prov::GENERATED_AT_TIME, time(redaction.at));
    writer.add(&node, prov::WAS_DERIVED_FROM, before.clone());
    writer.add(&layer, prov::WAS_DERIVED_FROM, before);
}

/// What is said in public of words that are withheld.
#[must_use]
pub fn redacted(ontology: &Ontology, document: &Id, one: &Redaction) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().document_graph(document));
    redaction(&mut writer, document, one);
    writer.quads
}

/// What is withheld, with the texts that it stands in by their digests, for the private store.
#[must_use]
pub fn withheld<'a>(
    ontology: &Ontology,
    document: &Id,
    redactions: &[Redaction],
    texts: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().withheld_graph(document));
    for one in redactions {
        redaction(&mut writer, document, one);
    }
    for (digest, text) in texts {
        let before = writer.iris.path(&format!("text/{digest}"));
        writer.add(&before, rdf::VALUE, Literal::new_simple_literal(text));
    }
    writer.quads
}

/// What is known of people who could be harmed by it, for the private store.
#[must_use]
pub fn sensitive(ontology: &Ontology, document: &Id, sensitive: &Sensitive) -> (NamedNode, Vec<Quad>) {
    let graph = ontology.iris().sensitive_graph(document);
    let mut writer = Writer::new(ontology, graph.clone());
    let node = writer.iris.id(document);
    for name in &sensitive.witness {
        writer.own(&node, isn::WITNESS, Literal::new_simple_literal(name));
    }
    for contact in &sensitive.contact {
        writer.own(&node, isn::CONTACT, Literal::new_simple_literal(contact));
    }
    (graph, writer.quads)
}

fn number(count: usize) -> Literal {
    Literal::new_typed_literal(count.to_string(), xsd::INTEGER)
}
