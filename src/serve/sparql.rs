//! The SPARQL 1.1 Protocol, for queries.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Json,
    body::{Body, Bytes},
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use futures::{StreamExt as _, TryStreamExt as _};

use super::{
    Service, conditional, description,
    lang::PageLang,
    negotiate, pages,
    parameters::{self, Request, media_type, pairs, unsupported},
    past,
    problem::Problem,
};
use crate::{
    ask::sparql::{self, Asked, Form},
    rdf::{AnswerFormat, GraphFormat, SolutionsFormat},
    store::Limits,
};

/// `GET /sparql?query=…`; without a query the form where a page is wanted, else what the service can do.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let mut request = Request::default();
    let given = pairs(query.as_deref().unwrap_or_default());
    let asks_nothing = given.iter().all(|(name, _)| matches!(name.as_str(), "lang" | "format"));
    request.take(given.iter().cloned())?;
    if asks_nothing {
        if wants_page(&headers) && request.format.is_empty() {
            let limits = limits(&service, None);
            return Ok(Html(pages::query_form(page_lang(&headers, query.as_deref()), limits)).into_response());
        }
        return description::describe(&service, &headers, &request.format);
    }
    page_or_answer(&service, &headers, request, &given, "/sparql").await
}

fn wants_page(headers: &HeaderMap) -> bool {
    let accept = negotiate::accept(headers);
    negotiate::choose(accept.as_deref(), &["application/json", "text/html"]) == Some(1)
}

/// Answers with a page where a person asks and nothing but the answer is wanted, else in a syntax; `given` is what the
/// address at `path` has.
pub(super) async fn page_or_answer(
    service: &Service,
    headers: &HeaderMap,
    request: Request,
    given: &[(String, String)],
    path: &str,
) -> Result<Response, Problem> {
    let is_plain =
        request.format.is_empty() && request.download.is_none() && !request.explain && request.as_of.is_none();
    let Some(text) = request.query.as_deref().filter(|_| is_plain && wants_page(headers)) else {
        return answer(service, headers, request).await;
    };
    let lang = given.iter().rev().find(|(name, _)| name == "lang").map(|(_, tag)| format!("lang={tag}"));
    let here = description::here(service, headers);
    let limits = limits(service, request.timeout);
    let lang = page_lang(headers, lang.as_deref());
    let asked = pages::Query { text, dataset: request.dataset, limits, lang, given, path, here: &here };
    Ok(Html(pages::results(service, asked).await?).into_response())
}

/// `POST /sparql`, with a form or with the query itself.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let mut request = Request::default();
    request.take(pairs(query.as_deref().unwrap_or_default()))?;
    match media_type(&headers).as_deref() {
        Some("application/x-www-form-urlencoded") => request.take(pairs(parameters::text(&headers, &body)?))?,
        Some("application/sparql-query") => {
            let text = parameters::text(&headers, &body)?.to_owned();
            request.take([("query".to_owned(), text)])?;
        }
        other => return Err(unsupported(other, &["application/x-www-form-urlencoded", "application/sparql-query"])),
    }
    answer(&service, &headers, request).await
}

fn page_lang(headers: &HeaderMap, query: Option<&str>) -> PageLang {
    PageLang::choose(query, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// Answers a request in the syntax that is wanted.
pub(super) async fn answer(service: &Service, headers: &HeaderMap, request: Request) -> Result<Response, Problem> {
    let lang = request.lang.as_deref().map(|tag| format!("lang={tag}"));
    let began = Instant::now();
    let limits = limits(service, request.timeout);
    let text = request.query.ok_or_else(|| {
        Problem::bad_request("there is no query; give one as `query=` or as an application/sparql-query body")
            .at("parameter", "query")
    })?;
    let as_of = match &request.as_of {
        Some(moment) => Some(past::whole(service, moment, &text).await?),
        None => None,
    };
    let store = as_of.as_ref().map_or(&service.archive.store, |past| &past.store);
    let form = sparql::form(store, &text)?;
    if request.explain {
        let asked = Asked {
            text: text.clone(),
            dataset: request.dataset,
            format: form.formats()[0],
            limits,
            hosts: service.config.allowed_hosts.clone(),
        };
        let explanation = sparql::explain(store, &service.archive.views, &service.running, asked).await?;
        let offered = ["application/json", "text/html"];
        let wants_page = negotiate::choose(negotiate::accept(headers).as_deref(), &offered) == Some(1);
        return Ok(if wants_page {
            Html(pages::plan(&text, explanation, page_lang(headers, lang.as_deref()))).into_response()
        } else {
            Json(explanation).into_response()
        });
    }
    let format = format(headers, &request.format, form)?;
    let tag = conditional::query_tag(store, &text, &request.dataset, format).await?;
    if let Some(tag) = tag.as_deref().filter(|tag| conditional::is_known(headers, tag)) {
        return Ok(conditional::not_modified(tag));
    }
    let hosts = service.config.allowed_hosts.clone();
    let asked = Asked { text, dataset: request.dataset, format, limits, hosts };
    let (entry, answer) = sparql::ask(store, &service.archive.views, &service.running, asked).await?;
    // Compression asks once more after the end, which not every stream bears: hence the fuse.
    // After the first byte only a broken stream can say that the answer is not whole.
    let body = Body::from_stream(answer.body.fuse().inspect_err(|error| tracing::info!(%error, "an answer broke off")));
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    limit_headers(headers, &entry.id, limits, began);
    if let Some(past) = &as_of {
        past::tell(headers, past);
    }
    if let Some(tag) = tag {
        conditional::tag(headers, &tag);
    }
    if let Some(name) = request.download {
        headers.insert(header::CONTENT_DISPOSITION, attachment(&name, format.extension()));
    }
    Ok(response)
}

/// Says under which id a query runs, within which limits, and how long its first bytes took.
fn limit_headers(headers: &mut HeaderMap, id: &str, limits: Limits, began: Instant) {
    let mut set = |name: &'static str, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    };
    set("x-query-id", id.to_owned());
    set("x-query-deadline", limits.deadline.as_secs_f64().to_string());
    set("x-query-max-rows", limits.rows.to_string());
    set("x-query-max-memory", limits.memory.to_string());
    set("server-timing", format!("query;dur={:.1}", began.elapsed().as_secs_f64() * 1000.0));
}

/// Tells a browser to save an answer under a name.
pub(super) fn attachment(name: &str, extension: &str) -> HeaderValue {
    let name: String = name.chars().filter(|c| c.is_alphanumeric() || "-_. ".contains(*c)).take(100).collect();
    let stem = name.trim().trim_matches('.');
    let stem = stem.strip_suffix(&format!(".{extension}")).unwrap_or(stem);
    let stem = if stem.is_empty() { "answer" } else { stem };
    let plain: String = stem.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    let encoded = percent_encoding::utf8_percent_encode(stem, percent_encoding::NON_ALPHANUMERIC);
    let value = format!("attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{encoded}.{extension}");
    HeaderValue::try_from(value).unwrap_or_else(|_| HeaderValue::from_static("attachment"))
}

/// The service's limits; a caller may ask for a shorter deadline, never a longer one.
pub(super) fn limits(service: &Service, asked: Option<Duration>) -> Limits {
    let query = service.config.query;
    let deadline = asked.map_or(query.deadline, |asked| asked.min(query.deadline));
    Limits { deadline, rows: query.rows, memory: query.memory }
}

/// By name where a known name is given, else by the `Accept` header.
fn format(headers: &HeaderMap, names: &[String], form: Form) -> Result<AnswerFormat, Problem> {
    let formats = form.formats();
    let by_name = names.iter().find_map(|name| match form {
        Form::Solutions => SolutionsFormat::from_name(name).map(AnswerFormat::Solutions),
        Form::Graph => GraphFormat::from_name(name).map(AnswerFormat::Graph),
    });
    let accept = negotiate::accept(headers);
    if let Some(format) = by_name {
        return Ok(format);
    }
    if let (Some(name), None) = (names.first(), &accept) {
        return Err(not_acceptable(&formats).at("parameter", "format").at("given", name.clone()));
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
    // A browser names HTML and `*/*`; it gets the first syntax.
    negotiate::choose(accept.as_deref(), &offered).map(|index| choices[index]).ok_or_else(|| not_acceptable(&formats))
}

fn not_acceptable(formats: &[AnswerFormat]) -> Problem {
    let available: Vec<&str> = formats.iter().map(|format| format.media_type()).collect();
    Problem::not_acceptable(format!("the answer can be had as {}", available.join(", ")), available)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_name_is_harmless_and_keeps_its_extension_once() {
        for (name, value) in [
            ("", "attachment; filename=\"answer.csv\"; filename*=UTF-8''answer.csv"),
            ("a/../b\r\n\"c.csv", "attachment; filename=\"a..bc.csv\"; filename*=UTF-8''a%2E%2Ebc.csv"),
            ("\u{62d}", "attachment; filename=\"_.csv\"; filename*=UTF-8''%D8%AD.csv"),
        ] {
            assert_eq!(attachment(name, "csv"), value, "{name:?}");
        }
    }
}
