//! `GET /api/geo`: what is found, as places on a map.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{Asked, filters::bbox, number, place};
use crate::{
    ask::find::map::{self, MOST_ZOOM, Shown},
    serve::{Service, parameters::set_once, problem::Problem},
};

/// Answers with a GeoJSON feature collection.
pub(in crate::serve) async fn geo(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let Asked { words, filters, own } = Asked::read(&service, query.as_deref(), &["zoom", "bbox"])?;
    let (mut zoom, mut within) = (None, None);
    for (name, value) in own {
        set_once(if name == "zoom" { &mut zoom } else { &mut within }, &name, value)?;
    }
    let zoom = zoom.map(|value| number("zoom", &value, 0..=usize::from(MOST_ZOOM))).transpose()?;
    let shown = Shown {
        zoom: zoom.and_then(|zoom| u8::try_from(zoom).ok()),
        bbox: within.map(|value| bbox(&value)).transpose()?,
    };
    let found = map::map(place(&service), words, &filters, shown).await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], found.to_string()).into_response())
}
