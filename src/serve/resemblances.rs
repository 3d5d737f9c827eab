//! Documents that seem to be others once more, or their translations: proposals, and deciding on them. Reading is for all;
//! deciding needs the token of a reviewer.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Service, auth,
    created::found_at,
    parameters::{pairs, read_json, signed},
    problem::Problem,
    tokens::Role,
};
use crate::{
    ask::resemblances::{self, Filter},
    model::{Assessment, Id, Kind, ResemblanceKind, Verdict},
    review::{self, Judge, Judged, Refusal},
};

/// The most of a page.
const MOST: usize = 100;

/// `GET /api/reviews/resemblances`: the proposals, those that share most first.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let store = &service.archive.store;
    let mut filter = Filter { limit: 20, state: Some(Verdict::Proposed), ..Filter::default() };
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        let wrong = |detail: String| Problem::bad_request(detail).at("parameter", name.clone());
        match name.as_str() {
            "document" => {
                let document = store.iris().parse_id(&value);
                let document =
                    document.ok_or_else(|| wrong(format!("`{value}` is not an identifier such as doc/jim-4")))?;
                filter.document = Some(document);
            }
            "kind" => {
                let known = [ResemblanceKind::NearDuplicate, ResemblanceKind::Translation].map(ResemblanceKind::term);
                if !known.contains(&value.as_str()) {
                    return Err(wrong(format!("`{value}` is not a kind: expected {}", known.join(" or "))));
                }
                filter.kind = Some(value);
            }
            "state" => {
                let known = [Verdict::Proposed, Verdict::Accepted, Verdict::Rejected];
                let state = known.into_iter().find(|state| state.term() == value);
                let expected = || wrong(format!("`{value}` is not a state: expected proposed, accepted or rejected"));
                filter.state = Some(state.ok_or_else(expected)?);
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                filter.limit = limit
                    .ok_or_else(|| wrong(format!("`{value}` is not a number of results: expected 1 to {MOST}")))?;
            }
            "offset" => {
                let offset = value.parse().map_err(|_| wrong(format!("`{value}` is not a number from 0")))?;
                filter.offset = offset;
            }
            _ => {}
        }
    }
    let proposals = resemblances::find(store, &filter).await?;
    Ok(Json(json!({ "resemblances": proposals })))
}

/// `GET /api/reviews/resemblances/{key}/{other}`: what was decided on whether a document resembles another, the latest first.
pub(super) async fn one(
    State(service): State<Arc<Service>>,
    Path((key, other)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let store = &service.archive.store;
    let pair = (document(&key)?, document(&other)?);
    let decisions = resemblances::decisions(store, &pair.0, &pair.1).await?;
    if decisions.is_empty() && !resemblances::is_noticed(store, &pair.0, &pair.1).await? {
        return Err(Problem::not_found(format!("nobody has noticed that {} resembles {}", pair.0, pair.1)));
    }
    Ok(Json(shown(&pair, decisions)))
}

/// `POST /api/reviews/resemblances`: accepts or rejects one.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::allow(&service, &headers, Role::Reviewer)?;
    let mut wanted: Judge = read_json(&headers, &body, "a decision on a resemblance")?;
    wanted.by = caller.signs(wanted.by)?;
    let judged = review::judge(&service.archive.store, &wanted).await?;
    carry_out(&service, &headers, judged).await
}

/// `DELETE /api/reviews/resemblances/{key}/{other}`: undoes what was decided; it stays in the history.
pub(super) async fn undo(
    State(service): State<Arc<Service>>,
    Path((key, other)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = auth::allow(&service, &headers, Role::Reviewer)?;
    let (by, reason) = signed(query.as_deref());
    let by = caller.signs(by)?;
    let (one, other) = (document(&key)?, document(&other)?);
    let store = &service.archive.store;
    let judged = review::undo_judgement(store, &one, &other, reason.as_deref(), by.as_deref()).await?;
    carry_out(&service, &headers, judged).await
}

async fn carry_out(service: &Service, headers: &HeaderMap, judged: Judged) -> Result<Response, Problem> {
    let Judged { decision, pair, is_known } = judged;
    if !is_known && let Some(other) = service.archive.judge(&decision, &pair).await? {
        return Err(Refusal::Judged(Box::new(other)).into());
    }
    let status = if is_known { StatusCode::OK } else { StatusCode::CREATED };
    let decisions = resemblances::decisions(&service.archive.store, &pair.0, &pair.1).await?;
    let path = format!("api/reviews/resemblances/{}/{}", pair.0.key(), pair.1.key());
    Ok(found_at(service, headers, &path, status, shown(&pair, decisions)))
}

fn document(key: &str) -> Result<Id, Problem> {
    Id::new(Kind::Document, key).map_err(|_| Problem::not_found(format!("there is no document {key}")))
}

/// Where a pair stands, and what was decided on it, the latest first.
fn shown((document, other): &(Id, Id), mut decisions: Vec<Assessment>) -> Value {
    decisions.reverse();
    let state = decisions.first().map_or(Verdict::Proposed.term(), |decision| &decision.rating);
    let history: Vec<Value> = decisions
        .iter()
        .map(|decision| {
            json!({
                "id": decision.id, "verdict": decision.rating, "reason": decision.rationale, "by": decision.by,
                "at": decision.at, "revises": decision.revises,
            })
        })
        .collect();
    json!({ "document": document, "resembles": other, "state": state, "decisions": history })
}
