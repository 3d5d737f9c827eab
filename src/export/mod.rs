//! How does it leave?
//!
//! What was asked for is written here for other programs: a piece of the [`graph`] for those that draw networks and
//! maps, the [`links`] of a text for those that work with annotations. The archive as a whole leaves as a [`dump`].
//!
//! This layer stores nothing and, but for dumps, asks nothing; it is handed what it writes, and knows nothing of HTTP.

pub mod dump;
pub mod graph;
pub mod links;
