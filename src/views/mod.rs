//! What is derived from the store so that it answers fast?
//!
//! An index of words ([`text`]), one of places ([`places`]), who stands next to whom ([`adjacency`]), by what things are
//! sorted and counted ([`columns`]), how much there is ([`counts`]) and which change touched what ([`touched`]), held
//! together by [`Views`]. The store holds the truth; the views are made of what it answers over the seam, so that they
//! are the same whatever engine stands behind it, and they are kept current by reading the log of changes. Each change
//! of theirs is stamped with the change of the store that it reflects. Losing them loses nothing: they are made anew
//! when they are missing, damaged, of another archive, or ahead of the log.
//!
//! They never answer for a state that the engine has not committed, and they know no query language.

pub mod adjacency;
pub mod columns;
pub mod counts;
mod follow;
pub mod places;
mod source;
pub mod text;
pub mod touched;

pub use follow::{Following, Views};

/// The key of nothing.
const KEY: u64 = 0xCBF2_9CE4_8422_2325;

/// The number by which the index and the [`columns`] know an IRI, from the number of what stands before: FNV-1a, which
/// stays the same on disk.
const fn key(before: u64, text: &str) -> u64 {
    let (bytes, mut key, mut at) = (text.as_bytes(), before, 0);
    while at < bytes.len() {
        key = (key ^ bytes[at] as u64).wrapping_mul(0x0100_0000_01B3);
        at += 1;
    }
    key
}
