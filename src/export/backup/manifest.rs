//! What a backup holds, piece by piece.

use std::{collections::BTreeMap, fs, io::Write as _, path::Path};

use jiff::Timestamp;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad};
use serde::{Deserialize, Serialize};

use super::{BackupError, Half, MANIFEST, failed, own_file, with_end};
use crate::{
    rdf::{Iris, canonicalize},
    store::{Digest, Error},
};

/// The version of the form of a backup. The first one knew nothing of what is kept apart, nor of tokens.
const FORMAT: u32 = 2;
/// So many changes are in one piece of the log.
const CHANGES: u64 = 1_000;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of its form.
    pub format: u32,
    /// The base of the IRIs.
    pub base: String,
    /// The number of the change as of which it was made.
    pub sequence: u64,
    /// When.
    pub made: Timestamp,
    /// How many originals there were.
    pub originals: u64,
    /// The pieces of the archive.
    pub pieces: Vec<Piece>,
    /// The pieces of what is kept apart.
    #[serde(default)]
    pub private: Vec<Piece>,
    /// The digest of the file of tokens, where there was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tokens: Option<String>,
}

/// A graph, or a part of one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// The graph.
    pub graph: String,
    /// The part, where the graph is kept in several.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub part: String,
    /// How many triples it has.
    pub triples: u64,
    /// The digest of its canonical form (RDFC-1.0, SHA-256).
    pub sha256: String,
    /// The segment in which it stands.
    pub segment: String,
}

/// The name of a piece: its graph, and its part.
pub(super) type Key = (String, String);

impl Manifest {
    /// One that names its pieces nowhere yet.
    pub(super) fn new(base: String, sequence: u64) -> Self {
        let (originals, pieces, private, tokens) = (0, Vec::new(), Vec::new(), None);
        Self { format: FORMAT, base, sequence, made: Timestamp::now(), originals, pieces, private, tokens }
    }

    /// The manifest in a folder; none where there is no backup yet.
    pub fn read(folder: &Path) -> Result<Option<Self>, BackupError> {
        let path = folder.join(MANIFEST);
        let text = match fs::read(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            text => text.map_err(failed(&path))?,
        };
        let wrong =
            |why: String| BackupError::Folder(format!("{} is not the manifest of a backup: {why}", path.display()));
        let manifest: Self = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
        if (1..=FORMAT).contains(&manifest.format) {
            Ok(Some(manifest))
        } else {
            Err(wrong(format!("it has version {}, and this program reads 1 to {FORMAT}", manifest.format)))
        }
    }

    /// Gives the folder its manifest: from then on it is this backup.
    pub(super) fn write(&self, folder: &Path) -> Result<(), BackupError> {
        let path = folder.join(MANIFEST);
        let part = with_end(&path, ".part");
        let text = serde_json::to_vec(self).map_err(Error::internal)?;
        let write = || {
            let mut file = own_file(&part)?;
            file.write_all(&text)?;
            file.sync_all()?;
            fs::rename(&part, &path)
        };
        write().map_err(failed(&path))
    }

    /// The pieces of a half.
    pub(super) fn half(&self, half: Half) -> &[Piece] {
        match half {
            Half::Archive => &self.pieces,
            Half::Private => &self.private,
        }
    }

    /// How many triples there are in both halves.
    pub(super) fn triples(&self) -> u64 {
        self.pieces.iter().chain(&self.private).map(|piece| piece.triples).sum()
    }
}

/// Pieces by their names.
pub(super) fn by_key(pieces: &[Piece]) -> BTreeMap<Key, &Piece> {
    pieces.iter().map(|piece| ((piece.graph.clone(), piece.part.clone()), piece)).collect()
}

/// The parts of a graph. The log grows at its end and the provenance a little everywhere: they are kept in parts, so that
/// not all of them is written again.
pub(super) fn parts(iris: &Iris, graph: &str, quads: Vec<Quad>) -> BTreeMap<String, Vec<Quad>> {
    let name = iris.relative(graph).unwrap_or_default();
    let part = |quad: &Quad| match (name, &quad.subject) {
        ("graph/changes" | "graph/history", NamedOrBlankNode::NamedNode(change)) => of_change(iris, change),
        ("graph/prov", NamedOrBlankNode::NamedNode(about)) => {
            Digest::of(about.as_str().as_bytes()).to_string().chars().take(2).collect()
        }
        _ => String::new(),
    };
    let mut parts: BTreeMap<String, Vec<Quad>> = BTreeMap::new();
    for quad in quads {
        parts.entry(part(&quad)).or_default().push(quad);
    }
    parts
}

fn of_change(iris: &Iris, change: &NamedNode) -> String {
    let number = iris.relative(change.as_str()).and_then(|path| path.strip_prefix("change/")?.parse::<u64>().ok());
    number.map(|number| (number / CHANGES).to_string()).unwrap_or_default()
}

/// The digest of a piece.
pub(super) fn digest(quads: &[Quad]) -> Result<String, BackupError> {
    Ok(canonicalize(quads).map_err(Error::internal)?.digest)
}

/// A piece as it is named in messages.
pub(super) fn shown(piece: &Piece) -> String {
    if piece.part.is_empty() { piece.graph.clone() } else { format!("part {} of {}", piece.part, piece.graph) }
}
