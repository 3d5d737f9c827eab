//! Things by address, in the form that is wanted ([`form`]), from what is kept where nothing was touched ([`kept`]).

mod form;
mod gone;
mod kept;
mod terms;

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use axum::{
    extract::{OriginalUri, Path, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use percent_encoding::{CONTROLS, utf8_percent_encode};

use self::{
    form::{Form, Syntax},
    kept::{Key, Made, Outcome},
};
use super::{
    Service,
    lang::PageLang,
    negotiate, pages,
    parameters::{pairs, set_once},
    past,
    problem::Problem,
};
use crate::{
    ask::{
        around,
        fate::{self, Fate},
        names,
        past::Moment,
        public,
        resource::{self, Resource},
    },
    export::{
        cite::{self, Known, Reference},
        incoming,
        profiles::{Profile, nanopublication, reifiers, schema_org},
        signposts::{self, LINKSET, LINKSET_JSON, Signpost},
    },
    model::{Id, Kind, Text},
    rdf::{
        GraphFormat,
        describe::{COMPARISON, RUN},
    },
    store::Error,
    views::touched::Seen,
};

pub use kept::Kept;
pub(super) use terms::{concept, ontology, ontology_file, scheme};

/// What is asked of a thing.
struct Asked {
    id: Id,
    extension: Option<Syntax>,
    form: Form,
    lang: PageLang,
    page: u64,
    query: String,
}

impl Asked {
    fn read(
        service: &Service,
        kind: &str,
        key: &str,
        headers: &HeaderMap,
        query: Option<&str>,
    ) -> Result<Self, Problem> {
        let query = query.unwrap_or_default();
        let (bare, extension) = Syntax::by_extension(key);
        let nothing = || Problem::not_found(format!("there is nothing at /{kind}/{bare}"));
        let kind: Kind = kind.parse().map_err(|_| nothing())?;
        let id = Id::new(kind, bare).map_err(|_| nothing())?;
        let form = Form::choose(service.archive.store.iris(), kind, extension, headers, query)?;
        let page = page(query)?;
        // What is the same in every language, and on every page of links, is kept once.
        let (lang, page) = match form {
            Form::Page => (lang_of(headers, Some(query)), page),
            Form::Citation(_) => (lang_of(headers, Some(query)), 1),
            Form::Graph(_, Profile::Isnad | Profile::Reifiers) => (PageLang::En, page),
            Form::Graph(..) => (PageLang::En, 1),
        };
        Ok(Self { id, extension, form, lang, page, query: query.to_owned() })
    }

    fn key(&self) -> Key {
        Key { path: self.id.to_string(), form: self.form, lang: self.lang, page: self.page }
    }

    fn nothing(&self) -> Problem {
        Problem::not_found(format!("there is nothing at /{}", self.id))
    }

    /// The address of a page of links in this form.
    fn address(&self, page: u64) -> String {
        let id = &self.id;
        match self.form {
            Form::Page => format!("/{id}?lang={}&page={page}", self.lang.tag()),
            Form::Graph(format, Profile::Isnad) => format!("/{id}.{}?page={page}", format.extension()),
            Form::Graph(format, profile) => {
                format!("/{id}.{}?profile={}&page={page}", format.extension(), profile.token())
            }
            Form::Citation(format) => format!("/{id}.{}", format.extension()),
        }
    }
}

/// The page of links that is asked for, counted from 1.
fn page(query: &str) -> Result<u64, Problem> {
    let mut given = None;
    for (name, value) in pairs(query) {
        if name == "page" {
            set_once(&mut given, &name, value)?;
        }
    }
    given.map_or(Ok(1), |page| {
        page.parse::<u64>().ok().filter(|page| *page > 0).ok_or_else(|| {
            Problem::bad_request(format!("`{page}` is not a page: expected a number from 1")).at("parameter", "page")
        })
    })
}

fn lang_of(headers: &HeaderMap, query: Option<&str>) -> PageLang {
    PageLang::choose(query, headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()))
}

/// `GET /{kind}/{key}`: a document, person, organization, place, event, claim or collection.
pub(super) async fn thing(
    State(service): State<Arc<Service>>,
    Path((kind, key)): Path<(String, String)>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let asked = Asked::read(&service, &kind, &key, &headers, query.as_deref())?;
    if let Some(moment) = past::asked(query.as_deref())? {
        return as_of(&service, &asked, &moment).await;
    }
    kept::answer(&service, asked.key(), &headers, make(&service, &asked)).await
}

async fn make(service: &Service, asked: &Asked) -> Result<Outcome, Problem> {
    let store = &service.archive.store;
    let found = resource::find_page(store, &asked.id, asked.page).await?;
    let said = found.as_ref().map_or(&[][..], |found| &found.quads[..]);
    match fate::read(store, &asked.id, said).await? {
        Fate::Merged { into, .. } => return gone::moved(asked, &into).map(Outcome::Other),
        Fate::Withdrawn(ending) => return gone::withdrawn(service, asked, &ending).map(Outcome::Other),
        Fate::Current | Fate::Unknown => {}
    }
    let found = found.ok_or_else(|| asked.nothing())?;
    if found.page > found.pages() {
        let detail = format!("there is no page {} of links to {}; the last is {}", found.page, asked.id, found.pages());
        return Err(Problem::not_found(detail).at("parameter", "page"));
    }
    let (mut seen, mut is_current) = (seen_of(service, &found), true);
    let (media_type, body) = match asked.form {
        Form::Page => {
            let rendered = pages::resource(service, &found, asked.lang).await?;
            seen.extend(&rendered.seen);
            is_current = rendered.is_current;
            ("text/html; charset=utf-8", rendered.html.into_bytes())
        }
        Form::Graph(format, profile) => {
            let quads = described(service, &found, profile, &mut seen).await?;
            let body = profile.write(store.iris(), &service.json_ld, format, &quads).map_err(internal)?;
            (format.media_type(), body)
        }
        Form::Citation(format) => {
            let labels = labels(service, &found.quads, &mut seen).await?;
            let known = Known { iris: store.iris(), quads: &found.quads, labels: &labels };
            let reference = Reference::of(known, &found.id, &asked.lang.lang());
            (format.media_type(), format.write(&[reference]).into_bytes())
        }
    };
    let links = links(service, asked, &found, &mut seen).await?;
    let mut headers = head(media_type, links.into_iter());
    headers.insert(HeaderName::from_static("x-total-count"), HeaderValue::from(found.incoming_total));
    if asked.form == Form::Page {
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(asked.lang.tag()));
    }
    if let Form::Citation(format) = asked.form {
        let name = format!("attachment; filename=\"{}.{}\"", encoded(found.id.key()), format.extension());
        headers.extend(HeaderValue::try_from(name).ok().map(|name| (header::CONTENT_DISPOSITION, name)));
    }
    Ok(Outcome::Made(Made { body, headers, seen, is_current }))
}

/// A thing as it stood: what was said of it, in words of today. It has an address of its own, and no other links.
async fn as_of(service: &Service, asked: &Asked, moment: &Moment) -> Result<Response, Problem> {
    let past = past::thing(service, moment, &asked.id).await?;
    let nothing =
        || Problem::not_found(format!("there was nothing at /{} on {moment}", asked.id)).at("change", past.number);
    let found = resource::find(&past.store, &asked.id).await?.ok_or_else(nothing)?;
    let (media_type, body) = match asked.form {
        Form::Page => {
            let stood = past.at.map_or_else(|| moment.to_string(), |at| at.to_string());
            let page = pages::past(service, &found, asked.lang, stood).await?;
            ("text/html; charset=utf-8", page.html.into_bytes())
        }
        Form::Graph(format, Profile::Isnad) => {
            let quads: Vec<Quad> = found.quads.iter().chain(&found.incoming).cloned().collect();
            let written = Profile::Isnad.write(service.archive.store.iris(), &service.json_ld, format, &quads);
            (format.media_type(), written.map_err(internal)?)
        }
        Form::Graph(..) | Form::Citation(_) => {
            let detail = "how something stood is told as a page, or as data in our own words; leave out `asOf`";
            return Err(Problem::bad_request(detail).at("parameter", "asOf"));
        }
    };
    let mut headers = head(media_type, std::iter::once(format!("</{}>; rel=\"original\"", asked.id)));
    past::tell(&mut headers, &past);
    Ok((headers, body).into_response())
}

/// What is said of a thing, in the words of a profile.
async fn described(
    service: &Service,
    found: &Resource,
    profile: Profile,
    seen: &mut Seen,
) -> Result<Vec<Quad>, Problem> {
    let iris = service.archive.store.iris();
    let provenance = resource::provenance(&service.archive.store, found).await?;
    let whole = || -> Vec<Quad> {
        let own = if found.page == 1 { &found.quads[..] } else { &[] };
        let controls = incoming::controls(&found.iri, found.page, found.pages(), found.incoming_total);
        own.iter().chain(&found.incoming).chain(&provenance).cloned().chain(controls).collect()
    };
    Ok(match profile {
        Profile::Isnad => whole(),
        Profile::Reifiers => reifiers::of(&whole()),
        Profile::SchemaOrg => {
            let labels = labels(service, &found.quads, seen).await?;
            schema_org::of(Known { iris, quads: &found.quads, labels: &labels }, &found.id)
        }
        Profile::Nanopublication => {
            let mut quads = found.quads.clone();
            quads.extend(around::statements(&service.archive.store, &graphs(&found.quads), &[]).await?);
            let known = Known { iris, quads: &quads, labels: &std::collections::BTreeMap::new() };
            nanopublication::of(known, &found.iri).ok_or_else(|| {
                let there = Profile::Isnad.iri(iris);
                Problem::not_acceptable("the claim proposes nothing that could be asserted", vec![there.as_str()])
            })?
        }
    })
}

/// What everything in some statements is called.
async fn labels(
    service: &Service,
    quads: &[Quad],
    seen: &mut Seen,
) -> Result<std::collections::BTreeMap<String, Text>, Error> {
    let objects = quads.iter().filter_map(|quad| match &quad.object {
        Term::NamedNode(iri) => Some(iri.clone()),
        _ => None,
    });
    let things: BTreeSet<NamedNode> = objects.collect();
    seen.said_of_all(&things);
    names::labels(&service.archive.store, &service.archive.ontology, &things).await
}

/// The graphs of some statements.
fn graphs(quads: &[Quad]) -> BTreeSet<NamedNode> {
    let graphs = quads.iter().filter_map(|quad| match &quad.graph_name {
        GraphName::NamedNode(graph) => Some(graph.clone()),
        _ => None,
    });
    graphs.collect()
}

/// What the description of a thing was made from: what is said of it and of its parts, what points to it, the graphs
/// that belong to it.
fn seen_of(service: &Service, found: &Resource) -> Seen {
    let iris = service.archive.store.iris();
    let mut seen = Seen::default();
    seen.said_of(found.iri.as_str());
    seen.pointing_to(found.iri.as_str());
    if found.id.kind() == Kind::Document {
        seen.said_of(iris.document_graph(&found.id).as_str());
        let beside = [
            iris.mention_graph(&found.id, RUN),
            iris.mention_graph(&found.id, COMPARISON),
            iris.review_graph(&found.id),
            iris.comment_graph(&found.id),
        ];
        for graph in &beside {
            seen.said_of(graph.as_str());
        }
    }
    for quad in &found.quads {
        if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
            seen.said_of(subject.as_str());
        }
    }
    seen.said_of_all(&graphs(&found.quads));
    seen
}

/// The links of an answer: the other forms, the profile, the pages before and after, and the signposts.
async fn links(service: &Service, asked: &Asked, found: &Resource, seen: &mut Seen) -> Result<Vec<String>, Problem> {
    let (id, iris) = (&asked.id, service.archive.store.iris());
    let mut links = alternates(id, asked.lang);
    for profile in Profile::ALL.into_iter().skip(1).filter(|profile| profile.is_of(id.kind())) {
        let syntax = profile.syntaxes()[0];
        links.push(format!(
            "</{id}.{}?profile={}>; rel=\"alternate\"; type=\"{}\"; formats=\"{}\"",
            syntax.extension(),
            profile.token(),
            syntax.media_type(),
            profile.iri(iris),
        ));
    }
    match asked.form {
        Form::Page => {
            let posts = posts(service, found, &format!("/{id}"), seen).await?;
            links.extend(posts.iter().map(Signpost::to_header));
        }
        Form::Graph(_, profile) => {
            links.push(format!("<{}>; rel=\"profile\"", profile.iri(iris)));
            links.push(format!("<{}>; rel=\"describes\"", found.iri.as_str()));
            links.push(format!("</{id}/linkset>; rel=\"linkset\"; type=\"{LINKSET_JSON}\""));
            let licences = public::licences(&service.archive.store, graphs(&found.quads)).await?;
            links.extend(licences.iter().map(|licence| format!("<{}>; rel=\"license\"", licence.as_str())));
        }
        Form::Citation(_) => links.push(format!("<{}>; rel=\"describes\"", found.iri.as_str())),
    }
    let pages = found.pages();
    if pages > 1 && !matches!(asked.form, Form::Citation(_)) {
        let others = [("first", 1), ("prev", found.page - 1), ("next", found.page + 1), ("last", pages)];
        let others = others.into_iter().filter(|(_, page)| (1..=pages).contains(page));
        links.extend(others.map(|(rel, page)| format!("<{}>; rel=\"{rel}\"", asked.address(page))));
    }
    Ok(links)
}

/// The forms that a thing can be had in without a wish for a profile.
fn alternates(id: &Id, lang: PageLang) -> Vec<String> {
    let page = [("text/html", format!("/{id}.html"))];
    let graphs = GraphFormat::ALL.map(|format| (format.media_type(), format!("/{id}.{}", format.extension())));
    let citations = cite::Format::ALL
        .map(|format| (format.media_type(), format!("/{id}.{}?lang={}", format.extension(), lang.tag())));
    let all = page.into_iter().chain(graphs).chain(citations);
    all.map(|(media_type, address)| format!("<{address}>; rel=\"alternate\"; type=\"{media_type}\"")).collect()
}

/// The signposts of a thing; those of an address are under it.
async fn posts(service: &Service, found: &Resource, address: &str, seen: &mut Seen) -> Result<Vec<Signpost>, Problem> {
    let store = &service.archive.store;
    let graphs = graphs(&found.quads);
    seen.said_of_all(&graphs);
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
    let posts = posts(&service, &found, &address, &mut Seen::default()).await?;
    let (media_type, body) = if offered[chosen] == LINKSET {
        (LINKSET, signposts::to_text(&posts, found.iri.as_str(), &address))
    } else {
        (offered[chosen], signposts::to_json(&posts, found.iri.as_str(), &address).to_string())
    };
    Ok(([(header::CONTENT_TYPE, media_type), (header::VARY, "Accept, Accept-Encoding")], body).into_response())
}

/// The headers that say what an answer is, what it depends on, and where the others are.
fn head(media_type: &'static str, links: impl Iterator<Item = String>) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(media_type));
    headers.insert(header::VARY, HeaderValue::from_static("Accept, Accept-Language, Accept-Profile, Accept-Encoding"));
    let links = links.fold(String::new(), |mut all, link| {
        let comma = if all.is_empty() { "" } else { ", " };
        let _ = write!(all, "{comma}{}", encoded(&link));
        all
    });
    let links = HeaderValue::try_from(links).ok().filter(|links| !links.is_empty());
    headers.extend(links.map(|links| (header::LINK, links)));
    headers
}

/// A text as a header can hold it: whatever is not ASCII by its bytes.
fn encoded(text: &str) -> String {
    utf8_percent_encode(text, CONTROLS).to_string()
}

#[expect(clippy::needless_pass_by_value, reason = "it stands where errors are mapped")]
fn internal(error: std::io::Error) -> Problem {
    Problem::internal(&error)
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
