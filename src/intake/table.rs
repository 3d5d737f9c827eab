//! What does a table say? Each row is a thing, and a bad row does not spoil the others.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::{
    Error, Failure, File, Mapping, Notice, Record, Refusal,
    row::{self, Row},
    text::{is_refused, nfc},
    xlsx::Numbered,
};
use crate::model::Id;

/// What parts the values of a cell that holds several.
pub(super) const BETWEEN: &str = " | ";

/// A table with its rows still in words.
#[derive(Default)]
pub(super) struct Table {
    columns: Vec<String>,
    rows: Vec<Row>,
    failures: Vec<Failure>,
}

/// The rows of a table with a row of column names.
pub(super) fn rows_of_csv(text: &str) -> Result<Table, Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(true).flexible(true).from_reader(text.as_bytes());
    let wrong = |error: &csv::Error| {
        let line = error.position().map_or(1, |place| usize::try_from(place.line()).unwrap_or(usize::MAX));
        Error::Syntax { line, column: 1, message: error.to_string() }
    };
    let names = reader.headers().map_err(|error| wrong(&error))?;
    let mut table = Table::of_columns(1, names.iter())?;
    for (number, record) in (2..).zip(reader.records()) {
        let record = record.map_err(|error| wrong(&error))?;
        table.take(number, record.len(), record.iter());
    }
    Ok(table)
}

/// The rows of a sheet: the first that has any cell names the columns, and empty cells at the end of a row may be left out.
pub(super) fn rows_of_sheet(rows: Vec<Numbered>) -> Result<Table, Error> {
    let is_full = |(_, cells): &Numbered| cells.iter().any(|cell| !cell.trim().is_empty());
    let mut rows = rows.into_iter().filter(is_full);
    let Some((first, mut names)) = rows.next() else { return Err(Error::Empty) };
    names.truncate(used(&names));
    let mut table = Table::of_columns(first, names.iter().map(String::as_str))?;
    for (number, mut cells) in rows {
        let used = used(&cells);
        cells.resize(used.max(names.len()), String::new());
        table.take(number, cells.len(), cells.iter().map(String::as_str));
    }
    Ok(table)
}

/// How many cells there are up to the last that is not empty.
fn used(cells: &[String]) -> usize {
    cells.iter().rposition(|cell| !cell.trim().is_empty()).map_or(0, |last| last + 1)
}

impl Table {
    /// A table without rows, whose columns are named in this line or row.
    fn of_columns<'a>(line: usize, names: impl Iterator<Item = &'a str>) -> Result<Self, Error> {
        let columns: Vec<String> = names.map(|name| name.trim().to_owned()).collect();
        if let Some(twice) = columns.iter().enumerate().find(|(at, name)| columns[..*at].contains(name)) {
            let message = format!("two columns are named `{}`: expected each name once", twice.1);
            return Err(Error::Syntax { line, column: 1, message });
        }
        Ok(Self { columns, ..Self::default() })
    }

    /// Takes a row that has a cell for each column.
    fn take<'a>(&mut self, number: usize, length: usize, cells: impl Iterator<Item = &'a str>) {
        if length == self.columns.len() {
            let pairs = self.columns.iter().zip(cells);
            let cells = pairs.map(|(column, cell)| (column.clone(), cell.to_owned())).collect();
            self.rows.push(Row::new(number, cells));
        } else {
            let count = if length < self.columns.len() { "too few" } else { "too many" };
            let reason = format!("{length} cells are {count}: expected one for each of {} columns", self.columns.len());
            self.failures.push(Failure { row: number, column: None, reason });
        }
    }

    /// Takes an object, whose keys are columns.
    fn take_object(&mut self, number: usize, object: Value, seen: &mut BTreeSet<String>) {
        match cells(object) {
            Ok(cells) => {
                self.columns.extend(cells.keys().filter(|column| seen.insert((*column).clone())).cloned());
                self.rows.push(Row::new(number, cells));
            }
            Err((column, reason)) => self.failures.push(Failure { row: number, column, reason }),
        }
    }
}

/// The rows of a table given as an array of flat objects.
pub(super) fn rows_of_json(text: &str) -> Result<Table, Error> {
    let wrong = |line, column, message| Error::Syntax { line, column, message };
    let value: Value = serde_json::from_str(text).map_err(|error| {
        let told = error.to_string();
        let message = told.split(" at line ").next().unwrap_or(&told).to_owned();
        wrong(error.line(), error.column(), message)
    })?;
    let Value::Array(objects) = value else {
        return Err(wrong(1, 1, "this is no table: expected an array of flat objects".to_owned()));
    };
    let mut table = Table::default();
    let mut seen = BTreeSet::new();
    for (number, object) in (1..).zip(objects) {
        table.take_object(number, object, &mut seen);
    }
    Ok(table)
}

/// The rows of a table with a flat object in each line; a line that is none does not spoil the others.
pub(super) fn rows_of_json_lines(text: &str) -> Table {
    let (mut table, mut seen) = (Table::default(), BTreeSet::new());
    for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
        match serde_json::from_str(line) {
            Ok(object) => table.take_object(number, object, &mut seen),
            Err(error) => {
                let told = error.to_string();
                let message = told.split(" at line ").next().unwrap_or(&told);
                let reason = format!("character {}: {message}: expected an object in one line", error.column());
                table.failures.push(Failure { row: number, column: None, reason });
            }
        }
    }
    table
}

/// The cells of an object: its strings, numbers and truth values, and flat lists of these.
fn cells(object: Value) -> Result<BTreeMap<String, String>, (Option<String>, String)> {
    let Value::Object(entries) = object else { return Err((None, "expected an object".to_owned())) };
    let cell = |(column, value): (String, Value)| match words(&value) {
        Some(words) => Ok((column, words)),
        None => Err((Some(column), "expected a string, a number, a truth value or a flat list of these".to_owned())),
    };
    entries.into_iter().map(cell).collect()
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::Null => Some(String::new()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Number(number) => Some(number.to_string()),
        Value::String(text) => Some(nfc(text).into_owned()),
        Value::Array(values) if values.iter().all(|value| !value.is_array() && !value.is_object()) => {
            Some(values.iter().filter_map(words).collect::<Vec<_>>().join(BETWEEN))
        }
        Value::Array(_) | Value::Object(_) => None,
    }
}

/// Reads the rows as records, through a mapping where the columns are not ours.
pub(super) fn read(
    mut table: Table,
    mapping: Option<&Mapping>,
    file: &File<'_>,
    notices: &mut Vec<Notice>,
) -> Result<(Vec<Record>, Vec<Failure>), Error> {
    if table.rows.is_empty() && table.failures.is_empty() {
        notices.push(Notice::new("table", "it has no rows"));
        return Ok((Vec::new(), Vec::new()));
    }
    match mapping {
        _ if table.rows.is_empty() => {}
        Some(mapping) => check_mapped(&table.columns, mapping)?,
        None => check_own(&table.columns)?,
    }
    let mut records = Vec::with_capacity(table.rows.len());
    let mut unread = BTreeSet::new();
    let mut first_rows: HashMap<Id, usize> = HashMap::new();
    for row in table.rows {
        let number = row.number;
        let mut row = match mapping {
            Some(mapping) => Row::new(number, mapping.apply(&row.cells)),
            None => row,
        };
        match one(&mut row, file, &mut first_rows) {
            Ok(record) => records.push(record),
            Err(Refusal { key, reason }) => {
                let reason = match mapping.map(|mapping| mapping.made_from(&key)) {
                    Some(from) if !from.is_empty() => format!("{reason} (the mapping makes it from {from})"),
                    _ => reason,
                };
                table.failures.push(Failure { row: number, column: Some(key), reason });
            }
        }
        notices.append(&mut row.notices);
        unread.extend(row.cells.into_iter().filter(|(_, cell)| !cell.is_empty()).map(|(column, _)| column));
    }
    if !unread.is_empty() {
        let names: Vec<String> = unread.into_iter().collect();
        notices.push(Notice::new("table", format!("columns with cells that are not read: {}", names.join(", "))));
    }
    table.failures.sort_by_key(|failure| failure.row);
    Ok((records, table.failures))
}

/// One row as a record, unless it repeats the identifier of an earlier one.
fn one(row: &mut Row, file: &File<'_>, first_rows: &mut HashMap<Id, usize>) -> Result<Record, Refusal> {
    if let Some((column, _)) = row.cells.iter().find(|(_, cell)| cell.contains(is_refused)) {
        let column = column.clone();
        row.cells.clear();
        return Err(Refusal::new(column, "it holds a control character: expected text without"));
    }
    let record = row::record(row, file.vocabulary).inspect_err(|_| row.cells.clear())?;
    let id = match &record {
        Record::Document(document) => &document.id,
        Record::Entity(entity) => &entity.id,
        Record::Tenure { .. } => return Ok(record),
    };
    if let Some(first) = first_rows.get(id) {
        return Err(Refusal::new("id", format_args!("`{id}` is that of row {first}: expected each once")));
    }
    first_rows.insert(id.clone(), row.number);
    Ok(record)
}

/// Whether the columns are those of one of our tables.
fn check_own(columns: &[String]) -> Result<(), Error> {
    let missing = |missing: &str, expected: &str| {
        let (missing, expected) = (missing.to_owned(), expected.to_owned());
        Err(Error::Column { missing, expected, found: columns.join(", ") })
    };
    let has = |name: &str| columns.iter().any(|column| column == name);
    let named = |start: &str| columns.iter().any(|column| column.starts_with(start));
    if !has("id") && !has("person") {
        return missing("id", "id for documents and entities, person for tenures, or a mapping for a foreign table");
    }
    if has("id") && !named("label_") && !named("title") {
        return missing("label_en", "label_en or label_ar for entities, title_en or title_ar for documents");
    }
    if !has("id") && !named("role_") {
        return missing("role_en", "role_en or role_ar for tenures");
    }
    Ok(())
}

/// Whether the table has every column that the mapping reads.
fn check_mapped(columns: &[String], mapping: &Mapping) -> Result<(), Error> {
    let read = mapping.reads();
    match read.iter().find(|name| !columns.iter().any(|column| column == *name)) {
        Some(missing) => Err(Error::Column {
            missing: (*missing).to_owned(),
            expected: read.iter().copied().collect::<Vec<_>>().join(", "),
            found: columns.join(", "),
        }),
        None => Ok(()),
    }
}
