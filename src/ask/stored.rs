//! What the linker is told of a document that is stored: its texts, and what is known of it besides.

use std::collections::{BTreeSet, HashSet};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term};

use super::names::values;
use crate::{
    model::{Date, Id, Lang},
    store::{Error, Store},
};

/// A stored document as the linker sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    /// Its texts, in the order of their IRIs, each with its language.
    pub texts: Vec<(NamedNode, Lang, String)>,
    /// The places it is about.
    pub area: Vec<Id>,
    /// Who issued it.
    pub issuer: Vec<Id>,
    /// When.
    pub issued: Option<Date>,
}

/// A document with its texts; `None` where nothing is stored of it.
pub async fn document(store: &Store, id: &Id) -> Result<Option<Stored>, Error> {
    let (iris, iri) = (store.iris(), store.iris().id(id));
    let query = format!(
        "PREFIX isn: {ontology} PREFIX dct: <http://purl.org/dc/terms/> \
         PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> \
         SELECT DISTINCT ?p ?o ?text ?lang {{ {iri} ?p ?o . \
           FILTER(?p IN (rdf:type, isn:text, isn:area, isn:issuedBy, dct:issued, isn:dateText)) \
           OPTIONAL {{ {iri} isn:text ?o . ?o rdf:value ?text ; dct:language ?lang }} }} ORDER BY ?p ?o",
        ontology = iris.path("ontology#"),
    );
    let rows = store.select(&query).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let (mut stored, mut printed) = (Stored::default(), None);
    for row in rows {
        let Some(property) = row.iri("p").and_then(|iri| iri.rsplit(['#', '/']).next()) else { continue };
        let thing = || row.iri("o").and_then(|iri| iris.parse_id(iri));
        let date = || row.text("o").and_then(|text| text.parse::<Date>().ok());
        match property {
            "area" => stored.area.extend(thing()),
            "issuedBy" => stored.issuer.extend(thing()),
            "issued" => stored.issued = date(),
            "dateText" => printed = date(),
            "text" => {
                let lang = row.text("lang").and_then(|tag| tag.parse().ok()).unwrap_or_else(Lang::undetermined);
                if let (Some(layer), Some(text)) = (row.iri("o"), row.text("text")) {
                    stored.texts.push((NamedNode::new_unchecked(layer), lang, text));
                }
            }
            _ => {}
        }
    }
    stored.issued = stored.issued.or(printed);
    Ok(Some(stored))
}

/// Which of some things are described in one of these graphs; the graphs that are not there are an error's matter.
pub async fn described(store: &Store, things: &BTreeSet<Id>, graphs: &[NamedNode]) -> Result<BTreeSet<Id>, Error> {
    let iris = store.iris();
    let nodes: Vec<NamedNode> = things.iter().map(|id| iris.id(id)).collect();
    let (nodes, graphs): (Vec<&NamedNode>, Vec<&NamedNode>) = (nodes.iter().collect(), graphs.iter().collect());
    let mut described = BTreeSet::new();
    for batch in nodes.chunks(super::names::BATCH) {
        let query = format!(
            "SELECT DISTINCT ?thing {{ VALUES ?thing {{ {} }} VALUES ?graph {{ {} }} GRAPH ?graph {{ ?thing a ?class }} }}",
            values(batch),
            values(&graphs),
        );
        let rows = store.select(&query).await?;
        described.extend(rows.iter().filter_map(|row| row.iri("thing").and_then(|iri| iris.parse_id(iri))));
    }
    Ok(described)
}

/// A thing with its parts, wherever they stand, as subject or as object. What has no name is left out.
pub async fn around(store: &Store, id: &Id) -> Result<Vec<Quad>, Error> {
    let thing = store.iris().id(id);
    let mut quads = naming(store, std::slice::from_ref(&thing)).await?;
    let start = format!("{}#", thing.as_str());
    let nodes = quads.iter().flat_map(|quad| {
        let subject = if let NamedOrBlankNode::NamedNode(node) = &quad.subject { Some(node) } else { None };
        let object = if let Term::NamedNode(node) = &quad.object { Some(node) } else { None };
        [subject, object].into_iter().flatten()
    });
    let parts: BTreeSet<NamedNode> = nodes.filter(|node| node.as_str().starts_with(&start)).cloned().collect();
    let parts: Vec<NamedNode> = parts.into_iter().collect();
    quads.extend(naming(store, &parts).await?);
    let mut seen = HashSet::new();
    quads.retain(|quad| seen.insert(quad.clone()));
    Ok(quads)
}

/// The quads in which one of some nodes is the subject or the object.
async fn naming(store: &Store, nodes: &[NamedNode]) -> Result<Vec<Quad>, Error> {
    let mut quads = Vec::new();
    for batch in nodes.chunks(super::names::BATCH) {
        let nodes = values(batch.iter().collect::<Vec<_>>().as_slice());
        let query = format!(
            "SELECT ?g ?s ?p ?o {{ {{ VALUES ?s {{ {nodes} }} GRAPH ?g {{ ?s ?p ?o }} }} \
             UNION {{ VALUES ?o {{ {nodes} }} GRAPH ?g {{ ?s ?p ?o }} }} }}"
        );
        quads.extend(super::resource::quads(&store.select(&query).await?));
    }
    Ok(quads)
}

/// Whether a graph says anything.
pub async fn has_graph(store: &Store, graph: &NamedNode) -> Result<bool, Error> {
    let query = format!("SELECT ?s {{ GRAPH {graph} {{ ?s ?p ?o }} }} LIMIT 1");
    Ok(!store.select(&query).await?.is_empty())
}
