//! `isnad:path`: how two things hang together, step by step.
//!
//! The shortest paths, as [`walk`](crate::ask::walk) finds them, with a path of its own for every choice of the statements
//! that join two things. A step is a statement between two things of the archive, in either direction; parts, concepts
//! and terms are not walked through, and where a statement was read is walked only where that is named. How many
//! statements are looked at is bounded, because some things are connected with nearly everything; where the bound is
//! met it is said.

use std::collections::BTreeSet;

use oxigraph::model::{Literal, NamedNode, Term, vocab::xsd};

use super::{
    Arguments, DEFAULT_LIMIT, MAX_LIMIT, Signature, Table,
    arguments::{Values, refused},
    too_many,
};
use crate::{
    ask::walk::{self, Filter, Ground},
    model::Id,
    rdf::Iris,
    store::Error,
    views::{Views, adjacency::Adjacency},
};

pub(super) const SIGNATURE: Signature = Signature {
    name: "path",
    given: &["from", "to", "maxSteps", "relation", "limit"],
    any_of: &["relation"],
    asked: &["step", "subject", "predicate", "object"],
};

/// How long a path may be at most, and where nothing is said.
const MAX_STEPS: usize = 6;
const STEPS: usize = 4;

/// What is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathSearch {
    /// The IRI of one end.
    pub from: String,
    /// The IRI of the other.
    pub to: String,
    /// How long a path may be.
    pub max_steps: usize,
    /// Only steps by these predicates; empty means all.
    pub relations: Vec<String>,
    /// How many paths are given at most.
    pub limit: usize,
}

/// A statement between two things, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Step {
    /// The IRI of its subject.
    pub subject: String,
    /// The IRI of its predicate.
    pub predicate: String,
    /// The IRI of its object.
    pub object: String,
}

/// The shortest paths; all have the same length.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Paths {
    /// Each from one end to the other, in the order of their things.
    pub paths: Vec<Vec<Step>>,
    /// Whether there are more than were asked for.
    pub more: bool,
}

pub(super) async fn answer(views: &Views, iris: &Iris, arguments: &Arguments) -> Result<Table, Error> {
    if let Some(subject) = arguments.subjects.iter().flatten().next() {
        return Err(refused(
            "path",
            format!("its subject is {subject}; it must be a variable: the number of the path"),
        ));
    }
    let adjacency = views.adjacency().await?;
    let mut table = None;
    for values in arguments.combinations()? {
        let found = paths(&adjacency, iris, &search(&values)?)?;
        if found.more && values.one("limit").is_none() {
            return Err(too_many("path", DEFAULT_LIMIT));
        }
        let table = table.get_or_insert_with(|| Table::new(arguments, &values.bound));
        for (number, path) in found.paths.iter().enumerate() {
            for (at, step) in path.iter().enumerate() {
                let value = |property: &str| -> Option<Term> {
                    Some(match property {
                        "step" => whole(at + 1),
                        "subject" => NamedNode::new_unchecked(&step.subject).into(),
                        "predicate" => NamedNode::new_unchecked(&step.predicate).into(),
                        _ => NamedNode::new_unchecked(&step.object).into(),
                    })
                };
                table.push(arguments, &whole(number + 1), value, &values.bound);
            }
        }
    }
    Ok(table.unwrap_or_default())
}

fn whole(number: usize) -> Term {
    Literal::new_typed_literal(number.to_string(), xsd::INTEGER).into()
}

fn search(values: &Values) -> Result<PathSearch, Error> {
    let end = |property: &str, example: &str| -> Result<String, Error> {
        values.required(property, example)?;
        Ok(values.iris(property)?.swap_remove(0))
    };
    Ok(PathSearch {
        from: end("from", "<org/hrw>")?,
        to: end("to", "<org/opcw>")?,
        max_steps: values.number("maxSteps", 1, MAX_STEPS, STEPS)?,
        relations: values.iris("relation")?,
        limit: values.number("limit", 1, MAX_LIMIT, DEFAULT_LIMIT)?,
    })
}

/// Finds the shortest paths between two things.
///
/// Refuses what would have to look at too many statements.
pub fn paths(adjacency: &Adjacency, iris: &Iris, search: &PathSearch) -> Result<Paths, Error> {
    if search.from == search.to {
        return Err(refused("path", "isnad:from and isnad:to are the same; a path has two ends".to_owned()));
    }
    // Of what is not known nothing is near, as everywhere in a query.
    let end = |iri: &str| iris.parse_id(iri).filter(|id: &Id| adjacency.number(id).is_some());
    let (Some(from), Some(to)) = (end(&search.from), end(&search.to)) else { return Ok(Paths::default()) };
    let known = |relation: &&String| {
        let path = iris.relative(relation).unwrap_or(relation);
        adjacency.predicate_number(path).is_some()
    };
    let relations: Vec<String> = search.relations.iter().filter(known).cloned().collect();
    if relations.is_empty() && !search.relations.is_empty() {
        return Ok(Paths::default());
    }
    let asked = walk::Paths {
        from,
        to,
        filter: Filter { relations, ..Filter::default() },
        max_steps: search.max_steps,
        limit: search.limit,
        best: false,
        penalty: 0.0,
    };
    let ground = Ground { adjacency, iris, ontology: None };
    let piece = walk::paths(ground, &asked).map_err(|error| refused("path", error.to_string()))?;
    let edge = |id: &String| piece.edges.iter().find(|edge| edge.id == *id);
    let mut paths = BTreeSet::new();
    for path in &piece.paths {
        let mut ways: Vec<Vec<Step>> = vec![Vec::new()];
        for step in &path.steps {
            let statements: BTreeSet<Step> = step
                .iter()
                .filter_map(edge)
                .map(|edge| Step {
                    subject: edge.source.clone(),
                    predicate: edge.predicate.clone(),
                    object: edge.target.clone(),
                })
                .collect();
            let longer = |way: &Vec<Step>| {
                let way = way.clone();
                statements.iter().map(move |step| way.iter().chain([step]).cloned().collect::<Vec<_>>())
            };
            ways = ways.iter().flat_map(longer).take(search.limit + 1).collect();
        }
        paths.extend(ways);
    }
    let more = piece.truncated || paths.len() > search.limit;
    Ok(Paths { paths: paths.into_iter().take(search.limit).collect(), more })
}
