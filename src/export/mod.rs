//! How does it leave?
//!
//! What was asked for is written here for other programs: a piece of the [`graph`] for those that draw networks and
//! maps, the [`links`] of a text for those that work with annotations, what has changed for those that harvest
//! ([`feeds`]), the controls of [`fragments`] and of [`incoming`] links for those that walk from page to page, references
//! for those that [`cite`], a description in the words of others ([`profiles`]), a [`tombstone`] of what is gone. The
//! archive as a whole leaves as a [`dump`] of what is public or as a [`backup`] of everything, and is told of to those who
//! look for a [`dataset`]; [`signposts`] lead from each thing to what belongs to it.
//!
//! This layer stores nothing and, but for dumps, asks nothing; it is handed what it writes, and knows nothing of HTTP.

pub mod backup;
pub mod cite;
pub mod dataset;
pub mod dump;
pub mod feeds;
pub mod fragments;
pub mod graph;
pub mod incoming;
pub mod links;
pub mod profiles;
pub mod signposts;
pub mod tombstone;
mod xml;
