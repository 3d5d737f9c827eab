//! As it stood on a given day (`?asOf=`): which store answers, and what is said of that (RFC 7089).

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{Service, parameters::pairs, problem::Problem, sparql};
use crate::{
    ask::past::{self, Moment, Past, PastError},
    model::Id,
};

/// The value of `asOf`.
pub(super) fn moment(text: &str) -> Result<Moment, Problem> {
    text.parse().map_err(|error: past::NotAMoment| Problem::bad_request(error.to_string()).at("parameter", "asOf"))
}

/// The day in a query string, where there is one.
pub(super) fn asked(query: Option<&str>) -> Result<Option<Moment>, Problem> {
    let given = pairs(query.unwrap_or_default());
    given.into_iter().find(|(name, _)| name == "asOf").map(|(_, value)| moment(&value)).transpose()
}

/// The whole archive as it stood, for a query. What searches and walks is asked of the present only.
pub(super) async fn whole(service: &Service, moment: &Moment, query: &str) -> Result<Past, Problem> {
    let archive = &service.archive;
    if past::is_of_today(&archive.store, query) {
        let detail = "texts, places and walks (SERVICE isnad:\u{2026}) are of today; leave out `asOf`, or the SERVICE";
        return Err(Problem::bad_request(detail).at("parameter", "asOf"));
    }
    Ok(archive.pasts.whole(&archive.store, moment, sparql::limits(service, None)).await?)
}

/// What was said of one thing.
pub(super) async fn thing(service: &Service, moment: &Moment, id: &Id) -> Result<Past, Problem> {
    Ok(past::thing(&service.archive.store, moment, id, sparql::limits(service, None)).await?)
}

/// Says of when the answer is.
pub(super) fn tell(headers: &mut HeaderMap, past: &Past) {
    let at = past.at.map(|at| at.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string());
    if let Some(at) = at.and_then(|at| HeaderValue::try_from(at).ok()) {
        headers.insert(HeaderName::from_static("memento-datetime"), at);
    }
    headers.insert(HeaderName::from_static("x-change"), HeaderValue::from(past.number));
}

impl From<PastError> for Problem {
    fn from(error: PastError) -> Self {
        let detail = error.to_string();
        match error {
            PastError::Ahead(_) => Self::bad_request(detail).at("parameter", "asOf"),
            PastError::NotKept { number, .. } => {
                Self::new(StatusCode::NOT_FOUND, "not-kept", "The archive does not know how it stood then", detail)
                    .at("parameter", "asOf")
                    .at("change", number)
            }
            PastError::TooLarge(most) => Self::new(
                StatusCode::PAYLOAD_TOO_LARGE,
                "past-too-large",
                "The archive of that day is too large",
                detail,
            )
            .at("parameter", "asOf")
            .at("most", most),
            PastError::Store(error) => error.into(),
        }
    }
}
