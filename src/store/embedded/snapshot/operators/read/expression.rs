//! Conditions and other expressions, and what can be told from them before any row is found.

use std::{cell::RefCell, collections::HashMap, ops::Bound};

use oxigraph::model::{LiteralRef, Term, TermRef, vocab::xsd};
use spargebra::algebra::{Expression as Written, Function, GraphPattern as Pattern};

use super::{
    super::{
        cursor::Ranges,
        expression::{Expression, is_known},
        ranges::{self, Beginning},
        steps::{Slot, Step},
    },
    Reader, Slots,
    group::Chain,
};
use crate::store::embedded::{guard::operands, scope::Scope};

/// The variables that an expression is about, as they are written; those of the patterns of `EXISTS` too.
pub(super) fn used(written: &Written) -> Scope {
    let mut used = Scope::new();
    match written {
        Written::Variable(variable) | Written::Bound(variable) => {
            used.insert(variable.to_string());
        }
        Written::Exists(pattern) => used.extend(mentioned(pattern)),
        other => {
            for operand in operands(&mut other.clone()) {
                used.extend(self::used(operand));
            }
        }
    }
    used
}

/// All variables that stand anywhere in a pattern.
fn mentioned(pattern: &Pattern) -> Scope {
    // As it is written, whatever is a variable begins with a question mark.
    let text = pattern.to_string();
    let is_name = |c: char| c.is_alphanumeric() || c == '_' || c == '\u{b7}';
    text.split('?').skip(1).map(|rest| format!("?{}", rest.split(|c| !is_name(c)).next().unwrap_or_default())).collect()
}

impl Reader<'_, '_> {
    /// Adds a condition, each part of it where all that it is about is bound.
    pub(super) fn conditions(&self, written: &Written, scope: &Scope, chain: &mut Chain, from: usize) -> Option<()> {
        if let Written::And(left, right) = written {
            self.conditions(left, scope, chain, from)?;
            return self.conditions(right, scope, chain, from);
        }
        let mut condition = self.expression(written, scope, &chain.bound().certain)?;
        if let Some((slot, ranges, is_exact)) = self.ranges(written, scope) {
            for (step, _) in &mut chain.steps[from..] {
                if let Step::Quads(quads) = step
                    && quads.slots[2] == Slot::Variable(slot)
                {
                    quads.objects = Some(match quads.objects.take() {
                        Some(others) => common(&others, &ranges),
                        None => ranges.clone(),
                    });
                }
            }
            if is_exact {
                let known = self.run.state.base.dictionary.len();
                condition = Expression::Within { slot, ranges, known, otherwise: Box::new(condition) };
            }
        }
        let about = self.slots(&(&used(written) & &(scope | &self.around)));
        chain.put(Step::Where(condition), &about, from);
        Some(())
    }

    /// Reads an expression about the variables that are visible.
    pub(super) fn expression(&self, written: &Written, scope: &Scope, certain: &Slots) -> Option<Expression> {
        let read = |written: &Written| self.expression(written, scope, certain);
        let boxed = |written: &Written| read(written).map(Box::new);
        let all = |list: &[Written]| list.iter().map(read).collect::<Option<Vec<_>>>();
        let before = |first: &Written, second: &Written, or_equal| {
            Some(Expression::Before { first: boxed(first)?, second: boxed(second)?, or_equal })
        };
        let expression = match written {
            Written::NamedNode(iri) => Expression::Given(self.id(iri)),
            Written::Literal(literal) => Expression::Given(self.id(literal)),
            Written::Variable(variable) if self.seen(&variable.to_string(), scope) => {
                Expression::Variable(self.slot(variable))
            }
            Written::Variable(_) => Expression::Nothing,
            Written::Bound(variable) if self.seen(&variable.to_string(), scope) => {
                Expression::Bound(self.slot(variable))
            }
            Written::Bound(_) => Expression::Given(self.id(LiteralRef::new_typed_literal("false", xsd::BOOLEAN))),
            Written::Not(inner) => Expression::Not(boxed(inner)?),
            Written::And(a, b) => Expression::All(vec![read(a)?, read(b)?]),
            Written::Or(a, b) => Expression::Any(vec![read(a)?, read(b)?]),
            Written::Equal(a, b) => match language(a, b).or_else(|| language(b, a)) {
                Some((variable, language)) if self.seen(&variable.to_string(), scope) => {
                    Expression::Language(self.slot(variable), language.to_owned())
                }
                _ => Expression::Equal(boxed(a)?, boxed(b)?),
            },
            Written::SameTerm(a, b) => Expression::Same(boxed(a)?, boxed(b)?),
            Written::Less(a, b) => before(a, b, false)?,
            Written::LessOrEqual(a, b) => before(a, b, true)?,
            Written::Greater(a, b) => before(b, a, false)?,
            Written::GreaterOrEqual(a, b) => before(b, a, true)?,
            Written::In(one, list) => {
                let equal = |other| Some(Expression::Equal(boxed(one)?, boxed(other)?));
                Expression::Any(list.iter().map(equal).collect::<Option<_>>()?)
            }
            Written::If(a, b, c) => Expression::If(Box::new([read(a)?, read(b)?, read(c)?])),
            Written::Coalesce(list) => Expression::Coalesce(all(list)?),
            Written::Exists(pattern) => {
                let around = &self.around | scope;
                let inside = Self { around, is_inside: true, ..self.clone() };
                let possible = self.slots(&inside.around);
                let mut chain = Chain::around(certain, &possible);
                inside.add(pattern, &mut chain)?;
                Expression::Exists(chain.into_steps())
            }
            Written::FunctionCall(function, arguments) if is_known(function, arguments.len()) => {
                Expression::Call(function.clone(), all(arguments)?)
            }
            _ => return None,
        };
        Some(self.once(written, expression))
    }

    fn seen(&self, name: &str, scope: &Scope) -> bool {
        scope.contains(name) || self.around.contains(name)
    }

    /// Has an expression about one value be reckoned once for each, where the same values come again and again.
    fn once(&self, written: &Written, expression: Expression) -> Expression {
        let is_costly = match &expression {
            Expression::Before { .. } => true,
            Expression::Call(function, _) => matches!(function, Function::Year | Function::Month | Function::Day),
            _ => false,
        };
        let slots: Vec<usize> = self.slots(&used(written)).into_iter().collect();
        match slots.as_slice() {
            [slot] if is_costly && !is_about_text(written) => Expression::Once {
                slot: *slot,
                expression: Box::new(expression),
                results: RefCell::new(HashMap::new()),
            },
            _ => expression,
        }
    }

    /// The terms for which a condition can be true, and whether it is for all of them; as far as the base knows them.
    fn ranges(&self, written: &Written, scope: &Scope) -> Option<(usize, Ranges, bool)> {
        let state = self.run.state;
        if let Written::FunctionCall(Function::StrStarts, arguments) = written {
            let [of, Written::Literal(text)] = arguments.as_slice() else { return None };
            if text.datatype() != xsd::STRING {
                return None;
            }
            let (mut of, mut ignores_case, mut of_any) = (of, false, false);
            while let Written::FunctionCall(function, arguments) = of {
                match function {
                    Function::LCase | Function::UCase => ignores_case = true,
                    Function::Str => of_any = true,
                    _ => return None,
                }
                of = arguments.first()?;
            }
            let Written::Variable(variable) = of else { return None };
            let slot = self.known(variable).filter(|_| scope.contains(&variable.to_string()))?;
            let ranges = ranges::beginning(state, Beginning { text: text.value(), ignores_case, of_any });
            return Some((slot, ranges, false));
        }
        let (a, b, low, or_equal) = match written {
            Written::Less(a, b) => (a, b, false, false),
            Written::LessOrEqual(a, b) => (a, b, false, true),
            Written::Greater(a, b) => (a, b, true, false),
            Written::GreaterOrEqual(a, b) => (a, b, true, true),
            _ => return None,
        };
        let (variable, literal, is_low) = match (&**a, &**b) {
            (Written::Variable(variable), Written::Literal(literal)) => (variable, literal, low),
            (Written::Literal(literal), Written::Variable(variable)) => (variable, literal, !low),
            _ => return None,
        };
        let slot = self.known(variable).filter(|_| scope.contains(&variable.to_string()))?;
        let given = Term::from(literal.clone());
        let bound: Bound<TermRef<'_>> =
            if or_equal { Bound::Included(given.as_ref()) } else { Bound::Excluded(given.as_ref()) };
        let (low, high) = if is_low { (bound, Bound::Unbounded) } else { (Bound::Unbounded, bound) };
        let range = ranges::between(state, low, high)?;
        Some((slot, vec![range], true))
    }
}

/// A variable whose language is compared with a text.
fn language<'w>(of: &'w Written, with: &'w Written) -> Option<(&'w oxigraph::model::Variable, &'w str)> {
    let (Written::FunctionCall(Function::Lang, arguments), Written::Literal(language)) = (of, with) else {
        return None;
    };
    let [Written::Variable(variable)] = arguments.as_slice() else { return None };
    (language.datatype() == xsd::STRING).then(|| (variable, language.value()))
}

/// Whether texts are looked at, which seldom come twice.
fn is_about_text(written: &Written) -> bool {
    if let Written::FunctionCall(function, _) = written
        && !matches!(function, Function::Year | Function::Month | Function::Day)
    {
        return true;
    }
    operands(&mut written.clone()).into_iter().any(|operand| is_about_text(operand))
}

/// What two lists of ranges have in common.
fn common(a: &Ranges, b: &Ranges) -> Ranges {
    let both = a.iter().flat_map(|a| b.iter().map(move |b| a.start.max(b.start)..a.end.min(b.end)));
    both.filter(|range| !range.is_empty()).collect()
}
