//! The SPARQL 1.1 Graph Store HTTP Protocol.
//!
//! A graph is named by `?graph=IRI`, as `?default` (what was written to the default graph), or by its own address:
//! `/graphs/x` is the graph `{base}graphs/x`, and the archive's graphs stand under `/graph/…` to be read. Reading is
//! for all, writing needs the token and obeys the rules that every change obeys.

use std::{
    sync::Arc,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest, Multipart, OriginalUri, RawQuery, Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::StreamExt as _;
use jiff::Timestamp;
use oxigraph::{io::RdfParser, model::NamedNode};
use spargebra::{
    GraphUpdateOperation as Operation, Update,
    algebra::GraphTarget,
    term::{GraphName, Quad},
};

use super::{
    Service, auth, conditional, description, negotiate,
    parameters::{graph, media_type, pairs, unsupported},
    problem::Problem,
};
use crate::{
    add::Change,
    rdf::{AnswerFormat, GraphFormat, depth, entities},
    store::{Dataset, Limits, Query},
};

/// `GET` and `HEAD`: the graph, in the syntax that is wanted.
pub(super) async fn get(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let named = existing(&service, &headers, uri.path(), query.as_deref()).await?;
    let offered: Vec<&str> = GraphFormat::ALL.iter().map(|format| format.media_type()).collect();
    let chosen = negotiate::choose(negotiate::accept(&headers).as_deref(), &offered);
    let format = chosen.map(|index| GraphFormat::ALL[index]).ok_or_else(|| {
        let detail = format!("a graph can be had as {}", offered.join(", "));
        Problem::not_acceptable(detail, offered.clone())
    })?;
    let store = &service.archive.store;
    let tag = conditional::graph_tag(store, named.as_str(), format.media_type()).await?;
    if conditional::is_known(&headers, &tag) {
        return Ok(conditional::not_modified(&tag));
    }
    let text = format!("CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {named} {{ ?s ?p ?o }} }}");
    let own = service.config.query;
    let limits = Limits { deadline: own.deadline, rows: u64::MAX, memory: own.memory };
    let answer = store.engine().query(Query::new(text, AnswerFormat::Graph(format), limits)).await?;
    let mut response = Body::from_stream(answer.body.fuse()).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding"));
    conditional::tag(headers, &tag);
    Ok(response)
}

/// `PUT`: the body becomes the graph.
pub(super) async fn put(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    auth::may_write(&service, request.headers())?;
    let named = named(&service, request.headers(), uri.path(), query.as_deref())?.ok_or_else(no_graph)?;
    let existed = exists(&service, &named).await?;
    let data = read(request, &named).await?;
    let drop = Operation::Drop { silent: true, graph: GraphTarget::NamedNode(named.clone()) };
    let create = Operation::Create { silent: true, graph: named };
    write(&service, vec![drop, create, Operation::InsertData { data }]).await?;
    Ok(if existed { StatusCode::NO_CONTENT } else { StatusCode::CREATED }.into_response())
}

/// `POST`: the body is merged into the graph, or into a new one where none is named.
pub(super) async fn post(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    RawQuery(query): RawQuery,
    request: Request,
) -> Result<Response, Problem> {
    auth::may_write(&service, request.headers())?;
    let here = description::here(&service, request.headers());
    let given = named(&service, request.headers(), uri.path(), query.as_deref())?;
    let named = given.clone().unwrap_or_else(|| new_graph(&service));
    let existed = exists(&service, &named).await?;
    let data = read(request, &named).await?;
    let create = Operation::Create { silent: true, graph: named.clone() };
    write(&service, vec![create, Operation::InsertData { data }]).await?;
    let mut response = if existed { StatusCode::NO_CONTENT } else { StatusCode::CREATED }.into_response();
    let base = service.archive.store.iris().base();
    if let (None, Some(path)) = (given, named.as_str().strip_prefix(base))
        && let Ok(location) = HeaderValue::try_from(format!("{here}{path}"))
    {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// `DELETE`: the graph is dropped.
pub(super) async fn delete(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<StatusCode, Problem> {
    auth::may_write(&service, &headers)?;
    let named = existing(&service, &headers, uri.path(), query.as_deref()).await?;
    write(&service, vec![Operation::Drop { silent: true, graph: GraphTarget::NamedNode(named) }]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The graph a request is about; none where the graph store itself is meant.
fn named(
    service: &Service,
    headers: &HeaderMap,
    path: &str,
    query: Option<&str>,
) -> Result<Option<NamedNode>, Problem> {
    let iris = service.archive.store.iris();
    let mut found = Vec::new();
    for (name, value) in pairs(query.unwrap_or_default()) {
        match name.as_str() {
            "graph" => found.push(by_any_host(service, headers, graph(&name, &value)?)),
            "default" => found.push(iris.default_graph()),
            _ => {}
        }
    }
    let path = path.trim_start_matches('/');
    if path != "graphs" {
        let address = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
        let own = NamedNode::new(format!("{}{address}", iris.base()));
        found.push(own.map_err(|_| Problem::bad_request(format!("`/{path}` is not the address of a graph")))?);
    }
    match found.len() {
        0 | 1 => Ok(found.pop()),
        _ => Err(Problem::bad_request(
            "the request names several graphs; expected one of ?graph=IRI, ?default, /graphs/...",
        )
        .at("parameter", "graph")),
    }
}

/// A graph that is named by the address at which the service is reached is the one under the archive's base.
fn by_any_host(service: &Service, headers: &HeaderMap, graph: NamedNode) -> NamedNode {
    let base = service.archive.store.iris().base();
    let own = graph.as_str().strip_prefix(&description::here(service, headers)).map(|path| format!("{base}{path}"));
    own.and_then(|own| NamedNode::new(own).ok()).unwrap_or(graph)
}

fn no_graph() -> Problem {
    Problem::bad_request("the request names no graph; expected ?graph=IRI, ?default or /graphs/...")
        .at("parameter", "graph")
}

/// The graph a request is about, which must be there.
async fn existing(
    service: &Service,
    headers: &HeaderMap,
    path: &str,
    query: Option<&str>,
) -> Result<NamedNode, Problem> {
    let named = named(service, headers, path, query)?.ok_or_else(no_graph)?;
    if exists(service, &named).await? {
        Ok(named)
    } else {
        Err(Problem::not_found(format!("there is no graph {named}")))
    }
}

/// A name for a graph that is given none.
fn new_graph(service: &Service) -> NamedNode {
    static NUMBER: AtomicU64 = AtomicU64::new(0);
    let number = NUMBER.fetch_add(1, Ordering::Relaxed);
    let now = Timestamp::now().as_nanosecond();
    service.archive.store.iris().path(&format!("graphs/{now:x}-{number:x}"))
}

async fn exists(service: &Service, graph: &NamedNode) -> Result<bool, Problem> {
    let query = format!("SELECT ?g {{ VALUES ?g {{ {graph} }} GRAPH ?g {{ }} }}");
    Ok(!service.archive.store.select(&query).await?.is_empty())
}

async fn write(service: &Service, operations: Vec<Operation>) -> Result<(), Problem> {
    let update = Update { base_iri: None, operations };
    let (deadline, is_reviewed) = (service.config.query.deadline, !service.config.is_engine);
    Ok(service.archive.change(Change { update, dataset: Dataset::default(), deadline, is_reviewed }).await?)
}

/// Reads the triples of a body, or of each part of a form.
async fn read(request: Request, graph: &NamedNode) -> Result<Vec<Quad>, Problem> {
    let given = media_type(request.headers());
    if given.as_deref() == Some("multipart/form-data") {
        return parts(request, graph).await;
    }
    let bytes =
        Bytes::from_request(request, &()).await.map_err(|error| too_large(error.status(), error.to_string()))?;
    if bytes.is_empty() && given.is_none() {
        return Ok(Vec::new());
    }
    let format = given.as_deref().and_then(GraphFormat::from_media_type).ok_or_else(|| not_read(given.as_deref()))?;
    parse(&bytes, format, graph)
}

async fn parts(request: Request, graph: &NamedNode) -> Result<Vec<Quad>, Problem> {
    let broken = |error: axum::extract::multipart::MultipartError| too_large(error.status(), error.body_text());
    let mut form =
        Multipart::from_request(request, &()).await.map_err(|error| too_large(error.status(), error.body_text()))?;
    let mut quads = Vec::new();
    while let Some(part) = form.next_field().await.map_err(broken)? {
        let by_type =
            part.content_type().and_then(|given| GraphFormat::from_media_type(given.split(';').next()?.trim()));
        let by_name = || part.file_name().and_then(|name| GraphFormat::from_extension(name.rsplit_once('.')?.1));
        let format = by_type.or_else(by_name).ok_or_else(|| not_read(part.content_type()))?;
        quads.extend(parse(&part.bytes().await.map_err(broken)?, format, graph)?);
    }
    Ok(quads)
}

fn too_large(status: StatusCode, detail: String) -> Problem {
    if status == StatusCode::PAYLOAD_TOO_LARGE {
        Problem::new(status, "body-too-large", "The body is too large", detail)
    } else {
        Problem::bad_request(detail)
    }
}

fn not_read(given: Option<&str>) -> Problem {
    let accepted: Vec<&str> = GraphFormat::ALL.iter().map(|format| format.media_type()).collect();
    unsupported(given, &accepted)
}

fn parse(bytes: &[u8], format: GraphFormat, graph: &NamedNode) -> Result<Vec<Quad>, Problem> {
    if format == GraphFormat::RdfXml {
        entities::check(&String::from_utf8_lossy(bytes))
            .map_err(|refused| Problem::bad_request(format!("the body is refused: {refused}")))?;
    }
    if format == GraphFormat::JsonLd {
        depth::check(bytes).map_err(|deep| Problem::bad_request(deep.to_string()).at("line", deep.line))?;
    }
    let parser = RdfParser::from_format(format.to_rdf_format())
        .with_base_iri(graph.as_str())
        .map_err(|error| Problem::bad_request(error.to_string()))?
        .without_named_graphs()
        .rename_blank_nodes();
    let quads = parser.for_slice(bytes).map(|quad| {
        let quad = quad.map_err(|error| {
            let problem = Problem::bad_request(format!("the body is not {}: {error}", format.name()));
            match error.location() {
                Some(place) => problem.at("line", place.start.line + 1).at("column", place.start.column + 1),
                None => problem,
            }
        })?;
        let graph_name = GraphName::NamedNode(graph.clone());
        Ok(Quad { subject: quad.subject, predicate: quad.predicate, object: quad.object, graph_name })
    });
    quads.collect()
}
