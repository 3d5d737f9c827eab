//! Quads as text, in any syntax, so that differences read well: prefixed, and in the order they are given.

use std::io;

use oxigraph::{io::RdfSerializer, model::Quad};

use super::{GraphFormat, Iris, jsonld::JsonLd, prefixes};

/// Writes quads in a syntax. Where the syntax has no graphs, a triple that stands in two is written once.
pub fn quads(iris: &Iris, json_ld: &JsonLd, format: GraphFormat, quads: &[Quad]) -> io::Result<Vec<u8>> {
    if format == GraphFormat::JsonLd {
        return Ok(json_ld.document(quads).to_string().into_bytes());
    }
    let mut writer = serializer(iris, format)?.for_writer(Vec::new());
    let mut written = std::collections::HashSet::new();
    for quad in quads {
        if format.keeps_graphs() {
            writer.serialize_quad(quad)?;
        } else if written.insert((&quad.subject, &quad.predicate, &quad.object)) {
            writer.serialize_triple(quad.as_ref())?;
        }
    }
    writer.finish()
}

/// A serializer that knows the usual prefixes, where the syntax has any.
pub fn serializer(iris: &Iris, format: GraphFormat) -> io::Result<RdfSerializer> {
    let mut serializer = RdfSerializer::from_format(format.to_rdf_format());
    if !matches!(format, GraphFormat::NTriples | GraphFormat::NQuads) {
        let own = iris.path("ontology#");
        for (prefix, iri) in prefixes().iter().copied().chain([("isn", own.as_str())]) {
            serializer = serializer.with_prefix(prefix, iri).map_err(io::Error::other)?;
        }
    }
    Ok(serializer)
}
