//! Which words mean something to the linker, wherever they stand?
//!
//! Every word of a text is looked up once, by its hash, and marked with what it may be part of: a date, a level of
//! place, the number of a resolution. What stands beside a name is then told by its marks.

use super::{
    name_tree::Slots,
    tokens::{Kind, Token, read},
    words,
};

/// What a word may be part of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tags(u16);

impl Tags {
    pub(super) const NONE: Self = Self(0);
    /// A word of level: "governorate".
    pub(super) const LEVEL: Self = Self(1);
    /// A word that makes the place after it part of another name: "khan".
    pub(super) const HEAD: Self = Self(1 << 1);
    /// A word that makes the place before it part of another name: "road".
    pub(super) const TAIL: Self = Self(1 << 2);
    /// The first of two words that do.
    pub(super) const TAILS: Self = Self(1 << 3);
    /// Forces or equipment.
    pub(super) const FORCES: Self = Self(1 << 4);
    /// A sort of body or paper.
    pub(super) const GENERIC: Self = Self(1 << 5);
    /// A word of dates.
    pub(super) const DATE: Self = Self(1 << 6);
    /// The first word of the name of a month.
    pub(super) const MONTH: Self = Self(1 << 7);
    /// A word that announces the number of a resolution.
    pub(super) const NUMBER: Self = Self(1 << 8);
    /// An article in a romanized name: "al", "ez".
    pub(super) const ARTICLE: Self = Self(1 << 9);
    /// A word that stands for a thing named before: "mechanism".
    pub(super) const NOUN: Self = Self(1 << 10);
    /// A word that begins a date: the name of a day, "last", "late".
    pub(super) const WHEN: Self = Self(1 << 11);
    /// A word that stands before a year or day.
    pub(super) const YEAR: Self = Self(1 << 13);
    /// A small word inside names.
    pub(super) const SMALL: Self = Self(1 << 14);
    /// A word that makes the body after it part of another: "office of".
    pub(super) const OFFICE: Self = Self(1 << 15);
    /// "the".
    pub(super) const THE: Self = Self(1 << 12);

    /// Whether it has one of these.
    pub(super) fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The words, by hash.
#[derive(Default)]
pub(super) struct Lexicon {
    slots: Slots,
    tags: Vec<Tags>,
    /// The Arabic particles, by letters and hash.
    particles: Vec<(usize, u64)>,
    /// Their first letters.
    first: Vec<u32>,
}

impl Lexicon {
    /// What is known of a word, and how many letters of particles stand before the word that is known.
    #[inline]
    pub(super) fn tags(&self, token: &Token) -> (Tags, u8) {
        if let Some(at) = self.slots.get(0, token.hash) {
            return (self.tags[at as usize], 0);
        }
        if !token.arabic || !self.first.contains(&token.letter(0)) {
            return (Tags::NONE, 0);
        }
        self.particled(token)
    }

    fn particled(&self, token: &Token) -> (Tags, u8) {
        let letters = usize::from(token.letters);
        for &(count, hash) in &self.particles {
            if letters > count + 1
                && token.head(count) == hash
                && let Some(at) = self.slots.get(0, token.rest(count))
            {
                return (self.tags[at as usize], u8::try_from(count).unwrap_or(0));
            }
        }
        (Tags::NONE, 0)
    }

    /// Marks the words of a phrase: all of them, or the first alone.
    pub(super) fn mark(&mut self, phrase: &str, tags: Tags, only_first: bool) {
        for token in read(phrase, &Self::default()).iter().take(if only_first { 1 } else { usize::MAX }) {
            if token.kind != Kind::Word {
                continue;
            }
            let next = u32::try_from(self.tags.len()).unwrap_or(u32::MAX);
            let at = self.slots.enter(0, token.hash, next);
            if at == next {
                self.tags.push(Tags::NONE);
            }
            self.tags[at as usize].add(tags);
        }
    }

    /// Adds an Arabic particle.
    pub(super) fn particle(&mut self, particle: &str) {
        if let [token] = read(particle, &Self::default())[..] {
            self.particles.push((usize::from(token.letters), token.hash));
            if !self.first.contains(&token.letter(0)) {
                self.first.push(token.letter(0));
            }
        }
    }
}

/// The one lexicon.
pub(super) fn lexicon() -> &'static Lexicon {
    &words::LEXICON
}
