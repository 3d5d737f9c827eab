//! Which thing do the words of an archive's field stand for?

use std::collections::BTreeSet;

use crate::model::{Id, Kind, Rule};

use super::{
    dictionary::{Dictionary, Entry},
    fold::light_hash,
    levels,
    tokens::Token,
    words,
};

impl Dictionary {
    /// The one thing that these words name as a whole, of one of these kinds.
    ///
    /// A word of level decides between places of one name; without it a city goes before its governorate. A path of
    /// places ("governorate-city") stands for its last. Words that could as well name something else name nothing.
    #[must_use]
    pub fn exact(&self, text: &str, kinds: &[Kind]) -> Option<Id> {
        let none = BTreeSet::new();
        let found = self.single(text, kinds, &none).or_else(|| {
            let path = kinds.contains(&Kind::Place).then(|| self.steps(text))??;
            path.last().map(|&(_, entity)| entity)
        })?;
        Some(self.id(found).clone())
    }

    /// The places of an archive's area, as it writes them ("governorate-city"), from the widest to the narrowest.
    ///
    /// Nothing is returned for words that are not wholly places.
    #[must_use]
    pub fn area(&self, text: &str) -> Vec<(String, Id)> {
        let none = BTreeSet::new();
        let whole = self.single(text, &[Kind::Place], &none).map(|entity| vec![(text.trim().to_owned(), entity)]);
        let path = whole.or_else(|| self.steps(text)).unwrap_or_default();
        path.into_iter().map(|(words, entity)| (words, self.id(entity).clone())).collect()
    }

    /// The steps of a path of places, each within the one before it where more than one fits.
    fn steps(&self, text: &str) -> Option<Vec<(String, u32)>> {
        let is_joint = |c: char| matches!(c, '-' | '\u{2013}' | '\u{2014}' | '/' | '\\' | ',' | '\u{60C}' | '>' | '|');
        let cuts: Vec<usize> = text.char_indices().filter(|&(_, c)| is_joint(c)).map(|(at, _)| at).collect();
        let ends: Vec<usize> = cuts.iter().copied().chain([text.len()]).collect();
        let (mut path, mut start, mut around) = (Vec::new(), 0, BTreeSet::new());
        while start < text.len() {
            // A name may hold a hyphen itself: the longest words that are a place are taken.
            let (end, entity) = ends
                .iter()
                .rev()
                .filter(|&&end| end > start)
                .find_map(|&end| Some((end, self.single(&text[start..end], &[Kind::Place], &around)?)))?;
            path.push((text[start..end].trim().to_owned(), entity));
            around = BTreeSet::from([entity]);
            start = end + text[end..].chars().next().map_or(0, char::len_utf8);
        }
        (path.len() > 1).then_some(path)
    }

    /// The thing that these words name, the places around it preferred.
    fn single(&self, text: &str, kinds: &[Kind], around: &BTreeSet<u32>) -> Option<u32> {
        let tokens = words::of_name(text);
        let mut found = self.ranked(&tokens, light_hash(text), kinds, around, &[]);
        if found.is_empty()
            && let Some((bare, fits)) = levels::strip(text, &tokens).filter(|_| kinds.contains(&Kind::Place))
        {
            found = self.ranked(&words::of_name(bare), light_hash(bare), kinds, around, fits);
        }
        match found[..] {
            [(_, only)] => Some(only),
            [(best, first), (next, _), ..] if best > next => Some(first),
            _ => None,
        }
    }

    /// The things that these words name, the best first.
    fn ranked(
        &self,
        tokens: &[Token],
        light: u64,
        kinds: &[Kind],
        around: &BTreeSet<u32>,
        fits: &[&str],
    ) -> Vec<(u32, u32)> {
        let mut ranked: Vec<(u32, u32)> = Vec::new();
        let found = self.layers().flat_map(|layer| layer.tree.find(tokens).iter().map(move |entry| (layer, entry)));
        for (layer, entry) in found {
            if entry.headless || entry.joined || !self.holds(layer, entry.entity) {
                continue;
            }
            let known = self.known(entry.entity);
            let level = known.level.as_deref().unwrap_or_default();
            if !kinds.contains(&self.id(entry.entity).kind()) || !(fits.is_empty() || fits.contains(&level)) {
                continue;
            }
            let within = around.iter().any(|whole| known.wholes.contains(whole));
            let rank = 1000 * u32::from(within)
                + 100 * if fits.is_empty() { size(level) } else { u32::from(fits.first() == Some(&level)) }
                + 10 * goodness(entry)
                + u32::from(entry.light == light);
            match ranked.iter_mut().find(|(_, entity)| *entity == entry.entity) {
                Some(known) => known.0 = known.0.max(rank),
                None => ranked.push((rank, entry.entity)),
            }
        }
        ranked.sort_by(|a, b| b.cmp(a));
        ranked
    }
}

/// Which of several places of one name is meant by the bare name, the greater the likelier.
fn size(level: &str) -> u32 {
    match level {
        "subdistrict" => 0,
        "district" => 1,
        "governorate" => 2,
        "neighbourhood" | "region" => 3,
        _ => 4,
    }
}

fn goodness(entry: &Entry) -> u32 {
    match entry.rule {
        Rule::Label | Rule::Symbol => 3,
        _ if entry.hidden => 0,
        Rule::AltLabel => 2,
        _ => 1,
    }
}
