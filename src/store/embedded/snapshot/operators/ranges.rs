//! Which terms of the dictionary a condition can be true for, told by where they stand in it.

use std::{
    collections::HashMap,
    ops::{Bound, Range},
    sync::OnceLock,
};

use oxigraph::model::TermRef;

use super::{
    super::{dictionary::Dictionary, state::State, term},
    cursor::Ranges,
};

/// The points in time between two, if all of their type are written in one form, and so is the one that is given.
pub(super) fn between(state: &State, low: Bound<TermRef<'_>>, high: Bound<TermRef<'_>>) -> Option<Range<u32>> {
    let (Bound::Included(given) | Bound::Excluded(given)) = (if low == Bound::Unbounded { high } else { low }) else {
        return None;
    };
    let mut bytes = Vec::new();
    term::encode(given, &mut bytes);
    let form = term::written(&bytes)?;
    let dictionary = &state.base.dictionary;
    let is_same = |id: u32| dictionary.get(id)[..2] == bytes[..2];
    let stretch =
        state.base.stretches().iter().find(|stretch| stretch.form == Some(form) && is_same(stretch.terms.start))?;
    let at = |bound: Bound<TermRef<'_>>, default: u32, is_low: bool| {
        let (Bound::Included(given) | Bound::Excluded(given)) = bound else { return default };
        let mut bytes = Vec::new();
        term::encode(given, &mut bytes);
        let place = dictionary.lower(&bytes);
        let is_included = matches!(bound, Bound::Included(_));
        let is_there = place < dictionary.len() && dictionary.get(place) == bytes;
        place + u32::from(is_there && is_included != is_low)
    };
    Some(at(low, stretch.terms.start, true)..at(high, stretch.terms.end, false))
}

/// What is compared with the beginning of a text.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beginning<'a> {
    pub(super) text: &'a str,
    /// Whether the text is changed to one case before.
    pub(super) ignores_case: bool,
    /// Whether the texts of all terms are meant, or those of literals that are words.
    pub(super) of_any: bool,
}

/// All terms of the base whose text may begin so, and some more.
pub(super) fn beginning(state: &State, wanted: Beginning<'_>) -> Ranges {
    let dictionary = &state.base.dictionary;
    let mut ranges = Ranges::new();
    let is_meant = |start: &Vec<u8>| wanted.of_any || term::are_words(start);
    for start in term::beginnings().filter(is_meant) {
        let terms = dictionary.range(&start);
        if wanted.ignores_case {
            let text: Vec<char> = wanted.text.chars().collect();
            descend(dictionary, terms, &start, &text, &mut ranges);
        } else {
            let start = [&start, wanted.text.as_bytes()].concat();
            ranges.push(dictionary.range_within(terms, &start));
        }
    }
    if wanted.of_any {
        ranges.push(dictionary.range(&term::ELSEWHERE));
    }
    ranges.retain(|range| !range.is_empty());
    ranges.sort_unstable_by_key(|range| range.start);
    // No term is there twice.
    let mut end = 0;
    for range in &mut ranges {
        range.start = range.start.max(end);
        end = end.max(range.end);
    }
    ranges.retain(|range| !range.is_empty());
    ranges
}

/// The terms that begin so, and go on with a text in any case.
fn descend(dictionary: &Dictionary, terms: Range<u32>, start: &[u8], text: &[char], ranges: &mut Ranges) {
    if terms.is_empty() {
        return;
    }
    let Some(next) = text.first() else { return ranges.push(terms) };
    for source in sources().get(next).into_iter().flatten() {
        let mut longer = start.to_vec();
        longer.extend_from_slice(source.encode_utf8(&mut [0; 4]).as_bytes());
        let within = dictionary.range_within(terms.clone(), &longer);
        for length in lengths(*source, text) {
            descend(dictionary, within.clone(), &longer, &text[length..], ranges);
        }
    }
}

/// How much of a text a letter may stand for.
fn lengths(source: char, text: &[char]) -> Vec<usize> {
    let changed: [Vec<char>; 2] = [source.to_lowercase().collect(), source.to_uppercase().collect()];
    let mut lengths: Vec<usize> = changed
        .iter()
        .filter(|changed| changed.iter().zip(text).all(|(a, b)| a == b || is_last_sigma(*a, *b)))
        .map(|changed| changed.len().min(text.len()))
        .collect();
    lengths.dedup();
    lengths
}

/// At the end of a word the letter has another form.
fn is_last_sigma(a: char, b: char) -> bool {
    a == '\u{3c3}' && b == '\u{3c2}'
}

/// For each letter those that become it, or begin with it, in another case.
fn sources() -> &'static HashMap<char, Vec<char>> {
    static SOURCES: OnceLock<HashMap<char, Vec<char>>> = OnceLock::new();
    SOURCES.get_or_init(|| {
        let mut sources: HashMap<char, Vec<char>> = HashMap::new();
        for letter in '\0'..=char::MAX {
            let lower = letter.to_lowercase().next().unwrap_or(letter);
            let upper = letter.to_uppercase().next().unwrap_or(letter);
            sources.entry(lower).or_default().push(letter);
            if upper != lower {
                sources.entry(upper).or_default().push(letter);
            }
            if lower == '\u{3c3}' {
                sources.entry('\u{3c2}').or_default().push(letter);
            }
        }
        sources
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_stands_for_what_it_becomes() {
        let of = |letter: char| {
            let mut letters = sources()[&letter].clone();
            letters.sort_unstable();
            letters
        };
        assert_eq!(of('k'), ['K', 'k', '\u{212a}']);
        assert_eq!(of('\u{628}'), ['\u{628}']);
        assert!(of('\u{3c2}').contains(&'\u{3a3}'));
        assert_eq!(lengths('\u{130}', &['i', '\u{307}', 'x']), [2]);
        assert_eq!(lengths('K', &['k', 'x']), [1]);
        assert!(lengths('K', &['x']).is_empty());
    }
}
