//! Making dumps, and restoring them.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Instant,
};

use anyhow::{Context as _, bail};
use isnad::{
    export::dump::{Dumps, MANIFEST},
    rdf::Manifest,
};

use super::{
    Cli,
    args::{Export, Load},
    open,
    work::ALONE,
};

/// The files of a dump that are restored, the second where it is there.
const RESTORED: [&str; 2] = ["archive.nq.gz", "links.nq.gz"];

/// `isnad export --dump`
pub(super) async fn make(cli: &Cli, args: &Export) -> anyhow::Result<ExitCode> {
    let archive = open::archive(cli, ALONE).await?;
    let given = args.dump.as_deref().filter(|folder| !folder.as_os_str().is_empty());
    let kept_elsewhere = cli.store == "memory" || cli.store.contains("://");
    let (dumps, folder) = match given {
        Some(folder) => (Dumps::open(folder), folder.to_owned()),
        None if kept_elsewhere => bail!("say where the dump is to be written: --dump FOLDER"),
        None => (open::dumps(cli), Path::new(&cli.store).join("dumps")),
    };
    let begun = Instant::now();
    let dump = dumps.make(&archive.store).await?;
    let mut out = std::io::stdout().lock();
    for name in RESTORED.into_iter().chain(args.file.iter().map(String::as_str)) {
        let file = dumps.file(&dump.name, name).await?;
        writeln!(out, "{}  {:>12} bytes  {}", file.sha256, file.bytes, file.path.display())?;
    }
    writeln!(
        out,
        "{} graphs, {} triples in {}, in {:.1} s",
        dump.graphs.values().sum::<u64>(),
        dump.triples.values().sum::<u64>(),
        folder.join(&dump.name).display(),
        begun.elapsed().as_secs_f64()
    )?;
    Ok(ExitCode::SUCCESS)
}

/// `isnad load`
pub(super) async fn load(cli: &Cli, args: &Load) -> anyhow::Result<ExitCode> {
    let mut files: Vec<PathBuf> = Vec::new();
    for path in &args.paths {
        if path.is_dir() {
            let there = RESTORED.map(|name| path.join(name)).into_iter().filter(|file| file.is_file());
            files.extend(there);
        } else {
            files.push(path.clone());
        }
    }
    let Some(first) = files.first() else { bail!("there is no {} in the folder", RESTORED[0]) };
    let beside = first.with_file_name(MANIFEST);
    let text = std::fs::read(&beside)
        .with_context(|| format!("failed to read {}, which says what is in the dump", beside.display()))?;
    let manifest: Manifest =
        serde_json::from_slice(&text).with_context(|| format!("{} is not a manifest", beside.display()))?;
    let archive = open::archive(cli, ALONE).await?;
    let begun = Instant::now();
    let loaded = archive.load(&files, &manifest).await?;
    writeln!(
        std::io::stdout().lock(),
        "{} graphs with {} triples restored, in {:.1} s",
        loaded.graphs,
        loaded.triples,
        begun.elapsed().as_secs_f64()
    )?;
    Ok(ExitCode::SUCCESS)
}
