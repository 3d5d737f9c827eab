//! Who has written what, and when: the log of changes, read by document, by person and by time.

use jiff::Timestamp;

use super::changes::change;
use crate::{
    model::Id,
    rdf::{
        describe::RUN,
        vocab::{isn, prov},
    },
    store::{Error, Row, Store},
};

/// Which records are wanted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Those of a document: its own graph, its mentions, what was decided, assessed and commented.
    pub about: Option<Id>,
    /// Those of somebody: the path of an agent.
    pub by: Option<String>,
    /// Those after this number.
    pub after: u64,
    /// Those up to this number.
    pub upto: u64,
    /// So many at most.
    pub limit: u64,
}

/// A record of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number.
    pub number: u64,
    /// The graph, as a path where it is one of the archive's.
    pub graph: String,
    /// What became of it: a term of `vocab/change-kind`.
    pub kind: String,
    /// When.
    pub at: Timestamp,
    /// The digest of the graph's canonical form.
    pub digest: String,
    /// Who: the path of an agent.
    pub by: String,
}

/// The records, the latest first.
pub async fn records(store: &Store, filter: &Filter) -> Result<Vec<Record>, Error> {
    let iris = store.iris();
    let Filter { about, by, after, upto, limit } = filter;
    let graphs = about.as_ref().map(|about| {
        let graphs = [
            iris.document_graph(about),
            iris.mention_graph(about, RUN),
            iris.review_graph(about),
            iris.comment_graph(about),
        ];
        format!("VALUES ?g {{ {} }}", graphs.map(|graph| graph.to_string()).join(" "))
    });
    let agent = by.as_ref().map(|by| format!("VALUES ?by {{ {} }}", iris.path(by)));
    // Without either the records are found by their numbers, so that the length of the log does not matter.
    let numbers = (graphs.is_none() && agent.is_none()).then(|| {
        let from = upto.saturating_sub(*limit).max(*after);
        let changes = (from + 1..=*upto).map(|number| change(store, number).to_string());
        format!("VALUES ?c {{ {} }}", changes.collect::<Vec<_>>().join(" "))
    });
    let query = format!(
        "SELECT ?n ?g ?kind ?at ?digest ?by {{ {graphs} {agent} {numbers} GRAPH {log} {{ \
         ?c {of} ?g ; {attributed} ?by ; {sequence} ?n ; {kind} ?kind ; {at} ?at ; {digest} ?digest }} \
         FILTER(?n > {after} && ?n <= {upto}) }} ORDER BY DESC(?n) LIMIT {limit}",
        graphs = graphs.unwrap_or_default(),
        agent = agent.unwrap_or_default(),
        numbers = numbers.unwrap_or_default(),
        log = iris.graph("changes"),
        of = iris.term(isn::CHANGE_OF),
        attributed = prov::WAS_ATTRIBUTED_TO,
        sequence = iris.term(isn::SEQUENCE),
        kind = iris.term(isn::CHANGE_KIND),
        at = prov::GENERATED_AT_TIME,
        digest = iris.term(isn::DIGEST),
    );
    Ok(store.select(&query).await?.iter().filter_map(|row| record(store, row)).collect())
}

fn record(store: &Store, row: &Row) -> Option<Record> {
    let path = |variable: &str| row.iri(variable).map(|iri| store.iris().relative(iri).unwrap_or(iri).to_owned());
    Some(Record {
        number: row.number("n")?,
        graph: path("g")?,
        kind: row.iri("kind")?.rsplit('/').next()?.to_owned(),
        at: row.text("at")?.parse().ok()?,
        digest: row.text("digest")?,
        by: path("by")?,
    })
}
