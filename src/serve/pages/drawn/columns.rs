//! What the columns of an answer hold, and so how it can be drawn.

use std::{collections::HashMap, time::Duration};

use oxigraph::model::{Literal, NamedNode, Term, vocab::xsd};

use super::{
    super::{
        reader::Reader,
        value::{Phrase, Value},
    },
    Rows, View,
};
use crate::{model::Date, rdf::vocab::geo, serve::Service, views};

/// Where things are: longitude and latitude, by the IRIs of the things.
pub(in crate::serve::pages) type Points = HashMap<String, [f64; 2]>;

/// How long is waited for the views.
const PATIENCE: Duration = Duration::from_millis(300);
const LATITUDES: [&str; 3] = ["lat", "latitude", "wgslat"];
const LONGITUDES: [&str; 4] = ["long", "lon", "lng", "longitude"];
const RELATIONS: [&str; 5] = ["p", "predicate", "property", "relation", "link"];

/// What every value of a column is, where all of them are something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Numbers,
    Days,
    Geometries,
    Things,
    Others,
}

/// The columns of an answer.
pub(super) struct Columns<'a> {
    names: &'a [String],
    holds: Vec<Holds>,
    points: &'a Points,
    /// The columns that tell where a row is: one, or latitude and longitude.
    place: Option<Place>,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Geometry(usize),
    Degrees { latitude: usize, longitude: usize },
    Thing(usize),
}

/// Where the things of an answer are, for those of which the archive knows it.
pub(super) async fn points(service: &Service, rows: &Rows) -> Points {
    let Ok(adjacency) = service.archive.views.adjacency_within(PATIENCE).await else { return Points::new() };
    let iris = service.archive.store.iris();
    let things = rows.iter().flatten().flatten().filter_map(|term| match term {
        Term::NamedNode(iri) => Some(iri.as_str()),
        _ => None,
    });
    let point = |iri: &str| {
        let (x, y) = adjacency.thing(adjacency.number(&iris.parse_id(iri)?)?).point?;
        // Half a metre needs no more decimals, and the number is as it was given.
        let degrees = |value: f32| (f64::from(value) * 1e5).round() / 1e5;
        Some((iri.to_owned(), [degrees(x), degrees(y)]))
    };
    things.filter_map(point).collect()
}

impl<'a> Columns<'a> {
    pub(super) fn of(names: &'a [String], rows: &Rows, points: &'a Points) -> Self {
        let holds: Vec<Holds> = (0..names.len()).map(|column| holds(rows, column)).collect();
        let called = |known: &[&str]| {
            let is = |(name, holds): (&String, &Holds)| {
                *holds == Holds::Numbers && known.contains(&name.to_ascii_lowercase().as_str())
            };
            names.iter().zip(&holds).position(is)
        };
        let degrees = called(&LATITUDES).zip(called(&LONGITUDES));
        let located = |column: &usize| {
            let known =
                |row: &Vec<Option<Term>>| iri(row, *column).is_some_and(|iri| points.contains_key(iri.as_str()));
            holds[*column] == Holds::Things && rows.iter().any(known)
        };
        let geometry = holds.iter().position(|holds| *holds == Holds::Geometries).map(Place::Geometry);
        let place = geometry
            .or_else(|| degrees.map(|(latitude, longitude)| Place::Degrees { latitude, longitude }))
            .or_else(|| (0..names.len()).find(located).map(Place::Thing));
        Self { names, holds, points, place }
    }

    /// Whether there is something to draw in this way.
    pub(super) fn can_be(&self, view: View) -> bool {
        match view {
            View::Table => true,
            View::Bar => !self.measures().is_empty(),
            View::Line => !self.measures().is_empty() && self.along().is_some(),
            View::Map => self.place.is_some(),
            View::Timeline => self.all(Holds::Days).next().is_some(),
            View::Graph => self.all(Holds::Things).nth(1).is_some(),
        }
    }

    fn all(&self, wanted: Holds) -> impl Iterator<Item = usize> {
        self.holds.iter().enumerate().filter(move |(_, holds)| **holds == wanted).map(|(column, _)| column)
    }

    /// The columns of numbers that are measured; the first is what they are measured along where nothing else is.
    pub(super) fn measures(&self) -> Vec<usize> {
        let numbers: Vec<usize> = self.all(Holds::Numbers).collect();
        let only = numbers.len() == self.names.len() && numbers.len() > 1;
        numbers.into_iter().skip(usize::from(only)).collect()
    }

    /// The column that numbers are drawn along: days, else what the rows are called by.
    pub(super) fn along(&self) -> Option<usize> {
        self.all(Holds::Days).next().or_else(|| self.label())
    }

    /// The column that rows are called by.
    pub(super) fn label(&self) -> Option<usize> {
        let measures = self.measures();
        let free = || (0..self.names.len()).filter(|column| !measures.contains(column));
        free().find(|column| self.holds[*column] == Holds::Things).or_else(|| free().next())
    }

    /// The columns that say what a number is of: all that are neither measured nor geometries.
    pub(super) fn said(&self) -> Vec<usize> {
        let measures = self.measures();
        let says = |column: &usize| !measures.contains(column) && self.holds[*column] != Holds::Geometries;
        (0..self.names.len()).filter(says).collect()
    }

    /// What joins rows in a graph: from, by, to.
    pub(super) fn edges(&self) -> Vec<(usize, Option<usize>, usize)> {
        let things: Vec<usize> = self.all(Holds::Things).collect();
        match things.as_slice() {
            [from, by, to, ..] if RELATIONS.contains(&self.names[*by].to_ascii_lowercase().as_str()) => {
                vec![(*from, Some(*by), *to)]
            }
            [from, to, further, ..] => vec![(*from, None, *to), (*to, None, *further)],
            [from, to] => vec![(*from, None, *to)],
            _ => Vec::new(),
        }
    }

    pub(super) fn name(&self, column: usize) -> &str {
        &self.names[column]
    }

    /// The date of a row.
    pub(super) fn date(&self, row: &[Option<Term>]) -> Option<Date> {
        date(row[self.all(Holds::Days).next()?].as_ref()?)
    }

    /// Where a row is, longitude first.
    pub(super) fn point(&self, row: &[Option<Term>]) -> Option<[f64; 2]> {
        match self.place? {
            Place::Geometry(column) => geometry(row[column].as_ref()?),
            Place::Degrees { latitude, longitude } => {
                let (x, y) = (number(row[longitude].as_ref()?)?, number(row[latitude].as_ref()?)?);
                (x.abs() <= 180.0 && y.abs() <= 90.0).then_some([x, y])
            }
            Place::Thing(column) => self.points.get(iri(row, column)?.as_str()).copied(),
        }
    }

    /// What a row is called on a map, and where it leads.
    pub(super) fn named(&self, reader: &Reader<'_>, row: &[Option<Term>]) -> (Phrase, Option<String>) {
        let others = |column: &usize| self.holds[*column] != Holds::Geometries && row[*column].is_some();
        let thing = (0..row.len()).find(|column| self.holds[*column] == Holds::Things && row[*column].is_some());
        let term = thing.or_else(|| (0..row.len()).find(others)).and_then(|column| row[column].as_ref());
        term.map_or_else(|| (Phrase::key(""), None), |term| words(reader.value(term)))
    }
}

/// A value in words, and where it leads.
pub(super) fn words(value: Value) -> (Phrase, Option<String>) {
    match value {
        Value::Link(link) => (link.label, Some(link.href)),
        Value::Words(words) => (words, None),
        Value::Code(text) | Value::Number(text) => (Phrase::key(text), None),
        Value::When(when) => (Phrase::key(when.text), None),
    }
}

fn holds(rows: &Rows, column: usize) -> Holds {
    let mut terms = rows.iter().filter_map(|row| row[column].as_ref()).peekable();
    if terms.peek().is_none() {
        return Holds::Others;
    }
    let mut kinds = terms.map(|term| match term {
        Term::NamedNode(_) => Holds::Things,
        term if number(term).is_some() => Holds::Numbers,
        term if geometry(term).is_some() => Holds::Geometries,
        term if date(term).is_some() => Holds::Days,
        _ => Holds::Others,
    });
    let first = kinds.next().unwrap_or(Holds::Others);
    if kinds.all(|kind| kind == first) { first } else { Holds::Others }
}

pub(super) fn iri(row: &[Option<Term>], column: usize) -> Option<&NamedNode> {
    if let Some(Term::NamedNode(iri)) = &row[column] { Some(iri) } else { None }
}

/// The number that a literal of a numeric type is.
pub(super) fn number(term: &Term) -> Option<f64> {
    let literal = literal(term)?;
    let whole = [
        xsd::INTEGER,
        xsd::INT,
        xsd::LONG,
        xsd::SHORT,
        xsd::BYTE,
        xsd::NON_NEGATIVE_INTEGER,
        xsd::POSITIVE_INTEGER,
        xsd::NEGATIVE_INTEGER,
        xsd::NON_POSITIVE_INTEGER,
        xsd::UNSIGNED_INT,
        xsd::UNSIGNED_LONG,
    ];
    let is_number =
        whole.contains(&literal.datatype()) || [xsd::DECIMAL, xsd::DOUBLE, xsd::FLOAT].contains(&literal.datatype());
    literal.value().parse().ok().filter(|number: &f64| is_number && number.is_finite())
}

/// The date that a literal is, whatever its type says.
fn date(term: &Term) -> Option<Date> {
    let literal = literal(term).filter(|literal| literal.language().is_none())?;
    let text = literal.value();
    // Of a time the day is enough.
    let text = if literal.datatype() == xsd::DATE_TIME { text.get(..10)? } else { text };
    text.parse().ok()
}

/// The middle of a geometry in WKT.
fn geometry(term: &Term) -> Option<[f64; 2]> {
    let literal = literal(term).filter(|literal| literal.datatype() == geo::WKT_LITERAL)?;
    views::places::middle(literal.value())
}

fn literal(term: &Term) -> Option<&Literal> {
    if let Term::Literal(literal) = term { Some(literal) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(terms: &[Term]) -> Vec<Option<Term>> {
        terms.iter().cloned().map(Some).collect()
    }

    fn typed(value: &str, datatype: oxigraph::model::NamedNodeRef<'_>) -> Term {
        Literal::new_typed_literal(value, datatype).into()
    }

    fn thing(path: &str) -> Term {
        NamedNode::new_unchecked(format!("https://example.org/{path}")).into()
    }

    fn ways(names: &[&str], rows: &Rows, points: &Points) -> Vec<&'static str> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        let columns = Columns::of(&names, rows, points);
        View::ALL.into_iter().filter(|view| columns.can_be(*view)).map(View::name).collect()
    }

    #[test]
    fn what_the_columns_hold_tells_how_an_answer_can_be_drawn() {
        let none = Points::new();
        let (place, org, date) = (thing("place/x"), thing("org/x"), typed("2016-02-15", xsd::DATE));
        let count = typed("7", xsd::INTEGER);
        assert_eq!(ways(&["a"], &vec![row(std::slice::from_ref(&place))], &none), ["table"]);
        assert_eq!(ways(&["a", "n"], &vec![row(&[place.clone(), count.clone()])], &none), ["table", "bar", "line"]);
        assert_eq!(ways(&["a", "day"], &vec![row(&[place.clone(), date])], &none), ["table", "timeline"]);
        assert_eq!(ways(&["a", "b"], &vec![row(&[place.clone(), org])], &none), ["table", "graph"]);
        let degrees = row(&[typed("36.2", xsd::DECIMAL), typed("37.1", xsd::DECIMAL)]);
        assert!(ways(&["lat", "long"], &vec![degrees.clone()], &none).contains(&"map"));
        assert!(!ways(&["a", "b"], &vec![degrees], &none).contains(&"map"));
        let known = Points::from([("https://example.org/place/x".to_owned(), [37.1, 36.2])]);
        assert_eq!(ways(&["a"], &vec![row(&[place])], &known), ["table", "map"]);
    }

    #[test]
    fn a_column_with_a_word_among_its_numbers_is_none_of_numbers() {
        let rows = vec![row(&[typed("1", xsd::INTEGER)]), row(&[Literal::new_simple_literal("many").into()])];
        assert_eq!(ways(&["n"], &rows, &Points::new()), ["table"]);
        let gaps = vec![row(&[typed("1", xsd::INTEGER)]), vec![None]];
        assert!(ways(&["n"], &gaps, &Points::new()).contains(&"bar"));
    }

    #[test]
    fn a_point_is_read_from_wkt_or_degrees_longitude_first() {
        let names = ["wkt".to_owned()];
        let rows = vec![row(&[typed("POINT(37.16 36.2)", geo::WKT_LITERAL)])];
        let points = Points::new();
        assert_eq!(Columns::of(&names, &rows, &points).point(&rows[0]), Some([37.16, 36.2]));
        let names = ["latitude", "longitude"].map(ToOwned::to_owned);
        let rows = vec![row(&[typed("36.2", xsd::DOUBLE), typed("37.16", xsd::DOUBLE)])];
        assert_eq!(Columns::of(&names, &rows, &points).point(&rows[0]), Some([37.16, 36.2]));
    }
}
