//! What clients of either version send, and what is wrong with it.

use std::collections::BTreeMap;

use axum::{
    Json,
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value as Json_;

use crate::{
    ask::reconcile::{Ground, Quantifier, Query, Value, Wanted, extend::Column},
    model::Id,
    serve::{
        parameters::{pairs, set_once},
        problem::Problem,
    },
};

/// The most queries of a batch, and the most things that are extended at once.
pub(super) const MOST: usize = 100;
/// The most candidates, and how many where the caller does not say.
const CANDIDATES: (usize, usize) = (100, 10);
/// The most letters of a name.
const LETTERS: usize = 1_000;
/// The most conditions of a query, and the most columns.
const CONDITIONS: usize = 30;

/// A problem with a parameter, or with a place in a body.
pub(super) fn bad(place: &str, detail: impl Into<String>) -> Problem {
    Problem::bad_request(detail).at("parameter", place)
}

/// The parameters of a request.
pub(super) struct Asked(BTreeMap<String, String>);

impl Asked {
    /// Reads the parameters; those that nobody asks for are left alone, for clients add some of their own.
    pub(super) fn read(query: Option<&str>, form: Option<&str>) -> Result<Self, Problem> {
        let mut found = BTreeMap::new();
        for (name, value) in [query, form].into_iter().flatten().flat_map(pairs) {
            let mut place = found.remove(&name);
            set_once(&mut place, &name, value)?;
            found.extend(place.map(|value| (name, value)));
        }
        Ok(Self(found))
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    pub(super) fn number(&self, name: &'static str, least: usize, most: usize, usual: usize) -> Result<usize, Problem> {
        let Some(given) = self.get(name).filter(|given| !given.is_empty()) else { return Ok(usual) };
        let number = given.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| bad(name, format!("`{given}` is not a number from {least} to {most}")))
    }

    /// The thing that is meant.
    pub(super) fn id(&self, ground: &Ground) -> Result<Id, Problem> {
        let id = self.get("id").ok_or_else(|| bad("id", "`id` is missing: expected an identifier such as org/hrw"))?;
        ground
            .thing(id)
            .ok_or_else(|| Problem::not_found(format!("there is nothing called `{id}`")).at("parameter", "id"))
    }

    /// The type that is meant, by local name.
    pub(super) fn class(&self, ground: &Ground) -> Result<Option<String>, Problem> {
        match self.get("type").filter(|given| !given.is_empty()) {
            Some(given) => class(ground, given).map(Some).map_err(|problem| problem.at("parameter", "type")),
            None => Ok(None),
        }
    }

    /// The answer, as JSON or as a call of a function.
    pub(super) fn answer(&self, body: &Json_) -> Result<Response, Problem> {
        let vary = (header::VARY, HeaderValue::from_static("Accept-Language, Accept-Encoding"));
        let Some(callback) = self.get("callback") else { return Ok(([vary], Json(body)).into_response()) };
        let good = callback.len() <= 100
            && callback.starts_with(|c: char| c.is_ascii_alphabetic() || "_$".contains(c))
            && callback.chars().all(|c| c.is_ascii_alphanumeric() || "_$.".contains(c));
        if !good {
            return Err(bad("callback", "`callback` is not a name of a function: expected letters, digits, _ $ and ."));
        }
        let script = format!("/**/{callback}({body});").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029");
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/javascript"));
        Ok(([kind, vary], script).into_response())
    }
}

fn class(ground: &Ground, given: &str) -> Result<String, Problem> {
    ground.terms.type_of(given).map(|class| class.id.clone()).ok_or_else(|| {
        let known: Vec<&str> = ground.terms.types().map(|class| class.id.as_str()).collect();
        Problem::bad_request(format!("there is no type `{given}`: expected one of {}", known.join(", ")))
            .at("available", known)
    })
}

fn property(ground: &Ground, given: &str) -> Result<crate::ask::reconcile::Property, Problem> {
    ground.terms.property(given).cloned().ok_or_else(|| {
        Problem::bad_request(format!(
            "there is no property `{given}`: ask /reconcile/suggest/property for those there are"
        ))
    })
}

/// One or several.
#[derive(Deserialize)]
#[serde(untagged)]
enum Several<T> {
    Many(Vec<T>),
    One(T),
}

impl<T> Several<T> {
    fn all(self) -> Vec<T> {
        match self {
            Self::Many(all) => all,
            Self::One(one) => vec![one],
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Given {
    Thing { id: String },
    Text(String),
    Flag(bool),
    Number(f64),
}

impl From<Given> for Value {
    fn from(given: Given) -> Self {
        match given {
            Given::Thing { id } => Self::Thing(id),
            Given::Text(words) => Self::Text(words),
            Given::Flag(flag) => Self::Flag(flag),
            Given::Number(number) => Self::Number(number),
        }
    }
}

/// A query of version 0.2.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Old {
    query: Option<String>,
    #[serde(rename = "type")]
    class: Option<Several<String>>,
    limit: Option<f64>,
    #[serde(default)]
    properties: Vec<OldProperty>,
    type_strict: Option<String>,
}

#[derive(Deserialize)]
struct OldProperty {
    pid: String,
    v: Several<Given>,
}

/// Reads a batch of version 0.2: queries by key.
pub(super) fn old_queries(ground: &Ground, given: &str) -> Result<Vec<(String, Query)>, Problem> {
    let batch: serde_json::Map<String, Json_> = parsed(given, "queries", "an object of queries by key")?;
    few(batch.len(), "queries")?;
    batch
        .into_iter()
        .map(|(key, query)| {
            let place = |problem: Problem| problem.at("parameter", "queries").at("query", key.clone());
            let query: Old = serde_json::from_value(query)
                .map_err(|error| place(Problem::bad_request(format!("`{key}` is not a query: {error}"))))?;
            let query = old_query(ground, query).map_err(place)?;
            Ok((key, query))
        })
        .collect()
}

fn old_query(ground: &Ground, given: Old) -> Result<Query, Problem> {
    let classes = given.class.map(Several::all).unwrap_or_default();
    let wanted = |old: OldProperty| {
        Ok(Wanted {
            property: property(ground, &old.pid)?,
            values: old.v.all().into_iter().map(Value::from).collect(),
            quantifier: Quantifier::Any,
            is_required: false,
        })
    };
    let query = Query {
        name: given.query,
        ids: Vec::new(),
        types: classes
            .iter()
            .filter(|given| !given.is_empty())
            .map(|given| class(ground, given))
            .collect::<Result<_, _>>()?,
        type_quantifier: match given.type_strict.as_deref() {
            None | Some("any") => Quantifier::Any,
            Some("all") => Quantifier::All,
            Some("should") => Quantifier::None,
            Some(other) => {
                return Err(Problem::bad_request(format!("`{other}` is not a type_strict: expected any, all, should")));
            }
        },
        properties: given.properties.into_iter().map(wanted).collect::<Result<_, Problem>>()?,
        limit: limit(given.limit)?,
    };
    checked(query, "`query` or `properties`")
}

/// A query of the 1.0 draft.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    #[serde(rename = "type")]
    class: Option<String>,
    limit: Option<f64>,
    #[serde(rename = "lang")]
    _lang: Option<String>,
    #[serde(rename = "dir")]
    _dir: Option<String>,
    conditions: Vec<Condition>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Condition {
    match_type: MatchType,
    property_id: Option<String>,
    property_value: Several<Given>,
    #[serde(default)]
    required: bool,
    match_quantifier: Option<MatchQuantifier>,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum MatchType {
    Name,
    Id,
    Property,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum MatchQuantifier {
    Any,
    All,
    None,
}

#[derive(Deserialize)]
struct Batch {
    queries: Vec<Json_>,
}

/// Reads a batch of the 1.0 draft.
pub(super) fn new_queries(ground: &Ground, given: &str) -> Result<Vec<Query>, Problem> {
    let batch: Batch = parsed(given, "body", "an object with `queries`")?;
    few(batch.queries.len(), "queries")?;
    let numbered = batch.queries.into_iter().enumerate();
    numbered
        .map(|(at, query)| {
            let place = |problem: Problem| problem.at("parameter", format!("queries[{at}]"));
            let query: New = serde_json::from_value(query)
                .map_err(|error| place(Problem::bad_request(format!("query {at} is not a query: {error}"))))?;
            new_query(ground, query).map_err(place)
        })
        .collect()
}

fn new_query(ground: &Ground, given: New) -> Result<Query, Problem> {
    let class_given = given.class.filter(|class| !class.is_empty());
    let types = class_given.map(|given| class(ground, &given)).transpose()?.into_iter().collect();
    let mut query = Query { types, limit: limit(given.limit)?, ..Query::default() };
    for condition in given.conditions {
        let values = condition.property_value.all().into_iter().map(Value::from);
        let words = |value| match value {
            Value::Text(words) | Value::Thing(words) => words,
            Value::Number(number) => number.to_string(),
            Value::Flag(flag) => flag.to_string(),
        };
        match condition.match_type {
            MatchType::Name if query.name.is_some() => {
                return Err(Problem::bad_request("the query has two conditions of matchType name; expected one"));
            }
            MatchType::Name => query.name = values.map(words).next(),
            MatchType::Id => query.ids.extend(values.map(words)),
            MatchType::Property => {
                let id = condition
                    .property_id
                    .ok_or_else(|| Problem::bad_request("a condition on a property needs propertyId"))?;
                query.properties.push(Wanted {
                    property: property(ground, &id)?,
                    values: values.collect(),
                    quantifier: match condition.match_quantifier {
                        None | Some(MatchQuantifier::Any) => Quantifier::Any,
                        Some(MatchQuantifier::All) => Quantifier::All,
                        Some(MatchQuantifier::None) => Quantifier::None,
                    },
                    is_required: condition.required,
                });
            }
        }
    }
    checked(query, "a condition")
}

/// A query that asks for something, and not for too much.
fn checked(query: Query, expected: &str) -> Result<Query, Problem> {
    let too_long = |text: &String| text.chars().count() > LETTERS;
    let texts = query.properties.iter().flat_map(|wanted| &wanted.values).filter_map(|value| match value {
        Value::Text(text) => Some(text),
        _ => None,
    });
    if query.name.iter().chain(texts).any(too_long) {
        return Err(Problem::bad_request(format!("the query has a text of more than {LETTERS} letters")));
    }
    if query.properties.len() > CONDITIONS || query.properties.iter().any(|wanted| wanted.values.len() > CONDITIONS) {
        return Err(Problem::bad_request(format!("the query has more than {CONDITIONS} properties or values of one")));
    }
    if query.name.is_none() && query.ids.is_empty() && query.properties.is_empty() {
        return Err(Problem::bad_request(format!("the query asks for nothing: expected {expected}")));
    }
    Ok(query)
}

fn limit(given: Option<f64>) -> Result<usize, Problem> {
    let Some(given) = given else { return Ok(CANDIDATES.1) };
    if !(given >= 1.0 && given.fract() == 0.0) {
        return Err(Problem::bad_request(format!("`{given}` is not a limit: expected a whole number from 1")));
    }
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is whole and at least 1")]
    Ok((given as usize).min(CANDIDATES.0))
}

#[derive(Deserialize)]
struct Extension {
    ids: Vec<String>,
    properties: Vec<ColumnGiven>,
}

#[derive(Deserialize)]
struct ColumnGiven {
    id: String,
    #[serde(default)]
    settings: serde_json::Map<String, Json_>,
}

/// Reads a data extension query, which both versions write alike.
pub(super) fn extension(
    ground: &Ground,
    given: &str,
    place: &'static str,
) -> Result<(Vec<String>, Vec<Column>), Problem> {
    let Extension { ids, properties } = parsed(given, place, "an object with `ids` and `properties`")?;
    few(ids.len(), "ids")?;
    if properties.len() > CONDITIONS {
        return Err(bad(
            "properties",
            format!("{} properties are asked for; expected {CONDITIONS} at most", properties.len()),
        ));
    }
    let column = |given: ColumnGiven| {
        let property = property(ground, &given.id)?;
        // OpenRefine sends settings as texts where they were typed.
        let setting = |name: &str| given.settings.get(name).filter(|value| !value.is_null());
        let number = |value: &Json_| value.as_u64().or_else(|| value.as_str()?.parse().ok());
        let wrong = |name: &str, expected: &str| {
            Problem::bad_request(format!("the setting `{name}` of `{}` is not {expected}", given.id))
        };
        let limit = setting("limit").map_or(Some(0), number).and_then(|limit| usize::try_from(limit).ok());
        let flag = |value: &Json_| value.as_bool().or_else(|| value.as_str()?.parse().ok());
        Ok(Column {
            property,
            limit: limit.ok_or_else(|| wrong("limit", "a whole number; 0 is for all"))?,
            count: setting("count").map_or(Some(false), flag).ok_or_else(|| wrong("count", "true or false"))?,
        })
    };
    let columns = properties.into_iter().map(column).collect::<Result<_, Problem>>();
    Ok((ids, columns.map_err(|problem| problem.at("parameter", "properties"))?))
}

fn parsed<'a, T: Deserialize<'a>>(given: &'a str, place: &str, expected: &str) -> Result<T, Problem> {
    serde_json::from_str(given).map_err(|error| {
        bad(place, format!("`{place}` is not {expected}: {error}"))
            .at("line", error.line())
            .at("column", error.column())
    })
}

fn few(given: usize, what: &'static str) -> Result<(), Problem> {
    if given > MOST {
        return Err(bad(what, format!("{given} {what} are asked at once; expected {MOST} at most")));
    }
    Ok(())
}
