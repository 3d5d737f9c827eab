//! Paths of any length that begin and end anywhere.
//!
//! The evaluator keeps every pair of nodes that such a path connects, the square of their number, before it gives
//! the first away; and stopped with a million of them to go, it still looks at every edge of each (measured: a
//! minute). Here the nodes it may begin at are found first, each once, and the path is followed from one after
//! the other, with a tick between. The pairs are the same.

use oxigraph::model::{Term, Variable};
use spargebra::{
    algebra::{GraphPattern as Pattern, PropertyPathExpression as Path},
    term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern},
};

use super::scope::Scope;

/// Whether the planner can begin a group of patterns with this one and bind its variables to a few values. If
/// any can, paths in the group are followed from there anyhow.
pub(super) fn is_selective(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Bgp { patterns } => patterns.iter().any(|triple| {
            !is_free(&triple.subject)
                || !is_free(&triple.object)
                || matches!(triple.predicate, NamedNodePattern::NamedNode(_))
        }),
        Pattern::Path { subject, path, object } => !is_free(subject) || !is_free(object) || !is_endless(path),
        Pattern::Values { .. } => true,
        Pattern::Filter { inner, .. }
        | Pattern::Extend { inner, .. }
        | Pattern::Graph { inner, .. }
        | Pattern::Distinct { inner }
        | Pattern::Reduced { inner }
        | Pattern::OrderBy { inner, .. }
        | Pattern::Project { inner, .. }
        | Pattern::Group { inner, .. }
        | Pattern::Slice { inner, .. } => is_selective(inner),
        Pattern::Join { left, right } | Pattern::Lateral { left, right } => is_selective(left) || is_selective(right),
        Pattern::Union { left, right } => is_selective(left) && is_selective(right),
        Pattern::LeftJoin { left, .. } | Pattern::Minus { left, .. } => is_selective(left),
        Pattern::Service { .. } => false,
    }
}

/// Whether a pattern is a path of any length that may begin and end anywhere; `outer` is what may be bound around.
pub(super) fn is_open(pattern: &Pattern, outer: &Scope) -> bool {
    let Pattern::Path { subject, path, object } = pattern else { return false };
    let unbound = |term: &TermPattern| is_free(term) && !outer.contains(&term.to_string());
    is_endless(path) && unbound(subject) && unbound(object)
}

/// Lets a path begin at one node after the other.
pub(super) fn from_each_start(pattern: Pattern, graph: Option<&Variable>) -> Pattern {
    let Pattern::Path { subject: TermPattern::Variable(start), path, .. } = &pattern else { return pattern };
    let variables = [Some(start), graph].into_iter().flatten().cloned().collect();
    let starts = Pattern::Project { inner: Box::new(starts(start, path)), variables };
    Pattern::Lateral { left: Box::new(Pattern::Distinct { inner: Box::new(starts) }), right: Box::new(pattern) }
}

fn is_free(term: &TermPattern) -> bool {
    matches!(term, TermPattern::Variable(_) | TermPattern::BlankNode(_))
}

/// What a path of length zero gives for an end that is in no triple. The standard has a node be connected with itself
/// whether the data know it or not; the evaluator does not.
pub(super) fn from_unknown(pattern: &Pattern, is_known: &dyn Fn(&Term) -> bool) -> Option<Pattern> {
    let Pattern::Path { subject, path, object } = pattern else { return None };
    if !may_be_empty(path) {
        return None;
    }
    let unknown = |pattern: &TermPattern| {
        let term = ground(pattern)?;
        (!is_known(&term.clone().into())).then_some(term)
    };
    let (variables, row) = match (subject, object) {
        (TermPattern::Variable(free), end) | (end, TermPattern::Variable(free)) => {
            (vec![free.clone()], vec![Some(unknown(end)?)])
        }
        (a, b) if a == b => {
            unknown(a)?;
            (Vec::new(), Vec::new())
        }
        _ => return None,
    };
    Some(Pattern::Values { variables, bindings: vec![row] })
}

fn ground(pattern: &TermPattern) -> Option<GroundTerm> {
    match pattern {
        TermPattern::NamedNode(iri) => Some(iri.clone().into()),
        TermPattern::Literal(literal) => Some(literal.clone().into()),
        TermPattern::BlankNode(_) | TermPattern::Triple(_) | TermPattern::Variable(_) => None,
    }
}

/// Whether a path may have no step.
fn may_be_empty(path: &Path) -> bool {
    match path {
        Path::ZeroOrMore(_) | Path::ZeroOrOne(_) => true,
        Path::Reverse(inner) | Path::OneOrMore(inner) => may_be_empty(inner),
        Path::Sequence(a, b) => may_be_empty(a) && may_be_empty(b),
        Path::Alternative(a, b) => may_be_empty(a) || may_be_empty(b),
        Path::NamedNode(_) | Path::NegatedPropertySet(_) => false,
    }
}

/// Whether a path may have any length.
fn is_endless(path: &Path) -> bool {
    match path {
        Path::ZeroOrMore(_) | Path::OneOrMore(_) => true,
        Path::Reverse(inner) | Path::ZeroOrOne(inner) => is_endless(inner),
        Path::Sequence(a, b) | Path::Alternative(a, b) => is_endless(a) || is_endless(b),
        Path::NamedNode(_) | Path::NegatedPropertySet(_) => false,
    }
}

/// Finds the nodes a path may begin at: those its first step leaves from where that is simple, else all of them.
fn starts(start: &Variable, path: &Path) -> Pattern {
    let start = || TermPattern::from(start.clone());
    let helper = |name: &str| Variable::new_unchecked(format!("isnad_{name}"));
    match path {
        Path::OneOrMore(step) if !is_endless(step) && !matches!(**step, Path::ZeroOrOne(_)) => {
            Pattern::Path { subject: start(), path: (**step).clone(), object: helper("next").into() }
        }
        _ => {
            let triple = |subject: TermPattern, object: TermPattern| Pattern::Bgp {
                patterns: vec![TriplePattern { subject, predicate: helper("by").into(), object }],
            };
            Pattern::Union {
                left: Box::new(triple(start(), helper("next").into())),
                right: Box::new(triple(helper("before").into(), start())),
            }
        }
    }
}
