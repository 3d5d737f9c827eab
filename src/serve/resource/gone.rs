//! What became of a thing: the way to the one that stands in its place, or a tombstone.

use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Asked, encoded, form::Form, head, internal};
use crate::{
    ask::fate::Ending,
    export::tombstone,
    model::Id,
    rdf::write,
    serve::{Service, pages, problem::Problem},
};

/// 301 for a thing that was merged.
pub(super) fn moved(asked: &Asked, into: &Id) -> Result<Response, Problem> {
    let extension = asked.extension.map(|it| format!(".{}", it.extension())).unwrap_or_default();
    let query = if asked.query.is_empty() { String::new() } else { format!("?{}", asked.query) };
    let location = encoded(&format!("/{}{extension}{query}", into.whole()));
    let location = HeaderValue::try_from(location).map_err(|error| Problem::internal(&error))?;
    Ok((StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, location)]).into_response())
}

/// 410 for one that was withdrawn.
pub(super) fn withdrawn(service: &Service, asked: &Asked, ending: &Ending) -> Result<Response, Problem> {
    let iris = service.archive.store.iris();
    let (media_type, body) = match asked.form {
        Form::Page => {
            ("text/html; charset=utf-8", pages::tombstone(service, &asked.id, ending, asked.lang).into_bytes())
        }
        // In whatever profile a thing was wanted: that it is gone is told in the same words.
        Form::Graph(format, _) => {
            let quads = tombstone::of(iris, &asked.id, ending);
            (format.media_type(), write::quads(iris, &service.json_ld, format, &quads).map_err(internal)?)
        }
        Form::Citation(_) => {
            return Err(Problem::gone(format!("{} was withdrawn; what is gone is not cited", asked.id)));
        }
    };
    let history = tombstone::history(ending).map(|query| format!("<{query}>; rel=\"version-history\""));
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::GONE;
    *response.headers_mut() = head(media_type, history.into_iter());
    Ok(response)
}
