//! The digest of a graph: SHA-256 over its canonical N-Quads (RDFC-1.0, W3C Recommendation of May 2024).
//!
//! Made from what we wrote, never from what an engine gives back: engines may change the spelling of numbers.

use std::collections::HashSet;

use oxigraph::model::{Literal, NamedOrBlankNode, Quad, Term};
use sha2::{Digest, Sha256};
use sophia::{
    api::term::{BnodeId, IriRef, LanguageTag, SimpleTerm},
    c14n::{hash::Sha256 as Sha256Function, rdfc10},
};

/// So far one blank node is told from another by its neighbours. With a stack of two megabytes some 400 steps overflow it.
const DEEPEST: u16 = 100;

/// A graph in canonical form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Canonical {
    /// The canonical N-Quads, one line a triple, sorted.
    pub text: String,
    /// The SHA-256 of the text, in hexadecimal.
    pub digest: String,
}

/// The quads cannot be brought into canonical form.
#[derive(Debug, thiserror::Error)]
#[error("failed to canonicalize: {0}")]
pub struct CanonicalError(String);

/// Brings the triples of some quads into canonical form; their graph names are left out.
pub fn canonicalize<'a>(quads: impl IntoIterator<Item = &'a Quad>) -> Result<Canonical, CanonicalError> {
    let quads: Vec<&Quad> = quads.into_iter().collect();
    if quads.iter().all(|quad| is_ground(quad)) {
        return Ok(Canonical::of_lines(quads.iter().map(|quad| line(quad)).collect()));
    }
    let dataset = quads
        .into_iter()
        .map(|quad| {
            let predicate = SimpleTerm::Iri(IriRef::new_unchecked(quad.predicate.as_str().to_owned().into()));
            Ok(([subject(&quad.subject), predicate, object(&quad.object)?], None))
        })
        .collect::<Result<HashSet<([SimpleTerm<'static>; 3], Option<SimpleTerm<'static>>)>, CanonicalError>>()?;
    let mut bytes = Vec::new();
    let factor = depth_factor(&dataset);
    rdfc10::normalize_with::<Sha256Function, _, _>(&dataset, &mut bytes, factor, rdfc10::DEFAULT_PERMUTATION_LIMIT)
        .map_err(|error| {
            CanonicalError(format!("{error}; name blank nodes that differ in nothing but their neighbours"))
        })?;
    let text = String::from_utf8(bytes).map_err(|error| CanonicalError(error.to_string()))?;
    let digest = hex(&Sha256::digest(text.as_bytes()));
    Ok(Canonical { text, digest })
}

/// Whether a line of canonical N-Triples is as RDFC-1.0 leaves it: see [`is_ground`]. Words may look like more than that.
fn is_ground_line(line: &str) -> bool {
    let is_directed = line.ends_with("--ltr .\n") || line.ends_with("--rtl .\n");
    !(is_directed || line.starts_with("_:") || line.contains(" _:") || line.contains("<<("))
}

/// How deep may be looked, as a share of the number of blank nodes, which is how the library counts it. It looks by
/// recursion, and where its stack ends the whole process does.
fn depth_factor(dataset: &HashSet<([SimpleTerm<'static>; 3], Option<SimpleTerm<'static>>)>) -> f32 {
    let terms = dataset.iter().flat_map(|(terms, _)| terms);
    let nodes: HashSet<_> = terms.filter(|term| matches!(term, SimpleTerm::BlankNode(_))).collect();
    let count = u32::try_from(nodes.len()).unwrap_or(u32::MAX).max(1);
    let half = |bits: u32| f32::from(u16::try_from(bits & 0xffff).unwrap_or(u16::MAX));
    let count = half(count >> 16) * 65_536.0 + half(count);
    (f32::from(DEEPEST) / count).min(rdfc10::DEFAULT_DEPTH_FACTOR)
}

impl Canonical {
    /// The canonical form of a graph given as lines of N-Triples in canonical spelling, where nothing is to be named
    /// anew; otherwise the lines are given back.
    pub fn of_ground_lines(lines: Vec<String>) -> Result<Self, Vec<String>> {
        if lines.iter().all(|line| is_ground_line(line)) { Ok(Self::of_lines(lines)) } else { Err(lines) }
    }

    /// The canonical form of ground triples: their lines, sorted.
    fn of_lines(mut lines: Vec<String>) -> Self {
        lines.sort_unstable();
        lines.dedup();
        let text = lines.concat();
        let digest = hex(&Sha256::digest(text.as_bytes()));
        Self { text, digest }
    }
}

/// Whether there is nothing to be named anew: no blank node, and nothing that RDFC-1.0 does not know.
fn is_ground(quad: &Quad) -> bool {
    let known = match &quad.object {
        Term::NamedNode(_) => true,
        Term::Literal(literal) => literal.direction().is_none(),
        Term::BlankNode(_) | Term::Triple(_) => false,
    };
    known && quad.subject.is_named_node()
}

fn line(quad: &Quad) -> String {
    format!("{} {} {} .\n", quad.subject, quad.predicate, quad.object)
}

/// Bytes in hexadecimal, lower case.
pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn subject(node: &NamedOrBlankNode) -> SimpleTerm<'static> {
    match node {
        NamedOrBlankNode::NamedNode(iri) => SimpleTerm::Iri(IriRef::new_unchecked(iri.as_str().to_owned().into())),
        NamedOrBlankNode::BlankNode(node) => {
            SimpleTerm::BlankNode(BnodeId::new_unchecked(node.as_str().to_owned().into()))
        }
    }
}

fn object(term: &Term) -> Result<SimpleTerm<'static>, CanonicalError> {
    Ok(match term {
        Term::NamedNode(iri) => subject(&iri.clone().into()),
        Term::BlankNode(node) => subject(&node.clone().into()),
        Term::Literal(literal) => literal_term(literal),
        // RDFC-1.0 has no triple terms; the stored form never holds one.
        Term::Triple(_) => return Err(CanonicalError("a triple term has no canonical form".to_owned())),
    })
}

fn literal_term(literal: &Literal) -> SimpleTerm<'static> {
    let value = literal.value().to_owned().into();
    match literal.language() {
        Some(tag) => SimpleTerm::LiteralLanguage(value, LanguageTag::new_unchecked(tag.to_owned().into()), None),
        None => {
            SimpleTerm::LiteralDatatype(value, IriRef::new_unchecked(literal.datatype().as_str().to_owned().into()))
        }
    }
}

#[cfg(test)]
mod tests {
    use oxigraph::model::{BlankNode, Dataset, GraphName, NamedNode};
    use oxrdf::dataset::{CanonicalizationAlgorithm, CanonicalizationHashAlgorithm};

    use super::*;

    #[test]
    fn a_long_chain_of_blank_nodes_is_refused_before_the_stack_ends() {
        let chain = |length: usize| -> Vec<Quad> {
            let node = |n: usize| BlankNode::new_unchecked(format!("n{n}"));
            let next = NamedNode::new_unchecked("http://example.org/next");
            (0..length).map(|n| Quad::new(node(n), next.clone(), node(n + 1), GraphName::DefaultGraph)).collect()
        };
        assert!(canonicalize(&chain(40)).is_ok());
        for length in [2_000, 100_000] {
            let refused = canonicalize(&chain(length)).expect_err("it is too deep").to_string();
            assert!(refused.contains("name blank nodes"), "{refused}");
        }
    }

    /// Ground triples take a way of their own; the other one is the oracle.
    #[test]
    fn ground_triples_have_the_canonical_form_that_a_blank_node_beside_them_does_not_change() {
        let iri = |n: u8| NamedNode::new_unchecked(format!("http://example.org/{n}"));
        let controls: String = (0..0xA0_u8).map(char::from).collect();
        let objects = [
            Term::from(iri(1)),
            Literal::new_simple_literal(controls).into(),
            // Not U+FFFE: by the standard it is escaped, which sophia does not do.
            Literal::new_simple_literal("\u{FFFD} \u{1F600} \u{644}").into(),
            Literal::new_language_tagged_literal_unchecked("a", "en-gb").into(),
            Literal::from(7).into(),
        ];
        let mut quads: Vec<Quad> =
            objects.into_iter().map(|object| Quad::new(iri(2), iri(3), object, GraphName::DefaultGraph)).collect();
        quads.push(quads[0].clone());
        let ground = canonicalize(&quads).unwrap_or_else(|e| panic!("{e}"));
        quads.push(Quad::new(BlankNode::new_unchecked("b"), iri(1), iri(1), GraphName::DefaultGraph));
        let whole = canonicalize(&quads).unwrap_or_else(|e| panic!("{e}"));
        let with: Vec<&str> = whole.text.split_inclusive('\n').filter(|line| !line.starts_with('_')).collect();
        assert_eq!(ground.text, with.concat());
    }

    /// oxrdf's own canonicaliser is the oracle.
    #[test]
    fn two_canonicalizers_agree() {
        let iri = |n: u8| NamedNode::new_unchecked(format!("http://example.org/{n}"));
        let blank = |n: u8| BlankNode::new_unchecked(format!("b{n}"));
        let quads: Vec<Quad> = (0..8)
            .flat_map(|n| {
                [
                    Quad::new(
                        iri(n),
                        iri(n / 2),
                        Literal::new_simple_literal("a \"b\"\n\u{644}"),
                        GraphName::DefaultGraph,
                    ),
                    Quad::new(blank(n), iri(1), blank((n + 1) % 8), GraphName::DefaultGraph),
                    Quad::new(blank(n), iri(2), Literal::from(i64::from(n % 3)), GraphName::DefaultGraph),
                ]
            })
            .collect();
        let mut oracle: Dataset = quads.iter().cloned().collect();
        oracle
            .canonicalize(CanonicalizationAlgorithm::Rdfc10 { hash_algorithm: CanonicalizationHashAlgorithm::Sha256 });
        let mut lines: Vec<String> = oracle.iter().map(|quad| format!("{quad} .\n")).collect();
        lines.sort();
        assert_eq!(canonicalize(&quads).unwrap_or_else(|e| panic!("{e}")).text, lines.concat());
    }
}
