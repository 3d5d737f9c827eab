//! Propositions as RDF 1.2 has them: what is proposed is a triple term that the proposition reifies. Nothing asserts it.

use std::collections::BTreeMap;

use oxigraph::model::{GraphName, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, Triple};

use crate::rdf::vocab::rdf;

/// `rdf:reifies`
const REIFIES: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("http://www.w3.org/1999/02/22-rdf-syntax-ns#reifies");

/// The three parts of a proposition, as far as they are known.
#[derive(Debug, Default)]
struct Parts {
    subject: Option<NamedOrBlankNode>,
    predicate: Option<NamedNode>,
    objects: Vec<Term>,
}

/// The same statements, with one that is reified in the place of three that tell its parts. What is no whole proposition
/// stays as it is.
#[must_use]
pub fn of(quads: &[Quad]) -> Vec<Quad> {
    let mut known: BTreeMap<(String, String), Parts> = BTreeMap::new();
    for quad in quads {
        let parts = || (quad.subject.to_string(), quad.graph_name.to_string());
        if quad.predicate == rdf::SUBJECT {
            known.entry(parts()).or_default().subject = match &quad.object {
                Term::NamedNode(iri) => Some(iri.clone().into()),
                Term::BlankNode(node) => Some(node.clone().into()),
                Term::Literal(_) | Term::Triple(_) => None,
            };
        } else if quad.predicate == rdf::PREDICATE {
            known.entry(parts()).or_default().predicate = match &quad.object {
                Term::NamedNode(iri) => Some(iri.clone()),
                _ => None,
            };
        } else if quad.predicate == rdf::OBJECT {
            known.entry(parts()).or_default().objects.push(quad.object.clone());
        }
    }
    let is_whole = |quad: &Quad, graph: &GraphName| {
        let parts = known.get(&(quad.subject.to_string(), graph.to_string()))?;
        let (subject, predicate) = (parts.subject.as_ref()?, parts.predicate.as_ref()?);
        (!parts.objects.is_empty()).then_some((subject, predicate))
    };
    let twins = quads.iter().filter_map(|quad| {
        let is_part = [rdf::SUBJECT, rdf::PREDICATE, rdf::OBJECT].iter().any(|part| quad.predicate == *part);
        match is_whole(quad, &quad.graph_name).filter(|_| is_part) {
            None => Some(quad.clone()),
            Some((subject, predicate)) if quad.predicate == rdf::OBJECT => {
                let triple = Triple::new(subject.clone(), predicate.clone(), quad.object.clone());
                let graph = quad.graph_name.clone();
                Some(Quad::new(quad.subject.clone(), REIFIES, Term::Triple(Box::new(triple)), graph))
            }
            Some(_) => None,
        }
    });
    twins.collect()
}

#[cfg(test)]
mod tests {
    use oxigraph::io::{RdfFormat, RdfParser};

    use super::*;

    fn read(text: &str) -> Vec<Quad> {
        RdfParser::from_format(RdfFormat::TriG).for_slice(text).map(|quad| quad.expect("it parses")).collect()
    }

    #[test]
    fn a_proposition_reifies_its_triple_and_nothing_asserts_it() {
        let prefixes = "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> PREFIX : <https://a.example/> ";
        let quads = read(&format!(
            "{prefixes} :g {{ :p rdf:subject :e ; rdf:predicate :perpetrator ; rdf:object :x , :y ; :bound :z . \
             :half rdf:subject :e ; rdf:object :x }}"
        ));
        let expected = read(&format!(
            "{prefixes} :g {{ :p rdf:reifies <<( :e :perpetrator :x )>> , <<( :e :perpetrator :y )>> ; :bound :z . \
             :half rdf:subject :e ; rdf:object :x }}"
        ));
        let sorted = |quads: Vec<Quad>| {
            let mut lines: Vec<String> = quads.iter().map(ToString::to_string).collect();
            lines.sort();
            lines
        };
        assert_eq!(sorted(of(&quads)), sorted(expected));
    }
}
