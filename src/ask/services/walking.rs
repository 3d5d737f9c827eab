//! `isnad:neighbors` and `isnad:comentions`: what [`walk`](crate::ask::walk) finds, as rows.

use oxigraph::model::{Literal, NamedNode, Term, vocab::xsd};

use super::{
    Arguments, DEFAULT_LIMIT, MAX_LIMIT, Signature, Table,
    arguments::{Values, refused},
    decimal, too_many,
};
use crate::{
    ask::walk::{self, CoMentions, Filter, Ground, Neighbors, kind_of},
    model::{Id, Kind},
    rdf::Iris,
    store::{Error, literal_value},
    views::{Views, adjacency::Direction},
};

pub(super) const NEIGHBORS: Signature = Signature {
    name: "neighbors",
    given: &["of", "relation", "kind", "direction", "limit"],
    any_of: &["of", "relation", "kind"],
    asked: &["predicate", "graph", "confidence"],
};

pub(super) const COMENTIONS: Signature = Signature {
    name: "comentions",
    given: &["with", "kind", "least", "limit"],
    any_of: &["kind"],
    asked: &["count", "information"],
};

pub(super) async fn neighbors(views: &Views, iris: &Iris, arguments: &Arguments) -> Result<Table, Error> {
    let adjacency = views.adjacency().await?;
    let ground = Ground { adjacency: &adjacency, iris, ontology: None };
    let mut table = None;
    for values in arguments.combinations()? {
        let limit = values.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT)?;
        values.required("of", "<org/hrw>")?;
        let known =
            |predicate: &String| adjacency.predicate_number(iris.relative(predicate).unwrap_or(predicate)).is_some();
        let wanted = values.iris("relation")?;
        let filter = Filter {
            relations: wanted.iter().filter(|relation| known(relation)).cloned().collect(),
            kinds: kinds(&values, "neighbors")?,
            direction: direction(&values)?,
            ..Filter::default()
        };
        let is_nowhere = !wanted.is_empty() && filter.relations.is_empty();
        let table = table.get_or_insert_with(|| Table::new(arguments, &values.bound));
        let ids: Vec<Id> = values.iris("of")?.iter().filter_map(|iri| iris.parse_id(iri)).collect();
        for id in ids.into_iter().filter(|id| !is_nowhere && adjacency.number(id).is_some()) {
            let this = iris.id(&id);
            let asked = Neighbors { filter: filter.clone(), ..Neighbors::of(vec![id], limit) };
            let piece = walk::neighbors(ground, &asked).map_err(|error| refused("neighbors", error.to_string()))?;
            if piece.truncated && values.one("limit").is_none() {
                return Err(too_many("neighbors", limit));
            }
            for edge in &piece.edges {
                let other = if edge.source == this.as_str() { &edge.target } else { &edge.source };
                if !is_wanted(arguments, other) {
                    continue;
                }
                let value = |property: &str| -> Option<Term> {
                    match property {
                        "predicate" => Some(NamedNode::new_unchecked(&edge.predicate).into()),
                        "graph" => Some(NamedNode::new_unchecked(&edge.graph).into()),
                        _ => edge.confidence.map(|confidence| decimal(confidence, 2)),
                    }
                };
                table.push(arguments, &NamedNode::new_unchecked(other).into(), value, &values.bound);
            }
        }
    }
    Ok(table.unwrap_or_default())
}

pub(super) async fn comentions(views: &Views, iris: &Iris, arguments: &Arguments) -> Result<Table, Error> {
    let adjacency = views.adjacency().await?;
    let ground = Ground { adjacency: &adjacency, iris, ontology: None };
    let mut table = None;
    for values in arguments.combinations()? {
        let limit = values.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT)?;
        let least = u32::try_from(values.number("least", 1, 1_000_000, 1)?).unwrap_or(u32::MAX);
        let with = literal_value(values.required("with", "<org/hrw>")?);
        let table = table.get_or_insert_with(|| Table::new(arguments, &values.bound));
        let Some(id) = iris.parse_id(&with).filter(|id| adjacency.number(id).is_some()) else { continue };
        let this = iris.id(&id);
        let kinds = kinds(&values, "comentions")?;
        let filter = Filter { kinds, ..Filter::default() };
        let asked = CoMentions { ids: vec![id], filter, limit, least, star: true, ..CoMentions::default() };
        let piece = walk::comentions(ground, &asked).map_err(|error| refused("comentions", error.to_string()))?;
        if piece.truncated && values.one("limit").is_none() {
            return Err(too_many("comentions", limit));
        }
        for edge in &piece.edges {
            let other = if edge.source == this.as_str() { &edge.target } else { &edge.source };
            let value = |property: &str| match property {
                "count" => edge.count.map(whole),
                _ => edge.weight.map(|weight| decimal(weight, 3)),
            };
            if is_wanted(arguments, other) {
                table.push(arguments, &NamedNode::new_unchecked(other).into(), value, &values.bound);
            }
        }
    }
    Ok(table.unwrap_or_default())
}

/// Whether a thing is one of those that the subject may be.
fn is_wanted(arguments: &Arguments, thing: &str) -> bool {
    arguments.subjects.as_ref().is_none_or(|subjects| subjects.iter().any(|subject| literal_value(subject) == thing))
}

fn whole(number: u64) -> Term {
    Literal::new_typed_literal(number.to_string(), xsd::INTEGER).into()
}

fn kinds(values: &Values, service: &str) -> Result<Vec<Kind>, Error> {
    let kind = |word: String| {
        kind_of(&word).filter(|kind| *kind != Kind::Concept).ok_or_else(|| {
            let detail = format!(
                "isnad:kind is \"{word}\"; expected document, person, organization, place, event, claim or collection"
            );
            refused(service, detail)
        })
    };
    values.all("kind").map(literal_value).map(kind).collect()
}

fn direction(values: &Values) -> Result<Option<Direction>, Error> {
    match values.text("direction").as_deref() {
        None | Some("both") => Ok(None),
        Some("out") => Ok(Some(Direction::Out)),
        Some("in") => Ok(Some(Direction::In)),
        Some(word) => Err(refused("neighbors", format!("isnad:direction is \"{word}\"; expected out, in or both"))),
    }
}
