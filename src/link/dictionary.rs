//! Which things can be named, and by which words?

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use daachorse::{CharwiseDoubleArrayAhoCorasick, CharwiseDoubleArrayAhoCorasickBuilder};
use sha2::{Digest, Sha256};

use crate::model::{Date, Id};

use super::{
    fold::{Level, key},
    name::{Fact, Facts, Form, Name, NameKind, forms},
    symbols::Resolutions,
};

/// Every name of every thing, ready to be looked for in a text.
///
/// It is made once and not changed. The same names and facts give the same dictionary, in whatever order they come.
pub struct Dictionary {
    version: String,
    /// The things, in order.
    pub(super) entities: Vec<Id>,
    /// What is known of each.
    pub(super) facts: Vec<Known>,
    /// The folded forms, in order, and whose they are.
    pub(super) keys: Vec<(String, Vec<Entry>)>,
    /// Finds the keys in a folded text; absent when there are none.
    pub(super) automaton: Option<CharwiseDoubleArrayAhoCorasick<u32>>,
    /// The documents that are resolutions, by number.
    pub(super) resolutions: Resolutions,
}

/// A fact, with things by their place in the dictionary.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// What it is part of.
    pub within: Vec<usize>,
    /// The same, near or far.
    pub wholes: BTreeSet<usize>,
    /// The level of a place.
    pub level: Option<String>,
    /// When it began to be.
    pub from: Option<Date>,
    /// When it ceased to be.
    pub to: Option<Date>,
    /// How often it is spoken of.
    pub prior: u32,
}

/// One form of one thing under its key.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// The thing, by its place in the dictionary.
    pub entity: usize,
    /// The form as it is written.
    pub form: Form,
    /// Its words, folded lightly.
    pub light: String,
    /// Whether the key has lost its article and is valid only after a particle that swallows it.
    pub headless: bool,
}

impl Dictionary {
    /// Makes a dictionary of names and facts.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = Name>, facts: &Facts) -> Self {
        let names: BTreeSet<Name> = names.into_iter().collect();
        let version = version(&names, facts);
        let entities = entities(&names, facts);
        let place = |id: &Id| entities.binary_search(id).ok();
        let mut known: Vec<Known> =
            entities.iter().map(|id| facts.get(id).map(|fact| know(fact, place)).unwrap_or_default()).collect();
        let mut keys: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
        let mut resolutions = Resolutions::default();
        for name in &names {
            let Some(entity) = place(&name.entity) else { continue };
            if name.kind == NameKind::Symbol {
                resolutions.add(&name.form, entity);
            }
            for form in forms(name) {
                if let (None, Some(level)) = (&known[entity].level, form.levels.first()) {
                    known[entity].level = Some((*level).to_owned());
                }
                enter(&mut keys, entity, form);
            }
        }
        leave_articles_out(&mut keys);
        let keys: Vec<(String, Vec<Entry>)> = keys.into_iter().collect();
        known_wholes(&mut known);
        Self { version, automaton: automaton(&keys), entities, facts: known, keys, resolutions }
    }

    /// The digest of everything it was made of, SHA-256 in hexadecimal.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// The forms under a loosely folded key.
    pub(super) fn entries(&self, key: &str) -> &[Entry] {
        self.keys.binary_search_by(|(known, _)| known.as_str().cmp(key)).map_or(&[], |at| &self.keys[at].1)
    }
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dictionary")
            .field("version", &self.version)
            .field("entities", &self.entities.len())
            .field("keys", &self.keys.len())
            .finish_non_exhaustive()
    }
}

fn entities(names: &BTreeSet<Name>, facts: &Facts) -> Vec<Id> {
    let bearers = names.iter().map(|name| &name.entity);
    let known = facts.iter().flat_map(|(id, fact)| std::iter::once(id).chain(&fact.within));
    bearers.chain(known).collect::<BTreeSet<_>>().into_iter().cloned().collect()
}

fn know(fact: &Fact, place: impl Fn(&Id) -> Option<usize>) -> Known {
    Known {
        within: fact.within.iter().filter_map(place).collect(),
        wholes: BTreeSet::new(),
        level: fact.level.clone(),
        from: fact.from.clone(),
        to: fact.to.clone(),
        prior: fact.prior,
    }
}

fn enter(keys: &mut BTreeMap<String, Vec<Entry>>, entity: usize, form: Form) {
    let folded = key(&form.text, Level::Loose);
    if folded.is_empty() {
        return;
    }
    let entry = Entry { entity, light: key(&form.text, Level::Light), form, headless: false };
    // After the particle "lil", the noun has lost the alef of its article, and one of two lams as well.
    if let Some(rest) = folded.strip_prefix("\u{627}\u{644}").filter(|rest| rest.chars().count() > 2) {
        let light = entry.light.chars().skip(2).collect();
        keys.entry(rest.to_owned()).or_default().push(Entry { light, headless: true, ..entry.clone() });
    }
    keys.entry(folded).or_default().push(entry);
}

/// "The Syrian Archive" is looked for as "Syrian Archive", where the thing is called that too.
fn leave_articles_out(keys: &mut BTreeMap<String, Vec<Entry>>) {
    let with: Vec<(String, usize)> = keys
        .range("the ".to_owned()..)
        .take_while(|(key, _)| key.starts_with("the "))
        .flat_map(|(key, entries)| entries.iter().map(|entry| (key.clone(), entry.entity)))
        .collect();
    for (key, entity) in with {
        let bare = keys.get(key.trim_start_matches("the "));
        if bare.is_some_and(|entries| entries.iter().any(|entry| entry.entity == entity && entry.form.linked)) {
            let entries = keys.get_mut(&key).into_iter().flatten();
            entries.filter(|entry| entry.entity == entity).for_each(|entry| entry.form.linked = false);
        }
    }
}

/// Follows every thing to everything that it is part of.
fn known_wholes(known: &mut [Known]) {
    for part in 0..known.len() {
        let (mut wholes, mut open) = (BTreeSet::new(), vec![part]);
        while let Some(next) = open.pop() {
            open.extend(known[next].within.iter().copied().filter(|&whole| wholes.insert(whole)));
        }
        known[part].wholes = wholes;
    }
}

fn automaton(keys: &[(String, Vec<Entry>)]) -> Option<CharwiseDoubleArrayAhoCorasick<u32>> {
    let linked = (0u32..).zip(keys).filter(|(_, (_, entries))| entries.iter().any(|entry| entry.form.linked));
    CharwiseDoubleArrayAhoCorasickBuilder::new().build_with_values(linked.map(|(at, (key, _))| (key, at))).ok()
}

fn version(names: &BTreeSet<Name>, facts: &Facts) -> String {
    let mut digest = Sha256::new();
    for name in names {
        let lang = name.lang.as_ref().map_or("", |lang| lang.as_str());
        digest.update(format!("{}\t{}\t{lang}\t{}\n", name.entity, name.kind.word(), name.form));
    }
    for (id, fact) in facts {
        digest.update(format!("{id}\t{fact:?}\n"));
    }
    digest.finalize().iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(entity: &str, form: &str) -> Name {
        let entity = entity.parse().unwrap_or_else(|e| panic!("{e}"));
        Name { entity, form: form.to_owned(), lang: None, kind: NameKind::Label }
    }

    #[test]
    fn the_order_of_the_names_changes_nothing() {
        let (a, b) = (name("org/hrw", "Human Rights Watch"), name("org/un", "United Nations"));
        let one = Dictionary::new([a.clone(), b.clone()], &Facts::new());
        let other = Dictionary::new([b.clone(), a.clone(), b.clone()], &Facts::new());
        assert_eq!((one.version(), one.version().len()), (other.version(), 64));
        assert_ne!(one.version(), Dictionary::new([a], &Facts::new()).version());
    }

    #[test]
    fn a_dictionary_without_names_is_empty() {
        let empty = Dictionary::new([name("org/x", ""), name("org/x", "  ")], &Facts::new());
        assert!(empty.keys.is_empty());
    }

    #[test]
    fn a_circle_of_wholes_ends() {
        let id = |text: &str| -> Id { text.parse().unwrap_or_else(|e| panic!("{e}")) };
        let around = |whole: &str| Fact { within: vec![id(whole)], ..Fact::default() };
        let facts = Facts::from([(id("place/a"), around("place/b")), (id("place/b"), around("place/a"))]);
        assert_eq!(Dictionary::new([], &facts).facts[0].wholes.len(), 2);
    }
}
