//! A further page of the links that lead to a thing, under the properties that they do it with.

use askama::Template;

use super::{
    head::{Head, class, head},
    layout::{Page, Rendered},
    mentions,
    reader::Reader,
    value::{Group, Phrase, kind_words},
};
use crate::{
    ask::resource::Resource,
    model::Kind,
    rdf::vocab::{dct, rdfs},
    serve::{Service, lang::PageLang},
    store::Error,
};

#[derive(Template)]
#[template(path = "incoming.html")]
struct LinksPage {
    page: Page,
    head: Head,
    incoming: Vec<Group>,
}

/// The page of some links.
pub(super) async fn page(service: &Service, resource: &Resource, lang: PageLang) -> Result<Rendered, Error> {
    let mut reader = Reader::new(service, lang, resource.quads.clone()).await?;
    reader.add(resource.incoming.clone()).await?;
    let reader = &reader;
    let (kind, name) = match resource.id.kind() {
        Kind::Document => (class(reader, resource.iri.as_str(), &["Document"], "Record"), dct::TITLE),
        kind => (Phrase::own(lang, kind_words(lang, kind)), rdfs::LABEL),
    };
    let (page, head) = head(reader, resource, kind, name.as_str());
    let here = |predicate: &oxigraph::model::NamedNode| resource.incoming.iter().any(|it| it.predicate == *predicate);
    let counts: Vec<_> = resource.incoming_counts.iter().filter(|(predicate, _)| here(predicate)).cloned().collect();
    Ok(Rendered::of(
        reader,
        &LinksPage { page, head, incoming: mentions::incoming(reader, &resource.incoming, &counts, &[]) },
    ))
}
