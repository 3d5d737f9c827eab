//! Which links should a person look at first, what may they decide, and what may be said of a document?
//!
//! Proposed links are gathered into cases ([`Cases`]): the same words, folded, that are taken to name the same thing.
//! One decision settles a case. [`prepare()`] and [`undo`] hold a decision against what is stored and say what it would
//! apply to; [`assess()`] does so for a rating, [`judge`] for a resemblance of two documents, [`receive`] and [`moderate`]
//! for a comment.
//!
//! Nothing is written here: the archive itself writes decisions down and carries them out.

mod assess;
mod cases;
mod comment;
mod prepare;
mod resemblance;

pub use assess::{Assessed, Assessor, Rate, assess, standing_of};
pub use cases::{Case, Cases, Example, Figures, Filter, Page};
pub use comment::{Correction, LONGEST, LONGEST_NAME, Letter, Moderation, moderate, receive};
pub use prepare::{Applies, Prepared, Refusal, Request, agent, prepare, undo};
pub use resemblance::{Judge, Judged, judge, undo_judgement};
