//! Whether the service lives and can answer.

use std::sync::Arc;

use axum::{Json, extract::State, response::IntoResponse};
use serde_json::json;

use super::{Service, problem::Problem};

/// `GET /health/live`: the process answers.
pub(super) async fn live() -> impl IntoResponse {
    Json(json!({ "live": true }))
}

/// `GET /health/ready`: the engine answers too; tells the number of the last change.
pub(super) async fn ready(State(service): State<Arc<Service>>) -> Result<impl IntoResponse, Problem> {
    let last = service.archive.store.last_change().await?;
    Ok(Json(json!({ "ready": true, "lastChange": last })))
}
