//! A document: its fields are resolved, its texts are linked, and both become graphs.

use std::collections::BTreeSet;

use oxigraph::model::Quad;

use super::{
    Archive, Settings,
    batch::{Offered, Prepared},
    report,
};
use crate::{
    intake::Record,
    link::{self, Context, Dictionary},
    model::{Document, Field, Id, Kind, Mention, Reference},
    rdf::{describe, rules},
    store::Error,
};

/// Makes a document ready for the store, unless it stands there as it came.
pub(super) async fn prepare(
    archive: &Archive,
    mut document: Document,
    bytes: &[u8],
    settings: &Settings,
) -> Result<Result<Offered, String>, Error> {
    let dictionary = archive.dictionary().await?;
    archive.withhold_again(&mut document);
    resolve(&dictionary, &mut document);
    let quads = describe::document(&archive.ontology, &document);
    let graph = archive.store.iris().document_graph(&document.id);
    // What is kept apart of it may be new, even where nothing else is.
    let is_plain = document.sensitive.is_empty() && document.redactions.is_empty();
    if is_plain && archive.is_there(&graph, &quads, settings).await? {
        return Ok(Ok(Offered::There(graph)));
    }
    let linked = linked(archive, &dictionary, &document, quads, bytes, settings);
    Ok(linked.map(|prepared| Offered::New(Box::new(prepared))))
}

/// A document with the mentions in its texts.
fn linked(
    archive: &Archive,
    dictionary: &Dictionary,
    document: &Document,
    quads: Vec<Quad>,
    bytes: &[u8],
    settings: &Settings,
) -> Result<Prepared, String> {
    let found = mentions(dictionary, document);
    let mentioned = describe::mentions(&archive.ontology, document, &found);
    rules::mentions_quote_their_text(&archive.ontology, &quads, &mentioned).map_err(|error| error.to_string())?;
    let graph = archive.store.iris().document_graph(&document.id);
    let run = archive.store.iris().mention_graph(&document.id, describe::RUN);
    let mut prepared =
        archive.finish(graph, quads, vec![(run, mentioned)], bytes, Some(dictionary.version()), settings)?;
    if !document.sensitive.is_empty() || !document.redactions.is_empty() {
        prepared.apart = Some((document.id.clone(), document.sensitive.clone()));
    }
    prepared.mentions = found.iter().map(|(_, mentions)| mentions.len()).sum();
    if settings.dry_run {
        prepared.links = report::links(&found);
    }
    Ok(prepared)
}

/// Finds the mentions in each text of a document, by the number of the text.
pub(super) fn mentions(dictionary: &Dictionary, document: &Document) -> Vec<(usize, Vec<Mention>)> {
    let ids = |references: &[Reference]| -> Vec<Id> {
        // Each once, as the graph has it: a document that is linked again is linked as it was.
        let ids: BTreeSet<Id> = references.iter().filter_map(|reference| reference.id.clone()).collect();
        ids.into_iter().collect()
    };
    let (area, issuer) = (ids(&document.area), ids(&document.issuer));
    let context =
        Context { document: Some(&document.id), area: &area, issued: document.issued.as_ref(), issuer: &issuer };
    let texts = document.layers.iter().enumerate();
    texts.map(|(number, layer)| (number, link::link(dictionary, &layer.text, &layer.lang, &context))).collect()
}

/// A document whose fields name things in words only, without its texts.
pub(super) fn with_words_for_things(record: Record) -> Option<Document> {
    let Record::Document(mut document) = record else { return None };
    let in_words = |(_, references): (Field, &mut Vec<Reference>)| {
        references.iter().any(|reference| reference.id.is_none() && reference.text.is_some())
    };
    let is_unresolved = document.references_mut().into_iter().any(in_words);
    for layer in &mut document.layers {
        layer.text.clear();
    }
    is_unresolved.then_some(document)
}

/// Turns the words of the fields into things where they name one thing and no other.
pub(super) fn resolve(dictionary: &Dictionary, document: &mut Document) {
    for (field, references) in document.references_mut() {
        let kinds: &[Kind] = match field {
            Field::Area => &[Kind::Place],
            Field::RelatedPerson => &[Kind::Person],
            Field::RelatedEvent => &[Kind::Event],
            Field::RelatedDiary => &[Kind::Document],
            Field::AddressedTo => &[Kind::Place, Kind::Organization],
            _ => &[Kind::Organization, Kind::Person],
        };
        let mut resolved = Vec::new();
        for reference in references.drain(..) {
            match (&reference.id, &reference.text) {
                (None, Some(text)) if field == Field::Area => resolved.extend(area(dictionary, text)),
                (None, Some(text)) => {
                    resolved.push(Reference { id: dictionary.exact(text, kinds), text: Some(text.clone()) });
                }
                _ => resolved.push(reference),
            }
        }
        *references = resolved;
    }
}

/// The places of an area, each with its words; the words alone where they are not wholly places.
fn area(dictionary: &Dictionary, text: &str) -> Vec<Reference> {
    let places = dictionary.area(text);
    if places.is_empty() {
        return vec![Reference { id: None, text: Some(text.to_owned()) }];
    }
    places.into_iter().map(|(words, id)| Reference { id: Some(id), text: Some(words) }).collect()
}
