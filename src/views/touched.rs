//! Which change was the last to touch a thing: that of a graph that says something of it, or that points to it.
//!
//! An answer about a thing remembers what it was made from ([`Seen`]); as long as none of that was touched, the same
//! answer would be made again. The log tells which graph changed, and what the graph named before is remembered, so that
//! what it no longer says is touched too. After a start it is not known what graphs named before their last change:
//! then everything counts as touched by the last change that replaced or withdrew a graph. A thing may be taken for
//! touched when it was not, never the other way about.

use std::{
    collections::{BTreeSet, HashMap, HashSet},
    fmt::Write as _,
};

use oxigraph::model::NamedNode;

use super::{KEY, key};
use crate::{
    rdf::{Iris, describe::RUN, vocab::isn},
    store::{Cell, Error, Store},
};

/// So many graphs go into one question.
const BATCH: usize = 50;

/// What an answer was made from: the things of which something was read, and those to which pointing was asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen(BTreeSet<u64>);

impl Seen {
    /// Something was read that is said of a thing or of one of its parts.
    pub fn said_of(&mut self, iri: &str) {
        self.0.insert(said_of(iri));
    }

    /// The same of several.
    pub fn said_of_all<'a>(&mut self, things: impl IntoIterator<Item = &'a NamedNode>) {
        self.0.extend(things.into_iter().map(|thing| said_of(thing.as_str())));
    }

    /// It was asked what points to a thing or to one of its parts.
    pub fn pointing_to(&mut self, iri: &str) {
        self.0.insert(pointing_to(iri));
    }

    /// What another answer was made from.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(&other.0);
    }
}

/// Two things of one number are both touched when one is: that costs an answer made anew and nothing else.
fn said_of(iri: &str) -> u64 {
    key(key(KEY, "of "), whole(iri))
}

fn pointing_to(iri: &str) -> u64 {
    key(key(KEY, "to "), whole(iri))
}

/// The thing that something is a part of.
fn whole(iri: &str) -> &str {
    iri.split('#').next().unwrap_or(iri)
}

/// The last change of each thing.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// The change that it reflects.
    pub(super) sequence: u64,
    /// What each graph names, by the number of its name.
    graphs: HashMap<u64, Box<[u64]>>,
    /// The last change of what is named.
    things: HashMap<u64, u64>,
    /// The last change of which it is not known what it touched.
    unknown: u64,
}

impl Touched {
    /// Reads what every graph names, and the log.
    pub(super) async fn anew(store: &Store, last: u64) -> Result<Self, Error> {
        let mut touched = Self { sequence: last, ..Self::default() };
        let iris = store.iris();
        let numbers = touched.read_log(store, last).await?;
        let mut named: HashMap<String, HashSet<u64>> = HashMap::new();
        let query = format!(
            "SELECT ?g ?s ?o {{ GRAPH ?g {{ ?s ?p ?x }} FILTER(?g NOT IN ({}, {})) BIND(IF(isIRI(?x), ?x, ?s) AS ?o) }}",
            iris.graph("changes"),
            iris.graph("prov"),
        );
        store.each(&query, store.limits(), |row| name(iris, row, &mut named)).await?;
        for (graph, names) in named {
            let of = document_graph(iris, &graph).and_then(|document| numbers.get(&document).copied());
            // What is not in the log was there before it, or is written past it: nothing is known of it.
            let number = numbers.get(&graph).copied().max(of).unwrap_or(last);
            touched.put(said_of(&graph), names, number);
            touched.touch(said_of(&graph), number);
        }
        Ok(touched)
    }

    /// The last change of each graph.
    async fn read_log(&mut self, store: &Store, last: u64) -> Result<HashMap<String, u64>, Error> {
        let iris = store.iris();
        let created = iris.concept("change-kind", "created");
        let query = format!(
            "SELECT ?n ?g ?kind {{ GRAPH {} {{ ?c {} ?n ; {} ?g ; {} ?kind }} FILTER(?n <= {last}) }}",
            iris.graph("changes"),
            iris.term(isn::SEQUENCE),
            iris.term(isn::CHANGE_OF),
            iris.term(isn::CHANGE_KIND),
        );
        let mut numbers: HashMap<String, u64> = HashMap::new();
        let take = |row: &[Cell<'_>]| {
            let [Cell::Literal { value, .. }, Cell::Iri(graph), Cell::Iri(kind)] = row else { return };
            let Some(number) = number(value) else { return };
            if *kind != created.as_str() {
                self.unknown = self.unknown.max(number);
            }
            let known = numbers.entry((*graph).to_owned()).or_default();
            *known = number.max(*known);
        };
        store.each(&query, store.limits(), take).await?;
        // Of a graph that is gone nothing else tells.
        for (graph, number) in &numbers {
            self.touch(said_of(graph), *number);
        }
        Ok(numbers)
    }

    /// Reads what changed, up to a change.
    pub(super) async fn follow(&mut self, store: &Store, changed: &BTreeSet<String>, last: u64) -> Result<(), Error> {
        let iris = store.iris();
        let companions = changed.iter().filter_map(|graph| mention_graph(iris, graph));
        let graphs: Vec<String> = changed.iter().cloned().chain(companions).collect();
        for batch in graphs.chunks(BATCH) {
            // Each graph by name: joined with a list of graphs, some engines go through all there are.
            let branches = batch.iter().fold(String::new(), |mut text, graph| {
                let or = if text.is_empty() { "" } else { " UNION " };
                let _ = write!(text, "{or}{{ GRAPH <{graph}> {{ ?s ?p ?x }} BIND(<{graph}> AS ?g) }}");
                text
            });
            let query = format!("SELECT DISTINCT ?g ?s ?o {{ {branches} BIND(IF(isIRI(?x), ?x, ?s) AS ?o) }}");
            let mut named: HashMap<String, HashSet<u64>> = HashMap::new();
            store.each(&query, store.limits(), |row| name(iris, row, &mut named)).await?;
            for graph in batch {
                self.put(said_of(graph), named.remove(graph).unwrap_or_default(), last);
                self.touch(said_of(graph), last);
            }
        }
        self.sequence = last;
        Ok(())
    }

    /// Where something changed while it was read, what a graph named in between was not seen: everything counts as
    /// touched by that change.
    pub(super) async fn settle(&mut self, store: &Store) -> Result<(), Error> {
        // The engine is asked and not the store, which learns of a change a moment after it can be seen.
        let (log, end) = (store.iris().graph("changes"), store.iris().term("lastSequence"));
        let rows = store.select(&format!("SELECT ?n {{ GRAPH {log} {{ {log} {end} ?n }} }}")).await?;
        if let Some(now) = rows.first().and_then(|row| row.number("n")).filter(|now| *now > self.sequence) {
            self.unknown = now;
        }
        Ok(())
    }

    /// The last change that may have touched any of what an answer was made from.
    pub(super) fn last_of(&self, seen: &Seen) -> u64 {
        let known = seen.0.iter().filter_map(|thing| self.things.get(thing)).copied().max();
        known.unwrap_or(0).max(self.unknown)
    }

    /// A graph names these things from a change on.
    fn put(&mut self, graph: u64, names: HashSet<u64>, number: u64) {
        let before = self.graphs.remove(&graph).unwrap_or_default();
        for thing in before.iter().chain(&names) {
            self.touch(*thing, number);
        }
        if !names.is_empty() {
            self.graphs.insert(graph, names.into_iter().collect());
        }
    }

    fn touch(&mut self, thing: u64, number: u64) {
        let known = self.things.entry(thing).or_default();
        *known = number.max(*known);
    }
}

/// Takes in what one statement names: its subject, and its object where that is a thing of ours.
fn name(iris: &Iris, row: &[Cell<'_>], named: &mut HashMap<String, HashSet<u64>>) {
    let [Cell::Iri(graph), subject, object] = row else { return };
    let known = match named.get_mut(*graph) {
        Some(known) => known,
        None => named.entry((*graph).to_owned()).or_default(),
    };
    if let Cell::Iri(subject) = subject {
        known.insert(said_of(subject));
    }
    if let Cell::Iri(object) = object
        && iris.relative(object).is_some_and(|path| !path.starts_with("ontology#") && !path.starts_with("vocab/"))
    {
        known.insert(pointing_to(object));
    }
}

/// The graph of the mentions in a document, which lives and dies with the graph of the document.
fn mention_graph(iris: &Iris, graph: &str) -> Option<String> {
    let key = iris.relative(graph)?.strip_prefix("graph/doc/")?;
    Some(iris.path(&format!("graph/mention/{key}/{RUN}")).into_string())
}

/// The graph of the document that a graph of mentions belongs to.
fn document_graph(iris: &Iris, graph: &str) -> Option<String> {
    let key = iris.relative(graph)?.strip_prefix("graph/mention/")?.split('/').next()?;
    Some(iris.path(&format!("graph/doc/{key}")).into_string())
}

/// A number as an engine writes it: alone, or with its type.
fn number(text: &str) -> Option<u64> {
    text.trim_start_matches('"').split('"').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(things: &[&str]) -> HashSet<u64> {
        things.iter().map(|thing| said_of(thing)).collect()
    }

    fn seen(thing: &str) -> Seen {
        let mut seen = Seen::default();
        seen.said_of(thing);
        seen
    }

    #[test]
    fn what_a_graph_no_longer_names_is_touched_by_the_change_that_took_it_out() {
        let mut touched = Touched::default();
        touched.put(1, names(&["a", "b#part"]), 3);
        touched.put(2, names(&["c"]), 4);
        assert_eq!([touched.last_of(&seen("a")), touched.last_of(&seen("b")), touched.last_of(&seen("c"))], [3, 3, 4]);
        touched.put(1, names(&["a"]), 5);
        assert_eq!(
            [touched.last_of(&seen("a")), touched.last_of(&seen("b#x")), touched.last_of(&seen("c"))],
            [5, 5, 4]
        );
        touched.put(1, HashSet::new(), 6);
        assert_eq!((touched.last_of(&seen("a")), touched.last_of(&seen("b"))), (6, 5));
        assert_eq!(touched.last_of(&seen("never named")), 0);
    }

    #[test]
    fn to_be_pointed_to_is_not_to_be_spoken_of() {
        let mut touched = Touched::default();
        touched.put(1, HashSet::from([pointing_to("a")]), 7);
        assert_eq!(touched.last_of(&seen("a")), 0);
        let mut pointing = Seen::default();
        pointing.pointing_to("a#part");
        assert_eq!(touched.last_of(&pointing), 7);
    }
}
