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
mod mentions;
mod names;
mod overlay;
pub(super) mod read;
mod thing;

use std::{
    borrow::Cow,
    sync::{Arc, OnceLock},
};

use crate::model::{Id, Kind, Text};

pub use edges::{Edge, State};
pub use mentions::Mentions;
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
    /// Counted when it is first asked for.
    named: Arc<OnceLock<Mentions>>,
}

/// The names behind the numbers.
#[derive(Clone, Debug, Default)]
struct Tables {
    pub ids: Names,
    /// What joins things.
    pub predicates: Names,
    /// What is said of things in values.
    pub properties: Names,
    pub values: Names,
    pub graphs: Names,
}

/// The part that does not change.
#[derive(Debug, Default)]
struct Base {
    things: Vec<Thing>,
    /// What the things are: most walking asks for nothing else of them.
    kinds: Vec<Kind>,
    out: Edges,
    back: Edges,
    /// The documents of the graphs, by the graphs' numbers.
    documents: Vec<Option<u32>>,
}

/// Some things, by their numbers: a bit each.
#[derive(Clone, Debug, Default)]
pub struct Set(Vec<u64>);

impl Set {
    /// None of so many things.
    #[must_use]
    pub fn none(things: usize) -> Self {
        Self(vec![0; things.div_ceil(64)])
    }

    /// Adds a thing, and tells whether it is new.
    pub fn insert(&mut self, number: u32) -> bool {
        let (word, bit) = (&mut self.0[number as usize / 64], 1 << (number % 64));
        let is_new = *word & bit == 0;
        *word |= bit;
        is_new
    }

    /// Whether a thing is among them.
    #[must_use]
    pub fn contains(&self, number: u32) -> bool {
        self.0.get(number as usize / 64).is_some_and(|word| word & (1 << (number % 64)) != 0)
    }

    /// How many they are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.iter().map(|word| u64::from(word.count_ones())).sum()
    }

    /// The things, in order.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        (0u32..).step_by(64).zip(&self.0).flat_map(|(first, &word)| {
            let mut left = word;
            std::iter::from_fn(move || {
                let bit = left.trailing_zeros();
                left &= left.checked_sub(1)?;
                Some(first + bit)
            })
        })
    }
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
        self.base.kinds.get(number as usize).copied().unwrap_or_else(|| kind(self.id(number)))
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

    /// The concepts, classes or languages that a thing has by a property, as numbers; [`Self::value`] names them.
    pub fn values(&self, number: u32, property: u32) -> impl Iterator<Item = u32> {
        let values = self.thing(number).values.iter();
        values.filter(move |(other, _)| *other == property).map(|(_, value)| *value)
    }

    /// The number of a property that things have values by.
    #[must_use]
    pub fn property(&self, property: &str) -> Option<u32> {
        self.tables.properties.find(property)
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

    /// What documents name, counted once for each state of the archive, when it is first asked for.
    #[must_use]
    pub fn named(&self) -> &Mentions {
        self.named.get_or_init(|| Mentions::of(self))
    }

    /// The property of classes.
    #[must_use]
    pub fn classes(&self) -> Option<u32> {
        self.property(gather::TYPE)
    }

    /// The property of the ratings that assessments give now, on the archive's own scale.
    #[must_use]
    pub fn ratings(&self) -> Option<u32> {
        self.property(gather::RATING)
    }

    /// The predicates of edges.
    pub fn relations(&self) -> impl Iterator<Item = u32> {
        0..u32::try_from(self.tables.predicates.len()).unwrap_or(u32::MAX)
    }

    /// The number of a graph, if anything is known by it.
    #[must_use]
    pub fn graph_number(&self, graph: &str) -> Option<u32> {
        self.tables.graphs.find(graph)
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

    /// The edges of a thing on one of its sides, by one predicate.
    #[must_use]
    pub fn edges_by(&self, number: u32, direction: Direction, predicate: u32) -> Cow<'_, [Edge]> {
        let range = |edges: &[Edge]| {
            let start = edges.partition_point(|edge| edge.predicate < predicate);
            start..start + edges[start..].partition_point(|edge| edge.predicate == predicate)
        };
        match self.edges(number, direction) {
            Cow::Borrowed(edges) => Cow::Borrowed(&edges[range(edges)]),
            Cow::Owned(edges) => Cow::Owned(edges[range(&edges)].to_vec()),
        }
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
        let Tables { ids, predicates, properties, values, graphs } = &*self.tables;
        let names: usize = [ids, predicates, properties, values, graphs].into_iter().map(Names::bytes).sum();
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
        let (properties, new_property) = tables.properties.settled();
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
            for (property, value) in &mut thing.values {
                (*property, *value) = (new_property[*property as usize], new_value[*value as usize]);
            }
            thing.settle();
        }
        let mut placed: Vec<(u32, Thing)> = new_id.into_iter().zip(things).collect();
        placed.sort_unstable_by_key(|(number, _)| *number);
        let things: Vec<Thing> = placed.into_iter().map(|(_, thing)| thing).collect();
        let (out, back) = Edges::both(statements, things.len());
        let tables = Tables { ids, predicates, properties, values, graphs };
        let numbers = 0..u32::try_from(tables.graphs.len()).unwrap_or(u32::MAX);
        let documents = numbers.map(|graph| document(&tables, graph)).collect();
        let kinds = things.iter().map(|thing| thing.kind).collect();
        let base = Arc::new(Base { things, kinds, out, back, documents });
        Self { tables: Arc::new(tables), base, overlay: Arc::default(), named: Arc::default() }
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

/// The document whose graph this is, or the graph of whose mentions, reviews or comments.
fn document(tables: &Tables, graph: u32) -> Option<u32> {
    let path = tables.graphs.name(graph).strip_prefix("graph/")?;
    let (of, rest) = path.split_once('/')?;
    let key = rest.split('/').next().filter(|_| matches!(of, "doc" | "mention" | "review" | "comment"))?;
    tables.ids.find(&format!("doc/{key}"))
}
