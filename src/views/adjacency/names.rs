//! Names by number, so that an edge is a few numbers.

use std::{collections::HashMap, sync::Arc};

/// A list of names, each with its number: those of the base in order, then those that came since.
#[derive(Clone, Debug, Default)]
pub(super) struct Names {
    base: Arc<[Box<str>]>,
    more: Vec<Box<str>>,
    index: HashMap<Box<str>, u32>,
}

impl Names {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.base.len() + self.more.len()
    }

    /// The name of a number.
    pub(super) fn name(&self, number: u32) -> &str {
        let at = number as usize;
        self.base.get(at).or_else(|| self.more.get(at - self.base.len())).map_or("", |name| name)
    }

    /// The number of a name, if it has one.
    pub(super) fn find(&self, name: &str) -> Option<u32> {
        let in_base =
            self.base.binary_search_by(|other| (**other).cmp(name)).ok().and_then(|at| u32::try_from(at).ok());
        in_base.or_else(|| self.index.get(name).copied())
    }

    /// The number of a name, which is given one if it has none.
    pub(super) fn number(&mut self, name: &str) -> u32 {
        if let Some(known) = self.find(name) {
            return known;
        }
        // Four thousand million names would not fit into memory.
        let number = u32::try_from(self.len()).unwrap_or(u32::MAX);
        self.more.push(name.into());
        self.index.insert(name.into(), number);
        number
    }

    /// Puts all names in order, and tells the new number of each old one.
    pub(super) fn settled(&self) -> (Self, Vec<u32>) {
        let mut order: Vec<u32> = (0..u32::try_from(self.len()).unwrap_or(u32::MAX)).collect();
        order.sort_unstable_by_key(|&number| self.name(number));
        let mut new = vec![0; order.len()];
        for (number, &old) in (0u32..).zip(&order) {
            new[old as usize] = number;
        }
        let base = order.iter().map(|&old| Box::from(self.name(old))).collect();
        (Self { base, ..Self::default() }, new)
    }

    /// About how many bytes they take.
    pub(super) fn bytes(&self) -> usize {
        let list = |names: &[Box<str>]| names.iter().map(|name| size_of::<Box<str>>() + name.len()).sum::<usize>();
        list(&self.base) + 3 * list(&self.more)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_keeps_its_number_until_all_are_put_in_order() {
        let mut names = Names::default();
        let (c, a) = (names.number("c"), names.number("a"));
        assert_eq!((names.number("c"), names.find("a"), names.find("b")), (c, Some(a), None));
        let (mut settled, new) = names.settled();
        assert_eq!((settled.name(new[a as usize]), settled.name(new[c as usize])), ("a", "c"));
        assert!(new[a as usize] < new[c as usize]);
        let b = settled.number("b");
        assert_eq!((settled.name(b), settled.find("c"), settled.len()), ("b", Some(new[c as usize]), 3));
    }
}
