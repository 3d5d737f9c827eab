//! The commands.

use std::{
    io::{Read as _, Write as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context as _, bail};
use futures::TryStreamExt as _;
use isnad::{
    add::{Archive, Plan, Settings},
    ask::{self, sparql::Form},
    config::{Config, QueryLimits, Starter},
    intake::Mapping,
    rdf::{AnswerFormat, GraphFormat, JsonLd, Part, SolutionsFormat, write},
    review::Cases,
    serve::{self, Service, tokens::Tokens, visitors::Visitors},
    store::{Dataset, Limits, Options},
};
use oxigraph::model::NamedNode;

use super::{
    Cli,
    args::{Add, Check, Export, Query, Serve},
    open, show,
};

/// A person at a terminal waits as long as they like.
const PATIENT: Limits = Limits { deadline: Duration::from_secs(86_400), rows: u64::MAX, memory: u64::MAX };

/// How many queries a command needs at once.
pub(super) const ALONE: Options = Options { workers: 2, queue: 8, memory: u64::MAX };

pub(super) async fn serve(cli: &Cli, args: &Serve) -> anyhow::Result<ExitCode> {
    let config = config(cli, args);
    // The address first: a port in use is told before a store is made or opened.
    let listener = tokio::net::TcpListener::bind(config.bind).await.with_context(|| {
        format!("failed to listen on {}; is another service running there? try --bind", config.bind)
    })?;
    let options =
        Options { workers: config.query.workers, queue: config.query.queue, memory: config.query.memory_together };
    let archive = open::archive(cli, options).await?;
    let plan = match &config.starter {
        Starter::Included => Some(Plan::starter()),
        Starter::Folder(folder) => Some(Plan::from_paths(std::slice::from_ref(folder))?),
        Starter::Nothing => None,
    };
    if let Some(plan) = plan {
        let begun = Instant::now();
        if let Some(report) = open::fill(&archive, &plan, config.max_file).await? {
            show::report(&report, begun.elapsed().as_secs_f64())?;
            if !report.failures.is_empty() {
                bail!("the archive was not filled whole; what is named above is missing");
            }
        }
    }
    let json_ld = JsonLd::new(&archive.ontology)?;
    let address = listener.local_addr()?;
    say_where(&archive, address)?;
    let dumps = open::dumps(cli);
    let service = Arc::new(Service {
        archive,
        running: Arc::default(),
        cases: Cases::default(),
        dumps,
        tokens: config.tokens.clone().map_or_else(Tokens::default, Tokens::open),
        moderating: tokio::sync::Mutex::default(),
        visitors: Visitors::default(),
        config,
        json_ld,
        kept: serve::Kept::default(),
    });
    serve::run(service, listener, stop_signal()).await?;
    Ok(ExitCode::SUCCESS)
}

fn config(cli: &Cli, args: &Serve) -> Config {
    let starter = match (&args.data, args.empty || args.engine) {
        (_, true) => Starter::Nothing,
        (Some(folder), false) => Starter::Folder(folder.clone()),
        (None, false) => Starter::Included,
    };
    Config {
        bind: args.bind,
        starter,
        token_sha256: args.token_sha256.clone(),
        tokens: open::tokens(cli),
        read_only: args.read_only,
        is_engine: args.engine,
        allowed_hosts: args.allow_host.clone(),
        contact: args.contact.clone(),
        query: QueryLimits {
            deadline: Duration::from_secs(args.query_timeout),
            rows: args.query_rows,
            memory: args.query_memory << 20,
            memory_together: args.queries_memory << 20,
            workers: usize::from(args.query_workers),
            queue: usize::from(args.query_queue),
        },
        max_body: args.max_body,
        max_file: cli.max_file,
    }
}

/// The address, and three things to try.
fn say_where(archive: &Archive, address: SocketAddr) -> anyhow::Result<()> {
    let here = format!(
        "http://{}:{}",
        if address.ip().is_loopback() { "localhost".to_owned() } else { address.ip().to_string() },
        address.port()
    );
    let base = archive.store.iris().base();
    let mut out = std::io::stdout().lock();
    writeln!(out, "\nIsnad serves at {here}/ (IRIs begin with {base}). Three things to try:")?;
    writeln!(
        out,
        "  open {here}/doc/sc-2017-02-15-hrw-aleppo in a browser, or {here}/doc/sc-2017-02-15-hrw-aleppo?lang=ar"
    )?;
    writeln!(out, "  curl -H 'Accept: text/turtle' {here}/doc/sc-2017-02-15-hrw-aleppo")?;
    writeln!(out, "  curl '{here}/api/queries/q01-jim-findings-standing?format=csv'")?;
    writeln!(out, "Ctrl-C stops it.\n")?;
    out.flush()?;
    Ok(())
}

async fn stop_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}

pub(super) async fn add(cli: &Cli, args: &Add) -> anyhow::Result<ExitCode> {
    let plan = Plan::from_paths(&args.paths)?;
    if plan.files.is_empty() {
        bail!("there is nothing to add there: no file with a known extension");
    }
    let archive = open::archive(cli, ALONE).await?;
    let mut settings = Settings { relink: args.relink, dry_run: args.dry_run, ..Settings::new(&archive, cli.max_file) };
    if let Some(licence) = &args.licence {
        settings.licence = NamedNode::new(licence).with_context(|| format!("`{licence}` is not an IRI"))?.into_string();
    }
    if let Some(path) = &args.mapping {
        let text = std::fs::read_to_string(path).with_context(|| format!("failed to read {}", path.display()))?;
        settings.mapping =
            Some(Mapping::from_json(&text).with_context(|| format!("failed to read the mapping {}", path.display()))?);
    }
    let begun = Instant::now();
    let bar = show::progress(plan.files.len(), "adding");
    if !settings.dry_run {
        archive.add_ontology().await?;
    }
    let report = archive.add(&plan, &settings, &|progress| show::advance(&bar, progress)).await?;
    bar.finish_and_clear();
    if args.json {
        writeln!(std::io::stdout().lock(), "{}", serde_json::to_string_pretty(&report)?)?;
    } else {
        if settings.dry_run {
            show::what_would_be(&report)?;
        }
        show::report(&report, begun.elapsed().as_secs_f64())?;
    }
    if !settings.dry_run {
        archive.relink().await.context("failed to link again the documents that name what has changed")?;
    }
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub(super) async fn query(cli: &Cli, args: &Query) -> anyhow::Result<ExitCode> {
    let Some(query) = &args.question else {
        let mut out = std::io::stdout().lock();
        for saved in serve::saved_queries() {
            let titles: Vec<&str> = saved.title.values().rev().map(String::as_str).collect();
            writeln!(out, "{:<40} {}", saved.slug, titles.join(" / "))?;
        }
        return Ok(ExitCode::SUCCESS);
    };
    let text = query_text(query, &args.set)?;
    let archive = open::archive(cli, ALONE).await?;
    let form = ask::sparql::form(&archive.store, &text).map_err(positioned)?;
    let name = args.format.as_deref();
    let format = match form {
        Form::Solutions => SolutionsFormat::from_name(name.unwrap_or("tsv")).map(AnswerFormat::Solutions),
        Form::Graph => GraphFormat::from_extension(name.unwrap_or("ttl")).map(AnswerFormat::Graph),
    };
    let Some(format) = format else {
        bail!(
            "`{}` is not a syntax for this query's answer: expected csv, tsv, json or xml for rows; ttl, jsonld, trig, nt, nq or rdf for graphs",
            name.unwrap_or_default()
        );
    };
    let asked = ask::sparql::Asked { text, dataset: Dataset::default(), format, limits: PATIENT, hosts: Vec::new() };
    let running = Arc::default();
    let past = match &args.as_of {
        Some(moment) if ask::past::is_of_today(&archive.store, &asked.text) => {
            bail!("texts, places and walks (SERVICE isnad:...) are of today, not of {moment}; leave one of the two out")
        }
        Some(moment) => Some(archive.pasts.whole(&archive.store, moment, PATIENT).await?),
        None => None,
    };
    let store = past.as_ref().map_or(&archive.store, |past| &past.store);
    let answer = ask::sparql::ask(store, &archive.views, &running, asked);
    let (_, answer) = answer.await.map_err(positioned)?;
    let mut body = answer.body;
    let mut out = std::io::stdout().lock();
    while let Some(bytes) = body.try_next().await? {
        out.write_all(&bytes)?;
    }
    writeln!(out)?;
    Ok(ExitCode::SUCCESS)
}

/// The text that an argument stands for.
fn query_text(argument: &str, set: &[String]) -> anyhow::Result<String> {
    if argument == "-" {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    let saved = serve::saved_queries().iter().find(|saved| saved.slug == argument);
    if let Some(saved) = saved {
        let values = set
            .iter()
            .map(|pair| pair.split_once('=').with_context(|| format!("`{pair}` is not NAME=VALUE")))
            .collect::<anyhow::Result<Vec<_>>>()?;
        return Ok(saved.fill(values)?);
    }
    if Path::new(argument).is_file() {
        return std::fs::read_to_string(argument).with_context(|| format!("failed to read {argument}"));
    }
    if argument.contains('{') {
        return Ok(argument.to_owned());
    }
    bail!(
        "`{argument}` is neither a file, nor a query, nor a question that comes with the archive (`isnad query` lists those)"
    )
}

/// A syntax error with its place in front.
fn positioned(error: isnad::store::Error) -> anyhow::Error {
    match &error {
        isnad::store::Error::Syntax { message, line: Some(line), column: Some(column) } => {
            anyhow::anyhow!("line {line}, column {column} of the query: {message}")
        }
        _ => error.into(),
    }
}

pub(super) async fn export(cli: &Cli, args: &Export) -> anyhow::Result<ExitCode> {
    let name = args.format.as_deref().unwrap_or(if args.id.is_some() { "ttl" } else { "nq" });
    let Some(format) = GraphFormat::from_extension(name) else {
        bail!("`{name}` is not a syntax: expected ttl, jsonld, trig, nt, nq or rdf");
    };
    if args.id.is_none() && !matches!(format, GraphFormat::NQuads | GraphFormat::TriG) {
        bail!("the whole archive is written as nq or trig, which keep the graphs; `{name}` does not");
    }
    let archive = open::archive(cli, ALONE).await?;
    let bytes = match &args.id {
        None if args.all => archive.store.dump(format).await?,
        None => {
            let iris = archive.store.iris();
            // What a machine proposed is not what the archive says.
            let is_public = |graph: &NamedNode| Part::of(iris, graph.as_ref()).is_some_and(|part| part != Part::Links);
            archive.store.dump_of(format, is_public).await?
        }
        Some(text) => {
            let id = archive
                .store
                .iris()
                .parse_id(text)
                .with_context(|| format!("`{text}` is not an identifier such as doc/jim-4"))?;
            let Some(resource) = ask::resource::find(&archive.store, &id).await? else {
                bail!("there is nothing at {id}")
            };
            write::quads(archive.store.iris(), &JsonLd::new(&archive.ontology)?, format, &resource.quads)?
        }
    };
    match &args.output {
        Some(path) => write_whole(path, &bytes)?,
        None => std::io::stdout().lock().write_all(&bytes)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a file whole or not at all.
fn write_whole(path: &PathBuf, bytes: &[u8]) -> anyhow::Result<()> {
    let mut unfinished = path.clone().into_os_string();
    unfinished.push(".part");
    std::fs::write(&unfinished, bytes)
        .and_then(|()| std::fs::rename(&unfinished, path))
        .with_context(|| format!("failed to write {}", path.display()))
}

pub(super) async fn check(cli: &Cli, args: &Check) -> anyhow::Result<ExitCode> {
    let archive = open::archive(cli, ALONE).await?;
    if args.originals {
        let bar = show::progress(0, "checking");
        let progress = |done: usize, all: usize| {
            bar.set_length(all as u64);
            bar.set_position(done as u64);
        };
        let checked = archive.check_originals(&progress).await?;
        bar.finish_and_clear();
        show::originals(&checked)?;
        let is_whole = checked.missing.is_empty() && checked.damaged.is_empty();
        return Ok(if is_whole { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    if args.paths.is_empty() {
        let report = archive.check().await?;
        let mut out = std::io::stdout().lock();
        for finding in &report.findings {
            writeln!(out, "{finding}")?;
        }
        writeln!(
            out,
            "{} graphs checked: {} refusals, {} warnings",
            report.graphs,
            report.refusals,
            report.findings.len() - report.refusals
        )?;
        return Ok(if report.refusals == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let plan = Plan::from_paths(&args.paths)?;
    let settings = Settings { dry_run: true, ..Settings::new(&archive, cli.max_file) };
    let begun = Instant::now();
    let report = archive.add(&plan, &settings, &|_| ()).await?;
    show::report(&report, begun.elapsed().as_secs_f64())?;
    Ok(if report.failures.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
