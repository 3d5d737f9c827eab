//! By what is everything sorted, filtered and counted?
//!
//! For each thing a row of numbers: what it is, when it is of, and every value that a facet counts it under. A document
//! is counted under each thing that it names, an incident under where it is reported, a claim under what it is about; a
//! place stands for everything that it lies in too. They are made of the [`adjacency`](super::adjacency), with the same
//! numbers, whenever that has changed.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
    sync::OnceLock,
};

use jiff::civil;

use super::{
    KEY,
    adjacency::{Adjacency, Direction},
    key,
};
use crate::{link, model::Kind};

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// What a thing is: document, person, place.
    Kind,
    /// The type of a document, the kind of an event, the level of a place.
    Type,
    /// The places that are named, or where something is, with those around them.
    Place,
    /// The organizations that are named.
    Organization,
    /// The people who are named.
    Person,
    /// How a document was rated.
    Reliability,
    /// The languages of a document.
    Language,
    /// Who issued a document, and the collection it is in; of a claim, those of its document.
    Source,
    /// The stance of a claim.
    Stance,
}

impl Facet {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Kind,
        Self::Type,
        Self::Place,
        Self::Organization,
        Self::Person,
        Self::Reliability,
        Self::Language,
        Self::Source,
        Self::Stance,
    ];
}

/// The value of the documents that nobody rated. `vocab/reliability/undefined` is another: somebody's choice.
pub const NOT_ASSESSED: &str = "not-assessed";

/// What things are counted under.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// A thing, by its number.
    Thing(u32),
    /// A concept or class by its path, a language by its tag, a kind by its first segment, or [`NOT_ASSESSED`].
    Name(Box<str>),
}

/// The first and the last day that a thing may be of.
pub type Days = (civil::Date, civil::Date);

/// The rows of all things.
pub struct Columns {
    /// What they were made of; the numbers are the same.
    pub adjacency: Adjacency,
    kinds: Vec<Option<Kind>>,
    days: Vec<Option<Days>>,
    weights: Vec<u32>,
    starts: Vec<u32>,
    codes: Vec<u32>,
    values: Vec<(Facet, Value)>,
    /// How many things each code stands for.
    totals: Vec<u32>,
    numbers: HashMap<u64, u32, BuildHasherDefault<AsItIs>>,
    titles: [OnceLock<Titles>; 2],
}

/// The order of the titles.
#[derive(Debug)]
pub struct Titles {
    /// All things, in order.
    pub things: Vec<u32>,
    /// At which place each thing stands.
    pub places: Vec<u32>,
}

impl std::fmt::Debug for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Columns")
            .field("things", &self.kinds.len())
            .field("values", &self.values.len())
            .finish_non_exhaustive()
    }
}

/// The languages in whose order titles are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TitleOrder {
    /// English titles, else others.
    English,
    /// Arabic titles, else others.
    Arabic,
}

impl Columns {
    /// Makes the rows; `base` stands before every identifier.
    pub(super) fn of(adjacency: Adjacency, base: &str) -> Self {
        let count = adjacency.len();
        let before = key(KEY, base);
        let mut columns = Self {
            kinds: Vec::with_capacity(count),
            days: Vec::with_capacity(count),
            weights: Vec::with_capacity(count),
            starts: vec![0],
            codes: Vec::new(),
            values: Vec::new(),
            totals: Vec::new(),
            numbers: HashMap::with_capacity_and_hasher(count, BuildHasherDefault::default()),
            titles: Default::default(),
            adjacency: Adjacency::default(),
        };
        let mut rows = Rows::new(&adjacency);
        for number in 0..u32::try_from(count).unwrap_or(u32::MAX) {
            columns.numbers.insert(key(before, adjacency.id(number)), number);
            let thing = adjacency.thing(number);
            let known = thing.is_described();
            columns.kinds.push(known.then_some(thing.kind));
            columns.days.push(rows.days(number));
            columns.weights.push(u32::try_from(adjacency.edges(number, Direction::In).len()).unwrap_or(u32::MAX));
            if known {
                rows.row(number, &mut columns.codes);
            }
            columns.starts.push(u32::try_from(columns.codes.len()).unwrap_or(u32::MAX));
        }
        columns.values = rows.values;
        columns.totals = vec![0; columns.values.len()];
        columns.codes.iter().for_each(|&code| columns.totals[code as usize] += 1);
        columns.adjacency = adjacency;
        columns
    }

    /// How many numbers there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Whether nothing is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// What a thing is; none where nothing is said of it.
    #[must_use]
    pub fn kind(&self, number: u32) -> Option<Kind> {
        self.kinds.get(number as usize).copied().flatten()
    }

    /// The first and the last day that a thing may be of; for a claim, of its document.
    #[must_use]
    pub fn days(&self, number: u32) -> Option<Days> {
        self.days.get(number as usize).copied().flatten()
    }

    /// How often a thing is spoken of.
    #[must_use]
    pub fn weight(&self, number: u32) -> u32 {
        self.weights.get(number as usize).copied().unwrap_or_default()
    }

    /// The codes of the values that a thing is counted under, each once; [`Self::values`] tells them.
    #[must_use]
    pub fn codes(&self, number: u32) -> &[u32] {
        let at = number as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.codes[start as usize..end as usize],
            _ => &[],
        }
    }

    /// What is counted, by code.
    #[must_use]
    pub fn values(&self) -> &[(Facet, Value)] {
        &self.values
    }

    /// How many things each code stands for, of all there are.
    #[must_use]
    pub fn totals(&self) -> &[u32] {
        &self.totals
    }

    /// The number behind the key of the index.
    pub(super) fn number(&self, key: u64) -> Option<u32> {
        self.numbers.get(&key).copied()
    }

    /// The title of a thing as it is sorted: folded, in the language wanted or else in another.
    #[must_use]
    pub fn title(&self, number: u32, order: TitleOrder) -> String {
        let label = self.adjacency.label(number);
        let wanted = match order {
            TitleOrder::English => "en",
            TitleOrder::Arabic => "ar",
        };
        let title = label.iter().find(|(lang, _)| lang.as_str() == wanted).or_else(|| label.iter().next());
        title.map_or_else(String::new, |(_, title)| link::fold(title))
    }

    /// All things in the order of their titles, then of their identifiers; made when it is first asked for.
    #[must_use]
    pub fn by_title(&self, order: TitleOrder) -> &Titles {
        self.titles[order as usize].get_or_init(|| {
            let mut things: Vec<u32> = (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect();
            things.sort_by_cached_key(|&number| (self.title(number, order), self.adjacency.id(number)));
            let mut places = vec![0; things.len()];
            for (place, &number) in (0u32..).zip(&things) {
                places[number as usize] = place;
            }
            Titles { things, places }
        })
    }
}

/// What has to be known to make rows.
struct Rows<'a> {
    adjacency: &'a Adjacency,
    within: Option<u32>,
    stated_in: Option<u32>,
    sources: Vec<Option<u32>>,
    /// The facets of concepts, by property.
    concepts: Vec<(u32, Facet)>,
    codes: HashMap<(Facet, Value), u32>,
    values: Vec<(Facet, Value)>,
    /// Everything that a place lies in, itself first.
    around: HashMap<u32, Vec<u32>>,
}

impl<'a> Rows<'a> {
    fn new(adjacency: &'a Adjacency) -> Self {
        let predicate = |path: &str| adjacency.predicate_number(path);
        let concepts = [
            ("ontology#docType", Facet::Type),
            ("ontology#eventKind", Facet::Type),
            ("ontology#adminLevel", Facet::Type),
            ("ontology#rating", Facet::Reliability),
            ("http://purl.org/dc/terms/language", Facet::Language),
            ("ontology#stance", Facet::Stance),
        ];
        Self {
            adjacency,
            within: predicate("ontology#within"),
            stated_in: predicate("ontology#statedIn"),
            sources: vec![predicate("ontology#issuedBy"), predicate("ontology#inCollection")],
            concepts: concepts
                .into_iter()
                .filter_map(|(path, facet)| Some((adjacency.property(path)?, facet)))
                .collect(),
            codes: HashMap::new(),
            values: Vec::new(),
            around: HashMap::new(),
        }
    }

    /// The document that a claim is stated in.
    fn stated_in(&self, claim: u32) -> Option<u32> {
        let edges = self.adjacency.edges(claim, Direction::Out);
        edges.iter().find(|edge| Some(edge.predicate) == self.stated_in).map(|edge| edge.other)
    }

    fn days(&self, number: u32) -> Option<Days> {
        let thing = self.adjacency.thing(number);
        let dated = if thing.kind == Kind::Claim {
            self.stated_in(number).map(|doc| self.adjacency.thing(doc))?
        } else {
            thing
        };
        let (from, to) = (dated.from.or(dated.to)?, dated.to.or(dated.from)?);
        Some((from.min(to), from.max(to)))
    }

    /// Adds the codes of a thing.
    fn row(&mut self, number: u32, codes: &mut Vec<u32>) {
        let start = codes.len();
        let kind = self.adjacency.kind(number);
        let mut add = |rows: &mut Self, facet, value| codes.push(rows.code(facet, value));
        add(self, Facet::Kind, Value::Name(kind.segment().into()));
        if kind == Kind::Place {
            self.around(number).into_iter().for_each(|place| add(self, Facet::Place, Value::Thing(place)));
        }
        for edge in self.adjacency.edges(number, Direction::Out).iter() {
            let other = Value::Thing(edge.other);
            match self.adjacency.kind(edge.other) {
                _ if self.sources.contains(&Some(edge.predicate)) && kind == Kind::Document => {
                    add(self, Facet::Source, other);
                }
                Kind::Place => {
                    self.around(edge.other).into_iter().for_each(|place| add(self, Facet::Place, Value::Thing(place)));
                }
                Kind::Organization => add(self, Facet::Organization, other),
                Kind::Person => add(self, Facet::Person, other),
                _ => {}
            }
        }
        if let (Kind::Claim, Some(document)) = (kind, self.stated_in(number)) {
            for edge in self.adjacency.edges(document, Direction::Out).iter() {
                if self.sources.contains(&Some(edge.predicate)) {
                    add(self, Facet::Source, Value::Thing(edge.other));
                }
            }
        }
        let mut is_rated = false;
        for (property, facet) in self.concepts.clone() {
            for value in self.adjacency.values(number, property) {
                let name = self.adjacency.value(value);
                is_rated |= facet == Facet::Reliability;
                // Arabic holds the Arabic of every country.
                if let (Facet::Language, Some((primary, _))) = (facet, name.split_once('-')) {
                    add(self, facet, Value::Name(primary.into()));
                }
                add(self, facet, Value::Name(name.into()));
            }
        }
        if kind == Kind::Document && !is_rated {
            add(self, Facet::Reliability, Value::Name(NOT_ASSESSED.into()));
        }
        codes[start..].sort_unstable();
        let mut kept = start;
        for at in start..codes.len() {
            if at == start || codes[at] != codes[kept - 1] {
                codes[kept] = codes[at];
                kept += 1;
            }
        }
        codes.truncate(kept);
    }

    fn code(&mut self, facet: Facet, value: Value) -> u32 {
        let next = u32::try_from(self.values.len()).unwrap_or(u32::MAX);
        let known = self.codes.entry((facet, value)).or_insert_with_key(|key| {
            self.values.push(key.clone());
            next
        });
        *known
    }

    /// A place and everything that it lies in. A place that lies in itself, at any remove, is passed once.
    fn around(&mut self, place: u32) -> Vec<u32> {
        if let Some(known) = self.around.get(&place) {
            return known.clone();
        }
        let mut all = vec![place];
        let mut next = 0;
        while let Some(&at) = all.get(next) {
            for edge in self.adjacency.edges(at, Direction::Out).iter() {
                if Some(edge.predicate) == self.within && !all.contains(&edge.other) {
                    all.push(edge.other);
                }
            }
            next += 1;
        }
        self.around.insert(place, all.clone());
        all
    }
}

/// Keys are hashes already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |all, &byte| all.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }
}
