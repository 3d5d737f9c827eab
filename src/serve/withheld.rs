//! What is kept apart: fields that could harm somebody, and words of texts that are made unreadable. For archivists alone.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Service, auth,
    parameters::{expect_json, pairs, text},
    problem::Problem,
    tokens::Role,
};
use crate::{
    add::Withhold,
    model::{Id, Kind, Lang, Sensitive},
    review,
};

/// Names and contacts of witnesses, as they are sent.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    about: String,
    #[serde(default)]
    witness: Vec<String>,
    #[serde(default)]
    contact: Vec<String>,
}

/// `GET /api/sensitive?about=doc/x`: the sensitive fields of a document.
pub(super) async fn sensitive(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let caller = auth::reader(&service, &headers, Role::Archivist)?;
    let about = pairs(query.as_deref().unwrap_or_default())
        .into_iter()
        .find_map(|(name, value)| (name == "about").then_some(value))
        .unwrap_or_default();
    let document = document(&service, &about)?;
    tracing::info!(document = %document, by = %caller.agent, "sensitive fields were read");
    let Sensitive { witness, contact } = service.archive.sensitive(&document).await?;
    Ok(Json(json!({ "about": document, "witness": witness, "contact": contact })))
}

/// `PUT /api/sensitive`: puts the sensitive fields of a document in the place of those before.
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<StatusCode, Problem> {
    let caller = auth::allow(&service, &headers, Role::Archivist)?;
    let fields: Fields = read(&headers, &body, "expected about, and witness and contact, each a list of texts")?;
    let document = document(&service, &fields.about)?;
    review::standing_of(&service.archive.store, &document).await?;
    let sensitive = Sensitive { witness: fields.witness, contact: fields.contact };
    service.archive.keep_sensitive(&document, &sensitive).await?;
    tracing::info!(document = %document, by = %caller.agent, "sensitive fields were changed");
    Ok(StatusCode::NO_CONTENT)
}

/// What is to be withheld, as it is sent.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    about: String,
    start: usize,
    end: usize,
    reason: String,
}

/// `POST /api/redactions`: makes words of a text unreadable.
pub(super) async fn redact(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::allow(&service, &headers, Role::Archivist)?;
    let span: Span =
        read(&headers, &body, "expected about (doc/x#text-en), start and end in code points, and a reason")?;
    let layer = service.archive.store.iris().parse_id(&span.about).and_then(|id| {
        let lang: Lang = id.as_str().split_once("#text-")?.1.parse().ok()?;
        Some((id.whole().parse::<Id>().ok()?, lang))
    });
    let Some((document, lang)) = layer else {
        let detail = format!("`{}` is not a text: expected one such as doc/jim-4#text-en", span.about);
        return Err(Problem::bad_request(detail).at("parameter", "about"));
    };
    let reason = span.reason.trim().to_owned();
    if reason.is_empty() || reason.chars().count() > review::LONGEST {
        let detail = "words are withheld for a reason, which all can read; say it in `reason` without the words";
        return Err(Problem::bad_request(detail).at("parameter", "reason"));
    }
    let wanted = Withhold { document, lang, start: span.start, end: span.end, reason, by: caller.agent };
    let done = service.archive.redact(&wanted).await?;
    let still: Vec<Value> =
        done.still.iter().map(|(thing, property)| json!({ "thing": thing, "property": property })).collect();
    // A dump never changes: those there are may hold the words.
    let dumps: Vec<String> = service.dumps.list()?.into_iter().map(|dump| dump.name).collect();
    let answer = json!({
        "id": wanted.document.part(&done.redaction.part()),
        "original": done.redaction.original,
        "digest": done.digest,
        "still_said_in": still,
        "dumps_made_before": dumps,
    });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn document(service: &Service, about: &str) -> Result<Id, Problem> {
    let id = service.archive.store.iris().parse_id(about);
    id.filter(|id| id.kind() == Kind::Document && id.as_str() == id.whole()).ok_or_else(|| {
        Problem::bad_request(format!("`{about}` is not a document: expected one such as doc/jim-4"))
            .at("parameter", "about")
    })
}

/// A body in JSON. What is wrong with it is told without repeating it.
fn read<'a, T: Deserialize<'a>>(headers: &HeaderMap, body: &'a [u8], expected: &str) -> Result<T, Problem> {
    expect_json(headers)?;
    serde_json::from_str(text(headers, body)?).map_err(|error| {
        Problem::bad_request(format!("the body cannot be read; {expected}"))
            .at("line", error.line())
            .at("column", error.column())
    })
}
