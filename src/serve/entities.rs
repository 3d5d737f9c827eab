//! The life of things: what became of one, creating, editing, merging, splitting, withdrawing, undoing, and which may be
//! one and the same. Reading is for all; acting needs the token.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::{
    Service, auth,
    created::found_at,
    lang::PageLang,
    parameters::{pairs, read_json, signed},
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
    let store = &service.archive.store;
    let ended = |state: &str, ending: &Ending| json!({ "id": id, "state": state, "at": ending.at, "by": ending.agent(store), "reason": ending.why() });
    let body = match fate::of(store, &id).await? {
        Fate::Unknown => return Err(Problem::not_found(format!("there is nothing at /{id}"))),
        Fate::Current => json!({ "id": id, "state": "current" }),
        Fate::Merged { into, ending } => {
            let mut body = ended("merged", &ending);
            body["into"] = json!(into);
            body
        }
        Fate::Withdrawn(ending) => ended("withdrawn", &ending),
    };
    Ok(Json(body).into_response())
}

/// What acts have in common whose body says who does them.
trait Act: DeserializeOwned {
    /// A body of this sort, as it is named in messages.
    const BODY: &str;

    /// Who does it.
    fn by(&mut self) -> &mut Option<String>;
}

impl Act for Creation {
    const BODY: &str = "an entity with its columns";

    fn by(&mut self) -> &mut Option<String> {
        &mut self.by
    }
}

impl Act for Merging {
    const BODY: &str = "an entity to merge into";

    fn by(&mut self) -> &mut Option<String> {
        &mut self.by
    }
}

impl Act for Splitting {
    const BODY: &str = "a new entity with what goes over to it";

    fn by(&mut self) -> &mut Option<String> {
        &mut self.by
    }
}

/// Lets whoever may write do something, under their name.
async fn act<A: Act, F: Future<Output = Result<Done, LifeError>>>(
    service: &Service,
    headers: &HeaderMap,
    body: &Bytes,
    status: StatusCode,
    carry_out: impl FnOnce(A) -> F,
) -> Result<Response, Problem> {
    let caller = auth::may_write(service, headers)?;
    let mut request: A = read_json(headers, body, A::BODY)?;
    *request.by() = caller.signs(request.by().take())?;
    Ok(done(service, headers, status, &carry_out(request).await?))
}

/// `POST /api/entities`: creates one.
pub(super) async fn create(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let archive = &service.archive;
    let create = |request: Creation| async move { archive.create_entity(&request).await };
    act(&service, &headers, &body, StatusCode::CREATED, create).await
}

/// `PATCH /api/entities/{kind}/{key}`: sets some columns of one.
pub(super) async fn edit(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (archive, id) = (&service.archive, &id(&kind, &key)?);
    let edit = |request: Creation| async move { archive.edit_entity(id, &request).await };
    act(&service, &headers, &body, StatusCode::OK, edit).await
}

/// `POST /api/entities/{kind}/{key}/merge`: merges one into another.
pub(super) async fn merge(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (archive, id) = (&service.archive, &id(&kind, &key)?);
    let merge = |request: Merging| async move { archive.merge_entity(id, &request).await };
    act(&service, &headers, &body, StatusCode::OK, merge).await
}

/// `POST /api/entities/{kind}/{key}/split`: splits a new one off.
pub(super) async fn split(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let (archive, id) = (&service.archive, &id(&kind, &key)?);
    let split = |request: Splitting| async move { archive.split_entity(id, &request).await };
    act(&service, &headers, &body, StatusCode::CREATED, split).await
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
    Ok(done(&service, &headers, StatusCode::OK, &withdrawn))
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
    Ok(done(&service, &headers, StatusCode::OK, &undone))
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

/// What was done, and where the thing is found that it was done to.
fn done(service: &Service, headers: &HeaderMap, status: StatusCode, done: &Done) -> Response {
    match &done.thing {
        Some(thing) => found_at(service, headers, thing.as_str(), status, json!(done)),
        None => (status, Json(json!(done))).into_response(),
    }
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
