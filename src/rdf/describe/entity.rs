//! A person, organization, place or event, in the graph of the source that describes it.

use oxigraph::model::{Literal, NamedNode, Quad, Term};

use super::{Writer, day, point, typed};
use crate::{
    model::{Date, Detail, Entity, EventKind, Id, Kind, Tenure, Within},
    rdf::{
        Ontology,
        vocab::{geo, isn, org, rdf, rdfs, skos},
    },
};

/// Describes an entity in the graph `graph/authority/{authority}`.
#[must_use]
pub fn entity(ontology: &Ontology, authority: &str, entity: &Entity) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().authority_graph(authority));
    let node = writer.iris.id(&entity.id);
    writer.class(&node, class(entity));
    writer.names(&node, &entity.label, &entity.alt_label, &entity.hidden_label);
    writer.text(&node, skos::NOTE, &entity.note);
    for other in &entity.exact_match {
        writer.add(&node, skos::EXACT_MATCH, NamedNode::new_unchecked(other));
    }
    detail(&mut writer, &node, entity);
    writer.sources(&node, &entity.sources, &entity.unchecked);
    writer.quads
}

/// Describes one office that a person held; `number` counts the person's offices from 1.
#[must_use]
pub fn tenure(ontology: &Ontology, authority: &str, person: &Id, number: usize, tenure: &Tenure) -> Vec<Quad> {
    let mut writer = Writer::new(ontology, ontology.iris().authority_graph(authority));
    let node = writer.iris.id(person);
    office(&mut writer, &node, person, number, tenure);
    writer.quads
}

fn class(entity: &Entity) -> &'static str {
    match (&entity.detail, entity.id.kind()) {
        (Detail::Event { kind: EventKind::ReportedIncident, .. }, _) => "ReportedIncident",
        (Detail::Event { kind: EventKind::InstitutionalEvent, .. }, _) => "InstitutionalEvent",
        (Detail::Event { .. }, _) => "Event",
        (_, Kind::Person) => "Person",
        (_, Kind::Place) => "Place",
        _ => "Organization",
    }
}

fn detail(writer: &mut Writer<'_>, node: &NamedNode, entity: &Entity) {
    match &entity.detail {
        Detail::Person { tenures } => {
            for (number, tenure) in tenures.iter().enumerate() {
                office(writer, node, &entity.id, number + 1, tenure);
            }
        }
        Detail::Organization { part_of, founded, dissolved, seat, mandate } => {
            if let Some(whole) = part_of {
                writer.add(node, org::SUB_ORGANIZATION_OF, writer.iris.id(whole));
            }
            typed_date(writer, node, isn::FOUNDED, founded.as_ref());
            typed_date(writer, node, isn::DISSOLVED, dissolved.as_ref());
            writer.things(node, isn::SEAT, seat.as_slice());
            if let Some(term) = mandate {
                writer.concept(node, isn::MANDATE, "mandate", term);
            }
        }
        Detail::Place { .. } => place(writer, node, entity),
        Detail::Event { .. } => event(writer, node, entity),
    }
}

fn place(writer: &mut Writer<'_>, node: &NamedNode, entity: &Entity) {
    let Detail::Place { level, pcode, geonames, admin1, within, point: coordinates } = &entity.detail else { return };
    if let Some(term) = level {
        writer.concept(node, isn::ADMIN_LEVEL, "admin-level", term);
    }
    string(writer, node, isn::PCODE, pcode.as_deref());
    string(writer, node, isn::GEONAMES_ID, geonames.as_deref());
    string(writer, node, isn::ADMIN1_CODE, admin1.as_deref());
    if let Some(first) = within.first() {
        writer.own(node, isn::WITHIN, writer.iris.id(&first.place));
    }
    for (number, Within { place, authority }) in within.iter().enumerate() {
        let part = writer.iris.id(&entity.id.part(&format!("within{}", number + 1)));
        writer.class(&part, "PlacePart");
        writer.own(&part, isn::PART, node.clone());
        writer.own(&part, isn::WHOLE, writer.iris.id(place));
        writer.things(&part, isn::ACCORDING_TO, authority.as_slice());
    }
    if let Some(at) = coordinates {
        let part = writer.iris.id(&entity.id.part("geometry"));
        writer.add(node, geo::HAS_GEOMETRY, part.clone());
        writer.add(&part, rdf::TYPE, geo::GEOMETRY);
        writer.add(&part, geo::AS_WKT, point(at.latitude, at.longitude));
    }
}

fn event(writer: &mut Writer<'_>, node: &NamedNode, entity: &Entity) {
    let Detail::Event {
        kind: _,
        event_kind,
        when,
        date_text,
        at,
        reported_by,
        concerns,
        votes_for,
        votes_against,
        abstentions,
        against,
        abstained,
    } = &entity.detail
    else {
        return;
    };
    if let Some(term) = event_kind {
        writer.concept(node, isn::EVENT_KIND, "event-kind", term);
    }
    if let Some(date) = when {
        writer.bounds(node, date);
        string(writer, node, isn::DATE_TEXT, Some(date.as_str()));
    }
    string(writer, node, isn::TIME_TEXT, date_text.as_deref());
    writer.things(node, isn::REPORTED_AT, at);
    writer.things(node, isn::REPORTED_BY, reported_by);
    writer.things(node, isn::CONCERNS, concerns);
    let votes = [(isn::VOTES_FOR, votes_for), (isn::VOTES_AGAINST, votes_against), (isn::ABSTENTIONS, abstentions)];
    for (property, count) in votes {
        if let Some(count) = count {
            writer.own(node, property, Term::from(Literal::from(i64::from(*count))));
        }
    }
    writer.things(node, isn::VOTE_AGAINST_BY, against);
    writer.things(node, isn::ABSTENTION_BY, abstained);
}

fn office(writer: &mut Writer<'_>, person: &NamedNode, id: &Id, number: usize, tenure: &Tenure) {
    let part = writer.iris.id(&id.part(&format!("tenure{number}")));
    writer.add(person, org::HAS_MEMBERSHIP, part.clone());
    writer.class(&part, "Tenure");
    writer.add(&part, rdf::TYPE, org::MEMBERSHIP);
    writer.add(&part, org::MEMBER, person.clone());
    if let Some(organization) = &tenure.organization {
        writer.add(&part, org::ORGANIZATION, writer.iris.id(organization));
    }
    writer.text(&part, rdfs::LABEL, &tenure.role);
    typed_date(writer, &part, isn::FROM, tenure.from.as_ref());
    typed_date(writer, &part, isn::TO, tenure.to.as_ref());
    typed_date(writer, &part, isn::ATTESTED, tenure.attested.as_ref());
    if let Some(first) = tenure.from.as_ref().or(tenure.attested.as_ref()) {
        writer.own(&part, isn::EARLIEST, day(first.earliest()));
    }
    let known_end = if tenure.from.is_none() { tenure.attested.as_ref() } else { None };
    if let Some(last) = tenure.to.as_ref().or(known_end) {
        writer.own(&part, isn::LATEST, day(last.latest()));
    }
    writer.sources(&part, &tenure.sources, &tenure.unchecked);
}

fn typed_date(writer: &mut Writer<'_>, node: &NamedNode, property: &'static str, date: Option<&Date>) {
    if let Some(literal) = date.and_then(typed) {
        writer.own(node, property, literal);
    }
}

fn string(writer: &mut Writer<'_>, node: &NamedNode, property: &'static str, value: Option<&str>) {
    if let Some(value) = value {
        writer.own(node, property, Literal::new_simple_literal(value));
    }
}
