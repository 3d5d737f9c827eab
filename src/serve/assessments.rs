//! How reliable somebody holds something to be. Reading is for all, rating needs the token of a reviewer.

use std::sync::Arc;

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde_json::{Value, json};

use super::{
    Service, auth,
    created::found_at,
    parameters::{pairs, read_json},
    problem::Problem,
    tokens::Role,
};
use crate::{
    ask::assessments::{self, Of},
    model::{Assessment, Id, Kind},
    review::{self, Assessor, Rate},
};

/// `GET /api/assessments?about=doc/x` or `?document=doc/x`: what was assessed, the latest first, the revised too.
///
/// For each scale it is said whether anybody has rated on it: that nobody has is something else than `undefined`, which is
/// somebody's rating.
pub(super) async fn list(
    State(service): State<Arc<Service>>,
    RawQuery(query): RawQuery,
) -> Result<Json<Value>, Problem> {
    let (mut about, mut document, mut scale) = (None, None, None);
    for (name, value) in pairs(query.as_deref().unwrap_or_default()) {
        match name.as_str() {
            "about" => about = Some(thing(&service, &name, &value)?),
            "document" => document = Some(thing(&service, &name, &value)?),
            "scale" => scale = Some(known_scale(&service, value)?),
            _ => {}
        }
    }
    let of = match (&about, &document) {
        (Some(thing), None) => Of::Thing(thing),
        (None, Some(document)) if document.kind() == Kind::Document => Of::Document(document),
        _ => {
            let detail = "say what is wanted: ?about=doc/x for one thing, or ?document=doc/x for all in a document";
            return Err(Problem::bad_request(detail).at("parameter", "about"));
        }
    };
    let mut found = assessments::all(&service.archive.store, of).await?;
    found.retain(|assessment| scale.as_ref().is_none_or(|scale| assessment.scale == *scale));
    let shown: Vec<Value> = found.iter().rev().map(|assessment| shown(&service, assessment, &found)).collect();
    let mut body = json!({ "assessments": shown });
    if let Some(about) = &about {
        let ontology = &service.archive.ontology;
        let wanted = ontology.scales().iter().filter(|known| scale.as_ref().is_none_or(|scale| scale == *known));
        let state = |scale: &String| {
            let is_assessed = found.iter().any(|assessment| assessment.scale == *scale);
            (scale.clone(), Value::from(if is_assessed { "assessed" } else { "not-assessed" }))
        };
        body["about"] = about.as_str().into();
        body["scales"] = Value::Object(wanted.map(state).collect());
    }
    Ok(Json(body))
}

fn thing(service: &Service, name: &str, value: &str) -> Result<Id, Problem> {
    service.archive.store.iris().parse_id(value).ok_or_else(|| {
        Problem::bad_request(format!("`{value}` is not an identifier such as doc/jim-4 or claim/x"))
            .at("parameter", name)
    })
}

fn known_scale(service: &Service, value: String) -> Result<String, Problem> {
    let scales = service.archive.ontology.scales();
    if scales.contains(&value) {
        return Ok(value);
    }
    let detail = format!("`{value}` is not a scale of assessments: expected one of {}", scales.join(", "));
    Err(Problem::bad_request(detail).at("parameter", "scale"))
}

/// An assessment with the words for its rating, and whether it is what its assessor holds now.
fn shown(service: &Service, assessment: &Assessment, all: &[Assessment]) -> Value {
    let ontology = &service.archive.ontology;
    let mut value = json!(assessment);
    value["is_current"] = assessment.is_current(all).into();
    let path = format!("vocab/{}/{}", assessment.scale, assessment.rating);
    let label = ontology.label(&path).into_iter().flatten();
    value["label"] = Value::Object(label.map(|(lang, words)| (lang.to_string(), words.clone().into())).collect());
    value
}

/// `POST /api/assessments`: rates.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Problem> {
    let caller = auth::allow(&service, &headers, Role::Reviewer)?;
    let rate: Rate = read_json(&headers, &body, "an assessment")?;
    let signed = caller.signs(rate.by.clone())?;
    let by = Assessor { agent: review::agent(signed.as_deref())?, name: caller.name };
    let archive = &service.archive;
    let assessed = review::assess(&archive.store, &archive.ontology, &rate, by).await?;
    if !assessed.is_known {
        archive.assess(&assessed.assessment).await?;
    }
    let status = if assessed.is_known { StatusCode::OK } else { StatusCode::CREATED };
    let about = assessed.assessment.assesses.clone();
    let body = shown(&service, &assessed.assessment, std::slice::from_ref(&assessed.assessment));
    Ok(found_at(&service, &headers, &format!("api/assessments?about={about}"), status, body))
}
