//! What things are called: labels for people, and every name for the linker.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use oxigraph::model::NamedNode;

use crate::{
    link::{Fact, Facts, Name, NameKind, Office},
    model::{Date, Id, Lang, Text},
    rdf::Ontology,
    store::{Error, Row, Store},
};

/// How many IRIs go into one question.
pub(super) const BATCH: usize = 500;

/// The labels of some things, by IRI: their `rdfs:label`, title or preferred label, in every language.
///
/// Terms of the ontology and of the vocabularies are answered without asking the store.
pub async fn labels(
    store: &Store,
    ontology: &Ontology,
    things: impl IntoIterator<Item = &NamedNode>,
) -> Result<BTreeMap<String, Text>, Error> {
    let mut found = BTreeMap::new();
    let mut unknown = BTreeSet::new();
    for thing in things {
        let path = ontology.iris().relative(thing.as_str());
        if let Some(label) = ontology.label(path.unwrap_or(thing.as_str())) {
            found.insert(thing.as_str().to_owned(), label.clone());
        } else if path.is_some() {
            unknown.insert(thing);
        }
    }
    let unknown: Vec<&NamedNode> = unknown.into_iter().collect();
    for batch in unknown.chunks(BATCH) {
        let values = values(batch);
        let query = format!(
            "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX dct: <http://purl.org/dc/terms/> \
             SELECT DISTINCT ?thing ?label {{ VALUES ?thing {{ {values}}} \
             VALUES ?property {{ rdfs:label dct:title dct:description }} ?thing ?property ?label }}"
        );
        for row in store.select(&query).await? {
            let (Some(thing), Some(words)) = (row.iri("thing"), row.text("label")) else { continue };
            let lang = row.lang("label").and_then(|tag| tag.parse().ok()).unwrap_or_else(Lang::en);
            found.entry(thing.to_owned()).or_default().entry(lang).or_insert(words);
        }
    }
    Ok(found)
}

/// IRIs for a VALUES block.
pub(crate) fn values<'a>(things: impl IntoIterator<Item = &'a &'a NamedNode>) -> String {
    things.into_iter().fold(String::new(), |mut text, thing| {
        let _ = write!(text, "{thing} ");
        text
    })
}

/// Every name that the linker's dictionary grows from.
pub async fn all(store: &Store) -> Result<Vec<Name>, Error> {
    names_of(store, "").await
}

/// The names of some things, and what the graph says of them.
pub async fn some(store: &Store, things: &BTreeSet<Id>) -> Result<(Vec<Name>, Facts), Error> {
    let (mut names, mut found) = (Vec::new(), Facts::new());
    let things: Vec<NamedNode> = things.iter().map(|thing| store.iris().id(thing)).collect();
    for batch in things.chunks(BATCH) {
        let among = format!("VALUES ?thing {{ {}}} ", values(batch.iter().collect::<Vec<_>>().as_slice()));
        names.extend(names_of(store, &among).await?);
        found.extend(facts_of(store, &among).await?);
    }
    Ok((names, found))
}

/// Names, of all things or of those that a block of values gives.
async fn names_of(store: &Store, among: &str) -> Result<Vec<Name>, Error> {
    let iris = store.iris();
    let query = format!(
        "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> PREFIX dct: <http://purl.org/dc/terms/> \
         PREFIX skos: <http://www.w3.org/2004/02/skos/core#> PREFIX isn: {ontology} \
         SELECT DISTINCT ?thing ?property ?name {{ \
           {{ {among}VALUES ?class {{ isn:Agent isn:Place isn:Event }} ?thing a ?class . \
              VALUES ?property {{ rdfs:label skos:altLabel skos:hiddenLabel }} ?thing ?property ?name }} \
           UNION {{ {among}?thing a isn:Document . VALUES ?property {{ dct:title skos:altLabel isn:symbol }} ?thing ?property ?name }} }}",
        ontology = iris.path("ontology#"),
    );
    Ok(store.select(&query).await?.iter().filter_map(|row| name(store, row)).collect())
}

fn name(store: &Store, row: &Row) -> Option<Name> {
    let entity = store.iris().parse_id(row.iri("thing")?)?;
    let property = row.iri("property")?;
    let kind = match property.rsplit(['#', '/']).next()? {
        "label" => NameKind::Label,
        "title" => NameKind::Title,
        "altLabel" => NameKind::AltLabel,
        "symbol" => NameKind::Symbol,
        _ => NameKind::Hidden,
    };
    let lang = row.lang("name").and_then(|tag| tag.parse().ok());
    Some(Name { entity, form: row.text("name")?, lang, kind })
}

/// What the graph says of things and helps to choose between those of the same name.
pub async fn facts(store: &Store) -> Result<Facts, Error> {
    facts_of(store, "").await
}

/// Facts, of all things or of those that a block of values gives.
async fn facts_of(store: &Store, among: &str) -> Result<Facts, Error> {
    let iris = store.iris();
    let query = format!(
        "PREFIX isn: {ontology} PREFIX org: <http://www.w3.org/ns/org#> PREFIX cito: <http://purl.org/spar/cito/> \
         SELECT DISTINCT ?thing ?level ?within ?related ?from ?to {{ \
           {{ {among}?thing a isn:Place . {{ ?thing isn:adminLevel ?level }} UNION {{ ?part isn:part ?thing ; isn:whole ?within }} }} \
           UNION {{ {among}?thing a isn:Organization . \
              {{ ?thing isn:founded ?from }} UNION {{ ?thing isn:dissolved ?to }} UNION {{ ?thing org:subOrganizationOf ?within }} }} \
           UNION {{ {among}?thing a isn:Document . {{ ?thing isn:earliest ?from }} UNION {{ ?thing isn:issuedBy ?within }} \
              UNION {{ ?thing cito:cites|isn:aboutEvent|isn:addressedTo ?related }} }} \
           UNION {{ {among}?thing a isn:Event . {{ ?thing isn:earliest ?from ; isn:latest ?to }} \
              UNION {{ ?thing isn:reportedAt|isn:reportedBy|isn:concerns ?related }} }} \
           UNION {{ {among}?thing org:hasMembership/org:organization ?related }} }}",
        ontology = iris.path("ontology#"),
    );
    let mut facts = Facts::new();
    for row in store.select(&query).await? {
        let Some(id) = row.iri("thing").and_then(|iri| iris.parse_id(iri)) else { continue };
        let fact = facts.entry(id).or_default();
        if let Some(level) = row.iri("level").and_then(|iri| iri.rsplit('/').next()) {
            fact.level = Some(level.to_owned());
        }
        fact.within.extend(row.iri("within").and_then(|iri| iris.parse_id(iri)));
        fact.related.extend(row.iri("related").and_then(|iri| iris.parse_id(iri)));
        let date = |variable: &str| row.text(variable).and_then(|text| text.parse::<Date>().ok());
        fact.from = date("from").or(fact.from.take());
        fact.to = date("to").or(fact.to.take());
    }
    offices(store, among, &mut facts).await?;
    facts.values_mut().for_each(put_in_order);
    Ok(facts)
}

/// The order in which an engine answers, or a file tells, must not show, nor whether a date was read as it was given
/// or as the days that it may be.
pub fn put_in_order(fact: &mut Fact) {
    fact.from = fact.from.take().map(|date| Date::day(date.earliest()));
    fact.to = fact.to.take().map(|date| Date::day(date.latest()));
    fact.within.sort();
    fact.within.dedup();
    fact.related.sort();
    fact.related.dedup();
    fact.offices.sort();
}

/// The offices that people held, with their titles in every language.
async fn offices(store: &Store, among: &str, facts: &mut Facts) -> Result<(), Error> {
    let iris = store.iris();
    let query = format!(
        "PREFIX isn: {ontology} PREFIX org: <http://www.w3.org/ns/org#> \
         PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> \
         SELECT DISTINCT ?thing ?title ?of ?from ?to {{ \
           {among}?thing org:hasMembership ?tenure . ?tenure org:organization ?of ; rdfs:label ?title . \
           OPTIONAL {{ ?tenure isn:from ?from }} OPTIONAL {{ ?tenure isn:to ?to }} }}",
        ontology = iris.path("ontology#"),
    );
    for row in store.select(&query).await? {
        let id = |variable: &str| row.iri(variable).and_then(|iri| iris.parse_id(iri));
        let date = |variable: &str| row.text(variable).and_then(|text| text.parse::<Date>().ok());
        if let (Some(thing), Some(title), Some(of)) = (id("thing"), row.text("title"), id("of")) {
            let office = Office { title, of, from: date("from"), to: date("to") };
            facts.entry(thing).or_default().offices.push(office);
        }
    }
    Ok(())
}
