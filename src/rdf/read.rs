//! RDF files as they come in, with the line of whatever is wrong in them.
//!
//! The parser is fed line by line, so that every triple is known by the line it ends on.

use oxigraph::model::{NamedNode, Quad};
use oxttl::{NQuadsParser, TriGParser};

use super::{GraphFormat, Ontology, rules};

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
    /// The syntax is not read line by line.
    #[error("{0} files are not read; use Turtle, TriG, N-Triples or N-Quads")]
    Unsupported(&'static str),
}

/// Reads a file into one graph, and refuses it at the first line that asserts what may only be claimed.
///
/// # Panics
///
/// Never: the base was checked when the IRIs were made.
pub fn graph(ontology: &Ontology, text: &str, format: GraphFormat, graph: &NamedNode) -> Result<Vec<Quad>, ReadError> {
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
        GraphFormat::JsonLd | GraphFormat::RdfXml => Err(ReadError::Unsupported(format.name())),
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
                    quad.graph_name = graph.clone().into();
                    rules::nothing_claimed_is_asserted(ontology, [&quad])
                        .map_err(|broken| ReadError::Rule { line, broken })?;
                    quads.push(quad);
                }
            }
        }
    }
    Ok(quads)
}
