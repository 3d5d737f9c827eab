//! What has been found in a text, before it is written out?

use crate::model::{Candidate, Date, Mention, MentionKind, Rule, Target};
pub(super) use crate::model::{Features, Key};

use super::dictionary::Dictionary;

/// What some words name.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Goal {
    /// A thing, by its number.
    Entity(u32),
    /// A date.
    Date(Date),
    /// Nothing that is known.
    Nil,
}

/// Words of a text with what they name; places are bytes.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub start: usize,
    pub end: usize,
    /// One past its last token.
    pub last: usize,
    pub kind: MentionKind,
    pub goal: Goal,
    /// How probable it is, 0 to 1.
    pub confidence: f64,
    pub rule: Rule,
    /// The next best reading.
    pub second: Option<(u32, f64)>,
    /// Whether it is beyond doubt among what is known.
    pub sure: bool,
    /// What the confidence was made of.
    pub features: Option<Features>,
}

impl Found {
    /// The thing it names.
    pub(super) fn entity(&self) -> Option<u32> {
        if let Goal::Entity(entity) = self.goal { Some(entity) } else { None }
    }

    /// How much it weighs against what overlaps with it: a long mention weighs more than the same length in pieces,
    /// a sure one more than a doubtful one.
    pub(super) fn weight(&self) -> f64 {
        let length = f64::from(u32::try_from(self.end - self.start).unwrap_or(u32::MAX));
        length * length * self.confidence
    }
}

/// The mentions, with their places in code points; what was found is in the order of its beginnings.
pub(super) fn mentions(dictionary: &Dictionary, text: &str, found: Vec<Found>) -> Vec<Mention> {
    let (mut byte, mut point) = (0, 0);
    found
        .into_iter()
        .map(|found| {
            let exact = &text[found.start..found.end];
            point += points(&text[byte..found.start]);
            let start = point;
            byte = found.start;
            Mention {
                start,
                end: start + points(exact),
                exact: exact.to_owned(),
                kind: found.kind,
                target: match found.goal {
                    Goal::Entity(entity) => Target::Entity(dictionary.id(entity).clone()),
                    Goal::Date(date) => Target::Date(date),
                    Goal::Nil => Target::Nil,
                },
                confidence: round(found.confidence),
                rule: found.rule,
                runner_up: found.second.map(|(entity, confidence)| Candidate {
                    entity: dictionary.id(entity).clone(),
                    confidence: round(confidence),
                }),
                features: found.features.map(|features| Features {
                    name: round(features.name),
                    fit: round(features.fit),
                    share: round(features.share),
                    ..features
                }),
                review: None,
            }
        })
        .collect()
}

/// How many code points: the bytes that begin one.
pub(super) fn points(text: &str) -> usize {
    // Sums of 255 bytes fit into a byte, which is what makes the count fast.
    let begins = |bytes: &[u8]| bytes.iter().map(|&byte| u8::from(byte & 0xC0 != 0x80)).sum::<u8>();
    text.as_bytes().chunks(255).map(|bytes| usize::from(begins(bytes))).sum()
}

/// A number of three decimals: more would be pretence.
pub(super) fn round(number: f64) -> f64 {
    (number * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_points_are_counted() {
        for text in ["", "abc", "\u{62D}\u{645}\u{635}", "\u{1F600}x"] {
            assert_eq!(points(&text.repeat(300)), text.chars().count() * 300);
        }
    }
}
