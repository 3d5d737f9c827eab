//! What readers have said, once it was published; and the page from which they say it.

use askama::Template;

use super::{
    layout::{self, Page, render},
    provenance::{Moment, moment},
    reader::Reader,
    value::{Phrase, Value},
};
use crate::{
    model::{self, Id},
    rdf::vocab::{dct, isn, oa, rdf},
    review,
    serve::{Service, lang::PageLang},
    store::Error,
};

/// A published comment.
#[derive(Clone, Debug)]
pub(super) struct Comment {
    pub anchor: String,
    pub kind: Phrase,
    pub when: Option<Moment>,
    pub paragraphs: Vec<Phrase>,
    /// What it is about, where that is not what the page is about.
    pub about: Option<Value>,
    pub answer: Option<Phrase>,
    pub led_to: Option<String>,
    pub credited: Option<Phrase>,
}

/// The comments among what is known, the oldest first.
pub(super) fn comments(reader: &Reader<'_>, page: &str) -> Vec<Comment> {
    let mut found: Vec<(String, Comment)> = reader
        .subjects()
        .into_iter()
        .filter_map(|iri| {
            let state = reader.concept(iri, isn::COMMENT_STATE).filter(|state| *state == "published");
            state.and_then(|_| Some((reader.text(iri, dct::CREATED.as_str())?, one(reader, iri, page)?)))
        })
        .collect();
    found.sort_by(|(a, first), (b, second)| (a, &first.anchor).cmp(&(b, &second.anchor)));
    found.into_iter().map(|(_, comment)| comment).collect()
}

fn one(reader: &Reader<'_>, iri: &str, page: &str) -> Option<Comment> {
    let body = reader.text(iri, oa::HAS_BODY.as_str())?;
    let words = reader.wordings(&body, rdf::VALUE.as_str()).into_iter().next()?;
    let paragraphs = words.text.split('\n').filter(|line| !line.trim().is_empty());
    let about = reader.text(iri, oa::HAS_TARGET.as_str()).filter(|about| about != page);
    let kind = reader.things(iri, isn::COMMENT_KIND).into_iter().next();
    let led_to = reader.text(iri, isn::LED_TO);
    Some(Comment {
        anchor: iri.split_once('#').map_or("", |(_, part)| part).to_owned(),
        kind: kind.map_or_else(|| Phrase::key(""), |kind| reader.label(kind.as_str())),
        when: reader.text(iri, dct::CREATED.as_str()).map(|at| moment(&at)),
        paragraphs: paragraphs.map(|line| Phrase { text: layout::plain(line), ..words.clone() }).collect(),
        about: about.map(|about| Value::Link(reader.link(&about))),
        answer: reader.wordings(iri, isn::ANSWER).into_iter().next(),
        led_to: led_to.map(|iri| reader.iris().relative(&iri).unwrap_or(&iri).to_owned()),
        credited: reader.text(iri, isn::CREDITED_TO).map(|name| Phrase::unknown(layout::plain(&name))),
    })
}

/// Where something can be commented on.
pub(super) fn comment_on(lang: PageLang, about: &str) -> String {
    format!("/comment?about={}&lang={}", layout::encode(about), lang.tag())
}

#[derive(Template)]
#[template(path = "comment.html")]
struct CommentPage {
    page: Page,
    about: Value,
    id: String,
    longest: usize,
    longest_name: usize,
    /// Where it can be seen what has become of it, once it was sent.
    status: Option<String>,
}

/// The form for a comment on something.
pub async fn comment_form(service: &Service, about: &Id, lang: PageLang) -> Result<String, Error> {
    page(service, about, lang, None).await
}

/// The thanks for a comment.
pub async fn comment_received(service: &Service, comment: &model::Comment, lang: PageLang) -> Result<String, Error> {
    page(service, &comment.about, lang, Some(format!("/api/comments/{}", comment.key()))).await
}

async fn page(service: &Service, about: &Id, lang: PageLang, status: Option<String>) -> Result<String, Error> {
    let mut reader = Reader::new(service, lang, Vec::new()).await?;
    let iri = reader.iris().id(about);
    let whole = reader.iris().path(about.whole());
    reader.name([iri.clone(), whole].into()).await?;
    let title = reader.say("comment.title");
    Ok(render(&CommentPage {
        page: Page::new(lang, "", title).keeping(&[("about".to_owned(), about.to_string())]),
        about: Value::Link(reader.link(iri.as_str())),
        id: about.to_string(),
        longest: review::LONGEST,
        longest_name: review::LONGEST_NAME,
        status,
    }))
}
