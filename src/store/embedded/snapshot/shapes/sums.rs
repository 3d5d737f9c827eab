//! Aggregates over rows of which each stands for several: what is counted is added up, what is added up is multiplied
//! first, and what is least, greatest or different stays as it is.

use oxigraph::model::Variable;
use spargebra::algebra::{AggregateExpression, AggregateFunction, Expression};

/// Aggregates over rows that say in a column how many solutions they stand for.
#[derive(Default)]
pub(super) struct Sums {
    pub(super) aggregates: Vec<(Variable, AggregateExpression)>,
    /// What is made of the aggregates afterwards.
    pub(super) after: Vec<(Variable, Expression)>,
    /// The variables that are needed.
    pub(super) used: Vec<Variable>,
    /// Those whose values are multiplied, which only gives the same where numbers are exact.
    pub(super) multiplied: Vec<Variable>,
}

impl Sums {
    /// The same aggregates, unless one of them does not go this way.
    pub(super) fn of(aggregates: &[(Variable, AggregateExpression)], count: &Variable) -> Option<Self> {
        let mut sums = Self::default();
        for (name, aggregate) in aggregates {
            sums.add(name, aggregate, count)?;
        }
        Some(sums)
    }

    fn add(&mut self, name: &Variable, aggregate: &AggregateExpression, count: &Variable) -> Option<()> {
        let (function, variable, distinct) = match aggregate {
            AggregateExpression::CountSolutions { distinct: false } => {
                self.aggregates.push((name.clone(), sum(count.clone().into())));
                return Some(());
            }
            AggregateExpression::FunctionCall { name, expr: Expression::Variable(variable), distinct } => {
                (name, variable, *distinct)
            }
            _ => return None,
        };
        self.used.push(variable.clone());
        match (function, distinct) {
            (AggregateFunction::Count, false) => self.aggregates.push((name.clone(), sum(count.clone().into()))),
            (AggregateFunction::Count, true) | (AggregateFunction::Min | AggregateFunction::Max, _) => {
                self.aggregates.push((name.clone(), aggregate.clone()));
            }
            (AggregateFunction::Sum, false) => {
                let product = self.product(variable, count);
                self.aggregates.push((name.clone(), sum(product)));
            }
            (AggregateFunction::Avg, false) => {
                let product = self.product(variable, count);
                let place = self.after.len();
                let [all, number] =
                    ["sum", "number"].map(|kind| Variable::new_unchecked(format!("isnad_{kind}{place}")));
                self.aggregates.push((all.clone(), sum(product)));
                self.aggregates.push((number.clone(), sum(count.clone().into())));
                let mean = Expression::Divide(Box::new(all.into()), Box::new(number.into()));
                self.after.push((name.clone(), mean));
            }
            _ => return None,
        }
        Some(())
    }

    fn product(&mut self, variable: &Variable, count: &Variable) -> Expression {
        self.multiplied.push(variable.clone());
        Expression::Multiply(Box::new(variable.clone().into()), Box::new(count.clone().into()))
    }
}

fn sum(expr: Expression) -> AggregateExpression {
    AggregateExpression::FunctionCall { name: AggregateFunction::Sum, expr, distinct: false }
}
