//! The NLP Interchange Format (NIF 2.x), as GERBIL posts it and as it expects it back.
//!
//! A context holds a text; phrases are spans of it, with what they name. NIF counts code points, and so does GERBIL
//! when it writes and reads NIF; another unit may be asked for, and then holds for what comes in as well.

use std::collections::BTreeMap;

use oxigraph::{
    io::RdfSerializer,
    model::{
        Literal, NamedNode, NamedNodeRef, NamedOrBlankNode, Term, Triple,
        vocab::{rdf, xsd},
    },
};
use oxttl::TurtleParser;

use super::{Linked, Setting, count, sort};
use crate::{
    link::{Unit, slice, spans},
    model::{Mention, Target},
    rdf::{GraphFormat, vocab::isn},
};

const NIF: &str = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#";
const ITS: &str = "http://www.w3.org/2005/11/its/rdf#";

/// A text that somebody wants to be linked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The IRI of the text, without the span.
    pub about: NamedNode,
    /// The text.
    pub text: String,
    /// The spans that are to be linked, in code points and in order; none where they are to be found as well.
    pub spans: Vec<(usize, usize)>,
}

/// A document is not what it should be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {message}")]
pub struct NifError {
    /// The line, or the thing that is at fault.
    pub at: String,
    /// What is wrong with it, and what was expected.
    pub message: String,
}

fn wrong(at: &str, message: impl Into<String>) -> NifError {
    NifError { at: at.to_owned(), message: message.into() }
}

/// What a document says of one string.
#[derive(Default)]
struct Said {
    is_context: bool,
    is_phrase: bool,
    text: Option<String>,
    anchor: Option<String>,
    begin: Option<String>,
    end: Option<String>,
    context: Option<String>,
}

/// Reads the contexts of a Turtle document, in the order of their IRIs, with their phrases.
pub fn read(turtle: &str, unit: Unit) -> Result<Vec<Asked>, NifError> {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for triple in TurtleParser::new().for_slice(turtle.as_bytes()) {
        let triple = triple.map_err(|error| {
            let line = error.location().start.line + 1;
            wrong(&format!("line {line}"), error.message().to_owned())
        })?;
        take(&mut said, triple);
    }
    let contexts: Vec<(&String, &Said)> =
        said.iter().filter(|(_, said)| said.is_context || said.text.is_some()).collect();
    if contexts.is_empty() {
        return Err(wrong("the document", "it has no nif:Context: expected one with nif:isString"));
    }
    let only = (contexts.len() == 1).then(|| contexts[0].0.clone());
    let mut asked = Vec::new();
    for (iri, context) in &contexts {
        let text = context.text.clone().ok_or_else(|| wrong(iri, "the context has no nif:isString"))?;
        if text.trim().is_empty() {
            return Err(wrong(iri, "its nif:isString is empty"));
        }
        if let Some(end) = &context.end
            && end.parse() != Ok(count(&text, unit))
        {
            let length = count(&text, unit);
            return Err(wrong(iri, format!("its nif:endIndex is {end}, and its text has {length}; see `unit`")));
        }
        let mut spans = Vec::new();
        for (phrase, said) in said.iter().filter(|(_, said)| said.is_phrase) {
            if said.context.as_ref().or(only.as_ref()) == Some(*iri) {
                spans.push(span(phrase, said, &text, unit)?);
            }
        }
        spans.sort_unstable();
        let about = iri.split_once("#char=").map_or(iri.as_str(), |(about, _)| about);
        asked.push(Asked { about: NamedNode::new_unchecked(about), text, spans });
    }
    Ok(asked)
}

fn take(said: &mut BTreeMap<String, Said>, triple: Triple) {
    let subject = match &triple.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(node) => format!("urn:isnad:blank:{}", node.as_str()),
    };
    let said = said.entry(subject).or_default();
    let object = match triple.object {
        Term::NamedNode(node) => node.into_string(),
        Term::Literal(literal) => literal.value().to_owned(),
        _ => return,
    };
    if triple.predicate == rdf::TYPE {
        said.is_context |= object.strip_prefix(NIF) == Some("Context");
        said.is_phrase |= object.strip_prefix(NIF) == Some("Phrase");
        return;
    }
    let place = match triple.predicate.as_str().strip_prefix(NIF) {
        Some("isString") => &mut said.text,
        Some("anchorOf") => &mut said.anchor,
        Some("beginIndex") => &mut said.begin,
        Some("endIndex") => &mut said.end,
        Some("referenceContext") => &mut said.context,
        _ => return,
    };
    *place = Some(object);
}

/// The span of a phrase, in code points.
fn span(iri: &str, said: &Said, text: &str, unit: Unit) -> Result<(usize, usize), NifError> {
    let number = |name: &str, value: Option<&String>| {
        value
            .and_then(|value| value.parse::<usize>().ok())
            .ok_or_else(|| wrong(iri, format!("the phrase has no {name} that is a number from 0")))
    };
    let (begin, end) = (number("nif:beginIndex", said.begin.as_ref())?, number("nif:endIndex", said.end.as_ref())?);
    let words = (begin < end).then(|| slice(text, (begin, end), unit)).flatten();
    let Some(words) = words else {
        return Err(wrong(iri, format!("{begin} to {end} is not a span of its context; see `unit`")));
    };
    if said.anchor.as_deref().is_some_and(|anchor| anchor != words) {
        return Err(wrong(
            iri,
            format!("its nif:anchorOf is not `{words}`, which stands at {begin} to {end}; see `unit`"),
        ));
    }
    let before = slice(text, (0, begin), unit).unwrap_or_default().chars().count();
    Ok((before, before + words.chars().count()))
}

/// Writes texts as contexts, and their links as phrases.
pub(super) fn write(setting: &Setting, texts: &[Linked], format: GraphFormat) -> String {
    let mut serializer = RdfSerializer::from_format(format.to_rdf_format());
    if format == GraphFormat::Turtle {
        let own = setting.iris.path("ontology#");
        let prefixes = [("nif", NIF), ("itsrdf", ITS), ("isn", own.as_str()), ("xsd", XSD)];
        for (prefix, iri) in prefixes {
            // Every one of them is an IRI.
            serializer = serializer.clone().with_prefix(prefix, iri).unwrap_or(serializer);
        }
    }
    let mut writer = serializer.for_writer(Vec::new());
    for triple in texts.iter().flat_map(|linked| triples(setting, linked)) {
        // Writing to memory does not fail.
        let _ = writer.serialize_triple(triple.as_ref());
    }
    String::from_utf8(writer.finish().unwrap_or_default()).unwrap_or_default()
}

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The triples about one string after another.
struct Strings<'a> {
    setting: &'a Setting<'a>,
    base: String,
    triples: Vec<Triple>,
}

impl Strings<'_> {
    fn add(&mut self, subject: &NamedNode, namespace: &str, name: &str, object: impl Into<Term>) {
        let predicate = NamedNode::new_unchecked(format!("{namespace}{name}"));
        self.triples.push(Triple::new(subject.clone(), predicate, object));
    }

    /// A span with its type and its ends.
    fn string(&mut self, class: &str, start: usize, end: usize) -> NamedNode {
        let node = NamedNode::new_unchecked(format!("{}#char={start},{end}", self.base));
        for class in [class, "String", "RFC5147String"] {
            let class = NamedNode::new_unchecked(format!("{NIF}{class}"));
            self.triples.push(Triple::new(node.clone(), rdf::TYPE, class));
        }
        self.add(&node, NIF, "beginIndex", number(start));
        self.add(&node, NIF, "endIndex", number(end));
        node
    }

    fn phrase(&mut self, context: &NamedNode, mention: &Mention, (start, end): (usize, usize)) {
        let iris = self.setting.iris;
        let node = self.string("Phrase", start, end);
        self.add(&node, NIF, "anchorOf", Literal::new_simple_literal(&mention.exact));
        self.add(&node, NIF, "referenceContext", context.clone());
        let own = iris.path("ontology#");
        match &mention.target {
            Target::Entity(id) => self.add(&node, ITS, "taIdentRef", iris.id(id)),
            Target::Date(date) => self.add(&node, own.as_str(), isn::DATE, Literal::new_simple_literal(date.as_str())),
            Target::Nil => self.add(&node, own.as_str(), isn::NIL, Literal::from(true)),
        }
        if let Some(class) = sort(mention).and_then(super::Sort::class) {
            self.add(&node, ITS, "taClassRef", iris.term(class));
        }
        let confidence = Literal::new_typed_literal(format!("{:.3}", mention.confidence), xsd::DECIMAL);
        self.add(&node, ITS, "taConfidence", confidence);
        let annotator = NamedNode::new_unchecked(self.setting.annotator());
        self.add(&node, ITS, "taAnnotatorsRef", annotator);
    }
}

fn number(value: usize) -> Literal {
    const NON_NEGATIVE: NamedNodeRef<'_> =
        NamedNodeRef::new_unchecked("http://www.w3.org/2001/XMLSchema#nonNegativeInteger");
    Literal::new_typed_literal(value.to_string(), NON_NEGATIVE)
}

fn triples(setting: &Setting, linked: &Linked) -> Vec<Triple> {
    // A text layer is itself a fragment of its document's IRI, and of fragments there is one.
    let base = linked.about.as_str().replacen("#text-", "?lang=", 1);
    let mut strings = Strings { setting, base, triples: Vec::new() };
    let context = strings.string("Context", 0, count(&linked.text, setting.unit));
    strings.add(&context, NIF, "isString", Literal::new_simple_literal(&linked.text));
    for (mention, place) in linked.mentions.iter().zip(spans(&linked.text, &linked.mentions, setting.unit)) {
        strings.phrase(&context, mention, place);
    }
    strings.triples
}
