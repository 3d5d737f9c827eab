//! Quads in great number: read one by one as they stood at one moment, and put together to a store of their own.

use std::str::FromStr as _;

use bytes::{Bytes, BytesMut};
use futures::{Stream, TryStreamExt};
use oxigraph::model::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term, vocab::xsd};

use super::{Answer, Error, Limits, Query, Store};
use crate::rdf::{AnswerFormat, SolutionsFormat};

/// Asks for every quad but those of some graphs, as `?g ?s ?p ?o`.
#[must_use]
pub fn all_quads(but: &[NamedNode]) -> String {
    // An empty list would leave nothing: some evaluators take it so.
    let names: Vec<String> = but.iter().map(ToString::to_string).collect();
    let filter = if names.is_empty() { String::new() } else { format!(" FILTER(?g NOT IN ({}))", names.join(", ")) };
    format!("SELECT ?g ?s ?p ?o {{ GRAPH ?g {{ ?s ?p ?o }}{filter} }}")
}

impl Store {
    /// Asks a SELECT of `?g ?s ?p ?o` and hands over its quads one by one. They are of one state of the store, however
    /// long it takes and whoever writes meanwhile.
    pub async fn each_quad(
        &self,
        text: &str,
        limits: Limits,
        take: impl FnMut(Quad) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Answer { body } = self.rows_of_quads(text, limits).await?;
        read_quads(body, take).await
    }

    /// The same, as bytes that [`read_quads`] reads.
    pub async fn rows_of_quads(&self, text: &str, limits: Limits) -> Result<Answer, Error> {
        self.engine.query(Query::new(text, AnswerFormat::Solutions(SolutionsFormat::Tsv), limits)).await
    }
}

/// Reads the rows of a SELECT of `?g ?s ?p ?o` in the tab-separated syntax.
pub async fn read_quads<E: From<Error>>(
    mut body: impl Stream<Item = Result<Bytes, E>> + Unpin,
    mut take: impl FnMut(Quad) -> Result<(), E>,
) -> Result<(), E> {
    let (mut rest, mut is_head) = (BytesMut::new(), true);
    while let Some(bytes) = body.try_next().await? {
        rest.extend_from_slice(&bytes);
        // In this syntax no row has a line break within.
        let Some(end) = rest.iter().rposition(|&byte| byte == b'\n') else { continue };
        let whole = rest.split_to(end + 1);
        let lines = std::str::from_utf8(&whole).map_err(Error::internal)?;
        for line in lines.lines() {
            if !std::mem::take(&mut is_head) {
                take(quad(line)?)?;
            }
        }
    }
    Ok(())
}

/// A row of the tab-separated syntax as a quad.
fn quad(line: &str) -> Result<Quad, Error> {
    let wrong = || Error::Refused(format!("expected a graph, a subject, a predicate and an object, found `{line}`"));
    let mut cells = line.split('\t').map(term);
    let mut next = || cells.next().flatten().ok_or_else(wrong);
    let (graph, subject, predicate, object) = (next()?, next()?, next()?, next()?);
    let subject: NamedOrBlankNode = match subject {
        Term::NamedNode(node) => node.into(),
        Term::BlankNode(node) => node.into(),
        _ => return Err(wrong()),
    };
    match (graph, predicate) {
        (Term::NamedNode(graph), Term::NamedNode(predicate)) => {
            Ok(Quad::new(subject, predicate, object, GraphName::from(graph)))
        }
        _ => Err(wrong()),
    }
}

fn term(cell: &str) -> Option<Term> {
    if let Some(iri) = cell.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).filter(|iri| !iri.contains(' ')) {
        return Some(NamedNode::new_unchecked(iri).into());
    }
    if cell.starts_with(['"', '_', '<']) {
        return Term::from_str(cell).ok();
    }
    // Numbers and truth values stand there bare.
    let datatype = match cell {
        "" => return None,
        "true" | "false" => xsd::BOOLEAN,
        number if number.contains(['e', 'E']) => xsd::DOUBLE,
        number if number.contains('.') => xsd::DECIMAL,
        _ => xsd::INTEGER,
    };
    Some(Literal::new_typed_literal(cell, datatype).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_term_is_read() {
        for (cell, expected) in [
            ("<http://a.example/b>", "<http://a.example/b>"),
            ("\"a \\\"b\\\"\\n\"@ar", "\"a \\\"b\\\"\\n\"@ar"),
            ("-12", "\"-12\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ("1.5", "\"1.5\"^^<http://www.w3.org/2001/XMLSchema#decimal>"),
            ("1.5e3", "\"1.5e3\"^^<http://www.w3.org/2001/XMLSchema#double>"),
            ("true", "\"true\"^^<http://www.w3.org/2001/XMLSchema#boolean>"),
            ("_:b1", "_:b1"),
        ] {
            assert_eq!(term(cell).map(|term| term.to_string()).as_deref(), Some(expected), "{cell}");
        }
        assert_eq!(term(""), None);
    }
}
