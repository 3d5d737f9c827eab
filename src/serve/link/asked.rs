//! What a request to link asks for: parameters in the address, and for JSON in the body as well.

use serde_json::Value;

use crate::{
    export::links::{self, Format, Sort, Wanted},
    link::Unit,
    model::{Date, Id, Kind, Lang},
    serve::{
        parameters::{pairs, set_once},
        problem::Problem,
    },
};

/// What a body holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Body {
    /// The text.
    Plain,
    /// A text or the name of a document, with parameters.
    Json,
    /// Texts in the interchange format.
    Nif,
}

/// What is asked for.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub text: Option<String>,
    pub document: Option<Id>,
    pub lang: Option<Lang>,
    pub issued: Option<Date>,
    pub area: Vec<Id>,
    pub issuer: Vec<Id>,
    /// The graphs, as they were given.
    pub graphs: Vec<String>,
    pub unit: Unit,
    pub incidents: bool,
    pub format: Option<Format>,
    pub is_nif: bool,
    types: Vec<Sort>,
    min_confidence: f64,
    dates: Option<bool>,
    nil: Option<bool>,
}

const NAMES: &str = "text, document, lang, issued, area, issuer, types, graphs, unit, min_confidence, dates, nil, \
     incidents, format";

/// A problem with a parameter.
fn bad(name: &str, detail: impl Into<String>) -> Problem {
    Problem::bad_request(detail).at("parameter", name)
}

impl Asked {
    /// Reads the parameters.
    pub(super) fn read(kind: Body, query: &str, body: &str) -> Result<Self, Problem> {
        let mut asked = Self { is_nif: kind == Body::Nif, ..Self::default() };
        for (name, value) in pairs(query) {
            if matches!(name.as_str(), "text" | "document") && kind != Body::Json {
                return Err(bad(&name, format!("`{name}` stands in a body of application/json")));
            }
            asked.set(&name, value)?;
        }
        if kind == Body::Json {
            asked.read_json(body)?;
            match (&asked.text, &asked.document) {
                (None, None) => return Err(bad("text", "nothing to link: expected `text` or `document`")),
                (Some(_), Some(_)) => return Err(bad("document", "expected `text` or `document`, not both")),
                _ => {}
            }
        }
        Ok(asked)
    }

    fn read_json(&mut self, body: &str) -> Result<(), Problem> {
        let value: Value = serde_json::from_str(body).map_err(|error| {
            let problem = Problem::bad_request(format!("the body is not JSON: {error}"));
            problem.at("line", error.line()).at("column", error.column())
        })?;
        let Value::Object(object) = value else {
            return Err(Problem::bad_request(format!("the body is not an object: expected one with {NAMES}")));
        };
        for (name, value) in object {
            let values = if let Value::Array(values) = value { values } else { vec![value] };
            for value in values {
                match value {
                    Value::Null => {}
                    Value::String(text) => self.set(&name, text)?,
                    Value::Bool(_) | Value::Number(_) => self.set(&name, value.to_string())?,
                    Value::Array(_) | Value::Object(_) => return Err(bad(&name, "expected a plain value")),
                }
            }
        }
        Ok(())
    }

    fn set(&mut self, name: &str, value: String) -> Result<(), Problem> {
        match name {
            "text" => set_once(&mut self.text, name, value)?,
            "document" => self.document = Some(id(name, &value, Some(Kind::Document))?),
            "lang" => self.lang = Some(value.parse().map_err(|error| bad(name, format!("{error}")))?),
            "issued" => self.issued = Some(value.parse().map_err(|error| bad(name, format!("{error}")))?),
            "area" => self.area.extend(all(&value, |one| id(name, one, Some(Kind::Place)))?),
            "issuer" => self.issuer.extend(all(&value, |one| id(name, one, None))?),
            "types" => {
                self.types.extend(all(&value, |one| one.parse::<Sort>().map_err(|error| bad(name, error)))?);
            }
            "graphs" => self.graphs.extend(all(&value, |one| Ok(one.to_owned()))?),
            "unit" => self.unit = links::unit(&value).map_err(|error| bad(name, error))?,
            "min_confidence" => {
                let number = value.parse().ok().filter(|number| (0.0..=1.0).contains(number));
                self.min_confidence =
                    number.ok_or_else(|| bad(name, format!("`{value}` is not a number from 0 to 1")))?;
            }
            "dates" => self.dates = Some(flag(name, &value)?),
            "nil" => self.nil = Some(flag(name, &value)?),
            "incidents" => self.incidents = flag(name, &value)?,
            "format" => {
                let known = || bad(name, format!("`{value}` is not a format: expected json, csv, jsonld, nif or nt"));
                self.format = Some(Format::from_name(&value.to_ascii_lowercase()).ok_or_else(known)?);
            }
            _ => return Err(bad(name, format!("`{name}` is not known here: expected {NAMES}"))),
        }
        Ok(())
    }

    /// Which links are wanted. In the interchange format a span without a thing would count as a fault.
    pub(super) fn wanted(&self, format: Format) -> Wanted {
        Wanted {
            types: self.types.clone(),
            min_confidence: self.min_confidence,
            dates: self.dates.unwrap_or(!format.is_nif()),
            nil: self.nil.unwrap_or(!format.is_nif() || self.is_nif),
        }
    }
}

/// Reads each value of a list, which commas part.
fn all<T>(value: &str, read: impl Fn(&str) -> Result<T, Problem>) -> Result<Vec<T>, Problem> {
    value.split(',').map(str::trim).filter(|one| !one.is_empty()).map(read).collect()
}

fn flag(name: &str, value: &str) -> Result<bool, Problem> {
    match value {
        "" | "1" | "true" => Ok(true),
        "0" | "false" => Ok(false),
        _ => Err(bad(name, format!("`{value}` is neither true nor false"))),
    }
}

fn id(name: &str, value: &str, kind: Option<Kind>) -> Result<Id, Problem> {
    let id = value.parse::<Id>().ok().filter(|id| kind.is_none_or(|kind| id.kind() == kind));
    let example = kind.map_or("org/hrw", |kind| if kind == Kind::Place { "place/SY02" } else { "doc/jim-4" });
    id.ok_or_else(|| bad(name, format!("`{value}` is not an identifier such as {example}")))
}
