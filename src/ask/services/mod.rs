//! How are texts, places and paths asked for inside SPARQL?
//!
//! `SERVICE isnad:search { … }` and its sisters are answered here, from the views, and stand in the query as
//! `VALUES` when it goes to whichever engine holds the triples; so the same query has the same answer on each. The
//! prefix `isnad:` is `urn:isnad:` and need not be declared. A query without them is left as it is, to the letter.
//!
//! Given properties are constants, or variables to which `VALUES` or `BIND` gives constants in the same group.
//!
//! | `isnad:search` | | |
//! |---|---|---|
//! | subject | asked | a document, an entity or a claim; an IRI, or known values, restrict the search to these |
//! | `isnad:matches "barrel bomb"` | given | the words, see [`Words`](crate::views::text::Words) |
//! | `isnad:language "ar"` | given, any of several | only texts and names in this language |
//! | `isnad:type isn:Report` | given, any of several | only things of this class |
//! | `isnad:issuedFrom "2016-01-01"`, `isnad:issuedTo "2017"` | given | only what may be of these days; a claim has the days of its document |
//! | `isnad:near <org/opcw>` | given, any of several | only where a hit stands near a mention of this thing |
//! | `isnad:within 200` | given | how many code points near is, 200 if not given |
//! | `isnad:limit 20` | given | the best so many; without it, more than 1000 hits are refused, never cut |
//! | `isnad:score ?s` | asked | how well it matches, as a decimal; only comparable within one search |
//! | `isnad:snippet ?t` | asked | the words around the hits, each between U+27E6 and U+27E7 |
//! | `isnad:layer ?l` | asked | the text layer; with it there is a row for each text layer, and names are not searched |
//! | `isnad:mention ?m` | asked, with `isnad:near` | the mention that a hit stands near, a row for each |
//!
//! | `isnad:places` | | |
//! |---|---|---|
//! | subject | asked | a place with coordinates, or an incident reported at one |
//! | `isnad:nearPoint "POINT(37.16 36.20)"` | given | the centre: WKT, longitude first |
//! | `isnad:withinKm 25` | given, with `isnad:nearPoint` | how far at most, along the great circle |
//! | `isnad:inPolygon "POLYGON((…))"` | given, in place of these | inside, or on the line; also MULTIPOLYGON |
//! | `isnad:type isn:Place` | given, any of several | only things of this class |
//! | `isnad:limit 20` | given | the nearest so many; without it, more than 1000 are refused, never cut |
//! | `isnad:distanceKm ?d` | asked, with `isnad:nearPoint` | kilometres, as a decimal, to the metre |
//!
//! | `isnad:path` | | |
//! |---|---|---|
//! | subject | asked | the number of the path: from 1, in the order of its steps' IRIs |
//! | `isnad:from <a>`, `isnad:to <b>` | given | the two ends |
//! | `isnad:maxSteps 4` | given | how long a path may be, from 1 to 6; 4 if not given |
//! | `isnad:relation isn:mentions` | given, any of several | only steps by this predicate |
//! | `isnad:limit 10` | given | so many paths at most; without it, more than 1000 are refused |
//! | `isnad:step ?i` | asked | the number of the step in its path, from 1; a row for each step |
//! | `isnad:subject ?x`, `isnad:predicate ?p`, `isnad:object ?y` | asked | the statement of the step, as it is stored |
//!
//! | `isnad:neighbors` | | |
//! |---|---|---|
//! | subject | asked | a thing that stands one edge away |
//! | `isnad:of <org/hrw>` | given, any of several | whose neighbours |
//! | `isnad:relation isn:mentions` | given, any of several | only by this predicate |
//! | `isnad:kind "person"` | given, any of several | only things of this kind |
//! | `isnad:direction "in"` | given | only edges that come in, or go out |
//! | `isnad:limit 20` | given | the first so many edges; without it, more than 1000 are refused |
//! | `isnad:predicate ?p`, `isnad:graph ?g` | asked | the statement's predicate and graph, a row for each |
//! | `isnad:confidence ?c` | asked | how sure a link is; unbound for what is no link |
//!
//! | `isnad:comentions` | | |
//! |---|---|---|
//! | subject | asked | a thing that is named in the same documents |
//! | `isnad:with <org/hrw>` | given | with whom |
//! | `isnad:kind "person"`, `isnad:least 3` | given | only things of this kind; only those named together so often |
//! | `isnad:limit 20` | given | the most frequent so many; without it, more than 1000 are refused |
//! | `isnad:count ?n` | asked | how many documents name both |
//! | `isnad:information ?i` | asked | their pointwise mutual information, in bits |
//!
//! The hits of `isnad:search` are those that [`find`](super::find) has for the same words.
//!
//! `SILENT` changes nothing: an answer that is silently missing would be taken for one. Services are asked of the
//! whole archive, whatever dataset the query names.

mod arguments;
mod group;
mod path;
mod places;
mod scan;
mod search;
mod walking;

use std::{collections::BTreeSet, time::Duration};

use oxigraph::model::{Term, Variable};
use spargebra::SparqlParser;
use tokio::time::{Instant, timeout_at};

use self::{
    arguments::{Arguments, Signature, refused},
    group::{Groups, Known},
    scan::{Call, SPACE},
};
use super::sparql;
use crate::{
    store::{Error, Limits, Store, parse_query, parse_update},
    views::Views,
};

pub use path::{PathSearch, Paths, Step, paths};
pub use search::near;

/// How many rows a service gives when no limit is given; more are refused.
pub const DEFAULT_LIMIT: usize = 1000;
/// The largest limit that can be given.
pub const MAX_LIMIT: usize = 10_000;
/// How many rows a service may put into a query in all, where each hit has several.
const MAX_ROWS: usize = 100_000;

/// What a service gave: a row for each solution, with a term for every variable.
#[derive(Debug, Default)]
struct Table {
    variables: Vec<Variable>,
    rows: BTreeSet<Vec<String>>,
}

/// Whether a query or an update asks services of ours.
#[must_use]
pub fn any(text: &str) -> bool {
    !scan::calls(text).is_empty()
}

/// Puts the answers of our services into a query, in the place of the services.
///
/// A query without them is given back as it came. The deadline of `limits` holds for all of it, from now on.
pub async fn inline(views: &Views, store: &Store, text: String, limits: Limits) -> Result<String, Error> {
    let calls = scan::calls(&text);
    if calls.is_empty() {
        return Ok(text);
    }
    let parsed = parse_query(&sparql::parser(store)?, &marked(&text, &calls))?;
    answered(views, store, text, &calls, group::of_query(&parsed), limits.deadline).await
}

/// Puts the answers of our services into the `WHERE` clauses of an update.
pub async fn inline_update(views: &Views, store: &Store, text: String, deadline: Duration) -> Result<String, Error> {
    let calls = scan::calls(&text);
    if calls.is_empty() {
        return Ok(text);
    }
    let parser: SparqlParser = sparql::parser(store)?;
    let parsed = parse_update(&parser, &marked(&text, &calls))?;
    answered(views, store, text, &calls, group::of_update(&parsed), deadline).await
}

/// The text with a name of its own for each call, by which it is found in the algebra.
fn marked(text: &str, calls: &[Call]) -> String {
    let names = calls.iter().enumerate().map(|(at, call)| (&call.written, format!("<{}>", marker(at))));
    replaced(text, names)
}

fn marker(at: usize) -> String {
    format!("{SPACE}call:{at}")
}

fn replaced<'a>(text: &str, pieces: impl Iterator<Item = (&'a std::ops::Range<usize>, String)>) -> String {
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for (range, piece) in pieces {
        out.push_str(&text[at..range.start]);
        out.push_str(&piece);
        at = range.end;
    }
    out.push_str(&text[at..]);
    out
}

async fn answered(
    views: &Views,
    store: &Store,
    text: String,
    calls: &[Call],
    mut groups: Groups<'_>,
    deadline: Duration,
) -> Result<String, Error> {
    let end = Instant::now() + deadline;
    let work = async {
        // What was committed before the query was asked is in the answer.
        views.refresh().await?;
        let mut answers = Vec::new();
        for (at, call) in calls.iter().enumerate() {
            let (group, known) = groups
                .remove(marker(at).as_str())
                .ok_or_else(|| refused(&call.name, "it cannot stand in this place of a query".to_owned()))?;
            let table = table(views, store, &call.name, group, known, end).await?;
            if table.rows.len() > MAX_ROWS {
                return Err(refused(&call.name, format!("it has more than {MAX_ROWS} rows; narrow what is asked")));
            }
            answers.push(table.to_values());
        }
        Ok(answers)
    };
    match timeout_at(end, work).await {
        Ok(Ok(answers)) => Ok(replaced(&text, calls.iter().map(|call| &call.whole).zip(answers))),
        Ok(Err(Error::Deadline(_))) | Err(_) => Err(Error::Deadline(deadline)),
        Ok(Err(error)) => Err(error),
    }
}

async fn table(
    views: &Views,
    store: &Store,
    name: &str,
    group: &spargebra::algebra::GraphPattern,
    known: Known,
    end: Instant,
) -> Result<Table, Error> {
    let read = |signature: &'static Signature| Arguments::read(signature, group, known);
    match name {
        "search" => search::answer(views, store, &read(&search::SIGNATURE)?, end).await,
        "places" => places::answer(views, &read(&places::SIGNATURE)?),
        "path" => path::answer(views, store.iris(), &read(&path::SIGNATURE)?).await,
        "neighbors" => walking::neighbors(views, store.iris(), &read(&walking::NEIGHBORS)?).await,
        "comentions" => walking::comentions(views, store.iris(), &read(&walking::COMENTIONS)?).await,
        other => Err(refused(
            other,
            "there is no such service; there are isnad:search, isnad:places, isnad:path, isnad:neighbors and \
             isnad:comentions"
                .to_owned(),
        )),
    }
}

impl Table {
    /// A table whose columns are the subject, what is asked for, and the variables that were given.
    fn new(arguments: &Arguments, bound: &[(Variable, Term)]) -> Self {
        let asked = arguments.asked.iter().map(|(_, variable)| variable);
        let given = bound.iter().map(|(variable, _)| variable);
        let variables = arguments.subject().into_iter().chain(asked).chain(given).cloned().collect();
        Self { variables, rows: BTreeSet::new() }
    }

    /// Adds a row; `value` gives the term of a property that is asked for, where it has one.
    fn push(
        &mut self,
        arguments: &Arguments,
        subject: &Term,
        value: impl Fn(&str) -> Option<Term>,
        bound: &[(Variable, Term)],
    ) {
        let subject = arguments.subject().map(|_| subject.to_string());
        let asked = arguments
            .asked
            .iter()
            .map(|(property, _)| value(property).map_or_else(|| "UNDEF".to_owned(), |term| term.to_string()));
        let given = bound.iter().map(|(_, term)| term.to_string());
        self.rows.insert(subject.into_iter().chain(asked).chain(given).collect());
    }

    /// As SPARQL writes it.
    fn to_values(&self) -> String {
        let variables: Vec<String> = self.variables.iter().map(ToString::to_string).collect();
        let rows: Vec<String> = self.rows.iter().map(|row| format!("({})", row.join(" "))).collect();
        format!("VALUES ({}) {{ {} }}", variables.join(" "), rows.join(" "))
    }
}

/// The message for an answer that would have to be cut.
fn too_many(service: &str, limit: usize) -> Error {
    refused(
        service,
        format!(
            "there are more than {limit} rows; narrow what is asked, or say how many of the first are enough with \
             isnad:limit, up to {MAX_LIMIT}"
        ),
    )
}

/// A decimal number with some places after the point.
fn decimal(number: f64, places: usize) -> Term {
    let text = format!("{number:.places$}");
    oxigraph::model::Literal::new_typed_literal(text, oxigraph::model::vocab::xsd::DECIMAL).into()
}
