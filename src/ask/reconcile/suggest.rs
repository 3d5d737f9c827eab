//! What somebody may mean who has typed the beginning of a name.

use super::{Ground, Property, Shown, Type, in_language};
use crate::{
    link::fold,
    model::{Id, Lang, Text},
};

/// The things with names that begin so, then those with names like it: so many after so many others.
#[must_use]
pub fn entities(
    ground: &Ground,
    prefix: &str,
    class: Option<&str>,
    lang: &Lang,
    (skip, limit): (usize, usize),
) -> Vec<Shown> {
    let wanted = |id: &Id| ground.is_wanted(id) && class.is_none_or(|class| ground.classes(id).contains(class));
    let mut found = ground.dictionary.begun(prefix, wanted, skip + limit);
    if found.len() < skip + limit {
        let more = ground.dictionary.alike(prefix, wanted, skip + limit);
        let more: Vec<_> = more.into_iter().filter(|one| found.iter().all(|other| other.thing != one.thing)).collect();
        found.extend(more);
    }
    found.iter().skip(skip).take(limit).filter_map(|one| ground.shown(&one.thing, lang)).collect()
}

/// The types whose names or words begin so.
pub fn types<'a>(ground: &'a Ground, prefix: &str) -> impl Iterator<Item = &'a Type> {
    let prefix = fold(prefix);
    ground.terms.types().filter(move |class| begins(&class.id, &class.label, &prefix))
}

/// The properties whose names or words begin so, of all or of those that things of a type may have.
#[must_use]
pub fn properties<'a>(ground: &'a Ground, prefix: &str, class: Option<&str>) -> Vec<&'a Property> {
    let prefix = fold(prefix);
    let fits = |property: &&Property| begins(&property.id, &property.label, &prefix);
    match class {
        Some(class) => ground.terms.of_type(class, &ground.ontology).filter(fits).collect(),
        None => ground.terms.properties().filter(fits).collect(),
    }
}

fn begins(id: &str, label: &Text, prefix: &str) -> bool {
    let folded = label.values().map(|words| fold(words)).chain([fold(id)]);
    let mut starts = folded.map(|words| words.starts_with(prefix) || words.contains(&format!(" {prefix}")));
    starts.any(|starts| starts)
}

/// A name in a language, else the identifier.
#[must_use]
pub fn name(id: &str, label: &Text, lang: &Lang) -> (Option<Lang>, String) {
    in_language(label, lang).map_or_else(|| (None, id.to_owned()), |(lang, name)| (Some(lang), name))
}
