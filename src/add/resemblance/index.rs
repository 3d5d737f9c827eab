//! Which of all documents are worth comparing with one? Those that have a band in common with it.
//!
//! The index is made of what the store says and follows the log of changes; it is kept in a file beside the views, so that
//! it need not be made anew each time. Losing it loses nothing.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs,
    path::PathBuf,
};

use serde::{Deserialize, Serialize};

use super::texts;
use crate::{
    ask::linking,
    link::resemblance::Bands,
    model::Id,
    rdf::{describe, vocab::isn},
    store::{Error, Store},
};

/// So many records of the log are looked up in one question.
const RECORDS: usize = 1_000;
/// So many documents are read at once.
const AT_ONCE: usize = 100;
/// It is kept when one document in so many is new.
const ONE_IN: usize = 10;
/// The name of the file, which changes with what is in it.
const FILE: &str = "resemblance-1.json";

/// The bands of every text.
#[derive(Debug, Default)]
pub(in crate::add) struct Index {
    kept: Kept,
    by_band: HashMap<u64, BTreeSet<Id>>,
    file: Option<PathBuf>,
    /// How many documents were read since it was kept.
    unsaved: usize,
}

/// What is kept in the file.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Kept {
    /// The change that it reflects, and the digest in its record: another archive has another one.
    number: u64,
    digest: String,
    bands: BTreeMap<Id, Vec<u64>>,
}

impl Index {
    /// The index in a folder, or a new one.
    pub(in crate::add) fn open(folder: &std::path::Path) -> Self {
        let file = folder.join(FILE);
        let kept: Kept = fs::read(&file).ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let mut index = Self { kept, file: Some(file), ..Self::default() };
        index.sort();
        index
    }

    fn sort(&mut self) {
        self.by_band.clear();
        for (id, bands) in &self.kept.bands {
            for band in bands {
                self.by_band.entry(*band).or_default().insert(id.clone());
            }
        }
    }

    /// Keeps it, where it has a file and much of it is new: the rest is read again from the log. A fault costs time the
    /// next time and nothing else.
    pub(super) fn save(&mut self) {
        let Some(file) = self.file.as_ref().filter(|_| self.unsaved * ONE_IN >= self.kept.bands.len()) else { return };
        self.unsaved = 0;
        let unfinished = file.with_extension("part");
        let bytes = serde_json::to_vec(&self.kept).unwrap_or_default();
        if let Err(error) = fs::write(&unfinished, bytes).and_then(|()| fs::rename(&unfinished, file)) {
            tracing::warn!(%error, file = %file.display(), "the index of resembling texts could not be kept");
        }
    }

    /// The documents with which one has a band in common, those with most of them first.
    pub(super) fn near(&self, document: &Id, most: usize) -> Vec<Id> {
        let mut meets: BTreeMap<&Id, usize> = BTreeMap::new();
        for band in self.kept.bands.get(document).into_iter().flatten() {
            for other in self.by_band.get(band).into_iter().flatten().filter(|other| *other != document) {
                *meets.entry(other).or_default() += 1;
            }
        }
        let mut meets: Vec<(&Id, usize)> = meets.into_iter().collect();
        meets.sort_by_key(|(id, count)| (std::cmp::Reverse(*count), *id));
        meets.into_iter().take(most).map(|(id, _)| id.clone()).collect()
    }

    /// Brings it up to date with the store.
    pub(super) async fn refresh(&mut self, store: &Store) -> Result<(), Error> {
        let last = store.last_change().await?;
        let is_known = self.kept.number <= last && self.kept.digest == digest_of(store, self.kept.number).await?;
        let changed: BTreeSet<Id> = if is_known && self.kept.number > 0 {
            changed(store, self.kept.number, last).await?
        } else {
            self.kept.bands.clear();
            linking::documents(store).await?.into_iter().collect()
        };
        for id in &changed {
            self.forget(id);
        }
        self.unsaved += changed.len();
        let changed: Vec<Id> = changed.into_iter().collect();
        for some in changed.chunks(AT_ONCE) {
            for (id, texts) in texts::read(store, some.to_vec()).await? {
                let layers = texts.layers.iter();
                let bands: BTreeSet<u64> = layers
                    .flat_map(|layer| {
                        Bands::SHINGLES.of(&layer.shingles).into_iter().chain(Bands::SHARED.of(&layer.shared))
                    })
                    .collect();
                for band in &bands {
                    self.by_band.entry(*band).or_default().insert(id.clone());
                }
                self.kept.bands.insert(id, bands.into_iter().collect());
            }
        }
        self.kept.number = last;
        self.kept.digest = digest_of(store, last).await?;
        Ok(())
    }

    fn forget(&mut self, document: &Id) {
        for band in self.kept.bands.remove(document).unwrap_or_default() {
            if let Some(with) = self.by_band.get_mut(&band) {
                with.remove(document);
                if with.is_empty() {
                    self.by_band.remove(&band);
                }
            }
        }
    }
}

/// The digest in the record of a change; nothing where there is no such change.
async fn digest_of(store: &Store, number: u64) -> Result<String, Error> {
    let (log, change) = (store.iris().graph("changes"), store.iris().path(&format!("change/{number}")));
    let query = format!("SELECT ?d {{ GRAPH {log} {{ {change} {} ?d }} }}", store.iris().term(isn::DIGEST));
    Ok(store.select(&query).await?.first().and_then(|row| row.text("d")).unwrap_or_default())
}

/// The documents whose texts or links have changed after one change, up to another.
async fn changed(store: &Store, after: u64, upto: u64) -> Result<BTreeSet<Id>, Error> {
    let iris = store.iris();
    let numbers: Vec<u64> = (after + 1..=upto).collect();
    let mut found = BTreeSet::new();
    for some in numbers.chunks(RECORDS) {
        let records: Vec<String> =
            some.iter().map(|number| iris.path(&format!("change/{number}")).to_string()).collect();
        let query = format!(
            "SELECT DISTINCT ?g {{ VALUES ?change {{ {} }} GRAPH {} {{ ?change {} ?g }} }}",
            records.join(" "),
            iris.graph("changes"),
            iris.term(isn::CHANGE_OF),
        );
        for row in store.select(&query).await? {
            let path = row.iri("g").and_then(|graph| iris.relative(graph)).unwrap_or_default();
            let key = path
                .strip_prefix("graph/doc/")
                .or_else(|| path.strip_prefix("graph/mention/")?.strip_suffix(describe::RUN)?.strip_suffix('/'));
            found.extend(key.and_then(|key| format!("doc/{key}").parse::<Id>().ok()));
        }
    }
    Ok(found)
}
