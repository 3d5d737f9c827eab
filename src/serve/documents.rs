//! Adding documents over the web, or seeing what would be added; every call needs the token.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Json,
    body::Bytes,
    extract::{RawQuery, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use oxigraph::model::NamedNode;
use serde_json::{Value, json};

use super::{Service, auth, parameters::pairs, problem::Problem};
use crate::{
    add::{Added, File, Plan, Settings},
    ask::names,
    model::Text,
    rdf::Iris,
    store::Error,
};

/// `POST /api/documents?name=…`: adds the file in the body, whose format its name tells; with `dry_run=1` nothing is stored,
/// and it is told which words would be linked to what.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
    body: Bytes,
) -> Result<Response, Problem> {
    auth::may_write(&service, &headers)?;
    let (name, dry_run) = asked(query.as_deref().unwrap_or_default())?;
    let plan = Plan::of(vec![File::bytes(name, body.to_vec())]);
    let settings = Settings { dry_run, ..Settings::new(&service.archive, service.config.max_file) };
    if !dry_run {
        service.archive.add_ontology().await?;
    }
    let report = service.archive.add(&plan, &settings, &|_| ()).await?;
    if let Some(failure) = report.failures.first() {
        let kind = "document-refused";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Problem::new(status, kind, "The document cannot be added", failure.to_string()));
    }
    let labels = labels(&service, &report.added).await?;
    let iris = service.archive.store.iris();
    let added: Vec<Value> = report.added.iter().map(|added| shown(iris, &labels, added, dry_run)).collect();
    let mut body = json!({ "added": added, "notices": report.notices, "resemblances": report.resemblances });
    if dry_run {
        body["dry_run"] = true.into();
    }
    Ok((StatusCode::OK, Json(body)).into_response())
}

/// The name of the file, and whether nothing is to be stored.
fn asked(query: &str) -> Result<(String, bool), Problem> {
    let (mut file, mut dry_run) = (None, false);
    for (name, value) in pairs(query) {
        match (name.as_str(), value.as_str()) {
            ("name", name) if !name.is_empty() && !name.contains(['/', '\\']) => file = Some(value),
            ("dry_run", "1" | "true" | "") => dry_run = true,
            ("dry_run", "0" | "false") => dry_run = false,
            // What is only to be looked at is not stored because of a slip.
            ("dry_run", _) => {
                return Err(Problem::bad_request(format!("`{value}` is neither 1 nor 0")).at("parameter", name));
            }
            _ => {}
        }
    }
    let file = file.ok_or_else(|| {
        Problem::bad_request("give the file's name as `?name=statement.html`: its extension tells the format")
            .at("parameter", "name")
    })?;
    Ok((file, dry_run))
}

/// What the things are called that words would be linked to.
async fn labels(service: &Service, added: &[Added]) -> Result<BTreeMap<String, Text>, Error> {
    let (store, ontology) = (&service.archive.store, &service.archive.ontology);
    let links = added.iter().flat_map(|added| &added.links);
    let things: Vec<NamedNode> = links.filter_map(|link| Some(store.iris().id(&link.to.parse().ok()?))).collect();
    names::labels(store, ontology, &things).await
}

fn shown(iris: &Iris, labels: &BTreeMap<String, Text>, added: &Added, dry_run: bool) -> Value {
    let mut value = json!({ "id": added.graph, "outcome": added.outcome, "mentions": added.mentions });
    if dry_run {
        let link = |link: &crate::add::Link| {
            let mut value = json!(link);
            let id = link.to.parse().ok();
            if let Some(label) = id.and_then(|id| labels.get(iris.id(&id).as_str())) {
                value["label"] =
                    label.iter().map(|(lang, words)| (lang.to_string(), Value::from(words.as_str()))).collect();
            }
            value
        };
        value["links"] = added.links.iter().map(link).collect();
    }
    value
}
