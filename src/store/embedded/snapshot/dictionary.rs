//! Terms and their numbers: a term's number is its rank among all.

use std::{cmp::Ordering, io, ops::Range};

use tantivy::directory::OwnedBytes;

use super::column::{Column, Section, number};

/// The number of a term that is no longer there.
pub(super) const GONE: u32 = u32::MAX;

/// All terms, sorted, one behind the other.
#[derive(Clone)]
pub(super) struct Dictionary {
    terms: OwnedBytes,
    /// Where each term ends, as far as four bytes can say.
    ends: Column,
    /// The first term that ends beyond each multiple of what four bytes can say.
    turns: Vec<u32>,
}

impl Dictionary {
    pub(super) fn new(terms: OwnedBytes, ends: Column, turns: Vec<u32>) -> Self {
        Self { terms, ends, turns }
    }

    pub(super) fn len(&self) -> u32 {
        number(self.ends.len())
    }

    fn end(&self, at: usize) -> usize {
        let turns = self.turns.partition_point(|turn| *turn as usize <= at);
        (turns << 32) + self.ends.get(at) as usize
    }

    /// The bytes of a term.
    pub(super) fn get(&self, id: u32) -> &[u8] {
        let at = id as usize;
        let start = if at == 0 { 0 } else { self.end(at - 1) };
        &self.terms.as_slice()[start..self.end(at)]
    }

    /// The number of a term.
    pub(super) fn find(&self, term: &[u8]) -> Option<u32> {
        let at = self.lower(term);
        (at < self.len() && self.get(at) == term).then_some(at)
    }

    /// Whether any term begins so.
    pub(super) fn has_prefix(&self, start: &[u8]) -> bool {
        let at = self.lower(start);
        at < self.len() && self.get(at).starts_with(start)
    }

    /// The numbers of the terms that begin so.
    pub(super) fn range(&self, start: &[u8]) -> Range<u32> {
        self.range_within(0..self.len(), start)
    }

    /// The numbers of those among some terms that begin so.
    pub(super) fn range_within(&self, terms: Range<u32>, start: &[u8]) -> Range<u32> {
        let mut after = start.to_vec();
        // What comes after everything that begins so: the last byte that can be counted up is.
        while after.last() == Some(&u8::MAX) {
            after.pop();
        }
        let first = self.lower_within(terms.clone(), start);
        let end = match after.last_mut() {
            Some(last) => {
                *last += 1;
                self.lower_within(first..terms.end, &after)
            }
            None => terms.end,
        };
        first..end
    }

    /// The first term that is not less than this one.
    pub(super) fn lower(&self, term: &[u8]) -> u32 {
        self.lower_within(0..self.len(), term)
    }

    fn lower_within(&self, terms: Range<u32>, term: &[u8]) -> u32 {
        let (mut low, mut high) = (terms.start, terms.end);
        while low < high {
            let middle = low + (high - low) / 2;
            if self.get(middle) < term { low = middle + 1 } else { high = middle }
        }
        low
    }
}

/// A dictionary that is being written.
pub(super) struct DictionaryWriter {
    pub(super) terms: Section,
    pub(super) ends: Section,
    pub(super) turns: Vec<u32>,
    end: u64,
    count: u32,
}

impl DictionaryWriter {
    pub(super) fn new(terms: Section, ends: Section) -> Self {
        Self { terms, ends, turns: Vec::new(), end: 0, count: 0 }
    }

    /// Writes the next term, and gives its number.
    pub(super) fn push(&mut self, term: &[u8]) -> io::Result<u32> {
        if self.count == GONE {
            return Err(io::Error::other("there are more terms than numbers for them"));
        }
        self.terms.write(term)?;
        self.end += term.len() as u64;
        while (self.turns.len() as u64) < self.end >> 32 {
            self.turns.push(self.count);
        }
        self.ends.push(u32::try_from(self.end & u64::from(u32::MAX)).unwrap_or_default())?;
        self.count += 1;
        Ok(self.count - 1)
    }

    /// Writes the terms of two dictionaries, and gives the new numbers of each. Those of the first that are not used
    /// are left out.
    pub(super) fn merge(
        &mut self,
        first: &Dictionary,
        used: Option<&[bool]>,
        second: &Dictionary,
    ) -> io::Result<(Vec<u32>, Vec<u32>)> {
        let mut new = (Vec::with_capacity(first.len() as usize), Vec::with_capacity(second.len() as usize));
        let (mut a, mut b) = (0, 0);
        while a < first.len() || b < second.len() {
            if a < first.len() && used.is_some_and(|used| !used[a as usize]) {
                new.0.push(GONE);
                a += 1;
                continue;
            }
            let order = match (a < first.len(), b < second.len()) {
                (true, true) => first.get(a).cmp(second.get(b)),
                (true, false) => Ordering::Less,
                _ => Ordering::Greater,
            };
            let id = self.push(if order.is_le() { first.get(a) } else { second.get(b) })?;
            if order.is_le() {
                new.0.push(id);
                a += 1;
            }
            if order.is_ge() {
                new.1.push(id);
                b += 1;
            }
        }
        Ok(new)
    }
}
