//! Triple Pattern Fragments: `GET /fragments?subject=&predicate=&object=&page=`.
//!
//! The triples of a page, how many there are in all, and the hypermedia controls by which a client asks for others
//! (Hydra), in a graph of their own where the syntax has graphs.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};

use super::{
    Service, conditional, description, negotiate,
    parameters::{pairs, set_once},
    problem::Problem,
};
use crate::{
    ask::fragments::{self, Pattern, Slot, TermError},
    export::fragments::Addresses,
    rdf::{GraphFormat, write},
};

/// The syntaxes, the preferred first: those that keep the controls apart from the data.
const FORMATS: [GraphFormat; 6] = [
    GraphFormat::TriG,
    GraphFormat::NQuads,
    GraphFormat::Turtle,
    GraphFormat::JsonLd,
    GraphFormat::NTriples,
    GraphFormat::RdfXml,
];

/// What is asked for.
struct Asked {
    pattern: Pattern,
    page: u64,
    /// The terms as they were given, by the names of their parameters.
    given: Vec<(String, String)>,
}

/// `GET /fragments`
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let query = query.unwrap_or_default();
    let asked = Asked::read(&query)?;
    let offered = FORMATS.map(GraphFormat::media_type);
    let chosen = negotiate::choose(negotiate::accept(&headers).as_deref(), &offered);
    let format = chosen.map(|index| FORMATS[index]).ok_or_else(|| {
        Problem::not_acceptable(format!("a fragment can be had as {}", offered.join(", ")), offered.to_vec())
    })?;
    let store = &service.archive.store;
    let addresses = Addresses::of(&description::here(&service, &headers), &query, &asked.given);
    let tag = conditional::graph_tag(store, addresses.page(), format.media_type()).await?;
    if conditional::is_known(&headers, &tag) {
        return Ok(conditional::not_modified(&tag));
    }
    let found = fragments::fragment(store, &asked.pattern, asked.page).await?.ok_or_else(|| {
        Problem::not_found(format!("page {} is beyond the end of this fragment", asked.page)).at("parameter", "page")
    })?;
    let mut quads = addresses.controls(&found, asked.page);
    quads.extend(found.triples);
    let bytes =
        write::quads(store.iris(), &service.json_ld, format, &quads).map_err(|error| Problem::internal(&error))?;
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    conditional::tag(headers, &tag);
    Ok(response)
}

impl Asked {
    fn read(query: &str) -> Result<Self, Problem> {
        let (mut subject, mut predicate, mut object, mut page) = (None, None, None, None);
        for (name, value) in pairs(query) {
            let place = match name.as_str() {
                "subject" => &mut subject,
                "predicate" => &mut predicate,
                "object" => &mut object,
                "page" => &mut page,
                _ => {
                    let detail = format!("there is no parameter `{name}`: expected subject, predicate, object, page");
                    return Err(Problem::bad_request(detail).at("parameter", name));
                }
            };
            set_once(place, &name, value)?;
        }
        let bad =
            |name: &'static str| move |error: TermError| Problem::bad_request(error.to_string()).at("parameter", name);
        let text = |given: &Option<String>| given.clone().unwrap_or_default();
        let pattern = Pattern {
            subject: Slot::iri(&text(&subject)).map_err(bad("subject"))?,
            predicate: Slot::iri(&text(&predicate)).map_err(bad("predicate"))?,
            object: text(&object).parse().map_err(bad("object"))?,
        };
        let number = page.map_or(Ok(1), |page| {
            page.parse::<u64>().ok().filter(|page| *page > 0).ok_or_else(|| {
                Problem::bad_request(format!("`{page}` is not a page: expected a number from 1"))
                    .at("parameter", "page")
            })
        })?;
        let named = [("subject", subject), ("predicate", predicate), ("object", object)];
        let given = named.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
        Ok(Self { pattern, page: number, given })
    }
}
