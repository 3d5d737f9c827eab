//! The dumps: which there are, what is in each, and their files, whole or in pieces.

use std::{io::SeekFrom, sync::Arc};

use axum::{
    Json,
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Redirect, Response},
};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::{Service, auth, conditional, created::found_at, dataset, description, negotiate, pages, problem::Problem};
use crate::{
    export::dump::{DumpError, FileName, MANIFEST, Ready, Selection},
    rdf::{GraphFormat, Summary},
};

/// So many bytes are read from a file at once.
const BLOCK: usize = 1 << 16;

/// After so many seconds a file that takes long to make is worth another try.
const RETRY_AFTER: u32 = 30;

/// `GET /dumps`
pub(super) async fn without_slash() -> Redirect {
    Redirect::permanent("/dumps/")
}

/// `GET /dumps/`: every dump, the newest first; as a page, as JSON, or as RDF in the words of DCAT.
pub(super) async fn index(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let rdf = GraphFormat::ALL.map(GraphFormat::media_type);
    let offered: Vec<&str> = ["text/html", "application/json"].into_iter().chain(rdf).collect();
    let chosen = negotiate::choose(negotiate::accept(&headers).as_deref(), &offered)
        .ok_or_else(|| Problem::not_acceptable("the dumps are listed in other syntaxes", offered.clone()))?;
    let dumps = service.dumps.list()?;
    let mut response = match chosen {
        0 => pages::dumps(&dumps, &headers, query.as_deref()),
        1 => {
            let here = description::here(&service, &headers);
            let dumps: Vec<Value> = dumps.iter().map(|dump| to_json(dump, &here)).collect();
            Json(json!({ "dumps": dumps })).into_response()
        }
        other => dataset::answer(&service, &headers, GraphFormat::ALL[other - 2]).await?,
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language"));
    Ok(response)
}

/// `GET /dumps/{dump}`: what is in a dump, and the files it can be had as.
pub(super) async fn dump(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let dump = service.dumps.get(&name)?;
    Ok(Json(to_json(&dump, &description::here(&service, &headers))).into_response())
}

/// `POST /dumps/`: makes a dump of the archive as it is.
pub(super) async fn make(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    auth::may_write(&service, &headers)?;
    // Once begun it is carried to its end, whether the client waits for it or not.
    let working = Arc::clone(&service);
    let made = tokio::spawn(async move { working.dumps.make(&working.archive.store).await });
    let dump = made.await.map_err(|error| Problem::internal(&error))??;
    let here = description::here(&service, &headers);
    Ok(found_at(&service, &headers, &format!("dumps/{}", dump.name), StatusCode::CREATED, to_json(&dump, &here)))
}

/// A dump with the addresses of its files.
fn to_json(dump: &Summary, here: &str) -> Value {
    let folder = format!("{here}dumps/{}", dump.name);
    let files = |selection: Selection| -> Vec<String> {
        FileName::of(&selection).map(|name| format!("{folder}/{name}")).collect()
    };
    let parts = dump.triples.keys().map(|part| (part.name().to_owned(), files(Selection::Part(*part)).into()));
    let classes = dump.classes.keys().map(|class| (class.clone(), files(Selection::Class(class.clone())).into()));
    let files: serde_json::Map<String, Value> =
        [("archive".to_owned(), files(Selection::Archive).into())].into_iter().chain(parts).chain(classes).collect();
    let mut value = json!(dump);
    value["manifest"] = format!("{folder}/{MANIFEST}").into();
    value["files"] = files.into();
    value
}

/// `GET /dumps/{dump}/{file}`: a file, which never changes; a piece of it where a `Range` says so.
pub(super) async fn file(
    State(service): State<Arc<Service>>,
    Path((dump, name)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if name == MANIFEST {
        let text = service.dumps.manifest(&dump)?;
        return Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response());
    }
    let (name, with_sum) = name.strip_suffix(".sha256").map_or((name.as_str(), false), |name| (name, true));
    let wanted = service.dumps.file(&dump, name);
    let Ok(ready) = tokio::time::timeout(service.config.query.deadline, wanted).await else {
        let detail = "the file is being made for the first time; ask again in a while";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "being-made", "The file is being made", detail);
        return Err(Problem { retry_after: Some(RETRY_AFTER), ..problem });
    };
    let ready = ready?;
    if with_sum {
        return Ok(format!("{}  {name}\n", ready.sha256).into_response());
    }
    let media_type = FileName::parse(name).map_or("application/octet-stream", |name| name.media_type());
    let tag = format!("\"{}\"", ready.sha256);
    let mut response = if conditional::is_known(&headers, &tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        piece(&ready, &headers, &tag).await?
    };
    let fixed = [
        (header::CONTENT_TYPE, media_type),
        (header::ACCEPT_RANGES, "bytes"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::ETAG, &tag),
    ];
    for (name, value) in fixed {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    Ok(response)
}

/// The file, or the piece of it that is wanted.
async fn piece(ready: &Ready, headers: &HeaderMap, tag: &str) -> Result<Response, Problem> {
    // Of another file than the one the client has begun with, a piece would be of no use.
    let is_same = headers.get(header::IF_RANGE).is_none_or(|value| value.as_bytes() == tag.as_bytes());
    let range = headers.get(header::RANGE).and_then(|value| value.to_str().ok()).filter(|_| is_same);
    let (start, length, status) = match range.map_or(Range::Whole, |range| Range::parse(range, ready.bytes)) {
        Range::Whole => (0, ready.bytes, StatusCode::OK),
        Range::Piece { start, length } => (start, length, StatusCode::PARTIAL_CONTENT),
        Range::Beyond => return Ok(beyond(ready.bytes)),
    };
    let failed = |error: std::io::Error| Problem::internal(&error);
    let mut file = tokio::fs::File::open(&ready.path).await.map_err(failed)?;
    file.seek(SeekFrom::Start(start)).await.map_err(failed)?;
    let body = Body::from_stream(ReaderStream::with_capacity(file.take(length), BLOCK));
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    if status == StatusCode::PARTIAL_CONTENT
        && let Ok(value) = HeaderValue::try_from(format!("bytes {start}-{}/{}", start + length - 1, ready.bytes))
    {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    Ok(response)
}

fn beyond(bytes: u64) -> Response {
    let detail = format!("the file has {bytes} bytes; the range begins behind its end");
    let status = StatusCode::RANGE_NOT_SATISFIABLE;
    let problem = Problem::new(status, "range", "There is nothing in this range", detail).at("parameter", "Range");
    let mut response = problem.into_response();
    if let Ok(value) = HeaderValue::try_from(format!("bytes */{bytes}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// What a `Range` header asks for (RFC 9110, section 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    /// Everything: there is no range, several, or one in other units, which may all be passed over.
    Whole,
    /// A piece.
    Piece { start: u64, length: u64 },
    /// What is not there.
    Beyond,
}

impl Range {
    fn parse(text: &str, bytes: u64) -> Self {
        let Some((first, last)) = text.trim().strip_prefix("bytes=").and_then(|range| range.split_once('-')) else {
            return Self::Whole;
        };
        let number = |text: &str| text.trim().parse::<u64>().ok();
        let (start, end) = match (first.trim(), last.trim()) {
            ("", suffix) => match number(suffix) {
                Some(0) => return Self::Beyond,
                Some(suffix) => (bytes.saturating_sub(suffix), bytes),
                None => return Self::Whole,
            },
            (first, "") => match number(first) {
                Some(start) => (start, bytes),
                None => return Self::Whole,
            },
            (first, last) => match (number(first), number(last)) {
                (Some(start), Some(last)) if start <= last => (start, bytes.min(last.saturating_add(1))),
                _ => return Self::Whole,
            },
        };
        if start >= bytes { Self::Beyond } else { Self::Piece { start, length: end - start } }
    }
}

impl From<DumpError> for Problem {
    fn from(error: DumpError) -> Self {
        match error {
            DumpError::Unknown(detail) => Self::not_found(detail),
            DumpError::Store(error) => error.into(),
            other => Self::internal(&other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_a_piece_of_what_is_there() {
        let piece = |start, length| Range::Piece { start, length };
        for (text, range) in [
            ("bytes=0-0", piece(0, 1)),
            ("bytes=2-5", piece(2, 4)),
            ("bytes=2-", piece(2, 8)),
            ("bytes=9-999", piece(9, 1)),
            ("bytes=-3", piece(7, 3)),
            ("bytes=-99", piece(0, 10)),
            ("bytes=10-", Range::Beyond),
            ("bytes=-0", Range::Beyond),
            ("bytes=99999999999999999999999-", Range::Whole),
            ("bytes=0-18446744073709551615", piece(0, 10)),
            ("bytes=5-2", Range::Whole),
            ("bytes=0-1,3-4", Range::Whole),
            ("lines=0-1", Range::Whole),
            ("bytes=x-y", Range::Whole),
        ] {
            assert_eq!(Range::parse(text, 10), range, "{text}");
        }
        assert_eq!(Range::parse("bytes=0-", 0), Range::Beyond);
    }
}
