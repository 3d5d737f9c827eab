//! From statements, in any order, to things and edges.

use std::{
    collections::{HashMap, HashSet, hash_map::DefaultHasher},
    hash::{Hash, Hasher},
    sync::LazyLock,
};

use jiff::civil;

use super::{
    Tables,
    edges::{State, Statement, kept_confidence},
    thing::Thing,
};
use crate::model::{Id, Kind};

/// What a predicate is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Label,
    From,
    To,
    Date,
    Point,
    Value,
    MentionBody,
    MentionConfidence,
    MentionState,
    Assesses,
    Rating,
    Revises,
}

/// The predicates that say something of a thing or of a mention, relative to the base where they are ours.
const USES: [(&str, Use); 16] = [
    ("http://www.w3.org/2000/01/rdf-schema#label", Use::Label),
    ("http://purl.org/dc/terms/title", Use::Label),
    ("http://purl.org/dc/terms/description", Use::Label),
    ("http://www.w3.org/2004/02/skos/core#prefLabel", Use::Label),
    ("ontology#earliest", Use::From),
    ("ontology#latest", Use::To),
    ("ontology#dateText", Use::Date),
    ("http://www.opengis.net/ont/geosparql#asWKT", Use::Point),
    ("http://purl.org/dc/terms/language", Use::Value),
    (TYPE, Use::Value),
    (ASSESSES, Use::Assesses),
    (RATING, Use::Rating),
    (REVISES, Use::Revises),
    ("http://www.w3.org/ns/oa#hasBody", Use::MentionBody),
    ("ontology#confidence", Use::MentionConfidence),
    ("ontology#reviewState", Use::MentionState),
];

/// `rdf:type`
pub(super) const TYPE: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type";
/// The rating that an assessment gives.
pub(super) const RATING: &str = "ontology#rating";
/// The archive's own scale, whose ratings are counted; those of other scales are never mixed with them.
const SCALE: &str = "vocab/reliability/";
/// The earlier assessment that one takes the place of.
const REVISES: &str = "http://www.w3.org/ns/prov#wasRevisionOf";
/// What an assessment is of.
pub(super) const ASSESSES: &str = "ontology#assesses";
/// What joins a document with what it mentions.
pub(super) const MENTIONS: &str = "ontology#mentions";

/// Statements of a part that join the whole with another thing, and the relation they stand for: an office held, and
/// what a claim proposes (never who did what: a claim stands between).
const LIFTED: [(&str, &str); 2] = [
    ("http://www.w3.org/ns/org#organization", "ontology#officeIn"),
    ("http://www.w3.org/1999/02/22-rdf-syntax-ns#object", "ontology#proposesAbout"),
];

/// Predicates of which nothing is kept, so that they need not be read: texts, offsets, digests.
pub(super) const UNREAD: [&str; 22] = [
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#value",
    "http://www.w3.org/ns/oa#start",
    "http://www.w3.org/ns/oa#end",
    "http://www.w3.org/ns/oa#exact",
    "http://www.w3.org/ns/oa#prefix",
    "http://www.w3.org/ns/oa#suffix",
    "http://www.w3.org/ns/prov#wasGeneratedBy",
    "http://www.w3.org/2004/02/skos/core#altLabel",
    "http://www.w3.org/2004/02/skos/core#hiddenLabel",
    "http://www.w3.org/2004/02/skos/core#note",
    "http://www.w3.org/2004/02/skos/core#exactMatch",
    "ontology#inText",
    "ontology#inDocument",
    "ontology#rule",
    "ontology#mentionKind",
    "ontology#candidate",
    "ontology#candidateConfidence",
    "ontology#sha256",
    "ontology#normalForm",
    "ontology#text",
    "ontology#added",
    "ontology#removed",
];

static ROLES: LazyLock<HashMap<&str, Use>> = LazyLock::new(|| USES.into_iter().collect());

/// Which of what statements say is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Want {
    /// What joins things.
    Edges,
    /// What is said of things.
    Things,
    /// Both.
    All,
}

/// The object of a statement; an IRI is relative to the base where it is ours.
#[derive(Clone, Copy, Debug)]
pub(super) enum Object<'a> {
    Iri(&'a str),
    Literal { value: &'a str, lang: &'a str },
}

/// What was gathered so far.
#[derive(Debug)]
pub(super) struct Gathering {
    pub tables: Tables,
    pub things: HashMap<u32, Thing>,
    pub statements: Vec<Statement>,
    mentions: HashMap<u64, Mention>,
    assessments: HashMap<u64, Assessment>,
    /// The assessments that others have taken the place of.
    revised: HashSet<u64>,
}

/// An assessment, of which the statements come one by one.
#[derive(Clone, Copy, Debug, Default)]
struct Assessment {
    of: Option<u32>,
    rating: Option<u32>,
    graph: u32,
}

/// A mention, of which the statements come one by one.
#[derive(Clone, Copy, Debug, Default)]
struct Mention {
    document: u32,
    graph: u32,
    body: Option<u32>,
    confidence: u8,
    state: State,
    /// Somebody said that the words do not name it.
    is_rejected: bool,
}

impl Gathering {
    /// Begins with the numbers that names have already.
    pub(super) fn new(tables: Tables) -> Self {
        Self {
            tables,
            things: HashMap::new(),
            statements: Vec::new(),
            mentions: HashMap::new(),
            assessments: HashMap::new(),
            revised: HashSet::new(),
        }
    }

    /// Takes a statement; what is of no use is left out.
    pub(super) fn take(&mut self, graph: &str, subject: &str, predicate: &str, object: Object<'_>, want: Want) {
        let (whole, part) = subject.split_once('#').map_or((subject, None), |(whole, part)| (whole, Some(part)));
        let Some(this) = self.thing(whole) else { return };
        let role = ROLES.get(predicate).copied();
        if want != Want::Edges {
            self.describe(this, part, graph, predicate, object, role);
        }
        if want == Want::Things {
            return;
        }
        let role = role.filter(|role| matches!(role, Use::MentionBody | Use::MentionConfidence | Use::MentionState));
        if let (Some(role), true) = (role, part.is_some()) {
            self.mention(this, graph, subject, object, role);
        } else if let Object::Iri(other) = object {
            let lifted = LIFTED.iter().find(|(of_part, _)| *of_part == predicate).map(|(_, relation)| *relation);
            match (part, lifted) {
                (None, _) => self.join(this, predicate, other, graph),
                (Some(_), Some(relation)) => self.join(this, relation, other, graph),
                (Some(_), None) => {}
            }
        }
    }

    /// The number of a thing: neither a part nor a concept.
    fn thing(&mut self, id: &str) -> Option<u32> {
        if let Some(known) = self.tables.ids.find(id) {
            return Some(known);
        }
        let is_thing = id.parse::<Id>().is_ok_and(|parsed| parsed.kind() != Kind::Concept && !id.contains('#'));
        is_thing.then(|| self.tables.ids.number(id))
    }

    fn join(&mut self, source: u32, predicate: &str, other: &str, graph: &str) {
        let Some(target) = self.thing(other).filter(|&target| target != source) else { return };
        let predicate = self.tables.predicates.number(predicate);
        let graph = self.tables.graphs.number(graph);
        let (count, confidence, state) = (0, 0, State::None);
        self.statements.push(Statement { source, target, predicate, graph, count, confidence, state });
    }

    fn mention(&mut self, document: u32, graph: &str, part: &str, object: Object<'_>, role: Use) {
        let key = key(graph, part);
        let body = match (role, object) {
            (Use::MentionBody, Object::Iri(body)) => self.thing(body),
            _ => None,
        };
        let graph = self.tables.graphs.number(graph);
        let mention = self.mentions.entry(key).or_default();
        (mention.document, mention.graph) = (document, graph);
        mention.body = body.or(mention.body);
        match (role, object) {
            (Use::MentionConfidence, Object::Literal { value, .. }) => {
                mention.confidence = value.parse().map_or(0, kept_confidence);
            }
            (Use::MentionState, Object::Iri(state)) => {
                let term = state.rsplit('/').next().unwrap_or_default();
                mention.state = State::of(term);
                mention.is_rejected = matches!(term, "rejected" | "superseded");
            }
            _ => {}
        }
    }

    fn describe(
        &mut self,
        this: u32,
        part: Option<&str>,
        graph: &str,
        predicate: &str,
        object: Object<'_>,
        role: Option<Use>,
    ) {
        if let (Some(part), Some(Use::Assesses | Use::Rating | Use::Revises)) = (part, role) {
            return self.assess(graph, &format!("{}#{part}", self.tables.ids.name(this)), object, role);
        }
        let is_value = matches!(object, Object::Iri(value) if value.starts_with("vocab/"));
        let of_part = matches!(role, Some(Use::Point));
        if (part.is_some() && !of_part) || (role.is_none() && !is_value) {
            return;
        }
        let Ok(id) = self.tables.ids.name(this).parse::<Id>() else { return };
        let Tables { properties, values, graphs, .. } = &mut self.tables;
        let thing = self.things.entry(this).or_insert_with(|| Thing::new(id.kind()));
        match (role, object) {
            (Some(Use::Label), Object::Literal { value, lang }) => {
                thing.labels.push((values.number(lang), value.into()));
            }
            (Some(Use::From), Object::Literal { value, .. }) => {
                thing.from = day(value).into_iter().chain(thing.from).min();
            }
            (Some(Use::To), Object::Literal { value, .. }) => {
                thing.to = day(value).into_iter().chain(thing.to).max();
            }
            (Some(Use::Date), Object::Literal { value, .. }) => {
                let first = thing.date.take().filter(|date| &**date < value);
                thing.date = first.or_else(|| Some(value.into()));
            }
            (Some(Use::Point), Object::Literal { value, .. }) => {
                let found = point(value);
                thing.point = match (thing.point, found) {
                    (Some(one), Some(other)) => Some(if one < other { one } else { other }),
                    (one, other) => one.or(other),
                };
            }
            (Some(Use::Rating), Object::Iri(value)) if !value.starts_with(SCALE) => return,
            (Some(Use::Value | Use::Rating) | None, Object::Iri(value) | Object::Literal { value, .. }) => {
                thing.values.push((properties.number(predicate), values.number(value)));
            }
            _ => return,
        }
        let graph = graphs.number(graph);
        if !thing.graphs.contains(&graph) {
            thing.graphs.push(graph);
        }
    }

    /// Takes what an assessment says: what it is of, the rating, or what it takes the place of.
    fn assess(&mut self, graph: &str, part: &str, object: Object<'_>, role: Option<Use>) {
        let Object::Iri(value) = object else { return };
        match role {
            Some(Use::Revises) => {
                self.revised.insert(key(graph, value));
                return;
            }
            Some(Use::Rating) if !value.starts_with(SCALE) => return,
            _ => {}
        }
        let key = key(graph, part);
        let of = if role == Some(Use::Assesses) { self.thing(value) } else { None };
        let graph = self.tables.graphs.number(graph);
        let assessment = self.assessments.entry(key).or_default();
        assessment.graph = graph;
        if role == Some(Use::Assesses) {
            assessment.of = of;
        } else {
            assessment.rating = Some(self.tables.values.number(value));
        }
    }

    /// Nothing more comes: mentions become edges, and what was said of things is put in order.
    pub(super) fn close(&mut self) {
        let predicate = self.tables.predicates.number(MENTIONS);
        for mention in std::mem::take(&mut self.mentions).into_values() {
            let Mention { document: source, graph, body: Some(target), confidence, state, is_rejected } = mention
            else {
                continue;
            };
            if source != target && !is_rejected {
                self.statements.push(Statement { source, target, predicate, graph, count: 1, confidence, state });
            }
        }
        let rating = self.tables.properties.number(RATING);
        for (key, assessment) in std::mem::take(&mut self.assessments) {
            let Assessment { of: Some(of), rating: Some(value), graph } = assessment else { continue };
            if self.revised.contains(&key) {
                continue;
            }
            let Ok(id) = self.tables.ids.name(of).parse::<Id>() else { continue };
            let thing = self.things.entry(of).or_insert_with(|| Thing::new(id.kind()));
            thing.values.push((rating, value));
            thing.graphs.push(graph);
        }
        self.things.values_mut().for_each(Thing::settle);
    }
}

/// The number of a part of a graph.
fn key(graph: &str, part: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    (graph, part).hash(&mut hasher);
    hasher.finish()
}

fn day(text: &str) -> Option<civil::Date> {
    text.parse().ok()
}

/// Longitude and latitude of a point in WKT, with or without the name of its coordinate system.
fn point(wkt: &str) -> Option<(f32, f32)> {
    let point = super::super::places::point(wkt).ok()?;
    #[expect(clippy::cast_possible_truncation, reason = "it tells degrees to half a metre")]
    Some((point.x() as f32, point.y() as f32))
}
