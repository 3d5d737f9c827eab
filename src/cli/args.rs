//! The words of the command line. Each setting can also stand in the environment, as `ISNAD_…`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// A knowledge graph of a documentary archive: who says what, where, how surely, and on which evidence.
///
/// With `isnad serve` an empty folder becomes an archive, filled with the starter documents, at http://localhost:7878/.
#[derive(Debug, Parser)]
#[command(version, about, long_about, propagate_version = true)]
pub(crate) struct Cli {
    /// Where the triples live: a folder, the http(s) address of a SPARQL 1.1 engine, or `memory`
    #[arg(long, global = true, env = "ISNAD_STORE", default_value = "isnad-data", value_name = "FOLDER|URL|memory")]
    pub(crate) store: String,

    /// The base of every IRI; recorded in the store when the store is made
    #[arg(long, global = true, env = "ISNAD_BASE_IRI", default_value = "http://localhost:7878/", value_name = "IRI")]
    pub(crate) base_iri: String,

    /// Where the files are kept as they came: a folder; by default `originals` in the store's folder
    #[arg(long, global = true, env = "ISNAD_ORIGINALS", value_name = "FOLDER")]
    pub(crate) originals: Option<String>,

    /// The most bytes of one file that is added
    #[arg(long, global = true, env = "ISNAD_MAX_FILE", default_value_t = 64 << 20, value_name = "BYTES")]
    pub(crate) max_file: usize,

    /// What is logged: error, warn, info, debug or trace, or a filter such as isnad=debug
    #[arg(
        long,
        global = true,
        env = "ISNAD_LOG",
        default_value = "info,isnad::cli=info,tower_http=warn",
        value_name = "FILTER"
    )]
    pub(crate) log: String,

    /// How it is logged
    #[arg(long, global = true, env = "ISNAD_LOG_FORMAT", default_value = "text")]
    pub(crate) log_format: LogFormat,

    #[command(subcommand)]
    pub(crate) command: Command,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LogFormat {
    /// For people
    Text,
    /// For programs: one JSON object a line
    Json,
}

/// What is to be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the archive; an empty store is first filled with the starter documents
    Serve(Serve),
    /// Add files and folders: saved pages, Markdown, text, tables, RDF
    Add(Add),
    /// Show what would be found in a file, without storing anything
    Link(Link),
    /// Ask a question in SPARQL, or one of those that come with the archive
    Query(Query),
    /// Write the whole archive, or one thing, as RDF
    Export(Export),
    /// Hold the archive, or files, against the rules and shapes
    Check(Check),
}

/// `isnad serve`
#[derive(Debug, Args)]
pub(crate) struct Serve {
    /// Where to listen
    #[arg(long, env = "ISNAD_BIND", default_value = "127.0.0.1:7878", value_name = "ADDRESS")]
    pub(crate) bind: SocketAddr,

    /// The folder that fills an empty store, in place of the starter documents
    #[arg(long, env = "ISNAD_DATA", value_name = "FOLDER")]
    pub(crate) data: Option<PathBuf>,

    /// Leave an empty store empty
    #[arg(long, conflicts_with = "data")]
    pub(crate) empty: bool,

    /// The SHA-256 of the token that may write, in hexadecimal; without it the service is read-only
    #[arg(long, env = "ISNAD_TOKEN_SHA256", value_name = "HEX", value_parser = sha256)]
    pub(crate) token_sha256: Option<String>,

    /// Be the engine behind another isnad: start empty, and carry out updates as they come, without review
    #[arg(long, conflicts_with = "data")]
    pub(crate) engine: bool,

    /// A host whose SPARQL endpoints queries may ask with SERVICE; may be repeated. Without it nothing is asked
    #[arg(long, env = "ISNAD_ALLOW_HOST", value_name = "HOST", value_delimiter = ',')]
    pub(crate) allow_host: Vec<String>,

    /// Whom to write to about the archive: an e-mail address, shown to those who harvest it
    #[arg(long, env = "ISNAD_CONTACT", value_name = "EMAIL")]
    pub(crate) contact: Option<String>,

    /// The longest a query may run, in seconds
    #[arg(long, env = "ISNAD_QUERY_TIMEOUT", default_value_t = 30, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) query_timeout: u64,

    /// The most rows or triples of an answer
    #[arg(long, env = "ISNAD_QUERY_ROWS", default_value_t = 1_000_000, value_name = "ROWS")]
    pub(crate) query_rows: u64,

    /// How much memory one query may hold, in megabytes
    #[arg(long, env = "ISNAD_QUERY_MEMORY", default_value_t = 512, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) query_memory: u64,

    /// How much memory all queries together may hold, in megabytes
    #[arg(long, env = "ISNAD_QUERIES_MEMORY", default_value_t = 1_024, value_name = "MB", value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) queries_memory: u64,

    /// How many more queries may wait for their turn
    #[arg(long, env = "ISNAD_QUERY_QUEUE", default_value_t = 64, value_name = "N", value_parser = clap::value_parser!(u16).range(0..=10_000))]
    pub(crate) query_queue: u16,

    /// How many queries run at once
    #[arg(long, env = "ISNAD_QUERY_WORKERS", default_value_t = 4, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1_024))]
    pub(crate) query_workers: u16,

    /// The largest request body, in bytes
    #[arg(long, env = "ISNAD_MAX_BODY", default_value_t = 16 << 20, value_name = "BYTES")]
    pub(crate) max_body: usize,
}

/// `isnad add`
#[derive(Debug, Args)]
pub(crate) struct Add {
    /// The files and folders
    #[arg(required = true, value_name = "FILE|FOLDER")]
    pub(crate) paths: Vec<PathBuf>,

    /// How foreign tables are read; by default NAME.mapping.json beside NAME.csv or NAME.json
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,

    /// The terms that what is added may be used under, as an IRI
    #[arg(long, value_name = "IRI")]
    pub(crate) licence: Option<String>,

    /// Link documents again that did not change
    #[arg(long)]
    pub(crate) relink: bool,

    /// Do everything but the storing
    #[arg(long)]
    pub(crate) dry_run: bool,
}

/// `isnad link`
#[derive(Debug, Args)]
pub(crate) struct Link {
    /// The file, or `-` for text on standard input
    #[arg(value_name = "FILE")]
    pub(crate) path: PathBuf,

    /// Write JSON: the document as it was understood, and its mentions
    #[arg(long)]
    pub(crate) json: bool,
}

/// `isnad query`
#[derive(Debug, Args)]
pub(crate) struct Query {
    /// A file, the query itself, `-` for standard input, or the name of a question that comes with the archive;
    /// nothing lists those
    #[arg(value_name = "FILE|QUERY|NAME")]
    pub(crate) question: Option<String>,

    /// The syntax of the answer: csv, tsv, json, xml; ttl, jsonld, trig, nt, nq, rdf for graphs
    #[arg(long, short, value_name = "NAME")]
    pub(crate) format: Option<String>,

    /// A value for a parameter of a question that comes with the archive, as NAME=VALUE
    #[arg(long = "set", value_name = "NAME=VALUE")]
    pub(crate) set: Vec<String>,
}

/// `isnad export`
#[derive(Debug, Args)]
pub(crate) struct Export {
    /// One thing, such as doc/jim-4 or org/hrw; nothing exports the whole archive
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,

    /// The syntax: nq or trig for the whole archive; also ttl, jsonld, nt, rdf for one thing
    #[arg(long, short, value_name = "NAME")]
    pub(crate) format: Option<String>,

    /// Where to write; by default standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `isnad check`
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Files and folders to check without storing them; nothing checks the archive itself
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) paths: Vec<PathBuf>,
}

fn sha256(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("expected the 64 hexadecimal digits of a SHA-256, as `printf %s TOKEN | sha256sum` prints them".to_owned())
    }
}
