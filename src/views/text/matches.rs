//! Every thing that words match, by number: what filters and counts are made of.
//!
//! [`search`](super::search) reads what it finds; this does not, so that it answers for a whole archive. The numbers are
//! those of the [`Columns`]; which number an entry of the index has is kept for each segment.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use tantivy::{
    DocAddress, DocId, Score, Searcher, SegmentOrdinal, SegmentReader, TantivyDocument,
    collector::{Collector, SegmentCollector},
    index::SegmentId,
    schema::Value as _,
};

use super::{Span, TextError, TextIndex, Words, snippet, spelling::Spelled};
use crate::views::columns::Columns;

/// What an entry has that no thing is known of.
const NOTHING: u32 = u32::MAX;

/// The numbers of the entries, by segment, for one state of the columns.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    columns: std::sync::Weak<Columns>,
    segments: HashMap<SegmentId, Arc<[u32]>>,
}

/// What words match.
pub struct Matches {
    searcher: Searcher,
    words: Words,
    /// The IRIs of the things whose names were looked for beside the words.
    pub also: Vec<String>,
    /// The things, each with its best entry, in no order.
    pub things: Vec<Match>,
    /// Where among them each number stands, or [`NOTHING`].
    places: Vec<u32>,
}

/// A thing that words match.
#[derive(Clone, Copy, Debug)]
pub struct Match {
    /// Its number.
    pub thing: u32,
    /// How well the best of its entries matches.
    pub score: f32,
    entry: DocAddress,
}

impl Matches {
    /// The match of a thing.
    #[must_use]
    pub fn of(&self, thing: u32) -> Option<&Match> {
        self.things.get(*self.places.get(thing as usize)? as usize)
    }
}

/// What is shown of a match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shown {
    /// The text layer that the snippet is of; none for a name or a description.
    pub layer: Option<String>,
    /// The language of the snippet.
    pub lang: String,
    /// The words around the hits, marked by [`super::HIT_START`] and [`super::HIT_END`].
    pub snippet: String,
    /// Where the words stand: code points of the text layer, or, without one, of the description or the name.
    pub spans: Vec<Span>,
}

impl TextIndex {
    /// Finds everything that words match. It takes a while and belongs on a blocking thread.
    pub fn matches(&self, words: &Words, columns: &Arc<Columns>) -> Result<Matches, TextError> {
        let searcher = self.reader.searcher();
        let Spelled { words, also } = self.spelled(&searcher, words)?;
        let numbers = self.numbers(&searcher, columns)?;
        let found = searcher.search(&self.words_query(&words), &Numbered { numbers })?;
        let (things, places) = best(found, columns.len());
        Ok(Matches { searcher, words, also, things, places })
    }

    /// What is shown of a match.
    pub fn show(&self, matches: &Matches, found: &Match) -> Result<Shown, TextError> {
        let document: TantivyDocument = matches.searcher.doc(found.entry)?;
        let text = |field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        let (layer, snippet, spans) =
            snippet::of_entry(text(self.fields.names), text(self.fields.body), &matches.words);
        let layer = layer.then(|| text(self.fields.layer).to_owned()).filter(|layer| !layer.is_empty());
        Ok(Shown { layer, lang: text(self.fields.lang).to_owned(), snippet, spans })
    }

    /// The numbers of the entries of each segment.
    pub(super) fn numbers(&self, searcher: &Searcher, columns: &Arc<Columns>) -> Result<Vec<Arc<[u32]>>, TextError> {
        let mut numbering = self.numbering.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::ptr::eq(numbering.columns.as_ptr(), Arc::as_ptr(columns)) {
            *numbering = Numbering { columns: Arc::downgrade(columns), segments: HashMap::new() };
        }
        let readers = searcher.segment_readers();
        numbering.segments.retain(|id, _| readers.iter().any(|reader| reader.segment_id() == *id));
        let mut all = Vec::with_capacity(readers.len());
        for reader in readers {
            let known =
                numbering.segments.get(&reader.segment_id()).filter(|known| known.len() == reader.max_doc() as usize);
            let numbers = if let Some(known) = known {
                Arc::clone(known)
            } else {
                let keys = reader.fast_fields().column_first_or_default::<u64>("key")?;
                (0..reader.max_doc()).map(|doc| columns.number(keys.get_val(doc)).unwrap_or(NOTHING)).collect()
            };
            numbering.segments.insert(reader.segment_id(), Arc::clone(&numbers));
            all.push(numbers);
        }
        Ok(all)
    }
}

/// Of each thing the best entry, and where among them each thing stands.
fn best(found: Vec<Match>, count: usize) -> (Vec<Match>, Vec<u32>) {
    let (mut things, mut places) = (Vec::<Match>::with_capacity(found.len()), vec![NOTHING; count]);
    for next in found {
        let place = &mut places[next.thing as usize];
        match things.get_mut(*place as usize) {
            None => {
                *place = u32::try_from(things.len()).unwrap_or(NOTHING);
                things.push(next);
            }
            Some(known) if (next.score, known.entry) > (known.score, next.entry) => *known = next,
            Some(_) => {}
        }
    }
    (things, places)
}

/// Collects matches with the numbers of their things.
struct Numbered {
    numbers: Vec<Arc<[u32]>>,
}

struct NumberedSegment {
    numbers: Arc<[u32]>,
    segment: SegmentOrdinal,
    found: Vec<Match>,
}

impl Collector for Numbered {
    type Fruit = Vec<Match>;
    type Child = NumberedSegment;

    fn for_segment(&self, segment: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<NumberedSegment> {
        let numbers = self.numbers.get(segment as usize).cloned().unwrap_or_else(|| Arc::from([]));
        Ok(NumberedSegment { numbers, segment, found: Vec::new() })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Vec<Match>>) -> tantivy::Result<Vec<Match>> {
        Ok(fruits.concat())
    }
}

impl SegmentCollector for NumberedSegment {
    type Fruit = Vec<Match>;

    fn collect(&mut self, doc: DocId, score: Score) {
        if let Some(&thing) = self.numbers.get(doc as usize).filter(|&&thing| thing != NOTHING) {
            self.found.push(Match { thing, score, entry: DocAddress::new(self.segment, doc) });
        }
    }

    fn harvest(self) -> Vec<Match> {
        self.found
    }
}
