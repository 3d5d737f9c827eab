//! Conditional requests: whether a client already has what it asks for (RFC 9110, section 13).

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use sha2::{Digest, Sha256};

use crate::{
    rdf::AnswerFormat,
    store::{Dataset, Error, Store},
};

/// What makes the same query give another answer each time.
const CHANGING: [&str; 6] = ["NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"];

/// The entity tag of an answer: from the query, its dataset, the number of the last change and the syntax. None where
/// the same query may give another answer without any change.
pub(super) async fn query_tag(
    store: &Store,
    text: &str,
    dataset: &Dataset,
    format: AnswerFormat,
) -> Result<Option<String>, Error> {
    let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
    if words.any(|word| CHANGING.iter().any(|changing| changing.eq_ignore_ascii_case(word))) {
        return Ok(None);
    }
    let mut hash = Sha256::new();
    hash.update(text);
    for graph in dataset.default.iter().chain([&oxigraph::model::vocab::rdf::NIL.into_owned()]).chain(&dataset.named) {
        hash.update(graph.as_str());
        hash.update([0]);
    }
    Ok(Some(tag_of(hash, store.last_change().await?, format.media_type())))
}

/// The entity tag of a graph.
pub(super) async fn graph_tag(store: &Store, graph: &str, media_type: &str) -> Result<String, Error> {
    Ok(tag_of(Sha256::new_with_prefix(graph), store.last_change().await?, media_type))
}

/// Weak, for the order of rows is not promised.
fn tag_of(mut hash: Sha256, number: u64, media_type: &str) -> String {
    hash.update(media_type);
    let digest: u64 = hash.finalize().iter().take(8).fold(0, |all, byte| all << 8 | u64::from(*byte));
    format!("W/\"{number}-{digest:016x}\"")
}

/// How the names of answers end that were compressed on the way: their bytes are others.
const CODINGS: [&str; 4] = ["-gzip", "-br", "-zstd", "-deflate"];

/// Whether the client has what this tag stands for.
pub(super) fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    matching(headers, tag).is_some()
}

/// The tag by which the client has what this tag stands for, where it has it.
pub(super) fn matching(headers: &HeaderMap, tag: &str) -> Option<String> {
    fn opaque(tag: &str) -> &str {
        let tag = tag.trim().trim_start_matches("W/").trim_matches('"');
        CODINGS.iter().find_map(|coding| tag.strip_suffix(coding)).unwrap_or(tag)
    }
    let given = headers.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let mut given = given.flat_map(|value| value.split(',')).map(str::trim);
    let found = given.find(|given| *given == "*" || opaque(given) == opaque(tag))?;
    Some(if found == "*" { tag.to_owned() } else { found.to_owned() })
}

/// Gives an answer that was compressed on the way a tag of its own, where its tag is strong.
pub(super) async fn name_coding(mut response: Response) -> Response {
    let coding = response.headers().get(header::CONTENT_ENCODING).and_then(|coding| coding.to_str().ok());
    let tag = response.headers().get(header::ETAG).and_then(|tag| tag.to_str().ok());
    let named = match (coding, tag.and_then(|tag| tag.strip_suffix('"'))) {
        (Some(coding), Some(start)) if start.starts_with('"') => {
            HeaderValue::try_from(format!("{start}-{coding}\"")).ok()
        }
        _ => None,
    };
    if let Some(named) = named {
        response.headers_mut().insert(header::ETAG, named);
    }
    response
}

/// The answer for a client that has it.
pub(super) fn not_modified(value: &str) -> Response {
    let mut response = StatusCode::NOT_MODIFIED.into_response();
    tag(response.headers_mut(), value);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    response
}

/// Marks an answer, which may be kept if it is asked about each time.
pub(super) fn tag(headers: &mut HeaderMap, tag: &str) {
    if let Ok(value) = HeaderValue::try_from(tag) {
        headers.insert(header::ETAG, value);
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_by_its_opaque_part() {
        let given =
            |value: &'static str| HeaderMap::from_iter([(header::IF_NONE_MATCH, HeaderValue::from_static(value))]);
        assert!(is_known(&given("\"x\", W/\"1-ab\""), "W/\"1-ab\""));
        assert!(is_known(&given("\"1-ab\""), "W/\"1-ab\""));
        assert!(is_known(&given("*"), "W/\"1-ab\""));
        assert_eq!(matching(&given("\"x\", \"ab-gzip\""), "\"ab\"").as_deref(), Some("\"ab-gzip\""));
        assert!(!is_known(&given("\"2-ab\""), "W/\"1-ab\""));
        assert!(!is_known(&HeaderMap::new(), "W/\"1-ab\""));
    }
}
