//! Which things can be named, and by which words?
//!
//! A dictionary is a large *base*, made once, and the *edits* made since: for every edited thing its new names and
//! facts, which stand in place of the old ones. An edit costs as much as the edited things are large, whatever the
//! size of the base, and the base is shared, not copied. When the edits grow ([`Dictionary::is_grown`]), a new
//! dictionary is made of all names, elsewhere and at leisure.
//!
//! The version is a sum of one digest for every thing, so that the same names and facts have the same version
//! whether they were there from the beginning or came by edits.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::Arc,
};

use jiff::civil;
use sha2::{Digest, Sha256};

use crate::model::{Id, Kind, Rule};

use super::{
    decisions::Decisions,
    fold::light_hash,
    layer::Layer,
    name::{Case, Fact, Facts, Form, Name, forms},
    nouns, related,
};

/// Every name of every thing, ready to be looked for in a text.
///
/// The same names and facts give the same dictionary, in whatever order they come.
#[derive(Clone)]
pub struct Dictionary {
    version: String,
    sum: Sum,
    base: Arc<Base>,
    edits: Arc<Edits>,
    decisions: Arc<Decisions>,
}

/// One edited thing.
#[derive(Clone, Debug)]
pub struct Edit {
    /// The thing.
    pub entity: Id,
    /// All its names from now on; none for a thing that is no longer spoken of.
    pub names: Vec<Name>,
    /// What the graph says of it from now on.
    pub fact: Fact,
}

/// The part that does not change.
struct Base {
    /// The things, in order.
    entities: Vec<Id>,
    /// What is known of each.
    facts: Vec<Known>,
    /// The papers of bodies: body, day, paper, in order.
    papers: Vec<(u32, civil::Date, u32)>,
    layer: Layer,
}

/// What has been edited since.
#[derive(Clone, Default)]
struct Edits {
    /// The edits, by thing.
    made: BTreeMap<Id, Edit>,
    /// The things that are not in the base, in the order of their numbers, which follow those of the base.
    more: Vec<Id>,
    /// What is known of the edited things.
    facts: BTreeMap<u32, Known>,
    /// What is known of things that edited things are related to, or were.
    beside: BTreeMap<u32, Known>,
    /// The papers of bodies that are edited: body, day, paper, in order.
    papers: Vec<(u32, civil::Date, u32)>,
    layer: Layer,
}

/// A digest of one thing's names and facts, to be added up.
type Sum = [u64; 4];

/// A fact, with things by their number.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// What it is part of, near or far, in order.
    pub wholes: Box<[u32]>,
    /// What it is directly part of, the first so many of `near`.
    pub within: u32,
    /// What its own fact names, the first so many of `near`; after them comes what names it.
    pub own: u32,
    /// What it is directly related to.
    pub near: Box<[u32]>,
    /// The level of a place.
    pub level: Option<Box<str>>,
    /// When it began to be.
    pub from: Option<civil::Date>,
    /// When it ceased to be.
    pub to: Option<civil::Date>,
    /// How often it is spoken of, where somebody counted.
    pub counted: u32,
    /// How many things are related to it.
    pub named_by: u32,
    /// The groups of nouns that its names hold.
    pub nouns: u32,
    pub digest: Sum,
}

impl Known {
    /// What it is directly part of.
    pub(super) fn within(&self) -> &[u32] {
        &self.near[..self.within as usize]
    }

    /// What it is related to in any other way.
    pub(super) fn related(&self) -> &[u32] {
        &self.near[self.within as usize..]
    }

    /// How often it is spoken of: where nobody has counted, as often as it is related to.
    pub(super) fn prior(&self) -> u32 {
        if self.counted > 0 { self.counted } else { self.named_by }
    }
}

/// One form of one thing.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a property of its own, kept small")]
pub(super) struct Entry {
    /// The thing, by its number.
    pub entity: u32,
    /// The form as it is written, in the texts of its layer.
    pub place: u32,
    pub length: u32,
    /// The hash of its words, folded lightly.
    pub light: u64,
    /// The rule it is found by.
    pub rule: Rule,
    /// How it must be written.
    pub case: Case,
    /// Whether it serves only to find.
    pub hidden: bool,
    /// Whether it is looked for in texts, not only in fields of the archive.
    pub linked: bool,
    /// Whether it needs support from the text or its description.
    pub weak: bool,
    /// Whether it has lost its article and is valid only after a particle that swallows it.
    pub headless: bool,
    /// Whether it is written as one word where the name has several, or the other way about.
    pub joined: bool,
    /// For the title of an office, one more than the place of its holders in the layer; 0 for a name.
    pub office: u32,
    /// Whether it names a place.
    pub is_place: bool,
    /// Whether it names an organization.
    pub is_body: bool,
}

impl Dictionary {
    /// Makes a dictionary of names and facts.
    #[must_use]
    pub fn new(names: impl IntoIterator<Item = Name>, facts: &Facts) -> Self {
        let mut names: Vec<Name> = names.into_iter().collect();
        names.sort_unstable();
        names.dedup();
        let entities = entities(&names, facts);
        let place = |id: &Id| entities.binary_search(id).ok().and_then(|at| u32::try_from(at).ok());
        let none = Fact::default();
        let (mut known, mut layer, mut sum) = (Vec::with_capacity(entities.len()), Layer::growing(), Sum::default());
        let mut rest = names.as_slice();
        for (number, id) in (0u32..).zip(&entities) {
            let own = rest.iter().take_while(|name| name.entity == *id).count();
            let (names, after) = rest.split_at(own);
            rest = after;
            let fact = facts.get(id);
            let mut of = know(fact.unwrap_or(&none), place);
            if fact.is_some() || !names.is_empty() {
                of.digest = digest(id, names, fact.unwrap_or(&none));
                add(&mut sum, of.digest);
            }
            layer.enter(number, names, fact.unwrap_or(&none), place, &mut of);
            known.push(of);
        }
        related::turn_back(&mut known);
        known_wholes(&mut known);
        let papers = papers((0u32..).zip(&known), |number| &entities[number as usize]);
        let base = Base { entities, facts: known, papers, layer: layer.done() };
        Self { version: written(sum), sum, base: Arc::new(base), edits: Arc::default(), decisions: Arc::default() }
    }

    /// The dictionary with what was decided on its links; its version tells the decisions too.
    #[must_use]
    pub fn decided(mut self, decisions: Arc<Decisions>) -> Self {
        self.version = written(decisions.add_to(self.sum));
        self.decisions = decisions;
        self
    }

    /// What was decided on its links.
    #[must_use]
    pub fn decisions(&self) -> &Arc<Decisions> {
        &self.decisions
    }

    /// The dictionary after some things were edited; what is part of an edited thing keeps its own larger wholes
    /// until the dictionary is made anew.
    #[must_use]
    pub fn edited(&self, edits: impl IntoIterator<Item = Edit>) -> Self {
        let (mut sum, mut made) = (self.sum, self.edits.made.clone());
        for mut edit in edits {
            edit.names.retain(|name| name.entity == edit.entity);
            edit.names.sort_unstable();
            edit.names.dedup();
            made.insert(edit.entity.clone(), edit);
        }
        let mut new = Edits { more: self.edits.more.clone(), ..Edits::default() };
        let named = made.iter().flat_map(|(id, edit)| {
            let Fact { within, related, offices, .. } = &edit.fact;
            std::iter::once(id).chain(within).chain(related).chain(offices.iter().map(|office| &office.of))
        });
        for id in named {
            if self.place(id).is_none() && !new.more.contains(id) {
                new.more.push(id.clone());
            }
        }
        let place = |id: &Id| self.base_place(id).or_else(|| self.more_place(&new.more, id));
        let mut layer = Layer::growing();
        for (id, edit) in &made {
            let Some(number) = place(id) else { continue };
            let mut known = know(&edit.fact, place);
            layer.enter(number, &edit.names, &edit.fact, place, &mut known);
            known.digest = if edit.names.is_empty() && edit.fact == Fact::default() {
                Sum::default()
            } else {
                digest(id, &edit.names, &edit.fact)
            };
            let before = self.place(id).map(|at| self.known(at).digest);
            subtract(&mut sum, before.unwrap_or_default());
            add(&mut sum, known.digest);
            new.facts.insert(number, known);
        }
        new.layer = layer.done();
        new.beside = related::turn_back_edited(&self.base.facts, &mut new.facts);
        let name = |number: u32| {
            let (at, base) = (number as usize, self.base.entities.len());
            if at < base { &self.base.entities[at] } else { &new.more[at - base] }
        };
        new.papers = papers(new.facts.iter().map(|(number, known)| (*number, known)), name);
        new.made = made;
        let base = Arc::clone(&self.base);
        let mut edited = Self { version: written(sum), sum, base, edits: Arc::new(new), decisions: Arc::default() };
        edited.follow();
        edited.decided(Arc::clone(&self.decisions))
    }

    /// Whether so much has been edited that a new dictionary should be made of all names.
    #[must_use]
    pub fn is_grown(&self) -> bool {
        self.edits.made.len() > 256.max(self.base.entities.len() / 64)
    }

    /// The digest of everything it was made of, in hexadecimal: the sum of the SHA-256 of every thing's names and
    /// facts, modulo 2^64 in each quarter.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many bytes its tables take, those of identifiers left out.
    #[must_use]
    pub fn bytes(&self) -> usize {
        let known = |known: &Known| size_of::<Known>() + 4 * (known.near.len() + known.wholes.len());
        let facts: usize = self.base.facts.iter().chain(self.edits.facts.values()).map(known).sum();
        facts + self.base.layer.bytes() + self.edits.layer.bytes()
    }

    /// Follows the edited things to everything that they are part of.
    fn follow(&mut self) {
        let numbers: Vec<u32> = self.edits.facts.keys().copied().collect();
        let found: Vec<(u32, Box<[u32]>)> = numbers
            .into_iter()
            .map(|number| (number, wholes(number, |part| self.known(part).within().to_vec())))
            .collect();
        let edits = Arc::make_mut(&mut self.edits);
        for (number, wholes) in found {
            if let Some(known) = edits.facts.get_mut(&number) {
                known.wholes = wholes;
            }
        }
    }

    fn base_place(&self, id: &Id) -> Option<u32> {
        self.base.entities.binary_search(id).ok().and_then(|at| u32::try_from(at).ok())
    }

    fn more_place(&self, more: &[Id], id: &Id) -> Option<u32> {
        let at = more.iter().position(|other| other == id)?;
        u32::try_from(self.base.entities.len() + at).ok()
    }

    /// The number of a thing.
    pub(super) fn place(&self, id: &Id) -> Option<u32> {
        self.base_place(id).or_else(|| self.more_place(&self.edits.more, id))
    }

    /// The things that were there when the base was made, in order.
    pub(super) fn things(&self) -> &[Id] {
        &self.base.entities
    }

    /// The thing of a number.
    pub(super) fn id(&self, entity: u32) -> &Id {
        let (at, base) = (entity as usize, self.base.entities.len());
        if at < base { &self.base.entities[at] } else { &self.edits.more[at - base] }
    }

    /// What is known of a thing.
    pub(super) fn known(&self, entity: u32) -> &Known {
        static NOTHING: std::sync::LazyLock<Known> = std::sync::LazyLock::new(Known::default);
        if !self.edits.facts.is_empty()
            && let Some(edited) = self.edits.facts.get(&entity).or_else(|| self.edits.beside.get(&entity))
        {
            return edited;
        }
        self.base.facts.get(entity as usize).unwrap_or(&NOTHING)
    }

    /// What a body issued in a time, in order of the days, then of the papers.
    pub(super) fn papers(&self, body: u32, from: civil::Date, to: civil::Date) -> Vec<u32> {
        let within = |papers: &[(u32, civil::Date, u32)]| {
            let first = papers.partition_point(|&(other, day, _)| (other, day) < (body, from));
            let until = |&&(other, day, _): &&(u32, civil::Date, u32)| other == body && day <= to;
            papers[first..].iter().take_while(until).map(|&(_, day, paper)| (day, paper)).collect::<Vec<_>>()
        };
        let mut found = within(&self.base.papers);
        if !self.edits.facts.is_empty() {
            found.retain(|(_, paper)| !self.edits.facts.contains_key(paper));
            found.extend(within(&self.edits.papers));
            found.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| self.id(a.1).cmp(self.id(b.1))));
        }
        found.into_iter().map(|(_, paper)| paper).collect()
    }

    /// The base and the edits, where there are any.
    pub(super) fn layers(&self) -> impl Iterator<Item = &Layer> {
        [&self.base.layer, &self.edits.layer].into_iter().filter(|layer| !layer.is_empty())
    }

    /// Whether what this layer says of a thing still holds.
    #[inline]
    pub(super) fn holds(&self, layer: &Layer, entity: u32) -> bool {
        self.edits.facts.is_empty()
            || std::ptr::eq(layer, &raw const self.edits.layer)
            || !self.edits.facts.contains_key(&entity)
    }
}

impl std::fmt::Debug for Dictionary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dictionary")
            .field("version", &self.version)
            .field("entities", &(self.base.entities.len() + self.edits.more.len()))
            .field("edits", &self.edits.made.len())
            .finish_non_exhaustive()
    }
}

/// Every thing that is named or spoken of by a fact, in order.
fn entities(names: &[Name], facts: &Facts) -> Vec<Id> {
    let mut bearers: Vec<&Id> = names.iter().map(|name| &name.entity).collect();
    bearers.dedup();
    bearers.extend(facts.iter().flat_map(|(id, fact)| {
        std::iter::once(id).chain(&fact.within).chain(&fact.related).chain(fact.offices.iter().map(|office| &office.of))
    }));
    bearers.sort_unstable();
    bearers.dedup();
    bearers.into_iter().cloned().collect()
}

fn know(fact: &Fact, place: impl Fn(&Id) -> Option<u32>) -> Known {
    let mut near: Vec<u32> = fact.within.iter().filter_map(&place).collect();
    let within = u32::try_from(near.len()).unwrap_or(0);
    near.extend(fact.related.iter().chain(fact.offices.iter().map(|office| &office.of)).filter_map(place));
    Known {
        within,
        own: u32::try_from(near.len()).unwrap_or(0),
        near: near.into(),
        wholes: Box::default(),
        level: fact.level.as_deref().map(Into::into),
        from: fact.from.as_ref().map(crate::model::Date::earliest),
        to: fact.to.as_ref().map(crate::model::Date::latest),
        counted: fact.prior,
        named_by: 0,
        nouns: 0,
        digest: Sum::default(),
    }
}

/// What each body has issued, and when.
fn papers<'a>(
    known: impl Iterator<Item = (u32, &'a Known)>,
    id: impl Fn(u32) -> &'a Id,
) -> Vec<(u32, civil::Date, u32)> {
    let mut papers: Vec<(u32, civil::Date, u32)> = known
        .filter(|(number, _)| id(*number).kind() == Kind::Document)
        .filter_map(|(number, known)| Some((number, known, known.from?)))
        .flat_map(|(number, known, day)| known.within().iter().map(move |&body| (body, day, number)))
        .collect();
    papers.sort_unstable();
    papers
}

/// Follows every thing to everything that it is part of.
fn known_wholes(known: &mut [Known]) {
    for part in 0..known.len() {
        if known[part].within > 0 {
            let number = u32::try_from(part).unwrap_or(u32::MAX);
            known[part].wholes = wholes(number, |part| known[part as usize].within().to_vec());
        }
    }
}

fn wholes(part: u32, within: impl Fn(u32) -> Vec<u32>) -> Box<[u32]> {
    let (mut wholes, mut open) = (BTreeSet::new(), vec![part]);
    while let Some(next) = open.pop() {
        open.extend(within(next).into_iter().filter(|&whole| wholes.insert(whole)));
    }
    wholes.into_iter().collect()
}

/// The forms of a thing, each once, in order, its own level set where only a name gives it.
pub(super) fn forms_of(names: &[Name], known: &mut Known) -> Vec<Form> {
    let mut all: Vec<Form> = names.iter().flat_map(forms).collect();
    for form in &all {
        if let (None, Some(&level)) = (&known.level, form.levels.first()) {
            known.level = Some(level.into());
        }
    }
    known.nouns = all.iter().fold(0, |bits, form| bits | nouns::groups(&form.tokens));
    // Of the same words twice, the better name stays.
    all.sort_by(|a, b| a.text.cmp(&b.text).then(goodness(b.rule, b.hidden).total_cmp(&goodness(a.rule, a.hidden))));
    all.dedup_by(|b, a| a.text == b.text);
    leave_articles_out(&mut all);
    all
}

/// "The Syrian Archive" is looked for as "Syrian Archive", where the thing is called that too.
fn leave_articles_out(forms: &mut [Form]) {
    let path = |form: &Form| -> Vec<u64> { form.tokens.iter().map(|token| token.hash).collect() };
    for at in 0..forms.len() {
        let [the, bare @ ..] = &forms[at].tokens[..] else { continue };
        if !the.tags.has(super::lexicon::Tags::THE) || bare.is_empty() {
            continue;
        }
        let bare: Vec<u64> = bare.iter().map(|token| token.hash).collect();
        if forms.iter().any(|other| other.linked && path(other) == bare) {
            forms[at].linked = false;
        }
    }
}

/// How good a name is, 0 to 1.
pub(super) fn goodness(rule: Rule, hidden: bool) -> f64 {
    match rule {
        Rule::Label | Rule::Symbol => 0.95,
        _ if hidden => 0.75,
        Rule::AltLabel => 0.9,
        _ => 0.8,
    }
}

impl Entry {
    /// An entry for a form, without its place among the texts.
    pub(super) fn new(entity: u32, kind: Kind, form: &Form) -> Self {
        Self {
            entity,
            place: 0,
            length: 0,
            light: light_hash(&form.text),
            rule: form.rule,
            case: form.case,
            hidden: form.hidden,
            linked: form.linked,
            weak: form.weak,
            headless: false,
            joined: false,
            office: 0,
            is_place: kind == Kind::Place,
            is_body: kind == Kind::Organization,
        }
    }
}

impl Entry {
    /// An entry for the title of an office; the person is its first holder.
    pub(super) fn title(person: u32, title: &str, case: Case) -> Self {
        Self {
            entity: person,
            place: 0,
            length: 0,
            light: light_hash(title),
            rule: Rule::DerivedForm,
            case,
            hidden: false,
            linked: false,
            weak: true,
            headless: false,
            joined: false,
            office: 0,
            is_place: false,
            is_body: false,
        }
    }
}

fn digest(id: &Id, names: &[Name], fact: &Fact) -> Sum {
    let mut digest = Sha256::new();
    for name in names {
        let lang = name.lang.as_ref().map_or("", |lang| lang.as_str());
        let parts = [name.entity.as_str(), "\t", name.kind.word(), "\t", lang, "\t", &name.form, "\n"];
        for part in parts {
            digest.update(part);
        }
    }
    if *fact != Fact::default() {
        digest.update(format!("{id}\t{fact:?}\n"));
    }
    let bytes = digest.finalize();
    let mut sum = Sum::default();
    for (part, bytes) in sum.iter_mut().zip(bytes.chunks(8)) {
        *part = bytes.iter().fold(0, |part, &byte| (part << 8) | u64::from(byte));
    }
    sum
}

fn add(sum: &mut Sum, one: Sum) {
    sum.iter_mut().zip(one).for_each(|(sum, one)| *sum = sum.wrapping_add(one));
}

fn subtract(sum: &mut Sum, one: Sum) {
    sum.iter_mut().zip(one).for_each(|(sum, one)| *sum = sum.wrapping_sub(one));
}

fn written(sum: Sum) -> String {
    sum.iter().fold(String::new(), |mut text, part| {
        // Writing to a string does not fail.
        let _ = write!(text, "{part:016x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::NameKind;

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
        assert_eq!(empty.layers().count(), 0);
    }

    #[test]
    fn a_circle_of_wholes_ends() {
        let id = |text: &str| -> Id { text.parse().unwrap_or_else(|e| panic!("{e}")) };
        let around = |whole: &str| Fact { within: vec![id(whole)], ..Fact::default() };
        let facts = Facts::from([(id("place/a"), around("place/b")), (id("place/b"), around("place/a"))]);
        assert_eq!(Dictionary::new([], &facts).known(0).wholes.len(), 2);
    }

    #[test]
    fn an_edited_dictionary_has_the_version_of_one_made_anew() {
        let (a, b, c) = (name("org/a", "First Body"), name("org/b", "Second Body"), name("org/b", "Other Body"));
        let edit = |name: &Name| Edit { entity: name.entity.clone(), names: vec![name.clone()], fact: Fact::default() };
        let old = Dictionary::new([a.clone(), b.clone()], &Facts::new());
        let new = old.edited([edit(&c)]);
        assert_eq!(new.version(), Dictionary::new([a.clone(), c], &Facts::new()).version());
        assert_eq!(new.edited([edit(&b)]).version(), old.version());
        let gone = Edit { entity: b.entity.clone(), names: Vec::new(), fact: Fact::default() };
        assert_eq!(new.edited([gone]).version(), Dictionary::new([a], &Facts::new()).version());
        let grown = new.edited([edit(&name("place/new", "New Town"))]);
        assert_eq!(grown.place(&name("place/new", "").entity), Some(2));
        assert!(!grown.is_grown());
    }
}
