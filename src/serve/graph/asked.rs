//! The parameters of a call, taken one by one; what nobody takes is refused with what would have been accepted.

use std::ops::RangeInclusive;

use crate::{
    ask::walk::{Filter, Measure, kind_name, kind_of},
    model::{Id, Kind},
    rdf::Iris,
    serve::{narrow, problem::Problem},
    views::adjacency::Direction,
};

/// What can stand in the graph: anything but the concepts of vocabularies.
const THINGS: [Kind; 7] =
    [Kind::Document, Kind::Person, Kind::Organization, Kind::Place, Kind::Event, Kind::Claim, Kind::Collection];

/// What was given and is not taken yet.
pub(super) struct Asked<'a> {
    iris: &'a Iris,
    given: Vec<(String, String)>,
    known: Vec<&'static str>,
}

impl<'a> Asked<'a> {
    pub(super) fn new(iris: &'a Iris, given: Vec<(String, String)>) -> Self {
        Self { iris, given, known: Vec::new() }
    }

    /// Every value of a parameter.
    fn all(&mut self, name: &'static str) -> Vec<String> {
        self.known.push(name);
        let (own, others) = std::mem::take(&mut self.given).into_iter().partition(|(given, _)| given == name);
        self.given = others;
        let own: Vec<(String, String)> = own;
        own.into_iter().map(|(_, value)| value).collect()
    }

    /// The value of a parameter that may be given once.
    pub(super) fn one(&mut self, name: &'static str) -> Result<Option<String>, Problem> {
        let mut values = self.all(name);
        match values.len() {
            0 | 1 => Ok(values.pop()),
            _ => Err(refused(name, format!("`{name}` is given {} times; expected one", values.len()))),
        }
    }

    /// Identifiers or IRIs of things, so many at most.
    pub(super) fn ids(&mut self, name: &'static str, most: usize) -> Result<Vec<Id>, Problem> {
        let values = self.all(name);
        if values.len() > most {
            return Err(refused(name, format!("`{name}` is given {} times; expected {most} at most", values.len())));
        }
        values.into_iter().map(|value| self.parsed_id(name, &value)).collect()
    }

    /// One identifier or IRI.
    pub(super) fn id(&mut self, name: &'static str) -> Result<Option<Id>, Problem> {
        self.one(name)?.map(|value| self.parsed_id(name, &value)).transpose()
    }

    fn parsed_id(&self, name: &'static str, value: &str) -> Result<Id, Problem> {
        narrow::thing(self.iris, name, value, &THINGS)
    }

    /// A number from the least on, to the most, or else the usual.
    pub(super) fn number(
        &mut self,
        name: &'static str,
        least: usize,
        (most, usual): (usize, usize),
    ) -> Result<usize, Problem> {
        let Some(value) = self.one(name)? else { return Ok(usual) };
        let number = value.parse().ok().filter(|number| (least..=most).contains(number));
        number.ok_or_else(|| refused(name, format!("`{value}` is not a {name}: expected {least} to {most}")))
    }

    /// A decimal number; 0 where it is not given.
    pub(super) fn decimal(&mut self, name: &'static str, range: RangeInclusive<f64>) -> Result<f64, Problem> {
        let Some(value) = self.one(name)? else { return Ok(0.0) };
        let number = value.parse().ok().filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| refused(name, format!("`{value}` is not a {name}: expected {least} to {most}")))
    }

    /// One of some words; the first where it is not given.
    pub(super) fn choice(&mut self, name: &'static str, words: &[&'static str]) -> Result<&'static str, Problem> {
        let Some(value) = self.one(name)? else { return Ok(words.first().copied().unwrap_or_default()) };
        let chosen = words.iter().copied().find(|word| *word == value);
        chosen.ok_or_else(|| refused(name, format!("`{value}` is not a {name}: expected {}", words.join(", "))))
    }

    /// Yes or no; no where it is not given.
    pub(super) fn flag(&mut self, name: &'static str) -> Result<bool, Problem> {
        match self.one(name)?.as_deref() {
            None | Some("0" | "false") => Ok(false),
            Some("" | "1" | "true") => Ok(true),
            Some(value) => Err(refused(name, format!("`{value}` is neither 1 nor 0"))),
        }
    }

    /// The measures that are wanted.
    pub(super) fn measures(&mut self) -> Result<Vec<Measure>, Problem> {
        let known = Measure::ALL.map(Measure::name).join(", ");
        let words = self.all("measure");
        let words = words.iter().flat_map(|value| value.split(',')).map(str::trim);
        words
            .map(|word| {
                let measure = Measure::ALL.into_iter().find(|measure| measure.name() == word);
                measure.ok_or_else(|| refused("measure", format!("`{word}` is not a measure: expected {known}")))
            })
            .collect()
    }

    /// What edges must be like; with or without a direction.
    pub(super) fn filter(&mut self, with_direction: bool) -> Result<Filter, Problem> {
        let direction = if with_direction { self.choice("direction", &["both", "out", "in"])? } else { "both" };
        let (from, to) = (self.one("from")?, self.one("to")?);
        let (from, to) = narrow::period(narrow::PERIOD, [from.as_deref(), to.as_deref()])?;
        let reliability = self.one("reliability")?;
        Ok(Filter {
            direction: match direction {
                "out" => Some(Direction::Out),
                "in" => Some(Direction::In),
                _ => None,
            },
            relations: self.all("relation"),
            kinds: self.kinds()?,
            from,
            to,
            reliability: reliability.map(|value| narrow::reliability(self.iris, &value)).transpose()?,
            source: self.id("source")?,
        })
    }

    fn kinds(&mut self) -> Result<Vec<Kind>, Problem> {
        let known = THINGS.map(kind_name).join(", ");
        let values = self.all("type");
        let words = values.iter().flat_map(|value| value.split(',')).map(str::trim);
        words
            .map(|word| {
                let kind = kind_of(word).filter(|kind| THINGS.contains(kind));
                kind.ok_or_else(|| refused("type", format!("`{word}` is not a type: expected {known}")))
            })
            .collect()
    }

    /// Nothing more is taken.
    pub(super) fn end(self) -> Result<(), Problem> {
        match self.given.first() {
            None => Ok(()),
            Some((name, _)) => {
                let shown: String = name.chars().take(100).collect();
                let known = self.known.join(", ");
                let detail = format!("there is no parameter `{shown}`: expected {known}, format, table, download");
                Err(Problem::bad_request(detail).at("parameter", shown))
            }
        }
    }
}

fn refused(name: &str, detail: String) -> Problem {
    Problem::bad_request(detail).at("parameter", name)
}
