//! What are the words of a text, for whoever looks for words rather than for names?
//!
//! A text index must fold as the linker does, or a name that is linked would not be found.

use super::fold::{Class, Level, TABLE, is_sign, key, several};

/// A word of a text: a run of letters, or a run of digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Its loosely folded form.
    pub folded: String,
    /// As it stands, without vowel signs and invisible characters.
    pub bare: String,
    /// The first code point of it.
    pub start: usize,
    /// One past the last code point of it.
    pub end: usize,
    /// Whether a blank line stands before it, across which no name and no phrase reaches.
    pub after_break: bool,
}

/// Cuts a text into its words.
#[must_use]
pub fn words(text: &str) -> Vec<Word> {
    let mut cutter = Cutter::default();
    for (at, c) in text.chars().enumerate() {
        cutter.read(at, c);
    }
    cutter.end_word();
    cutter.words
}

#[derive(Default)]
struct Cutter {
    words: Vec<Word>,
    /// The word that is being read, and whether it is a number.
    open: Option<(Word, bool)>,
    /// How many ends of lines were read since the last word.
    lines: usize,
}

impl Cutter {
    fn read(&mut self, at: usize, c: char) {
        let (class, folded) = TABLE.get(c);
        match class {
            Class::Letter | Class::Large | Class::Arabic | Class::Lone => self.letter(at, c, char::from_u32(folded)),
            Class::Digit => {
                self.begin(at, true);
                self.add(at, c, char::from_u32(folded));
            }
            Class::Many => self.letter(at, c, several(c).1),
            // Such a sign belongs to the letter before it, also a hamza at the end, which folds away.
            Class::Sign => {
                if let Some((word, _)) = self.open.as_mut() {
                    word.end = at + 1;
                    if !is_sign(c) {
                        word.bare.push(c);
                    }
                }
            }
            // Within a word they mean nothing; after it they are not part of it.
            Class::Control | Class::Apostrophe => {}
            Class::Line => {
                self.end_word();
                self.lines += 1;
            }
            Class::Space | Class::Dash | Class::Mark => self.end_word(),
        }
    }

    fn letter(&mut self, at: usize, c: char, folded: impl IntoIterator<Item = char>) {
        self.begin(at, false);
        self.add(at, c, folded);
    }

    /// Begins a word, unless one of the same kind is open.
    fn begin(&mut self, at: usize, is_number: bool) {
        if self.open.as_ref().is_some_and(|(_, open)| *open == is_number) {
            return;
        }
        self.end_word();
        let after_break = self.lines > 1;
        self.lines = 0;
        let word = Word { folded: String::new(), bare: String::new(), start: at, end: at, after_break };
        self.open = Some((word, is_number));
    }

    fn add(&mut self, at: usize, c: char, folded: impl IntoIterator<Item = char>) {
        if let Some((word, _)) = self.open.as_mut() {
            word.folded.extend(folded);
            word.bare.push(c);
            word.end = at + 1;
        }
    }

    fn end_word(&mut self) {
        self.words.extend(self.open.take().map(|(word, _)| word).filter(|word| !word.folded.is_empty()));
    }
}

/// The loosely folded form of a word, a stem or a name.
#[must_use]
pub fn fold(text: &str) -> String {
    key(text, Level::Loose)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_folded_and_know_where_they_stand() {
        let words = words("Al\u{2011}B\u{E1}b, S/2016\n\n\u{62D}\u{64E}\u{644}\u{628}");
        let folded: Vec<(&str, usize, usize)> = words.iter().map(|w| (w.folded.as_str(), w.start, w.end)).collect();
        let expected = [("al", 0, 2), ("bab", 3, 6), ("s", 8, 9), ("2016", 10, 14), ("\u{62D}\u{644}\u{628}", 16, 20)];
        assert_eq!(folded, expected);
        assert_eq!(words[4].bare, "\u{62D}\u{644}\u{628}");
        assert!(words[4].after_break && !words[3].after_break);
    }
}
