//! The tags in the head of a page that reference managers read: those of Highwire Press, and Dublin Core.

use super::{Genre, Reference};

/// A tag: its name and what it says.
pub type Tag = (&'static str, String);

/// The tags of a document, or of another thing of the archive.
#[must_use]
pub fn of(reference: &Reference) -> Vec<Tag> {
    let mut tags: Vec<Tag> = vec![("citation_title", reference.title.clone())];
    let report = reference.genre == Genre::Report;
    tags.extend(reference.authors.iter().map(|author| ("citation_author", author.name.clone())));
    let publisher = if report { "citation_technical_report_institution" } else { "citation_publisher" };
    tags.extend(reference.issuers.iter().map(|issuer| (publisher, issuer.clone())));
    let date = reference.date_parts();
    if !date.is_empty() {
        tags.push(("citation_publication_date", date.join("/")));
    }
    if let Some(number) = reference.number.as_ref().filter(|_| report) {
        tags.push(("citation_technical_report_number", number.clone()));
    }
    tags.extend(reference.language.iter().map(|language| ("citation_language", language.clone())));
    tags.push(("citation_public_url", reference.iri.clone()));
    tags.push(("DC.title", reference.title.clone()));
    tags.extend(reference.authors.iter().map(|author| ("DC.creator", author.name.clone())));
    tags.extend(reference.issuers.iter().map(|issuer| ("DC.publisher", issuer.clone())));
    if !date.is_empty() {
        tags.push(("DC.date", date.join("-")));
    }
    tags.extend(reference.kind.iter().map(|kind| ("DC.type", kind.clone())));
    tags.extend(reference.language.iter().map(|language| ("DC.language", language.clone())));
    tags.push(("DC.identifier", reference.iri.clone()));
    tags.extend(reference.number.iter().map(|number| ("DC.identifier", number.clone())));
    tags.extend(reference.collections.iter().map(|collection| ("DC.relation", collection.clone())));
    tags
}
