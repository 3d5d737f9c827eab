//! How is a foreign table read? A mapping makes our columns from its columns.
//!
//! ```json
//! {
//!   "kind": "place",
//!   "id": "place/sa-{id}",
//!   "columns": {
//!     "label_en": {"from": "name", "before": " --- ", "split": " - ", "part": 0},
//!     "latitude": "{lat}",
//!     "level": {"value": "village"},
//!     "note_en": ["{remark} ({author})", "{remark}"]
//!   }
//! }
//! ```
//!
//! Of a spreadsheet with several sheets, `"sheet": "Places"` names the one that is meant; otherwise it is the first.
//!
//! A string is a template and gives nothing when one of its columns is empty; an object cuts a piece out of a column;
//! of a list, the first that gives something counts. Rejected: a language of expressions, for what needs more than
//! this needs a script of its own before it comes here.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{
    row::is_column,
    table::BETWEEN,
    text::{is_invisible, squeeze},
};
use crate::model::Kind;

/// How the columns of a foreign table become ours.
#[derive(Clone, Debug)]
pub struct Mapping {
    sheet: Option<String>,
    id: Template,
    columns: BTreeMap<String, Rule>,
}

/// The mapping cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// It is not well-formed, or says something that is not part of a mapping.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// It makes things of a kind that a table cannot describe.
    #[error("`kind` is `{0}`: expected doc, person, org, place or event")]
    Kind(String),
    /// Its identifiers do not fit its kind.
    #[error("`id` is `{id}`: expected a template that begins with {kind}/")]
    Id {
        /// The template.
        id: String,
        /// The segment that begins identifiers of the kind.
        kind: &'static str,
    },
    /// It makes a column that things of its kind do not have.
    #[error("`columns` has `{column}`, which is no column of {kind}/\u{2026}")]
    Column {
        /// The column.
        column: String,
        /// The segment that begins identifiers of the kind.
        kind: &'static str,
    },
}

/// A mapping as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    kind: String,
    sheet: Option<String>,
    id: Template,
    columns: BTreeMap<String, Rule>,
}

impl Mapping {
    /// Reads a mapping in JSON.
    pub fn from_json(text: &str) -> Result<Self, MappingError> {
        let form: Form = serde_json::from_str(text).map_err(|error| {
            let told = error.to_string();
            let message = told.split(" at line ").next().unwrap_or(&told).to_owned();
            MappingError::Syntax { line: error.line(), column: error.column(), message }
        })?;
        let kind = form.kind.parse().ok().filter(|kind| is_column(*kind, "id"));
        let kind: Kind = kind.ok_or_else(|| MappingError::Kind(form.kind.clone()))?;
        let (segment, columns) = (kind.segment(), form.columns);
        if !form.id.starts_with(&format!("{segment}/")) {
            return Err(MappingError::Id { id: form.id.text, kind: segment });
        }
        match columns.keys().find(|column| *column == "id" || !is_column(kind, column)) {
            Some(column) => Err(MappingError::Column { column: column.clone(), kind: segment }),
            None => Ok(Self { sheet: form.sheet, id: form.id, columns }),
        }
    }

    /// The sheet that is meant, of a file that has several.
    pub(super) fn sheet(&self) -> Option<&str> {
        self.sheet.as_deref()
    }

    /// The foreign columns of which one of ours is made, in words.
    pub(super) fn made_from(&self, column: &str) -> String {
        let mut from = BTreeSet::new();
        match self.columns.get(column) {
            Some(rule) => rule.reads(&mut from),
            None if column == "id" => self.id.reads(&mut from),
            None => {}
        }
        from.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    }

    /// The columns of the foreign table that it reads.
    pub(super) fn reads(&self) -> BTreeSet<&str> {
        let mut columns = BTreeSet::new();
        self.id.reads(&mut columns);
        self.columns.values().for_each(|rule| rule.reads(&mut columns));
        columns
    }

    /// Our cells made from the cells of a foreign row.
    pub(super) fn apply(&self, row: &BTreeMap<String, String>) -> BTreeMap<String, String> {
        let made = self.columns.iter().filter_map(|(column, rule)| Some((column.clone(), rule.apply(row)?)));
        let mut cells: BTreeMap<String, String> = made.collect();
        cells.insert("id".to_owned(), self.id.apply(row).unwrap_or_default());
        cells
    }
}

/// How one column is made.
#[derive(Clone, Debug)]
enum Rule {
    Template(Template),
    Cut(Cut),
    First(Vec<Rule>),
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let rule = match &value {
            serde_json::Value::String(_) => Template::deserialize(value).map(Self::Template),
            serde_json::Value::Array(_) => Vec::deserialize(value).map(Self::First),
            serde_json::Value::Object(_) => Cut::deserialize(value).map(Self::Cut),
            _ => {
                return Err(D::Error::custom(
                    "expected a template, an object that cuts a piece out of a column, or a list",
                ));
            }
        };
        rule.map_err(D::Error::custom)
    }
}

impl Rule {
    fn reads<'a>(&'a self, columns: &mut BTreeSet<&'a str>) {
        match self {
            Self::Template(template) => template.reads(columns),
            Self::Cut(cut) => columns.extend(cut.0.from.as_deref()),
            Self::First(rules) => rules.iter().for_each(|rule| rule.reads(columns)),
        }
    }

    fn apply(&self, row: &BTreeMap<String, String>) -> Option<String> {
        match self {
            Self::Template(template) => template.apply(row),
            Self::Cut(cut) => cut.apply(row),
            Self::First(rules) => rules.iter().find_map(|rule| rule.apply(row)),
        }
    }
}

/// Words with columns in braces.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Template {
    text: String,
    /// The words before each column, and the column; then the words after the last.
    columns: Vec<(String, String)>,
    end: String,
}

impl TryFrom<String> for Template {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (mut columns, mut rest) = (Vec::new(), &text[..]);
        while let Some((before, after)) = rest.split_once('{') {
            let unclosed = || format!("`{text}` has a brace that is not closed: expected {{column}}");
            let (column, after) = after.split_once('}').ok_or_else(unclosed)?;
            columns.push((before.to_owned(), column.to_owned()));
            rest = after;
        }
        let end = rest.to_owned();
        Ok(Self { text, columns, end })
    }
}

impl Template {
    fn starts_with(&self, start: &str) -> bool {
        self.columns.first().map_or(&self.end, |(before, _)| before).starts_with(start)
    }

    fn reads<'a>(&'a self, columns: &mut BTreeSet<&'a str>) {
        columns.extend(self.columns.iter().map(|(_, column)| column.as_str()));
    }

    fn apply(&self, row: &BTreeMap<String, String>) -> Option<String> {
        let mut filled = String::new();
        for (before, column) in &self.columns {
            filled.push_str(before);
            filled.push_str(row.get(column).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())?);
        }
        filled.push_str(&self.end);
        Some(filled)
    }
}

/// A piece cut out of a column, or a fixed value.
#[derive(Clone, Debug, Deserialize)]
#[serde(try_from = "Steps")]
struct Cut(Steps);

/// The steps of cutting, in the order in which they are taken.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Steps {
    /// The column.
    from: Option<String>,
    /// A fixed value, instead of a column.
    value: Option<String>,
    /// Whether marks of direction and other characters without width go.
    #[serde(default)]
    visible: bool,
    /// What comes after the first of these, where it occurs.
    after: Option<String>,
    /// What comes before the first of these, where it occurs.
    before: Option<String>,
    /// What parts several values.
    split: Option<String>,
    /// The one of them that is meant, counted from 0; all where none is named.
    part: Option<usize>,
    /// Whether white space around it goes and one space stands for any inside it; yes where nothing is said.
    #[serde(default = "yes")]
    trim: bool,
    /// Values that stand for nothing.
    #[serde(default)]
    drop: Vec<String>,
}

const fn yes() -> bool {
    true
}

impl TryFrom<Steps> for Cut {
    type Error = &'static str;

    fn try_from(steps: Steps) -> Result<Self, &'static str> {
        match (&steps.from, &steps.value, &steps.split, steps.part) {
            (Some(_), Some(_), ..) | (None, None, ..) => Err("expected either `from` or `value`"),
            (.., None, Some(_)) => Err("`part` without `split`: expected both"),
            _ => Ok(Self(steps)),
        }
    }
}

impl Cut {
    fn apply(&self, row: &BTreeMap<String, String>) -> Option<String> {
        let steps = &self.0;
        let Some(column) = &steps.from else { return steps.value.clone() };
        let mut cell = row.get(column)?.clone();
        if steps.visible {
            cell.retain(|character| !is_invisible(character));
        }
        let mut piece = &cell[..];
        if let Some((_, after)) = steps.after.as_deref().and_then(|mark| piece.split_once(mark)) {
            piece = after;
        }
        if let Some((before, _)) = steps.before.as_deref().and_then(|mark| piece.split_once(mark)) {
            piece = before;
        }
        let pieces: Vec<&str> = match (&steps.split, steps.part) {
            (None, _) => vec![piece],
            (Some(mark), None) => piece.split(mark.as_str()).collect(),
            (Some(mark), Some(part)) => piece.split(mark.as_str()).skip(part).take(1).collect(),
        };
        let trimmed = pieces.into_iter().map(|piece| if steps.trim { squeeze(piece) } else { piece.to_owned() });
        let kept: Vec<String> = trimmed.filter(|piece| !piece.is_empty() && !steps.drop.contains(piece)).collect();
        (!kept.is_empty()).then(|| kept.join(BETWEEN))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn made(rule: &str, cells: &[(&str, &str)]) -> Option<String> {
        let mapping = format!(r#"{{"kind": "place", "id": "place/x", "columns": {{"label_en": {rule}}}}}"#);
        let mapping = Mapping::from_json(&mapping).unwrap_or_else(|error| panic!("{rule}: {error}"));
        let cells = cells.iter().map(|(column, cell)| ((*column).to_owned(), (*cell).to_owned())).collect();
        mapping.apply(&cells).remove("label_en")
    }

    #[test]
    fn a_template_gives_all_or_nothing() {
        let cells = [("a", "one"), ("b", ""), ("c", " three ")];
        assert_eq!(made(r#""{a}, {c}.""#, &cells).as_deref(), Some("one, three."));
        assert_eq!(made(r#""{a}, {b}""#, &cells), None);
        assert_eq!(made(r#"["{b}", "{a}"]"#, &cells).as_deref(), Some("one"));
    }

    #[test]
    fn a_piece_is_cut_step_by_step() {
        let cells = [("name", "X: \u{200f}Tall  Rifat - Azaz - Aleppo --- (7)"), ("no", "FALSE")];
        let first = r#"{"from": "name", "visible": true, "after": ": ", "before": " --- ", "split": " - ", "part": 0}"#;
        assert_eq!(made(first, &cells).as_deref(), Some("Tall Rifat"));
        let all = r#"{"from": "name", "after": "- ", "before": " --- ", "split": " - "}"#;
        assert_eq!(made(all, &cells).as_deref(), Some("Azaz | Aleppo"));
        assert_eq!(made(r#"{"from": "no", "drop": ["FALSE"]}"#, &cells), None);
        assert_eq!(made(r#"{"value": "village"}"#, &cells).as_deref(), Some("village"));
    }

    #[test]
    fn a_mapping_that_cannot_work_is_refused() {
        for (mapping, says) in [
            ("{", "line 1"),
            (r#"{"kind": "cow", "id": "cow/x", "columns": {}}"#, "`kind`"),
            (r#"{"kind": "place", "id": "org/x", "columns": {}}"#, "place/"),
            (r#"{"kind": "place", "id": "place/{x", "columns": {}}"#, "not closed"),
            (r#"{"kind": "place", "id": "place/x", "columns": {"founded": "1"}}"#, "`founded`"),
            (r#"{"kind": "place", "id": "place/x", "columns": {"label_en": {"form": "a"}}}"#, "`form`"),
            (r#"{"kind": "place", "id": "place/x", "columns": {"label_en": {"from": "a", "part": 1}}}"#, "`split`"),
            (r#"{"kind": "place", "id": "place/x", "columns": {"label_en": 3}}"#, "expected a template"),
            (r#"{"kind": "place", "id": "place/x", "columns": {}, "table": "x"}"#, "`table`"),
        ] {
            let error = Mapping::from_json(mapping).expect_err(mapping).to_string();
            assert!(error.contains(says), "{error}");
        }
    }
}
