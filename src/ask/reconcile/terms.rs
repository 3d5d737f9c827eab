//! The types and properties of things, as the ontology has them.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Term};

use crate::{
    model::{Lang, Text},
    rdf::{Ontology, prefixes},
};

/// The classes whose things are reconciled.
const ROOTS: [&str; 4] = ["Agent", "Place", "Event", "Document"];

/// Properties of others that things have, the label in English and Arabic, and whether documents have them.
const OTHERS: [(&str, &str, &str); 9] = [
    ("rdfs:label", "label", "\u{627}\u{644}\u{627}\u{633}\u{645}"),
    ("skos:altLabel", "other name", "\u{627}\u{633}\u{645} \u{622}\u{62E}\u{631}"),
    ("skos:note", "note", "\u{645}\u{644}\u{627}\u{62D}\u{638}\u{629}"),
    (
        "skos:exactMatch",
        "same in other collections",
        "\u{646}\u{641}\u{633}\u{647} \u{641}\u{64A} \u{645}\u{62C}\u{645}\u{648}\u{639}\u{627}\u{62A} \u{623}\u{62E}\u{631}\u{649}",
    ),
    ("dct:title", "title", "\u{627}\u{644}\u{639}\u{646}\u{648}\u{627}\u{646}"),
    (
        "dct:issued",
        "date of issue",
        "\u{62A}\u{627}\u{631}\u{64A}\u{62E} \u{627}\u{644}\u{625}\u{635}\u{62F}\u{627}\u{631}",
    ),
    ("dct:language", "language", "\u{627}\u{644}\u{644}\u{63A}\u{629}"),
    (
        "org:subOrganizationOf",
        "part of the organization",
        "\u{62C}\u{632}\u{621} \u{645}\u{646} \u{645}\u{646}\u{638}\u{645}\u{629}",
    ),
    ("cito:cites", "cites", "\u{64A}\u{633}\u{62A}\u{634}\u{647}\u{62F} \u{628}\u{640}"),
];

/// For whom the properties of others are, where not for all.
const OF: [(&str, &str); 5] = [
    ("dct:title", "Document"),
    ("dct:issued", "Document"),
    ("dct:language", "Document"),
    ("org:subOrganizationOf", "Organization"),
    ("cito:cites", "Document"),
];

/// A class of things.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Type {
    /// Its local name.
    pub id: String,
    /// What it is called.
    pub label: Text,
    /// What it is.
    pub comment: Text,
    /// The classes of ours directly above it.
    pub broader: Vec<String>,
}

/// A property of things.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Property {
    /// Its local name, with a prefix where it is not ours.
    pub id: String,
    /// Its IRI.
    pub iri: NamedNode,
    /// What it is called.
    pub label: Text,
    /// What it says.
    pub comment: Text,
    /// The classes of what has it; of anything where there are none.
    pub domain: Vec<String>,
    /// The classes of its values.
    pub range: Vec<String>,
}

/// All types and properties.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    types: BTreeMap<String, Type>,
    properties: BTreeMap<String, Property>,
}

impl Terms {
    /// Reads them from the ontology.
    #[must_use]
    pub fn of(ontology: &Ontology) -> Self {
        let mut all: BTreeMap<String, Described> = BTreeMap::new();
        let iris = ontology.iris();
        let local = |iri: &str| iris.relative(iri)?.strip_prefix("ontology#").map(str::to_owned);
        for quad in &ontology.graphs()["ontology"] {
            let NamedOrBlankNode::NamedNode(subject) = &quad.subject else { continue };
            let Some(name) = local(subject.as_str()) else { continue };
            let predicate = quad.predicate.as_str().rsplit(['#', '/']).next().unwrap_or_default();
            all.entry(name).or_default().take(predicate, &quad.object, local);
        }
        let is_type = |name: &str| ontology.with_superclasses(name).any(|above| ROOTS.contains(&above));
        let mut terms = Self::default();
        for (id, described) in all {
            let Described { label, comment, broader, domain, range, is_class, is_property } = described;
            if is_class && is_type(&id) {
                terms.types.insert(id.clone(), Type { id, label, comment, broader });
            } else if is_property && !ontology.is_claim_predicate(&id) {
                let iri = iris.term(&id);
                terms.properties.insert(id.clone(), Property { id, iri, label, comment, domain, range });
            }
        }
        for (id, en, ar) in OTHERS {
            let label = Text::from([(Lang::en(), en.to_owned()), (Lang::ar(), ar.to_owned())]);
            let domain = OF.iter().filter(|(of, _)| *of == id).map(|(_, class)| (*class).to_owned()).collect();
            let Some(iri) = expanded(id) else { continue };
            let property = Property { id: id.to_owned(), iri, label, comment: Text::new(), domain, range: Vec::new() };
            terms.properties.insert(id.to_owned(), property);
        }
        for class in terms.types.values_mut() {
            class.broader.retain(|above| is_type(above));
        }
        terms
    }

    /// Every type, in order of the names.
    pub fn types(&self) -> impl Iterator<Item = &Type> {
        self.types.values()
    }

    /// Every property, in order of the identifiers.
    pub fn properties(&self) -> impl Iterator<Item = &Property> {
        self.properties.values()
    }

    /// A type by its local name.
    #[must_use]
    pub fn class(&self, id: &str) -> Option<&Type> {
        self.types.get(id)
    }

    /// A type by its local name or IRI.
    #[must_use]
    pub fn type_of(&self, text: &str) -> Option<&Type> {
        self.types.get(text.rsplit_once("ontology#").map_or(text, |(_, local)| local))
    }

    /// A property by its identifier or IRI, ours also by its name with our prefix.
    #[must_use]
    pub fn property(&self, text: &str) -> Option<&Property> {
        let bare = text.strip_prefix("isn:").unwrap_or(text);
        self.properties.get(bare).or_else(|| self.properties.values().find(|property| property.iri.as_str() == text))
    }

    /// The properties that things of a type may have: those of the type and of all above it, then those of anything.
    pub fn of_type<'a>(&'a self, class: &str, ontology: &Ontology) -> impl Iterator<Item = &'a Property> {
        let above: BTreeSet<String> = ontology.with_superclasses(class).map(str::to_owned).collect();
        self.properties().filter(move |property| {
            property.domain.iter().any(|class| above.contains(class))
                || property.domain.is_empty() && property.id.contains(':')
        })
    }
}

fn expanded(id: &str) -> Option<NamedNode> {
    let (prefix, local) = id.split_once(':')?;
    let (_, iri) = prefixes().iter().find(|(known, _)| *known == prefix)?;
    Some(NamedNode::new_unchecked(format!("{iri}{local}")))
}

/// What the ontology says of a term.
#[derive(Default)]
struct Described {
    label: Text,
    comment: Text,
    broader: Vec<String>,
    domain: Vec<String>,
    range: Vec<String>,
    is_class: bool,
    is_property: bool,
}

impl Described {
    fn take(&mut self, predicate: &str, object: &Term, local: impl Fn(&str) -> Option<String>) {
        let words = |text: &mut Text| {
            if let Term::Literal(literal) = object
                && let Some(lang) = literal.language().and_then(|tag| tag.parse().ok())
            {
                text.insert(lang, literal.value().to_owned());
            }
        };
        let class = match object {
            Term::NamedNode(iri) => Some(iri.as_str()),
            _ => None,
        };
        let own = || class.and_then(&local);
        match predicate {
            "label" => words(&mut self.label),
            "comment" => words(&mut self.comment),
            "subClassOf" => self.broader.extend(own()),
            "domain" => self.domain.extend(own()),
            "range" => self.range.extend(own()),
            "type" => {
                self.is_class |= class.is_some_and(|class| class.ends_with("#Class"));
                self.is_property |= class.is_some_and(|class| class.ends_with("Property"));
            }
            _ => {}
        }
    }
}
