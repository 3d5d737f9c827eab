//! What a thing was called before: the identifiers that were merged into it, by whom, when and why.

use std::collections::BTreeSet;

use oxigraph::model::NamedNode;

use super::{
    document::pointing,
    layout,
    provenance::{Moment, moment},
    reader::Reader,
    value::Phrase,
};
use crate::{
    rdf::vocab::{dct, foaf, isn, prov},
    store::Error,
};

/// An identifier that leads here since it was merged into this thing.
#[derive(Clone, Debug)]
pub(super) struct Merger {
    pub id: String,
    pub when: Option<Moment>,
    pub by: Option<Phrase>,
    pub reason: Option<Phrase>,
}

/// What was merged into a thing, the latest first.
pub(super) async fn mergers(reader: &mut Reader<'_>, this: &BTreeSet<NamedNode>) -> Result<Vec<Merger>, Error> {
    let merged = pointing(reader, this, dct::IS_REPLACED_BY.into_owned()).await?;
    let agents = merged.iter().flat_map(|iri| reader.things(iri, prov::WAS_ATTRIBUTED_TO.as_str()));
    let agents: BTreeSet<NamedNode> = agents.cloned().collect();
    reader.fetch(&agents, &[foaf::NAME.into_owned()]).await?;
    let mut found: Vec<Merger> = merged.iter().filter_map(|iri| one(reader, iri)).collect();
    let at = |merger: &Merger| merger.when.as_ref().map(|when| when.datetime.clone());
    found.sort_by(|a, b| (at(b), &a.id).cmp(&(at(a), &b.id)));
    Ok(found)
}

fn one(reader: &Reader<'_>, iri: &str) -> Option<Merger> {
    let agent = |iri: String| {
        let name = reader.text(&iri, foaf::NAME.as_str());
        Phrase::unknown(name.unwrap_or_else(|| reader.iris().relative(&iri).unwrap_or(&iri).to_owned()))
    };
    let reason = reader.wordings(iri, isn::REASON).into_iter().next();
    Some(Merger {
        id: reader.iris().relative(iri)?.to_owned(),
        when: reader.text(iri, prov::INVALIDATED_AT_TIME.as_str()).map(|at| moment(&at)),
        by: reader.text(iri, prov::WAS_ATTRIBUTED_TO.as_str()).map(agent),
        reason: reason.map(|reason| Phrase { text: layout::plain(&reason.text), ..reason }),
    })
}
