//! The questions that come with the archive, as documented calls.

use std::sync::{Arc, LazyLock};

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use rust_embed::RustEmbed;

use super::{Service, problem::Problem, sparql};
use crate::ask::saved::SavedQuery;

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

/// `GET /api/queries/{slug}?parameter=value`: the answer, in the syntax that is wanted.
pub(super) async fn run(
    State(service): State<Arc<Service>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let saved =
        find(&slug).ok_or_else(|| Problem::not_found(format!("there is no question `{slug}`; see /queries")))?;
    let pairs = sparql::pairs(query.as_deref().unwrap_or_default());
    let (own, values): (Vec<_>, Vec<_>) =
        pairs.into_iter().partition(|(name, _)| matches!(name.as_str(), "format" | "timeout" | "lang"));
    let text = saved
        .fill(values.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let mut request = sparql::Request { query: Some(text), ..sparql::Request::default() };
    for (name, value) in own {
        request.set(&name, value)?;
    }
    sparql::answer(&service, &headers, request).await
}
