//! The description of the calls, in OpenAPI 3.1: what stands in `openapi.json`, and a call for each question.

use std::sync::Arc;

use axum::{Json, extract::State};
use serde_json::{Map, Value, json};

use super::{Service, problem::Problem, saved};
use crate::ask::saved::{Parameter, ParameterKind, SavedQuery};

const FIXED: &str = include_str!("openapi.json");

/// `GET /openapi.json`
pub(super) async fn describe(State(service): State<Arc<Service>>) -> Result<Json<Value>, Problem> {
    let mut document: Value = serde_json::from_str(FIXED).map_err(|error| Problem::internal(&error))?;
    document["info"]["version"] = env!("CARGO_PKG_VERSION").into();
    for query in saved::with_stored(&service).await? {
        let path = format!("/api/queries/{}", query.slug);
        let call = call(&query, &document["paths"]["/sparql"]["get"]);
        document["paths"][path] = json!({ "get": call });
    }
    Ok(Json(document))
}

/// The call of a question. What can be asked of any answer it has in common with a query.
fn call(query: &SavedQuery, ask: &Value) -> Value {
    let common = ask["parameters"].as_array().into_iter().flatten().filter(|parameter| {
        ["format", "timeout", "asOf", "download", "explain"].iter().any(|name| parameter["name"] == *name)
    });
    let page = [("limit", "The most rows"), ("offset", "How many rows are left out first")].map(|(name, about)| {
        json!({ "name": name, "in": "query", "description": about, "schema": { "type": "integer", "minimum": 0 } })
    });
    let parameters: Vec<Value> = query.parameters.iter().map(parameter).chain(page).chain(common.cloned()).collect();
    let words = |text: &crate::model::Text| text.values().cloned().collect::<Vec<_>>().join(" / ");
    let mut call = Map::new();
    call.insert("tags".to_owned(), json!(["questions"]));
    call.insert("operationId".to_owned(), query.slug.clone().into());
    call.insert("summary".to_owned(), words(&query.title).into());
    call.insert("description".to_owned(), words(&query.about).into());
    call.insert("parameters".to_owned(), parameters.into());
    call.insert("responses".to_owned(), ask["responses"].clone());
    call.into()
}

fn parameter(parameter: &Parameter) -> Value {
    let schema = match parameter.kind() {
        ParameterKind::Iri => json!({ "type": "string", "format": "iri-reference" }),
        ParameterKind::Date => json!({ "type": "string", "format": "date" }),
        ParameterKind::Number => json!({ "type": "number" }),
        ParameterKind::Text => json!({ "type": "string" }),
    };
    json!({
        "name": parameter.name,
        "in": "query",
        "description": format!("In place of {}", parameter.example),
        "required": false,
        "schema": schema,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_route_is_described_and_nothing_else() {
        let document: Value = serde_json::from_str(FIXED).expect("it is JSON");
        let described: Vec<&String> = document["paths"].as_object().expect("there are paths").keys().collect();
        let routes: Vec<String> = include_str!("mod.rs")
            .split(".route(\"")
            .skip(1)
            .filter_map(|rest| Some(rest.split_once('"')?.0.replace("{*", "{")))
            .collect();
        assert!(routes.len() > 20);
        for route in &routes {
            assert!(described.contains(&route), "{route} is not described");
        }
        for path in described {
            assert!(routes.contains(path), "{path} is described and not there");
        }
    }
}
