//! JSON-LD for people: compacted with `ontology/context.jsonld`, whose terms are our own words.
//!
//! No library that writes it was found, so it is written here and proved by parsing it back (`tests/rdf.rs`). A value
//! that a term's definition would change on the way back goes under the full IRI of its property instead.

use std::collections::{BTreeMap, HashMap, HashSet};

use oxigraph::model::{Literal, Quad, Term, vocab::xsd};
use serde_json::{Map, Value, json};

use super::{Ontology, vocab::rdf};

/// The context, read once.
#[derive(Clone, Debug)]
pub struct JsonLd {
    context: Value,
    terms: HashMap<String, Definition>,
    prefixes: BTreeMap<String, String>,
}

/// The context is not what it should be.
#[derive(Debug, thiserror::Error)]
pub enum ContextError {
    /// It is not JSON.
    #[error("ontology/context.jsonld does not parse")]
    Json(#[from] serde_json::Error),
    /// It has no `@context` object.
    #[error("ontology/context.jsonld has no @context object")]
    Shape,
}

/// How one property is written.
#[derive(Clone, Debug, Default)]
struct Definition {
    term: String,
    datatype: Option<String>,
    languages: bool,
    lists_always: bool,
}

impl JsonLd {
    /// Reads the context of an ontology.
    pub fn new(ontology: &Ontology) -> Result<Self, ContextError> {
        let file: Value = serde_json::from_str(&ontology.context())?;
        let context = file.get("@context").ok_or(ContextError::Shape)?;
        let entries = context.as_object().ok_or(ContextError::Shape)?;
        let mut prefixes = BTreeMap::new();
        for (name, value) in entries {
            if let Some(iri) = value.as_str().filter(|iri| iri.ends_with(['#', '/', ':'])) {
                prefixes.insert(name.clone(), iri.to_owned());
            }
        }
        let mut json_ld = Self { context: context.clone(), terms: HashMap::new(), prefixes };
        for (name, value) in entries.iter().filter(|(name, _)| !name.starts_with('@')) {
            json_ld.read_term(name, value);
        }
        Ok(json_ld)
    }

    fn read_term(&mut self, name: &str, value: &Value) {
        let id = value.as_str().or_else(|| value.get("@id").and_then(Value::as_str));
        let Some(id) = id.filter(|_| !self.prefixes.contains_key(name)) else { return };
        let containers: Vec<&str> = match value.get("@container") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        let datatype = value.get("@type").and_then(Value::as_str).map(|datatype| self.expand(datatype));
        let definition = Definition {
            term: name.to_owned(),
            datatype,
            languages: containers.contains(&"@language"),
            lists_always: containers.contains(&"@set"),
        };
        self.terms.insert(self.expand(id), definition);
    }

    fn expand(&self, name: &str) -> String {
        match name.split_once(':') {
            Some((prefix, local)) => match self.prefixes.get(prefix) {
                Some(iri) => format!("{iri}{local}"),
                None => name.to_owned(),
            },
            None => name.to_owned(),
        }
    }

    /// The triples of some quads as one document, a node for each subject in the order they come.
    #[must_use]
    pub fn document(&self, quads: &[Quad]) -> Value {
        let mut order = Vec::new();
        let mut nodes: HashMap<String, Map<String, Value>> = HashMap::new();
        let mut seen = HashSet::new();
        for quad in quads {
            if !seen.insert((&quad.subject, &quad.predicate, &quad.object)) {
                continue;
            }
            let subject = node_id(&quad.subject.clone().into());
            let node = nodes.entry(subject.clone()).or_insert_with(|| {
                order.push(subject.clone());
                Map::from_iter([("@id".to_owned(), Value::from(subject.clone()))])
            });
            self.add(node, quad);
        }
        let graph: Vec<Value> = order.iter().filter_map(|subject| nodes.remove(subject).map(Value::Object)).collect();
        json!({ "@context": self.context, "@graph": graph })
    }

    fn add(&self, node: &mut Map<String, Value>, quad: &Quad) {
        if let (true, Term::NamedNode(class)) = (quad.predicate == rdf::TYPE, &quad.object) {
            push(node, "@type", Value::from(self.compact_class(class.as_str())), false);
            return;
        }
        let property = quad.predicate.as_str();
        let definition = self.terms.get(property);
        match (definition, &quad.object) {
            (Some(term), Term::NamedNode(iri)) if term.datatype.as_deref() == Some("@id") => {
                push(node, &term.term, Value::from(iri.as_str()), term.lists_always);
            }
            (Some(term), Term::Literal(literal)) if term.languages => {
                let Some(lang) = literal.language() else { return Self::plain(node, property, &quad.object) };
                let map = node.entry(term.term.clone()).or_insert_with(|| Value::Object(Map::new()));
                if let Value::Object(map) = map {
                    push(map, lang, Value::from(literal.value()), term.lists_always);
                }
            }
            (Some(term), Term::Literal(literal)) if term.datatype.as_deref() == Some(literal.datatype().as_str()) => {
                push(node, &term.term, Value::from(literal.value()), term.lists_always);
            }
            (Some(term), object) if term.datatype.is_none() && !term.languages => {
                push(node, &term.term, value(object), term.lists_always);
            }
            (_, object) => Self::plain(node, property, object),
        }
    }

    /// Under the full IRI of the property no definition applies.
    fn plain(node: &mut Map<String, Value>, property: &str, object: &Term) {
        let property = if property == rdf::TYPE.as_str() { "@type" } else { property };
        push(node, property, value(object), false);
    }

    fn compact_class(&self, iri: &str) -> String {
        match self.terms.get(iri) {
            Some(term) => term.term.clone(),
            None => self.prefixed(iri),
        }
    }

    fn prefixed(&self, iri: &str) -> String {
        let found = self.prefixes.iter().find_map(|(prefix, namespace)| {
            let local = iri.strip_prefix(namespace.as_str())?;
            let plain = !local.is_empty() && local.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            plain.then(|| format!("{prefix}:{local}"))
        });
        found.unwrap_or_else(|| iri.to_owned())
    }
}

/// Adds a value: alone, or to a list.
fn push(object: &mut Map<String, Value>, key: &str, value: Value, always_list: bool) {
    match object.get_mut(key) {
        None if always_list => {
            object.insert(key.to_owned(), Value::Array(vec![value]));
        }
        None => {
            object.insert(key.to_owned(), value);
        }
        Some(Value::Array(list)) => list.push(value),
        Some(one) => *one = Value::Array(vec![one.take(), value]),
    }
}

fn node_id(term: &Term) -> String {
    match term {
        Term::NamedNode(iri) => iri.as_str().to_owned(),
        other => other.to_string(),
    }
}

/// A value that says everything about itself.
fn value(term: &Term) -> Value {
    match term {
        Term::Literal(literal) => literal_value(literal),
        node => json!({ "@id": node_id(node) }),
    }
}

fn literal_value(literal: &Literal) -> Value {
    let words = literal.value();
    if let Some(lang) = literal.language() {
        return json!({ "@value": words, "@language": lang });
    }
    if literal.datatype() == xsd::STRING {
        return Value::from(words);
    }
    json!({ "@value": words, "@type": literal.datatype().as_str() })
}
