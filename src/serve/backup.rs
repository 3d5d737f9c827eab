//! Everything that a backup is made of, while the archive serves; every call needs the token.

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::TryStreamExt as _;

use super::{Service, auth, problem::Problem, tokens::Role};
use crate::{
    export::backup,
    store::{Digest, OriginalsError, Store},
};

/// `GET /api/backup`: every quad, of one state.
pub(super) async fn quads(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    auth::reader(&service, &headers, Role::Admin)?;
    all_of(&service.archive.store).await
}

/// `GET /api/backup/private`: every quad of what is kept apart, of one state.
pub(super) async fn private(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    auth::reader(&service, &headers, Role::Admin)?;
    all_of(&service.archive.private).await
}

async fn all_of(store: &Store) -> Result<Response, Problem> {
    let answer = backup::snapshot(store).await?;
    // After the first byte only a broken stream can say that the answer is not whole.
    let body = answer.body.inspect_err(|error| tracing::warn!(%error, "a backup broke off"));
    Ok(([(header::CONTENT_TYPE, "text/tab-separated-values; charset=utf-8")], Body::from_stream(body)).into_response())
}

/// `GET /api/backup/tokens`: the file of tokens, which holds digests alone; nothing where there is none.
pub(super) async fn tokens(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    auth::reader(&service, &headers, Role::Admin)?;
    let bytes = service.tokens.as_kept().map_err(|error| Problem::internal(&error))?;
    Ok(match bytes {
        Some(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// `GET /api/backup/originals`: the digests of the files that came in, one a line.
pub(super) async fn originals(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<String, Problem> {
    auth::reader(&service, &headers, Role::Admin)?;
    let all = service.archive.originals.all().await.map_err(|error| Problem::internal(&error))?;
    Ok(all.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

/// `GET /api/backup/originals/{digest}`: one of them.
pub(super) async fn original(
    State(service): State<Arc<Service>>,
    Path(digest): Path<String>,
    headers: HeaderMap,
) -> Result<Bytes, Problem> {
    auth::reader(&service, &headers, Role::Admin)?;
    let wrong = |error: crate::store::NotADigest| Problem::bad_request(error.to_string()).at("parameter", "digest");
    let digest: Digest = digest.parse().map_err(wrong)?;
    service.archive.originals.get(&digest).await.map_err(|error| match error {
        OriginalsError::Missing(_) => Problem::not_found(error.to_string()),
        error => Problem::internal(&error),
    })
}
