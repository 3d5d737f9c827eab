//! The ontology, its vocabularies and its shapes, read once at the start from the files in `ontology/`.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{NamedOrBlankNode, Quad, Term},
};

use super::{
    Iris,
    vocab::{rdf, rdfs, skos},
};
use crate::model::{Lang, Text, Texts};

const ONTOLOGY: &str = include_str!("../../ontology/isnad.ttl");
const ALIGNMENTS: &str = include_str!("../../ontology/alignments.ttl");
const VOCABULARIES: &str = include_str!("../../ontology/vocabularies.ttl");
const SHAPES: &str = include_str!("../../ontology/shapes.ttl");
const CONTEXT: &str = include_str!("../../ontology/context.jsonld");

/// The class of the properties that may occur only as the predicate of a proposition.
const CLAIM_PREDICATE: &str = "ClaimPredicate";

/// What the archive's words mean, ready for use under one base.
#[derive(Clone, Debug)]
pub struct Ontology {
    iris: Iris,
    graphs: BTreeMap<&'static str, Vec<Quad>>,
    superclasses: BTreeMap<String, Vec<String>>,
    claim_predicates: BTreeSet<String>,
    labels: BTreeMap<String, Text>,
    concepts: BTreeMap<String, BTreeMap<String, Concept>>,
    scales: Vec<String>,
}

/// A term of a vocabulary.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Concept {
    /// Its label, one a language.
    pub label: Text,
    /// Other spellings.
    pub alt_label: Texts,
    /// For a document type: the class of its documents.
    pub document_class: Option<String>,
}

/// A file of `ontology/` is not what it should be.
#[derive(Debug, thiserror::Error)]
#[error("ontology/{file} does not parse")]
pub struct OntologyError {
    file: &'static str,
    #[source]
    source: oxigraph::io::RdfParseError,
}

impl Ontology {
    /// Reads the files under a base.
    pub fn new(iris: Iris) -> Result<Self, OntologyError> {
        let mut ontology = Self {
            iris,
            graphs: BTreeMap::new(),
            superclasses: BTreeMap::new(),
            claim_predicates: BTreeSet::new(),
            labels: BTreeMap::new(),
            concepts: BTreeMap::new(),
            scales: Vec::new(),
        };
        let mut terms = ontology.parse("isnad.ttl", ONTOLOGY, "ontology")?;
        terms.extend(ontology.parse("alignments.ttl", ALIGNMENTS, "ontology")?);
        let vocabularies = ontology.parse("vocabularies.ttl", VOCABULARIES, "vocab")?;
        let shapes = ontology.parse("shapes.ttl", SHAPES, "shapes")?;
        ontology.read_terms(&terms);
        ontology.read_concepts(&vocabularies);
        ontology.graphs = BTreeMap::from([("ontology", terms), ("vocab", vocabularies), ("shapes", shapes)]);
        Ok(ontology)
    }

    fn parse(&self, file: &'static str, text: &str, graph: &str) -> Result<Vec<Quad>, OntologyError> {
        let text = text.replace("{base}", self.iris.base());
        let parser = RdfParser::from_format(RdfFormat::Turtle)
            .with_base_iri(self.iris.base())
            .expect("the base was checked when the IRIs were made")
            .with_default_graph(self.iris.graph(graph));
        parser
            .for_slice(text.as_bytes())
            .map(|quad| quad.map_err(|source| OntologyError { file, source: source.into() }))
            .collect()
    }

    fn read_terms(&mut self, quads: &[Quad]) {
        let claim_predicate = self.iris.term(CLAIM_PREDICATE);
        let mut parents: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for quad in quads {
            let Some(name) = self.local(&quad.subject) else {
                // A term of others that we use and name in both languages.
                if let (true, NamedOrBlankNode::NamedNode(term)) = (quad.predicate == rdfs::LABEL, &quad.subject) {
                    add_text(self.labels.entry(term.as_str().to_owned()).or_default(), &quad.object);
                }
                continue;
            };
            if quad.predicate == rdfs::SUB_CLASS_OF {
                if let Term::NamedNode(parent) = &quad.object
                    && let Some(parent) = self.local(&parent.clone().into())
                {
                    parents.entry(name).or_default().push(parent);
                }
            } else if quad.predicate == rdf::TYPE && quad.object == claim_predicate.clone().into() {
                self.claim_predicates.insert(name);
            } else if quad.predicate == rdfs::LABEL {
                add_text(self.labels.entry(format!("ontology#{name}")).or_default(), &quad.object);
            }
        }
        for name in parents.keys() {
            let mut all: Vec<String> = vec![name.clone()];
            let mut next = 0;
            while let Some(class) = all.get(next).cloned() {
                for parent in parents.get(&class).into_iter().flatten() {
                    if !all.contains(parent) {
                        all.push(parent.clone());
                    }
                }
                next += 1;
            }
            self.superclasses.insert(name.clone(), all);
        }
    }

    fn read_concepts(&mut self, quads: &[Quad]) {
        let document_class = self.iris.term("documentClass");
        let scale = self.iris.term("Scale");
        for quad in quads {
            let NamedOrBlankNode::NamedNode(subject) = &quad.subject else { continue };
            let Some(path) = self.iris.relative(subject.as_str()) else { continue };
            let Some((scheme, term)) = path.strip_prefix("vocab/").and_then(|path| path.split_once('/')) else {
                let (scheme, path) = (path.strip_prefix("vocab/").map(ToOwned::to_owned), path.to_owned());
                if quad.predicate == skos::PREF_LABEL {
                    add_text(self.labels.entry(path).or_default(), &quad.object);
                } else if quad.object == scale.clone().into() {
                    self.scales.extend(scheme);
                }
                continue;
            };
            let class = match &quad.object {
                Term::NamedNode(class) if quad.predicate == document_class => self.local(&class.clone().into()),
                _ => None,
            };
            let (scheme, term, path) = (scheme.to_owned(), term.to_owned(), path.to_owned());
            let concept = self.concepts.entry(scheme).or_default().entry(term).or_default();
            if quad.predicate == skos::PREF_LABEL {
                add_text(&mut concept.label, &quad.object);
                add_text(self.labels.entry(path).or_default(), &quad.object);
            } else if quad.predicate == skos::ALT_LABEL {
                if let Some((lang, words)) = tagged(&quad.object) {
                    concept.alt_label.entry(lang).or_default().push(words);
                }
            } else if class.is_some() {
                concept.document_class = class;
            }
        }
    }

    /// The local name of a term of ours.
    fn local(&self, node: &NamedOrBlankNode) -> Option<String> {
        let NamedOrBlankNode::NamedNode(iri) = node else { return None };
        self.iris.relative(iri.as_str())?.strip_prefix("ontology#").map(ToOwned::to_owned)
    }

    /// The IRIs of this archive.
    #[must_use]
    pub fn iris(&self) -> &Iris {
        &self.iris
    }

    /// The graphs `ontology`, `vocab` and `shapes`, by name.
    #[must_use]
    pub fn graphs(&self) -> &BTreeMap<&'static str, Vec<Quad>> {
        &self.graphs
    }

    /// The files behind one of the graphs, as they are kept.
    #[must_use]
    pub fn files(&self, graph: &str) -> String {
        match graph {
            "ontology" => [ONTOLOGY, ALIGNMENTS].concat(),
            "vocab" => VOCABULARIES.to_owned(),
            _ => SHAPES.to_owned(),
        }
    }

    /// The shapes as Turtle, under this base.
    #[must_use]
    pub fn shapes_turtle(&self) -> String {
        SHAPES.replace("{base}", self.iris.base())
    }

    /// The JSON-LD context, under this base.
    #[must_use]
    pub fn context(&self) -> String {
        CONTEXT.replace("{base}", self.iris.base())
    }

    /// A class of ours and every class of ours above it, itself first.
    pub fn with_superclasses<'a>(&'a self, class: &'a str) -> impl Iterator<Item = &'a str> {
        let known = self.superclasses.get(class);
        let alone = if known.is_none() { Some(class) } else { None };
        known.into_iter().flatten().map(String::as_str).chain(alone)
    }

    /// Whether a property of ours may occur only inside propositions.
    #[must_use]
    pub fn is_claim_predicate(&self, local: &str) -> bool {
        self.claim_predicates.contains(local)
    }

    /// The claim predicates, by local name.
    #[must_use]
    pub fn claim_predicates(&self) -> &BTreeSet<String> {
        &self.claim_predicates
    }

    /// The class of the documents of a type.
    #[must_use]
    pub fn document_class(&self, doc_type: &str) -> Option<&str> {
        self.concepts.get("document-type")?.get(doc_type)?.document_class.as_deref()
    }

    /// The vocabularies: scheme, then term.
    #[must_use]
    pub fn concepts(&self) -> &BTreeMap<String, BTreeMap<String, Concept>> {
        &self.concepts
    }

    /// The vocabularies that are scales of assessments, by name; the archive's own is `reliability`.
    #[must_use]
    pub fn scales(&self) -> &[String] {
        &self.scales
    }

    /// The label of a term of the ontology or of a concept, by its path under the base.
    #[must_use]
    pub fn label(&self, path: &str) -> Option<&Text> {
        self.labels.get(path)
    }
}

fn tagged(term: &Term) -> Option<(Lang, String)> {
    let Term::Literal(literal) = term else { return None };
    Some((literal.language()?.parse().ok()?, literal.value().to_owned()))
}

fn add_text(text: &mut Text, term: &Term) {
    if let Some((lang, words)) = tagged(term) {
        text.insert(lang, words);
    }
}
