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
    store::{Embedded, Engine, Limits, Options, Originals, Remote, RemoteOptions, Store},
};

use super::{Cli, show};

/// The limits of the archive's own questions: pages, the dictionary, changes.
const OWN: Limits = Limits { deadline: Duration::from_secs(600), rows: u64::MAX, memory: u64::MAX };

/// Opens the archive; `queries` says how many visitors' queries run at once and how many wait.
pub(super) async fn archive(cli: &Cli, queries: Options) -> anyhow::Result<Archive> {
    let iris = Iris::new(&cli.base_iri)?;
    let ontology = Ontology::new(iris.clone())?;
    let shapes = Shapes::new(&ontology)?;
    let triples = engine(&cli.store, "quads", queries)?;
    let originals = originals(cli)?;
    let store =
        Store::open(triples, iris, OWN).await.with_context(|| format!("failed to open the store {}", shown(cli)))?;
    let mut archive =
        Archive::open(store, ontology, shapes, originals).await.context("failed to read the names in the store")?;
    if cli.store != "memory" && !is_address(&cli.store) {
        let folder = Path::new(&cli.store).join("views");
        archive.keep_views(&folder).with_context(|| format!("failed to open the views in {}", folder.display()))?;
    }
    let private = private(cli);
    if private != "memory" {
        let own = Options { workers: 2, queue: 64, memory: u64::MAX };
        let kept = archive.keep_private(engine(&private, "quads", own)?).await;
        kept.with_context(|| format!("failed to open what is kept apart in {private}"))?;
    }
    if archive.store.has_content().await? {
        // Another version of the program may have brought another one.
        archive.add_ontology().await.context("failed to load the ontology")?;
    }
    Ok(archive)
}

/// The engine at a place; in a folder its triples are in another, `inside`.
fn engine(place: &str, inside: &str, queries: Options) -> anyhow::Result<Arc<dyn Engine>> {
    if place == "memory" {
        return Ok(Arc::new(Embedded::memory(queries)?));
    }
    if is_address(place) {
        return Ok(Arc::new(Remote::new(place, &RemoteOptions::default())?));
    }
    if place.contains("://") {
        bail!("`{place}` is not a store: expected a folder, an http(s) address, or `memory`");
    }
    let path = Path::new(place);
    std::fs::create_dir_all(path).with_context(|| format!("failed to make the folder {}", path.display()))?;
    Ok(Arc::new(Embedded::open(&path.join(inside), queries)?))
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

fn is_address(store: &str) -> bool {
    ["http://", "https://", "query="].iter().any(|start| store.starts_with(start))
}

fn originals(cli: &Cli) -> anyhow::Result<Originals> {
    match &cli.originals {
        Some(place) => Ok(Originals::open(place)?),
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
    let report = archive.add(plan, &settings, &|done| bar.set_position(done as u64)).await?;
    bar.finish_and_clear();
    archive.store.set_mark("loaded").await?;
    Ok(Some(report))
}
