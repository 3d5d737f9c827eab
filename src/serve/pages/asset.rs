//! The style sheet, the scripts and, where they were asked for when it was built, the fonts, inside the binary, under names that change with their content.
//!
//! The scripts are made from `web/` by `make web`. A binary that was built without them serves pages without scripts,
//! which are whole; one for development reads them from the folder while it runs.

use std::{borrow::Cow, sync::LazyLock};

use axum::{
    extract::Path,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use rust_embed::RustEmbed;

use super::map;
use crate::{serve::problem::Problem, store::Digest};

const OWN_STYLE: &str =
    concat!(include_str!("style.css"), include_str!("found.css"), include_str!("drawn.css"), include_str!("desk.css"));

/// The scripts, and `modules.json`, which tells what the first of them is called.
#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Scripts;

static SCRIPT_PATH: LazyLock<Option<String>> = LazyLock::new(|| {
    let modules: serde_json::Value = serde_json::from_slice(&Scripts::get("modules.json")?.data).ok()?;
    Some(format!("/assets/{}", modules["main"].as_str()?))
});

/// The address of the script that loads the others, where there are scripts.
pub(super) fn script_path() -> Option<&'static str> {
    SCRIPT_PATH.as_deref()
}

/// The style sheet, with the fonts where they were built in.
static STYLE: LazyLock<String> = LazyLock::new(|| {
    let fonts = Scripts::get("fonts.css").map(|file| String::from_utf8_lossy(&file.data).into_owned());
    fonts.unwrap_or_default() + OWN_STYLE
});

static STYLE_PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = Digest::of(STYLE.as_bytes()).to_string();
    format!("/assets/{}.css", &digest[..16])
});

/// The address of the style sheet.
pub(super) fn style_path() -> &'static str {
    &STYLE_PATH
}

static LINES_PATH: LazyLock<String> = LazyLock::new(|| {
    let digest = Digest::of(map::LINES.as_bytes()).to_string();
    format!("/assets/{}.json", &digest[..16])
});

/// The address of the lines of maps.
pub(super) fn lines_path() -> &'static str {
    &LINES_PATH
}

/// `GET /assets/{file}`: what is under this name never changes.
pub async fn asset(Path(file): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let (bytes, media_type) =
        find(&file).ok_or_else(|| Problem::not_found(format!("there is nothing at /assets/{file}")))?;
    let tag = format!("\"{file}\"");
    let known = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let fresh = known.flat_map(|line| line.split(',')).any(|one| matches!(one.trim(), "*") || one.trim() == tag);
    let mut response = if fresh { StatusCode::NOT_MODIFIED.into_response() } else { bytes.into_response() };
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    fields.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=31536000, immutable"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        fields.insert(header::ETAG, tag);
    }
    Ok(response)
}

/// A file by its name, with its media type.
fn find(file: &str) -> Option<(Cow<'static, [u8]>, &'static str)> {
    if format!("/assets/{file}") == *STYLE_PATH {
        return Some((Cow::Borrowed(STYLE.as_bytes()), "text/css; charset=utf-8"));
    }
    if format!("/assets/{file}") == *LINES_PATH {
        return Some((Cow::Borrowed(map::LINES.as_bytes()), "application/json"));
    }
    let (name, ending) = file.rsplit_once('.')?;
    let media_type = match ending {
        "js" => "text/javascript; charset=utf-8",
        "woff2" => "font/woff2",
        // The terms that the fonts come under.
        "txt" => "text/plain; charset=utf-8",
        _ => return None,
    };
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_');
    if is_plain { Some((Scripts::get(file)?.data, media_type)) } else { None }
}
