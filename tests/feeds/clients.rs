//! Small clients, one a feed. Each remembers where it was and, on its next visit, takes only what is new.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use isnad::{
    rdf::{GraphFormat, canonicalize, vocab::dct},
    serve::Service,
};
use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{GraphName, NamedOrBlankNode, Quad, Term},
};
use sha2::{Digest as _, Sha256};

use super::{harvest, xml, xml::Element};
use crate::starter::{BASE, ask, get};

/// The digest of each graph.
pub type State = BTreeMap<String, String>;

type Shared = Arc<Service>;

/// The path of an address of the service.
pub fn path(address: &str) -> &str {
    address.strip_prefix(BASE.trim_end_matches('/')).unwrap_or_else(|| panic!("{address} is elsewhere"))
}

async fn fetch(service: &Shared, path: &str, accept: &str) -> String {
    let (status, _, body) = ask(service, get(path, accept)).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn parsed(text: &str, format: RdfFormat) -> Vec<Quad> {
    RdfParser::from_format(format)
        .for_slice(text.as_bytes())
        .map(|quad| quad.unwrap_or_else(|error| panic!("{error}: {text}")))
        .collect()
}

fn digest<'a>(quads: impl IntoIterator<Item = &'a Quad>) -> String {
    canonicalize(quads).expect("they have a canonical form").digest
}

/// What the store holds of documents and authorities.
pub async fn dump(service: &Shared) -> State {
    let dump = service.archive.store.dump(GraphFormat::NQuads).await.expect("the store works");
    let mut graphs: BTreeMap<String, Vec<Quad>> = BTreeMap::new();
    for quad in parsed(&String::from_utf8(dump).expect("it is UTF-8"), RdfFormat::NQuads) {
        let GraphName::NamedNode(graph) = &quad.graph_name else { continue };
        if ["graph/doc/", "graph/authority/"].iter().any(|kind| graph.as_str().starts_with(&format!("{BASE}{kind}"))) {
            graphs.entry(graph.as_str().to_owned()).or_default().push(quad);
        }
    }
    graphs.into_iter().map(|(graph, quads)| (graph, digest(&quads))).collect()
}

/// A follower of the event stream: the pages it need not see again, and the newest version of each graph.
#[derive(Default)]
pub struct Ldes {
    full: HashSet<String>,
    versions: BTreeMap<String, (u64, Option<String>)>,
}

pub async fn ldes(service: &Shared, follower: &mut Ldes) -> State {
    let view = parsed(&fetch(service, "/ldes", "application/n-quads").await, RdfFormat::NQuads);
    let mut pages: Vec<String> = objects(&view, "https://w3id.org/tree#node");
    pages.dedup();
    for page in pages.iter().filter(|page| !follower.full.contains(*page)).cloned().collect::<Vec<_>>() {
        let (status, response, body) = ask(service, get(path(&page), "application/n-quads")).await;
        assert_eq!(status, 200, "{page}");
        if response.headers()["cache-control"].to_str().is_ok_and(|control| control.contains("immutable")) {
            follower.full.insert(page);
        }
        let quads = parsed(&body, RdfFormat::NQuads);
        for member in objects(&quads, "https://w3id.org/tree#member") {
            let number = member.rsplit_once('/').and_then(|(_, number)| number.parse().ok()).expect("it has a number");
            let own: Vec<Quad> = about(&quads, &member).cloned().collect();
            let graph = objects(&own, dct::IS_VERSION_OF.as_str()).remove(0);
            let is_gone = own.iter().any(|quad| quad.object.to_string().contains("activitystreams#Delete"));
            let is_here = |quad: &&Quad| quad.graph_name.to_string() == format!("<{member}>");
            let said = (!is_gone).then(|| digest(quads.iter().filter(is_here)));
            let newest = follower.versions.entry(graph).or_default();
            if number > newest.0 {
                *newest = (number, said);
            }
        }
    }
    let standing = |(graph, (_, digest)): (&String, &(u64, Option<String>))| Some((graph.clone(), digest.clone()?));
    follower.versions.iter().filter_map(standing).collect()
}

fn objects(quads: &[Quad], property: &str) -> Vec<String> {
    let objects = quads.iter().filter(|quad| quad.predicate.as_str() == property).map(|quad| match &quad.object {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        other => other.to_string(),
    });
    objects.collect()
}

fn about<'a>(quads: &'a [Quad], subject: &'a str) -> impl Iterator<Item = &'a Quad> {
    let is_it = move |node: &NamedOrBlankNode| node.to_string() == format!("<{subject}>");
    quads.iter().filter(move |quad| quad.graph_name == GraphName::DefaultGraph && is_it(&quad.subject))
}

/// A harvester: when it was here last, and what it has.
#[derive(Default)]
pub struct Oai {
    from: Option<String>,
    state: State,
}

pub async fn oai(service: &Shared, follower: &mut Oai) -> State {
    let from = follower.from.as_ref().map(|from| format!("&from={from}")).unwrap_or_default();
    let mut query = format!("verb=ListRecords&metadataPrefix=rdf{from}");
    let (mut seen, mut size) = (HashSet::new(), None);
    loop {
        let (_, _, body) = ask(service, get(&format!("/oai?{query}"), "*/*")).await;
        let answer = xml::parse(&body);
        follower.from.get_or_insert_default().clone_from(&answer.first("responseDate").text);
        for record in answer.all("record") {
            let graph = record.first("identifier").text.clone();
            assert!(seen.insert(graph.clone()), "{graph} comes twice");
            if record.first("header").attributes.contains_key("status") {
                follower.state.remove(&graph);
            } else {
                let metadata = &body[record.first("metadata").inner.clone()];
                follower.state.insert(graph, digest(&parsed(metadata, RdfFormat::RdfXml)));
            }
        }
        let Some(token) = answer.all("resumptionToken").first().copied().cloned() else { break };
        assert_eq!(
            *size.get_or_insert(token.attributes["completeListSize"].clone()),
            token.attributes["completeListSize"]
        );
        if token.text.is_empty() {
            break;
        }
        query = format!("verb=ListRecords&resumptionToken={}", token.text);
    }
    if let Some(size) = size {
        assert_eq!(seen.len().to_string(), size, "the list is as long as it said");
    }
    // The same without its records.
    let headers = harvest(service, "verb=ListIdentifiers&metadataPrefix=oai_dc").await;
    assert!(headers.all("metadata").is_empty() && !headers.all("header").is_empty());
    follower.state.clone()
}

/// A synchronizer: the time up to which it knows the changes, and what it has.
#[derive(Default)]
pub struct ResourceSync {
    known: String,
    state: State,
}

/// The parts of a list, or the list itself.
async fn list(service: &Shared, capability: &str) -> Vec<Element> {
    let description = xml::parse(&fetch(service, "/.well-known/resourcesync", "*/*").await);
    let capabilities = xml::parse(&fetch(service, path(&description.first("loc").text), "*/*").await);
    let urls = capabilities.all("url");
    let found = urls.iter().find(|url| url.first("md").attributes["capability"] == capability);
    let whole = xml::parse(&fetch(service, path(&found.expect("it is had").first("loc").text), "*/*").await);
    if whole.all("sitemapindex").is_empty() {
        return vec![whole];
    }
    let mut parts = Vec::new();
    for part in whole.all("loc") {
        parts.push(xml::parse(&fetch(service, path(&part.text), "*/*").await));
    }
    parts
}

/// Fetches a resource and holds it against the digest in a list.
async fn resource(service: &Shared, address: &str, hash: &str) -> String {
    let bytes = fetch(service, path(address), "*/*").await;
    let digest = Sha256::digest(bytes.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    assert_eq!(hash, format!("sha-256:{digest}"), "{address}");
    digest
}

fn canonical(url: &Element) -> String {
    let links = url.all("ln");
    links.iter().find(|link| link.attributes["rel"] == "canonical").expect("it has a name").attributes["href"].clone()
}

pub async fn resource_list(service: &Shared) -> State {
    let mut state = State::new();
    for part in list(service, "resourcelist").await {
        for url in part.all("url") {
            let digest = resource(service, &url.first("loc").text, &url.first("md").attributes["hash"]).await;
            state.insert(canonical(url), digest);
        }
    }
    state
}

pub async fn resourcesync(service: &Shared, follower: &mut ResourceSync) -> State {
    let mut newest = follower.known.clone();
    for part in list(service, "changelist").await {
        for url in part.all("url") {
            let change = &url.first("md").attributes;
            // Of one second the times can be compared as they are written only to the same length.
            let time: jiff::Timestamp = change["datetime"].parse().expect("it is a time");
            let time = time.strftime("%Y-%m-%dT%H:%M:%S%.9fZ").to_string();
            if time <= follower.known {
                continue;
            }
            newest = newest.max(time);
            if change["change"] == "deleted" {
                follower.state.remove(&canonical(url));
            } else {
                let digest = resource(service, &url.first("loc").text, &change["hash"]).await;
                follower.state.insert(canonical(url), digest);
            }
        }
    }
    follower.known = newest;
    follower.state.clone()
}

/// A reader of the feed: the newest time it saw, and what it has.
#[derive(Default)]
pub struct Atom {
    known: Option<jiff::Timestamp>,
    state: State,
}

pub async fn atom(service: &Shared, follower: &mut Atom) -> State {
    let (mut next, mut newest) = (Some("/feed.atom".to_owned()), follower.known);
    'pages: while let Some(page) = next {
        let feed = xml::parse(&fetch(service, &page, "*/*").await);
        let feed = feed.first("feed");
        for entry in feed.children.iter().filter(|child| ["entry", "deleted-entry"].contains(&child.name.as_str())) {
            let is_gone = entry.name == "deleted-entry";
            let time = if is_gone { &entry.attributes["when"] } else { &entry.first("updated").text };
            let time: jiff::Timestamp = time.parse().expect("it is a time");
            if follower.known.is_some_and(|known| time <= known) {
                break 'pages;
            }
            newest = newest.max(Some(time));
            if is_gone {
                follower.state.remove(&entry.attributes["ref"]);
            } else {
                assert!(!entry.first("title").text.is_empty());
                let bytes = fetch(service, path(&entry.first("content").attributes["src"]), "*/*").await;
                let digest = digest(&parsed(&bytes, RdfFormat::NQuads));
                follower.state.insert(entry.first("id").text.clone(), digest);
            }
        }
        let links = feed.children.iter().filter(|child| child.name == "link");
        next = links
            .map(|link| &link.attributes)
            .find(|link| link["rel"] == "next")
            .map(|link| path(&link["href"]).to_owned());
    }
    follower.known = newest;
    follower.state.clone()
}
