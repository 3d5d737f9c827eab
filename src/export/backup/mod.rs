//! A backup: everything that the archive holds, in a folder, so that it can stand again elsewhere.
//!
//! It is read while the archive serves, as of one change: every quad comes from one state of the store, whoever writes
//! meanwhile ([`Source`]). The quads are told apart by graph, and great graphs by piece; a piece whose digest is that of
//! the last backup is not written again, so that a second backup to the same folder costs what has changed. New pieces go
//! into one further segment, originals beside them under their digests, and the manifest comes last: until it has its
//! name, the folder is the backup from before.
//!
//! What is kept apart is a store of its own, and is backed up as such, after the archive: what is withheld is put there before
//! it goes from the archive, so that it may be younger than the archive beside it, but never lacks what that one no longer
//! shows. Of tokens there are digests alone. One that is revoked after the backup is good again where it is restored.
//!
//! All of it is for its owner alone (files 0600, folders 0700): a backup holds what no answer ever shows.
//!
//! ```text
//! manifest.json                 which pieces there are, with digest and segment, as of which change
//! segments/000000000123-0.nq.zst
//! private/000000000123-0.nq.zst what is kept apart
//! private/tokens-abcdef....json who may write
//! originals/ab/cdef...
//! ```

mod manifest;
mod restore;
mod source;
mod write;

use std::{
    fs, io,
    path::{Path, PathBuf},
};

pub use manifest::{Manifest, Piece};
pub use restore::{Restored, restore};
pub use source::{Half, Here, Service, Source, snapshot};
pub use write::{Written, write};

use crate::store::{Error, OpenError, OriginalsError};

/// The file that says what is in a backup.
pub const MANIFEST: &str = "manifest.json";
const SEGMENTS: &str = "segments";
const PRIVATE: &str = "private";
const ORIGINALS: &str = "originals";

/// A backup cannot be made, or cannot be restored.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// A file cannot be read or written.
    #[error("failed to read or write {path}")]
    Io {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The folder has a backup of something else, or nothing that is one.
    #[error("{0}")]
    Folder(String),
    /// A piece is not what the manifest says.
    #[error("the backup is damaged: {what} has the digest {found}, not {expected}")]
    Differs {
        /// The piece.
        what: String,
        /// The digest in the manifest.
        expected: String,
        /// The digest of what is there.
        found: String,
    },
    /// A piece is in the manifest and nowhere else.
    #[error("the backup is damaged: {0} is missing")]
    Missing(String),
    /// The service that is backed up does not give what is needed.
    #[error("{address} answered {status}: {detail}")]
    Service {
        /// What was asked.
        address: String,
        /// The HTTP status.
        status: u16,
        /// What it says.
        detail: String,
    },
    /// The service that is backed up cannot be reached, or its answer broke off.
    #[error("{address} did not answer to the end")]
    Unreachable {
        /// What was asked.
        address: String,
        /// Why.
        #[source]
        source: reqwest::Error,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
    /// The store that was restored cannot be opened.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The originals cannot be read or written.
    #[error(transparent)]
    Originals(#[from] OriginalsError),
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> BackupError + use<> {
    let path = path.display().to_string();
    move |source| BackupError::Io { path, source }
}

/// Where the pieces of a half are.
fn segments(folder: &Path, half: Half) -> PathBuf {
    folder.join(match half {
        Half::Archive => SEGMENTS,
        Half::Private => PRIVATE,
    })
}

/// The file of tokens under its digest, so that one which comes anew stands beside the one of the last backup.
fn tokens(folder: &Path, digest: &str) -> PathBuf {
    folder.join(PRIVATE).join(format!("tokens-{digest}.json"))
}

/// A new file, for its owner alone.
fn own_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// A folder with all above it, made for its owner alone where it is not there.
fn own_folder(path: &Path) -> Result<(), BackupError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(failed(path))
}

/// A path with an ending behind it.
fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    PathBuf::from(path)
}
