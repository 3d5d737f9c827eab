//! Asking in SPARQL from a page: the form, and the answer as a table under it.

use std::{collections::BTreeMap, time::Instant};

use askama::Template;

use super::{
    answers::{self, Table},
    layout::{Page, encode, render},
    words::words,
};
use crate::{
    rdf::{SolutionsFormat, prefixes},
    serve::{Service, lang::PageLang},
    store::{Dataset, Error, Limits},
};

/// What the form shows before anything was asked.
const EXAMPLE: &str = include_str!("templates/example.rq");

#[derive(Template)]
#[template(path = "query.html")]
struct QueryPage {
    page: Page,
    query: String,
    formats: Vec<Format>,
    table: Option<Table>,
    milliseconds: u128,
    shown: usize,
    /// What the editor needs: its words, and the prefixes that need not be declared.
    words: String,
    prefixes: String,
}

/// A syntax the answer can be had in.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub name: &'static str,
    /// The value of the parameter `format`.
    pub key: String,
    pub href: String,
}

/// The syntaxes of an answer at an address that already has a query.
pub(super) fn formats(address: &str) -> Vec<Format> {
    let format = |format: SolutionsFormat| {
        let key = format.name().to_ascii_lowercase();
        Format { name: format.name(), href: format!("{address}&format={key}"), key }
    };
    SolutionsFormat::ALL.into_iter().map(format).collect()
}

/// The form, with an example.
#[must_use]
pub fn query_form(lang: PageLang) -> String {
    let page = page(lang, None);
    render(&QueryPage {
        page,
        query: EXAMPLE.trim().to_owned(),
        formats: formats("/sparql?"),
        table: None,
        milliseconds: 0,
        shown: answers::ROWS,
        words: words(lang).under("web.editor."),
        prefixes: known_prefixes(),
    })
}

/// The prefixes that need not be declared, as JSON.
fn known_prefixes() -> String {
    let known: BTreeMap<&str, &str> = prefixes().iter().copied().collect();
    serde_json::to_string(&known).unwrap_or_default()
}

/// The form with a query, and the first rows of its answer.
pub async fn results(
    service: &Service,
    query: &str,
    dataset: Dataset,
    limits: Limits,
    lang: PageLang,
) -> Result<String, Error> {
    let start = Instant::now();
    let table = answers::ask(service, lang, query, dataset, limits).await?;
    let formats = formats(&format!("/sparql?query={}", encode(query)));
    Ok(render(&QueryPage {
        page: page(lang, Some(query)),
        query: query.to_owned(),
        formats,
        table: Some(table),
        milliseconds: start.elapsed().as_millis(),
        shown: answers::ROWS,
        words: words(lang).under("web.editor."),
        prefixes: known_prefixes(),
    }))
}

fn page(lang: PageLang, query: Option<&str>) -> Page {
    let page = Page::new(lang, "sparql", "");
    let title = page.say("query.title").to_owned();
    let page = Page { title, ..page };
    match query {
        Some(query) => page.keeping(&[("query".to_owned(), query.to_owned())]),
        None => page,
    }
}
