//! Terms by number: those of the state, and those that were only made on the way.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use oxigraph::model::{Literal, Term, TermRef};
use spareval::ExpressionTerm;

use super::super::{column::number, state::State, term};

/// The number of nothing: what is not bound.
pub(super) const NONE: u32 = u32::MAX;

/// Which terms are compared with each other when rows are sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Class {
    Blank,
    Iri,
    /// What is sorted by its text, then by type and language.
    Words,
    /// Numbers that are exact, or of one of the types that are not.
    Number(u8),
    /// Points in time and the like: the number of the type, and whether there is a time zone.
    Time(u8, bool),
    /// What is not sorted here.
    Other,
}

/// The terms that a query can see.
pub(super) struct Terms<'a> {
    pub(super) state: &'a State,
    made: RefCell<Made>,
}

#[derive(Default)]
struct Made {
    terms: Vec<Rc<[u8]>>,
    ids: HashMap<Rc<[u8]>, u32>,
}

impl<'a> Terms<'a> {
    pub(super) fn new(state: &'a State) -> Self {
        Self { state, made: RefCell::default() }
    }

    /// The bytes of a term.
    pub(super) fn with<T>(&self, id: u32, work: impl FnOnce(&[u8]) -> T) -> T {
        match id.checked_sub(self.state.known()) {
            None => self.state.with_term(id, work),
            Some(index) => {
                let term = self.made.borrow().terms.get(index as usize).cloned();
                work(term.as_deref().unwrap_or_default())
            }
        }
    }

    /// The number of a term, which is a new one where the state does not know it.
    pub(super) fn id(&self, term: TermRef<'_>) -> u32 {
        let mut bytes = Vec::new();
        term::encode(term, &mut bytes);
        self.state.find_encoded(&bytes).unwrap_or_else(|| {
            let mut made = self.made.borrow_mut();
            if let Some(id) = made.ids.get(bytes.as_slice()) {
                return *id;
            }
            let id = self.state.known() + number(made.terms.len());
            let bytes: Rc<[u8]> = bytes.into();
            made.terms.push(Rc::clone(&bytes));
            made.ids.insert(bytes, id);
            id
        })
    }

    pub(super) fn count(&self, count: u64) -> u32 {
        self.id(Term::from(Literal::from(count)).as_ref())
    }

    pub(super) fn term(&self, id: u32) -> Option<Term> {
        if id == NONE { None } else { self.with(id, term::decode) }
    }

    pub(super) fn value(&self, id: u32) -> Option<ExpressionTerm> {
        if id == NONE { None } else { self.with(id, term::decode_value) }
    }

    /// What a term is sorted among.
    pub(super) fn class(&self, id: u32) -> Class {
        self.with(id, |bytes| match term::kind(bytes) {
            term::Kind::Blank => Class::Blank,
            term::Kind::Iri => Class::Iri,
            term::Kind::Words => Class::Words,
            term::Kind::Number(kind) => Class::Number(kind),
            term::Kind::Time(kind, has_zone) => Class::Time(kind, has_zone),
            term::Kind::Other => Class::Other,
        })
    }
}
