//! The questions that come with the archive, as documented calls.

use std::sync::{Arc, LazyLock};

use axum::{
    Json,
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use rust_embed::RustEmbed;
use serde_json::{Value, json};

use super::{
    Service,
    parameters::{Request, pairs},
    problem::Problem,
    sparql,
};
use crate::{ask::saved::SavedQuery, model::Text};

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

/// Every question, by name.
#[must_use]
pub fn all() -> &'static [SavedQuery] {
    &QUERIES
}

/// The question of this name.
#[must_use]
pub fn find(slug: &str) -> Option<&'static SavedQuery> {
    QUERIES.iter().find(|query| query.slug == slug)
}

/// `GET /api/queries`: the questions, with their parameters.
pub(super) async fn list() -> Json<Value> {
    let questions: Vec<Value> = QUERIES
        .iter()
        .map(|query| {
            let parameters: Vec<Value> = query
                .parameters
                .iter()
                .map(|parameter| json!({ "name": parameter.name, "example": parameter.example }))
                .collect();
            json!({
                "slug": query.slug,
                "href": format!("/api/queries/{}", query.slug),
                "title": in_each_language(&query.title),
                "about": in_each_language(&query.about),
                "parameters": parameters,
                "query": query.text,
            })
        })
        .collect();
    Json(json!({ "queries": questions }))
}

fn in_each_language(text: &Text) -> Value {
    Value::Object(text.iter().map(|(lang, words)| (lang.to_string(), words.clone().into())).collect())
}

/// `GET /api/queries/{slug}?parameter=value`: the answer, in the syntax that is wanted.
pub(super) async fn run(
    State(service): State<Arc<Service>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let saved =
        find(&slug).ok_or_else(|| Problem::not_found(format!("there is no question `{slug}`; see /queries")))?;
    let pairs = pairs(query.as_deref().unwrap_or_default());
    let (own, values): (Vec<_>, Vec<_>) = pairs
        .into_iter()
        .partition(|(name, _)| matches!(name.as_str(), "format" | "timeout" | "lang" | "download" | "explain"));
    let text = saved
        .fill(values.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let mut request = Request { query: Some(text), ..Request::default() };
    request.take(own)?;
    sparql::answer(&service, &headers, request).await
}
