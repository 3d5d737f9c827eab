//! Searching: which entries match, in which order, and where in them.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, HashMap},
    ops::Bound,
    time::Instant,
};

use tantivy::{
    DocAddress, Searcher, TantivyDocument, Term,
    collector::{Count, TopDocs},
    query::{BooleanQuery, ConstScoreQuery, Occur, Query, RangeQuery, TermSetQuery},
    schema::{Field, Value as _},
};

use super::{Fields, TextError, TextIndex, query::Words, snippet, spelling::Spelled};

/// What a match in a name is worth against one in a text.
const NAMES_WORTH: f32 = 3.0;
/// What it is worth that all words stand in names, so that names go before texts.
const ALL_IN_NAMES: f32 = 1000.0;

/// The first code point of something in a text, and one past its last.
pub type Span = (usize, usize);

/// What is looked for.
#[derive(Clone, Debug)]
pub struct Search {
    /// The words.
    pub words: Words,
    /// Only these things; empty means all.
    pub things: Vec<String>,
    /// Only things of one of these classes; empty means all.
    pub classes: Vec<String>,
    /// Only entries in one of these languages; empty means all.
    pub langs: Vec<String>,
    /// Only what may be of this day or later, as 2016-01-01.
    pub from: Option<String>,
    /// Only what may be of this day or earlier.
    pub to: Option<String>,
    /// Only where a hit stands near one of some mentions.
    pub near: Option<Near>,
    /// A hit for each text layer in which words stand, instead of one for each thing.
    pub by_layer: bool,
    /// Whether [`Hit::spans`] and [`Hit::snippet`] are wanted; the texts of all hits are read for them.
    pub details: bool,
    /// The most hits that are given; [`Hits::more`] tells whether there are others.
    pub limit: usize,
    /// When to give up.
    pub deadline: Instant,
}

/// Mentions that a hit is to stand near.
#[derive(Clone, Debug, Default)]
pub struct Near {
    /// The mentions, by text layer.
    pub mentions: HashMap<String, Vec<MentionSpan>>,
    /// How many code points may stand between hit and mention at most.
    pub within: usize,
}

/// Where a mention stands in its text layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MentionSpan {
    /// The IRI of the mention.
    pub iri: String,
    /// The first code point.
    pub start: usize,
    /// One past the last code point.
    pub end: usize,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hits {
    /// The best first; of equal ones by IRI.
    pub hits: Vec<Hit>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

/// A thing, or a text layer of one, in which the words stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// The thing.
    pub iri: String,
    /// The text layer, where the words stand in one.
    pub layer: Option<String>,
    /// The language of the text or the names; empty where they have none.
    pub lang: String,
    /// How well it matches; only comparable within one search.
    pub score: f32,
    /// Where the words stand, if details are wanted: code points of the text layer, or, without one, of the description or the name.
    pub spans: Vec<Span>,
    /// The words around the hits, if details are wanted, marked by [`super::HIT_START`] and [`super::HIT_END`].
    pub snippet: String,
    /// The mentions that a hit stands near, where that was asked.
    pub mentions: Vec<String>,
}

impl TextIndex {
    /// Searches what was last committed. It takes a while and belongs on a blocking thread.
    pub(in crate::views) fn search(&self, search: &Search) -> Result<Hits, TextError> {
        let searcher = self.reader.searcher();
        let Spelled { words, .. } = self.spelled(&searcher, &search.words)?;
        let search = &Search { words, ..search.clone() };
        let query = self.query(search);
        let total = searcher.search(&query, &Count)?;
        // One thing may match in several languages: more are taken until enough things are there.
        let mut taken = search.limit.saturating_add(1).max(32);
        loop {
            let top = searcher.search(&query, &TopDocs::with_limit(taken.min(total.max(1))).order_by_score())?;
            let hits = self.read(&searcher, search, &top)?;
            if hits.more || taken >= total {
                return Ok(hits);
            }
            taken = taken.saturating_mul(4);
        }
    }

    /// The words in names and texts.
    pub(super) fn words_query(&self, words: &Words) -> BooleanQuery {
        let Fields { names, body, .. } = self.fields;
        let anywhere = words.query(&[(names, NAMES_WORTH), (body, 1.0)]);
        let in_names = ConstScoreQuery::new(Box::new(words.query(&[(names, 1.0)])), ALL_IN_NAMES);
        BooleanQuery::new(vec![(Occur::Must, Box::new(anywhere)), (Occur::Should, Box::new(in_names))])
    }

    fn query(&self, search: &Search) -> BooleanQuery {
        let fields = self.fields;
        let words = if search.by_layer || search.near.is_some() {
            search.words.query(&[(fields.body, 1.0)])
        } else {
            self.words_query(&search.words)
        };
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = vec![(Occur::Must, Box::new(words))];
        let mut only = |query: Box<dyn Query>| clauses.push((Occur::Must, Box::new(ConstScoreQuery::new(query, 0.0))));
        let mut among = |field: Field, values: &mut dyn Iterator<Item = &str>| {
            only(Box::new(TermSetQuery::new(values.map(|value| Term::from_field_text(field, value)))));
        };
        for (field, values) in
            [(fields.iri, &search.things), (fields.class, &search.classes), (fields.lang, &search.langs)]
        {
            if !values.is_empty() {
                among(field, &mut values.iter().map(String::as_str));
            }
        }
        if let Some(near) = &search.near {
            among(fields.layer, &mut near.mentions.keys().map(String::as_str));
        } else if search.by_layer {
            let any = Bound::Excluded(Term::from_field_text(fields.layer, ""));
            only(Box::new(RangeQuery::new(any, Bound::Unbounded)));
        }
        let day = |date: &Option<String>| date.as_deref().and_then(super::entries::day);
        if let Some(from) = day(&search.from) {
            only(Box::new(RangeQuery::new(
                Bound::Included(Term::from_field_i64(fields.latest, from)),
                Bound::Unbounded,
            )));
        }
        if let Some(to) = day(&search.to) {
            only(Box::new(RangeQuery::new(
                Bound::Unbounded,
                Bound::Included(Term::from_field_i64(fields.earliest, to)),
            )));
        }
        BooleanQuery::new(clauses)
    }

    /// Reads the hits of a ranking, the best of each thing or layer.
    fn read(&self, searcher: &Searcher, search: &Search, top: &[(f32, DocAddress)]) -> Result<Hits, TextError> {
        let mut best: BTreeMap<(String, Option<String>), Hit> = BTreeMap::new();
        for (score, address) in top {
            if Instant::now() >= search.deadline {
                return Err(TextError::Deadline);
            }
            let document: TantivyDocument = searcher.doc(*address)?;
            let Some(hit) = self.hit(search, *score, &document) else { continue };
            let key = (hit.iri.clone(), hit.layer.clone().filter(|_| search.by_layer));
            if let Some(known) = best.get_mut(&key) {
                // Another layer of the same thing: its mentions count too.
                known.mentions.extend(hit.mentions);
            } else if best.len() == search.limit {
                return Ok(ranked(best, true));
            } else {
                best.insert(key, hit);
            }
        }
        Ok(ranked(best, false))
    }

    fn hit(&self, search: &Search, score: f32, document: &TantivyDocument) -> Option<Hit> {
        let text = |field: Field| document.get_first(field).and_then(|value| value.as_str()).unwrap_or_default();
        let mut hit = Hit {
            iri: text(self.fields.iri).to_owned(),
            layer: document.get_first(self.fields.layer).and_then(|value| value.as_str()).map(str::to_owned),
            lang: text(self.fields.lang).to_owned(),
            score,
            spans: Vec::new(),
            snippet: String::new(),
            mentions: Vec::new(),
        };
        if !search.details && search.near.is_none() {
            return Some(hit);
        }
        let (names, body) = (text(self.fields.names), text(self.fields.body));
        let in_text;
        (in_text, hit.snippet, hit.spans) = snippet::of_entry(names, body, &search.words);
        if let Some(near) = &search.near {
            let spans = if in_text { hit.spans } else { Vec::new() };
            (hit.spans, hit.mentions) = near.filter(hit.layer.as_deref()?, &spans)?;
            hit.snippet = snippet::snippet(body, &hit.spans);
        } else if !in_text {
            hit.layer = None;
        }
        Some(hit)
    }
}

impl Near {
    /// The hits that stand near a mention, and the mentions they stand near.
    fn filter(&self, layer: &str, spans: &[Span]) -> Option<(Vec<Span>, Vec<String>)> {
        let mentions = self.mentions.get(layer)?;
        let near = |span: &Span, mention: &MentionSpan| {
            mention.start.saturating_sub(span.1).max(span.0.saturating_sub(mention.end)) <= self.within
        };
        let spans: Vec<_> = spans.iter().filter(|span| mentions.iter().any(|m| near(span, m))).copied().collect();
        let mentions = mentions.iter().filter(|m| spans.iter().any(|span| near(span, m))).map(|m| m.iri.clone());
        let mentions: Vec<String> = mentions.collect();
        (!spans.is_empty()).then_some((spans, mentions))
    }
}

fn ranked(hits: BTreeMap<(String, Option<String>), Hit>, more: bool) -> Hits {
    let mut hits: Vec<Hit> = hits.into_values().collect();
    let by = |a: &Hit, b: &Hit| {
        b.score
            .partial_cmp(&a.score)
            .unwrap_or(Ordering::Equal)
            .then_with(|| (&a.iri, &a.layer).cmp(&(&b.iri, &b.layer)))
    };
    hits.sort_by(by);
    Hits { hits, more }
}
