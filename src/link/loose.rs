//! Which names are written in a way that no name of the dictionary is?
//!
//! Where words look like a name and no name was found, they are compared by their consonants ([`Skeleton`]): those
//! of a place or person in order, across spaces and scripts; those of a body or paper word by word, in any order and
//! without the small words. In Latin letters a name begins large; in Arabic it is looked for after a word of level
//! ("town of") or from a word for a sort of body on, since nothing else tells it.

use crate::model::{Kind as Sort, MentionKind, Rule};

use super::{
    Context,
    dictionary::Dictionary,
    found::{Features, Found, Goal, Key},
    layer::Layer,
    levels,
    lexicon::Tags,
    name_tree::ROOT,
    skeleton::{Skeleton, likeness},
    spans::Hits,
    tokens::{Kind, Token, gap},
    view::View,
    words,
};

/// The least consonants of a name of one or two words.
const LEAST: usize = 3;
/// The least words of a body or paper, and the most.
const WORDS: std::ops::RangeInclusive<usize> = 3..=8;
/// The least consonants of all of them.
const BODY: usize = 7;
/// The most words of a place or person.
const SHORT: usize = 4;
/// From how many names of one skeleton on each needs support.
const MANY: usize = 8;
/// The least likeness of spellings.
const ALIKE: f64 = 0.6;

/// A name under its skeleton.
#[derive(Clone, Copy, Debug)]
pub(super) struct Loose {
    /// The thing.
    pub entity: u32,
    /// Its form, in the texts of its layer.
    pub place: u32,
    pub length: u32,
    /// Whether it is the name of a body or paper.
    pub body: bool,
}

/// The keys of a name by its consonants: in order for a place or person, in any order for a body or paper.
pub(super) fn keys(kind: Sort, text: &str, tokens: &[Token]) -> Vec<u64> {
    let mut sum = Sum::default();
    for token in tokens.iter().filter(|token| is_content(token)) {
        sum.add(&Skeleton::of(text, token), token.arabic);
    }
    match kind {
        Sort::Place | Sort::Person => sum.short().into_iter().collect(),
        _ => sum.body().into_iter().collect(),
    }
}

/// Whether a word counts in a skeleton.
fn is_content(token: &Token) -> bool {
    token.kind != Kind::Mark && !token.tags.has(Tags::ARTICLE) && !token.tags.has(Tags::SMALL)
}

/// The consonants of several words.
#[derive(Clone, Copy, Default)]
struct Sum {
    ordered: u64,
    any: u64,
    words: usize,
    consonants: usize,
}

impl Sum {
    fn add(&mut self, word: &Skeleton, arabic: bool) {
        self.ordered = word.after(self.ordered);
        // English says "Network for Human Rights" and "Human Rights Network"; Arabic has one order.
        let before = if arabic { self.any.rotate_left(9) } else { self.any };
        self.any = before.wrapping_add(word.alone());
        self.words += 1;
        self.consonants += word.count;
    }

    /// The key of a place or person.
    fn short(&self) -> Option<u64> {
        (self.consonants >= LEAST && self.words <= SHORT).then_some(self.ordered)
    }

    /// The key of a body or paper.
    fn body(&self) -> Option<u64> {
        (WORDS.contains(&self.words) && self.consonants >= BODY).then_some(self.any ^ 0x5555_5555_5555_5555)
    }
}

/// Every such name; what was found `before` is in order and needs nothing.
pub(super) fn names(view: &View, text: &str, tokens: &[Token], hits: &Hits, before: &[&Found]) -> Vec<Found> {
    let mut search = Search { view, text, tokens, hits, found: Vec::new(), things: None };
    if view.dictionary.layers().all(|layer| layer.loose.is_empty()) {
        return search.found;
    }
    let mut next = 0;
    for (at, token) in tokens.iter().enumerate() {
        if token.kind != Kind::Word || token.joined || !is_content(token) {
            continue;
        }
        while before.get(next).is_some_and(|found| found.end <= token.from()) {
            next += 1;
        }
        // What was found begins a name already; a longer one may begin before it.
        let covered = before.get(next).is_some_and(|found| found.start <= token.from());
        if !covered && search.begins(at) {
            search.windows(at);
        }
    }
    search.found
}

/// Everything that could be called so, whatever speaks for it or against it.
pub(super) fn things(dictionary: &Dictionary, text: &str, tokens: &[Token]) -> Vec<u32> {
    let (context, hits) = (Context::default(), Hits::default());
    let view = View::new(dictionary, &context);
    let mut search = Search { view: &view, text, tokens, hits: &hits, found: Vec::new(), things: Some(Vec::new()) };
    for (at, token) in tokens.iter().enumerate() {
        if token.kind == Kind::Word && !token.joined && is_content(token) && search.begins(at) {
            search.windows(at);
        }
    }
    search.things.unwrap_or_default()
}

struct Search<'a, 't> {
    view: &'t View<'a>,
    text: &'t str,
    tokens: &'t [Token],
    hits: &'t Hits<'a>,
    found: Vec<Found>,
    /// Where only the things are wanted: those there are.
    things: Option<Vec<u32>>,
}

impl Search<'_, '_> {
    /// Whether a name may begin with this word.
    fn begins(&self, at: usize) -> bool {
        let token = &self.tokens[at];
        if self.is_level_beside(at, at + 1) {
            return token.arabic || token.large;
        }
        if token.arabic {
            return token.tags.has(Tags::GENERIC);
        }
        // One word alone is not enough: another must follow, perhaps after small ones.
        let mut rest = self.tokens[at + 1..].iter().take_while(|next| words::follows(next));
        token.large && rest.find(|next| is_content(next)).is_some_and(|next| next.large)
    }

    /// Whether a word of level stands beside these words.
    fn is_level_beside(&self, first: usize, last: usize) -> bool {
        let is_level = |token: &Token| token.tags.has(Tags::LEVEL);
        let before = words::follows(&self.tokens[first])
            && first.checked_sub(1).is_some_and(|before| is_level(&self.tokens[before]));
        before || self.tokens.get(last).is_some_and(|next| words::follows(next) && is_level(next))
    }

    /// Looks up every group of words that begins here.
    fn windows(&mut self, first: usize) {
        let (mut sum, mut last) = (Sum::default(), first);
        let latin = !self.tokens[first].arabic;
        while let Some(token) = self.tokens.get(last) {
            let inside = last == first || (words::follows(token) && token.gap & gap::LINE == 0);
            if !inside || token.arabic == latin || token.kind == Kind::Mark {
                return;
            }
            last += 1;
            if !is_content(token) {
                continue;
            }
            if latin && !token.large {
                return;
            }
            sum.add(&Skeleton::of(self.text, token), token.arabic);
            if sum.words > *WORDS.end() {
                return;
            }
            if self.tokens.get(last).is_some_and(|next| next.joined) {
                continue;
            }
            let told = sum.words > 1 && sum.consonants > LEAST || self.is_level_beside(first, last);
            for key in [sum.short().filter(|_| told), sum.body()].into_iter().flatten() {
                self.look(first, last, sum.words, key);
            }
        }
    }

    fn look(&mut self, first: usize, last: usize, count: usize, key: u64) {
        let dictionary = self.view.dictionary;
        for layer in dictionary.layers() {
            let Some(node) = layer.loose.next(ROOT, key) else { continue };
            if let Some(things) = &mut self.things {
                things.extend(layer.loose.at(node).iter().map(|one| one.entity));
                continue;
            }
            // What so many are called by says nothing.
            if layer.loose.at(node).len() > 8 * MANY {
                continue;
            }
            let (start, end) = (self.tokens[first].from(), self.tokens[last - 1].to());
            let known = self.hits.all.binary_search_by_key(&(start, end), |hit| (hit.start, hit.end)).is_ok();
            if known || self.is_part(first, last) {
                continue;
            }
            let best = self.best(dictionary, layer, layer.loose.at(node), (first, last), count);
            self.found.extend(best);
        }
    }

    /// Whether the words beside make these a part of another name.
    fn is_part(&self, first: usize, last: usize) -> bool {
        let latin = !self.tokens[first].arabic;
        let large = |token: &Token| latin && words::follows(token) && token.large && token.kind == Kind::Word;
        words::is_compound(self.tokens, first, last, false)
            || self.tokens.get(last).is_some_and(|next| large(next) && !next.tags.has(Tags::LEVEL))
    }

    fn best(
        &self,
        dictionary: &Dictionary,
        layer: &Layer,
        loose: &[Loose],
        (first, last): (usize, usize),
        count: usize,
    ) -> Option<Found> {
        let (start, end) = (self.tokens[first].from(), self.tokens[last - 1].to());
        let words = &self.text[start..end];
        let level = |entity| self.view.level(entity);
        let cue = levels::cues(self.text, self.tokens, (first, last), (start, end), false)
            .find(|cue| loose.iter().any(|one| cue.levels.contains(&level(one.entity))));
        let mut readings: Vec<(u32, f64, f64)> = Vec::new();
        for one in loose.iter().filter(|one| dictionary.holds(layer, one.entity) && !self.view.is_own(one.entity)) {
            let fits = cue.is_none_or(|cue| cue.levels.contains(&level(one.entity)));
            // One word alone, or many names of one skeleton, could be anything: the text or its description must speak
            // of the thing.
            if !fits || ((count == 1 || loose.len() > MANY) && !self.view.supports(one.entity, cue.as_ref())) {
                continue;
            }
            let alike = if one.body { 0.9 } else { likeness(words, layer.form(one.place, one.length)) };
            if alike >= ALIKE {
                readings.push((one.entity, alike, alike * self.view.fit(one.entity)));
            }
        }
        readings.sort_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
        readings.dedup_by_key(|reading| reading.0);
        readings.sort_by(|a, b| b.2.total_cmp(&a.2).then(a.0.cmp(&b.0)));
        let total: f64 = readings.iter().map(|reading| reading.2).sum();
        let &(entity, alike, weight) = readings.first()?;
        let confidence = |alike: f64, weight: f64| 0.85 * alike * weight / total;
        Some(Found {
            start: cue.map_or(start, |cue| cue.start),
            end: cue.map_or(end, |cue| cue.end),
            last: cue.map_or(last, |cue| cue.last),
            kind: MentionKind::Name,
            goal: Goal::Entity(entity),
            confidence: confidence(alike, weight),
            rule: Rule::DerivedForm,
            second: readings.get(1).map(|&(entity, alike, weight)| (entity, confidence(alike, weight))),
            sure: false,
            features: Some(Features {
                key: Key::Skeleton,
                name: alike,
                fit: self.view.fit(entity),
                share: weight / total,
                level: cue.is_some(),
            }),
        })
    }
}
