//! Expressions over rows of numbers: compared as numbers where that is the same, else as what the terms say.
//!
//! Nothing is what an error gives, as in SPARQL. What is not known here is left to the evaluator, with everything around
//! it.

use std::{cell::RefCell, cmp::Ordering, collections::HashMap};

use oxigraph::model::{NamedNode, Term};
use spareval::ExpressionTerm as Value;
use spargebra::algebra::Function;

use super::{
    Run,
    compare::{compare, equals, truth},
    cursor::Ranges,
    steps::{Row, Step},
    terms::NONE,
};

/// An expression about the variables of a row.
pub(super) enum Expression {
    Given(u32),
    Variable(usize),
    /// A variable that is bound nowhere.
    Nothing,
    Bound(usize),
    Not(Box<Expression>),
    All(Vec<Expression>),
    Any(Vec<Expression>),
    Equal(Box<Expression>, Box<Expression>),
    Same(Box<Expression>, Box<Expression>),
    /// One comes before the other, or is equal to it where that will do.
    Before {
        first: Box<Expression>,
        second: Box<Expression>,
        or_equal: bool,
    },
    If(Box<[Expression; 3]>),
    Coalesce(Vec<Expression>),
    Exists(Vec<Step>),
    Call(Function, Vec<Expression>),
    /// Whether the language of a variable's value is this one.
    Language(usize, String),
    /// Whether the number of a variable's value lies in one of some ranges, where the base knows it.
    Within {
        slot: usize,
        ranges: Ranges,
        known: u32,
        otherwise: Box<Expression>,
    },
    /// What depends on one variable only is reckoned once for each value.
    Once {
        slot: usize,
        expression: Box<Expression>,
        results: RefCell<HashMap<u32, u32>>,
    },
}

/// The value of an expression: a term by its number, or one that has none.
enum Result {
    Id(u32),
    Value(Value),
}

impl From<Value> for Result {
    fn from(value: Value) -> Self {
        Self::Value(value)
    }
}

impl Run<'_> {
    /// Whether a condition is true.
    pub(super) fn holds(&self, expression: &Expression, row: &mut Row) -> bool {
        self.truth(expression, row) == Some(true)
    }

    /// The number of what an expression gives, or of nothing.
    pub(super) fn id(&self, expression: &Expression, row: &mut Row) -> u32 {
        match self.result(expression, row) {
            Some(Result::Id(id)) => id,
            Some(Result::Value(value)) => self.terms.id(Term::from(value).as_ref()),
            None => NONE,
        }
    }

    fn truth(&self, expression: &Expression, row: &mut Row) -> Option<bool> {
        match expression {
            Expression::Bound(slot) => Some(row[*slot] != NONE),
            Expression::Not(inner) => Some(!self.truth(inner, row)?),
            Expression::All(parts) => self.connected(parts, row, false),
            Expression::Any(parts) => self.connected(parts, row, true),
            Expression::Equal(a, b) => match (self.result(a, row)?, self.result(b, row)?) {
                (Result::Id(a), Result::Id(b)) => self.are_equal(a, b),
                (a, b) => equals(&self.value(a)?, &self.value(b)?),
            },
            Expression::Same(a, b) => Some(match (self.result(a, row)?, self.result(b, row)?) {
                (Result::Id(a), Result::Id(b)) => a == b,
                (a, b) => Term::from(self.value(a)?) == Term::from(self.value(b)?),
            }),
            Expression::Before { first, second, or_equal } => {
                let (first, second) = (self.result(first, row)?, self.result(second, row)?);
                let order = compare(&self.value(first)?, &self.value(second)?)?;
                Some(order == Ordering::Less || *or_equal && order == Ordering::Equal)
            }
            Expression::Exists(steps) => Some(self.exists(steps, row)),
            Expression::Language(slot, language) => {
                let id = Some(row[*slot]).filter(|id| *id != NONE)?;
                self.terms.with(id, |bytes| super::super::term::has_language(bytes, language))
            }
            Expression::Within { slot, ranges, known, otherwise } => {
                let id = row[*slot];
                if id >= *known {
                    return self.truth(otherwise, row);
                }
                let after = ranges.partition_point(|range| range.start <= id);
                Some(after > 0 && ranges[after - 1].contains(&id))
            }
            other => {
                let result = self.result(other, row)?;
                truth(&self.value(result)?)
            }
        }
    }

    /// The truth of conditions of which one that is `decisive` decides.
    fn connected(&self, parts: &[Expression], row: &mut Row, decisive: bool) -> Option<bool> {
        let mut all = Some(!decisive);
        for part in parts {
            match self.truth(part, row) {
                Some(truth) if truth == decisive => return Some(decisive),
                Some(_) => {}
                None => all = None,
            }
        }
        all
    }

    fn result(&self, expression: &Expression, row: &mut Row) -> Option<Result> {
        Some(match expression {
            Expression::Given(id) => Result::Id(*id),
            Expression::Variable(slot) => Result::Id(Some(row[*slot]).filter(|id| *id != NONE)?),
            Expression::Nothing => return None,
            Expression::If(parts) => {
                let [condition, then, otherwise] = &**parts;
                self.result(if self.truth(condition, row)? { then } else { otherwise }, row)?
            }
            Expression::Coalesce(parts) => parts.iter().find_map(|part| self.result(part, row))?,
            Expression::Call(function, arguments) => {
                let first = self.result(arguments.first()?, row)?;
                let first = self.value(first)?;
                let second = match arguments.get(1) {
                    Some(second) => {
                        let second = self.result(second, row)?;
                        Some(self.value(second)?)
                    }
                    None => None,
                };
                called(function, first, second)?.into()
            }
            Expression::Once { slot, expression, results } => {
                let key = row[*slot];
                if let Some(known) = results.borrow().get(&key) {
                    return Some(*known).filter(|id| *id != NONE).map(Result::Id);
                }
                let id = self.id(expression, row);
                results.borrow_mut().insert(key, id);
                Result::Id(Some(id).filter(|id| *id != NONE)?)
            }
            condition => Value::BooleanLiteral(self.truth(condition, row)?.into()).into(),
        })
    }

    fn value(&self, result: Result) -> Option<Value> {
        match result {
            Result::Id(id) => self.terms.value(id),
            Result::Value(value) => Some(value),
        }
    }

    /// Whether two terms are equal, without reading them where their numbers tell.
    fn are_equal(&self, a: u32, b: u32) -> Option<bool> {
        use super::terms::Class;
        let classes = [a, b].map(|id| self.terms.class(id));
        if classes.iter().any(|class| matches!(class, Class::Iri | Class::Blank)) {
            return Some(a == b);
        }
        equals(&self.terms.value(a)?, &self.terms.value(b)?)
    }
}

/// Whether a function is known here, with so many arguments.
pub(super) fn is_known(function: &Function, arguments: usize) -> bool {
    match function {
        Function::Str
        | Function::Lang
        | Function::Datatype
        | Function::LCase
        | Function::UCase
        | Function::StrLen
        | Function::Year
        | Function::Month
        | Function::Day
        | Function::IsIri
        | Function::IsBlank
        | Function::IsLiteral
        | Function::IsNumeric => arguments == 1,
        Function::LangMatches | Function::StrStarts | Function::StrEnds | Function::Contains => arguments == 2,
        _ => false,
    }
}

fn called(function: &Function, first: Value, second: Option<Value>) -> Option<Value> {
    let is = |truth: bool| Value::BooleanLiteral(truth.into());
    Some(match function {
        Function::Str => Value::StringLiteral(match first.into() {
            Term::NamedNode(iri) => iri.into_string(),
            Term::Literal(literal) => literal.value().to_owned(),
            Term::BlankNode(_) | Term::Triple(_) => return None,
        }),
        Function::Lang => Value::StringLiteral(match first {
            Value::LangStringLiteral { language, .. } | Value::DirLangStringLiteral { language, .. } => language,
            Value::NamedNode(_) | Value::BlankNode(_) | Value::Triple(_) => return None,
            _ => String::new(),
        }),
        Function::Datatype => match first.into() {
            Term::Literal(literal) => Value::NamedNode(NamedNode::from(literal.datatype())),
            _ => return None,
        },
        Function::LCase => changed(first, str::to_lowercase)?,
        Function::UCase => changed(first, str::to_uppercase)?,
        Function::StrLen => Value::IntegerLiteral(i64::try_from(text(&first)?.0.chars().count()).ok()?.into()),
        Function::Year => Value::IntegerLiteral(match first {
            Value::DateTimeLiteral(time) => time.year().into(),
            Value::DateLiteral(date) => date.year().into(),
            Value::GYearMonthLiteral(month) => month.year().into(),
            Value::GYearLiteral(year) => year.year().into(),
            _ => return None,
        }),
        Function::Month => Value::IntegerLiteral(match first {
            Value::DateTimeLiteral(time) => time.month().into(),
            Value::DateLiteral(date) => date.month().into(),
            Value::GYearMonthLiteral(month) => month.month().into(),
            Value::GMonthDayLiteral(day) => day.month().into(),
            Value::GMonthLiteral(month) => month.month().into(),
            _ => return None,
        }),
        Function::Day => Value::IntegerLiteral(match first {
            Value::DateTimeLiteral(time) => time.day().into(),
            Value::DateLiteral(date) => date.day().into(),
            Value::GMonthDayLiteral(day) => day.day().into(),
            Value::GDayLiteral(day) => day.day().into(),
            _ => return None,
        }),
        Function::IsIri => is(matches!(first, Value::NamedNode(_))),
        Function::IsBlank => is(matches!(first, Value::BlankNode(_))),
        Function::IsLiteral => is(!matches!(first, Value::NamedNode(_) | Value::BlankNode(_) | Value::Triple(_))),
        Function::IsNumeric => is(matches!(
            first,
            Value::IntegerLiteral(_) | Value::DecimalLiteral(_) | Value::FloatLiteral(_) | Value::DoubleLiteral(_)
        )),
        Function::LangMatches => is(matches_language(&first, &second?)?),
        Function::StrStarts | Function::StrEnds | Function::Contains => {
            let second = second?;
            let ((whole, one), (part, other)) = (text(&first)?, text(&second)?);
            if other.is_some() && one != other {
                return None;
            }
            is(match function {
                Function::StrStarts => whole.starts_with(part),
                Function::StrEnds => whole.ends_with(part),
                _ => whole.contains(part),
            })
        }
        _ => return None,
    })
}

/// The text of a literal that is one, and its language and direction.
type Language<'v> = Option<(&'v str, Option<bool>)>;

fn text(value: &Value) -> Option<(&str, Language<'_>)> {
    match value {
        Value::StringLiteral(text) => Some((text, None)),
        Value::LangStringLiteral { value, language } => Some((value, Some((language, None)))),
        Value::DirLangStringLiteral { value, language, direction } => {
            let is_left = *direction == oxigraph::model::BaseDirection::Ltr;
            Some((value, Some((language, Some(is_left)))))
        }
        _ => None,
    }
}

fn changed(value: Value, change: impl Fn(&str) -> String) -> Option<Value> {
    Some(match value {
        Value::StringLiteral(text) => Value::StringLiteral(change(&text)),
        Value::LangStringLiteral { value, language } => Value::LangStringLiteral { value: change(&value), language },
        Value::DirLangStringLiteral { value, language, direction } => {
            Value::DirLangStringLiteral { value: change(&value), language, direction }
        }
        _ => return None,
    })
}

/// Whether a language is in a range of them, part by part.
fn matches_language(language: &Value, range: &Value) -> Option<bool> {
    let (Value::StringLiteral(language), Value::StringLiteral(range)) = (language, range) else { return None };
    if range == "*" {
        return Some(!language.is_empty());
    }
    let mut parts = language.split('-');
    Some(range.split('-').all(|wanted| parts.next().is_some_and(|part| part.eq_ignore_ascii_case(wanted))))
}
