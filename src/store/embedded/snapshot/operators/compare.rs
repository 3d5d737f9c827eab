//! When values are equal, which comes before the other, and how rows are sorted by them.

use std::cmp::Ordering;

use spareval::{ExpressionTerm as Value, ExpressionTriple};

use super::{
    super::term,
    Run,
    steps::Bar,
    terms::{Class, NONE},
};

/// Whether two values are equal; nothing where it cannot be told.
pub(super) fn equals(a: &Value, b: &Value) -> Option<bool> {
    match (a, b) {
        (Value::Triple(a), Value::Triple(b)) => equal_triples(a, b),
        (Value::OtherTypedLiteral { .. }, Value::OtherTypedLiteral { .. }) => (a == b).then_some(true),
        (Value::OtherTypedLiteral { .. }, other) => is_apart(other).then_some(false),
        (
            Value::NamedNode(_)
            | Value::BlankNode(_)
            | Value::LangStringLiteral { .. }
            | Value::DirLangStringLiteral { .. }
            | Value::Triple(_),
            _,
        ) => Some(a == b),
        (_, Value::OtherTypedLiteral { .. }) => None,
        (Value::StringLiteral(a), Value::StringLiteral(b)) => Some(a == b),
        (Value::BooleanLiteral(a), Value::BooleanLiteral(b)) => Some(a == b),
        _ => Some(ordered(a, b) == Some(Ordering::Equal)),
    }
}

/// Whether a value is of a kind that no literal of an unknown type can be equal to.
fn is_apart(value: &Value) -> bool {
    matches!(
        value,
        Value::NamedNode(_)
            | Value::BlankNode(_)
            | Value::LangStringLiteral { .. }
            | Value::DirLangStringLiteral { .. }
            | Value::Triple(_)
    )
}

fn equal_triples(a: &ExpressionTriple, b: &ExpressionTriple) -> Option<bool> {
    Some(a.subject == b.subject && a.predicate == b.predicate && equals(&a.object, &b.object)?)
}

/// Which of two values comes first; nothing where neither does.
pub(super) fn compare(a: &Value, b: &Value) -> Option<Ordering> {
    if a == b {
        return Some(Ordering::Equal);
    }
    match (a, b) {
        (Value::Triple(a), Value::Triple(b)) if a.subject == b.subject && a.predicate == b.predicate => {
            compare(&a.object, &b.object)
        }
        _ => ordered(a, b),
    }
}

/// Which of two literals comes first by their values.
fn ordered(a: &Value, b: &Value) -> Option<Ordering> {
    use Value::{
        DateLiteral, DateTimeLiteral, DayTimeDurationLiteral, DecimalLiteral, DirLangStringLiteral, DoubleLiteral,
        DurationLiteral, FloatLiteral, GDayLiteral, GMonthDayLiteral, GMonthLiteral, GYearLiteral, GYearMonthLiteral,
        IntegerLiteral, LangStringLiteral, StringLiteral, TimeLiteral, YearMonthDurationLiteral,
    };
    match (a, b) {
        (StringLiteral(a), StringLiteral(b)) => Some(a.cmp(b)),
        (LangStringLiteral { value: a, language: la }, LangStringLiteral { value: b, language: lb }) => {
            (la == lb).then(|| a.cmp(b))
        }
        (
            DirLangStringLiteral { value: a, language: la, direction: da },
            DirLangStringLiteral { value: b, language: lb, direction: db },
        ) => (la == lb && da == db).then(|| a.cmp(b)),
        (IntegerLiteral(a), IntegerLiteral(b)) => a.partial_cmp(b),
        (DecimalLiteral(a), DecimalLiteral(b)) => a.partial_cmp(b),
        (DoubleLiteral(a), DoubleLiteral(b)) => a.partial_cmp(b),
        (FloatLiteral(a), FloatLiteral(b)) => a.partial_cmp(b),
        (DecimalLiteral(a), IntegerLiteral(b)) => a.partial_cmp(&(*b).into()),
        (DoubleLiteral(a), FloatLiteral(b)) => a.partial_cmp(&(*b).into()),
        (DoubleLiteral(a), DecimalLiteral(b)) => a.partial_cmp(&(*b).into()),
        (DoubleLiteral(a), IntegerLiteral(b)) => a.partial_cmp(&(*b).into()),
        (FloatLiteral(a), DecimalLiteral(b)) => a.partial_cmp(&(*b).into()),
        (FloatLiteral(a), IntegerLiteral(b)) => a.partial_cmp(&(*b).into()),
        (IntegerLiteral(_), DecimalLiteral(_) | FloatLiteral(_) | DoubleLiteral(_))
        | (DecimalLiteral(_), FloatLiteral(_) | DoubleLiteral(_))
        | (FloatLiteral(_), DoubleLiteral(_)) => ordered(b, a).map(Ordering::reverse),
        (DateTimeLiteral(a), DateTimeLiteral(b)) => a.partial_cmp(b),
        (DateLiteral(a), DateLiteral(b)) => a.partial_cmp(b),
        (TimeLiteral(a), TimeLiteral(b)) => a.partial_cmp(b),
        (GYearMonthLiteral(a), GYearMonthLiteral(b)) => a.partial_cmp(b),
        (GYearLiteral(a), GYearLiteral(b)) => a.partial_cmp(b),
        (GMonthDayLiteral(a), GMonthDayLiteral(b)) => a.partial_cmp(b),
        (GDayLiteral(a), GDayLiteral(b)) => a.partial_cmp(b),
        (GMonthLiteral(a), GMonthLiteral(b)) => a.partial_cmp(b),
        (DurationLiteral(a), DurationLiteral(b)) => a.partial_cmp(b),
        (DurationLiteral(a), YearMonthDurationLiteral(b)) => a.partial_cmp(b),
        (DurationLiteral(a), DayTimeDurationLiteral(b)) => a.partial_cmp(b),
        (YearMonthDurationLiteral(a), DurationLiteral(b)) => a.partial_cmp(b),
        (YearMonthDurationLiteral(a), YearMonthDurationLiteral(b)) => a.partial_cmp(b),
        (YearMonthDurationLiteral(a), DayTimeDurationLiteral(b)) => a.partial_cmp(b),
        (DayTimeDurationLiteral(a), DurationLiteral(b)) => a.partial_cmp(b),
        (DayTimeDurationLiteral(a), YearMonthDurationLiteral(b)) => a.partial_cmp(b),
        (DayTimeDurationLiteral(a), DayTimeDurationLiteral(b)) => a.partial_cmp(b),
        _ => None,
    }
}

/// The truth of a value, where it has one.
pub(super) fn truth(value: &Value) -> Option<bool> {
    match value {
        Value::BooleanLiteral(value) => Some((*value).into()),
        Value::StringLiteral(text) => Some(!text.is_empty()),
        Value::IntegerLiteral(number) => Some(*number != 0_i64.into()),
        Value::DecimalLiteral(number) => Some(*number != 0_i64.into()),
        Value::FloatLiteral(number) => Some(*number != 0_f32.into() && !number.is_nan()),
        Value::DoubleLiteral(number) => Some(*number != 0_f64.into() && !number.is_nan()),
        _ => None,
    }
}

/// What stands in a column that is sorted by. The order is only that of the standard where all literals of a column
/// are of one class, and the sorting relies on there being one.
#[derive(Default)]
pub(super) struct Kinds {
    stretch: Option<usize>,
    class: Option<Class>,
}

impl Kinds {
    /// Looks at a term, and leaves the whole to the evaluator if it does not fit those before.
    pub(super) fn look(&mut self, run: &Run<'_>, id: u32) {
        let stretches = run.state.base.stretches();
        if id == NONE || self.stretch.is_some_and(|stretch| stretches[stretch].terms.contains(&id)) {
            return;
        }
        let class = run.terms.class(id);
        if !matches!(class, Class::Blank | Class::Iri) && *self.class.get_or_insert(class) != class {
            return run.bailed.set(true);
        }
        self.stretch = stretches.iter().position(|stretch| stretch.terms.contains(&id)).or(self.stretch);
        let is_sound = match class {
            Class::Blank | Class::Iri | Class::Words => true,
            Class::Number(_) | Class::Time(..) => {
                run.terms.value(id).is_some_and(|value| ordered(&value, &value) == Some(Ordering::Equal))
            }
            Class::Other => false,
        };
        if !is_sound {
            run.bailed.set(true);
        }
    }
}

impl Run<'_> {
    /// Which of two terms is sorted before the other. Where the standard leaves that open and the evaluator has an
    /// order of its own, the whole is left to it.
    pub(super) fn order(&self, a: u32, b: u32) -> Ordering {
        if a == b {
            return Ordering::Equal;
        }
        if a == NONE || b == NONE {
            return if a == NONE { Ordering::Less } else { Ordering::Greater };
        }
        let stretches = self.state.base.stretches();
        if stretches.iter().any(|stretch| stretch.terms.contains(&a) && stretch.terms.contains(&b)) {
            return a.cmp(&b);
        }
        let [first, second] = [a, b].map(|id| self.terms.class(id));
        let rank = |class| match class {
            Class::Blank => 0,
            Class::Iri => 1,
            _ => 2,
        };
        let by_kind = rank(first).cmp(&rank(second));
        if by_kind.is_ne() {
            return by_kind;
        }
        let known = match (first, second) {
            (Class::Blank | Class::Iri, _) => {
                Some(self.terms.with(a, |a| self.terms.with(b, |b| term::words(a).cmp(term::words(b)))))
            }
            (Class::Words, Class::Words) => Some(self.order_words(a, b)),
            _ if first == second && first != Class::Other => {
                self.terms.value(a).zip(self.terms.value(b)).and_then(|(a, b)| ordered(&a, &b))
            }
            _ => None,
        };
        known.unwrap_or_else(|| {
            self.bailed.set(true);
            Ordering::Equal
        })
    }

    /// By text, then by type and language.
    fn order_words(&self, a: u32, b: u32) -> Ordering {
        let by_text = self.terms.with(a, |a| self.terms.with(b, |b| term::words(a).cmp(term::words(b))));
        by_text.then_with(|| match (self.terms.term(a), self.terms.term(b)) {
            (Some(oxigraph::model::Term::Literal(a)), Some(oxigraph::model::Term::Literal(b))) => {
                (a.datatype(), a.language()).cmp(&(b.datatype(), b.language()))
            }
            _ => Ordering::Equal,
        })
    }

    /// Whether a value is not sorted behind all that are still wanted.
    pub(super) fn is_wanted(&self, id: u32, descending: bool, bar: &Bar) -> bool {
        let Some(last) = bar.get() else { return true };
        let order = self.order(id, last);
        order.is_eq() || order.is_lt() != descending
    }
}
