//! An assessment: somebody's rating on a scale, with its reason and its evidence.

use oxigraph::model::{Literal, NamedNode, Quad};

use super::{Writer, decision::language, provenance::time, tagged};
use crate::{
    model::Assessment,
    rdf::{
        Ontology,
        vocab::{cito, foaf, isn, prov},
    },
};

/// Describes an assessment, in the graph of what people say of its document.
#[must_use]
pub fn assessment(ontology: &Ontology, assessment: &Assessment) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().review_graph(&assessment.id));
    let node = writer.iris.id(&assessment.id);
    writer.class(&node, "Assessment");
    writer.own(&node, isn::ASSESSES, writer.iris.id(&assessment.assesses));
    writer.own(&node, isn::SCALE, writer.iris.path(&format!("vocab/{}", assessment.scale)));
    writer.concept(&node, isn::RATING, &assessment.scale, &assessment.rating);
    if assessment.scale == "fidelity" {
        writer.concept(&node, isn::FIDELITY, &assessment.scale, &assessment.rating);
    }
    if !assessment.rationale.is_empty() {
        writer.own(&node, isn::RATIONALE, tagged(&assessment.rationale, language(&assessment.rationale)));
    }
    for evidence in &assessment.evidence {
        let thing = writer.iris.parse_id(evidence).map(|id| writer.iris.id(&id));
        writer.add(&node, cito::CITES_AS_EVIDENCE, thing.unwrap_or_else(|| NamedNode::new_unchecked(evidence)));
    }
    let agent = writer.iris.path(&assessment.by);
    writer.add(&node, prov::WAS_ATTRIBUTED_TO, agent.clone());
    if let Some(name) = &assessment.name {
        writer.add(&agent, foaf::NAME, Literal::new_simple_literal(name));
    }
    writer.add(&node, prov::GENERATED_AT_TIME, time(assessment.at));
    if let Some(earlier) = &assessment.revises {
        writer.add(&node, prov::WAS_REVISION_OF, writer.iris.id(earlier));
    }
    writer.quads
}
