//! What does an archive talk about?
//!
//! Documents, the people, organizations, places and events they speak of, the words that name them
//! ([`Mention`]), what they claim ([`Claim`]) and what others think of that ([`Assessment`], [`Decision`], [`Comment`]). The words
//! are those of `ontology/isnad.ttl`, written the same way in JSON and YAML.
//!
//! This layer knows no RDF, no file format, no store and no network.

mod assessment;
mod claim;
mod comment;
mod date;
mod decision;
mod document;
mod entity;
mod id;
mod mention;
mod resemblance;
mod text;
mod withheld;

pub use assessment::{Assessment, Reliability};
pub use claim::{Bound, Claim, ClaimKind, Proposition, Stance, Value};
pub use comment::{Comment, CommentKind, CommentState, Sender};
pub use date::{Date, DateError};
pub use decision::{Decision, Reviewed, Scope, Verdict};
pub use document::{Citation, Code, Document, Explicitness, Field, LayerRole, Reference, TextLayer};
pub use entity::{Detail, Entity, EventKind, Point, Tenure, Within};
pub use id::{Id, IdError, Kind};
pub use mention::{Candidate, Features, Key, Mention, MentionKind, Rule, Target};
pub use resemblance::{ResemblanceKind, resemblance_id};
pub use text::{Lang, LangError, Source, Text, Texts};
pub use withheld::{MASK, Redaction, Sensitive, masked, places};
