//! How is a text cut into words, numbers and signs?
//!
//! In one pass over its bytes: every character is folded by table, a word is kept as the hash of its folded letters
//! and where it stands, and the few words that the linker knows by itself are marked. Nothing is copied.

use super::{
    fold::{self, Class, Table, step},
    lexicon::{Lexicon, Tags},
};

/// What a token is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word.
    Word,
    /// A number.
    Number,
    /// Any other character.
    Mark,
}

/// What stands before a token: nothing, or some of these.
pub(super) mod gap {
    /// White space.
    pub(in crate::link) const SPACE: u8 = 1;
    /// A hyphen or a dash.
    pub(in crate::link) const DASH: u8 = 2;
    /// A blank line or the beginning of an item of a list: no name reaches across it.
    pub(in crate::link) const BREAK: u8 = 4;
    /// The end of a line.
    pub(in crate::link) const LINE: u8 = 8;
}

/// How many letters of a word are kept, to tell its particles.
const KEPT: usize = 3;

/// A word, a number or a sign.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    /// The hash of its folded letters.
    pub hash: u64,
    /// Its first byte.
    pub start: u32,
    /// One past its last byte, the signs on the last letter included.
    pub end: u32,
    /// A number's value, a mark's character, a word's first letters in Arabic; see [`Token::head`].
    value: u64,
    /// What the linker knows of it.
    pub tags: Tags,
    /// How many folded letters it has; a word of 255 or more is not taken apart.
    pub letters: u8,
    /// How many letters of particles stand before the word that `tags` speaks of.
    pub cut: u8,
    /// What it is.
    pub kind: Kind,
    /// What stands before it.
    pub gap: u8,
    /// Whether it and the token before it are one word in two pieces: "UN2720".
    pub joined: bool,
    /// Whether it begins with a capital, or is of a script without capitals.
    pub large: bool,
    /// Whether it is written in Arabic letters.
    pub arabic: bool,
}

impl Token {
    /// Where it begins, as a place in the text.
    pub(super) fn from(&self) -> usize {
        self.start as usize
    }

    /// Where it ends.
    pub(super) fn to(&self) -> usize {
        self.end as usize
    }

    /// The number it is, and how many digits it has.
    pub(super) fn number(&self) -> Option<(u32, usize)> {
        (self.kind == Kind::Number).then(|| (u32::try_from(self.value).unwrap_or(u32::MAX), usize::from(self.letters)))
    }

    /// The character it is, if that is no word.
    pub(super) fn mark(&self) -> Option<char> {
        (self.kind == Kind::Mark).then(|| u32::try_from(self.value).ok().and_then(char::from_u32))?
    }

    /// Whether it is this sign.
    pub(super) fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark && self.value == u64::from(u32::from(mark))
    }

    /// Whether nothing separates it from the token before it.
    pub(super) fn glued(&self) -> bool {
        self.gap == 0
    }

    /// The hash of its first letters, up to three of them.
    pub(super) fn head(&self, letters: usize) -> u64 {
        (0..letters.min(KEPT)).fold(0, |hash, at| step(hash, self.letter(at)))
    }

    /// One of its first three letters.
    pub(super) fn letter(&self, at: usize) -> u32 {
        u32::try_from((self.value >> (16 * at)) & 0xFFFF).unwrap_or(0)
    }

    /// The hash of what follows its first letters.
    pub(super) fn rest(&self, letters: usize) -> u64 {
        let left = usize::from(self.letters) - letters;
        self.hash.wrapping_sub(self.head(letters).wrapping_mul(fold::power(left)))
    }
}

/// Cuts a text; what the words of the lexicon mean is marked on them.
pub(super) fn read(text: &str, lexicon: &Lexicon) -> Vec<Token> {
    // Places are kept in 32 bits; of a longer text only the beginning is read.
    let longest = text.len().min(u32::MAX as usize);
    let end = (0..=longest).rev().find(|&at| text.is_char_boundary(at)).unwrap_or(0);
    let mut reader = Reader {
        text: &text[..end],
        at: 0,
        table: &fold::TABLE,
        lexicon,
        gap: 0,
        lines: 0,
        tokens: Vec::with_capacity(end / 5 + 8),
    };
    reader.all();
    reader.tokens
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
    table: &'static Table,
    lexicon: &'t Lexicon,
    gap: u8,
    lines: u8,
    tokens: Vec<Token>,
}

/// A word as far as it has been read.
#[derive(Default)]
struct Word {
    hash: u64,
    letters: usize,
    head: u64,
    start: usize,
    end: usize,
    /// The word before its last apostrophe: hash, letters and end.
    before: Option<(u64, usize, usize)>,
}

impl Word {
    #[inline]
    fn take(&mut self, letter: u32, end: usize) {
        if self.letters < KEPT {
            self.head |= u64::from(letter & 0xFFFF) << (16 * self.letters);
        }
        self.hash = step(self.hash, letter);
        self.letters += 1;
        self.end = end;
    }
}

impl Reader<'_> {
    /// The character at a place, and where the next begins.
    #[inline]
    fn peek(&self, at: usize) -> Option<(char, usize)> {
        let bytes = self.text.as_bytes();
        let first = *bytes.get(at)?;
        if first < 0x80 {
            return Some((char::from(first), at + 1));
        }
        if first < 0xE0 {
            let code = (u32::from(first & 0x1F) << 6) | u32::from(bytes.get(at + 1)? & 0x3F);
            return Some((char::from_u32(code)?, at + 2));
        }
        let c = self.text.get(at..)?.chars().next()?;
        Some((c, at + c.len_utf8()))
    }

    fn all(&mut self) {
        while let Some((c, next)) = self.peek(self.at) {
            // Half of what stands between words is one of these.
            if c == ' ' {
                self.gap |= gap::SPACE;
                self.at = next;
                continue;
            }
            let (class, folded) = self.table.get(c);
            if matches!(class, Class::Letter | Class::Large | Class::Arabic) {
                self.word(class);
                continue;
            }
            match class {
                Class::Space => self.gap |= gap::SPACE,
                Class::Line => {
                    self.gap |= gap::SPACE | gap::LINE;
                    self.lines = self.lines.saturating_add(1);
                }
                Class::Dash => self.gap |= gap::DASH,
                Class::Sign | Class::Control | Class::Apostrophe | Class::Letter | Class::Large | Class::Arabic => {}
                Class::Digit => {
                    self.number();
                    continue;
                }
                Class::Lone => self.lone(c, &[folded], next),
                Class::Mark => self.mark(folded, self.at, next),
                Class::Many => {
                    if self.many(c, next) {
                        continue;
                    }
                }
            }
            self.at = next;
        }
    }

    /// A character that folds to several: a ligature begins a word, anything else is taken as it is.
    fn many(&mut self, c: char, next: usize) -> bool {
        let (class, folded) = fold::several(c);
        match class {
            Class::Letter | Class::Large | Class::Arabic => {
                self.word(class);
                return true;
            }
            Class::Lone => self.lone(c, &folded.iter().map(|&c| u32::from(c)).collect::<Vec<_>>(), next),
            Class::Sign => {}
            _ => self.mark(u32::from(c), self.at, next),
        }
        false
    }

    /// The letters from here on that belong to one word.
    fn word(&mut self, first: Class) {
        let arabic = first == Class::Arabic;
        let mut word = Word { start: self.at, end: self.at, ..Word::default() };
        let plain = if arabic { Self::plain_arabic } else { Self::plain };
        let mut at = plain(self, &mut word, self.at);
        while let Some((c, next)) = self.peek(at)
            && c != ' '
        {
            let (class, folded) = self.table.get(c);
            match class {
                Class::Letter | Class::Large if !arabic => word.take(folded, next),
                Class::Arabic if arabic => word.take(folded, next),
                // Signs belong to the letter before them, controls to nothing.
                Class::Sign if word.end == at => word.end = next,
                Class::Sign | Class::Control => {}
                Class::Apostrophe => word.before = Some((word.hash, word.letters, word.end)),
                Class::Many => {
                    let (class, folded) = fold::several(c);
                    if !matches!(class, Class::Letter | Class::Large | Class::Arabic)
                        || arabic != (class == Class::Arabic)
                    {
                        break;
                    }
                    for &c in &folded {
                        word.take(u32::from(c), next);
                    }
                }
                _ => break,
            }
            at = next;
        }
        self.at = at;
        // "Hama's": the ending stands outside the name.
        let ending = word.before.filter(|&(before, letters, _)| {
            letters > 0 && letters + 1 == word.letters && word.hash == step(before, u32::from('s'))
        });
        if let Some((hash, letters, end)) = ending {
            (word.hash, word.letters, word.end) = (hash, letters, end);
        }
        self.push(&word, Kind::Word, first != Class::Letter, arabic);
    }

    /// The plain Latin letters from a place on, which need no table; gives the place after them.
    fn plain(&self, word: &mut Word, from: usize) -> usize {
        let bytes = &self.text.as_bytes()[from..];
        let mut count = 8;
        while count == 8
            && let Some(eight) = bytes[word.letters..].first_chunk()
        {
            let letters;
            (letters, count) = fold::plain_letters(*eight);
            word.hash = fold::step_letters(word.hash, letters, count);
            word.letters += count;
        }
        // The last bytes of the text are fewer than eight.
        if count == 8 {
            for &letter in bytes[word.letters..].iter().take_while(|byte| byte.is_ascii_alphabetic()) {
                word.hash = step(word.hash, u32::from(letter | 0x20));
                word.letters += 1;
            }
        }
        word.end = from + word.letters;
        word.end
    }

    /// The Arabic letters from a place on; gives the place after them.
    fn plain_arabic(&self, word: &mut Word, from: usize) -> usize {
        let mut at = from;
        for &[first, second] in self.text.as_bytes()[from..].as_chunks().0 {
            let Some(letter) = self.table.arabic(first, second) else { break };
            at += 2;
            word.take(letter, at);
        }
        at
    }

    fn number(&mut self) {
        let mut word = Word { start: self.at, end: self.at, ..Word::default() };
        let (mut at, mut value) = (self.at, 0u64);
        while let Some((c, next)) = self.peek(at) {
            let (class, folded) = self.table.get(c);
            match class {
                Class::Digit => {
                    word.take(folded, next);
                    value = (value * 10 + u64::from(folded.saturating_sub(0x30))).min(u64::from(u32::MAX));
                }
                Class::Control => {}
                _ => break,
            }
            at = next;
        }
        self.at = at;
        word.head = value;
        self.push(&word, Kind::Number, true, false);
    }

    fn lone(&mut self, c: char, folded: &[u32], next: usize) {
        let mut word = Word { start: self.at, end: self.at, ..Word::default() };
        for &letter in folded {
            word.take(letter, next);
        }
        self.push(&word, Kind::Word, !c.is_lowercase(), false);
        if let Some(last) = self.tokens.last_mut() {
            last.joined = false;
        }
    }

    fn mark(&mut self, folded: u32, start: usize, end: usize) {
        let mut word = Word { start, end: start, ..Word::default() };
        word.take(folded, end);
        word.head = u64::from(folded);
        self.push(&word, Kind::Mark, false, false);
    }

    fn push(&mut self, word: &Word, kind: Kind, large: bool, arabic: bool) {
        let mut gap = std::mem::take(&mut self.gap);
        let lines = std::mem::take(&mut self.lines);
        if lines > 1 || (lines == 1 && gap & gap::DASH != 0) {
            gap |= gap::BREAK;
        }
        let joined = gap == 0
            && kind != Kind::Mark
            && self.tokens.last().is_some_and(|last| last.kind != Kind::Mark && !last.arabic && !arabic);
        // A place fits, since the text was cut to what fits.
        let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let mut token = Token {
            hash: word.hash,
            start: place(word.start),
            end: place(word.end),
            value: word.head,
            tags: Tags::NONE,
            letters: u8::try_from(word.letters).unwrap_or(u8::MAX),
            cut: 0,
            kind,
            gap,
            joined,
            large,
            arabic,
        };
        if kind == Kind::Word {
            (token.tags, token.cut) = self.lexicon.tags(&token);
        }
        self.tokens.push(token);
    }
}

/// Where a word begins after its first letters.
pub(super) fn after(text: &str, token: &Token, letters: u8) -> usize {
    if letters == 0 {
        return token.from();
    }
    let (mut left, table) = (usize::from(letters), &fold::TABLE);
    let Some(word) = text.get(token.from()..token.to()) else { return token.from() };
    for (at, c) in word.char_indices() {
        let class = table.get(c).0;
        if left == 0 && !matches!(class, Class::Sign | Class::Control | Class::Apostrophe) {
            return token.from() + at;
        }
        left = left.saturating_sub(match class {
            Class::Sign | Class::Control | Class::Apostrophe => 0,
            Class::Many => fold::several(c).1.len(),
            _ => 1,
        });
    }
    token.to()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<String> {
        let tokens = read(text, &Lexicon::default());
        tokens.iter().map(|token| text[token.from()..token.to()].to_owned()).collect()
    }

    #[test]
    fn a_text_is_cut_into_words_numbers_and_signs() {
        let text = "May 5th,\n\nS/2016";
        assert_eq!(cut(text), ["May", "5", "th", ",", "S", "/", "2016"]);
        let tokens = read(text, &Lexicon::default());
        assert_eq!(tokens[6].number(), Some((2016, 4)));
        assert!(tokens[4].gap & gap::BREAK != 0 && tokens[2].joined && !tokens[6].joined);
        assert_eq!((tokens[3].mark(), tokens[0].large, tokens[2].large), (Some(','), true, false));
    }

    #[test]
    fn signs_stay_with_their_letter_and_endings_outside() {
        assert_eq!(cut(" \u{200F}A\u{301}l\u{2019}-B\u{2019}s"), ["A\u{301}l", "B"]);
        assert_eq!(cut("Dar\u{2019}a 'x'"), ["Dar\u{2019}a", "x"]);
        assert_eq!(cut("\u{4E2D}\u{56FD}"), ["\u{4E2D}", "\u{56FD}"]);
    }

    #[test]
    fn the_rest_of_a_word_has_its_own_hash() {
        let words = read("\u{648}\u{628}\u{62D}\u{645}\u{635} \u{62D}\u{645}\u{635}", &Lexicon::default());
        assert_eq!(words[0].rest(2), words[1].hash);
        let text = "\u{648}\u{64E}\u{628}\u{62D}";
        assert_eq!(after(text, &read(text, &Lexicon::default())[0], 1), 4);
    }
}
