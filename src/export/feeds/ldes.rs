//! A linked data event stream: each change as a version of a graph, in pages of the TREE hypermedia specification.
//!
//! A member is the record of a change. What the graph says stands in a named graph of the member's own name, so that
//! the members, each put in the place of the one before it, are the archive. Pages are cut by the numbers of the log.
//!
//! What is immutable: a page whose numbers are all taken gets no new member, and no member of it changes. But only the
//! last version of a graph is kept, as the retention policy says, so a member disappears from its page when a later
//! one takes its place. A copy of a full page may therefore be kept: whatever was replaced since comes on a later page.

use std::io;

use jiff::Timestamp;
use oxigraph::model::{GraphName, Literal, NamedNode, NamedNodeRef, Quad, Term, vocab::xsd};

use super::Place;
use crate::{
    ask::changes::{Content, Item},
    rdf::{
        GraphFormat, JsonLd,
        vocab::{activity, dct, isn, ldes, prov, rdf, tree},
        write,
    },
    store::ChangeKind,
};

/// So many numbers of the log are on one page.
pub const PAGE: u64 = 200;

/// The syntaxes that keep the name of a graph, the preferred first.
pub const FORMATS: [GraphFormat; 2] = [GraphFormat::TriG, GraphFormat::NQuads];

/// A page that the view leads to, with the times of its first change and, where it is full, of its last.
pub type Reach = (u64, Option<Timestamp>, Option<Timestamp>);

/// The stream and its view, which leads to every page.
pub fn view(place: Place<'_>, json_ld: &JsonLd, format: GraphFormat, pages: &[Reach]) -> io::Result<Vec<u8>> {
    let mut triples = Triples::new(place);
    let root = triples.root.clone();
    let stream = triples.stream();
    for (property, value) in [
        (rdf::TYPE, ldes::EVENT_STREAM),
        (ldes::TIMESTAMP_PATH, prov::GENERATED_AT_TIME),
        (ldes::VERSION_OF_PATH, dct::IS_VERSION_OF),
        (ldes::VERSION_CREATE_OBJECT, activity::CREATE),
        (ldes::VERSION_UPDATE_OBJECT, activity::UPDATE),
        (ldes::VERSION_DELETE_OBJECT, activity::DELETE),
    ] {
        triples.add(&stream, property, value);
    }
    let retention = triples.part("retention");
    triples.add(&root, ldes::RETENTION_POLICY, retention.clone());
    triples.add(&retention, rdf::TYPE, ldes::LATEST_VERSION_SUBSET);
    triples.add(&retention, rdf::TYPE, ldes::RETENTION_POLICY_CLASS);
    triples.add(&retention, ldes::AMOUNT, Literal::from(1));
    triples.add(&retention, ldes::VERSION_AMOUNT, Literal::from(1));
    triples.add(&retention, ldes::VERSION_KEY, dct::IS_VERSION_OF);
    for (number, from, until) in pages {
        triples.relation(*number, "from", tree::GREATER_THAN_OR_EQUAL_TO, *from);
        if until.is_some() {
            triples.relation(*number, "until", tree::LESS_THAN_OR_EQUAL_TO, *until);
        }
    }
    write::quads(place.iris, json_ld, format, &triples.quads)
}

/// A page with its members.
pub fn page(
    place: Place<'_>,
    json_ld: &JsonLd,
    format: GraphFormat,
    number: u64,
    members: Vec<Content>,
) -> io::Result<Vec<u8>> {
    let mut triples = Triples::new(place);
    let stream = triples.stream();
    let node = NamedNode::new_unchecked(place.address(&format!("ldes/{number}")));
    triples.add(&node, rdf::TYPE, tree::NODE);
    let mut said = Vec::new();
    for Content { item, quads } in members {
        let member = place.iris.path(&format!("change/{}", item.number));
        triples.add(&stream, tree::MEMBER, member.clone());
        triples.version(&member, &item);
        for (property, value) in [(dct::LICENSE, item.licence), (dct::SOURCE, item.source)] {
            if let Some(value) = value {
                triples.add(&member, property, value);
            }
        }
        let graph = GraphName::from(member);
        said.extend(quads.into_iter().map(|quad| Quad { graph_name: graph.clone(), ..quad }));
    }
    triples.quads.extend(said);
    write::quads(place.iris, json_ld, format, &triples.quads)
}

/// What is said of the stream, outside the graphs of its members.
struct Triples<'a> {
    place: Place<'a>,
    root: NamedNode,
    quads: Vec<Quad>,
}

impl<'a> Triples<'a> {
    fn new(place: Place<'a>) -> Self {
        Self { root: NamedNode::new_unchecked(place.address("ldes")), place, quads: Vec::new() }
    }

    fn add(&mut self, subject: &NamedNode, property: NamedNodeRef<'_>, value: impl Into<Term>) {
        self.quads.push(Quad::new(subject.clone(), property, value, GraphName::DefaultGraph));
    }

    /// Names the stream with the node that leads to all of it.
    fn stream(&mut self) -> NamedNode {
        let (stream, root) = (self.place.iris.path("ldes#stream"), self.root.clone());
        self.add(&stream, tree::VIEW, root.clone());
        self.add(&root, rdf::TYPE, tree::NODE);
        stream
    }

    fn part(&self, name: &str) -> NamedNode {
        NamedNode::new_unchecked(format!("{}#{name}", self.root.as_str()))
    }

    /// What the times on a page have in common.
    fn relation(&mut self, number: u64, end: &str, class: NamedNodeRef<'_>, time: Option<Timestamp>) {
        let relation = self.part(&format!("page-{number}-{end}"));
        let (root, page) = (self.root.clone(), self.place.address(&format!("ldes/{number}")));
        self.add(&root, tree::RELATION, relation.clone());
        self.add(&relation, tree::NODE_PROPERTY, NamedNode::new_unchecked(page));
        match time {
            Some(time) => {
                self.add(&relation, rdf::TYPE, class);
                self.add(&relation, tree::PATH, prov::GENERATED_AT_TIME);
                self.add(&relation, tree::VALUE, moment(time));
            }
            None => self.add(&relation, rdf::TYPE, tree::RELATION_CLASS),
        }
    }

    fn version(&mut self, member: &NamedNode, item: &Item) {
        let iris = self.place.iris;
        let activity = match item.kind {
            ChangeKind::Created => activity::CREATE,
            ChangeKind::Updated => activity::UPDATE,
            ChangeKind::Withdrawn => activity::DELETE,
        };
        self.add(member, rdf::TYPE, activity);
        self.add(member, dct::IS_VERSION_OF, item.graph.clone());
        self.add(member, prov::GENERATED_AT_TIME, moment(item.at));
        if !item.is_withdrawn() {
            let digest = Literal::new_simple_literal(&item.digest);
            self.add(member, iris.term(isn::DIGEST).as_ref(), digest);
        }
    }
}

fn moment(at: Timestamp) -> Literal {
    Literal::new_typed_literal(at.to_string(), xsd::DATE_TIME)
}
