//! What the requests of the SPARQL protocols say: parameters, forms, media types.

use std::time::Duration;

use axum::http::{HeaderMap, StatusCode, header};
use oxigraph::model::NamedNode;
use percent_encoding::percent_decode_str;
use serde::de::DeserializeOwned;

use super::problem::Problem;
use crate::{ask::past::Moment, store::Dataset};

/// The pairs of a query string or a form, decoded.
pub(super) fn pairs(text: &str) -> Vec<(String, String)> {
    let decode = |part: &str| percent_decode_str(&part.replace('+', " ")).decode_utf8_lossy().into_owned();
    text.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(name), decode(value))
        })
        .collect()
}

/// What a request to `/sparql` asks for.
#[derive(Debug, Default)]
pub(super) struct Request {
    /// The query.
    pub query: Option<String>,
    /// The dataset.
    pub dataset: Dataset,
    /// The syntax of the answer by name or media type, in place of the `Accept` header; of several the first that is
    /// known counts, for clients send the same wish in several spellings.
    pub format: Vec<String>,
    /// The deadline asked for, in place of the service's longer one.
    pub timeout: Option<Duration>,
    /// The name of the file that the answer is to be saved as.
    pub download: Option<String>,
    /// The language of a page.
    pub lang: Option<String>,
    /// Whether the plan is wanted in place of the answer.
    pub explain: bool,
    /// The day that the archive is asked as it stood on.
    pub as_of: Option<Moment>,
}

impl Request {
    /// Takes parameters.
    pub(super) fn take(&mut self, pairs: impl IntoIterator<Item = (String, String)>) -> Result<(), Problem> {
        pairs.into_iter().try_for_each(|(name, value)| self.set(&name, value))
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), Problem> {
        match name {
            "query" => set_once(&mut self.query, name, value)?,
            "update" => {
                return Err(Problem::bad_request("updates go to /update, by POST").at("parameter", name));
            }
            "default-graph-uri" => self.dataset.default.push(graph(name, &value)?),
            "named-graph-uri" => self.dataset.named.push(graph(name, &value)?),
            "format" => self.format.extend(value.split(',').map(|name| name.trim().to_ascii_lowercase())),
            "timeout" => {
                let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 86_400.0);
                let seconds = seconds.ok_or_else(|| {
                    Problem::bad_request(format!("`{value}` is not a time limit: expected seconds, such as 5 or 0.5"))
                        .at("parameter", name)
                })?;
                self.timeout = Some(Duration::from_secs_f64(seconds));
            }
            "download" => set_once(&mut self.download, name, value)?,
            "explain" => {
                self.explain = match value.as_str() {
                    "" | "1" | "true" => true,
                    "0" | "false" => false,
                    _ => {
                        let detail = format!("`{value}` is neither 1 nor 0");
                        return Err(Problem::bad_request(detail).at("parameter", name));
                    }
                }
            }
            "lang" => self.lang = Some(value),
            "asOf" => self.as_of = Some(super::past::moment(&value)?),
            // The protocol lets a service ignore what it does not know.
            _ => {}
        }
        Ok(())
    }
}

/// Takes a value that may be given once.
pub(super) fn set_once(place: &mut Option<String>, name: &str, value: String) -> Result<(), Problem> {
    if place.is_some() {
        return Err(Problem::bad_request(format!("`{name}` is given twice; expected one")).at("parameter", name));
    }
    *place = Some(value);
    Ok(())
}

/// A parameter that names a graph.
pub(super) fn graph(name: &str, value: &str) -> Result<NamedNode, Problem> {
    NamedNode::new(value)
        .map_err(|_| Problem::bad_request(format!("`{value}` is not an absolute IRI")).at("parameter", name))
}

/// The text of a body, which is UTF-8 whatever else its header may say.
pub(super) fn text<'a>(headers: &HeaderMap, body: &'a [u8]) -> Result<&'a str, Problem> {
    if let Some(charset) = charset(headers).filter(|charset| !charset.eq_ignore_ascii_case("utf-8")) {
        return Err(Problem::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported-media-type",
            "The body cannot be read",
            format!("the body is in {charset}; expected UTF-8"),
        ));
    }
    std::str::from_utf8(body)
        .map_err(|error| Problem::bad_request(format!("the body is not UTF-8 at byte {}", error.valid_up_to())))
}

fn charset(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    let (_, charset) = value.to_ascii_lowercase().split_once("charset=").map(|(a, b)| (a.to_owned(), b.to_owned()))?;
    Some(charset.split(';').next().unwrap_or_default().trim().trim_matches('"').to_owned())
}

/// The media type of a body, without parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// Refuses a body that is not said to be JSON.
pub(super) fn expect_json(headers: &HeaderMap) -> Result<(), Problem> {
    let given = media_type(headers);
    if given.as_deref() == Some("application/json") {
        return Ok(());
    }
    Err(unsupported(given.as_deref(), &["application/json"]))
}

/// What a body in JSON says; `what` it is to be stands in the message where it is something else.
pub(super) fn read_json<T: DeserializeOwned>(headers: &HeaderMap, body: &[u8], what: &str) -> Result<T, Problem> {
    expect_json(headers)?;
    serde_json::from_str(text(headers, body)?).map_err(|error| {
        Problem::bad_request(format!("the body is not {what}: {error}"))
            .at("line", error.line())
            .at("column", error.column())
    })
}

/// Who and why, of a call without a body.
pub(super) fn signed(query: Option<&str>) -> (Option<String>, Option<String>) {
    let given = pairs(query.unwrap_or_default());
    let value = |wanted: &str| given.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    (value("by"), value("reason"))
}

/// A body of a media type that is not read here.
pub(super) fn unsupported(given: Option<&str>, accepted: &[&str]) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "The body cannot be read",
        format!("the body is {}; expected {}", given.unwrap_or("of no stated type"), accepted.join(" or ")),
    )
    .at("accepted", accepted.to_vec())
}
