//! The SPARQL 1.1 Protocol, for updates; every call needs the token.

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
};

use super::{
    Service, auth,
    parameters::{self, graph, media_type, pairs, set_once, unsupported},
    problem::Problem,
};
use crate::{add::Change, ask, store::Dataset};

/// `POST /update`, with a form or with the update itself.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    auth::may_write(&service, &headers)?;
    let mut given = pairs(query.as_deref().unwrap_or_default());
    match media_type(&headers).as_deref() {
        Some("application/sparql-update") => {
            given.push(("update".to_owned(), parameters::text(&headers, &body)?.to_owned()));
        }
        Some("application/x-www-form-urlencoded") => given.extend(pairs(parameters::text(&headers, &body)?)),
        other => {
            return Err(unsupported(other, &["application/sparql-update", "application/x-www-form-urlencoded"]));
        }
    }
    let (text, dataset) = request(given)?;
    let (deadline, is_reviewed) = (service.config.query.deadline, !service.config.is_engine);
    let archive = &service.archive;
    // As it was written, so that a mistake is shown where it is.
    ask::sparql::parse_change(&archive.store, &text)?;
    let text = ask::sparql::with_prefixes(&archive.store, &text);
    let text = ask::services::inline_update(&archive.views, &archive.store, text, deadline).await?;
    let update = ask::sparql::parse_change(&archive.store, &text)?;
    service.archive.change(Change { update, dataset, deadline, is_reviewed }).await?;
    Ok(StatusCode::NO_CONTENT)
}

fn request(given: Vec<(String, String)>) -> Result<(String, Dataset), Problem> {
    let mut dataset = Dataset::default();
    let mut text = None;
    for (name, value) in given {
        match name.as_str() {
            "update" => set_once(&mut text, &name, value)?,
            "using-graph-uri" => dataset.default.push(graph(&name, &value)?),
            "using-named-graph-uri" => dataset.named.push(graph(&name, &value)?),
            _ => {}
        }
    }
    let text = text.ok_or_else(|| {
        Problem::bad_request("there is no update; give one as `update=` or as an application/sparql-update body")
            .at("parameter", "update")
    })?;
    Ok((text, dataset))
}
