//! SPARQL as people and programs ask it: what form a query has, and the answer in the syntax they want.

use std::time::Instant;

use oxigraph::model::NamedNode;
use spargebra::{GraphUpdateOperation, Query as Parsed, SparqlParser, term::NamedNodePattern};

use super::services;
use crate::{
    rdf::{AnswerFormat, GraphFormat, Ontology, SolutionsFormat},
    store::{Answer, Dataset, Error, Limits, Query, Store, parse_query, parse_update},
    views::Views,
};

/// The forms of a query, as far as its answer is concerned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// SELECT and ASK.
    Solutions,
    /// CONSTRUCT and DESCRIBE.
    Graph,
}

impl Form {
    /// The syntaxes an answer of this form can have, the preferred first.
    #[must_use]
    pub fn formats(self) -> Vec<AnswerFormat> {
        match self {
            Self::Solutions => SolutionsFormat::ALL.into_iter().map(AnswerFormat::Solutions).collect(),
            Self::Graph => GraphFormat::ALL.into_iter().map(AnswerFormat::Graph).collect(),
        }
    }
}

/// Puts the archive's base and prefixes before a query or an update that uses them without declaring them.
///
/// A researcher may write `isn:statedBy` or `<org/hrw>` at once; what the text declares itself is left as it is.
/// Whoever wants positions in error messages reads the text first ([`form`], [`check_update`]), as it was written.
#[must_use]
pub fn with_prefixes(store: &Store, text: &str) -> String {
    let own = store.iris().path("ontology#");
    let known = crate::rdf::prefixes().iter().map(|(prefix, iri)| (*prefix, (*iri).to_owned()));
    let prefixes = known
        .chain([("isn", own.into_string()), ("isnad", "urn:isnad:".to_owned())])
        .filter(|(prefix, _)| uses(text, prefix) && !declares(text, prefix))
        .map(|(prefix, iri)| format!("PREFIX {prefix}: <{iri}> "));
    // A base that the text declares comes later and wins.
    [format!("BASE <{}> ", store.iris().base())].into_iter().chain(prefixes).chain([text.to_owned()]).collect()
}

fn uses(text: &str, prefix: &str) -> bool {
    text.match_indices(prefix).any(|(start, _)| {
        let after = text[start + prefix.len()..].starts_with(':');
        let before = text[..start].chars().next_back();
        after && before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != '-')
    })
}

fn declares(text: &str, prefix: &str) -> bool {
    let mut words = text.split_whitespace();
    while let Some(word) = words.next() {
        if word.eq_ignore_ascii_case("prefix")
            && words.next().is_some_and(|name| name.split(':').next() == Some(prefix))
        {
            return true;
        }
    }
    false
}

/// A parser that knows the archive's base and prefixes.
pub(super) fn parser(store: &Store) -> Result<SparqlParser, Error> {
    let own = store.iris().path("ontology#");
    let mut parser = SparqlParser::new().with_base_iri(store.iris().base()).map_err(Error::internal)?;
    for (prefix, iri) in crate::rdf::prefixes().iter().copied().chain([("isn", own.as_str()), ("isnad", "urn:isnad:")])
    {
        parser = parser.with_prefix(prefix, iri).map_err(Error::internal)?;
    }
    Ok(parser)
}

/// Reads a query and tells its form.
pub fn form(store: &Store, text: &str) -> Result<Form, Error> {
    let parsed = parse_query(&parser(store)?, text)?;
    Ok(match parsed {
        Parsed::Select { .. } | Parsed::Ask { .. } => Form::Solutions,
        Parsed::Construct { .. } | Parsed::Describe { .. } => Form::Graph,
    })
}

/// Asks a query of somebody else's; what it asks of our own services is answered first, within the same deadline.
pub async fn ask(
    store: &Store,
    views: &Views,
    text: String,
    dataset: Dataset,
    format: AnswerFormat,
    limits: Limits,
) -> Result<Answer, Error> {
    if !services::any(&text) {
        return store.engine().query(Query { text, dataset, format, limits }).await;
    }
    let began = Instant::now();
    let text = services::inline(views, store, text, limits).await?;
    let left = limits.deadline.saturating_sub(began.elapsed());
    let query = Query { text, dataset, format, limits: Limits { deadline: left, ..limits } };
    store.engine().query(query).await.map_err(|error| match error {
        // What was asked for, not what was left of it.
        Error::Deadline(_) => Error::Deadline(limits.deadline),
        error => error,
    })
}

/// Refuses an update that could assert what may only be claimed (N1), or that would fetch from elsewhere.
///
/// An `INSERT` template whose predicate is a variable could write anything and is refused too.
pub fn check_update(store: &Store, ontology: &Ontology, text: &str) -> Result<(), Error> {
    let parsed = parse_update(&parser(store)?, text)?;
    let claims: Vec<_> = ontology.claim_predicates().iter().map(|local| store.iris().term(local)).collect();
    let asserted = |predicate: &NamedNode| {
        Error::Refused(format!(
            "N1: {predicate} may stand only as the rdf:predicate of an isn:Proposition; nothing claimed is asserted"
        ))
    };
    for operation in &parsed.operations {
        match operation {
            GraphUpdateOperation::InsertData { data } => {
                if let Some(quad) = data.iter().find(|quad| claims.contains(&quad.predicate)) {
                    return Err(asserted(&quad.predicate));
                }
            }
            GraphUpdateOperation::DeleteInsert { insert, .. } => {
                for quad in insert {
                    match &quad.predicate {
                        NamedNodePattern::NamedNode(predicate) if claims.contains(predicate) => {
                            return Err(asserted(predicate));
                        }
                        NamedNodePattern::Variable(variable) => {
                            return Err(Error::Refused(format!(
                                "N1: the predicate {variable} of an INSERT could be a claim predicate; write it out"
                            )));
                        }
                        NamedNodePattern::NamedNode(_) => {}
                    }
                }
            }
            GraphUpdateOperation::Load { source, .. } => {
                return Err(Error::Refused(format!("LOAD {source} is refused: nothing is fetched from elsewhere")));
            }
            _ => {}
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prefix_is_seen_where_it_is_used_or_declared() {
        assert!(uses("{ ?s isn:statedBy ?o }", "isn"));
        assert!(!uses("{ ?s xisn:statedBy ?o }", "isn"));
        assert!(declares("PREFIX isn: <http://a/> SELECT", "isn"));
        assert!(!declares("SELECT ?prefix { ?s isn:a ?o }", "isn"));
    }
}
