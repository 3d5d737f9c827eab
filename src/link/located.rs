//! Which place does a field of a record mean, that may be a chain of places and spelt in its own way?
//!
//! "Idlib : Kafrtakharim", "Atareb - Jebel Saman - Aleppo": the parts are places around one another, written from the
//! wide to the narrow or the other way about. Each part is looked up as a name, then without its word of level, with
//! other spaces, by its consonants, and by its first words. The places that lie within those of another part are
//! meant, and of two the narrower.

use crate::model::{Id, Kind};

use super::{
    dictionary::{Dictionary, Entry, goodness},
    fold::light_hash,
    layer::joined,
    levels, loose,
    name_tree::ROOT,
    skeleton::likeness,
    tokens::Token,
    words,
};

/// The most names of one skeleton that are compared.
const MANY: usize = 64;
/// The least likeness of spellings.
const ALIKE: f64 = 0.7;
/// How much more a place weighs that lies within one named beside it.
const WITHIN: f64 = 4.0;

/// A place that a part of the field may mean.
#[derive(Clone, Copy)]
struct Candidate {
    entity: u32,
    goodness: f64,
}

impl Dictionary {
    /// The place that a field of a record means, and how probable that is; `around` are places it is known to lie in.
    ///
    /// Where several places of a name fit as well as one another, the first by its identifier is given, with the
    /// confidence of a guess. For the reference fields of documents there is [`Dictionary::exact`], which does not guess.
    #[must_use]
    pub fn located(&self, text: &str, around: &[Id]) -> Option<(Id, f64)> {
        let parts: Vec<Vec<Candidate>> =
            parts(text).map(|part| self.candidates(part)).filter(|candidates| !candidates.is_empty()).collect();
        let around: Vec<u32> = around.iter().filter_map(|id| self.place(id)).collect();
        // Beside another name, one that is also that of a governorate or country is the area, not its chief town.
        let is_area = |part: &Vec<Candidate>| part.iter().any(|one| self.is_area(one.entity));
        let has_narrow = parts.iter().any(|part| !is_area(part));
        let mut weighed: Vec<(u32, f64, f64)> = Vec::new();
        for (at, candidates) in parts.iter().enumerate() {
            let beside = if has_narrow && is_area(candidates) { 0.1 } else { 1.0 };
            for &Candidate { entity, goodness } in candidates {
                let wholes = &self.known(entity).wholes;
                let others = parts.iter().enumerate().filter(|(other, _)| *other != at);
                let named = others.flat_map(|(_, other)| other).map(|one| one.entity).chain(around.iter().copied());
                // In the district and in the governorate of a name: nearer to what bears the name.
                let within = named.filter(|whole| wholes.contains(whole)).fold(1.0, |within, _| within * WITHIN);
                let weight = goodness * beside * self.narrowness(entity) * within;
                match weighed.iter_mut().find(|(known, ..)| *known == entity) {
                    Some(known) if known.1 < weight => *known = (entity, weight, goodness),
                    Some(_) => {}
                    None => weighed.push((entity, weight, goodness)),
                }
            }
        }
        weighed.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let &(best, weight, goodness) = weighed.first()?;
        // Its rivals are the places of its own part: the places around it are no other answer.
        let own = parts.iter().find(|part| part.iter().any(|one| one.entity == best))?;
        let rivals = weighed.iter().filter(|(entity, ..)| own.iter().any(|one| one.entity == *entity));
        Some((self.id(best).clone(), goodness * weight / rivals.map(|(_, weight, _)| weight).sum::<f64>()))
    }

    fn is_area(&self, entity: u32) -> bool {
        matches!(self.known(entity).level.as_deref(), Some("governorate" | "country"))
    }

    /// How likely a field that names a place of this level means it and not a narrower one.
    fn narrowness(&self, entity: u32) -> f64 {
        match self.known(entity).level.as_deref() {
            Some("country") => 0.05,
            Some("governorate") => 0.2,
            Some("district") => 0.1,
            Some("subdistrict") => 0.15,
            _ => 1.0,
        }
    }

    /// The places that a part may mean, by the surest way of reading it that gives any.
    fn candidates(&self, part: &str) -> Vec<Candidate> {
        let tokens = words::of_name(part);
        let bare = levels::strip(part, &tokens);
        let (bare, fits) = bare.map_or((part, &[][..]), |(bare, fits)| (bare, fits));
        let stripped = words::of_name(bare);
        // A word of level tells, unless the archive gives the place none: an authority may not say.
        let fit = |entity: u32| match self.known(entity).level.as_deref() {
            Some(level) if !fits.is_empty() && !fits.contains(&level) => 0.3,
            _ => 1.0,
        };
        let readings = [(&tokens, part), (&stripped, bare)];
        let mut found = readings.iter().map(|(tokens, text)| self.named(tokens, text)).find(|found| !found.is_empty());
        found = found.or_else(|| some(self.spelt(&stripped, bare)));
        if found.is_none() {
            let shorter = (1..stripped.len()).rev().map(|count| &stripped[..count]);
            found = shorter
                .map(|tokens| self.named(tokens, &bare[tokens[0].from()..tokens[tokens.len() - 1].to()]))
                .find(|found| !found.is_empty())
                .map(|found| found.into_iter().map(|one| Candidate { goodness: one.goodness * 0.7, ..one }).collect());
        }
        let mut found = found.unwrap_or_default();
        // Who says "Damascus" before the name of a town often means the land around the city.
        if found.iter().any(|one| self.is_area(one.entity)) {
            let around = levels::lands(bare).flat_map(|land| self.named(&words::of_name(&land), &land));
            let around: Vec<Candidate> = around.filter(|one| self.is_area(one.entity)).collect();
            found.extend(around.into_iter().map(|one| Candidate { goodness: 0.5 * one.goodness, ..one }));
        }
        for one in &mut found {
            one.goodness *= fit(one.entity);
        }
        found.sort_by(|a, b| a.entity.cmp(&b.entity).then(b.goodness.total_cmp(&a.goodness)));
        found.dedup_by_key(|one| one.entity);
        found
    }

    /// The places that bear this name, spaces aside.
    fn named(&self, tokens: &[Token], text: &str) -> Vec<Candidate> {
        let light = light_hash(text);
        let mut found = Vec::new();
        for layer in self.layers() {
            let is_place = |entry: &&Entry| entry.is_place && !entry.headless && self.holds(layer, entry.entity);
            let together = joined(tokens).and_then(|hash| layer.tree.next(ROOT, hash));
            let names = layer.tree.find(tokens).iter().map(|entry| (entry, entry.joined));
            let together = together.map_or(&[][..], |node| layer.tree.at(node)).iter();
            let all = names.chain(together.filter(|entry| !entry.joined).map(|entry| (entry, true)));
            for (entry, apart) in all.filter(|(entry, _)| is_place(entry)) {
                let key = match (apart, entry.light == light) {
                    (true, _) => 0.85,
                    (false, true) => 1.0,
                    (false, false) => 0.93,
                };
                found.push(Candidate { entity: entry.entity, goodness: goodness(entry.rule, entry.hidden) * key });
            }
        }
        found
    }

    /// The places whose names have the same consonants and are spelt alike.
    fn spelt(&self, tokens: &[Token], text: &str) -> Vec<Candidate> {
        let mut found = Vec::new();
        for key in loose::keys(Kind::Place, text, tokens) {
            for layer in self.layers() {
                let Some(node) = layer.loose.next(ROOT, key) else { continue };
                let alike = |one: &loose::Loose| likeness(text, layer.form(one.place, one.length));
                let places = layer.loose.at(node).iter().take(MANY).filter(|one| {
                    !one.body && self.id(one.entity).kind() == Kind::Place && self.holds(layer, one.entity)
                });
                let likely = places.map(|one| (one.entity, alike(one))).filter(|(_, alike)| *alike >= ALIKE);
                found.extend(likely.map(|(entity, alike)| Candidate { entity, goodness: 0.85 * alike }));
            }
        }
        found
    }
}

fn some<T>(found: Vec<T>) -> Option<Vec<T>> {
    (!found.is_empty()).then_some(found)
}

/// The parts of a field: a hyphen parts only where spaces stand about it, as names hold hyphens themselves.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let is_joint = |c: char| {
        matches!(
            c,
            ':' | ',' | '\u{60C}' | ';' | '\u{61B}' | '/' | '\\' | '>' | '|' | '(' | ')' | '\u{2013}' | '\u{2014}'
        )
    };
    text.split(is_joint)
        .flat_map(|part| part.split(" - ").flat_map(|part| part.split("- ")).flat_map(|part| part.split(" -")))
        .map(str::trim)
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::{Fact, Facts, Name, NameKind};

    #[test]
    fn the_narrowest_place_of_a_chain_is_meant() {
        let id = |text: &str| -> Id { text.parse().unwrap_or_else(|e| panic!("{e}")) };
        let name = |entity: &str, form: &str| Name {
            entity: id(entity),
            form: form.to_owned(),
            lang: None,
            kind: NameKind::Label,
        };
        let names = [
            name("place/idlib", "Idlib Governorate"),
            name("place/hama", "Hama Governorate"),
            name("place/a", "Kafr Zeita"),
            name("place/b", "Kafr Zeita"),
            name("place/town", "Idlib"),
        ];
        let fact = |within: &str, level: Option<&str>| Fact {
            within: if within.is_empty() { Vec::new() } else { vec![id(within)] },
            level: level.map(str::to_owned),
            ..Fact::default()
        };
        let facts = Facts::from([
            (id("place/idlib"), fact("", Some("governorate"))),
            (id("place/hama"), fact("", Some("governorate"))),
            (id("place/a"), fact("place/idlib", None)),
            (id("place/b"), fact("place/hama", None)),
        ]);
        let dictionary = Dictionary::new(names, &facts);
        let found = |text: &str| dictionary.located(text, &[]).map(|(place, _)| place.to_string()).unwrap_or_default();
        assert_eq!(found("Hama : Kafrzeita"), "place/b");
        assert_eq!(found("Kafr Zita - Hama"), "place/b");
        assert_eq!(found("Kafr Zeita (Idlib)"), "place/a");
        assert_eq!(found("Idlib"), "place/town");
        assert_eq!(found("Nowhere"), "");
        let known = dictionary.located("Kafr Zeita", &[id("place/hama")]);
        assert_eq!(known.map(|(place, sure)| (place.to_string(), sure > 0.5)), Some(("place/b".to_owned(), true)));
    }
}
