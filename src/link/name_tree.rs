//! Where are names looked up, word by word?
//!
//! The words of all names form a tree. Its edges stand in one open-addressed table, by the node they leave and the
//! hash of the word they carry, so that a step is one load, and most words of a text, which begin no name, are
//! turned away by one bit. (An automaton over characters was measured against this: it reads every character of
//! the text a second time, takes ten times as long to build, and finds names inside words, all to be dropped.)
//!
//! A word is known by 64 bits. That two words of a dictionary and a text collide by chance is less likely than a
//! fault of the machine; nothing but a wrong link would come of it.

use super::tokens::Token;

/// The node that every walk begins at.
pub(super) const ROOT: u32 = 0;

#[derive(Clone, Copy, Debug, Default)]
struct Slot {
    /// The edge; 0 where the slot is free.
    edge: u64,
    value: u32,
}

/// A table from an edge to a value.
#[derive(Clone, Debug, Default)]
pub(super) struct Slots {
    all: Vec<Slot>,
    used: usize,
    /// A bit for every edge that leaves the root.
    bits: Vec<u64>,
    /// Those edges, as long as the table grows.
    roots: Vec<u64>,
}

/// The edge that leaves a node with a word.
#[inline]
fn edge(node: u32, hash: u64) -> u64 {
    let mixed = (hash ^ u64::from(node).wrapping_mul(0xD6E8_FEB8_6659_FD93)).wrapping_mul(0x9FB2_1C65_1E98_DF25);
    (mixed ^ (mixed >> 29)).max(1)
}

impl Slots {
    /// The value of an edge.
    #[inline]
    pub(super) fn get(&self, node: u32, hash: u64) -> Option<u32> {
        let edge = edge(node, hash);
        if node == ROOT && !self.may_begin(edge) {
            return None;
        }
        let mask = self.all.len().checked_sub(1)?;
        let mut at = place(edge) & mask;
        loop {
            let slot = self.all[at];
            if slot.edge == edge {
                return Some(slot.value);
            }
            if slot.edge == 0 {
                return None;
            }
            at = (at + 1) & mask;
        }
    }

    #[inline]
    fn may_begin(&self, edge: u64) -> bool {
        let Some(mask) = self.bits.len().checked_sub(1) else { return false };
        self.bits[place(edge >> 6) & mask] >> (edge & 63) & 1 != 0
    }

    /// Enters an edge with this value, or gives the value that it has.
    pub(super) fn enter(&mut self, node: u32, hash: u64, value: u32) -> u32 {
        if self.used * 2 >= self.all.len() {
            self.grow();
        }
        let edge = edge(node, hash);
        let mask = self.all.len() - 1;
        let mut at = place(edge) & mask;
        while self.all[at].edge != 0 {
            if self.all[at].edge == edge {
                return self.all[at].value;
            }
            at = (at + 1) & mask;
        }
        self.all[at] = Slot { edge, value };
        self.used += 1;
        if node == ROOT {
            self.roots.push(edge);
            self.set(edge);
        }
        value
    }

    fn grow(&mut self) {
        let size = (self.all.len() * 2).max(16);
        let old = std::mem::replace(&mut self.all, vec![Slot::default(); size]);
        for slot in old.into_iter().filter(|slot| slot.edge != 0) {
            let mut at = place(slot.edge) & (size - 1);
            while self.all[at].edge != 0 {
                at = (at + 1) & (size - 1);
            }
            self.all[at] = slot;
        }
        self.spread(size / 8);
    }

    /// Ends the growth: as many bits as serve the edges that there are.
    pub(super) fn seal(&mut self) {
        self.spread(self.roots.len() / 4);
        self.roots = Vec::new();
    }

    /// Sets the bits anew, in at least so many words.
    fn spread(&mut self, words: usize) {
        self.bits = vec![0; words.next_power_of_two()];
        let roots = std::mem::take(&mut self.roots);
        for &edge in &roots {
            self.set(edge);
        }
        self.roots = roots;
    }

    fn set(&mut self, edge: u64) {
        let mask = self.bits.len() - 1;
        self.bits[place(edge >> 6) & mask] |= 1 << (edge & 63);
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.all.capacity() * size_of::<Slot>() + self.bits.capacity() * 8
    }
}

/// An edge as a place in a table; the tables are smaller than any machine's memory.
#[inline]
#[expect(clippy::cast_possible_truncation, reason = "the low bits are the place")]
fn place(edge: u64) -> usize {
    edge as usize
}

/// A node: the values that end there, and by which words the walk goes on.
#[derive(Clone, Copy, Debug, Default)]
struct Node {
    first: u32,
    count: u32,
    /// A bit for each word that leads on, by its hash. Most words that follow one are turned away by it, without
    /// another load.
    words: u64,
}

/// The bit of a word among those of a node.
#[inline]
fn bit(hash: u64) -> u64 {
    1 << (hash.wrapping_mul(0x9FB2_1C65_1E98_DF25) >> 58)
}

/// A tree of names with values at their ends.
#[derive(Clone, Debug)]
pub(super) struct Tree<T> {
    slots: Slots,
    nodes: Vec<Node>,
    values: Vec<T>,
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self { slots: Slots::default(), nodes: vec![Node::default()], values: Vec::new() }
    }
}

/// A tree that is still growing.
pub(super) struct Growing<T> {
    tree: Tree<T>,
    ends: Vec<(u32, T)>,
}

impl<T> Default for Growing<T> {
    fn default() -> Self {
        Self { tree: Tree::default(), ends: Vec::new() }
    }
}

impl<T> Growing<T> {
    /// Enters a value under a path of words.
    pub(super) fn enter(&mut self, path: impl IntoIterator<Item = u64>, value: T) {
        let mut node = ROOT;
        for hash in path {
            let next = u32::try_from(self.tree.nodes.len()).unwrap_or(u32::MAX);
            self.tree.nodes[node as usize].words |= bit(hash);
            node = self.tree.slots.enter(node, hash, next);
            if node == next {
                self.tree.nodes.push(Node::default());
            }
        }
        if node != ROOT {
            self.ends.push((node, value));
        }
    }

    /// The tree, with the values of a node in the order in which they were entered.
    pub(super) fn done(self) -> Tree<T> {
        let Self { mut tree, mut ends } = self;
        tree.slots.seal();
        ends.sort_by_key(|&(node, _)| node);
        for (node, value) in ends {
            let place = u32::try_from(tree.values.len()).unwrap_or(u32::MAX);
            let node = &mut tree.nodes[node as usize];
            if node.count == 0 {
                node.first = place;
            }
            node.count += 1;
            tree.values.push(value);
        }
        tree.values.shrink_to_fit();
        tree.nodes.shrink_to_fit();
        tree
    }
}

impl<T> Tree<T> {
    /// Whether nothing is in it.
    pub(super) fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// Where a word leads from a node.
    #[inline]
    pub(super) fn next(&self, node: u32, hash: u64) -> Option<u32> {
        if node != ROOT && self.nodes[node as usize].words & bit(hash) == 0 {
            return None;
        }
        self.slots.get(node, hash)
    }

    /// The values at a node.
    #[inline]
    pub(super) fn at(&self, node: u32) -> &[T] {
        let node = self.nodes[node as usize];
        &self.values[node.first as usize..(node.first + node.count) as usize]
    }

    /// All values, in the order of their nodes.
    pub(super) fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter()
    }

    /// The values under the words of a whole text.
    pub(super) fn find(&self, tokens: &[Token]) -> &[T] {
        let end = tokens.iter().try_fold(ROOT, |node, token| self.next(node, token.hash));
        end.filter(|&node| node != ROOT).map_or(&[], |node| self.at(node))
    }

    /// How many bytes it takes.
    pub(super) fn bytes(&self) -> usize {
        self.slots.bytes() + self.nodes.capacity() * size_of::<Node>() + self.values.capacity() * size_of::<T>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_entered_is_found() {
        let mut growing = Growing::default();
        for n in 0..10_000u64 {
            growing.enter([n % 100, n / 100 + 7], n);
        }
        growing.enter([5, 12], 10_000);
        let tree = growing.done();
        let find = |a, b| tree.next(ROOT, a).and_then(|node| tree.next(node, b)).map(|node| tree.at(node));
        assert_eq!(find(5, 12), Some(&[505, 10_000][..]));
        assert!((0..10_000).all(|n| find(n % 100, n / 100 + 7).is_some_and(|found| found.contains(&n))));
        assert_eq!((find(100, 7), find(5, 999)), (None, None));
        assert!(!tree.is_empty() && tree.bytes() > 0);
    }
}
