//! `GET /api/search`: documents, entities, claims and texts, with facets.

use std::sync::Arc;

use axum::{
    Json,
    extract::{OriginalUri, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{Asked, export, number, one_of, place};
use crate::{
    ask::find::{
        Cursor, Sort,
        facets::{Wanted, name},
        search::{Find, Found},
    },
    serve::{Service, lang::PageLang, negotiate, pages, parameters::set_once, problem::Problem},
    views::columns::{Facet, NOT_ASSESSED},
};

/// The parameters that are its own.
const OWN: [&str; 7] = ["sort", "cursor", "limit", "facets", "top", "format", "words"];
/// How many hits there are on a page where the caller does not say, and how many there may be.
const HITS: usize = 20;
const MOST_HITS: usize = 1000;
/// How many values of a facet are told.
const TOP: usize = 20;
const MOST_TOP: usize = 1000;

/// Answers a search in the syntax that is wanted.
pub(in crate::serve) async fn search(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let (find, format, lang) = read(&service, &headers, query.as_deref())?;
    let found = crate::ask::find::search::search(place(&service), find).await?;
    let next = found.next.as_ref().map(|cursor| next(uri.path(), query.as_deref().unwrap_or_default(), cursor));
    let total = found.total;
    let mut response = match format {
        export::Format::Json => Json(shown(&found, next.as_deref())).into_response(),
        other => export::export(&service, &found, other, lang).await?,
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Accept-Encoding"));
    headers.insert(HeaderName::from_static("x-total-count"), HeaderValue::from(total));
    if let Some(link) = next.and_then(|next| HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).ok()) {
        headers.insert(header::LINK, link);
    }
    Ok(response)
}

/// What a page shows of a search. It takes the parameters of the call; what it gives is always whole.
pub(in crate::serve) async fn found(service: &Service, query: &str) -> Result<Found, Problem> {
    let (find, ..) = read(service, &HeaderMap::new(), Some(query))?;
    Ok(crate::ask::find::search::search(place(service), find).await?)
}

fn read(
    service: &Service,
    headers: &HeaderMap,
    query: Option<&str>,
) -> Result<(Find, export::Format, PageLang), Problem> {
    let Asked { words, filters, own } = Asked::read(service, query, &OWN)?;
    let [mut sort, mut cursor, mut limit, mut facets, mut top, mut words_in, mut format] = [const { None }; 7];
    for (name, value) in own {
        let place = match name.as_str() {
            "sort" => &mut sort,
            "cursor" => &mut cursor,
            "limit" => &mut limit,
            "facets" => &mut facets,
            "top" => &mut top,
            "words" => &mut words_in,
            _ => &mut format,
        };
        set_once(place, &name, value)?;
    }
    let accept = negotiate::accept(headers);
    let format = export::Format::choose(format.as_deref(), accept.as_deref())?;
    let usual = if words.is_some() { Sort::Relevance } else { Sort::Newest };
    let names = || Sort::ALL.into_iter().map(|sort| (sort.name(), sort));
    let sort = sort.map_or(Ok(usual), |value| one_of("sort", &value, names()))?;
    if sort == Sort::Relevance && words.is_none() {
        let detail = "`sort=relevance` needs words in `q`: expected newest, oldest, title or title-ar";
        return Err(Problem::bad_request(detail).at("parameter", "sort"));
    }
    let cursor = cursor
        .map(|cursor| Cursor::parse(&cursor, sort))
        .transpose()
        .map_err(|error| Problem::bad_request(format!("`cursor` cannot be used: {error}")).at("parameter", "cursor"))?;
    let limit = limit.map_or(Ok(HITS), |value| number("limit", &value, 1..=MOST_HITS))?;
    if limit > format.most() {
        let detail =
            format!("descriptions can be had of {} things at a time; ask for the rest by `cursor`", format.most());
        return Err(Problem::bad_request(detail).at("parameter", "limit"));
    }
    let top = top.map_or(Ok(TOP), |value| number("top", &value, 1..=MOST_TOP))?;
    let facets = if format == export::Format::Json { wanted(facets.as_deref(), top)? } else { Wanted::NONE };
    // The language of references; `lang` is that of what is looked for.
    let langs = || PageLang::ALL.into_iter().map(|lang| (lang.tag(), lang));
    let accepted = headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
    let lang =
        words_in.map_or_else(|| Ok(PageLang::choose(None, accepted)), |value| one_of("words", &value, langs()))?;
    Ok((Find { words, filters, sort, cursor, limit, facets }, format, lang))
}

/// The facets that are named, all where nothing is said, none where nothing is named.
fn wanted(facets: Option<&str>, top: usize) -> Result<Wanted, Problem> {
    let Some(names) = facets else { return Ok(Wanted { facets: Facet::ALL.to_vec(), date: true, top }) };
    let mut wanted = Wanted { top, ..Wanted::NONE };
    for given in names.split(',').map(str::trim).filter(|name| !name.is_empty()) {
        let choices = Facet::ALL.into_iter().map(|facet| (name(facet), Some(facet))).chain([("date", None)]);
        match one_of("facets", given, choices)? {
            Some(facet) if wanted.facets.contains(&facet) => {}
            Some(facet) => wanted.facets.push(facet),
            None => wanted.date = true,
        }
    }
    Ok(wanted)
}

/// The address of the next page.
fn next(path: &str, query: &str, cursor: &str) -> String {
    let kept: Vec<&str> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("cursor=")).collect();
    let kept = kept.iter().fold(String::new(), |all, pair| format!("{all}{pair}&"));
    format!("{path}?{kept}cursor={cursor}")
}

/// The answer as JSON; what only pages have words for is called by them.
fn shown(found: &Found, next: Option<&str>) -> Value {
    let mut shown = serde_json::to_value(found).unwrap_or_default();
    for facet in ["lang", "reliability"] {
        let values = shown.pointer_mut(&format!("/facets/{facet}/values")).and_then(Value::as_array_mut);
        for value in values.into_iter().flatten() {
            let term = value["value"].as_str().unwrap_or_default().to_owned();
            let term = term.as_str();
            if facet == "lang" {
                value["label"] = json!(
                    pages::word_in_each(&format!("language.{term}")).unwrap_or([("en", term), ("ar", term)].into())
                );
            } else if term == NOT_ASSESSED {
                value["label"] = json!(pages::word_in_each("reliability.not-assessed"));
            }
        }
    }
    shown["next"] = next.map_or(Value::Null, Value::from);
    shown
}
