//! Parsing, and where exactly it failed.

use spargebra::{Query, SparqlParser, SparqlSyntaxError, Update};

use super::super::Error;

/// Parses a query; relative IRIs are refused, for there is nothing they could be relative to.
pub(super) fn parse_query(text: &str) -> Result<Query, Error> {
    SparqlParser::new().parse_query(text).map_err(|error| syntax_error(&error))
}

/// Parses an update request.
pub(super) fn parse_update(text: &str) -> Result<Update, Error> {
    SparqlParser::new().parse_update(text).map_err(|error| syntax_error(&error))
}

/// Takes the position out of the parser's message, which begins with `error at 1:8: `.
fn syntax_error(error: &SparqlSyntaxError) -> Error {
    let text = error.to_string();
    let position = text.strip_prefix("error at ").and_then(|rest| {
        let (position, message) = rest.split_once(": ")?;
        let (line, column) = position.split_once(':')?;
        Some((line.parse().ok()?, column.parse().ok()?, message.to_owned()))
    });
    match position {
        Some((line, column, message)) => Error::Syntax { message, line: Some(line), column: Some(column) },
        None => Error::Syntax { message: text, line: None, column: None },
    }
}
