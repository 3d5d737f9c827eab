//! What does a service get, and what is asked of it?
//!
//! The group of a service is one subject with properties. Some properties are given: their objects are constants, or
//! variables with known values. Some are asked for: their objects are variables. Everything else is refused by name.

use std::collections::BTreeSet;

use oxigraph::model::{Term, Variable};
use spargebra::{
    algebra::GraphPattern as Pattern,
    term::{NamedNodePattern, TermPattern, TriplePattern},
};

use super::{group::Known, scan::SPACE};
use crate::store::{Error, literal_value};

/// How many combinations of values a service is called with.
const MAX_CALLS: usize = 50;

/// What a service knows.
#[derive(Debug)]
pub(super) struct Signature {
    /// Its name, such as `search`.
    pub name: &'static str,
    /// The properties that are given.
    pub given: &'static [&'static str],
    /// Of these, the ones that may have several values at once, of which any will do.
    pub any_of: &'static [&'static str],
    /// The properties that are asked for.
    pub asked: &'static [&'static str],
}

/// What stands in the group of a service.
#[derive(Debug)]
pub(super) struct Arguments {
    signature: &'static Signature,
    subject: TermPattern,
    /// What the subject may be, where that is known.
    pub subjects: Option<Vec<Term>>,
    given: Vec<(&'static str, TermPattern)>,
    /// Properties and the variables they go to.
    pub asked: Vec<(&'static str, Variable)>,
    known: Known,
}

/// One combination of values.
#[derive(Clone, Debug, Default)]
pub(super) struct Values {
    service: &'static str,
    given: Vec<(&'static str, Term)>,
    /// The variables that got these values.
    pub bound: Vec<(Variable, Term)>,
}

impl Arguments {
    /// Reads the group of a service.
    pub(super) fn read(signature: &'static Signature, group: &Pattern, known: Known) -> Result<Self, Error> {
        let mut triples = Vec::new();
        patterns(signature, group, &mut triples)?;
        let Some(first) = triples.first() else {
            return Err(refused(signature.name, format!("its group is empty; {}", properties(signature))));
        };
        let subject = first.subject.clone();
        if triples.iter().any(|triple| triple.subject != subject) {
            return Err(refused(signature.name, "its group has two subjects; write a SERVICE for each".to_owned()));
        }
        let subjects = match &subject {
            TermPattern::Variable(variable) => known.get(variable).cloned(),
            TermPattern::NamedNode(iri) => Some(vec![iri.clone().into()]),
            TermPattern::BlankNode(_) => None,
            _ => return Err(refused(signature.name, "its subject is neither a variable nor an IRI".to_owned())),
        };
        let mut arguments = Self { signature, subject, subjects, given: Vec::new(), asked: Vec::new(), known };
        for triple in triples {
            arguments.add(triple)?;
        }
        arguments.check_variables()?;
        Ok(arguments)
    }

    fn add(&mut self, triple: &TriplePattern) -> Result<(), Error> {
        let name = self.signature.name;
        let NamedNodePattern::NamedNode(property) = &triple.predicate else {
            return Err(refused(name, format!("a property is a variable; {}", properties(self.signature))));
        };
        let local = property.as_str().strip_prefix(SPACE).unwrap_or_default();
        let find = |list: &'static [&'static str]| list.iter().copied().find(|known| *known == local);
        if let Some(given) = find(self.signature.given) {
            match &triple.object {
                TermPattern::NamedNode(_) | TermPattern::Literal(_) => {}
                TermPattern::Variable(variable) if self.known.contains_key(variable) => {}
                other => {
                    return Err(refused(
                        name,
                        format!(
                            "isnad:{given} is {other}; it must be a constant, or a variable to which VALUES gives \
                             constants in the same group"
                        ),
                    ));
                }
            }
            self.given.push((given, triple.object.clone()));
            return Ok(());
        }
        let Some(asked) = find(self.signature.asked) else {
            return Err(refused(
                name,
                format!("it does not know the property {property}; {}", properties(self.signature)),
            ));
        };
        match &triple.object {
            TermPattern::Variable(variable) => self.asked.push((asked, variable.clone())),
            TermPattern::BlankNode(_) => {}
            other => {
                return Err(refused(
                    name,
                    format!("isnad:{asked} is {other}; it must be a variable: it is what is asked for"),
                ));
            }
        }
        Ok(())
    }

    fn check_variables(&self) -> Result<(), Error> {
        let mut seen = BTreeSet::new();
        let given = self.given.iter().filter_map(|(_, term)| variable(term));
        let given: BTreeSet<&str> = given.map(Variable::as_str).collect();
        for variable in variable(&self.subject).into_iter().chain(self.asked.iter().map(|(_, variable)| variable)) {
            if given.contains(variable.as_str()) || !seen.insert(variable.as_str()) {
                return Err(refused(
                    self.signature.name,
                    format!("the variable {variable} stands in it for two things"),
                ));
            }
        }
        Ok(())
    }

    /// The variable of the subject, where it is one.
    pub(super) fn subject(&self) -> Option<&Variable> {
        variable(&self.subject)
    }

    /// The variable that a property goes to, where it is asked for.
    pub(super) fn asks(&self, property: &str) -> bool {
        self.asked.iter().any(|(asked, _)| *asked == property)
    }

    /// Every combination of the values that the given variables have.
    pub(super) fn combinations(&self) -> Result<Vec<Values>, Error> {
        let mut all = vec![Values { service: self.signature.name, ..Values::default() }];
        let mut variables: Vec<&Variable> = self.given.iter().filter_map(|(_, term)| variable(term)).collect();
        variables.sort();
        variables.dedup();
        for variable in variables {
            let terms = self.known.get(variable).map(Vec::as_slice).unwrap_or_default();
            if all.len() * terms.len() > MAX_CALLS {
                return Err(refused(
                    self.signature.name,
                    format!("the values of its variables make more than {MAX_CALLS} combinations; give fewer"),
                ));
            }
            let with = |values: &Values, term: &Term| {
                let mut values = values.clone();
                values.bound.push((variable.clone(), term.clone()));
                values
            };
            all = all.iter().flat_map(|values| terms.iter().map(move |term| with(values, term))).collect();
        }
        for values in &mut all {
            let value = |pattern: &TermPattern| match pattern {
                TermPattern::NamedNode(iri) => Some(Term::from(iri.clone())),
                TermPattern::Literal(literal) => Some(literal.clone().into()),
                TermPattern::Variable(variable) => {
                    values.bound.iter().find(|(bound, _)| bound == variable).map(|(_, term)| term.clone())
                }
                _ => None,
            };
            let given = self.given.iter().filter_map(|(name, pattern)| Some((*name, value(pattern)?)));
            values.given = given.collect();
            values.check(self.signature)?;
        }
        Ok(all)
    }
}

impl Values {
    /// Refuses a second value of a property that has one.
    fn check(&self, signature: &Signature) -> Result<(), Error> {
        for (at, (name, _)) in self.given.iter().enumerate() {
            let again = self.given[..at].iter().any(|(before, _)| before == name);
            if again && !signature.any_of.contains(name) {
                return Err(refused(signature.name, format!("isnad:{name} is given twice; it has one value")));
            }
        }
        Ok(())
    }

    /// All values of a property.
    pub(super) fn all(&self, property: &str) -> impl Iterator<Item = &Term> {
        self.given.iter().filter(move |(name, _)| *name == property).map(|(_, term)| term)
    }

    /// The value of a property.
    pub(super) fn one(&self, property: &str) -> Option<&Term> {
        self.all(property).next()
    }

    /// The words of a property.
    pub(super) fn text(&self, property: &str) -> Option<String> {
        self.one(property).map(literal_value)
    }

    /// A property that must be there.
    pub(super) fn required(&self, property: &str, example: &str) -> Result<&Term, Error> {
        self.one(property).ok_or_else(|| {
            refused(
                self.service,
                format!("isnad:{property} is missing; write, for example, isnad:{property} {example}"),
            )
        })
    }

    /// The IRIs of a property.
    pub(super) fn iris(&self, property: &str) -> Result<Vec<String>, Error> {
        let iri = |term: &Term| match term {
            Term::NamedNode(iri) => Ok(iri.as_str().to_owned()),
            other => Err(refused(self.service, format!("isnad:{property} is {other}; it must be an IRI"))),
        };
        self.all(property).map(iri).collect()
    }

    /// A whole number from one to another, or what stands for it.
    pub(super) fn number(&self, property: &str, least: usize, most: usize, default: usize) -> Result<usize, Error> {
        let Some(text) = self.text(property) else { return Ok(default) };
        let number = text.parse::<usize>().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| {
            refused(
                self.service,
                format!("isnad:{property} is {text}; it must be a whole number from {least} to {most}"),
            )
        })
    }
}

/// The triples of a group; `VALUES` in it was read before.
fn patterns<'a>(signature: &Signature, group: &'a Pattern, triples: &mut Vec<&'a TriplePattern>) -> Result<(), Error> {
    match group {
        Pattern::Bgp { patterns } => triples.extend(patterns),
        Pattern::Values { .. } => {}
        Pattern::Join { left, right } => {
            patterns(signature, left, triples)?;
            patterns(signature, right, triples)?;
        }
        _ => {
            return Err(refused(
                signature.name,
                format!(
                    "its group is not plain triples; what filters or joins belongs outside. {}",
                    properties(signature)
                ),
            ));
        }
    }
    Ok(())
}

fn variable(term: &TermPattern) -> Option<&Variable> {
    if let TermPattern::Variable(variable) = term { Some(variable) } else { None }
}

fn properties(signature: &Signature) -> String {
    let names = |list: &[&str]| list.iter().map(|name| format!("isnad:{name}")).collect::<Vec<_>>().join(", ");
    format!("expected {} (given) and {} (asked for)", names(signature.given), names(signature.asked))
}

/// A refusal that names the service.
pub(super) fn refused(service: &str, what: impl Into<String>) -> Error {
    Error::Refused(format!("SERVICE isnad:{service}: {}", what.into()))
}
