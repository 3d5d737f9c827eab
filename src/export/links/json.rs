//! Links as JSON, with everything that is known of each.

use serde_json::{Map, Value, json};

use super::{Linked, Setting, count, sort};
use crate::{
    link::{paragraphs, spans},
    model::{Id, Mention, Target},
};

pub(super) fn texts(setting: &Setting, texts: &[Linked]) -> Value {
    let texts: Vec<Value> = texts.iter().map(|linked| text(setting, linked)).collect();
    json!({ "dictionary": setting.dictionary, "unit": unit(setting), "texts": texts })
}

fn unit(setting: &Setting) -> &'static str {
    match setting.unit {
        crate::link::Unit::CodePoints => "code-points",
        crate::link::Unit::Utf16 => "utf-16",
        crate::link::Unit::Bytes => "bytes",
    }
}

fn text(setting: &Setting, linked: &Linked) -> Value {
    let places = spans(&linked.text, &linked.mentions, setting.unit);
    let mentions: Vec<Value> =
        linked.mentions.iter().zip(places).map(|(mention, place)| self::mention(setting, mention, place)).collect();
    let mut end = 0;
    let paragraphs: Vec<Value> = paragraphs(&linked.text, &linked.lang)
        .into_iter()
        .map(|(range, lang)| {
            let start = end;
            end += count(&linked.text[range], setting.unit);
            json!({ "start": start, "end": end, "lang": lang })
        })
        .collect();
    let mut text = json!({
        "id": linked.about.as_str(),
        "lang": linked.lang,
        "paragraphs": paragraphs,
        "mentions": mentions,
    });
    if let Some(incidents) = &linked.incidents {
        let incident = |incident: &crate::link::Incident| {
            json!({
                "date": incident.date,
                "place": iri(setting, &incident.place),
                "mentions": [incident.mentions.0, incident.mentions.1],
                "confidence": incident.confidence,
                "known": incident.known.iter().map(|id| iri(setting, id)).collect::<Vec<_>>(),
            })
        };
        text["incidents"] = incidents.iter().map(incident).collect();
    }
    text
}

fn iri(setting: &Setting, id: &Id) -> String {
    setting.iris.id(id).into_string()
}

fn mention(setting: &Setting, mention: &Mention, (start, end): (usize, usize)) -> Value {
    let mut object = Map::new();
    let mut set = |name: &str, value: Value| object.insert(name.to_owned(), value);
    set("start", start.into());
    set("end", end.into());
    set("exact", mention.exact.clone().into());
    set("kind", mention.kind.term().into());
    match &mention.target {
        Target::Entity(id) => {
            set("entity", iri(setting, id).into());
            set("label", json!(setting.labels.get(id)));
        }
        Target::Date(date) => {
            set("date", date.as_str().into());
        }
        Target::Nil => {
            set("nil", true.into());
        }
    }
    if let Some(sort) = sort(mention) {
        set("type", sort.name().into());
    }
    set("confidence", mention.confidence.into());
    set("rule", mention.rule.term().into());
    if let Some(features) = &mention.features {
        set("features", json!(features));
    }
    if let Some(second) = &mention.runner_up {
        let label = setting.labels.get(&second.entity);
        let entity = iri(setting, &second.entity);
        set("runner_up", json!({ "entity": entity, "label": label, "confidence": second.confidence }));
    }
    object.into()
}
