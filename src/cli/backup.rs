//! Backing up, and restoring.

use std::{io::Write as _, path::Path, process::ExitCode, time::Instant};

use anyhow::{Context as _, bail};
use isnad::export::backup::{self, Here, Service, Source};

use super::{
    Cli,
    args::{Backup, Restore},
    open,
    work::ALONE,
};

/// `isnad backup`
pub(super) async fn backup(cli: &Cli, args: &Backup) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let source: Box<dyn Source> = if let Some(address) = &args.service {
        let token = args.token.clone().context("the service asks for a token; put it into ISNAD_TOKEN")?;
        Box::new(Service::new(address, token)?)
    } else {
        let archive = open::archive(cli, ALONE).await.context(
            "where a service has the store open, name it: --service http://localhost:7878/, with its token in ISNAD_TOKEN",
        )?;
        let (store, private, originals) = (archive.store, archive.private, archive.originals);
        Box::new(Here { store, private, originals, tokens: open::tokens(cli) })
    };
    let written = backup::write(source.as_ref(), &args.folder).await?;
    writeln!(
        std::io::stdout().lock(),
        "as of change {}: {} triples and {} originals in {}; {} of {} pieces and {} originals were new, {} bytes, in {:.1} s",
        written.sequence,
        written.triples,
        written.originals,
        args.folder.display(),
        written.new_pieces,
        written.pieces,
        written.new_originals,
        written.bytes,
        begun.elapsed().as_secs_f64()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `isnad restore`
pub(super) async fn restore(cli: &Cli, args: &Restore) -> anyhow::Result<ExitCode> {
    if cli.store == "memory" || open::is_address(&cli.store) {
        bail!("a backup is restored into a folder: name a new one with --store");
    }
    let begun = Instant::now();
    let restored = backup::restore(&args.folder, Path::new(&cli.store), open::OWN).await?;
    writeln!(
        std::io::stdout().lock(),
        "as of change {}: {} triples and {} originals restored in {}, every piece with its digest{}{}, in {:.1} s",
        restored.sequence,
        restored.triples,
        restored.originals,
        cli.store,
        if restored.has_private { ", with what is kept apart" } else { "; what is kept apart is not in this backup" },
        if restored.has_tokens { ", with the tokens" } else { "; there are no tokens in it" },
        begun.elapsed().as_secs_f64()
    )?;
    Ok(ExitCode::SUCCESS)
}
