//! Adding documents over the web; every call needs the token.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Service, auth, parameters::pairs, problem::Problem};
use crate::add::{File, Plan, Settings};

/// `POST /api/documents?name=…`: adds the file in the body, whose format its name tells.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    auth::may_write(&service, &headers)?;
    let name = pairs(query.as_deref().unwrap_or_default())
        .into_iter()
        .find_map(|(name, value)| (name == "name").then_some(value))
        .filter(|name| !name.is_empty() && !name.contains(['/', '\\']))
        .ok_or_else(|| {
            Problem::bad_request("give the file's name as `?name=statement.html`: its extension tells the format")
                .at("parameter", "name")
        })?;
    let plan = Plan::of(vec![File::bytes(name, body.to_vec())]);
    let settings = Settings::new(&service.archive, service.config.max_file);
    service.archive.add_ontology().await?;
    let report = service.archive.add(&plan, &settings, &|_| ()).await?;
    if let Some(failure) = report.failures.first() {
        let kind = "document-refused";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, kind, "The document cannot be added", failure.to_string()));
    }
    let added: Vec<_> = report
        .added
        .iter()
        .map(|added| json!({ "id": added.graph, "outcome": added.outcome, "mentions": added.mentions }))
        .collect();
    let body = json!({ "added": added, "notices": report.notices, "resemblances": report.resemblances });
    Ok((StatusCode::OK, Json(body)).into_response())
}
