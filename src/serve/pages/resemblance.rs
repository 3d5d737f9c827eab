//! The documents that one seems to be once more, or of which it seems to be a translation: proposals of the machine.

use std::collections::BTreeSet;

use super::{
    document::pointing,
    reader::Reader,
    value::{Link, Phrase},
};
use crate::{ask::resource::Resource, model::Verdict, rdf::vocab::isn, store::Error};

/// A document and what it seems to be.
#[derive(Clone, Debug)]
pub(super) struct Likeness {
    pub document: Link,
    pub kind: Phrase,
    /// How much both share, in hundredths.
    pub share: String,
}

/// What was noticed of a document, from either side, the most alike first; each document once.
pub(super) async fn likenesses(reader: &mut Reader<'_>, resource: &Resource) -> Result<Vec<Likeness>, Error> {
    let this = BTreeSet::from([resource.iri.clone()]);
    let mut noticed = Vec::new();
    for side in [isn::RESEMBLES, isn::RESEMBLANCE_OF] {
        let property = reader.iris().term(side);
        let other = if side == isn::RESEMBLES { isn::RESEMBLANCE_OF } else { isn::RESEMBLES };
        for node in pointing(reader, &this, property).await? {
            noticed.extend(reader.text(&node, other).map(|document| (node, document)));
        }
    }
    let mut found: Vec<(String, Likeness)> = noticed
        .iter()
        .filter_map(|(node, document)| {
            let share: f64 = reader.text(node, isn::SHARED_PART)?.parse().ok()?;
            let kind = reader.things(node, isn::RESEMBLANCE_KIND).into_iter().next()?;
            // What was decided on is no proposal any more: accepted it is among the facts, rejected it is nothing.
            let proposed = reader.iris().concept("review-state", Verdict::Proposed.term());
            reader.things(node, isn::REVIEW_STATE).into_iter().find(|state| state.as_str() == proposed.as_str())?;
            let likeness = Likeness {
                document: reader.link(document),
                kind: reader.label(kind.as_str()),
                share: format!("{:.0}", 100.0 * share),
            };
            Some((document.clone(), likeness))
        })
        .collect();
    found.sort_by(|(a, one), (b, other)| (other.share.len(), &other.share, a).cmp(&(one.share.len(), &one.share, b)));
    let mut seen = BTreeSet::new();
    found.retain(|(document, _)| seen.insert(document.clone()));
    Ok(found.into_iter().map(|(_, likeness)| likeness).collect())
}
