//! A relation holds both ways: what is related to a thing is near it, as is what it is related to.

use std::collections::BTreeMap;

use super::dictionary::Known;

/// The most relations that are kept of one thing; what has more is related to everything and tells nothing.
const NEAR: usize = 64;

/// Adds to each thing what is related to it.
pub(super) fn turn_back(known: &mut [Known]) {
    let mut back: Vec<(u32, u32)> = Vec::new();
    for (number, of) in (0u32..).zip(known.iter()) {
        back.extend(own(of).iter().map(|&other| (other, number)));
    }
    back.sort_unstable();
    back.dedup();
    for chunk in back.chunk_by(|a, b| a.0 == b.0) {
        let of = &mut known[chunk[0].0 as usize];
        of.named_by = u32::try_from(chunk.len()).unwrap_or(u32::MAX);
        extend(of, chunk.iter().map(|&(_, other)| other));
    }
}

/// The same after some things were edited: adds to each of them what is related to it, and tells what is known from
/// now on of the others that they are related to, or were.
///
/// Where a thing has more relations than are kept, which ones these are may differ from those of a dictionary that is
/// made anew.
pub(super) fn turn_back_edited(base: &[Known], edited: &mut BTreeMap<u32, Known>) -> BTreeMap<u32, Known> {
    let before = |number: u32| base.get(number as usize);
    let mut moved: BTreeMap<u32, Moved> = edited.keys().map(|&number| (number, Moved::default())).collect();
    for (&number, of) in edited.iter() {
        let was = before(number).map(own).unwrap_or_default();
        for &other in own(of).iter().filter(|other| !was.contains(other)) {
            moved.entry(other).or_default().come.push(number);
        }
        for &other in was.iter().filter(|other| !own(of).contains(other)) {
            moved.entry(other).or_default().gone.push(number);
        }
    }
    let mut beside = BTreeMap::new();
    for (number, mut moved) in moved {
        moved.come.dedup();
        moved.gone.sort_unstable();
        moved.gone.dedup();
        let was = before(number);
        let mut of = match (edited.get(&number), was) {
            (Some(edited), _) => edited.clone(),
            (None, Some(was)) => Known { near: was.near[..was.own as usize].into(), ..was.clone() },
            (None, None) => Known::default(),
        };
        let named_by = was.map_or(0, |was| was.named_by) as usize + moved.come.len();
        of.named_by = u32::try_from(named_by.saturating_sub(moved.gone.len())).unwrap_or(u32::MAX);
        let stayed = was.map(|was| &was.near[was.own as usize..]).unwrap_or_default();
        let mut back: Vec<u32> = stayed.iter().copied().filter(|other| !moved.gone.contains(other)).collect();
        back.extend(moved.come);
        // What it named itself was not kept a second time as what names it.
        let named = was.map(|was| &was.near[..was.own as usize]).unwrap_or_default().iter();
        let names_it = |other: &&u32| {
            !edited.contains_key(other) && before(**other).is_some_and(|other| own(other).contains(&number))
        };
        back.extend(named.filter(names_it));
        back.sort_unstable();
        extend(&mut of, back);
        match edited.get_mut(&number) {
            Some(edited) => *edited = of,
            None => {
                beside.insert(number, of);
            }
        }
    }
    beside
}

/// What is related to a thing now and was not before, and the other way about.
#[derive(Default)]
struct Moved {
    come: Vec<u32>,
    gone: Vec<u32>,
}

/// What a thing's own fact relates it to.
fn own(known: &Known) -> &[u32] {
    &known.near[known.within as usize..known.own as usize]
}

/// Adds to what is near a thing, as far as there is room.
fn extend(known: &mut Known, back: impl IntoIterator<Item = u32>) {
    let mut near = known.near.to_vec();
    let room = NEAR.saturating_sub(near.len());
    let more: Vec<u32> = back.into_iter().filter(|other| !near.contains(other)).take(room).collect();
    near.extend(more);
    known.near = near.into();
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use crate::{
        link::{Dictionary, Edit, Fact, Facts, Name, NameKind},
        model::Id,
    };

    /// Numbers without a pattern, the same in every run.
    struct Dice(u64);

    impl Dice {
        fn roll(&mut self, sides: u64) -> u64 {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (self.0 >> 33) % sides
        }

        fn thing(&mut self) -> Id {
            let kind = ["doc", "org", "place"][usize::try_from(self.roll(3)).unwrap_or_default()];
            format!("{kind}/t{}", self.roll(8)).parse().unwrap_or_else(|error| panic!("{error}"))
        }

        fn fact(&mut self) -> Fact {
            let mut some = || (0..self.roll(4)).map(|_| self.thing()).collect::<BTreeSet<_>>().into_iter().collect();
            let (within, related) = (some(), some());
            let from = format!("20{}", 10 + self.roll(5)).parse().ok();
            Fact { within, from, related, ..Fact::default() }
        }
    }

    fn names(facts: &Facts) -> Vec<Name> {
        let name = |entity: &Id| Name {
            entity: entity.clone(),
            form: format!("Name of {}", entity.key()),
            lang: None,
            kind: NameKind::Label,
        };
        facts.keys().map(name).collect()
    }

    /// What is known of every thing, by identifiers: prior, what is near, and the papers of each body.
    fn known(dictionary: &Dictionary, things: &BTreeSet<Id>) -> BTreeMap<Id, (u32, BTreeSet<Id>, Vec<Id>)> {
        let ids =
            |numbers: &[u32]| -> Vec<Id> { numbers.iter().map(|&number| dictionary.id(number).clone()).collect() };
        let of = |id: &Id| {
            let number = dictionary.place(id)?;
            let known = dictionary.known(number);
            let (from, to) = (jiff::civil::date(2000, 1, 1), jiff::civil::date(2030, 1, 1));
            let papers = ids(&dictionary.papers(number, from, to));
            Some((id.clone(), (known.prior(), BTreeSet::from_iter(ids(&known.near)), papers)))
        };
        things.iter().filter_map(of).filter(|(_, known)| known.0 > 0 || !known.1.is_empty()).collect()
    }

    #[test]
    fn edits_leave_behind_what_making_anew_would() {
        for seed in 0..200 {
            let mut dice = Dice(seed);
            let mut facts: Facts = (0..8).map(|_| (dice.thing(), dice.fact())).collect();
            let mut edited = Dictionary::new(names(&facts), &facts);
            for round in 0..4 {
                let (entity, fact) = (dice.thing(), dice.fact());
                let is_gone = dice.roll(4) == 0;
                let fact = if is_gone { Fact::default() } else { fact };
                let own = Facts::from([(entity.clone(), fact.clone())]);
                let names_now = if is_gone { Vec::new() } else { names(&own) };
                edited = edited.edited([Edit { entity: entity.clone(), names: names_now, fact: fact.clone() }]);
                if is_gone {
                    facts.remove(&entity)
                } else {
                    facts.insert(entity, fact)
                };
                let anew = Dictionary::new(names(&facts), &facts);
                let all = ["doc", "org", "place"].iter().flat_map(|kind| (0..8).map(move |n| format!("{kind}/t{n}")));
                let things: BTreeSet<Id> = all.filter_map(|id| id.parse().ok()).collect();
                assert_eq!(known(&edited, &things), known(&anew, &things), "seed {seed}, round {round}");
                assert_eq!(edited.version(), anew.version(), "seed {seed}, round {round}");
            }
        }
    }
}
