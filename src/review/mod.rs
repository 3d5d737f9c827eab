//! Which links should a person look at first, and what may they decide?
//!
//! Proposed links are gathered into cases ([`Cases`]): the same words, folded, that are taken to name the same thing.
//! One decision settles a case. [`prepare()`] and [`undo`] hold a decision against what is stored and say what it would
//! apply to.
//!
//! Nothing is written here: the archive itself writes decisions down and carries them out.

mod cases;
mod prepare;

pub use cases::{Case, Cases, Example, Figures, Filter, Page};
pub use prepare::{Applies, Prepared, Refusal, Request, prepare, undo};
