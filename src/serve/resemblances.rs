//! Documents that seem to be others once more, or their translations: proposals, for whoever decides what they are.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};
use serde_json::{Value, json};

use super::{Service, parameters::pairs, problem::Problem};
use crate::{
    ask::resemblances::{self, Filter},
    model::ResemblanceKind,
};

/// The most of a page.
const MOST: usize = 100;

/// `GET /api/reviews/resemblances`: the proposals, those that share most first.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let store = &service.archive.store;
    let mut filter = Filter { limit: 20, ..Filter::default() };
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        let wrong = |detail: String| Problem::bad_request(detail).at("parameter", name.clone());
        match name.as_str() {
            "document" => {
                let document = store.iris().parse_id(&value);
                let document =
                    document.ok_or_else(|| wrong(format!("`{value}` is not an identifier such as doc/jim-4")))?;
                filter.document = Some(document);
            }
            "kind" => {
                let known = [ResemblanceKind::NearDuplicate, ResemblanceKind::Translation].map(ResemblanceKind::term);
                if !known.contains(&value.as_str()) {
                    return Err(wrong(format!("`{value}` is not a kind: expected {}", known.join(" or "))));
                }
                filter.kind = Some(value);
            }
            "limit" => {
                let limit = value.parse().ok().filter(|limit| (1..=MOST).contains(limit));
                filter.limit = limit
                    .ok_or_else(|| wrong(format!("`{value}` is not a number of results: expected 1 to {MOST}")))?;
            }
            "offset" => {
                let offset = value.parse().map_err(|_| wrong(format!("`{value}` is not a number from 0")))?;
                filter.offset = offset;
            }
            _ => {}
        }
    }
    let proposals = resemblances::find(store, &filter).await?;
    Ok(Json(json!({ "resemblances": proposals })))
}
