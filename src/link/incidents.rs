//! Which incidents may a text speak of?
//!
//! A day and a place in one sentence may be an incident. It is proposed with the words it rests on and the known
//! events of that day and place, for a person to decide on; nothing is asserted by it.

use crate::model::{Date, Id, Kind, Mention, Target};

use super::Dictionary;

/// A day and a place that stand in one sentence.
#[derive(Clone, Debug, PartialEq)]
pub struct Incident {
    /// When.
    pub date: Date,
    /// Where.
    pub place: Id,
    /// The mentions of the two, by their number: the date, the place.
    pub mentions: (usize, usize),
    /// How probable it is that both are what they were taken for.
    pub confidence: f64,
    /// The events that are known of that place and time.
    pub known: Vec<Id>,
}

/// The most days that an incident may last.
const DAYS: i32 = 31;

/// Every incident that the mentions of a text, which are in order, may speak of.
#[must_use]
pub fn incidents(dictionary: &Dictionary, text: &str, mentions: &[Mention]) -> Vec<Incident> {
    let sentences = sentences(text, mentions);
    let places: Vec<(usize, &Id)> = mentions
        .iter()
        .enumerate()
        .filter_map(|(at, mention)| match &mention.target {
            Target::Entity(id) if id.kind() == Kind::Place => Some((at, id)),
            _ => None,
        })
        .collect();
    let mut incidents = Vec::new();
    for (at, mention) in mentions.iter().enumerate() {
        let Target::Date(date) = &mention.target else { continue };
        if (date.latest() - date.earliest()).get_days() > DAYS {
            continue;
        }
        // The nearest place of the sentence, the one before where two are as near.
        let next = places.partition_point(|&(place, _)| place < at);
        let before = next.checked_sub(1).and_then(|place| places.get(place));
        let gap =
            |place: usize| mentions[place].start.abs_diff(mention.end).min(mention.start.abs_diff(mentions[place].end));
        let beside = [before, places.get(next)].into_iter().flatten();
        let nearest =
            beside.filter(|(place, _)| sentences[*place] == sentences[at]).min_by_key(|(place, _)| gap(*place));
        let Some(&(place, id)) = nearest else { continue };
        incidents.push(Incident {
            date: date.clone(),
            place: id.clone(),
            mentions: (at, place),
            confidence: mention.confidence * mentions[place].confidence,
            known: known(dictionary, id, date),
        });
    }
    incidents
}

/// The sentence of each mention, by number: a stop and a space, or a blank line, ends one.
fn sentences(text: &str, mentions: &[Mention]) -> Vec<usize> {
    let (mut sentence, mut stop, mut lines) = (0, false, 0);
    let (mut numbers, mut next) = (Vec::with_capacity(mentions.len()), 0);
    for (at, c) in text.chars().enumerate() {
        while mentions.get(next).is_some_and(|mention| mention.start <= at) {
            numbers.push(sentence);
            next += 1;
        }
        lines = if c == '\n' {
            lines + 1
        } else if c.is_whitespace() {
            lines
        } else {
            0
        };
        // The stop in "Feb. 2017" belongs to the mention.
        let inside = next.checked_sub(1).is_some_and(|last| at < mentions[last].end);
        if (stop && c.is_whitespace() && !inside) || lines == 2 {
            sentence += 1;
        }
        stop = matches!(c, '.' | '!' | '?' | '\u{61F}');
    }
    numbers.resize(mentions.len(), sentence);
    numbers
}

fn known(dictionary: &Dictionary, place: &Id, date: &Date) -> Vec<Id> {
    let Some(place) = dictionary.place(place) else { return Vec::new() };
    let then = |event: &&u32| {
        let known = dictionary.known(**event);
        known.from.is_some_and(|from| from <= date.latest())
            && known.to.or(known.from).is_some_and(|to| to >= date.earliest())
    };
    let near = dictionary.known(place).near.iter().filter(then).map(|&event| dictionary.id(event));
    near.filter(|id| id.kind() == Kind::Event).cloned().collect()
}
