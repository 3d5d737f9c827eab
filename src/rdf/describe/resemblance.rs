//! What was noticed of documents that resemble each other: proposals, which nobody asserts until somebody decides on them.

use oxigraph::model::Quad;

use super::{Writer, mention::confidence};
use crate::{
    model::{Id, ResemblanceKind, Verdict, resemblance_id},
    rdf::{
        Ontology,
        vocab::{isn, prov},
    },
};

/// The name of the comparison in the IRIs of graphs: the method and its version.
pub const COMPARISON: &str = "resemblance-1";

/// Describes what one document was noticed to resemble: which, how, what share of it, and what was decided on that.
#[must_use]
pub fn resemblances(ontology: &Ontology, document: &Id, others: &[(&Id, ResemblanceKind, f64, Verdict)]) -> Vec<Quad> {
    let graph = ontology.iris().mention_graph(document, COMPARISON);
    let mut writer = Writer::new(ontology, graph.clone());
    for (other, kind, share, verdict) in others {
        let node = writer.iris.id(&resemblance_id(document, other));
        writer.class(&node, "Resemblance");
        writer.own(&node, isn::RESEMBLANCE_OF, writer.iris.id(document));
        writer.own(&node, isn::RESEMBLES, writer.iris.id(other));
        writer.concept(&node, isn::RESEMBLANCE_KIND, "resemblance", kind.term());
        writer.own(&node, isn::SHARED_PART, confidence(*share));
        writer.concept(&node, isn::REVIEW_STATE, "review-state", verdict.term());
        writer.add(&node, prov::WAS_GENERATED_BY, graph.clone());
    }
    writer.quads
}
