//! Links as a table, one line a link.

use super::{Linked, Setting, sort};
use crate::{
    link::spans,
    model::{Id, Mention, Target},
};

const HEADER: [&str; 20] = [
    "text",
    "start",
    "end",
    "exact",
    "kind",
    "type",
    "entity",
    "label_en",
    "label_ar",
    "date",
    "confidence",
    "rule",
    "key",
    "name",
    "fit",
    "share",
    "level",
    "runner_up",
    "runner_up_confidence",
    "dictionary",
];

pub(super) fn texts(setting: &Setting, texts: &[Linked]) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = table.write_record(HEADER);
    for linked in texts {
        let places = spans(&linked.text, &linked.mentions, setting.unit);
        for (mention, place) in linked.mentions.iter().zip(places) {
            let _ = table.write_record(row(setting, linked, mention, place));
        }
    }
    let bytes = table.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

fn row(setting: &Setting, linked: &Linked, mention: &Mention, (start, end): (usize, usize)) -> [String; 20] {
    let iri = |id: &Id| setting.iris.id(id).into_string();
    let (entity, date) = match &mention.target {
        Target::Entity(id) => (Some(id), String::new()),
        Target::Date(date) => (None, date.to_string()),
        Target::Nil => (None, String::new()),
    };
    let label = |tag: &str| {
        let text = entity.and_then(|id| setting.labels.get(id));
        text.and_then(|text| text.iter().find(|(lang, _)| lang.as_str() == tag)).map(|(_, words)| words.clone())
    };
    let features = mention.features;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let key = features.map(|features| features.key.term().to_owned());
    let second = mention.runner_up.as_ref();
    [
        linked.about.as_str().to_owned(),
        start.to_string(),
        end.to_string(),
        mention.exact.clone(),
        mention.kind.term().to_owned(),
        sort(mention).map_or_else(|| "unknown".to_owned(), |sort| sort.name().to_owned()),
        entity.map(iri).unwrap_or_default(),
        label("en").unwrap_or_default(),
        label("ar").unwrap_or_default(),
        date,
        mention.confidence.to_string(),
        mention.rule.term().to_owned(),
        key.unwrap_or_default(),
        number(features.map(|features| features.name)),
        number(features.map(|features| features.fit)),
        number(features.map(|features| features.share)),
        features.map(|features| features.level.to_string()).unwrap_or_default(),
        second.map(|second| iri(&second.entity)).unwrap_or_default(),
        number(second.map(|second| second.confidence)),
        setting.dictionary.to_owned(),
    ]
}
