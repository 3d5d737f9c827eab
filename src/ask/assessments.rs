//! What was assessed, as the store has it.

use std::collections::BTreeMap;

use crate::{
    model::{Assessment, Id},
    rdf::vocab::{cito, foaf, isn, prov},
    store::{Error, Row, Store},
};

/// The scale of decisions on what a machine proposed. They are assessments too, and are found with the reviews.
pub const REVIEW: &str = "review-state";

/// Whose assessments are wanted.
#[derive(Clone, Copy, Debug)]
pub enum Of<'a> {
    /// Those of any of some things.
    Any(&'a [Id]),
    /// Those of one thing.
    Thing(&'a Id),
    /// Those of a document, of its parts and of what is stated in it.
    Document(&'a Id),
}

/// The assessments of something, in order of time, the revised ones too.
pub async fn all(store: &Store, of: Of<'_>) -> Result<Vec<Assessment>, Error> {
    let mut found = read(store, of).await?;
    found.retain(|assessment| assessment.scale != REVIEW);
    Ok(found)
}

/// What was decided on proposals, in order of time, the revised decisions too.
pub async fn verdicts(store: &Store, proposals: &[Id]) -> Result<Vec<Assessment>, Error> {
    let mut found = read(store, Of::Any(proposals)).await?;
    found.retain(|assessment| assessment.scale == REVIEW);
    Ok(found)
}

async fn read(store: &Store, of: Of<'_>) -> Result<Vec<Assessment>, Error> {
    let iris = store.iris();
    let term = |local| iris.term(local);
    let any = |things: &[Id]| {
        let all: Vec<String> = things.iter().map(|thing| iris.id(thing).to_string()).collect();
        (format!("VALUES ?thing {{ {} }}", all.join(" ")), "?g".to_owned())
    };
    let (values, graph) = match of {
        Of::Any(things) => any(things),
        Of::Thing(thing) => any(std::slice::from_ref(thing)),
        Of::Document(document) => (String::new(), iris.review_graph(document).to_string()),
    };
    let query = format!(
        "SELECT ?assessment ?thing ?rating ?reason ?evidence ?by ?name ?at ?revises {{ {values} GRAPH {graph} {{ \
         ?assessment {assesses} ?thing ; {rating} ?rating ; {by} ?by ; {at} ?at . \
         OPTIONAL {{ ?assessment {reason} ?reason }} OPTIONAL {{ ?assessment {evidence} ?evidence }} \
         OPTIONAL {{ ?assessment {revises} ?revises }} OPTIONAL {{ ?by {name} ?name }} }} }}",
        assesses = term(isn::ASSESSES),
        rating = term(isn::RATING),
        reason = term(isn::RATIONALE),
        evidence = cito::CITES_AS_EVIDENCE,
        by = prov::WAS_ATTRIBUTED_TO,
        at = prov::GENERATED_AT_TIME,
        name = foaf::NAME,
        revises = prov::WAS_REVISION_OF,
    );
    let mut found: BTreeMap<Id, Assessment> = BTreeMap::new();
    for row in store.select(&query).await? {
        let Some(assessment) = assessment(store, &row) else { continue };
        let known = found.entry(assessment.id.clone()).or_insert(assessment);
        let evidence = row.iri("evidence").map(|iri| iris.relative(iri).unwrap_or(iri).to_owned());
        known.evidence.extend(evidence.filter(|evidence| !known.evidence.contains(evidence)));
    }
    let mut found: Vec<Assessment> = found.into_values().collect();
    for assessment in &mut found {
        assessment.evidence.sort();
    }
    found.sort_by(|a, b| (a.at, &a.id).cmp(&(b.at, &b.id)));
    Ok(found)
}

fn assessment(store: &Store, row: &Row) -> Option<Assessment> {
    let iris = store.iris();
    let id = |variable: &str| row.iri(variable).and_then(|iri| iris.parse_id(iri));
    let rating = iris.relative(row.iri("rating")?)?.strip_prefix("vocab/")?;
    let (scale, rating) = rating.split_once('/')?;
    Some(Assessment {
        id: id("assessment")?,
        assesses: id("thing")?,
        scale: scale.to_owned(),
        rating: rating.to_owned(),
        rationale: row.text("reason").unwrap_or_default(),
        evidence: Vec::new(),
        by: row.iri("by").map(|iri| iris.relative(iri).unwrap_or(iri).to_owned())?,
        name: row.text("name"),
        at: row.text("at")?.parse().ok()?,
        revises: id("revises"),
    })
}
