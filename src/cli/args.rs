//! The words of the command line. Each setting can also stand in the environment, as `ISNAD_…`.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use isnad::{
    ask::past::Moment,
    export::links::Sort,
    link::Unit,
    model::{Date, Id, Lang},
    serve::tokens::Role,
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

    /// Where the files are kept as they came: a folder, or s3://BUCKET/PATH where the program was built for it (its
    /// keys in AWS_ACCESS_KEY_ID and the like); by default `originals` in the store's folder
    #[arg(long, global = true, env = "ISNAD_ORIGINALS", value_name = "FOLDER|URL")]
    pub(crate) originals: Option<String>,

    /// Answer queries from the store itself, without the snapshot that is kept beside it to read it fast
    #[arg(long, global = true, env = "ISNAD_NO_SNAPSHOT")]
    pub(crate) no_snapshot: bool,

    /// The file of the tokens of those who may write; by default `tokens.json` in the store's folder
    #[arg(long, global = true, env = "ISNAD_TOKENS", value_name = "FILE")]
    pub(crate) tokens: Option<PathBuf>,

    /// Where comments that wait and what is withheld are kept, apart from all that is asked: a folder or the address of an
    /// engine of its own; by default `private` in the store's folder
    #[arg(long, global = true, env = "ISNAD_PRIVATE", value_name = "FOLDER|URL|memory")]
    pub(crate) private: Option<String>,

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
    /// Add files and folders: saved pages, Markdown, text, DOCX, PDF, tables, RDF; what is there already stays as it is
    Add(Add),
    /// Show what would be found in files, without storing anything
    Link(Link),
    /// Show the links that a person should look at first, or decide on one
    Review(Review),
    /// Create, edit, merge, split or withdraw an entity, or undo what was done
    Entity(Entity),
    /// Ask a question in SPARQL, or one of those that come with the archive
    Query(Query),
    /// Write the whole archive, or one thing, as RDF
    Export(Export),
    /// Restore a dump in an empty store
    Load(Load),
    /// Back everything up into a folder, while the archive serves or not; a second time writes only what has changed
    Backup(Backup),
    /// Restore a backup into a new store
    Restore(Restore),
    /// Say how reliable a document, a text, a claim or a link is, or show what was said of it
    Assess(Assess),
    /// Make, list and revoke the tokens of those who may write
    Token(Token),
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

    /// The SHA-256 of a token that may do everything, in hexadecimal; without it and without any token made with
    /// `isnad token create` the service is read-only
    #[arg(long, env = "ISNAD_TOKEN_SHA256", value_name = "HEX", value_parser = sha256)]
    pub(crate) token_sha256: Option<String>,

    /// Write nothing, whoever asks
    #[arg(long, env = "ISNAD_READ_ONLY")]
    pub(crate) read_only: bool,

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

    /// How foreign tables are read; by default NAME.mapping.json beside NAME.csv, .json, .jsonl or .xlsx
    #[arg(long, value_name = "FILE")]
    pub(crate) mapping: Option<PathBuf>,

    /// The terms that what is added may be used under, as an IRI
    #[arg(long, value_name = "IRI")]
    pub(crate) licence: Option<String>,

    /// Link documents again that did not change
    #[arg(long)]
    pub(crate) relink: bool,

    /// Do everything but the storing, and show what would be added, changed and refused, and which words linked to what
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// Write the report as JSON
    #[arg(long)]
    pub(crate) json: bool,
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

/// `isnad assess`
#[derive(Clone, Debug, Args)]
pub(crate) struct Assess {
    /// The document, text, claim, relay or link, such as doc/jim-4, doc/jim-4#text-en or claim/x
    #[arg(value_name = "ID")]
    pub(crate) about: String,

    /// The rating, a term of the scale: correct, incorrect, unverified or undefined; without one, what was said is shown
    #[arg(value_name = "RATING", requires = "reason")]
    pub(crate) rating: Option<String>,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    /// What it rests on: an identifier or an address; may be repeated
    #[arg(long, value_name = "ID|ADDRESS")]
    pub(crate) evidence: Vec<String>,

    /// The scale
    #[arg(long, value_name = "NAME")]
    pub(crate) scale: Option<String>,

    /// Who rates
    #[arg(long, value_name = "NAME")]
    pub(crate) by: Option<String>,

    /// Write JSON
    #[arg(long)]
    pub(crate) json: bool,
}

/// `isnad token`
#[derive(Clone, Debug, Args)]
pub(crate) struct Token {
    #[command(subcommand)]
    pub(crate) command: TokenCommand,
}

/// What can be done with tokens.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum TokenCommand {
    /// Make a token; it is shown once and kept as its digest alone
    Create {
        /// What its holder may do: archivist, reviewer, moderator or admin
        #[arg(long, value_name = "ROLE")]
        role: Role,

        /// Whose it is; what they write is logged under this name
        #[arg(long, value_name = "NAME")]
        name: String,

        /// The day from which on it is refused
        #[arg(long, value_name = "DAY")]
        expires: Option<jiff::civil::Date>,
    },
    /// Every token there ever was, with its last use
    List {
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Refuse a token from now on
    Revoke {
        /// Its id, or the name of its holder
        #[arg(value_name = "ID|NAME")]
        token: String,
    },
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

    /// Ask the archive as it stood on a day (to its end, UTC), or at a moment
    #[arg(long, value_name = "DAY|MOMENT")]
    pub(crate) as_of: Option<Moment>,
}

/// `isnad entity`
#[derive(Clone, Debug, Args)]
pub(crate) struct Entity {
    /// Who does it: a name for `agent/NAME`
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) by: Option<String>,

    /// Why; needed to withdraw
    #[arg(long, global = true, value_name = "TEXT")]
    pub(crate) reason: Option<String>,

    #[command(subcommand)]
    pub(crate) command: EntityCommand,
}

/// What is done to an entity.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum EntityCommand {
    /// Create one, under an identifier such as org/example
    Create {
        /// Its identifier
        #[arg(value_name = "ID")]
        id: Id,

        /// A column as in the tables of entities, such as label_en=Name; several values are parted by ` | `
        #[arg(long = "set", required = true, value_name = "COLUMN=VALUE")]
        set: Vec<String>,
    },
    /// Set some columns of one; the others stay
    Edit {
        /// Its identifier
        #[arg(value_name = "ID")]
        id: Id,

        /// A column, such as alt_en=Name; with nothing behind the sign it is emptied
        #[arg(long = "set", required = true, value_name = "COLUMN=VALUE")]
        set: Vec<String>,
    },
    /// Merge one into another: its names become other names, what pointed to it points to the kept one
    Merge {
        /// The one that goes
        #[arg(value_name = "ID")]
        id: Id,

        /// The one that is kept
        #[arg(value_name = "KEPT")]
        into: Id,
    },
    /// Split a new one off
    Split {
        /// The one that was two
        #[arg(value_name = "ID")]
        id: Id,

        /// The identifier of the new one
        #[arg(value_name = "NEW")]
        new: Id,

        /// A column of the new one, such as label_en=Name
        #[arg(long = "set", required = true, value_name = "COLUMN=VALUE")]
        set: Vec<String>,

        /// A name that goes over to the new one; may be repeated
        #[arg(long = "name", value_name = "NAME")]
        names: Vec<String>,

        /// What names the new one from now on, such as doc/jim-4, or a part such as person/x#tenure2; may be repeated
        #[arg(long = "link", value_name = "ID")]
        links: Vec<String>,
    },
    /// Withdraw an entity, or a document with the mentions in it
    Withdraw {
        /// Its identifier
        #[arg(value_name = "ID")]
        id: Id,
    },
    /// Undo a change by its number, with all that was done with it
    Undo {
        /// The number
        #[arg(value_name = "NUMBER")]
        change: u64,
    },
    /// Tell what became of an identifier
    Show {
        /// The identifier
        #[arg(value_name = "ID")]
        id: Id,
    },
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

/// `isnad backup`
#[derive(Clone, Debug, Args)]
pub(crate) struct Backup {
    /// The folder of the backup, made where there is none; it holds what is kept apart and the digests of tokens too, and is
    /// for its owner alone
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// The service that has the archive open, such as http://localhost:7878/; its token stands in `ISNAD_TOKEN`
    #[arg(long, value_name = "URL")]
    pub(crate) service: Option<String>,

    /// The token that the service asks for
    #[arg(long, env = "ISNAD_TOKEN", hide_env_values = true, requires = "service", value_name = "TOKEN")]
    pub(crate) token: Option<String>,
}

/// `isnad restore`
#[derive(Clone, Debug, Args)]
pub(crate) struct Restore {
    /// The folder of the backup; the archive goes into the folder that `--store` names, which must be new, with its
    /// originals, what is kept apart and the tokens where a store in a folder has them
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,
}

/// `isnad check`
#[derive(Clone, Debug, Args)]
pub(crate) struct Check {
    /// Files and folders to check without storing them; nothing checks the archive itself
    #[arg(value_name = "FILE|FOLDER")]
    pub(crate) paths: Vec<PathBuf>,

    /// Read every file that ever came in and hold it against its digest: tells which are missing, damaged or unknown
    #[arg(long, conflicts_with = "paths")]
    pub(crate) originals: bool,
}

fn sha256(text: &str) -> Result<String, String> {
    if text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        Ok(text.to_ascii_lowercase())
    } else {
        Err("expected the 64 hexadecimal digits of a SHA-256, as `printf %s TOKEN | sha256sum` prints them".to_owned())
    }
}
