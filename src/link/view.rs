//! What is known when a choice is made?
//!
//! The dictionary, what the archive says of the document, and what the text is sure to speak of.

use jiff::civil;

use crate::model::{Date, Kind};

use super::{Context, dictionary::Dictionary, levels::Cue};

/// What is known of a text.
pub(super) struct View<'a> {
    pub dictionary: &'a Dictionary,
    context: &'a Context<'a>,
    /// The document itself.
    own: Option<u32>,
    /// Its area.
    area: Vec<u32>,
    /// Who issued it, and what those are part of.
    issuer: Vec<u32>,
    /// What the text names beyond doubt, in order.
    named: Vec<u32>,
    /// What those are part of or come from.
    implied: Vec<u32>,
    /// What is related to those and to the document, in order, and how strongly.
    related: Vec<(u32, f64)>,
}

impl<'a> View<'a> {
    /// What is known before the text is read.
    pub(super) fn new(dictionary: &'a Dictionary, context: &'a Context<'a>) -> Self {
        let place = |id| dictionary.place(id);
        let mut issuer: Vec<u32> = context.issuer.iter().filter_map(place).collect();
        let above: Vec<u32> = issuer.iter().flat_map(|&body| dictionary.known(body).wholes.iter().copied()).collect();
        issuer.extend(above);
        issuer.sort_unstable();
        let mut area: Vec<u32> = context.area.iter().filter_map(place).collect();
        area.sort_unstable();
        let own = context.document.and_then(place);
        let mut view = Self {
            dictionary,
            context,
            own,
            area,
            issuer,
            named: Vec::new(),
            implied: Vec::new(),
            related: Vec::new(),
        };
        view.relate();
        view
    }

    /// What is known once the text has been read for the first time.
    pub(super) fn after(mut self, named: impl IntoIterator<Item = u32>) -> Self {
        self.named = named.into_iter().collect();
        self.named.sort_unstable();
        self.named.dedup();
        self.implied = self.named.iter().flat_map(|&part| self.dictionary.known(part).wholes.iter().copied()).collect();
        self.implied.sort_unstable();
        self.implied.dedup();
        self.relate();
        self
    }

    /// Follows the relations of everything that is known to be spoken of.
    ///
    /// A thing with many relations says little about each of them: a relation counts 1 / (1 + ln of their number), the
    /// logarithmic damping of Adamic and Adar (Friends and neighbors on the Web, 2003).
    fn relate(&mut self) {
        let known = self.named.iter().chain(&self.issuer).chain(&self.own);
        let mut related: Vec<(u32, f64)> = Vec::new();
        for &thing in known {
            let near = self.dictionary.known(thing).related();
            related.extend(near.iter().map(|&other| (other, damped(near.len()))));
        }
        related.sort_by_key(|&(thing, _)| thing);
        self.related.clear();
        for (thing, strength) in related {
            match self.related.last_mut() {
                Some(last) if last.0 == thing => last.1 += strength,
                _ => self.related.push((thing, strength)),
            }
        }
    }

    /// The last day on which the document can have been issued.
    pub(super) fn issued(&self) -> Option<civil::Date> {
        self.context.issued.map(Date::latest)
    }

    /// Whether this is the document itself, which no text links to.
    pub(super) fn is_own(&self, entity: u32) -> bool {
        self.own == Some(entity)
    }

    pub(super) fn level(&self, entity: u32) -> &'a str {
        self.dictionary.known(entity).level.as_deref().unwrap_or_default()
    }

    /// Whether one of these is around the thing, and closer than a country.
    fn is_within(&self, entity: u32, wholes: &[u32]) -> bool {
        !wholes.is_empty()
            && self
                .dictionary
                .known(entity)
                .wholes
                .iter()
                .any(|whole| wholes.binary_search(whole).is_ok() && self.level(*whole) != "country")
    }

    /// How well a thing fits the document and the rest of the text; 1 where nothing speaks for or against it.
    pub(super) fn fit(&self, entity: u32) -> f64 {
        let prior = self.dictionary.known(entity).prior();
        let mut fit = self.timely(entity) * (1.0 + 0.2 * f64::from(prior).ln_1p());
        for (things, itself, part) in [(&self.area, 2.0, 1.4), (&self.issuer, 1.5, 1.5), (&self.named, 2.0, 1.4)] {
            if things.binary_search(&entity).is_ok() {
                fit *= itself;
            } else if self.is_within(entity, things) {
                fit *= part;
            }
        }
        fit * (1.0 + self.coherence(entity))
    }

    /// How closely a thing is related to what the text is known to speak of, 0 to 1: directly, or by a neighbour.
    fn coherence(&self, entity: u32) -> f64 {
        if self.related.is_empty() {
            return 0.0;
        }
        let strength = |thing: u32| {
            self.related.binary_search_by_key(&thing, |&(thing, _)| thing).map_or(0.0, |at| self.related[at].1)
        };
        let near = self.dictionary.known(entity).related();
        let shared: f64 = near.iter().map(|&other| strength(other).min(1.0)).sum();
        (strength(entity) + 0.3 * shared * damped(near.len())).min(1.0)
    }

    /// Whether the thing can have been spoken of on the day of the document.
    fn timely(&self, entity: u32) -> f64 {
        let known = self.dictionary.known(entity);
        let Some(issued) = self.context.issued else { return 1.0 };
        if known.from.is_some_and(|from| from > issued.latest()) {
            return 0.1;
        }
        let ended = known.to.is_some_and(|to| to.year() + 5 < issued.earliest().year());
        if ended { 0.7 } else { 1.0 }
    }

    /// Whether the text or its description supports a name that is not one by itself.
    pub(super) fn supports(&self, entity: u32, cue: Option<&Cue>) -> bool {
        let mut known = [&self.area, &self.issuer, &self.named].into_iter();
        if cue.is_some() || known.clone().any(|things| things.binary_search(&entity).is_ok()) {
            return true;
        }
        // An everyday word is taken for a place only where the place itself is known to be spoken of.
        (self.implied.binary_search(&entity).is_ok() || known.any(|things| self.is_within(entity, things)))
            && self.dictionary.id(entity).kind() != Kind::Place
    }
}

/// What one of so many relations counts.
fn damped(count: usize) -> f64 {
    1.0 / (1.0 + f64::from(u32::try_from(count).unwrap_or(u32::MAX)).ln().max(0.0))
}
