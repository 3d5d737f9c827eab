//! Which things may be meant by a name that stands alone, as in a cell of somebody's table?

use std::{cmp::Reverse, collections::HashMap};

use crate::model::Id;

use super::{
    Dictionary,
    spellings::{How, Like},
};

/// A thing that some words may name.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The thing.
    pub thing: Id,
    /// The name of it that is most like the words.
    pub name: String,
    /// How like it is, 0 to 1.
    pub likeness: f64,
    /// How good a name of the thing it is, 0 to 1.
    pub goodness: f64,
    /// In which way it is like the words.
    pub how: How,
    /// How often the thing is spoken of.
    pub prior: u32,
}

impl Dictionary {
    /// The things with a name most like some words, the likest first; of those alike the one with the better name, then
    /// the one most often spoken of. Nothing that is wanted is left out but by `limit`.
    #[must_use]
    pub fn alike(&self, words: &str, wanted: impl Fn(&Id) -> bool, limit: usize) -> Vec<Candidate> {
        self.best(wanted, limit, |layer| layer.spellings().like(words, layer))
    }

    /// The things with a name whose words begin so, those first whose name itself does.
    #[must_use]
    pub fn begun(&self, words: &str, wanted: impl Fn(&Id) -> bool, limit: usize) -> Vec<Candidate> {
        self.best(wanted, limit, |layer| layer.spellings().begun(words, layer))
    }

    fn best(
        &self,
        wanted: impl Fn(&Id) -> bool,
        limit: usize,
        like: impl Fn(&super::layer::Layer) -> Vec<Like>,
    ) -> Vec<Candidate> {
        let mut best = HashMap::new();
        for layer in self.layers() {
            for like in like(layer).into_iter().filter(|like| self.holds(layer, like.entity)) {
                let name = layer.form(like.place, like.length);
                let known = best.entry(like.entity).or_insert((like, name));
                let order = |(like, name): (Like, &str)| (rank(&like), Reverse(name.to_owned()));
                if order(*known) < order((like, name)) {
                    *known = (like, name);
                }
            }
        }
        let mut found: Vec<(Like, &str)> =
            best.into_values().filter(|(like, _)| wanted(self.id(like.entity))).collect();
        let order = |like: &Like| (Reverse((rank(like), self.known(like.entity).prior())), self.id(like.entity));
        if found.len() > limit && limit > 0 {
            found.select_nth_unstable_by(limit - 1, |a, b| order(&a.0).cmp(&order(&b.0)));
        }
        found.truncate(limit);
        found.sort_unstable_by(|a, b| order(&a.0).cmp(&order(&b.0)));
        let candidate = |(like, name): (Like, &str)| Candidate {
            thing: self.id(like.entity).clone(),
            name: name.to_owned(),
            likeness: like.likeness,
            goodness: like.goodness,
            how: like.how,
            prior: self.known(like.entity).prior(),
        };
        found.into_iter().map(candidate).collect()
    }
}

/// What comes first, in thousandths, so that no rounding of the last digit decides.
fn rank(like: &Like) -> (u32, u32) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is between 0 and 1000")]
    let thousandths = |part: f64| (part.clamp(0.0, 1.0) * 1000.0).round() as u32;
    (thousandths(like.likeness), thousandths(like.goodness))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Edit, Fact, Facts, Name, NameKind};

    fn name(entity: &str, form: &str) -> Name {
        let entity = entity.parse().unwrap_or_else(|e| panic!("{e}"));
        Name { entity, form: form.to_owned(), lang: None, kind: NameKind::Label }
    }

    fn dictionary() -> Dictionary {
        let names = [
            name("org/hrw", "Human Rights Watch"),
            name("org/shrc", "Syrian Human Rights Committee"),
            name("place/saydnaya", "Saydnaya"),
            name("place/kafr-nabl", "Kafr Nabl"),
            name("place/khan-shaykhun", "Khan Shaykhun"),
        ];
        Dictionary::new(names, &Facts::new())
    }

    fn found(dictionary: &Dictionary, words: &str) -> Vec<(String, How)> {
        let found = dictionary.alike(words, |_| true, 5);
        found.into_iter().map(|one| (one.thing.to_string(), one.how)).collect()
    }

    #[test]
    fn a_name_is_found_whole_by_its_words_its_sound_and_its_spelling() {
        let dictionary = dictionary();
        for (words, thing, how) in [
            ("human rights watch", "org/hrw", How::Whole),
            ("Kafrnabl", "place/kafr-nabl", How::Whole),
            ("Watch, Human Rights", "org/hrw", How::Words),
            ("Sednaya", "place/saydnaya", How::Sound),
            ("\u{635}\u{64A}\u{62F}\u{646}\u{627}\u{64A}\u{627}", "place/saydnaya", How::Sound),
            ("\u{62E}\u{627}\u{646} \u{634}\u{64A}\u{62E}\u{648}\u{646}", "place/khan-shaykhun", How::Sound),
            ("Humna Rihgts Watch", "org/hrw", How::Spelling),
        ] {
            assert_eq!(found(&dictionary, words).first(), Some(&(thing.to_owned(), how)), "{words}");
        }
        assert_eq!(found(&dictionary, "nothing of the sort"), []);
        assert_eq!(found(&dictionary, " "), []);
    }

    #[test]
    fn what_is_edited_is_found_by_its_new_names_only() {
        let old = dictionary();
        assert!(!found(&old, "Saydnaya").is_empty());
        let edited = name("place/saydnaya", "Newtown");
        let new = old.edited([Edit { entity: edited.entity.clone(), names: vec![edited], fact: Fact::default() }]);
        assert_eq!(found(&new, "Saydnaya"), []);
        assert_eq!(found(&new, "Newtown"), [("place/saydnaya".to_owned(), How::Whole)]);
    }

    #[test]
    fn names_are_found_by_their_beginning() {
        let begun = |words: &str| -> Vec<String> {
            dictionary().begun(words, |_| true, 5).into_iter().map(|one| one.thing.to_string()).collect()
        };
        assert_eq!(begun("hum"), ["org/hrw", "org/shrc"]);
        assert_eq!(begun("hu wat"), ["org/hrw"]);
        assert_eq!(begun("xyz"), [""; 0]);
        assert_eq!(begun(""), [""; 0]);
    }
}
