//! What search engines read first.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, RawQuery, State},
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};

use super::{Asked, XML, broken, no_such, number, parameters};
use crate::{
    ask::changes::{self, Set},
    export::feeds::{PART, part, parts, sitemap},
    serve::{Service, description, problem::Problem},
};

/// `GET /robots.txt`
pub(in crate::serve) async fn robots(State(service): State<Arc<Service>>, headers: HeaderMap) -> Response {
    let here = description::here(&service, &headers);
    let text = format!("User-agent: *\nDisallow: /api/\nDisallow: /sparql\n\nSitemap: {here}sitemap.xml\n");
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// `GET /sitemap.xml`: its parts; a part with `?part=`.
pub(in crate::serve) async fn get(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let [wanted] = parameters(query.as_deref(), ["part"])?;
    let asked = Asked::new(&service, &headers, &uri, XML).await?;
    if let Some(known) = asked.known(&headers) {
        return Ok(known);
    }
    let (place, numbers) = (asked.place(&service), parts(PART, asked.last));
    let body = match number("part", wanted)? {
        None => sitemap::index(place, numbers),
        Some(number) => {
            let span = part(number, PART, asked.last).ok_or_else(|| no_such("part", number, *numbers.end()))?;
            let items = changes::within(&service.archive.store, &Set::Documents, span).await?;
            sitemap::write(place, &items)
        }
    };
    Ok(asked.answer(XML, body.map_err(|error| broken(&error))?))
}
