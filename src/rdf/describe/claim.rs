//! A claim and its propositions, which nobody here asserts.

use oxigraph::model::{Literal, NamedNode, Term};

use super::{Writer, tagged};
use crate::{
    model::{Claim, ClaimKind, Proposition, Value},
    rdf::vocab::{dct, isn, rdf},
};

/// Describes a claim in the graph of the document it is stated in.
pub(super) fn claim(writer: &mut Writer<'_>, document: &NamedNode, claim: &Claim) {
    let node = writer.iris.id(&claim.id);
    writer.class(&node, class(claim.kind));
    writer.own(&node, isn::STATED_IN, document.clone());
    writer.things(&node, isn::STATED_BY, &claim.stated_by);
    writer.things(&node, isn::ATTRIBUTED_TO, &claim.attributed_to);
    writer.things(&node, isn::ABOUT_EVENT, &claim.about_event);
    writer.things(&node, isn::ABOUT_THING, &claim.about_thing);
    if let Some(period) = &claim.period {
        writer.own(&node, isn::PERIOD, Literal::new_simple_literal(period.as_str()));
    }
    writer.concept(&node, isn::STANCE, "stance", claim.stance.term());
    if let Some(degree) = &claim.degree {
        writer.concept(&node, isn::DEGREE, "degree", degree);
    }
    for (lang, words) in &claim.degree_wording {
        writer.own(&node, isn::DEGREE_WORDING, tagged(words, lang.as_str()));
    }
    writer.text(&node, dct::DESCRIPTION, &claim.summary);
    if let Some(locator) = &claim.locator {
        writer.own(&node, isn::LOCATOR, Literal::new_simple_literal(locator));
    }
    writer.things(&node, isn::RELAYS, &claim.relays);
    writer.things(&node, isn::SUPERSEDES, &claim.supersedes);
    writer.things(&node, isn::DISPUTES, &claim.disputes);
    writer.things(&node, isn::ADDRESSEE, &claim.addressee);
    for (number, proposition) in claim.propositions.iter().enumerate() {
        let part = writer.iris.id(&claim.id.part(&format!("p{}", number + 1)));
        writer.own(&node, isn::PROPOSES, part.clone());
        propose(writer, &part, proposition);
    }
    writer.sources(&node, &claim.sources, &claim.unchecked);
}

fn class(kind: ClaimKind) -> &'static str {
    match kind {
        ClaimKind::Claim => "Claim",
        ClaimKind::Finding => "Finding",
        ClaimKind::RelayedClaim => "RelayedClaim",
        ClaimKind::Demand => "Demand",
    }
}

fn propose(writer: &mut Writer<'_>, part: &NamedNode, proposition: &Proposition) {
    writer.class(part, "Proposition");
    writer.add(part, rdf::SUBJECT, writer.iris.id(&proposition.subject));
    writer.add(part, rdf::PREDICATE, writer.iris.term(&proposition.predicate));
    for object in objects(writer, &proposition.object) {
        writer.add(part, rdf::OBJECT, object);
    }
    if let Some(bound) = proposition.bound {
        writer.concept(part, isn::BOUND, "bound", bound.term());
    }
    if let Some(population) = &proposition.population {
        writer.concept(part, isn::POPULATION_KIND, "population", population);
    }
}

/// One term, or one a language where words stand for the value.
fn objects(writer: &Writer<'_>, value: &Value) -> Vec<Term> {
    match value {
        Value::Truth(truth) => vec![Literal::from(*truth).into()],
        Value::Number(number) => vec![Literal::from(*number).into()],
        Value::Id(id) => vec![writer.iris.id(id).into()],
        Value::Text(text) => text.iter().map(|(lang, words)| tagged(words, lang.as_str()).into()).collect(),
    }
}
