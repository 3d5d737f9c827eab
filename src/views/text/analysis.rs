//! Which forms of a word are the same to a searcher?
//!
//! A word is indexed in the form that the linker folds it to, and beside it by its stems. An Arabic word is freed of
//! its marks, then stemmed, then folded: folding first would hide the endings from the stemmer. The article goes, and
//! the particles before it; a single letter that may be a particle or the word's own goes in a second stem, so that
//! neither reading is lost; a plural that changes the word within is looked up. English is stemmed as folded, by the
//! Snowball rules. What is asked is analysed in the same way, and meets a word with which it shares a form.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, PoisonError, RwLock},
};

use tantivy::tokenizer::{Language, RawTokenizer, Stemmer, TextAnalyzer, Token as Indexed, TokenStream, Tokenizer};

use crate::link::{self, Word};

/// Stands before a stem, so that it is not taken for a word as it is written.
pub(super) const STEM: char = '~';

/// How many positions a blank line takes, so that no phrase reaches across it.
const BREAK: usize = 10;

/// The fewest letters that the article, a particle or an ending leaves of a word.
const LEFT: usize = 3;

/// A word of a text, in its forms.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// The word as the linker folds it.
    pub exact: String,
    /// Its stems, the surest first; a number has itself.
    pub stems: Arc<[String]>,
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// Which word it is.
    pub position: usize,
}

impl Token {
    /// The stem that phrases are made of.
    pub(super) fn stem(&self) -> &str {
        self.stems.first().unwrap_or(&self.exact)
    }
}

/// Cuts a text into words and gives each its forms.
pub(super) fn tokens(text: &str) -> Vec<Token> {
    let (mut english, mut position) = (english(), 0);
    let mut found: Vec<Token> = Vec::new();
    for word in link::words(text) {
        position += usize::from(!found.is_empty());
        position += if word.after_break { BREAK } else { 0 };
        let stems = known_stems(&word, &mut english);
        found.push(Token { exact: word.folded, stems, start: word.start, end: word.end, position });
    }
    found
}

fn english() -> TextAnalyzer {
    TextAnalyzer::builder(RawTokenizer::default()).filter(Stemmer::new(Language::English)).build()
}

/// So many words keep their stems at hand: more than the everyday words of two languages.
const KNOWN: usize = 100_000;

/// The stems of words that were met before. Texts say the same few thousand words again and again.
static STEMS: LazyLock<RwLock<HashMap<String, Arc<[String]>>>> = LazyLock::new(RwLock::default);

fn known_stems(word: &Word, english: &mut TextAnalyzer) -> Arc<[String]> {
    let key = if is_arabic(word) { &word.bare } else { &word.folded };
    if let Some(stems) = STEMS.read().unwrap_or_else(PoisonError::into_inner).get(key) {
        return Arc::clone(stems);
    }
    let stems: Arc<[String]> = stems(word, english).into_iter().map(|stem| format!("{STEM}{stem}")).collect();
    let mut known = STEMS.write().unwrap_or_else(PoisonError::into_inner);
    if known.len() >= KNOWN {
        known.clear();
    }
    known.insert(key.clone(), Arc::clone(&stems));
    stems
}

fn is_arabic(word: &Word) -> bool {
    word.folded.chars().any(|c| ARABIC.contains(&c))
}

fn stems(word: &Word, english: &mut TextAnalyzer) -> Vec<String> {
    if is_arabic(word) {
        return arabic(&word.bare);
    }
    let mut stream = english.token_stream(&word.folded);
    vec![if stream.advance() { stream.token().text.clone() } else { word.folded.clone() }]
}

const ARABIC: std::ops::RangeInclusive<char> = '\u{620}'..='\u{6FF}';

/// The stems of an Arabic word without marks.
fn arabic(word: &str) -> Vec<String> {
    let affixes = &*AFFIXES;
    let without = |prefix: &&'static str| word.strip_prefix(*prefix).filter(|rest| rest.chars().count() >= LEFT);
    if let Some(rest) = affixes.articles.iter().find_map(without) {
        return vec![noun(rest)];
    }
    let mut stems = vec![noun(word)];
    for stem in affixes.particles.iter().filter_map(without).map(noun) {
        if !stems.contains(&stem) {
            stems.push(stem);
        }
    }
    stems
}

/// The stem of a noun without anything before it, folded.
fn noun(word: &str) -> String {
    let singular = PLURALS.get(link::fold(word).as_str()).copied();
    let mut rest = singular.unwrap_or(word);
    for ending in &AFFIXES.endings {
        rest = rest.strip_suffix(ending).filter(|rest| rest.chars().count() >= LEFT).unwrap_or(rest);
    }
    // A hamza at the end changes its seat with the ending: chemistry, chemical.
    let seats = ['\u{621}', '\u{624}', '\u{626}'];
    let bare = rest.strip_suffix(seats).filter(|rest| rest.chars().count() > LEFT).unwrap_or(rest);
    link::fold(bare)
}

struct Affixes {
    articles: Vec<&'static str>,
    particles: Vec<&'static str>,
    endings: Vec<&'static str>,
}

static AFFIXES: LazyLock<Affixes> = LazyLock::new(|| {
    let of =
        |sort: &str| pairs(include_str!("data/affixes.txt")).filter(|pair| pair.0 == sort).map(|pair| pair.1).collect();
    Affixes { articles: of("article"), particles: of("particle"), endings: of("ending") }
});

/// From plurals, folded, to their singulars.
static PLURALS: LazyLock<HashMap<String, &'static str>> = LazyLock::new(|| {
    pairs(include_str!("data/plurals.txt")).map(|(plural, singular)| (link::fold(plural), singular)).collect()
});

fn pairs(file: &'static str) -> impl Iterator<Item = (&'static str, &'static str)> {
    file.lines().filter(|line| !line.starts_with('#')).filter_map(|line| line.split_once('\t'))
}

/// The analysis, as the index calls it: every form of a word at the word's position.
#[derive(Clone, Debug, Default)]
pub(super) struct Analysis;

/// The forms of the words of one text.
pub(super) struct Forms {
    forms: std::vec::IntoIter<Indexed>,
    current: Indexed,
}

impl Tokenizer for Analysis {
    type TokenStream<'a> = Forms;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Forms {
        let mut forms = Vec::new();
        for token in tokens(text) {
            let Token { exact, stems, start, end, position } = token;
            forms.extend(std::iter::once(exact).chain(stems.iter().cloned()).map(|text| Indexed {
                offset_from: start,
                offset_to: end,
                position,
                text,
                position_length: 1,
            }));
        }
        Forms { forms: forms.into_iter(), current: Indexed::default() }
    }
}

impl TokenStream for Forms {
    fn advance(&mut self) -> bool {
        self.forms.next().map(|form| self.current = form).is_some()
    }

    fn token(&self) -> &Indexed {
        &self.current
    }

    fn token_mut(&mut self) -> &mut Indexed {
        &mut self.current
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Lines of Arabic or English words; all words of a line must meet.
    const MEET: &str = include_str!("../../../tests/cases/services/meet.txt");
    /// Pairs that must not.
    const DIFFER: &str = include_str!("../../../tests/cases/services/differ.txt");

    fn meet(asked: &str, written: &str) -> bool {
        let (asked, written) = (tokens(asked), tokens(written));
        let forms =
            |token: &Token| std::iter::once(&token.exact).chain(&*token.stems).cloned().collect::<Vec<String>>();
        asked.len() == 1 && forms(&asked[0]).iter().any(|form| forms(&written[0]).contains(form))
    }

    #[test]
    fn inflected_forms_meet() {
        for line in MEET.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            for (asked, written) in words.iter().flat_map(|a| words.iter().map(move |b| (a, b))) {
                assert!(meet(asked, written), "{asked} {written}: {:?} {:?}", tokens(asked), tokens(written));
            }
        }
    }

    #[test]
    fn different_words_do_not() {
        for line in DIFFER.lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert!(!meet(words[0], words[1]), "{line}: {:?} {:?}", tokens(words[0]), tokens(words[1]));
        }
    }

    #[test]
    fn a_blank_line_keeps_words_apart() {
        let positions: Vec<usize> = tokens("one two\n\nthree").iter().map(|token| token.position).collect();
        assert_eq!(positions, [0, 1, 12]);
    }
}
