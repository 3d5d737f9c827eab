//! The life of things: what became of one, creating, editing, merging, splitting, withdrawing, undoing, and which may be
//! one and the same. Reading is for all; acting needs the token.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    Service, auth, description,
    lang::PageLang,
    parameters::{expect_json, pairs, text},
    problem::Problem,
    reconcile,
};
use crate::{
    add::{Creation, Done, LifeError, Merging, Splitting},
    ask::{
        fate::{self, Ending, Fate},
        reconcile::duplicates::{self, Pair},
    },
    model::{Id, Kind},
};

/// The least score of a pair that is proposed where none is asked for.
const LEAST: f64 = 80.0;

/// `GET /api/entities/{kind}/{key}`: what became of an identifier.
pub(super) async fn fate(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let id = id(&kind, &key)?;
    let ended = |state: &str, ending: Ending| json!({ "id": id, "state": state, "at": ending.at, "by": ending.by, "reason": ending.reason });
    let body = match fate::of(&service.archive.store, &id).await? {
        Fate::Unknown => return Err(Problem::not_found(format!("there is nothing at /{id}"))),
        Fate::Current => json!({ "id": id, "state": "current" }),
        Fate::Merged { into, ending } => {
            let mut body = ended("merged", ending);
            body["into"] = json!(into);
            body
        }
        Fate::Withdrawn(ending) => ended("withdrawn", ending),
    };
    Ok(Json(body).into_response())
}

/// `POST /api/entities`: creates one.
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::may_write(&service, &headers)?;
    let mut request: Creation = read(&headers, &body, "an entity with its columns")?;
    request.by = caller.signs(request.by)?;
    done(&service, &headers, StatusCode::CREATED, &service.archive.create_entity(&request).await?)
}

/// `PATCH /api/entities/{kind}/{key}`: sets some columns of one.
pub(super) async fn edit(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::may_write(&service, &headers)?;
    let mut request: Creation = read(&headers, &body, "columns that are to be set")?;
    request.by = caller.signs(request.by)?;
    done(&service, &headers, StatusCode::OK, &service.archive.edit_entity(&id(&kind, &key)?, &request).await?)
}

/// `POST /api/entities/{kind}/{key}/merge`: merges one into another.
pub(super) async fn merge(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::may_write(&service, &headers)?;
    let mut request: Merging = read(&headers, &body, "an entity to merge into")?;
    request.by = caller.signs(request.by)?;
    done(&service, &headers, StatusCode::OK, &service.archive.merge_entity(&id(&kind, &key)?, &request).await?)
}

/// `POST /api/entities/{kind}/{key}/split`: splits a new one off.
pub(super) async fn split(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::may_write(&service, &headers)?;
    let mut request: Splitting = read(&headers, &body, "a new entity with what goes over to it")?;
    request.by = caller.signs(request.by)?;
    done(&service, &headers, StatusCode::CREATED, &service.archive.split_entity(&id(&kind, &key)?, &request).await?)
}

/// `DELETE /api/entities/{kind}/{key}?reason=...`: withdraws an entity or a document.
pub(super) async fn withdraw(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = auth::may_write(&service, &headers)?;
    let (by, reason) = signed(query.as_deref());
    let by = caller.signs(by)?;
    let withdrawn = service.archive.withdraw(&id(&kind, &key)?, by.as_deref(), reason.as_deref()).await?;
    done(&service, &headers, StatusCode::OK, &withdrawn)
}

/// `POST /api/changes/{number}/undo`: undoes a change, with all that was done with it.
pub(super) async fn undo(
    State(service): State<Arc<Service>>,
    Path(number): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = auth::may_write(&service, &headers)?;
    let number: u64 = number.parse().map_err(|_| {
        Problem::bad_request(format!("`{number}` is not the number of a change")).at("parameter", "number")
    })?;
    let (by, reason) = signed(query.as_deref());
    let by = caller.signs(by)?;
    let undone = service.archive.undo(number, by.as_deref(), reason.as_deref()).await?;
    done(&service, &headers, StatusCode::OK, &undone)
}

/// `GET /api/entities/duplicates?kind=org`: pairs that may be one.
pub(super) async fn duplicates(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (mut kind, mut least, mut after) = (None, LEAST, None);
    let query = query.unwrap_or_default();
    for (name, value) in pairs(&query) {
        let wrong = |detail: String| Problem::bad_request(detail).at("parameter", name.clone());
        match name.as_str() {
            "kind" => {
                let known = value.parse().ok().filter(|kind| is_entity(*kind));
                let expected = || wrong(format!("`{value}` is not a kind: expected person, org, place or event"));
                kind = Some(known.ok_or_else(expected)?);
            }
            "min_score" => {
                let score = value.parse::<f64>().ok().filter(|score| (0.0..=100.0).contains(score));
                least = score.ok_or_else(|| wrong(format!("`{value}` is not a score: expected 0 to 100")))?;
            }
            "cursor" => {
                let id = value.parse::<Id>().ok().filter(|id| is_entity(id.kind()));
                let expected = || wrong(format!("`{value}` is not a place: expected `next` of the page before"));
                after = Some(id.ok_or_else(expected)?);
            }
            _ => {}
        }
    }
    let kind = kind.ok_or_else(|| {
        Problem::bad_request("say of which kind: expected person, org, place or event").at("parameter", "kind")
    })?;
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = PageLang::choose(Some(&query), accepted).lang();
    let ground = reconcile::ground(&service).await?;
    let page = duplicates::duplicates(&ground, kind, least, after.as_ref(), &lang).await?;
    let pairs: Vec<Value> = page.pairs.iter().map(shown).collect();
    Ok(Json(json!({ "pairs": pairs, "next": page.next })).into_response())
}

fn shown(pair: &Pair) -> Value {
    let thing = |thing: &crate::ask::reconcile::Shown| json!({ "id": thing.id, "name": thing.name, "description": thing.description });
    let features: Vec<Value> =
        pair.features.iter().map(|feature| json!({ "id": feature.id, "value": feature.value })).collect();
    json!({
        "one": thing(&pair.one), "other": thing(&pair.other), "by_name": pair.name, "score": pair.score,
        "features": features,
    })
}

const fn is_entity(kind: Kind) -> bool {
    matches!(kind, Kind::Person | Kind::Organization | Kind::Place | Kind::Event)
}

fn id(kind: &str, key: &str) -> Result<Id, Problem> {
    let nothing = || Problem::not_found(format!("there is nothing at /{kind}/{key}"));
    Id::new(kind.parse().map_err(|_| nothing())?, key).map_err(|_| nothing())
}

/// Who and why, of a call without a body.
fn signed(query: Option<&str>) -> (Option<String>, Option<String>) {
    let given = pairs(query.unwrap_or_default());
    let value = |wanted: &str| given.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone());
    (value("by"), value("reason"))
}

fn read<T: DeserializeOwned>(headers: &HeaderMap, body: &Bytes, what: &str) -> Result<T, Problem> {
    expect_json(headers)?;
    serde_json::from_str(text(headers, body)?).map_err(|error| {
        Problem::bad_request(format!("the body is not {what}: {error}"))
            .at("line", error.line())
            .at("column", error.column())
    })
}

fn done(service: &Service, headers: &HeaderMap, status: StatusCode, done: &Done) -> Result<Response, Problem> {
    let mut response = (status, Json(json!(done))).into_response();
    if let Some(thing) = &done.thing {
        let here = description::here(service, headers);
        let location = HeaderValue::try_from(format!("{}/{thing}", here.trim_end_matches('/')));
        response.headers_mut().insert(header::LOCATION, location.map_err(|error| Problem::internal(&error))?);
    }
    Ok(response)
}

impl From<LifeError> for Problem {
    fn from(error: LifeError) -> Self {
        let detail = error.to_string();
        match error {
            LifeError::Unclear { field, .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "act-refused", "This cannot be done", detail)
                    .at("parameter", field)
            }
            LifeError::Unknown(_) => Self::not_found(detail),
            LifeError::Conflict { changes, .. } => {
                let problem = Self::new(StatusCode::CONFLICT, "conflict", "Something stands against it", detail);
                if changes.is_empty() { problem } else { problem.at("changes", changes) }
            }
            LifeError::Store(error) => error.into(),
        }
    }
}
