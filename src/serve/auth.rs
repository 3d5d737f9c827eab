//! Who may write: whoever holds the token whose digest is in the settings.

use axum::http::{HeaderMap, StatusCode, header};

use super::{Service, problem::Problem};

/// Lets a request through that carries the token.
pub(super) fn may_write(service: &Service, headers: &HeaderMap) -> Result<(), Problem> {
    let Some(expected) = &service.config.token_sha256 else {
        return Err(Problem::new(
            StatusCode::FORBIDDEN,
            "read-only",
            "The service is read-only",
            "no token is set up; start the service with --token-sha256 to allow writing",
        ));
    };
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .map(|token| crate::store::Digest::of(token.trim().as_bytes()).to_string());
    match given {
        // Digests are compared, so that the time it takes tells nothing about the token.
        Some(digest) if digest.eq_ignore_ascii_case(expected) => Ok(()),
        Some(_) => Err(unauthorized("the token is not one that may write")),
        None => Err(unauthorized("writing needs an Authorization header with a bearer token")),
    }
}

fn unauthorized(detail: &str) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "A token is needed", detail)
}
