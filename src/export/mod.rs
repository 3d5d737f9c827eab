//! How does it leave?
//!
//! What was asked for is written here for other programs: a piece of the [`graph`] for those that draw networks and
//! maps, the [`links`] of a text for those that work with annotations, what has changed for those that harvest
//! ([`feeds`]), the controls of [`fragments`] for those that walk from page to page.
//!
//! This layer asks nothing and stores nothing; it is handed what it writes, and knows nothing of HTTP.

pub mod feeds;
pub mod fragments;
pub mod graph;
pub mod links;
mod xml;
