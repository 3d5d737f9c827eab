//! What a query answers, and when two answers are the same: in any order, and up to the names of blank nodes.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::{
    io::RdfFormat,
    model::{
        BlankNode, Graph, Literal, NamedNode, NamedNodeRef, Term, TermRef, Triple,
        dataset::CanonicalizationAlgorithm,
        vocab::{rdf, xsd},
    },
    sparql::results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput},
};

use crate::suite::{node, object, objects, parsed, text};

const RS: &str = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#";

type Row = BTreeMap<String, Term>;

/// An answer.
#[derive(Debug)]
pub enum Answer {
    Boolean(bool),
    Rows(BTreeSet<String>, Vec<Row>),
    Graph(Box<Graph>),
}

impl Answer {
    /// Reads an answer by its media type or the extension of its file.
    pub fn read(bytes: &[u8], syntax: Syntax, base: &str) -> Result<Self, String> {
        match syntax {
            Syntax::Csv => csv(bytes),
            Syntax::Solutions(format) => solutions(bytes, format),
            Syntax::Graph(format) => parsed(bytes, format, base)
                .map(|graph| result_set(&graph).unwrap_or_else(|| Self::Graph(Box::new(graph)))),
        }
    }

    pub fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Boolean(one), Self::Boolean(other)) => one == other,
            (Self::Rows(names, rows), Self::Rows(others, other_rows)) => {
                names == others && rows.len() == other_rows.len() && canonical(rows) == canonical(other_rows)
            }
            (Self::Graph(one), Self::Graph(other)) => isomorphic(one, other),
            _ => false,
        }
    }

    /// The answer with each number as its value, for telling what a miss comes from; never for passing.
    pub fn by_value(&self) -> Self {
        match self {
            Self::Rows(names, rows) => {
                let valued = |row: &Row| row.iter().map(|(name, term)| (name.clone(), value(term))).collect();
                Self::Rows(names.clone(), rows.iter().map(valued).collect())
            }
            Self::Boolean(value) => Self::Boolean(*value),
            Self::Graph(graph) => Self::Graph(graph.clone()),
        }
    }

    /// For a report: how much there is, and the rows or triples in order.
    pub fn brief(&self) -> String {
        let mut lines: Vec<String> = match self {
            Self::Boolean(value) => return value.to_string(),
            Self::Rows(_, rows) => rows.iter().map(shown).collect(),
            Self::Graph(graph) => graph.iter().map(|triple| triple.to_string()).collect(),
        };
        lines.sort_unstable();
        format!("{}: {}", lines.len(), lines.join(" | "))
    }
}

/// How an answer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Csv,
    Solutions(QueryResultsFormat),
    Graph(RdfFormat),
}

impl Syntax {
    pub fn of_extension(extension: &str) -> Option<Self> {
        match extension {
            "csv" => Some(Self::Csv),
            "rdf" => Some(Self::Graph(RdfFormat::RdfXml)),
            _ => QueryResultsFormat::from_extension(extension)
                .map(Self::Solutions)
                .or_else(|| RdfFormat::from_extension(extension).map(Self::Graph)),
        }
    }

    pub fn of_media_type(media_type: &str) -> Option<Self> {
        match media_type {
            "text/csv" => Some(Self::Csv),
            _ => QueryResultsFormat::from_media_type(media_type)
                .map(Self::Solutions)
                .or_else(|| RdfFormat::from_media_type(media_type).map(Self::Graph)),
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv",
            // What the library gives has a parameter, which is not asked for here.
            Self::Solutions(format) => format.media_type().split(';').next().unwrap_or_default(),
            Self::Graph(format) => format.media_type(),
        }
    }
}

fn solutions(bytes: &[u8], format: QueryResultsFormat) -> Result<Answer, String> {
    let parser = QueryResultsParser::from_format(format).for_slice(bytes).map_err(|error| error.to_string())?;
    match parser {
        SliceQueryResultsParserOutput::Boolean(value) => Ok(Answer::Boolean(value)),
        SliceQueryResultsParserOutput::Solutions(solutions) => {
            let names = solutions.variables().iter().map(|variable| variable.as_str().to_owned()).collect();
            let rows = solutions
                .map(|row| {
                    let row = row.map_err(|error| error.to_string())?;
                    Ok(row.iter().map(|(name, term)| (name.as_str().to_owned(), term.clone())).collect())
                })
                .collect::<Result<Vec<Row>, String>>()?;
            Ok(Answer::Rows(names, rows))
        }
    }
}

/// CSV tells neither the kinds of terms nor what is unbound from what is empty: plain values are compared, and
/// blank nodes by where they stand.
fn csv(bytes: &[u8]) -> Result<Answer, String> {
    let mut reader = csv::Reader::from_reader(bytes);
    let header = reader.headers().map_err(|error| error.to_string())?.clone();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| error.to_string())?;
        let cell = |text: &str| match text.strip_prefix("_:") {
            Some(label) => BlankNode::new(label).map_or_else(|_| Literal::from(text).into(), Term::from),
            None => Literal::from(text).into(),
        };
        rows.push(header.iter().zip(&record).map(|(name, value)| (name.to_owned(), cell(value))).collect());
    }
    Ok(Answer::Rows(header.iter().map(ToOwned::to_owned).collect(), rows))
}

fn value(term: &Term) -> Term {
    let Term::Literal(literal) = term else { return term.clone() };
    let is_boolean = literal.datatype() == xsd::BOOLEAN;
    match literal.value() {
        "1" if is_boolean => Literal::from(true).into(),
        "0" if is_boolean => Literal::from(false).into(),
        text => text.parse::<f64>().map_or_else(|_| term.clone(), |number| Literal::from(number.to_string()).into()),
    }
}

/// An answer that is written as a graph about solutions.
fn result_set(graph: &Graph) -> Option<Answer> {
    let rs = |name: &str| format!("{RS}{name}");
    let class = NamedNode::new_unchecked(rs("ResultSet"));
    let set = graph.subject_for_predicate_object(rdf::TYPE, class.as_ref())?;
    if let Some(value) = object(graph, set, &rs("boolean")) {
        return Some(Answer::Boolean(text(value) == "true"));
    }
    let names = objects(graph, set, &rs("resultVariable")).into_iter().map(text).collect();
    let rows = objects(graph, set, &rs("solution")).into_iter().filter_map(node).map(|solution| {
        let bindings = objects(graph, solution, &rs("binding")).into_iter().filter_map(node);
        bindings
            .filter_map(|binding| {
                let name = text(object(graph, binding, &rs("variable"))?);
                Some((name, object(graph, binding, &rs("value"))?.into_owned()))
            })
            .collect()
    });
    Some(Answer::Rows(names, rows.collect()))
}

/// Rows without blank nodes sorted as they are; the others as a graph in which each row is a node.
fn canonical(rows: &[Row]) -> (Vec<String>, BTreeSet<String>) {
    let (open, closed): (Vec<&Row>, Vec<&Row>) =
        rows.iter().partition(|row| row.values().any(|term| term.is_blank_node() || term.is_triple()));
    let mut plain: Vec<String> = closed.into_iter().map(shown).collect();
    plain.sort_unstable();
    let mut graph = Graph::new();
    for row in open {
        let subject = BlankNode::default();
        for (name, term) in row {
            let predicate = NamedNode::new_unchecked(format!("variable:{name}"));
            graph.insert(&Triple::new(subject.clone(), predicate, term.clone()));
        }
    }
    graph.canonicalize(CanonicalizationAlgorithm::Unstable);
    (plain, graph.iter().map(|triple| triple.to_string()).collect())
}

pub fn isomorphic(one: &Graph, other: &Graph) -> bool {
    let canonical = |graph: &Graph| {
        let mut graph = graph.clone();
        graph.canonicalize(CanonicalizationAlgorithm::Unstable);
        graph
    };
    one.len() == other.len() && canonical(one) == canonical(other)
}

fn shown(row: &Row) -> String {
    row.iter().map(|(name, term)| format!("{name}={term}")).collect::<Vec<_>>().join(" ")
}

/// The triples of a graph as they can stand in an update, with the IRIs that the graph does not have.
pub fn triples(graph: &Graph) -> String {
    graph.iter().flat_map(|triple| [triple.to_string(), " . ".to_owned()]).collect()
}

/// Whether a graph has a triple of this kind.
pub fn has(graph: &Graph, predicate: &str, object: TermRef<'_>) -> bool {
    let predicate = NamedNodeRef::new_unchecked(predicate);
    graph.triples_for_predicate(predicate).any(|triple| triple.object == object)
}
