//! The questions that come with the archive: the list of them, and each with its form, its text and its answer.

use std::{sync::Arc, time::Instant};

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};

use super::{
    answers::{self, Table},
    copies::Copies,
    drawn,
    home::{answer, lang_of},
    layout::{Page, encode, render},
    query::{Format, Told, formats},
    value::Phrase,
};
use crate::{
    ask::{
        saved::{Parameter, ParameterKind, SavedQuery},
        sparql,
    },
    serve::{Service, description, lang::PageLang, parameters::pairs, problem::Problem, saved, sparql::limits},
    store::Dataset,
};

#[derive(Template)]
#[template(path = "queries.html")]
struct Queries {
    page: Page,
    questions: Vec<Question>,
}

/// A question in the list.
#[derive(Clone, Debug)]
struct Question {
    href: String,
    title: Phrase,
    others: Vec<Phrase>,
    about: Option<Phrase>,
}

/// `GET /queries`
pub async fn queries(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, query.as_deref());
    let page = Page::new(lang, "queries", super::words::words(lang).get("queries.title"));
    let question = |saved: &SavedQuery| Question {
        href: page.to(&format!("queries/{}", saved.slug)),
        title: title(lang, saved),
        others: others(lang, saved),
        about: Phrase::choose(lang, &saved.about),
    };
    let questions = saved::with_stored(&service).await?.iter().map(|saved| question(saved)).collect();
    Ok(answer(lang, render(&Queries { page, questions })))
}

fn title(lang: PageLang, saved: &SavedQuery) -> Phrase {
    Phrase::choose(lang, &saved.title).unwrap_or_else(|| Phrase::key(&saved.slug))
}

/// The title in the languages that are not that of the page.
fn others(lang: PageLang, saved: &SavedQuery) -> Vec<Phrase> {
    let own = title(lang, saved);
    let all = saved.title.iter().map(|(tag, words)| Phrase::new(lang, tag, words));
    all.filter(|phrase| *phrase != own).collect()
}

#[derive(Template)]
#[template(path = "saved_query.html")]
struct Saved {
    page: Page,
    slug: String,
    title: Phrase,
    others: Vec<Phrase>,
    about: Option<Phrase>,
    fields: Vec<Field>,
    text: String,
    /// The address of the query form with the text in it.
    open: String,
    formats: Vec<Format>,
    table: Option<Table>,
    told: Told,
}

/// A parameter with what was given for it, or its example.
#[derive(Clone, Debug)]
struct Field {
    name: String,
    value: String,
    example: String,
    /// Whether it is a thing, whose name can be looked up.
    is_thing: bool,
}

/// `GET /queries/{slug}`, with the answer where the form was sent.
pub async fn saved_query(
    State(service): State<Arc<Service>>,
    Path(slug): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, query.as_deref());
    let saved = saved::find_anywhere(&service, &slug).await?;
    let given = pairs(query.as_deref().unwrap_or_default());
    let is_own = |name: &str| saved.parameters.iter().any(|parameter| parameter.name == name);
    let is_of_the_page = |name: &str| matches!(name, "lang" | "run" | "view" | "since" | "until" | "within");
    let is_value = |(name, _): &&(String, String)| is_own(name) || !is_of_the_page(name);
    let values: Vec<(String, String)> = given.iter().filter(is_value).cloned().collect();
    let sent = given.iter().any(|(name, _)| name != "lang");
    let text = saved
        .fill(values.iter().map(|(name, value)| (name.as_str(), value.as_str())))
        .map_err(|error| Problem::bad_request(error.to_string()))?;
    let form = sparql::form(&service.archive.store, &text)?;
    let shown = drawn::Asked::read(&format!("/queries/{slug}"), lang, &given, is_own, &text)?;
    let (start, limits) = (Instant::now(), limits(&service, None));
    let table =
        if sent { Some(answers::ask(&service, lang, &text, Dataset::default(), limits, &shown).await?) } else { None };
    let here = description::here(&service, &headers);
    let copies = table.as_ref().map(|table| Copies::of(lang, &here, &text, table.kind()));
    let title = title(lang, &saved);
    let page = Page::new(lang, "queries", title.text.clone()).keeping(&given);
    let address = values.iter().fold(format!("/api/queries/{slug}?"), |address, (name, value)| {
        format!("{address}&{}={}", encode(name), encode(value))
    });
    let page = render(&Saved {
        slug,
        title,
        others: others(lang, &saved),
        about: Phrase::choose(lang, &saved.about),
        fields: saved.parameters.iter().map(|parameter| field(parameter, &values)).collect(),
        open: format!("{}&query={}", page.to("sparql"), encode(&text)),
        formats: formats(form, &address.replace("?&", "?")),
        text,
        table,
        told: Told { copies, ..Told::of(limits, start.elapsed().as_millis()) },
        page,
    });
    Ok(answer(lang, page))
}

fn field(parameter: &Parameter, values: &[(String, String)]) -> Field {
    let given = values.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| value.clone());
    let example = bare(&parameter.example).to_owned();
    let is_thing = parameter.kind() == ParameterKind::Iri;
    Field { name: parameter.name.clone(), value: given.unwrap_or_else(|| example.clone()), example, is_thing }
}

/// An example without the marks of SPARQL, as a person would write it.
fn bare(example: &str) -> &str {
    let iri = example.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let words = example.strip_prefix('"').and_then(|rest| rest.rsplit_once('"')).map(|(words, _)| words);
    iri.or(words).unwrap_or(example)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_shown_as_a_person_would_write_it() {
        for (example, shown) in
            [("<org/jim>", "org/jim"), ("\"2017-02-15\"^^xsd:date", "2017-02-15"), ("\"a\"@en", "a"), ("30", "30")]
        {
            assert_eq!(bare(example), shown);
        }
    }
}
