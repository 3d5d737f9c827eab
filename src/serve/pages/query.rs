//! Asking in SPARQL from a page: the form, and the answer as a table under it.

use std::{collections::BTreeMap, time::Instant};

use askama::Template;

use super::{
    answers::{self, Table},
    copies::{Copies, Kind},
    drawn,
    layout::{Page, encode, render},
    words::words,
};
use crate::{
    ask::sparql::{self, Form},
    rdf::{AnswerFormat, prefixes},
    serve::{Service, lang::PageLang, problem::Problem},
    store::{Dataset, Limits},
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
    told: Told,
    shown: usize,
    /// What the editor needs: its words, and the prefixes that need not be declared.
    words: String,
    prefixes: String,
}

/// What is said beside an answer.
pub(super) struct Told {
    pub milliseconds: u128,
    /// The most seconds that a query may take, and the most rows that its answer may have.
    pub seconds: f64,
    pub rows: u64,
    /// The same query for programs.
    pub copies: Option<Copies>,
    /// The short address of the page, where that is where it stands.
    pub short: Option<String>,
}

/// A query that a page is asked for.
pub struct Query<'a> {
    /// Its text.
    pub text: &'a str,
    /// The graphs it is asked of.
    pub dataset: Dataset,
    /// How much it may take.
    pub limits: Limits,
    /// The language of the page.
    pub lang: PageLang,
    /// What the address has.
    pub given: &'a [(String, String)],
    /// Where the page stands.
    pub path: &'a str,
    /// The address of the service, with a slash at its end.
    pub here: &'a str,
}

/// A syntax the answer can be had in.
#[derive(Clone, Debug)]
pub(super) struct Format {
    pub name: &'static str,
    /// The value of the parameter `format`.
    pub key: String,
    pub href: String,
}

/// The syntaxes of an answer of a form, at an address that already has a query.
pub(super) fn formats(form: Form, address: &str) -> Vec<Format> {
    let format = |format: AnswerFormat| {
        let (name, key) = match format {
            AnswerFormat::Solutions(format) => (format.name(), format.name().to_ascii_lowercase()),
            AnswerFormat::Graph(format) => (format.name(), format.extension().to_owned()),
        };
        let joint = if address.ends_with('?') { "" } else { "&" };
        Format { name, href: format!("{address}{joint}format={key}"), key }
    };
    form.formats().into_iter().map(format).collect()
}

/// The form, with an example.
#[must_use]
pub fn query_form(lang: PageLang, limits: Limits) -> String {
    let page = page(lang, &[]);
    render(&QueryPage {
        page,
        query: EXAMPLE.trim().to_owned(),
        formats: formats(Form::Solutions, "/sparql?"),
        table: None,
        told: Told::of(limits, 0),
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
pub async fn results(service: &Service, asked: Query<'_>) -> Result<String, Problem> {
    let Query { text, dataset, limits, lang, given, path, here } = asked;
    let form = sparql::form(&service.archive.store, text)?;
    let shown = drawn::Asked::read(path, lang, given, |_| false, text)?;
    let start = Instant::now();
    let table = answers::ask(service, lang, text, dataset, limits, &shown).await?;
    let short = path.starts_with("/q/").then(|| format!("{here}{}", path.trim_start_matches('/')));
    let address = if short.is_some() { format!("{path}?") } else { format!("/sparql?query={}", encode(text)) };
    let copies = Copies::of(lang, here, text, table.kind());
    Ok(render(&QueryPage {
        page: page(lang, &shown.kept()),
        query: text.to_owned(),
        formats: formats(form, &address),
        told: Told { copies: Some(copies), short, ..Told::of(limits, start.elapsed().as_millis()) },
        table: Some(table),
        shown: answers::ROWS,
        words: words(lang).under("web.editor."),
        prefixes: known_prefixes(),
    }))
}

impl Told {
    pub(super) fn of(limits: Limits, milliseconds: u128) -> Self {
        let (seconds, rows) = (limits.deadline.as_secs_f64(), limits.rows);
        Self { milliseconds, seconds, rows, copies: None, short: None }
    }
}

impl Table {
    /// What sort of answer it is, for programs that read it.
    pub(super) fn kind(&self) -> Kind {
        match (self.form, self.truth) {
            (Form::Graph, _) => Kind::Triples,
            (Form::Solutions, Some(_)) => Kind::Truth,
            (Form::Solutions, None) => Kind::Rows,
        }
    }
}

fn page(lang: PageLang, kept: &[(String, String)]) -> Page {
    Page::new(lang, "sparql", words(lang).get("query.title")).keeping(kept)
}
