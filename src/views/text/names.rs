//! Which names begin with what somebody is typing?
//!
//! Every word of it may be the beginning of a word of a name, in either script; what stands in the index as a stem
//! counts too, so that an article need not be typed. Where that finds too little, names that sound so follow.

use tantivy::{
    DocAddress, DocSet, Searcher, SegmentReader, TERMINATED,
    schema::{Field, IndexRecordOption},
};

use super::{TextError, TextIndex};
use crate::{link, views::columns::Columns};

/// So many candidates are looked at closely.
const CANDIDATES: usize = 40;
/// The most words that count.
const WORDS: usize = 8;

/// A name that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The number of the thing.
    pub thing: u32,
    /// The name that fits.
    pub name: String,
    fit: Fit,
}

/// How well a name fits what was typed, the worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    Sound,
    Words,
    Within,
    Beginning,
    Whole,
}

/// What is to be looked at closely: whether all words are whole, how often the thing is spoken of, and where it stands.
type Candidate = (bool, u32, u32, DocAddress);

impl TextIndex {
    /// The names that begin so, the best first: by how well they fit, then by how often their things are spoken of.
    pub fn named(
        &self,
        typed: &str,
        columns: &std::sync::Arc<Columns>,
        wanted: impl Fn(u32) -> bool,
        limit: usize,
    ) -> Result<Vec<Named>, TextError> {
        let words: Vec<String> = link::words(typed).into_iter().map(|word| word.folded).take(WORDS).collect();
        if words.is_empty() {
            return Ok(Vec::new());
        }
        let searcher = self.reader.searcher();
        let numbers = self.numbers(&searcher, columns)?;
        let collect =
            |found: &dyn Fn(&SegmentReader) -> Result<Found, TextError>| -> Result<Vec<Candidate>, TextError> {
                let mut all = Vec::new();
                for (segment, (reader, numbers)) in (0u32..).zip(searcher.segment_readers().iter().zip(&numbers)) {
                    let found = found(reader)?;
                    all.extend(found.begun.iter().filter(|&doc| !reader.is_deleted(doc)).filter_map(|doc| {
                        let thing = *numbers
                            .get(doc as usize)
                            .filter(|&&thing| columns.kind(thing).is_some() && wanted(thing))?;
                        Some((found.whole.has(doc), columns.weight(thing), thing, DocAddress::new(segment, doc)))
                    }));
                }
                Ok(best(all))
            };
        let candidates = collect(&|reader| begun(reader, self.fields.names, &words))?;
        let folded = words.join(" ");
        let mut named = self.closely(&searcher, &candidates, |name| fit(&folded, &words, name))?;
        if let (true, Some(sound)) = (named.len() < limit, link::sound(typed)) {
            let candidates = collect(&|reader| sounding(reader, self.fields.sound, &sound))?;
            let sounds =
                |name: &str| link::sound(name).is_some_and(|other| other.starts_with(&sound)).then_some(Fit::Sound);
            let more = self.closely(&searcher, &candidates, sounds)?;
            named.extend(more);
        }
        let order = |named: &Named| (std::cmp::Reverse((named.fit, columns.weight(named.thing))), named.thing);
        named.sort_by(|a, b| order(a).cmp(&order(b)).then_with(|| a.name.cmp(&b.name)));
        let mut seen = std::collections::HashSet::new();
        named.retain(|named| seen.insert(named.thing));
        named.truncate(limit);
        Ok(named)
    }

    /// Reads the names of candidates, and keeps for each entry the one that fits best.
    fn closely(
        &self,
        searcher: &Searcher,
        candidates: &[Candidate],
        fit: impl Fn(&str) -> Option<Fit>,
    ) -> Result<Vec<Named>, TextError> {
        let mut found = Vec::new();
        for &(_, _, thing, address) in candidates {
            let (_, names) = self.names_at(searcher, address)?;
            let fitting = names.into_iter().filter_map(|name| Some((fit(&name)?, name)));
            // Of names that fit alike the first is taken, which is the label.
            let best = fitting.fold(None, |best: Option<(Fit, String)>, next| match best {
                Some(best) if best.0 >= next.0 => Some(best),
                _ => Some(next),
            });
            found.extend(best.map(|(fit, name)| Named { thing, name, fit }));
        }
        Ok(found)
    }
}

/// The best candidates.
fn best(mut all: Vec<Candidate>) -> Vec<Candidate> {
    let order = |candidate: &Candidate| (std::cmp::Reverse((candidate.0, candidate.1)), candidate.2, candidate.3);
    if all.len() > CANDIDATES {
        all.select_nth_unstable_by_key(CANDIDATES, order);
        all.truncate(CANDIDATES);
    }
    all.sort_unstable_by_key(order);
    all
}

/// How well a name fits; `None` where not every word begins one of its words.
fn fit(folded: &str, words: &[String], name: &str) -> Option<Fit> {
    let of_name: Vec<String> = link::words(name).into_iter().map(|word| word.folded).collect();
    let joined = of_name.join(" ");
    // A second word that is typed may be the stem of one that is written: that is told by the index.
    Some(if joined == folded {
        Fit::Whole
    } else if joined.starts_with(folded) {
        Fit::Beginning
    } else if joined.contains(&format!(" {folded}")) {
        Fit::Within
    } else if words.iter().all(|word| of_name.iter().any(|other| other.contains(word.as_str()))) {
        Fit::Words
    } else {
        return None;
    })
}

/// The entries of a segment that were found.
struct Found {
    begun: Set,
    /// Those in which all words stand as they were typed.
    whole: Set,
}

/// The entries with words that begin so.
fn begun(reader: &SegmentReader, field: Field, words: &[String]) -> Result<Found, TextError> {
    let mut found: Option<Found> = None;
    for word in words {
        let (mut begun, mut whole) = (Set::new(reader.max_doc()), Set::new(reader.max_doc()));
        for prefix in [word.clone(), format!("{}{word}", super::analysis::STEM)] {
            entries(reader, field, &prefix, |term, doc| {
                begun.add(doc);
                if term == word.as_bytes() {
                    whole.add(doc);
                }
            })?;
        }
        found = Some(match found {
            None => Found { begun, whole },
            Some(before) => Found { begun: before.begun.and(&begun), whole: before.whole.and(&whole) },
        });
    }
    Ok(found.unwrap_or_else(|| Found { begun: Set::new(0), whole: Set::new(0) }))
}

/// The entries whose names begin with this sound.
fn sounding(reader: &SegmentReader, field: Field, sound: &str) -> Result<Found, TextError> {
    let (mut begun, mut whole) = (Set::new(reader.max_doc()), Set::new(reader.max_doc()));
    entries(reader, field, sound, |term, doc| {
        begun.add(doc);
        if term == sound.as_bytes() {
            whole.add(doc);
        }
    })?;
    Ok(Found { begun, whole })
}

/// Every entry with a term that begins so.
fn entries(
    reader: &SegmentReader,
    field: Field,
    prefix: &str,
    mut take: impl FnMut(&[u8], u32),
) -> Result<(), TextError> {
    let index = reader.inverted_index(field)?;
    let mut after = prefix.as_bytes().to_vec();
    // No byte of UTF-8 is the last there is.
    if let Some(last) = after.last_mut() {
        *last = last.saturating_add(1);
    }
    let mut terms = index.terms().range().ge(prefix).lt(after).into_stream()?;
    while terms.advance() {
        let mut postings = index.read_postings_from_terminfo(terms.value(), IndexRecordOption::Basic)?;
        let mut doc = postings.doc();
        while doc != TERMINATED {
            take(terms.key(), doc);
            doc = postings.advance();
        }
    }
    Ok(())
}

/// A set of entries of a segment.
struct Set(Vec<u64>);

impl Set {
    fn new(most: u32) -> Self {
        Self(vec![0; most.div_ceil(64) as usize])
    }

    fn add(&mut self, doc: u32) {
        self.0[doc as usize / 64] |= 1 << (doc % 64);
    }

    fn has(&self, doc: u32) -> bool {
        self.0[doc as usize / 64] & (1 << (doc % 64)) != 0
    }

    fn and(mut self, other: &Self) -> Self {
        self.0.iter_mut().zip(&other.0).for_each(|(a, b)| *a &= b);
        self
    }

    fn iter(&self) -> impl Iterator<Item = u32> {
        let words = (0u32..).zip(self.0.iter().copied()).filter(|(_, word)| *word != 0);
        words.flat_map(|(at, word)| (0..64).filter(move |bit| word & (1 << bit) != 0).map(move |bit| at * 64 + bit))
    }
}
