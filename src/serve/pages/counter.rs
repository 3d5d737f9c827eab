//! What is held against a claim, and what it is held against: beside it, each with its speaker and its words.

use std::collections::BTreeSet;

use oxigraph::model::{NamedNode, Quad, Term};

use super::{
    reader::Reader,
    value::{Link, Phrase},
    words::words,
};
use crate::{
    rdf::vocab::isn,
    store::{Error, literal_value},
};

/// A claim that disputes another, or is disputed by it.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    /// Which of the two it does.
    pub label: &'static str,
    pub link: Link,
    pub speakers: Vec<Link>,
    pub stance: Option<Phrase>,
    pub stance_term: String,
    /// How sure its speaker is, in the speaker's words.
    pub wording: Vec<Phrase>,
    pub document: Option<Link>,
}

/// The claims that dispute another, from the statements that point to it.
fn disputing(reader: &Reader<'_>, pointing: &[Quad], iri: &str) -> BTreeSet<NamedNode> {
    let disputes = |quad: &&Quad| {
        reader.key(quad.predicate.as_str()) == isn::DISPUTES
            && matches!(&quad.object, Term::NamedNode(to) if to.as_str() == iri)
    };
    let all = pointing.iter().filter(disputes);
    all.map(|quad| NamedNode::new_unchecked(literal_value(&quad.subject.clone().into()))).collect()
}

/// Fetches what some claims are held against, and what is held against them.
pub(super) async fn fetch(
    reader: &mut Reader<'_>,
    pointing: &[Quad],
    claims: &BTreeSet<NamedNode>,
) -> Result<(), Error> {
    let mut others = BTreeSet::new();
    for claim in claims {
        others.extend(disputing(reader, pointing, claim.as_str()));
        others.extend(reader.things(claim.as_str(), isn::DISPUTES).into_iter().cloned());
    }
    let wanted = [isn::STATED_BY, isn::STANCE, isn::STATED_IN, isn::DEGREE_WORDING];
    let wanted = wanted.map(|local| reader.iris().term(local));
    reader.fetch(&others, &wanted).await
}

/// What stands beside a claim.
pub(super) fn counters(reader: &Reader<'_>, pointing: &[Quad], iri: &str) -> Vec<Counter> {
    let against = disputing(reader, pointing, iri);
    let own = reader.things(iri, isn::DISPUTES).into_iter().cloned();
    let all = against.into_iter().map(|claim| ("claim.disputed-by", claim));
    all.chain(own.map(|claim| ("claim.disputes", claim))).map(|(key, claim)| one(reader, key, claim.as_str())).collect()
}

fn one(reader: &Reader<'_>, key: &'static str, iri: &str) -> Counter {
    let stance = reader.things(iri, isn::STANCE).into_iter().next();
    Counter {
        label: words(reader.lang).get(key),
        link: reader.link(iri),
        speakers: reader.links(iri, isn::STATED_BY),
        stance: stance.map(|stance| reader.label(stance.as_str())),
        stance_term: reader.concept(iri, isn::STANCE).unwrap_or_default().to_owned(),
        wording: reader.wordings(iri, isn::DEGREE_WORDING),
        document: reader.links(iri, isn::STATED_IN).into_iter().next(),
    }
}
