//! The archive as files to take home, dated and never changed afterwards.
//!
//! A dump is made by one reading of the store, graph by graph, into N-Quads ([`make`]); no writer waits for it. Every
//! other file, of a part, a class or a source, in another syntax or compression, is made of that reading when it is first
//! asked for ([`derive`]), so that all files of a dump say the same and the store is not asked again. Beside each file
//! stands its SHA-256, and beside all of them the manifest: each graph's terms, source and digest.

mod derive;
mod make;
mod name;

use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use sha2::{Digest as _, Sha256};
use tokio::{sync::Mutex, task::spawn_blocking};

pub use name::{FileName, Selection};

use crate::{
    rdf::{Summary, hex},
    store::{Error as StoreError, Store},
};

/// The file that says in short what a dump holds.
const SUMMARY: &str = "dump.json";

/// The file that says what a dump holds, graph by graph.
pub const MANIFEST: &str = "manifest.json";

/// So many dumps are kept where the folder is a temporary one.
const KEPT_FOR_A_WHILE: usize = 2;

/// The dumps of an archive.
#[derive(Debug)]
pub struct Dumps {
    folder: PathBuf,
    is_temporary: bool,
    /// Held while a dump or a file of one is made: one at a time.
    turn: Arc<Mutex<()>>,
}

/// A file of a dump, ready to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ready {
    /// Where it is.
    pub path: PathBuf,
    /// Its SHA-256, in hexadecimal.
    pub sha256: String,
    /// How many bytes it has.
    pub bytes: u64,
}

/// Something went wrong with a dump.
#[derive(Debug, thiserror::Error)]
pub enum DumpError {
    /// There is no such dump, or it can have no such file.
    #[error("{0}")]
    Unknown(String),
    /// The store could not be read.
    #[error("the store could not be read")]
    Store(#[from] StoreError),
    /// A file could not be read or written.
    #[error("failed to read or write {path}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Something in it cannot be written in the syntax.
    #[error("failed to write the dump")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl DumpError {
    fn io(path: &Path) -> impl FnOnce(io::Error) -> Self + use<> {
        let path = path.display().to_string();
        move |source| Self::Io { path, source }
    }

    fn other(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Other(source.into())
    }
}

impl Dumps {
    /// The dumps in a folder, which is made when the first one is.
    #[must_use]
    pub fn open(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), is_temporary: false, turn: Arc::default() }
    }

    /// Dumps that are gone with the program, and of which only the last few are kept: those of a store in memory.
    #[must_use]
    pub fn temporary() -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("isnad-dumps-{}-{number}", std::process::id()));
        Self { folder, is_temporary: true, turn: Arc::default() }
    }

    /// Every dump, the newest first.
    pub fn list(&self) -> Result<Vec<Summary>, DumpError> {
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries.map_err(DumpError::io(&self.folder))?,
        };
        let names = entries.flatten().filter_map(|entry| entry.file_name().into_string().ok());
        let mut dumps =
            names.filter(|name| is_name(name)).map(|name| self.get(&name)).collect::<Result<Vec<_>, _>>()?;
        dumps.sort_by(|a, b| (b.sequence, &b.name).cmp(&(a.sequence, &a.name)));
        Ok(dumps)
    }

    /// What a dump holds, in short.
    pub fn get(&self, name: &str) -> Result<Summary, DumpError> {
        let path = self.folder_of(name)?.join(SUMMARY);
        let text = fs::read(&path).map_err(DumpError::io(&path))?;
        serde_json::from_slice(&text).map_err(DumpError::other)
    }

    /// What a dump holds, graph by graph, as it was written.
    pub fn manifest(&self, name: &str) -> Result<Vec<u8>, DumpError> {
        let path = self.folder_of(name)?.join(MANIFEST);
        fs::read(&path).map_err(DumpError::io(&path))
    }

    /// Makes a dump of the archive as it is now; where nothing was written since the last one of the day, it is that.
    pub async fn make(&self, store: &Store) -> Result<Summary, DumpError> {
        let _turn = self.turn.lock().await;
        let summary = make::make(store, &self.folder).await?;
        if self.is_temporary {
            for old in self.list()?.iter().skip(KEPT_FOR_A_WHILE) {
                let path = self.folder.join(&old.name);
                fs::remove_dir_all(&path).map_err(DumpError::io(&path))?;
            }
        }
        Ok(summary)
    }

    /// A file of a dump; the first time it is made of what was read from the store.
    pub async fn file(&self, dump: &str, name: &str) -> Result<Ready, DumpError> {
        let folder = self.folder_of(dump)?;
        let wanted = FileName::parse(name).map_err(DumpError::Unknown)?;
        // By its own spelling: two names for one file would be two files.
        let path = folder.join(wanted.to_string());
        if let Some(ready) = ready(&path)? {
            return Ok(ready);
        }
        let summary = self.get(dump)?;
        let turn = Arc::clone(&self.turn).lock_owned().await;
        // Once begun it is carried to its end, whether somebody waits for it or not.
        let made = spawn_blocking(move || {
            let _turn = turn;
            match ready(&path)? {
                Some(ready) => Ok(ready),
                None => derive::derive(&folder, &summary, &wanted),
            }
        });
        made.await.map_err(DumpError::other)?
    }

    fn folder_of(&self, name: &str) -> Result<PathBuf, DumpError> {
        let folder = self.folder.join(name);
        if is_name(name) && folder.join(SUMMARY).is_file() {
            return Ok(folder);
        }
        Err(DumpError::Unknown(format!("there is no dump `{name}`; /dumps/ lists those there are")))
    }
}

impl Drop for Dumps {
    fn drop(&mut self) {
        if self.is_temporary {
            let _ = fs::remove_dir_all(&self.folder);
        }
    }
}

/// Whether something is called like a dump: 2026-01-31-120.
fn is_name(name: &str) -> bool {
    name.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
        && name.split('-').filter(|it| !it.is_empty()).count() == 4
}

/// A file that is there already, with its digest.
fn ready(path: &Path) -> Result<Option<Ready>, DumpError> {
    let sum = sum_path(path);
    let text = match fs::read_to_string(&sum) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        text => text.map_err(DumpError::io(&sum))?,
    };
    let sha256 = text.split_whitespace().next().unwrap_or_default().to_owned();
    let bytes = fs::metadata(path).map_err(DumpError::io(path))?.len();
    Ok(Some(Ready { path: path.to_owned(), sha256, bytes }))
}

/// Where the digest of a file stands.
fn sum_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".sha256");
    PathBuf::from(name)
}

/// A file that is being written; it has its name when it is whole.
struct Unfinished {
    path: PathBuf,
    part: PathBuf,
    file: io::BufWriter<fs::File>,
    hash: Sha256,
    bytes: u64,
}

impl Unfinished {
    fn new(path: PathBuf) -> io::Result<Self> {
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        let mut part = path.clone().into_os_string();
        part.push(".part");
        let part = PathBuf::from(part);
        let file = io::BufWriter::with_capacity(1 << 18, fs::File::create(&part)?);
        Ok(Self { path, part, file, hash: Sha256::new(), bytes: 0 })
    }

    /// Gives it its name, and writes its digest as `sha256sum -c` reads it. The file is there once its digest is.
    fn finish(self) -> io::Result<Ready> {
        self.file.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&self.part, &self.path)?;
        let sha256 = hex(&self.hash.finalize());
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let sum = sum_path(&self.path);
        let unfinished = sum.with_extension("sha256.part");
        fs::write(&unfinished, format!("{sha256}  {name}\n"))?;
        fs::rename(unfinished, sum)?;
        Ok(Ready { path: self.path, sha256, bytes: self.bytes })
    }
}

impl Write for Unfinished {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.hash.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}
