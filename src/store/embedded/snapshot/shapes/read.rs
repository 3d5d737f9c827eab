//! A group of patterns as it is written, as steps of a walk.

use oxigraph::model::{Term, Variable};
use spargebra::{
    algebra::{Expression, Function, GraphPattern as Pattern},
    term::{GroundTerm, NamedNodePattern, TermPattern, TriplePattern},
};

use super::{
    super::{order, scan::Graphs, state::State},
    COLUMNS,
    walk::{Check, Slot, Step, Walk},
};
use crate::store::embedded::{scope, stop::Stop};

/// How many rows of `VALUES` are walked.
const VALUES: usize = 64;

/// Triples and values joined, with conditions.
#[derive(Default)]
pub(super) struct Group {
    variables: Vec<String>,
    pub(super) steps: Vec<Step>,
    pub(super) checks: Vec<Check>,
}

impl Group {
    /// Reads a group, unless there is something in it that is not known here.
    pub(super) fn read(pattern: &Pattern, state: &State) -> Option<Self> {
        let mut group = Self::default();
        let mut pattern = pattern;
        let mut conditions = Vec::new();
        while let Pattern::Filter { expr, inner } = pattern {
            conditions.push(expr);
            pattern = inner;
        }
        let (graph, pattern) = match pattern {
            Pattern::Graph { name: NamedNodePattern::Variable(name), inner } => (Some(name), &**inner),
            other => (None, other),
        };
        let mut parts = Vec::new();
        order::collect(pattern.clone(), &mut parts);
        if parts.len() > 16 {
            return None;
        }
        for index in order::sequence(&parts, state) {
            let step = match &parts[index] {
                Pattern::Bgp { patterns } => match patterns.as_slice() {
                    [triple] => group.triple(triple, graph, state)?,
                    _ => return None,
                },
                Pattern::Values { variables, bindings } if graph.is_none() => {
                    group.values(variables, bindings, state)?
                }
                _ => return None,
            };
            group.steps.push(step);
        }
        for condition in conditions {
            group.condition(condition, state)?;
        }
        (!group.steps.is_empty()).then_some(group)
    }

    /// The walk over the group.
    pub(super) fn walk<'a>(&'a self, state: &'a State, stop: &'a Stop) -> Walk<'a> {
        Walk { state, stop, steps: &self.steps, checks: &self.checks, variables: self.variables.len() }
    }

    /// The column of a variable.
    pub(super) fn column(&self, variable: &Variable) -> Option<usize> {
        let name = variable.to_string();
        self.variables.iter().position(|known| *known == name)
    }

    /// The columns of some variables, if there are few enough.
    pub(super) fn columns(&self, variables: &[Variable]) -> Option<Vec<usize>> {
        if variables.len() > COLUMNS {
            return None;
        }
        variables.iter().map(|variable| self.column(variable)).collect()
    }

    /// Whether no place is given, and none twice.
    pub(super) fn are_variables(slots: &[Slot]) -> bool {
        let is_new = |(at, slot): (usize, &Slot)| matches!(slot, Slot::Variable(_)) && !slots[..at].contains(slot);
        slots.iter().enumerate().all(is_new)
    }

    fn variable(&mut self, name: String) -> Slot {
        let known = self.variables.iter().position(|known| *known == name);
        Slot::Variable(known.unwrap_or_else(|| {
            self.variables.push(name);
            self.variables.len() - 1
        }))
    }

    fn triple(&mut self, triple: &TriplePattern, graph: Option<&Variable>, state: &State) -> Option<Step> {
        let subject = self.slot(&triple.subject, state)?;
        let predicate = match &triple.predicate {
            NamedNodePattern::NamedNode(iri) => Slot::Given(state.find(iri.as_ref().into())?),
            NamedNodePattern::Variable(name) => self.variable(name.to_string()),
        };
        let object = self.slot(&triple.object, state)?;
        let mut slots = vec![subject, predicate, object];
        slots.extend(graph.map(|name| self.variable(name.to_string())));
        let graphs = if graph.is_some() { Graphs::Each } else { Graphs::Merge };
        Some(Step::Quads { slots, graphs })
    }

    fn slot(&mut self, term: &TermPattern, state: &State) -> Option<Slot> {
        let term = match scope::named(term.clone()) {
            TermPattern::NamedNode(iri) => Term::from(iri),
            TermPattern::Literal(literal) => literal.into(),
            TermPattern::Variable(name) => return Some(self.variable(name.to_string())),
            TermPattern::BlankNode(_) | TermPattern::Triple(_) => return None,
        };
        // What the store does not know is left to the evaluator, which finds nothing as fast.
        state.find(term.as_ref()).map(Slot::Given)
    }

    fn values(&mut self, names: &[Variable], bindings: &[Vec<Option<GroundTerm>>], state: &State) -> Option<Step> {
        if bindings.len() > VALUES || names.len() > COLUMNS {
            return None;
        }
        let slots: Vec<Slot> = names.iter().map(|name| self.variable(name.to_string())).collect();
        let variables = slots.into_iter().filter_map(|slot| match slot {
            Slot::Variable(variable) => Some(variable),
            Slot::Given(_) => None,
        });
        let id = |term: &Option<GroundTerm>| state.find(Term::from(term.clone()?).as_ref());
        let rows = bindings.iter().map(|row| row.iter().map(id).collect::<Option<Vec<_>>>()).collect::<Option<_>>()?;
        Some(Step::Rows { variables: variables.collect(), rows })
    }

    /// Reads a condition that compares a variable with an IRI, or its language with a text.
    fn condition(&mut self, condition: &Expression, state: &State) -> Option<()> {
        match condition {
            Expression::And(left, right) => {
                self.condition(left, state)?;
                self.condition(right, state)
            }
            Expression::Not(inner) => {
                let Expression::Equal(left, right) = &**inner else { return None };
                let (variable, iri) = self.comparison(left, right, state)?;
                self.checks.push(Check::IsNot(variable, iri));
                Some(())
            }
            Expression::Equal(left, right) => {
                if let Some((variable, language)) = self.language(left, right) {
                    self.checks.push(Check::Language(variable, language));
                    return Some(());
                }
                let (variable, iri) = self.comparison(left, right, state)?;
                self.checks.push(Check::Is(variable, iri));
                Some(())
            }
            _ => None,
        }
    }

    fn comparison(&self, left: &Expression, right: &Expression, state: &State) -> Option<(usize, u32)> {
        let ((Expression::Variable(variable), Expression::NamedNode(iri))
        | (Expression::NamedNode(iri), Expression::Variable(variable))) = (left, right)
        else {
            return None;
        };
        Some((self.column(variable)?, state.find(iri.as_ref().into())?))
    }

    fn language(&self, left: &Expression, right: &Expression) -> Option<(usize, String)> {
        let (Expression::FunctionCall(Function::Lang, of), Expression::Literal(language)) = (left, right) else {
            return None;
        };
        let [Expression::Variable(variable)] = of.as_slice() else { return None };
        let is_text = language.language().is_none() && language.datatype() == oxigraph::model::vocab::xsd::STRING;
        // The language of what has none is an empty text.
        (is_text && !language.value().is_empty()).then_some((self.column(variable)?, language.value().to_owned()))
    }
}
