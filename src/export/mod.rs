//! How does it leave?
//!
//! What was asked for is written here for the programs that people have: a piece of the [`graph`] for those that draw
//! networks and maps.
//!
//! This layer asks nothing and stores nothing; it is handed what it writes, and knows nothing of HTTP.

pub mod graph;
