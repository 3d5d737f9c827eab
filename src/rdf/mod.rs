//! How is it said in triples?
//!
//! This layer turns the things of [`model`](crate::model) into quads and gives them their IRIs; it holds the
//! ontology, its vocabularies and shapes, and it knows every RDF syntax by name. What is claimed is written as
//! propositions that nobody asserts, so that every public triple stays true when graph names are lost.
//!
//! It knows no store, no file that comes in and no network.

mod canonical;
pub mod depth;
pub mod describe;
pub mod entities;
mod format;
mod iri;
mod jsonld;
mod manifest;
mod ontology;
mod packing;
pub mod read;
pub mod rules;
mod shapes;
pub mod vocab;
pub mod write;

pub(crate) use canonical::hex;
pub use canonical::{Canonical, canonicalize};
pub use format::{AnswerFormat, GraphFormat, SolutionsFormat};
pub use iri::{BaseError, Iris};
pub use jsonld::{ContextError, JsonLd};
pub use manifest::{GraphRecord, Manifest, Part, Summary};
pub use ontology::{Concept, Ontology, OntologyError};
pub use packing::{Packer, Packing};
pub use shapes::{Finding, Shapes, ShapesError};
pub use vocab::prefixes;
