//! Which words does the linker know besides names?
//!
//! They stand in files beside the code, one a line, its parts separated by tabs; `#` begins a remark.

use std::{
    collections::{BTreeSet, HashMap},
    hash::{BuildHasherDefault, Hasher},
    sync::LazyLock,
};

use super::{
    fold::BASE,
    lexicon::{Lexicon, Tags, lexicon},
    tokens::{Kind, Token, gap, read},
};

/// The lines of a word file, split at their tabs.
pub(super) fn lines(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// The words of a phrase, by hash.
pub(super) fn hashes(phrase: &str) -> Vec<u64> {
    read(phrase, &Lexicon::default()).iter().map(|token| token.hash).collect()
}

/// One hash for the words of a phrase.
pub(super) fn phrase(words: impl IntoIterator<Item = u64>) -> u64 {
    words.into_iter().fold(0, phrase_after)
}

/// The hash of a phrase and one more word.
pub(super) fn phrase_after(phrase: u64, word: u64) -> u64 {
    phrase.rotate_left(17).wrapping_mul(BASE) ^ word
}

/// A set of phrases.
fn set(file: &'static str) -> BTreeSet<u64> {
    lines(file).filter_map(|parts| parts.first().map(|words| phrase(hashes(words)))).collect()
}

/// A table from phrases to what they are for.
pub(super) type Table = HashMap<u64, Vec<&'static str>, BuildHasherDefault<Hashed>>;

/// Takes the hash of a phrase for what it is.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |hash, &byte| hash.rotate_left(8) ^ u64::from(byte));
    }

    fn write_u64(&mut self, hash: u64) {
        // The highest bits, which tell entries apart within a group, are the best mixed already.
        self.0 = hash ^ (hash >> 32);
    }
}

/// A table from its second column to its first, in the order of the file.
pub(super) fn table(file: &'static str) -> Table {
    let mut table = Table::default();
    for parts in lines(file) {
        if let [value, words] = parts[..] {
            table.entry(phrase(hashes(words))).or_default().push(value);
        }
    }
    table
}

const GENERIC: &str = include_str!("data/generic.txt");
const PARTS: &str = include_str!("data/parts.txt");
const COMPOUNDS: &str = include_str!("data/compounds.txt");
const CLITICS: &str = include_str!("data/clitics.txt");
const ARTICLES: &str = include_str!("data/articles.txt");

/// Every word that means something by itself.
pub(super) static LEXICON: LazyLock<Lexicon> = LazyLock::new(|| {
    let mut lexicon = Lexicon::default();
    let mut all = |file: &'static str, column: usize, tags: Tags, only_first: bool| {
        for parts in lines(file) {
            if let Some(words) = parts.get(column) {
                lexicon.mark(words, tags, only_first);
            }
        }
    };
    all(GENERIC, 0, Tags::GENERIC, false);
    all(PARTS, 0, Tags::FORCES, true);
    all(ARTICLES, 0, Tags::ARTICLE, false);
    all(include_str!("data/small.txt"), 0, Tags::SMALL, false);
    all(include_str!("data/levels.txt"), 0, Tags::LEVEL, false);
    all(include_str!("data/months.txt"), 1, Tags::DATE, false);
    all(include_str!("data/months.txt"), 1, Tags::MONTH, true);
    all(include_str!("data/days.txt"), 1, Tags::DATE, false);
    all(include_str!("data/dates.txt"), 1, Tags::DATE, false);
    for parts in lines(include_str!("data/relative.txt")) {
        if let ["day" | "shift" | "unit" | "part" | "day-shift", _, words] = parts[..] {
            lexicon.mark(words, Tags::WHEN, true);
        } else if let ["before" | "on", _, words] = parts[..] {
            lexicon.mark(words, Tags::YEAR, true);
        }
    }
    for parts in lines(include_str!("data/nouns.txt")) {
        for word in parts.iter().skip(2) {
            lexicon.mark(word, Tags::NOUN, false);
        }
    }
    for parts in lines(include_str!("data/resolutions.txt")) {
        if let ["one" | "many", words] = parts[..] {
            lexicon.mark(words, Tags::NUMBER, true);
        }
    }
    for parts in lines(COMPOUNDS) {
        match parts[..] {
            ["body", word] => lexicon.mark(word, Tags::OFFICE, false),
            ["before", word] => lexicon.mark(word, Tags::HEAD, false),
            ["after", words] if words.contains(' ') => lexicon.mark(words, Tags::TAILS, true),
            ["after", word] => lexicon.mark(word, Tags::TAIL, false),
            _ => {}
        }
    }
    lexicon.mark("the", Tags::THE, false);
    // The shortest first: of two cuts that fit, the one that leaves the longer word.
    let mut particles: Vec<&str> = lines(CLITICS).filter_map(|parts| parts.first().copied()).collect();
    particles.sort_by_key(|particle| particle.len());
    for particle in particles {
        lexicon.particle(particle);
    }
    lexicon
});

/// Small words within names.
static SMALL: LazyLock<Vec<u64>> = LazyLock::new(|| hashes("of the and"));
/// Names of places that are everyday words.
static COMMON: LazyLock<BTreeSet<u64>> = LazyLock::new(|| set(include_str!("data/common.txt")));
/// Words that are never a name.
static STOP: LazyLock<BTreeSet<u64>> = LazyLock::new(|| set(include_str!("data/stop.txt")));
/// Two words after a name that make it a part of another.
static TAILS: LazyLock<BTreeSet<u64>> = LazyLock::new(|| {
    let tails = lines(COMPOUNDS).filter_map(|parts| parts.get(1).copied()).filter(|words| words.contains(' '));
    tails.map(|words| phrase(hashes(words))).collect()
});
/// Two words for forces, such as "air force".
static FORCES: LazyLock<BTreeSet<u64>> = LazyLock::new(|| set(PARTS));
/// Particles before a noun, by hash, with their letters and whether the noun has lost the first letter of its article.
static CLITICS_BY_HASH: LazyLock<Vec<(u64, usize, bool)>> = LazyLock::new(|| {
    lines(CLITICS)
        .filter_map(|parts| {
            let letters = parts.first()?;
            Some((*hashes(letters).first()?, letters.chars().count(), *parts.get(1)? == "article"))
        })
        .collect()
});

/// The particles that a word may begin with: how many letters, their hash, and whether they swallow an article.
pub(super) fn clitics() -> &'static [(u64, usize, bool)] {
    &CLITICS_BY_HASH
}

/// The words of a name, with what they mean.
pub(super) fn of_name(name: &str) -> Vec<Token> {
    read(name, lexicon())
}

/// Whether an Arabic letter begins a particle.
#[inline]
pub(super) fn begins_clitic(letter: u32) -> bool {
    // Waw, fa, ba, lam, kaf: the one-letter particles, of which the longer ones are made.
    matches!(letter, 0x648 | 0x641 | 0x628 | 0x644 | 0x643)
}

fn of_all(tokens: &[Token]) -> u64 {
    phrase(tokens.iter().map(|token| token.hash))
}

/// Whether the name of a document only says what sort of thing whose it is: "HRW report".
pub(super) fn is_nominal(name: &[Token], is_acronym: impl Fn(usize) -> bool) -> bool {
    name.iter().any(is_generic) && name.iter().enumerate().all(|(at, word)| is_generic(word) || is_acronym(at))
}

/// Whether a name says no more than what sort of thing it is, or is an everyday word.
///
/// Three such words together are rarely said of anything else ("Conference of the States Parties").
pub(super) fn is_weak(name: &[Token]) -> bool {
    let telling = name.iter().filter(|word| !SMALL.contains(&word.hash)).count();
    COMMON.contains(&of_all(name)) || (telling <= 2 && name.iter().all(is_generic))
}

/// Whether a word names a sort of body or paper.
pub(super) fn is_generic(word: &Token) -> bool {
    word.tags.has(Tags::GENERIC) && word.cut == 0
}

/// Whether a word turns a surname before it into the name of a government.
pub(super) fn is_regime(word: &Token) -> bool {
    static REGIME: LazyLock<Vec<u64>> = LazyLock::new(|| hashes("regime"));
    follows(word) && REGIME.contains(&word.hash)
}

/// Whether words are never a name.
pub(super) fn is_stopped(name: &[Token]) -> bool {
    STOP.contains(&of_all(name))
}

/// Whether a word follows another with nothing but a space or a hyphen between them.
pub(super) fn follows(token: &Token) -> bool {
    token.gap & (gap::SPACE | gap::DASH) != 0 && token.gap & gap::BREAK == 0 && token.kind != Kind::Mark
}

/// Whether the words after a name begin with forces or equipment.
pub(super) fn begins_with_forces(rest: &[Token]) -> bool {
    let [first, ..] = rest else { return false };
    if !follows(first) || !first.tags.has(Tags::FORCES) {
        return false;
    }
    FORCES.contains(&phrase([first.hash]))
        || rest.get(1).is_some_and(|next| follows(next) && FORCES.contains(&phrase([first.hash, next.hash])))
}

/// Whether the words around the name of a place make it a part of another name; `cut` where particles stand before it.
pub(super) fn is_compound(tokens: &[Token], first: usize, last: usize, cut: bool) -> bool {
    if let Some(next) = tokens.get(last).filter(|next| follows(next)) {
        let two = next.tags.has(Tags::TAILS)
            && tokens
                .get(last + 1)
                .is_some_and(|after| follows(after) && TAILS.contains(&phrase([next.hash, after.hash])));
        if two || (next.tags.has(Tags::TAIL) && next.cut == 0) {
            return true;
        }
    }
    if cut || !follows(&tokens[first]) {
        return false;
    }
    // An article may stand between: "Bab al-Nayrab", where the place is called Nayrab as well.
    let Some(mut before) = first.checked_sub(1) else { return false };
    if tokens[before].tags.has(Tags::ARTICLE) && follows(&tokens[before]) && before > 0 {
        before -= 1;
    }
    tokens[before].tags.has(Tags::HEAD)
}

/// Whether the words around the name of a body make it a part of another name: "Russian Federation Council".
pub(super) fn is_part_of_body(tokens: &[Token], first: usize, last: usize, cut: bool) -> bool {
    let large_tail = |next: &Token| follows(next) && next.tags.has(Tags::TAIL) && next.large && !next.arabic;
    if tokens.get(last).is_some_and(large_tail) {
        return true;
    }
    let before = first.checked_sub(1).filter(|_| !cut && follows(&tokens[first])).map(|at| &tokens[at]);
    before.is_some_and(|before| before.tags.has(Tags::OFFICE))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_particle_begins_with_one_of_the_letters() {
        let firsts = lines(CLITICS).filter_map(|parts| parts.first()?.chars().next());
        assert!(firsts.map(u32::from).all(begins_clitic) && !begins_clitic(0x62D));
        assert!(clitics().iter().all(|&(_, letters, _)| (1..=3).contains(&letters)));
    }

    #[test]
    fn every_file_has_words() {
        for words in [&COMMON, &STOP, &FORCES] {
            assert!(words.len() > 10);
        }
        let words = |text| of_name(text);
        assert!(is_weak(&words("media office")) && !is_weak(&words("syrian coalition")));
        assert!(is_stopped(&words("the report")));
        assert!(begins_with_forces(&words("x forces had used")[1..]) && !begins_with_forces(&words("x was")[1..]));
    }
}
