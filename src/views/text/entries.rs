//! What is indexed of a graph: for every thing and each of its languages its names, and one text.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    link,
    views::source::{Graph, Thing},
};

/// What is indexed as one: a thing in one language, with one of its texts if it has any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The thing: a document, an entity or a claim.
    pub iri: String,
    /// Its classes.
    pub types: Vec<String>,
    /// The language tag; empty for names without one.
    pub lang: String,
    /// The text layer the body comes from.
    pub layer: Option<String>,
    /// The first day it may be of, as in 20161021.
    pub earliest: Option<i64>,
    /// The last day it may be of.
    pub latest: Option<i64>,
    /// Titles, labels and other names.
    pub names: Vec<String>,
    /// How its names sound; titles are no names.
    pub sounds: Vec<String>,
    /// The text of the layer, or the description of a claim.
    pub body: String,
}

/// Reads 2016-10-21 as 20161021, so that days are compared as numbers.
pub(super) fn day(date: &str) -> Option<i64> {
    let day: String = date.get(..10)?.chars().filter(|c| *c != '-').collect();
    if day.len() == 8 { day.parse().ok() } else { None }
}

/// The entries of a graph.
pub(super) fn entries(graph: &Graph) -> Vec<Entry> {
    let things = graph.subjects.iter().filter(|(iri, _)| !iri.contains('#'));
    things.flat_map(|(iri, thing)| of_thing(graph, iri, thing)).collect()
}

fn of_thing(graph: &Graph, iri: &str, thing: &Thing) -> Vec<Entry> {
    let mut names: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for predicate in ["title", "label", "altLabel", "hiddenLabel", "symbol"] {
        for (name, lang) in thing.literals(predicate) {
            names.entry(lang.unwrap_or_default().to_lowercase()).or_default().push(name.to_owned());
        }
    }
    // A symbol, or a name without a language, is one in all of them.
    let common = names.remove("").unwrap_or_default();
    let mut bodies: Vec<(String, Option<String>, String)> = Vec::new();
    for layer in thing.iris("text") {
        let texts = graph.subjects.get(layer).map(|layer| layer.literals("value")).into_iter().flatten();
        bodies
            .extend(texts.map(|(text, lang)| {
                (lang.unwrap_or_default().to_lowercase(), Some(layer.to_owned()), text.to_owned())
            }));
    }
    bodies.extend(
        thing
            .literals("description")
            .map(|(text, lang)| (lang.unwrap_or_default().to_lowercase(), None, text.to_owned())),
    );
    let mut langs: BTreeSet<String> = names.keys().cloned().chain(bodies.iter().map(|body| body.0.clone())).collect();
    if langs.is_empty() && !common.is_empty() {
        langs.insert(String::new());
    }
    let dated = thing.iris("statedIn").find_map(|document| graph.subjects.get(document)).unwrap_or(thing);
    let date = |predicate: &str| dated.literals(predicate).find_map(|(date, _)| day(date));
    let base = Entry {
        iri: iri.to_owned(),
        types: thing.iris("type").map(str::to_owned).collect(),
        earliest: date("earliest"),
        latest: date("latest"),
        ..Entry::default()
    };
    let is_titled = thing.literals("title").next().is_some();
    let mut entries = Vec::new();
    for lang in langs {
        let mut names = names.get(&lang).cloned().unwrap_or_default();
        names.extend(common.iter().cloned());
        let sounds = if is_titled { Vec::new() } else { sounds(&names) };
        let own: Vec<_> = bodies.iter().filter(|body| body.0 == lang).collect();
        if own.is_empty() {
            entries.push(Entry { lang, names, sounds, ..base.clone() });
            continue;
        }
        entries.extend(own.into_iter().map(|(lang, layer, body)| Entry {
            lang: lang.clone(),
            names: names.clone(),
            sounds: sounds.clone(),
            layer: layer.clone(),
            body: body.clone(),
            ..base.clone()
        }));
    }
    entries
}

fn sounds(names: &[String]) -> Vec<String> {
    let sounds: BTreeSet<String> = names.iter().filter_map(|name| link::sound(name)).collect();
    sounds.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use oxigraph::model::{Literal, NamedNode};

    use super::*;

    #[test]
    fn a_thing_has_an_entry_for_each_language_and_text_and_a_claim_the_days_of_its_document() {
        let iri = |iri: &str| NamedNode::new_unchecked(format!("urn:{iri}"));
        let words = |words: &str, lang: &str| Literal::new_language_tagged_literal_unchecked(words, lang);
        let mut graph = Graph::default();
        graph.add("urn:doc", "title", words("A title", "en").into());
        graph.add("urn:doc", "symbol", Literal::new_simple_literal("S/1").into());
        graph.add("urn:doc", "text", iri("doc#text-ar").into());
        graph.add("urn:doc", "earliest", Literal::new_simple_literal("2016-10-21").into());
        graph.add("urn:doc#text-ar", "value", words("words", "ar-SY").into());
        graph.add("urn:claim", "statedIn", iri("doc").into());
        graph.add("urn:claim", "description", words("claimed", "en").into());
        let entries = entries(&graph);
        let shown: Vec<_> = entries
            .iter()
            .map(|it| (it.iri.as_str(), it.lang.as_str(), it.names.join("|"), it.body.as_str(), it.earliest))
            .collect();
        let day = Some(20_161_021);
        assert_eq!(
            shown,
            [
                ("urn:claim", "en", String::new(), "claimed", day),
                ("urn:doc", "ar-sy", "S/1".to_owned(), "words", day),
                ("urn:doc", "en", "A title|S/1".to_owned(), "", day),
            ]
        );
        assert_eq!(entries[1].layer.as_deref(), Some("urn:doc#text-ar"));
    }
}
