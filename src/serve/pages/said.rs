//! Who says what of a thing: question by question, speakers side by side, each once, and all of it over time.
//!
//! A claim that only repeats another stands under it, with who repeats it; so nobody's word counts twice. What is true
//! is not said here.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{Path, RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use jiff::civil;
use oxigraph::model::NamedNode;

use super::{
    claims::{self, Answer, Claim, Point},
    entity,
    home::{answer, lang_of},
    layout::{Page, encode, render, to},
    reader::Reader,
    value::{Link, When},
};
use crate::{
    ask::resource,
    model::{Date, Id, Kind},
    serve::{Service, lang::PageLang, problem::Problem},
};

/// The measures of the drawing.
const WIDTH: i64 = 720;
const ROW: i64 = 44;
const EDGE: i64 = 16;

#[derive(Template)]
#[template(path = "said.html")]
struct Said {
    page: Page,
    thing: Link,
    counts: Vec<String>,
    questions: Vec<Question>,
    chart: Option<Chart>,
    claims: Vec<Claim>,
}

/// A question, and who answers it.
struct Question {
    predicate: Link,
    count: String,
    voices: Vec<Voice>,
}

/// A speaker, or several who speak together, with all they say to a question.
struct Voice {
    speakers: Vec<Link>,
    answers: Vec<Answer>,
}

/// The claims over time, a row for each speaker.
struct Chart {
    height: i64,
    rows: Vec<Row>,
    years: Vec<(i64, String)>,
}

struct Row {
    name: Link,
    /// Where the name stands.
    x: i64,
    y: i64,
    dots: Vec<Dot>,
}

struct Dot {
    x: i64,
    stance: String,
    title: String,
}

/// `GET /{kind}/{key}/claims`
pub async fn said(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, query.as_deref());
    let nothing = || Problem::not_found(format!("there is nothing at /{kind}/{key}/claims"));
    let kind: Kind = kind.parse().map_err(|_| nothing())?;
    let id = Id::new(kind, &key).map_err(|_| nothing())?;
    let is_spoken_of = matches!(kind, Kind::Event | Kind::Person | Kind::Organization | Kind::Place);
    let found = if is_spoken_of { resource::find(&service.archive.store, &id).await? } else { None };
    let found = found.ok_or_else(nothing)?;
    let this = BTreeSet::from([found.iri.clone()]);
    let mut reader = Reader::new(&service, lang, found.quads).await?;
    let about = entity::about(&mut reader, &this).await?;
    let pointing = claims::fetch(&mut reader, &about).await?;
    let link = reader.link(found.iri.as_str());
    let mut all = claims::claims(&reader, &pointing, about.iter().map(NamedNode::as_str));
    claims::leave_out(&mut all, &link);
    let made = all.len();
    Ok(answer(lang, render(&view(lang, link, made, claims::fold(all)))))
}

fn view(lang: PageLang, thing: Link, made: usize, claims: Vec<Claim>) -> Said {
    let page = Page::new(lang, "", thing.label.text.clone());
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    let voices = claims::voices(&claims);
    let counts = vec![
        page.counted("said.voices", number(voices.len())),
        page.counted("said.claims", number(claims.len())),
        page.counted("said.repetitions", number(made - claims.len())),
    ];
    let question = |point: Point| {
        let voices = side_by_side(point.answers);
        Question { count: page.counted("said.voices", number(voices.len())), predicate: point.predicate, voices }
    };
    Said {
        questions: claims::points(&claims, &thing).into_iter().map(question).collect(),
        chart: chart(lang, &voices, &claims),
        counts,
        thing,
        claims,
        page,
    }
}

/// The answers to a question, by who gives them; whoever spoke first stands first.
fn side_by_side(answers: Vec<Answer>) -> Vec<Voice> {
    let mut voices: Vec<Voice> = Vec::new();
    for answer in answers {
        match voices.iter_mut().find(|voice| voice.speakers == answer.speakers) {
            Some(voice) => voice.answers.push(answer),
            None => voices.push(Voice { speakers: answer.speakers.clone(), answers: vec![answer] }),
        }
    }
    voices
}

/// The first day of a claim's document.
fn day(when: Option<&When>) -> Option<civil::Date> {
    let when = when?;
    let text = when.datetime.as_deref().unwrap_or(&when.text);
    text.parse::<Date>().ok().map(|date| date.earliest())
}

/// The claims over time; nothing where fewer than two have a day.
fn chart(lang: PageLang, voices: &[Link], claims: &[Claim]) -> Option<Chart> {
    let dated: Vec<(i64, &Claim)> =
        claims.iter().filter_map(|claim| Some((number(day(claim.when.as_ref())?), claim))).collect();
    let (first, last) = (dated.iter().map(|(day, _)| *day).min()?, dated.iter().map(|(day, _)| *day).max()?);
    if dated.len() < 2 {
        return None;
    }
    let across = |day: i64| {
        let part = (day - first) * (WIDTH - 2 * EDGE) / (last - first).max(1) + EDGE;
        if lang == PageLang::Ar { WIDTH - part } else { part }
    };
    let row = |(index, name): (i64, &Link)| {
        let own = dated.iter().filter(|(_, claim)| claim.speakers.contains(name));
        let dot = |(day, claim): &(i64, &Claim)| Dot {
            x: across(*day),
            stance: claim.stance_term.clone(),
            title: format!(
                "{}: {}",
                claim.when.as_ref().map_or("", |when| when.text.as_str()),
                claim.summary.first().map_or(claim.link.label.text.as_str(), |words| words.text.as_str())
            ),
        };
        let x = if lang == PageLang::Ar { WIDTH - 2 } else { 2 };
        Row { name: name.clone(), x, y: index * ROW, dots: own.map(dot).collect() }
    };
    let voices: Vec<&Link> =
        voices.iter().filter(|name| dated.iter().any(|(_, claim)| claim.speakers.contains(name))).collect();
    let rows: Vec<Row> = (0..).zip(voices.iter().copied()).map(row).collect();
    let height = i64::try_from(rows.len()).unwrap_or_default() * ROW;
    Some(Chart { height, rows, years: years(first, last, across) })
}

/// The beginnings of years between two days, at most about eight of them.
fn years(first: i64, last: i64, across: impl Fn(i64) -> i64) -> Vec<(i64, String)> {
    let year = |day: i64| i16::try_from(day * 400 / 146_097).unwrap_or_default();
    let (from, to) = (year(first), year(last) + 1);
    let step = usize::try_from((to - from) / 8 + 1).unwrap_or(1);
    let begins = (from..=to).step_by(step).filter_map(|year| Some((number(civil::Date::new(year, 1, 1).ok()?), year)));
    begins.filter(|(day, _)| (first..=last).contains(day)).map(|(day, year)| (across(day), year.to_string())).collect()
}

/// The days since the beginning of the year 0, roughly enough to draw by.
fn number(day: civil::Date) -> i64 {
    i64::from(day.year()) * 146_097 / 400 + i64::from(day.day_of_year())
}

impl Said {
    /// The address of all that speaks of the thing, as a search.
    fn search(&self) -> String {
        let id = self.thing.href.trim_start_matches('/').split('?').next().unwrap_or_default();
        format!("{}&mentions={}", to(self.page.lang, "search"), encode(id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_stand_between_the_days() {
        let day = |text: &str| text.parse::<civil::Date>().map(number).unwrap_or_default();
        let years = years(day("2013-08-21"), day("2016-02-01"), |day| day);
        assert_eq!(years.iter().map(|(_, year)| year.as_str()).collect::<Vec<_>>(), ["2014", "2015", "2016"]);
        assert!(years[0].0 > day("2013-12-30") && years[0].0 < day("2014-01-04"));
    }
}
