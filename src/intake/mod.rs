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
mod front_matter;
mod header;
mod html;
mod key;
mod lines;
mod mapping;
mod markup;
mod page;
mod row;
mod table;
mod text;
mod vocabulary;

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
}

impl Format {
    /// The format of a file of this name.
    pub fn of(name: &str) -> Result<Self, Error> {
        let (_, extension) = split_name(name);
        match extension.to_ascii_lowercase().as_str() {
            "md" | "markdown" => Ok(Self::Markdown),
            "txt" | "text" => Ok(Self::Text),
            "html" | "htm" | "xhtml" => Ok(Self::Html),
            "csv" => Ok(Self::Csv),
            "json" => Ok(Self::Json),
            _ => Err(Error::Extension(name.to_owned())),
        }
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
    /// The row as a spreadsheet counts it, the column names being row 1; in JSON the object, counted from 1.
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
    #[error(
        "`{0}` has no extension that is read: expected .md, .markdown, .txt, .text, .html, .htm, .xhtml, .csv or .json"
    )]
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
    let (stem, _) = split_name(name);
    let mut notices = Vec::new();
    let text = text::decode(bytes, limit, &mut notices)?;
    let file = File { stem, text: &text, vocabulary };
    let (records, failures) = match format {
        Format::Markdown => (vec![front_matter::read(&file, &mut notices)?], Vec::new()),
        Format::Text => (vec![page::read(&file, &mut notices)?], Vec::new()),
        Format::Html => (vec![html::read(&file, &mut notices)?], Vec::new()),
        Format::Csv => table::read(table::rows_of_csv(&text)?, mapping, &file, &mut notices)?,
        Format::Json => table::read(table::rows_of_json(&text)?, mapping, &file, &mut notices)?,
    };
    let table = matches!(format, Format::Csv | Format::Json).then(|| stem.to_owned());
    Ok(Intake { records, failures, notices, format, table })
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
