//! What the linker needs to know of documents that are stored: their texts, and what the archive says of them.

use std::collections::BTreeMap;

use oxigraph::model::NamedNode;

use crate::{
    model::{Date, Document, Id, LayerRole, Reference, TextLayer},
    rdf::{
        describe,
        vocab::{dct, isn, rdf},
    },
    store::{Error, Row, Store},
};

/// A stored document, as far as linking goes, and where its mentions came from.
#[derive(Clone, Debug)]
pub struct Linked {
    /// Its texts, date, area and issuers; nothing else.
    pub document: Document,
    /// The digest of the graph of its mentions, where it has one.
    pub digest: Option<String>,
    /// The digest of the file it came from.
    pub original: String,
    /// The terms that it may be used under.
    pub licence: String,
}

/// Every document that came in as one, in order.
pub async fn documents(store: &Store) -> Result<Vec<Id>, Error> {
    let (prov, digest) = (store.iris().graph("prov"), store.iris().term(isn::SHA256));
    let start = store.iris().path("graph/doc/");
    let query = format!(
        "SELECT ?graph {{ GRAPH {prov} {{ ?graph {digest} ?d }} FILTER(STRSTARTS(STR(?graph), \"{}\")) }}",
        start.as_str()
    );
    let rows = store.select(&query).await?;
    let id = |row: &Row| format!("doc/{}", row.iri("graph")?.strip_prefix(start.as_str())?).parse().ok();
    let mut found: Vec<Id> = rows.iter().filter_map(id).collect();
    found.sort();
    Ok(found)
}

/// Reads some documents back, each from its own graph.
pub async fn read(store: &Store, documents: &[Id]) -> Result<Vec<Linked>, Error> {
    let mut found = origins(store, documents).await?;
    let iris = store.iris();
    let pairs = documents.iter().map(|id| format!("({} {})", iris.document_graph(id), iris.id(id)));
    let pairs = pairs.collect::<Vec<_>>().join(" ");
    let query = format!(
        "SELECT ?document ?area ?issuer ?from ?to ?lang ?role ?text {{ VALUES (?graph ?document) {{ {pairs}}} \
         GRAPH ?graph {{ \
           {{ ?document {area} ?area }} UNION {{ ?document {issuer} ?issuer }} \
           UNION {{ ?document {earliest} ?from ; {latest} ?to }} \
           UNION {{ ?document {layer} ?part . ?part {language} ?lang ; {value} ?text ; {role} ?role }} }} }}",
        area = iris.term(isn::AREA),
        issuer = iris.term(isn::ISSUED_BY),
        earliest = iris.term(isn::EARLIEST),
        latest = iris.term(isn::LATEST),
        layer = iris.term(isn::TEXT),
        role = iris.term(isn::LAYER_ROLE),
        language = dct::LANGUAGE,
        value = rdf::VALUE,
    );
    for row in store.select(&query).await? {
        let id = row.iri("document").and_then(|iri| iris.parse_id(iri));
        if let Some(linked) = id.and_then(|id| found.get_mut(&id)) {
            take(store, &row, &mut linked.document);
        }
    }
    let mut found: Vec<Linked> = found.into_values().collect();
    for linked in &mut found {
        linked.document.layers.sort_by(|a, b| a.lang.cmp(&b.lang));
    }
    Ok(found)
}

/// Takes one thing that is said of a document.
fn take(store: &Store, row: &Row, document: &mut Document) {
    let reference = |variable: &str| {
        let id = row.iri(variable).and_then(|iri| store.iris().parse_id(iri))?;
        Some(Reference { id: Some(id), text: None })
    };
    document.area.extend(reference("area"));
    document.issuer.extend(reference("issuer"));
    if let (Some(from), Some(to)) = (row.text("from"), row.text("to")) {
        // The linker asks a date for its first and last day and for nothing else.
        let date = if from == to { from } else { format!("{from}/{to}") };
        document.issued = date.parse::<Date>().ok();
    }
    let lang = row.text("lang").and_then(|lang| lang.parse().ok());
    if let (Some(lang), Some(text)) = (lang, row.text("text")) {
        let is_full = row.iri("role").is_some_and(|role| role.ends_with("/full"));
        let role = if is_full { LayerRole::Full } else { LayerRole::Abstract };
        document.layers.push(TextLayer { lang, role, text });
    }
}

/// Where documents and their mentions came from.
async fn origins(store: &Store, documents: &[Id]) -> Result<BTreeMap<Id, Linked>, Error> {
    let iris = store.iris();
    let rows = documents.iter().map(|id| {
        let (graph, mentions) = (iris.document_graph(id), iris.mention_graph(id, describe::RUN));
        format!("({} {graph} {mentions}) ", iris.id(id))
    });
    let rows = rows.collect::<Vec<_>>().join(" ");
    let query = format!(
        "SELECT ?document ?original ?licence ?digest {{ VALUES (?document ?graph ?mentions) {{ {rows}}} \
         GRAPH {prov} {{ ?graph {source} ?original ; {license} ?licence . OPTIONAL {{ ?mentions {sha256} ?digest }} }} }}",
        prov = iris.graph("prov"),
        source = dct::SOURCE,
        license = dct::LICENSE,
        sha256 = iris.term(isn::SHA256),
    );
    let mut found = BTreeMap::new();
    for row in store.select(&query).await? {
        let original = row.iri("original").and_then(|iri| iri.rsplit('/').next());
        let (Some(id), Some(original), Some(licence)) =
            (row.iri("document").and_then(|iri| iris.parse_id(iri)), original, row.iri("licence"))
        else {
            continue;
        };
        let linked = Linked {
            document: Document::new(id.clone()),
            digest: row.text("digest"),
            original: original.to_owned(),
            licence: NamedNode::new_unchecked(licence).into_string(),
        };
        found.insert(id, linked);
    }
    Ok(found)
}
