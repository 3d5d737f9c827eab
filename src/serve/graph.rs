//! Walking, as calls for visualization tools.

use std::sync::Arc;

use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    Service,
    parameters::pairs,
    piece::{self, Form},
    problem::Problem,
};
use crate::ask::walk;

/// The most edges given for one thing.
const MOST_EDGES: usize = 2_000;
/// How many are given where the caller does not say.
const EDGES: usize = 200;
/// The most things asked at once.
const MOST_IDS: usize = 50;

/// `GET /api/graph/neighbors?id=...`: the neighbours of one or more things as nodes and edges.
pub(super) async fn neighbors(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    answer_neighbors(&service, &headers, query.as_deref(), None).await
}

/// `GET /api/graph/neighbors.graphml?id=...`: any of the calls, in the syntax of the extension.
pub(super) async fn in_syntax(
    State(service): State<Arc<Service>>,
    Path(call): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    match call.split_once('.') {
        Some(("neighbors", extension)) => answer_neighbors(&service, &headers, query.as_deref(), Some(extension)).await,
        _ => Err(Problem::not_found(format!("there is no call /api/graph/{call}: expected neighbors"))),
    }
}

async fn answer_neighbors(
    service: &Service,
    headers: &HeaderMap,
    query: Option<&str>,
    extension: Option<&str>,
) -> Result<Response, Problem> {
    let mut asked = pairs(query.unwrap_or_default());
    let form = Form::take(&mut asked, headers, extension)?;
    let mut ids = Vec::new();
    let mut limit = EDGES;
    for (name, value) in asked {
        match name.as_str() {
            "id" => ids.push(service.archive.store.iris().parse_id(&value).ok_or_else(|| {
                Problem::bad_request(format!(
                    "`{value}` is not the IRI or the identifier of a thing here, such as org/hrw"
                ))
                .at("parameter", "id")
            })?),
            "limit" => {
                limit = value.parse().ok().filter(|limit| (1..=MOST_EDGES).contains(limit)).ok_or_else(|| {
                    Problem::bad_request(format!("`{value}` is not a limit: expected 1 to {MOST_EDGES}"))
                        .at("parameter", "limit")
                })?;
            }
            other => {
                return Err(Problem::bad_request(format!(
                    "there is no parameter `{other}`: expected id, limit, format, table, download"
                ))
                .at("parameter", other));
            }
        }
    }
    if ids.is_empty() || ids.len() > MOST_IDS {
        return Err(Problem::bad_request(format!("expected 1 to {MOST_IDS} parameters `id`")).at("parameter", "id"));
    }
    let found = walk::neighbors(&service.archive.store, &service.archive.ontology, &ids, limit).await?;
    let known = |id: &crate::model::Id| {
        let iri = service.archive.store.iris().id(id);
        found.counts.get(iri.as_str()).is_some_and(|counts| !counts.predicates.is_empty())
    };
    match ids.iter().find(|id| !known(id)) {
        Some(unknown) => Err(Problem::not_found(format!("nothing is joined to {unknown}")).at("parameter", "id")),
        None => piece::answer(service, &form, &found),
    }
}
