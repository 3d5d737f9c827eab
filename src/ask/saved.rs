//! The questions that come with the archive: one file of `queries/` each, whose head says what it asks.
//!
//! ```text
//! # en: Who held an office on a given day?
//! # ar: …
//! # about-en: what the answer shows, in a sentence or two
//! # about-ar: …
//! SELECT … { VALUES ?day { "2017-02-15"^^xsd:date } # parameter: day
//! ```
//!
//! A line that ends in `# parameter: name` binds that variable to an example; a caller's value takes the example's
//! place. The file runs as it stands on any engine.

use crate::{
    model::{Lang, Text},
    rdf::vocab::isn,
    store::{Error, Store},
};

/// A question with its text and what may be filled in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedQuery {
    /// Its name in addresses: the name of its file.
    pub slug: String,
    /// What it asks.
    pub title: Text,
    /// What its answer shows.
    pub about: Text,
    /// What may be filled in.
    pub parameters: Vec<Parameter>,
    /// The query, with the examples in place.
    pub text: String,
}

/// A value that a caller may give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parameter {
    /// The variable, without its question mark.
    pub name: String,
    /// The example, as SPARQL writes it.
    pub example: String,
    line: usize,
}

/// A value does not fit a parameter.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParameterError {
    /// The query has no such parameter.
    #[error("the query has no parameter `{name}`; it has {}", if known.is_empty() { "none" } else { known })]
    Unknown {
        /// The name given.
        name: String,
        /// The names there are.
        known: String,
    },
    /// The value is not one that could stand there.
    #[error("`{value}` cannot be the value of `{name}`; an example is {example}")]
    Value {
        /// The parameter.
        name: String,
        /// The value given.
        value: String,
        /// A value that fits.
        example: String,
    },
}

impl SavedQuery {
    /// Reads the text of a file.
    #[must_use]
    pub fn parse(slug: &str, text: &str) -> Self {
        let mut query = Self {
            slug: slug.to_owned(),
            title: Text::new(),
            about: Text::new(),
            parameters: Vec::new(),
            text: text.to_owned(),
        };
        for (number, line) in text.lines().enumerate() {
            if let Some((key, value)) = line.strip_prefix("# ").and_then(|line| line.split_once(": ")) {
                query.head(key, value.trim());
            } else if let Some(parameter) = parameter(number, line) {
                query.parameters.push(parameter);
            }
        }
        query
    }

    fn head(&mut self, key: &str, value: &str) {
        let (text, lang) = match key.strip_prefix("about-") {
            Some(lang) => (&mut self.about, lang),
            None => (&mut self.title, key),
        };
        if let ("en" | "ar", Ok(lang)) = (lang, lang.parse::<Lang>()) {
            text.insert(lang, value.to_owned());
        }
    }

    /// The query with some of its examples replaced. A value is a term as SPARQL writes it, or bare words, which
    /// take the example's datatype or language, or its prefix where it is an IRI.
    pub fn fill<'a>(&self, values: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<String, ParameterError> {
        let mut lines: Vec<String> = self.text.lines().map(ToOwned::to_owned).collect();
        for (name, value) in values {
            let parameter = self.parameters.iter().find(|parameter| parameter.name == name).ok_or_else(|| {
                let known: Vec<&str> = self.parameters.iter().map(|parameter| parameter.name.as_str()).collect();
                ParameterError::Unknown { name: name.to_owned(), known: known.join(", ") }
            })?;
            let term = parameter.term(value).ok_or_else(|| ParameterError::Value {
                name: name.to_owned(),
                value: value.to_owned(),
                example: parameter.example.clone(),
            })?;
            let line = &mut lines[parameter.line];
            *line = line.replacen(&parameter.example, &term, 1);
        }
        Ok(lines.join("\n"))
    }
}

/// The questions that were stored in an archive, by name.
pub async fn stored(store: &Store) -> Result<Vec<SavedQuery>, Error> {
    let text = store.iris().term(isn::QUERY_TEXT);
    let rows = store.select(&format!("SELECT ?query ?text {{ ?query {text} ?text }} ORDER BY ?query")).await?;
    let queries = rows.iter().filter_map(|row| {
        let slug = row.iri("query")?.strip_prefix(store.iris().path("query/").as_str())?.to_owned();
        Some(SavedQuery::parse(&slug, &row.text("text")?))
    });
    Ok(queries.collect())
}

/// What a value of a parameter is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// An IRI, of a thing in the archive also without its base: `org/hrw`.
    Iri,
    /// A day: `2017-02-15`.
    Date,
    /// A number.
    Number,
    /// Words.
    Text,
}

impl Parameter {
    /// What its values are, by its example.
    #[must_use]
    pub fn kind(&self) -> ParameterKind {
        if self.example.starts_with('<') {
            ParameterKind::Iri
        } else if self.example.ends_with("^^xsd:date") {
            ParameterKind::Date
        } else if self.example.contains('"') {
            ParameterKind::Text
        } else {
            ParameterKind::Number
        }
    }

    /// The value as a term of the example's kind; `None` where it would be something else than a term.
    fn term(&self, value: &str) -> Option<String> {
        let value = value.trim();
        if value.is_empty() {
            return None;
        }
        if self.example.starts_with('<') {
            let iri = value.strip_prefix('<').and_then(|rest| rest.strip_suffix('>')).unwrap_or(value);
            let good = !iri.contains(|c: char| c.is_whitespace() || "<>\"{}|\\^`".contains(c));
            return good.then(|| format!("<{iri}>"));
        }
        if let Some(end) = self.example.rfind('"') {
            let suffix = &self.example[end + 1..];
            let words = value.strip_prefix('"').and_then(|rest| rest.split('"').next()).unwrap_or(value);
            if self.kind() == ParameterKind::Date && words.parse::<jiff::civil::Date>().is_err() {
                return None;
            }
            return Some(format!("{}{suffix}", oxigraph::model::Literal::new_simple_literal(words)));
        }
        value.parse::<f64>().is_ok().then(|| value.to_owned())
    }
}

/// `VALUES ?day { "2017-02-15"^^xsd:date } # parameter: day`
fn parameter(number: usize, line: &str) -> Option<Parameter> {
    let (pattern, name) = line.rsplit_once("# parameter: ")?;
    let start = pattern.find('{')?;
    let open = pattern[..start].contains(&format!("?{}", name.trim())).then(|| start + 1)?;
    // Where the line opens the pattern too, the example stands in the last braces.
    let open = pattern.rfind('{').map_or(open, |last| last + 1);
    let close = open + pattern[open..].find('}')?;
    Some(Parameter { name: name.trim().to_owned(), example: pattern[open..close].trim().to_owned(), line: number })
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# en: Who was in office?\n# about-en: One row a person.\nSELECT ?who {\n  VALUES ?day { \"2017-02-15\"^^xsd:date } # parameter: day\n  VALUES ?org { <org/jim> } # parameter: org\n}";

    #[test]
    fn a_value_takes_the_place_of_the_example() {
        let query = SavedQuery::parse("offices", FILE);
        assert_eq!(query.title.values().next().map(String::as_str), Some("Who was in office?"));
        let filled = query.fill([("day", "2016-09-01"), ("org", "org/opcw")]).unwrap_or_else(|e| panic!("{e}"));
        assert!(filled.contains("{ \"2016-09-01\"^^xsd:date }") && filled.contains("{ <org/opcw> }"), "{filled}");
    }

    #[test]
    fn what_is_no_term_is_refused() {
        let query = SavedQuery::parse("offices", FILE);
        assert!(query.fill([("org", "x> } DROP ALL #")]).is_err());
        assert!(query.fill([("who", "x")]).is_err());
        assert!(query.fill([("day", "a\" } #")]).is_err());
        assert!(query.fill([("day", "2017-02-30")]).is_err());
        let words = SavedQuery::parse("words", "SELECT * {\n  VALUES ?word { \"x\" } # parameter: word\n}");
        let quoted = words.fill([("word", "a\" } #")]).unwrap_or_else(|e| panic!("{e}"));
        assert!(quoted.contains("\"a\\\" } #\""), "{quoted}");
    }
}
