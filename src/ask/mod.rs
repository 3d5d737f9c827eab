//! How is it asked?
//!
//! In SPARQL ([`sparql`], with [`services`] for texts, places and walks, and endpoints [`outside`] where they are
//! allowed), by address ([`resource`], with what stands [`around`] it), one pattern
//! at a time ([`fragments`]), by words and filters ([`find`]), by a name that stands in somebody's table ([`reconcile`]),
//! by walking from thing to thing ([`walk`], which answers with a [`Piece`] of the graph), by what has changed since
//! ([`changes`]), who changed it ([`audit`]) or what became of a thing ([`fate`]), as everything stood on a day
//! ([`past`]), for all that is [`public`], by name ([`names`], [`labels`]), and by the questions that come with the archive
//! ([`saved`]). What linking and reviewing need is read back by [`linking`], [`decisions`], [`assessments`] and
//! [`comments`]. What is being answered can be seen and stopped ([`running`]).
//!
//! This layer asks the [`Store`](crate::store::Store) and shapes answers; it knows nothing of HTTP and writes nothing.

pub mod around;
pub mod assessments;
pub mod audit;
pub mod changes;
pub mod comments;
pub mod decisions;
pub mod fate;
pub mod find;
pub mod fragments;
pub mod labels;
pub mod linking;
pub mod links;
pub mod names;
pub mod originals;
pub mod outside;
pub mod past;
mod piece;
pub mod public;
pub mod reconcile;
pub mod resemblances;
pub mod resource;
pub mod running;
pub mod saved;
pub mod services;
pub mod sparql;
pub mod stored;
pub mod walk;

pub use piece::{Counts, Edge, Evidence, Node, Path, Piece};
