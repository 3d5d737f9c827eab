//! Making a backup, or bringing one up to date.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use oxigraph::model::{GraphName, Quad};

use super::{
    BackupError, Half, ORIGINALS, Source, failed,
    manifest::{Key, Manifest, Piece, by_key, digest, parts},
    own_file, own_folder, segments, tokens, with_end,
};
use crate::{
    rdf::{Iris, Packer, Packing, vocab::isn},
    store::{Digest, Error, Originals, archive_graph, literal_value},
};

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The change as of which the backup is.
    pub sequence: u64,
    /// How many triples it holds.
    pub triples: u64,
    /// How many pieces it holds.
    pub pieces: usize,
    /// How many of them were written this time.
    pub new_pieces: usize,
    /// How many originals it holds.
    pub originals: u64,
    /// How many of them were copied this time.
    pub new_originals: u64,
    /// How many bytes were written, but for the manifest.
    pub bytes: u64,
}

/// Backs up a source into a folder, which is made where there is none. What the folder holds already is not written again.
pub async fn write(source: &dyn Source, folder: &Path) -> Result<Written, BackupError> {
    let last = Manifest::read(folder)?;
    let archive = half(source, Half::Archive, last.as_ref(), folder).await?;
    if let Some(last) = last.as_ref().filter(|last| last.base != archive.base) {
        let (path, other, base) = (folder.display(), &last.base, &archive.base);
        return Err(BackupError::Folder(format!("{path} has a backup of {other}; take another folder for {base}")));
    }
    // What is withheld was kept apart before, and whatever is stored had its original kept before: read after the
    // archive, nothing of either is missing.
    let private = half(source, Half::Private, last.as_ref(), folder).await?;
    let (originals, new_originals, copied) = copy(source, folder).await?;
    let (tokens, told) = copy_tokens(source, folder).await?;
    let mut manifest = Manifest::new(archive.base, archive.sequence);
    let pieces = archive.pieces.len() + private.pieces.len();
    let new_pieces = archive.pieces.iter().chain(&private.pieces).filter(|(_, is_new)| *is_new).count();
    let all = |pieces: Vec<(Piece, bool)>| pieces.into_iter().map(|(piece, _)| piece).collect();
    (manifest.pieces, manifest.private) = (all(archive.pieces), all(private.pieces));
    (manifest.originals, manifest.tokens) = (originals, tokens);
    manifest.write(folder)?;
    tidy(folder, &manifest)?;
    let (sequence, triples) = (manifest.sequence, manifest.triples());
    let bytes = archive.bytes + private.bytes + copied + told;
    Ok(Written { sequence, triples, pieces, new_pieces, originals, new_originals, bytes })
}

/// Writes what is new in a half.
async fn half(source: &dyn Source, half: Half, last: Option<&Manifest>, folder: &Path) -> Result<Kept, BackupError> {
    let segments = segments(folder, half);
    own_folder(&segments)?;
    let mut pieces = Pieces::new(last, half, &segments);
    source.quads(half, &mut |quad| pieces.take(quad)).await?;
    pieces.finish()
}

/// Copies the file of tokens, where there is one and it is another; tells its digest, and how many bytes were written.
async fn copy_tokens(source: &dyn Source, folder: &Path) -> Result<(Option<String>, u64), BackupError> {
    let Some(bytes) = source.tokens().await? else { return Ok((None, 0)) };
    let digest = Digest::of(&bytes).to_string();
    let path = tokens(folder, &digest);
    if path.exists() {
        return Ok((Some(digest), 0));
    }
    let part = with_end(&path, ".part");
    let write = || {
        let mut file = own_file(&part)?;
        file.write_all(&bytes)?;
        file.sync_all()?;
        fs::rename(&part, &path)
    };
    write().map_err(failed(&path))?;
    Ok((Some(digest), bytes.len() as u64))
}

/// Copies the originals that are not there yet; tells how many there are, how many are new, and their bytes.
async fn copy(source: &dyn Source, folder: &Path) -> Result<(u64, u64, u64), BackupError> {
    let folder = folder.join(ORIGINALS);
    own_folder(&folder)?;
    let kept = Originals::open(&folder.display().to_string())?;
    let (mut all, mut new, mut bytes) = (0, 0, 0);
    for digest in source.originals().await? {
        all += 1;
        if !kept.contains(&digest).await? {
            let file = source.original(&digest).await?;
            bytes += file.len() as u64;
            kept.put(file).await?;
            new += 1;
        }
    }
    Ok((all, new, bytes))
}

/// Takes away the files of which nothing is needed any more, and what a backup that was cut off has left.
fn tidy(folder: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    for half in [Half::Archive, Half::Private] {
        let segments = segments(folder, half);
        let pieces = manifest.half(half).iter().map(|piece| segments.join(&piece.segment));
        let needed: BTreeSet<PathBuf> =
            pieces.chain(manifest.tokens.iter().map(|digest| tokens(folder, digest))).collect();
        for entry in fs::read_dir(&segments).map_err(failed(&segments))? {
            let path = entry.map_err(failed(&segments))?.path();
            if !needed.contains(&path) {
                fs::remove_file(&path).map_err(failed(&path))?;
            }
        }
    }
    Ok(())
}

/// The pieces of a backup.
struct Kept {
    /// Each piece, and whether it is new.
    pieces: Vec<(Piece, bool)>,
    base: String,
    /// The number of the last change.
    sequence: u64,
    /// How many bytes the new segment has.
    bytes: u64,
}

/// The pieces of a backup, as their quads come in.
struct Pieces<'a> {
    last: BTreeMap<Key, &'a Piece>,
    segments: &'a Path,
    /// The graph that is coming in.
    graph: String,
    quads: Vec<Quad>,
    /// The graphs that have come.
    seen: BTreeSet<String>,
    /// Each piece, and whether it is new.
    kept: Vec<(Piece, bool)>,
    segment: Option<Segment>,
    base: String,
    sequence: u64,
    /// Graphs that came before it was known under which base.
    early: Vec<(String, Vec<Quad>)>,
}

impl<'a> Pieces<'a> {
    fn new(last: Option<&'a Manifest>, half: Half, segments: &'a Path) -> Self {
        Self {
            last: last.map(|last| by_key(last.half(half))).unwrap_or_default(),
            segments,
            graph: String::new(),
            quads: Vec::new(),
            seen: BTreeSet::new(),
            kept: Vec::new(),
            segment: None,
            base: last.map(|last| last.base.clone()).unwrap_or_default(),
            sequence: 0,
            early: Vec::new(),
        }
    }

    fn take(&mut self, quad: Quad) -> Result<(), BackupError> {
        let GraphName::NamedNode(graph) = &quad.graph_name else { return Ok(()) };
        if graph.as_str() != self.graph {
            let name = graph.as_str().to_owned();
            self.settle()?;
            if !self.seen.insert(name.clone()) {
                return Err(BackupError::Folder(
                    "the engine behind the archive does not give its graphs one after the other; back it up by its own means"
                        .to_owned(),
                ));
            }
            self.graph = name;
        }
        self.quads.push(quad);
        Ok(())
    }

    /// A graph has come to its end.
    fn settle(&mut self) -> Result<(), BackupError> {
        let (graph, quads) = (std::mem::take(&mut self.graph), std::mem::take(&mut self.quads));
        if quads.is_empty() {
            return Ok(());
        }
        let value = |local: &str| {
            let is_it = |quad: &&Quad| quad.predicate.as_str().ends_with(&format!("ontology#{local}"));
            quads.iter().find(is_it).map(|quad| literal_value(&quad.object))
        };
        if graph == archive_graph().as_str() {
            self.base = value("baseIri").unwrap_or_default();
        }
        if graph.ends_with("/graph/changes") {
            let number = value(isn::LAST_SEQUENCE).and_then(|number| number.parse().ok());
            self.sequence = number.unwrap_or(self.sequence);
        }
        if self.base.is_empty() {
            self.early.push((graph, quads));
            return Ok(());
        }
        for (graph, quads) in std::mem::take(&mut self.early) {
            self.keep(&graph, quads)?;
        }
        self.keep(&graph, quads)
    }

    fn keep(&mut self, graph: &str, quads: Vec<Quad>) -> Result<(), BackupError> {
        let iris = Iris::new(&self.base).map_err(Error::internal)?;
        for (part, quads) in parts(&iris, graph, quads) {
            let sha256 = digest(&quads)?;
            let key = (graph.to_owned(), part);
            if let Some(known) = self.last.get(&key).filter(|known| known.sha256 == sha256) {
                self.kept.push(((*known).clone(), false));
                continue;
            }
            let segment = match &mut self.segment {
                Some(segment) => segment,
                None => self.segment.insert(Segment::new(self.segments)?),
            };
            segment.put(&quads)?;
            let ((graph, part), triples) = (key, quads.len() as u64);
            self.kept.push((Piece { graph, part, triples, sha256, segment: String::new() }, true));
        }
        Ok(())
    }

    /// All have come: each gets its segment.
    fn finish(mut self) -> Result<Kept, BackupError> {
        self.settle()?;
        if self.base.is_empty() {
            return Err(BackupError::Folder(
                "there is no archive to be backed up: it does not say its base".to_owned(),
            ));
        }
        let mut bytes = 0;
        if let Some(segment) = self.segment.take() {
            let (name, size) = segment.finish(self.sequence)?;
            bytes = size;
            for (piece, _) in self.kept.iter_mut().filter(|(_, is_new)| *is_new) {
                piece.segment.clone_from(&name);
            }
        }
        Ok(Kept { pieces: self.kept, base: self.base, sequence: self.sequence, bytes })
    }
}

/// A file of new pieces that is being written; it has its name when it is whole.
struct Segment {
    folder: PathBuf,
    part: PathBuf,
    packer: Packer<io::BufWriter<fs::File>>,
}

impl Segment {
    fn new(folder: &Path) -> Result<Self, BackupError> {
        let part = with_end(&folder.join("new"), ".part");
        let file = own_file(&part).map_err(failed(&part))?;
        let packer = Packer::new(Packing::Zstd, io::BufWriter::new(file)).map_err(failed(&part))?;
        Ok(Self { folder: folder.to_owned(), part, packer })
    }

    fn put(&mut self, quads: &[Quad]) -> Result<(), BackupError> {
        for quad in quads {
            let Quad { subject, predicate, object, graph_name } = quad;
            writeln!(self.packer, "{subject} {predicate} {object} {graph_name} .").map_err(failed(&self.part))?;
        }
        Ok(())
    }

    fn finish(self, sequence: u64) -> Result<(String, u64), BackupError> {
        let Self { folder, part, packer } = self;
        let whole = || -> io::Result<u64> {
            let file = packer.finish()?.into_inner().map_err(io::IntoInnerError::into_error)?;
            file.sync_all()?;
            Ok(file.metadata()?.len())
        };
        let bytes = whole().map_err(failed(&part))?;
        let names = (0..).map(|number| format!("{sequence:012}-{number}.nq{}", Packing::Zstd.suffix()));
        let free = names.into_iter().find(|name| !folder.join(name).exists()).unwrap_or_default();
        fs::rename(&part, folder.join(&free)).map_err(failed(&part))?;
        Ok((free, bytes))
    }
}
