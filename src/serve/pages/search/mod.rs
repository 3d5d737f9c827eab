//! The page of a search: words, filters that can be put on and taken off, and what was found, by time and place.
//!
//! Its whole state is its address, which is read as the calls read theirs.

mod address;
mod facets;
mod hits;

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use oxigraph::model::NamedNode;

use self::{
    facets::{Choice, Chosen},
    hits::Shown,
};
use super::{
    bars::{self, Bars},
    home::{answer, lang_of},
    layout::{Page, render},
    map::{self, Map},
    reader::Reader,
    value::Link,
    words::words,
};
use crate::{
    ask::find::{Sort, search::Found},
    serve::{Service, find, problem::Problem},
};

pub(super) use address::Address;

#[derive(Template)]
#[template(path = "search.html")]
struct Search {
    page: Page,
    /// What the form holds.
    form: Form,
    /// How much was found, in words.
    total: String,
    nothing: bool,
    chosen: Vec<Chosen>,
    /// What the map and the timeline ask for: the same search, but for what they choose themselves.
    asked_of_map: String,
    asked_of_time: String,
    /// The same search without filters.
    without_filters: String,
    facets: Vec<facets::Shown>,
    bars: Option<Bars>,
    map: Option<Map>,
    hits: Vec<Shown>,
    also: Vec<Link>,
    sorts: Vec<Choice>,
    exports: Vec<Export>,
    graph: Option<String>,
    first: Option<String>,
    next: Option<String>,
}

/// What stands in the form, so that another search keeps it.
struct Form {
    words: String,
    from: String,
    to: String,
    /// The filters that the form has no field for.
    kept: Vec<(String, String)>,
}

/// What was found, in another syntax.
struct Export {
    name: &'static str,
    href: String,
}

/// How many of the things found the graph begins with.
const IN_GRAPH: usize = 8;

/// `GET /search`
pub async fn search(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, query.as_deref());
    let address = Address::read(query.as_deref().unwrap_or_default(), lang);
    let found = find::found(&service, &address.call(&[("top", facets::SHOWN)])).await?;
    let spots = find::spots(&service, &address.filters()).await?;
    let mut reader = Reader::new(&service, lang, Vec::new()).await?;
    let filters: BTreeSet<NamedNode> = address.things().map(|id| reader.iris().path(id)).collect();
    reader.name(filters).await?;
    let page = Page::new(lang, "search", words(lang).get("search.title")).keeping(address.pairs());
    Ok(answer(lang, render(&view(&reader, page, &address, &found, &spots))))
}

fn view(reader: &Reader<'_>, page: Page, address: &Address, found: &Found, spots: &serde_json::Value) -> Search {
    let total = u64::try_from(found.total).unwrap_or(u64::MAX);
    let years = found.facets.date.as_ref();
    let next = found.next.as_deref().map(|cursor| address.set("cursor", Some(cursor)).page());
    let in_graph: Vec<&str> =
        found.hits.iter().take(IN_GRAPH).filter_map(|hit| reader.iris().relative(&hit.id)).collect();
    Search {
        form: Form {
            words: address.get("q").unwrap_or_default().to_owned(),
            from: address.get("from").unwrap_or_default().to_owned(),
            to: address.get("to").unwrap_or_default().to_owned(),
            kept: address.besides(&["q", "from", "to", "cursor", "lang"]),
        },
        total: page.counted("search.found", total),
        nothing: found.total == 0,
        chosen: facets::chosen(reader, address),
        asked_of_map: address.set("polygon", None).filters(),
        asked_of_time: address.set("from", None).set("to", None).filters(),
        without_filters: address.only(&["q", "sort"]).page(),
        facets: facets::facets(reader, address, &found.facets),
        bars: years.and_then(|years| bars::found(reader.lang, years, address, true)),
        map: map::of_spots(reader, spots, |id| address.with("place", id).page()),
        hits: found.hits.iter().map(|hit| hits::shown(reader, hit)).collect(),
        also: found.also.iter().map(|thing| hits::link(reader, thing)).collect(),
        sorts: sorts(reader, address),
        exports: exports(address),
        graph: (!in_graph.is_empty()).then(|| super::graph::address(reader.lang, &in_graph)),
        first: address.get("cursor").map(|_| address.set("cursor", None).page()),
        next,
        page,
    }
}

/// The orders there are; that of the best match only where there are words.
fn sorts(reader: &Reader<'_>, address: &Address) -> Vec<Choice> {
    let has_words = address.get("q").is_some();
    let usual = if has_words { Sort::Relevance } else { Sort::Newest };
    let chosen = address.get("sort").unwrap_or(usual.name());
    let all = Sort::ALL.into_iter().filter(|sort| has_words || *sort != Sort::Relevance);
    all.map(|sort| {
        let key = format!("sort.{}", sort.name());
        let name = (sort != usual).then_some(sort.name());
        Choice::new(reader, &key, address.set("sort", name).page(), sort.name() == chosen)
    })
    .collect()
}

fn exports(address: &Address) -> Vec<Export> {
    let call =
        |name, format: &str| Export { name, href: format!("/api/search?{}", address.call(&[("format", format)])) };
    let own = |name, path: &str| Export { name, href: format!("{path}?{}", address.filters()) };
    vec![
        call("CSV", "csv"),
        call("JSON", "json"),
        call("Turtle", "ttl"),
        call("JSON-LD", "jsonld"),
        own("GeoJSON", "/api/geo"),
    ]
}
