//! A state of the store that no longer changes: a dictionary, the quads in five orders, and the names of the graphs.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io,
    ops::Range,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, OnceLock, PoisonError, atomic::AtomicBool},
    thread,
};

use serde::{Deserialize, Serialize};
use tantivy::directory::{Directory as _, MmapDirectory, OwnedBytes};

use super::{
    column::{Column, Mark, Section},
    dictionary::{Dictionary, DictionaryWriter},
    permutation::{Order, Permutation, PermutationWriter, Quad},
    term::{self, Form},
};

/// The version of the files; others are made anew.
const VERSION: u32 = 1;

const MANIFEST: &str = "manifest.json";

/// What is said about the files beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    version: u32,
    pub(super) quads: u32,
    pub(super) terms: u32,
    /// How many different first numbers each order has.
    pub(super) firsts: [u32; 5],
    turns: Vec<u32>,
    files: BTreeMap<String, Mark>,
}

/// Terms of one kind, one behind the other in the order of what they say.
pub(super) struct Stretch {
    pub(super) terms: Range<u32>,
    /// How they are written, where they are points in time.
    pub(super) form: Option<Form>,
}

/// A state of the store.
pub(super) struct Base {
    pub(super) manifest: Manifest,
    pub(super) dictionary: Dictionary,
    orders: [Permutation; 5],
    /// The numbers of the graphs, of which some may hold nothing.
    pub(super) graphs: Column,
    /// Where it is, unless in memory.
    pub(super) folder: Option<PathBuf>,
    /// Where the order of the terms is that of what they say; found when first asked for.
    stretches: OnceLock<Vec<Stretch>>,
}

impl Base {
    /// Reads a state from a folder, without looking at every byte.
    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        let text = fs::read_to_string(folder.join(MANIFEST))?;
        let (checksum, text) = text.split_once('\n').unwrap_or_default();
        if checksum != format!("{:08x}", crc32fast::hash(text.as_bytes())) {
            return Err(damaged(MANIFEST));
        }
        let manifest: Manifest = serde_json::from_str(text)?;
        if manifest.version != VERSION {
            return Err(damaged("the version"));
        }
        let directory = MmapDirectory::open(folder).map_err(io::Error::other)?;
        let mut files = BTreeMap::new();
        for (name, mark) in &manifest.files {
            let bytes = directory.open_read(Path::new(name)).map_err(io::Error::other)?.read_bytes()?;
            if bytes.len() as u64 != mark.bytes {
                return Err(damaged(name));
            }
            files.insert(name.clone(), bytes);
        }
        Self::of(manifest, files, Some(folder.to_owned()))
    }

    fn of(manifest: Manifest, mut files: BTreeMap<String, OwnedBytes>, folder: Option<PathBuf>) -> io::Result<Self> {
        let mut bytes = |name: &str| files.remove(name).ok_or_else(|| damaged(name));
        let dictionary = Dictionary::new(bytes("terms")?, Column::new(bytes("ends")?), manifest.turns.clone());
        let mut order = |order: Order| {
            let mut column = |part: &str| bytes(&format!("{}-{part}", order.name())).map(Column::new);
            let mut unless_dense = |part: &str| if order.is_dense() { Ok(None) } else { column(part).map(Some) };
            let (keys, pairs) = (unless_dense("keys")?, unless_dense("pairs")?);
            let permutation = Permutation {
                keys,
                pairs,
                starts: column("starts")?,
                rest: [column("1")?, column("2")?, column("3")?],
            };
            let is_whole = permutation.rest.iter().all(|column| column.len() == manifest.quads as usize);
            if is_whole { Ok(permutation) } else { Err(damaged(order.name())) }
        };
        let orders =
            [order(Order::Spog)?, order(Order::Posg)?, order(Order::Psog)?, order(Order::Ospg)?, order(Order::Gspo)?];
        let graphs = Column::new(bytes("graphs")?);
        if dictionary.len() != manifest.terms {
            return Err(damaged("the dictionary"));
        }
        Ok(Self { manifest, dictionary, orders, graphs, folder, stretches: OnceLock::new() })
    }

    /// Compares every byte with its checksum.
    pub(super) fn verify(&self) -> io::Result<()> {
        let Some(folder) = &self.folder else { return Ok(()) };
        let directory = MmapDirectory::open(folder).map_err(io::Error::other)?;
        let verify = |(name, mark): (&String, &Mark)| {
            let bytes = directory.open_read(Path::new(name)).map_err(io::Error::other)?.read_bytes()?;
            if Mark::of(bytes.as_slice()) == *mark { Ok(()) } else { Err(damaged(name)) }
        };
        // Whoever starts the service waits for it.
        let left = Mutex::new(self.manifest.files.iter());
        let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
        let work = || std::iter::from_fn(next).try_for_each(verify);
        thread::scope(|scope| {
            let workers: Vec<_> =
                (0..thread::available_parallelism().map_or(1, usize::from)).map(|_| scope.spawn(work)).collect();
            workers.into_iter().try_for_each(|worker| worker.join().map_err(|_| damaged("the files"))?)
        })
    }

    pub(super) fn order(&self, order: Order) -> &Permutation {
        &self.orders[order as usize]
    }

    pub(super) fn contains(&self, quad: Quad) -> bool {
        !self.order(Order::Spog).range(&quad).is_empty()
    }

    /// The terms of one kind each whose order is the order in which they are sorted, whoever sorts them.
    pub(super) fn stretches(&self) -> &[Stretch] {
        self.stretches.get_or_init(|| {
            let plain = term::PLAIN.iter().filter_map(|kind| Some((self.stretch(&[*kind])?, None)));
            let times = term::times().filter_map(|beginning| {
                let terms = self.stretch(&beginning)?;
                let mut forms = terms.clone().map(|id| term::written(self.dictionary.get(id)));
                let form = forms.next()??;
                forms.all(|other| other == Some(form)).then_some((terms, Some(form)))
            });
            plain.chain(times).map(|(terms, form)| Stretch { terms, form }).collect()
        })
    }

    fn stretch(&self, beginning: &[u8]) -> Option<Range<u32>> {
        Some(self.dictionary.range(beginning)).filter(|terms| !terms.is_empty())
    }

    /// How many bytes it takes, in files or in memory.
    pub(super) fn bytes(&self) -> u64 {
        self.manifest.files.values().map(|mark| mark.bytes).sum()
    }
}

fn damaged(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, format!("the snapshot is damaged at {what}"))
}

/// Where a state is written.
pub(super) struct Target {
    folder: Option<PathBuf>,
    closing: Arc<AtomicBool>,
    written: Mutex<BTreeMap<String, (Mark, Option<OwnedBytes>)>>,
}

impl Target {
    /// A folder that becomes a state when it is whole, or memory.
    pub(super) fn new(folder: Option<PathBuf>, closing: &Arc<AtomicBool>) -> io::Result<Self> {
        if let Some(folder) = &folder {
            let begun = begun(folder);
            if begun.exists() {
                fs::remove_dir_all(&begun)?;
            }
            fs::create_dir_all(&begun)?;
        }
        Ok(Self { folder, closing: Arc::clone(closing), written: Mutex::default() })
    }

    pub(super) fn section(&self, name: &str) -> io::Result<Section> {
        let file = self.folder.as_ref().map(|folder| File::create(begun(folder).join(name))).transpose()?;
        Ok(Section::new(file, Arc::clone(&self.closing)))
    }

    pub(super) fn finish(&self, name: &str, section: Section) -> io::Result<()> {
        let written = section.finish()?;
        self.written.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), written);
        Ok(())
    }

    pub(super) fn dictionary(&self) -> io::Result<DictionaryWriter> {
        Ok(DictionaryWriter::new(self.section("terms")?, self.section("ends")?))
    }

    /// Writes an order from its rows, and gives the numbers of rows and of different first numbers.
    pub(super) fn order(&self, order: Order, terms: u32, rows: impl Iterator<Item = Quad>) -> io::Result<(u32, u32)> {
        let name = |part: &str| format!("{}-{part}", order.name());
        let section = |part: &str| self.section(&name(part));
        let unless_dense = |part: &str| if order.is_dense() { Ok(None) } else { section(part).map(Some) };
        let rest = [section("1")?, section("2")?, section("3")?];
        let mut writer =
            PermutationWriter::new(unless_dense("keys")?, section("starts")?, unless_dense("pairs")?, rest);
        for row in rows {
            writer.push(row)?;
        }
        let counted = writer.end(terms)?;
        let PermutationWriter { keys, starts, pairs, rest, .. } = writer;
        let [b, c, d] = rest;
        let parts = [
            ("keys", keys),
            ("starts", Some(starts)),
            ("pairs", pairs),
            ("1", Some(b)),
            ("2", Some(c)),
            ("3", Some(d)),
        ];
        for (part, section) in parts {
            if let Some(section) = section {
                self.finish(&name(part), section)?;
            }
        }
        Ok(counted)
    }

    /// Ends the writing, so that the state is there whole or not at all.
    pub(super) fn end(self, terms: u32, turns: Vec<u32>, counted: [(u32, u32); 5]) -> io::Result<Base> {
        let written = self.written.into_inner().unwrap_or_else(PoisonError::into_inner);
        let files = written.iter().map(|(name, (mark, _))| (name.clone(), *mark)).collect();
        let manifest = Manifest {
            version: VERSION,
            quads: counted[0].0,
            terms,
            firsts: counted.map(|(_, firsts)| firsts),
            turns,
            files,
        };
        let Some(folder) = self.folder else {
            let files = written.into_iter().filter_map(|(name, (_, bytes))| Some((name, bytes?))).collect();
            return Base::of(manifest, files, None);
        };
        let text = serde_json::to_string(&manifest)?;
        let text = format!("{:08x}\n{text}", crc32fast::hash(text.as_bytes()));
        write_whole(&begun(&folder).join(MANIFEST), text.as_bytes())?;
        fs::rename(begun(&folder), &folder)?;
        if let Some(parent) = folder.parent() {
            File::open(parent)?.sync_all()?;
        }
        Base::open(&folder)
    }
}

/// Where a folder is written before it is whole.
fn begun(folder: &Path) -> PathBuf {
    folder.with_extension("new")
}

/// Writes a file so that it is there with all its bytes, or as it was.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let begun = path.with_extension("new");
    fs::write(&begun, bytes)?;
    let file = File::open(&begun)?;
    file.sync_all()?;
    fs::rename(&begun, path)?;
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}
