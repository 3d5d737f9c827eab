//! SPARQL as people and programs ask it: what form a query has, and the answer in the syntax they want.

use std::{sync::Arc, time::Instant};

use oxigraph::model::{NamedNode, Variable};
use spargebra::{
    GraphUpdateOperation, Query as Parsed, SparqlParser, Update, algebra::GraphPattern, term::TriplePattern,
};

use super::{
    outside,
    running::{Entry, Running},
    services,
};
use crate::{
    rdf::{AnswerFormat, GraphFormat, SolutionsFormat},
    store::{Answer, Dataset, Error, Explanation, Limits, Query, Store, parse_query, parse_update},
    views::Views,
};

/// The prefixes of our own services and of GeoSPARQL's functions, which queries use and data do not.
const FUNCTIONS: [(&str, &str); 2] =
    [("isnad", "urn:isnad:"), ("geof", "http://www.opengis.net/def/function/geosparql/")];

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
/// Whoever wants positions in error messages reads the text first ([`form`], [`parse_change`]), as it was written.
#[must_use]
pub fn with_prefixes(store: &Store, text: &str) -> String {
    let own = store.iris().path("ontology#");
    let known = crate::rdf::prefixes().iter().map(|(prefix, iri)| (*prefix, (*iri).to_owned()));
    let prefixes = known
        .chain([("isn", own.into_string())])
        .chain(FUNCTIONS.map(|(prefix, iri)| (prefix, iri.to_owned())))
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
    for (prefix, iri) in crate::rdf::prefixes().iter().copied().chain([("isn", own.as_str())]).chain(FUNCTIONS) {
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

/// A page of a query's rows: so many, after so many others. Whoever wants the pages to fit together orders the rows.
pub fn page(store: &Store, text: &str, limit: Option<usize>, offset: usize) -> Result<String, Error> {
    let mut parsed = parse_query(&parser(store)?, text)?;
    let (Parsed::Select { pattern, .. } | Parsed::Construct { pattern, .. } | Parsed::Describe { pattern, .. }) =
        &mut parsed
    else {
        return Ok(text.to_owned());
    };
    let inner = Box::new(std::mem::take(pattern));
    *pattern = GraphPattern::Slice { inner, start: offset, length: limit };
    Ok(parsed.to_string())
}

/// A query of somebody's, and how it is to be answered.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The query, as it was written.
    pub text: String,
    /// The dataset of the protocol.
    pub dataset: Dataset,
    /// The syntax of the answer.
    pub format: AnswerFormat,
    /// What it may cost.
    pub limits: Limits,
    /// The hosts whose endpoints it may ask.
    pub hosts: Vec<String>,
}

/// Asks a query of somebody else's, and gives with the answer the entry that lists it while it runs. What it asks of our
/// own services is answered first, within the same deadline.
pub async fn ask(
    store: &Store,
    views: &Views,
    running: &Arc<Running>,
    asked: Asked,
) -> Result<(Arc<Entry>, Answer), Error> {
    let entered = running.enter(&asked.text, asked.limits);
    let entry = Arc::clone(&entered.entry);
    let progress = Arc::clone(&entry.progress);
    let answer = entered.answer(async {
        let Asked { text, dataset, format, limits, hosts } = asked;
        let began = Instant::now();
        let mut text = outside::inline(store, with_prefixes(store, &text), &hosts, limits).await?;
        let mut left = limits;
        if services::any(&text) {
            text = services::inline(views, store, text, limits).await?;
        }
        left.deadline = limits.deadline.saturating_sub(began.elapsed());
        let query = Query { text, dataset, format, limits: left, progress };
        store.engine().query(query).await.map_err(|error| match error {
            // What was asked for, not what was left of it.
            Error::Deadline(_) => Error::Deadline(limits.deadline),
            error => error,
        })
    });
    Ok((entry, answer.await?))
}

/// Evaluates a query for the sake of its steps.
pub async fn explain(store: &Store, views: &Views, running: &Arc<Running>, asked: Asked) -> Result<Explanation, Error> {
    // It is listed while it runs, and can be stopped, like any other.
    let entered = running.enter(&asked.text, asked.limits);
    let Asked { text, dataset, format, limits, hosts } = asked;
    let mut text = outside::inline(store, with_prefixes(store, &text), &hosts, limits).await?;
    if services::any(&text) {
        text = services::inline(views, store, text, limits).await?;
    }
    let progress = Arc::clone(&entered.entry.progress);
    entered.until_cancelled(store.engine().explain(Query { text, dataset, format, limits, progress })).await
}

/// Reads an update, as it was written, with the archive's base and prefixes. `LOAD` is refused.
pub fn parse_change(store: &Store, text: &str) -> Result<Update, Error> {
    let mut parsed = parse_update(&parser(store)?, text)?;
    let copies = text
        .split(|c: char| !c.is_ascii_alphabetic())
        .any(|word| ["ADD", "COPY", "MOVE"].iter().any(|keyword| keyword.eq_ignore_ascii_case(word)));
    for operation in &mut parsed.operations {
        if copies {
            copy_what_was_written(operation, &store.iris().default_graph());
        }

        if let GraphUpdateOperation::Load { source, silent: false, .. } = operation {
            return Err(Error::Refused(format!("LOAD {source} is refused: nothing is fetched from elsewhere")));
        }
    }
    Ok(parsed)
}

/// `ADD`, `COPY` and `MOVE DEFAULT` take what was written to the default graph, not the merge of all graphs. The parser
/// has made an `INSERT` of them, which is known by its variables.
fn copy_what_was_written(operation: &mut GraphUpdateOperation, default_graph: &NamedNode) {
    let GraphUpdateOperation::DeleteInsert { delete, insert, using: None, pattern } = operation else { return };
    let variable = |name: &str| Variable::new_unchecked(name);
    let all =
        TriplePattern { subject: variable("s").into(), predicate: variable("p").into(), object: variable("o").into() };
    let all = GraphPattern::Bgp { patterns: vec![all] };
    if delete.is_empty() && insert.len() == 1 && **pattern == all {
        **pattern = GraphPattern::Graph { name: default_graph.clone().into(), inner: Box::new(all) };
    }
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
