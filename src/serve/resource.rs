//! Things by address, in the representation that is wanted: an extension decides before the `Accept` header does.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{OriginalUri, Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use oxigraph::model::{GraphName, NamedNode, Quad};

use super::{Service, lang::PageLang, negotiate, pages, past, problem::Problem};
use crate::{
    ask::{past::Moment, public, resource},
    export::signposts::{self, LINKSET, LINKSET_JSON, Signpost},
    model::{Id, Kind},
    rdf::{GraphFormat, write},
};

/// A representation of a thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Representation {
    Page,
    Graph(GraphFormat),
}

impl Representation {
    /// All there are. Whoever takes anything gets Turtle; browsers name HTML.
    fn all() -> Vec<(&'static str, Self)> {
        let mut all = vec![("text/turtle", Self::Graph(GraphFormat::Turtle)), ("text/html", Self::Page)];
        all.extend(GraphFormat::ALL.into_iter().skip(1).map(|format| (format.media_type(), Self::Graph(format))));
        all.push(("application/json", Self::Graph(GraphFormat::JsonLd)));
        all
    }

    /// The name without its extension, and what the extension asks for.
    fn by_extension(name: &str) -> (&str, Option<Self>) {
        let Some((bare, extension)) = name.rsplit_once('.') else { return (name, None) };
        match GraphFormat::from_extension(extension) {
            Some(format) => (bare, Some(Self::Graph(format))),
            None if extension == "html" => (bare, Some(Self::Page)),
            None => (name, None),
        }
    }

    fn choose(extension: Option<Self>, headers: &HeaderMap) -> Result<Self, Problem> {
        if let Some(representation) = extension {
            return Ok(representation);
        }
        let all = Self::all();
        let offered: Vec<&'static str> = all.iter().map(|(media_type, _)| *media_type).collect();
        match negotiate::choose(negotiate::accept(headers).as_deref(), &offered) {
            Some(index) => Ok(all[index].1),
            None => Err(Problem::not_acceptable(format!("the resource can be had as {}", offered.join(", ")), offered)),
        }
    }
}

/// What a request says besides its path.
pub(super) struct Wish<'a> {
    headers: &'a HeaderMap,
    query: Option<&'a str>,
}

impl Wish<'_> {
    fn lang(&self) -> PageLang {
        let accepted = self.headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        PageLang::choose(self.query, accepted)
    }
}

/// `GET /{kind}/{key}`: a document, person, organization, place, event, claim or collection.
pub(super) async fn thing(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wish = Wish { headers: &headers, query: query.as_deref() };
    let (key, extension) = Representation::by_extension(&key);
    let nothing = || Problem::not_found(format!("there is nothing at /{kind}/{key}"));
    let kind: Kind = kind.parse().map_err(|_| nothing())?;
    let id = Id::new(kind, key).map_err(|_| nothing())?;
    let representation = Representation::choose(extension, &headers)?;
    if let Some(moment) = past::asked(query.as_deref())? {
        return as_of(&service, &wish, &id, &moment, representation).await;
    }
    let found = resource::find(&service.archive.store, &id).await?.ok_or_else(nothing)?;
    match representation {
        Representation::Page => {
            let page = pages::resource(&service, &found, wish.lang()).await?;
            let mut response = page_response(&format!("/{id}"), page);
            let posts = posts(&service, &found, &format!("/{id}")).await?;
            link(&mut response, posts.iter().map(Signpost::to_header));
            Ok(response)
        }
        Representation::Graph(format) => {
            let provenance = resource::provenance(&service.archive.store, &found).await?;
            let quads: Vec<Quad> = found.quads.iter().chain(&found.incoming).chain(&provenance).cloned().collect();
            let mut response = graph_response(&service, &format!("/{id}"), format, &quads)?;
            let described = format!("<{}>; rel=\"describes\"", found.iri.as_str());
            let linkset = format!("</{id}/linkset>; rel=\"linkset\"; type=\"{LINKSET_JSON}\"");
            link(&mut response, [described, linkset].into_iter());
            Ok(response)
        }
    }
}

/// A thing as it stood: what was said of it, in words of today. It has an address of its own, and no other links.
async fn as_of(
    service: &Service,
    wish: &Wish<'_>,
    id: &Id,
    moment: &Moment,
    representation: Representation,
) -> Result<Response, Problem> {
    let past = past::thing(service, moment, id).await?;
    let nothing = || Problem::not_found(format!("there was nothing at /{id} on {moment}")).at("change", past.number);
    let found = resource::find(&past.store, id).await?.ok_or_else(nothing)?;
    let mut response = match representation {
        Representation::Page => {
            let stood = past.at.map_or_else(|| moment.to_string(), |at| at.to_string());
            page_response(&format!("/{id}"), pages::past(service, &found, wish.lang(), stood).await?)
        }
        Representation::Graph(format) => {
            let quads: Vec<Quad> = found.quads.iter().chain(&found.incoming).cloned().collect();
            graph_response(service, &format!("/{id}"), format, &quads)?
        }
    };
    let headers = response.headers_mut();
    headers.insert(
        header::LINK,
        HeaderValue::try_from(format!("</{id}>; rel=\"original\"")).map_err(|error| Problem::internal(&error))?,
    );
    past::tell(headers, &past);
    Ok(response)
}

/// The signposts of a thing; those of an address are under it.
async fn posts(service: &Service, found: &resource::Resource, address: &str) -> Result<Vec<Signpost>, Problem> {
    let store = &service.archive.store;
    let graphs = found.quads.iter().filter_map(|quad| match &quad.graph_name {
        GraphName::NamedNode(graph) => Some(graph.clone()),
        _ => None,
    });
    let graphs: BTreeSet<NamedNode> = graphs.collect();
    let licences = public::licences(store, graphs).await?;
    Ok(signposts::of(store.iris(), &found.iri, address, &found.quads, &licences))
}

/// `GET /{kind}/{key}/linkset`: the signposts of a thing, as a link set (RFC 9264).
pub(super) async fn linkset(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let nothing = || Problem::not_found(format!("there is nothing at /{kind}/{key}"));
    let id = Id::new(kind.parse().map_err(|_| nothing())?, &key).map_err(|_| nothing())?;
    let offered = [LINKSET_JSON, LINKSET, "application/json"];
    let chosen = negotiate::choose(negotiate::accept(&headers).as_deref(), &offered)
        .ok_or_else(|| Problem::not_acceptable(format!("links are had as {}", offered.join(", ")), offered.to_vec()))?;
    let found = resource::find(&service.archive.store, &id).await?.ok_or_else(nothing)?;
    // A link set stands by itself: its links are whole addresses.
    let address = format!("{}{id}", super::description::here(&service, &headers));
    let posts = posts(&service, &found, &address).await?;
    let (media_type, body) = if offered[chosen] == LINKSET {
        (LINKSET, signposts::to_text(&posts, found.iri.as_str(), &address))
    } else {
        (offered[chosen], signposts::to_json(&posts, found.iri.as_str(), &address).to_string())
    };
    Ok(([(header::CONTENT_TYPE, media_type), (header::VARY, "Accept, Accept-Encoding")], body).into_response())
}

/// Adds links to those that an answer has.
fn link(response: &mut Response, links: impl Iterator<Item = String>) {
    let links: Vec<String> = links.collect();
    if let Ok(value) = HeaderValue::from_str(&links.join(", ")) {
        response.headers_mut().append(header::LINK, value);
    }
}

/// `GET /ontology`: the classes and properties, with their alignments.
pub(super) async fn ontology(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wish = Wish { headers: &headers, query: query.as_deref() };
    terms(&service, &wish, None)
}

/// `GET /ontology.ttl` and its like.
pub(super) async fn ontology_file(
    State(service): State<Arc<Service>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wish = Wish { headers: &headers, query: query.as_deref() };
    match Representation::by_extension(&name) {
        ("ontology", extension @ Some(_)) => terms(&service, &wish, extension),
        _ => Err(Problem::not_found(format!("there is nothing at /{name}"))),
    }
}

fn terms(service: &Service, wish: &Wish<'_>, extension: Option<Representation>) -> Result<Response, Problem> {
    match Representation::choose(extension, wish.headers)? {
        Representation::Page => Ok(page_response("/ontology", pages::ontology(service, wish.lang()))),
        Representation::Graph(format) => {
            graph_response(service, "/ontology", format, &service.archive.ontology.graphs()["ontology"])
        }
    }
}

/// `GET /vocab/{scheme}`: a vocabulary with its terms.
pub(super) async fn scheme(
    State(service): State<Arc<Service>>,
    Path(scheme): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wish = Wish { headers: &headers, query: query.as_deref() };
    let (scheme, extension) = Representation::by_extension(&scheme);
    let path = format!("vocab/{scheme}");
    let quads = vocabulary(&service, |subject| {
        subject == path || subject.strip_prefix(&path).is_some_and(|rest| rest.starts_with('/'))
    });
    if quads.is_empty() {
        return Err(Problem::not_found(format!("there is no vocabulary at /{path}")));
    }
    match Representation::choose(extension, &headers)? {
        Representation::Page => Ok(page_response(&format!("/{path}"), pages::scheme(&service, scheme, wish.lang()))),
        Representation::Graph(format) => graph_response(&service, &format!("/{path}"), format, &quads),
    }
}

/// `GET /vocab/{scheme}/{term}`: a term of a vocabulary.
pub(super) async fn concept(
    State(service): State<Arc<Service>>,
    Path((scheme, term)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let wish = Wish { headers: &headers, query: query.as_deref() };
    let (term, extension) = Representation::by_extension(&term);
    let path = format!("vocab/{scheme}/{term}");
    let quads = vocabulary(&service, |subject| subject == path);
    if quads.is_empty() {
        return Err(Problem::not_found(format!("there is no term at /{path}")));
    }
    match Representation::choose(extension, &headers)? {
        Representation::Page => {
            Ok(page_response(&format!("/{path}"), pages::concept(&service, &scheme, term, wish.lang())))
        }
        Representation::Graph(format) => graph_response(&service, &format!("/{path}"), format, &quads),
    }
}

/// The statements of the vocabularies whose subject's path fits.
fn vocabulary(service: &Service, fits: impl Fn(&str) -> bool) -> Vec<Quad> {
    let ontology = &service.archive.ontology;
    let subject = |quad: &Quad| match &quad.subject {
        oxigraph::model::NamedOrBlankNode::NamedNode(iri) => {
            ontology.iris().relative(iri.as_str()).map(ToOwned::to_owned)
        }
        oxigraph::model::NamedOrBlankNode::BlankNode(_) => None,
    };
    ontology.graphs()["vocab"].iter().filter(|quad| subject(quad).is_some_and(|path| fits(&path))).cloned().collect()
}

fn graph_response(service: &Service, path: &str, format: GraphFormat, quads: &[Quad]) -> Result<Response, Problem> {
    let ontology = &service.archive.ontology;
    let bytes =
        write::quads(ontology.iris(), &service.json_ld, format, quads).map_err(|error| Problem::internal(&error))?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    about(&mut response, path);
    Ok(response)
}

fn page_response(path: &str, page: String) -> Response {
    let mut response = Html(page).into_response();
    about(&mut response, path);
    response
}

/// Says that the answer depends on what was asked for, and where the other representations are.
fn about(response: &mut Response, path: &str) {
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language"));
    let page = [format!("<{path}.html>; rel=\"alternate\"; type=\"text/html\"")];
    let graphs = GraphFormat::ALL
        .into_iter()
        .map(|format| format!("<{path}.{}>; rel=\"alternate\"; type=\"{}\"", format.extension(), format.media_type()));
    let links: Vec<String> = page.into_iter().chain(graphs).collect();
    if let Ok(value) = HeaderValue::from_str(&links.join(", ")) {
        headers.insert(header::LINK, value);
    }
}

/// Any other address.
pub(super) async fn nothing(OriginalUri(uri): OriginalUri) -> Problem {
    Problem::not_found(format!("there is nothing at {}", uri.path()))
}

/// An address that is not asked this way.
pub(super) async fn wrong_method(method: Method, OriginalUri(uri): OriginalUri) -> Problem {
    Problem::new(
        StatusCode::METHOD_NOT_ALLOWED,
        "method-not-allowed",
        "The address is not asked this way",
        format!("{} does not take {method}", uri.path()),
    )
}
