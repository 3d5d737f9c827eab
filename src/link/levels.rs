//! Which of the places of one name is meant, when a word beside the name says of what level it is?
//!
//! Aleppo is a city, a subdistrict, a district and a governorate; "Aleppo Governorate" is only one of them.

use std::sync::LazyLock;

use super::{
    fold::{Folded, Level, key},
    words,
};

/// A word beside the name of a place, such as "governorate".
#[derive(Clone, Debug, PartialEq, Eq)]
struct Word {
    /// The word, folded.
    text: String,
    /// Its length in characters, with the space beside it.
    length: usize,
    /// Whether it stands before the name.
    before: bool,
    /// The levels it fits, the likeliest first.
    levels: Vec<&'static str>,
    /// Whether a mention of the place includes it.
    inside: bool,
}

/// The longest words first, so that "sub district" is not read as "district".
static WORDS: LazyLock<Vec<Word>> = LazyLock::new(|| {
    let mut words: Vec<Word> = words::lines(include_str!("data/levels.txt"))
        .filter_map(|parts| match parts[..] {
            [word, side, levels, place] => Some(Word {
                text: key(word, Level::Loose),
                length: key(word, Level::Loose).chars().count() + 1,
                before: side == "before",
                levels: levels.split(',').collect(),
                inside: place == "in",
            }),
            _ => None,
        })
        .collect();
    words.sort_by_key(|word| std::cmp::Reverse(word.text.len()));
    words
});

/// What a word of level says of the name beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cue {
    /// The levels it fits, the likeliest first.
    pub levels: &'static [&'static str],
    /// The folded characters of the name together with the word, where a mention includes the word.
    pub first: usize,
    /// One past the last of them.
    pub last: usize,
}

/// Every cue beside the folded characters of a name.
pub(super) fn cues(text: &Folded, first: usize, last: usize) -> Vec<Cue> {
    let (head, tail) = (text.words(0, first), text.words(last, text.chars.len()));
    WORDS
        .iter()
        .filter_map(|word| {
            let beside = if word.before {
                let rest = head.strip_suffix(' ')?.strip_suffix(word.text.as_str())?;
                begins_word(rest)
            } else {
                let rest = tail.strip_prefix(' ')?.strip_prefix(word.text.as_str())?;
                !rest.starts_with(char::is_alphanumeric)
            };
            let (from, to) = match (word.inside, word.before) {
                (false, _) => (first, last),
                (true, true) => (first - word.length, last),
                (true, false) => (first, last + word.length),
            };
            beside.then_some(Cue { levels: &word.levels, first: from, last: to })
        })
        .collect()
}

/// Whether this folded word says of what level the name before it is.
pub(super) fn is_word(word: &str) -> bool {
    WORDS.iter().any(|known| !known.before && known.text == word)
}

/// Whether a word may begin after these folded words: at a boundary, or after an Arabic particle.
fn begins_word(before: &str) -> bool {
    let prefix = before.rsplit(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    prefix.is_empty() || words::is_clitic(prefix)
}

/// A name without the word of level in it, and the levels that the word fits.
pub(super) fn strip(name: &str) -> Option<(String, Vec<&'static str>)> {
    let text = Folded::new(name, Level::Loose);
    WORDS.iter().filter(|word| word.inside || word.levels[0] == "district").find_map(|word| {
        let (first, last) = if word.before {
            text.text.strip_prefix(word.text.as_str())?.strip_prefix(' ')?;
            (word.length, text.chars.len())
        } else {
            text.text.strip_suffix(word.text.as_str())?.strip_suffix(' ')?;
            (0, text.chars.len() - word.length)
        };
        (first < last).then(|| {
            let (start, end) = text.span(first, last);
            (text.original(start, end), word.levels.clone())
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_of_level_is_seen_on_its_side_of_the_name() {
        let text = Folded::new("In Aleppo city, in the city of Homs and in Idlib provinces", Level::Loose);
        let levels = |name: &str| {
            let first = text.text.find(name).unwrap_or_default();
            cues(&text, first, first + name.len())
        };
        assert_eq!(levels("aleppo"), [Cue { levels: &["city", "town"], first: 3, last: 14 }]);
        assert_eq!(levels("homs").first().map(|cue| text.words(cue.first, cue.last)), Some("city of homs"));
        assert_eq!(levels("idlib"), []);
    }

    #[test]
    fn a_name_is_stripped_of_its_level() {
        assert_eq!(strip("Azaz subdistrict"), Some(("Azaz".to_owned(), vec!["subdistrict"])));
        assert_eq!(strip("Aleppo"), None);
        assert_eq!(strip("Governorate"), None);
    }
}
