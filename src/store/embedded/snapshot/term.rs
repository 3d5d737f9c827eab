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

/// Whether a term is a text in a language; nothing where it can have none.
pub(super) fn has_language(bytes: &[u8], language: &str) -> Option<bool> {
    match bytes.split_first()? {
        (&WORDS, rest) => Some(split_words(rest)?.1 == language.as_bytes()),
        (&(TEXT | VALUE | OTHER), _) => Some(language.is_empty()),
        _ => None,
    }
}

/// What kind of term it is, as far as that says how it is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Blank,
    Iri,
    /// A literal that has nothing but its text to be sorted by.
    Words,
    /// A number: exact, or of one of the types that are not.
    Number(u8),
    /// A point in time and the like: the number of its type, and whether there is a time zone.
    Time(u8, bool),
    Other,
}

/// The kind of a term. What is written badly is taken for what it was meant to be.
pub(super) fn kind(bytes: &[u8]) -> Kind {
    match bytes {
        [BLANK, ..] => Kind::Blank,
        [IRI, ..] => Kind::Iri,
        [TEXT | WORDS | OTHER, ..] | [VALUE, 4 | 16, ..] => Kind::Words,
        [VALUE, 0 | 1, ..] => Kind::Number(0),
        [VALUE, number @ (2 | 3), ..] => Kind::Number(*number),
        [VALUE, number @ 5..13, form @ ..] => Kind::Time(*number, has_zone(form)),
        _ => Kind::Other,
    }
}

fn has_zone(form: &[u8]) -> bool {
    matches!(form, [.., b'Z'] | [.., b'+' | b'-', _, _, b':', _, _])
}

/// The text of a term: the IRI, the label, or the literal without its type and language.
pub(super) fn words(bytes: &[u8]) -> &[u8] {
    let text = match bytes {
        [IRI | BLANK | TEXT, rest @ ..] | [VALUE, _, rest @ ..] => Some(rest),
        [WORDS, rest @ ..] => split_words(rest).map(|(text, ..)| text),
        [OTHER, rest @ ..] => rest.iter().position(|byte| *byte == 0).map(|end| &rest[end + 1..]),
        _ => None,
    };
    text.unwrap_or_default()
}

/// How terms begin whose text comes next: each of these followed by a text begins a stretch of the dictionary.
pub(super) fn beginnings() -> impl Iterator<Item = Vec<u8>> {
    let values = (0..TYPES.len()).filter_map(|number| Some(vec![VALUE, u8::try_from(number).ok()?]));
    [IRI, TEXT, WORDS].into_iter().map(|kind| vec![kind]).chain(values)
}

/// Whether such terms are words: texts, with or without a language.
pub(super) fn are_words(beginning: &[u8]) -> bool {
    matches!(beginning, [TEXT | WORDS])
}

/// How the terms begin whose text stands somewhere else.
pub(super) const ELSEWHERE: [u8; 1] = [OTHER];

/// The kinds whose terms are sorted by all that comes behind.
pub(super) const PLAIN: [u8; 3] = [BLANK, IRI, TEXT];

/// How points in time begin, by their types.
pub(super) fn times() -> impl Iterator<Item = [u8; 2]> {
    (5..13).map(|number| [VALUE, number])
}

/// The form in which a point in time is written, if it has one that keeps the order and a value.
pub(super) fn written(bytes: &[u8]) -> Option<Form> {
    let [VALUE, 5..13, form @ ..] = bytes else { return None };
    let has_value = !matches!(decode(bytes).map(ExpressionTerm::from)?, ExpressionTerm::OtherTypedLiteral { .. });
    Form::of(form).filter(|_| has_value)
}

/// How points in time are written: where all are written in one form, their order is that of their texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Form {
    length: usize,
    ends_in_z: bool,
}

impl Form {
    /// The form of a text that has four digits for the year or two for the hour, and no time zone but `Z`.
    fn of(text: &[u8]) -> Option<Self> {
        let (first, ends_in_z) = (text.first()?, text.last() == Some(&b'Z'));
        let is_known = first.is_ascii_digit() && (ends_in_z || !has_zone(text));
        is_known.then_some(Self { length: text.len(), ends_in_z })
    }
}

fn text(bytes: &[u8]) -> Option<String> {
    String::from_utf8(bytes.to_vec()).ok()
}

fn decode_words(bytes: &[u8]) -> Option<Literal> {
    let (value, language, direction) = split_words(bytes)?;
    let (value, language) = (text(value)?, text(language)?);
    Some(match direction {
        Some(direction) => Literal::new_directional_language_tagged_literal_unchecked(value, language, direction),
        None => Literal::new_language_tagged_literal_unchecked(value, language),
    })
}

/// The text, its language, and its direction. Languages and directions hold no zero, texts may.
fn split_words(bytes: &[u8]) -> Option<(&[u8], &[u8], Option<BaseDirection>)> {
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
            return Some((value, language, Some(direction)));
        }
    }
    Some((before, last, None))
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
