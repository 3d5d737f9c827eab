//! A problem as a page: what went wrong, where, and what would have been accepted.

use askama::Template;
use serde_json::Value as Json;

use super::{
    details,
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
    detail: Phrase,
    places: Vec<Place>,
    retry_after: Option<String>,
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
        values: values(lang, value),
    };
    render(&ProblemPage {
        page: Page::new(lang, "", title.text.clone()).keeping(&pairs(query.unwrap_or_default())),
        status: problem.status.as_u16(),
        title,
        detail: details::detail(lang, &problem.detail)
            .map_or_else(|| english(&problem.detail), |words| Phrase::own(lang, words)),
        places: problem.at.iter().map(place).collect(),
        retry_after: problem.retry_after.map(|seconds| words(lang).counted("problem.seconds", seconds.into())),
    })
}

/// The title and the detail of a problem in the language of a page, where there are words for them.
#[must_use]
pub fn in_words(problem: &Problem, lang: PageLang) -> (Option<&'static str>, Option<String>) {
    (words(lang).find(&format!("problem.{}", problem.kind)), details::detail(lang, &problem.detail))
}

/// What is said of a place, line by line; of what a shape says, the words for readers of the page.
fn values(lang: PageLang, value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => vec![text.clone()],
        Json::Array(values) => values.iter().flat_map(|value| self::values(lang, value)).collect(),
        Json::Object(finding) if finding.contains_key("message") => {
            let message = &finding["message"];
            let said = [lang, lang.other()].iter().find_map(|lang| message[lang.tag()].as_str());
            said.or_else(|| finding["shape"].as_str()).map(ToOwned::to_owned).into_iter().collect()
        }
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
