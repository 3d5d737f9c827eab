//! When are two spellings the same name?
//!
//! Text and names are folded alike and compared as folded. There are two levels. *Light* folding removes what
//! nobody means to write differently: case, invisible control characters, vowel signs, the hamza on an alef,
//! the shapes of digits, dashes and apostrophes. *Loose* folding also removes what careful writers differ in:
//! accents, apostrophes, hyphens, ta marbuta, the hamza on its other seats. Names are looked for loosely, and a
//! name that is also lightly the same counts for more.
//!
//! Folding is done once over the whole text, and every folded character remembers the code point it came from,
//! so that a mention can be given in the offsets of the original.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// How much a folding removes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    /// What nobody means to write differently.
    Light,
    /// Also what careful writers differ in.
    Loose,
}

/// What stands for a blank line: no name reaches across it.
pub(super) const BREAK: char = '\n';

/// A text, folded, with the way back to its original.
pub(super) struct Folded {
    /// The code points of the original.
    pub source: Vec<char>,
    /// The folded text.
    pub text: String,
    /// The folded text, by character.
    pub chars: Vec<char>,
    /// For every folded character, the code point it came from.
    pub origins: Vec<usize>,
    /// For every folded character, its first byte in the folded text; at the end, the length.
    pub bytes: Vec<usize>,
}

impl Folded {
    /// Folds a text.
    pub(super) fn new(text: &str, level: Level) -> Self {
        let source: Vec<char> = text.chars().collect();
        let mut folded = Self {
            text: String::with_capacity(text.len()),
            chars: Vec::with_capacity(source.len()),
            origins: Vec::with_capacity(source.len()),
            bytes: Vec::with_capacity(source.len() + 1),
            source: Vec::new(),
        };
        let (mut gap, mut scratch) = (Gap::default(), Vec::new());
        for (origin, &c) in source.iter().enumerate() {
            if gap.takes(c, level, origin) {
                continue;
            }
            scratch.clear();
            fold_char(c, level, &mut scratch);
            if let (false, Some((separator, at))) = (scratch.is_empty(), gap.close()) {
                // Nothing separates the first word from what is not there.
                if !folded.chars.is_empty() {
                    folded.push(separator, at);
                }
            }
            for &c in &scratch {
                folded.push(c, origin);
            }
        }
        folded.bytes.push(folded.text.len());
        folded.source = source;
        folded
    }

    fn push(&mut self, c: char, origin: usize) {
        self.bytes.push(self.text.len());
        self.origins.push(origin);
        self.chars.push(c);
        self.text.push(c);
    }

    /// The folded words from one folded character to another, the second excluded.
    pub(super) fn words(&self, first: usize, last: usize) -> &str {
        &self.text[self.bytes[first]..self.bytes[last]]
    }

    /// The code points that these folded characters came from, with the vowel signs on the last of them.
    pub(super) fn span(&self, first: usize, last: usize) -> (usize, usize) {
        let mut end = self.origins[last - 1] + 1;
        while self.source.get(end).is_some_and(|&c| is_sign(c) || is_combining_mark(c)) {
            end += 1;
        }
        (self.origins[first], end)
    }

    /// The original words in these code points.
    pub(super) fn original(&self, start: usize, end: usize) -> String {
        self.source[start..end].iter().collect()
    }
}

/// The folded form of a name.
pub(super) fn key(name: &str, level: Level) -> String {
    Folded::new(name, level).text
}

/// The white space and hyphens between two words, folded to one separator.
#[derive(Default)]
struct Gap {
    start: Option<usize>,
    lines: usize,
    dash: bool,
}

impl Gap {
    /// Takes a character that belongs to a gap.
    fn takes(&mut self, c: char, level: Level, origin: usize) -> bool {
        let dash = level == Level::Loose && (is_dash(c) || c == '_');
        if !dash && !c.is_whitespace() {
            return false;
        }
        self.start.get_or_insert(origin);
        self.lines += usize::from(c == '\n' || c == '\u{2029}');
        self.dash |= dash;
        true
    }

    /// Ends the gap: a space, or a break for a blank line or an item of a list.
    fn close(&mut self) -> Option<(char, usize)> {
        let closed = std::mem::take(self);
        let broken = closed.lines > 1 || (closed.lines == 1 && closed.dash);
        closed.start.map(|start| (if broken { BREAK } else { ' ' }, start))
    }
}

/// Whether a character is a hyphen or a dash that can join two words.
pub(super) fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2013}' | '\u{2212}' | '\u{FE63}' | '\u{FF0D}')
}

/// Whether a character is an apostrophe, or a letter that romanizations write like one.
pub(super) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '`' | '\u{B4}' | '\u{2B9}'..='\u{2BF}' | '\u{2018}' | '\u{2019}' | '\u{201B}' | '\u{2032}')
}

/// Whether a character is invisible and without meaning for a name: direction marks, joiners, soft hyphens.
pub(super) fn is_control(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}'
        | '\u{2066}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}')
}

/// Whether a character is a sign on the letter before it: a vowel sign, a Quranic mark, the tatweel.
pub(super) fn is_sign(c: char) -> bool {
    matches!(c, '\u{610}'..='\u{61A}' | '\u{640}' | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{6D6}'..='\u{6DC}'
        | '\u{6DF}'..='\u{6E8}' | '\u{6EA}'..='\u{6ED}' | '\u{8D3}'..='\u{8FF}')
}

/// Whether a character is an Arabic letter.
pub(super) fn is_arabic(c: char) -> bool {
    matches!(c, '\u{620}'..='\u{64A}' | '\u{66E}'..='\u{6D3}' | '\u{750}'..='\u{77F}' | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}')
}

fn fold_char(c: char, level: Level, out: &mut Vec<char>) {
    match c {
        '\0'..='\x7F' if !is_apostrophe(c) => out.push(c.to_ascii_lowercase()),
        _ if is_control(c) || is_sign(c) => {}
        _ if is_apostrophe(c) => out.extend((level == Level::Light).then_some('\'')),
        _ if is_dash(c) => out.push('-'),
        '\u{660}'..='\u{669}' => out.extend(char::from_digit(u32::from(c) - 0x660, 10)),
        '\u{6F0}'..='\u{6F9}' => out.extend(char::from_digit(u32::from(c) - 0x6F0, 10)),
        // Presentation forms: the shapes of letters, and ligatures of several.
        '\u{FB50}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFC}' => {
            for part in c.nfkd().filter(|part| !part.is_whitespace()) {
                fold_letter(part, level, out);
            }
        }
        _ => fold_letter(c, level, out),
    }
}

fn fold_letter(c: char, level: Level, out: &mut Vec<char>) {
    let loose = level == Level::Loose;
    match c {
        _ if is_sign(c) => {}
        // Alef with madda, with hamza above or below, with wasla.
        '\u{622}' | '\u{623}' | '\u{625}' | '\u{671}' => out.push('\u{627}'),
        // Alef maqsura and the Persian ya; the Persian kaf.
        '\u{649}' | '\u{6CC}' => out.push('\u{64A}'),
        '\u{6A9}' => out.push('\u{643}'),
        // Ta marbuta; waw and ya with hamza; hamza alone.
        '\u{629}' if loose => out.push('\u{647}'),
        '\u{624}' if loose => out.push('\u{648}'),
        '\u{626}' if loose => out.push('\u{64A}'),
        '\u{621}' if loose => {}
        '\u{620}'..='\u{6FF}' => out.push(c),
        _ if loose => {
            for part in c.nfkd().flat_map(char::to_lowercase).filter(|&part| !is_combining_mark(part)) {
                out.push(plain(part));
            }
        }
        _ => out.extend(c.to_lowercase()),
    }
}

/// Latin letters that carry their accent within.
fn plain(c: char) -> char {
    match c {
        '\u{F8}' => 'o',
        '\u{111}' => 'd',
        '\u{131}' => 'i',
        '\u{142}' => 'l',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loose_folding_joins_the_spellings_of_a_name() {
        for (a, b) in [
            ("Da\u{2019}esh", "DAESH"),
            ("Jabhat Fateh al-Sham", "jabhat  fateh\nAl Sham"),
            ("M\u{E9}decins Sans Fronti\u{E8}res", "medecins sans frontieres"),
            // Alef with hamza, ta marbuta, shadda, a direction mark, the tatweel.
            ("\u{625}\u{62F}\u{644}\u{628}", "\u{627}\u{62F}\u{640}\u{644}\u{200F}\u{628}"),
            ("\u{62D}\u{645}\u{627}\u{629}", "\u{62D}\u{645}\u{651}\u{627}\u{647}"),
            // A presentation form of lam-alef.
            ("\u{644}\u{627}", "\u{FEFB}"),
            ("\u{661}\u{663}", "\u{6F1}3"),
        ] {
            assert_eq!(key(a, Level::Loose), key(b, Level::Loose), "{a} {b}");
        }
    }

    #[test]
    fn light_folding_keeps_what_careful_writers_differ_in() {
        assert_eq!(key("Al-Bab", Level::Light), key("al\u{2011}BAB", Level::Light));
        assert_ne!(key("Al-Bab", Level::Light), key("Al Bab", Level::Light));
        assert_ne!(
            key("\u{62D}\u{645}\u{627}\u{629}", Level::Light),
            key("\u{62D}\u{645}\u{627}\u{647}", Level::Light)
        );
    }

    #[test]
    fn every_folded_character_knows_where_it_came_from() {
        let folded = Folded::new(" \u{200F}A\u{301}l\u{2019}-B\n\n", Level::Loose);
        assert_eq!((folded.text.as_str(), folded.origins.as_slice()), ("al b", &[2, 4, 6, 7][..]));
        assert_eq!(folded.span(0, 4), (2, 8));
    }

    #[test]
    fn a_blank_line_is_a_break() {
        assert_eq!(key("Media\nOffice \n \n Syrian", Level::Loose), "media office\nsyrian");
        assert_eq!(key("Homs\n- Hama", Level::Loose), "homs\nhama");
    }
}
