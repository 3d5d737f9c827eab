//! The words of the command line. Each setting can also stand in the environment, as `ISNAD_…`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use isnad::{
    export::links::Sort,
    link::Unit,
    model::{Date, Lang},
};

/// A knowledge graph of a documentary archive: who says what, where, how surely, and on which evidence.
///
/// With `isnad serve` an empty folder becomes an archive, filled with the starter documents, at http://localhost:7878/.
#[derive(Clone, Debug, Parser)]
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
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Serve the archive; an empty store is first filled with the starter documents
    Serve(Serve),
    /// Add files and folders: saved pages, Markdown, text, tables, RDF
    Add(Add),
    /// Show what would be found in files, without storing anything
    Link(Link),
    /// Show the links that a person should look at first, or decide on one
    Review(Review),
    /// Ask a question in SPARQL, or one of those that come with the archive
    Query(Query),
    /// Write the whole archive, or one thing, as RDF
    Export(Export),
    /// Restore a dump in an empty store
    Load(Load),
    /// Hold the archive, or files, against the rules and shapes
    Check(Check),
}

/// `isnad serve`
#[derive(Clone, Debug, Args)]
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
#[derive(Clone, Debug, Args)]
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
#[derive(Clone, Debug, Args)]
pub(crate) struct Link {
    /// The files and folders, or `-` for plain text on standard input
    #[arg(required = true, value_name = "FILE|FOLDER|-")]
    pub(crate) paths: Vec<PathBuf>,

    /// How the links are written; json and jsonld are one line a file
    #[arg(long, short, value_enum, default_value = "table")]
    pub(crate) format: LinkFormat,

    /// Write JSON: the documents as they were understood, and their mentions
    #[arg(long, conflicts_with = "format")]
    pub(crate) json: bool,

    /// What offsets are counted in: code-points, utf-16 or bytes
    #[arg(long, default_value = "code-points", value_parser = unit)]
    pub(crate) unit: Unit,

    /// Only things of this type: person, organization, place, event, document, date; may be repeated
    #[arg(long = "type", value_name = "TYPE", value_delimiter = ',')]
    pub(crate) types: Vec<Sort>,

    /// Only things that this graph describes, such as graph/authority/places; may be repeated
    #[arg(long = "graph", value_name = "GRAPH", value_delimiter = ',')]
    pub(crate) graphs: Vec<String>,

    /// No link less sure than this, from 0 to 1
    #[arg(long, default_value_t = 0.0, value_name = "NUMBER")]
    pub(crate) min_confidence: f64,

    /// When the text on standard input was issued (EDTF); relative dates are counted from it
    #[arg(long, value_name = "DATE")]
    pub(crate) issued: Option<Date>,

    /// The language of the text on standard input; told by its letters where it is not given
    #[arg(long, value_name = "TAG")]
    pub(crate) lang: Option<Lang>,
}

/// How `isnad link` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LinkFormat {
    /// For people
    Table,
    /// Everything that is known of each link
    Json,
    /// One line a link
    Csv,
    /// The NLP Interchange Format, in Turtle
    Nif,
    /// Web Annotations in JSON-LD
    Jsonld,
}

fn unit(text: &str) -> Result<Unit, String> {
    isnad::export::links::unit(text)
}

/// `isnad review`
#[derive(Clone, Debug, Args)]
pub(crate) struct Review {
    /// How many cases are listed
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub(crate) limit: usize,

    /// Write JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Option<ReviewCommand>,
}

/// What can be decided.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum ReviewCommand {
    /// The words name that
    Accept(Decide),
    /// They do not
    Reject(Decide),
    /// They name something else
    Correct {
        /// What they name, such as org/hrw
        #[arg(long, value_name = "THING")]
        to: String,

        #[command(flatten)]
        decide: Decide,
    },
    /// Whether they do is disputed
    Contest(Decide),
    /// Undo a decision; it stays in the history
    Undo {
        /// The decision's id
        #[arg(value_name = "ID")]
        id: String,

        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,

        /// Who decides
        #[arg(long, value_name = "NAME")]
        by: Option<String>,
    },
}

/// A decision on a link.
#[derive(Clone, Debug, Args)]
pub(crate) struct Decide {
    /// The mention, such as doc/jim-4#m-en-10-14; or its words and what they are taken to name
    #[arg(required = true, num_args = 1..=2, value_names = ["MENTION|FORM", "THING"])]
    pub(crate) link: Vec<String>,

    /// Why; needed to reject and to contest
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// Decide on the one mention, not on all identical links
    #[arg(long)]
    pub(crate) only_this: bool,

    /// The decision that this one is to take the place of
    #[arg(long, value_name = "ID")]
    pub(crate) revises: Option<String>,

    /// Who decides
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,
}

/// `isnad query`
#[derive(Clone, Debug, Args)]
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
#[derive(Clone, Debug, Args)]
pub(crate) struct Export {
    /// One thing, such as doc/jim-4 or org/hrw; nothing exports the whole archive, as far as it is public
    #[arg(value_name = "ID")]
    pub(crate) id: Option<String>,

    /// Everything that the store holds: also the links that a machine proposed, the log of changes, the shapes, and the
    /// graphs that people keep for themselves
    #[arg(long, conflicts_with_all = ["id", "dump"])]
    pub(crate) all: bool,

    /// Make a dump, as the service does: the public archive and the links in it, with digests and a manifest. The folder
    /// is `dumps` in the store's folder where none is given
    #[arg(long, value_name = "FOLDER", num_args = 0..=1, default_missing_value = "", conflicts_with_all = ["id", "format", "output"])]
    pub(crate) dump: Option<PathBuf>,

    /// A further file of the dump, such as documents.trig.zst; may be repeated
    #[arg(long, requires = "dump", value_name = "NAME", value_delimiter = ',')]
    pub(crate) file: Vec<String>,

    /// The syntax: nq or trig for the whole archive; also ttl, jsonld, nt, rdf for one thing
    #[arg(long, short, value_name = "NAME")]
    pub(crate) format: Option<String>,

    /// Where to write; by default standard output
    #[arg(long, short, value_name = "FILE")]
    pub(crate) output: Option<PathBuf>,
}

/// `isnad load`
#[derive(Clone, Debug, Args)]
pub(crate) struct Load {
    /// The folder of a dump, or files of it; the manifest lies beside them
    #[arg(required = true, value_name = "FOLDER|FILE")]
    pub(crate) paths: Vec<PathBuf>,
}

/// `isnad check`
#[derive(Clone, Debug, Args)]
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
