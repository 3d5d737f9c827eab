//! A document with its fields, its texts, its citations and its claims.

use oxigraph::model::{Literal, NamedNode, Quad};
use sha2::{Digest, Sha256};

use super::{Writer, claim, tagged, typed, withheld};
use crate::{
    model::{Citation, Code, Document, Reference, TextLayer},
    rdf::{
        Ontology,
        canonical::hex,
        vocab::{cito, dct, foaf, isn, rdf, skos},
    },
};

/// Describes a document in its own graph.
#[must_use]
pub fn document(ontology: &Ontology, document: &Document) -> Vec<Quad> {
    let graph = ontology.iris().document_graph(&document.id);
    let mut writer = Writer::new(ontology, graph);
    let node = writer.iris.id(&document.id);
    let class = document.doc_type.as_deref().and_then(|term| ontology.document_class(term)).unwrap_or("Document");
    writer.class(&node, class);
    writer.text(&node, dct::TITLE, &document.title);
    writer.texts(&node, skos::ALT_LABEL, &document.alt_title);
    writer.text(&node, skos::NOTE, &document.note);
    fields(&mut writer, &node, document);
    references(&mut writer, &node, document);
    for (number, code) in document.codes.iter().enumerate() {
        archive_code(&mut writer, &node, document, number + 1, code);
    }
    for layer in &document.layers {
        text_layer(&mut writer, &node, document, layer);
    }
    for redaction in &document.redactions {
        withheld::redaction(&mut writer, &document.id, redaction);
    }
    for (number, citation) in document.citations.iter().enumerate() {
        cites(&mut writer, &node, document, number + 1, citation);
    }
    for claim in &document.claims {
        claim::claim(&mut writer, &node, claim);
    }
    writer.sources(&node, &document.sources, &document.unchecked);
    writer.quads
}

/// Describes a record that a table lists, such as a source, in the graph `graph/authority/{authority}`.
#[must_use]
pub fn record(ontology: &Ontology, authority: &str, record: &Document) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().authority_graph(authority));
    let node = writer.iris.id(&record.id);
    writer.class(&node, "Record");
    writer.text(&node, dct::TITLE, &record.title);
    writer.texts(&node, skos::ALT_LABEL, &record.alt_title);
    writer.text(&node, skos::NOTE, &record.note);
    fields(&mut writer, &node, record);
    writer.sources(&node, &record.sources, &record.unchecked);
    writer.quads
}

fn fields(writer: &mut Writer<'_>, node: &NamedNode, document: &Document) {
    if let Some(term) = &document.doc_type {
        writer.concept(node, isn::DOC_TYPE, "document-type", term);
    }
    if let Some(issued) = &document.issued {
        if let Some(literal) = typed(issued) {
            writer.add(node, dct::ISSUED, literal);
        }
        writer.bounds(node, issued);
    }
    let printed = document.date_text.as_deref().or(document.issued.as_ref().map(crate::model::Date::as_str));
    if let Some(text) = printed {
        writer.own(node, isn::DATE_TEXT, Literal::new_simple_literal(text));
    }
    if let Some(symbol) = &document.symbol {
        writer.own(node, isn::SYMBOL, Literal::new_simple_literal(symbol));
    }
    for lang in &document.language {
        writer.add(node, dct::LANGUAGE, Literal::new_simple_literal(lang.as_str()));
    }
    if let Some(lang) = &document.original_language {
        writer.own(node, isn::ORIGINAL_LANGUAGE, Literal::new_simple_literal(lang.as_str()));
    }
    for field in &document.stated_empty {
        writer.concept(node, isn::STATED_EMPTY, "field", field.term());
    }
    if let Some(term) = &document.adoption {
        writer.concept(node, isn::ADOPTION, "adoption", term);
    }
    writer.things(node, isn::TRANSLATION_OF, document.translation_of.as_slice());
    writer.things(node, isn::REVISION_OF, document.revision_of.as_slice());
    writer.things(node, isn::IN_COLLECTION, &document.collection);
    if let Some(address) = &document.address {
        writer.add(node, foaf::PAGE, NamedNode::new_unchecked(address));
    }
}

/// Things that the fields name: the thing where it is known, and the words where there were words.
fn references(writer: &mut Writer<'_>, node: &NamedNode, document: &Document) {
    let fields: [(Option<&'static str>, &'static str, &[Reference]); 8] = [
        (Some(isn::ISSUED_BY), isn::ISSUER_TEXT, &document.issuer),
        (None, isn::CREATOR_TEXT, &document.creator),
        (Some(isn::AREA), isn::AREA_TEXT, &document.area),
        (Some(isn::ADDRESSED_TO), isn::ADDRESSED_TO_TEXT, &document.addressed_to),
        (Some(isn::RELATED_ENTITY), isn::RELATED_ENTITY_TEXT, &document.related_entity),
        (Some(isn::RELATED_PERSON), isn::RELATED_PERSON_TEXT, &document.related_person),
        (Some(isn::RELATED_DIARY), isn::RELATED_DIARY_TEXT, &document.related_diary),
        (Some(isn::RELATED_EVENT), isn::RELATED_EVENT_TEXT, &document.related_event),
    ];
    for (property, text_property, references) in fields {
        for reference in references {
            if let Some(id) = &reference.id {
                let thing = writer.iris.id(id);
                match property {
                    Some(property) => writer.own(node, property, thing),
                    None => writer.add(node, dct::CREATOR, thing),
                }
            }
            if let Some(text) = &reference.text {
                writer.own(node, text_property, Literal::new_simple_literal(text));
            }
        }
    }
}

fn archive_code(writer: &mut Writer<'_>, node: &NamedNode, document: &Document, number: usize, code: &Code) {
    let part = writer.iris.id(&document.id.part(&format!("code{number}")));
    writer.own(node, isn::CODE, part.clone());
    writer.class(&part, "ArchiveCode");
    writer.own(&part, isn::CODE_SCHEME, Literal::new_simple_literal(&code.scheme));
    writer.add(&part, rdf::VALUE, Literal::new_simple_literal(&code.value));
}

fn text_layer(writer: &mut Writer<'_>, node: &NamedNode, document: &Document, layer: &TextLayer) {
    let part = writer.iris.id(&document.id.part(&format!("text-{}", layer.lang)));
    writer.own(node, isn::TEXT, part.clone());
    writer.class(&part, "TextLayer");
    writer.add(&part, rdf::VALUE, tagged(&layer.text, layer.lang.as_str()));
    writer.add(&part, dct::LANGUAGE, Literal::new_simple_literal(layer.lang.as_str()));
    writer.own(&part, isn::SHA256, Literal::new_simple_literal(hex(&Sha256::digest(layer.text.as_bytes()))));
    writer.own(&part, isn::NORMAL_FORM, Literal::new_simple_literal("NFC"));
    writer.concept(&part, isn::LAYER_ROLE, "layer-role", layer.role.term());
}

fn cites(writer: &mut Writer<'_>, node: &NamedNode, document: &Document, number: usize, citation: &Citation) {
    let part = writer.iris.id(&document.id.part(&format!("cit{number}")));
    let cited = writer.iris.id(&citation.cited);
    writer.own(node, isn::CITATION, part.clone());
    writer.add(node, cito::CITES, cited.clone());
    writer.class(&part, "Citation");
    writer.add(&part, rdf::TYPE, cito::CITATION);
    writer.add(&part, cito::HAS_CITING_ENTITY, node.clone());
    writer.add(&part, cito::HAS_CITED_ENTITY, cited);
    for function in &citation.characterization {
        writer.add(&part, cito::HAS_CITATION_CHARACTERIZATION, cito::term(function));
    }
    writer.concept(&part, isn::EXPLICITNESS, "explicitness", citation.explicitness.term());
    writer.text(&part, skos::NOTE, &citation.note);
    writer.sources(&part, &citation.sources, &[]);
}
