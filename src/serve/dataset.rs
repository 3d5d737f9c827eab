//! What the archive is, for those who look for data: VoID and DCAT, in every RDF syntax.

use std::sync::Arc;

use axum::{
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use oxigraph::model::Quad;

use super::{Service, conditional, description, negotiate, problem::Problem};
use crate::{
    export::dataset::About,
    rdf::{GraphFormat, write},
};

/// `GET /.well-known/void`
pub(super) async fn void(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    described(&service, &headers, wanted(&headers)?, "void").await
}

/// `GET /dcat`
pub(super) async fn dcat(State(service): State<Arc<Service>>, headers: HeaderMap) -> Result<Response, Problem> {
    answer(&service, &headers, wanted(&headers)?).await
}

/// The catalogue in a syntax.
pub(super) async fn answer(service: &Service, headers: &HeaderMap, format: GraphFormat) -> Result<Response, Problem> {
    described(service, headers, format, "dcat").await
}

fn wanted(headers: &HeaderMap) -> Result<GraphFormat, Problem> {
    let offered = GraphFormat::ALL.map(GraphFormat::media_type);
    let accept = negotiate::accept(headers);
    // Whoever looks with a browser sees the preferred syntax.
    let chosen = negotiate::choose(accept.as_deref(), &offered)
        .or_else(|| accept.is_some_and(|accept| accept.contains("text/html")).then_some(0));
    chosen.map(|index| GraphFormat::ALL[index]).ok_or_else(|| {
        Problem::not_acceptable(format!("the archive is described as {}", offered.join(", ")), offered.to_vec())
    })
}

async fn described(
    service: &Service,
    headers: &HeaderMap,
    format: GraphFormat,
    which: &str,
) -> Result<Response, Problem> {
    let iris = service.archive.store.iris();
    let here = description::here(service, headers);
    let (sequence, totals) = service.archive.views.counts().await?;
    let dumps = service.dumps.list()?;
    // It changes with the archive and with the dumps there are.
    let newest = dumps.first().map_or("", |dump| &dump.name);
    let subject = format!("{here}{which} {newest} {}", dumps.len());
    let tag = conditional::graph_tag(&service.archive.store, &subject, format.media_type()).await?;
    if conditional::is_known(headers, &tag) {
        return Ok(conditional::not_modified(&tag));
    }
    let about = About { here: &here, iris, sequence, totals: &totals, dumps: &dumps };
    let quads: Vec<Quad> =
        if which == "void" { about.void() } else { about.catalogue() }.map_err(|error| Problem::internal(&error))?;
    let body = write::quads(iris, &service.json_ld, format, &quads).map_err(|error| Problem::internal(&error))?;
    let mut response = body.into_response();
    let answer = response.headers_mut();
    answer.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    answer.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    let other = if which == "void" { "dcat" } else { ".well-known/void" };
    if let Ok(value) =
        HeaderValue::try_from(format!("<{here}{other}>; rel=\"related\", <{here}sparql>; rel=\"service\""))
    {
        answer.insert(header::LINK, value);
    }
    conditional::tag(answer, &tag);
    Ok(response)
}
