//! A problem as a page: what went wrong, where, and what would have been accepted.

use askama::Template;
use serde_json::Value as Json;

use super::{
    layout::{Page, render},
    value::Phrase,
    words::words,
};
use crate::{
    model::Lang,
    serve::{lang::PageLang, parameters::pairs, problem::Problem},
};

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage {
    page: Page,
    status: u16,
    title: Phrase,
    /// The service speaks of details in English.
    detail: Phrase,
    places: Vec<Place>,
    retry_after: Option<u32>,
}

/// Where it is.
#[derive(Clone, Debug)]
struct Place {
    label: Phrase,
    values: Vec<String>,
}

/// The page of a problem with what was asked by a query string.
#[must_use]
pub fn problem(problem: &Problem, lang: PageLang, query: Option<&str>) -> String {
    let english = |text: &str| Phrase::new(lang, &Lang::en(), text);
    let own = words(lang).find(&format!("problem.{}", problem.kind));
    let title = own.map_or_else(|| english(problem.title), |words| Phrase::own(lang, words));
    let place = |(key, value): (&String, &Json)| Place {
        label: words(lang)
            .find(&format!("problem.at.{key}"))
            .map_or_else(|| Phrase::key(key), |words| Phrase::own(lang, words)),
        values: values(value),
    };
    render(&ProblemPage {
        page: Page::new(lang, "", title.text.clone()).keeping(&pairs(query.unwrap_or_default())),
        status: problem.status.as_u16(),
        title,
        detail: english(&problem.detail),
        places: problem.at.iter().map(place).collect(),
        retry_after: problem.retry_after,
    })
}

fn values(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => vec![text.clone()],
        Json::Array(values) => values.iter().flat_map(self::values).collect(),
        other => vec![other.to_string()],
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use super::*;

    #[test]
    fn a_problem_is_readable_in_both_languages_and_says_what_is_available() {
        let problem_ = Problem::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", "No such representation", "<b>x</b>")
            .at("available", vec!["text/turtle", "text/html"])
            .at("line", 3);
        for lang in PageLang::ALL {
            let html = problem(&problem_, lang, Some("kind=cow"));
            assert!(html.contains("text/turtle") && html.contains(">3<") && html.contains("406"), "{html}");
            assert!(!html.contains("<b>"), "{html}");
            assert!(html.contains(&format!("?lang={}&#38;kind=cow", lang.other().tag())), "{html}");
            assert!(html.contains(&format!("<html lang=\"{}\" dir=\"{}\">", lang.tag(), lang.dir())));
        }
    }
}
