//! Offices: those that a person held, and those that people held in an organization.

use std::collections::BTreeSet;

use oxigraph::model::NamedNode;

use super::{
    document,
    reader::Reader,
    value::{Item, Link, Phrase, When},
};
use crate::{
    ask::resource::Resource,
    model::Kind,
    rdf::vocab::{isn, org, rdfs},
    store::Error,
};

/// A person in an office for some time.
#[derive(Clone, Debug)]
pub(super) struct Tenure {
    /// The name of its place in the page of the person.
    pub anchor: Option<String>,
    pub person: Option<Link>,
    pub office: Phrase,
    pub organization: Option<Link>,
    pub from: Option<When>,
    pub to: Option<When>,
    pub attested: Option<When>,
    pub sources: Vec<Item>,
}

/// The offices of a person or in an organization, the earliest first.
pub(super) async fn tenures(reader: &mut Reader<'_>, resource: &Resource) -> Result<Vec<Tenure>, Error> {
    let iri = resource.iri.as_str();
    let own = resource.id.kind() == Kind::Person;
    let mut parts: Vec<String> = match resource.id.kind() {
        Kind::Person => {
            reader.things(iri, org::HAS_MEMBERSHIP.as_str()).into_iter().map(|part| part.as_str().to_owned()).collect()
        }
        Kind::Organization => {
            let this = BTreeSet::from([resource.iri.clone()]);
            document::pointing(reader, &this, org::ORGANIZATION.into_owned()).await?
        }
        _ => Vec::new(),
    };
    let members = parts.iter().filter_map(|part| reader.text(part, org::MEMBER.as_str()));
    reader.name(members.map(NamedNode::new_unchecked).collect()).await?;
    let day = |part: &str, first: &str, second: &str| reader.text(part, first).or_else(|| reader.text(part, second));
    parts.sort_by_key(|part| {
        (day(part, isn::EARLIEST, isn::LATEST), day(part, isn::LATEST, isn::EARLIEST), part.clone())
    });
    Ok(parts.iter().map(|part| tenure(reader, part, own)).collect())
}

fn tenure(reader: &Reader<'_>, part: &str, own: bool) -> Tenure {
    let when = |predicate: &str| reader.text(part, predicate).map(|date| When::new(&date));
    let link = |predicate: &str| reader.links(part, predicate).into_iter().next();
    Tenure {
        anchor: own.then(|| part.split_once('#').map_or("", |(_, part)| part).to_owned()),
        person: if own { None } else { link(org::MEMBER.as_str()) },
        office: reader.wording(part, rdfs::LABEL.as_str()).unwrap_or_else(|| reader.label(part)),
        organization: if own { link(org::ORGANIZATION.as_str()) } else { None },
        from: when(isn::FROM),
        to: when(isn::TO),
        attested: when(isn::ATTESTED),
        sources: reader.sources(part),
    }
}
