//! The links that lead to a thing come in pages: how many there are, and which page is before and after (Hydra).

use oxigraph::model::{
    GraphName, Literal, NamedNode, Quad, Term,
    vocab::{rdf, xsd},
};

const HYDRA: &str = "http://www.w3.org/ns/hydra/core#";

/// What a page of links says of itself; nothing where all of them are on one.
#[must_use]
pub fn controls(thing: &NamedNode, page: u64, pages: u64, total: u64) -> Vec<Quad> {
    if pages < 2 {
        return Vec::new();
    }
    let numbered = |page: u64| NamedNode::new_unchecked(format!("{}?page={page}", thing.as_str()));
    let hydra = |term: &str| NamedNode::new_unchecked(format!("{HYDRA}{term}"));
    let this = numbered(page);
    let mut quads = Vec::new();
    let mut say = |predicate: NamedNode, object: Term| {
        quads.push(Quad::new(this.clone(), predicate, object, GraphName::DefaultGraph));
    };
    say(rdf::TYPE.into_owned(), hydra("PartialCollectionView").into());
    say(hydra("totalItems"), Literal::new_typed_literal(total.to_string(), xsd::INTEGER).into());
    let others =
        [("first", Some(1)), ("previous", page.checked_sub(1)), ("next", Some(page + 1)), ("last", Some(pages))];
    for (relation, other) in others {
        if let Some(other) = other.filter(|other| (1..=pages).contains(other)) {
            say(hydra(relation), numbered(other).into());
        }
    }
    quads
}
