//! A backup stands again, in a folder that nothing stands in yet.
//!
//! Every piece is held against its digest before it goes into the store, and the whole store against all of them
//! afterwards. It is put together under another name beside, and has its own when everything is right.

use std::{
    collections::BTreeSet,
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{GraphName, Quad},
};

use super::{
    BackupError, Half, ORIGINALS, PRIVATE, failed,
    manifest::{Manifest, Piece, by_key, digest, parts, shown},
    own_file, own_folder, segments,
    source::each_quad,
    tokens, with_end,
};
use crate::{
    rdf::{Iris, Packing},
    store::{Digest, Draft, Error, Limits, Options, Originals, Store},
};

/// What was restored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The change as of which the archive stands.
    pub sequence: u64,
    /// How many triples.
    pub triples: u64,
    /// How many originals.
    pub originals: u64,
    /// Whether it holds what is kept apart; the first backups did not.
    pub has_private: bool,
    /// Whether somebody may write.
    pub has_tokens: bool,
}

/// Restores a backup into a folder of its own: the triples in `quads`, the originals in `originals`, what is kept apart in
/// `private`, who may write in `tokens.json`.
pub async fn restore(folder: &Path, into: &Path, limits: Limits) -> Result<Restored, BackupError> {
    let nothing = || BackupError::Folder(format!("there is no backup in {}", folder.display()));
    let manifest = Manifest::read(folder)?.ok_or_else(nothing)?;
    if fs::read_dir(into).is_ok_and(|mut entries| entries.next().is_some()) {
        let detail = format!("{} is not empty; a backup is restored into a new store", into.display());
        return Err(BackupError::Folder(detail));
    }
    let unfinished = with_end(into, ".part");
    if unfinished.exists() {
        fs::remove_dir_all(&unfinished).map_err(failed(&unfinished))?;
    }
    fs::create_dir_all(&unfinished).map_err(failed(&unfinished))?;
    stand(&segments(folder, Half::Archive), &manifest.pieces, &manifest.base, &unfinished, limits).await?;
    let private = unfinished.join(PRIVATE);
    if !manifest.private.is_empty() {
        own_folder(&private)?;
        stand(&segments(folder, Half::Private), &manifest.private, &manifest.base, &private, limits).await?;
    }
    let originals = copy(folder, &unfinished, &manifest).await?;
    if let Some(digest) = &manifest.tokens {
        copy_tokens(&tokens(folder, digest), digest, &unfinished.join("tokens.json"))?;
    }
    if into.exists() {
        fs::remove_dir(into).map_err(failed(into))?;
    }
    fs::rename(&unfinished, into).map_err(failed(into))?;
    let (has_private, has_tokens) = (!manifest.private.is_empty(), manifest.tokens.is_some());
    Ok(Restored { sequence: manifest.sequence, triples: manifest.triples(), originals, has_private, has_tokens })
}

/// Lets a half stand in a folder, and holds what stands there against its pieces.
async fn stand(segments: &Path, pieces: &[Piece], base: &str, into: &Path, limits: Limits) -> Result<(), BackupError> {
    let quads = into.join("quads");
    fs::create_dir_all(&quads).map_err(failed(&quads))?;
    let (from, all, of) = (segments.to_owned(), pieces.to_owned(), base.to_owned());
    let loaded = tokio::task::spawn_blocking(move || load(&from, &all, &of, &quads));
    let draft = loaded.await.map_err(Error::internal)??;
    let iris = Iris::new(base).map_err(Error::internal)?;
    let options = Options { workers: 2, queue: 8, memory: u64::MAX };
    let store = draft.open(iris.clone(), limits, options).await?;
    verify(&store, &iris, pieces).await
}

/// Loads the pieces, segment by segment.
fn load(segments: &Path, pieces: &[Piece], base: &str, quads: &Path) -> Result<Draft, BackupError> {
    let draft = draft(quads)?;
    let iris = Iris::new(base).map_err(Error::internal)?;
    let mut missing = by_key(pieces);
    let names: BTreeSet<&str> = pieces.iter().map(|piece| piece.segment.as_str()).collect();
    for name in names {
        each_graph(&segments.join(name), |graph, quads| {
            for (part, quads) in parts(&iris, &graph, quads) {
                let key = (graph.clone(), part);
                // A later backup has written the piece anew, into another segment.
                let Some(piece) = missing.get(&key).copied().filter(|piece| piece.segment == name) else { continue };
                same(piece, &quads)?;
                missing.remove(&key);
                draft.load(quads)?;
            }
            Ok(())
        })?;
    }
    match missing.into_values().next() {
        Some(piece) => Err(BackupError::Missing(shown(piece))),
        None => Ok(draft),
    }
}

#[cfg(feature = "rocksdb")]
fn draft(quads: &Path) -> Result<Draft, BackupError> {
    Ok(Draft::folder(quads)?)
}

#[cfg(not(feature = "rocksdb"))]
fn draft(_quads: &Path) -> Result<Draft, BackupError> {
    Err(BackupError::Folder("this program was built without the feature \"rocksdb\" and keeps no store".to_owned()))
}

fn same(piece: &Piece, quads: &[Quad]) -> Result<(), BackupError> {
    let found = digest(quads)?;
    if found == piece.sha256 {
        return Ok(());
    }
    Err(BackupError::Differs { what: shown(piece), expected: piece.sha256.clone(), found })
}

/// Hands over the graphs of a segment, as they stand in it one after the other.
fn each_graph(
    path: &PathBuf,
    mut take: impl FnMut(String, Vec<Quad>) -> Result<(), BackupError>,
) -> Result<(), BackupError> {
    let file = fs::File::open(path).map_err(failed(path))?;
    let reader = Packing::Zstd.read(io::BufReader::new(file)).map_err(failed(path))?;
    let (mut graph, mut quads) = (String::new(), Vec::new());
    for quad in RdfParser::from_format(RdfFormat::NQuads).for_reader(io::BufReader::new(reader)) {
        let quad = quad.map_err(|error| failed(path)(io::Error::other(error)))?;
        let GraphName::NamedNode(name) = &quad.graph_name else { continue };
        if name.as_str() != graph {
            let next = name.as_str().to_owned();
            take(std::mem::replace(&mut graph, next), std::mem::take(&mut quads))?;
        }
        quads.push(quad);
    }
    take(graph, quads)
}

async fn copy(folder: &Path, unfinished: &Path, manifest: &Manifest) -> Result<u64, BackupError> {
    let from = Originals::open(&folder.join(ORIGINALS).display().to_string())?;
    let into = Originals::open(&unfinished.join(ORIGINALS).display().to_string())?;
    let mut count = 0;
    for digest in from.all().await? {
        into.put(from.get(&digest).await?).await?;
        count += 1;
    }
    if count < manifest.originals {
        let (there, expected) = (count, manifest.originals);
        return Err(BackupError::Missing(format!("an original: there are {there} of {expected}")));
    }
    Ok(count)
}

/// Copies the file of tokens, for its owner alone.
fn copy_tokens(from: &Path, expected: &str, into: &Path) -> Result<(), BackupError> {
    let bytes = fs::read(from).map_err(failed(from))?;
    let found = Digest::of(&bytes).to_string();
    if found != expected {
        let (what, expected) = ("the file of tokens".to_owned(), expected.to_owned());
        return Err(BackupError::Differs { what, expected, found });
    }
    let write = || {
        let mut file = own_file(into)?;
        file.write_all(&bytes)?;
        file.sync_all()
    };
    write().map_err(failed(into))
}

/// Holds a store against the pieces that it was made of.
async fn verify(store: &Store, iris: &Iris, pieces: &[Piece]) -> Result<(), BackupError> {
    let mut missing = by_key(pieces);
    let (mut graph, mut quads) = (String::new(), Vec::new());
    let mut settle = |graph: &str, quads: Vec<Quad>| {
        for (part, quads) in parts(iris, graph, quads) {
            let Some(piece) = missing.remove(&(graph.to_owned(), part)) else {
                return Err(BackupError::Folder(format!("{graph} stands in the store and not in the backup")));
            };
            same(piece, &quads)?;
        }
        Ok(())
    };
    let mut take = |quad: Quad| {
        if let GraphName::NamedNode(name) = &quad.graph_name
            && name.as_str() != graph
        {
            let next = name.as_str().to_owned();
            settle(&std::mem::replace(&mut graph, next), std::mem::take(&mut quads))?;
        }
        quads.push(quad);
        Ok(())
    };
    each_quad(store, &mut take).await?;
    settle(&graph, quads)?;
    match missing.into_values().next() {
        Some(piece) => Err(BackupError::Missing(shown(piece))),
        None => Ok(()),
    }
}
