//! What must not be found by others: names and contacts of witnesses, and words of a text that were made unreadable.

use std::fmt;

use jiff::Timestamp;

use super::Lang;

/// The character that stands for each one that is withheld, so that the offsets of all others stay as they were.
pub const MASK: char = '\u{2588}';

/// What is known of people who could be harmed by it. It is kept in a store of its own and is in no answer, no message and
/// no log; hence nothing here writes it.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sensitive {
    /// The names of witnesses.
    pub witness: Vec<String>,
    /// How to reach them.
    pub contact: Vec<String>,
}

impl Sensitive {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.witness.is_empty() && self.contact.is_empty()
    }
}

impl fmt::Debug for Sensitive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sensitive").finish_non_exhaustive()
    }
}

/// Words of a text layer that are withheld: each of their characters stands as a [`MASK`].
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Redaction {
    /// The layer, by its language.
    pub lang: Lang,
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The digest of the layer as it was before anything in it was withheld.
    pub original: String,
    /// Why, in words that can be read by all.
    pub reason: String,
    /// Who: the path of an agent, `agent/…`.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl Redaction {
    /// Its name as a part of its document.
    #[must_use]
    pub fn part(&self) -> String {
        format!("redaction-{}-{}-{}", self.lang, self.start, self.end)
    }
}

/// A text with some of its code points withheld. Ends of lines stay, so that paragraphs do.
#[must_use]
pub fn masked(text: &str, spans: impl IntoIterator<Item = (usize, usize)>) -> String {
    let mut letters: Vec<char> = text.chars().collect();
    let count = letters.len();
    for (start, end) in spans {
        let span = &mut letters[start.min(count)..end.min(count).max(start.min(count))];
        span.iter_mut().filter(|letter| **letter != '\n').for_each(|letter| *letter = MASK);
    }
    letters.into_iter().collect()
}

/// Where some words stand in a text, in code points.
#[must_use]
pub fn places(text: &str, words: &str) -> Vec<(usize, usize)> {
    let length = words.chars().count();
    if length == 0 {
        return Vec::new();
    }
    let start_of = |at: usize| text[..at].chars().count();
    text.match_indices(words).map(|(at, _)| (start_of(at), start_of(at) + length)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_withheld_takes_as_much_room_as_before() {
        let text = "Said Reem\nHaddad in \u{62D}\u{644}\u{628}.";
        let spans = places(text, "Reem\nHaddad");
        assert_eq!(spans, [(5, 16)]);
        let masked = masked(text, spans);
        assert_eq!(masked.chars().count(), text.chars().count());
        assert!(!masked.contains("Reem") && masked.contains('\n') && masked.ends_with(" in \u{62D}\u{644}\u{628}."));
        assert_eq!(super::masked("abc", [(2, 9), (7, 9)]), "ab\u{2588}");
    }
}
