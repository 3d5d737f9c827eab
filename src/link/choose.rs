//! Of the things that bear a name, which one is meant?
//!
//! Every reading has a weight: how good its name is, times how well the thing fits the words beside it, the other
//! names in the text and what the archive says of the document. The confidence of the best reading is the goodness
//! of its name times its share of all the weights. A reading below [`LEAST`] is not given.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Candidate, Kind, Mention, MentionKind, Rule, Target};

use super::{
    Context,
    dictionary::{Dictionary, Entry},
    fold::Folded,
    levels::{self, Cue},
    spans::Hit,
    words,
};

/// The confidence below which a reading is left out.
const LEAST: f64 = 0.3;
/// The share of the weights from which a reading counts as beyond doubt.
const SURE: f64 = 0.9;

/// What is known when a choice is made: the dictionary, the document, and what the text is sure to speak of.
pub(super) struct View<'a> {
    dictionary: &'a Dictionary,
    context: &'a Context<'a>,
    /// The document itself.
    own: Option<usize>,
    /// Its area.
    area: BTreeSet<usize>,
    /// Who issued it, and what those are part of.
    issuer: BTreeSet<usize>,
    /// What the text names beyond doubt.
    named: BTreeSet<usize>,
    /// What those are part of or come from.
    implied: BTreeSet<usize>,
}

impl<'a> View<'a> {
    /// What is known before the text is read.
    pub(super) fn new(dictionary: &'a Dictionary, context: &'a Context<'a>) -> Self {
        let place = |id| dictionary.entities.binary_search(id).ok();
        let issuer: Vec<usize> = context.issuer.iter().filter_map(place).collect();
        Self {
            dictionary,
            context,
            own: context.document.and_then(place),
            area: context.area.iter().filter_map(place).collect(),
            issuer: issuer
                .iter()
                .flat_map(|body| dictionary.facts[*body].wholes.iter().chain([body]))
                .copied()
                .collect(),
            named: BTreeSet::new(),
            implied: BTreeSet::new(),
        }
    }

    /// What is known once the text has been read for the first time.
    pub(super) fn after<'b>(self, choices: impl IntoIterator<Item = &'b Choice>) -> Self {
        let named: BTreeSet<usize> =
            choices.into_iter().filter(|choice| choice.sure).map(|choice| choice.entity).collect();
        let whole = |part: &usize| self.dictionary.facts[*part].wholes.iter().copied();
        Self { implied: named.iter().flat_map(whole).collect(), named, ..self }
    }

    /// Whether this is the document itself, which no text links to.
    pub(super) fn is_own(&self, entity: usize) -> bool {
        self.own == Some(entity)
    }

    fn level(&self, entity: usize) -> &str {
        self.dictionary.facts[entity].level.as_deref().unwrap_or_default()
    }

    /// Whether one of these is around the thing, and closer than a country.
    fn is_within(&self, entity: usize, wholes: &BTreeSet<usize>) -> bool {
        self.dictionary.facts[entity]
            .wholes
            .iter()
            .any(|whole| wholes.contains(whole) && self.level(*whole) != "country")
    }

    /// How well a thing fits the document and the rest of the text; 1 where nothing speaks for or against it.
    fn fit(&self, entity: usize) -> f64 {
        let mut fit = self.timely(entity) * (1.0 + 0.2 * f64::from(self.dictionary.facts[entity].prior).ln_1p());
        for (things, itself, part) in [(&self.area, 2.0, 1.4), (&self.issuer, 1.5, 1.5), (&self.named, 2.0, 1.4)] {
            if things.contains(&entity) {
                fit *= itself;
            } else if self.is_within(entity, things) {
                fit *= part;
            }
        }
        fit
    }

    /// Whether the thing can have been spoken of on the day of the document.
    fn timely(&self, entity: usize) -> f64 {
        let known = &self.dictionary.facts[entity];
        let Some(issued) = self.context.issued else { return 1.0 };
        if known.from.as_ref().is_some_and(|from| from.earliest() > issued.latest()) {
            return 0.1;
        }
        let ended = known.to.as_ref().is_some_and(|to| to.latest().year() + 5 < issued.earliest().year());
        if ended { 0.7 } else { 1.0 }
    }

    /// Whether the text or its description supports a name that is not one by itself.
    fn supports(&self, entity: usize, cue: Option<&Cue>) -> bool {
        let known = [&self.area, &self.issuer, &self.named].into_iter();
        if cue.is_some() || known.clone().any(|things| things.contains(&entity)) {
            return true;
        }
        // An everyday word is taken for a place only where the place itself is known to be spoken of.
        let is_place = self.dictionary.entities[entity].kind() == Kind::Place;
        !is_place && (self.implied.contains(&entity) || known.into_iter().any(|things| self.is_within(entity, things)))
    }
}

/// What some words are taken to name.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The thing, by its place in the dictionary.
    pub entity: usize,
    /// Whether it is beyond doubt.
    pub sure: bool,
    /// The mention.
    pub mention: Mention,
}

/// Chooses a reading for every hit that has one.
pub(super) fn choose(view: &View, text: &Folded, hits: &[Hit]) -> Vec<Choice> {
    // Where the name of a town-like place ends: the next name after a comma is then another of the kind.
    let lists: BTreeSet<usize> = hits
        .iter()
        .filter(|hit| {
            hit.entries.iter().any(|(e, _)| matches!(view.level(e.entity), "city" | "governorate" | "country"))
        })
        .map(|hit| hit.last)
        .collect();
    hits.iter().filter_map(|hit| read(view, text, hit, &lists)).collect()
}

/// One reading of a hit.
struct Reading<'a> {
    entry: &'a Entry,
    /// How good the name is, 0 to 1.
    goodness: f64,
    weight: f64,
}

fn read(view: &View, text: &Folded, hit: &Hit, lists: &BTreeSet<usize>) -> Option<Choice> {
    let best = best_names(view, text, hit);
    let cue = levels::cues(text, hit.first, hit.last)
        .into_iter()
        .find(|cue| best.keys().any(|&entity| cue.levels.contains(&view.level(entity))));
    let inner = cue.is_none() && follows_a_smaller_place(text, hit.first, lists);
    let mut readings: Vec<Reading> = best
        .into_iter()
        .filter(|(entity, (entry, _))| !entry.form.weak || view.supports(*entity, cue.as_ref()))
        .map(|(entity, (entry, goodness))| {
            let level = weigh_level(view.level(entity), cue.as_ref(), inner);
            Reading { entry, goodness, weight: goodness * view.fit(entity) * level }
        })
        .collect();
    readings.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.entry.entity.cmp(&b.entry.entity)));
    let total: f64 = readings.iter().map(|reading| reading.weight).sum();
    let first = readings.first()?;
    let confidence = |reading: &Reading| round(reading.goodness * reading.weight / total);
    if confidence(first) < LEAST {
        return None;
    }
    let (from, to) = cue.map_or((hit.first, hit.last), |cue| (cue.first, cue.last));
    let (start, end) = text.span(from, to);
    let mention = Mention {
        start,
        end,
        exact: text.original(start, end),
        kind: if first.entry.form.rule == Rule::Symbol { MentionKind::Symbol } else { MentionKind::Name },
        target: Target::Entity(view.dictionary.entities[first.entry.entity].clone()),
        confidence: confidence(first),
        rule: first.entry.form.rule,
        runner_up: readings.get(1).map(|second| Candidate {
            entity: view.dictionary.entities[second.entry.entity].clone(),
            confidence: confidence(second),
        }),
    };
    Some(Choice { entity: first.entry.entity, sure: first.weight / total >= SURE && !first.entry.form.weak, mention })
}

/// For every thing that the hit can name, its best name.
fn best_names<'a>(view: &View, text: &Folded, hit: &Hit<'a>) -> BTreeMap<usize, (&'a Entry, f64)> {
    let (before, after) = (text.words(0, hit.first), text.words(hit.last, text.chars.len()));
    let last = text.words(hit.first, hit.last).rsplit(' ').next().unwrap_or_default();
    let described = words::is_generic(last) && after.strip_prefix(' ').is_some_and(words::begins_with_forces);
    let compound = words::is_compound(before, after);
    let mut best: BTreeMap<usize, (&Entry, f64)> = BTreeMap::new();
    for &(entry, light) in &hit.entries {
        let is_place = view.dictionary.entities[entry.entity].kind() == Kind::Place;
        if view.is_own(entry.entity) || described || (is_place && compound) {
            continue;
        }
        let goodness = goodness(entry) * if light { 1.0 } else { 0.93 };
        let known = best.entry(entry.entity).or_insert((entry, goodness));
        if goodness > known.1 {
            *known = (entry, goodness);
        }
    }
    best
}

fn goodness(entry: &Entry) -> f64 {
    match entry.form.rule {
        Rule::Label | Rule::Symbol => 0.95,
        _ if entry.form.hidden => 0.75,
        Rule::AltLabel => 0.9,
        _ => 0.8,
    }
}

/// How much the level of a place speaks for it. Without any word of level, a city is meant before its governorate.
fn weigh_level(level: &str, cue: Option<&Cue>, inner: bool) -> f64 {
    if let Some(cue) = cue {
        return match cue.levels.iter().position(|&fit| fit == level) {
            Some(0) => 1.0,
            Some(_) => 0.5,
            None => 0.05,
        };
    }
    match level {
        "city" if inner => 0.5,
        "governorate" if !inner => 0.4,
        "town" => 0.9,
        "village" | "site" | "camp" => 0.8,
        "neighbourhood" | "region" => 0.7,
        "district" => 0.12,
        "subdistrict" => 0.1,
        _ => 1.0,
    }
}

/// Whether the name is set behind that of a smaller place: the second in "Hayyan, Aleppo" is the governorate.
fn follows_a_smaller_place(text: &Folded, first: usize, lists: &BTreeSet<usize>) -> bool {
    let back = |at: usize| text.chars[..at].iter().rposition(|&c| c != ' ').map_or(0, |last| last + 1);
    let comma = back(first);
    if comma == 0 || !matches!(text.chars[comma - 1], ',' | '\u{60C}') {
        return false;
    }
    let mut end = back(comma - 1);
    let word = |end: usize| text.chars[..end].iter().rposition(|c| !c.is_alphanumeric()).map_or(0, |last| last + 1);
    // "Anadan town, Aleppo"
    if levels::is_word(text.words(word(end), end)) {
        end = back(word(end));
    }
    let start = word(end);
    let named = text.origins.get(start).is_some_and(|&origin| {
        let c = text.source[origin];
        c.is_uppercase() || super::fold::is_arabic(c)
    });
    end > start && named && !lists.contains(&end)
}

/// A number of three decimals: more would be pretence.
pub(super) fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}
