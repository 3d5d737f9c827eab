//! Is this text nearly that one, or its translation?
//!
//! Texts that are nearly the same share most of their shingles, runs of a few folded words; their *resemblance* is the
//! share of those that both have (Broder, On the resemblance and containment of documents, 1997). A text and its
//! translation share no words, but the things they name, their dates and numbers, and the addresses they give.
//!
//! Which of many texts are worth comparing is told by bands of minima of hashes: sets that are much alike have some
//! band in common, others hardly ever (Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4).

use super::lookup::words;

/// So many words in a row are compared.
const SHINGLE: usize = 4;
/// Numbers of fewer digits stand in every text.
const DIGITS: usize = 2;

/// How a set is cut into bands, and how many minima make one: more bands find more, more minima fewer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bands {
    count: u64,
    minima: u64,
}

impl Bands {
    /// For shingles: of two texts that share 0.7 of them 99 in 100 are found, of those that share 0.2 one in 40.
    pub const SHINGLES: Self = Self { count: 16, minima: 4 };
    /// For what translations share, of which less is the same: nearly all that share half are found.
    pub const SHARED: Self = Self { count: 24, minima: 2 };

    /// The bands of a set; none of an empty one.
    #[must_use]
    pub fn of(self, set: &[u64]) -> Vec<u64> {
        if set.is_empty() {
            return Vec::new();
        }
        let band = |band: u64| {
            let minima = (0..self.minima).map(|minimum| {
                let seed = mixed(band * self.minima + minimum + 1);
                set.iter().map(|member| mixed(member ^ seed)).min().unwrap_or_default()
            });
            minima.fold(mixed(self.minima << 32 | band), |all, minimum| mixed(all ^ minimum))
        };
        (0..self.count).map(band).collect()
    }
}

/// The shingles of a text, in order, each once.
#[must_use]
pub fn shingles(text: &str) -> Vec<u64> {
    let hashes: Vec<u64> = words(text).iter().map(|word| hash(0, &word.folded)).collect();
    let mut shingles: Vec<u64> =
        hashes.windows(SHINGLE).map(|run| run.iter().fold(1, |all, word| mixed(all ^ word))).collect();
    shingles.sort_unstable();
    shingles.dedup();
    shingles
}

/// What a translation of a text has as well: what it names, and its numbers and addresses; in order, each once.
#[must_use]
pub fn shared<'a>(text: &str, named: impl IntoIterator<Item = &'a str>) -> Vec<u64> {
    let words = words(text);
    let is_number = |word: &str| word.len() >= DIGITS && word.bytes().all(|byte| byte.is_ascii_digit());
    let numbers = words.iter().map(|word| word.folded.as_str()).filter(|word| is_number(word));
    let mut set: Vec<u64> = named.into_iter().map(|thing| hash(1, thing)).collect();
    set.extend(numbers.map(|number| hash(2, number)));
    set.extend(addresses(text).map(|address| hash(3, address)));
    set.sort_unstable();
    set.dedup();
    set
}

/// The web addresses in a text, without what stands around them.
fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let ends = |c: char| c.is_whitespace() || matches!(c, ')' | ']' | '>' | '"' | '\'' | '<' | '\u{60c}');
    text.match_indices("://").map(move |(at, mark)| {
        let rest = &text[at + mark.len()..];
        rest[..rest.find(ends).unwrap_or(rest.len())].trim_end_matches(['.', ',', ';', '/'])
    })
}

/// The share of what both have in what either has.
#[must_use]
pub fn resemblance(one: &[u64], other: &[u64]) -> f64 {
    let both = common(one, other);
    share(both, one.len() + other.len() - both)
}

/// The share of what both have, counted for each of them, in what they have together.
#[must_use]
pub fn agreement(one: &[u64], other: &[u64]) -> f64 {
    share(2 * common(one, other), one.len() + other.len())
}

/// How many members two sets in order have in common.
#[must_use]
pub fn common(one: &[u64], other: &[u64]) -> usize {
    one.iter().filter(|member| other.binary_search(member).is_ok()).count()
}

fn share(part: usize, whole: usize) -> f64 {
    let number = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    if whole == 0 { 0.0 } else { number(part) / number(whole) }
}

/// FNV-1a, from a kind of member on.
fn hash(kind: u64, text: &str) -> u64 {
    let start = mixed(kind ^ 0xCBF2_9CE4_8422_2325);
    mixed(text.bytes().fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)))
}

/// A number in which each bit depends on all of the given ones (splitmix64).
const fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of words that do not repeat, some of them in place of others.
    fn text(words: usize, replaced: usize) -> String {
        let word = |at: usize| if at < replaced { format!("other{at}") } else { format!("word{at}") };
        (0..words).map(|at| word(at) + " ").collect()
    }

    #[test]
    fn a_text_that_is_nearly_the_same_resembles_and_shares_a_band() {
        let (one, near, far) = (shingles(&text(400, 0)), shingles(&text(400, 40)), shingles(&text(400, 400)));
        assert!((resemblance(&one, &one) - 1.0).abs() < 1e-9);
        assert!(resemblance(&one, &near) > 0.8, "{}", resemblance(&one, &near));
        assert!(resemblance(&one, &far) < 1e-9);
        let bands = |set: &[u64]| Bands::SHINGLES.of(set);
        let meets = |a: &[u64], b: &[u64]| bands(a).iter().zip(bands(b)).filter(|(a, b)| **a == *b).count();
        assert!(meets(&one, &near) > 0);
        assert_eq!(meets(&one, &far), 0);
    }

    #[test]
    fn spelling_and_markup_make_no_difference() {
        let (plain, marked) = ("The Al-Bab town was HIT again today", "**the** al-bab town (was) hit again,\n today");
        assert_eq!(shingles(plain), shingles(marked));
    }

    #[test]
    fn numbers_addresses_and_things_are_shared_across_languages() {
        let english = "In 2017, 92 people; see (https://example.org/a).";
        let arabic = "\u{641}\u{64a} \u{662}\u{660}\u{661}\u{667} \u{669}\u{662} [x](http://example.org/a)";
        let (one, other) = (shared(english, ["org/x"]), shared(arabic, ["org/x"]));
        assert_eq!(one, other);
        assert_eq!(one.len(), 4);
        assert!(agreement(&one, &shared("7 2017", [])) < 0.5);
    }
}
