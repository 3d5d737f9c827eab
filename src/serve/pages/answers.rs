//! The answer of a query as a table for people: the first rows, with labels for things and languages for words.

use std::collections::BTreeSet;

use bytes::BytesMut;
use futures::TryStreamExt;
use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{NamedNode, Term},
    sparql::results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput},
};

use super::{
    drawn::{self, Drawn, Rows},
    reader::Reader,
    value::Value,
};
use crate::{
    ask::sparql::{self, Asked, Form},
    rdf::{AnswerFormat, GraphFormat, SolutionsFormat},
    serve::{Service, lang::PageLang},
    store::{Dataset, Error, Limits},
};

/// How many rows a page shows; the rest is for programs.
pub(super) const ROWS: usize = 500;

/// How many rows are drawn, or sifted by time and area.
const DRAWN: usize = 5_000;

/// The first rows of an answer.
#[derive(Clone, Debug)]
pub(super) struct Table {
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Option<Value>>>,
    /// The answer of an ASK.
    pub truth: Option<bool>,
    /// Whether there are more rows than are shown.
    pub more: bool,
    /// How many rows there are, as far as they were read, and whether that is not all.
    pub count: usize,
    pub unread: bool,
    /// The same as it was asked to be drawn.
    pub drawn: Drawn,
    /// The syntaxes that it can be had in.
    pub form: Form,
}

/// Asks a query and reads the first rows, or triples, of its answer.
pub(super) async fn ask(
    service: &Service,
    lang: PageLang,
    text: &str,
    dataset: Dataset,
    limits: Limits,
    shown: &drawn::Asked,
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
    // One line is the heading, and one more than is wanted tells that there are more. Dropping the rest stops it.
    let most = if shown.is_plain() { ROWS } else { DRAWN } + usize::from(form == Form::Solutions);
    while !first_lines(&bytes, most).1
        && let Some(chunk) = body.try_next().await?
    {
        bytes.extend_from_slice(&chunk);
    }
    drop(body);
    let (first, unread) = first_lines(&bytes, most);
    let (columns, mut rows, truth) = match form {
        Form::Solutions => parse(first)?,
        Form::Graph => parse_triples(first)?,
    };
    let mut reader = Reader::new(service, lang, Vec::new()).await?;
    reader.name(things(&rows)).await?;
    let points = drawn::points(service, &rows).await;
    let drawn = drawn::draw(&reader, shown, &columns, &mut rows, &points);
    let value = |term: &Option<Term>| term.as_ref().map(|term| reader.value(term));
    let shown = rows.iter().take(ROWS).map(|row| row.iter().map(value).collect());
    Ok(Table {
        columns,
        rows: shown.collect(),
        truth,
        more: unread || rows.len() > ROWS,
        count: rows.len(),
        unread,
        drawn,
        form,
    })
}

/// The first lines of a text, and whether there are more.
fn first_lines(bytes: &[u8], count: usize) -> (&[u8], bool) {
    let end = bytes.iter().enumerate().filter(|(_, byte)| **byte == b'\n').nth(count - 1).map(|(index, _)| index + 1);
    end.map_or((bytes, false), |end| (&bytes[..end], end < bytes.len()))
}

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
