//! The queue: links that were proposed, those of which a decision would teach most first, each with the sentence it stands
//! in and what else the words could name.

use std::{collections::BTreeSet, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use oxigraph::model::NamedNode;

use super::{Desk, desk, sentence};
use crate::{
    ask::walk::kind_name,
    model::{Kind, Lang, Verdict},
    rdf::vocab::{dct, isn, rdf},
    review::{self, Example, Figures},
    serve::{
        Service,
        lang::PageLang,
        pages::{
            home::{answer, lang_of},
            layout::{self, Page, query, render},
            reader::Reader,
            value::{Link, Phrase, kind_words},
        },
        parameters::pairs,
        problem::Problem,
        reviews,
    },
};

/// The parameters of the queue that are those of the call too.
const ASKED: [&str; 6] = ["document", "thing", "kind", "state", "max_confidence", "cursor"];

/// The kinds of things that words are linked to.
const KINDS: [Kind; 5] = [Kind::Organization, Kind::Person, Kind::Place, Kind::Event, Kind::Document];

#[derive(Template)]
#[template(path = "desk/queue.html")]
struct Queue {
    page: Page,
    desk: Desk,
    form: Form,
    total: usize,
    left: String,
    states: Vec<(Phrase, u64)>,
    precision: Option<String>,
    cases: Vec<Case>,
    next: Option<String>,
}

/// The filters as they are set.
struct Form {
    states: Vec<Choice>,
    kinds: Vec<Choice>,
    document: String,
    thing: String,
    max_confidence: String,
}

/// One of several values.
struct Choice {
    value: &'static str,
    label: Phrase,
    here: bool,
}

/// Identical links, as they are shown.
struct Case {
    /// The mention that stands for all of them.
    mention: String,
    words: Phrase,
    class: &'static str,
    kind: &'static str,
    /// How many links are identical.
    links: String,
    readings: Vec<Reading>,
    examples: Vec<Context>,
}

/// What the words may name.
struct Reading {
    /// Nothing, where it is that they name nothing known.
    thing: Option<(String, Link)>,
    confidence: String,
}

/// A mention in its sentence.
struct Context {
    lang: Option<String>,
    dir: &'static str,
    before: String,
    exact: String,
    after: String,
    document: Link,
    /// Where the mention is.
    href: String,
    rule: Phrase,
    confidence: String,
}

/// `GET /review`
pub async fn review(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, asked.as_deref());
    let given: Vec<(String, String)> = pairs(asked.as_deref().unwrap_or_default())
        .into_iter()
        .filter(|(name, value)| ASKED.contains(&name.as_str()) && !value.trim().is_empty())
        .collect();
    let own = |given: &[(String, String)]| query(given.iter().map(|(name, value)| (name.as_str(), value.trim())));
    let filter = reviews::filter(&service, &own(&given))?;
    let store = &service.archive.store;
    let found = service.cases.page(store, &filter).await?;
    let figures = service.cases.figures(store, service.archive.dictionary().await?.decisions()).await?;
    let reader = reader(&service, lang, &found.cases).await?;
    let (page, desk) = desk(lang, "links", &given);
    let next = found.next.map(|next| {
        let mut more: Vec<(String, String)> = given.iter().filter(|(name, _)| name != "cursor").cloned().collect();
        more.push(("cursor".to_owned(), next));
        format!("/review?lang={}&{}", lang.tag(), own(&more))
    });
    let queue = Queue {
        form: form(&reader, &given, filter.state),
        total: found.total,
        left: page.counted("web.desk.left", u64::try_from(found.total).unwrap_or(u64::MAX)),
        states: states(&reader, &figures),
        precision: figures.precision.map(hundredths),
        cases: found.cases.iter().filter_map(|case| one(&reader, case)).collect(),
        page,
        desk,
        next,
    };
    Ok(answer(lang, render(&queue)))
}

/// The labels of everything in some cases, and the texts that their examples stand in.
async fn reader<'a>(service: &'a Service, lang: PageLang, cases: &[review::Case]) -> Result<Reader<'a>, Problem> {
    let mut reader = Reader::new(service, lang, Vec::new()).await?;
    let iris = reader.iris();
    let things = cases.iter().flat_map(|case| std::iter::once(&case.thing).chain(&case.runner_up));
    let examples = cases.iter().flat_map(|case| &case.examples);
    let documents = examples.clone().map(|example| &example.document);
    reader.name(things.chain(documents).map(|id| iris.id(id)).collect()).await?;
    let mentions: BTreeSet<NamedNode> = examples.map(|example| iris.id(&example.mention)).collect();
    let in_text = iris.term(isn::IN_TEXT);
    reader.fetch(&mentions, &[in_text]).await?;
    let texts = mentions.iter().filter_map(|mention| reader.text(mention.as_str(), isn::IN_TEXT));
    let texts: BTreeSet<NamedNode> = texts.map(NamedNode::new_unchecked).collect();
    reader.fetch(&texts, &[rdf::VALUE.into_owned(), dct::LANGUAGE.into_owned()]).await?;
    Ok(reader)
}

fn form(reader: &Reader<'_>, given: &[(String, String)], state: Verdict) -> Form {
    let value = |wanted: &str| {
        given.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.clone()).unwrap_or_default()
    };
    let states = Verdict::ALL.into_iter().map(|verdict| Choice {
        value: verdict.term(),
        label: state_words(reader, verdict.term()),
        here: verdict == state,
    });
    let kind = value("kind");
    let kinds = KINDS.into_iter().map(|one| Choice {
        value: one.segment(),
        label: Phrase::own(reader.lang, kind_words(reader.lang, one)),
        here: one.segment() == kind,
    });
    Form {
        states: states.collect(),
        kinds: kinds.collect(),
        document: value("document"),
        thing: value("thing"),
        max_confidence: value("max_confidence"),
    }
}

fn state_words(reader: &Reader<'_>, term: &str) -> Phrase {
    reader.label(reader.iris().concept("review-state", term).as_str())
}

fn states(reader: &Reader<'_>, figures: &Figures) -> Vec<(Phrase, u64)> {
    figures.mentions.iter().map(|(state, count)| (state_words(reader, state), *count)).collect()
}

fn hundredths(share: f64) -> String {
    format!("{share:.2}")
}

fn one(reader: &Reader<'_>, case: &review::Case) -> Option<Case> {
    let examples: Vec<Context> = case.examples.iter().filter_map(|example| context(reader, example)).collect();
    let first = examples.first()?;
    let reading = |id: &crate::model::Id, confidence: f64| Reading {
        thing: Some((id.to_string(), reader.link(reader.iris().id(id).as_str()))),
        confidence: hundredths(confidence),
    };
    let mut readings = vec![reading(&case.thing, case.confidence)];
    let second = case.runner_up.as_ref().zip(case.runner_up_confidence);
    readings.extend(second.map(|(id, confidence)| reading(id, confidence)));
    let rest = 1.0 - case.confidence - second.map_or(0.0, |(_, confidence)| confidence);
    readings.push(Reading { thing: None, confidence: hundredths(rest.max(0.0)) });
    Some(Case {
        mention: case.examples.first()?.mention.to_string(),
        words: Phrase { text: first.exact.clone(), lang: first.lang.clone(), dir: first.dir },
        class: kind_name(case.thing.kind()),
        kind: kind_words(reader.lang, case.thing.kind()),
        links: super::words(reader.lang).counted("desk.identical", case.mentions),
        readings,
        examples,
    })
}

/// A mention with its sentence, or, where its text cannot be read, with the words that were kept around it.
fn context(reader: &Reader<'_>, example: &Example) -> Option<Context> {
    let iris = reader.iris();
    let mention = iris.id(&example.mention);
    let text = reader.text(mention.as_str(), isn::IN_TEXT);
    let sentence = text.as_deref().and_then(|text| {
        let at = |number: u64| usize::try_from(number).ok();
        sentence::around(&reader.text(text, rdf::VALUE.as_str())?, at(example.start)?, at(example.end)?)
    });
    let kept = || [&example.before, &example.exact, &example.after].map(|words| words.replace('\n', " "));
    let [before, exact, after] = sentence.unwrap_or_else(kept).map(|words| layout::plain(&words));
    let lang = text.and_then(|text| reader.text(&text, dct::LANGUAGE.as_str())?.parse::<Lang>().ok());
    let phrase = lang.map_or_else(|| Phrase::unknown(""), |lang| Phrase::new(reader.lang, &lang, ""));
    Some(Context {
        lang: phrase.lang,
        dir: phrase.dir,
        before,
        exact,
        after,
        document: reader.link(iris.id(&example.document).as_str()),
        href: layout::to(reader.lang, iris.relative(mention.as_str())?),
        rule: reader.label(iris.concept("rule", &example.rule).as_str()),
        confidence: hundredths(example.confidence),
    })
}
