//! `GET /api/suggest`: names while somebody types.

use std::sync::Arc;

use axum::{
    Json,
    extract::{RawQuery, State},
};
use serde_json::{Value, json};

use super::{LONGEST_WORDS, number, place, short_enough};
use crate::{
    ask::find::{self, KINDS},
    serve::{
        Service,
        parameters::{pairs, set_once},
        problem::Problem,
    },
};

/// How many names are given where the caller does not say, and how many there may be.
const NAMES: usize = 10;
const MOST_NAMES: usize = 50;

/// Answers with the things whose names begin with what was typed, or sound so.
pub(in crate::serve) async fn suggest(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let query = query.as_deref().unwrap_or_default();
    short_enough(query)?;
    let (mut typed, mut kinds, mut limit) = (None, Vec::new(), None);
    for (name, value) in pairs(query) {
        match name.as_str() {
            "q" => set_once(&mut typed, "q", value)?,
            "limit" => set_once(&mut limit, "limit", value)?,
            "kind" => kinds.push(find::filters::kind(&value).ok_or_else(|| {
                let known: Vec<&str> = KINDS.into_iter().map(crate::ask::walk::kind_name).collect();
                let detail = format!("`{value}` is no kind of thing: expected {}", known.join(", "));
                Problem::bad_request(detail).at("parameter", "kind")
            })?),
            _ => {
                let detail = format!("there is no parameter `{name}`: expected q, kind, limit");
                return Err(Problem::bad_request(detail).at("parameter", name));
            }
        }
    }
    let typed = typed.filter(|typed| !typed.trim().is_empty() && typed.chars().count() <= LONGEST_WORDS);
    let typed = typed.ok_or_else(|| {
        let detail = format!("`q` must hold the beginning of a name, of {LONGEST_WORDS} characters at most");
        Problem::bad_request(detail).at("parameter", "q")
    })?;
    let limit = limit.map_or(Ok(NAMES), |value| number("limit", &value, 1..=MOST_NAMES))?;
    let found = find::suggest::suggest(place(&service), typed, kinds, limit).await?;
    Ok(Json(json!({ "suggestions": found })))
}
