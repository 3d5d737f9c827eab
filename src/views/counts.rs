//! How much of what there is: triples by property, things by class, links that lead elsewhere, terms of use.
//!
//! Each public graph is counted by itself, when it is first seen and when the log says that it changed; what is told are
//! sums, so that telling costs the same however much there is. The links that a machine proposed are not counted.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fmt::Write as _,
    sync::Arc,
};

use oxigraph::model::{NamedNodeRef, vocab::rdf};

use crate::{
    rdf::{Part, vocab::dct},
    store::{Cell, Error, Store},
};

/// So many graphs are counted in one question.
const BATCH: usize = 100;

/// The properties that say that something is described elsewhere too.
const LINKING: [&str; 4] = [
    "http://www.w3.org/2002/07/owl#sameAs",
    "http://www.w3.org/2004/02/skos/core#exactMatch",
    "http://www.w3.org/2004/02/skos/core#closeMatch",
    "http://www.w3.org/2000/01/rdf-schema#seeAlso",
];

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Sort {
    Property,
    Class,
    Licence,
    Link,
}

/// The sums of one part of the archive.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// How many graphs.
    pub graphs: u64,
    /// How many triples, by property.
    pub properties: BTreeMap<String, u64>,
    /// How many things in each graph, by class.
    pub classes: BTreeMap<String, u64>,
    /// How many graphs, by the terms they may be used under.
    pub licences: BTreeMap<String, u64>,
    /// How many links lead elsewhere, by property and by the start of what they lead to.
    pub links: BTreeMap<(String, String), u64>,
}

impl Sums {
    /// How many triples.
    #[must_use]
    pub fn triples(&self) -> u64 {
        self.properties.values().sum()
    }
}

/// What is counted, part by part.
pub type Totals = BTreeMap<Part, Sums>;

/// The counts of one graph.
#[derive(Debug)]
struct Graph {
    part: Part,
    /// The sort, the number of the name, how many.
    rows: Vec<(Sort, u32, u64)>,
}

/// The counts of every public graph, and their sums.
#[derive(Debug, Default)]
pub(super) struct Counts {
    graphs: HashMap<String, Graph>,
    /// Names by number: the same few stand in all graphs.
    names: Vec<String>,
    numbers: HashMap<String, u32>,
    totals: Totals,
}

impl Counts {
    /// Counts every public graph.
    pub(super) async fn anew(store: &Store) -> Result<Self, Error> {
        let mut graphs = BTreeSet::new();
        let query = format!(
            "SELECT DISTINCT ?g {{ GRAPH {} {{ ?g {} ?digest }} }}",
            store.iris().graph("prov"),
            store.iris().term("sha256")
        );
        let take = |row: &[Cell<'_>]| {
            if let [Cell::Iri(graph)] = row {
                graphs.insert((*graph).to_owned());
            }
        };
        store.each(&query, store.limits(), take).await?;
        graphs.insert(store.iris().graph("prov").into_string());
        let mut counts = Self::default();
        counts.take(store, &graphs).await?;
        Ok(counts)
    }

    /// Counts some graphs again. The provenance changes with every one of them.
    pub(super) async fn take(&mut self, store: &Store, changed: &BTreeSet<String>) -> Result<(), Error> {
        let prov = store.iris().graph("prov").into_string();
        let changed: Vec<(&String, Part)> = changed
            .iter()
            .chain((!changed.contains(&prov)).then_some(&prov))
            .filter_map(|graph| Some((graph, Part::of(store.iris(), NamedNodeRef::new_unchecked(graph))?)))
            .filter(|(_, part)| *part != Part::Links)
            .collect();
        for some in changed.chunks(BATCH) {
            let mut counted = count(store, some.iter().map(|(graph, _)| graph.as_str())).await?;
            for (graph, part) in some {
                self.put(graph, *part, counted.remove(graph.as_str()).unwrap_or_default());
            }
        }
        Ok(())
    }

    /// The sums.
    pub(super) fn totals(&self) -> Arc<Totals> {
        Arc::new(self.totals.clone())
    }

    fn put(&mut self, iri: &str, part: Part, counted: BTreeMap<(Sort, String), u64>) {
        if let Some(before) = self.graphs.remove(iri) {
            let sums = self.totals.entry(before.part).or_default();
            sums.graphs -= 1;
            for (sort, name, many) in before.rows {
                change(sums, sort, &self.names[name as usize], |sum| sum.saturating_sub(many));
            }
        }
        if counted.is_empty() {
            return;
        }
        let sums = self.totals.entry(part).or_default();
        sums.graphs += 1;
        let mut rows = Vec::with_capacity(counted.len());
        for ((sort, name), many) in counted {
            change(sums, sort, &name, |sum| sum + many);
            let next = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
            let number = *self.numbers.entry(name.clone()).or_insert(next);
            if number == next {
                self.names.push(name);
            }
            rows.push((sort, number, many));
        }
        self.graphs.insert(iri.to_owned(), Graph { part, rows });
    }
}

/// Changes one sum; what is nothing any more is left out.
fn change(sums: &mut Sums, sort: Sort, name: &str, to: impl Fn(u64) -> u64) {
    fn set<K: Ord + Clone>(map: &mut BTreeMap<K, u64>, key: K, to: impl Fn(u64) -> u64) {
        match to(map.get(&key).copied().unwrap_or(0)) {
            0 => drop(map.remove(&key)),
            sum => drop(map.insert(key, sum)),
        }
    }
    match sort {
        Sort::Property => set(&mut sums.properties, name.to_owned(), to),
        Sort::Class => set(&mut sums.classes, name.to_owned(), to),
        Sort::Licence => set(&mut sums.licences, name.to_owned(), to),
        Sort::Link => {
            let (property, space) = name.split_once(' ').unwrap_or((name, ""));
            set(&mut sums.links, (property.to_owned(), space.to_owned()), to);
        }
    }
}

/// Counts some graphs.
async fn count(
    store: &Store,
    graphs: impl Iterator<Item = &str>,
) -> Result<HashMap<String, BTreeMap<(Sort, String), u64>>, Error> {
    let names = graphs.fold(String::new(), |mut names, graph| {
        let _ = write!(names, "<{graph}> ");
        names
    });
    let mut counted: HashMap<String, BTreeMap<(Sort, String), u64>> = HashMap::new();
    let grouped = [
        (Sort::Property, "GRAPH ?g { ?s ?name ?o }".to_owned()),
        (Sort::Class, format!("GRAPH ?g {{ ?s {} ?name }} FILTER(isIRI(?name))", rdf::TYPE)),
        (Sort::Licence, format!("GRAPH {} {{ ?g {} ?name }}", store.iris().graph("prov"), dct::LICENSE)),
    ];
    for (sort, pattern) in grouped {
        let query =
            format!("SELECT ?g ?name (COUNT(*) AS ?many) {{ VALUES ?g {{ {names} }} {pattern} }} GROUP BY ?g ?name");
        let take = |row: &[Cell<'_>]| {
            if let [Cell::Iri(graph), Cell::Iri(name), Cell::Literal { value, .. }] = row
                && let Some(many) = value.parse().ok().or_else(|| typed(value))
            {
                counted.entry((*graph).to_owned()).or_default().insert((sort, (*name).to_owned()), many);
            }
        };
        store.each(&query, store.limits(), take).await?;
    }
    let linking = LINKING.map(|property| format!("<{property}>")).join(" ");
    let base = store.iris().base();
    let query = format!(
        "SELECT ?g ?p ?o {{ VALUES ?g {{ {names} }} VALUES ?p {{ {linking} }} GRAPH ?g {{ ?s ?p ?o }} \
         FILTER(isIRI(?o) && !STRSTARTS(STR(?o), \"{base}\")) }}"
    );
    let take = |row: &[Cell<'_>]| {
        if let [Cell::Iri(graph), Cell::Iri(property), Cell::Iri(object)] = row {
            let link = (Sort::Link, format!("{property} {}", space(object)));
            *counted.entry((*graph).to_owned()).or_default().entry(link).or_default() += 1;
        }
    };
    store.each(&query, store.limits(), take).await?;
    // Terms of use without a graph: it was withdrawn.
    counted.retain(|_, rows| rows.keys().any(|(sort, _)| *sort == Sort::Property));
    Ok(counted)
}

/// A number that an engine wrote with its type.
fn typed(text: &str) -> Option<u64> {
    text.trim_start_matches('"').split('"').next()?.parse().ok()
}

/// Where an IRI leads: its scheme and host.
fn space(iri: &str) -> &str {
    let start = iri.find("://").map_or(0, |at| at + 3);
    iri[start..].find('/').map_or(iri, |end| &iri[..=start + end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_iri_leads_to_its_host() {
        assert_eq!(space("https://www.wikidata.org/entity/Q1"), "https://www.wikidata.org/");
        assert_eq!(space("urn:x:y"), "urn:x:y");
    }
}
