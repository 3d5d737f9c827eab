//! Questions as documented calls: those that come with the archive, and those that were stored in it.

use std::{
    borrow::Cow,
    sync::{Arc, LazyLock},
};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use rust_embed::RustEmbed;
use serde_json::{Value, json};

use super::{
    Service, auth,
    parameters::{self, Request, media_type, pairs, unsupported},
    problem::Problem,
    sparql,
};
use crate::{
    ask::{
        self,
        saved::{ParameterKind, SavedQuery},
    },
    model::Text,
};

/// The most bytes of a stored question.
const LONGEST: usize = 64 * 1024;

/// The files of `queries/`.
#[derive(RustEmbed)]
#[folder = "queries/"]
struct Files;

static QUERIES: LazyLock<Vec<SavedQuery>> = LazyLock::new(|| {
    let mut names: Vec<_> = Files::iter().collect();
    names.sort();
    names
        .iter()
        .filter_map(|name| {
            let file = Files::get(name)?;
            let text = std::str::from_utf8(&file.data).ok()?;
            Some(SavedQuery::parse(name.strip_suffix(".rq")?, text))
        })
        .collect()
});

/// Every question that comes with the archive, by name.
#[must_use]
pub fn all() -> &'static [SavedQuery] {
    &QUERIES
}

/// The question of this name among those that come with the archive.
#[must_use]
pub fn find(slug: &str) -> Option<&'static SavedQuery> {
    QUERIES.iter().find(|query| query.slug == slug)
}

/// Every question, those that were stored last.
pub(super) async fn with_stored(service: &Service) -> Result<Vec<Cow<'static, SavedQuery>>, Problem> {
    let stored = ask::saved::stored(&service.archive.store).await?;
    Ok(QUERIES.iter().map(Cow::Borrowed).chain(stored.into_iter().map(Cow::Owned)).collect())
}

pub(super) async fn find_anywhere(service: &Service, slug: &str) -> Result<Cow<'static, SavedQuery>, Problem> {
    if let Some(query) = find(slug) {
        return Ok(Cow::Borrowed(query));
    }
    let stored = with_stored(service).await?.into_iter().find(|query| query.slug == slug);
    stored.ok_or_else(|| Problem::not_found(format!("there is no question `{slug}`; see /queries")))
}

/// `GET /api/queries`: the questions, with their parameters.
pub(super) async fn list(State(service): State<Arc<Service>>) -> Result<Json<Value>, Problem> {
    let questions: Vec<Value> = with_stored(&service).await?.iter().map(|query| shown(query)).collect();
    Ok(Json(json!({ "queries": questions })))
}

fn shown(query: &SavedQuery) -> Value {
    let parameters: Vec<Value> = query
        .parameters
        .iter()
        .map(|parameter| {
            json!({ "name": parameter.name, "type": type_name(parameter.kind()), "example": parameter.example })
        })
        .collect();
    json!({
        "slug": query.slug,
        "href": format!("/api/queries/{}", query.slug),
        "title": in_each_language(&query.title),
        "about": in_each_language(&query.about),
        "parameters": parameters,
        "query": query.text,
    })
}

pub(super) const fn type_name(kind: ParameterKind) -> &'static str {
    match kind {
        ParameterKind::Iri => "iri",
        ParameterKind::Date => "date",
        ParameterKind::Number => "number",
        ParameterKind::Text => "text",
    }
}

fn in_each_language(text: &Text) -> Value {
    Value::Object(text.iter().map(|(lang, words)| (lang.to_string(), words.clone().into())).collect())
}

/// `GET /api/queries/{slug}?parameter=value`: the answer, in the syntax that is wanted, whole or by `limit` and `offset`.
pub(super) async fn run(
    State(service): State<Arc<Service>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let saved = find_anywhere(&service, &slug).await?;
    let (mut own, mut values, mut page) = (Vec::new(), Vec::new(), Page::default());
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        match name.as_str() {
            "limit" => page.limit = Some(number(&name, &value)?),
            "offset" => page.offset = number(&name, &value)?,
            "format" | "timeout" | "lang" | "download" | "explain" | "asOf" => own.push((name, value)),
            _ => values.push((name, value)),
        }
    }
    let mut text = saved
        .fill(values.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    if page != Page::default() {
        text = ask::sparql::page(&service.archive.store, &text, page.limit, page.offset)?;
    }
    let mut request = Request { query: Some(text), ..Request::default() };
    request.take(own)?;
    let mut response = sparql::answer(&service, &headers, request).await?;
    if let Some(link) = page.next(&slug, query.as_deref().unwrap_or_default()) {
        response.headers_mut().insert(header::LINK, link);
    }
    Ok(response)
}

/// A part of the rows.
#[derive(Debug, Default, PartialEq)]
struct Page {
    limit: Option<usize>,
    offset: usize,
}

impl Page {
    /// The way to the next part. The last part is the one with fewer rows than its limit.
    fn next(&self, slug: &str, query: &str) -> Option<HeaderValue> {
        let offset = self.offset.checked_add(self.limit?)?;
        let kept: Vec<&str> =
            query.split('&').filter(|pair| !pair.starts_with("offset=") && !pair.is_empty()).collect();
        let address = format!("/api/queries/{slug}?{}&offset={offset}", kept.join("&"));
        HeaderValue::try_from(format!("<{address}>; rel=\"next\"")).ok()
    }
}

fn number(name: &str, value: &str) -> Result<usize, Problem> {
    value.parse().map_err(|_| {
        Problem::bad_request(format!("`{value}` is not a number of rows: expected 0 or more")).at("parameter", name)
    })
}

/// `PUT /api/queries/{slug}`: stores a question, with a head like those of `queries/`.
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    auth::may_write(&service, &headers)?;
    may_be_stored(&slug)?;
    let given = media_type(&headers);
    if given.as_deref() != Some("application/sparql-query") {
        return Err(unsupported(given.as_deref(), &["application/sparql-query"]));
    }
    let text = parameters::text(&headers, &body)?;
    if text.len() > LONGEST {
        let detail = format!("the question has {} bytes; expected {LONGEST} at most", text.len());
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large", detail));
    }
    ask::sparql::form(&service.archive.store, text)?;
    service.archive.store_query(&slug, text, service.config.query.deadline).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// `DELETE /api/queries/{slug}`: forgets a stored question.
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<StatusCode, Problem> {
    auth::may_write(&service, &headers)?;
    may_be_stored(&slug)?;
    find_anywhere(&service, &slug).await?;
    service.archive.forget_query(&slug, service.config.query.deadline).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a question may be stored under this name.
fn may_be_stored(slug: &str) -> Result<(), Problem> {
    let is_good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if slug.is_empty() || slug.len() > 80 || !slug.chars().all(is_good) || slug == "running" {
        let detail = format!("`{slug}` is not a name for a question: expected up to 80 of a to z, 0 to 9 and -");
        return Err(Problem::bad_request(detail).at("parameter", "slug"));
    }
    if find(slug).is_some() {
        let detail = format!("the question `{slug}` comes with the archive and stays as it is; choose another name");
        return Err(Problem::new(StatusCode::CONFLICT, "conflict", "The name is taken", detail));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_part_is_one_limit_further() {
        let page = Page { limit: Some(10), offset: 20 };
        let link = page.next("q01", "limit=10&offset=20&day=x").expect("there is a next part");
        assert_eq!(link, "</api/queries/q01?limit=10&day=x&offset=30>; rel=\"next\"");
        assert_eq!(Page { limit: None, offset: 3 }.next("q01", ""), None);
    }
}
