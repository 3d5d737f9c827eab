//! A decision on a link: an assessment of a mention, on the scale of the states of review.

use oxigraph::model::{Literal, Quad};

use super::{Writer, provenance::time, tagged};
use crate::{
    model::{Decision, Verdict},
    rdf::{
        Ontology,
        vocab::{isn, prov},
    },
};

/// Describes a decision, in the graph of the decisions on its document.
#[must_use]
pub fn decision(ontology: &Ontology, decision: &Decision) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().review_graph(&decision.id));
    let node = writer.iris.id(&decision.id);
    writer.class(&node, "LinkDecision");
    writer.own(&node, isn::ASSESSES, writer.iris.id(&decision.mention));
    writer.own(&node, isn::SCALE, writer.iris.path("vocab/review-state"));
    writer.concept(&node, isn::RATING, "review-state", decision.verdict.term());
    writer.own(&node, isn::DECIDED_FORM, Literal::new_simple_literal(&decision.form));
    writer.own(&node, isn::DECIDED_THING, writer.iris.id(&decision.thing));
    if let Some(correction) = decision.correction.as_ref().filter(|_| decision.verdict == Verdict::Corrected) {
        writer.own(&node, isn::CORRECTION, writer.iris.id(correction));
    }
    writer.concept(&node, isn::DECISION_SCOPE, "decision-scope", decision.scope.term());
    if let Some(reason) = &decision.reason {
        writer.own(&node, isn::RATIONALE, said(reason));
    }
    writer.add(&node, prov::WAS_ATTRIBUTED_TO, writer.iris.path(&decision.by));
    writer.add(&node, prov::GENERATED_AT_TIME, time(decision.at));
    if let Some(earlier) = &decision.revises {
        writer.add(&node, prov::WAS_REVISION_OF, writer.iris.id(earlier));
    }
    writer.quads
}

/// What somebody says, in the language that its letters tell.
#[must_use]
pub fn said(words: &str) -> Literal {
    tagged(words, language(words))
}

/// Arabic where most letters are.
pub(super) fn language(text: &str) -> &'static str {
    let letters = text.chars().filter(|letter| letter.is_alphabetic());
    let (arabic, all) = letters.fold((0, 0), |(arabic, all), letter| {
        (arabic + usize::from(('\u{600}'..='\u{6FF}').contains(&letter)), all + 1)
    });
    if 2 * arabic > all { "ar" } else { "en" }
}
