//! How is it asked?
//!
//! In SPARQL ([`sparql`], with [`services`] for texts, places and paths, and
//! endpoints [`outside`] where they are allowed), by address ([`resource`], with what stands
//! [`around`] it), by walking from thing to thing ([`walk`], which answers
//! with a [`Piece`] of the graph), by name ([`names`]), and by the questions that come with
//! the archive ([`saved`]), or for all that is [`public`]. What is being answered can be seen and stopped ([`running`]).
//!
//! This layer asks the [`Store`](crate::store::Store) and shapes answers; it knows nothing of HTTP and writes nothing.

pub mod around;
pub mod decisions;
pub mod labels;
pub mod linking;
pub mod names;
pub mod outside;
mod piece;
pub mod public;
pub mod resource;
pub mod running;
pub mod saved;
pub mod services;
pub mod sparql;
pub mod stored;
pub mod walk;

pub use piece::{Counts, Edge, Evidence, Node, Path, Piece};
