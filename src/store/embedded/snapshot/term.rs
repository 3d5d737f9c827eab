//! A term as bytes, such that the order of the bytes keeps kinds and types together, and dates of one type in time.
//!
//! What has a value is written as the store writes it: `01` is stored as `1`, so whoever asks for `01` means `1`.

use oxigraph::model::{
    BaseDirection, BlankNode, Literal, LiteralRef, NamedNode, NamedOrBlankNode, Term, TermRef, Triple, TripleRef,
};
use spareval::ExpressionTerm;

const BLANK: u8 = 1;
const IRI: u8 = 2;
const TEXT: u8 = 3;
/// The text, nothing, and the language; a direction after another nothing.
const WORDS: u8 = 4;
/// The number of a type that is named here, and the form.
const VALUE: u8 = 5;
/// The type, nothing, and the form.
const OTHER: u8 = 6;
/// Subject and predicate with their lengths, and the object.
const TRIPLE: u8 = 7;

const XSD: &str = "http://www.w3.org/2001/XMLSchema#";

/// The types that are written as a number. Their order is that on disk: new ones come last.
const TYPES: [&str; 17] = [
    "integer",
    "decimal",
    "double",
    "float",
    "boolean",
    "date",
    "dateTime",
    "gYear",
    "gYearMonth",
    "gMonth",
    "gMonthDay",
    "gDay",
    "time",
    "duration",
    "dayTimeDuration",
    "yearMonthDuration",
    "anyURI",
];

/// How the keys begin that [`guard`](crate::store::embedded::guard) has rows sorted by.
pub(super) const MADE: [[u8; 2]; 3] = [[IRI, 1], [TEXT, 1], [WORDS, 1]];

/// Whether a term looks like such a key.
pub(super) fn is_made(bytes: &[u8]) -> bool {
    MADE.iter().any(|start| bytes.starts_with(start))
}

/// A term as the store gives it back.
pub(super) fn normal(term: Term) -> Term {
    match &term {
        Term::Literal(literal) if literal.language().is_none() => ExpressionTerm::from(term).into(),
        Term::Triple(_) => ExpressionTerm::from(term).into(),
        _ => term,
    }
}

/// Writes a term behind what is there.
pub(super) fn encode(term: TermRef<'_>, bytes: &mut Vec<u8>) {
    match term {
        TermRef::NamedNode(iri) => put(bytes, IRI, iri.as_str()),
        TermRef::BlankNode(node) => put(bytes, BLANK, node.as_str()),
        TermRef::Literal(literal) => encode_literal(literal, bytes),
        TermRef::Triple(triple) => encode_triple(triple.as_ref(), bytes),
    }
}

fn put(bytes: &mut Vec<u8>, kind: u8, text: &str) {
    bytes.push(kind);
    bytes.extend_from_slice(text.as_bytes());
}

fn encode_literal(literal: LiteralRef<'_>, bytes: &mut Vec<u8>) {
    if let Some(language) = literal.language() {
        put(bytes, WORDS, literal.value());
        put(bytes, 0, language);
        if let Some(direction) = literal.direction() {
            put(bytes, 0, if direction == BaseDirection::Ltr { "ltr" } else { "rtl" });
        }
        return;
    }
    let datatype = literal.datatype();
    let Some(name) = datatype.as_str().strip_prefix(XSD) else {
        put(bytes, OTHER, datatype.as_str());
        return put(bytes, 0, literal.value());
    };
    if name == "string" {
        return put(bytes, TEXT, literal.value());
    }
    let Term::Literal(value) = normal(literal.into_owned().into()) else { return };
    let name = value.datatype().as_str().strip_prefix(XSD).unwrap_or(name).to_owned();
    let known = TYPES.iter().position(|known| *known == name);
    if let Some(number) = known.and_then(|number| u8::try_from(number).ok()) {
        bytes.push(VALUE);
        put(bytes, number, value.value());
    } else {
        put(bytes, OTHER, value.datatype().as_str());
        put(bytes, 0, value.value());
    }
}

fn encode_triple(triple: TripleRef<'_>, bytes: &mut Vec<u8>) {
    bytes.push(TRIPLE);
    for part in [TermRef::from(triple.subject), triple.predicate.into()] {
        let mut inside = Vec::new();
        encode(part, &mut inside);
        bytes.extend_from_slice(&u32::try_from(inside.len()).unwrap_or(u32::MAX).to_be_bytes());
        bytes.extend_from_slice(&inside);
    }
    encode(triple.object, bytes);
}

/// Reads a term; nothing if it was not written by [`encode`].
pub(super) fn decode(bytes: &[u8]) -> Option<Term> {
    let (kind, rest) = bytes.split_first()?;
    Some(match *kind {
        IRI => NamedNode::new_unchecked(text(rest)?).into(),
        BLANK => BlankNode::new_unchecked(text(rest)?).into(),
        TEXT => Literal::new_simple_literal(text(rest)?).into(),
        WORDS => decode_words(rest)?.into(),
        VALUE => {
            let (number, form) = rest.split_first()?;
            let datatype = format!("{XSD}{}", TYPES.get(usize::from(*number))?);
            Literal::new_typed_literal(text(form)?, NamedNode::new_unchecked(datatype)).into()
        }
        OTHER => {
            let end = rest.iter().position(|byte| *byte == 0)?;
            let datatype = NamedNode::new_unchecked(text(&rest[..end])?);
            Literal::new_typed_literal(text(&rest[end + 1..])?, datatype).into()
        }
        TRIPLE => decode_triple(rest)?,
        _ => return None,
    })
}

/// Reads a term for an expression, without making the type's name where that is known by number.
pub(super) fn decode_value(bytes: &[u8]) -> Option<ExpressionTerm> {
    let [VALUE, number, form @ ..] = bytes else { return decode(bytes).map(Into::into) };
    let form = std::str::from_utf8(form).ok()?;
    let value = match *TYPES.get(usize::from(*number))? {
        "integer" => form.parse().ok().map(ExpressionTerm::IntegerLiteral),
        "decimal" => form.parse().ok().map(ExpressionTerm::DecimalLiteral),
        "double" => form.parse().ok().map(ExpressionTerm::DoubleLiteral),
        "boolean" => form.parse().ok().map(ExpressionTerm::BooleanLiteral),
        "date" => form.parse().ok().map(ExpressionTerm::DateLiteral),
        "dateTime" => form.parse().ok().map(ExpressionTerm::DateTimeLiteral),
        "gYear" => form.parse().ok().map(ExpressionTerm::GYearLiteral),
        _ => None,
    };
    value.or_else(|| decode(bytes).map(Into::into))
}

/// Whether a term is a number with which is reckoned exactly: an integer or a decimal.
pub(super) fn is_exact(bytes: &[u8]) -> bool {
    matches!(bytes, [VALUE, 0 | 1, ..])
}

/// Whether a term is a text in a language.
pub(super) fn has_language(bytes: &[u8], language: &str) -> bool {
    bytes.first() == Some(&WORDS)
        && decode_words(&bytes[1..]).is_some_and(|literal| literal.language() == Some(language))
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

/// Languages and directions hold no zero, texts may.
fn decode_words(bytes: &[u8]) -> Option<Literal> {
    let (before, last) = split_last(bytes)?;
    let direction = match last {
        b"ltr" => Some(BaseDirection::Ltr),
        b"rtl" => Some(BaseDirection::Rtl),
        _ => None,
    };
    // A language may be called as a direction is; then there is no other before it that could be one.
    if let (Some(direction), Some((value, language))) = (direction, split_last(before)) {
        let is_language =
            !language.is_empty() && language.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b'-');
        if is_language {
            return Some(Literal::new_directional_language_tagged_literal_unchecked(
                text(value)?,
                text(language)?,
                direction,
            ));
        }
    }
    Some(Literal::new_language_tagged_literal_unchecked(text(before)?, text(last)?))
}

fn split_last(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = bytes.iter().rposition(|byte| *byte == 0)?;
    Some((&bytes[..at], &bytes[at + 1..]))
}

fn decode_triple(bytes: &[u8]) -> Option<Term> {
    let (subject, rest) = decode_part(bytes)?;
    let (predicate, rest) = decode_part(rest)?;
    let subject = match subject {
        Term::NamedNode(iri) => NamedOrBlankNode::from(iri),
        Term::BlankNode(node) => node.into(),
        Term::Literal(_) | Term::Triple(_) => return None,
    };
    let Term::NamedNode(predicate) = predicate else { return None };
    Some(Term::Triple(Box::new(Triple { subject, predicate, object: decode(rest)? })))
}

fn decode_part(bytes: &[u8]) -> Option<(Term, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (part, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    Some((decode(part)?, rest))
}
