//! Who asks, and may they do that? A bearer token tells: one of those in the file of tokens, or the one whose digest is in
//! the settings, which is the administrator's.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode, header},
};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::{
    Service,
    problem::Problem,
    tokens::{self, Role, TokenError},
};
use crate::{add::actor, store::Digest};

/// Whoever shows a token that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Caller {
    /// The path of the agent, `agent/…`.
    pub agent: String,
    /// The name, where the token has one.
    pub name: Option<String>,
    /// What they may do.
    pub role: Role,
}

impl Caller {
    /// Whether they may say that somebody else has decided: the token of the settings has no name of its own.
    pub(super) fn speaks_for_others(&self) -> bool {
        self.name.is_none()
    }

    /// The name under which something is written, where `by` is asked for.
    pub(super) fn signs(&self, by: Option<String>) -> Result<Option<String>, Problem> {
        let own = self.agent.trim_start_matches("agent/");
        match by {
            by if self.speaks_for_others() => Ok(by),
            Some(by) if by != own => {
                let detail = format!("`{by}` is somebody else; with this token it is {own}, and `by` can be left out");
                Err(forbidden("name", "The name is somebody else's", detail).at("parameter", "by"))
            }
            _ => Ok(Some(own.to_owned())),
        }
    }
}

/// `GET /api/tokens/own`: whose the token is that is shown, and what may be done with it.
pub(super) async fn own(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Json<Value>, Problem> {
    let caller = caller(&service, &headers)?;
    let may: Vec<&str> = Role::ALL.into_iter().filter(|role| caller.role.may(*role)).map(Role::name).collect();
    Ok(Json(json!({ "by": caller.agent, "name": caller.name, "role": caller.role.name(), "may": may })))
}

/// Lets through whoever may add and change what the archive holds.
pub(super) fn may_write(service: &Service, headers: &HeaderMap) -> Result<Caller, Problem> {
    allow(service, headers, Role::Archivist)
}

/// Lets through whoever may do what a role is needed for; what they write is logged as theirs.
pub(super) fn allow(service: &Service, headers: &HeaderMap, needed: Role) -> Result<Caller, Problem> {
    is_open(service)?;
    let caller = reader(service, headers, needed)?;
    actor::is_at_work(&caller.agent);
    Ok(caller)
}

/// Whether anything may be written at all.
pub(super) fn is_open(service: &Service) -> Result<(), Problem> {
    if service.config.read_only {
        let detail = "the service was started with --read-only; nothing can be written or sent";
        return Err(forbidden("read-only", "The service is read-only", detail));
    }
    Ok(())
}

/// Lets through whoever may read what a role is needed for.
pub(super) fn reader(service: &Service, headers: &HeaderMap, needed: Role) -> Result<Caller, Problem> {
    let caller = caller(service, headers)?;
    if caller.role.may(needed) {
        return Ok(caller);
    }
    let (has, needed) = (caller.role.name(), needed.name());
    let detail = format!("this needs the role {needed}; the token has the role {has}");
    Err(forbidden("role", "The role is too low", detail).at("role", needed))
}

/// Whoever shows a token that is good.
pub(super) fn caller(service: &Service, headers: &HeaderMap) -> Result<Caller, Problem> {
    let failed = |error: TokenError| Problem::internal(&error);
    if service.config.token_sha256.is_none() && service.tokens.all().map_err(failed)?.is_empty() {
        let detail = "no token is set up; make one with `isnad token create`, or start the service with --token-sha256";
        return Err(forbidden("read-only", "The service is read-only", detail));
    }
    let shown = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or_else(|| unauthorized("this needs an Authorization header with a bearer token"))?
        .trim();
    let digest = Digest::of(shown.as_bytes()).to_string();
    let settings = service.config.token_sha256.as_ref();
    if settings.is_some_and(|expected| tokens::is_same(&expected.to_ascii_lowercase(), &digest)) {
        return Ok(Caller { agent: "agent/admin".to_owned(), name: None, role: Role::Admin });
    }
    let now = Timestamp::now();
    match service.tokens.find(shown).map_err(failed)? {
        None => Err(unauthorized("the token is not one that is known")),
        Some(token) if token.revoked.is_some() => Err(unauthorized("the token was revoked")),
        Some(token) if token.has_expired(now) => {
            let expired = token.expires.map(|expires| expires.to_string()).unwrap_or_default();
            Err(unauthorized(format!("the token expired at {expired}")))
        }
        Some(token) => {
            service.tokens.note_use(&token, now);
            Ok(Caller { agent: token.agent(), name: Some(token.name), role: token.role })
        }
    }
}

fn unauthorized(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNAUTHORIZED, "unauthorized", "A token is needed", detail)
}

fn forbidden(kind: &'static str, title: &'static str, detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::FORBIDDEN, kind, title, detail)
}
