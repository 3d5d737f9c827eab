//! How does a name sound, for whoever looks for it in another spelling or script?

use super::{
    lexicon::Tags,
    skeleton::{self, Skeleton},
    tokens::Kind,
    words,
};

/// The least consonants that tell a name from others.
const LEAST: usize = 3;
/// The most words of a name that is looked for by its sound.
const MOST: usize = 4;

/// The consonants of a name, without articles and small words: the same for its romanizations and its Arabic spelling.
///
/// `None` for what has too few of them to tell it from other names, or too many words to be a name.
#[must_use]
pub fn sound(name: &str) -> Option<String> {
    let tokens = words::of_name(name);
    let told: Vec<_> = tokens
        .iter()
        .filter(|token| token.kind != Kind::Mark && !token.tags.has(Tags::ARTICLE) && !token.tags.has(Tags::SMALL))
        .collect();
    let sound: String = told.iter().map(|token| Skeleton::of(name, token).to_string()).collect();
    (sound.len() >= LEAST && told.len() <= MOST).then_some(sound)
}

/// How like two spellings of one sound are, from 0 to 1.
#[must_use]
pub fn likeness(a: &str, b: &str) -> f64 {
    skeleton::likeness(a, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_sound_alike_and_short_ones_have_no_sound() {
        let arabic = "\u{633}\u{62F}\u{646}\u{627}\u{64A}\u{627}";
        for name in ["sednaya", "Saidnaya", "SAYDNAYA", arabic] {
            assert_eq!(sound(name).as_deref(), Some("SDN"), "{name}");
        }
        assert_eq!(sound("Khan Shaykhun"), sound("khan sheikhoun"));
        assert_eq!(sound("al-Bab"), None);
        assert_eq!(sound("one two three four five"), None);
    }
}
