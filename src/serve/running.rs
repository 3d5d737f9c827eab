//! The queries that are being answered, to look at and to stop.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
    response::IntoResponse,
};
use serde_json::{Value, json};

use super::{Service, auth, problem::Problem, tokens::Role};
use crate::ask::running::Entry;

/// `GET /api/queries/running`: how many there are and how far each has come. Their texts and ids are for whoever may
/// write: with the id anybody can stop a query, and a question may tell what somebody is looking into.
pub(super) async fn list(State(service): State<Arc<Service>>, headers: HeaderMap) -> impl IntoResponse {
    let with_text = auth::reader(&service, &headers, Role::Archivist).is_ok();
    let queries: Vec<Value> = service.running.all().iter().map(|entry| shown(entry, with_text)).collect();
    Json(json!({ "running": queries, "workers": service.config.query.workers, "queue": service.config.query.queue }))
}

fn shown(entry: &Entry, with_text: bool) -> Value {
    let mut query = json!({
        "number": entry.number,
        "began": entry.began.to_string(),
        "seconds": entry.elapsed().as_secs_f64(),
        "rows": entry.progress.rows(),
        "memory": entry.progress.memory(),
        "limits": {
            "seconds": entry.limits.deadline.as_secs_f64(),
            "rows": entry.limits.rows,
            "memory": entry.limits.memory,
        },
    });
    if with_text {
        query["id"] = entry.id.clone().into();
        query["query"] = entry.text.clone().into();
    }
    query
}

/// `DELETE /api/queries/running/{id}`: stops a query; its id is in the header `x-query-id` of its answer.
pub(super) async fn cancel(State(service): State<Arc<Service>>, Path(id): Path<String>) -> Result<StatusCode, Problem> {
    if service.running.cancel(&id) {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Problem::not_found("no query of this id is running; see the header x-query-id of its answer"))
    }
}
