//! Which variables a pattern binds in every row, and which patterns are therefore joined and which multiplied.

use std::{collections::BTreeSet, iter};

use oxigraph::model::Variable;
use spargebra::{
    algebra::{Expression, GraphPattern as Pattern},
    term::{NamedNodePattern, TermPattern, TriplePattern},
};

/// Names of variables and of the blank nodes that stand for them, as they are written.
pub(super) type Scope = BTreeSet<String>;

/// The variables that have a value in every row of a pattern inside `GRAPH ?graph`.
///
/// Only these make the evaluator look one side of a join up in the other. Where this says less than it knows, a
/// join ticks without need.
pub(super) fn certain(pattern: &Pattern, graph: Option<&Variable>) -> Scope {
    let in_graph = || graph.map(ToString::to_string).into_iter().collect::<Scope>();
    match pattern {
        Pattern::Bgp { patterns } => patterns.iter().flat_map(of_triple).chain(in_graph()).collect(),
        Pattern::Path { subject, object, .. } => of_term(subject).chain(of_term(object)).chain(in_graph()).collect(),
        Pattern::Join { left, right } | Pattern::Lateral { left, right } => {
            &certain(left, graph) | &certain(right, graph)
        }
        Pattern::Union { left, right } => &certain(left, graph) & &certain(right, graph),
        Pattern::LeftJoin { left, .. } | Pattern::Minus { left, .. } => certain(left, graph),
        Pattern::Filter { inner, .. }
        | Pattern::OrderBy { inner, .. }
        | Pattern::Distinct { inner }
        | Pattern::Reduced { inner }
        | Pattern::Slice { inner, .. } => certain(inner, graph),
        Pattern::Graph { name: NamedNodePattern::Variable(name), inner } => certain(inner, Some(name)),
        Pattern::Graph { inner, .. } => certain(inner, None),
        Pattern::Extend { inner, variable, expression } => {
            let mut scope = certain(inner, graph);
            if always_has_value(expression, &scope) {
                scope.insert(variable.to_string());
            }
            scope
        }
        Pattern::Values { variables, bindings } => variables
            .iter()
            .enumerate()
            .filter(|(column, _)| bindings.iter().all(|row| row[*column].is_some()))
            .map(|(_, variable)| variable.to_string())
            .collect(),
        Pattern::Project { inner, variables } | Pattern::Group { inner, variables, .. } => {
            let projected = variables.iter().map(ToString::to_string).collect();
            &certain(inner, graph) & &projected
        }
        Pattern::Service { .. } => Scope::new(),
    }
}

/// The variables that may have a value in a row of a pattern.
pub(super) fn visible(pattern: &Pattern) -> Scope {
    let mut scope = certain(pattern, None);
    pattern.on_in_scope_variable(|variable| {
        scope.insert(variable.to_string());
    });
    scope
}

/// Gives a blank node of a pattern the name of a variable, as which the evaluator treats it. The parser sees to it
/// that no two places use one label for different nodes.
pub(super) fn named(term: TermPattern) -> TermPattern {
    match term {
        TermPattern::BlankNode(node) => Variable::new_unchecked(format!("isnad_{}", node.as_str())).into(),
        TermPattern::Triple(triple) => TermPattern::Triple(Box::new(named_triple(*triple))),
        other => other,
    }
}

/// The same for a triple.
pub(super) fn named_triple(triple: TriplePattern) -> TriplePattern {
    TriplePattern { subject: named(triple.subject), predicate: triple.predicate, object: named(triple.object) }
}

fn always_has_value(expression: &Expression, scope: &Scope) -> bool {
    match expression {
        Expression::NamedNode(_) | Expression::Literal(_) => true,
        Expression::Variable(variable) => scope.contains(&variable.to_string()),
        _ => false,
    }
}

fn of_triple(triple: &TriplePattern) -> Vec<String> {
    let predicate = match &triple.predicate {
        NamedNodePattern::Variable(variable) => Some(variable.to_string()),
        NamedNodePattern::NamedNode(_) => None,
    };
    of_term(&triple.subject).chain(predicate).chain(of_term(&triple.object)).collect()
}

fn of_term(term: &TermPattern) -> Box<dyn Iterator<Item = String>> {
    match term {
        TermPattern::Variable(_) | TermPattern::BlankNode(_) => Box::new(iter::once(term.to_string())),
        TermPattern::Triple(triple) => Box::new(of_triple(triple).into_iter()),
        TermPattern::NamedNode(_) | TermPattern::Literal(_) => Box::new(iter::empty()),
    }
}

/// Whether each row of a pattern costs the evaluator a quad, and with it a look at its token.
pub(super) fn fetches(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Bgp { patterns } => !patterns.is_empty(),
        Pattern::Path { .. } => true,
        Pattern::Filter { inner, .. } | Pattern::Extend { inner, .. } | Pattern::Graph { inner, .. } => fetches(inner),
        Pattern::LeftJoin { left, .. } | Pattern::Minus { left, .. } => fetches(left),
        Pattern::Join { left, right } | Pattern::Union { left, right } => fetches(left) && fetches(right),
        _ => false,
    }
}

/// How many optional patterns a pattern ends in.
pub(super) fn optionals(mut pattern: &Pattern) -> usize {
    let mut count = 0;
    loop {
        pattern = match pattern {
            Pattern::LeftJoin { left, .. } => {
                count += 1;
                left
            }
            Pattern::Filter { inner, .. } | Pattern::Extend { inner, .. } => inner,
            _ => return count,
        };
    }
}

/// Groups the patterns that share variables, directly or through others. Groups and their members keep the order
/// of the patterns.
pub(super) fn components(scopes: Vec<Scope>) -> Vec<Vec<usize>> {
    let mut components: Vec<(Vec<usize>, Scope)> = Vec::new();
    for (index, scope) in scopes.into_iter().enumerate() {
        let (touching, mut rest): (Vec<_>, Vec<_>) =
            components.into_iter().partition(|(_, other)| !scope.is_disjoint(other));
        let (mut members, mut scope) = (vec![index], scope);
        for (others, other) in touching {
            members.extend(others);
            scope.extend(other);
        }
        members.sort_unstable();
        rest.push((members, scope));
        components = rest;
    }
    components.sort_by_key(|(members, _)| members.first().copied());
    components.into_iter().map(|(members, _)| members).collect()
}
