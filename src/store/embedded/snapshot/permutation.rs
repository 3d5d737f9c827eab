//! The quads in one order: where each first number begins, and the other three side by side.

use std::{io, ops::Range};

use super::column::{Column, Section, number};

/// Subject, predicate, object and graph, as numbers.
pub(super) type Quad = [u32; 4];

/// The places of a quad.
pub(super) const SUBJECT: usize = 0;
pub(super) const PREDICATE: usize = 1;
pub(super) const OBJECT: usize = 2;
pub(super) const GRAPH: usize = 3;

/// An order of the quads. In all but the last the graph comes last, so that a triple of several graphs stands together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Spog,
    Posg,
    Psog,
    Ospg,
    Gspo,
}

impl Order {
    pub(super) const ALL: [Self; 5] = [Self::Spog, Self::Posg, Self::Psog, Self::Ospg, Self::Gspo];

    /// The places in the order in which quads are sorted by them.
    pub(super) const fn places(self) -> [usize; 4] {
        match self {
            Self::Spog => [SUBJECT, PREDICATE, OBJECT, GRAPH],
            Self::Posg => [PREDICATE, OBJECT, SUBJECT, GRAPH],
            Self::Psog => [PREDICATE, SUBJECT, OBJECT, GRAPH],
            Self::Ospg => [OBJECT, SUBJECT, PREDICATE, GRAPH],
            Self::Gspo => [GRAPH, SUBJECT, PREDICATE, OBJECT],
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Spog => "spog",
            Self::Posg => "posg",
            Self::Psog => "psog",
            Self::Ospg => "ospg",
            Self::Gspo => "gspo",
        }
    }

    /// Whether most terms are a first number somewhere, so that there is a beginning for every term.
    pub(super) const fn is_dense(self) -> bool {
        matches!(self, Self::Spog | Self::Ospg)
    }

    pub(super) fn arrange(self, quad: Quad) -> Quad {
        self.places().map(|place| quad[place])
    }

    pub(super) fn restore(self, row: Quad) -> Quad {
        let mut quad = row;
        for (number, place) in row.into_iter().zip(self.places()) {
            quad[place] = number;
        }
        quad
    }
}

/// The quads in one order.
#[derive(Clone)]
pub(super) struct Permutation {
    /// The first numbers that there are; where the order is dense, all.
    pub(super) keys: Option<Column>,
    /// Where the rows of each begin, and where the last ends.
    pub(super) starts: Column,
    /// How many different second numbers each has.
    pub(super) pairs: Option<Column>,
    pub(super) rest: [Column; 3],
}

impl Permutation {
    pub(super) fn len(&self) -> usize {
        self.rest[0].len()
    }

    /// The position of a first number among those there are.
    pub(super) fn group(&self, key: u32) -> Option<usize> {
        match &self.keys {
            Some(keys) => keys.find(key),
            None => Some(key as usize).filter(|group| group + 1 < self.starts.len()),
        }
    }

    pub(super) fn rows_of(&self, group: usize) -> Range<usize> {
        self.starts.get(group) as usize..self.starts.get(group + 1) as usize
    }

    /// The rows that begin with some numbers.
    pub(super) fn range(&self, prefix: &[u32]) -> Range<usize> {
        let Some((key, others)) = prefix.split_first() else { return 0..self.len() };
        let Some(group) = self.group(*key) else { return 0..0 };
        let mut range = self.rows_of(group);
        for (column, number) in self.rest.iter().zip(others) {
            if range.is_empty() {
                break;
            }
            range = column.span(range, *number);
        }
        range
    }

    /// The rows of a range, all of which have one first number if it is given.
    pub(super) fn rows(&self, range: Range<usize>, key: Option<u32>) -> Rows<'_> {
        // Before the first group: the first step goes into it.
        Rows { permutation: self, range, key, group: 0, end: 0 }
    }
}

/// Rows, one after the other.
#[derive(Clone)]
pub(super) struct Rows<'a> {
    permutation: &'a Permutation,
    range: Range<usize>,
    key: Option<u32>,
    /// The next group, where the first number changes on the way.
    group: usize,
    end: usize,
}

impl Rows<'_> {
    fn key(&mut self, at: usize) -> u32 {
        if let Some(key) = self.key {
            return key;
        }
        while at >= self.end {
            self.group += 1;
            self.end = self.permutation.starts.get(self.group) as usize;
        }
        let group = self.group - 1;
        self.permutation.keys.as_ref().map_or_else(|| number(group), |keys| keys.get(group))
    }
}

impl Iterator for Rows<'_> {
    type Item = Quad;

    fn next(&mut self) -> Option<Quad> {
        let at = self.range.next()?;
        let key = self.key(at);
        let [b, c, d] = &self.permutation.rest;
        Some([key, b.get(at), c.get(at), d.get(at)])
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.range.size_hint()
    }
}

/// The sections of an order that is being written.
pub(super) struct PermutationWriter {
    pub(super) keys: Option<Section>,
    pub(super) starts: Section,
    pub(super) pairs: Option<Section>,
    pub(super) rest: [Section; 3],
    last: Option<Quad>,
    /// How many different second numbers the last first number had so far.
    seconds: u32,
    rows: u32,
    groups: u32,
    next_key: u32,
}

impl PermutationWriter {
    pub(super) fn new(keys: Option<Section>, starts: Section, pairs: Option<Section>, rest: [Section; 3]) -> Self {
        Self { keys, starts, pairs, rest, last: None, seconds: 0, rows: 0, groups: 0, next_key: 0 }
    }

    /// Writes the next row; one that is there already is left out.
    pub(super) fn push(&mut self, row: Quad) -> io::Result<()> {
        if self.last == Some(row) {
            return Ok(());
        }
        if self.rows == u32::MAX {
            return Err(io::Error::other("there are more quads than numbers for them"));
        }
        if self.last.is_none_or(|last| last[0] != row[0]) {
            self.begin(row[0])?;
        } else if self.last.is_some_and(|last| last[1] != row[1]) {
            self.seconds += 1;
        }
        for (column, number) in self.rest.iter_mut().zip(&row[1..]) {
            column.push(*number)?;
        }
        self.rows += 1;
        self.last = Some(row);
        Ok(())
    }

    fn begin(&mut self, key: u32) -> io::Result<()> {
        if let Some(keys) = &mut self.keys {
            keys.push(key)?;
            self.starts.push(self.rows)?;
            self.end_group()?;
        } else {
            self.fill(key)?;
        }
        self.groups += 1;
        self.seconds = 1;
        Ok(())
    }

    fn end_group(&mut self) -> io::Result<()> {
        match &mut self.pairs {
            Some(pairs) if self.groups > 0 => pairs.push(self.seconds),
            _ => Ok(()),
        }
    }

    /// Has every number up to this one begin here.
    fn fill(&mut self, key: u32) -> io::Result<()> {
        while self.next_key <= key {
            self.starts.push(self.rows)?;
            self.next_key += 1;
        }
        Ok(())
    }

    /// Ends the writing, and gives the numbers of rows and of different first numbers.
    pub(super) fn end(&mut self, terms: u32) -> io::Result<(u32, u32)> {
        if self.keys.is_some() {
            self.end_group()?;
            self.starts.push(self.rows)?;
        } else {
            self.fill(terms)?;
        }
        Ok((self.rows, self.groups))
    }
}
