//! Which things have a name in a text, whatever is meant by it?
//!
//! When names change, only the documents that hold one of them need to be linked again. A small dictionary of the old
//! and the new names finds them, several times faster than linking.

use crate::model::Id;

use super::{Dictionary, lexicon::lexicon, spans, tokens};

impl Dictionary {
    /// The things that a name in the text could name, in order.
    #[must_use]
    pub fn names_in(&self, text: &str) -> Vec<&Id> {
        let tokens = tokens::read(text, lexicon());
        let hits = spans::hits(self, text, &tokens);
        let mut things: Vec<u32> = hits.entries.iter().map(|like| like.entry.entity).collect();
        things.sort_unstable();
        things.dedup();
        things.into_iter().map(|thing| self.id(thing)).collect()
    }
}

#[cfg(test)]
mod tests {
    use crate::link::{Dictionary, Facts, Name, NameKind};

    #[test]
    fn what_has_a_name_in_the_text_is_told() {
        let name = |entity: &str, form: &str| Name {
            entity: entity.parse().unwrap_or_else(|e| panic!("{e}")),
            form: form.to_owned(),
            lang: None,
            kind: NameKind::Label,
        };
        let names = [name("place/homs", "Homs"), name("org/x", "Council of Homs"), name("place/hama", "Hama")];
        let dictionary = Dictionary::new(names, &Facts::new());
        let found: Vec<&str> =
            dictionary.names_in("the Council of Homs").into_iter().map(crate::model::Id::as_str).collect();
        assert_eq!(found, ["org/x", "place/homs"]);
    }
}
