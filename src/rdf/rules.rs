//! The rules that hold on every engine, in plain code: N1, N5, M2 and G1 of the shapes.
//!
//! Shapes are checked where a graph comes in through this program; these four are checked again by hand, so
//! that no change of the validator can weaken them.

use std::collections::HashMap;

use oxigraph::model::{GraphName, NamedOrBlankNode, Quad, Term};

use super::{
    Ontology,
    vocab::{dct, isn, oa, prov, rdf},
};

/// A rule is broken, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Broken {
    /// N1: what only a proposition may say is asserted.
    #[error(
        "N1: `{predicate}` of {subject} is asserted; it may stand only as the rdf:predicate of an isn:Proposition, stated by somebody"
    )]
    Asserted {
        /// The subject of the triple.
        subject: String,
        /// The claim predicate.
        predicate: String,
    },
    /// N5: a claim stands outside the graph of its document.
    #[error("N5: the claim {claim} is stated in {document} but does not stand in that document's graph")]
    Misplaced {
        /// The claim.
        claim: String,
        /// The document it is stated in.
        document: String,
    },
    /// M2: a mention's words are not those of the text.
    #[error("M2: the words of the mention {mention} are not those of the text at its offsets")]
    Misquoted {
        /// The mention.
        mention: String,
    },
    /// G1: a graph comes without its provenance.
    #[error("G1: the graph {graph} comes without {missing}")]
    Unsourced {
        /// The graph.
        graph: String,
        /// What is missing.
        missing: &'static str,
    },
}

impl Broken {
    /// The name of the rule.
    #[must_use]
    pub const fn rule(&self) -> &'static str {
        match self {
            Self::Asserted { .. } => "N1",
            Self::Misplaced { .. } => "N5",
            Self::Misquoted { .. } => "M2",
            Self::Unsourced { .. } => "G1",
        }
    }

    /// The thing that breaks it.
    #[must_use]
    pub fn node(&self) -> &str {
        match self {
            Self::Asserted { subject: node, .. }
            | Self::Misplaced { claim: node, .. }
            | Self::Misquoted { mention: node }
            | Self::Unsourced { graph: node, .. } => node,
        }
    }
}

/// N1: no claim predicate is asserted.
pub fn nothing_claimed_is_asserted<'a>(
    ontology: &Ontology,
    quads: impl IntoIterator<Item = &'a Quad>,
) -> Result<(), Broken> {
    let prefix = ontology.iris().path("ontology#");
    for quad in quads {
        if let Some(local) = quad.predicate.as_str().strip_prefix(prefix.as_str())
            && ontology.is_claim_predicate(local)
        {
            return Err(Broken::Asserted { subject: quad.subject.to_string(), predicate: format!("isn:{local}") });
        }
    }
    Ok(())
}

/// N5: every claim stands in the graph of the document it is stated in.
pub fn claims_stand_in_their_document<'a>(
    ontology: &Ontology,
    quads: impl IntoIterator<Item = &'a Quad>,
) -> Result<(), Broken> {
    let stated_in = ontology.iris().term(isn::STATED_IN);
    for quad in quads {
        if quad.predicate != stated_in {
            continue;
        }
        let Term::NamedNode(document) = &quad.object else { continue };
        let home = ontology.iris().to_id(document.as_ref()).map(|id| ontology.iris().document_graph(&id));
        if home.map(GraphName::from).as_ref() != Some(&quad.graph_name) {
            return Err(Broken::Misplaced { claim: quad.subject.to_string(), document: document.to_string() });
        }
    }
    Ok(())
}

/// M2: every mention's words are the slice of the text between its offsets, counted in code points.
pub fn mentions_quote_their_text(ontology: &Ontology, document: &[Quad], mentions: &[Quad]) -> Result<(), Broken> {
    let mut texts: HashMap<&NamedOrBlankNode, Vec<char>> = HashMap::new();
    for quad in document {
        if let (true, Term::Literal(text)) = (quad.predicate == rdf::VALUE, &quad.object) {
            texts.insert(&quad.subject, text.value().chars().collect());
        }
    }
    let in_text = ontology.iris().term(isn::IN_TEXT);
    let mut found: HashMap<&NamedOrBlankNode, Quoted<'_>> = HashMap::new();
    for quad in mentions {
        let quoted = found.entry(&quad.subject).or_default();
        match &quad.object {
            Term::NamedNode(text) if quad.predicate == in_text => quoted.text = Some(text.clone().into()),
            Term::Literal(value) if quad.predicate == oa::START => quoted.start = value.value().parse().ok(),
            Term::Literal(value) if quad.predicate == oa::END => quoted.end = value.value().parse().ok(),
            Term::Literal(value) if quad.predicate == oa::EXACT => quoted.exact = Some(value.value()),
            _ => {}
        }
    }
    for (mention, quoted) in found {
        if quoted.text.is_some() && !quoted.holds(&texts) {
            return Err(Broken::Misquoted { mention: mention.to_string() });
        }
    }
    Ok(())
}

/// What a mention says of its words.
#[derive(Default)]
struct Quoted<'a> {
    text: Option<NamedOrBlankNode>,
    start: Option<usize>,
    end: Option<usize>,
    exact: Option<&'a str>,
}

impl Quoted<'_> {
    fn holds(&self, texts: &HashMap<&NamedOrBlankNode, Vec<char>>) -> bool {
        let (Some(text), Some(start), Some(end), Some(exact)) = (&self.text, self.start, self.end, self.exact) else {
            return false;
        };
        let slice = texts.get(text).and_then(|letters| letters.get(start..end));
        slice.is_some_and(|letters| letters.iter().copied().eq(exact.chars()))
    }
}

/// G1: the graph's provenance names its source, its digest, its time and its terms.
pub fn graph_has_provenance(ontology: &Ontology, graph: &GraphName, provenance: &[Quad]) -> Result<(), Broken> {
    let digest = ontology.iris().term(isn::SHA256);
    let has = |predicate: &str| {
        provenance
            .iter()
            .any(|quad| quad.subject.to_string() == graph.to_string() && quad.predicate.as_str() == predicate)
    };
    let wanted = [
        ("its source", dct::SOURCE.as_str()),
        ("its digest", digest.as_str()),
        ("its time", prov::GENERATED_AT_TIME.as_str()),
        ("its terms of use", dct::LICENSE.as_str()),
    ];
    match wanted.into_iter().find(|(_, predicate)| !has(predicate)) {
        Some((missing, _)) => Err(Broken::Unsourced { graph: graph.to_string(), missing }),
        None => Ok(()),
    }
}
