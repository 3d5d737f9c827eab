//! What went wrong, as RFC 9457 has it; the one place where errors become statuses.
//!
//! Our fault is logged once, with its causes, and shown without them; the asker's is shown exactly.

use axum::{
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::{Map, Value, json};

use crate::{rdf::Finding, store};

/// A problem document.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The HTTP status.
    pub status: StatusCode,
    /// What sort of problem it is: the last part of its `type`.
    pub kind: &'static str,
    /// The sort in a few words.
    pub title: &'static str,
    /// What is wrong this time, and what would be accepted.
    pub detail: String,
    /// Where it is: `line`, `column`, `parameter`, `available`, ….
    pub at: Map<String, Value>,
    /// After how many seconds another try makes sense.
    pub retry_after: Option<u32>,
}

impl Problem {
    /// A problem of a sort, without a place.
    #[must_use]
    pub fn new(status: StatusCode, kind: &'static str, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, kind, title, detail: detail.into(), at: Map::new(), retry_after: None }
    }

    /// The request does not say what it should.
    #[must_use]
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", "The request cannot be understood", detail)
    }

    /// None of the syntaxes that are to be had is wanted.
    #[must_use]
    pub fn not_acceptable(detail: impl Into<String>, available: Vec<&str>) -> Self {
        Self::new(StatusCode::NOT_ACCEPTABLE, "not-acceptable", "No such representation", detail)
            .at("available", available)
    }

    /// There is nothing at this address.
    #[must_use]
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail)
    }

    /// There was something at this address.
    #[must_use]
    pub fn gone(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "gone", "Withdrawn", detail)
    }

    /// A fault of ours; the causes go to the log and nowhere else.
    #[must_use]
    pub fn internal(error: &dyn std::error::Error) -> Self {
        tracing::error!(error = %chain(error), "a request failed");
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal",
            "The service failed",
            "the fault is the service's; it has been logged",
        )
    }

    /// Adds where the problem is.
    #[must_use]
    pub fn at(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.at.insert(key.to_owned(), value.into());
        self
    }

    /// The problem as JSON.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut document = json!({
            "type": format!("/problems/{}", self.kind),
            "title": self.title,
            "status": self.status.as_u16(),
            "detail": self.detail,
        });
        if let Some(object) = document.as_object_mut() {
            object.extend(self.at.clone());
        }
        document
    }
}

/// An error with its causes, in one line.
fn chain(error: &dyn std::error::Error) -> String {
    std::iter::successors(Some(error), |error| error.source()).map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

/// What a shape says, in each language.
fn violation(finding: &Finding) -> Value {
    let message: Map<String, Value> =
        finding.message.iter().map(|(lang, words)| (lang.to_string(), words.clone().into())).collect();
    json!({ "shape": finding.shape, "node": finding.node, "message": message })
}

impl From<store::Error> for Problem {
    fn from(error: store::Error) -> Self {
        use store::Error as E;
        let detail = error.to_string();
        match error {
            E::Syntax { line, column, .. } => {
                let problem = Self::new(StatusCode::BAD_REQUEST, "syntax", "The query does not parse", detail);
                match (line, column) {
                    (Some(line), Some(column)) => problem.at("line", line).at("column", column),
                    _ => problem,
                }
            }
            E::Refused(_) => Self::new(StatusCode::BAD_REQUEST, "refused", "The query is refused", detail),
            E::Deadline(_) => Self {
                retry_after: Some(60),
                ..Self::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "deadline",
                    "The query took too long",
                    format!("{detail}; narrow the query, or ask for fewer rows with LIMIT"),
                )
            },
            E::TooMuchMemory(_) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-much-memory",
                "The query needs too much memory",
                format!("{detail}; sort, group or join fewer rows, or page with LIMIT and OFFSET"),
            ),
            E::Cancelled => Self::new(StatusCode::SERVICE_UNAVAILABLE, "cancelled", "The query was cancelled", detail),
            E::Breaks(findings) => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "rules", "The change breaks the archive's rules", detail)
                    .at("violations", findings.iter().map(violation).collect::<Vec<_>>())
            }
            E::TooManyRows(_) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "too-many-rows",
                "The answer is too large",
                format!("{detail}; page through it with ORDER BY, LIMIT and OFFSET"),
            ),
            E::Busy => Self {
                retry_after: Some(5),
                ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "The service is busy", detail)
            },
            E::Unreachable { .. } => {
                tracing::error!(error = %chain(&error), "the engine cannot be reached");
                Self {
                    retry_after: Some(30),
                    ..Self::new(
                        StatusCode::SERVICE_UNAVAILABLE,
                        "engine",
                        "The store cannot be reached",
                        "the engine behind the service does not answer",
                    )
                }
            }
            E::Disk { .. } => {
                tracing::error!(error = %chain(&error), "the disk takes nothing more");
                let detail = format!("{detail}; what is stored can be read as before");
                Self {
                    retry_after: Some(60),
                    ..Self::new(StatusCode::INSUFFICIENT_STORAGE, "storage", "Nothing can be stored", detail)
                }
            }
            E::Locked { .. } | E::Answered { .. } | E::Internal(_) => Self::internal(&error),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, self.to_json().to_string()).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(seconds) = self.retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(HeaderName::from_static("www-authenticate"), HeaderValue::from_static("Bearer"));
        }
        // The page for browsers is made from it, further out.
        response.extensions_mut().insert(self);
        response
    }
}

/// What a client sees of a panic: a fault of ours, without detail.
#[must_use]
#[expect(clippy::needless_pass_by_value, reason = "the layer that catches panics hands over the payload")]
pub fn panicked(payload: Box<dyn std::any::Any + Send>) -> Response {
    let message = payload.downcast_ref::<String>().map(String::as_str).or(payload.downcast_ref::<&str>().copied());
    tracing::error!(panic = message.unwrap_or("unknown"), "a request panicked");
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "The service failed",
        "the fault is the service's; it has been logged",
    )
    .into_response()
}
