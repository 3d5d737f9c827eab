//! Which things have a name in a text, whatever is meant by it?
//!
//! When names change, only the documents that hold one of them need to be linked again; the old dictionary and the new
//! one tell which those are, several times faster than linking. Every way of naming counts that the linker knows:
//! names, titles of offices, numbers of resolutions, and spellings with the same consonants.

use std::collections::BTreeSet;

use crate::model::Id;

use super::{Dictionary, lexicon::lexicon, loose, spans, symbols, tokens};

impl Dictionary {
    /// The things that a name in the text could name, in order.
    #[must_use]
    pub fn names_in(&self, text: &str) -> Vec<&Id> {
        self.named_in(text, None)
    }

    /// The things that a name in the text of a document could name, in order.
    #[must_use]
    pub fn named_in(&self, text: &str, document: Option<&Id>) -> Vec<&Id> {
        let own = document.and_then(|document| self.place(document));
        let tokens = tokens::read(text, lexicon());
        let hits = spans::hits(self, text, &tokens);
        let mut things: BTreeSet<u32> = hits.entries.iter().map(|like| like.entry.entity).collect();
        things.extend(hits.offices.iter().flat_map(|office| office.holders).map(|holder| holder.person));
        let resolutions: Vec<_> = self.layers().map(|layer| &layer.resolutions).collect();
        let numbered = symbols::resolutions(&resolutions, text, &tokens, |thing| own == Some(thing));
        things.extend(numbered.iter().filter_map(super::Found::entity));
        things.extend(loose::things(self, text, &tokens));
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
