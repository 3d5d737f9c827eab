//! Reviewing links: the cases, the decisions, and deciding. Reading is for all; deciding needs a token.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};

use super::{
    Service, auth,
    created::found_at,
    parameters::{pairs, read_json, signed},
    problem::Problem,
    tokens::Role,
};
use crate::{
    add::Decided,
    ask,
    link::Decisions,
    model::{Decision, Id},
    review::{self, Applies, Filter, Prepared, Refusal, Request},
};

/// The most cases or decisions of a page.
const MOST: usize = 100;

/// `GET /api/reviews`: the cases, the most instructive first, and where reviewing stands.
pub(super) async fn list(State(service): State<Arc<Service>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let filter = filter(&service, &query)?;
    let (store, decisions) = (&service.archive.store, service.archive.dictionary().await?);
    let page = service.cases.page(store, &filter).await?;
    let figures = service.cases.figures(store, decisions.decisions()).await?;
    let link = page.next.as_deref().map(|next| next_link("/api/reviews", &query, next));
    let mut body = json!({ "cases": page.cases, "total": page.total, "figures": figures });
    if let Some(next) = page.next {
        body["next"] = next.into();
    }
    Ok(with_link(Json(body).into_response(), link))
}

/// Which cases a query string asks for.
pub(super) fn filter(service: &Service, query: &str) -> Result<Filter, Problem> {
    let mut filter = Filter::default();
    for (name, value) in pairs(query) {
        let wrong = |detail: String| Problem::bad_request(detail).at("parameter", name.clone());
        match name.as_str() {
            "document" => filter.document = Some(thing(service, &name, &value)?),
            "thing" => filter.thing = Some(thing(service, &name, &value)?),
            "kind" => {
                let kind = value.parse().map_err(|_| {
                    wrong(format!(
                        "`{value}` is not a kind: expected doc, person, org, place, event, claim or collection"
                    ))
                })?;
                filter.kind = Some(kind);
            }
            "state" => filter.state = value.parse().map_err(wrong)?,
            "max_confidence" => {
                let number = value.parse::<f64>().ok().filter(|number| (0.0..=1.0).contains(number));
                filter.max_confidence = number
                    .ok_or_else(|| wrong(format!("`{value}` is not a probability: expected 0 to 1, such as 0.7")))?;
            }
            "limit" => filter.limit = limit(&name, &value)?,
            "cursor" if Filter::is_place(&value) => filter.after = Some(value),
            "cursor" => return Err(wrong(format!("`{value}` is not a place: expected `next` of the page before"))),
            _ => {}
        }
    }
    Ok(filter)
}

fn thing(service: &Service, name: &str, value: &str) -> Result<Id, Problem> {
    service.archive.store.iris().parse_id(value).ok_or_else(|| {
        Problem::bad_request(format!("`{value}` is not an identifier such as doc/jim-4 or org/hrw"))
            .at("parameter", name)
    })
}

fn limit(name: &str, value: &str) -> Result<usize, Problem> {
    value.parse().ok().filter(|limit| (1..=MOST).contains(limit)).ok_or_else(|| {
        Problem::bad_request(format!("`{value}` is not a number of results: expected 1 to {MOST}"))
            .at("parameter", name)
    })
}

/// The address of the next page, as a header.
fn next_link(path: &str, query: &str, next: &str) -> String {
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor="));
    let cursor = format!("cursor={}", utf8_percent_encode(next, NON_ALPHANUMERIC));
    let pairs: Vec<&str> = kept.chain([cursor.as_str()]).collect();
    format!("<{path}?{}>; rel=\"next\"", pairs.join("&"))
}

fn with_link(mut response: Response, link: Option<String>) -> Response {
    if let Some(link) = link.and_then(|link| HeaderValue::try_from(link).ok()) {
        response.headers_mut().insert(header::LINK, link);
    }
    response
}

/// `GET /api/reviews/decisions`: everything that was decided, the latest first, the undone too.
pub(super) async fn decisions(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let (mut document, mut about, mut most, mut after) = (None, None, 20, None);
    for (name, value) in pairs(&query) {
        match name.as_str() {
            "document" => document = Some(thing(&service, &name, &value)?),
            "thing" => about = Some(thing(&service, &name, &value)?),
            "limit" => most = limit(&name, &value)?,
            "cursor" => after = Some(thing(&service, &name, &value)?),
            _ => {}
        }
    }
    let mut all = ask::decisions::all(&service.archive.store).await?;
    all.reverse();
    all.retain(|decision| {
        document.as_ref().is_none_or(|document| decision.mention.whole() == document.as_str())
            && about
                .as_ref()
                .is_none_or(|thing| decision.thing == *thing || decision.correction.as_ref() == Some(thing))
    });
    let from = after.and_then(|after| all.iter().position(|decision| decision.id == after)).map_or(0, |at| at + 1);
    let dictionary = service.archive.dictionary().await?;
    let shown = |decision| shown(dictionary.decisions(), decision);
    let page: Vec<Value> = all[from..].iter().take(most).map(shown).collect();
    let next = (from + page.len() < all.len()).then(|| all[from + page.len() - 1].id.to_string());
    let link = next.as_deref().map(|next| next_link("/api/reviews/decisions", &query, next));
    Ok(with_link(Json(json!({ "decisions": page, "total": all.len(), "next": next })).into_response(), link))
}

/// A decision, with whether it is in force.
fn shown(known: &Decisions, decision: &Decision) -> Value {
    let mut value = json!(decision);
    value["in_force"] = known.holds(&decision.id).into();
    value["href"] = address(&decision.id).into();
    value
}

/// Where a decision is found.
fn address(decision: &Id) -> String {
    let name = decision.as_str().split_once('#').map_or("", |(_, name)| name);
    format!("/api/reviews/decisions/{}/{name}", decision.key())
}

fn from_address(key: &str, name: &str) -> Result<Id, Problem> {
    let none = || Problem::not_found(format!("there is no decision {key}/{name}"));
    format!("doc/{key}#{name}").parse().map_err(|_| none())
}

/// `GET /api/reviews/decisions/{key}/{name}`: one decision.
pub(super) async fn decision(
    State(service): State<Arc<Service>>,
    Path((key, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    let id = from_address(&key, &name)?;
    let all = ask::decisions::all(&service.archive.store).await?;
    let found = all.iter().find(|decision| decision.id == id);
    let found = found.ok_or_else(|| Problem::not_found(format!("there is no decision {id}")))?;
    Ok(Json(shown(service.archive.dictionary().await?.decisions(), found)))
}

/// `POST /api/reviews`: decides.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::allow(&service, &headers, Role::Reviewer)?;
    let mut request: Request = read_json(&headers, &body, "a decision")?;
    request.by = caller.signs(request.by)?;
    let archive = &service.archive;
    let prepared = review::prepare(&archive.store, archive.dictionary().await?.decisions(), &request).await?;
    carry_out(&service, &headers, prepared).await
}

/// `DELETE /api/reviews/decisions/{key}/{name}`: undoes a decision; it stays in the history.
pub(super) async fn undo(
    State(service): State<Arc<Service>>,
    Path((key, name)): Path<(String, String)>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let caller = auth::allow(&service, &headers, Role::Reviewer)?;
    let (by, reason) = signed(query.as_deref());
    let archive = &service.archive;
    let (id, dictionary) = (from_address(&key, &name)?, archive.dictionary().await?);
    let by = caller.signs(by)?;
    let prepared = review::undo(&archive.store, dictionary.decisions(), &id, reason.as_deref(), by.as_deref()).await?;
    carry_out(&service, &headers, prepared).await
}

async fn carry_out(service: &Service, headers: &HeaderMap, prepared: Prepared) -> Result<Response, Problem> {
    let Prepared { decision, is_known, applies_to, documents } = prepared;
    if !is_known && let Decided::Otherwise(other) = service.archive.decide(&decision, &documents).await? {
        return Err(Refusal::Decided(other).into());
    }
    let status = if is_known { StatusCode::OK } else { StatusCode::CREATED };
    let mut body = shown(service.archive.dictionary().await?.decisions(), &decision);
    let Applies { mentions, documents } = applies_to;
    body["applies_to"] = json!({ "mentions": mentions, "documents": documents });
    Ok(found_at(service, headers, address(&decision.id).trim_start_matches('/'), status, body))
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        let detail = refusal.to_string();
        match refusal {
            Refusal::Unclear { field, .. } => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "decision-refused", "The decision cannot be made", detail)
                    .at("parameter", field)
            }
            Refusal::Unknown(_) => Self::not_found(detail),
            Refusal::Decided(decision) => Self::new(StatusCode::CONFLICT, "conflict", "It was decided already", detail)
                .at("decision", json!(decision)),
            Refusal::Judged(decision) => Self::new(StatusCode::CONFLICT, "conflict", "It was decided already", detail)
                .at("decision", decision.id.as_str()),
            Refusal::Store(error) => error.into(),
        }
    }
}
