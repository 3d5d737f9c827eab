//! Rewrites a query where the evaluator gives something else than the standard means.
//!
//! - What stands in `GRAPH ?graph` is evaluated in each graph for itself, and every row has the graph; the evaluator
//!   loses it in subqueries and `VALUES`, and in `MINUS` takes it for something that both sides share.
//! - `BNODE` of a text is one node in one row and another in the next; the evaluator names it after the text.
//!
//! Each is held by tests of the W3C's suites. What the guard rewrites anyhow it sets right itself.

use std::{cell::Cell, mem::take};

use oxigraph::model::Variable;
use spargebra::{
    Query,
    algebra::{Expression, Function, GraphPattern as Pattern},
    term::NamedNodePattern,
};

use super::{guard, scope};

/// Rewrites a query.
pub(super) fn query(mut query: Query) -> Query {
    let standard = Standard { graph: None, made: &Cell::new(0) };
    match &mut query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => *pattern = standard.pattern(take(pattern)),
    }
    query
}

/// Where in the algebra the rewriting stands.
#[derive(Clone)]
struct Standard<'a> {
    /// The variable of the `GRAPH` around.
    graph: Option<Variable>,
    /// How many variables were made.
    made: &'a Cell<u32>,
}

impl Standard<'_> {
    fn pattern(&self, pattern: Pattern) -> Pattern {
        match pattern {
            Pattern::Values { .. } => self.in_each_graph(pattern),
            Pattern::Join { left, right } => Pattern::Join { left: self.boxed(left), right: self.boxed(right) },
            Pattern::Lateral { left, right } => Pattern::Lateral { left: self.boxed(left), right: self.boxed(right) },
            Pattern::Union { left, right } => Pattern::Union { left: self.boxed(left), right: self.boxed(right) },
            Pattern::LeftJoin { left, right, expression } => Pattern::LeftJoin {
                left: self.boxed(left),
                right: self.boxed(right),
                expression: expression.map(|expression| self.expression(expression)),
            },
            Pattern::Minus { left, right } => self.minus(left, right),
            Pattern::Filter { expr, inner } => {
                Pattern::Filter { expr: self.expression(expr), inner: self.boxed(inner) }
            }
            Pattern::Graph { name: NamedNodePattern::Variable(graph), inner } => self.graph(graph, *inner),
            Pattern::Graph { name, inner } => {
                Pattern::Graph { name, inner: Self { graph: None, ..self.clone() }.boxed(inner) }
            }
            Pattern::Extend { .. } => self.extend(pattern, |inner| self.pattern(inner)),
            Pattern::OrderBy { .. }
            | Pattern::Project { .. }
            | Pattern::Distinct { .. }
            | Pattern::Reduced { .. }
            | Pattern::Slice { .. }
            | Pattern::Group { .. } => self.subquery(pattern),
            Pattern::Bgp { .. } | Pattern::Path { .. } | Pattern::Service { .. } => pattern,
        }
    }

    #[expect(clippy::boxed_local, reason = "the algebra is made of boxes, and so is what it is rewritten to")]
    fn boxed(&self, pattern: Box<Pattern>) -> Box<Pattern> {
        Box::new(self.pattern(*pattern))
    }

    fn expression(&self, mut expression: Expression) -> Expression {
        self.within(&mut expression);
        expression
    }

    fn within(&self, expression: &mut Expression) {
        if let Expression::Exists(pattern) = expression {
            **pattern = self.pattern(take(pattern));
            return;
        }
        for operand in guard::operands(expression) {
            self.within(operand);
        }
    }

    /// A variable that no query has.
    fn variable(&self, name: &str) -> Variable {
        self.made.set(self.made.get() + 1);
        Variable::new_unchecked(format!("isnad_{name}{}", self.made.get()))
    }

    /// A pattern in each graph. A subquery may have a variable of the same name for itself: then the graph gets another.
    fn graph(&self, graph: Variable, inner: Pattern) -> Pattern {
        let is_hidden = hides(&inner, &graph);
        let is_bound = scope::visible(&inner).contains(&graph.to_string());
        let name = if is_hidden { self.variable("graph") } else { graph.clone() };
        let inner = Self { graph: Some(name.clone()), ..self.clone() }.pattern(inner);
        let pattern = Box::new(Pattern::Graph { name: name.clone().into(), inner: Box::new(inner) });
        match (is_hidden, is_bound) {
            (false, _) => *pattern,
            (true, false) => Pattern::Extend { inner: pattern, variable: graph, expression: name.into() },
            (true, true) => Pattern::Filter {
                expr: Expression::SameTerm(Box::new(graph.into()), Box::new(name.into())),
                inner: pattern,
            },
        }
    }

    /// Gives what fetches nothing from a graph a row for each graph.
    fn in_each_graph(&self, pattern: Pattern) -> Pattern {
        match &self.graph {
            Some(_) => Pattern::Join { left: Box::new(each_graph()), right: Box::new(pattern) },
            None => pattern,
        }
    }

    /// Rows that share nothing but the graph take nothing away from each other.
    fn minus(&self, left: Box<Pattern>, right: Box<Pattern>) -> Pattern {
        if let Some(graph) = &self.graph {
            let mut shared = &scope::visible(&left) & &scope::visible(&right);
            shared.remove(&graph.to_string());
            if shared.is_empty() {
                return self.pattern(*left);
            }
        }
        Pattern::Minus { left: self.boxed(left), right: self.boxed(right) }
    }

    /// A subquery gives the graph away with its rows. Where it counts or cuts off, it does so in each graph.
    fn subquery(&self, pattern: Pattern) -> Pattern {
        let Some(graph) = &self.graph else { return self.modifiers(pattern, None) };
        let is_whole = is_whole(&pattern);
        let pattern = self.modifiers(pattern, Some(graph));
        if is_whole { Pattern::Lateral { left: Box::new(each_graph()), right: Box::new(pattern) } } else { pattern }
    }

    /// The modifiers of a query, down to the pattern that they modify.
    fn modifiers(&self, pattern: Pattern, graph: Option<&Variable>) -> Pattern {
        let inside = |inner: Box<Pattern>| Box::new(self.modifiers(*inner, graph));
        match pattern {
            Pattern::Project { inner, mut variables } => {
                variables.extend(graph.filter(|graph| !variables.contains(graph)).cloned());
                Pattern::Project { inner: inside(inner), variables }
            }
            Pattern::Distinct { inner } => Pattern::Distinct { inner: inside(inner) },
            Pattern::Reduced { inner } => Pattern::Reduced { inner: inside(inner) },
            Pattern::Slice { inner, start, length } => Pattern::Slice { inner: inside(inner), start, length },
            Pattern::OrderBy { inner, expression } => Pattern::OrderBy { inner: inside(inner), expression },
            Pattern::Extend { .. } => self.extend(pattern, |inner| self.modifiers(inner, graph)),
            Pattern::Filter { expr, inner } => Pattern::Filter { expr: self.expression(expr), inner: inside(inner) },
            Pattern::Group { inner, mut variables, aggregates } => {
                let is_new = |graph: &&Variable| !variables.is_empty() && !variables.contains(graph);
                variables.extend(graph.filter(is_new).cloned());
                Pattern::Group { inner: self.boxed(inner), variables, aggregates }
            }
            other => self.pattern(other),
        }
    }

    /// A chain of `BIND`s, or of the expressions of a `SELECT`; all of them know the row by one name.
    fn extend(&self, pattern: Pattern, rest: impl FnOnce(Pattern) -> Pattern) -> Pattern {
        let (mut chain, mut inner) = (Vec::new(), pattern);
        while let Pattern::Extend { inner: next, variable, expression } = inner {
            chain.push((variable, self.expression(expression)));
            inner = *next;
        }
        let mut pattern = rest(inner);
        let row = self.variable("row");
        let mut uses = false;
        for (_, expression) in &mut chain {
            uses |= name_nodes_after(expression, &row);
        }
        if uses {
            let expression = Expression::FunctionCall(Function::StrUuid, Vec::new());
            pattern = Pattern::Extend { inner: Box::new(pattern), variable: row, expression };
        }
        chain.into_iter().rev().fold(pattern, |inner, (variable, expression)| Pattern::Extend {
            inner: Box::new(inner),
            variable,
            expression,
        })
    }
}

/// Names nodes after their text and their row. Tells whether there are any.
fn name_nodes_after(expression: &mut Expression, row: &Variable) -> bool {
    let mut found = false;
    for operand in guard::operands(expression) {
        found |= name_nodes_after(operand, row);
    }
    if let Expression::FunctionCall(Function::BNode, arguments) = expression
        && let [text] = arguments.as_mut_slice()
    {
        let text = std::mem::replace(text, Expression::Bound(row.clone()));
        let both = Expression::FunctionCall(Function::Concat, vec![text, row.clone().into()]);
        // The digest, because not every text can be a name.
        arguments[0] = Expression::FunctionCall(Function::Md5, vec![both]);
        found = true;
    }
    found
}

/// Whether a subquery has to be evaluated in one graph after the other: where it cuts off, and where it counts all.
fn is_whole(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::Slice { .. } => true,
        Pattern::Group { variables, .. } => variables.is_empty(),
        Pattern::Project { inner, .. }
        | Pattern::Distinct { inner }
        | Pattern::Reduced { inner }
        | Pattern::OrderBy { inner, .. }
        | Pattern::Extend { inner, .. }
        | Pattern::Filter { inner, .. } => is_whole(inner),
        _ => false,
    }
}

/// Whether a subquery in a pattern has a variable of this name that it does not give away.
fn hides(pattern: &Pattern, graph: &Variable) -> bool {
    match pattern {
        Pattern::Project { inner, variables } => {
            let is_own = !variables.contains(graph) && scope::visible(inner).contains(&graph.to_string());
            is_own || hides(inner, graph)
        }
        Pattern::Join { left, right }
        | Pattern::Lateral { left, right }
        | Pattern::Union { left, right }
        | Pattern::LeftJoin { left, right, .. }
        | Pattern::Minus { left, right } => hides(left, graph) || hides(right, graph),
        Pattern::Filter { inner, .. }
        | Pattern::Graph { inner, .. }
        | Pattern::Extend { inner, .. }
        | Pattern::OrderBy { inner, .. }
        | Pattern::Distinct { inner }
        | Pattern::Reduced { inner }
        | Pattern::Slice { inner, .. }
        | Pattern::Group { inner, .. } => hides(inner, graph),
        Pattern::Bgp { .. } | Pattern::Path { .. } | Pattern::Values { .. } | Pattern::Service { .. } => false,
    }
}

/// The pattern that has a row for each graph when it stands in `GRAPH ?graph`.
fn each_graph() -> Pattern {
    Pattern::Bgp { patterns: Vec::new() }
}

#[cfg(test)]
mod tests {
    use oxigraph::{
        sparql::{QueryResults, SparqlEvaluator},
        store::Store,
    };
    use spargebra::SparqlParser;

    use super::*;

    /// The rows of a query on two graphs, sorted.
    fn rows(text: &str) -> Vec<String> {
        let store = Store::new().expect("a store is made");
        let data = "GRAPH <g:1> { <a:a> <a:p> 1 , 2 } GRAPH <g:2> { <a:a> <a:q> 1 }";
        store.update(&format!("INSERT DATA {{ {data} }}")).expect("the data is good");
        let parsed = SparqlParser::new().parse_query(text).expect("the query is good");
        let prepared = SparqlEvaluator::new().for_query(query(parsed));
        let Ok(QueryResults::Solutions(solutions)) = prepared.on_store(&store).execute() else {
            panic!("the query has rows")
        };
        let row = |row: oxigraph::sparql::QuerySolution| {
            row.values().iter().map(|value| value.as_ref().map(short).unwrap_or_default()).collect::<Vec<_>>().join(" ")
        };
        let mut rows: Vec<String> = solutions.map(|solution| row(solution.expect("a row is read"))).collect();
        rows.sort();
        rows
    }

    fn short(term: &oxigraph::model::Term) -> String {
        match term {
            oxigraph::model::Term::NamedNode(node) => node.as_str().to_owned(),
            oxigraph::model::Term::Literal(literal) => literal.value().to_owned(),
            other => other.to_string(),
        }
    }

    #[test]
    fn a_subquery_in_a_graph_keeps_the_graph() {
        assert_eq!(rows("SELECT ?g ?s { GRAPH ?g { SELECT DISTINCT ?s { ?s ?p ?o } } }"), ["g:1 a:a", "g:2 a:a"]);
        let count = "SELECT ?g ?n { GRAPH ?g { SELECT (COUNT(*) AS ?n) { ?s <a:p> ?o } } }";
        assert_eq!(rows(count), ["g:1 2", "g:2 0"]);
        let grouped = "SELECT ?g ?p ?n { GRAPH ?g { SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p } }";
        assert_eq!(rows(grouped), ["g:1 a:p 2", "g:2 a:q 1"]);
        assert_eq!(rows("SELECT ?g { GRAPH ?g { SELECT ?s { ?s ?p ?o } LIMIT 1 } }"), ["g:1", "g:2"]);
        // A variable of the subquery's own that happens to have the same name.
        assert_eq!(rows("SELECT ?g { GRAPH ?g { { SELECT ?s { ?s <a:p> ?g } } } }"), ["g:1", "g:1"]);
    }

    #[test]
    fn values_and_minus_in_a_graph_know_the_graph_only_where_they_name_it() {
        let values = "SELECT ?g ?t { GRAPH ?g { VALUES (?g ?t) { (UNDEF 'x') (<g:1> 'y') (<g:3> 'z') } } }";
        assert_eq!(rows(values), ["g:1 x", "g:1 y", "g:2 x"]);
        assert_eq!(rows("SELECT ?g { GRAPH ?g { ?a <a:q> ?o MINUS { ?b <a:q> ?c } } }"), ["g:2"]);
        assert_eq!(rows("SELECT ?g { GRAPH ?g { ?a <a:q> ?o MINUS { ?a <a:q> ?c } } }").len(), 0);
    }

    #[test]
    fn a_text_names_one_node_in_a_row_and_another_in_the_next() {
        let nodes = rows("SELECT (BNODE(?x) AS ?a) (BNODE('t u') AS ?b) { VALUES ?x { 't u' 'v' } }");
        let words: Vec<Vec<&str>> = nodes.iter().map(|row| row.split(' ').collect()).collect();
        assert_eq!(words.iter().filter(|row| row[0] == row[1]).count(), 1, "{nodes:?}");
        let mut all: Vec<&str> = words.concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 3, "{nodes:?}");
    }
}
