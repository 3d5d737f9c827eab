//! The style sheet, inside the binary, under a name that changes with its content.

use std::sync::LazyLock;

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{serve::problem::Problem, store::Digest};

const STYLE: &str = include_str!("style.css");

static STYLE_PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = Digest::of(STYLE.as_bytes()).to_string();
    format!("/assets/{}.css", &digest[..16])
});

/// The address of the style sheet.
pub(super) fn style_path() -> &'static str {
    &STYLE_PATH
}

/// `GET /assets/{file}`: what is under this name never changes.
pub async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    if format!("/assets/{file}") != *STYLE_PATH {
        return Err(Problem::not_found(format!("there is nothing at /assets/{file}")));
    }
    let tag = format!("\"{file}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let fresh = known.flat_map(|line| line.split(',')).any(|one| matches!(one.trim(), "*") || one.trim() == tag);
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { STYLE.into_response() };
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/css; charset=utf-8"));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        fields.insert(header::ETAG, tag);
    }
    Ok(response)
}
