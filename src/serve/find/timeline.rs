//! `GET /api/timeline`: what is found, by day, month or year.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};

use super::{Asked, one_of, place};
use crate::{
    ask::find::timeline::{self as when, Timeline, Unit},
    serve::{Service, parameters::set_once, problem::Problem},
};

/// Answers with the buckets that hold anything.
pub(in crate::serve) async fn timeline(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Timeline>, Problem> {
    let Asked { words, filters, own } = Asked::read(&service, query.as_deref(), &["by"])?;
    let mut by = None;
    for (name, value) in own {
        set_once(&mut by, &name, value)?;
    }
    let names = Unit::ALL.into_iter().map(|unit| (unit.name(), unit));
    let unit = by.map_or(Ok(Unit::Year), |value| one_of("by", &value, names))?;
    Ok(Json(when::timeline(place(&service), words, &filters, unit).await?))
}
