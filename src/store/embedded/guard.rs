//! Makes an evaluation stoppable by rewriting its algebra, and refuses what must not be evaluated.
//!
//! The evaluator looks at its token only where it fetches a quad. Rows that come out of a cross product, a hash
//! join or `VALUES` cost no quad, and no token is looked at where rows are sorted or grouped. So a *tick* is put
//! in those places: a `FILTER` that is always true and calls [`TICK`], which unwinds the thread when it is told
//! to. Patterns that fetch a quad for every row are left as they are, and so is the optimiser's choice of order:
//! joins are only ever taken apart where they share no variable.
//!
//! - The filter is `COALESCE(!tick(), ?nowhere)`; a tick is an empty string, which is false and costs nothing to
//!   make. A call without a variable would be pushed down to the leaves by the optimiser, where it is of no use; a
//!   variable that is bound nowhere keeps it where it was put, and the call before it, being enough for
//!   `COALESCE`, keeps its value from ever being looked up.
//! - The optimiser joins filters of one place into a conjunction in an order of its own, and what is false first
//!   ends it. A filter of the query's that rejects every row of a cross product would keep the tick from being
//!   reached; so each of them ticks too.
//! - Rejected: ticks with the variables of both sides as arguments (each call decodes the terms, which a store on
//!   disk must look up), and our own [`QueryableDataset`](spareval::QueryableDataset) around oxigraph's, which
//!   would see every term that is touched, but oxigraph does not give its own away.

use std::{
    cell::RefCell,
    mem::{replace, take},
};

use oxigraph::model::{
    Literal, NamedNode, NamedNodeRef, Term, Variable,
    vocab::{rdf, xsd},
};
use spargebra::{
    Query,
    algebra::{AggregateExpression, AggregateFunction, Expression, Function, GraphPattern as Pattern, OrderExpression},
    term::{NamedNodePattern, TriplePattern},
};

use super::{
    super::{Dataset, Error},
    paths,
    scope::{self, Scope},
    size::Effort,
};

/// The function that ticks.
pub(super) const TICK: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("urn:isnad:tick");

/// The function that makes what is sorted by. Sorting cannot be stopped, and each comparison of two words looks both
/// up on the disk; but what the evaluator has made itself it has at hand, which is ten times as fast.
pub(super) const KEY: NamedNodeRef<'_> = NamedNodeRef::new_unchecked("urn:isnad:key");

/// Rows of `VALUES` from which they are worth a tick of their own.
const MANY_VALUES: usize = 64;

/// Rewrites a query. `dataset` is that of the protocol; `is_known` tells whether a term is a node in the store.
pub(super) fn query(mut query: Query, dataset: &Dataset, is_known: &dyn Fn(&Term) -> bool) -> Result<Query, Error> {
    let own = query.dataset().map_or(0, |dataset| dataset.default.len());
    let graphs = if dataset.is_unset() { own } else { dataset.default.len() };
    match &mut query {
        Query::Select { pattern, .. }
        | Query::Construct { pattern, .. }
        | Query::Describe { pattern, .. }
        | Query::Ask { pattern, .. } => *pattern = guarded(take(pattern), graphs > 1, is_known)?,
    }
    Ok(query)
}

fn guarded(pattern: Pattern, is_merging: bool, is_known: &dyn Fn(&Term) -> bool) -> Result<Pattern, Error> {
    let effort = RefCell::default();
    let outer = Scope::new();
    let guard = Guard { effort: &effort, is_known, graph: None, is_in_graph: false, is_merging, outer, levels: 0 };
    guard.pattern(pattern)
}

/// Where in the algebra the rewriting stands.
#[derive(Clone)]
struct Guard<'a> {
    /// What planning the whole query will cost.
    effort: &'a RefCell<Effort>,
    /// Whether a term is a node in the store.
    is_known: &'a dyn Fn(&Term) -> bool,
    /// Whether a `GRAPH` is around.
    is_in_graph: bool,
    /// The variable of the `GRAPH` around, which every pattern inside it shares.
    graph: Option<Variable>,
    /// Whether the default graph is several graphs and the evaluator would give a triple once for each. A basic graph
    /// pattern over their merge has each solution once, its blank nodes counted among the variables.
    is_merging: bool,
    /// The variables that may be bound before a pattern is looked at.
    outer: Scope,
    /// In how many aggregated groups and optional patterns this stands.
    levels: u32,
}

impl Guard<'_> {
    fn pattern(&self, pattern: Pattern) -> Result<Pattern, Error> {
        Ok(match pattern {
            Pattern::Bgp { .. } | Pattern::Path { .. } | Pattern::Join { .. } => self.join(pattern)?,
            Pattern::Values { ref bindings, .. } if bindings.len() < MANY_VALUES => pattern,
            Pattern::Values { .. } => ticked(pattern),
            Pattern::Graph { name, inner } => Pattern::Graph { inner: self.within(&name).boxed(inner)?, name },
            Pattern::Filter { expr, inner } => {
                Pattern::Filter { expr: self.filter(expr, &inner)?, inner: self.boxed(inner)? }
            }
            Pattern::LeftJoin { left, right, expression } => self.left_join(left, right, expression)?,
            Pattern::Lateral { left, right } => {
                let right = self.after(&left).boxed(right)?;
                ticked(Pattern::Lateral { left: self.boxed(left)?, right })
            }
            Pattern::Minus { left, right } => {
                let left = self.pattern(*left)?;
                // Rows that are taken away are seen by nobody else.
                let left = if scope::fetches(&left) { left } else { ticked(left) };
                Pattern::Minus { left: Box::new(left), right: self.boxed(right)? }
            }
            Pattern::Union { left, right } => Pattern::Union { left: self.boxed(left)?, right: self.boxed(right)? },
            Pattern::Extend { inner, variable, mut expression } => {
                self.expression(&mut expression, &inner)?;
                Pattern::Extend { inner: self.boxed(inner)?, variable, expression }
            }
            Pattern::OrderBy { inner, expression } => self.order(*inner, expression)?,
            Pattern::Group { inner, variables, aggregates } => self.group(*inner, variables, aggregates)?,
            Pattern::Project { inner, variables } => Pattern::Project { inner: self.boxed(inner)?, variables },
            Pattern::Distinct { inner } => Pattern::Distinct { inner: self.boxed(inner)? },
            Pattern::Reduced { inner } => Pattern::Reduced { inner: self.boxed(inner)? },
            Pattern::Slice { inner, start, length } => {
                let inner = self.pattern(*inner)?;
                // Rows that are skipped are seen by nobody else.
                let inner = if start > 0 { ticked_inside(inner) } else { inner };
                Pattern::Slice { inner: Box::new(inner), start, length }
            }
            Pattern::Service { name, .. } => {
                return Err(Error::Refused(format!("SERVICE {name} is not allowed here")));
            }
        })
    }

    #[expect(clippy::boxed_local, reason = "the algebra is made of boxes, and so is what it is rewritten to")]
    fn boxed(&self, pattern: Box<Pattern>) -> Result<Box<Pattern>, Error> {
        Ok(Box::new(self.pattern(*pattern)?))
    }

    /// The place inside a `GRAPH`.
    fn within(&self, name: &NamedNodePattern) -> Self {
        let graph = match name {
            NamedNodePattern::Variable(variable) => Some(variable.clone()),
            NamedNodePattern::NamedNode(_) => None,
        };
        Self { graph, is_in_graph: true, is_merging: false, ..self.clone() }
    }

    /// A place where the variables of a pattern may be bound before.
    fn after(&self, pattern: &Pattern) -> Self {
        Self { outer: &self.outer | &scope::visible(pattern), ..self.clone() }
    }

    /// The place one level further down.
    fn below(&self) -> Self {
        Self { levels: self.levels + 1, ..self.clone() }
    }

    /// Rewrites everything that is joined in one place, and takes apart what shares no variable: the evaluator
    /// multiplies it, each with each, and the tick must see every row of every product.
    fn join(&self, pattern: Pattern) -> Result<Pattern, Error> {
        let parts = joined(pattern);
        self.effort.borrow_mut().add(parts.len(), self.levels)?;
        let scopes = parts.iter().map(|part| scope::certain(part, self.graph.as_ref())).collect();
        let mut parts: Vec<Option<Pattern>> = parts.into_iter().map(Some).collect();
        let mut product: Option<Pattern> = None;
        for component in scope::components(scopes) {
            let component = component.into_iter().filter_map(|index| parts[index].take()).collect();
            let right = connected(self.component(component)?, self.is_merging);
            product = Some(match product {
                Some(left) => ticked(Pattern::Join { left: Box::new(left), right: Box::new(right) }),
                None => right,
            });
        }
        Ok(product.unwrap_or_default())
    }

    /// Rewrites the parts of a group, each where the others' variables may be bound if that is worth anything.
    fn component(&self, parts: Vec<Pattern>) -> Result<Vec<Pattern>, Error> {
        let selective = parts.iter().any(paths::is_selective);
        let place = |parts: &[Pattern], index: usize| {
            let others = parts.iter().enumerate().filter(|(other, _)| *other != index && selective);
            others.fold(self.clone(), |place, (_, other)| place.after(other))
        };
        let places: Vec<_> = (0..parts.len()).map(|index| place(&parts, index)).collect();
        let known = |part: Pattern| match paths::from_unknown(&part, self.is_known) {
            Some(itself) if !self.is_in_graph => itself,
            _ => part,
        };
        let rewritten = parts.into_iter().map(known).zip(places).map(|(part, place)| match part {
            Pattern::Path { .. } if paths::is_open(&part, &place.outer) => {
                Ok(ticked(paths::from_each_start(part, self.graph.as_ref())))
            }
            Pattern::Bgp { .. } | Pattern::Path { .. } => Ok(part),
            other => place.pattern(other),
        });
        rewritten.collect()
    }

    fn left_join(
        &self,
        left: Box<Pattern>,
        right: Box<Pattern>,
        expression: Option<Expression>,
    ) -> Result<Pattern, Error> {
        self.effort.borrow_mut().add_optional(scope::optionals(&left))?;
        let expression = match expression {
            Some(expression) => Some(self.after(&left).filter(expression, &right)?),
            None => None,
        };
        let right = self.below().after(&left).boxed(right)?;
        let left = self.boxed(left)?;
        let share = !self.scope(&left).is_disjoint(&self.scope(&right));
        let fetches = share && scope::fetches(&left) && scope::fetches(&right);
        let pattern = Pattern::LeftJoin { left, right, expression };
        Ok(if fetches { pattern } else { ticked(pattern) })
    }

    fn scope(&self, pattern: &Pattern) -> Scope {
        scope::certain(pattern, self.graph.as_ref())
    }

    /// Lets rows tick before they are sorted, and sorts them by their [`KEY`]s.
    fn order(&self, inner: Pattern, mut expression: Vec<OrderExpression>) -> Result<Pattern, Error> {
        for OrderExpression::Asc(by) | OrderExpression::Desc(by) in &mut expression {
            self.expression(by, &inner)?;
        }
        let mut inner = ticked(self.pattern(inner)?);
        for (index, by) in expression.iter_mut().enumerate() {
            let variable = Variable::new_unchecked(format!("isnad_key{index}"));
            let (OrderExpression::Asc(by) | OrderExpression::Desc(by)) = by;
            let by = replace(by, Expression::Variable(variable.clone()));
            let expression = Expression::FunctionCall(Function::Custom(KEY.into_owned()), vec![by]);
            inner = Pattern::Extend { inner: Box::new(inner), variable, expression };
        }
        Ok(Pattern::OrderBy { inner: Box::new(inner), expression })
    }

    fn group(
        &self,
        inner: Pattern,
        variables: Vec<Variable>,
        mut aggregates: Vec<(Variable, AggregateExpression)>,
    ) -> Result<Pattern, Error> {
        for (_, aggregate) in &mut aggregates {
            if let AggregateExpression::FunctionCall { expr, name, .. } = aggregate {
                self.expression(expr, &inner)?;
                // The evaluator keeps a language that all have in common; the standard's result is a plain text.
                if let AggregateFunction::GroupConcat { .. } = name {
                    *expr =
                        Expression::FunctionCall(Function::Str, vec![replace(expr, Expression::Coalesce(Vec::new()))]);
                }
            }
        }
        Ok(Pattern::Group { inner: Box::new(ticked(self.below().pattern(inner)?)), variables, aggregates })
    }

    /// Makes a condition tick, each part of a conjunction for itself, so that the optimiser can still move each
    /// to where it belongs.
    fn filter(&self, expression: Expression, inner: &Pattern) -> Result<Expression, Error> {
        match expression {
            Expression::And(left, right) => {
                Ok(Expression::And(Box::new(self.filter(*left, inner)?), Box::new(self.filter(*right, inner)?)))
            }
            Expression::Literal(_) => Ok(expression),
            mut condition => {
                self.expression(&mut condition, inner)?;
                let no = Expression::Literal(Literal::from(false));
                Ok(Expression::If(Box::new(tick()), Box::new(no), Box::new(condition)))
            }
        }
    }

    /// Rewrites the patterns in an expression about the rows of another pattern, that is, those of `EXISTS`.
    fn expression(&self, expression: &mut Expression, inner: &Pattern) -> Result<(), Error> {
        if let Expression::Exists(pattern) = expression {
            **pattern = self.after(inner).pattern(take(pattern))?;
            return Ok(());
        }
        for operand in operands(expression) {
            self.expression(operand, inner)?;
        }
        Ok(())
    }
}

/// What a pattern joins in one place, in the order of the text; basic graph patterns fall into their triples.
/// Blank nodes become the variables they stand for.
fn joined(pattern: Pattern) -> Vec<Pattern> {
    let (mut parts, mut todo) = (Vec::new(), vec![pattern]);
    while let Some(pattern) = todo.pop() {
        match pattern {
            Pattern::Join { left, right } => todo.extend([*right, *left]),
            Pattern::Bgp { patterns } if !patterns.is_empty() => {
                let triples = patterns.into_iter().map(scope::named_triple);
                parts.extend(triples.map(|triple| Pattern::Bgp { patterns: vec![triple] }));
            }
            Pattern::Path { subject, path, object } => {
                parts.push(Pattern::Path { subject: scope::named(subject), path, object: scope::named(object) });
            }
            other => parts.push(other),
        }
    }
    parts
}

/// Joins what shares variables again, and lets it tick if it may make rows without fetching quads.
fn connected(parts: Vec<Pattern>, is_merging: bool) -> Pattern {
    let basic = |patterns| {
        let basic = Pattern::Bgp { patterns };
        if is_merging { Pattern::Distinct { inner: Box::new(basic) } } else { basic }
    };
    let fetches = parts.len() == 1 || parts.iter().all(scope::fetches);
    let mut triples: Vec<TriplePattern> = Vec::new();
    let mut joined: Option<Pattern> = None;
    let mut join = |right: Pattern| {
        joined = Some(match joined.take() {
            Some(left) => Pattern::Join { left: Box::new(left), right: Box::new(right) },
            None => right,
        });
    };
    for part in parts {
        match part {
            Pattern::Bgp { patterns } if !patterns.is_empty() => triples.extend(patterns),
            other => {
                if !triples.is_empty() {
                    join(basic(take(&mut triples)));
                }
                join(other);
            }
        }
    }
    if !triples.is_empty() {
        join(basic(triples));
    }
    let pattern = joined.unwrap_or_default();
    if fetches { pattern } else { ticked(pattern) }
}

/// A term that sorts among others of its kind as this one does, and that no store holds.
pub(super) fn key(term: &Term) -> Term {
    match term {
        Term::NamedNode(iri) => NamedNode::new_unchecked(format!("\u{1}{}", iri.as_str())).into(),
        Term::Literal(literal) if literal.datatype() == xsd::STRING => {
            Literal::new_simple_literal(format!("\u{1}{}", literal.value())).into()
        }
        Term::Literal(literal) if literal.datatype() == rdf::LANG_STRING => {
            Literal::new_language_tagged_literal_unchecked(
                format!("\u{1}{}", literal.value()),
                literal.language().unwrap_or_default(),
            )
            .into()
        }
        other => other.clone(),
    }
}

fn tick() -> Expression {
    Expression::FunctionCall(Function::Custom(TICK.into_owned()), Vec::new())
}

/// Lets each row of a pattern tick, once.
fn ticked(pattern: Pattern) -> Pattern {
    let nowhere = Expression::Variable(Variable::new_unchecked("isnad_nowhere"));
    let expr = Expression::Coalesce(vec![Expression::Not(Box::new(tick())), nowhere]);
    match pattern {
        Pattern::Filter { expr: same, inner } if same == expr => Pattern::Filter { expr, inner },
        other => Pattern::Filter { expr, inner: Box::new(other) },
    }
}

/// Lets each row tick before it is projected: the variables of the outermost projection are those of the answer,
/// and a filter around it would add its own.
fn ticked_inside(pattern: Pattern) -> Pattern {
    match pattern {
        Pattern::Distinct { inner } => Pattern::Distinct { inner: Box::new(ticked_inside(*inner)) },
        Pattern::Reduced { inner } => Pattern::Reduced { inner: Box::new(ticked_inside(*inner)) },
        Pattern::Project { inner, variables } => Pattern::Project { inner: Box::new(ticked(*inner)), variables },
        other => ticked(other),
    }
}

/// The expressions that an expression is made of.
pub(super) fn operands(expression: &mut Expression) -> Vec<&mut Expression> {
    match expression {
        Expression::NamedNode(_)
        | Expression::Literal(_)
        | Expression::Variable(_)
        | Expression::Bound(_)
        | Expression::Exists(_) => Vec::new(),
        Expression::Or(a, b)
        | Expression::And(a, b)
        | Expression::Equal(a, b)
        | Expression::SameTerm(a, b)
        | Expression::Greater(a, b)
        | Expression::GreaterOrEqual(a, b)
        | Expression::Less(a, b)
        | Expression::LessOrEqual(a, b)
        | Expression::Add(a, b)
        | Expression::Subtract(a, b)
        | Expression::Multiply(a, b)
        | Expression::Divide(a, b) => vec![a, b],
        Expression::UnaryPlus(a) | Expression::UnaryMinus(a) | Expression::Not(a) => vec![a],
        Expression::If(a, b, c) => vec![a, b, c],
        Expression::In(a, list) => std::iter::once(&mut **a).chain(list).collect(),
        Expression::Coalesce(list) | Expression::FunctionCall(_, list) => list.iter_mut().collect(),
    }
}
