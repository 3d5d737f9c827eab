//! When are two spellings the same name?
//!
//! Text and names are folded alike and compared as folded. There are two levels. *Light* folding removes what
//! nobody means to write differently: case, invisible control characters, vowel signs, the hamza on an alef,
//! the shapes of digits, dashes and apostrophes. *Loose* folding also removes what careful writers differ in:
//! accents, apostrophes, hyphens, ta marbuta, the hamza on its other seats. Names are looked for loosely, and a
//! name that is also lightly the same counts for more.
//!
//! A folded text is never written out. Loosely folded characters come from a table, one load a character, and go
//! straight into the hash of their word; light folding is done for the few words that turn out to be a name.

use std::sync::LazyLock;

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
const BREAK: char = '\n';

/// What a character does to the word it stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Class {
    /// A letter without capitals, or a small one.
    Letter,
    /// A capital.
    Large,
    /// A letter of the Arabic script.
    Arabic,
    /// A digit, of any of the three kinds.
    Digit,
    /// A sign on the letter before it, or a letter that loose folding drops.
    Sign,
    /// Invisible and without meaning.
    Control,
    /// An apostrophe.
    Apostrophe,
    /// White space within a line.
    Space,
    /// The end of a line.
    Line,
    /// A hyphen or dash.
    Dash,
    /// Any other character that is no letter.
    Mark,
    /// A letter of a script that writes no spaces between words.
    Lone,
    /// Something that folds to several characters.
    Many,
}

/// The characters below this have their own place in the table.
const LOW: usize = 0x700;
/// So have the dashes, quotation marks and controls from here on.
const HIGH: usize = 0x2000;
const HIGH_END: usize = 0x2070;

/// The loose folding of the characters of most texts: what each does, and what it folds to.
pub(super) struct Table {
    low: Box<[(Class, u16); LOW]>,
    high: Box<[(Class, u16); HIGH_END - HIGH]>,
}

/// The one table.
pub(super) static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let of = |code: usize| u32::try_from(code).ok().and_then(char::from_u32).map_or((Class::Mark, 0), entry);
    Table { low: Box::new(std::array::from_fn(of)), high: Box::new(std::array::from_fn(|at| of(HIGH + at))) }
});

impl Table {
    /// What a character does, and what it folds to; for [`Class::Many`] see [`several`].
    #[inline]
    pub(super) fn get(&self, c: char) -> (Class, u32) {
        let code = c as usize;
        let (class, folded) = if code < LOW {
            self.low[code]
        } else if (HIGH..HIGH_END).contains(&code) {
            self.high[code - HIGH]
        } else {
            return rare(c);
        };
        (class, u32::from(folded))
    }
}

impl Table {
    /// The same of an Arabic letter, by the two bytes that it is written in; nothing where they are none.
    #[inline]
    pub(super) fn arabic(&self, first: u8, second: u8) -> Option<u32> {
        let code = (usize::from(first & 0x1F) << 6) | usize::from(second & 0x3F);
        let (class, folded) = *self.low.get(code).filter(|_| (0xD8..=0xDB).contains(&first))?;
        (class == Class::Arabic).then_some(u32::from(folded))
    }
}

fn entry(c: char) -> (Class, u16) {
    let (class, folded) = rare(c);
    // What is too large for the table is asked for again.
    u16::try_from(folded).map_or((Class::Many, 0), |folded| (class, folded))
}

/// The same without the table.
fn rare(c: char) -> (Class, u32) {
    if c == '\n' || c == '\u{2029}' {
        return (Class::Line, 0);
    }
    if c.is_whitespace() {
        return (Class::Space, 0);
    }
    if is_dash(c) || c == '_' {
        return (Class::Dash, 0);
    }
    if is_apostrophe(c) {
        return (Class::Apostrophe, 0);
    }
    if is_control(c) {
        return (Class::Control, 0);
    }
    let mut folded = Vec::new();
    fold_char(c, Level::Loose, &mut folded);
    match folded[..] {
        [] => (Class::Sign, 0),
        [one] => (class_of(c, one), u32::from(one)),
        _ => (Class::Many, 0),
    }
}

fn class_of(c: char, folded: char) -> Class {
    if is_arabic(folded) {
        Class::Arabic
    } else if folded.is_ascii_digit() {
        Class::Digit
    } else if is_lone(folded) {
        Class::Lone
    } else if !folded.is_alphanumeric() {
        Class::Mark
    } else if c.is_uppercase() {
        Class::Large
    } else {
        Class::Letter
    }
}

/// The characters that one folds to, where it is [`Class::Many`], with the class of the first of them.
pub(super) fn several(c: char) -> (Class, Vec<char>) {
    let mut folded = Vec::new();
    fold_char(c, Level::Loose, &mut folded);
    let class = folded.first().map_or(Class::Sign, |&first| class_of(c, first));
    (class, folded)
}

/// Whether a letter belongs to a script that writes no spaces between words.
fn is_lone(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1100}'..='\u{11FF}' | '\u{1780}'..='\u{17FF}'
        | '\u{2E80}'..='\u{9FFF}' | '\u{AC00}'..='\u{D7FF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}')
        && c.is_alphanumeric()
}

/// The folded form of a name.
pub(super) fn key(name: &str, level: Level) -> String {
    let mut folded = String::with_capacity(name.len());
    fold(name, level, |c| folded.push(c));
    folded
}

/// The hash of the light form of some words.
pub(super) fn light_hash(words: &str) -> u64 {
    let mut hash = 0;
    fold(words, Level::Light, |c| hash = step(hash, u32::from(c)));
    hash
}

/// The multiplier of [`step`]: an odd number without a pattern.
pub(super) const BASE: u64 = 0x9E37_79B9_7F4A_7C55;

/// The hash of a word and one more character: a polynomial in [`BASE`], so that the hash of the rest of a word
/// follows from those of the word and of its beginning.
#[inline]
pub(super) fn step(hash: u64, c: u32) -> u64 {
    hash.wrapping_mul(BASE).wrapping_add(u64::from(c))
}

/// The powers of [`BASE`].
static POWERS: [u64; 256] = powers(BASE);

/// The powers of its inverse: it is odd, so there is one among the numbers of 64 bits.
static INVERSES: [u64; 9] = powers(inverse(BASE));

const fn powers<const N: usize>(of: u64) -> [u64; N] {
    let mut powers = [1u64; N];
    let mut at = 1;
    while at < N {
        powers[at] = powers[at - 1].wrapping_mul(of);
        at += 1;
    }
    powers
}

/// By Newton's iteration, which doubles the right bits each time; an odd number is its own inverse in the last three.
const fn inverse(odd: u64) -> u64 {
    let mut inverse = odd;
    let mut right = 3;
    while right < 64 {
        inverse = inverse.wrapping_mul(2u64.wrapping_sub(odd.wrapping_mul(inverse)));
        right *= 2;
    }
    inverse
}

/// The small letters that eight bytes begin with, if they are Latin letters, and how many they are.
#[inline]
pub(super) fn plain_letters(bytes: [u8; 8]) -> (u64, usize) {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let bytes = u64::from_le_bytes(bytes);
    let small = (bytes & (0x7F * EACH)) | (0x20 * EACH);
    // The highest bit of each byte tells whether it is not below "a", and whether it is above "z".
    let (from_a, beyond_z) = (small + (0x80 - 0x61) * EACH, small + (0x80 - 0x7B) * EACH);
    let other = !(from_a & !beyond_z & !bytes) & (0x80 * EACH);
    let count = other.trailing_zeros() as usize / 8;
    (if count == 8 { small } else { small & ((1 << (8 * count)) - 1) }, count)
}

/// The hash of a word and so many letters more, each a byte and zeros after them: eight [`step`]s that do not wait
/// for each other.
#[inline]
pub(super) fn step_letters(hash: u64, letters: u64, count: usize) -> u64 {
    let all =
        (0..8).fold(0u64, |sum, at| sum.wrapping_add(((letters >> (8 * at)) & 0xFF).wrapping_mul(POWERS[7 - at])));
    hash.wrapping_mul(POWERS[count]).wrapping_add(all.wrapping_mul(INVERSES[8 - count]))
}

/// What a hash is multiplied by when so many letters follow.
#[inline]
pub(super) fn power(letters: usize) -> u64 {
    POWERS[letters.min(255)]
}

/// Folds a name, character by character; words are parted by one space, or by a break at a blank line.
fn fold(name: &str, level: Level, mut take: impl FnMut(char)) {
    let (mut any, mut gap, mut letters) = (false, Gap::default(), Vec::new());
    for c in name.chars() {
        if gap.takes(c, level) {
            continue;
        }
        letters.clear();
        fold_char(c, level, &mut letters);
        // Nothing separates the first word from what is not there.
        if let (false, Some(separator)) = (letters.is_empty(), gap.close(!letters.is_empty()))
            && any
        {
            take(separator);
        }
        for &c in &letters {
            any = true;
            take(c);
        }
    }
}

/// The white space and hyphens between two words, folded to one separator.
#[derive(Default)]
struct Gap {
    open: bool,
    lines: usize,
    dash: bool,
}

impl Gap {
    /// Takes a character that belongs to a gap.
    fn takes(&mut self, c: char, level: Level) -> bool {
        let dash = level == Level::Loose && (is_dash(c) || c == '_');
        if !dash && !c.is_whitespace() {
            return false;
        }
        self.open = true;
        self.lines += usize::from(c == '\n' || c == '\u{2029}');
        self.dash |= dash;
        true
    }

    /// Ends the gap where a word follows: a space, or a break for a blank line or an item of a list.
    fn close(&mut self, word: bool) -> Option<char> {
        if !word {
            return None;
        }
        let closed = std::mem::take(self);
        let broken = closed.lines > 1 || (closed.lines == 1 && closed.dash);
        closed.open.then_some(if broken { BREAK } else { ' ' })
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
    fn letters_taken_eight_at_once_hash_as_one_by_one() {
        for text in ["AbcdefGh", "zebra, a", "Z[`{@azA", "@bcdefgh", "h\u{E9}llo it", "abcdefg\u{7F}", "\u{0}aaaaaaa"] {
            for start in 0..text.len().saturating_sub(7) {
                let Some(eight) = text.as_bytes()[start..].first_chunk() else { continue };
                let (letters, count) = plain_letters(*eight);
                assert_eq!(count, eight.iter().take_while(|byte| byte.is_ascii_alphabetic()).count(), "{text}");
                let small = eight[..count].iter().map(|&byte| u32::from(byte.to_ascii_lowercase()));
                assert_eq!(step_letters(7, letters, count), small.fold(7, step), "{text}");
            }
        }
    }

    #[test]
    fn light_folding_keeps_what_careful_writers_differ_in() {
        assert_eq!(key("Al-Bab", Level::Light), key("al\u{2011}BAB", Level::Light));
        assert_ne!(light_hash("Al-Bab"), light_hash("Al Bab"));
        assert_ne!(light_hash("\u{62D}\u{645}\u{627}\u{629}"), light_hash("\u{62D}\u{645}\u{627}\u{647}"));
    }

    #[test]
    fn the_table_folds_as_the_rules_do() {
        for c in (0..0x3000).filter_map(char::from_u32) {
            let (class, folded) = TABLE.get(c);
            let by_rule = key(&c.to_string(), Level::Loose);
            match class {
                Class::Letter | Class::Large | Class::Arabic | Class::Digit | Class::Mark | Class::Lone => {
                    assert_eq!(by_rule.chars().map(u32::from).collect::<Vec<_>>(), [folded], "{c:?}");
                }
                Class::Many => assert!(by_rule.chars().count() > 1 || folded == 0, "{c:?}"),
                _ => assert!(by_rule.is_empty(), "{c:?}"),
            }
        }
    }

    #[test]
    fn a_blank_line_is_a_break() {
        assert_eq!(key("Media\nOffice \n \n Syrian", Level::Loose), "media office\nsyrian");
        assert_eq!(key("Homs\n- Hama", Level::Loose), "homs\nhama");
    }
}
