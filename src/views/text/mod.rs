//! Where do these words stand?
//!
//! An index of documents (titles, text layers), entities (labels) and claims (descriptions), in the forms that
//! [`analysis`] gives their words. It is made of what graphs say and can be thrown away. It carries a stamp of the
//! change it reflects, written in the same commit as what it reflects.
//!
//! It knows no store: it is handed what graphs say.

mod analysis;
mod entries;
mod matches;
mod names;
mod query;
mod search;
mod snippet;
mod spelling;

use std::{fs, io, path::Path, sync::Mutex};

use serde::{Deserialize, Serialize};
use tantivy::{
    Index, IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term,
    schema::{FAST, Field, INDEXED, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions},
};

pub use matches::{Match, Matches, Shown};
pub use names::Named;
pub use query::{Words, WordsError};
pub use search::{Hit, Hits, MentionSpan, Near, Search, Span};
pub use snippet::{HIT_END, HIT_START};

use super::source::Graph;

/// The version of the schema and of the analysis; an index of another one is made anew.
const VERSION: u32 = 2;

/// How much memory the writer fills before it writes a segment, in bytes.
const MEMORY: usize = 64 << 20;

/// The name of the analysis in the index.
const ANALYSIS: &str = "isnad";

/// Which change an index reflects.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stamp {
    /// The version of schema and analysis.
    version: u32,
    /// The base of the archive.
    pub base: String,
    /// The number of the last change.
    pub sequence: u64,
    /// What the log says of that change, so that another archive's index is known.
    pub record: String,
}

impl Stamp {
    /// The stamp of a state.
    pub(super) fn new(base: &str, sequence: u64, record: String) -> Self {
        Self { version: VERSION, base: base.to_owned(), sequence, record }
    }
}

/// The fields of the index.
#[derive(Clone, Copy, Debug)]
struct Fields {
    graph: Field,
    iri: Field,
    /// The number that stands for the IRI, see [`super::key`].
    key: Field,
    class: Field,
    lang: Field,
    layer: Field,
    earliest: Field,
    latest: Field,
    names: Field,
    /// How the names sound, see [`crate::link::sound`].
    sound: Field,
    body: Field,
}

/// The index.
pub struct TextIndex {
    index: Index,
    reader: IndexReader,
    fields: Fields,
    numbering: Mutex<matches::Numbering>,
}

/// The index failed; it is disposable, so that the cure is always to make it anew.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// The library says why.
    #[error("the text index failed")]
    Index(#[from] tantivy::TantivyError),
    /// The disk failed.
    #[error("the folder of the text index failed")]
    Folder(#[from] io::Error),
    /// The time was up.
    #[error("the time for the search was up")]
    Deadline,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    let words = || {
        let indexing = TextFieldIndexing::default()
            .set_tokenizer(ANALYSIS)
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        TextOptions::default().set_indexing_options(indexing).set_stored()
    };
    let fields = Fields {
        graph: schema.add_text_field("graph", STRING),
        iri: schema.add_text_field("iri", STRING | STORED),
        key: schema.add_u64_field("key", FAST),
        class: schema.add_text_field("class", STRING),
        lang: schema.add_text_field("lang", STRING | STORED),
        layer: schema.add_text_field("layer", STRING | STORED),
        earliest: schema.add_i64_field("earliest", INDEXED),
        latest: schema.add_i64_field("latest", INDEXED),
        names: schema.add_text_field("names", words()),
        sound: schema.add_text_field("sound", STRING),
        body: schema.add_text_field("body", words()),
    };
    (schema.build(), fields)
}

impl TextIndex {
    /// An empty index in memory.
    pub(super) fn memory() -> Result<Self, TextError> {
        let (schema, fields) = schema();
        Self::over(Index::create_in_ram(schema), fields)
    }

    /// The index in a folder; one that is missing, cannot be opened or is of another version is made anew, and empty.
    pub(super) fn open(folder: &Path) -> Result<Self, TextError> {
        // The library trusts the lengths in its files and panics where they are wrong.
        match std::panic::catch_unwind(|| Self::existing(folder)) {
            Ok(Ok(Some(index))) => return Ok(index),
            Ok(Ok(None)) => {}
            Ok(Err(error)) => tracing::warn!(%error, "the text index is damaged and is made anew"),
            Err(_) => tracing::warn!("the text index is damaged and is made anew"),
        }
        if folder.exists() {
            fs::remove_dir_all(folder)?;
        }
        fs::create_dir_all(folder)?;
        let (schema, fields) = schema();
        Self::over(Index::create_in_dir(folder, schema)?, fields)
    }

    fn existing(folder: &Path) -> Result<Option<Self>, TextError> {
        if !folder.join("meta.json").is_file() {
            return Ok(None);
        }
        let index = Index::open_in_dir(folder)?;
        let (schema, fields) = schema();
        let same = index.schema() == schema;
        let index = Self::over(index, fields)?;
        Ok((same && index.stamp()?.is_some()).then_some(index))
    }

    /// Whether every file is as it was written. All of them are read.
    pub(super) fn is_whole(&self) -> bool {
        let check = || self.index.validate_checksum().is_ok_and(|damaged| damaged.is_empty());
        std::panic::catch_unwind(std::panic::AssertUnwindSafe(check)).unwrap_or(false)
    }

    fn over(mut index: Index, fields: Fields) -> Result<Self, TextError> {
        index.set_default_multithread_executor()?;
        index.tokenizers().register(ANALYSIS, analysis::Analysis);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { index, reader, fields, numbering: Mutex::default() })
    }

    /// The change it reflects; none before the first.
    pub(super) fn stamp(&self) -> Result<Option<Stamp>, TextError> {
        let payload = self.index.load_metas()?.payload;
        let stamp = payload.and_then(|text| serde_json::from_str::<Stamp>(&text).ok());
        Ok(stamp.filter(|stamp| stamp.version == VERSION))
    }

    /// Begins a change of the index.
    pub(super) fn begin(&self) -> Result<Writing, TextError> {
        Ok(Writing { writer: self.index.writer_with_num_threads(1, MEMORY)?, fields: self.fields })
    }

    /// Shows what was committed to those who search from now on.
    pub(super) fn reload(&self) -> Result<(), TextError> {
        Ok(self.reader.reload()?)
    }
}

/// A change of the index, invisible until it is committed.
pub(super) struct Writing {
    writer: IndexWriter,
    fields: Fields,
}

impl Writing {
    /// Forgets everything.
    pub(super) fn clear(&mut self) -> Result<(), TextError> {
        self.writer.delete_all_documents()?;
        Ok(())
    }

    /// Puts what a graph says now in the place of what it said.
    pub(super) fn put(&mut self, iri: &str, graph: &Graph) -> Result<(), TextError> {
        self.writer.delete_term(Term::from_field_text(self.fields.graph, iri));
        for entry in entries::entries(graph) {
            self.writer.add_document(document(self.fields, iri, &entry))?;
        }
        Ok(())
    }

    /// Commits with a stamp; [`Writing::settle`] does the rest.
    pub(super) fn commit(&mut self, stamp: &Stamp) -> Result<(), TextError> {
        let mut prepared = self.writer.prepare_commit()?;
        prepared.set_payload(&serde_json::to_string(stamp).map_err(io::Error::other)?);
        prepared.commit()?;
        Ok(())
    }

    /// Waits for the merging of segments to end.
    pub(super) fn settle(self) -> Result<(), TextError> {
        Ok(self.writer.wait_merging_threads()?)
    }
}

fn document(fields: Fields, graph: &str, entry: &entries::Entry) -> TantivyDocument {
    let mut document = TantivyDocument::default();
    document.add_text(fields.graph, graph);
    document.add_text(fields.iri, &entry.iri);
    document.add_u64(fields.key, super::key(super::KEY, &entry.iri));
    for class in &entry.types {
        document.add_text(fields.class, class);
    }
    document.add_text(fields.lang, &entry.lang);
    // A search for Arabic finds the Arabic of every country.
    if let Some((primary, _)) = entry.lang.split_once('-') {
        document.add_text(fields.lang, primary);
    }
    if let Some(layer) = &entry.layer {
        document.add_text(fields.layer, layer);
    }
    for (field, day) in [(fields.earliest, entry.earliest), (fields.latest, entry.latest)] {
        if let Some(day) = day {
            document.add_i64(field, day);
        }
    }
    // Names stand apart, so that no phrase reaches from one into the next.
    document.add_text(fields.names, entry.names.join("\n\n"));
    for sound in &entry.sounds {
        document.add_text(fields.sound, sound);
    }
    document.add_text(fields.body, &entry.body);
    document
}
