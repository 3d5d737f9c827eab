//! What a page of a triple pattern fragment says of itself: its number of triples, and the hypermedia controls by which
//! a client asks for others (Hydra).

use oxigraph::model::{
    GraphName, Literal, NamedNode, Quad, Term,
    vocab::{rdf, xsd},
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::ask::fragments::{Fragment, PAGE};

const HYDRA: &str = "http://www.w3.org/ns/hydra/core#";
const VOID: &str = "http://rdfs.org/ns/void#";

/// What may not stand in an IRI, though it may in an address that somebody sends.
const NOT_IN_IRIS: &AsciiSet =
    &CONTROLS.add(b' ').add(b'"').add(b'<').add(b'>').add(b'\\').add(b'^').add(b'`').add(b'{').add(b'|').add(b'}');

/// Where the fragment is, and what is around it.
#[derive(Clone, Debug)]
pub struct Addresses {
    here: String,
    /// The fragment without a page.
    fragment: NamedNode,
    /// The page, exactly as it was asked for: clients find the controls by it.
    page: NamedNode,
}

impl Addresses {
    /// The addresses of a request: where the service is, the query as it was sent, and the terms that were given.
    #[must_use]
    pub fn of(here: &str, query: &str, given: &[(String, String)]) -> Self {
        let encode = |text: &str| utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        let given: Vec<String> = given.iter().map(|(name, value)| format!("{name}={}", encode(value))).collect();
        let address = |query: &str| {
            let mark = if query.is_empty() { "" } else { "?" };
            let query = utf8_percent_encode(query, NOT_IN_IRIS);
            NamedNode::new_unchecked(format!("{here}fragments{mark}{query}"))
        };
        Self { here: here.to_owned(), fragment: address(&given.join("&")), page: address(query) }
    }

    /// The address of the page.
    #[must_use]
    pub fn page(&self) -> &str {
        self.page.as_str()
    }

    fn numbered(&self, page: u64) -> NamedNode {
        let mark = if self.fragment.as_str().contains('?') { '&' } else { '?' };
        NamedNode::new_unchecked(format!("{}{mark}page={page}", self.fragment.as_str()))
    }

    /// What the page says of itself, in its own graph.
    #[must_use]
    pub fn controls(&self, found: &Fragment, page: u64) -> Vec<Quad> {
        let own = |path: &str| NamedNode::new_unchecked(format!("{}fragments#{path}", self.here));
        let hydra = |term: &str| NamedNode::new_unchecked(format!("{HYDRA}{term}"));
        let void = |term: &str| NamedNode::new_unchecked(format!("{VOID}{term}"));
        let (metadata, dataset, search) = (own("metadata"), own("dataset"), own("search"));
        let graph = GraphName::NamedNode(metadata.clone());
        let mut quads = Vec::new();
        let mut say = |subject: &NamedNode, predicate: NamedNode, object: Term| {
            quads.push(Quad::new(subject.clone(), predicate, object, graph.clone()));
        };
        let a = || rdf::TYPE.into_owned();
        let number = |number: u64| Term::from(Literal::new_typed_literal(number.to_string(), xsd::INTEGER));
        let topic = NamedNode::new_unchecked("http://xmlns.com/foaf/0.1/primaryTopic");
        say(&metadata, topic, self.page.clone().into());
        say(&dataset, a(), void("Dataset").into());
        say(&dataset, a(), hydra("Collection").into());
        say(&dataset, void("subset"), self.page.clone().into());
        say(&dataset, hydra("search"), search.clone().into());
        let template = format!("{}fragments{{?subject,predicate,object}}", self.here);
        say(&search, hydra("template"), Literal::new_simple_literal(template).into());
        say(&search, hydra("variableRepresentation"), hydra("ExplicitRepresentation").into());
        for (variable, property) in [("subject", rdf::SUBJECT), ("predicate", rdf::PREDICATE), ("object", rdf::OBJECT)]
        {
            let mapping = own(variable);
            say(&search, hydra("mapping"), mapping.clone().into());
            say(&mapping, hydra("variable"), Literal::new_simple_literal(variable).into());
            say(&mapping, hydra("property"), property.into_owned().into());
        }
        say(&self.page, a(), hydra("PartialCollectionView").into());
        say(&self.fragment, void("subset"), self.page.clone().into());
        say(&self.page, hydra("totalItems"), number(found.total.count));
        say(&self.page, void("triples"), number(found.total.count));
        say(&self.page, hydra("itemsPerPage"), number(PAGE));
        say(&self.page, hydra("first"), self.numbered(1).into());
        if page > 1 {
            say(&self.page, hydra("previous"), self.numbered(page - 1).into());
        }
        if found.has_next {
            say(&self.page, hydra("next"), self.numbered(page + 1).into());
        }
        if !found.total.is_exact {
            let words = Literal::new_language_tagged_literal_unchecked("At least so many triples", "en");
            say(&self.page, NamedNode::new_unchecked("http://www.w3.org/2000/01/rdf-schema#comment"), words.into());
        }
        quads
    }
}
