//! Short addresses for queries, which anybody may have made: long ones break on their way to others.
//!
//! A query is kept under the beginning of its digest; the same query always has the same address, which answers as
//! `/sparql` does: with a page, or with data in the syntax that is wanted.

use std::{sync::Arc, time::Instant};

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{Extensions, HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;

use super::{
    Service, auth,
    created::found_at,
    description,
    parameters::{Request, media_type, pairs, text, unsupported},
    problem::Problem,
    sparql,
    visitors::{self, Sent},
};
use crate::ask::{self, links};

/// The most bytes of a query with a short address.
const LONGEST: usize = 16 << 10;

/// So many are kept at most.
const MOST: u64 = 20_000;

/// `POST /api/links`, with the query itself or a form: the short address of a query.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let query = given(&headers, &body)?;
    let (short, is_new) = link(&service, &extensions, &headers, &query).await?;
    let path = format!("q/{short}");
    let address = format!("{}{path}", description::here(&service, &headers));
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    let answer = json!({ "id": short, "href": format!("/{path}"), "address": address });
    Ok(found_at(&service, &headers, &path, status, answer))
}

/// `POST /q`: the form of the query page, which goes on to the short address.
pub(super) async fn send(
    State(service): State<Arc<Service>>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let query = given(&headers, &body)?;
    let (short, _) = link(&service, &extensions, &headers, &query).await?;
    let lang = pairs(text(&headers, &body)?).into_iter().find(|(name, _)| name == "lang");
    let lang = lang.filter(|(_, tag)| tag.bytes().all(|byte| byte.is_ascii_alphabetic()));
    let lang = lang.map(|(_, tag)| format!("?lang={tag}")).unwrap_or_default();
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, format!("/q/{short}{lang}"))]).into_response())
}

/// `GET /q/{short}`: the answer of the query, as `/sparql` gives it.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    Path(short): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let found = links::query(&service.archive.private, &short).await?;
    let text = found.ok_or_else(|| Problem::not_found(format!("no query has the short address /q/{short}")))?;
    let given: Vec<(String, String)> =
        pairs(query.as_deref().unwrap_or_default()).into_iter().filter(|(name, _)| name != "query").collect();
    let mut request = Request::default();
    request.take(given.iter().cloned())?;
    request.query = Some(text);
    sparql::page_or_answer(&service, &headers, request, &given, &format!("/q/{short}")).await
}

/// The query that a request brings; the lines of a form end as lines of a file do.
fn given(headers: &HeaderMap, body: &Bytes) -> Result<String, Problem> {
    let query = match media_type(headers).as_deref() {
        Some("application/sparql-query") => Some(text(headers, body)?.to_owned()),
        Some("application/x-www-form-urlencoded") => {
            pairs(text(headers, body)?).into_iter().find(|(name, _)| name == "query").map(|(_, query)| query)
        }
        other => return Err(unsupported(other, &["application/sparql-query", "application/x-www-form-urlencoded"])),
    };
    let query = query.unwrap_or_default().replace("\r\n", "\n");
    if query.len() > LONGEST {
        let detail = format!("the query has {} bytes; expected {LONGEST} at most", query.len());
        return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The query is too long", detail));
    }
    Ok(query)
}

/// The short name of a query, and whether it was given just now.
async fn link(
    service: &Service,
    extensions: &Extensions,
    headers: &HeaderMap,
    query: &str,
) -> Result<(String, bool), Problem> {
    // Only what can be asked is kept.
    ask::sparql::form(&service.archive.store, query)?;
    if let Some(short) = service.archive.link_of(query).await? {
        return Ok((short, false));
    }
    auth::is_open(service)?;
    service.visitors.admit(Sent::Link, visitors::address(extensions, headers), Instant::now()).map_err(|wait| {
        let detail =
            "so many short addresses are not made at once, for one or for all together; ask for it again later";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many short addresses", detail);
        Problem { retry_after: Some(u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX)), ..problem }
    })?;
    if links::count(&service.archive.private).await? >= MOST {
        let detail = format!("{MOST} queries have a short address, and no more are kept; use the long one");
        return Err(Problem::new(StatusCode::INSUFFICIENT_STORAGE, "links-full", "No more short addresses", detail));
    }
    Ok((service.archive.link(query).await?, true))
}
