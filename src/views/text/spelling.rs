//! Which names are meant by words that find little?
//!
//! Words that hardly stand anywhere may be a name in another spelling, or in the other script. One to four of them that
//! follow each other are looked up by their sound; where a thing has a name of that sound, its names are looked for
//! beside the words. What is written between quotation marks is meant as it is written.

use std::collections::{BTreeMap, BTreeSet};

use tantivy::{
    DocAddress, Searcher, TantivyDocument, Term,
    collector::{Count, DocSetCollector},
    query::{TermQuery, TermSetQuery},
    schema::{IndexRecordOption, Value as _},
};

use super::{TextError, TextIndex, query::Words};
use crate::link;

/// Words that stand in so many entries or more are well spelled.
const LITTLE: usize = 20;
/// The most words of a name.
const LONGEST: usize = 4;
/// The least likeness of spellings.
const ALIKE: f64 = 0.6;
/// The most things that some words may mean.
const MOST: usize = 5;
/// The fewest letters of a name that is looked for beside the words.
const LETTERS: usize = 3;

/// Words as they were written, with the names that may be meant beside them.
#[derive(Debug)]
pub(super) struct Spelled {
    pub words: Words,
    /// The IRIs of the things whose names were added.
    pub also: Vec<String>,
}

impl TextIndex {
    pub(super) fn spelled(&self, searcher: &Searcher, words: &Words) -> Result<Spelled, TextError> {
        let mut spelled = Spelled { words: words.clone(), also: Vec::new() };
        let mut done = BTreeSet::new();
        for length in (1..=LONGEST).rev() {
            for first in 0..(words.len() + 1).saturating_sub(length) {
                let window = first..first + length;
                if window.clone().any(|at| done.contains(&at)) {
                    continue;
                }
                let Some(written) = words.plain(window.clone()) else { continue };
                let Some(sound) = link::sound(&written) else { continue };
                let names = self.names_of_sound(searcher, &written, &sound)?;
                if names.is_empty() || self.found(searcher, words, window.clone())? >= LITTLE {
                    continue;
                }
                done.extend(window.clone());
                for (iri, names) in names {
                    for name in &names {
                        spelled.words.or(window.clone(), name);
                    }
                    if !spelled.also.contains(&iri) {
                        spelled.also.push(iri);
                    }
                }
            }
        }
        Ok(spelled)
    }

    /// In how many entries some of the words stand.
    fn found(&self, searcher: &Searcher, words: &Words, window: std::ops::Range<usize>) -> Result<usize, TextError> {
        let fields = [(self.fields.names, 1.0), (self.fields.body, 1.0)];
        Ok(searcher.search(&words.only(window).query(&fields), &Count)?)
    }

    /// The things with a name of this sound, the one most like what was written first, and all their names.
    fn names_of_sound(
        &self,
        searcher: &Searcher,
        written: &str,
        sound: &str,
    ) -> Result<Vec<(String, BTreeSet<String>)>, TextError> {
        let term = Term::from_field_text(self.fields.sound, sound);
        if searcher.doc_freq(&term)? == 0 {
            return Ok(Vec::new());
        }
        let mut things: BTreeMap<String, f64> = BTreeMap::new();
        for address in searcher.search(&TermQuery::new(term, IndexRecordOption::Basic), &DocSetCollector)? {
            let (iri, names) = self.names_at(searcher, address)?;
            let like = |name: &String| (link::sound(name)? == sound).then(|| link::likeness(written, name));
            let like = names.iter().filter_map(like).fold(0.0, f64::max);
            if like >= ALIKE {
                let best = things.entry(iri).or_insert(like);
                *best = best.max(like);
            }
        }
        let mut things: Vec<(String, f64)> = things.into_iter().collect();
        things.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        things.truncate(MOST);
        things.into_iter().map(|(iri, _)| Ok((iri.clone(), self.names_of(searcher, &iri)?))).collect()
    }

    /// Every name of a thing, in all languages, that is long enough to be looked for.
    fn names_of(&self, searcher: &Searcher, iri: &str) -> Result<BTreeSet<String>, TextError> {
        let of = TermSetQuery::new([Term::from_field_text(self.fields.iri, iri)]);
        let mut found = BTreeSet::new();
        for address in searcher.search(&of, &DocSetCollector)? {
            let names = self.names_at(searcher, address)?.1;
            found
                .extend(names.into_iter().filter(|name| name.chars().filter(|c| c.is_alphabetic()).count() >= LETTERS));
        }
        Ok(found)
    }

    /// The thing of an entry and its names there.
    pub(super) fn names_at(
        &self,
        searcher: &Searcher,
        address: DocAddress,
    ) -> Result<(String, Vec<String>), TextError> {
        let document: TantivyDocument = searcher.doc(address)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        let names = text(self.fields.names).split("\n\n").filter(|name| !name.is_empty()).map(str::to_owned);
        Ok((text(self.fields.iri).to_owned(), names.collect()))
    }
}
