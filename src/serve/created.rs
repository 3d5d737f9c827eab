//! What was made, and where it is found from now on.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;

use super::{Service, description};

/// An answer that says where a thing is found: a path such as `org/hrw`, under the address that was asked.
pub(super) fn found_at(
    service: &Service,
    headers: &HeaderMap,
    path: &str,
    status: StatusCode,
    body: Value,
) -> Response {
    let mut response = (status, Json(body)).into_response();
    let here = description::here(service, headers);
    // A path is an address when what would begin its fragment is written out.
    let address = format!("{}/{}", here.trim_end_matches('/'), path.replace('#', "%23"));
    match HeaderValue::try_from(address) {
        Ok(location) => drop(response.headers_mut().insert(header::LOCATION, location)),
        Err(error) => tracing::warn!(%error, "what was made has no address that a header can hold"),
    }
    response
}
