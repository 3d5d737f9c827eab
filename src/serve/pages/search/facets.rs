//! The filters of a search: those that are on, and those that can be put on, with how much each would leave.

use super::address::{Address, TEXT_LANG, THINGS};
use crate::{
    ask::find::facets::{Count, Facets},
    serve::pages::{reader::Reader, value::Phrase, words::words},
    views::columns::NOT_ASSESSED,
};

/// How many values of a facet are shown at first, as the call takes it.
pub(super) const SHOWN: &str = "8";
/// How many are shown where more are asked for.
const MORE: &str = "1000";

/// The facets in the order they are shown: the name of the filter on pages, and that in answers.
const ORDER: [(&str, &str); 9] = [
    ("kind", "kind"),
    ("type", "type"),
    ("place", "place"),
    ("organization", "organization"),
    ("person", "person"),
    ("source", "source"),
    ("stance", "stance"),
    ("reliability", "reliability"),
    (TEXT_LANG, "lang"),
];

/// Something that can be chosen, or is.
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub href: String,
    pub label: Phrase,
    pub count: Option<u32>,
    pub here: bool,
}

impl Choice {
    /// A choice that is called by words of the page.
    pub(super) fn new(reader: &Reader<'_>, key: &str, href: String, here: bool) -> Self {
        let label = Phrase::own(reader.lang, words(reader.lang).find(key).unwrap_or_default());
        Self { href, label, count: None, here }
    }
}

/// A facet with its values.
#[derive(Clone, Debug)]
pub(super) struct Shown {
    pub title: &'static str,
    pub values: Vec<Choice>,
    /// Where more values are shown.
    pub more: Option<String>,
}

/// A filter that is on.
#[derive(Clone, Debug)]
pub(super) struct Chosen {
    /// The same search without it.
    pub href: String,
    pub title: &'static str,
    pub label: Phrase,
}

/// The facets that have anything to choose.
pub(super) fn facets(reader: &Reader<'_>, address: &Address, facets: &Facets) -> Vec<Shown> {
    let shown = ORDER.into_iter().filter_map(|(name, answered)| {
        let counted = facets.by_name.get(answered)?;
        let values: Vec<Choice> = counted.values.iter().map(|count| choice(reader, address, name, count)).collect();
        let more = (counted.more > 0).then(|| address.set("top", Some(MORE)).page());
        Some(Shown { title: title(reader, name), values, more })
    });
    shown.filter(|facet| !facet.values.is_empty()).collect()
}

fn choice(reader: &Reader<'_>, address: &Address, name: &str, count: &Count) -> Choice {
    let here = address.has(name, &count.value);
    let to = if here { address.without(name, &count.value) } else { address.with(name, &count.value) };
    let told = Phrase::choose(reader.lang, &count.of.label);
    let label = told.filter(|_| name != "kind").unwrap_or_else(|| label(reader, name, &count.value));
    Choice { href: to.page(), label, count: Some(count.count), here }
}

/// The filters that are on, but not the words.
pub(super) fn chosen(reader: &Reader<'_>, address: &Address) -> Vec<Chosen> {
    let chosen = |(name, value): &(String, String)| Chosen {
        href: address.without(name, value).page(),
        title: title(reader, name),
        label: label(reader, name, value),
    };
    address.filter_pairs().map(chosen).collect()
}

fn title(reader: &Reader<'_>, name: &str) -> &'static str {
    words(reader.lang).find(&format!("facet.{name}")).unwrap_or_default()
}

/// What a value of a filter is called.
fn label(reader: &Reader<'_>, name: &str, value: &str) -> Phrase {
    if let Some([west, south, east, north]) = (name == "polygon").then(|| corners(value)).flatten() {
        return Phrase::key(format!("{west}, {south} \u{2013} {east}, {north}"));
    }
    let own = match name {
        "kind" => Some(format!("kinds.{value}")),
        "reliability" if value == NOT_ASSESSED => Some("reliability.not-assessed".to_owned()),
        TEXT_LANG => Some(format!("language.{value}")),
        _ => None,
    };
    if let Some(words) = own.and_then(|key| words(reader.lang).find(&key)) {
        return Phrase::own(reader.lang, words);
    }
    let is_path = THINGS.contains(&name) || value.starts_with("vocab/");
    if is_path { reader.label(reader.iris().path(value).as_str()) } else { Phrase::key(value) }
}

/// The corners of a polygon that is a box, as a person would write them: west, south, east, north.
fn corners(polygon: &str) -> Option<[f64; 4]> {
    let points = polygon.strip_prefix("POLYGON((")?.strip_suffix("))")?;
    let points: Option<Vec<(f64, f64)>> = points
        .split(',')
        .map(|point| point.trim().split_once(' ').and_then(|(x, y)| Some((x.parse().ok()?, y.parse().ok()?))))
        .collect();
    let [(west, south), (east, _), (_, north), ..] = points?[..] else { return None };
    Some([west, south, east, north])
}
