//! Which documents name which things: the one relation that is counted over whole archives.

use super::{Adjacency, Direction, Set};
use crate::model::Kind;

/// What each document names, each thing once, and by how many documents each thing is named.
#[derive(Debug, Default)]
pub struct Mentions {
    /// Where the things of each document begin; one more at the end.
    starts: Vec<u32>,
    things: Vec<u32>,
    documents: Set,
    /// By how many documents each thing is named.
    frequency: Vec<u32>,
}

impl Mentions {
    pub(super) fn of(adjacency: &Adjacency) -> Self {
        let things = u32::try_from(adjacency.len()).unwrap_or(u32::MAX);
        let mut found = Self {
            starts: Vec::with_capacity(adjacency.len() + 1),
            things: Vec::new(),
            documents: Set::none(adjacency.len()),
            frequency: vec![0; adjacency.len()],
        };
        let Some(mentions) = adjacency.mentions() else { return found };
        for document in 0..things {
            found.starts.push(u32::try_from(found.things.len()).unwrap_or(u32::MAX));
            if adjacency.kind(document) != Kind::Document {
                continue;
            }
            // They are in order, and once for each graph.
            let mut last = None;
            for edge in adjacency.edges_by(document, Direction::Out, mentions).iter() {
                if last.replace(edge.other) != Some(edge.other) {
                    found.things.push(edge.other);
                    found.frequency[edge.other as usize] += 1;
                }
            }
            if last.is_some() {
                found.documents.insert(document);
            }
        }
        found.starts.push(u32::try_from(found.things.len()).unwrap_or(u32::MAX));
        found.things.shrink_to_fit();
        found
    }

    /// The things that a document names, in order.
    #[must_use]
    pub fn named_in(&self, document: u32) -> &[u32] {
        let at = document as usize;
        match (self.starts.get(at), self.starts.get(at + 1)) {
            (Some(&start), Some(&end)) => &self.things[start as usize..end as usize],
            _ => &[],
        }
    }

    /// The documents that name anything.
    #[must_use]
    pub fn documents(&self) -> &Set {
        &self.documents
    }

    /// How many documents name a thing.
    #[must_use]
    pub fn frequency(&self, thing: u32) -> u64 {
        self.frequency.get(thing as usize).copied().unwrap_or(0).into()
    }
}
