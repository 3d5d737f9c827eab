//! `isnad token`: who may write. The archive need not be opened for it, so that it works while the service runs.

use std::{io::Write as _, process::ExitCode};

use anyhow::Context as _;
use isnad::serve::tokens::Tokens;
use jiff::{Timestamp, tz::TimeZone};

use super::{
    Cli,
    args::{Token, TokenCommand},
    open,
};

pub(super) fn token(cli: &Cli, args: &Token) -> anyhow::Result<ExitCode> {
    let file = open::tokens(cli).context("a store in memory has no tokens of its own; name a file with --tokens")?;
    if let Some(folder) = file.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("failed to make the folder {}", folder.display()))?;
    }
    let (tokens, now) = (Tokens::open(file), Timestamp::now());
    let mut out = std::io::stdout().lock();
    match &args.command {
        TokenCommand::Create { role, name, expires } => {
            let expires =
                expires.map(|day| day.to_zoned_datetime(TimeZone::UTC)).transpose()?.map(|day| day.timestamp());
            let (token, secret) = tokens.create(name, *role, expires, now)?;
            writeln!(std::io::stderr(), "token {} for {} ({}); it is shown this once:", token.id, name, role.name())?;
            writeln!(out, "{secret}")?;
        }
        TokenCommand::List { json: true } => {
            serde_json::to_writer_pretty(&mut out, &tokens.all()?)?;
            writeln!(out)?;
        }
        TokenCommand::List { json: false } => {
            let used = tokens.last_used();
            let time = |at: Option<Timestamp>| at.map_or_else(|| "-".to_owned(), |at| at.strftime("%F %R").to_string());
            writeln!(out, "{:<10} {:<10} {:<17} {:<17} {:<17} name", "id", "role", "expires", "revoked", "last used")?;
            for token in tokens.all()? {
                let (expires, revoked) = (time(token.expires), time(token.revoked));
                let (role, last) = (token.role.name(), time(used.get(&token.id).copied()));
                writeln!(out, "{:<10} {role:<10} {expires:<17} {revoked:<17} {last:<17} {}", token.id, token.name)?;
            }
        }
        TokenCommand::Revoke { token } => {
            let token = tokens.revoke(token, now)?;
            writeln!(out, "{} of {} is refused from now on", token.id, token.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
