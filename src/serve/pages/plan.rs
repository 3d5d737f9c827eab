//! How a query is evaluated, for people: one line a step.

use askama::Template;

use super::layout::{Page, encode, render};
use crate::{
    serve::lang::PageLang,
    store::{Explanation, Step},
};

#[derive(Template)]
#[template(path = "plan.html")]
struct PlanPage {
    page: Page,
    query: String,
    open: String,
    rows: u64,
    /// In milliseconds, as all times here.
    planning: String,
    time: String,
    stopped_by: Option<String>,
    lines: Vec<Line>,
}

/// A step, so deep under the first.
struct Line {
    depth: usize,
    what: String,
    estimated: Option<u64>,
    rows: u64,
    milliseconds: String,
}

/// The page of a query and its steps.
#[must_use]
pub fn plan(query: &str, explanation: Explanation, lang: PageLang) -> String {
    let page = Page::new(lang, "sparql", "");
    let title = page.say("plan.title").to_owned();
    let kept = [("query", query), ("explain", "1")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    let page = Page { title, ..page }.keeping(&kept);
    let mut lines = Vec::new();
    add(&explanation.plan, 0, &mut lines);
    let open = format!("{}&query={}", page.to("sparql"), encode(query));
    render(&PlanPage {
        page,
        query: query.to_owned(),
        open,
        rows: explanation.rows,
        planning: milliseconds(explanation.planning_seconds),
        time: milliseconds(explanation.seconds),
        stopped_by: explanation.stopped_by,
        lines,
    })
}

fn add(step: &Step, depth: usize, lines: &mut Vec<Line>) {
    lines.push(Line {
        depth,
        what: step.what.clone(),
        estimated: step.estimated,
        rows: step.rows,
        milliseconds: milliseconds(step.seconds),
    });
    step.children.iter().for_each(|child| add(child, depth + 1, lines));
}

fn milliseconds(seconds: f64) -> String {
    format!("{:.1}", seconds * 1000.0)
}
