//! The front page, and the page about the archive.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};
use oxigraph::model::NamedNode;

use super::{
    document,
    layout::{Page, render},
    reader::Reader,
    value::{Link, Phrase, When, kind_words},
    words::words,
};
use crate::{
    ask::{around, walk::kind_name},
    model::Kind,
    rdf::vocab::{dct, isn},
    serve::{Service, lang::PageLang, parameters::pairs, problem::Problem, saved},
    store::Error,
};

/// How many things of a kind one page lists.
const LISTED: usize = 100;

/// The kinds that can be listed, in the order they are shown.
const KINDS: [Kind; 6] = [Kind::Document, Kind::Event, Kind::Organization, Kind::Person, Kind::Place, Kind::Claim];

#[derive(Template)]
#[template(path = "home.html")]
struct Home {
    page: Page,
    shelves: Vec<Shelf>,
    kind: Kind,
    things: Vec<Entry>,
    shown_from: usize,
    shown_to: usize,
    total: u64,
    earlier: Option<String>,
    later: Option<String>,
    questions: usize,
}

/// A kind of thing, and how many there are.
#[derive(Clone, Debug)]
struct Shelf {
    href: String,
    label: &'static str,
    class: &'static str,
    count: u64,
    here: bool,
}

/// A thing in the list.
#[derive(Clone, Debug)]
struct Entry {
    link: Link,
    when: Option<When>,
    kind: Option<Phrase>,
    by: Vec<Link>,
}

#[derive(Template)]
#[template(path = "about.html")]
struct About {
    page: Page,
    base: String,
}

/// The language of a page.
pub(super) fn lang_of(headers: &HeaderMap, query: Option<&str>) -> PageLang {
    PageLang::choose(query, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// A page as an answer that depends on the language asked for.
pub(super) fn answer(lang: PageLang, page: String) -> Response {
    let mut response = Html(page).into_response();
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept-Language"));
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(lang.tag()));
    response
}

/// `GET /`: what there is; `?kind=event&from=100` lists other kinds and further things.
pub async fn home(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, query.as_deref());
    let given = pairs(query.as_deref().unwrap_or_default());
    let value = |wanted: &str| given.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str());
    let kind = value("kind").and_then(|name| KINDS.into_iter().find(|kind| kind_name(*kind) == name));
    let from: usize = value("from").and_then(|from| from.parse().ok()).unwrap_or(0);
    let page = page(&service, lang, kind.unwrap_or(Kind::Document), from).await?;
    Ok(answer(lang, render(&Home { page: page.page.clone().keeping(&given), ..page })))
}

async fn page(service: &Service, lang: PageLang, kind: Kind, from: usize) -> Result<Home, Error> {
    let store = &service.archive.store;
    let page = Page::new(lang, "home", words(lang).get("home.title"));
    let address = |kind: Kind, from: usize| {
        let start = if from == 0 { String::new() } else { format!("&from={from}") };
        format!("{}&kind={}{start}#things", page.to(""), kind_name(kind))
    };
    let mut shelves = Vec::new();
    for one in KINDS {
        shelves.push(Shelf {
            href: address(one, 0),
            label: words(lang).find(&format!("kinds.{}", kind_name(one))).unwrap_or_default(),
            class: kind_name(one),
            count: around::count(store, one).await?,
            here: one == kind,
        });
    }
    let total = shelves.iter().find(|shelf| shelf.here).map_or(0, |shelf| shelf.count);
    let things = entries(service, lang, kind, from).await?;
    let to = from + things.len();
    Ok(Home {
        shown_from: from + 1,
        shown_to: to,
        earlier: (from > 0).then(|| address(kind, from.saturating_sub(LISTED))),
        later: (u64::try_from(to).unwrap_or(u64::MAX) < total && !things.is_empty()).then(|| address(kind, to)),
        page,
        shelves,
        kind,
        things,
        total,
        questions: saved::all().len(),
    })
}

async fn entries(service: &Service, lang: PageLang, kind: Kind, from: usize) -> Result<Vec<Entry>, Error> {
    let things = around::some(&service.archive.store, kind, from, LISTED).await?;
    let mut reader = Reader::new(service, lang, Vec::new()).await?;
    let all: BTreeSet<NamedNode> = things.iter().cloned().collect();
    reader.name(all.clone()).await?;
    let described = [isn::DOC_TYPE, isn::ISSUED_BY, isn::EVENT_KIND, isn::ADMIN_LEVEL, isn::STATED_BY];
    let described = described.map(|local| reader.iris().term(local));
    reader.fetch(&all, &described).await?;
    document::dates(&mut reader, &all).await?;
    Ok(things.iter().map(|thing| entry(&reader, thing.as_str())).collect())
}

fn entry(reader: &Reader<'_>, iri: &str) -> Entry {
    let date = reader.text(iri, dct::ISSUED.as_str()).or_else(|| reader.text(iri, isn::DATE_TEXT));
    let kinds = [isn::DOC_TYPE, isn::EVENT_KIND, isn::ADMIN_LEVEL];
    let kind = kinds.into_iter().find_map(|predicate| reader.things(iri, predicate).into_iter().next());
    let by = [isn::ISSUED_BY, isn::STATED_BY].into_iter().flat_map(|predicate| reader.links(iri, predicate)).collect();
    Entry {
        link: reader.link(iri),
        when: date.map(|date| When::new(&date)),
        kind: kind.map(|concept| reader.label(concept.as_str())),
        by,
    }
}

/// `GET /about`
pub async fn about(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, query.as_deref());
    let page = Page::new(lang, "about", words(lang).get("about.title"));
    let base = service.archive.ontology.iris().base().to_owned();
    Ok(answer(lang, render(&About { page, base })))
}

impl Home {
    /// What a thing of the listed kind is called.
    fn kind_words(&self) -> &'static str {
        kind_words(self.page.lang, self.kind)
    }
}
