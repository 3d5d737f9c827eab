//! What of a document is compared: each of its texts, what it names, when and by whom it was issued.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    ask::linking::{self, Linked},
    link::resemblance::{shared, shingles},
    model::{Date, Id, Lang},
    rdf::{
        describe,
        vocab::{isn, oa},
    },
    store::{Error, Row, Store},
};

/// So many documents are read in one question.
const AT_ONCE: usize = 25;

/// A document, as far as it is compared.
#[derive(Clone, Debug)]
pub(super) struct Texts {
    pub layers: Vec<Layer>,
    /// The digest of the file that they came from, and the terms that they may be used under.
    pub original: String,
    pub licence: String,
    issued: Option<Date>,
    issuers: BTreeSet<Id>,
}

/// One of its texts.
#[derive(Clone, Debug)]
pub(super) struct Layer {
    pub lang: Lang,
    pub shingles: Vec<u64>,
    pub shared: Vec<u64>,
}

impl Texts {
    /// Whether both were issued on one day and by one issuer, or neither says.
    pub fn may_be_one_with(&self, other: &Self) -> bool {
        let bounds = |texts: &Self| texts.issued.as_ref().map(|date| (date.earliest(), date.latest()));
        let one_issuer = self.issuers.is_empty() && other.issuers.is_empty()
            || self.issuers.intersection(&other.issuers).next().is_some();
        bounds(self) == bounds(other) && one_issuer
    }
}

/// Reads some documents.
pub(super) async fn read(store: &Store, documents: Vec<Id>) -> Result<BTreeMap<Id, Texts>, Error> {
    let mut found = BTreeMap::new();
    for some in documents.chunks(AT_ONCE) {
        let mut named = named(store, some).await?;
        for linked in linking::read(store, some).await? {
            let named = named.remove(&linked.document.id).unwrap_or_default();
            found.insert(linked.document.id.clone(), texts(linked, &named));
        }
    }
    Ok(found)
}

fn texts(linked: Linked, named: &BTreeMap<String, BTreeSet<String>>) -> Texts {
    let Linked { document, original, licence, .. } = linked;
    let layer = |layer: &crate::model::TextLayer| {
        let part = document.id.part(&format!("text-{}", layer.lang));
        let things = named.get(part.as_str());
        Layer {
            lang: layer.lang.clone(),
            shingles: shingles(&layer.text),
            shared: shared(&layer.text, things.into_iter().flatten().map(String::as_str)),
        }
    };
    let layers = document.layers.iter().map(layer).collect();
    let issuers = document.issuer.into_iter().filter_map(|issuer| issuer.id).collect();
    Texts { layers, original, licence, issued: document.issued, issuers }
}

/// What each text of some documents names: things and dates, by document and text.
async fn named(store: &Store, documents: &[Id]) -> Result<BTreeMap<Id, BTreeMap<String, BTreeSet<String>>>, Error> {
    let iris = store.iris();
    let graphs: Vec<String> = documents.iter().map(|id| iris.mention_graph(id, describe::RUN).to_string()).collect();
    let query = format!(
        "SELECT DISTINCT ?document ?text ?thing {{ VALUES ?g {{ {} }} GRAPH ?g {{ \
           ?mention {in_document} ?document ; {in_text} ?text . \
           {{ ?mention {body} ?thing }} UNION {{ ?mention {date} ?thing }} }} }}",
        graphs.join(" "),
        in_document = iris.term(isn::IN_DOCUMENT),
        in_text = iris.term(isn::IN_TEXT),
        body = oa::HAS_BODY,
        date = iris.term(isn::DATE),
    );
    let mut found: BTreeMap<Id, BTreeMap<String, BTreeSet<String>>> = BTreeMap::new();
    for row in store.select(&query).await? {
        let text = row.iri("text").and_then(|text| iris.relative(text));
        let thing = |row: &Row| row.iri("thing").map(ToOwned::to_owned).or_else(|| row.text("thing"));
        if let (Some(id), Some(text), Some(thing)) =
            (row.iri("document").and_then(|iri| iris.parse_id(iri)), text, thing(&row))
        {
            found.entry(id).or_default().entry(text.to_owned()).or_default().insert(thing);
        }
    }
    Ok(found)
}
