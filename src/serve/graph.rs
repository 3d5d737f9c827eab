//! Walking, as a call for visualization tools.

use std::sync::Arc;

use axum::extract::RawQuery;
use axum::{Json, extract::State, response::IntoResponse};

use super::{Service, parameters::pairs, problem::Problem};
use crate::ask::walk;

/// The most edges given for one thing.
const MOST_EDGES: usize = 2_000;
/// How many are given where the caller does not say.
const EDGES: usize = 200;
/// The most things asked at once.
const MOST_IDS: usize = 50;

/// `GET /api/graph/neighbors?id=…`: the neighbours of one or more things as nodes and edges.
pub(super) async fn neighbors(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<impl IntoResponse, Problem> {
    let mut ids = Vec::new();
    let mut limit = EDGES;
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
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
                return Err(Problem::bad_request(format!("there is no parameter `{other}`: expected id, limit"))
                    .at("parameter", other));
            }
        }
    }
    if ids.is_empty() || ids.len() > MOST_IDS {
        return Err(Problem::bad_request(format!("expected 1 to {MOST_IDS} parameters `id`")).at("parameter", "id"));
    }
    let graph = walk::neighbors(&service.archive.store, &service.archive.ontology, &ids, limit).await?;
    let known = |id: &crate::model::Id| {
        let iri = service.archive.store.iris().id(id);
        graph.counts.get(iri.as_str()).is_some_and(|counts| !counts.predicates.is_empty())
    };
    match ids.iter().find(|id| !known(id)) {
        Some(unknown) => Err(Problem::not_found(format!("nothing is joined to {unknown}")).at("parameter", "id")),
        None => Ok(Json(graph)),
    }
}
