//! A few words around the hits, for people.

use super::{Span, Words};

/// How many code points a snippet has at most, marks apart.
const LENGTH: usize = 240;
/// How many stand before the first hit.
const BEFORE: usize = 60;

/// Stands before each hit in a snippet. Texts in Arabic and English do not use it.
pub const HIT_START: char = '\u{27E6}';
/// Stands after each hit in a snippet.
pub const HIT_END: char = '\u{27E7}';

/// What is shown of an entry: whether it is of the text, else of a name; the snippet, and where the words stand.
pub(super) fn of_entry(names: &str, body: &str, words: &Words) -> (bool, String, Vec<Span>) {
    let spans = words.find(body);
    if !spans.is_empty() {
        return (true, snippet(body, &spans), spans);
    }
    let names: Vec<&str> = names.split("\n\n").collect();
    let found = names.iter().map(|name| (*name, words.find(name))).find(|(_, spans)| !spans.is_empty());
    let (name, spans) = found.unwrap_or((names.first().copied().unwrap_or_default(), Vec::new()));
    (false, snippet(name, &spans), spans)
}

/// The part of a text where most hits stand close together, with the hits between [`HIT_START`] and [`HIT_END`].
///
/// An ellipsis stands where something is left out; white space is a single space.
pub(super) fn snippet(text: &str, spans: &[(usize, usize)]) -> String {
    let text: Vec<char> = text.chars().collect();
    let (start, end) = window(&text, spans);
    let mut out = String::new();
    if start > 0 {
        out.push('\u{2026}');
    }
    let mut spaced = false;
    for (at, &c) in text.iter().enumerate().take(end).skip(start) {
        if spans.iter().any(|span| span.1 == at && span.0 >= start) {
            out.push(HIT_END);
        }
        if spans.iter().any(|span| span.0 == at && span.1 <= end) {
            out.push(HIT_START);
        }
        if !(c.is_whitespace() && spaced) {
            out.push(if c.is_whitespace() { ' ' } else { c });
        }
        spaced = c.is_whitespace();
    }
    if spans.iter().any(|span| span.1 == end && span.0 >= start) {
        out.push(HIT_END);
    }
    if end < text.len() {
        out.push('\u{2026}');
    }
    out
}

/// From which code point to which.
fn window(text: &[char], spans: &[(usize, usize)]) -> (usize, usize) {
    let reach = LENGTH - BEFORE;
    let within = |first: usize| spans.iter().filter(|span| span.0 >= first && span.1 <= first + reach).count();
    let best = spans.iter().map(|span| span.0).max_by_key(|&first| (within(first), std::cmp::Reverse(first)));
    let first = best.unwrap_or(0);
    let mut start = first.saturating_sub(BEFORE);
    // Words stay whole at both ends.
    while start > 0 && start < first && !text[start - 1].is_whitespace() {
        start += 1;
    }
    let longest = spans.iter().find(|span| span.0 == first).map_or(0, |span| span.1);
    let mut end = (start + LENGTH).max(longest).min(text.len());
    while end < text.len() && end > longest && !text[end].is_whitespace() {
        end -= 1;
    }
    (start, end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hits_are_marked_and_words_stay_whole() {
        let text = format!("{}barrel\n\n bomb fell{}", "before ".repeat(40), " after".repeat(60));
        let out = snippet(&text, &[(280, 286), (289, 293)]);
        assert!(out.contains("\u{27E6}barrel\u{27E7} \u{27E6}bomb\u{27E7} fell"), "{out}");
        assert!(out.starts_with("\u{2026}before") && out.ends_with("after\u{2026}"), "{out}");
        assert_eq!(snippet("a", &[(0, 1)]), "\u{27E6}a\u{27E7}");
        assert_eq!(snippet("", &[]), "");
    }
}
