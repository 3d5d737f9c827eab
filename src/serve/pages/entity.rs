//! The page of a person, organization, place or event: what is known of it, and who says what about it.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use oxigraph::model::{GraphName, NamedNode, Quad};

use super::{
    around::Around,
    claims::{self, Claim, Point},
    document,
    head::{Head, class, head},
    history::{self, Merger},
    layout::{Page, Rendered},
    mentions::{self, Naming},
    places::{self, Position},
    provenance::{self, Graph},
    reader::Reader,
    tenures::{self, Tenure},
    value::{Fact, Group, Item, Link, Phrase, Value, When},
};
use crate::{
    ask::resource::Resource,
    model::Kind,
    rdf::vocab::{dct, geo, isn, oa, org, rdf, rdfs, skos},
    serve::{Service, lang::PageLang},
    store::{Error, literal_value},
};

/// How many claims are shown on one page.
const CLAIMS: usize = 200;

#[derive(Template)]
#[template(path = "entity.html")]
struct Entity {
    page: Page,
    head: Head,
    kind: Kind,
    aliases: Vec<Phrase>,
    facts: Vec<Fact>,
    position: Position,
    tenures: Vec<Tenure>,
    /// What is said of it, question by question.
    points: Vec<Point>,
    /// What is said of it, claim by claim, relays folded under their source.
    about: Vec<Claim>,
    /// How many claims that is with the relays.
    about_count: usize,
    speakers: usize,
    /// Where all of it stands side by side.
    side_by_side: String,
    /// What it says itself.
    says: Vec<Claim>,
    naming: Vec<Naming>,
    naming_count: u64,
    around: Around,
    incoming: Vec<Group>,
    mergers: Vec<Merger>,
    sources: Vec<Item>,
    graphs: Vec<Graph>,
}

/// What is shown in its own place, or says the same as something that is.
const SHOWN: [&str; 12] = [
    rdf::TYPE.as_str(),
    rdfs::LABEL.as_str(),
    skos::ALT_LABEL.as_str(),
    skos::HIDDEN_LABEL.as_str(),
    dct::SOURCE.as_str(),
    org::HAS_MEMBERSHIP.as_str(),
    geo::HAS_GEOMETRY.as_str(),
    isn::UNCHECKED,
    isn::UNVERIFIED_SOURCE,
    isn::SOURCE_NOTE,
    isn::EARLIEST,
    isn::LATEST,
];

/// The properties that come first, in this order.
const FIRST: [&str; 13] = [
    isn::EVENT_KIND,
    isn::DATE_TEXT,
    isn::TIME_TEXT,
    isn::REPORTED_AT,
    isn::REPORTED_BY,
    isn::CONCERNS,
    isn::VOTES_FOR,
    isn::VOTES_AGAINST,
    isn::ABSTENTIONS,
    isn::ADMIN_LEVEL,
    isn::FOUNDED,
    isn::DISSOLVED,
    isn::SEAT,
];

/// The page of an entity.
pub(super) async fn page(service: &Service, resource: &Resource, lang: PageLang) -> Result<Rendered, Error> {
    let iri = resource.iri.as_str();
    let kind = resource.id.kind();
    let this = BTreeSet::from([resource.iri.clone()]);
    let mut reader = Reader::new(service, lang, resource.quads.clone()).await?;
    reader.add(resource.incoming.clone()).await?;
    let own = |local: &str| service.archive.ontology.iris().term(local);
    let about = about(&mut reader, &this).await?;
    let says = subjects(&reader.fetch_pointing(&this, &[own(isn::STATED_BY)], CLAIMS).await?);
    let all: BTreeSet<NamedNode> = about.union(&says).cloned().collect();
    let pointing = claims::fetch(&mut reader, &all).await?;
    let naming = document::pointing(&mut reader, &this, oa::HAS_BODY.into_owned()).await?;
    let namers = naming.iter().filter_map(|mention| reader.text(mention, isn::IN_DOCUMENT));
    let namers: BTreeSet<NamedNode> = namers.map(NamedNode::new_unchecked).collect();
    document::dates(&mut reader, &namers).await?;
    let position = places::position(&mut reader, resource).await?;
    let tenures = tenures::tenures(&mut reader, resource).await?;
    let graphs = provenance::graphs(&mut reader, &resource.quads).await?;
    let mergers = history::mergers(&mut reader, &this).await?;
    let around = Around::of(&reader, &resource.id).await;
    let reader = &reader;
    let shown =
        |claims_of: &BTreeSet<NamedNode>| claims::claims(reader, &pointing, claims_of.iter().map(NamedNode::as_str));
    let mut about = shown(&about);
    claims::leave_out(&mut about, &reader.link(iri));
    let about_count = about.len();
    let about = claims::fold(about);
    let points = if kind == Kind::Event { claims::points(&about, &reader.link(iri)) } else { Vec::new() };
    let narrow = ["ReportedIncident", "InstitutionalEvent", "Event", "Place", "Organization", "Person"];
    let (page, head) = head(reader, resource, class(reader, iri, &narrow, "Event"), rdfs::LABEL.as_str());
    let elsewhere = [
        oa::HAS_BODY.as_str(),
        isn::MENTIONS,
        isn::CANDIDATE,
        isn::ABOUT_EVENT,
        isn::ABOUT_THING,
        isn::STATED_BY,
        isn::WITHIN,
        isn::WHOLE,
        rdf::SUBJECT.as_str(),
        rdf::OBJECT.as_str(),
        org::ORGANIZATION.as_str(),
        dct::IS_REPLACED_BY.as_str(),
    ];
    let naming = mentions::naming(reader, &naming);
    let (is_current, shown_around) = (around.is_current, around.shown.clone());
    let mut rendered = Rendered::of(
        reader,
        &Entity {
            page,
            head,
            kind,
            aliases: reader.wordings(iri, skos::ALT_LABEL.as_str()),
            facts: facts(reader, resource),
            position,
            tenures,
            points,
            speakers: claims::voices(&about).len(),
            side_by_side: super::layout::to(lang, &format!("{}/claims", resource.id)),
            about,
            about_count,
            says: shown(&says),
            naming_count: mentions::naming_count(resource, &naming, reader),
            naming,
            around,
            incoming: mentions::incoming(reader, &resource.incoming, &resource.incoming_counts, &elsewhere),
            mergers,
            sources: reader.sources(iri),
            graphs,
        },
    );
    rendered.is_current = is_current;
    for thing in &shown_around {
        rendered.seen.said_of(thing);
    }
    Ok(rendered)
}

/// The claims about a thing: those that say so, and those whose propositions name it.
pub(super) async fn about(reader: &mut Reader<'_>, this: &BTreeSet<NamedNode>) -> Result<BTreeSet<NamedNode>, Error> {
    let own = [isn::ABOUT_EVENT, isn::ABOUT_THING].map(|local| reader.iris().term(local));
    let mut claims = subjects(&reader.fetch_pointing(this, &own, CLAIMS).await?);
    let parts = [rdf::SUBJECT, rdf::OBJECT].map(oxigraph::model::NamedNodeRef::into_owned);
    for proposition in subjects(&reader.fetch_pointing(this, &parts, CLAIMS).await?) {
        let whole = proposition.as_str().split('#').next().unwrap_or_default();
        claims.insert(NamedNode::new_unchecked(whole));
    }
    Ok(claims.into_iter().take(CLAIMS).collect())
}

fn subjects(quads: &[Quad]) -> BTreeSet<NamedNode> {
    quads.iter().map(|quad| NamedNode::new_unchecked(literal_value(&quad.subject.clone().into()))).collect()
}

/// What is known of an entity, property by property.
fn facts(reader: &Reader<'_>, resource: &Resource) -> Vec<Fact> {
    let iri = resource.iri.as_str();
    let mut properties: Vec<(usize, &NamedNode)> = Vec::new();
    for quad in reader.statements(iri) {
        let key = reader.key(quad.predicate.as_str());
        let inside = key == isn::WITHIN || properties.iter().any(|(_, known)| **known == quad.predicate);
        if !SHOWN.contains(&key) && !inside {
            let rank = FIRST.iter().position(|first| *first == key).unwrap_or(FIRST.len());
            properties.push((rank, &quad.predicate));
        }
    }
    properties.sort_by_key(|(rank, predicate)| (*rank, predicate.as_str().to_owned()));
    let mut facts: Vec<Fact> = properties.into_iter().map(|(_, predicate)| fact(reader, resource, predicate)).collect();
    facts.extend(coordinates(reader, iri));
    facts
}

fn fact(reader: &Reader<'_>, resource: &Resource, predicate: &NamedNode) -> Fact {
    let iri = resource.iri.as_str();
    let key = reader.key(predicate.as_str());
    let graphs = graphs_of(resource, predicate);
    let unchecked = reader.unchecked(iri);
    let several = graphs.values().flatten().collect::<BTreeSet<_>>().len() > 1;
    let item = |term: &oxigraph::model::Term| {
        let text = literal_value(term);
        let value = match key {
            isn::DATE_TEXT => Value::When(When::in_words(&text, reader.lang)),
            isn::GEONAMES_ID if text.bytes().all(|byte| byte.is_ascii_digit()) => Value::Link(Link {
                href: format!("https://www.geonames.org/{text}/"),
                label: Phrase::key(text.clone()),
                class: "external",
            }),
            isn::PCODE | isn::GEONAMES_ID | isn::ADMIN1_CODE => Value::Code(text.clone()),
            _ => reader.value(term),
        };
        let from = graphs.get(&text).and_then(|graphs| graphs.first());
        let given_in = from.filter(|_| several).map(|graph| Phrase::key(graph.as_str()));
        Item { value, unchecked: reader.flag(&unchecked, term), given_in }
    };
    let label = match key {
        isn::DATE_TEXT => Phrase::own(reader.lang, reader.say("event.date")),
        _ => reader.label(predicate.as_str()),
    };
    if key == skos::NOTE.as_str() {
        return Fact::new(label, reader.notes(iri, key));
    }
    Fact::new(label, reader.objects(iri, key).into_iter().map(item).collect())
}

/// The tables that give each value of a property.
fn graphs_of(resource: &Resource, predicate: &NamedNode) -> BTreeMap<String, Vec<String>> {
    let mut graphs: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let own = resource
        .quads
        .iter()
        .filter(|quad| quad.predicate == *predicate && quad.subject == resource.iri.clone().into());
    for quad in own {
        if let GraphName::NamedNode(graph) = &quad.graph_name {
            let name = graph.as_str().rsplit('/').next().unwrap_or_default().to_owned();
            graphs.entry(literal_value(&quad.object)).or_default().push(name);
        }
    }
    graphs
}

/// Where a place is, latitude first.
fn coordinates(reader: &Reader<'_>, iri: &str) -> Option<Fact> {
    let geometry = reader.text(iri, geo::HAS_GEOMETRY.as_str())?;
    let text = reader.text(&geometry, geo::AS_WKT.as_str())?;
    let (longitude, latitude) = text.strip_prefix("POINT(")?.strip_suffix(')')?.split_once(' ')?;
    let value = Value::Code(format!("{latitude}, {longitude}"));
    Some(Fact::new(Phrase::own(reader.lang, reader.say("entity.coordinates")), vec![value.into()]))
}
