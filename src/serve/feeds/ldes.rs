//! `GET /ldes` and its pages.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, Path, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};

use super::{Asked, broken, no_such};
use crate::{
    ask::changes::{self, Set},
    export::feeds::{ldes, part, parts},
    rdf::GraphFormat,
    serve::{Service, negotiate, problem::Problem},
};

/// A full page gets no new member. A week, not for ever: what is withdrawn is not to stay in the caches of others.
const IMMUTABLE: &str = "public, max-age=604800, immutable";

/// The stream and its view.
pub(in crate::serve) async fn view(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (format, asked) = asked(&service, &headers, &uri).await?;
    if let Some(known) = asked.known(&headers) {
        return Ok(known);
    }
    let numbers = parts(ldes::PAGE, asked.last);
    let ends: Vec<u64> =
        numbers.clone().flat_map(|number| [(number - 1) * ldes::PAGE + 1, number * ldes::PAGE]).collect();
    let times = changes::times_of(&service.archive.store, &ends).await?;
    let time = |number: u64| times.get(&number).copied();
    let pages: Vec<ldes::Reach> =
        numbers.map(|number| (number, time((number - 1) * ldes::PAGE + 1), time(number * ldes::PAGE))).collect();
    let body = ldes::view(asked.place(&service), &service.json_ld, format, &pages).map_err(|error| broken(&error))?;
    Ok(asked.answer(format.media_type(), body))
}

/// `GET /ldes/{page}`, counted from 1.
pub(in crate::serve) async fn page(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    Path(page): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (format, asked) = asked(&service, &headers, &uri).await?;
    let last = *parts(ldes::PAGE, asked.last).end();
    let found = page.parse().ok().and_then(|number| Some((number, part(number, ldes::PAGE, asked.last)?)));
    let (number, span) = found.ok_or_else(|| no_such("page", &page, last))?;
    if let Some(known) = asked.known(&headers) {
        return Ok(known);
    }
    let store = &service.archive.store;
    let members = changes::contents(store, changes::within(store, &Set::All, span).await?).await?;
    let body =
        ldes::page(asked.place(&service), &service.json_ld, format, number, members).map_err(|error| broken(&error))?;
    let mut response = asked.answer(format.media_type(), body);
    if span.upto - span.after == ldes::PAGE {
        response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(IMMUTABLE));
    }
    Ok(response)
}

async fn asked(service: &Service, headers: &HeaderMap, uri: &Uri) -> Result<(GraphFormat, Asked), Problem> {
    let offered = ldes::FORMATS.map(GraphFormat::media_type);
    let chosen = negotiate::choose(negotiate::accept(headers).as_deref(), &offered);
    let format = chosen.map(|index| ldes::FORMATS[index]).ok_or_else(|| {
        let detail = format!("the stream needs a syntax that keeps the names of graphs: {}", offered.join(", "));
        Problem::not_acceptable(detail, offered.to_vec())
    })?;
    Ok((format, Asked::new(service, headers, uri, format.media_type()).await?))
}
