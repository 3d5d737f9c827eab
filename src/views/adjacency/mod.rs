//! Who stands next to whom?
//!
//! Every statement between two things of the archive, from both ends, in memory: a few numbers each, so that walking
//! costs no question to the store. Parts are taken for their whole where they stand for a relation of it (an office
//! held, what a claim proposes); mentions are counted into one edge for each document and thing. With each thing stands
//! what an answer says of it: labels, dates, coordinates, classes and concepts.
//!
//! A large *base*, made once, and what changed since, graph by graph, in the *overlay*: what the base says by a graph
//! that changed no longer holds. When the overlay grows, both are made into a new base, without the store.
//!
//! It knows no query language and asks nothing but what graphs say ([`read`]).

mod edges;
mod gather;
mod names;
mod overlay;
pub(super) mod read;
mod thing;

use std::{borrow::Cow, sync::Arc};

use crate::model::{Id, Kind, Text};

pub use edges::{Edge, State};
pub use thing::Thing;

use self::{
    edges::{Edges, Statement, statement},
    gather::Gathering,
    names::Names,
    overlay::Overlay,
};

/// Which end of an edge a thing is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Its subject: the edge goes out.
    Out,
    /// Its object: the edge comes in.
    In,
}

/// Every thing and every edge, as they were after one change; clones are cheap.
#[derive(Clone, Debug, Default)]
pub struct Adjacency {
    tables: Arc<Tables>,
    base: Arc<Base>,
    overlay: Arc<Overlay>,
}

/// The names behind the numbers.
#[derive(Clone, Debug, Default)]
struct Tables {
    pub ids: Names,
    pub predicates: Names,
    pub values: Names,
    pub graphs: Names,
}

/// The part that does not change.
#[derive(Debug, Default)]
struct Base {
    things: Vec<Thing>,
    out: Edges,
    back: Edges,
    /// The documents of the graphs, by the graphs' numbers.
    documents: Vec<Option<u32>>,
}

impl Adjacency {
    /// The number of a thing that is described or joined to something.
    #[must_use]
    pub fn number(&self, id: &Id) -> Option<u32> {
        let number = self.tables.ids.find(id.as_str())?;
        (self.thing(number).is_described() || self.degree(number) > 0).then_some(number)
    }

    /// One more than the largest number of a thing.
    #[must_use]
    pub fn len(&self) -> usize {
        self.tables.ids.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The identifier of a thing.
    #[must_use]
    pub fn id(&self, number: u32) -> &str {
        self.tables.ids.name(number)
    }

    /// What is known of a thing.
    #[must_use]
    pub fn thing(&self, number: u32) -> &Thing {
        static NOTHING: Thing = Thing::new(Kind::Document);
        let edited = if self.overlay.is_empty() { None } else { self.overlay.thing(number) };
        edited.or_else(|| self.base.things.get(number as usize)).unwrap_or(&NOTHING)
    }

    /// What a thing is.
    #[must_use]
    pub fn kind(&self, number: u32) -> Kind {
        self.thing(number).kind
    }

    /// The labels of a thing.
    #[must_use]
    pub fn label(&self, number: u32) -> Text {
        let labels = self.thing(number).labels.iter();
        let tagged = labels.filter_map(|(lang, label)| Some((self.tables.values.name(*lang).parse().ok()?, label)));
        let mut text = Text::new();
        tagged.for_each(|(lang, label)| {
            text.entry(lang).or_insert_with(|| label.to_string());
        });
        text
    }

    /// The concepts, classes or languages that a thing has by a predicate, as numbers; [`Self::value`] names them.
    pub fn values(&self, number: u32, predicate: u32) -> impl Iterator<Item = u32> {
        let values = self.thing(number).values.iter();
        values.filter(move |(other, _)| *other == predicate).map(|(_, value)| *value)
    }

    /// The name behind the number of a value: a path under the base, or a whole IRI, or a tag.
    #[must_use]
    pub fn value(&self, value: u32) -> &str {
        self.tables.values.name(value)
    }

    /// The number of a value, if any thing has it.
    #[must_use]
    pub fn value_number(&self, value: &str) -> Option<u32> {
        self.tables.values.find(value)
    }

    /// A predicate: a path under the base, or a whole IRI.
    #[must_use]
    pub fn predicate(&self, predicate: u32) -> &str {
        self.tables.predicates.name(predicate)
    }

    /// The number of a predicate, if there is a statement with it.
    #[must_use]
    pub fn predicate_number(&self, predicate: &str) -> Option<u32> {
        self.tables.predicates.find(predicate)
    }

    /// The predicate that joins a document with what it mentions.
    #[must_use]
    pub fn mentions(&self) -> Option<u32> {
        self.predicate_number(gather::MENTIONS)
    }

    /// The predicate of classes.
    #[must_use]
    pub fn classes(&self) -> Option<u32> {
        self.predicate_number(gather::TYPE)
    }

    /// The predicate of the ratings that assessments give.
    #[must_use]
    pub fn ratings(&self) -> Option<u32> {
        self.predicate_number(gather::RATING)
    }

    /// A graph, as a path under the base or a whole IRI.
    #[must_use]
    pub fn graph(&self, graph: u32) -> &str {
        self.tables.graphs.name(graph)
    }

    /// The document whose graph this is, or the graph of whose mentions.
    #[must_use]
    pub fn document(&self, graph: u32) -> Option<u32> {
        let known = self.base.documents.get(graph as usize).copied().flatten();
        known.or_else(|| document(&self.tables, graph))
    }

    /// The edges of a thing on one of its sides, by predicate, other end and graph.
    #[must_use]
    pub fn edges(&self, number: u32, direction: Direction) -> Cow<'_, [Edge]> {
        let base = match direction {
            Direction::Out => self.base.out.of_thing(number),
            Direction::In => self.base.back.of_thing(number),
        };
        if self.overlay.is_empty() { Cow::Borrowed(base) } else { self.overlay.over(base, number, direction) }
    }

    /// How many edges a thing has.
    #[must_use]
    pub fn degree(&self, number: u32) -> usize {
        self.edges(number, Direction::Out).len() + self.edges(number, Direction::In).len()
    }

    /// Every edge, with its source; the edge is as its source sees it.
    pub fn all(&self) -> impl Iterator<Item = (u32, Edge)> {
        let numbers = 0..u32::try_from(self.len()).unwrap_or(u32::MAX);
        numbers.flat_map(|number| self.edges(number, Direction::Out).into_owned().into_iter().map(move |e| (number, e)))
    }

    /// How many bytes it takes: the edges, and everything else.
    #[must_use]
    pub fn bytes(&self) -> (usize, usize) {
        let Tables { ids, predicates, values, graphs } = &*self.tables;
        let names = ids.bytes() + predicates.bytes() + values.bytes() + graphs.bytes();
        let things: usize = self.base.things.iter().map(Thing::bytes).sum();
        (self.base.out.bytes() + self.base.back.bytes() + self.overlay.bytes(), names + things)
    }

    /// How many edges there are, those of the base that no longer hold among them.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.base.out.len() + self.overlay.len()
    }

    /// What was gathered from all graphs.
    fn of(mut gathering: Gathering) -> Self {
        gathering.close();
        let Gathering { tables, mut things, statements, .. } = gathering;
        let things = (0..)
            .take(tables.ids.len())
            .map(|number| things.remove(&number).unwrap_or_else(|| Thing::new(kind(tables.ids.name(number)))));
        Self::settled(&tables, things.collect(), statements)
    }

    /// Numbers everything anew, in the order of the names, so that the same graphs give the same numbers.
    fn settled(tables: &Tables, mut things: Vec<Thing>, mut statements: Vec<Statement>) -> Self {
        let (ids, new_id) = tables.ids.settled();
        let (predicates, new_predicate) = tables.predicates.settled();
        let (values, new_value) = tables.values.settled();
        let (graphs, new_graph) = tables.graphs.settled();
        for statement in &mut statements {
            statement.source = new_id[statement.source as usize];
            statement.target = new_id[statement.target as usize];
            statement.predicate = new_predicate[statement.predicate as usize];
            statement.graph = new_graph[statement.graph as usize];
        }
        for thing in &mut things {
            thing.labels.iter_mut().for_each(|(lang, _)| *lang = new_value[*lang as usize]);
            thing.graphs.iter_mut().for_each(|graph| *graph = new_graph[*graph as usize]);
            for (predicate, value) in &mut thing.values {
                (*predicate, *value) = (new_predicate[*predicate as usize], new_value[*value as usize]);
            }
            thing.settle();
        }
        let mut placed: Vec<(u32, Thing)> = new_id.into_iter().zip(things).collect();
        placed.sort_unstable_by_key(|(number, _)| *number);
        let things: Vec<Thing> = placed.into_iter().map(|(_, thing)| thing).collect();
        let (out, back) = Edges::both(statements, things.len());
        let tables = Tables { ids, predicates, values, graphs };
        let numbers = 0..u32::try_from(tables.graphs.len()).unwrap_or(u32::MAX);
        let documents = numbers.map(|graph| document(&tables, graph)).collect();
        let base = Arc::new(Base { things, out, back, documents });
        Self { tables: Arc::new(tables), base, overlay: Arc::default() }
    }

    /// The same, with the overlay made part of the base.
    fn merged(&self) -> Self {
        let statements = self.all().map(|(source, edge)| statement(source, &edge)).collect();
        let numbers = 0..u32::try_from(self.len()).unwrap_or(u32::MAX);
        let things = numbers.map(|number| {
            let known = self.base.things.get(number as usize).is_some() || self.overlay.thing(number).is_some();
            if known { self.thing(number).clone() } else { Thing::new(kind(self.id(number))) }
        });
        Self::settled(&self.tables, things.collect(), statements)
    }
}

/// What an identifier names; it was checked when it was gathered.
fn kind(id: &str) -> Kind {
    id.split('/').next().and_then(|segment| segment.parse().ok()).unwrap_or(Kind::Document)
}

/// The document whose graph this is, or the graph of whose mentions or reviews.
fn document(tables: &Tables, graph: u32) -> Option<u32> {
    let path = tables.graphs.name(graph).strip_prefix("graph/")?;
    let (of, rest) = path.split_once('/')?;
    let key = rest.split('/').next().filter(|_| matches!(of, "doc" | "mention" | "review"))?;
    tables.ids.find(&format!("doc/{key}"))
}
