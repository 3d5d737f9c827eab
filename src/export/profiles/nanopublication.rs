//! A claim as a nanopublication: what is claimed, who claims it where, and who publishes the record, each in a graph.
//!
//! The assertion holds the proposed triples where the claim affirms them as they are. Where it denies or leaves open, or
//! where a number is a bound or counts some people only, the triple would say something else: then the assertion holds the proposition. It is
//! a file to be taken away; its graphs are never part of the archive.

use oxigraph::model::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term};

use crate::{
    export::cite::Known,
    rdf::vocab::{dct, isn, prov, rdf},
};

/// The namespace of nanopublications.
pub const NAMESPACE: &str = "http://www.nanopub.org/nschema#";

/// The nanopublication of a claim; none where nothing is proposed.
#[must_use]
pub fn of(known: Known<'_>, claim: &NamedNode) -> Option<Vec<Quad>> {
    let part = |name: &str| NamedNode::new_unchecked(format!("{}#nanopub{name}", claim.as_str()));
    let np = |term: &str| NamedNode::new_unchecked(format!("{NAMESPACE}{term}"));
    let whole = part("");
    let [head, assertion, provenance, publication] = ["-head", "-assertion", "-provenance", "-publication"].map(part);
    let mut quads = Vec::new();
    let mut say = |graph: &NamedNode, subject: &NamedNode, predicate: NamedNodeRef<'_>, object: Term| {
        let graph = GraphName::from(graph.clone());
        quads.push(Quad::new(subject.clone(), predicate, object, graph));
    };
    say(&head, &whole, rdf::TYPE, np("Nanopublication").into());
    for (property, graph) in
        [("hasAssertion", &assertion), ("hasProvenance", &provenance), ("hasPublicationInfo", &publication)]
    {
        say(&head, &whole, np(property).as_ref(), graph.clone().into());
    }
    let own = |local: &str| known.iris.term(local);
    let things = |property: &str| known.things(claim.as_str(), own(property).as_ref());
    let affirms = things(isn::STANCE).iter().any(|stance| stance.as_str().ends_with("/affirms"));
    let propositions = things(isn::PROPOSES);
    if propositions.is_empty() {
        return None;
    }
    for proposition in propositions {
        for (s, p, o) in asserted(known, proposition, affirms) {
            say(&assertion, &s, p.as_ref(), o);
        }
    }
    // Whose it is, in the words of PROV, and all that the claim says of itself in ours.
    for (property, predicate) in [(isn::STATED_BY, prov::WAS_ATTRIBUTED_TO), (isn::STATED_IN, prov::WAS_DERIVED_FROM)] {
        for thing in things(property) {
            say(&provenance, &assertion, predicate, thing.clone().into());
        }
    }
    let of_claim = known.quads.iter().filter(|quad| quad.subject == claim.clone().into());
    for quad in of_claim {
        say(&provenance, claim, quad.predicate.as_ref(), quad.object.clone());
    }
    let stands_in = known.quads.iter().find(|quad| quad.subject == claim.clone().into()).map(|quad| &quad.graph_name);
    if let Some(GraphName::NamedNode(graph)) = stands_in {
        say(&publication, &whole, prov::WAS_DERIVED_FROM, graph.clone().into());
        for term in known.objects(graph.as_str(), dct::LICENSE) {
            say(&publication, &whole, dct::LICENSE, term.clone());
        }
        for term in known.objects(graph.as_str(), prov::GENERATED_AT_TIME) {
            say(&publication, &whole, prov::GENERATED_AT_TIME, term.clone());
        }
    }
    let publisher = known.iris.path("agent/isnad");
    say(&publication, &whole, prov::WAS_ATTRIBUTED_TO, publisher.into());
    let mut seen = std::collections::HashSet::new();
    quads.retain(|quad| seen.insert(quad.clone()));
    Some(quads)
}

type Statement = (NamedNode, NamedNode, Term);

/// What a proposition says where it is held as it stands, or else the proposition itself.
fn asserted(known: Known<'_>, proposition: &NamedNode, affirms: bool) -> Vec<Statement> {
    let iri = proposition.as_str();
    let bound = known.things(iri, known.iris.term(isn::BOUND).as_ref());
    let is_of_some = !known.objects(iri, known.iris.term(isn::POPULATION_KIND).as_ref()).is_empty();
    let is_exact = bound.iter().all(|bound| bound.as_str().ends_with("/exactly")) && !is_of_some;
    let parts = known.things(iri, rdf::SUBJECT).into_iter().zip(known.things(iri, rdf::PREDICATE)).next();
    if let (Some((subject, predicate)), true) = (parts, affirms && is_exact) {
        let objects = known.objects(iri, rdf::OBJECT).into_iter();
        return objects.map(|object| (subject.clone(), predicate.clone(), object.clone())).collect();
    }
    let own = known.quads.iter().filter(|quad| quad.subject == NamedOrBlankNode::from(proposition.clone()));
    own.map(|quad| (proposition.clone(), quad.predicate.clone(), quad.object.clone())).collect()
}
