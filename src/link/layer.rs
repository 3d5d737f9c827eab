//! What can be found in a text by one set of names?

use std::{collections::BTreeMap, sync::OnceLock};

use crate::model::{Date, Id, Kind, Rule};

use super::{
    dictionary::{Entry, Known, forms_of},
    fold::{Level, key, light_hash, power},
    loose::{self, Loose},
    name::{Case, Fact, Form, Name, NameKind, Office},
    name_tree::{Growing, Tree},
    nouns::{Holder, bare_title, is_title},
    spellings::Spellings,
    symbols::Resolutions,
    tokens::{Kind as Sort, Token},
    words,
};

/// The names of some things, in a tree of words.
#[derive(Clone, Debug, Default)]
pub(super) struct Layer {
    /// The forms.
    pub tree: Tree<Entry>,
    /// The forms as they are written, one after another.
    texts: String,
    /// The names by their consonants.
    pub loose: Tree<Loose>,
    /// Who held the offices, by title.
    offices: Vec<Vec<Holder>>,
    /// The documents that are resolutions, by number.
    pub resolutions: Resolutions,
    /// The words of the forms, made when they are first asked for.
    spellings: OnceLock<Spellings>,
}

/// A layer that is being made.
#[derive(Default)]
pub(super) struct GrowingLayer {
    tree: Growing<Entry>,
    loose: Growing<Loose>,
    texts: String,
    /// Offices by title, and the place of each.
    titles: BTreeMap<String, usize>,
    offices: Vec<Vec<Holder>>,
    resolutions: Resolutions,
}

impl Layer {
    /// An empty layer, to be filled.
    pub(super) fn growing() -> GrowingLayer {
        GrowingLayer::default()
    }

    /// Whether nothing can be found by it.
    pub(super) fn is_empty(&self) -> bool {
        self.tree.is_empty() && self.resolutions.is_empty()
    }

    /// The form of an entry as it is written.
    pub(super) fn text(&self, entry: &Entry) -> &str {
        self.form(entry.place, entry.length)
    }

    /// A form as it is written.
    pub(super) fn form(&self, place: u32, length: u32) -> &str {
        self.texts.get(place as usize..(place + length) as usize).unwrap_or_default()
    }

    /// Who held the office of an entry.
    pub(super) fn holders(&self, entry: &Entry) -> &[Holder] {
        let at = (entry.office as usize).checked_sub(1);
        at.and_then(|at| self.offices.get(at)).map_or(&[], Vec::as_slice)
    }

    /// The words of its forms.
    pub(super) fn spellings(&self) -> &Spellings {
        self.spellings.get_or_init(|| Spellings::of(self, self.tree.values()))
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.tree.bytes() + self.loose.bytes() + self.texts.capacity()
    }
}

impl GrowingLayer {
    /// Enters a thing with all its names.
    pub(super) fn enter(
        &mut self,
        number: u32,
        names: &[Name],
        fact: &Fact,
        place: impl Fn(&Id) -> Option<u32>,
        known: &mut Known,
    ) {
        for office in &fact.offices {
            if let Some(of) = place(&office.of) {
                self.office(number, of, office);
            }
        }
        for name in names.iter().filter(|name| name.kind == NameKind::Symbol) {
            self.resolutions.add(&name.form, number);
        }
        let Some(kind) = names.first().map(|name| name.entity.kind()) else { return };
        for form in forms_of(names, known) {
            self.form(number, kind, &form);
        }
    }

    fn office(&mut self, person: u32, of: u32, office: &Office) {
        let title = bare_title(&office.title);
        let tokens = words::of_name(title);
        if !is_title(&tokens) {
            return;
        }
        let next = self.offices.len();
        let at = *self.titles.entry(title.to_owned()).or_insert(next);
        if at == next {
            self.offices.push(Vec::new());
            let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
            self.texts.push_str(title);
            let length = u32::try_from(title.len()).unwrap_or(0);
            let office = u32::try_from(next + 1).unwrap_or(0);
            let case = if title.chars().any(char::is_uppercase) { Case::Title } else { Case::Any };
            let entry = Entry { place, length, office, ..Entry::title(person, title, case) };
            self.tree.enter(tokens.iter().map(|token| token.hash), entry);
        }
        let (from, to) = (office.from.as_ref().map(Date::earliest), office.to.as_ref().map(Date::latest));
        self.offices[at].push(Holder { person, of, from, to });
    }

    fn form(&mut self, number: u32, kind: Kind, form: &Form) {
        let place = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push_str(&form.text);
        let length = u32::try_from(form.text.len()).unwrap_or(0);
        let entry = Entry { place, length, ..Entry::new(number, kind, form) };
        let path = || form.tokens.iter().map(|token| token.hash);
        self.tree.enter(path(), entry);
        if !form.linked || form.rule == Rule::Symbol {
            return;
        }
        if !form.weak && form.case != Case::Exact {
            let body = !matches!(kind, Kind::Place | Kind::Person);
            for key in loose::keys(kind, &form.text, &form.tokens) {
                self.loose.enter([key], Loose { entity: number, place, length, body });
            }
        }
        if let Some(first) = form.tokens.first().filter(|first| is_definite(first)) {
            // After the particle "lil", the noun has lost the alef of its article, and one of two lams as well.
            let light: String = key(&form.text, Level::Light).chars().skip(2).collect();
            let headless = Entry { headless: true, light: light_hash(&light), ..entry };
            self.tree.enter(std::iter::once(first.rest(2)).chain(path().skip(1)), headless);
        }
        if kind == Kind::Place
            && let Some(joined) = joined(&form.tokens)
        {
            self.tree.enter([joined], Entry { joined: true, ..entry });
        }
    }

    /// The finished layer.
    pub(super) fn done(mut self) -> Layer {
        self.texts.shrink_to_fit();
        Layer {
            tree: self.tree.done(),
            loose: self.loose.done(),
            texts: self.texts,
            offices: self.offices,
            resolutions: self.resolutions,
            spellings: OnceLock::new(),
        }
    }
}

/// Whether an Arabic word begins with the article.
fn is_definite(token: &Token) -> bool {
    token.arabic && token.letters > 4 && token.letter(0) == 0x627 && token.letter(1) == 0x644
}

/// The words of a name written as one word.
pub(super) fn joined(tokens: &[Token]) -> Option<u64> {
    let letters: usize = tokens.iter().map(|token| usize::from(token.letters)).sum();
    let alike = tokens.iter().all(|token| token.kind == Sort::Word && token.arabic == tokens[0].arabic);
    ((2..=3).contains(&tokens.len()) && alike && (5..30).contains(&letters)).then(|| tokens.iter().fold(0, join))
}

/// The hash of some letters with a word after them.
#[inline]
pub(super) fn join(hash: u64, token: &Token) -> u64 {
    hash.wrapping_mul(power(usize::from(token.letters))).wrapping_add(token.hash)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{fold::step, words::of_name};

    #[test]
    fn words_joined_have_the_hash_of_one_word() {
        assert_eq!(joined(&of_name("Kafr Nabl")), of_name("Kafrnabl").first().map(|token| token.hash));
        assert_eq!(step(step(0, 1), 2), step(1, 2));
    }
}
