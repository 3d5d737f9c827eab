//! The parts of the desk beside the queue: the inbox, an assessment, a new document, and texts that seem to come again.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use oxigraph::model::NamedNode;

use super::{Desk, desk};
use crate::{
    ask::resemblances::{self as noticed, Filter},
    model::Verdict,
    review,
    serve::{
        Service,
        pages::{
            home::{answer, lang_of},
            layout::{Page, render},
            reader::Reader,
            value::{Link, Phrase, Value},
        },
        parameters::pairs,
        problem::Problem,
    },
};

/// So many resemblances are listed.
const LISTED: usize = 100;

#[derive(Template)]
#[template(path = "desk/comments.html")]
struct Inbox {
    page: Page,
    desk: Desk,
}

/// `GET /review/comments`: what readers have sent, which only a script with a token gets to see.
pub async fn comments(headers: HeaderMap, RawQuery(asked): RawQuery) -> Response {
    let lang = lang_of(&headers, asked.as_deref());
    let (page, desk) = desk(lang, "comments", &[]);
    answer(lang, render(&Inbox { page, desk }))
}

#[derive(Template)]
#[template(path = "desk/assess.html")]
struct Assess {
    page: Page,
    desk: Desk,
    about: Option<(String, Value)>,
    scales: Vec<Scale>,
}

/// A scale with its values.
struct Scale {
    name: String,
    label: Phrase,
    values: Vec<(String, Phrase)>,
}

/// `GET /review/assess?about=doc/x`
pub async fn assess(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, asked.as_deref());
    let given = pairs(asked.as_deref().unwrap_or_default());
    let about = given.into_iter().find(|(name, value)| name == "about" && !value.trim().is_empty());
    let kept: Vec<(String, String)> = about.iter().cloned().collect();
    let mut reader = Reader::new(&service, lang, Vec::new()).await?;
    let about = match about {
        Some((_, value)) => Some(known(&service, &mut reader, value.trim()).await?),
        None => None,
    };
    let (page, desk) = desk(lang, "assess", &kept);
    Ok(answer(lang, render(&Assess { page, desk, about, scales: scales(&reader) })))
}

/// What is to be assessed, with its name.
async fn known(service: &Service, reader: &mut Reader<'_>, given: &str) -> Result<(String, Value), Problem> {
    let store = &service.archive.store;
    let about = store.iris().parse_id(given).ok_or_else(|| {
        Problem::bad_request(format!("`{given}` is not an identifier such as doc/jim-4 or claim/x"))
            .at("parameter", "about")
    })?;
    review::standing_of(store, &about).await?;
    let iri = reader.iris().id(&about);
    reader.name([iri.clone(), reader.iris().path(about.whole())].into()).await?;
    Ok((about.to_string(), Value::Link(reader.link(iri.as_str()))))
}

/// The scales, the archive's own first.
fn scales(reader: &Reader<'_>) -> Vec<Scale> {
    let ontology = &reader.service.archive.ontology;
    let mut scales: Vec<Scale> = ontology
        .scales()
        .iter()
        .map(|name| {
            let terms = ontology.concepts().get(name).into_iter().flatten();
            let label = |term: &String| reader.label(reader.iris().concept(name, term).as_str());
            Scale {
                name: name.clone(),
                label: reader.label(reader.iris().path(&format!("vocab/{name}")).as_str()),
                values: terms.map(|(term, _)| (term.clone(), label(term))).collect(),
            }
        })
        .collect();
    scales.sort_by_key(|scale| scale.name != "reliability");
    scales
}

#[derive(Template)]
#[template(path = "desk/add.html")]
struct Add {
    page: Page,
    desk: Desk,
}

/// `GET /review/add`
pub async fn add(headers: HeaderMap, RawQuery(asked): RawQuery) -> Response {
    let lang = lang_of(&headers, asked.as_deref());
    let (page, desk) = desk(lang, "add", &[]);
    answer(lang, render(&Add { page, desk }))
}

#[derive(Template)]
#[template(path = "desk/resemblances.html")]
struct Resemblances {
    page: Page,
    desk: Desk,
    pairs: Vec<Pair>,
}

/// Two documents that seem to be one, or a text and its translation.
struct Pair {
    /// The identifiers of both.
    ids: [String; 2],
    one: Link,
    other: Link,
    kind: Phrase,
    share: String,
}

/// `GET /review/resemblances`
pub async fn resemblances(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, asked.as_deref());
    let waiting = Filter { limit: LISTED, state: Some(Verdict::Proposed), ..Filter::default() };
    let found = noticed::find(&service.archive.store, &waiting).await?;
    let mut reader = Reader::new(&service, lang, Vec::new()).await?;
    let iris = reader.iris();
    let documents: BTreeSet<NamedNode> =
        found.iter().flat_map(|pair| [&pair.document, &pair.resembles]).map(|id| iris.id(id)).collect();
    reader.name(documents).await?;
    let pair = |pair: &noticed::Proposal| Pair {
        ids: [&pair.document, &pair.resembles].map(ToString::to_string),
        one: reader.link(iris.id(&pair.document).as_str()),
        other: reader.link(iris.id(&pair.resembles).as_str()),
        kind: reader.label(iris.concept("resemblance", &pair.kind).as_str()),
        share: format!("{:.0}", 100.0 * pair.share),
    };
    let pairs = found.iter().map(pair).collect();
    let (page, desk) = desk(lang, "resemblances", &[]);
    Ok(answer(lang, render(&Resemblances { page, desk, pairs })))
}
