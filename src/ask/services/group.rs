//! In which group of a query does a service stand, and which variables have known values there?
//!
//! A variable is known where `VALUES` in the same group, or around it, gives it constants, or `BIND` one. What is
//! handed to a service is then all of them, and what it gives back says to which of them it belongs, so that the
//! engine's join does the rest.

use std::collections::HashMap;

use oxigraph::model::{Term, Variable};
use spargebra::{
    GraphUpdateOperation, Query, Update,
    algebra::{AggregateExpression, Expression, GraphPattern as Pattern, OrderExpression},
    term::{GroundTerm, NamedNodePattern},
};

/// The values that variables are known to have.
pub(super) type Known = HashMap<Variable, Vec<Term>>;

/// The group of a service and what is known in it, by the name of the service.
pub(super) type Groups<'a> = HashMap<&'a str, (&'a Pattern, Known)>;

/// Finds the services in a query.
pub(super) fn of_query(query: &Query) -> Groups<'_> {
    let mut groups = Groups::new();
    match query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => walk(pattern, &Known::new(), &mut groups),
    }
    groups
}

/// Finds the services in the `WHERE` clauses of an update.
pub(super) fn of_update(update: &Update) -> Groups<'_> {
    let mut groups = Groups::new();
    for operation in &update.operations {
        if let GraphUpdateOperation::DeleteInsert { pattern, .. } = operation {
            walk(pattern, &Known::new(), &mut groups);
        }
    }
    groups
}

fn walk<'a>(pattern: &'a Pattern, around: &Known, groups: &mut Groups<'a>) {
    let mut known = around.clone();
    match pattern {
        Pattern::Service { name, inner, .. } => {
            if let NamedNodePattern::NamedNode(name) = name {
                values(inner, &mut known);
                groups.insert(name.as_str(), (inner, known));
            }
        }
        Pattern::Join { left, right } | Pattern::Lateral { left, right } => {
            values(pattern, &mut known);
            walk(left, &known, groups);
            walk(right, &known, groups);
        }
        Pattern::LeftJoin { left, right, expression } => {
            values(left, &mut known);
            walk(left, &known, groups);
            walk(right, &known, groups);
            if let Some(expression) = expression {
                within(expression, &known, groups);
            }
        }
        Pattern::Filter { expr, inner } | Pattern::Extend { inner, expression: expr, .. } => {
            values(pattern, &mut known);
            walk(inner, &known, groups);
            within(expr, &known, groups);
        }
        Pattern::Union { left, right } | Pattern::Minus { left, right } => {
            walk(left, &known, groups);
            walk(right, &known, groups);
        }
        Pattern::Graph { inner, .. } | Pattern::Distinct { inner } | Pattern::Reduced { inner } => {
            walk(inner, &known, groups);
        }
        Pattern::OrderBy { inner, expression } => {
            walk(inner, &known, groups);
            for OrderExpression::Asc(expression) | OrderExpression::Desc(expression) in expression {
                within(expression, &known, groups);
            }
        }
        // Of a subquery only the variables that it gives out are those of the group around it.
        Pattern::Project { inner, variables } => {
            known.retain(|variable, _| variables.contains(variable));
            walk(inner, &known, groups);
        }
        // The first rows, or the count, of some values are not those of all.
        Pattern::Slice { inner, .. } => walk(inner, &Known::new(), groups),
        Pattern::Group { inner, aggregates, .. } => {
            walk(inner, &Known::new(), groups);
            for (_, aggregate) in aggregates {
                if let AggregateExpression::FunctionCall { expr, .. } = aggregate {
                    within(expr, &Known::new(), groups);
                }
            }
        }
        Pattern::Bgp { .. } | Pattern::Path { .. } | Pattern::Values { .. } => {}
    }
}

/// Finds the services behind `EXISTS`.
fn within<'a>(expression: &'a Expression, known: &Known, groups: &mut Groups<'a>) {
    use Expression as E;
    match expression {
        E::Exists(pattern) => walk(pattern, known, groups),
        E::Or(a, b)
        | E::And(a, b)
        | E::Equal(a, b)
        | E::SameTerm(a, b)
        | E::Greater(a, b)
        | E::GreaterOrEqual(a, b)
        | E::Less(a, b)
        | E::LessOrEqual(a, b)
        | E::Add(a, b)
        | E::Subtract(a, b)
        | E::Multiply(a, b)
        | E::Divide(a, b) => {
            within(a, known, groups);
            within(b, known, groups);
        }
        E::UnaryPlus(a) | E::UnaryMinus(a) | E::Not(a) => within(a, known, groups),
        E::In(a, list) => {
            within(a, known, groups);
            for item in list {
                within(item, known, groups);
            }
        }
        E::If(a, b, c) => {
            for part in [a, b, c] {
                within(part, known, groups);
            }
        }
        E::Coalesce(list) | E::FunctionCall(_, list) => {
            for item in list {
                within(item, known, groups);
            }
        }
        E::NamedNode(_) | E::Literal(_) | E::Variable(_) | E::Bound(_) => {}
    }
}

/// Adds the values that a group gives to variables.
fn values(pattern: &Pattern, known: &mut Known) {
    match pattern {
        Pattern::Values { variables, bindings } => {
            for (at, variable) in variables.iter().enumerate() {
                let terms: Option<Vec<Term>> = bindings.iter().map(|row| row.get(at)?.as_ref().map(term)).collect();
                let Some(terms) = terms else { continue };
                let mut once: Vec<Term> = Vec::new();
                for term in terms {
                    if !once.contains(&term) {
                        once.push(term);
                    }
                }
                known.insert(variable.clone(), once);
            }
        }
        Pattern::Join { left, right } | Pattern::Lateral { left, right } => {
            values(left, known);
            values(right, known);
        }
        Pattern::Filter { inner, .. } | Pattern::LeftJoin { left: inner, .. } | Pattern::Minus { left: inner, .. } => {
            values(inner, known);
        }
        Pattern::Extend { inner, variable, expression } => {
            values(inner, known);
            let constant: Option<Term> = match expression {
                Expression::NamedNode(iri) => Some(iri.clone().into()),
                Expression::Literal(literal) => Some(literal.clone().into()),
                _ => None,
            };
            known.extend(constant.map(|term| (variable.clone(), vec![term])));
        }
        _ => {}
    }
}

fn term(term: &GroundTerm) -> Term {
    match term {
        GroundTerm::NamedNode(iri) => iri.clone().into(),
        GroundTerm::Literal(literal) => literal.clone().into(),
        GroundTerm::Triple(triple) => Term::Triple(Box::new(oxigraph::model::Triple::new(
            triple.subject.clone(),
            triple.predicate.clone(),
            self::term(&triple.object),
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is known of `?x` where the service `<urn:s>` stands.
    fn known(query: &str) -> Option<Vec<String>> {
        let query = spargebra::SparqlParser::new().parse_query(query).unwrap_or_else(|e| panic!("{e}"));
        let groups = of_query(&query);
        let (_, known) = groups.get("urn:s").unwrap_or_else(|| panic!("the service is found"));
        let terms = known.get(&Variable::new_unchecked("x"))?;
        Some(terms.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn values_of_the_group_and_of_those_around_it_are_known() {
        let one = Some(vec!["\"a\"".to_owned()]);
        for query in [
            "SELECT * { VALUES ?x { 'a' } SERVICE <urn:s> { ?d ?p ?x } }",
            "SELECT * { SERVICE <urn:s> { ?d ?p ?x } VALUES (?y ?x) { (1 'a') (2 'a') } }",
            "SELECT * { SERVICE <urn:s> { ?d ?p ?x } } VALUES ?x { 'a' }",
            "SELECT * { BIND('a' AS ?x) SERVICE <urn:s> { ?d ?p ?x } FILTER(?d != 1) }",
            "SELECT * { VALUES ?x { 'a' } OPTIONAL { SERVICE <urn:s> { ?d ?p ?x } } }",
            "SELECT * { VALUES ?x { 'a' } { ?s ?p ?o } UNION { SERVICE <urn:s> { ?d ?p ?x } } }",
            "SELECT * { VALUES ?x { 'a' } ?s ?p ?o FILTER(?s = 1 || NOT EXISTS { SERVICE <urn:s> { ?d ?p ?x } }) }",
            "SELECT * { VALUES ?x { 'a' } { SELECT ?x ?d { SERVICE <urn:s> { ?d ?p ?x } } } }",
            "SELECT (COUNT(*) AS ?n) { VALUES ?x { 'a' } SERVICE <urn:s> { ?d ?p ?x } } GROUP BY ?d",
            "SELECT * { SERVICE <urn:s> { VALUES ?x { 'a' } ?d ?p ?x } }",
        ] {
            assert_eq!(known(query), one, "{query}");
        }
    }

    #[test]
    fn values_that_are_not_of_the_group_are_not() {
        for query in [
            "SELECT * { SERVICE <urn:s> { ?d ?p ?x } }",
            "SELECT * { VALUES ?x { 'a' UNDEF } SERVICE <urn:s> { ?d ?p ?x } }",
            "SELECT * { SERVICE <urn:s> { ?d ?p ?x } OPTIONAL { VALUES ?x { 'a' } } }",
            "SELECT * { { VALUES ?x { 'a' } } UNION { SERVICE <urn:s> { ?d ?p ?x } } }",
            "SELECT * { VALUES ?x { 'a' } { SELECT ?d { SERVICE <urn:s> { ?d ?p ?x } } } }",
            "SELECT * { VALUES ?x { 'a' } { SELECT ?x ?d { SERVICE <urn:s> { ?d ?p ?x } } LIMIT 1 } }",
        ] {
            assert_eq!(known(query), None, "{query}");
        }
    }
}
