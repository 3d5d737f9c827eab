//! What does this file say?
//!
//! Bytes and a file name come in, [`model`](crate::model) types go out: a document with its archive fields and
//! fixed texts, or the rows of a table as entities, tenures and records. What is odd but readable becomes a
//! [`Notice`]; a bad row of a table becomes a [`Failure`] and the other rows are read; everything else that is
//! wrong is one [`Error`] that names its place and what would be accepted.
//!
//! Nothing is filled in that the file does not say: an empty field stays empty, a field of which the archive
//! states that there is nothing is noted as such, and a list of possible ratings is no rating.
//!
//! This layer knows no store, no triples and no network; vocabularies are handed in, and names stay names until
//! somebody links them.

mod claims;
mod dates;
mod docx;
mod front_matter;
mod header;
mod html;
mod key;
mod lines;
mod mapping;
mod markup;
mod nif;
mod page;
mod pdf;
mod row;
mod table;
mod text;
mod vocabulary;
mod xlsx;
mod zip;

use std::fmt;

use serde::Serialize;

pub use self::{
    mapping::{Mapping, MappingError},
    vocabulary::{Unknown, Vocabulary},
};
use crate::model::{Document, Entity, Id, Tenure};

/// The most bytes that [`read`] accepts in a file.
pub const LIMIT: usize = 64 << 20;

/// One thing a file describes.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::large_enum_variant, reason = "a table holds one variant only, and a document comes alone")]
pub enum Record {
    /// A document or another record.
    Document(Document),
    /// A person, organization, place or event.
    Entity(Entity),
    /// An office that a person held.
    Tenure {
        /// The person.
        person: Id,
        /// The office.
        tenure: Tenure,
    },
}

/// What a file says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Intake {
    /// What it describes, in its order.
    pub records: Vec<Record>,
    /// The rows that could not be read.
    pub failures: Vec<Failure>,
    /// What is worth saying about it.
    pub notices: Vec<Notice>,
    /// The format it was read as.
    pub format: Format,
    /// The name of the table, for a table: that of the file without its extension.
    pub table: Option<String>,
}

/// The formats that are read, told by the extension.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// Markdown, perhaps with a header in YAML: `.md`, `.markdown`.
    Markdown,
    /// Plain text, perhaps that of a saved page of the archive: `.txt`, `.text`.
    Text,
    /// HTML, perhaps a saved page of the archive: `.html`, `.htm`, `.xhtml`.
    Html,
    /// A table with a row of column names: `.csv`.
    Csv,
    /// A table as an array of objects: `.json`.
    Json,
    /// A table with an object in each line: `.jsonl`, `.ndjson`.
    JsonLines,
    /// A sheet of a spreadsheet, with a row of column names: `.xlsx`.
    Xlsx,
    /// A word processor's file: `.docx`.
    Docx,
    /// A PDF with a text layer: `.pdf`.
    Pdf,
    /// Texts in the NLP Interchange Format, in Turtle: `.nif`.
    Nif,
}

/// Every format, and the extensions of its files.
const EXTENSIONS: [(Format, &[&str]); 10] = [
    (Format::Markdown, &["md", "markdown"]),
    (Format::Text, &["txt", "text"]),
    (Format::Html, &["html", "htm", "xhtml"]),
    (Format::Csv, &["csv"]),
    (Format::Json, &["json"]),
    (Format::JsonLines, &["jsonl", "ndjson"]),
    (Format::Xlsx, &["xlsx"]),
    (Format::Docx, &["docx"]),
    (Format::Pdf, &["pdf"]),
    (Format::Nif, &["nif"]),
];

/// Every extension that is read.
pub fn extensions() -> impl Iterator<Item = &'static str> {
    EXTENSIONS.iter().flat_map(|(_, extensions)| extensions.iter().copied())
}

impl Format {
    /// The format of a file of this name.
    pub fn of(name: &str) -> Result<Self, Error> {
        let extension = split_name(name).1.to_ascii_lowercase();
        let found = EXTENSIONS.iter().find(|(_, extensions)| extensions.contains(&extension.as_str()));
        found.map(|(format, _)| *format).ok_or_else(|| Error::Extension(name.to_owned()))
    }

    /// Whether it holds a row for each thing, rather than a document.
    #[must_use]
    pub const fn is_table(self) -> bool {
        matches!(self, Self::Csv | Self::Json | Self::JsonLines | Self::Xlsx)
    }

    /// The media type it is kept and served with.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Markdown => "text/markdown",
            Self::Text => "text/plain",
            Self::Html => "text/html",
            Self::Csv => "text/csv",
            Self::Json => "application/json",
            Self::JsonLines => "application/jsonl",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Pdf => "application/pdf",
            Self::Nif => "text/turtle",
        }
    }
}

/// Something that a reader of the file should know, and that did not stop it from being read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Notice {
    /// Where: a header key, a field of the page, a column.
    pub place: String,
    /// What.
    pub message: String,
}

impl Notice {
    fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

impl fmt::Display for Notice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.message)
    }
}

/// A row of a table that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("row {row}{}: {reason}", self.column.as_ref().map(|column| format!(", column `{column}`")).unwrap_or_default())]
pub struct Failure {
    /// The row as a spreadsheet counts it, the column names being row 1; in JSON the object, counted from 1; in JSON
    /// Lines the line.
    pub row: usize,
    /// The column, where one is to blame.
    pub column: Option<String>,
    /// Why, and what would be accepted.
    pub reason: String,
}

/// The file cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is larger than was allowed.
    #[error("the file has {size} bytes, and at most {limit} are accepted")]
    TooLarge {
        /// Its size.
        size: usize,
        /// The most that is accepted.
        limit: usize,
    },
    /// It holds a NUL byte.
    #[error("byte {offset} is NUL, so this is a binary file or text in UTF-16: expected text in UTF-8")]
    Binary {
        /// The first such byte, counted from 0.
        offset: usize,
    },
    /// It is not in UTF-8.
    #[error("byte {offset} is not UTF-8: expected text in UTF-8")]
    NotUtf8 {
        /// The first such byte, counted from 0.
        offset: usize,
    },
    /// It holds a control character.
    #[error("line {line}, column {column}: control character U+{code:04X}: expected text without control characters")]
    Control {
        /// Its code point.
        code: u32,
        /// Its line, from 1.
        line: usize,
        /// Its column, from 1.
        column: usize,
    },
    /// The extension is not one that is read.
    #[error("`{0}` has no extension that is read: expected {known}", known = known())]
    Extension(String),
    /// The header or the table is not well-formed, or a value in it is of the wrong kind.
    #[error("line {line}, column {column}: {message}")]
    Syntax {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
        /// What is wrong there.
        message: String,
    },
    /// A value of the header, or of a field of the page, is not accepted.
    #[error("`{key}`{}: {reason}", .line.map(|line| format!(" in line {line}")).unwrap_or_default())]
    Value {
        /// The header key or the field.
        key: String,
        /// The line it stands in, where that is known.
        line: Option<usize>,
        /// Why, and what would be accepted.
        reason: String,
    },
    /// A part of the file, or the file as a whole, cannot be used.
    #[error("{name}: {reason}")]
    Inside {
        /// The part.
        name: String,
        /// Why, and what would be accepted.
        reason: String,
    },
    /// The table lacks a column that it needs.
    #[error("no column `{missing}`: expected {expected}; found {found}")]
    Column {
        /// The column.
        missing: String,
        /// The columns that would be read.
        expected: String,
        /// The columns that are there.
        found: String,
    },
}

/// Every extension that is read, for the one that is not.
fn known() -> String {
    let dotted: Vec<String> = extensions().map(|extension| format!(".{extension}")).collect();
    dotted.join(", ")
}

/// Reads a file of at most [`LIMIT`] bytes.
///
/// The extension of the name tells the format. A mapping says how a foreign table is to be read and is not
/// looked at for anything else.
pub fn read(name: &str, bytes: &[u8], mapping: Option<&Mapping>, vocabulary: &Vocabulary) -> Result<Intake, Error> {
    read_up_to(LIMIT, name, bytes, mapping, vocabulary)
}

/// Reads a file of at most so many bytes; otherwise as [`read`].
pub fn read_up_to(
    limit: usize,
    name: &str,
    bytes: &[u8],
    mapping: Option<&Mapping>,
    vocabulary: &Vocabulary,
) -> Result<Intake, Error> {
    let format = Format::of(name)?;
    if bytes.len() > limit {
        return Err(Error::TooLarge { size: bytes.len(), limit });
    }
    let (stem, _) = split_name(name);
    let mut notices = Vec::new();
    let file = File { stem, text: "", vocabulary };
    let (records, failures) = match format {
        Format::Xlsx => {
            let rows = xlsx::rows(bytes, limit, mapping.and_then(Mapping::sheet))?;
            table::read(table::rows_of_sheet(rows)?, mapping, &file, &mut notices)?
        }
        Format::Docx => (vec![docx::read(bytes, limit, &file, &mut notices)?], Vec::new()),
        Format::Pdf => (vec![pdf::read(bytes, limit, &file, &mut notices)?], Vec::new()),
        _ => {
            let text = text::decode(bytes, limit, &mut notices)?;
            of_text(format, mapping, &File { text: &text, ..file }, &mut notices)?
        }
    };
    let table = format.is_table().then(|| stem.to_owned());
    Ok(Intake { records, failures, notices, format, table })
}

/// What a file of text says.
fn of_text(
    format: Format,
    mapping: Option<&Mapping>,
    file: &File<'_>,
    notices: &mut Vec<Notice>,
) -> Result<(Vec<Record>, Vec<Failure>), Error> {
    Ok(match format {
        Format::Markdown => (vec![front_matter::read(file, notices)?], Vec::new()),
        Format::Html => (vec![html::read(file, notices)?], Vec::new()),
        Format::Nif => (nif::read(file, notices)?, Vec::new()),
        Format::Csv => table::read(table::rows_of_csv(file.text)?, mapping, file, notices)?,
        Format::Json => table::read(table::rows_of_json(file.text)?, mapping, file, notices)?,
        Format::JsonLines => table::read(table::rows_of_json_lines(file.text), mapping, file, notices)?,
        Format::Text | Format::Xlsx | Format::Docx | Format::Pdf => (vec![page::read(file, notices)?], Vec::new()),
    })
}

/// A file being read.
struct File<'a> {
    /// Its name without folder and extension.
    stem: &'a str,
    /// All that is in it.
    text: &'a str,
    /// What its words may mean.
    vocabulary: &'a Vocabulary,
}

/// Something that is not accepted, before it is known whether it stands in a header or a row.
struct Refusal {
    key: String,
    reason: String,
}

impl Refusal {
    fn new(key: impl Into<String>, reason: impl fmt::Display) -> Self {
        Self { key: key.into(), reason: reason.to_string() }
    }
}

/// The name of a file without its folder, and its extension.
fn split_name(name: &str) -> (&str, &str) {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    name.rsplit_once('.').unwrap_or((name, ""))
}
