//! What is derived from the store so that it answers fast?
//!
//! An index of words ([`text`]), one of places ([`places`]) who stands next to whom ([`adjacency`]) and how much there is ([`counts`]), held together
//! by [`Views`]. The store holds the truth; the views are made of what it answers over the seam, so that they are the
//! same whatever engine stands behind it, and they are kept current by reading the log of changes. Each change of theirs
//! is stamped with the change of the store that it reflects. Losing them loses nothing: they are made anew when they are
//! missing, damaged, of another archive, or ahead of the log.
//!
//! They never answer for a state that the engine has not committed, and they know no query language.

pub mod adjacency;
pub mod counts;
mod follow;
pub mod places;
mod source;
pub mod text;

pub use follow::{Following, Views};
