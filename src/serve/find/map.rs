//! `GET /api/geo`: what is found, as places on a map.

use std::sync::Arc;

use axum::{
    extract::{RawQuery, State},
    http::header,
    response::{IntoResponse, Response},
};

use super::{Asked, number, place};
use crate::{
    ask::find::map::{self, MOST_ZOOM, Shown},
    serve::{Service, narrow, parameters::set_once, problem::Problem},
};

/// How near the map of a page is where there are too many places to show each.
const FAR: u8 = 6;

/// The places of what is found, for a page: each by itself, or clusters where they are too many.
pub(in crate::serve) async fn spots(service: &Service, query: &str) -> Result<serde_json::Value, Problem> {
    let Asked { words, filters, .. } = Asked::read(service, Some(query), &[])?;
    let each = map::map(place(service), words.clone(), &filters, Shown::default()).await;
    match each {
        Err(crate::ask::find::FindError::Parameter { name: "zoom", .. }) => {
            let far = Shown { zoom: Some(FAR), bbox: None };
            Ok(map::map(place(service), words, &filters, far).await?)
        }
        other => Ok(other?),
    }
}

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
        bbox: within.map(|value| narrow::bbox("bbox", &value)).transpose()?,
    };
    let found = map::map(place(&service), words, &filters, shown).await?;
    Ok(([(header::CONTENT_TYPE, "application/geo+json")], found.to_string()).into_response())
}
