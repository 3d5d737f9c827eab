//! What can be typed, and what it does.

mod args;
mod assess;
mod backup;
mod dump;
mod entity;
mod link;
mod open;
mod review;
mod show;
mod token;
mod work;

use std::{io::Write as _, process::ExitCode};

pub(crate) use args::Cli;
use args::{Command, LogFormat};

/// Does what was typed.
pub(crate) fn run(cli: &Cli) -> anyhow::Result<ExitCode> {
    log(cli);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match &cli.command {
            Command::Serve(serve) => work::serve(cli, serve).await,
            Command::Add(add) => work::add(cli, add).await,
            Command::Link(args) => link::link(cli, args).await,
            Command::Review(args) => review::review(cli, args).await,
            Command::Entity(args) => entity::entity(cli, args).await,
            Command::Query(query) => work::query(cli, query).await,
            Command::Export(export) if export.dump.is_some() => dump::make(cli, export).await,
            Command::Export(export) => work::export(cli, export).await,
            Command::Load(load) => dump::load(cli, load).await,
            Command::Backup(args) => backup::backup(cli, args).await,
            Command::Restore(args) => backup::restore(cli, args).await,
            Command::Assess(args) => assess::assess(cli, args).await,
            Command::Token(args) => token::token(cli, args),
            Command::Check(check) => work::check(cli, check).await,
        }
    })
}

/// Writes what went wrong, with its causes, to standard error.
pub(crate) fn say_error(error: &anyhow::Error) {
    let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
    let _ = writeln!(std::io::stderr(), "isnad: {}", causes.join(": "));
}

fn log(cli: &Cli) {
    let filter = tracing_subscriber::EnvFilter::try_new(&cli.log).unwrap_or_else(|_| "info".into());
    let logs = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match cli.log_format {
        LogFormat::Text => logs.with_target(false).init(),
        LogFormat::Json => logs.json().init(),
    }
}
