//! The page that stands in the place of a thing that was withdrawn.

use askama::Template;

use super::{
    layout::{Page, render, to},
    provenance::{Moment, moment},
    value::{Phrase, kind_words},
};
use crate::{
    ask::fate::Ending,
    export::tombstone,
    model::Id,
    serve::{Service, lang::PageLang},
};

#[derive(Template)]
#[template(path = "tombstone.html")]
struct Tombstone {
    page: Page,
    kind: &'static str,
    title: Phrase,
    iri: String,
    at: Option<Moment>,
    by: Option<String>,
    reason: Option<Phrase>,
    history: Option<String>,
}

/// The page of a thing that was withdrawn.
#[must_use]
pub fn tombstone(service: &Service, id: &Id, ending: &Ending, lang: PageLang) -> String {
    let iris = service.archive.store.iris();
    let title = Phrase::choose(lang, &ending.title).unwrap_or_else(|| Phrase::key(id.as_str()));
    let by = ending.by.as_ref().map(|by| iris.relative(by.as_str()).unwrap_or(by.as_str()).to_owned());
    let history = tombstone::history(ending).map(|query| match query.split_once('?') {
        Some((path, query)) => format!("{}&{query}", to(lang, path.trim_start_matches('/'))),
        None => query,
    });
    render(&Tombstone {
        page: Page::new(lang, "", title.text.clone()),
        kind: kind_words(lang, id.kind()),
        title,
        iri: iris.id(id).into_string(),
        at: ending.at.map(|at| moment(&at.to_string())),
        by,
        reason: Phrase::choose(lang, &ending.reason),
        history,
    })
}
