//! Which entities may be one and the same? Each is looked for by its own names among the others of its kind.
//!
//! The score is that of a row in somebody's table, with the same parts: by name, and for places by where they lie. Nothing
//! is merged here; a person decides.

use std::collections::BTreeMap;

use super::{Candidate, Feature, Ground, Quantifier, Query, Shown, Value, Wanted, candidates};
use crate::{
    model::{Id, Kind, Lang},
    rdf::vocab::{isn, rdfs, skos},
    store::Error,
};

/// So many entities are looked for at once.
const AT_ONCE: usize = 40;
/// By so many names each, at most.
const NAMES: usize = 6;
/// So many others are looked at for each name.
const COMPARED: usize = 8;

/// Two entities that may be one.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// The one.
    pub one: Shown,
    /// The other.
    pub other: Shown,
    /// The name of the one by which the other was found.
    pub name: String,
    /// 0 to 100.
    pub score: f64,
    /// What the score is made of.
    pub features: Vec<Feature>,
}

/// Some pairs, and where the next ones begin.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The pairs, the likest first.
    pub pairs: Vec<Pair>,
    /// The entity after which the next ones come, where there are more.
    pub next: Option<Id>,
}

/// An entity with its names, and what it lies in.
#[derive(Debug, Default)]
struct Named {
    names: Vec<String>,
    within: Vec<String>,
}

/// The pairs of which one is among the next entities of a kind after a place, and that score so much at least. A page
/// covers so many entities, and may have few pairs or none.
pub async fn duplicates(
    ground: &Ground,
    kind: Kind,
    least: f64,
    after: Option<&Id>,
    lang: &Lang,
) -> Result<Page, Error> {
    let some = named(ground, kind, after).await?;
    let next = if some.len() < AT_ONCE { None } else { some.keys().next_back().cloned() };
    let mut found: BTreeMap<(Id, Id), Pair> = BTreeMap::new();
    for (id, named) in &some {
        for name in named.names.iter().take(NAMES) {
            let query = query(ground, kind, name, &named.within);
            for candidate in candidates(ground, &query, lang).await? {
                let Some(pair) = pair(ground, id, name, candidate, lang).filter(|pair| pair.score >= least) else {
                    continue;
                };
                let Some(other) = ground.thing(&pair.other.id) else { continue };
                // Each pair once: where both are in what was covered, under the first.
                let key = if other < *id { (other, id.clone()) } else { (id.clone(), other) };
                match found.get(&key) {
                    Some(known) if known.score >= pair.score => {}
                    _ => drop(found.insert(key, pair)),
                }
            }
        }
    }
    // What was found from an entity of an earlier page, and could be from there again, is not told twice.
    let first = some.keys().next();
    let mut pairs: Vec<Pair> = found
        .into_iter()
        .filter(|((low, _), _)| first.is_none_or(|first| low >= first))
        .map(|(_, pair)| pair)
        .collect();
    pairs.sort_by(|a, b| {
        b.score.total_cmp(&a.score).then_with(|| (&a.one.id, &a.other.id).cmp(&(&b.one.id, &b.other.id)))
    });
    Ok(Page { pairs, next })
}

const fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Person => "Person",
        Kind::Place => "Place",
        Kind::Event => "Event",
        _ => "Organization",
    }
}

/// The next entities, in the order of their identifiers.
async fn named(ground: &Ground, kind: Kind, after: Option<&Id>) -> Result<BTreeMap<Id, Named>, Error> {
    let iris = ground.store.iris();
    let after = after.map_or_else(|| iris.base().to_owned(), |id| iris.id(id).into_string());
    let query = format!(
        "SELECT ?x ?p ?o {{ {{ SELECT DISTINCT ?x {{ ?x a {class} FILTER(STR(?x) > \"{after}\") }} ORDER BY STR(?x) LIMIT {AT_ONCE} }} \
         ?x ?p ?o FILTER(?p IN ({}, {}, {within})) }}",
        rdfs::LABEL,
        skos::ALT_LABEL,
        class = iris.term(class(kind)),
        within = iris.term(isn::WITHIN),
    );
    let mut found: BTreeMap<Id, Named> = BTreeMap::new();
    for row in ground.store.select(&query).await? {
        let Some(id) = row.iri("x").and_then(|iri| iris.parse_id(iri)) else { continue };
        let named = found.entry(id).or_default();
        match row.iri("o") {
            Some(iri) => named.within.extend(iris.parse_id(iri).map(|id| id.to_string())),
            None => named.names.extend(row.text("o")),
        }
    }
    for named in found.values_mut() {
        named.names.sort();
        named.names.dedup();
    }
    Ok(found)
}

fn query(ground: &Ground, kind: Kind, name: &str, within: &[String]) -> Query {
    let place = ground.terms.property(isn::WITHIN).filter(|_| !within.is_empty());
    let properties = place.map(|property| Wanted {
        property: property.clone(),
        values: within.iter().cloned().map(Value::Thing).collect(),
        quantifier: Quantifier::Any,
        is_required: false,
    });
    Query {
        name: Some(name.to_owned()),
        types: vec![class(kind).to_owned()],
        properties: properties.into_iter().collect(),
        limit: COMPARED,
        ..Query::default()
    }
}

/// An entity with another that was found by its name; nothing where it found itself.
fn pair(ground: &Ground, id: &Id, name: &str, candidate: Candidate, lang: &Lang) -> Option<Pair> {
    let Candidate { thing, score, features, .. } = candidate;
    if thing.id == id.as_str() {
        return None;
    }
    Some(Pair { one: ground.shown(id, lang)?, other: thing, name: name.to_owned(), score, features })
}
