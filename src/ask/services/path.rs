//! `isnad:path`: how two things hang together, step by step.
//!
//! From both ends at once, level by level, always on the side with fewer things to go on from, until they meet. A step
//! is a statement between two things of the archive, in either direction; parts, concepts and terms are not walked
//! through. Each level is a few questions over the seam, so that it works on every engine. How many statements are looked
//! at is bounded, because some things are connected with nearly everything; where the bound is met it is said.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use oxigraph::model::{Literal, NamedNode, Term, vocab::xsd};

use super::{
    Arguments, DEFAULT_LIMIT, MAX_LIMIT, Signature, Table,
    arguments::{Values, refused},
    too_many,
};
use crate::{
    model::Kind,
    store::{Error, Store},
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

/// So many things go into one question.
const BATCH: usize = 200;

/// So many statements are looked at in all.
const MAX_STATEMENTS: usize = 100_000;

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

pub(super) async fn answer(store: &Store, arguments: &Arguments) -> Result<Table, Error> {
    if let Some(subject) = arguments.subjects.iter().flatten().next() {
        return Err(refused(
            "path",
            format!("its subject is {subject}; it must be a variable: the number of the path"),
        ));
    }
    let mut table = None;
    for values in arguments.combinations()? {
        let found = paths(store, &search(&values)?).await?;
        if found.more && values.one("limit").is_none() {
            return Err(too_many("path", DEFAULT_LIMIT));
        }
        let table = table.get_or_insert_with(|| Table::new(arguments, &values.bound));
        for (number, path) in found.paths.iter().enumerate() {
            for (at, step) in path.iter().enumerate() {
                let value = |property: &str| -> Term {
                    match property {
                        "step" => whole(at + 1),
                        "subject" => NamedNode::new_unchecked(&step.subject).into(),
                        "predicate" => NamedNode::new_unchecked(&step.predicate).into(),
                        _ => NamedNode::new_unchecked(&step.object).into(),
                    }
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
/// Refuses what would have to look at more than a hundred thousand statements.
pub async fn paths(store: &Store, search: &PathSearch) -> Result<Paths, Error> {
    if search.from == search.to {
        return Err(refused("path", "isnad:from and isnad:to are the same; a path has two ends".to_owned()));
    }
    let mut sides = [Side::new(&search.from), Side::new(&search.to)];
    let mut seen = 0;
    while sides[0].level + sides[1].level < search.max_steps {
        let smaller = usize::from(sides[1].frontier.len() < sides[0].frontier.len());
        if sides[smaller].frontier.is_empty() {
            break;
        }
        sides[smaller].go_on(store, search, &mut seen).await?;
        let [from, to] = &sides;
        let meeting: BTreeSet<&String> = from.frontier.iter().filter(|thing| to.frontier.contains(*thing)).collect();
        if !meeting.is_empty() {
            return Ok(joined(from, to, &meeting, search.limit));
        }
    }
    Ok(Paths::default())
}

/// What is known from one end.
struct Side {
    level: usize,
    /// The things that were reached, and by which steps from things one level nearer.
    reached: BTreeMap<String, BTreeSet<(String, Step)>>,
    /// The things reached last.
    frontier: BTreeSet<String>,
}

impl Side {
    fn new(end: &str) -> Self {
        let (reached, frontier) =
            (BTreeMap::from([(end.to_owned(), BTreeSet::new())]), BTreeSet::from([end.to_owned()]));
        Self { level: 0, reached, frontier }
    }

    /// Goes one step on from everything that was reached last.
    async fn go_on(&mut self, store: &Store, search: &PathSearch, seen: &mut usize) -> Result<(), Error> {
        let last: Vec<String> = std::mem::take(&mut self.frontier).into_iter().collect();
        let mut next: BTreeMap<String, BTreeSet<(String, Step)>> = BTreeMap::new();
        for batch in last.chunks(BATCH) {
            let query = question(store, batch, &search.relations, MAX_STATEMENTS - *seen + 1);
            let rows = store.select(&query).await?;
            *seen += rows.len();
            if *seen > MAX_STATEMENTS {
                return Err(refused(
                    "path",
                    format!(
                        "more than {MAX_STATEMENTS} statements stand around the two ends; name the predicates to go by \
                         with isnad:relation, or lower isnad:maxSteps"
                    ),
                ));
            }
            for row in &rows {
                let (Some(this), Some(predicate), Some(other)) = (row.iri("x"), row.iri("p"), row.iri("y")) else {
                    continue;
                };
                if self.reached.contains_key(other) {
                    continue;
                }
                let (subject, object) =
                    if row.text("out").as_deref() == Some("1") { (this, other) } else { (other, this) };
                let step =
                    Step { subject: subject.to_owned(), predicate: predicate.to_owned(), object: object.to_owned() };
                next.entry(other.to_owned()).or_default().insert((this.to_owned(), step));
            }
        }
        self.level += 1;
        self.frontier = next.keys().cloned().collect();
        self.reached.extend(next);
        Ok(())
    }
}

/// The statements around some things.
fn question(store: &Store, things: &[String], relations: &[String], limit: usize) -> String {
    let list = |iris: &[String]| {
        iris.iter().fold(String::new(), |mut text, iri| {
            let _ = write!(text, "<{iri}> ");
            text
        })
    };
    let things = list(things);
    let only = if relations.is_empty() { String::new() } else { format!("VALUES ?p {{ {}}} ", list(relations)) };
    let kinds: Vec<&str> = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Concept).map(Kind::segment).collect();
    format!(
        "SELECT DISTINCT ?x ?p ?y ?out {{ \
         {{ VALUES ?x {{ {things}}} {only}?x ?p ?y BIND(1 AS ?out) }} UNION \
         {{ VALUES ?x {{ {things}}} {only}?y ?p ?x BIND(0 AS ?out) }} \
         FILTER(ISIRI(?y) && REGEX(STR(?y), \"^{base}({kinds})/[^#]+$\")) }} LIMIT {limit}",
        base = store.iris().base().replace('.', "\\\\."),
        kinds = kinds.join("|"),
    )
}

/// All ways from one end to the other through the things in the middle, in the order of their things.
fn joined(from: &Side, to: &Side, meeting: &BTreeSet<&String>, limit: usize) -> Paths {
    let mut paths = BTreeSet::new();
    for middle in meeting {
        let after = ways_to(to, middle, limit);
        for before in ways_to(from, middle, limit) {
            for after in &after {
                if paths.len() == limit {
                    return Paths { paths: paths.into_iter().collect(), more: true };
                }
                paths.insert(before.iter().chain(after.iter().rev()).cloned().collect::<Vec<Step>>());
            }
        }
    }
    Paths { paths: paths.into_iter().collect(), more: false }
}

/// The ways from an end to a thing it reached, as steps from the end on; one more than the limit at most.
fn ways_to(side: &Side, thing: &str, limit: usize) -> Vec<Vec<Step>> {
    let steps = side.reached.get(thing).into_iter().flatten();
    let mut ways: Vec<Vec<Step>> = Vec::new();
    let mut is_end = true;
    for (nearer, step) in steps {
        is_end = false;
        for mut way in ways_to(side, nearer, limit) {
            way.push(step.clone());
            ways.push(way);
            if ways.len() > limit {
                return ways;
            }
        }
    }
    if is_end { vec![Vec::new()] } else { ways }
}
