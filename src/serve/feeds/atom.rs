//! `GET /feed.atom`

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::Response,
};

use super::{Asked, broken, number, parameters};
use crate::{
    ask::changes::{self, Set, Span},
    export::feeds::atom::{self, Page},
    serve::{Service, lang::PageLang, pages, problem::Problem},
    store::ChangeKind,
};

const ATOM: &str = "application/atom+xml";

/// So many entries stand on a page.
const ENTRIES: usize = 50;

/// What has changed, the newest first; `?before=` begins with what was changed before the change of that number.
pub(in crate::serve) async fn get(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let [before, _] = parameters(query.as_deref(), ["before", "lang"])?;
    let before = number("before", before)?;
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang = PageLang::choose(query.as_deref(), accepted);
    let asked = Asked::new(&service, &headers, &uri, &format!("{ATOM};{}", lang.tag())).await?;
    if let Some(known) = asked.known(&headers) {
        return Ok(known);
    }
    let store = &service.archive.store;
    let upto = before.map_or(asked.last, |before| asked.last.min(before - 1));
    let items = changes::last(store, &Set::All, Span { after: 0, upto }, ENTRIES).await?;
    let next = if items.len() < ENTRIES { None } else { items.last().map(|item| item.number) };
    let contents = changes::contents(store, items).await?;
    let ontology = &service.archive.ontology;
    let summary = |kind: ChangeKind| {
        let label = ontology.label(&format!("vocab/change-kind/{}", kind.term()));
        label.and_then(|label| label.get(&lang.lang())).cloned().unwrap_or_else(|| kind.term().to_owned())
    };
    let updated = asked.updated();
    let title = pages::feed_title(lang);
    let page = Page { lang: lang.tag(), title, before, next, updated };
    let body = atom::write(asked.place(&service), page, &contents, summary).map_err(|error| broken(&error))?;
    let mut response = asked.answer(ATOM, body);
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Accept-Language"));
    Ok(response)
}
