//! What stands in the place of a thing that is gone.

use jiff::Timestamp;
use oxigraph::model::{NamedNode, Quad};

use super::{Writer, provenance::time, said};
use crate::{
    model::Id,
    rdf::{
        Ontology,
        vocab::{dct, isn, prov},
    },
};

/// How a thing ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstone {
    /// The thing that it was merged into; none where it was withdrawn.
    pub into: Option<Id>,
    /// When.
    pub at: Timestamp,
    /// Who: the IRI of an agent.
    pub by: NamedNode,
    /// Why.
    pub reason: Option<String>,
}

/// Describes how a thing ended, in a graph of its own.
#[must_use]
pub fn tombstone(ontology: &Ontology, graph: NamedNode, id: &Id, tombstone: &Tombstone) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, graph);
    let node = writer.iris.id(id);
    writer.class(&node, isn::TOMBSTONE);
    if let Some(into) = &tombstone.into {
        writer.add(&node, dct::IS_REPLACED_BY, writer.iris.id(into));
    }
    writer.add(&node, prov::INVALIDATED_AT_TIME, time(tombstone.at));
    writer.add(&node, prov::WAS_ATTRIBUTED_TO, tombstone.by.clone());
    if let Some(reason) = &tombstone.reason {
        writer.own(&node, isn::REASON, said(reason));
    }
    writer.quads
}
