//! Opening the archive that the command line names.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::{Context as _, bail};
use isnad::{
    add::{Archive, CC0, Plan, Report, Settings},
    export::dump::Dumps,
    rdf::{Iris, Ontology, Shapes},
    store::{self, Embedded, Engine, Limits, Options, Originals, Remote, RemoteOptions, Store},
};

use super::{Cli, show};

/// The limits of the archive's own questions: pages, the dictionary, changes.
pub(super) const OWN: Limits = Limits { deadline: Duration::from_secs(600), rows: u64::MAX, memory: u64::MAX };

/// Opens the archive; `queries` says how many visitors' queries run at once and how many wait.
pub(super) async fn archive(cli: &Cli, queries: Options) -> anyhow::Result<Archive> {
    let iris = Iris::new(&cli.base_iri)?;
    let ontology = Ontology::new(iris.clone())?;
    let shapes = Shapes::new(&ontology)?;
    let snapshot = Path::new(&cli.store).join("views").join("snapshot");
    let triples = engine(&cli.store, "quads", queries, |store| {
        if cli.no_snapshot { store.without_snapshot(&snapshot) } else { store.with_snapshot(&snapshot) }
    })?;
    let originals = originals(cli)?;
    let store =
        Store::open(triples, iris, OWN).await.with_context(|| format!("failed to open the store {}", shown(cli)))?;
    let mut archive =
        Archive::open(store, ontology, shapes, originals).await.context("failed to read the names in the store")?;
    if cli.store != "memory" && !is_address(&cli.store) {
        let folder = Path::new(&cli.store).join("views");
        match archive.keep_views(&folder) {
            // They are made anew in memory, and the archive can be read.
            Err(error @ store::Error::Disk { .. }) => tracing::warn!(%error, "the views are kept in memory"),
            kept => kept.with_context(|| format!("failed to open the views in {}", folder.display()))?,
        }
    }
    let private = private(cli);
    if private != "memory" {
        let own = Options { workers: 2, queue: 64, memory: u64::MAX };
        if !private.contains("://") {
            make_folder(Path::new(&private), true)?;
        }
        let kept = archive.keep_private(engine(&private, "quads", own, |store| store)?).await;
        kept.with_context(|| format!("failed to open what is kept apart in {private}"))?;
    }
    if archive.store.has_content().await? {
        // Another version of the program may have brought another one.
        archive.add_ontology().await.context("failed to load the ontology")?;
    }
    Ok(archive)
}

/// The engine at a place; in a folder its triples are in another, `inside`. `reading` says how one in this process is read.
fn engine(
    place: &str,
    inside: &str,
    queries: Options,
    reading: impl Fn(Embedded) -> Embedded,
) -> anyhow::Result<Arc<dyn Engine>> {
    if place == "memory" {
        return Ok(Arc::new(reading(Embedded::memory(queries)?)));
    }
    if is_address(place) {
        return Ok(Arc::new(Remote::new(place, &RemoteOptions::default())?));
    }
    if place.contains("://") {
        bail!("`{place}` is not a store: expected a folder, an http(s) address, or `memory`");
    }
    let path = Path::new(place);
    make_folder(path, false)?;
    Ok(Arc::new(reading(Embedded::open(&path.join(inside), queries)?)))
}

/// Makes a folder where there is none, perhaps for its owner alone.
fn make_folder(path: &Path, is_private: bool) -> anyhow::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    if is_private {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    }
    builder.create(path).with_context(|| format!("failed to make the folder {}", path.display()))
}

/// Where what is never shown is kept.
fn private(cli: &Cli) -> String {
    match &cli.private {
        Some(place) => place.clone(),
        None if cli.store == "memory" => "memory".to_owned(),
        None if is_address(&cli.store) => "isnad-private".to_owned(),
        None => format!("{}/private", cli.store),
    }
}

/// The file of tokens; a store in memory has none of its own.
pub(super) fn tokens(cli: &Cli) -> Option<PathBuf> {
    match &cli.tokens {
        Some(file) => Some(file.clone()),
        None if cli.store == "memory" => None,
        None if is_address(&cli.store) => Some(PathBuf::from("isnad-tokens.json")),
        None => Some(Path::new(&cli.store).join("tokens.json")),
    }
}

pub(super) fn is_address(store: &str) -> bool {
    ["http://", "https://", "query="].iter().any(|start| store.starts_with(start))
}

fn originals(cli: &Cli) -> anyhow::Result<Originals> {
    match &cli.originals {
        Some(place) => {
            // The keys of an object store have names of their own, which other programs know as well.
            let own = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
            let options: Vec<_> = own.map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
            Ok(Originals::open_with(place, &options)?)
        }
        None if cli.store == "memory" => Ok(Originals::memory()),
        None if is_address(&cli.store) => Ok(Originals::open("isnad-originals")?),
        None => Ok(Originals::open(&format!("{}/originals", cli.store))?),
    }
}

/// Where the dumps are kept: beside the triples, where those are in a folder.
pub(super) fn dumps(cli: &Cli) -> Dumps {
    if cli.store == "memory" || is_address(&cli.store) {
        return Dumps::temporary();
    }
    Dumps::open(&Path::new(&cli.store).join("dumps"))
}

/// The store's name without a password in it.
fn shown(cli: &Cli) -> String {
    match cli.store.split_once("://").and_then(|(scheme, rest)| Some((scheme, rest.split_once('@')?.1))) {
        Some((scheme, rest)) => format!("{scheme}://{rest}"),
        None => cli.store.clone(),
    }
}

/// Fills an archive in which nothing has ever been changed; `None` where something has.
pub(super) async fn fill(archive: &Archive, plan: &Plan, max_file: usize) -> anyhow::Result<Option<Report>> {
    if archive.is_filled().await? {
        return Ok(None);
    }
    let settings = Settings { licence: CC0.to_owned(), ..Settings::new(archive, max_file) };
    archive.add_ontology().await.context("failed to load the ontology")?;
    archive.store.set_mark("loading").await?;
    let bar = show::progress(plan.files.len(), "loading the archive");
    let report = archive.add(plan, &settings, &|progress| show::advance(&bar, progress)).await?;
    bar.finish_and_clear();
    archive.store.set_mark("loaded").await?;
    Ok(Some(report))
}
