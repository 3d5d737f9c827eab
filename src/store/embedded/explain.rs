//! How a query is evaluated: its steps, what each was expected to give, what it gave, and how long it took.
//!
//! The query is evaluated to its end, or to the limit that it hits, and its rows are thrown away. What the guard put
//! in for its own sake is not shown.

use oxigraph::{
    model::{Literal, NamedOrBlankNodeRef, TermRef},
    sparql::QueryResults,
};
use serde::Deserialize;
use spargebra::{
    Query as Parsed, SparqlParser,
    algebra::GraphPattern,
    term::{NamedNodePattern, TermPattern, TriplePattern},
};

use super::{
    super::{Error, Explanation, Query, Step},
    evaluation_error, guard, parse_query,
    source::Source,
    stop::Stop,
};

/// How far quads are counted for an estimate.
const COUNTED: usize = 10_000;

/// What the evaluator writes of a plan.
#[derive(Deserialize)]
struct Written {
    #[serde(rename = "planning duration in seconds", default)]
    planning: f64,
    plan: Node,
}

#[derive(Deserialize)]
struct Node {
    name: String,
    #[serde(rename = "number of results", default)]
    rows: u64,
    #[serde(rename = "duration in seconds", default)]
    seconds: f64,
    children: Vec<Node>,
}

/// Evaluates a query and gives its steps.
pub(super) fn explain(source: &Source, query: &Query, stop: &Stop) -> Result<Explanation, Error> {
    let parsed = parse_query(&SparqlParser::new(), &query.text)?;
    // Sorting and grouping are done before the first row is given.
    let began = std::time::Instant::now();
    let mut rows = 0;
    let mut explanation = None;
    let ended = stop.catching(|| {
        let (results, steps) = source.explain(source.prepare(parsed, query, stop)?, stop);
        explanation = Some(steps);
        rows = count(results.map_err(evaluation_error)?, query.limits.rows, stop)?;
        Ok(())
    });
    let (stopped_by, explanation) = match (ended, explanation) {
        (Ok(()), Some(explanation)) => (None, explanation),
        (Err(error @ (Error::Deadline(_) | Error::TooManyRows(_) | Error::TooMuchMemory(_))), Some(explanation)) => {
            (Some(error.to_string()), explanation)
        }
        (Err(error), _) => return Err(error),
        (Ok(()), None) => return Err(Error::internal("the evaluation has no steps")),
    };
    let mut json = Vec::new();
    explanation.write_in_json(&mut json).map_err(Error::internal)?;
    let written: Written = serde_json::from_slice(&json).map_err(Error::internal)?;
    Ok(Explanation {
        planning_seconds: written.planning,
        seconds: began.elapsed().as_secs_f64(),
        rows,
        stopped_by,
        plan: step(source, written.plan),
    })
}

fn count(results: QueryResults<'_>, limit: u64, stop: &Stop) -> Result<u64, Error> {
    let mut rows = 0;
    let mut count = |row: Result<(), _>| {
        row.map_err(evaluation_error)?;
        stop.check()?;
        rows += 1;
        if rows > limit { Err(Error::TooManyRows(limit)) } else { Ok(()) }
    };
    match results {
        QueryResults::Boolean(_) => return Ok(1),
        QueryResults::Solutions(mut solutions) => solutions.try_for_each(|row| count(row.map(drop)))?,
        QueryResults::Graph(mut triples) => triples.try_for_each(|row| count(row.map(drop)))?,
    }
    Ok(rows)
}

/// A step, or the one below it where it is the guard's.
fn step(source: &Source, mut node: Node) -> Step {
    while is_guard(&node.name) && node.children.len() == 1 {
        if let Some(child) = node.children.pop() {
            node = child;
        }
    }
    let children: Vec<Step> = node.children.into_iter().map(|child| step(source, child)).collect();
    Step {
        estimated: estimate(source, &node.name, &children),
        what: plain(&node.name),
        rows: node.rows,
        seconds: node.seconds,
        children,
    }
}

fn is_guard(name: &str) -> bool {
    let own = guard::TICK.as_str();
    name.starts_with("Filter(COALESCE(") && name.contains(own) && name.contains("isnad_nowhere")
        || name.starts_with("Extend(") && name.contains(guard::KEY.as_str())
}

/// A step's name without what the guard put into its conditions.
fn plain(name: &str) -> String {
    let tick = format!("IF({}(), {}, ", guard::TICK, Literal::from(false));
    let mut text = name.to_owned();
    while let Some(start) = text.find(&tick) {
        // The bracket that closes the guard's condition goes with it.
        let mut depth = 1;
        let inside = start + tick.len();
        let end = text[inside..].char_indices().find_map(|(at, c)| {
            depth += i32::from(c == '(') - i32::from(c == ')');
            (depth == 0).then_some(inside + at)
        });
        let Some(end) = end else { break };
        text.replace_range(end..=end, "");
        text.replace_range(start..inside, "");
    }
    // The optimiser joins conditions of one place.
    let own = format!("COALESCE(!{}(), ?isnad_nowhere)", guard::TICK);
    text.replace(&format!("{own} && "), "").replace(&format!(" && {own}"), "").replace("isnad_key", "key")
}

/// How many rows a step would be expected to give: for a pattern the number of triples that fit its constants, as far
/// as they are counted; for a join the least of its sides; for what follows, what goes in.
fn estimate(source: &Source, name: &str, children: &[Step]) -> Option<u64> {
    if let Some(pattern) = name.strip_prefix("QuadPattern(").and_then(|rest| rest.strip_suffix(')')) {
        return matching(source, pattern);
    }
    let estimates = || children.iter().filter_map(|child| child.estimated);
    match name.split('(').next().unwrap_or_default() {
        "Union" => Some(estimates().sum()),
        "Join" | "Lateral" => estimates().min(),
        _ => children.first().and_then(|child| child.estimated),
    }
}

fn matching(source: &Source, pattern: &str) -> Option<u64> {
    // A fourth term is the graph.
    let parse = |text: String| SparqlParser::new().parse_query(&text).ok();
    let parsed = parse(format!("SELECT * {{ {pattern} }}"));
    let Some(Parsed::Select { pattern: GraphPattern::Project { inner, .. }, .. }) = parsed else { return None };
    let GraphPattern::Bgp { patterns } = *inner else { return None };
    let [TriplePattern { subject, predicate, object }] = patterns.as_slice() else { return None };
    let subject = match subject {
        TermPattern::NamedNode(iri) => Some(NamedOrBlankNodeRef::from(iri)),
        _ => None,
    };
    let predicate = match predicate {
        NamedNodePattern::NamedNode(iri) => Some(iri.as_ref()),
        NamedNodePattern::Variable(_) => None,
    };
    let object = match object {
        TermPattern::NamedNode(iri) => Some(TermRef::from(iri)),
        TermPattern::Literal(literal) => Some(TermRef::from(literal)),
        _ => None,
    };
    u64::try_from(source.count(subject, predicate, object, COUNTED)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guard_put_in_is_not_shown() {
        let name = format!("Filter(IF({}(), {}, (?a < STRLEN(?b))))", guard::TICK, Literal::from(false));
        assert_eq!(plain(&name), "Filter((?a < STRLEN(?b)))");
        let joined = format!("Filter((COALESCE(!{}(), ?isnad_nowhere) && ?a))", guard::TICK);
        assert_eq!(plain(&joined), "Filter((?a))");
        assert_eq!(plain("Filter(?a)"), "Filter(?a)");
    }
}
