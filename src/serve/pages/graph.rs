//! The graph around some things: what is joined to what, on which evidence, as a list.
//!
//! A browser that runs scripts draws the same above the list. Everything that is shown is in the address.

use std::{collections::BTreeMap, sync::Arc};

use askama::Template;
use axum::{
    extract::{RawQuery, State},
    http::HeaderMap,
    response::Response,
};
use oxigraph::model::NamedNode;

use super::{
    home::{answer, lang_of},
    layout::{Page, query, render},
    reader::Reader,
    value::{Link, Phrase},
    words::words,
};
use crate::{
    ask::{Edge, Piece},
    model::Text,
    serve::{Service, graph, lang::PageLang, parameters::pairs, problem::Problem},
};

/// How many edges of each thing are listed.
const EDGES: &str = "40";
/// How many paths are shown.
const PATHS: &str = "5";
/// The parameters of the page that are those of the call too.
const CALLS: [&str; 5] = ["relation", "type", "from", "to", "cursor"];

#[derive(Template)]
#[template(path = "graph.html")]
struct Graph {
    page: Page,
    /// What the graph begins with.
    roots: Vec<Root>,
    /// What a script needs: identifiers, and the words of its own.
    ids: String,
    words: String,
    /// The filters that are on.
    filters: Vec<Filter>,
    counts: Vec<Filter>,
    total: String,
    edges: Vec<Row>,
    more: Option<String>,
    paths: Vec<Vec<Step>>,
    exports: Vec<(&'static str, String)>,
}

/// A thing that the graph begins with.
struct Root {
    link: Link,
    without: Option<String>,
}

/// Something to see only, or no longer only.
struct Filter {
    href: String,
    label: Phrase,
    count: u64,
}

/// What joins two things.
struct Row {
    source: Link,
    relation: Phrase,
    target: Link,
    /// Where to go on.
    add: String,
    document: Option<Link>,
    confidence: Option<String>,
    words: Vec<Link>,
    count: Option<u64>,
}

/// One step of a path.
struct Step {
    link: Link,
    /// What leads on from it, and whether against its direction.
    on: Option<(Phrase, bool)>,
}

/// The address of the graph around some things.
pub(super) fn address(lang: PageLang, ids: &[&str]) -> String {
    format!("/graph?{}", query([("lang", lang.tag())].into_iter().chain(ids.iter().map(|id| ("id", *id)))))
}

/// `GET /graph`
pub async fn graph(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    RawQuery(asked): RawQuery,
) -> Result<Response, Problem> {
    let lang = lang_of(&headers, asked.as_deref());
    let given: Vec<(String, String)> = pairs(asked.as_deref().unwrap_or_default())
        .into_iter()
        .filter(|(name, value)| (name == "id" || CALLS.contains(&name.as_str())) && !value.is_empty())
        .collect();
    let ids: Vec<&str> = given.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.as_str()).collect();
    let mut reader = Reader::new(&service, lang, Vec::new()).await?;
    let (around, paths) = if ids.is_empty() {
        (Piece::default(), Piece::default())
    } else {
        (around(&service, &given).await?, paths(&service, &ids).await?)
    };
    let documents = around.edges.iter().filter_map(|edge| edge.document.as_deref()).map(NamedNode::new_unchecked);
    reader.name(documents.collect()).await?;
    let title = words(lang).get("graph.title");
    let page = Page::new(lang, "graph", title).keeping(&given);
    Ok(answer(lang, render(&view(&reader, page, &given, &around, &paths))))
}

async fn around(service: &Service, given: &[(String, String)]) -> Result<Piece, Problem> {
    let mut asked = given.to_vec();
    asked.extend([("limit", EDGES), ("evidence", "1")].map(|(name, value)| (name.to_owned(), value.to_owned())));
    graph::found(service, graph::Call::Neighbors, asked).await
}

/// How two things hang together; nothing where there is one, or more.
async fn paths(service: &Service, ids: &[&str]) -> Result<Piece, Problem> {
    let [one, other] = ids else { return Ok(Piece::default()) };
    if one == other {
        return Ok(Piece::default());
    }
    let asked = [("id", *one), ("id", *other), ("show", "best"), ("hub_penalty", "1"), ("limit", PATHS)];
    let asked = asked.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
    graph::found(service, graph::Call::Paths, asked).await
}

fn view(reader: &Reader<'_>, page: Page, given: &[(String, String)], around: &Piece, paths: &Piece) -> Graph {
    let names = names(around);
    let ids: Vec<&str> = given.iter().filter(|(name, _)| name == "id").map(|(_, id)| id.as_str()).collect();
    let root = |id: &&str| Root {
        link: link(reader, &names, reader.iris().path(id).as_str()),
        without: (ids.len() > 1).then(|| to(reader.lang, &without(given, "id", id))),
    };
    let asked = query(ids.iter().map(|id| ("id", *id)));
    let formats = ["graphml", "gexf", "csv", "json", "cyjs", "dot", "jsonld"];
    let edges = around.total_edges.unwrap_or_default();
    Graph {
        roots: ids.iter().map(root).collect(),
        ids: serde_json::to_string(&ids).unwrap_or_default(),
        words: words(reader.lang).under("web.graph."),
        filters: filters(reader, given),
        counts: counts(reader, given, around),
        total: page.counted("graph.edges", edges),
        edges: around.edges.iter().map(|edge| row(reader, &names, given, edge)).collect(),
        more: around.next.as_deref().map(|cursor| {
            let mut pairs: Vec<(String, String)> = given.iter().filter(|(name, _)| name != "cursor").cloned().collect();
            pairs.push(("cursor".to_owned(), cursor.to_owned()));
            to(reader.lang, &pairs)
        }),
        paths: steps(reader, paths),
        exports: formats.map(|format| (format, format!("/api/graph/neighbors.{format}?{asked}"))).to_vec(),
        page,
    }
}

/// The labels of the things of a piece.
fn names(piece: &Piece) -> BTreeMap<&str, &Text> {
    piece.nodes.iter().map(|node| (node.id.as_str(), &node.label)).collect()
}

fn link(reader: &Reader<'_>, names: &BTreeMap<&str, &Text>, iri: &str) -> Link {
    names.get(iri).map_or_else(|| reader.link(iri), |label| reader.named(iri, label))
}

fn to(lang: PageLang, pairs: &[(String, String)]) -> String {
    let own = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    format!("/graph?{}", query([("lang", lang.tag())].into_iter().chain(own)))
}

fn without(given: &[(String, String)], name: &str, value: &str) -> Vec<(String, String)> {
    let kept = given.iter().filter(|(known, has)| known != "cursor" && !(known == name && has == value));
    kept.cloned().collect()
}

/// The address of the same graph with one more value of a parameter.
fn with(lang: PageLang, given: &[(String, String)], name: &str, value: &str) -> String {
    let mut more = without(given, name, value);
    more.push((name.to_owned(), value.to_owned()));
    to(lang, &more)
}

fn filters(reader: &Reader<'_>, given: &[(String, String)]) -> Vec<Filter> {
    let on = given.iter().filter(|(name, _)| name == "relation" || name == "type");
    on.map(|(name, value)| {
        let label = match name.as_str() {
            "type" => Phrase::own(reader.lang, words(reader.lang).find(&format!("kinds.{value}")).unwrap_or(value)),
            _ => reader.label(&expanded(reader, value)),
        };
        Filter { href: to(reader.lang, &without(given, name, value)), label, count: 0 }
    })
    .collect()
}

/// A relation as it stands in an address, as its IRI.
fn expanded(reader: &Reader<'_>, relation: &str) -> String {
    if relation.contains(':') { relation.to_owned() } else { reader.iris().term(relation).into_string() }
}

/// How many things each relation leads to, and of what kinds they are; each is a way to see these only.
fn counts(reader: &Reader<'_>, given: &[(String, String)], around: &Piece) -> Vec<Filter> {
    let (mut relations, mut kinds) = (BTreeMap::<&str, u64>::new(), BTreeMap::<&str, u64>::new());
    for counts in around.counts.values() {
        counts.predicates.iter().for_each(|(name, count)| *relations.entry(name).or_default() += count);
        counts.types.iter().for_each(|(name, count)| *kinds.entry(name).or_default() += count);
    }
    let only = |name: &str, value: &str| with(reader.lang, given, name, value);
    let relation = |(iri, count): (&str, u64)| {
        let name = reader.key(iri);
        Filter { href: only("relation", name), label: reader.label(iri), count }
    };
    let kind = |(name, count): (&str, u64)| {
        let label = words(reader.lang).find(&format!("kinds.{name}")).unwrap_or_default();
        Filter { href: only("type", name), label: Phrase::own(reader.lang, label), count }
    };
    let mut all: Vec<Filter> = relations.into_iter().map(relation).collect();
    all.sort_by_key(|filter| std::cmp::Reverse(filter.count));
    kinds.into_iter().map(kind).chain(all).filter(|filter| !filter.label.text.is_empty()).collect()
}

fn row(reader: &Reader<'_>, names: &BTreeMap<&str, &Text>, given: &[(String, String)], edge: &Edge) -> Row {
    let is_root = |iri: &str| {
        let path = reader.iris().relative(iri);
        given.iter().any(|(name, id)| name == "id" && (Some(id.as_str()) == path || id == iri))
    };
    let further = if is_root(&edge.source) { &edge.target } else { &edge.source };
    let path = reader.iris().relative(further).unwrap_or(further);
    Row {
        source: link(reader, names, &edge.source),
        relation: relation(reader, edge),
        target: link(reader, names, &edge.target),
        add: with(reader.lang, given, "id", path),
        document: edge.document.as_deref().map(|iri| link(reader, names, iri)),
        confidence: edge.confidence.map(|confidence| format!("{confidence:.2}")),
        words: edge
            .evidence
            .iter()
            .map(|evidence| Link { label: Phrase::unknown(evidence.exact.clone()), ..reader.link(&evidence.mention) })
            .collect(),
        count: edge.count,
    }
}

fn relation(reader: &Reader<'_>, edge: &Edge) -> Phrase {
    Phrase::choose(reader.lang, &edge.label).unwrap_or_else(|| reader.label(&edge.predicate))
}

fn steps(reader: &Reader<'_>, piece: &Piece) -> Vec<Vec<Step>> {
    let names = names(piece);
    let edges: BTreeMap<&str, &Edge> = piece.edges.iter().map(|edge| (edge.id.as_str(), edge)).collect();
    let on = |from: &str, ids: Option<&Vec<String>>| {
        let edge = edges.get(ids?.first()?.as_str())?;
        Some((relation(reader, edge), edge.source != from))
    };
    let path = |path: &crate::ask::Path| {
        let steps = path.nodes.iter().enumerate();
        steps.map(|(at, iri)| Step { link: link(reader, &names, iri), on: on(iri, path.steps.get(at)) }).collect()
    };
    piece.paths.iter().map(path).collect()
}
