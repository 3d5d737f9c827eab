//! How is it followed?
//!
//! What has changed is written for each family of harvesters in its own words: [`ldes`], [`oai`], [`resourcesync`],
//! [`atom`] and the [`sitemap`] of search engines. All are handed the same items of the log
//! ([`changes`](crate::ask::changes)), so they agree.
//!
//! Addresses to be fetched are under the address by which the service was reached ([`Place`]), so that a copy behind
//! another name can be followed; the names of things are under the archive's base.

pub mod atom;
pub mod dublin_core;
pub mod ldes;
pub mod oai;
pub mod resourcesync;
pub mod sitemap;

use std::ops::RangeInclusive;

use jiff::Timestamp;
use oxigraph::model::NamedNode;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::{ask::changes::Span, rdf::Iris};

/// So many numbers of the log are on one part of a list for search engines and ResourceSync, whose limit is 50,000.
pub const PART: u64 = 10_000;

/// What an address cannot hold; non-ASCII characters are always written as bytes.
const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'`').add(b'{').add(b'}');

/// Where the service is reached, and under which names it speaks of things.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The address by which the service was reached, with a slash at the end.
    pub here: &'a str,
    /// The names.
    pub iris: &'a Iris,
}

impl Place<'_> {
    /// The address of a path.
    #[must_use]
    pub fn address(&self, path: &str) -> String {
        format!("{}{}", self.here, utf8_percent_encode(path, UNSAFE))
    }

    /// The path of a graph: `graph/doc/x`.
    fn path_of<'a>(&self, graph: &'a NamedNode) -> &'a str {
        self.iris.relative(graph.as_str()).unwrap_or_default()
    }

    /// Where a graph is had in the bytes that its digest is of.
    #[must_use]
    pub fn bytes_of(&self, graph: &NamedNode) -> String {
        self.address(&format!("resourcesync/{}.nq", self.path_of(graph)))
    }

    /// Where the page of a graph is: that of its document, with the comments on it, or else the graph itself.
    #[must_use]
    pub fn page_of(&self, graph: &NamedNode) -> String {
        let path = self.path_of(graph);
        if let Some(key) = path.strip_prefix("graph/comment/") {
            return self.address(&format!("doc/{key}#comments"));
        }
        self.address(path.strip_prefix("graph/").filter(|path| path.starts_with("doc/")).unwrap_or(path))
    }

    /// What a graph is of: its document, or else itself.
    #[must_use]
    pub fn thing_of(&self, graph: &NamedNode) -> NamedNode {
        let document = self.path_of(graph).strip_prefix("graph/").filter(|path| path.starts_with("doc/"));
        document.map_or_else(|| graph.clone(), |path| self.iris.path(path))
    }
}

/// The numbers on a part of a log that is cut into parts of a length, counted from 1; none where there is no such part.
#[must_use]
pub fn part(number: u64, length: u64, last: u64) -> Option<Span> {
    let after = number.checked_sub(1)?.checked_mul(length)?;
    (after < last || number == 1).then(|| Span { after, upto: last.min(after.saturating_add(length)) })
}

/// The parts that such a log has, one at least.
#[must_use]
pub fn parts(length: u64, last: u64) -> RangeInclusive<u64> {
    1..=last.div_ceil(length).max(1)
}

/// A moment to the second, which is what the protocols have in common.
#[must_use]
pub fn second(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_cover_the_log_and_no_more() {
        assert_eq!((parts(10, 0), parts(10, 10), parts(10, 11)), (1..=1, 1..=1, 1..=2));
        assert_eq!(part(1, 10, 0), Some(Span { after: 0, upto: 0 }));
        assert_eq!(part(2, 10, 11), Some(Span { after: 10, upto: 11 }));
        for number in [0, 3, 1_000_000_000, u64::MAX] {
            assert_eq!(part(number, 10, 11), None, "{number}");
        }
    }
}
