//! Every setting of the service, checked. `main` makes one from the command line and the environment; nothing else reads either.

use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// How the service runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where to listen.
    pub bind: SocketAddr,
    /// The folder that fills an empty store; `None` leaves it empty.
    pub starter: Starter,
    /// The SHA-256 of a token that may do everything, in hexadecimal.
    pub token_sha256: Option<String>,
    /// The file of the tokens that were made on the command line, where there is one.
    pub tokens: Option<PathBuf>,
    /// Whether nothing is written, whoever asks.
    pub read_only: bool,
    /// Whether this is the engine of another archive, whose updates are carried out as they come, without review.
    pub is_engine: bool,
    /// The hosts whose endpoints a query may ask with `SERVICE`; private addresses are never asked.
    pub allowed_hosts: Vec<String>,
    /// Whom to write to about the archive: an e-mail address, which OAI-PMH shows.
    pub contact: Option<String>,
    /// What a visitor's query may cost.
    pub query: QueryLimits,
    /// The largest request body, in bytes.
    pub max_body: usize,
    /// The largest file that is added, in bytes.
    pub max_file: usize,
}

/// What fills an empty store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Starter {
    /// The archive that comes with the program.
    Included,
    /// The files of a folder.
    Folder(PathBuf),
    /// Nothing.
    Nothing,
}

/// What queries may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryLimits {
    /// The longest a query may run; a caller may ask for less.
    pub deadline: Duration,
    /// The most rows or triples an answer may have.
    pub rows: u64,
    /// How many bytes a query may hold.
    pub memory: u64,
    /// How many bytes all queries together may hold.
    pub memory_together: u64,
    /// How many queries run at once.
    pub workers: usize,
    /// How many more may wait.
    pub queue: usize,
}

impl Default for QueryLimits {
    fn default() -> Self {
        Self {
            deadline: Duration::from_secs(30),
            rows: 1_000_000,
            memory: 512 << 20,
            memory_together: 1 << 30,
            workers: 4,
            queue: 64,
        }
    }
}
