//! Where a place lies, who says so, and what lies in it.

use std::collections::BTreeSet;

use oxigraph::model::NamedNode;

use super::{reader::Reader, value::Link};
use crate::{
    ask::resource::Resource,
    model::Kind,
    rdf::vocab::isn,
    store::{Error, literal_value},
};

/// How far up the hierarchy is followed: further than any has levels, and an end to circles.
const STEPS: usize = 8;

/// How many places in a place are listed.
const INSIDE: usize = 300;

/// A place among places.
#[derive(Clone, Debug, Default)]
pub(super) struct Position {
    /// The places around it, the widest first.
    pub around: Vec<Link>,
    /// Who says that it lies where.
    pub parts: Vec<Part>,
    /// The places directly in it.
    pub inside: Vec<Link>,
}

/// One authority's word on where a place lies.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub anchor: String,
    pub whole: Link,
    pub according_to: Vec<Link>,
}

/// Finds where a place lies; nothing for what is not a place.
pub(super) async fn position(reader: &mut Reader<'_>, resource: &Resource) -> Result<Position, Error> {
    if resource.id.kind() != Kind::Place {
        return Ok(Position::default());
    }
    let within = reader.iris().term(isn::WITHIN);
    let mut around: Vec<NamedNode> = Vec::new();
    let mut here = resource.iri.clone();
    while let Some(next) = reader.things(here.as_str(), isn::WITHIN).first().map(|next| (*next).clone()) {
        if around.len() == STEPS || around.contains(&next) {
            break;
        }
        reader.fetch(&BTreeSet::from([next.clone()]), std::slice::from_ref(&within)).await?;
        around.insert(0, next.clone());
        here = next;
    }
    let this = BTreeSet::from([resource.iri.clone()]);
    let inside = reader.fetch_pointing(&this, &[within], INSIDE).await?;
    let mut inside: Vec<Link> =
        inside.into_iter().map(|quad| reader.link(&literal_value(&quad.subject.into()))).collect();
    inside.sort_by(|a, b| a.label.text.cmp(&b.label.text));
    Ok(Position {
        around: around.iter().map(|place| reader.link(place.as_str())).collect(),
        parts: parts(reader, resource.iri.as_str()),
        inside,
    })
}

fn parts(reader: &Reader<'_>, place: &str) -> Vec<Part> {
    let is_part = |subject: &&str| reader.text(subject, isn::PART).is_some_and(|part| part == place);
    let part = |subject: &str| {
        Some(Part {
            anchor: subject.split_once('#').map_or("", |(_, part)| part).to_owned(),
            whole: reader.link(&reader.text(subject, isn::WHOLE)?),
            according_to: reader.links(subject, isn::ACCORDING_TO),
        })
    };
    let mut subjects: Vec<&str> = reader.subjects().into_iter().filter(is_part).collect();
    subjects.sort_unstable();
    subjects.into_iter().filter_map(part).collect()
}
