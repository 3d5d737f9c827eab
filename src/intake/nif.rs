//! What does a file in the NLP Interchange Format say? Each of its contexts is a text, and becomes a document.
//!
//! The links that it carries are somebody else's: they are held against the text, counted and told, and not taken over.
//! What the text names is found here, with evidence of our own.

use std::collections::BTreeMap;

use oxigraph::{
    io::{RdfFormat, RdfParser, RdfSyntaxError},
    model::{NamedOrBlankNode, Quad, Term},
};

use super::{
    Error, File, Notice, Record,
    page::{self, Known},
    text::{digest, is_refused, language_named, nfc, slug},
};

const NIF: &str = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#";
const LINK: &str = "http://www.w3.org/2005/11/its/rdf#taIdentRef";
const SOURCES: [&str; 2] =
    ["http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#sourceUrl", "http://purl.org/dc/terms/source"];

/// What a file says of one string.
#[derive(Default)]
struct Said {
    text: Option<String>,
    lang: Option<String>,
    source: Option<String>,
    context: Option<String>,
    anchor: Option<String>,
    begin: Option<usize>,
    end: Option<usize>,
    is_linked: bool,
}

/// Reads a file in Turtle.
pub(super) fn read(file: &File<'_>, notices: &mut Vec<Notice>) -> Result<Vec<Record>, Error> {
    let mut said: BTreeMap<String, Said> = BTreeMap::new();
    for quad in RdfParser::from_format(RdfFormat::Turtle).for_slice(file.text.as_bytes()) {
        take(&mut said, &quad.map_err(|error| syntax(&error))?);
    }
    let contexts: Vec<(&String, &Said)> = said.iter().filter(|(_, said)| said.text.is_some()).collect();
    if contexts.is_empty() {
        let reason = "it has no text: expected a nif:Context with nif:isString".to_owned();
        return Err(Error::Value { key: "nif:isString".to_owned(), line: None, reason });
    }
    let several = contexts.len() > 1;
    let mut records = Vec::new();
    for (iri, context) in contexts {
        let text = nfc(context.text.as_deref().unwrap_or_default()).replace("\r\n", "\n").replace('\r', "\n");
        if text.trim().is_empty() || text.contains(is_refused) {
            let reason = format!("that of <{iri}> is empty or holds control characters: expected text");
            return Err(Error::Value { key: "nif:isString".to_owned(), line: None, reason });
        }
        tell_links(iri, context, &said, notices);
        // Two texts of one file may have the same words, but not the same name.
        let mark = digest(iri);
        let stem = match slug(file.stem) {
            Some(stem) if several => format!("{stem}-{}", &mark[..8]),
            _ => file.stem.to_owned(),
        };
        let known = Known {
            lang: context.lang.as_deref().and_then(language_named),
            address: context.source.clone(),
            ..Known::default()
        };
        let text = File { stem: &stem, text: text.trim(), ..*file };
        records.push(page::document(&text, known, notices).map(Record::Document)?);
    }
    Ok(records)
}

fn syntax(error: &RdfSyntaxError) -> Error {
    let (line, column) = error.location().map_or((1, 1), |place| (place.start.line + 1, place.start.column + 1));
    let place = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    Error::Syntax { line: place(line), column: place(column), message: error.to_string() }
}

fn take(said: &mut BTreeMap<String, Said>, quad: &Quad) {
    let subject = match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str().to_owned(),
        NamedOrBlankNode::BlankNode(node) => node.to_string(),
    };
    let said = said.entry(subject).or_default();
    let (object, tag) = match &quad.object {
        Term::NamedNode(node) => (node.as_str().to_owned(), None),
        Term::Literal(literal) => (literal.value().to_owned(), literal.language().map(ToOwned::to_owned)),
        _ => return,
    };
    match quad.predicate.as_str().strip_prefix(NIF) {
        Some("isString") => (said.text, said.lang) = (Some(object), tag),
        Some("referenceContext") => said.context = Some(object),
        Some("anchorOf") => said.anchor = Some(object),
        Some("beginIndex") => said.begin = object.parse().ok(),
        Some("endIndex") => said.end = object.parse().ok(),
        _ if quad.predicate.as_str() == LINK => said.is_linked = true,
        _ if SOURCES.contains(&quad.predicate.as_str()) && object.contains("://") => said.source = Some(object),
        _ => {}
    }
}

/// Tells how many links a text came with, and how many of them do not stand where they say.
fn tell_links(iri: &str, context: &Said, said: &BTreeMap<String, Said>, notices: &mut Vec<Notice>) {
    let text: Vec<char> = context.text.as_deref().unwrap_or_default().chars().collect();
    let own = said.values().filter(|said| said.context.as_deref() == Some(iri));
    let phrases: Vec<&Said> = own.filter(|said| said.anchor.is_some() || said.is_linked).collect();
    let misplaced = phrases.iter().filter(|phrase| {
        let slice = phrase.begin.zip(phrase.end).and_then(|(begin, end)| text.get(begin..end));
        phrase
            .anchor
            .as_deref()
            .is_some_and(|anchor| !slice.is_some_and(|slice| slice.iter().copied().eq(anchor.chars())))
    });
    let (linked, misplaced) = (phrases.iter().filter(|phrase| phrase.is_linked).count(), misplaced.count());
    if linked > 0 {
        notices.push(Notice::new(
            iri,
            format!("{linked} links came with it; they are not taken over, links are found anew"),
        ));
    }
    if misplaced > 0 {
        let message = format!("{misplaced} phrases do not stand where they say, counted in code points");
        notices.push(Notice::new(iri, message));
    }
}
