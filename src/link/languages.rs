//! Which language is each paragraph in?
//!
//! Told by its letters: a paragraph is in Arabic or English as most of its letters are Arabic or Latin. Where the
//! document's own language is written in those letters, it is that language; a paragraph in any other script, or
//! without letters, is in the document's.

use std::ops::Range;

use crate::model::Lang;

use super::fold::is_arabic;

/// The paragraphs of a text, by bytes, with the language of each.
#[must_use]
pub fn paragraphs(text: &str, lang: &Lang) -> Vec<(Range<usize>, Lang)> {
    let mut paragraphs = Vec::new();
    let mut start = 0;
    while start < text.len() {
        let range = paragraph(text, start);
        start = range.end;
        paragraphs.push((range.clone(), language(&text[range], lang)));
    }
    paragraphs
}

/// The language of a text that nothing else tells: Arabic or English as its letters are, else undetermined.
#[must_use]
pub fn detect(text: &str) -> Lang {
    // A text in another script, or without letters, has whatever language it is said to have.
    let told = language(text, &Lang::en());
    if told == language(text, &Lang::ar()) { told } else { Lang::undetermined() }
}

/// The paragraph around a byte, with the blank lines after it.
pub(super) fn paragraph(text: &str, at: usize) -> Range<usize> {
    let start = text.get(..at).and_then(|before| before.rfind("\n\n")).map_or(0, |blank| blank + 2);
    let rest = text.get(at..).unwrap_or_default();
    let end = rest.find("\n\n").map_or(text.len(), |blank| {
        let after = &rest[blank..];
        at + blank + after.len() - after.trim_start_matches('\n').len()
    });
    start..end
}

/// The language of some words.
pub(super) fn language(words: &str, lang: &Lang) -> Lang {
    let (mut arabic, mut latin, mut other) = (0u32, 0u32, 0u32);
    for c in words.chars().filter(|c| c.is_alphabetic()) {
        let count = if is_arabic(c) {
            &mut arabic
        } else if c < '\u{250}' {
            &mut latin
        } else {
            &mut other
        };
        *count += 1;
    }
    let own_is_arabic = lang.is_right_to_left();
    if other > arabic.max(latin) || arabic == latin {
        lang.clone()
    } else if arabic > latin {
        if own_is_arabic { lang.clone() } else { Lang::ar() }
    } else if own_is_arabic {
        Lang::en()
    } else {
        lang.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_paragraph_has_its_language() {
        let text = "In English.\n\n\n\u{62D}\u{645}\u{635} (Homs\n\u{62D}\u{645}\u{627}\u{629})\n\n12";
        let told: Vec<(usize, String)> =
            paragraphs(text, &Lang::ar()).into_iter().map(|(range, lang)| (range.start, lang.to_string())).collect();
        assert_eq!(told, [(0, "en".into()), (14, "ar".into()), (38, "ar".into())]);
        let french = "fr".parse().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(language("Bonjour", &french), french);
        assert_eq!(paragraphs("", &french), []);
    }
}
