//! Which words does the linker know besides names?
//!
//! They stand in files beside the code, one a line, its parts separated by tabs; `#` begins a remark.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::LazyLock,
};

use super::fold::{Level, key};

/// The lines of a word file, split at their tabs.
pub(super) fn lines(file: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    file.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(|line| line.split('\t').collect())
}

/// A set of words, folded loosely.
fn set(file: &'static str) -> BTreeSet<String> {
    lines(file).filter_map(|parts| parts.first().map(|word| key(word, Level::Loose))).collect()
}

/// A table from its second column, folded lightly, to its first, in the order of the file.
pub(super) fn table(file: &'static str) -> BTreeMap<String, Vec<&'static str>> {
    let mut table: BTreeMap<String, Vec<&'static str>> = BTreeMap::new();
    for parts in lines(file) {
        if let [value, word] = parts[..] {
            table.entry(key(word, Level::Light)).or_default().push(value);
        }
    }
    table
}

/// Words that name a sort of body or paper.
static GENERIC: LazyLock<BTreeSet<String>> = LazyLock::new(|| set(include_str!("data/generic.txt")));
/// Names of places that are everyday words.
static COMMON: LazyLock<BTreeSet<String>> = LazyLock::new(|| set(include_str!("data/common.txt")));
/// Words that are never a name.
static STOP: LazyLock<BTreeSet<String>> = LazyLock::new(|| set(include_str!("data/stop.txt")));
/// Words after a government's name that turn it into a description.
static PARTS: LazyLock<BTreeSet<String>> = LazyLock::new(|| set(include_str!("data/parts.txt")));
/// Words that make a name beside them a part of another, with their side of it.
static COMPOUNDS: LazyLock<BTreeSet<(String, bool)>> = LazyLock::new(|| {
    lines(include_str!("data/compounds.txt"))
        .filter_map(|parts| Some((key(parts.get(1)?, Level::Loose), *parts.first()? == "before")))
        .collect()
});
/// Particles before a noun, with whether the noun has lost the first letter of its article.
static CLITICS: LazyLock<BTreeMap<String, bool>> = LazyLock::new(|| {
    lines(include_str!("data/clitics.txt"))
        .filter_map(|parts| Some((key(parts.first()?, Level::Loose), *parts.get(1)? == "article")))
        .collect()
});

/// Whether a loosely folded name of a document only says what sort of thing whose it is: "HRW report".
pub(super) fn is_nominal(folded: &str, is_acronym: impl Fn(usize) -> bool) -> bool {
    let mut words = folded.split(' ').enumerate();
    folded.split(' ').any(|word| GENERIC.contains(word))
        && words.all(|(at, word)| GENERIC.contains(word) || is_acronym(at))
}

/// Whether a loosely folded name says no more than what sort of thing it is, or is an everyday word.
///
/// Three such words together are rarely said of anything else ("Conference of the States Parties").
pub(super) fn is_weak(folded: &str) -> bool {
    let telling = folded.split(' ').filter(|word| !matches!(*word, "of" | "the" | "and")).count();
    COMMON.contains(folded) || (telling <= 2 && folded.split(' ').all(is_generic))
}

/// Whether a loosely folded word names a sort of body or paper.
pub(super) fn is_generic(word: &str) -> bool {
    GENERIC.contains(word)
}

/// Whether loosely folded words are never a name.
pub(super) fn is_stopped(folded: &str) -> bool {
    STOP.contains(folded)
}

/// Whether the loosely folded words after a name begin with forces or equipment.
pub(super) fn begins_with_forces(rest: &str) -> bool {
    beginnings(rest).any(|words| PARTS.contains(words))
}

/// Whether the loosely folded words around the name of a place make it a part of another name.
pub(super) fn is_compound(before: &str, after: &str) -> bool {
    let has = |word: &str, side: bool| COMPOUNDS.contains(&(word.to_owned(), side));
    // An article may stand between: "Bab al-Nayrab", where the place is called Nayrab as well.
    let before = before.strip_suffix(" al ").or(before.strip_suffix(" el ")).or(before.strip_suffix(' '));
    let last = before.and_then(|rest| rest.rsplit(|c: char| !c.is_alphanumeric()).next());
    last.is_some_and(|word| has(word, true) || particled(word).any(|word| has(word, true)))
        || after.strip_prefix(' ').is_some_and(|rest| beginnings(rest).any(|words| has(words, false)))
}

/// What a word is without the particles that may be written together with it.
fn particled(word: &str) -> impl Iterator<Item = &str> {
    let cuts = word.char_indices().skip(1).take(2);
    cuts.filter(|&(byte, _)| is_clitic(&word[..byte])).map(|(byte, _)| &word[byte..])
}

/// The first word of a text, and its first two.
fn beginnings(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.char_indices().filter(|(_, c)| !c.is_alphanumeric()).map(|(byte, _)| byte).chain([text.len()]);
    ends.take(2).map(|end| &text[..end])
}

/// Whether loosely folded letters are a particle before a noun as it stands.
pub(super) fn is_clitic(folded: &str) -> bool {
    CLITICS.get(folded) == Some(&false)
}

/// Whether loosely folded letters are a particle before a noun that has lost the first letter of its article.
pub(super) fn is_article_clitic(folded: &str) -> bool {
    CLITICS.get(folded) == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_has_words() {
        for words in [&GENERIC, &COMMON, &STOP, &PARTS] {
            assert!(words.len() > 10);
        }
        assert!(is_weak("media office") && !is_weak("syrian coalition") && is_stopped("the report"));
        assert!(begins_with_forces("forces had used") && !begins_with_forces("was"));
    }
}
