//! ResourceSync: the lists, and the resources in the bytes that the lists tell the digests of.

use std::sync::Arc;

use axum::{
    extract::{OriginalUri, Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, Uri, header},
    response::Response,
};

use super::{Asked, XML, broken, no_such, number, parameters};
use crate::{
    ask::changes::{self, Set},
    export::feeds::{
        PART, part, parts,
        resourcesync::{self, List, Part},
    },
    rdf::{GraphFormat, canonicalize},
    serve::{Service, conditional, problem::Problem},
};

/// `GET /.well-known/resourcesync`
pub(in crate::serve) async fn description(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let asked = Asked::new(&service, &headers, &uri, XML).await?;
    if let Some(known) = asked.known(&headers) {
        return Ok(known);
    }
    let body = resourcesync::description(asked.place(&service)).map_err(|error| broken(&error))?;
    Ok(asked.answer(XML, body))
}

/// `GET /resourcesync/{file}`: the list of capabilities, that of resources, that of changes; a part of one with
/// `?part=`.
pub(in crate::serve) async fn file(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    Path(file): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let list = List::from_file(&file);
    if list.is_none() && file != "capabilitylist.xml" {
        return Err(nothing(&uri));
    }
    let [wanted] = parameters(query.as_deref(), ["part"])?;
    let wanted = number("part", wanted)?;
    let asked = Asked::new(&service, &headers, &uri, XML).await?;
    if let Some(known) = asked.known(&headers) {
        return Ok(known);
    }
    let body = match list {
        None => resourcesync::capabilities(asked.place(&service)).map_err(|error| broken(&error))?,
        Some(list) => written(&service, &asked, list, wanted).await?,
    };
    Ok(asked.answer(XML, body))
}

async fn written(service: &Service, asked: &Asked, list: List, wanted: Option<u64>) -> Result<Vec<u8>, Problem> {
    let (store, place, numbers) = (&service.archive.store, asked.place(service), parts(PART, asked.last));
    let ends: Vec<u64> = numbers.clone().flat_map(|number| [(number - 1) * PART + 1, number * PART]).collect();
    let times = changes::times_of(store, &ends).await?;
    let time = |number: u64| times.get(&number).copied();
    // A list of resources is what there is now; a part of the changes that is full stays as it is.
    let reach = |number: u64| {
        let from = time((number - 1) * PART + 1).unwrap_or(asked.updated()).to_string();
        let until = match list {
            List::Resources => Some(asked.updated().to_string()),
            List::Changes => time(number * PART).map(|time| time.to_string()),
        };
        (number, from, until)
    };
    let is_one_of_several = *numbers.end() > 1;
    if is_one_of_several && wanted.is_none() {
        let parts: Vec<_> = numbers.map(reach).collect();
        return resourcesync::index(place, list, &parts).map_err(|error| broken(&error));
    }
    let number = wanted.unwrap_or(1);
    let span = part(number, PART, asked.last).ok_or_else(|| no_such("part", number, *numbers.end()))?;
    let items = changes::within(store, &Set::All, span).await?;
    let (_, from, until) = reach(number);
    let part = Part { list, is_one_of_several, from: &from, until: until.as_deref() };
    resourcesync::write(place, part, &items).map_err(|error| broken(&error))
}

/// `GET /resourcesync/graph/{path}.nq`: a graph in canonical N-Quads, whose digest is in the log.
pub(in crate::serve) async fn bytes(
    State(service): State<Arc<Service>>,
    OriginalUri(uri): OriginalUri,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let store = &service.archive.store;
    let name = path.strip_suffix(".nq").ok_or_else(|| nothing(&uri))?;
    let graph = oxigraph::model::NamedNode::new(store.iris().path(&format!("graph/{name}")).into_string())
        .map_err(|_| nothing(&uri))?;
    let item = changes::of(store, &graph).await?.ok_or_else(|| nothing(&uri))?;
    if item.is_withdrawn() {
        return Err(Problem::gone(format!("the graph {graph} was withdrawn at {}", item.at)));
    }
    let tag = format!("\"{}\"", item.digest);
    if conditional::is_known(&headers, &tag) {
        return Ok(conditional::not_modified(&tag));
    }
    let (at, licence, source) = (item.at, item.licence.clone(), item.source.clone());
    let contents = changes::contents(store, vec![item]).await?;
    let quads = contents.iter().flat_map(|content| &content.quads);
    let canonical = canonicalize(quads).map_err(|error| Problem::internal(&error))?;
    let asked = Asked { here: String::new(), last: 0, at: Some(at), tag };
    let mut response = asked.answer(GraphFormat::NQuads.media_type(), canonical.text.into_bytes());
    for (rel, target) in [("canonical", Some(graph)), ("license", licence), ("via", source)] {
        let link = target.and_then(|target| HeaderValue::try_from(format!("{target}; rel=\"{rel}\"")).ok());
        if let Some(link) = link {
            response.headers_mut().append(header::LINK, link);
        }
    }
    Ok(response)
}

fn nothing(uri: &Uri) -> Problem {
    Problem::not_found(format!("there is nothing at {}", uri.path()))
}
