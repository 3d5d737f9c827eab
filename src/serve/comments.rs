//! Comments and corrections: sent by anybody, read and decided on by a moderator.
//!
//! What somebody sends goes to the inbox, which nothing else here reads. What is repeated of it in an answer, a message or
//! a log is never who sent it.

use std::{net::IpAddr, sync::Arc, time::Instant};

use axum::{
    Json,
    body::Bytes,
    extract::{Path, RawQuery, State},
    http::{Extensions, HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use serde_json::{Value, json};

use super::{
    Service, auth, description,
    lang::PageLang,
    pages,
    parameters::{expect_json, media_type, pairs, text, unsupported},
    problem::Problem,
    tokens::{self, Role},
    visitors::{self, Sent},
};
use crate::{
    ask::comments,
    model::{Comment, CommentState, Id, Kind},
    review::{self, Correction, Letter, Moderation, Refusal, Request},
};

/// The most bytes of a letter: every letter of the longest may take four, and the fields have names.
const LARGEST: usize = 32 << 10;

/// So many comments wait at most; then somebody has to read first.
const MOST_WAITING: u64 = 10_000;

/// The most comments of a page.
const MOST: usize = 100;

/// `GET /api/comments?about=doc/x`: what was published; `?state=received`, for a moderator: what is in the inbox.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let (mut about, mut state, mut limit, mut offset) = (None, None, 20, 0);
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        let wrong = |detail: String| Problem::bad_request(detail).at("parameter", name.clone());
        match name.as_str() {
            "about" => about = Some(thing(&service, &value).map_err(wrong)?),
            "state" => state = Some(value.parse::<CommentState>().map_err(wrong)?),
            "limit" => {
                let number = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                limit = number
                    .ok_or_else(|| wrong(format!("`{value}` is not a number of comments: expected 1 to {MOST}")))?;
            }
            "offset" => {
                let number = value.parse().ok();
                offset = number
                    .ok_or_else(|| wrong(format!("`{value}` is not a number of comments: expected 0 or more")))?;
            }
            _ => {}
        }
    }
    if let Some(state) = state {
        auth::reader(&service, &headers, Role::Moderator)?;
        let inbox = &service.archive.private;
        let found = comments::waiting(inbox, state, limit, offset).await?;
        let total = comments::count(inbox, state).await?;
        let shown: Vec<Value> = found.iter().map(with_sender).collect();
        return Ok(Json(json!({ "comments": shown, "total": total })));
    }
    let about = about.ok_or_else(|| {
        Problem::bad_request("say on what: ?about=doc/x; a moderator may ask for ?state=received")
            .at("parameter", "about")
    })?;
    let document = document_of(&service, &about).await?;
    let mut found = comments::published(&service.archive.store, &document).await?;
    found.retain(|comment| about == document || comment.about == about);
    let shown: Vec<Value> = found.iter().skip(offset).take(limit).map(public).collect();
    Ok(Json(json!({ "comments": shown, "total": found.len() })))
}

fn thing(service: &Service, value: &str) -> Result<Id, String> {
    let id = service.archive.store.iris().parse_id(value);
    id.ok_or_else(|| format!("`{value}` is not an identifier such as doc/jim-4 or claim/x"))
}

/// The document that something is, is a part of, or is stated in.
async fn document_of(service: &Service, about: &Id) -> Result<Id, Problem> {
    if about.kind() == Kind::Document {
        return about.whole().parse().map_err(|_| Problem::not_found(format!("there is no document {about}")));
    }
    Ok(review::standing_of(&service.archive.store, about).await?)
}

/// What everybody may read of a comment.
fn public(comment: &Comment) -> Value {
    let mut value = json!({
        "id": comment.id,
        "about": comment.about,
        "kind": comment.kind.term(),
        "state": comment.state.term(),
        "text": comment.text,
        "lang": comment.lang,
        "at": comment.at,
    });
    let more = [("answer", &comment.answer), ("led_to", &comment.led_to), ("credited", &comment.credited)];
    for (key, text) in more {
        if let Some(text) = text {
            value[key] = text.as_str().into();
        }
    }
    value
}

/// What a moderator reads.
fn with_sender(comment: &Comment) -> Value {
    let mut value = public(comment);
    value["href"] = format!("/api/comments/{}", comment.key()).into();
    value["sender"] = json!({
        "name": comment.sender.name,
        "contact": comment.sender.contact,
        "consents": comment.sender.consents,
    });
    value["moderated"] = json!(comment.moderated.as_ref().map(|(by, at)| json!({ "by": by, "at": at })));
    value["reason"] = json!(comment.reason);
    value
}

/// `GET /api/comments/{id}`: what has become of a comment; its words once they are published.
pub(super) async fn one(
    State(service): State<Arc<Service>>,
    Path(key): Path<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, Problem> {
    let comment = find(&service, &key).await?;
    if headers.contains_key(header::AUTHORIZATION) {
        auth::reader(&service, &headers, Role::Moderator)?;
        return Ok(Json(with_sender(&comment)));
    }
    Ok(Json(match comment.state {
        CommentState::Published => public(&comment),
        CommentState::Received => json!({ "state": comment.state.term(), "at": comment.at }),
        CommentState::Declined => json!({ "state": comment.state.term(), "at": comment.at, "reason": comment.reason }),
    }))
}

async fn find(service: &Service, key: &str) -> Result<Comment, Problem> {
    let found = comments::one(&service.archive.private, key).await?;
    found.ok_or_else(|| Problem::not_found("there is no such comment"))
}

/// `POST /api/comments`: sends a comment. Nobody need be anybody for it.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    extensions: Extensions,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    expect_json(&headers)?;
    is_small(&body)?;
    let letter: Letter = serde_json::from_str(text(&headers, &body)?).map_err(|error| {
        // What somebody wrote is not repeated.
        let detail = "the body is not a comment: expected about and text, and perhaps kind, lang, name, contact (texts) \
                      and consent (true or false)";
        Problem::bad_request(detail).at("line", error.line()).at("column", error.column())
    })?;
    let comment = receive(&service, letter, visitors::address(&extensions, &headers)).await?;
    let path = format!("api/comments/{}", comment.key());
    let answer = json!({ "state": comment.state.term(), "href": format!("/{path}") });
    let mut response = (StatusCode::ACCEPTED, Json(answer)).into_response();
    let location = format!("{}{path}", description::here(&service, &headers));
    if let Ok(location) = HeaderValue::try_from(location) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

fn is_small(body: &[u8]) -> Result<(), Problem> {
    if body.len() <= LARGEST {
        return Ok(());
    }
    let detail = format!("the comment has {} bytes; expected {LARGEST} at most", body.len());
    Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body-too-large", "The body is too large", detail))
}

async fn receive(service: &Service, letter: Letter, address: IpAddr) -> Result<Comment, Problem> {
    auth::is_open(service)?;
    let key = tokens::chance(16).map_err(|error| Problem::internal(&error))?;
    let comment = review::receive(&service.archive.store, letter, &key).await?;
    service.visitors.admit(Sent::Comment, address, Instant::now()).map_err(|wait| {
        let detail =
            "so many comments from one address, or from all together, are not taken at once; send it again later";
        let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too-many", "Too many comments", detail);
        Problem { retry_after: Some(u32::try_from(wait.as_secs() + 1).unwrap_or(u32::MAX)), ..problem }
    })?;
    if comments::count(&service.archive.private, CommentState::Received).await? >= MOST_WAITING {
        let detail = "the comments that wait have to be read first";
        let problem = Problem::new(StatusCode::SERVICE_UNAVAILABLE, "inbox-full", "The inbox is full", detail);
        return Err(Problem { retry_after: Some(3_600), ..problem });
    }
    service.archive.keep_comment(&comment).await?;
    Ok(comment)
}

/// `GET /comment?about=doc/x`: the form.
pub(super) async fn form(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Html<String>, Problem> {
    let query = query.unwrap_or_default();
    let about = pairs(&query).into_iter().find_map(|(name, value)| (name == "about").then_some(value));
    let about =
        about.ok_or_else(|| Problem::bad_request("say on what: /comment?about=doc/x").at("parameter", "about"))?;
    let about = thing(&service, &about).map_err(|detail| Problem::bad_request(detail).at("parameter", "about"))?;
    review::standing_of(&service.archive.store, &about).await?;
    Ok(Html(pages::comment_form(&service, &about, page_lang(&headers, &query)).await?))
}

fn page_lang(headers: &HeaderMap, query: &str) -> PageLang {
    PageLang::choose(Some(query), headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// `POST /comment`: the form as it was sent.
pub(super) async fn send(
    State(service): State<Arc<Service>>,
    extensions: Extensions,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    let given = media_type(&headers);
    if given.as_deref() != Some("application/x-www-form-urlencoded") {
        return Err(unsupported(given.as_deref(), &["application/x-www-form-urlencoded"]));
    }
    is_small(&body)?;
    let mut letter = Letter::default();
    for (name, value) in pairs(text(&headers, &body)?) {
        match name.as_str() {
            "about" => letter.about = value,
            "text" => letter.text = value,
            "kind" => letter.kind = Some(value),
            "name" => letter.name = Some(value),
            "contact" => letter.contact = Some(value),
            "consent" => letter.consent = true,
            _ => {}
        }
    }
    let comment = receive(&service, letter, visitors::address(&extensions, &headers)).await?;
    let lang = page_lang(&headers, query.as_deref().unwrap_or_default());
    let page = pages::comment_received(&service, &comment, lang).await?;
    Ok((StatusCode::ACCEPTED, Html(page)).into_response())
}

/// `POST /api/comments/{id}`: a moderator publishes, answers, takes over or declines.
pub(super) async fn moderate(
    State(service): State<Arc<Service>>,
    Path(key): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, Problem> {
    let caller = auth::allow(&service, &headers, Role::Moderator)?;
    expect_json(&headers)?;
    let moderation: Moderation = serde_json::from_str(text(&headers, &body)?).map_err(|error| {
        let expected = "expected action: publish, answer (answer), correct (thing, or property, from and to) or decline \
                        (reason)";
        Problem::bad_request(format!("the body is not a decision on a comment: {error}; {expected}"))
    })?;
    // Two moderators may have the same comment before them.
    let _turn = service.moderating.lock().await;
    let comment = find(&service, &key).await?;
    let mut after = review::moderate(&comment, &moderation, &caller.agent)?;
    if let Moderation::Correct(correction) = &moderation {
        after.led_to = Some(correct(&service, &comment, correction, &caller).await?);
    }
    service.archive.moderate_comment(&after).await?;
    Ok(Json(with_sender(&after)))
}

/// Carries a correction out, and tells the path of what was changed.
async fn correct(
    service: &Service,
    comment: &Comment,
    correction: &Correction,
    caller: &auth::Caller,
) -> Result<String, Problem> {
    let archive = &service.archive;
    let about = &comment.about;
    match correction {
        Correction { thing: Some(thing), property: None, from: None, to: None, .. } => {
            let request = Request {
                verdict: "corrected".to_owned(),
                mention: Some(about.to_string()),
                correction: Some(thing.clone()),
                reason: Some(comment.text.clone()),
                scope: Some("mention".to_owned()),
                by: Some(caller.agent.trim_start_matches("agent/").to_owned()),
                ..Request::default()
            };
            let dictionary = archive.dictionary().await?;
            let prepared = review::prepare(&archive.store, dictionary.decisions(), &request).await?;
            if !prepared.is_known {
                archive.decide(&prepared.decision, &prepared.documents).await?;
            }
            Ok(prepared.decision.id.to_string())
        }
        Correction { thing: None, property: Some(property), from: Some(from), to: Some(to), .. } => {
            Ok(archive.correct_words(about, property, from, to).await?)
        }
        _ => Err(Refusal::Unclear {
            field: "thing",
            detail:
                "say what is to be changed: of a link `thing`; of a document or a claim `property`, `from` and `to`"
                    .to_owned(),
        }
        .into()),
    }
}
