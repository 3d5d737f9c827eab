//! What things have by some properties, and how like that is to what somebody's table says.

use std::collections::BTreeMap;

use oxigraph::model::{NamedNode, Term};

use super::{Ground, Property, Value};
use crate::{
    ask::names::{BATCH, values},
    link::fold,
    model::{Date, Id},
    store::Error,
};

/// So many things that a value may name are known by their likeness.
const MOST: usize = 50;
/// The least likeness of a name that a value may be.
const ALIKE: f64 = 0.6;
/// What a date of the same year but another day is worth.
const SAME_YEAR: f64 = 0.4;

/// What things have by properties, by the IRIs of both, in order.
pub(super) type Held = BTreeMap<(String, String), Vec<Term>>;

impl Ground {
    /// What some things have by some properties; what lies in a place lies in all that is around it.
    pub(super) async fn held(&self, things: &[Id], properties: &[&Property], deep: bool) -> Result<Held, Error> {
        let mut held = Held::new();
        let things: Vec<NamedNode> = things.iter().map(|id| self.store.iris().id(id)).collect();
        for batch in things.chunks(BATCH) {
            let batch: Vec<&NamedNode> = batch.iter().collect();
            for property in properties {
                let iri = &property.iri;
                let path = if deep && property.id == "within" { format!("{iri}+") } else { iri.to_string() };
                let query = format!(
                    "SELECT DISTINCT ?thing ?value {{ VALUES ?thing {{ {} }} ?thing {path} ?value }}",
                    values(&batch)
                );
                for row in self.store.select(&query).await? {
                    if let (Some(thing), Some(value)) = (row.iri("thing"), row.term("value")) {
                        held.entry((thing.to_owned(), iri.as_str().to_owned())).or_default().push(value.clone());
                    }
                }
            }
        }
        for terms in held.values_mut() {
            terms.sort_by_cached_key(ToString::to_string);
        }
        Ok(held)
    }
}

/// A value that is looked for, with all that it may name.
pub(super) struct Sought {
    value: Value,
    /// The things that its words may name, by IRI, and how like they are.
    things: BTreeMap<String, f64>,
}

impl Sought {
    pub(super) fn of(ground: &Ground, value: &Value) -> Self {
        let iris = ground.store.iris();
        let things = match value {
            Value::Text(words) => {
                let found = ground.dictionary.alike(words, |_| true, MOST);
                found
                    .into_iter()
                    .filter(|one| one.likeness >= ALIKE)
                    .map(|one| (iris.id(&one.thing).into_string(), one.likeness))
                    .collect()
            }
            Value::Thing(id) => {
                let iri = iris.parse_id(id).map_or_else(|| id.clone(), |id| iris.id(&id).into_string());
                BTreeMap::from([(iri, 1.0)])
            }
            Value::Number(_) | Value::Flag(_) => BTreeMap::new(),
        };
        Self { value: value.clone(), things }
    }

    /// How like it is to the most like of some terms.
    pub(super) fn likeness(&self, terms: &[Term], label: impl Fn(&str) -> Vec<String>) -> f64 {
        terms.iter().map(|term| self.like(term, &label)).fold(0.0, f64::max)
    }

    /// The things and terms that have it for certain, as terms of a query.
    pub(super) fn terms(&self) -> Vec<String> {
        let things = self.things.iter().filter(|(_, likeness)| **likeness >= 0.9);
        // What a caller gives may be no IRI at all.
        let mut terms: Vec<String> =
            things.filter_map(|(iri, _)| NamedNode::new(iri.as_str()).ok()).map(|iri| iri.to_string()).collect();
        let literal = |text: &str| oxigraph::model::Literal::new_simple_literal(text).to_string();
        let xsd = |name: &str| format!("^^<http://www.w3.org/2001/XMLSchema#{name}>");
        match &self.value {
            Value::Text(words) => {
                let plain = literal(words);
                terms.extend([plain.clone(), format!("{plain}@en"), format!("{plain}@ar")]);
                terms.extend(["date", "gYear", "gYearMonth", "integer"].map(|kind| format!("{plain}{}", xsd(kind))));
            }
            Value::Number(number) => terms.push(format!("{}{}", literal(&number.to_string()), xsd("integer"))),
            Value::Flag(flag) => terms.push(flag.to_string()),
            Value::Thing(_) => {}
        }
        terms
    }

    fn like(&self, term: &Term, label: &impl Fn(&str) -> Vec<String>) -> f64 {
        match (term, &self.value) {
            (Term::NamedNode(iri), Value::Text(words)) => {
                let named = self.things.get(iri.as_str()).copied().unwrap_or(0.0);
                let same = label(iri.as_str()).iter().any(|label| fold(label) == fold(words));
                if same || iri.as_str() == words { 1.0 } else { named }
            }
            (Term::NamedNode(iri), _) => self.things.get(iri.as_str()).copied().unwrap_or(0.0),
            (Term::Literal(literal), Value::Text(words)) => texts(literal.value(), words),
            (Term::Literal(literal), Value::Thing(id)) => f64::from(u8::from(literal.value() == id)),
            (Term::Literal(literal), Value::Number(number)) => {
                let held = literal.value().parse::<f64>();
                held.map_or(0.0, |held| numbers(held, *number)).max(texts(literal.value(), &number.to_string()))
            }
            (Term::Literal(literal), Value::Flag(flag)) => f64::from(u8::from(literal.value() == flag.to_string())),
            _ => 0.0,
        }
    }
}

/// How like two texts are: dates by the days that they may be, numbers as numbers, words by their letters.
fn texts(held: &str, wanted: &str) -> f64 {
    if fold(held) == fold(wanted) {
        return 1.0;
    }
    // The first ten characters of a time are its day.
    let date = |text: &str| text.trim().get(..10.min(text.trim().len()))?.parse::<Date>().ok();
    if let (Some(held), Some(wanted)) = (date(held), date(wanted)) {
        let within = |a: &Date, b: &Date| a.earliest() >= b.earliest() && a.latest() <= b.latest();
        let same_year = held.earliest().year() == wanted.earliest().year();
        return if within(&held, &wanted) || within(&wanted, &held) {
            1.0
        } else if same_year {
            SAME_YEAR
        } else {
            0.0
        };
    }
    if let (Ok(held), Ok(wanted)) = (held.trim().parse::<f64>(), wanted.trim().parse::<f64>()) {
        return numbers(held, wanted);
    }
    let (a, b): (Vec<char>, Vec<char>) = (fold(held).chars().collect(), fold(wanted).chars().collect());
    let likeness = crate::link::letters_alike(&a, &b);
    if likeness >= ALIKE { likeness } else { 0.0 }
}

/// Numbers are alike as far as they differ little.
fn numbers(a: f64, b: f64) -> f64 {
    let largest = a.abs().max(b.abs());
    if largest == 0.0 { 1.0 } else { (1.0 - (a - b).abs() / largest * 10.0).max(0.0) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_compared_by_what_they_are() {
        for (held, wanted, least, most) in [
            ("2016-10-21", "2016", 1.0, 1.0),
            ("2016-10-21", "2016-10-21T00:00:00Z", 1.0, 1.0),
            ("2016-10-21", "2016-03-02", SAME_YEAR, SAME_YEAR),
            ("2016-10-21", "2013", 0.0, 0.0),
            ("100", "100.0", 1.0, 1.0),
            ("100", "200", 0.0, 0.0),
            ("S/2016/888", "s/2016/888", 1.0, 1.0),
            ("Halabja", "Halabjah", 0.8, 0.99),
            ("Halabja", "something else", 0.0, 0.0),
        ] {
            let likeness = texts(held, wanted);
            assert!((least..=most).contains(&likeness), "{held} {wanted}: {likeness}");
        }
    }
}
