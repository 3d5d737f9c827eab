//! Which of the places of one name is meant, when a word beside the name says of what level it is?
//!
//! Aleppo is a city, a subdistrict, a district and a governorate; "Aleppo Governorate" is only one of them.

use std::sync::LazyLock;

use super::{
    lexicon::Tags,
    tokens::{Token, after},
    words,
};

/// A word beside the name of a place, such as "governorate".
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// The word or words, by hash.
    words: Vec<u64>,
    /// As it is written.
    text: &'static str,
    /// How many letters it has.
    length: usize,
    /// Whether it stands before the name.
    before: bool,
    /// The levels it fits, the likeliest first.
    levels: Vec<&'static str>,
    /// Whether a mention of the place includes it.
    inside: bool,
}

/// The longest words first, so that "sub district" is not read as "district".
static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let mut words: Vec<Word> = words::lines(include_str!("data/levels.txt"))
        .filter_map(|parts| match parts[..] {
            [word, side, levels, place] => Some(Word {
                words: words::hashes(word),
                text: word,
                length: word.len(),
                before: side == "before",
                levels: levels.split(',').collect(),
                inside: place == "in",
            }),
            _ => None,
        })
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.length));
    words
});

/// What a word of level says of the name beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    /// The levels it fits, the likeliest first.
    pub levels: &'static [&'static str],
    /// Where the name begins, together with the word where a mention includes the word.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// One past its last token.
    pub last: usize,
}

/// The cues beside a name that begins at the byte `start`; `cut` where particles stand before it.
pub(super) fn cues(
    text: &str,
    tokens: &[Token],
    (first, last): (usize, usize),
    (start, end): (usize, usize),
    cut: bool,
) -> impl Iterator<Item = Cue> {
    let marked = |token: &Token| token.tags.has(Tags::LEVEL);
    let has_before = !cut && first > 0 && words::follows(&tokens[first]) && marked(&tokens[first - 1]);
    let has_after = tokens.get(last).is_some_and(|next| words::follows(next) && marked(next));
    let words = if has_before || has_after { WORDS.as_slice() } else { &[] };
    words.iter().filter_map(move |word| {
        let count = word.words.len();
        let (mut cue, outer) = (Cue { levels: &word.levels, start, end, last }, word.inside);
        if word.before && has_before {
            let from = first.checked_sub(count)?;
            let particles = beside(&tokens[from..first], &word.words, true)?;
            if outer {
                cue.start = after(text, &tokens[from], particles);
            }
            return Some(cue);
        }
        if !word.before && has_after {
            let beside = beside(tokens.get(last..last + count)?, &word.words, false)?;
            if outer && beside == 0 {
                (cue.end, cue.last) = (tokens[last + count - 1].to(), last + count);
            }
            return Some(cue);
        }
        None
    })
}

/// Whether tokens are these words, and how many letters of particles stand before the first.
fn beside(tokens: &[Token], words: &[u64], particles: bool) -> Option<u8> {
    let (first, rest) = tokens.split_first()?;
    let cut = if particles { first.cut } else { 0 };
    let begins = if cut == 0 { first.hash } else { first.rest(usize::from(cut)) };
    let fits = begins == words[0]
        && rest.iter().zip(&words[1..]).all(|(token, &word)| token.hash == word && words::follows(token));
    fits.then_some(cut)
}

/// Whether this word says of what level the name before it is.
pub(super) fn is_word(token: &Token) -> bool {
    token.tags.has(Tags::LEVEL) && WORDS.iter().any(|known| !known.before && known.words == [token.hash])
}

/// What the land around a city may be called: "rural X", "the countryside of X".
pub(super) fn lands(city: &str) -> impl Iterator<Item = String> {
    let lands = WORDS.iter().filter(|word| word.before && !word.inside && word.levels[0] == "governorate");
    lands.map(move |word| format!("{} {city}", word.text))
}

/// A name without the word of level in it, and the levels that the word fits.
pub(super) fn strip<'n>(name: &'n str, tokens: &[Token]) -> Option<(&'n str, &'static [&'static str])> {
    WORDS.iter().filter(|word| word.inside || word.levels[0] == "district").find_map(|word| {
        let left = tokens.len().checked_sub(word.words.len()).filter(|&left| left > 0)?;
        let hashes = |tokens: &[Token]| tokens.iter().map(|token| token.hash).eq(word.words.iter().copied());
        let kept = if word.before {
            hashes(&tokens[..tokens.len() - left]).then(|| &tokens[tokens.len() - left..])?
        } else {
            hashes(&tokens[left..]).then(|| &tokens[..left])?
        };
        Some((&name[kept.first()?.from()..kept.last()?.to()], word.levels.as_slice()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::words::of_name;

    #[test]
    fn a_word_of_level_is_seen_on_its_side_of_the_name() {
        let text = "In Aleppo city, in the city of Homs and in Idlib provinces";
        let tokens = of_name(text);
        let found = |name: &str| -> Vec<(&str, &str)> {
            let start = text.find(name).unwrap_or_default();
            let first = tokens.iter().position(|token| token.from() == start).unwrap_or_default();
            cues(text, &tokens, (first, first + 1), (start, start + name.len()), false)
                .map(|cue| (cue.levels[0], &text[cue.start..cue.end]))
                .collect()
        };
        assert_eq!(found("Aleppo"), [("city", "Aleppo city")]);
        assert_eq!(found("Homs"), [("city", "city of Homs")]);
        assert_eq!(found("Idlib"), []);
    }

    #[test]
    fn a_name_is_stripped_of_its_level() {
        let stripped = |name| strip(name, &of_name(name));
        assert_eq!(stripped("Azaz subdistrict"), Some(("Azaz", &["subdistrict"][..])));
        assert_eq!(stripped("Aleppo"), None);
        assert_eq!(stripped("Governorate"), None);
    }
}
