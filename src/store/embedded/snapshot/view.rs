//! A state as the evaluator sees it. Terms are numbers until somebody has to read them.

use std::rc::Rc;

use oxigraph::model::Term;
use spareval::{ExpressionTerm, InternalQuad, QueryableDataset};

use super::{
    permutation::{GRAPH, OBJECT, PREDICATE, SUBJECT},
    scan::{Graphs, Pattern, Scan},
    state::State,
    term,
};
use crate::store::embedded::stop::Stop;

/// A term: by its number where the state knows it, as it is where it was only made on the way.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(in super::super) enum Key {
    /// It stands in the store.
    Known(u32),
    /// It does not.
    Made(Rc<Term>),
}

/// A term of the dictionary cannot be read.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("a term of the snapshot cannot be read")]
pub(in super::super) struct Unreadable;

/// A state for one evaluation.
pub(in super::super) struct View<'a> {
    state: &'a State,
    stop: &'a Stop,
}

impl<'a> View<'a> {
    pub(in super::super) fn new(state: &'a State, stop: &'a Stop) -> Self {
        Self { state, stop }
    }

    #[expect(clippy::option_option, reason = "the evaluator asks for any graph, for none, or for one")]
    fn pattern(terms: [Option<&Key>; 3], graph_name: Option<Option<&Key>>) -> Option<Pattern> {
        let mut ids = [None; 3];
        for (id, term) in ids.iter_mut().zip(terms) {
            *id = match term {
                Some(Key::Known(known)) => Some(*known),
                Some(Key::Made(_)) => return None,
                None => None,
            };
        }
        let graphs = match graph_name {
            None => Graphs::Each,
            Some(None) => Graphs::Merge,
            Some(Some(Key::Known(graph))) => Graphs::One(*graph),
            Some(Some(Key::Made(_))) => return None,
        };
        Some(Pattern { terms: ids, graphs })
    }
}

impl<'a> QueryableDataset<'a> for View<'a> {
    type InternalTerm = Key;
    type Error = Unreadable;

    fn internal_quads_for_pattern(
        &self,
        subject: Option<&Key>,
        predicate: Option<&Key>,
        object: Option<&Key>,
        graph_name: Option<Option<&Key>>,
    ) -> impl Iterator<Item = Result<InternalQuad<Key>, Unreadable>> + use<'a> {
        self.stop.tick();
        let (state, stop) = (self.state, self.stop);
        let pattern = Self::pattern([subject, predicate, object], graph_name);
        pattern.map(|pattern| Scan::new(state, pattern, Some(stop))).into_iter().flatten().map(|quad| {
            Ok(InternalQuad {
                subject: Key::Known(quad[SUBJECT]),
                predicate: Key::Known(quad[PREDICATE]),
                object: Key::Known(quad[OBJECT]),
                graph_name: Some(Key::Known(quad[GRAPH])),
            })
        })
    }

    fn internal_named_graphs(&self) -> impl Iterator<Item = Result<Key, Unreadable>> + use<'a> {
        self.state.graphs().map(|graph| Ok(Key::Known(graph)))
    }

    fn contains_internal_graph_name(&self, graph_name: &Key) -> Result<bool, Unreadable> {
        Ok(matches!(graph_name, Key::Known(graph) if self.state.has_graph(*graph)))
    }

    fn internalize_term(&self, term: Term) -> Result<Key, Unreadable> {
        Ok(match self.state.find(term.as_ref()) {
            Some(id) => Key::Known(id),
            None => Key::Made(Rc::new(term::normal(term))),
        })
    }

    fn externalize_term(&self, term: Key) -> Result<Term, Unreadable> {
        match term {
            Key::Known(id) => self.state.with_term(id, term::decode).ok_or(Unreadable),
            Key::Made(term) => Ok(Rc::unwrap_or_clone(term)),
        }
    }

    fn externalize_expression_term(&self, term: Key) -> Result<ExpressionTerm, Unreadable> {
        match term {
            Key::Known(id) => self.state.with_term(id, term::decode_value).ok_or(Unreadable),
            Key::Made(term) => Ok(Rc::unwrap_or_clone(term).into()),
        }
    }
}
