//! How do the views stay current?
//!
//! The log of changes numbers what was committed. A view that reflects change 40 reads which graphs the changes from
//! 41 on touched, reads those graphs as they are now, and is stamped with the last number. What it reads may already be
//! newer than that number; then the next round reads it once more, and nothing is lost or doubled.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use tokio::{
    sync::{Mutex, Semaphore},
    task::{AbortHandle, spawn_blocking},
};

use super::{
    adjacency::{Adjacency, read},
    columns::Columns,
    counts::{Counts, Totals},
    places::{Places, Sites},
    source,
    text::{Hits, Search, Stamp, TextError, TextIndex, Writing},
    touched::{Seen, Touched},
};
use crate::store::{Error, Store};

/// The folder of the text index within the folder of the views.
const TEXT: &str = "text";

/// How long the first making of a view is waited for before it is said that it takes longer.
const FIRST: Duration = Duration::from_secs(20);

/// The views of one archive; clones are handles of the same views.
#[derive(Clone)]
pub struct Views(Arc<Inner>);

struct Inner {
    store: Store,
    folder: Option<PathBuf>,
    text: RwLock<Arc<TextIndex>>,
    places: RwLock<Arc<Places>>,
    /// The change that both views reflect.
    sequence: AtomicU64,
    /// Set when reading found the text index broken.
    damaged: AtomicBool,
    /// Whether the text index was brought to a change of the log since it was opened or begun anew.
    is_indexed: AtomicBool,
    /// How many searches run at once: one for each processor.
    searches: Arc<Semaphore>,
    /// Held by whoever brings the views up to date.
    round: Mutex<Round>,
    adjacency: RwLock<Adjacency>,
    /// The change that the adjacency reflects, once it was made; held by whoever brings it up to date.
    walked: Mutex<Option<u64>>,
    /// By what everything was last sorted and counted.
    columns: RwLock<Option<Arc<Columns>>>,
    /// The change that the columns reflect; held by whoever makes them.
    sorted: Mutex<Option<u64>>,
    /// What was counted, and the change that it reflects, once it was; held by whoever brings it up to date.
    counted: Mutex<Option<(u64, Counts)>>,
    /// Which change was the last to touch what, once it was made out.
    touched: RwLock<Option<Touched>>,
    /// Whether that was made out once.
    was_touched: AtomicBool,
    /// Held by whoever brings that up to date.
    touching: Mutex<()>,
}

/// What is known from the last round.
#[derive(Default)]
struct Round {
    /// The stamp of the text index, once it was compared with the log.
    stamp: Option<Stamp>,
    /// Everything with coordinates, by graph.
    sites: Sites,
}

impl std::fmt::Debug for Views {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Views")
            .field("folder", &self.0.folder)
            .field("sequence", &self.sequence())
            .finish_non_exhaustive()
    }
}

impl Views {
    /// Opens the views of a store, in a folder or in memory. They show nothing before the first [`Views::refresh`].
    pub fn open(store: &Store, folder: Option<&Path>) -> Result<Self, Error> {
        let text = open_text(folder).map_err(Error::internal)?;
        Ok(Self(Arc::new(Inner {
            store: store.patient(),
            folder: folder.map(Path::to_owned),
            text: RwLock::new(Arc::new(text)),
            places: RwLock::default(),
            sequence: AtomicU64::new(0),
            damaged: AtomicBool::new(false),
            is_indexed: AtomicBool::new(false),
            searches: Arc::new(Semaphore::new(std::thread::available_parallelism().map_or(2, usize::from))),
            round: Mutex::default(),
            adjacency: RwLock::default(),
            walked: Mutex::default(),
            columns: RwLock::default(),
            sorted: Mutex::default(),
            counted: Mutex::default(),
            touched: RwLock::default(),
            was_touched: AtomicBool::default(),
            touching: Mutex::default(),
        })))
    }

    /// The number of the last change that the views reflect.
    #[must_use]
    pub fn sequence(&self) -> u64 {
        self.0.sequence.load(Ordering::Acquire)
    }

    /// Brings the views to the last change of the log, and tells its number.
    ///
    /// Once begun it is carried to its end even if the future is dropped, so that nobody's deadline makes a long
    /// rebuilding start over.
    pub async fn refresh(&self) -> Result<u64, Error> {
        let inner = Arc::clone(&self.0);
        let all = async move { tokio::try_join!(inner.refresh(), inner.keep_adjacency(), inner.keep_counts()) };
        let (last, (), ()) = tokio::spawn(all).await.map_err(Error::internal)??;
        Ok(last)
    }

    /// Who stands next to whom after the last change of the log. It does not wait for the other views.
    pub async fn adjacency(&self) -> Result<Adjacency, Error> {
        let inner = Arc::clone(&self.0);
        let (adjacency, _) =
            tokio::spawn(async move { inner.refresh_adjacency().await }).await.map_err(Error::internal)??;
        Ok(adjacency)
    }

    /// By what everything is sorted and counted, after the last change of the log.
    pub async fn columns(&self) -> Result<Arc<Columns>, Error> {
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move { inner.refresh_columns().await }).await.map_err(Error::internal)?
    }

    /// Brings what was touched to the last change of the log.
    async fn keep_touched(&self) -> Result<(), Error> {
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move { inner.refresh_touched().await }).await.map_err(Error::internal)?
    }

    /// Whether they were brought to the last change within some time; the work goes on where they were not.
    pub async fn caught_up(&self, patience: Duration) -> bool {
        matches!(tokio::time::timeout(patience, self.columns()).await, Ok(Ok(_)))
    }

    /// How much there is after the last change of the log, with its number. It does not wait for the other views.
    pub async fn counts(&self) -> Result<(u64, Arc<Totals>), Error> {
        let inner = Arc::clone(&self.0);
        tokio::spawn(async move { inner.refresh_counts().await }).await.map_err(Error::internal)?
    }

    /// The last change that may have touched any of what an answer was made from; the last of all where that cannot be
    /// made out in some time.
    pub async fn touched(&self, seen: &Seen, patience: Duration) -> Result<u64, Error> {
        let last = self.0.store.last_change().await?;
        if let Some(number) = self.0.touched_at(last, seen) {
            return Ok(number);
        }
        // Of a large archive it takes minutes to make it out for the first time: one waits for that, not everybody.
        if !self.0.was_touched.load(Ordering::Relaxed) && self.0.touching.try_lock().is_err() {
            return Ok(last);
        }
        let inner = Arc::clone(&self.0);
        let refreshing = tokio::spawn(async move { inner.refresh_touched().await });
        match tokio::time::timeout(patience, refreshing).await {
            Ok(done) => done.map_err(Error::internal)??,
            Err(_) => return Ok(last),
        }
        Ok(self.0.touched_at(last, seen).unwrap_or(last))
    }

    /// Refreshes every now and then, until the guard is dropped.
    #[must_use]
    pub fn follow(&self, every: Duration) -> Following {
        let views = self.clone();
        let task = tokio::spawn(async move {
            loop {
                let all =
                    async { tokio::try_join!(views.refresh(), views.columns(), views.counts(), views.keep_touched()) };
                if let Err(error) = all.await {
                    tracing::warn!(%error, "the views could not be brought up to date");
                }
                tokio::time::sleep(every).await;
            }
        });
        Following(task.abort_handle())
    }

    /// Who stands next to whom, after the last change as far as that can be made out in some time, or else as it was
    /// last known. The work goes on. Where nothing is known yet, that is waited for a while longer, then it is said.
    pub async fn adjacency_within(&self, patience: Duration) -> Result<Adjacency, Error> {
        let is_made = || !self.0.adjacency.read().unwrap_or_else(PoisonError::into_inner).is_empty();
        match tokio::time::timeout(patience, self.adjacency()).await {
            Ok(made) => made,
            Err(_) if is_made() => Ok(self.0.adjacency.read().unwrap_or_else(PoisonError::into_inner).clone()),
            Err(_) => tokio::time::timeout(FIRST, self.adjacency()).await.unwrap_or(Err(Error::Busy)),
        }
    }

    /// Brings texts and columns to the last change as far as that can be done in some time, and gives the columns as
    /// they are then, or were last known. The work goes on. Where nothing is known yet, that is waited for a while
    /// longer, then it is said.
    pub async fn current(&self, patience: Duration) -> Result<Arc<Columns>, Error> {
        let both = async || tokio::join!(self.refresh(), self.columns()).1;
        let known = || {
            let columns = self.0.columns.read().unwrap_or_else(PoisonError::into_inner).clone();
            columns.filter(|_| self.0.is_indexed.load(Ordering::Acquire))
        };
        match (tokio::time::timeout(patience, both()).await, known()) {
            (Ok(made), _) => made,
            (Err(_), Some(known)) => Ok(known),
            (Err(_), None) => tokio::time::timeout(FIRST, both()).await.unwrap_or(Err(Error::Busy)),
        }
    }

    /// Searches the texts and names, on a blocking thread, as they were at the last [`Views::refresh`].
    pub async fn search(&self, search: Search) -> Result<Hits, Error> {
        self.with_text(move |text| text.search(&search)).await
    }

    /// Works with the text index on a blocking thread. Before it was made once it holds less than there is: then the
    /// views are busy.
    pub async fn with_text<T: Send + 'static>(
        &self,
        work: impl FnOnce(&TextIndex) -> Result<T, TextError> + Send + 'static,
    ) -> Result<T, Error> {
        if !self.0.is_indexed.load(Ordering::Acquire) {
            return Err(Error::Busy);
        }
        let text = Arc::clone(&self.0.text.read().unwrap_or_else(PoisonError::into_inner));
        let broken = |error: Box<dyn std::error::Error + Send + Sync>| {
            self.0.damaged.store(true, Ordering::Release);
            Error::internal(error)
        };
        let turn = Arc::clone(&self.0.searches).acquire_owned().await.map_err(Error::internal)?;
        let running = spawn_blocking(move || {
            let _turn = turn;
            work(&text)
        });
        match running.await {
            Ok(Ok(found)) => Ok(found),
            Ok(Err(TextError::Deadline)) => Err(Error::Deadline(Duration::ZERO)),
            Ok(Err(error)) => Err(broken(error.into())),
            Err(panicked) => Err(broken(panicked.into())),
        }
    }

    /// Everything with coordinates, as it was at the last [`Views::refresh`].
    #[must_use]
    pub fn places(&self) -> Arc<Places> {
        Arc::clone(&self.0.places.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Keeps the views current as long as it lives.
#[derive(Debug)]
pub struct Following(AbortHandle);

impl Drop for Following {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn open_text(folder: Option<&Path>) -> Result<TextIndex, TextError> {
    folder.map_or_else(TextIndex::memory, |folder| TextIndex::open(&folder.join(TEXT)))
}

impl Inner {
    async fn refresh(&self) -> Result<u64, Error> {
        let mut round = self.round.lock().await;
        let last = self.store.last_change().await?;
        if self.damaged.swap(false, Ordering::AcqRel) {
            self.begin_anew(&mut round).await?;
        }
        if round.stamp.as_ref().is_some_and(|stamp| stamp.sequence == last) {
            self.is_indexed.store(true, Ordering::Release);
            return Ok(last);
        }
        let known = match &round.stamp {
            Some(stamp) => Some(stamp.clone()),
            None => self.trusted(&mut round, last).await?,
        };
        let changed = match &known {
            Some(stamp) => self.changed(stamp.sequence, last).await?,
            None => None,
        };
        let ours =
            |graphs: BTreeSet<String>| graphs.into_iter().filter(|graph| source::is_ours(&self.store, graph)).collect();
        let changed = changed.map(ours);
        let result = self.round(&mut round, known, changed, last).await;
        if result.is_err() {
            // The next round starts from what is on disk, or from nothing.
            round.stamp = None;
        } else {
            self.is_indexed.store(true, Ordering::Release);
        }
        result
    }

    /// Brings the adjacency to the last change where it was made already: it is in memory, and who only writes and
    /// leaves has no use for it.
    async fn keep_adjacency(&self) -> Result<(), Error> {
        let is_made = self.walked.lock().await.is_some();
        if is_made { self.refresh_adjacency().await.map(drop) } else { Ok(()) }
    }

    /// Brings the adjacency to the last change: made once from everything, then graph by graph.
    async fn refresh_adjacency(&self) -> Result<(Adjacency, u64), Error> {
        let mut walked = self.walked.lock().await;
        let last = self.store.last_change().await?;
        let before = self.adjacency.read().unwrap_or_else(PoisonError::into_inner).clone();
        if *walked == Some(last) {
            return Ok((before, last));
        }
        let changed = match *walked {
            Some(sequence) => self.changed(sequence, last).await?,
            None => None,
        };
        let now = if let Some(changed) = changed {
            read::after(&self.store, &before, &changed).await?
        } else {
            let made = read::anew(&self.store).await?;
            let (edge_bytes, other_bytes) = made.bytes();
            tracing::info!(statements = made.edge_count(), edge_bytes, other_bytes, "who stands next to whom is known");
            made
        };
        let now = read::merged(now).await?;
        *self.adjacency.write().unwrap_or_else(PoisonError::into_inner) = now.clone();
        *walked = Some(last);
        Ok((now, last))
    }

    /// Makes the columns anew where there was a change.
    async fn refresh_columns(&self) -> Result<Arc<Columns>, Error> {
        let mut sorted = self.sorted.lock().await;
        let (adjacency, last) = self.refresh_adjacency().await?;
        let known = self.columns.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let (Some(known), true) = (known, *sorted == Some(last)) {
            return Ok(known);
        }
        let base = self.store.iris().base().to_owned();
        let made = spawn_blocking(move || Arc::new(Columns::of(adjacency, &base))).await.map_err(Error::internal)?;
        *self.columns.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&made));
        *sorted = Some(last);
        Ok(made)
    }

    /// Counts what changed, where everything was counted once already.
    async fn keep_counts(&self) -> Result<(), Error> {
        let is_made = self.counted.lock().await.is_some();
        if is_made { self.refresh_counts().await.map(drop) } else { Ok(()) }
    }

    /// Brings the counts to the last change.
    async fn refresh_counts(&self) -> Result<(u64, Arc<Totals>), Error> {
        let mut counted = self.counted.lock().await;
        let last = self.store.last_change().await?;
        // Taken out while it changes: what is half changed is made anew.
        let counts = match counted.take() {
            Some((sequence, counts)) if sequence == last => counts,
            Some((sequence, mut counts)) => match self.changed(sequence, last).await? {
                Some(changed) => {
                    counts.take(&self.store, &changed).await?;
                    counts
                }
                None => Counts::anew(&self.store).await?,
            },
            None => Counts::anew(&self.store).await?,
        };
        let totals = counts.totals();
        *counted = Some((last, counts));
        Ok((last, totals))
    }

    /// The last change that may have touched something, where the changes up to `last` are known.
    fn touched_at(&self, last: u64, seen: &Seen) -> Option<u64> {
        let touched = self.touched.read().unwrap_or_else(PoisonError::into_inner);
        touched.as_ref().filter(|touched| touched.sequence >= last).map(|touched| touched.last_of(seen))
    }

    /// Brings what was touched to the last change: made out once from everything, then graph by graph.
    async fn refresh_touched(&self) -> Result<(), Error> {
        let _turn = self.touching.lock().await;
        let last = self.store.last_change().await?;
        let known = self.touched.read().unwrap_or_else(PoisonError::into_inner).as_ref().map(|it| it.sequence);
        if known == Some(last) {
            return Ok(());
        }
        let changed = match known {
            Some(sequence) => self.changed(sequence, last).await?,
            None => None,
        };
        // Taken out while it changes: what is half changed is made anew.
        let before = self.touched.write().unwrap_or_else(PoisonError::into_inner).take();
        let mut now = match (before, changed) {
            (Some(mut touched), Some(changed)) => {
                touched.follow(&self.store, &changed, last).await?;
                touched
            }
            _ => Touched::anew(&self.store, last).await?,
        };
        now.settle(&self.store).await?;
        *self.touched.write().unwrap_or_else(PoisonError::into_inner) = Some(now);
        self.was_touched.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// The stamp of the index as it was found, if it is whole and belongs to a state in the log of this archive.
    async fn trusted(&self, round: &mut Round, last: u64) -> Result<Option<Stamp>, Error> {
        let text = self.text();
        let Some(stamp) = text.stamp().map_err(Error::internal)? else { return Ok(None) };
        let ours = stamp.base == self.store.iris().base() && stamp.sequence <= last;
        if !ours || self.record(stamp.sequence).await? != stamp.record {
            return Ok(None);
        }
        if spawn_blocking(move || text.is_whole()).await.map_err(Error::internal)? {
            return Ok(Some(stamp));
        }
        tracing::warn!("the text index is damaged and is made anew");
        self.begin_anew(round).await?;
        Ok(None)
    }

    /// What the log says of a change: when it was, and the digest of the graph.
    async fn record(&self, number: u64) -> Result<String, Error> {
        let iris = self.store.iris();
        let query = format!(
            "PREFIX prov: <http://www.w3.org/ns/prov#> \
             SELECT ?at ?digest {{ GRAPH {log} {{ {change} {digest} ?digest ; prov:generatedAtTime ?at }} }}",
            log = iris.graph("changes"),
            change = iris.path(&format!("change/{number}")),
            digest = iris.term("digest"),
        );
        let rows = self.store.select(&query).await?;
        let row = rows.first();
        let text = |name: &str| row.and_then(|row| row.text(name)).unwrap_or_default();
        Ok(format!("{} {}", text("digest"), text("at")))
    }

    /// The graphs that changed after one change, up to another; `None` where the log has a gap.
    async fn changed(&self, after: u64, last: u64) -> Result<Option<BTreeSet<String>>, Error> {
        let iris = self.store.iris();
        let query = format!(
            "SELECT ?number ?graph {{ GRAPH {log} {{ ?change {sequence} ?number ; {of} ?graph \
             FILTER(?number > {after} && ?number <= {last}) }} }}",
            log = iris.graph("changes"),
            sequence = iris.term("sequence"),
            of = iris.term("changeOf"),
        );
        let rows = self.store.select(&query).await?;
        let numbers: BTreeSet<u64> = rows.iter().filter_map(|row| row.number("number")).collect();
        if after > last || numbers.len() as u64 != last - after {
            return Ok(None);
        }
        Ok(Some(rows.iter().filter_map(|row| row.iri("graph")).map(str::to_owned).collect()))
    }

    /// Reads what changed, or everything, into both views, and stamps them.
    async fn round(
        &self,
        round: &mut Round,
        known: Option<Stamp>,
        changed: Option<BTreeSet<String>>,
        last: u64,
    ) -> Result<u64, Error> {
        let anew = changed.is_none();
        let mut graphs = match changed {
            Some(graphs) => graphs,
            None => source::graphs(&self.store).await?,
        };
        let text = self.text();
        let mut writing = begin(&text).await.map_err(Error::internal)?;
        if anew {
            tracing::info!(graphs = graphs.len(), change = last, "the views are made anew");
            writing.clear().map_err(Error::internal)?;
            round.sites = Sites::default();
        } else if round.stamp.is_none() {
            // The text index was on disk; places are always read anew.
            self.read_places(round, &graphs).await?;
        }
        // What was withdrawn is read too, and found empty.
        for batch in source::batches(&std::mem::take(&mut graphs)) {
            let read = source::read(&self.store, &batch).await?;
            round.sites.extend(&read);
            writing = put(writing, read).await.map_err(Error::internal)?;
        }
        let unchanged = !anew && known.as_ref().is_some_and(|stamp| stamp.sequence == last);
        let stamp = Stamp::new(self.store.iris().base(), last, self.record(last).await?);
        let places = Arc::new(Places::new(&round.sites));
        if !unchanged {
            writing = commit(writing, &stamp).await.map_err(Error::internal)?;
        }
        text.reload().map_err(Error::internal)?;
        *self.places.write().unwrap_or_else(PoisonError::into_inner) = places;
        round.stamp = Some(stamp);
        self.sequence.store(last, Ordering::Release);
        spawn_blocking(move || writing.settle()).await.map_err(Error::internal)?.map_err(Error::internal)?;
        text.reload().map_err(Error::internal)?;
        Ok(last)
    }

    /// Reads the places of all graphs but those that are read anyway.
    async fn read_places(&self, round: &mut Round, but: &BTreeSet<String>) -> Result<(), Error> {
        round.sites = Sites::default();
        let start = self.store.iris().path("graph/authority/").into_string();
        let graphs = source::graphs(&self.store).await?;
        let authorities = graphs.difference(but).filter(|graph| graph.starts_with(&start)).cloned().collect();
        for batch in source::batches(&authorities) {
            round.sites.extend(&source::read(&self.store, &batch).await?);
        }
        Ok(())
    }

    fn text(&self) -> Arc<TextIndex> {
        Arc::clone(&self.text.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Throws the text index away.
    async fn begin_anew(&self, round: &mut Round) -> Result<(), Error> {
        let folder = self.folder.clone();
        let opened = spawn_blocking(move || {
            if let Some(folder) = &folder {
                let _ = std::fs::remove_dir_all(folder.join(TEXT));
            }
            open_text(folder.as_deref())
        });
        let text = opened.await.map_err(Error::internal)?.map_err(Error::internal)?;
        // Before it is seen: what it lacks is not to be taken for what there is not.
        self.is_indexed.store(false, Ordering::Release);
        *self.text.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(text);
        round.stamp = None;
        Ok(())
    }
}

async fn begin(text: &Arc<TextIndex>) -> Result<Writing, TextError> {
    let text = Arc::clone(text);
    spawn_blocking(move || text.begin()).await.map_err(std::io::Error::other)?
}

async fn put(
    mut writing: Writing,
    read: std::collections::BTreeMap<String, source::Graph>,
) -> Result<Writing, TextError> {
    let written = spawn_blocking(move || {
        for (iri, graph) in &read {
            writing.put(iri, graph)?;
        }
        Ok(writing)
    });
    written.await.map_err(std::io::Error::other)?
}

async fn commit(mut writing: Writing, stamp: &Stamp) -> Result<Writing, TextError> {
    let stamp = stamp.clone();
    let written = spawn_blocking(move || writing.commit(&stamp).map(|()| writing));
    written.await.map_err(std::io::Error::other)?
}
