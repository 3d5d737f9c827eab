//! What a shown edge rests on, read from the store: the words of mentions, the functions of citations.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
};

use crate::{
    ask::piece::{Edge, Evidence, Piece},
    store::{Error, Store},
};

/// So many pairs go into one question.
const BATCH: usize = 200;

/// Adds to each edge from a document to what it mentions the words that it rests on.
pub async fn add_evidence(store: &Store, piece: &mut Piece) -> Result<(), Error> {
    let iris = store.iris();
    let mentions = iris.term("mentions");
    let pairs = pairs(piece, |edge| edge.predicate == mentions.as_str());
    let mut found: BTreeMap<(String, String, String), Vec<Evidence>> = BTreeMap::new();
    for batch in pairs.chunks(BATCH) {
        let query = format!(
            "PREFIX oa: <http://www.w3.org/ns/oa#> PREFIX isn: {ontology} \
             SELECT ?g ?d ?e ?m ?text ?start ?end ?exact {{ VALUES (?d ?e) {{ {values} }} \
             GRAPH ?g {{ ?m isn:inDocument ?d ; oa:hasBody ?e ; isn:inText ?text ; oa:start ?start ; oa:end ?end ; \
             oa:exact ?exact }} }}",
            ontology = iris.path("ontology#"),
            values = values(batch),
        );
        for row in store.select(&query).await? {
            let iri = |name: &str| row.iri(name).map(str::to_owned);
            let (Some(graph), Some(document), Some(thing)) = (iri("g"), iri("d"), iri("e")) else { continue };
            let evidence = Evidence {
                mention: iri("m").unwrap_or_default(),
                text: iri("text").unwrap_or_default(),
                start: row.number("start").unwrap_or_default(),
                end: row.number("end").unwrap_or_default(),
                exact: row.text("exact").unwrap_or_default(),
            };
            found.entry((graph, document, thing)).or_default().push(evidence);
        }
    }
    for edge in piece.edges.iter_mut().filter(|edge| edge.predicate == mentions.as_str()) {
        let key = (edge.graph.clone(), edge.source.clone(), edge.target.clone());
        edge.evidence = found.remove(&key).unwrap_or_default();
        edge.evidence.sort_by(|a, b| (&a.text, a.start, a.end).cmp(&(&b.text, b.start, b.end)));
    }
    Ok(())
}

/// Adds to each citation what it is for.
pub async fn add_functions(store: &Store, piece: &mut Piece) -> Result<(), Error> {
    const CITES: &str = "http://purl.org/spar/cito/cites";
    let pairs = pairs(piece, |edge| edge.predicate == CITES);
    let mut found: BTreeMap<(String, String), BTreeSet<String>> = BTreeMap::new();
    for batch in pairs.chunks(BATCH) {
        let query = format!(
            "PREFIX cito: <http://purl.org/spar/cito/> SELECT ?d ?e ?function {{ VALUES (?d ?e) {{ {} }} \
             GRAPH ?g {{ ?citation cito:hasCitingEntity ?d ; cito:hasCitedEntity ?e ; \
             cito:hasCitationCharacterization ?function }} }}",
            values(batch),
        );
        for row in store.select(&query).await? {
            if let (Some(citing), Some(cited), Some(function)) = (row.iri("d"), row.iri("e"), row.iri("function")) {
                found.entry((citing.to_owned(), cited.to_owned())).or_default().insert(function.to_owned());
            }
        }
    }
    for edge in piece.edges.iter_mut().filter(|edge| edge.predicate == CITES) {
        let functions = found.get(&(edge.source.clone(), edge.target.clone()));
        edge.function = functions.into_iter().flatten().cloned().collect();
    }
    Ok(())
}

/// The ends of the edges that are meant, each pair once.
fn pairs(piece: &Piece, is_meant: impl Fn(&Edge) -> bool) -> Vec<(String, String)> {
    let meant = piece.edges.iter().filter(|edge| is_meant(edge));
    let pairs: BTreeSet<_> = meant.map(|edge| (edge.source.clone(), edge.target.clone())).collect();
    pairs.into_iter().collect()
}

fn values(pairs: &[(String, String)]) -> String {
    pairs.iter().fold(String::new(), |mut text, (one, other)| {
        let _ = write!(text, "(<{one}> <{other}>) ");
        text
    })
}
