//! Searching: a page of what was found, with snippets, and how all of it is spread.

use serde::Serialize;

use super::{
    Cursor, Filters, FindError, Labelled, Place, Sort,
    facets::{Facets, Wanted, facets},
    rank,
    sift::sift,
};
use crate::{
    ask::walk::kind_name,
    model::{Kind, Text},
    views::{
        adjacency::Direction,
        columns::{Columns, Facet},
        text::{HIT_END, HIT_START, Matches, Shown, Words},
    },
};

/// What is looked for, and how much of it is wanted.
#[derive(Clone, Debug)]
pub struct Find {
    /// The words; without any, everything.
    pub words: Option<Words>,
    /// Which things.
    pub filters: Filters,
    /// In which order.
    pub sort: Sort,
    /// After which thing.
    pub cursor: Option<Cursor>,
    /// The most hits.
    pub limit: usize,
    /// Which facets.
    pub facets: Wanted,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Found {
    /// How many things in all.
    pub total: usize,
    /// Those of this page.
    pub hits: Vec<Hit>,
    /// The things whose names were looked for beside the words, because the words find little.
    pub also: Vec<Labelled>,
    /// How all of them are spread.
    pub facets: Facets,
    /// The cursor of the next page.
    pub next: Option<String>,
}

/// One thing that was found. Of a claim it says who holds it and how: it is never given as a fact.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hit {
    /// Its IRI.
    pub id: String,
    /// What it is.
    pub kind: &'static str,
    /// Its title or name, in each language it has one in; of a claim, its description.
    pub label: Text,
    /// The type of a document, the kind of an event, the level of a place.
    #[serde(rename = "type")]
    pub types: Vec<Labelled>,
    /// The words around the hits, the hits between U+27E6 and U+27E7; null without words.
    pub snippet: Option<Snippet>,
    /// How well it matches; only comparable within one search.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub score: Option<f32>,
    /// Its date as it was given; of a claim, that of its document.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The first and the last day that it may be of.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days: Option<[String; 2]>,
    /// Who issued the document; of a claim, its document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub issuer: Vec<Labelled>,
    /// The languages of the document.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Of a claim, who holds it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub speaker: Vec<Labelled>,
    /// Of a claim, whether it affirms or denies.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stance: Option<Labelled>,
    /// Of a claim, the document that it stands in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document: Option<Labelled>,
}

/// The words around the hits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Snippet {
    /// With marks around the hits.
    pub marked: String,
    /// Without marks.
    pub text: String,
    /// Where the hits stand in `text`, in code points.
    pub spans: Vec<[usize; 2]>,
    /// The language.
    pub lang: String,
    /// The text layer, where it is of one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub layer: Option<String>,
}

/// A page as it comes from the blocking part.
struct Page {
    sifted: super::sift::Sifted,
    also: Vec<String>,
    rows: Vec<(u32, f32, Option<Shown>)>,
    next: Option<String>,
}

/// Finds things.
pub async fn search(place: Place<'_>, find: Find) -> Result<Found, FindError> {
    let columns = place.current().await?;
    let tests = find.filters.tests(&place, &columns)?;
    let Find { words, sort, cursor, limit, facets: wanted, .. } = find;
    let (known, counted, has_words) = (columns.clone(), wanted.any(), words.is_some());
    let work = move |text: &crate::views::text::TextIndex| {
        let matches = words.map(|words| text.matches(&words, &known)).transpose()?;
        let sifted = sift(&known, &tests, matches.as_ref(), counted);
        let (page, next) = rank::page(&known, &sifted.things, sort, cursor.as_ref(), limit);
        let mut rows = Vec::with_capacity(page.len());
        for (number, score) in page {
            let found = matches.as_ref().and_then(|matches| Some((matches, matches.of(number)?)));
            rows.push((number, score, found.map(|(matches, found)| text.show(matches, found)).transpose()?));
        }
        let also = matches.map(|Matches { also, .. }| also).unwrap_or_default();
        Ok(Page { sifted, also, rows, next })
    };
    let Page { sifted, also, rows, next } = place.views.with_text(work).await?;
    let also = also.iter().filter_map(|iri| columns.adjacency.number(&place.store.iris().parse_id(iri)?));
    Ok(Found {
        total: sifted.things.len(),
        also: also.map(|number| place.thing(&columns, number)).collect(),
        facets: facets(&place, &columns, &sifted, &wanted),
        hits: rows.into_iter().map(|row| hit(&place, &columns, row, has_words)).collect(),
        next,
    })
}

fn hit(place: &Place<'_>, columns: &Columns, row: (u32, f32, Option<Shown>), has_words: bool) -> Hit {
    let (number, score, shown) = row;
    let adjacency = &columns.adjacency;
    let Labelled { id, label } = place.thing(columns, number);
    let kind = adjacency.kind(number);
    let joined = |of: u32, predicate: &str| -> Vec<u32> {
        let Some(predicate) = adjacency.predicate_number(predicate) else { return Vec::new() };
        let edges = adjacency.edges(of, Direction::Out);
        let mut others: Vec<u32> = edges.iter().filter(|e| e.predicate == predicate).map(|e| e.other).collect();
        others.dedup();
        others
    };
    let concepts = |facet: Facet| {
        let values = columns.codes(number).iter().map(|&code| &columns.values()[code as usize]);
        values.filter(move |(of, _)| *of == facet).map(|(_, value)| place.value(columns, value))
    };
    let labelled = |numbers: &[u32]| numbers.iter().map(|&number| place.thing(columns, number)).collect::<Vec<_>>();
    let document =
        if kind == Kind::Claim { joined(number, "ontology#statedIn").first().copied() } else { Some(number) };
    let issuer = document.map(|document| joined(document, "ontology#issuedBy")).unwrap_or_default();
    Hit {
        id,
        kind: kind_name(kind),
        label,
        types: concepts(Facet::Type).collect(),
        snippet: shown.map(snippet),
        score: has_words.then_some(score),
        date: document.and_then(|document| adjacency.thing(document).date.as_deref().map(str::to_owned)),
        days: columns.days(number).map(|(from, to)| [from.to_string(), to.to_string()]),
        issuer: labelled(&issuer),
        languages: concepts(Facet::Language).map(|lang| lang.id).collect(),
        speaker: if kind == Kind::Claim { labelled(&joined(number, "ontology#statedBy")) } else { Vec::new() },
        stance: concepts(Facet::Stance).next(),
        document: document.filter(|_| kind == Kind::Claim).map(|document| place.thing(columns, document)),
    }
}

/// A snippet with its marks, and the same told by offsets.
fn snippet(shown: Shown) -> Snippet {
    let (mut text, mut spans, mut at) = (String::new(), Vec::new(), 0);
    for c in shown.snippet.chars() {
        match c {
            HIT_START => spans.push([at, at]),
            HIT_END => spans.iter_mut().rev().take(1).for_each(|span| span[1] = at),
            _ => {
                text.push(c);
                at += 1;
            }
        }
    }
    Snippet { marked: shown.snippet, text, spans, lang: shown.lang, layer: shown.layer }
}
