//! How does it leave?
//!
//! What was asked for is written here for the programs that people have: a piece of the [`graph`] for those that draw
//! networks and maps, and what has changed for those that harvest ([`feeds`]).
//!
//! This layer asks nothing and stores nothing; it is handed what it writes, and knows nothing of HTTP.

pub mod feeds;
pub mod graph;
mod xml;
