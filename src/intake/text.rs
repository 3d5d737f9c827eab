//! How do bytes become text? One way, so that a digest and an offset mean the same everywhere.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write as _, sync::LazyLock};

use sha2::{Digest, Sha256};
use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::{Error, Notice};
use crate::model::Lang;

/// Reads bytes as UTF-8 text in normal form C with line feeds, or says which byte stands in the way.
///
/// A byte order mark goes; a carriage return or a form feed (the page break of text made from PDF) counts as the
/// end of a line. Marks of direction stay, since they are part of the text.
pub(super) fn decode(bytes: &[u8], limit: usize, notices: &mut Vec<Notice>) -> Result<String, Error> {
    if bytes.len() > limit {
        return Err(Error::TooLarge { size: bytes.len(), limit });
    }
    if let Some(offset) = bytes.iter().position(|byte| *byte == 0) {
        return Err(Error::Binary { offset });
    }
    let text = std::str::from_utf8(bytes).map_err(|error| Error::NotUtf8 { offset: error.valid_up_to() })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(Error::Empty);
    }
    let text = text.replace("\r\n", "\n").replace(['\r', '\u{c}'], "\n");
    if let Some((at, character)) = text.char_indices().find(|(_, c)| is_refused(*c)) {
        let (line, column) = place(&text, at);
        return Err(Error::Control { code: u32::from(character), line, column });
    }
    let damaged = text.matches(char::REPLACEMENT_CHARACTER).count();
    if damaged > 0 {
        notices.push(Notice::new("text", format!("{damaged} characters were lost (U+FFFD) before the file came here")));
    }
    if is_nfc(&text) {
        return Ok(text);
    }
    notices.push(Notice::new("text", "brought into normal form C; offsets count the characters of that form"));
    Ok(nfc(&text).into_owned())
}

/// The text in normal form C.
pub(super) fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { Cow::Borrowed(text) } else { Cow::Owned(text.nfc().collect()) }
}

/// Whether text must not hold the character: controls, and what XML cannot carry.
pub(super) fn is_refused(character: char) -> bool {
    character.is_control() && !matches!(character, '\n' | '\t') || matches!(character, '\u{fffe}' | '\u{ffff}')
}

/// Line and column, counted from 1 and in code points, of a byte offset.
pub(super) fn place(text: &str, at: usize) -> (usize, usize) {
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |feed| feed + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// The language told by the script most letters are in: `ar` for Arabic, `en` for Latin, none without either.
///
/// Addresses and markup are Latin in every language; they are not counted.
pub(super) fn language(text: &str) -> Option<Lang> {
    let (mut arabic, mut latin) = (0_usize, 0_usize);
    for word in text.split_whitespace().filter(|word| !is_markup(word)) {
        for character in word.chars().filter(|c| c.is_alphabetic()) {
            match u32::from(character) {
                0x600..=0x6ff | 0x750..=0x77f | 0x8a0..=0x8ff | 0xfb50..=0xfdff | 0xfe70..=0xfeff => arabic += 1,
                0x41..=0x24f | 0x1e00..=0x1eff => latin += 1,
                _ => {}
            }
        }
    }
    match (arabic, latin) {
        (0, 0) => None,
        (arabic, latin) => Some(if arabic > latin { Lang::ar() } else { Lang::en() }),
    }
}

fn is_markup(word: &str) -> bool {
    word.contains("://") || word.contains("](") || word.starts_with('<') || word.contains("=\"")
}

/// The language of a short text or of one without letters: `und` (undetermined) rather than a guess.
pub(super) fn language_or_undetermined(text: &str) -> Lang {
    language(text).unwrap_or_else(|| "und".parse().expect("`und` is a language tag"))
}

/// Whether a text can be in the language, as far as its script tells.
pub(super) fn agrees(lang: &Lang, text: &str) -> bool {
    language(text).is_none_or(|told| (told == Lang::ar()) == lang.is_right_to_left())
}

/// The language that a name ("Arabic") or a tag (`ar`) means.
pub(super) fn language_named(words: &str) -> Option<Lang> {
    static NAMES: LazyLock<BTreeMap<Lang, Vec<String>>> = LazyLock::new(|| {
        serde_json::from_str(include_str!("data/languages.json")).expect("the table of languages is checked by a test")
    });
    let folded = fold(words);
    let named = NAMES.iter().find(|(_, names)| names.iter().any(|name| fold(name) == folded));
    let tag = || words.trim().parse::<Lang>().ok();
    named.map(|(tag, _)| tag.clone()).or_else(tag).filter(|lang| lang.as_str().split('-').all(|part| part.len() <= 4))
}

/// Words as they are compared: one case, single spaces, no vowel signs, tatweel or marks of direction.
pub(super) fn fold(words: &str) -> String {
    let mut folded = String::with_capacity(words.len());
    for character in words.chars().flat_map(char::to_lowercase) {
        match character {
            '\u{64b}'..='\u{65f}' | '\u{670}' | '\u{640}' => {}
            _ if is_invisible(character) => {}
            '-' | '_' | '/' => folded.push(' '),
            _ => folded.push(character),
        }
    }
    squeeze(&folded)
}

/// Whether the character has no width: marks of direction and joiners.
pub(super) fn is_invisible(character: char) -> bool {
    matches!(character, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// Words with single spaces between and none around.
pub(super) fn squeeze(words: &str) -> String {
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Small Latin letters and digits joined by hyphens, for a key; none when a letter is of another script.
pub(super) fn slug(words: &str) -> Option<String> {
    let parts = words.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty());
    let slug = parts.collect::<Vec<_>>().join("-").to_ascii_lowercase();
    (slug.is_ascii() && !slug.is_empty()).then_some(slug)
}

/// The SHA-256 of a text, in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().fold(String::with_capacity(64), |mut hex, byte| {
        write!(hex, "{byte:02x}").expect("a string takes what is written to it");
        hex
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        decode(bytes, 64, &mut Vec::new()).map_err(|error| error.to_string())
    }

    #[test]
    fn what_is_no_text_is_refused_with_its_place() {
        for (bytes, says) in [
            (&b""[..], "empty"),
            (b" \n\t", "empty"),
            (b"%PDF\x00", "byte 4"),
            (b"ab\xff", "byte 2"),
            (b"ab\n c\x07", "line 2, column 3"),
            (&[b'a'; 65], "64"),
        ] {
            let error = read(bytes).expect_err("is no text");
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn line_ends_are_one_and_marks_of_direction_stay() {
        assert_eq!(read(b"\xef\xbb\xbfa\r\nb\rc\x0cd").as_deref(), Ok("a\nb\nc\nd"));
        assert_eq!(read("a\u{200f}b".as_bytes()).as_deref(), Ok("a\u{200f}b"));
        assert_eq!(read("e\u{301}".as_bytes()).as_deref(), Ok("\u{e9}"));
    }

    #[test]
    fn the_script_tells_the_language() {
        let arabic = "\u{62d}\u{644}\u{628}";
        assert_eq!(language(&format!("{arabic} https://example.org/a/long/address")), Some(Lang::ar()));
        assert_eq!(language(&format!("The city of {arabic}")), Some(Lang::en()));
        assert_eq!(language("2017 \u{2014} 12"), None);
        assert_eq!(language_named(" arabic"), Some(Lang::ar()));
        assert_eq!(language_named("klingonese"), None);
    }

    #[test]
    fn a_slug_is_latin_or_nothing() {
        assert_eq!(slug("S/2016/738/Rev.1").as_deref(), Some("s-2016-738-rev-1"));
        assert_eq!(slug("\u{62d}\u{644}\u{628}-1"), None);
        assert_eq!(slug("--"), None);
    }
}
