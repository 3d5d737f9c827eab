//! What are the words of a text, for whoever looks for words rather than for names?
//!
//! A text index must fold as the linker does, or a name that is linked would not be found.

use super::fold::{BREAK, Folded, Level, is_control, is_sign, key};

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
    let folded = Folded::new(text, Level::Loose);
    let (mut words, mut at, mut after_break) = (Vec::new(), 0, false);
    while at < folded.chars.len() {
        let c = folded.chars[at];
        if !c.is_alphanumeric() {
            after_break |= c == BREAK;
            at += 1;
            continue;
        }
        let digits = c.is_numeric();
        let belongs = |c: &&char| c.is_alphanumeric() && c.is_numeric() == digits;
        let last = at + folded.chars[at..].iter().take_while(belongs).count();
        let (start, mut end) = folded.span(at, last);
        // A hamza at the end folds away but belongs to the word.
        while folded.source.get(end).is_some_and(|&c| c == '\u{621}' || is_sign(c)) {
            end += 1;
        }
        let bare = folded.source[start..end].iter().filter(|&&c| !is_sign(c) && !is_control(c)).collect();
        words.push(Word { folded: folded.words(at, last).to_owned(), bare, start, end, after_break });
        (at, after_break) = (last, false);
    }
    words
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
