//! The SPARQL 1.1 Protocol, for queries.

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use futures::{StreamExt as _, TryStreamExt as _};
use oxigraph::model::NamedNode;
use percent_encoding::percent_decode_str;

use super::{Service, lang::PageLang, negotiate, pages, problem::Problem};
use crate::{
    ask::sparql::{self, Form},
    rdf::{AnswerFormat, GraphFormat, SolutionsFormat},
    store::{Dataset, Limits},
};

/// What a request asks for.
#[derive(Debug, Default)]
pub(super) struct Request {
    /// The query.
    pub query: Option<String>,
    /// The dataset.
    pub dataset: Dataset,
    /// The syntax of the answer by name, in place of the `Accept` header.
    pub format: Option<String>,
    /// The deadline asked for, in place of the service's longer one.
    pub timeout: Option<Duration>,
}

impl Request {
    /// Takes one parameter.
    pub(super) fn set(&mut self, name: &str, value: String) -> Result<(), Problem> {
        match name {
            "query" if self.query.is_some() => {
                return Err(Problem::bad_request("the request has two queries; expected one"));
            }
            "query" => self.query = Some(value),
            "default-graph-uri" => self.dataset.default.push(graph(name, &value)?),
            "named-graph-uri" => self.dataset.named.push(graph(name, &value)?),
            "format" => self.format = Some(value),
            "timeout" => {
                let seconds = value.parse::<f64>().ok().filter(|seconds| *seconds > 0.0 && *seconds <= 86_400.0);
                let seconds = seconds.ok_or_else(|| {
                    Problem::bad_request(format!("`{value}` is not a time limit: expected seconds, such as 5 or 0.5"))
                        .at("parameter", "timeout")
                })?;
                self.timeout = Some(Duration::from_secs_f64(seconds));
            }
            // The protocol lets a service ignore what it does not know; `lang` is for the page.
            _ => {}
        }
        Ok(())
    }
}

fn graph(name: &str, value: &str) -> Result<NamedNode, Problem> {
    NamedNode::new(value)
        .map_err(|_| Problem::bad_request(format!("`{value}` is not an absolute IRI")).at("parameter", name))
}

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

/// `GET /sparql?query=…`, or the form where no query is given and a page is wanted.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut request = Request::default();
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        request.set(&name, value)?;
    }
    let accept = negotiate::accept(&headers);
    let wants_page = negotiate::choose(accept.as_deref(), &["application/json", "text/html"]) == Some(1);
    if wants_page && request.format.is_none() {
        let lang = page_lang(&headers, query.as_deref());
        match &request.query {
            None => return Ok(Html(pages::query_form(lang)).into_response()),
            Some(text) if sparql::form(&service.archive.store, text)? == Form::Solutions => {
                let limits = limits(&service, request.timeout);
                let page = pages::results(&service, text, request.dataset, limits, lang).await?;
                return Ok(Html(page).into_response());
            }
            Some(_) => {}
        }
    }
    answer(&service, &headers, request).await
}

/// `POST /sparql`, with a form or with the query itself.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let mut request = Request::default();
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        request.set(&name, value)?;
    }
    let text = std::str::from_utf8(&body)
        .map_err(|error| Problem::bad_request(format!("the body is not UTF-8 at byte {}", error.valid_up_to())))?;
    match media_type(&headers).as_deref() {
        Some("application/x-www-form-urlencoded") => {
            for (name, value) in pairs(text) {
                request.set(&name, value)?;
            }
        }
        Some("application/sparql-query") => request.set("query", text.to_owned())?,
        other => return Err(unsupported(other, &["application/x-www-form-urlencoded", "application/sparql-query"])),
    }
    answer(&service, &headers, request).await
}

/// The media type of a body, without parameters.
pub(super) fn media_type(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::CONTENT_TYPE)?.to_str().ok()?;
    Some(value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
}

/// A body of a media type that is not read here.
pub(super) fn unsupported(given: Option<&str>, accepted: &[&str]) -> Problem {
    Problem::new(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "unsupported-media-type",
        "The body cannot be read",
        format!("the body is {}; expected {}", given.unwrap_or("of no stated type"), accepted.join(" or ")),
    )
}

fn page_lang(headers: &HeaderMap, query: Option<&str>) -> PageLang {
    PageLang::choose(query, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// Answers a request in the syntax that is wanted.
pub(super) async fn answer(service: &Service, headers: &HeaderMap, request: Request) -> Result<Response, Problem> {
    let text = request.query.ok_or_else(|| {
        Problem::bad_request("there is no query; give one as `query=` or as an application/sparql-query body")
            .at("parameter", "query")
    })?;
    let store = &service.archive.store;
    let form = sparql::form(store, &text)?;
    let text = sparql::with_prefixes(store, &text);
    let format = format(headers, request.format.as_deref(), form)?;
    let limits = limits(service, request.timeout);
    let answer = sparql::ask(store, &service.archive.views, text, request.dataset, format, limits).await?;
    // Compression asks once more after the end, which not every stream bears: hence the fuse.
    // After the first byte only a broken stream can say that the answer is not whole.
    let body = Body::from_stream(answer.body.fuse().inspect_err(|error| tracing::info!(%error, "an answer broke off")));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept"));
    headers.insert(HeaderName::from_static("x-query-deadline"), HeaderValue::from(limits.deadline.as_secs().max(1)));
    Ok(response)
}

/// The service's limits; a caller may ask for a shorter deadline, never a longer one.
pub(super) fn limits(service: &Service, asked: Option<Duration>) -> Limits {
    let longest = service.config.query.deadline;
    Limits { deadline: asked.map_or(longest, |asked| asked.min(longest)), rows: service.config.query.rows }
}

/// By name where a name is given, else by the `Accept` header.
fn format(headers: &HeaderMap, name: Option<&str>, form: Form) -> Result<AnswerFormat, Problem> {
    let formats = form.formats();
    if let Some(name) = name {
        let named = match form {
            Form::Solutions => SolutionsFormat::from_name(name).map(AnswerFormat::Solutions),
            Form::Graph => GraphFormat::from_extension(name).map(AnswerFormat::Graph),
        };
        return named.ok_or_else(|| not_acceptable(&formats).at("parameter", "format"));
    }
    let mut offered: Vec<&'static str> = formats.iter().map(|format| format.media_type()).collect();
    let mut choices = formats.clone();
    // What clients send for the same syntaxes.
    for (alias, media_type) in
        [("application/json", "application/sparql-results+json"), ("application/xml", "application/sparql-results+xml")]
    {
        if let Some(index) = offered.iter().position(|offer| *offer == media_type) {
            offered.push(alias);
            choices.push(formats[index]);
        }
    }
    let accept = negotiate::accept(headers);
    // A browser names HTML and `*/*`; it gets the first syntax.
    negotiate::choose(accept.as_deref(), &offered).map(|index| choices[index]).ok_or_else(|| not_acceptable(&formats))
}

fn not_acceptable(formats: &[AnswerFormat]) -> Problem {
    let available: Vec<&str> = formats.iter().map(|format| format.media_type()).collect();
    Problem::new(
        StatusCode::NOT_ACCEPTABLE,
        "not-acceptable",
        "No such representation",
        format!("the answer can be had as {}", available.join(", ")),
    )
    .at("available", available)
}
