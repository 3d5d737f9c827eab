//! The files as they came, by their digests.
//!
//! They are other people's files, HTML among them: a browser saves them and shows none, so that nothing in them can act
//! in the name of this service.

use std::sync::Arc;

use axum::{
    extract::{Path, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Service, conditional, problem::Problem};
use crate::{
    ask::originals,
    store::{Digest, OriginalsError},
};

/// Extensions of the names under which files of a media type are saved.
const EXTENSIONS: [(&str, &str); 14] = [
    ("text/markdown", "md"),
    ("text/plain", "txt"),
    ("text/html", "html"),
    ("text/csv", "csv"),
    ("application/json", "json"),
    ("application/jsonl", "jsonl"),
    ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    ("application/pdf", "pdf"),
    ("text/turtle", "ttl"),
    ("application/ld+json", "jsonld"),
    ("application/trig", "trig"),
    ("application/n-quads", "nq"),
    ("application/rdf+xml", "rdf"),
];

/// `GET /original/{digest}`: the bytes of a file, held against the digest.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    Path(digest): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let nothing = || Problem::not_found("no public graph was read from a file with this digest");
    let digest: Digest = digest.parse().map_err(|_| nothing())?;
    let known = originals::find(&service.archive.store, &digest).await?.ok_or_else(nothing)?;
    if service.archive.is_withheld(&digest).await? {
        let detail = "the file holds what is withheld for somebody's safety, and is given to nobody";
        return Err(Problem::new(StatusCode::FORBIDDEN, "withheld", "The file is withheld", detail));
    }
    let tag = format!("\"{digest}\"");
    if conditional::is_known(&headers, &tag) {
        return Ok(conditional::not_modified(&tag));
    }
    let bytes = service.archive.originals.get(&digest).await.map_err(|error| refused(&error))?;
    let media_type = known.media_type.as_deref().unwrap_or("application/octet-stream");
    let extension = EXTENSIONS.iter().find(|(known, _)| *known == media_type).map_or("bin", |(_, extension)| extension);
    let described = known.graphs.iter().filter_map(|graph| graph.strip_prefix("graph/doc/"));
    let described: Vec<String> = described.map(|key| format!("</doc/{key}>; rel=\"describedby\"")).collect();
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    let mut set = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, media_type.to_owned());
    set(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{digest}.{extension}\""));
    set(header::CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'".to_owned());
    if !described.is_empty() {
        set(header::LINK, described.join(", "));
    }
    // The bytes never change, but what rests on them may be withdrawn: it is asked about each time.
    conditional::tag(response.headers_mut(), &tag);
    Ok(response)
}

fn refused(error: &OriginalsError) -> Problem {
    match error {
        OriginalsError::Missing(_) => {
            Problem::not_found(format!("{error}; `isnad check --originals` tells which are missing"))
        }
        OriginalsError::Altered(_) => {
            tracing::error!(%error, "an original is damaged");
            Problem::new(
                StatusCode::INTERNAL_SERVER_ERROR,
                "original-damaged",
                "The file is damaged",
                format!("{error}, so it is not given out"),
            )
        }
        _ => Problem::internal(error),
    }
}
