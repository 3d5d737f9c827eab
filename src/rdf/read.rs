//! RDF files as they come in, with the line of whatever is wrong in them.
//!
//! The parser is fed line by line, so that every triple is known by the line it ends on; those of JSON-LD and RDF/XML take
//! a file as a whole. Nothing that a file names is fetched: not the context of JSON-LD, not the entities of XML.

use oxigraph::{
    io::RdfParser,
    model::{GraphName, NamedNode, Quad},
};
use oxttl::{NQuadsParser, TriGParser};

use super::{GraphFormat, Ontology, depth, entities, rules};

/// A file of RDF does not do.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// It does not parse.
    #[error("line {line}: {message}")]
    Syntax {
        /// The line, counted from 1.
        line: usize,
        /// What is wrong with it, as the parser says it.
        message: String,
    },
    /// It says what must not be said.
    #[error("line {line}: {broken}")]
    Rule {
        /// The line, counted from 1.
        line: usize,
        /// The rule it breaks.
        broken: rules::Broken,
    },
    /// It has entities that could fill the memory, or that name other files.
    #[error("{0}")]
    Entities(#[from] entities::Refused),
    /// It nests too deeply.
    #[error("{0}")]
    Depth(#[from] depth::TooDeep),
    /// It says what must not be said; the syntax does not tell the line.
    #[error("{0}")]
    Asserted(rules::Broken),
}

/// Reads a file, and refuses it at the first line that asserts what may only be claimed.
///
/// A triple stands in the graph that the file names, where that is one under the archive's base; else in `graph`.
///
/// # Panics
///
/// Never: the base was checked when the IRIs were made.
pub fn quads(ontology: &Ontology, text: &str, format: GraphFormat, graph: &NamedNode) -> Result<Vec<Quad>, ReadError> {
    let base = ontology.iris().base();
    let usable = "the base was checked when the IRIs were made";
    match format {
        // TriG takes in Turtle and N-Triples.
        GraphFormat::Turtle | GraphFormat::TriG | GraphFormat::NTriples => {
            let mut parser = TriGParser::new().with_base_iri(base).expect(usable).low_level();
            by_line(ontology, text, graph, |step| match step {
                Step::Line(bytes) => parser.extend_from_slice(bytes),
                Step::End => parser.end(),
                Step::Next(found) => *found = parser.parse_next().map(|quad| quad.map_err(|e| e.to_string())),
            })
        }
        GraphFormat::NQuads => {
            let mut parser = NQuadsParser::new().low_level();
            by_line(ontology, text, graph, |step| match step {
                Step::Line(bytes) => parser.extend_from_slice(bytes),
                Step::End => parser.end(),
                Step::Next(found) => *found = parser.parse_next().map(|quad| quad.map_err(|e| e.to_string())),
            })
        }
        GraphFormat::RdfXml => {
            entities::check(text)?;
            whole(ontology, text, format, graph)
        }
        GraphFormat::JsonLd => {
            depth::check(text.as_bytes())?;
            whole(ontology, text, format, graph)
        }
    }
}

/// Reads a file that is not read line by line.
fn whole(ontology: &Ontology, text: &str, format: GraphFormat, graph: &NamedNode) -> Result<Vec<Quad>, ReadError> {
    let parser = RdfParser::from_format(format.to_rdf_format())
        .with_base_iri(ontology.iris().base())
        .expect("the base was checked when the IRIs were made");
    let mut quads = Vec::new();
    for quad in parser.for_slice(text.as_bytes()) {
        let mut quad = quad.map_err(|error| {
            let place = error.location();
            let line = place.and_then(|place| usize::try_from(place.start.line + 1).ok()).unwrap_or(1);
            ReadError::Syntax { line, message: error.to_string() }
        })?;
        place(ontology, &mut quad, graph);
        rules::nothing_claimed_is_asserted(ontology, [&quad]).map_err(ReadError::Asserted)?;
        quads.push(quad);
    }
    Ok(quads)
}

/// Puts a triple into a graph of ours.
fn place(ontology: &Ontology, quad: &mut Quad, graph: &NamedNode) {
    let is_ours = match &quad.graph_name {
        GraphName::NamedNode(named) => {
            ontology.iris().relative(named.as_str()).is_some_and(|path| path.starts_with("graph/"))
        }
        _ => false,
    };
    if !is_ours {
        quad.graph_name = graph.clone().into();
    }
}

/// What is asked of a parser.
enum Step<'a, 'b> {
    Line(&'a [u8]),
    End,
    Next(&'b mut Option<Result<Quad, String>>),
}

fn by_line(
    ontology: &Ontology,
    text: &str,
    graph: &NamedNode,
    mut parser: impl FnMut(Step<'_, '_>),
) -> Result<Vec<Quad>, ReadError> {
    let mut quads = Vec::new();
    let lines: Vec<&str> = text.split_inclusive('\n').collect();
    for number in 1..=lines.len() + 1 {
        match lines.get(number - 1) {
            Some(line) => parser(Step::Line(line.as_bytes())),
            None => parser(Step::End),
        }
        let line = number.min(lines.len());
        loop {
            let mut found = None;
            parser(Step::Next(&mut found));
            match found {
                None => break,
                Some(Err(message)) => return Err(ReadError::Syntax { line, message }),
                Some(Ok(mut quad)) => {
                    place(ontology, &mut quad, graph);
                    rules::nothing_claimed_is_asserted(ontology, [&quad])
                        .map_err(|broken| ReadError::Rule { line, broken })?;
                    quads.push(quad);
                }
            }
        }
    }
    Ok(quads)
}
