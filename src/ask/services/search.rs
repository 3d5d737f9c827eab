//! `isnad:search`: words in texts and names.

use std::collections::HashMap;

use oxigraph::model::{Literal, NamedNode, Term};
use tokio::time::Instant;

use super::{
    Arguments, DEFAULT_LIMIT, MAX_LIMIT, Signature, Table,
    arguments::{Values, refused},
    decimal, too_many,
};
use crate::{
    model::Date,
    store::{Error, Store},
    views::{
        Views,
        text::{MentionSpan, Near, Search, Words},
    },
};

pub(super) const SIGNATURE: Signature = Signature {
    name: "search",
    given: &["matches", "language", "type", "issuedFrom", "issuedTo", "near", "within", "limit"],
    any_of: &["language", "type", "near"],
    asked: &["score", "snippet", "layer", "mention"],
};

/// How near is near, in code points, where nothing else is said.
const WITHIN: usize = 200;

/// So many mentions of a thing are looked at; more are told.
const MAX_MENTIONS: usize = 200_000;

pub(super) async fn answer(views: &Views, store: &Store, arguments: &Arguments, end: Instant) -> Result<Table, Error> {
    let mut table = None;
    for values in arguments.combinations()? {
        let search = search(store, arguments, &values, end).await?;
        let limit = search.limit;
        let found = views.search(search).await?;
        if found.more && values.one("limit").is_none() {
            return Err(too_many("search", limit));
        }
        let table = table.get_or_insert_with(|| Table::new(arguments, &values.bound));
        for hit in &found.hits {
            let mentions: Vec<Option<&String>> =
                if arguments.asks("mention") { hit.mentions.iter().map(Some).collect() } else { vec![None] };
            for mention in mentions {
                let value = |property: &str| -> Option<Term> {
                    Some(match property {
                        "score" => decimal(f64::from(hit.score), 4),
                        "layer" => NamedNode::new_unchecked(hit.layer.clone().unwrap_or_default()).into(),
                        "mention" => NamedNode::new_unchecked(mention.cloned().unwrap_or_default()).into(),
                        _ => Literal::new_simple_literal(&hit.snippet).into(),
                    })
                };
                let subject = NamedNode::new_unchecked(&hit.iri).into();
                table.push(arguments, &subject, value, &values.bound);
            }
        }
    }
    Ok(table.unwrap_or_default())
}

async fn search(store: &Store, arguments: &Arguments, values: &Values, end: Instant) -> Result<Search, Error> {
    let words = values.required("matches", "\"chlorine\"").map(crate::store::literal_value)?;
    let words: Words = words.parse().map_err(|error| refused("search", format!("isnad:matches: {error}")))?;
    let near_to = values.iris("near")?;
    let within = values.number("within", 0, 1_000_000, WITHIN)?;
    for (property, there) in [("within", values.one("within").is_some()), ("mention", arguments.asks("mention"))] {
        if there && near_to.is_empty() {
            return Err(refused(
                "search",
                format!("isnad:{property} needs isnad:near, the thing whose mentions are meant"),
            ));
        }
    }
    let near = if near_to.is_empty() { None } else { Some(near(store, &near_to, within).await?) };
    let things = arguments.subjects.iter().flatten().map(crate::store::literal_value).collect();
    let day = |property: &str, latest: bool| day(values, property, latest);
    Ok(Search {
        words,
        things,
        classes: values.iris("type")?,
        langs: values.all("language").map(|term| crate::store::literal_value(term).to_lowercase()).collect(),
        from: day("issuedFrom", false)?,
        to: day("issuedTo", true)?,
        near,
        by_layer: arguments.asks("layer"),
        details: arguments.asks("snippet"),
        limit: values.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT)?,
        deadline: end.into_std(),
    })
}

/// A day, from a date that may be a month or a year.
fn day(values: &Values, property: &str, latest: bool) -> Result<Option<String>, Error> {
    let Some(text) = values.text(property) else { return Ok(None) };
    let date: Date = text.parse().map_err(|_| {
        refused(
            "search",
            format!("isnad:{property} is {text}; it must be a day, a month or a year, such as 2016-10-21 or 2016"),
        )
    })?;
    Ok(Some(if latest { date.latest() } else { date.earliest() }.to_string()))
}

/// Where things are mentioned, by text layer; mentions that were rejected are left out.
///
/// More than [`MAX_MENTIONS`] are refused.
pub async fn near(store: &Store, things: &[String], within: usize) -> Result<Near, Error> {
    let iris = store.iris();
    let bodies: Vec<String> = things.iter().map(|thing| format!("<{thing}>")).collect();
    let query = format!(
        "PREFIX oa: <http://www.w3.org/ns/oa#> SELECT DISTINCT ?mention ?layer ?start ?end {{ \
         VALUES ?thing {{ {bodies} }} ?mention oa:hasBody ?thing ; {text} ?layer ; oa:start ?start ; oa:end ?end \
         FILTER NOT EXISTS {{ ?mention {state} {rejected} }} }} LIMIT {limit}",
        bodies = bodies.join(" "),
        text = iris.term("inText"),
        state = iris.term("reviewState"),
        rejected = iris.concept("review-state", "rejected"),
        limit = MAX_MENTIONS + 1,
    );
    let rows = store.select(&query).await?;
    if rows.len() > MAX_MENTIONS {
        return Err(refused("search", format!("isnad:near names what is mentioned more than {MAX_MENTIONS} times")));
    }
    let mut mentions: HashMap<String, Vec<MentionSpan>> = HashMap::new();
    for row in &rows {
        let (Some(iri), Some(layer)) = (row.iri("mention"), row.iri("layer")) else { continue };
        let place = |variable: &str| row.number(variable).and_then(|number| usize::try_from(number).ok());
        let (Some(start), Some(end)) = (place("start"), place("end")) else { continue };
        mentions.entry(layer.to_owned()).or_default().push(MentionSpan { iri: iri.to_owned(), start, end });
    }
    Ok(Near { mentions, within })
}
