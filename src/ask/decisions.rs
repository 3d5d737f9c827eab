//! What was decided on links, as the store has it.

use oxigraph::model::{Literal, NamedNode};

use super::names::values;
use crate::{
    model::{Decision, Id},
    rdf::vocab::{isn, prov},
    store::{Error, Row, Store},
};

/// Every decision there ever was, in order of time, the undone ones too.
pub async fn all(store: &Store) -> Result<Vec<Decision>, Error> {
    let iris = store.iris();
    let term = |local| iris.term(local);
    let query = format!(
        "SELECT ?decision ?mention ?verdict ?form ?thing ?correction ?scope ?reason ?by ?at ?revises {{ \
         ?decision a {class} ; {assesses} ?mention ; {rating} ?verdict ; {form} ?form ; {thing} ?thing ; \
         {scope} ?scope ; {by} ?by ; {at} ?at . \
         OPTIONAL {{ ?decision {correction} ?correction }} OPTIONAL {{ ?decision {reason} ?reason }} \
         OPTIONAL {{ ?decision {revises} ?revises }} }}",
        class = term("LinkDecision"),
        assesses = term(isn::ASSESSES),
        rating = term(isn::RATING),
        form = term(isn::DECIDED_FORM),
        thing = term(isn::DECIDED_THING),
        scope = term(isn::DECISION_SCOPE),
        correction = term(isn::CORRECTION),
        reason = term(isn::RATIONALE),
        by = prov::WAS_ATTRIBUTED_TO,
        at = prov::GENERATED_AT_TIME,
        revises = prov::WAS_REVISION_OF,
    );
    let rows = store.select(&query).await?;
    let mut found: Vec<Decision> = rows.iter().filter_map(|row| decision(store, row)).collect();
    found.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(found)
}

fn decision(store: &Store, row: &Row) -> Option<Decision> {
    let id = |variable: &str| row.iri(variable).and_then(|iri| store.iris().parse_id(iri));
    let last = |variable: &str| row.iri(variable).and_then(|iri| iri.rsplit('/').next());
    Some(Decision {
        id: id("decision")?,
        verdict: last("verdict")?.parse().ok()?,
        mention: id("mention")?,
        form: row.text("form")?,
        thing: id("thing")?,
        correction: id("correction"),
        scope: last("scope")?.parse().ok()?,
        reason: row.text("reason"),
        by: row.iri("by").map(|iri| store.iris().relative(iri).unwrap_or(iri).to_owned())?,
        at: row.text("at")?.parse().ok()?,
        revises: id("revises"),
    })
}

/// The documents that have a mention of one of these wordings, in order.
pub async fn documents_with(store: &Store, wordings: &[String]) -> Result<Vec<Id>, Error> {
    let mut found = Vec::new();
    for batch in wordings.chunks(super::names::BATCH) {
        let exact = literals(batch);
        let query = format!(
            "SELECT DISTINCT ?document {{ VALUES ?exact {{ {exact}}} ?mention {words} ?exact ; {document} ?document }}",
            words = crate::rdf::vocab::oa::EXACT,
            document = store.iris().term(isn::IN_DOCUMENT),
        );
        let rows = store.select(&query).await?;
        found.extend(rows.iter().filter_map(|row| store.iris().parse_id(row.iri("document")?)));
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Wordings for a VALUES block.
#[must_use]
pub fn literals(wordings: &[String]) -> String {
    let literals = wordings.iter().map(|words| Literal::new_simple_literal(words).to_string());
    literals.collect::<Vec<_>>().join(" ")
}

/// Whether a thing is known: whether it has a type.
pub async fn is_known(store: &Store, thing: &Id) -> Result<bool, Error> {
    let thing: NamedNode = store.iris().id(thing);
    let query = format!("SELECT ?class {{ VALUES ?thing {{ {}}} ?thing a ?class }} LIMIT 1", values(&[&thing]));
    Ok(!store.select(&query).await?.is_empty())
}
