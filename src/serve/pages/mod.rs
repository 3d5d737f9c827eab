//! What does a person see?
//!
//! Pages in English and Arabic, made on the server and whole without a script. Each kind of thing has its page, from
//! the statements that [`ask`](crate::ask) finds; anything else is shown as a table of statements. Words of the pages
//! stand in [`words`], one file a language; what is said of things is shown in the language of the page, else in the
//! one there is, marked with it.
//!
//! Nothing that somebody claims is shown without its speaker, no reliability that nobody stated, and no value without
//! saying so where it rests on no source that was read. No SPARQL stands here, and nothing is loaded from elsewhere.

mod answers;
mod around;
mod assessments;
mod asset;
mod bars;
mod claim;
mod claims;
mod comments;
mod copies;
mod counter;
mod desk;
mod details;
mod document;
mod drawn;
mod dumps;
mod entity;
mod fields;
mod gallery;
mod graph;
mod head;
mod history;
mod home;
mod incoming;
mod layout;
mod map;
mod mentions;
mod metadata;
mod places;
mod plan;
mod preview;
mod problem;
mod provenance;
mod query;
mod reader;
mod reference;
mod resemblance;
mod said;
mod search;
mod statements;
mod tenures;
mod text;
mod tombstone;
mod value;
mod vocabulary;
mod words;

pub use asset::asset;
pub use comments::{comment_form, comment_received};
pub use desk::{
    add as review_add, assess as review_assess, comments as review_comments, resemblances as review_resemblances,
    review,
};
pub use dumps::dumps;
pub use gallery::{queries, saved_query};
pub use graph::graph;
pub use home::{about, home};
pub use layout::Rendered;
pub use plan::plan;
pub use preview::preview;
pub use problem::{in_words, problem};
pub use query::{Query, query_form, results};
pub use said::said;
pub use search::search;
pub use statements::past;
pub use tombstone::tombstone;
pub use vocabulary::{concept, ontology, scheme};

use std::collections::BTreeMap;

use super::{Service, lang::PageLang};
use crate::{ask::resource::Resource, model::Kind, store::Error};

/// The words under a key in each language of the pages, for calls that name what the ontology has no words for.
pub fn word_in_each(key: &str) -> Option<BTreeMap<&'static str, &'static str>> {
    PageLang::ALL.into_iter().map(|lang| Some((lang.tag(), words::words(lang).find(key)?))).collect()
}

/// What the feed of changes is called.
pub fn feed_title(lang: PageLang) -> &'static str {
    words::words(lang).get("feed.title")
}

/// The page of a thing.
pub async fn resource(service: &Service, resource: &Resource, lang: PageLang) -> Result<Rendered, Error> {
    if resource.page > 1 {
        return incoming::page(service, resource, lang).await;
    }
    match resource.id.kind() {
        Kind::Document if is_document(service, resource) => document::page(service, resource, lang).await,
        Kind::Person | Kind::Organization | Kind::Place | Kind::Event => entity::page(service, resource, lang).await,
        Kind::Claim => claim::page(service, resource, lang).await,
        Kind::Document | Kind::Collection | Kind::Concept => statements::page(service, resource, lang).await,
    }
}

/// Whether something kept under `doc/` is a document, and not only a record that was read.
fn is_document(service: &Service, resource: &Resource) -> bool {
    let document = service.archive.ontology.iris().term("Document");
    resource.quads.iter().any(|quad| {
        quad.predicate == crate::rdf::vocab::rdf::TYPE
            && quad.subject == resource.iri.clone().into()
            && quad.object == document.clone().into()
    })
}
