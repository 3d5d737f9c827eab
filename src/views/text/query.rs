//! What does a searcher write, and what does it mean?
//!
//! | written | meaning |
//! |---|---|
//! | `chlorine attack` | both words, in any of their forms, anywhere |
//! | `"barrel bomb"` | the words one after the other, in any of their forms |
//! | `-sarin`, `-"nerve agent"` | not this |
//! | `chlor*` | a word that begins so |
//! | <code>chlorine &#124; sarin attack</code> | one of the two that stand beside the bar, and `attack` |
//!
//! A word with signs in it (`S/2016/888`, `al-Bab`) is a phrase of its parts. Words that find little are looked for as
//! names in other spellings too (`sednaya` finds Saydnaya and its Arabic name), unless they are put between quotation marks.

use std::ops::Range;

use tantivy::{
    Term,
    query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, PhrasePrefixQuery, PhraseQuery, Query, TermQuery},
    schema::{Field, IndexRecordOption},
};

use super::analysis::{Token, tokens};

/// The words that are looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Words {
    /// All must match; of each, one.
    wanted: Vec<Vec<Part>>,
    /// None may.
    unwanted: Vec<Part>,
}

/// The words cannot be looked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WordsError {
    /// Nothing is left of them.
    #[error("`{0}` has no word to look for; write at least one word that is not excluded")]
    Empty(String),
    /// A phrase has no end.
    #[error("a quotation mark is not closed in `{0}`; write a phrase as \"some words\"")]
    Open(String),
    /// A bar stands at an end, or beside an exclusion.
    #[error("`|` in `{0}` stands between nothing; write one | other")]
    Bar(String),
    /// A beginning is too short.
    #[error("`{0}*` is too short a beginning; write at least two letters before *")]
    Short(String),
}

/// A word, a phrase or a beginning.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    written: String,
    tokens: Vec<Token>,
    beginning: bool,
    /// Whether it stands between quotation marks, and is meant as it is written.
    quoted: bool,
}

impl std::str::FromStr for Words {
    type Err = WordsError;

    fn from_str(text: &str) -> Result<Self, WordsError> {
        let mut words = Self { wanted: Vec::new(), unwanted: Vec::new() };
        let mut after_bar = false;
        for piece in pieces(text)? {
            let bar = || WordsError::Bar(text.to_owned());
            match piece {
                Piece::Bar if after_bar || words.wanted.is_empty() => return Err(bar()),
                Piece::Bar => after_bar = true,
                Piece::Part { part, excluded: true } if !after_bar => words.unwanted.push(part),
                Piece::Part { excluded: true, .. } => return Err(bar()),
                Piece::Part { part, .. } => {
                    match words.wanted.last_mut() {
                        Some(last) if after_bar => last.push(part),
                        _ => words.wanted.push(vec![part]),
                    }
                    after_bar = false;
                }
            }
        }
        if after_bar {
            return Err(WordsError::Bar(text.to_owned()));
        }
        if words.wanted.is_empty() { Err(WordsError::Empty(text.to_owned())) } else { Ok(words) }
    }
}

enum Piece {
    Part { part: Part, excluded: bool },
    Bar,
}

/// Cuts what was written; signs without a word mean nothing.
fn pieces(text: &str) -> Result<Vec<Piece>, WordsError> {
    let (mut pieces, mut rest) = (Vec::new(), text.trim_start());
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('|') {
            pieces.push(Piece::Bar);
            rest = after.trim_start();
            continue;
        }
        let excluded = rest.starts_with('-');
        rest = rest.strip_prefix('-').unwrap_or(rest);
        let quoted = rest.starts_with('"');
        let (written, beginning, after) = if let Some(phrase) = rest.strip_prefix('"') {
            let (phrase, after) = phrase.split_once('"').ok_or_else(|| WordsError::Open(text.to_owned()))?;
            (phrase, false, after)
        } else {
            let (word, after) =
                rest.split_at(rest.find([' ', '\t', '\n', '\r', '"', '|', '\u{A0}']).unwrap_or(rest.len()));
            (word.trim_end_matches('*'), word.ends_with('*'), after)
        };
        let tokens = tokens(written);
        if beginning && matches!(tokens.as_slice(), [only] if only.exact.chars().count() < 2) {
            return Err(WordsError::Short(written.to_owned()));
        }
        if !tokens.is_empty() {
            let part = Part { written: written.to_owned(), tokens, beginning, quoted };
            pieces.push(Piece::Part { part, excluded });
        }
        rest = after.trim_start();
    }
    Ok(pieces)
}

/// A field to look in and what a match there is worth.
pub(super) type Weighed = (Field, f32);

/// What a word is worth as it was written, beside its stem.
const AS_WRITTEN: f32 = 1.5;
/// What the less sure stems of a word are worth.
const UNSURE: f32 = 0.5;

impl Words {
    /// The query of the index: each word may stand in any of the fields.
    pub(super) fn query(&self, fields: &[Weighed]) -> BooleanQuery {
        let any = |parts: &[Part]| -> Box<dyn Query> {
            Box::new(BooleanQuery::union(
                parts.iter().flat_map(|part| fields.iter().map(|&field| part.query(field))).collect(),
            ))
        };
        let wanted = self.wanted.iter().map(|parts| (Occur::Must, any(parts)));
        let unwanted = self.unwanted.iter().map(|part| (Occur::MustNot, any(std::slice::from_ref(part))));
        BooleanQuery::new(wanted.chain(unwanted).collect())
    }

    /// How many words, phrases and beginnings there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.wanted.iter().map(Vec::len).sum::<usize>() + self.unwanted.len()
    }

    /// How many words or groups of alternatives must all match.
    pub(super) fn len(&self) -> usize {
        self.wanted.len()
    }

    /// Some of the words as they were written, if each stands alone: no alternatives, no phrase, no beginning.
    pub(super) fn plain(&self, window: Range<usize>) -> Option<String> {
        let written = self.wanted[window].iter().map(|parts| match parts.as_slice() {
            [Part { written, beginning: false, quoted: false, .. }] => Some(written.as_str()),
            _ => None,
        });
        Some(written.collect::<Option<Vec<_>>>()?.join(" "))
    }

    /// Some of the words alone.
    pub(super) fn only(&self, window: Range<usize>) -> Self {
        Self { wanted: self.wanted[window].to_vec(), unwanted: Vec::new() }
    }

    /// Lets a name stand in the place of some of the words.
    pub(super) fn or(&mut self, window: Range<usize>, name: &str) {
        let tokens = tokens(name);
        if tokens.is_empty() {
            return;
        }
        let part = Part { written: name.to_owned(), tokens, beginning: false, quoted: true };
        for parts in &mut self.wanted[window] {
            if parts.iter().all(|known| known.tokens != part.tokens) {
                parts.push(part.clone());
            }
        }
    }

    /// Where the words that are looked for stand in a text: code points, in order, none inside another.
    pub(super) fn find(&self, text: &str) -> Vec<(usize, usize)> {
        let text = tokens(text);
        let mut spans: Vec<(usize, usize)> = self.wanted.iter().flatten().flat_map(|part| part.find(&text)).collect();
        spans.sort_unstable();
        spans.dedup_by(|next, kept| {
            let inside = next.0 < kept.1;
            if inside {
                kept.1 = kept.1.max(next.1);
            }
            inside
        });
        spans
    }
}

impl Part {
    fn query(&self, (field, worth): Weighed) -> Box<dyn Query> {
        let term = |text: &str| Term::from_field_text(field, text);
        let weighed = |query: Box<dyn Query>, worth: f32| -> Box<dyn Query> { Box::new(BoostQuery::new(query, worth)) };
        match (self.tokens.as_slice(), self.beginning) {
            ([only], true) => weighed(Box::new(FuzzyTermQuery::new_prefix(term(&only.exact), 0, true)), worth),
            (several, true) => {
                let terms = several.iter().map(|token| (token.position, term(&token.exact))).collect();
                let mut query = PhrasePrefixQuery::new_with_offset(terms);
                // Its own limit would leave words out without a word.
                query.set_max_expansions(u32::MAX);
                weighed(Box::new(query), worth)
            }
            ([only], false) => {
                let forms = std::iter::once((&only.exact, AS_WRITTEN))
                    .chain(only.stems.iter().enumerate().map(|(at, stem)| (stem, if at == 0 { 1.0 } else { UNSURE })));
                let one = |(form, part): (&String, f32)| {
                    let query = TermQuery::new(term(form), IndexRecordOption::WithFreqs);
                    weighed(Box::new(query), worth * part)
                };
                Box::new(BooleanQuery::union(forms.map(one).collect()))
            }
            (several, false) => {
                let terms = several.iter().map(|token| (token.position, term(token.stem()))).collect();
                weighed(Box::new(PhraseQuery::new_with_offset(terms)), worth * AS_WRITTEN)
            }
        }
    }

    fn find(&self, text: &[Token]) -> Vec<(usize, usize)> {
        let length = self.tokens.len();
        let windows = text.windows(length).filter(|window| self.matches(window));
        windows.filter_map(|window| Some((window.first()?.start, window.last()?.end))).collect()
    }

    fn matches(&self, window: &[Token]) -> bool {
        let phrase = self.tokens.len() > 1;
        let follows = |at: usize| {
            let distance = |tokens: &[Token]| tokens[at].position - tokens[0].position;
            distance(window) == distance(&self.tokens)
        };
        self.tokens.iter().zip(window).enumerate().all(|(at, (asked, written))| {
            let last = at + 1 == self.tokens.len();
            follows(at)
                && match (self.beginning, phrase) {
                    (true, _) if last => written.exact.starts_with(&asked.exact),
                    (true, _) => written.exact == asked.exact,
                    (false, true) => written.stems.iter().any(|stem| stem == asked.stem()),
                    (false, false) => {
                        written.exact == asked.exact || asked.stems.iter().any(|stem| written.stems.contains(stem))
                    }
                }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(asked: &str, text: &str) -> Vec<(usize, usize)> {
        asked.parse::<Words>().unwrap_or_else(|e| panic!("{e}")).find(text)
    }

    #[test]
    fn words_phrases_beginnings_and_alternatives_are_found_where_they_stand() {
        assert_eq!(found("attacks", "An attack. Attacked!"), [(3, 9), (11, 19)]);
        assert_eq!(found("\"barrel bombs\"", "bomb barrel, barrel bomb"), [(13, 24)]);
        assert_eq!(found("chlor*", "Chlorine and a chlorate"), [(0, 8), (15, 23)]);
        assert_eq!(found("sarin | chlorine", "chlorine or sarin"), [(0, 8), (12, 17)]);
        assert_eq!(found("S/2016/888", "see S/2016/888."), [(4, 14)]);
        assert_eq!(found("s/2016/8*", "see S/2016/888 and S/2017/888."), [(4, 14)]);
        assert!(found("\"one two\"", "one\n\ntwo").is_empty());
        assert_eq!(found("a -b", "a b"), [(0, 1)]);
    }

    #[test]
    fn what_cannot_be_looked_for_is_told() {
        let error = |text: &str| text.parse::<Words>().err();
        assert!(matches!(error(" -sarin"), Some(WordsError::Empty(_))));
        assert!(matches!(error(" & "), Some(WordsError::Empty(_))));
        assert!(matches!(error("a \"b"), Some(WordsError::Open(_))));
        assert!(matches!(error("a |"), Some(WordsError::Bar(_))));
        assert!(matches!(error("| a"), Some(WordsError::Bar(_))));
        assert!(matches!(error("a | -b"), Some(WordsError::Bar(_))));
        assert!(matches!(error("a*"), Some(WordsError::Short(_))));
    }

    #[test]
    fn the_bar_binds_what_stands_beside_it() {
        let words: Words = "a | b c".parse().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(words.wanted.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1]);
    }
}
