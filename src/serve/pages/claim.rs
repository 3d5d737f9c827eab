//! The page of a claim: who says it, where, how firmly; what it proposes; and which claims answer it.

use std::collections::BTreeSet;

use askama::Template;

use super::{
    assessments::{self, Assessment},
    claims::{self, Claim},
    comments::{self, Comment},
    desk,
    head::{Head, class, head},
    layout::{Page, Rendered},
    mentions,
    provenance::{self, Graph},
    reader::Reader,
    value::{Group, Item, Phrase},
};
use crate::{
    ask::resource::Resource,
    rdf::vocab::{isn, oa},
    serve::{Service, lang::PageLang},
    store::{Error, literal_value},
};

#[derive(Template)]
#[template(path = "claim.html")]
struct ClaimPage {
    page: Page,
    head: Head,
    claim: Claim,
    unchecked: Vec<Phrase>,
    assessments: Vec<Assessment>,
    comments: Vec<Comment>,
    comment_on: String,
    assess_on: String,
    incoming: Vec<Group>,
    sources: Vec<Item>,
    graphs: Vec<Graph>,
}

/// The page of a claim.
pub(super) async fn page(service: &Service, resource: &Resource, lang: PageLang) -> Result<Rendered, Error> {
    let iri = resource.iri.as_str();
    let mut reader = Reader::new(service, lang, resource.quads.clone()).await?;
    reader.add(resource.incoming.clone()).await?;
    let pointing = claims::fetch(&mut reader, &BTreeSet::from([resource.iri.clone()])).await?;
    let graphs = provenance::graphs(&mut reader, &resource.quads).await?;
    let reader = &reader;
    let kind = class(reader, iri, &["Finding", "RelayedClaim", "Demand"], "Claim");
    let (page, mut head) = head(reader, resource, kind, "");
    let Some(mut claim) = claims::claims(reader, &pointing, [iri]).into_iter().next() else {
        return super::statements::page(service, resource, lang).await;
    };
    // The summary is the title, so it is not said again.
    let said = claim.summary.first().cloned();
    if let Some(summary) = said {
        head.others = claim.summary.drain(..).skip(1).map(|words| super::value::Value::Words(words).into()).collect();
        head.title = super::value::Value::Words(summary).into();
    }
    claim.heading = false;
    claim.sources.clear();
    let answers = [isn::RELAYS, isn::SUPERSEDES, isn::DISPUTES, isn::ASSESSES, oa::HAS_TARGET.as_str()];
    Ok(Rendered::of(
        reader,
        &ClaimPage {
            page,
            head,
            claim,
            unchecked: reader
                .objects(iri, isn::UNCHECKED)
                .into_iter()
                .map(|value| Phrase::unknown(literal_value(value)))
                .collect(),
            assessments: assessments::assessments(reader, iri),
            comments: comments::comments(reader, iri),
            comment_on: comments::comment_on(lang, resource.id.as_str()),
            assess_on: desk::assess_on(lang, resource.id.as_str()),
            incoming: mentions::incoming(reader, &resource.incoming, &resource.incoming_counts, &answers),
            sources: reader.sources(iri),
            graphs,
        },
    ))
}
