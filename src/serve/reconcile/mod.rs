//! The Entity Reconciliation API: version 0.2, which OpenRefine speaks, at `/reconcile`, and the 1.0 draft at
//! `/reconcile/v1`.
//!
//! Both ask the same ([`reconcile`](crate::ask::reconcile)) and differ in syntax: [`asked`] reads what either sends,
//! [`answer`] writes what either expects, [`manifest`] says what can be asked.

mod answer;
mod asked;
mod manifest;

use std::sync::Arc;

use axum::{
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use self::{
    answer::Version,
    asked::{Asked, bad},
};
use super::{
    Service, description,
    lang::PageLang,
    pages,
    parameters::{expect_json, media_type, text, unsupported},
    problem::Problem,
};
use crate::ask::reconcile::{self, Ground, Query, Terms, extend, suggest};

/// What may frame a preview, and nothing else may do to it.
const PREVIEW_POLICY: &str =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *";

/// Where candidates are looked for.
pub(super) async fn ground(service: &Service) -> Result<Ground, Problem> {
    let archive = &service.archive;
    Ok(Ground {
        store: archive.store.clone(),
        ontology: Arc::clone(&archive.ontology),
        dictionary: archive.dictionary().await?,
        adjacency: archive.views.adjacency().await?,
        terms: Arc::new(Terms::of(&archive.ontology)),
    })
}

fn page_lang(headers: &HeaderMap, query: Option<&str>) -> PageLang {
    PageLang::choose(query, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// `GET /reconcile`: the manifest, or answers.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), None)?;
    old(&service, &headers, &asked, query.as_deref()).await
}

/// `POST /reconcile`: answers.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let given = media_type(&headers);
    if given.as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(unsupported(given.as_deref(), &["application/x-www-form-urlencoded"]));
    }
    let form = text(&headers, &body)?;
    let asked = Asked::read(query.as_deref(), Some(form))?;
    if asked.get("queries").is_none() && asked.get("extend").is_none() {
        return Err(bad("queries", "the form has neither `queries` nor `extend`"));
    }
    old(&service, &headers, &asked, query.as_deref()).await
}

/// Answers as version 0.2 has it.
async fn old(service: &Service, headers: &HeaderMap, asked: &Asked, query: Option<&str>) -> Result<Response, Problem> {
    let (lang, ground) = (page_lang(headers, query).lang(), ground(service).await?);
    let body = match (asked.get("queries"), asked.get("extend")) {
        (Some(_), Some(_)) => return Err(bad("extend", "`queries` and `extend` are given; expected one of them")),
        (Some(queries), None) => {
            let batch = asked::old_queries(&ground, queries)?;
            let mut results = Map::new();
            for (key, query) in batch {
                let found = reconcile::candidates(&ground, &query, &lang).await?;
                let found: Vec<Value> =
                    found.iter().map(|one| answer::candidate(&ground, Version::Old, one, &lang)).collect();
                results.insert(key, json!({ "result": found }));
            }
            results.into()
        }
        (None, Some(given)) => extended(&ground, Version::Old, given, &lang, "extend").await?,
        (None, None) => manifest::old(service, &description::here(service, headers), &lang, &ground),
    };
    asked.answer(&body)
}

async fn extended(
    ground: &Ground,
    version: Version,
    given: &str,
    lang: &crate::model::Lang,
    place: &'static str,
) -> Result<Value, Problem> {
    let (ids, columns) = asked::extension(ground, given, place)?;
    let rows = extend::rows(ground, &ids, &columns, lang).await?;
    Ok(answer::extension(ground, version, &ids, &columns, &rows, lang))
}

/// `GET /reconcile/properties` and `/reconcile/v1/extend/propose`
pub(super) async fn properties(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), None)?;
    let (lang, ground) = (page_lang(&headers, query.as_deref()).lang(), ground(&service).await?);
    let class = asked.class(&ground)?;
    let limit = asked.number("limit", 1, 1_000, 1_000)?;
    let found = suggest::properties(&ground, "", class.as_deref());
    let found: Vec<Value> =
        found.into_iter().take(limit).map(|property| answer::property(Version::New, property, &lang)).collect();
    let mut body = json!({ "properties": found, "limit": limit });
    if let Some(class) = class {
        body["type"] = class.into();
    }
    asked.answer(&body)
}

/// `GET /reconcile/suggest/{what}`, and the same under `/reconcile/v1`
pub(super) async fn suggest(
    State(service): State<Arc<Service>>,
    Path(what): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    if !["entity", "property", "type"].contains(&what.as_str()) {
        return Err(Problem::not_found(format!(
            "there are no suggestions of `{what}`: expected entity, property, type"
        )));
    }
    let asked = Asked::read(query.as_deref(), None)?;
    let (lang, ground) = (page_lang(&headers, query.as_deref()).lang(), ground(&service).await?);
    let prefix = asked.get("prefix").ok_or_else(|| bad("prefix", "`prefix` is missing: expected what was typed"))?;
    let (skip, limit) = (asked.number("cursor", 0, 10_000, 0)?, asked.number("limit", 1, 100, 10)?);
    let class = asked.class(&ground)?;
    let found: Vec<Value> = match what.as_str() {
        "entity" => suggest::entities(&ground, prefix, class.as_deref(), &lang, (skip, limit))
            .iter()
            .map(|shown| answer::entity(&ground, shown, &lang))
            .collect(),
        "type" => suggest::types(&ground, prefix)
            .skip(skip)
            .take(limit)
            .map(|class| answer::class(&ground, class, &lang))
            .collect(),
        _ => suggest::properties(&ground, prefix, class.as_deref())
            .into_iter()
            .skip(skip)
            .take(limit)
            .map(|property| answer::property(Version::New, property, &lang))
            .collect(),
    };
    asked.answer(&json!({ "result": found }))
}

/// `GET /reconcile/v1`
pub(super) async fn manifest(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), None)?;
    let (lang, ground) = (page_lang(&headers, query.as_deref()).lang(), ground(&service).await?);
    asked.answer(&manifest::new(&description::here(&service, &headers), &lang, &ground))
}

/// `POST /reconcile/v1/match`
pub(super) async fn matches(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let (asked, given) = json_body(&headers, query.as_deref(), &body)?;
    let (lang, ground) = (page_lang(&headers, query.as_deref()).lang(), ground(&service).await?);
    let batch: Vec<Query> = asked::new_queries(&ground, given)?;
    let mut results = Vec::new();
    for query in &batch {
        let found = reconcile::candidates(&ground, query, &lang).await?;
        let found: Vec<Value> = found.iter().map(|one| answer::candidate(&ground, Version::New, one, &lang)).collect();
        results.push(json!({ "candidates": found }));
    }
    asked.answer(&json!({ "results": results }))
}

/// `POST /reconcile/v1/extend`
pub(super) async fn extend(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let (asked, given) = json_body(&headers, query.as_deref(), &body)?;
    let (lang, ground) = (page_lang(&headers, query.as_deref()).lang(), ground(&service).await?);
    let body = extended(&ground, Version::New, given, &lang, "body").await?;
    asked.answer(&body)
}

fn json_body<'a>(headers: &HeaderMap, query: Option<&str>, body: &'a [u8]) -> Result<(Asked, &'a str), Problem> {
    expect_json(headers)?;
    Ok((Asked::read(query, None)?, text(headers, body)?))
}

/// `GET /reconcile/preview`, and the same under `/reconcile/v1`
pub(super) async fn preview(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), None)?;
    let (lang, ground) = (page_lang(&headers, query.as_deref()), ground(&service).await?);
    let id = asked.id(&ground)?;
    let both = PageLang::ALL.map(|lang| ground.shown(&id, &lang.lang()));
    let mut response = Html(pages::preview(&id, &both, lang)).into_response();
    let fields = response.headers_mut();
    fields.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(PREVIEW_POLICY));
    fields.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    Ok(response)
}

/// `GET /reconcile/view`: leads to the page of a thing, whose identifier clients escape.
pub(super) async fn view(State(service): State<Arc<Service>>, RawQuery(query): RawQuery) -> Result<Response, Problem> {
    let asked = Asked::read(query.as_deref(), None)?;
    let id = asked.id(&ground(&service).await?)?;
    Ok((StatusCode::SEE_OTHER, [(header::LOCATION, format!("/{id}"))]).into_response())
}
