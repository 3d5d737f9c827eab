//! What a query is evaluated on: the snapshot where there is one, else the store itself.

use std::sync::Arc;

use oxigraph::{
    model::{GraphNameRef, NamedNodeRef, NamedOrBlankNodeRef, Term, TermRef},
    sparql::{PreparedSparqlQuery, QueryEvaluationError, QueryExplanation, QueryResults},
    store::Store,
};
use spargebra::Query as Parsed;

use super::{
    super::{Error, Query},
    evaluator, guard,
    snapshot::{Found, State, View, answered, ordered},
    standard,
    stop::Stop,
    to_specification,
};

/// Where the quads of one evaluation are.
pub(super) struct Source {
    pub(super) store: Store,
    /// The state of the snapshot that the evaluation sees from its beginning to its end.
    pub(super) state: Option<Arc<State>>,
}

impl Source {
    /// A query that can be answered without the evaluator.
    pub(super) fn find<'a>(&'a self, parsed: &Parsed, query: &Query, stop: &'a Stop) -> Option<Found<'a>> {
        let is_plain = query.dataset.is_unset() && parsed.dataset().is_none();
        let state = self.state.as_ref().filter(|_| is_plain)?;
        Found::read(&standard::query(parsed.clone()), state, stop)
    }

    /// Rewrites a query: as the standard means it, so that it can be stopped, and in a good order. What of it can be
    /// answered without the evaluator is answered here.
    pub(super) fn prepare(&self, parsed: Parsed, query: &Query, stop: &Stop) -> Result<PreparedSparqlQuery, Error> {
        let names_dataset = parsed.dataset().is_some();
        let mut parsed = standard::query(parsed);
        if let Some(state) = self.state.as_ref().filter(|_| query.dataset.is_unset() && !names_dataset) {
            parsed = answered(parsed, state, stop);
        }
        parsed = guard::query(parsed, &query.dataset, &|term| self.is_known(term))?;
        if let Some(state) = &self.state {
            parsed = ordered(parsed, state);
        }
        let mut prepared = evaluator(stop).for_query(parsed);
        to_specification(&query.dataset, names_dataset, prepared.dataset_mut());
        Ok(prepared)
    }

    /// Begins to evaluate a query.
    pub(super) fn execute<'a>(
        &'a self,
        prepared: PreparedSparqlQuery,
        stop: &'a Stop,
    ) -> Result<QueryResults<'a>, QueryEvaluationError> {
        match &self.state {
            Some(state) => prepared.on_queryable_dataset(View::new(state, stop)).execute(),
            None => prepared.on_store(&self.store).execute(),
        }
    }

    /// Begins to evaluate a query, and gives its steps, which are complete when its rows have been read.
    pub(super) fn explain<'a>(
        &'a self,
        prepared: PreparedSparqlQuery,
        stop: &'a Stop,
    ) -> (Result<QueryResults<'a>, QueryEvaluationError>, QueryExplanation) {
        match &self.state {
            Some(state) => prepared.on_queryable_dataset(View::new(state, stop)).compute_statistics().explain(),
            None => prepared.on_store(&self.store).compute_statistics().explain(),
        }
    }

    /// Whether a term is the subject or the object of any triple.
    fn is_known(&self, term: &Term) -> bool {
        if let Some(state) = &self.state {
            return state.is_node(term.as_ref());
        }
        let subject = match term {
            Term::NamedNode(iri) => Some(iri.as_ref().into()),
            Term::BlankNode(node) => Some(node.as_ref().into()),
            Term::Literal(_) | Term::Triple(_) => None,
        };
        let begins =
            subject.is_some_and(|node| self.store.quads_for_pattern(Some(node), None, None, None).next().is_some());
        begins || self.store.quads_for_pattern(None, None, Some(term.as_ref()), None).next().is_some()
    }

    /// How many triples of the default graph fit, as far as they are counted.
    pub(super) fn count(
        &self,
        subject: Option<NamedOrBlankNodeRef<'_>>,
        predicate: Option<NamedNodeRef<'_>>,
        object: Option<TermRef<'_>>,
        limit: usize,
    ) -> usize {
        if let Some(state) = &self.state {
            let terms = [subject.map(Into::into), predicate.map(Into::into), object];
            return state.triples(terms).map_or(0, |triples| triples.take(limit).count());
        }
        let default = Some(GraphNameRef::DefaultGraph);
        self.store.quads_for_pattern(subject, predicate, object, default).take(limit).count()
    }
}
