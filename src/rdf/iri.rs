//! Every IRI we mint, made in one place, relative to the base.

use oxigraph::model::{NamedNode, NamedNodeRef};
use sophia::iri::Iri;

use crate::model::Id;

/// Makes IRIs under one base and finds its way back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iris {
    base: String,
}

/// The base IRI cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` cannot be the base IRI: expected an absolute http or https IRI that ends with a slash, such as https://data.example.org/"
)]
pub struct BaseError(pub String);

impl Iris {
    /// Takes a base: an absolute `http(s)` IRI that ends with a slash and has neither query nor fragment.
    pub fn new(base: &str) -> Result<Self, BaseError> {
        let refuse = || BaseError(base.to_owned());
        let iri = Iri::new(base).map_err(|_| refuse())?;
        let rest = iri.as_str().strip_prefix("http://").or_else(|| iri.as_str().strip_prefix("https://"));
        let good =
            rest.is_some_and(|rest| rest.ends_with('/') && !rest.starts_with('/') && !rest.contains(['?', '#', '@']));
        if good { Ok(Self { base: base.to_owned() }) } else { Err(refuse()) }
    }

    /// The base.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The IRI of a path under the base. The path is ours: checked when its [`Id`] was made.
    #[must_use]
    pub fn path(&self, path: &str) -> NamedNode {
        NamedNode::new_unchecked([self.base.as_str(), path].concat())
    }

    /// The IRI of a thing or of a part of one.
    #[must_use]
    pub fn id(&self, id: &Id) -> NamedNode {
        self.path(id.as_str())
    }

    /// The IRI of a term of the ontology.
    #[must_use]
    pub fn term(&self, local: &str) -> NamedNode {
        self.path(&format!("ontology#{local}"))
    }

    /// The IRI of a concept.
    #[must_use]
    pub fn concept(&self, scheme: &str, term: &str) -> NamedNode {
        self.path(&format!("vocab/{scheme}/{term}"))
    }

    /// The graph of a document.
    #[must_use]
    pub fn document_graph(&self, document: &Id) -> NamedNode {
        self.path(&format!("graph/doc/{}", document.key()))
    }

    /// The graph of the mentions that a run found in a document.
    #[must_use]
    pub fn mention_graph(&self, document: &Id, run: &str) -> NamedNode {
        self.path(&format!("graph/mention/{}/{run}", document.key()))
    }

    /// The graph of the decisions on the links of a document, and of the assessments of it and of what is stated in it.
    #[must_use]
    pub fn review_graph(&self, document: &Id) -> NamedNode {
        self.path(&format!("graph/review/{}", document.key()))
    }

    /// The graph of the published comments on a document and on what is stated in it.
    #[must_use]
    pub fn comment_graph(&self, document: &Id) -> NamedNode {
        self.path(&format!("graph/comment/{}", document.key()))
    }

    /// The graph of a comment as it was sent, in the store that is never public.
    #[must_use]
    pub fn inbox_graph(&self, key: &str) -> NamedNode {
        self.path(&format!("graph/inbox/{key}"))
    }

    /// The graph of what is withheld in the texts of a document, in the store that is never public.
    #[must_use]
    pub fn withheld_graph(&self, document: &Id) -> NamedNode {
        self.path(&format!("graph/withheld/{}", document.key()))
    }

    /// The graph of the sensitive fields of a document, in the store that is never public.
    #[must_use]
    pub fn sensitive_graph(&self, document: &Id) -> NamedNode {
        self.path(&format!("graph/sensitive/{}", document.key()))
    }

    /// The graph of the entities that one source describes.
    #[must_use]
    pub fn authority_graph(&self, source: &str) -> NamedNode {
        self.path(&format!("graph/authority/{source}"))
    }

    /// The graph of the ontology, the vocabularies, the shapes, the provenance or the changes.
    #[must_use]
    pub fn graph(&self, name: &str) -> NamedNode {
        self.path(&format!("graph/{name}"))
    }

    /// The graph of what is written to the default graph: the default graph that is asked is the merge of all graphs.
    #[must_use]
    pub fn default_graph(&self) -> NamedNode {
        self.graph("default")
    }

    /// The identifier behind an IRI of ours.
    #[must_use]
    pub fn to_id(&self, iri: NamedNodeRef<'_>) -> Option<Id> {
        iri.as_str().strip_prefix(&self.base)?.parse().ok()
    }

    /// The path under the base, for IRIs of ours of every sort.
    #[must_use]
    pub fn relative<'a>(&self, iri: &'a str) -> Option<&'a str> {
        iri.strip_prefix(&self.base)
    }

    /// Reads what a person may give for a thing: its identifier or its whole IRI.
    #[must_use]
    pub fn parse_id(&self, text: &str) -> Option<Id> {
        self.relative(text).unwrap_or(text).parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_must_be_absolute_and_end_with_a_slash() {
        assert!(Iris::new("http://localhost:7878/").is_ok());
        for base in [
            "",
            "localhost",
            "http://localhost:7878",
            "http:///",
            "ftp://a/",
            "http://a/?x/",
            "http://a b/",
            "http://u@a/",
        ] {
            assert_eq!(Iris::new(base), Err(BaseError(base.to_owned())));
        }
    }

    #[test]
    fn an_iri_of_ours_leads_back_to_its_identifier() {
        let iris = Iris::new("https://data.example.org/").unwrap_or_else(|e| panic!("{e}"));
        let id: Id = "doc/x#text-en".parse().unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(iris.to_id(iris.id(&id).as_ref()), Some(id));
        assert_eq!(iris.to_id(NamedNodeRef::new_unchecked("https://elsewhere.example/doc/x")), None);
    }
}
