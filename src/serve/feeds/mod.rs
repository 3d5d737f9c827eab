//! The feeds of what has changed, each in the words of its protocol.
//!
//! What an answer holds depends on the number of the last change and on the address by which it is asked, so its
//! entity tag is made of both, and its date is that of the last change.

mod atom;
mod ldes;
mod oai;
mod resourcesync;
mod sitemap;

use axum::{
    http::{HeaderMap, HeaderValue, Uri, header},
    response::{IntoResponse, Response},
};
use jiff::{Timestamp, fmt::rfc2822};

use super::{
    Service, conditional, description,
    parameters::{pairs, set_once},
    problem::Problem,
};
use crate::{ask::changes, export::feeds::Place};

pub(super) use atom::get as atom;
pub(super) use ldes::{page as ldes_page, view as ldes};
pub(super) use oai::{get as oai, post as oai_form};
pub(super) use resourcesync::{bytes as resource, description as resourcesync, file as resourcesync_file};
pub(super) use sitemap::{get as sitemap, robots};

/// The media type of lists without one of their own.
const XML: &str = "application/xml";

/// A request, held against the log.
struct Asked {
    /// The address by which the service was reached.
    here: String,
    /// The number of the last change.
    last: u64,
    /// When it was made.
    at: Option<Timestamp>,
    tag: String,
}

impl Asked {
    async fn new(service: &Service, headers: &HeaderMap, uri: &Uri, media_type: &str) -> Result<Self, Problem> {
        let store = &service.archive.store;
        let here = description::here(service, headers);
        let tag = conditional::graph_tag(store, &format!("{here} {uri}"), media_type).await?;
        let last = store.last_change().await?;
        Ok(Self { at: changes::time_of(store, last).await?, here, last, tag })
    }

    fn place<'a>(&'a self, service: &'a Service) -> Place<'a> {
        Place { here: &self.here, iris: service.archive.store.iris() }
    }

    /// When anything was changed last.
    fn updated(&self) -> Timestamp {
        self.at.unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// The answer for a client that has what it asks for.
    fn known(&self, headers: &HeaderMap) -> Option<Response> {
        let since = || headers.get(header::IF_MODIFIED_SINCE)?.to_str().ok();
        let is_unchanged = if headers.contains_key(header::IF_NONE_MATCH) {
            conditional::is_known(headers, &self.tag)
        } else {
            // A second has room for two changes: only what is older than the second is surely the same.
            since().and_then(moment).zip(self.at).is_some_and(|(since, at)| at < since)
        };
        is_unchanged.then(|| self.date(conditional::not_modified(&self.tag)))
    }

    fn answer(&self, media_type: &'static str, body: Vec<u8>) -> Response {
        let mut response = body.into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
        headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
        conditional::tag(headers, &self.tag);
        self.date(response)
    }

    fn date(&self, mut response: Response) -> Response {
        let date = self.at.map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
        if let Some(value) = date.and_then(|date| HeaderValue::try_from(date).ok()) {
            response.headers_mut().insert(header::LAST_MODIFIED, value);
        }
        response
    }
}

/// A date as HTTP writes it.
fn moment(text: &str) -> Option<Timestamp> {
    rfc2822::DateTimeParser::new().parse_timestamp(text).ok()
}

/// The parameters of a feed, each once; no others are known.
fn parameters<const N: usize>(query: Option<&str>, names: [&str; N]) -> Result<[Option<String>; N], Problem> {
    let mut values = [const { None }; N];
    for (name, value) in pairs(query.unwrap_or_default()) {
        let Some(place) = names.iter().position(|known| *known == name) else {
            let detail = format!("there is no parameter `{name}`; expected {}", names.join(", "));
            return Err(Problem::bad_request(detail).at("parameter", name));
        };
        set_once(&mut values[place], &name, value)?;
    }
    Ok(values)
}

/// A number that a parameter gives, counted from 1.
fn number(name: &str, value: Option<String>) -> Result<Option<u64>, Problem> {
    let Some(value) = value else { return Ok(None) };
    let number = value.parse().ok().filter(|number| *number > 0);
    number.map(Some).ok_or_else(|| {
        Problem::bad_request(format!("`{value}` is not a number from 1 on")).at("parameter", name.to_owned())
    })
}

/// There is no such part or page.
fn no_such(what: &str, number: impl std::fmt::Display, last: u64) -> Problem {
    Problem::not_found(format!("there is no {what} {number}; the last is {last}"))
}

/// What could not be written.
fn broken(error: &std::io::Error) -> Problem {
    Problem::internal(error)
}
