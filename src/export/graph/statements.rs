//! JSON-LD: a piece as statements, each in its graph, and beside them what each rests on.
//!
//! Every edge is described as an `rdf:Statement`: the document it is taken from, the words, whose it is, how sure.
//! What somebody claims is described and not stated. Figures of the walk, such as degrees and centralities, are about
//! the answer and not about the things; they are left to the other syntaxes.

use std::{collections::BTreeMap, io};

use oxigraph::model::{
    BlankNode, GraphName, Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Quad, Term, vocab::xsd,
};
use serde_json::{Value, json};

use crate::{
    ask::{Edge, Node, Piece},
    model::Text,
    rdf::{
        Iris, JsonLd, Ontology, describe,
        vocab::{dct, geo, isn, oa, prov, rdf, rdfs},
    },
};

pub(super) fn write(piece: &Piece, ontology: &Ontology, json_ld: &JsonLd) -> io::Result<Vec<u8>> {
    let mut document = json_ld.document(&about(piece, ontology));
    let mut graphs: BTreeMap<&str, Vec<Quad>> = BTreeMap::new();
    for edge in piece.edges.iter().filter(|edge| is_stated(edge, ontology)) {
        graphs.entry(&edge.graph).or_default().push(statement(edge));
    }
    if let Some(Value::Array(nodes)) = document.get_mut("@graph") {
        nodes.extend(graphs.iter().map(|(graph, quads)| {
            let inner = json_ld.document(quads)["@graph"].take();
            json!({ "@id": graph, "@graph": inner })
        }));
    }
    serde_json::to_vec(&document).map_err(io::Error::other)
}

/// Whether a graph of the archive states it, so that it can be stated here too.
fn is_stated(edge: &Edge, ontology: &Ontology) -> bool {
    let local = ontology.iris().relative(&edge.predicate).and_then(|path| path.strip_prefix("ontology#"));
    !edge.graph.is_empty() && !local.is_some_and(|local| ontology.is_claim_predicate(local))
}

fn statement(edge: &Edge) -> Quad {
    let iri = NamedNode::new_unchecked;
    Quad::new(iri(&edge.source), iri(&edge.predicate), iri(&edge.target), iri(&edge.graph))
}

/// What is said of the nodes and of the edges, in the default graph.
fn about(piece: &Piece, ontology: &Ontology) -> Vec<Quad> {
    let mut quads = Quads { iris: ontology.iris(), quads: Vec::new() };
    for node in &piece.nodes {
        quads.node(node, ontology);
    }
    for edge in &piece.edges {
        quads.edge(edge);
    }
    quads.quads
}

struct Quads<'a> {
    iris: &'a Iris,
    quads: Vec<Quad>,
}

impl Quads<'_> {
    fn add(&mut self, subject: &NamedOrBlankNode, predicate: impl Into<NamedNode>, object: impl Into<Term>) {
        self.quads.push(Quad::new(subject.clone(), predicate, object, GraphName::DefaultGraph));
    }

    fn link(&mut self, subject: &NamedOrBlankNode, predicate: NamedNodeRef<'_>, iri: &str) {
        self.add(subject, predicate, NamedNode::new_unchecked(iri));
    }

    fn labels(&mut self, subject: &NamedOrBlankNode, label: &Text) {
        for (lang, words) in label {
            let label = Literal::new_language_tagged_literal_unchecked(words, lang.as_str().to_ascii_lowercase());
            self.add(subject, rdfs::LABEL, label);
        }
    }

    fn days(&mut self, subject: &NamedOrBlankNode, from: Option<&str>, to: Option<&str>) {
        for (local, day) in [(isn::EARLIEST, from), (isn::LATEST, to)] {
            if let Some(day) = day {
                let day = Literal::new_typed_literal(day, xsd::DATE);
                self.add(subject, self.iris.term(local), day);
            }
        }
    }

    fn node(&mut self, node: &Node, ontology: &Ontology) {
        let subject: NamedOrBlankNode = NamedNode::new_unchecked(&node.id).into();
        for class in &node.classes {
            self.link(&subject, rdf::TYPE, class);
        }
        if let (true, Some(class)) = (node.classes.is_empty(), class(ontology, node.kind)) {
            self.add(&subject, rdf::TYPE, class);
        }
        self.labels(&subject, &node.label);
        self.days(&subject, node.from.as_deref(), node.to.as_deref());
        if let (Some(latitude), Some(longitude)) = (node.latitude, node.longitude) {
            let part: NamedOrBlankNode = NamedNode::new_unchecked(format!("{}#geometry", node.id)).into();
            self.add(&subject, geo::HAS_GEOMETRY, part.clone());
            self.add(&part, rdf::TYPE, geo::GEOMETRY);
            self.add(&part, geo::AS_WKT, describe::point(latitude, longitude));
        }
    }

    fn edge(&mut self, edge: &Edge) {
        let node: NamedOrBlankNode = BlankNode::new_unchecked(&edge.id).into();
        self.add(&node, rdf::TYPE, rdf::STATEMENT);
        self.link(&node, rdf::SUBJECT, &edge.source);
        self.link(&node, rdf::PREDICATE, &edge.predicate);
        self.link(&node, rdf::OBJECT, &edge.target);
        if let Some(document) = &edge.document {
            self.link(&node, dct::SOURCE, document);
        }
        for speaker in &edge.speaker {
            self.link(&node, prov::WAS_ATTRIBUTED_TO, speaker);
        }
        if let Some(confidence) = edge.confidence {
            self.add(&node, self.iris.term(isn::CONFIDENCE), describe::confidence(confidence));
        }
        if let Some(state) = &edge.review_state {
            self.add(&node, self.iris.term(isn::REVIEW_STATE), self.iris.concept("review-state", state));
        }
        self.days(&node, edge.from.as_deref(), edge.to.as_deref());
        for evidence in &edge.evidence {
            let mention: NamedOrBlankNode = NamedNode::new_unchecked(&evidence.mention).into();
            self.link(&node, prov::WAS_DERIVED_FROM, &evidence.mention);
            self.add(&mention, rdf::TYPE, self.iris.term("Mention"));
            self.add(&mention, self.iris.term(isn::IN_TEXT), NamedNode::new_unchecked(&evidence.text));
            self.add(&mention, oa::START, Literal::from(evidence.start));
            self.add(&mention, oa::END, Literal::from(evidence.end));
            self.add(&mention, oa::EXACT, Literal::new_simple_literal(&evidence.exact));
        }
    }
}

/// The class that is named like a kind: `person` is `isn:Person`.
fn class(ontology: &Ontology, kind: &str) -> Option<NamedNode> {
    let mut letters = kind.chars();
    let local = format!("{}{}", letters.next()?.to_ascii_uppercase(), letters.as_str());
    ontology.label(&format!("ontology#{local}")).map(|_| ontology.iris().term(&local))
}
