//! The store's own questions: small answers, read whole. Everybody else's answers pass by unread.

use std::borrow::Cow;

use bytes::BytesMut;
use futures::TryStreamExt;
use oxigraph::{
    io::{RdfFormat, RdfParser, RdfSerializer},
    model::{NamedNode, Quad, Term},
    sparql::{
        QuerySolution,
        results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput},
    },
};

use super::{Answer, Error, Limits, Query, Store};
use crate::rdf::{AnswerFormat, GraphFormat, SolutionsFormat};

/// One row of an answer.
#[derive(Debug)]
pub struct Row(QuerySolution);

impl Row {
    /// The term bound to a variable.
    #[must_use]
    pub fn term(&self, variable: &str) -> Option<&Term> {
        self.0.get(variable)
    }

    /// The IRI bound to a variable.
    #[must_use]
    pub fn iri(&self, variable: &str) -> Option<&str> {
        match self.term(variable)? {
            Term::NamedNode(iri) => Some(iri.as_str()),
            _ => None,
        }
    }

    /// The words of the literal, or the IRI, bound to a variable.
    #[must_use]
    pub fn text(&self, variable: &str) -> Option<String> {
        self.term(variable).map(literal_value)
    }

    /// The language of the literal bound to a variable.
    #[must_use]
    pub fn lang(&self, variable: &str) -> Option<&str> {
        match self.term(variable)? {
            Term::Literal(literal) => literal.language(),
            _ => None,
        }
    }

    /// The number bound to a variable.
    #[must_use]
    pub fn number(&self, variable: &str) -> Option<u64> {
        self.text(variable)?.parse().ok()
    }
}

/// The words of a literal, or the IRI.
#[must_use]
pub fn literal_value(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        Term::Literal(literal) => literal.value().to_owned(),
        other => other.to_string(),
    }
}

/// One cell of a row that is read and let go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell<'a> {
    /// An IRI.
    Iri(&'a str),
    /// A literal, with its language tag or none.
    Literal {
        /// Its words.
        value: Cow<'a, str>,
        /// Its language tag, empty where it has none.
        lang: Cow<'a, str>,
    },
    /// A blank node, a statement, or nothing.
    Other,
}

impl<'a> Cell<'a> {
    /// Reads a cell of the tab-separated syntax.
    fn read(text: &'a str) -> Self {
        if let Some(iri) =
            text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).filter(|_| !text.contains(' '))
        {
            return Self::Iri(iri);
        }
        if text.is_empty() || text.starts_with(['_', '<']) {
            return Self::Other;
        }
        if !text.starts_with('"') {
            return Self::Literal { value: Cow::Borrowed(text), lang: Cow::Borrowed("") };
        }
        if !text.contains('\\')
            && let Some((value, rest)) = text[1..].rsplit_once('"')
        {
            let lang = rest.strip_prefix('@').unwrap_or_default();
            return Self::Literal { value: Cow::Borrowed(value), lang: Cow::Borrowed(lang) };
        }
        match text.parse::<Term>() {
            Ok(Term::Literal(literal)) => {
                let lang = Cow::Owned(literal.language().unwrap_or_default().to_owned());
                Self::Literal { value: Cow::Owned(literal.value().to_owned()), lang }
            }
            _ => Self::Other,
        }
    }
}

/// A cell of the tab-separated syntax as canonical N-Triples spell it.
fn spelled(cell: &str) -> Result<Cow<'_, str>, Error> {
    let xsd = |kind: &str| Cow::Owned(format!("\"{cell}\"^^<http://www.w3.org/2001/XMLSchema#{kind}>"));
    let is_escaped = |text: &str| text.bytes().any(|byte| matches!(byte, 0..0x20 | b'\\' | 0x7f));
    Ok(match cell.as_bytes().first() {
        None | Some(b'<' | b'_') => Cow::Borrowed(cell),
        Some(b'"') if !is_escaped(cell) && !cell.ends_with("XMLSchema#string>") => Cow::Borrowed(cell),
        Some(b'"') => Cow::Owned(cell.parse::<Term>().map_err(Error::internal)?.to_string()),
        Some(b't' | b'f') => xsd("boolean"),
        Some(_) if cell.contains(['e', 'E']) => xsd("double"),
        Some(_) if cell.contains('.') => xsd("decimal"),
        Some(_) => xsd("integer"),
    })
}

impl Store {
    /// Asks a SELECT of the store's own and hands over its rows one by one, cell by cell in the order of the
    /// variables, for answers too large to be held.
    pub async fn each(&self, text: &str, limits: Limits, mut row: impl FnMut(&[Cell<'_>])) -> Result<(), Error> {
        let take = |line: &str| {
            let cells: Vec<Cell<'_>> = line.split('\t').map(Cell::read).collect();
            row(&cells);
            Ok(())
        };
        self.each_line(text, limits, take).await
    }

    /// Asks a SELECT of the store's own and hands over its rows one by one, each term as canonical N-Triples spell it;
    /// what is not bound is empty.
    pub async fn each_spelled(
        &self,
        text: &str,
        limits: Limits,
        mut row: impl FnMut(&[Cow<'_, str>]),
    ) -> Result<(), Error> {
        let take = |line: &str| {
            row(&line.split('\t').map(spelled).collect::<Result<Vec<_>, _>>()?);
            Ok(())
        };
        self.each_line(text, limits, take).await
    }

    async fn each_line(
        &self,
        text: &str,
        limits: Limits,
        mut take: impl FnMut(&str) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let query = Query::new(text, AnswerFormat::Solutions(SolutionsFormat::Tsv), limits);
        let Answer { mut body } = self.engine.query(query).await?;
        let (mut rest, mut is_head) = (BytesMut::new(), true);
        while let Some(bytes) = body.try_next().await? {
            rest.extend_from_slice(&bytes);
            // In this syntax no row has a line break within.
            let Some(end) = rest.iter().rposition(|&byte| byte == b'\n') else { continue };
            let whole = rest.split_to(end + 1);
            let lines = std::str::from_utf8(&whole).map_err(Error::internal)?;
            for line in lines.lines() {
                if !std::mem::take(&mut is_head) {
                    take(line)?;
                }
            }
        }
        Ok(())
    }

    /// Asks a SELECT of the store's own and reads the whole answer.
    pub async fn select(&self, text: &str) -> Result<Vec<Row>, Error> {
        let body = self.ask(text, AnswerFormat::Solutions(SolutionsFormat::Json)).await?;
        let parsed =
            QueryResultsParser::from_format(QueryResultsFormat::Json).for_slice(&body).map_err(Error::internal)?;
        match parsed {
            SliceQueryResultsParserOutput::Solutions(solutions) => {
                solutions.map(|row| row.map(Row).map_err(Error::internal)).collect()
            }
            SliceQueryResultsParserOutput::Boolean(_) => {
                Err(Error::Refused("expected the rows of a SELECT, not a yes or no".to_owned()))
            }
        }
    }

    /// Asks a CONSTRUCT of the store's own and reads the whole answer.
    pub async fn construct(&self, text: &str) -> Result<Vec<Quad>, Error> {
        let body = self.ask(text, AnswerFormat::Graph(GraphFormat::NTriples)).await?;
        RdfParser::from_format(RdfFormat::NTriples).for_slice(&body).map(|quad| quad.map_err(Error::internal)).collect()
    }

    /// The quads of a graph.
    pub async fn graph(&self, graph: &NamedNode) -> Result<Vec<Quad>, Error> {
        let triples = self.construct(&format!("CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}")).await?;
        Ok(triples.into_iter().map(|quad| Quad { graph_name: graph.clone().into(), ..quad }).collect())
    }

    /// Every quad of the store, graph by graph, in a syntax that keeps graphs.
    pub async fn dump(&self, format: GraphFormat) -> Result<Vec<u8>, Error> {
        self.dump_of(format, |_| true).await
    }

    /// The quads of some graphs.
    pub async fn dump_of(&self, format: GraphFormat, is_wanted: impl Fn(&NamedNode) -> bool) -> Result<Vec<u8>, Error> {
        let mut writer = RdfSerializer::from_format(format.to_rdf_format()).for_writer(Vec::new());
        for graph in self.select("SELECT DISTINCT ?g { GRAPH ?g { } } ORDER BY ?g").await? {
            let graph = graph.iri("g").map(NamedNode::new_unchecked).filter(&is_wanted);
            let Some(graph) = graph else { continue };
            let mut quads =
                self.construct(&format!("CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}")).await?;
            // Engines give triples in any order; the same archive is to give the same file.
            quads.sort_by_cached_key(ToString::to_string);
            for mut quad in quads {
                quad.graph_name = graph.clone().into();
                writer.serialize_quad(&quad).map_err(Error::internal)?;
            }
        }
        writer.finish().map_err(Error::internal)
    }

    async fn ask(&self, text: &str, format: AnswerFormat) -> Result<BytesMut, Error> {
        let query = Query::new(text, format, self.limits);
        let Answer { body } = self.engine.query(query).await?;
        body.try_fold(BytesMut::new(), |mut all, bytes| async move {
            all.extend_from_slice(&bytes);
            Ok(all)
        })
        .await
    }
}
