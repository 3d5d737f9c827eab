//! The answer of a query as a table for people: the first rows, with labels for things and languages for words.

use std::collections::BTreeSet;

use bytes::BytesMut;
use futures::TryStreamExt;
use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{NamedNode, Term},
    sparql::results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput},
};

use super::{reader::Reader, value::Value};
use crate::{
    ask::sparql::{self, Asked, Form},
    rdf::{AnswerFormat, GraphFormat, SolutionsFormat},
    serve::{Service, lang::PageLang},
    store::{Dataset, Error, Limits},
};

/// How many rows a page shows; the rest is for programs.
pub(super) const ROWS: usize = 500;

/// The first rows of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<Value>>>,
    /// The answer of an ASK.
    pub truth: Option<bool>,
    /// Whether there are more rows than are shown.
    pub more: bool,
}

/// Asks a query and reads the first rows, or triples, of its answer.
pub(super) async fn ask(
    service: &Service,
    lang: PageLang,
    text: &str,
    dataset: Dataset,
    limits: Limits,
) -> Result<Table, Error> {
    let store = &service.archive.store;
    let form = sparql::form(store, text)?;
    let format = match form {
        Form::Solutions => AnswerFormat::Solutions(SolutionsFormat::Tsv),
        Form::Graph => AnswerFormat::Graph(GraphFormat::NTriples),
    };
    let hosts = service.config.allowed_hosts.clone();
    let asked = Asked { text: text.to_owned(), dataset, format, limits, hosts };
    let mut body = sparql::ask(store, &service.archive.views, &service.running, asked).await?.1.body;
    let mut bytes = BytesMut::new();
    // One line is the heading, and one more than is shown tells that there are more. Dropping the rest stops it.
    while !first_lines(&bytes, ROWS + 1).1
        && let Some(chunk) = body.try_next().await?
    {
        bytes.extend_from_slice(&chunk);
    }
    drop(body);
    let (first, more) = first_lines(&bytes, ROWS + 1);
    let (columns, rows, truth) = match form {
        Form::Solutions => parse(first)?,
        Form::Graph => parse_triples(first)?,
    };
    let mut table = Table { columns, rows: Vec::new(), truth, more };
    let mut reader = Reader::new(service, lang, Vec::new()).await?;
    reader.name(things(&rows)).await?;
    table.rows =
        rows.iter().map(|row| row.iter().map(|term| term.as_ref().map(|term| reader.value(term))).collect()).collect();
    Ok(table)
}

/// The first lines of a text, and whether there are more.
fn first_lines(bytes: &[u8], count: usize) -> (&[u8], bool) {
    let end = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(count - 1).map(|(index, _)| index + 1);
    end.map_or((bytes, false), |end| (&bytes[..end], end < bytes.len()))
}

type Rows = Vec<Vec<Option<Term>>>;

fn parse(bytes: &[u8]) -> Result<(Vec<String>, Rows, Option<bool>), Error> {
    let parser = QueryResultsParser::from_format(QueryResultsFormat::Tsv);
    match parser.for_slice(bytes).map_err(Error::internal)? {
        SliceQueryResultsParserOutput::Boolean(truth) => Ok((Vec::new(), Vec::new(), Some(truth))),
        SliceQueryResultsParserOutput::Solutions(solutions) => {
            let columns: Vec<String> =
                solutions.variables().iter().map(|variable| variable.as_str().to_owned()).collect();
            let rows: Result<Rows, Error> = solutions
                .map(|row| {
                    let row = row.map_err(Error::internal)?;
                    Ok(columns.iter().map(|column| row.get(column.as_str()).cloned()).collect())
                })
                .collect();
            Ok((columns, rows?, None))
        }
    }
}

/// Triples, one a line, as rows.
fn parse_triples(bytes: &[u8]) -> Result<(Vec<String>, Rows, Option<bool>), Error> {
    let triples = RdfParser::from_format(RdfFormat::NTriples).for_slice(bytes);
    let rows: Result<Rows, Error> = triples
        .map(|quad| {
            let quad = quad.map_err(Error::internal)?;
            Ok(vec![Some(quad.subject.into()), Some(quad.predicate.into()), Some(quad.object)])
        })
        .collect();
    Ok((["subject", "predicate", "object"].map(ToOwned::to_owned).to_vec(), rows?, None))
}

fn things(rows: &Rows) -> BTreeSet<NamedNode> {
    let terms = rows.iter().flatten().flatten();
    terms.filter_map(|term| if let Term::NamedNode(iri) = term { Some(iri.clone()) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_first_rows_of_an_answer_are_read() {
        assert_eq!(first_lines(b"?a\n1\n2\n3\n", 3), (&b"?a\n1\n2\n"[..], true));
        assert_eq!(first_lines(b"?a\n1\n2\n", 3), (&b"?a\n1\n2\n"[..], false));
        assert_eq!(first_lines(b"?a\n", 3), (&b"?a\n"[..], false));
    }

    #[test]
    fn an_answer_is_read_with_its_gaps() {
        let (columns, rows, truth) =
            parse(b"?a\t?b\n<http://a/>\t\n\"x\\ny\"@ar\t7\n").unwrap_or_else(|e| panic!("{e}"));
        assert_eq!((columns.len(), rows.len(), truth), (2, 2, None));
        assert!(rows[0][1].is_none() && rows[1][1].is_some());
    }
}
