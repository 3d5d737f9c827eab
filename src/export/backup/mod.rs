//! A backup: everything that the archive holds, in a folder, so that it can stand again elsewhere.
//!
//! It is read while the archive serves, as of one change: every quad comes from one state of the store, whoever writes
//! meanwhile ([`Source`]). The quads are told apart by graph, and great graphs by piece; a piece whose digest is that of
//! the last backup is not written again, so that a second backup to the same folder costs what has changed. New pieces go
//! into one further segment, originals beside them under their digests, and the manifest comes last: until it has its
//! name, the folder is the backup from before.
//!
//! ```text
//! manifest.json                 which pieces there are, with digest and segment, as of which change
//! segments/000000000123-0.nq.zst
//! originals/ab/cdef...
//! ```

mod manifest;
mod restore;
mod source;
mod write;

use std::{
    io,
    path::{Path, PathBuf},
};

pub use manifest::{Manifest, Piece};
pub use restore::{Restored, restore};
pub use source::{Here, Service, Source, snapshot};
pub use write::{Written, write};

use crate::store::{Error, OpenError, OriginalsError};

/// The file that says what is in a backup.
pub const MANIFEST: &str = "manifest.json";
const SEGMENTS: &str = "segments";
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

/// A path with an ending behind it.
fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut path = path.as_os_str().to_owned();
    path.push(end);
    PathBuf::from(path)
}
