//! Looking for things, as calls: search, suggestions, timeline and map.
//!
//! The state of a search is all in its address. [`Asked`] reads it, for every call and every page in the same way.

mod export;
mod filters;
mod map;
mod search;
mod suggest;
mod timeline;

use super::{Service, parameters::pairs, problem::Problem};
use crate::{
    ask::find::{Filters, FindError, Place},
    views::text::Words,
};

pub(super) use {
    map::{geo, spots},
    search::{found, search},
    suggest::suggest,
    timeline::timeline,
};

/// The longest query string that is read, in bytes.
const LONGEST: usize = 16 * 1024;
/// The longest words that are looked for, in characters.
const LONGEST_WORDS: usize = 1000;
/// The most words that are looked for.
const MOST_WORDS: usize = 32;

/// What an address asks for: words and filters, and what the call takes besides.
#[derive(Debug, Default)]
struct Asked {
    words: Option<Words>,
    filters: Filters,
    /// The parameters that are the call's own, in order.
    own: Vec<(String, String)>,
}

impl Asked {
    /// Reads a query string; `own` are the parameters that the call takes besides `q` and the filters.
    fn read(service: &Service, query: Option<&str>, own: &[&str]) -> Result<Self, Problem> {
        let query = query.unwrap_or_default();
        short_enough(query)?;
        let mut asked = Self::default();
        let mut reader = filters::Reader::new(service);
        for (name, value) in pairs(query) {
            match name.as_str() {
                "q" if asked.words.is_some() => {
                    return Err(Problem::bad_request("`q` is given twice; expected one").at("parameter", "q"));
                }
                "q" => asked.words = Some(words(&value)?),
                _ if own.contains(&name.as_str()) => asked.own.push((name, value)),
                _ if reader.take(&name, &value)? => {}
                _ => {
                    let known: Vec<&str> = ["q"].iter().chain(filters::NAMES).chain(own).copied().collect();
                    let detail = format!("there is no parameter `{name}`: expected {}", known.join(", "));
                    return Err(Problem::bad_request(detail).at("parameter", name));
                }
            }
        }
        asked.filters = reader.done()?;
        Ok(asked)
    }
}

/// Refuses a query string before any work is done for it.
fn short_enough(query: &str) -> Result<(), Problem> {
    if query.len() <= LONGEST {
        return Ok(());
    }
    let detail = format!("the query string has {} bytes; expected {LONGEST} at most", query.len());
    Err(Problem::new(axum::http::StatusCode::URI_TOO_LONG, "uri-too-long", "The address is too long", detail))
}

fn words(value: &str) -> Result<Words, Problem> {
    let refuse = |detail: String| Problem::bad_request(detail).at("parameter", "q");
    if value.trim().is_empty() {
        return Err(refuse("`q` is empty: expected words to look for; leave it out to see everything".to_owned()));
    }
    if value.chars().count() > LONGEST_WORDS {
        return Err(refuse(format!("`q` is too long: expected {LONGEST_WORDS} characters at most")));
    }
    let words: Words = value.parse().map_err(|error: crate::views::text::WordsError| refuse(error.to_string()))?;
    match words.count() {
        0..=MOST_WORDS => Ok(words),
        count => Err(refuse(format!("`q` has {count} words and phrases; expected {MOST_WORDS} at most"))),
    }
}

/// A number between bounds.
fn number(name: &str, value: &str, within: std::ops::RangeInclusive<usize>) -> Result<usize, Problem> {
    value.parse().ok().filter(|number| within.contains(number)).ok_or_else(|| {
        let detail = format!("`{value}` is no value of `{name}`: expected {} to {}", within.start(), within.end());
        Problem::bad_request(detail).at("parameter", name)
    })
}

/// One of a few names.
fn one_of<T: Copy>(name: &str, value: &str, choices: impl Iterator<Item = (&'static str, T)>) -> Result<T, Problem> {
    let choices: Vec<_> = choices.collect();
    choices.iter().find(|(known, _)| *known == value).map(|(_, choice)| *choice).ok_or_else(|| {
        let known: Vec<&str> = choices.iter().map(|(known, _)| *known).collect();
        let detail = format!("`{value}` is no value of `{name}`: expected {}", known.join(", "));
        Problem::bad_request(detail).at("parameter", name)
    })
}

pub(super) fn place(service: &Service) -> Place<'_> {
    let archive = &service.archive;
    Place { store: &archive.store, views: &archive.views, ontology: &archive.ontology }
}

impl From<FindError> for Problem {
    fn from(error: FindError) -> Self {
        match error {
            FindError::Parameter { name, detail } => Self::bad_request(detail).at("parameter", name),
            FindError::Store(error) => error.into(),
        }
    }
}
