//! What both versions say of things, types, properties and values.

use serde_json::{Map, Value, json};

use crate::{
    ask::reconcile::{
        Candidate, Ground, Property, Shown, Type,
        extend::{Cell, Column},
        suggest::name,
    },
    model::Lang,
};

/// The versions of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Version {
    /// 0.2
    Old,
    /// 1.0-draft
    New,
}

/// Adds the language of a name and its direction, which the draft tells.
fn tell(value: &mut Value, lang: Option<&Lang>) {
    if let Some(lang) = lang {
        value["lang"] = lang.as_str().into();
        value["dir"] = if lang.is_right_to_left() { "rtl" } else { "ltr" }.into();
    }
}

fn types(ground: &Ground, ids: &[String], lang: &Lang) -> Vec<Value> {
    let named = ids.iter().filter_map(|id| ground.terms.class(id));
    named.map(|class| json!({ "id": class.id, "name": name(&class.id, &class.label, lang).1 })).collect()
}

/// A candidate; `prior` is a count, every other feature is out of 100.
pub(super) fn candidate(ground: &Ground, version: Version, candidate: &Candidate, lang: &Lang) -> Value {
    let Candidate { thing, score, is_match, features } = candidate;
    let feature = |feature: &crate::ask::reconcile::Feature| match version {
        Version::Old => json!({ "id": feature.id, "value": feature.value }),
        Version::New => {
            json!({ "id": feature.id, "name": feature_name(ground, &feature.id, lang), "value": feature.value })
        }
    };
    let mut value = json!({
        "id": thing.id,
        "name": thing.name,
        "description": thing.description,
        "type": types(ground, &thing.types, lang),
        "score": score,
        "match": is_match,
        "features": features.iter().map(feature).collect::<Vec<_>>(),
    });
    if version == Version::New {
        tell(&mut value, thing.lang.as_ref());
    }
    value
}

fn feature_name(ground: &Ground, id: &str, lang: &Lang) -> String {
    let words = |en: &str, ar: &str| if *lang == Lang::ar() { ar.to_owned() } else { en.to_owned() };
    match id {
        "name" => {
            words("Likeness of the name", "\u{62A}\u{634}\u{627}\u{628}\u{647} \u{627}\u{644}\u{627}\u{633}\u{645}")
        }
        "whole-name" => {
            words("The whole name", "\u{627}\u{644}\u{627}\u{633}\u{645} \u{643}\u{627}\u{645}\u{644}\u{64B}\u{627}")
        }
        "sound" => words("Found by its sound", "\u{628}\u{627}\u{644}\u{644}\u{641}\u{638}"),
        "type" => words(
            "Of the type asked for",
            "\u{645}\u{646} \u{627}\u{644}\u{646}\u{648}\u{639} \u{627}\u{644}\u{645}\u{637}\u{644}\u{648}\u{628}",
        ),
        "prior" => words(
            "How often it is spoken of",
            "\u{639}\u{62F}\u{62F} \u{645}\u{631}\u{627}\u{62A} \u{630}\u{643}\u{631}\u{647}",
        ),
        _ => {
            let property = id.strip_prefix("property:").and_then(|id| ground.terms.property(id));
            property.map_or_else(|| id.to_owned(), |property| name(&property.id, &property.label, lang).1)
        }
    }
}

/// A suggested thing. Version 0.2 lets a service say more than it names.
pub(super) fn entity(ground: &Ground, shown: &Shown, lang: &Lang) -> Value {
    let notable = types(ground, &shown.types, lang);
    let mut value = json!({ "id": shown.id, "name": shown.name, "description": shown.description, "notable": notable });
    tell(&mut value, shown.lang.as_ref());
    value
}

/// A type, with those above it.
pub(super) fn class(ground: &Ground, class: &Type, lang: &Lang) -> Value {
    let (named, words) = name(&class.id, &class.label, lang);
    let about = name("", &class.comment, lang).1;
    let above = class.broader.iter().filter_map(|id| ground.terms.class(id));
    let broader: Vec<Value> = above.map(|above| self::class(ground, above, lang)).collect();
    let mut value = json!({ "id": class.id, "name": words, "description": about, "broader": broader });
    tell(&mut value, named.as_ref());
    value
}

/// A property.
pub(super) fn property(version: Version, property: &Property, lang: &Lang) -> Value {
    let (named, words) = name(&property.id, &property.label, lang);
    let mut value = json!({ "id": property.id, "name": words });
    if let (_, about) = name("", &property.comment, lang)
        && !about.is_empty()
    {
        value["description"] = about.into();
    }
    if version == Version::New {
        tell(&mut value, named.as_ref());
    }
    value
}

/// The answer to a data extension query.
pub(super) fn extension(
    ground: &Ground,
    version: Version,
    ids: &[String],
    columns: &[Column],
    rows: &[Vec<Vec<Cell>>],
    lang: &Lang,
) -> Value {
    let meta = columns.iter().map(|column| {
        let mut value = property(version, &column.property, lang);
        if let Some(fields) = value.as_object_mut() {
            fields.remove("description");
        }
        let class = column.property.range.iter().find_map(|id| ground.terms.class(id));
        if let Some(class) = class.filter(|_| !column.count) {
            value["type"] = json!({ "id": class.id, "name": name(&class.id, &class.label, lang).1 });
        }
        value
    });
    let meta: Vec<Value> = meta.collect();
    let cells = |cells: &Vec<Cell>| -> Vec<Value> { cells.iter().map(|one| cell(version, one)).collect() };
    let by_id = ids.iter().zip(rows);
    let rows = match version {
        Version::Old => {
            let row = |(id, row): (&String, &Vec<Vec<Cell>>)| {
                let values = columns.iter().zip(row).map(|(column, of)| (column.property.id.clone(), cells(of).into()));
                (id.clone(), Value::Object(values.collect()))
            };
            Value::Object(by_id.map(row).collect::<Map<_, _>>())
        }
        Version::New => {
            let row = |(id, row): (&String, &Vec<Vec<Cell>>)| {
                let values = columns.iter().zip(row);
                let values = values.map(|(column, of)| json!({ "id": column.property.id, "values": cells(of) }));
                json!({ "id": id, "properties": values.collect::<Vec<_>>() })
            };
            by_id.map(row).collect()
        }
    };
    json!({ "meta": meta, "rows": rows })
}

fn cell(version: Version, cell: &Cell) -> Value {
    match cell {
        Cell::Thing(id, name) => json!({ "id": id, "name": name }),
        Cell::Whole(number) => json!({ "int": number }),
        Cell::Number(number) => json!({ "float": number }),
        Cell::Day(day) => json!({ "date": day }),
        Cell::Text(words, lang) => {
            let mut value = json!({ "str": words });
            if version == Version::New {
                tell(&mut value, lang.as_ref());
            }
            value
        }
    }
}
