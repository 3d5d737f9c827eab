//! Whatever was changed, however often: every answer from the snapshot is the store's own.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use oxigraph::{
    model::{NamedNode, Term},
    sparql::{QueryResults, QuerySolution},
    store::Store,
};
use spargebra::SparqlParser;
use tokio::time::Instant;

use super::{
    super::{effect, parse_query, source::Source, stop::Stop, tests::QUERIES, update},
    Snapshot,
};
use crate::{
    rdf::{AnswerFormat, SolutionsFormat},
    store::{Limits, Query, Update},
};

pub(super) mod history;
#[cfg(feature = "rocksdb")]
mod on_disk;

use history::Dice;

pub(super) const HOUR: Duration = Duration::from_secs(3600);

/// What is asked besides, of graphs above all.
const MORE: [&str; 30] = [
    "SELECT * { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * { GRAPH ?g { ?s <urn:p> ?o . ?o ?p ?x } }",
    "SELECT * { GRAPH <urn:g:1> { ?s ?p ?o } }",
    "SELECT * { GRAPH <urn:g:1> { ?s <urn:p> ?o } }",
    "SELECT * { GRAPH <urn:g:1> { ?s ?p 1 } GRAPH <urn:g:2> { ?s ?q ?o } }",
    "SELECT * { GRAPH <urn:apart> { ?s ?p ?o } }",
    "SELECT ?g { GRAPH ?g {} }",
    "SELECT (COUNT(*) AS ?n) { GRAPH <urn:g:3> {} }",
    "SELECT * FROM <urn:g:1> FROM <urn:g:2> { ?s ?p ?o . ?s ?q ?x }",
    "SELECT * FROM <urn:g:1> FROM NAMED <urn:g:2> { ?s ?p ?o GRAPH ?g { ?s ?q ?x } }",
    "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "SELECT ?p (COUNT(*) AS ?n) (COUNT(DISTINCT ?o) AS ?m) { ?s ?p ?o } GROUP BY ?p",
    "SELECT DISTINCT ?p { ?s ?p ?o }",
    "SELECT DISTINCT ?s ?l { ?s <urn:l> ?l FILTER(LANG(?l) = 'en') }",
    "SELECT * { ?s <urn:v> ?v FILTER(?v = 1) }",
    "SELECT * { ?s <urn:v> 01 }",
    "SELECT * { ?s <urn:v> '1.50'^^<http://www.w3.org/2001/XMLSchema#decimal> }",
    "SELECT * { ?s <urn:v> ?v FILTER(?v > '2010-01-01'^^<http://www.w3.org/2001/XMLSchema#date>) }",
    "SELECT * { ?s ?p ?v . ?t ?q ?v FILTER(?s != ?t) }",
    "SELECT * { ?s <urn:p> ?a . ?a <urn:q> ?b . ?b <urn:p> ?c . ?c <urn:v> ?v }",
    "SELECT * { VALUES ?p { <urn:p> <urn:q> <urn:none> } ?s <urn:v> 1 . ?s ?p ?o }",
    "SELECT * { ?s <urn:t> << ?a <urn:p> ?b >> }",
    "SELECT * { ?s ?p ?t FILTER(isTRIPLE(?t)) BIND(SUBJECT(?t) AS ?a) ?a ?q ?x }",
    "SELECT * { <urn:a> (<urn:p>|<urn:q>)* ?x . ?x <urn:v> ?v }",
    "SELECT * { ?x (<urn:p>/<urn:q>)+ <urn:c> . ?x ?p ?y }",
    "SELECT * { ?s <urn:v> ?v BIND(?v + 1 AS ?w) ?t <urn:v> ?w }",
    "SELECT * { ?s <urn:l> ?l BIND(STR(?l) AS ?t) ?x ?p ?t }",
    "SELECT ?s (SUM(?v) AS ?sum) (MIN(?v) AS ?min) (MAX(STR(?v)) AS ?max) { ?s <urn:v> ?v } GROUP BY ?s",
    "SELECT * { ?s ?p ?o OPTIONAL { ?o <urn:q> ?b . ?b <urn:v> ?v } FILTER NOT EXISTS { ?o <urn:p> ?s } }",
    "SELECT * { ?s ?p ?b FILTER(isBLANK(?b)) OPTIONAL { ?b ?q ?c } }",
];

/// A store with its snapshot, or with one that is always made anew.
pub(super) struct Both {
    pub(super) store: Store,
    pub(super) snapshot: Snapshot,
    apart: Arc<BTreeSet<NamedNode>>,
}

impl Both {
    fn new(store: Store, snapshot: Snapshot) -> Self {
        let apart = Arc::new(BTreeSet::from([NamedNode::new_unchecked("urn:apart")]));
        effect::rebuild(&store, &apart).expect("memory holds");
        snapshot.set_apart(&apart);
        Self { store, snapshot, apart }
    }

    pub(super) fn memory(merge_from: usize) -> Self {
        let store = Store::new().expect("memory opens");
        let snapshot = Snapshot::open_with(&store, None, false, "", Some(merge_from));
        Self::new(store, snapshot)
    }

    pub(super) fn change(&self, text: &str) {
        let update = Update::new(text, HOUR);
        let stop = Stop::of_update(Instant::now() + HOUR, &update);
        update::run(&self.store, &update, &self.apart, Some(&self.snapshot.commits()), &stop).expect(text);
    }

    fn agrees(&self, text: &str) {
        let state = self.snapshot.live();
        assert!(state.is_some(), "there is a snapshot");
        let [own, other] = [None, state].map(|state| answer(&Source { store: self.store.clone(), state }, text));
        assert_eq!(own, other, "{text}");
    }

    /// Compares the quads, not by way of the evaluator.
    fn is_the_same(&self) {
        let state = self.snapshot.live().expect("there is a snapshot");
        let mut own: Vec<String> = self.store.iter().map(|quad| quad.expect("memory holds").to_string()).collect();
        let named = state.quads().map(|quad| {
            let [s, p, o, g] =
                quad.map(|id| state.with_term(id, super::term::decode).expect("it is a term").to_string());
            format!("{s} {p} {o} {g}")
        });
        let merged = state.triples([None; 3]).expect("nothing is asked for").map(|[s, p, o, _]| {
            let [s, p, o] =
                [s, p, o].map(|id| state.with_term(id, super::term::decode).expect("it is a term").to_string());
            format!("{s} {p} {o}")
        });
        let mut other: Vec<String> = named.chain(merged).collect();
        own.sort_unstable();
        other.sort_unstable();
        assert_eq!(own, other);
    }
}

fn answer(source: &Source, text: &str) -> Vec<String> {
    let format = AnswerFormat::Solutions(SolutionsFormat::Csv);
    let query = Query::new(text, format, Limits { deadline: HOUR, rows: u64::MAX, memory: u64::MAX });
    let stop = Stop::of_query(Instant::now() + HOUR, &query);
    let parsed = parse_query(&SparqlParser::new(), text).expect(text);
    let prepared = source.prepare(parsed, &query, &stop).expect(text);
    let QueryResults::Solutions(solutions) = source.execute(prepared, &stop).expect(text) else {
        panic!("{text} is a SELECT")
    };
    let row = |row: QuerySolution| {
        let values = row.values().iter().map(|value| value.as_ref().map(Term::to_string).unwrap_or_default());
        values.collect::<Vec<_>>().join(" | ")
    };
    let mut rows: Vec<String> = solutions.map(|solution| row(solution.expect(text))).collect();
    rows.sort_unstable();
    rows
}

/// The questions whose answers do not depend on the order in which rows are found.
fn questions() -> impl Iterator<Item = &'static str> {
    QUERIES.into_iter().filter(|text| !text.contains("LIMIT") && !text.contains("OFFSET")).chain(MORE)
}

#[tokio::test]
async fn random_histories_are_answered_as_the_store_answers() {
    for seed in 0..history::rounds(6) {
        let mut dice = Dice::new(seed);
        // From one that is merged after almost every change to one that never is.
        let both = Both::memory([3, 40, 200, 1_000_000][usize::try_from(seed % 4).expect("it is small")]);
        for step in 0..24 {
            both.change(&dice.update());
            both.is_the_same();
            if step % 6 == 5 {
                questions().for_each(|text| both.agrees(text));
            }
            for _ in 0..6 {
                both.agrees(&dice.query());
            }
            if dice.below(4) == 0 {
                both.snapshot.settle();
                both.is_the_same();
            }
        }
    }
}

#[tokio::test]
async fn a_query_keeps_the_state_it_began_with() {
    let both = Both::memory(2);
    both.change("INSERT DATA { GRAPH <urn:g:1> { <urn:a> <urn:p> <urn:b> } }");
    let before = Source { store: both.store.clone(), state: both.snapshot.live() };
    for n in 0..20 {
        both.change(&format!("INSERT DATA {{ GRAPH <urn:g:1> {{ <urn:a> <urn:p> <urn:new:{n}> }} }}"));
    }
    both.snapshot.settle();
    both.change("DELETE DATA { GRAPH <urn:g:1> { <urn:a> <urn:p> <urn:b> } }");
    let text = "SELECT ?o { <urn:a> <urn:p> ?o }";
    assert_eq!(answer(&before, text), ["<urn:b>"]);
    assert_eq!(answer(&Source { store: both.store.clone(), state: both.snapshot.live() }, text).len(), 20);
}
