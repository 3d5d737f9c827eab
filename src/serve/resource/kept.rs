//! Answers that are kept, and given again as long as nothing that they were made from has been touched.
//!
//! The entity tag is the digest of syntax and bytes, so it is strong and never stands for two answers. Whether the bytes would
//! be the same again, the log tells ([`Views::touched`](crate::views::Views::touched)); when anything was touched that
//! they were made from is their `Last-Modified`.

use std::{
    collections::HashMap,
    fmt::Write as _,
    future::Future,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::Response,
};
use jiff::{Timestamp, ToSpan as _, fmt::rfc2822};
use sha2::{Digest as _, Sha256};

use super::form::Form;
use crate::{
    ask::changes,
    serve::{Service, conditional, lang::PageLang, problem::Problem},
    store::Error,
    views::touched::Seen,
};

/// So many bytes are kept at most, and of one answer.
const MOST: usize = 64 << 20;
const MOST_OF_ONE: usize = 4 << 20;

/// What an answer takes up beside its body, about.
const OVERHEAD: usize = 4 << 10;

/// How long is waited to learn what was touched.
const PATIENCE: Duration = Duration::from_millis(300);

/// What an answer is an answer to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub path: String,
    pub form: Form,
    pub lang: PageLang,
    pub page: u64,
}

/// Answers by what they are answers to.
#[derive(Debug, Default)]
pub struct Kept {
    shelf: RwLock<Shelf>,
    /// Counts the answers that were given, so that those not asked for can be told.
    clock: AtomicU64,
}

#[derive(Debug, Default)]
struct Shelf {
    answers: HashMap<Key, Arc<Answer>>,
    bytes: usize,
}

/// An answer as it was made.
pub(super) struct Made {
    pub body: Vec<u8>,
    pub headers: HeaderMap,
    pub seen: Seen,
    /// Whether everything in it is of the last change; else it is given this once.
    pub is_current: bool,
}

/// What came of making one.
pub(super) enum Outcome {
    Made(Made),
    /// Something else is to be said, this once.
    Other(Response),
}

/// An answer that is kept.
#[derive(Debug)]
struct Answer {
    body: Bytes,
    headers: HeaderMap,
    tag: String,
    seen: Seen,
    /// The last change before it was made.
    made_at: u64,
    /// The last change after which it is known to be what would be made.
    good_until: AtomicU64,
    /// When anything that it was made from was touched, and the same as a header has it.
    modified: Option<(Timestamp, HeaderValue)>,
    used: AtomicU64,
}

/// A moment: when it is, whether a change may be on its way, and which is the last that was made. In this order: what is
/// not seen yet is dated later.
#[derive(Clone, Copy, Debug)]
struct Moment {
    at: Timestamp,
    is_quiet: bool,
    last: u64,
}

impl Moment {
    async fn now(service: &Service) -> Result<Self, Error> {
        let at = Timestamp::now();
        let is_quiet = !service.archive.store.is_writing();
        Ok(Self { at, is_quiet, last: service.archive.store.last_change().await? })
    }
}

/// Answers from what is kept, or makes the answer and keeps it.
pub(super) async fn answer(
    service: &Service,
    key: Key,
    headers: &HeaderMap,
    making: impl Future<Output = Result<Outcome, Problem>>,
) -> Result<Response, Problem> {
    let now = Moment::now(service).await?;
    // Who is the engine of another is written to without a log.
    let may_keep = !service.config.is_engine;
    if let Some(answer) = service.kept.get(&key).filter(|_| may_keep)
        && answer.is_good(service, now.last).await?
    {
        return Ok(answer.respond(headers, now));
    }
    let made = match making.await? {
        Outcome::Made(made) => made,
        Outcome::Other(response) => return Ok(response),
    };
    let may_keep = may_keep && made.is_current;
    let mut answer = Answer::new(made, now.last);
    let touched = service.archive.views.touched(&answer.seen, PATIENCE).await?;
    // What was touched meanwhile may be in the answer or not.
    if may_keep && touched <= now.last {
        answer.modified = changes::time_of(&service.archive.store, touched).await?.and_then(date);
        let answer = Arc::new(answer);
        service.kept.put(key, Arc::clone(&answer));
        return Ok(answer.respond(headers, now));
    }
    Ok(answer.respond(headers, now))
}

/// A time as a header has it: to the second, and the next one, so that no later change can have the same.
fn date(touched: Timestamp) -> Option<(Timestamp, HeaderValue)> {
    let second = Timestamp::from_second(touched.as_second()).ok()?.checked_add(1.second()).ok()?;
    let text = second.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    Some((second, HeaderValue::try_from(text).ok()?))
}

impl Kept {
    fn get(&self, key: &Key) -> Option<Arc<Answer>> {
        let there = self.shelf.read().unwrap_or_else(PoisonError::into_inner);
        let answer = there.answers.get(key)?;
        answer.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        Some(Arc::clone(answer))
    }

    fn put(&self, key: Key, answer: Arc<Answer>) {
        if answer.body.len() > MOST_OF_ONE {
            return;
        }
        answer.used.store(self.clock.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        let mut there = self.shelf.write().unwrap_or_else(PoisonError::into_inner);
        there.bytes += answer.size();
        if let Some(before) = there.answers.insert(key, answer) {
            there.bytes -= before.size();
        }
        if there.bytes > MOST {
            there.make_room();
        }
    }
}

impl Shelf {
    /// Lets go of the half that was not asked for the longest.
    fn make_room(&mut self) {
        let mut used: Vec<u64> = self.answers.values().map(|answer| answer.used.load(Ordering::Relaxed)).collect();
        used.sort_unstable();
        let middle = used.get(used.len() / 2).copied().unwrap_or(0);
        self.answers.retain(|_, answer| answer.used.load(Ordering::Relaxed) >= middle);
        self.bytes = self.answers.values().map(|answer| answer.size()).sum();
    }
}

impl Answer {
    fn new(made: Made, made_at: u64) -> Self {
        let Made { body, mut headers, seen, .. } = made;
        // The same bytes in another syntax are another answer.
        let syntax = headers.get(header::CONTENT_TYPE).map_or(&[][..], |it| it.as_bytes());
        let digest = Sha256::new_with_prefix(syntax).chain_update(&body).finalize();
        let digest = digest.iter().take(16).fold(String::new(), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        });
        let tag = format!("\"{digest}\"");
        conditional::tag(&mut headers, &tag);
        Self {
            body: Bytes::from(body),
            headers,
            tag,
            seen,
            made_at,
            good_until: AtomicU64::new(made_at),
            modified: None,
            used: AtomicU64::default(),
        }
    }

    fn size(&self) -> usize {
        self.body.len() + OVERHEAD
    }

    /// Whether the same answer would be made after a change.
    async fn is_good(&self, service: &Service, last: u64) -> Result<bool, Error> {
        if self.good_until.load(Ordering::Acquire) == last {
            return Ok(true);
        }
        let touched = service.archive.views.touched(&self.seen, PATIENCE).await?;
        let is_good = touched <= self.made_at;
        if is_good {
            self.good_until.store(last, Ordering::Release);
        }
        Ok(is_good)
    }

    fn respond(&self, given: &HeaderMap, now: Moment) -> Response {
        let modified = self.modified.as_ref().filter(|(modified, _)| now.is_quiet && *modified <= now.at);
        let known = self.known(given, modified.map(|(modified, _)| *modified));
        let mut response = Response::new(if known.is_some() { Body::empty() } else { Body::from(self.body.clone()) });
        if let Some(tag) = known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response.headers_mut().extend(self.headers.get(header::VARY).map(|vary| (header::VARY, vary.clone())));
            conditional::tag(response.headers_mut(), &tag);
        } else {
            *response.headers_mut() = self.headers.clone();
        }
        if let Some((_, date)) = modified {
            response.headers_mut().insert(header::LAST_MODIFIED, date.clone());
        }
        response
    }

    /// The entity tag by which the client has the answer, where it has it.
    fn known(&self, given: &HeaderMap, modified: Option<Timestamp>) -> Option<String> {
        if given.contains_key(header::IF_NONE_MATCH) {
            return conditional::matching(given, &self.tag);
        }
        let since = given.get(header::IF_MODIFIED_SINCE)?.to_str().ok()?;
        let since = rfc2822::DateTimeParser::new().parse_timestamp(since).ok()?;
        (modified? <= since).then(|| self.tag.clone())
    }
}
