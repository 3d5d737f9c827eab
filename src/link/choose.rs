//! Of the things that bear a name, which one is meant?
//!
//! Every reading has a weight: how good its name is, times how well the thing fits the words beside it, the other
//! names in the text and what the archive says of the document. The confidence of the best reading is the goodness
//! of its name times its share of all the weights. A reading below [`LEAST`] is not given.

use crate::model::{MentionKind, Rule};

use super::{
    decisions,
    dictionary::Entry,
    found::{Features, Found, Goal, Key},
    levels::{self, Cue},
    lexicon::Tags,
    options::LEAST,
    spans::{Hit, Hits},
    tokens::{Kind, Token, gap},
    view::View,
    words,
};

/// The share of the weights from which a reading counts as beyond doubt.
const SURE: f64 = 0.9;

/// What some words are taken to name.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    /// The hit it is a reading of.
    pub hit: usize,
    /// What was found; nothing where no reading is good enough.
    pub found: Option<Found>,
    /// The best reading and its confidence, where it is not.
    pub below: Option<(u32, f64)>,
    /// Whether what else the text names can change it.
    pub open: bool,
}

/// One reading of a hit.
#[derive(Clone, Copy)]
struct Reading<'a> {
    entry: &'a Entry,
    key: Key,
    /// How good the name is, 0 to 1.
    goodness: f64,
    fit: f64,
    weight: f64,
    /// What reviewers say for it (above 1) or against it.
    favour: f64,
}

/// Chooses readings for the hits of a text.
pub(super) struct Chooser<'a, 't> {
    text: &'t str,
    tokens: &'t [Token],
    hits: &'t Hits<'a>,
    /// The tokens after which the name of a town-like place ends: the next name after a comma is then another of
    /// the kind.
    lists: Vec<usize>,
    readings: Vec<Reading<'a>>,
}

impl<'a, 't> Chooser<'a, 't> {
    /// A chooser for these hits.
    pub(super) fn new(view: &View, text: &'t str, tokens: &'t [Token], hits: &'t Hits<'a>) -> Self {
        let is_town = |hit: &&Hit| {
            let mut entries = hits.entries[hit.entries.clone()].iter().filter(|like| like.entry.is_place);
            entries.any(|like| matches!(view.level(like.entry.entity), "city" | "governorate" | "country"))
        };
        let mut lists: Vec<usize> = hits.all.iter().filter(is_town).map(|hit| hit.last).collect();
        lists.sort_unstable();
        Self { text, tokens, hits, lists, readings: Vec::new() }
    }

    /// A first choice for every hit.
    pub(super) fn first(&mut self, view: &View) -> Vec<Choice> {
        (0..self.hits.all.len()).map(|hit| self.read(view, hit)).collect()
    }

    /// Chooses again where what the text names may change the choice.
    pub(super) fn again(&mut self, view: &View, choices: &mut [Choice]) {
        for choice in choices.iter_mut().filter(|choice| choice.open) {
            *choice = self.read(view, choice.hit);
        }
    }

    fn read(&mut self, view: &View, at: usize) -> Choice {
        let hit = &self.hits.all[at];
        let cut = hit.start > self.tokens[hit.first].from();
        self.names(view, hit, cut);
        let mut choice = Choice { hit: at, found: None, below: None, open: false };
        let places = self.readings.iter().any(|reading| reading.entry.is_place);
        let (mut cue, mut inner) = (None, false);
        if places {
            let readings = &self.readings;
            cue = levels::cues(self.text, self.tokens, (hit.first, hit.last), (hit.start, hit.end), cut)
                .find(|cue| readings.iter().any(|reading| cue.levels.contains(&view.level(reading.entry.entity))));
            inner = cue.is_none() && self.readings.len() > 1 && !cut && self.follows_a_smaller_place(hit.first);
        }
        self.review(view, &self.text[cue.map_or(hit.start, |cue| cue.start)..cue.map_or(hit.end, |cue| cue.end)]);
        self.readings.retain(|reading| {
            choice.open |= reading.entry.weak;
            !reading.entry.weak
                || reading.favour >= decisions::ACCEPTED
                || view.supports(reading.entry.entity, cue.as_ref())
        });
        choice.open |= self.readings.len() > 1;
        for reading in &mut self.readings {
            let entity = reading.entry.entity;
            let level = weigh_level(view.level(entity), cue.as_ref(), inner);
            reading.fit = view.fit(entity) * level * reading.favour;
            reading.weight = reading.goodness * reading.fit;
        }
        self.readings.sort_by(|a, b| b.weight.total_cmp(&a.weight).then(a.entry.entity.cmp(&b.entry.entity)));
        choice.found = self.best(hit, cue);
        if choice.found.is_none() {
            choice.below = self.readings.first().map(|first| (first.entry.entity, self.confidence(first)));
        }
        choice
    }

    fn best(&self, hit: &Hit, cue: Option<Cue>) -> Option<Found> {
        let first = self.readings.first()?;
        let total: f64 = self.readings.iter().map(|reading| reading.weight).sum();
        let confidence = |reading: &Reading| self.confidence(reading);
        if confidence(first) < LEAST {
            return None;
        }
        Some(Found {
            start: cue.map_or(hit.start, |cue| cue.start),
            end: cue.map_or(hit.end, |cue| cue.end),
            last: cue.map_or(hit.last, |cue| cue.last),
            kind: if first.entry.rule == Rule::Symbol { MentionKind::Symbol } else { MentionKind::Name },
            goal: Goal::Entity(first.entry.entity),
            confidence: confidence(first),
            rule: first.entry.rule,
            second: self.readings.get(1).map(|second| (second.entry.entity, confidence(second))),
            sure: first.weight / total >= SURE && !first.entry.weak,
            features: Some(Features {
                key: first.key,
                name: first.goodness,
                fit: first.fit,
                share: first.weight / total,
                level: cue.is_some(),
            }),
        })
    }

    fn confidence(&self, reading: &Reading) -> f64 {
        let total: f64 = self.readings.iter().map(|reading| reading.weight).sum();
        reading.goodness * reading.weight / total
    }

    /// Takes in what reviewers decided on these words: what they rejected is no reading, and experience weighs.
    fn review(&mut self, view: &View, words: &str) {
        let Some(decided) = view.dictionary.decisions().on(words) else { return };
        self.readings.retain_mut(|reading| {
            let favour = decided.favour(view.dictionary.id(reading.entry.entity));
            reading.favour = favour;
            reading.goodness *= favour.min(1.0);
            favour > 0.0
        });
    }

    /// For every thing that the hit can name, its best name.
    fn names(&mut self, view: &View, hit: &Hit, cut: bool) {
        self.readings.clear();
        let described = words::is_generic(&self.tokens[hit.last - 1])
            && self.tokens.get(hit.last).is_some_and(|next| next.tags.has(Tags::FORCES))
            && words::begins_with_forces(&self.tokens[hit.last..]);
        if described {
            return;
        }
        let (mut compound, mut part) = (None, None);
        for like in &self.hits.entries[hit.entries.clone()] {
            let entry = like.entry;
            if view.is_own(entry.entity) {
                continue;
            }
            if entry.is_place
                && *compound.get_or_insert_with(|| words::is_compound(self.tokens, hit.first, hit.last, cut))
            {
                continue;
            }
            if entry.is_body
                && *part.get_or_insert_with(|| words::is_part_of_body(self.tokens, hit.first, hit.last, cut))
            {
                continue;
            }
            self.readings.push(Reading {
                entry,
                key: like.key,
                goodness: like.goodness(),
                fit: 1.0,
                weight: 0.0,
                favour: 1.0,
            });
        }
        if self.readings.len() > 1 {
            self.readings.sort_by(|a, b| a.entry.entity.cmp(&b.entry.entity).then(b.goodness.total_cmp(&a.goodness)));
            self.readings.dedup_by_key(|reading| reading.entry.entity);
        }
    }

    /// Whether the name is set behind that of a smaller place: the second in "Hayyan, Aleppo" is the governorate.
    fn follows_a_smaller_place(&self, first: usize) -> bool {
        let Some(comma) = first.checked_sub(1) else { return false };
        if !(self.tokens[comma].is(',') || self.tokens[comma].is('\u{60C}')) || self.tokens[first].gap & gap::LINE != 0
        {
            return false;
        }
        let Some(mut last) = comma.checked_sub(1) else { return false };
        // "Anadan town, Aleppo"
        if levels::is_word(&self.tokens[last]) {
            match last.checked_sub(1) {
                Some(before) => last = before,
                None => return false,
            }
        }
        let named = self.tokens[last].kind == Kind::Word && self.tokens[last].large;
        named && self.lists.binary_search(&(last + 1)).is_err()
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
