//! One triple pattern at a time, in pages, with how many triples fit it (Triple Pattern Fragments).
//!
//! What is asked is the default graph, which is what SPARQL asks without a dataset. The pages are slices of the order
//! in which the engine's index gives the triples of one pattern: that of the embedded store stays the same until
//! something changes, and needs no sorting. Engines behind an address promise no order.
//!
//! Up to [`COUNTED`] triples are counted one by one; of more it is told that there are at least so many.

use std::{fmt, str::FromStr};

use oxigraph::model::{Literal, NamedNode, Quad, Term};

use crate::store::{Error, Store};

/// How many triples a page has.
pub const PAGE: u64 = 100;

/// How far triples are counted.
pub const COUNTED: u64 = 100_000;

/// One place of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot {
    /// Anything; where a name is given, the same in every place of that name.
    Any(Option<String>),
    /// This term.
    Term(Term),
}

/// The text is not one of the terms that a pattern is made of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{given}` is not {expected}")]
pub struct TermError {
    given: String,
    expected: &'static str,
}

/// A subject, a predicate and an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// An IRI, or anything.
    pub subject: Slot,
    /// An IRI, or anything.
    pub predicate: Slot,
    /// An IRI or a literal, or anything.
    pub object: Slot,
}

/// How many triples fit a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// So many.
    pub count: u64,
    /// Whether there are no more than that.
    pub is_exact: bool,
}

/// A page of the triples that fit a pattern.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// The triples.
    pub triples: Vec<Quad>,
    /// How many there are on all pages.
    pub total: Total,
    /// Whether another page follows.
    pub has_next: bool,
}

impl Slot {
    /// A place that takes IRIs only.
    pub fn iri(text: &str) -> Result<Self, TermError> {
        let expected = "an absolute IRI, a variable such as ?x, or nothing";
        let slot: Self = text.parse()?;
        match slot {
            Self::Term(Term::NamedNode(_)) | Self::Any(_) => Ok(slot),
            Self::Term(_) => Err(TermError { given: text.to_owned(), expected }),
        }
    }

    fn text(&self, own: &str) -> String {
        match self {
            Self::Any(None) => format!("?own_{own}"),
            Self::Any(Some(name)) => format!("?given_{name}"),
            Self::Term(term) => term.to_string(),
        }
    }
}

/// Reads a term as clients of fragments write it: an IRI bare or in angle brackets, `"words"`, `"words"@en`,
/// `"5"^^http://...`, `?name`, or nothing. What stands between the quotation marks is taken as it is.
impl FromStr for Slot {
    type Err = TermError;

    fn from_str(text: &str) -> Result<Self, TermError> {
        let refuse = |expected| TermError { given: text.to_owned(), expected };
        let iri = |text: &str| {
            let bare = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(text);
            NamedNode::new(bare)
        };
        if text.is_empty() {
            return Ok(Self::Any(None));
        }
        if let Some(name) = text.strip_prefix('?') {
            let good = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
            return if good && name.len() <= 64 {
                Ok(Self::Any((!name.is_empty()).then(|| name.to_owned())))
            } else {
                Err(refuse("a variable: expected ? and a name of letters and digits"))
            };
        }
        let Some(rest) = text.strip_prefix('"') else {
            let term =
                "a term: expected an absolute IRI, a literal such as \"words\"@en, a variable such as ?x, or nothing";
            return iri(text).map(|iri| Self::Term(iri.into())).map_err(|_| refuse(term));
        };
        let (words, kind) =
            rest.rsplit_once('"').ok_or_else(|| refuse("a literal: the second quotation mark is missing"))?;
        let literal = if kind.is_empty() {
            Literal::new_simple_literal(words)
        } else if let Some(tag) = kind.strip_prefix('@') {
            Literal::new_language_tagged_literal(words, tag)
                .map_err(|_| refuse("a literal: its language tag is malformed"))?
        } else {
            let datatype = kind.strip_prefix("^^").and_then(|datatype| iri(datatype).ok());
            let datatype = datatype.ok_or_else(|| {
                refuse("a literal: expected nothing, @ and a language, or ^^ and the IRI of a datatype after the second quotation mark")
            })?;
            Literal::new_typed_literal(words, datatype)
        };
        Ok(Self::Term(literal.into()))
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.subject.text("s"), self.predicate.text("p"), self.object.text("o"))
    }
}

/// A page of a pattern, counted from 1; none beyond the end, but the first page is always there.
pub async fn fragment(store: &Store, pattern: &Pattern, page: u64) -> Result<Option<Fragment>, Error> {
    let Some(offset) = page.checked_sub(1).and_then(|before| before.checked_mul(PAGE)) else { return Ok(None) };
    let mut total = None;
    if offset > 0 {
        let known = count(store, pattern).await?;
        if known.is_exact && offset >= known.count {
            return Ok(None);
        }
        total = Some(known);
    }
    let query = format!("CONSTRUCT {{ {pattern} }} WHERE {{ {pattern} }} OFFSET {offset} LIMIT {}", PAGE + 1);
    let mut triples = store.construct(&query).await?;
    let given = u64::try_from(triples.len()).unwrap_or(u64::MAX);
    if given == 0 && offset > 0 {
        return Ok(None);
    }
    let has_next = given > PAGE;
    let total = match total {
        _ if !has_next => Total { count: offset + given, is_exact: true },
        Some(known) => Total { count: known.count.max(offset + given), ..known },
        None => count(store, pattern).await?,
    };
    triples.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    Ok(Some(Fragment { triples, total, has_next }))
}

async fn count(store: &Store, pattern: &Pattern) -> Result<Total, Error> {
    let query = format!("SELECT (COUNT(*) AS ?n) {{ SELECT * {{ {pattern} }} LIMIT {} }}", COUNTED + 1);
    let count = store.select(&query).await?.first().and_then(|row| row.number("n")).unwrap_or(0);
    Ok(Total { count, is_exact: count <= COUNTED })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_as_clients_write_them() {
        for (given, term) in [
            ("http://a/b", "<http://a/b>"),
            ("<http://a/b>", "<http://a/b>"),
            ("\"a \"quoted\" word\"", r#""a \"quoted\" word""#),
            ("\"word\"@en", "\"word\"@en"),
            ("\"5\"^^http://www.w3.org/2001/XMLSchema#integer", "\"5\"^^<http://www.w3.org/2001/XMLSchema#integer>"),
            ("\"5\"^^<urn:t>", "\"5\"^^<urn:t>"),
            ("", "?own_o"),
            ("?", "?own_o"),
            ("?x", "?given_x"),
        ] {
            assert_eq!(given.parse::<Slot>().map(|slot| slot.text("o")), Ok(term.to_owned()), "{given}");
        }
        for given in
            ["a b", "org/hrw", "_:b", "\"open", "\"a\"@", "\"a\"^^x y", "\"a\"en", "?a b", "?x } ASK {", "<http://a>b>"]
        {
            assert!(given.parse::<Slot>().is_err(), "{given}");
        }
        assert!(Slot::iri("\"word\"").is_err() && Slot::iri("?p").is_ok() && Slot::iri("urn:p").is_ok());
    }
}
