//! The page of a document: its fields, its texts with what they name, what it cites and claims, and where that is from.

use std::collections::BTreeSet;

use askama::Template;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad};

use super::{
    assessments::{self, Assessment},
    claims::{self, Claim},
    comments::{self, Comment},
    desk, fields, graph,
    head::{Head, class, head},
    layout::{Page, Rendered},
    mentions::{self, Layer, Named, Naming},
    provenance::{self, Graph},
    reader::Reader,
    resemblance::{self, Likeness},
    value::{Fact, Group, Item, Link, Phrase, When},
};
use crate::{
    ask::resource::Resource,
    rdf::vocab::{cito, dct, isn, oa, skos},
    serve::{Service, lang::PageLang},
    store::{Error, literal_value},
};

/// How many things that point to a document are looked up for each purpose.
const POINTING: usize = 300;

#[derive(Template)]
#[template(path = "document.html")]
struct Document {
    page: Page,
    head: Head,
    facts: Vec<Fact>,
    layers: Vec<Layer>,
    legend: Vec<(&'static str, &'static str)>,
    named: Vec<Named>,
    cites: Vec<Citation>,
    cited_by: Vec<Citation>,
    claims: Vec<Claim>,
    naming: Vec<Naming>,
    likenesses: Vec<Likeness>,
    assessments: Vec<Assessment>,
    comments: Vec<Comment>,
    comment_on: String,
    assess_on: String,
    review_on: String,
    graph_of: String,
    naming_count: u64,
    incoming: Vec<Group>,
    sources: Vec<Item>,
    graphs: Vec<Graph>,
}

/// One document citing another.
#[derive(Clone, Debug)]
struct Citation {
    anchor: String,
    document: Link,
    when: Option<When>,
    functions: Vec<Link>,
    explicitness: Option<Phrase>,
    notes: Vec<Phrase>,
    sources: Vec<Item>,
}

/// The page of a document.
pub(super) async fn page(service: &Service, resource: &Resource, lang: PageLang) -> Result<Rendered, Error> {
    let iri = resource.iri.as_str();
    let mut reader = Reader::new(service, lang, resource.quads.clone()).await?;
    reader.add(resource.incoming.clone()).await?;
    let own = claimed(&reader, iri);
    let pointing = claims::fetch(&mut reader, &own).await?;
    let (citing, naming) = around(&mut reader, resource).await?;
    let likenesses = resemblance::likenesses(&mut reader, resource).await?;
    let graphs = provenance::graphs(&mut reader, &resource.quads).await?;
    let reader = &reader;
    let kind = reader
        .things(iri, isn::DOC_TYPE)
        .first()
        .map_or_else(|| class(reader, iri, &[], "Document"), |concept| reader.label(concept.as_str()));
    let (page, head) = head(reader, resource, kind, dct::TITLE.as_str());
    let layers = mentions::layers(reader, iri);
    let shown = [
        cito::CITES.as_str(),
        cito::HAS_CITED_ENTITY.as_str(),
        oa::HAS_BODY.as_str(),
        isn::MENTIONS,
        isn::CANDIDATE,
        isn::STATED_IN,
        isn::RESEMBLES,
        isn::ASSESSES,
        oa::HAS_TARGET.as_str(),
    ];
    let naming = mentions::naming(reader, &naming);
    Ok(Rendered::of(
        reader,
        &Document {
            page,
            head,
            facts: fields::archive(reader, iri).into_iter().chain(fields::more(reader, iri)).collect(),
            legend: mentions::legend(reader, &layers),
            named: mentions::named(reader, &layers),
            layers,
            cites: citations(reader, &own_citations(reader, iri), cito::HAS_CITED_ENTITY.as_str()),
            cited_by: citations(reader, &citing, cito::HAS_CITING_ENTITY.as_str()),
            claims: own_claims(reader, &pointing, &own),
            naming_count: mentions::naming_count(resource, &naming, reader),
            naming,
            likenesses,
            assessments: assessments::assessments(reader, iri),
            comments: comments::comments(reader, iri),
            comment_on: comments::comment_on(lang, resource.id.as_str()),
            assess_on: desk::assess_on(lang, resource.id.as_str()),
            review_on: desk::review_on(lang, resource.id.as_str()),
            graph_of: graph::address(lang, &[resource.id.as_str()]),
            incoming: mentions::incoming(reader, &resource.incoming, &resource.incoming_counts, &shown),
            sources: reader.sources(iri),
            graphs,
        },
    ))
}

/// The claims that a document states.
fn claimed(reader: &Reader<'_>, iri: &str) -> BTreeSet<NamedNode> {
    let stated = |subject: &&str| reader.text(subject, isn::STATED_IN).is_some_and(|document| document == iri);
    reader.subjects().into_iter().filter(stated).map(NamedNode::new_unchecked).collect()
}

/// The claims of a document, which need not say that they stand in it.
fn own_claims(reader: &Reader<'_>, pointing: &[Quad], own: &BTreeSet<NamedNode>) -> Vec<Claim> {
    let mut claims = claims::claims(reader, pointing, own.iter().map(NamedNode::as_str));
    for claim in &mut claims {
        claim.document = None;
    }
    claims
}

/// Fetches what cites and names a document, the dates of what it cites, and the levels of its places.
async fn around(reader: &mut Reader<'_>, resource: &Resource) -> Result<(Vec<String>, Vec<String>), Error> {
    let iri = resource.iri.as_str();
    let this = BTreeSet::from([resource.iri.clone()]);
    let citing = pointing(reader, &this, cito::HAS_CITED_ENTITY.into_owned()).await?;
    let naming = pointing(reader, &this, oa::HAS_BODY.into_owned()).await?;
    let others =
        own_citations(reader, iri).into_iter().filter_map(|cit| reader.text(&cit, cito::HAS_CITED_ENTITY.as_str()));
    let citers = citing.iter().filter_map(|cit| reader.text(cit, cito::HAS_CITING_ENTITY.as_str()));
    let namers = naming.iter().filter_map(|mention| reader.text(mention, isn::IN_DOCUMENT));
    let documents: BTreeSet<NamedNode> = others.chain(citers).chain(namers).map(NamedNode::new_unchecked).collect();
    dates(reader, &documents).await?;
    let places: BTreeSet<NamedNode> = reader.things(iri, isn::AREA).into_iter().cloned().collect();
    let level = reader.iris().term(isn::ADMIN_LEVEL);
    reader.fetch(&places, &[level]).await?;
    Ok((citing, naming))
}

/// The things that point to others with one property, with what is said of them.
pub(super) async fn pointing(
    reader: &mut Reader<'_>,
    things: &BTreeSet<NamedNode>,
    predicate: NamedNode,
) -> Result<Vec<String>, Error> {
    let quads = reader.fetch_pointing(things, &[predicate], POINTING).await?;
    let subjects: BTreeSet<NamedNode> = quads
        .into_iter()
        .filter_map(|quad| match quad.subject {
            NamedOrBlankNode::NamedNode(subject) => Some(subject),
            NamedOrBlankNode::BlankNode(_) => None,
        })
        .collect();
    reader.fetch(&subjects, &[]).await?;
    Ok(subjects.into_iter().map(NamedNode::into_string).collect())
}

/// Fetches the dates of some documents.
pub(super) async fn dates(reader: &mut Reader<'_>, documents: &BTreeSet<NamedNode>) -> Result<(), Error> {
    let own = [isn::EARLIEST, isn::DATE_TEXT].map(|local| reader.iris().term(local));
    let [earliest, text] = own;
    reader.fetch(documents, &[dct::ISSUED.into_owned(), earliest, text]).await
}

fn own_citations(reader: &Reader<'_>, iri: &str) -> Vec<String> {
    reader.objects(iri, isn::CITATION).into_iter().map(literal_value).collect()
}

/// Some citations, shown by the document at one of their ends, the oldest first.
fn citations(reader: &Reader<'_>, citations: &[String], end: &str) -> Vec<Citation> {
    let mut found: Vec<(Option<String>, Citation)> =
        citations.iter().filter_map(|iri| citation(reader, iri, end)).collect();
    found.sort_by(|(a, first), (b, second)| (a, &first.anchor).cmp(&(b, &second.anchor)));
    found.into_iter().map(|(_, citation)| citation).collect()
}

fn citation(reader: &Reader<'_>, iri: &str, end: &str) -> Option<(Option<String>, Citation)> {
    let document = reader.text(iri, end)?;
    let date = reader.text(&document, dct::ISSUED.as_str()).or_else(|| reader.text(&document, isn::DATE_TEXT));
    let explicitness = reader.things(iri, isn::EXPLICITNESS).into_iter().next();
    let citation = Citation {
        anchor: iri.split_once('#').map_or("", |(_, part)| part).to_owned(),
        document: reader.link(&document),
        when: date.map(|date| When::new(&date)),
        functions: reader.links(iri, cito::HAS_CITATION_CHARACTERIZATION.as_str()),
        explicitness: explicitness.map(|concept| reader.label(concept.as_str())),
        notes: reader.wordings(iri, skos::NOTE.as_str()),
        sources: reader.sources(iri),
    };
    Some((reader.text(&document, isn::EARLIEST), citation))
}
