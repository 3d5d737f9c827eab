//! What a remote engine's refusals mean.

use std::time::Duration;

use reqwest::{Response, StatusCode, header};

use super::super::Error;
use crate::rdf::AnswerFormat;

/// How much of what an engine says about an error is read.
const MAX_READ: usize = 8 * 1024;

/// How many of its lines are passed on.
const MAX_LINES: usize = 5;

/// Turns a reply without success into the error it stands for.
pub(super) async fn error(mut reply: Response, address: &str, limit: Duration) -> Error {
    let status = reply.status();
    match status {
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => return Error::Deadline(limit),
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => return Error::Busy,
        _ => {}
    }
    let location = reply.headers().get(header::LOCATION).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
    let said = Said::read(&mut reply).await;
    match status {
        StatusCode::BAD_REQUEST if said.line.is_some() => {
            Error::Syntax { message: said.message, line: said.line, column: said.column }
        }
        StatusCode::BAD_REQUEST | StatusCode::NOT_ACCEPTABLE | StatusCode::UNPROCESSABLE_ENTITY => {
            Error::Refused(said.message)
        }
        _ => {
            let message = match location {
                Some(location) if status.is_redirection() => format!("it is to be found at {location}"),
                _ => said.message,
            };
            Error::Answered { address: address.to_owned(), status: status.as_u16(), message }
        }
    }
}

/// Refuses an answer in another syntax than the one that was asked for.
pub(super) fn check_type(reply: &Response, format: AnswerFormat, address: &str) -> Result<(), Error> {
    let given = reply.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = given.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let asked = format.media_type();
    if essence.is_empty() || essence == asked || is_old_name(&essence, asked) {
        return Ok(());
    }
    Err(Error::Answered {
        address: address.to_owned(),
        status: reply.status().as_u16(),
        message: format!("it answered in {essence}, not in {asked}"),
    })
}

/// Names that servers give the same syntaxes.
fn is_old_name(given: &str, asked: &str) -> bool {
    let names: &[&str] = match asked {
        "application/sparql-results+json" | "application/ld+json" => &["application/json"],
        "application/sparql-results+xml" | "application/rdf+xml" => &["application/xml", "text/xml"],
        "application/n-triples" | "application/n-quads" => &["text/plain"],
        "text/turtle" => &["application/x-turtle"],
        _ => &[],
    };
    names.contains(&given)
}

/// What an engine says about an error.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    message: String,
    line: Option<u64>,
    column: Option<u64>,
}

impl Said {
    async fn read(reply: &mut Response) -> Self {
        let json = reply
            .headers()
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .is_some_and(|value| value.contains("json"));
        let mut bytes = Vec::new();
        while bytes.len() < MAX_READ
            && let Ok(Some(chunk)) = reply.chunk().await
        {
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8_lossy(&bytes);
        let problem = if json { Self::from_problem(&text) } else { None };
        problem.unwrap_or_else(|| Self::from_text(&text))
    }

    /// Reads a problem document (RFC 9457), such as our own service sends.
    fn from_problem(text: &str) -> Option<Self> {
        let problem: serde_json::Value = serde_json::from_str(text).ok()?;
        let message = problem.get("detail").or_else(|| problem.get("title"))?.as_str()?;
        let number = |name: &str| problem.get(name).and_then(serde_json::Value::as_u64);
        match (number("line"), number("column")) {
            (None, _) => Some(Self::from_text(message)),
            (line, column) => Some(Self { message: message.to_owned(), line, column }),
        }
    }

    /// Takes the first lines, and a position where it is told as oxigraph (`error at 1:8`) or as Jena and RDF4J
    /// tell it (`at line 1, column 8`).
    fn from_text(text: &str) -> Self {
        let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MAX_LINES).collect();
        let message = lines.join(" ");
        let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest);
        let (line, column) = if let Some(rest) = after("error at ") {
            (number(rest), rest.split_once(':').and_then(|(_, rest)| number(rest)))
        } else if let Some(rest) = after("line ") {
            (number(rest), rest.split_once("column ").and_then(|(_, rest)| number(rest)))
        } else {
            (None, None)
        };
        Self { message, line, column }
    }
}

fn number(text: &str) -> Option<u64> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    text[..digits].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_found_in_what_engines_say() {
        let position = |text: &str| {
            let said = Said::from_text(text);
            (said.line, said.column)
        };
        assert_eq!(position("error at 1:8: expected x"), (Some(1), Some(8)));
        assert_eq!(position("Parse error: \n Encountered \"x\" at line 3, column 12.\n"), (Some(3), Some(12)));
        assert_eq!(position("SPARQL compiler, line 2: syntax error"), (Some(2), None));
        assert_eq!(position("no such graph"), (None, None));
    }

    #[test]
    fn a_problem_document_is_read() {
        let said = Said::from_problem(r#"{"title": "x", "detail": "expected SELECT", "line": 2, "column": 7}"#);
        assert_eq!(said, Some(Said { message: "expected SELECT".to_owned(), line: Some(2), column: Some(7) }));
        assert_eq!(Said::from_problem("no JSON"), None);
    }
}
