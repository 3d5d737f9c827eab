//! The candidates of a query, with their scores and what they are made of.

use std::collections::{BTreeMap, BTreeSet};

use super::{APART, Ground, Property, SURE, Shown, VALUE, properties::Sought};
use crate::{
    ask::names::labels,
    link::How,
    model::{Id, Lang},
    store::Error,
};

/// How many things of like names are compared by their values.
const COMPARED: usize = 60;
/// How many things are found by a value where no name is given.
const BY_VALUE: usize = 500;
/// The least score of a candidate.
const LEAST: f64 = 25.0;
/// What the wrong type leaves of a score, where a type is only preferred.
const OTHER_TYPE: f64 = 0.7;

/// A value of a property, as a table has it.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Words.
    Text(String),
    /// Another thing, by its identifier.
    Thing(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// How many of several values or types must fit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Quantifier {
    /// One of them.
    #[default]
    Any,
    /// Each of them.
    All,
    /// Not one of them; of types: they are preferred and not required.
    None,
}

/// A property with the values that are looked for.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The property.
    pub property: Property,
    /// The values.
    pub values: Vec<Value>,
    /// How many of them must fit.
    pub quantifier: Quantifier,
    /// Whether what does not fit is left out.
    pub is_required: bool,
}

/// What is looked for.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The name.
    pub name: Option<String>,
    /// The identifiers, where they are known.
    pub ids: Vec<String>,
    /// The types, by local name.
    pub types: Vec<String>,
    /// How many of the types a thing must have.
    pub type_quantifier: Quantifier,
    /// The values of properties.
    pub properties: Vec<Wanted>,
    /// The most candidates.
    pub limit: usize,
}

/// A part of a score.
#[derive(Clone, Debug, PartialEq)]
pub struct Feature {
    /// What it is: `name`, `whole-name`, `sound`, `property:...`, `type`, `prior`.
    pub id: String,
    /// How much of it: 0 to 100, but for `prior`, which is a count.
    pub value: f64,
}

/// A thing that may be meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Candidate {
    /// The thing.
    pub thing: Shown,
    /// 0 to 100.
    pub score: f64,
    /// Whether it alone is meant.
    pub is_match: bool,
    /// What the score is made of.
    pub features: Vec<Feature>,
}

/// A thing before its values are looked at.
struct Proposed {
    id: Id,
    /// How like the name is and how good a name, where one was given.
    name: Option<(f64, How, f64)>,
    prior: u32,
}

/// The candidates, the best first; of those with one score the one most often spoken of, then by identifier.
pub async fn candidates(ground: &Ground, query: &Query, lang: &Lang) -> Result<Vec<Candidate>, Error> {
    let sought: Vec<(&Wanted, Vec<Sought>)> = query
        .properties
        .iter()
        .map(|wanted| (wanted, wanted.values.iter().map(|value| Sought::of(ground, value)).collect()))
        .collect();
    let proposed = proposed(ground, query, &sought).await?;
    let things: Vec<Id> = proposed.iter().map(|one| one.id.clone()).collect();
    let properties: Vec<&Property> = query.properties.iter().map(|wanted| &wanted.property).collect();
    let held = ground.held(&things, &properties, true).await?;
    let named: Vec<_> = held
        .values()
        .flatten()
        .filter_map(|term| match term {
            oxigraph::model::Term::NamedNode(iri) => Some(iri),
            _ => None,
        })
        .collect();
    let labels = labels(&ground.store, &ground.ontology, named).await?;
    let label = |iri: &str| labels.get(iri).map(|text| text.values().cloned().collect()).unwrap_or_default();
    let mut scored: Vec<(f64, u32, Id, Vec<Feature>)> = Vec::new();
    for one in proposed {
        let iri = ground.store.iris().id(&one.id).into_string();
        let mut likenesses = BTreeMap::new();
        for (wanted, values) in &sought {
            let terms =
                held.get(&(iri.clone(), wanted.property.iri.as_str().to_owned())).map_or(&[][..], Vec::as_slice);
            let each = values.iter().map(|value| value.likeness(terms, label));
            let likeness = match wanted.quantifier {
                Quantifier::Any => each.fold(0.0, f64::max),
                Quantifier::All => each.fold(1.0, f64::min),
                Quantifier::None => 1.0 - each.fold(0.0, f64::max),
            };
            likenesses.insert(wanted.property.id.clone(), (likeness, wanted.is_required));
        }
        if likenesses.values().any(|(likeness, is_required)| *is_required && *likeness < 0.8) {
            continue;
        }
        let (score, features) = score(ground, query, &one, &likenesses);
        scored.push((score, one.prior, one.id, features));
    }
    scored.retain(|(score, ..)| *score >= LEAST);
    scored.sort_by(|a, b| b.0.total_cmp(&a.0).then(b.1.cmp(&a.1)).then_with(|| a.2.cmp(&b.2)));
    let next = scored.get(1).map_or(0.0, |next| next.0);
    let is_clear = scored.first().is_some_and(|best| best.0 >= SURE && best.0 - next >= APART);
    let candidate = |(at, (score, _, id, features)): (usize, (f64, u32, Id, Vec<Feature>))| {
        Some(Candidate { thing: ground.shown(&id, lang)?, score, is_match: at == 0 && is_clear, features })
    };
    Ok(scored.into_iter().enumerate().filter_map(candidate).take(query.limit).collect())
}

/// The score and its parts.
fn score(
    ground: &Ground,
    query: &Query,
    one: &Proposed,
    values: &BTreeMap<String, (f64, bool)>,
) -> (f64, Vec<Feature>) {
    let feature = |id: &str, value: f64| Feature { id: id.to_owned(), value: rounded(value) };
    let (mut sum, mut weight, mut features) = (0.0, 0.0, Vec::new());
    if let Some((likeness, how, goodness)) = one.name {
        // A name that is not the label counts a little less.
        let name = likeness * (0.5 + goodness / 2.0 / 0.95).min(1.0);
        (sum, weight) = (name, 1.0);
        features.push(feature("name", 100.0 * name));
        features.push(feature("whole-name", if how == How::Whole { 100.0 } else { 0.0 }));
        features.push(feature("sound", if how == How::Sound { 100.0 } else { 0.0 }));
    }
    for (id, (likeness, _)) in values {
        sum += VALUE * likeness;
        weight += VALUE;
        features.push(feature(&format!("property:{id}"), 100.0 * likeness));
    }
    let mut score = if weight > 0.0 { 100.0 * sum / weight } else { 100.0 };
    if !query.types.is_empty() {
        let fits = has_type(ground, query, &one.id, Quantifier::Any);
        score *= if fits { 1.0 } else { OTHER_TYPE };
        features.push(feature("type", if fits { 100.0 } else { 0.0 }));
    }
    features.push(feature("prior", f64::from(one.prior)));
    (rounded(score), features)
}

fn rounded(value: f64) -> f64 {
    (value * 100.0).round() / 100.0
}

fn has_type(ground: &Ground, query: &Query, id: &Id, quantifier: Quantifier) -> bool {
    let classes = ground.classes(id);
    let mut fits = query.types.iter().map(|class| classes.contains(class.as_str()));
    query.types.is_empty()
        || match quantifier {
            Quantifier::Any => fits.any(|fits| fits),
            Quantifier::All => fits.all(|fits| fits),
            Quantifier::None => true,
        }
}

/// What is compared: what is named so, or has an identifier, or else what has the values.
async fn proposed(ground: &Ground, query: &Query, sought: &[(&Wanted, Vec<Sought>)]) -> Result<Vec<Proposed>, Error> {
    let wanted = |id: &Id| ground.is_wanted(id) && has_type(ground, query, id, query.type_quantifier);
    let compared = COMPARED.max(2 * query.limit);
    if !query.ids.is_empty() {
        let things: BTreeSet<Id> = query.ids.iter().filter_map(|id| ground.thing(id)).filter(|id| wanted(id)).collect();
        return Ok(things.into_iter().map(|id| Proposed { id, name: None, prior: 0 }).collect());
    }
    if let Some(name) = &query.name {
        let found = ground.dictionary.alike(name, wanted, compared);
        let proposed = |one: crate::link::Candidate| Proposed {
            id: one.thing,
            name: Some((one.likeness, one.how, one.goodness)),
            prior: one.prior,
        };
        return Ok(found.into_iter().map(proposed).collect());
    }
    let mut things = BTreeSet::new();
    for (of, values) in sought.iter().filter(|(of, _)| of.quantifier != Quantifier::None) {
        let terms: Vec<String> = values.iter().flat_map(Sought::terms).collect();
        let property = &of.property.iri;
        let path = if of.property.id == "within" { format!("{property}+") } else { property.to_string() };
        let query = format!(
            "SELECT DISTINCT ?thing {{ VALUES ?value {{ {} }} ?thing {path} ?value }} ORDER BY ?thing LIMIT {BY_VALUE}",
            terms.join(" ")
        );
        let rows = ground.store.select(&query).await?;
        let found = rows.iter().filter_map(|row| ground.store.iris().parse_id(row.iri("thing")?));
        things.extend(found.filter(|id| wanted(id)));
    }
    Ok(things.into_iter().map(|id| Proposed { id, name: None, prior: 0 }).collect())
}
