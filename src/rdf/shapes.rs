//! The shapes of `ontology/shapes.ttl`, held against one graph at a time.
//!
//! Checked when a graph comes in, never over the whole store: a violation refuses the graph, a warning is told.

use std::{collections::HashSet, fmt, io::Cursor};

use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{
        Quad, Term,
        vocab::{rdf, rdfs},
    },
};
use rudof_rdf::{rdf_core::RDFFormat, rdf_impl::OxigraphInMemory};
use shacl::{
    ir::IRSchema,
    types::Severity,
    validator::{
        ShaclConfig, ShaclValidationMode,
        processor::{GraphValidation, ShaclProcessor},
        report::ValidationResult,
        store::{Graph, ShaclDataManager},
    },
};

use super::{Ontology, rules::Broken};
use crate::model::{Lang, Text};

/// The shapes, ready to be held against a graph.
pub struct Shapes {
    schema: IRSchema,
    /// The classes and properties whose things the shapes look at.
    targets: HashSet<Term>,
}

/// Something that a shape says of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The shape: `N1`, `D1`, ….
    pub shape: String,
    /// The thing it is about.
    pub node: String,
    /// What is wrong, in each language.
    pub message: Text,
    /// Whether the graph is refused for it.
    pub refuses: bool,
}

/// The validator failed; the fault is not the graph's.
#[derive(Debug, thiserror::Error)]
#[error("failed to check a graph against the shapes: {0}")]
pub struct ShapesError(String);

impl fmt::Debug for Shapes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Shapes")
    }
}

impl Shapes {
    /// Compiles the shapes of the ontology.
    pub fn new(ontology: &Ontology) -> Result<Self, ShapesError> {
        let turtle = ontology.shapes_turtle();
        let base = Some(ontology.iris().base());
        let schema = ShaclDataManager::load(&mut Cursor::new(turtle), "shapes.ttl", &RDFFormat::Turtle, base)
            .map_err(|error| ShapesError(error.to_string()))?;
        let targets = RdfParser::from_format(RdfFormat::Turtle)
            .with_base_iri(ontology.iris().base())
            .map_err(|error| ShapesError(error.to_string()))?
            .for_slice(ontology.shapes_turtle().as_bytes())
            .filter_map(Result::ok)
            .filter(|quad| quad.predicate.as_str().starts_with("http://www.w3.org/ns/shacl#target"))
            .map(|quad| quad.object)
            .collect();
        Ok(Self { schema, targets })
    }

    /// Whether any shape looks at any of the things that some quads are about. Most graphs of others hold none.
    pub fn concern<'a>(&self, quads: impl IntoIterator<Item = &'a Quad>) -> bool {
        quads.into_iter().any(|quad| {
            let is_target = |term: &Term| self.targets.contains(term);
            // A class of theirs may be made a kind of ours.
            quad.predicate == rdfs::SUB_CLASS_OF
                || is_target(&quad.predicate.clone().into())
                || quad.predicate == rdf::TYPE && is_target(&quad.object)
        })
    }

    /// Holds the shapes against the triples of some quads, and gives what they find, the refusals first.
    pub fn check<'a>(&self, quads: impl IntoIterator<Item = &'a Quad>) -> Result<Vec<Finding>, ShapesError> {
        let fail = |error: &dyn fmt::Display| ShapesError(error.to_string());
        let mut graph = OxigraphInMemory::new();
        for quad in quads {
            graph.add_triple_ref(&quad.subject, &quad.predicate, &quad.object).map_err(|error| fail(&error))?;
        }
        let graph = Graph::try_from(graph).map_err(|error| fail(&error))?;
        let report = GraphValidation::new(graph)
            .validate(&self.schema, &ShaclValidationMode::Native, &ShaclConfig::default())
            .map_err(|error| fail(&error))?;
        let mut findings: Vec<Finding> = report.results().iter().map(finding).collect();
        findings.sort_by(|a, b| (!a.refuses, &a.shape, &a.node).cmp(&(!b.refuses, &b.shape, &b.node)));
        Ok(findings)
    }
}

fn finding(result: &ValidationResult) -> Finding {
    let source = result.source().map(ToString::to_string).unwrap_or_default();
    let shape = source.rsplit(['#', '/']).next().unwrap_or_default().trim_end_matches('>').to_owned();
    let mut message = Text::new();
    let mut untagged = None;
    for (lang, words) in result.message().iter() {
        let tag = lang.as_ref().and_then(|lang| lang.to_string().parse().ok());
        // The validator adds a message of its own, without a language; the shape's goes before it.
        match tag {
            Some(tag) => {
                message.insert(tag, words.clone());
            }
            None => untagged = Some(words.clone()),
        }
    }
    if let Some(words) = untagged {
        message.entry(Lang::en()).or_insert(words);
    }
    Finding {
        shape,
        node: result.focus_node().to_string(),
        message,
        refuses: matches!(result.severity(), Severity::Violation),
    }
}

impl Finding {
    /// What a rule says that was checked by hand.
    #[must_use]
    pub fn of_rule(broken: &Broken) -> Self {
        let message = broken.to_string();
        let message = message.split_once(": ").map_or(message.as_str(), |(_, words)| words).to_owned();
        Self {
            shape: broken.rule().to_owned(),
            node: broken.node().to_owned(),
            message: Text::from([(Lang::en(), message)]),
            refuses: true,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let message = self.message.get(&Lang::en()).or_else(|| self.message.values().next());
        write!(f, "{} at {}: {}", self.shape, self.node, message.map_or("no message", String::as_str))
    }
}
