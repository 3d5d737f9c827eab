//! Who has written what, and when. What one person has written is shown to whoever holds a token.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, civil, tz::TimeZone};
use serde_json::{Value, json};

use super::{Service, auth, parameters::pairs, problem::Problem, tokens};
use crate::{
    ask::{audit, changes},
    model::Kind,
};

/// The most records of a page.
const MOST: u64 = 1_000;

/// `GET /api/audit?about=doc/x&by=NAME&from=DAY&to=DAY`: the records of the log, the latest first.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let store = &service.archive.store;
    let query = query.unwrap_or_default();
    let mut filter = audit::Filter { upto: store.last_change().await?, limit: 100, ..audit::Filter::default() };
    for (name, value) in pairs(&query) {
        let wrong = |detail: String| Problem::bad_request(detail).at("parameter", name.clone());
        match name.as_str() {
            "about" => {
                let id = store.iris().parse_id(&value).filter(|id| id.kind() == Kind::Document);
                filter.about =
                    Some(id.ok_or_else(|| {
                        wrong(format!("`{value}` is not a document: expected one such as doc/jim-4"))
                    })?);
            }
            "by" => {
                auth::caller(&service, &headers)?;
                filter.by = Some(tokens::agent(value.strip_prefix("agent/").unwrap_or(&value)));
            }
            "from" => {
                let from = moment(&value, false).ok_or_else(|| wrong(not_a_time(&value)))?;
                filter.after = filter.after.max(changes::number_before(store, from).await?);
            }
            "to" => {
                let to = moment(&value, true).ok_or_else(|| wrong(not_a_time(&value)))?;
                filter.upto = filter.upto.min(changes::number_before(store, to).await?);
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                filter.limit = limit
                    .ok_or_else(|| wrong(format!("`{value}` is not a number of records: expected 1 to {MOST}")))?;
            }
            "before" => {
                let before: Option<u64> = value.parse().ok();
                let before = before.ok_or_else(|| wrong(format!("`{value}` is not the number of a change")))?;
                filter.upto = filter.upto.min(before.saturating_sub(1));
            }
            _ => {
                let detail = format!("there is no parameter `{name}`: expected about, by, from, to, limit or before");
                return Err(wrong(detail));
            }
        }
    }
    let records = audit::records(store, &filter).await?;
    let shown: Vec<Value> = records
        .iter()
        .map(|record| {
            json!({
                "number": record.number,
                "graph": record.graph,
                "kind": record.kind,
                "at": record.at,
                "by": record.by,
                "digest": record.digest,
            })
        })
        .collect();
    let is_full = records.len() as u64 == filter.limit;
    let next = records.last().map(|last| last.number).filter(|last| is_full && *last > filter.after + 1);
    let mut response = Json(json!({ "records": shown, "next": next })).into_response();
    if let Some(next) = next {
        let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("before="));
        let before = format!("before={next}");
        let pairs: Vec<&str> = kept.chain([before.as_str()]).collect();
        if let Ok(link) = HeaderValue::try_from(format!("</api/audit?{}>; rel=\"next\"", pairs.join("&"))) {
            response.headers_mut().insert(header::LINK, link);
        }
    }
    Ok(response)
}

/// A moment, or the begin or the end of a day.
fn moment(text: &str, is_end: bool) -> Option<Timestamp> {
    if let Ok(at) = text.parse::<Timestamp>() {
        return Some(at);
    }
    let day: civil::Date = text.parse().ok()?;
    let day = if is_end { day.tomorrow().ok()? } else { day };
    Some(day.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp())
}

fn not_a_time(value: &str) -> String {
    format!("`{value}` is not a time: expected a day such as 2026-11-24, or a moment such as 2026-11-24T09:00:00Z")
}
