//! Where is a mention, for those who count otherwise?
//!
//! A mention counts code points. JavaScript and Java count UTF-16 units, files and Rust count bytes.

use crate::model::Mention;

/// What the places in a text are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Unit {
    /// Unicode code points.
    #[default]
    CodePoints,
    /// Units of UTF-16.
    Utf16,
    /// Bytes of UTF-8.
    Bytes,
}

impl Unit {
    fn of(self, c: char) -> usize {
        match self {
            Self::CodePoints => 1,
            Self::Utf16 => c.len_utf16(),
            Self::Bytes => c.len_utf8(),
        }
    }
}

/// The beginnings and ends of mentions of a text, in the order of their beginnings, in another unit.
///
/// A mention that is not within the text ends where the text ends.
#[must_use]
pub fn spans(text: &str, mentions: &[Mention], unit: Unit) -> Vec<(usize, usize)> {
    let forward = |(letters, point, place): &mut (std::str::Chars, usize, usize), end: usize| {
        while *point < end {
            let Some(c) = letters.next() else { break };
            (*point, *place) = (*point + 1, *place + unit.of(c));
        }
        *place
    };
    let mut here = (text.chars(), 0, 0);
    // A mention may hold the next.
    let span = |mention: &Mention| (forward(&mut here, mention.start), forward(&mut here.clone(), mention.end));
    mentions.iter().map(span).collect()
}

/// The words between two places of a text, if both stand between characters.
#[must_use]
pub fn slice(text: &str, (start, end): (usize, usize), unit: Unit) -> Option<&str> {
    let (mut place, mut first, mut last) = (0, None, None);
    for (byte, c) in text.char_indices() {
        if place == start {
            first = first.or(Some(byte));
        }
        if place == end {
            last = last.or(Some(byte));
        }
        place += unit.of(c);
    }
    let at_end = |wanted: usize| (place == wanted).then_some(text.len());
    text.get(first.or_else(|| at_end(start))?..last.or_else(|| at_end(end))?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_told_in_three_units() {
        let text = "\u{1F600}\u{62D}x";
        for (unit, end) in [(Unit::CodePoints, 3), (Unit::Utf16, 4), (Unit::Bytes, 7)] {
            assert_eq!(slice(text, (end - 1, end), unit), Some("x"));
            assert_eq!(slice(text, (end, end), unit), Some(""));
            assert_eq!(slice(text, (0, end + 1), unit), None);
        }
        assert_eq!(slice(text, (1, 4), Unit::Utf16), None);
    }
}
