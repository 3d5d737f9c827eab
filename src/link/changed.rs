//! What does one dictionary know otherwise than another?

use std::collections::BTreeSet;

use crate::model::{Id, Kind};

use super::Dictionary;

impl Dictionary {
    /// Of some things, those whose names or facts are others here than there.
    pub fn differing<'a>(&self, other: &Self, things: impl IntoIterator<Item = &'a Id>) -> BTreeSet<Id> {
        let digest = |of: &Self, id: &Id| of.place(id).map(|at| of.known(at).digest).unwrap_or_default();
        things.into_iter().filter(|id| digest(self, id) != digest(other, id)).cloned().collect()
    }

    /// Whatever is another here than there, with all that follows from it: names and facts, what they relate to, what they
    /// are part of, and the bodies whose papers they are. For dictionaries that were both made whole.
    #[must_use]
    pub fn changed_since(&self, other: &Self) -> BTreeSet<Id> {
        let ids = |of: &Self, numbers: &[u32]| -> BTreeSet<Id> {
            numbers.iter().map(|&number| of.id(number).clone()).collect()
        };
        let mut changed = BTreeSet::new();
        for id in self.things().iter().chain(other.things()) {
            let known = |of: &Self| of.place(id).map(|at| of.known(at).clone()).unwrap_or_default();
            let (here, there) = (known(self), known(other));
            let same = here.digest == there.digest
                && ids(self, &here.near) == ids(other, &there.near)
                && ids(self, &here.wholes) == ids(other, &there.wholes);
            if !same {
                changed.insert(id.clone());
            }
            if here.digest != there.digest && id.kind() == Kind::Document {
                changed.extend(ids(self, here.within()));
                changed.extend(ids(other, there.within()));
            }
        }
        changed
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::{
        link::{Dictionary, Edit, Fact, Facts},
        model::Id,
    };

    #[test]
    fn what_a_changed_thing_is_related_to_has_changed_too() {
        let id = |text: &str| -> Id { text.parse().unwrap_or_else(|error| panic!("{error}")) };
        let (event, place) = (id("event/e"), id("place/p"));
        let fact = Fact { related: vec![place.clone()], ..Fact::default() };
        let before = Dictionary::new([], &Facts::from([(place.clone(), Fact { prior: 1, ..Fact::default() })]));
        let facts = Facts::from([(event.clone(), fact.clone()), (place.clone(), Fact { prior: 1, ..Fact::default() })]);
        let whole = Dictionary::new([], &facts);
        assert_eq!(whole.changed_since(&before), BTreeSet::from([event.clone(), place.clone()]));
        assert_eq!(whole.changed_since(&whole), BTreeSet::new());
        let edited = before.edited([Edit { entity: event.clone(), names: Vec::new(), fact }]);
        assert_eq!(edited.differing(&before, [&event, &place]), BTreeSet::from([event]));
    }
}
