//! What people hold of a document or a claim: each assessment with who, when, why, and what they held before.

use std::collections::BTreeMap;

use askama::{Template, filters::HtmlSafe};

use super::{
    provenance::{Moment, moment},
    reader::Reader,
    value::{Phrase, Value},
    words::words,
};
use crate::{
    rdf::vocab::{cito, foaf, isn, prov},
    serve::lang::PageLang,
};

/// An assessment as it is shown.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/assessment.html")]
pub(super) struct Assessment {
    lang: PageLang,
    anchor: String,
    rating: Phrase,
    scale: Phrase,
    name: Phrase,
    /// What it is of, where that is not what the page is about.
    of: Option<Value>,
    when: Option<Moment>,
    reason: Option<Phrase>,
    evidence: Vec<Value>,
    /// What the same assessor held before, the latest first.
    history: Vec<Assessment>,
}

impl HtmlSafe for Assessment {}

impl Assessment {
    fn say(&self, key: &'static str) -> &'static str {
        words(self.lang).get(key)
    }
}

/// The assessments among what is known, each assessor's latest on each scale with those before it, the newest first.
pub(super) fn assessments(reader: &Reader<'_>, page: &str) -> Vec<Assessment> {
    let mut found: BTreeMap<[String; 3], Vec<(String, Assessment)>> = BTreeMap::new();
    for iri in reader.subjects() {
        let text = |property: &str| reader.text(iri, property);
        let (Some(of), Some(scale), Some(by), Some(at)) = (
            text(isn::ASSESSES),
            text(isn::SCALE),
            text(prov::WAS_ATTRIBUTED_TO.as_str()),
            text(prov::GENERATED_AT_TIME.as_str()),
        ) else {
            continue;
        };
        // A decision on a link is shown with the link.
        if !scale.ends_with("/review-state") {
            let shown = one(reader, iri, &of, page);
            found.entry([of, scale, by]).or_default().push((at, shown));
        }
    }
    let mut latest: Vec<(String, Assessment)> = found
        .into_values()
        .filter_map(|mut all| {
            all.sort_by(|(a, _), (b, _)| b.cmp(a));
            let mut all = all.into_iter();
            let (at, mut latest) = all.next()?;
            latest.history = all.map(|(_, earlier)| earlier).collect();
            Some((at, latest))
        })
        .collect();
    latest.sort_by(|(a, first), (b, second)| (b, &first.anchor).cmp(&(a, &second.anchor)));
    latest.into_iter().map(|(_, assessment)| assessment).collect()
}

fn one(reader: &Reader<'_>, iri: &str, of: &str, page: &str) -> Assessment {
    let label = |property: &str| {
        let concept = reader.things(iri, property).into_iter().next();
        concept.map_or_else(|| Phrase::key(""), |concept| reader.label(concept.as_str()))
    };
    let by = reader.text(iri, prov::WAS_ATTRIBUTED_TO.as_str()).unwrap_or_default();
    let name = reader.text(&by, foaf::NAME.as_str());
    let of = (of != page).then(|| Value::Link(reader.link(of)));
    let evidence = reader.objects(iri, cito::CITES_AS_EVIDENCE.as_str());
    Assessment {
        lang: reader.lang,
        anchor: iri.split_once('#').map_or("", |(_, part)| part).to_owned(),
        rating: label(isn::RATING),
        scale: label(isn::SCALE),
        name: Phrase::unknown(name.unwrap_or_else(|| reader.iris().relative(&by).unwrap_or(&by).to_owned())),
        of,
        when: reader.text(iri, prov::GENERATED_AT_TIME.as_str()).map(|at| moment(&at)),
        reason: reader.wordings(iri, isn::RATIONALE).into_iter().next(),
        evidence: evidence.into_iter().map(|term| reader.value(term)).collect(),
        history: Vec::new(),
    }
}
