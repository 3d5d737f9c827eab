//! What the service can do, as either version describes it.

use serde_json::{Value, json};

use super::{answer, asked::MOST};
use crate::{ask::reconcile::Ground, model::Lang, serve::Service};

/// The size of the frame for a preview.
const FRAME: (u32, u32) = (420, 180);

/// The types that are good to begin with.
const DEFAULT_TYPES: [&str; 5] = ["Person", "Organization", "Place", "Event", "Document"];

fn name(lang: &Lang) -> &'static str {
    if *lang == Lang::ar() { "\u{625}\u{633}\u{646}\u{627}\u{62F}" } else { "Isnad" }
}

fn default_types(ground: &Ground, lang: &Lang) -> Vec<Value> {
    let types = DEFAULT_TYPES.iter().filter_map(|id| ground.terms.class(id));
    types.map(|class| answer::class(ground, class, lang)).collect()
}

/// A setting of a column: its key, its kind, its value where nothing is said, and what it is called.
fn settings(version: answer::Version, lang: &Lang) -> Vec<Value> {
    let words = |en: &'static str, ar: &'static str| if *lang == Lang::ar() { ar } else { en };
    let limit = words(
        "The most values, 0 for all",
        "\u{623}\u{643}\u{62B}\u{631} \u{639}\u{62F}\u{62F} \u{645}\u{646} \u{627}\u{644}\u{642}\u{64A}\u{645}\u{60C} 0 \u{644}\u{644}\u{643}\u{644}",
    );
    let count = words(
        "The number of values in their place",
        "\u{639}\u{62F}\u{62F} \u{627}\u{644}\u{642}\u{64A}\u{645} \u{628}\u{62F}\u{644}\u{627} \u{645}\u{646}\u{647}\u{627}",
    );
    let setting = |key: &str, kind: &str, default: Value, label: &str| match version {
        answer::Version::Old => json!({ "name": key, "label": label, "type": kind, "default": default }),
        answer::Version::New => json!({ "id": key, "name": label, "type": kind, "default": default }),
    };
    vec![setting("limit", "number", json!(0), limit), setting("count", "checkbox", json!(false), count)]
}

/// The manifest of version 0.2.
pub(super) fn old(service: &Service, here: &str, lang: &Lang, ground: &Ground) -> Value {
    let base = service.archive.store.iris().base();
    let root = format!("{}/reconcile", here.trim_end_matches('/'));
    let suggest = |what: &str| json!({ "service_url": root, "service_path": format!("/suggest/{what}") });
    json!({
        "versions": ["0.2"],
        "name": name(lang),
        "identifierSpace": base,
        "schemaSpace": format!("{base}ontology#"),
        "documentation": format!("{here}openapi.json"),
        "serviceVersion": env!("CARGO_PKG_VERSION"),
        "defaultTypes": default_types(ground, lang),
        "view": { "url": format!("{root}/view?id={{{{id}}}}") },
        "preview": { "url": format!("{root}/preview?id={{{{id}}}}"), "width": FRAME.0, "height": FRAME.1 },
        "suggest": { "entity": suggest("entity"), "property": suggest("property"), "type": suggest("type") },
        "extend": {
            "propose_properties": { "service_url": root, "service_path": "/properties" },
            "property_settings": settings(answer::Version::Old, lang),
        },
        "batchSize": MOST,
    })
}

/// The manifest of the 1.0 draft.
pub(super) fn new(here: &str, lang: &Lang, ground: &Ground) -> Value {
    json!({
        "versions": ["1.0-draft"],
        "name": name(lang),
        "lang": lang.as_str(),
        "dir": if lang.is_right_to_left() { "rtl" } else { "ltr" },
        "documentation": format!("{here}openapi.json"),
        "serviceVersion": env!("CARGO_PKG_VERSION"),
        "defaultTypes": default_types(ground, lang),
        "view": { "url": format!("{here}reconcile/view?id={{id}}") },
        "preview": { "width": FRAME.0, "height": FRAME.1 },
        "suggest": { "entity": true, "property": true, "type": true },
        "extend": { "proposeProperties": true, "propertySettings": settings(answer::Version::New, lang) },
        "batchSize": MOST,
        "standardizedScore": true,
    })
}
