//! Writing over the web; every call needs the token.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{Service, auth, problem::Problem, sparql};
use crate::{
    add::{File, Plan, Settings},
    ask,
    store::{Dataset, Update},
};

/// `POST /update`: a SPARQL 1.1 update.
pub(super) async fn update(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    auth::may_write(&service, &headers)?;
    let text = std::str::from_utf8(&body)
        .map_err(|error| Problem::bad_request(format!("the body is not UTF-8 at byte {}", error.valid_up_to())))?;
    let mut parameters = sparql::pairs(query.as_deref().unwrap_or_default());
    match sparql::media_type(&headers).as_deref() {
        Some("application/sparql-update") => parameters.push(("update".to_owned(), text.to_owned())),
        Some("application/x-www-form-urlencoded") => parameters.extend(sparql::pairs(text)),
        other => {
            return Err(sparql::unsupported(
                other,
                &["application/sparql-update", "application/x-www-form-urlencoded"],
            ));
        }
    }
    let (text, dataset) = request(parameters)?;
    ask::sparql::check_update(&service.archive.store, &service.archive.ontology, &text)?;
    let text = ask::sparql::with_prefixes(&service.archive.store, &text);
    let deadline = service.config.query.deadline;
    let text = ask::services::inline_update(&service.archive.views, &service.archive.store, text, deadline).await?;
    service.archive.store.engine().update(Update { text, dataset, deadline }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn request(parameters: Vec<(String, String)>) -> Result<(String, Dataset), Problem> {
    let mut dataset = Dataset::default();
    let mut text = None;
    for (name, value) in parameters {
        let graphs = match name.as_str() {
            "update" => {
                text = Some(value);
                continue;
            }
            "using-graph-uri" => &mut dataset.default,
            "using-named-graph-uri" => &mut dataset.named,
            _ => continue,
        };
        let graph = oxigraph::model::NamedNode::new(&value)
            .map_err(|_| Problem::bad_request(format!("`{value}` is not an absolute IRI")).at("parameter", name))?;
        graphs.push(graph);
    }
    let text = text.ok_or_else(|| Problem::bad_request("there is no update").at("parameter", "update"))?;
    Ok((text, dataset))
}

/// `POST /api/documents?name=…`: adds the file in the body, whose format its name tells.
pub(super) async fn documents(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    auth::may_write(&service, &headers)?;
    let name = sparql::pairs(query.as_deref().unwrap_or_default())
        .into_iter()
        .find_map(|(name, value)| (name == "name").then_some(value))
        .filter(|name| !name.is_empty() && !name.contains(['/', '\\']))
        .ok_or_else(|| {
            Problem::bad_request("give the file's name as `?name=statement.html`: its extension tells the format")
                .at("parameter", "name")
        })?;
    let plan = Plan::of(vec![File::bytes(name, body.to_vec())]);
    let settings = Settings::new(&service.archive, service.config.max_file);
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
    Ok((StatusCode::OK, Json(json!({ "added": added, "notices": report.notices }))).into_response())
}
