//! What stays of a name when it is spelled in another way, or in another script?
//!
//! Its consonants, in classes that romanizations do not keep apart: Saydnaya, Sednaya, Saidnaya and the Arabic
//! spelling are all S-D-N. Vowels, glides, doubled letters and the article are dropped; "gh", "kh", "sh", "th" and "dh"
//! are one consonant. The classes are those of the tables compared in A. T. Freeman, S. L. Condon and C. M. Ackerman,
//! "Cross linguistic name matching in English and Arabic" (NAACL 2006), joined where archives mix them.
//!
//! Skeletons propose; how like the spellings are ([`likeness`]) and what the text says decides.

use super::{
    fold::{Class, TABLE, several, step},
    tokens::Token,
};

/// The most consonants of a word that count.
const MOST: usize = 24;

/// The consonants of a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Skeleton {
    classes: [u8; MOST],
    /// How many there are.
    pub count: usize,
}

impl std::fmt::Display for Skeleton {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.classes[..self.count].iter().try_for_each(|&class| write!(f, "{}", char::from(class)))
    }
}

impl Skeleton {
    /// The consonants of a word of a text.
    pub(super) fn of(text: &str, token: &Token) -> Self {
        let mut letters = Letters::default();
        if let Some(word) = text.get(token.from()..token.to()) {
            fold(word, |c| letters.push(c));
        }
        let mut skeleton = Self { classes: [0; MOST], count: 0 };
        let letters = &letters.all[..letters.count];
        if token.arabic {
            skeleton.arabic(without_article(letters));
        } else {
            skeleton.latin(letters);
        }
        skeleton
    }

    /// The hash of some consonants with these after them.
    pub(super) fn after(&self, hash: u64) -> u64 {
        self.classes[..self.count].iter().fold(hash, |hash, &class| step(hash, u32::from(class)))
    }

    /// The hash of these consonants alone, as one of several words in any order; a plural ending is left out.
    pub(super) fn alone(&self) -> u64 {
        let plural = self.count > 2 && self.classes[self.count - 1] == b'S';
        let classes = &self.classes[..self.count - usize::from(plural)];
        let hash = classes.iter().fold(1, |hash, &class| step(hash, u32::from(class)));
        (hash ^ (hash >> 31)).wrapping_mul(0xBF58_476D_1CE4_E5B9)
    }

    fn push(&mut self, class: u8, doubled: bool) {
        if class != 0 && !doubled && self.count < MOST {
            self.classes[self.count] = class;
            self.count += 1;
        }
    }

    fn latin(&mut self, letters: &[char]) {
        let (mut at, mut last) = (0, 0);
        while at < letters.len() {
            let (class, length) = latin(&letters[at..]);
            // A last "h" is a vowel's.
            let silent = class == b'H' && at + length == letters.len();
            self.push(if silent { 0 } else { class }, class == last);
            if letters[at] == 'x' {
                self.push(b'S', false);
            }
            last = class;
            at += length;
        }
    }

    fn arabic(&mut self, letters: &[char]) {
        let mut last = 0;
        for (at, &letter) in letters.iter().enumerate() {
            let class = arabic(letter);
            let silent = class == b'H' && letter == '\u{647}' && at + 1 == letters.len();
            self.push(if silent { 0 } else { class }, class == last);
            last = class;
        }
    }
}

/// The folded letters of a word, as far as they count.
struct Letters {
    all: [char; 2 * MOST],
    count: usize,
}

impl Default for Letters {
    fn default() -> Self {
        Self { all: ['\0'; 2 * MOST], count: 0 }
    }
}

impl Letters {
    fn push(&mut self, c: char) {
        if let Some(place) = self.all.get_mut(self.count) {
            *place = c;
            self.count += 1;
        }
    }
}

/// The folded letters of some words, without signs and spaces.
fn fold(words: &str, mut take: impl FnMut(char)) {
    for c in words.chars() {
        match TABLE.get(c) {
            (Class::Letter | Class::Large | Class::Arabic | Class::Digit | Class::Lone, folded) => {
                char::from_u32(folded).into_iter().for_each(&mut take);
            }
            (Class::Many, _) => several(c).1.into_iter().filter(|c| c.is_alphanumeric()).for_each(&mut take),
            _ => {}
        }
    }
}

/// An Arabic word without its article, and without "and" before it.
fn without_article(letters: &[char]) -> &[char] {
    let bare = match letters {
        ['\u{648}', '\u{627}', '\u{644}', rest @ ..] | ['\u{627}', '\u{644}', rest @ ..] => rest,
        _ => letters,
    };
    if bare.len() >= 2 { bare } else { letters }
}

/// The class of the consonant that Latin letters begin with, and how many letters it has; 0 is none.
fn latin(letters: &[char]) -> (u8, usize) {
    let next = letters.get(1).copied().unwrap_or_default();
    match (letters[0], next) {
        ('s' | 'c', 'h') => (b'X', 2),
        ('k', 'h') => (b'H', 2),
        ('t' | 'g' | 'd', 'h') => (latin(&letters[..1]).0, 2),
        ('d', 'j') => (b'J', 2),
        ('b' | 'p', _) => (b'B', 1),
        ('f' | 'v', _) => (b'F', 1),
        ('c', 'e' | 'i' | 'y') | ('s', _) => (b'S', 1),
        ('k' | 'q' | 'c' | 'x', _) => (b'K', 1),
        ('d' | 'z', _) => (b'D', 1),
        ('g', _) => (b'G', 1),
        ('h', _) => (b'H', 1),
        ('j', _) => (b'J', 1),
        ('l', _) => (b'L', 1),
        ('m', _) => (b'M', 1),
        ('n', _) => (b'N', 1),
        ('r', _) => (b'R', 1),
        ('t', _) => (b'T', 1),
        (digit, _) if digit.is_ascii_digit() => (u8::try_from(digit).unwrap_or(b'0'), 1),
        _ => (0, 1),
    }
}

/// The class of an Arabic letter.
fn arabic(letter: char) -> u8 {
    match letter {
        '\u{628}' | '\u{67E}' => b'B',
        '\u{62A}' | '\u{62B}' | '\u{637}' => b'T',
        '\u{62C}' => b'J',
        '\u{62D}' | '\u{62E}' | '\u{647}' => b'H',
        '\u{62F}' | '\u{630}' | '\u{632}' | '\u{636}' | '\u{638}' => b'D',
        '\u{631}' => b'R',
        '\u{633}' | '\u{635}' => b'S',
        '\u{634}' | '\u{686}' => b'X',
        '\u{63A}' | '\u{6AF}' => b'G',
        '\u{641}' | '\u{6A4}' => b'F',
        '\u{642}' | '\u{643}' => b'K',
        '\u{644}' => b'L',
        '\u{645}' => b'M',
        '\u{646}' => b'N',
        _ => 0,
    }
}

/// How like two spellings of one skeleton are, 0 to 1; between two scripts the skeleton is all there is to compare.
///
/// One less the edit distance by the length of the longer, where a vowel costs a third of a consonant.
pub(super) fn likeness(a: &str, b: &str) -> f64 {
    let (a, b) = (Priced::of(a), Priced::of(b));
    if a.arabic != b.arabic {
        return 0.8;
    }
    let whole = a.costs().sum::<f64>().max(b.costs().sum());
    if whole == 0.0 {
        return 0.0;
    }
    let mut row = [0.0; 2 * MOST + 1];
    for (at, cost) in b.costs().enumerate() {
        row[at + 1] = row[at] + cost;
    }
    for (x, of_x) in a.letters() {
        let mut corner = row[0];
        row[0] += of_x;
        for (at, (y, of_y)) in b.letters().enumerate() {
            let change = if x == y { 0.0 } else { f64::max(of_x, of_y) };
            let best = (corner + change).min(row[at] + of_y).min(row[at + 1] + of_x);
            corner = std::mem::replace(&mut row[at + 1], best);
        }
    }
    1.0 - row[b.letters.count] / whole
}

/// The folded letters of some words, with what it costs to change each.
struct Priced {
    letters: Letters,
    costs: [f64; 2 * MOST],
    arabic: bool,
}

impl Priced {
    fn of(words: &str) -> Self {
        let mut letters = Letters::default();
        fold(words, |c| letters.push(c));
        let arabic = super::fold::is_arabic(letters.all[0]);
        let mut costs = [0.0; 2 * MOST];
        for (cost, &c) in costs.iter_mut().zip(&letters.all[..letters.count]) {
            let class = if arabic { self::arabic(c) } else { latin(&[c]).0 };
            *cost = if class == 0 { 1.0 / 3.0 } else { 1.0 };
        }
        Self { letters, costs, arabic }
    }

    fn costs(&self) -> impl Iterator<Item = f64> {
        self.costs[..self.letters.count].iter().copied()
    }

    fn letters(&self) -> impl Iterator<Item = (char, f64)> {
        self.letters.all[..self.letters.count].iter().copied().zip(self.costs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::words::of_name;

    fn skeleton(word: &str) -> String {
        let tokens = of_name(word);
        Skeleton::of(word, &tokens[0]).to_string()
    }

    #[test]
    fn spellings_of_one_name_have_one_skeleton() {
        let arabic = "\u{635}\u{64A}\u{62F}\u{646}\u{627}\u{64A}\u{627}";
        for name in ["Saydnaya", "Sednaya", "Saidnaya", "Sidnaya", "Seidnayya", arabic] {
            assert_eq!(skeleton(name), "SDN", "{name}");
        }
        // Khan Shaykhun's second word; al-Ghouta; Raqqa.
        assert_eq!(
            (skeleton("Sheikhoun"), skeleton("\u{634}\u{64A}\u{62E}\u{648}\u{646}")),
            ("XHN".into(), "XHN".into())
        );
        assert_eq!(
            (skeleton("Ghouta"), skeleton("\u{627}\u{644}\u{63A}\u{648}\u{637}\u{629}")),
            ("GT".into(), "GT".into())
        );
        assert_eq!((skeleton("Raqqah"), skeleton("\u{627}\u{644}\u{631}\u{642}\u{629}")), ("RK".into(), "RK".into()));
    }

    #[test]
    fn a_vowel_tells_less_than_a_consonant() {
        assert!(likeness("Saydnaya", "Sednaya") > 0.8);
        assert!(likeness("Khan al-Asl", "Khan al-Assal") > likeness("Homs", "Hims-Asl"));
        assert!((likeness("Homs", "HOMS") - 1.0).abs() < 1e-9 && likeness("", "").abs() < 1e-9);
    }
}
