//! Which things of the archive are meant by the rows of somebody's table? (Entity Reconciliation API)
//!
//! A name proposes candidates ([`Dictionary::alike`]): by the whole name or another one, by words in common, by sound
//! across spellings and scripts, by letters that differ. Values of properties raise or lower them, a type keeps others
//! out. The score is 100 times the mean of how like the name is, which counts once, and how like each value is, which
//! counts [`VALUE`] times; its parts are given as features. A candidate is called a match where it alone is good
//! ([`SURE`]) and the next one is clearly worse ([`APART`]).
//!
//! Here are also suggestions while somebody types ([`suggest`]), values for things that were found ([`extend`]), entities
//! that may be one ([`duplicates`]), and
//! what both versions of the interface say of a thing, a type or a property. No version's syntax is known here.

pub mod duplicates;
pub mod extend;
mod matches;
mod properties;
pub mod suggest;
mod terms;

use std::{collections::BTreeSet, sync::Arc};

pub use matches::{Candidate, Feature, Quantifier, Query, Value, Wanted, candidates};
pub use terms::{Property, Terms, Type};

use crate::{
    link::Dictionary,
    model::{Id, Kind, Lang, Text},
    rdf::Ontology,
    store::Store,
    views::adjacency::{Adjacency, Direction},
};

/// What the likeness of a value counts, where that of the name counts 1.
pub const VALUE: f64 = 0.4;
/// The least score of a match.
pub const SURE: f64 = 90.0;
/// How far the next candidate must be below a match.
pub const APART: f64 = 5.0;

/// Statements that place a thing among others, for its description, the most telling first.
const PLACING: [&str; 6] = [
    "ontology#within",
    "http://www.w3.org/ns/org#subOrganizationOf",
    "ontology#officeIn",
    "ontology#issuedBy",
    "ontology#reportedAt",
    "ontology#seat",
];

/// Where candidates are looked for.
#[derive(Clone, Debug)]
pub struct Ground {
    /// The triples.
    pub store: Store,
    /// What words mean.
    pub ontology: Arc<Ontology>,
    /// The names.
    pub dictionary: Arc<Dictionary>,
    /// The things, with their classes and labels.
    pub adjacency: Adjacency,
    /// The types and properties.
    pub terms: Arc<Terms>,
}

/// Something with a name in one of the languages that are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its identifier.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The language of the name, where it is known.
    pub lang: Option<Lang>,
    /// What tells it from others of that name.
    pub description: String,
    /// Its types, the narrowest only.
    pub types: Vec<String>,
}

/// What is said in one language, or else in another; with the language.
#[must_use]
pub fn in_language(text: &Text, lang: &Lang) -> Option<(Lang, String)> {
    let wanted = text.get_key_value(lang).or_else(|| text.get_key_value(&Lang::en()));
    wanted.or_else(|| text.iter().next()).map(|(lang, words)| (lang.clone(), words.clone()))
}

impl Ground {
    /// The classes of a thing, by local name.
    #[must_use]
    pub fn classes(&self, id: &Id) -> BTreeSet<&str> {
        let number = self.adjacency.number(id).zip(self.adjacency.classes());
        let classes = number.into_iter().flat_map(|(number, property)| self.adjacency.values(number, property));
        let names = classes.filter_map(|class| self.adjacency.value(class).strip_prefix("ontology#"));
        names.flat_map(|class| self.ontology.with_superclasses(class)).collect()
    }

    /// Whether a thing is something that is reconciled.
    #[must_use]
    pub fn is_wanted(&self, id: &Id) -> bool {
        matches!(id.kind(), Kind::Document | Kind::Person | Kind::Organization | Kind::Place | Kind::Event)
            && self.adjacency.number(id).is_some()
    }

    /// A thing as it is shown; none where nothing is said of it.
    #[must_use]
    pub fn shown(&self, id: &Id, lang: &Lang) -> Option<Shown> {
        let number = self.adjacency.number(id)?;
        let (name_lang, name) = match in_language(&self.adjacency.label(number), lang) {
            Some((lang, name)) => (Some(lang), name),
            None => (None, id.to_string()),
        };
        let classes = self.classes(id);
        let narrowest = |class: &&str| {
            self.terms.class(class).is_some()
                && !classes
                    .iter()
                    .any(|other| other != class && self.ontology.with_superclasses(other).any(|above| above == *class))
        };
        let types: Vec<String> =
            classes.iter().filter(|class| narrowest(class)).map(|class| (*class).to_owned()).collect();
        let description = self.description(number, &types, lang);
        Some(Shown { id: id.to_string(), name, lang: name_lang, description, types })
    }

    /// What tells a thing from others of its name: what it is, when it was, where it belongs.
    fn description(&self, number: u32, types: &[String], lang: &Lang) -> String {
        let comma = if *lang == Lang::ar() { "\u{60C} " } else { ", " };
        let kinds = types.iter().filter_map(|class| Some(in_language(&self.terms.class(class)?.label, lang)?.1));
        let mut parts: Vec<String> = kinds.collect();
        let thing = self.adjacency.thing(number);
        parts.extend(thing.date.as_deref().map(str::to_owned).or_else(|| thing.from.map(|day| day.to_string())));
        let placing = PLACING.iter().filter_map(|predicate| self.adjacency.predicate_number(predicate));
        let around = placing.filter_map(|predicate| {
            let edges = self.adjacency.edges_by(number, Direction::Out, predicate);
            edges.first().map(|edge| edge.other)
        });
        let named = |other| in_language(&self.adjacency.label(other), lang).map(|(_, name)| name);
        parts.extend(around.filter_map(named).take(2));
        parts.join(comma)
    }

    /// The thing that is meant by an identifier or an IRI.
    #[must_use]
    pub fn thing(&self, text: &str) -> Option<Id> {
        self.store.iris().parse_id(text).filter(|id| self.adjacency.number(id).is_some())
    }
}
