//! A text with the words that name things marked in it.
//!
//! Marks are given in code points. A mark inside another is kept as a place that can be linked to; a mark that
//! crosses the end of another is cut there. Characters that override the direction of what follows are shown by
//! their numbers instead of being obeyed.

use std::cmp::Reverse;

use askama::{Template, filters::HtmlSafe};

use super::{layout::is_direction_control, mentions::Card};

/// Some words to be marked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Mark {
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
    /// The name of the place in the page.
    pub id: String,
    /// Where the words lead.
    pub href: Option<String>,
    /// What they name: the name of a kind, or `date`.
    pub class: &'static str,
    /// What is known of them, in a line; for words that lead nowhere.
    pub title: String,
    /// What is known of them, for words that lead somewhere.
    pub card: Option<Box<Card>>,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq, Eq, Template)]
#[template(path = "parts/piece.html")]
pub(super) enum Piece {
    /// Plain words.
    Words(String),
    /// A character that would turn the direction, by its number.
    Control(String),
    /// Marked words.
    Marked {
        /// The mark.
        mark: Mark,
        /// The words, perhaps with marks in them.
        inside: Vec<Piece>,
        /// Whether it stands in another mark, where HTML allows no second link.
        nested: bool,
    },
}

impl HtmlSafe for Piece {}

/// Cuts a text into paragraphs, with the marks in them.
///
/// A blank line ends a paragraph; in a text without blank lines every line is one. No paragraph ends inside a mark.
pub(super) fn paragraphs(text: &str, marks: &[Mark]) -> Vec<Vec<Piece>> {
    let letters: Vec<char> = text.chars().collect();
    let mut marks: Vec<&Mark> =
        marks.iter().filter(|mark| mark.start < mark.end && mark.end <= letters.len()).collect();
    marks.sort_by_key(|mark| (mark.start, Reverse(mark.end)));
    let mut paragraphs = Vec::new();
    for (start, end) in spans(&letters, &marks) {
        let here: Vec<&Mark> = marks.iter().copied().filter(|mark| mark.start >= start && mark.start < end).collect();
        paragraphs.push(weave(&letters, start, end, &here, false));
    }
    paragraphs
}

/// Where the paragraphs start and end, without the white space between them.
fn spans(letters: &[char], marks: &[&Mark]) -> Vec<(usize, usize)> {
    let gaps = gaps(letters);
    let blank = gaps.iter().any(|gap| gap.2 > 1);
    let cut = |gap: &&(usize, usize, usize)| {
        (gap.2 > 1 || !blank) && !marks.iter().any(|mark| mark.start < gap.0 && mark.end > gap.1)
    };
    let mut spans = Vec::new();
    let mut start = 0;
    for gap in gaps.iter().filter(cut) {
        spans.push((start, gap.0));
        start = gap.1;
    }
    spans.push((start, letters.len()));
    spans.retain(|(start, end)| letters[*start..*end].iter().any(|c| !c.is_whitespace()));
    spans
}

/// The stretches of white space with line feeds in them: first, one past the last, number of line feeds.
fn gaps(letters: &[char]) -> Vec<(usize, usize, usize)> {
    let mut gaps = Vec::new();
    let mut at = 0;
    while at < letters.len() {
        let length = letters[at..].iter().take_while(|c| c.is_whitespace()).count();
        let feeds = letters[at..at + length].iter().filter(|c| **c == '\n').count();
        if feeds > 0 {
            gaps.push((at, at + length, feeds));
        }
        at += length.max(1);
    }
    gaps
}

/// The pieces of a stretch of text; `marks` are sorted, the outer before the inner.
fn weave(letters: &[char], from: usize, to: usize, marks: &[&Mark], nested: bool) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut at = from;
    let mut next = 0;
    while let Some(mark) = marks.get(next) {
        let (start, end) = (mark.start.clamp(at, to), mark.end.clamp(at, to));
        plain(letters, at, start, &mut pieces);
        let inner = marks[next + 1..].iter().take_while(|inner| inner.start < end).count();
        let inside = weave(letters, start, end, &marks[next + 1..next + 1 + inner], true);
        // A link without words would be none; the place stays.
        pieces.push(Piece::Marked { mark: (*mark).clone(), inside, nested: nested || start == end });
        next += 1 + inner;
        at = end;
    }
    plain(letters, at, to, &mut pieces);
    pieces
}

fn plain(letters: &[char], from: usize, to: usize, pieces: &mut Vec<Piece>) {
    for part in letters[from..to].split_inclusive(|c| is_direction_control(*c)) {
        let (control, words) = match part.split_last() {
            Some((last, words)) if is_direction_control(*last) => (Some(last), words),
            _ => (None, part),
        };
        if !words.is_empty() {
            pieces.push(Piece::Words(words.iter().collect()));
        }
        pieces.extend(control.map(|c| Piece::Control(format!("U+{:04X}", u32::from(*c)))));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(start: usize, end: usize) -> Mark {
        let href = Some(format!("/org/x{start}"));
        Mark {
            start,
            end,
            id: format!("m-{start}-{end}"),
            href,
            class: "organization",
            title: String::new(),
            card: None,
        }
    }

    fn html(text: &str, marks: &[Mark]) -> Vec<String> {
        paragraphs(text, marks).iter().map(|pieces| pieces.iter().map(ToString::to_string).collect()).collect()
    }

    /// The text without its tags.
    fn bare(html: &str) -> String {
        html.split('<').map(|part| part.split_once('>').map_or(part, |(_, rest)| rest)).collect()
    }

    #[test]
    fn offsets_count_code_points_and_not_bytes() {
        let text = "\u{62D}\u{644}\u{628} \u{1F600} HRW said";
        let found = html(text, &[mark(0, 3), mark(6, 9)]).concat();
        assert!(
            found.contains(">\u{62D}\u{644}\u{628}</a></span> \u{1F600} <span ")
                && found.contains(">HRW</a></span> said"),
            "{found}"
        );
    }

    #[test]
    fn adjacent_marks_both_stay_and_no_word_is_lost() {
        let found = html("abcdef", &[mark(3, 5), mark(0, 3)]).concat();
        assert_eq!(bare(&found), "abcdef");
        assert!(found.contains("id=\"m-0-3\"") && found.contains("id=\"m-3-5\""), "{found}");
        assert_eq!(found.matches("</a>").count(), 2);
    }

    #[test]
    fn a_mark_in_a_mark_keeps_its_place_but_is_no_second_link() {
        let found = html("Syrian Coalition Media Office", &[mark(0, 16), mark(0, 29), mark(7, 16)]).concat();
        assert_eq!(bare(&found), "Syrian Coalition Media Office");
        assert_eq!(found.matches("<a ").count(), 1, "{found}");
        for id in ["m-0-29", "m-0-16", "m-7-16"] {
            assert!(found.contains(&format!("id=\"{id}\"")), "{id} in {found}");
        }
    }

    #[test]
    fn a_mark_that_crosses_another_is_cut_at_its_end() {
        let found = html("abcdef", &[mark(0, 3), mark(2, 5)]).concat();
        assert_eq!(bare(&found), "abcdef");
        assert!(found.contains("id=\"m-2-5\""), "{found}");
    }

    #[test]
    fn a_mark_beyond_the_text_is_left_out() {
        assert_eq!(html("abc", &[mark(2, 9), mark(2, 2)]), ["abc"]);
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut hostile = mark(0, 8);
        hostile.title = "\"><script>".to_owned();
        let found = html("<script>alert(1)</script>&\"'", &[hostile]).concat();
        assert!(!found.contains("<script") && !found.contains("</script") && !found.contains("\"\""), "{found}");
    }

    #[test]
    fn a_direction_override_is_shown_and_not_obeyed() {
        let found = html("safe\u{202E}evil\u{2066}", &[mark(2, 7)]).concat();
        assert!(!found.contains(['\u{202E}', '\u{2066}']), "{found}");
        assert!(found.contains("U+202E") && found.contains("U+2066"), "{found}");
    }

    #[test]
    fn a_blank_line_ends_a_paragraph_but_never_a_mark() {
        assert_eq!(html("one\ntwo\n\nthree", &[]), ["one\ntwo", "three"]);
        assert_eq!(html("one\ntwo\n", &[]), ["one", "two"]);
        assert_eq!(html("a\n\nb c", &[mark(0, 4)]).len(), 1);
    }
}
