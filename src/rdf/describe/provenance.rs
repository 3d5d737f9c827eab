//! Where a graph came from.

use jiff::Timestamp;
use oxigraph::model::{Literal, NamedNode, Quad, vocab::xsd};

use super::Writer;
use crate::rdf::{
    Ontology,
    vocab::{dct, isn, prov, rdf},
};

/// Where a graph came from: what G1 of the shapes asks of every public graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The SHA-256 of the file as it came; the files are kept under it.
    pub original: String,
    /// The digest of the graph (RDFC-1.0, SHA-256).
    pub digest: String,
    /// When the graph was written.
    pub at: Timestamp,
    /// The terms it may be used under: an IRI.
    pub licence: String,
    /// The digest of the dictionary, for a graph of mentions.
    pub dictionary: Option<String>,
}

/// Describes where a graph came from, in `graph/prov`.
#[must_use]
pub fn provenance(ontology: &Ontology, graph: &NamedNode, provenance: &Provenance) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().graph("prov"));
    writer.add(graph, rdf::TYPE, prov::ENTITY);
    writer.add(graph, dct::SOURCE, writer.iris.path(&format!("original/{}", provenance.original)));
    writer.own(graph, isn::SHA256, Literal::new_simple_literal(&provenance.digest));
    writer.add(graph, prov::GENERATED_AT_TIME, time(provenance.at));
    writer.add(graph, dct::LICENSE, NamedNode::new_unchecked(&provenance.licence));
    writer.own(graph, isn::LOADER, Literal::new_simple_literal(concat!("isnad ", env!("CARGO_PKG_VERSION"))));
    if let Some(dictionary) = &provenance.dictionary {
        writer.class(graph, "Run");
        writer.own(graph, isn::METHOD, Literal::new_simple_literal("dictionary"));
        writer.own(graph, isn::METHOD_VERSION, Literal::new_simple_literal("2"));
        writer.own(graph, isn::DICTIONARY, Literal::new_simple_literal(dictionary));
    }
    writer.quads
}

/// Describes the file that a graph was read from, beside where it came from.
#[must_use]
pub fn source(ontology: &Ontology, graph: &NamedNode, media_type: &str, size: usize) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().graph("prov"));
    writer.own(graph, isn::SOURCE_MEDIA_TYPE, Literal::new_simple_literal(media_type));
    writer.own(graph, isn::SOURCE_SIZE, Literal::new_typed_literal(size.to_string(), xsd::INTEGER));
    writer.quads
}

/// A moment as `xsd:dateTime`.
pub(crate) fn time(at: Timestamp) -> Literal {
    Literal::new_typed_literal(at.to_string(), xsd::DATE_TIME)
}
