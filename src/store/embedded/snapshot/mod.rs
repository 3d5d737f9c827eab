//! How is the store read fast?
//!
//! From a [`State`]: a [`Base`] that no longer changes, in files that are mapped, and what was committed since, in
//! memory. Terms are numbers by their rank in a sorted dictionary, quads stand in five orders. A query is evaluated on
//! one state from its beginning to its end; a commit makes the next state before it is reported, so that the next query
//! sees it. Before the difference slows reading, a new base is written behind the scenes and takes the old one's place.
//!
//! The store keeps the truth. What was touched since the base was written is in a [`journal`], so that a process that
//! was killed goes on from there: the store is asked about each quad that may have changed. A snapshot that is missing,
//! damaged, or of a store that somebody else has opened since is made anew from the store; until then, and whenever
//! something is wrong with it, queries go to the store itself. Updates always do: they read what they have written.
//!
//! Rejected: a stamp in the store (it would be a quad that queries see), and bringing the base up to date in place (a
//! file that is mapped must not change).

mod base;
mod build;
mod column;
mod dictionary;
mod files;
mod journal;
mod merge;
mod operators;
mod order;
mod permutation;
mod scan;
mod state;
mod term;
#[cfg(test)]
mod tests;
mod view;

use std::{
    collections::BTreeSet,
    fmt, io,
    path::Path,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicBool, Ordering},
    },
    thread::{self, JoinHandle},
};

use oxigraph::{model::NamedNode, store::Store};

use self::{base::Base, files::Files, journal::Journal};
pub(super) use self::{
    operators::{Found, answered},
    order::ordered,
    state::{Change, State},
    view::View,
};
use super::super::Error;

/// From how many quads on, and up to how many, the difference is merged into a new base; between them when it is a
/// sixteenth of it.
const FEW: usize = 20_000;
const MANY: usize = 200_000;

/// The snapshot of a store, kept current. What is written behind the scenes ends with it.
pub(super) struct Snapshot {
    kept: Arc<Kept>,
}

/// What the threads share.
struct Kept {
    store: Store,
    files: Option<Files>,
    /// What queries see; nothing while there is no snapshot.
    live: RwLock<Option<Arc<State>>>,
    /// Held from before a commit until the state has it.
    book: Mutex<Book>,
    /// Set when nothing is to be written any more.
    closing: Arc<AtomicBool>,
    /// From how many quads on the difference is merged; where not given, by the size of the base.
    merge_from: Option<usize>,
}

/// What whoever commits needs to know.
#[derive(Default)]
struct Book {
    apart: Arc<BTreeSet<NamedNode>>,
    journal: Option<Journal>,
    /// What was committed since a base began to be made.
    pending: Option<Vec<Arc<Change>>>,
    /// Below how many quads the difference is left alone, because merging it failed.
    patience: usize,
    /// There is no snapshot any more.
    is_over: bool,
    worker: Option<JoinHandle<()>>,
}

impl Snapshot {
    /// The snapshot of a store, in a folder or in memory. `is_own` tells whether nobody else can have changed the store
    /// since the folder was written, `opened` what to ask for that the next time.
    pub(super) fn open(store: &Store, folder: Option<&Path>, is_own: bool, opened: &str) -> Self {
        Self::open_with(store, folder, is_own, opened, None)
    }

    fn open_with(store: &Store, folder: Option<&Path>, is_own: bool, opened: &str, merge_from: Option<usize>) -> Self {
        let kept = Arc::new(Kept {
            store: store.clone(),
            files: folder.map(Files::new),
            live: RwLock::default(),
            book: Mutex::default(),
            closing: Arc::default(),
            merge_from,
        });
        if let Err(error) = kept.start(is_own, opened) {
            kept.give_up(&mut kept.book(), &error);
        }
        Self { kept }
    }

    /// What was shown when the folder was last opened.
    pub(super) fn opened(folder: &Path) -> Option<String> {
        Files::new(folder).opened()
    }

    /// Sees to it that there is no snapshot in a folder: what is changed without it would not be known to it.
    pub(super) fn forget(folder: &Path) {
        if let Err(error) = Files::new(folder).forget() {
            tracing::warn!(%error, "the snapshot could not be removed");
        }
    }

    /// What a query sees, if there is a snapshot.
    pub(super) fn live(&self) -> Option<Arc<State>> {
        self.kept.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A handle for whoever commits.
    pub(super) fn commits(&self) -> Commits {
        Commits(Arc::clone(&self.kept))
    }

    /// Says which graphs are not in the merge.
    pub(super) fn set_apart(&self, apart: &Arc<BTreeSet<NamedNode>>) {
        let mut book = self.kept.book();
        book.apart = Arc::clone(apart);
        if let Some(state) = self.kept.live.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Arc::make_mut(state).set_apart(Arc::clone(apart));
        }
    }

    /// Waits until nothing is being made.
    #[cfg(test)]
    fn settle(&self) {
        while let Some(worker) = { self.kept.book().worker.take() } {
            worker.join().expect("it ends well");
        }
    }
}

impl Drop for Snapshot {
    fn drop(&mut self) {
        self.kept.closing.store(true, Ordering::Relaxed);
        let worker = self.kept.book().worker.take();
        if worker.is_some_and(|worker| worker.join().is_err()) {
            tracing::warn!("the snapshot was not written to its end");
        }
    }
}

impl fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snapshot").field("is_live", &self.live().is_some()).finish_non_exhaustive()
    }
}

/// Where commits go through.
#[derive(Clone)]
pub(super) struct Commits(Arc<Kept>);

impl Commits {
    /// Commits a change, so that whoever asks afterwards sees it.
    pub(super) fn commit(&self, change: Change, commit: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
        let mut book = self.0.book();
        if book.is_over {
            return commit();
        }
        if let Some(journal) = &mut book.journal
            && let Err(error) = journal.write(&change)
        {
            self.0.give_up(&mut book, &error);
            return commit();
        }
        commit()?;
        self.0.take(&mut book, change);
        Ok(())
    }
}

impl Kept {
    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Goes on with what is in the folder, or has everything made anew.
    fn start(self: &Arc<Self>, is_own: bool, opened: &str) -> io::Result<()> {
        let mut book = self.book();
        let is_empty = self.store.is_empty().map_err(io::Error::other)? && self.store.named_graphs().next().is_none();
        let mut known = None;
        if let Some(files) = &self.files {
            known = if is_own { files.known() } else { None };
            if known.is_none() {
                files.forget()?;
            }
            book.journal = Some(files.next_journal()?);
            files.set_opened(opened)?;
        }
        if is_empty && known.is_none() {
            let base = build::empty(&self.place()?)?;
            return self.publish(&mut book, base);
        }
        book.pending = Some(Vec::new());
        match known.map(|known| self.go_on(&mut book, &known)) {
            Some(Ok(())) => return Ok(()),
            Some(Err(error)) => tracing::warn!(%error, "the snapshot is made anew"),
            None => {}
        }
        self.work(&mut book, Self::make);
        Ok(())
    }

    /// Where the next base is written.
    fn place(&self) -> io::Result<build::Place> {
        let folder = self.files.as_ref().map(Files::next_base).transpose()?;
        Ok(build::Place { folder, closing: Arc::clone(&self.closing) })
    }

    /// Makes the base that was there current: with what was touched since, as it stands in the store now.
    fn go_on(&self, book: &mut Book, known: &files::Known) -> io::Result<()> {
        let base = Base::open(&known.base)?;
        base.verify()?;
        let mut state = State::new(Arc::new(base), Arc::clone(&book.apart));
        state.apply(&build::touched(&self.store, &known.journals)?);
        self.show(book, state);
        Ok(())
    }

    /// Makes a base of everything in the store. What is committed meanwhile is taken up at the end, whether it was read
    /// already or not.
    fn make(&self) -> io::Result<()> {
        let began = std::time::Instant::now();
        let base = build::base(&self.store, &self.place()?)?;
        tracing::info!(
            quads = base.manifest.quads,
            bytes = base.bytes(),
            seconds = began.elapsed().as_secs_f32(),
            "the snapshot is made"
        );
        self.publish(&mut self.book(), base)
    }

    /// Makes a base of the state that is shown.
    fn merge(&self, state: &State) -> io::Result<()> {
        let base = state.merged(&self.place()?)?;
        self.publish(&mut self.book(), base)
    }

    /// Shows a base with what was committed since it was begun, and says in the folder that it is the one.
    fn publish(&self, book: &mut Book, base: Base) -> io::Result<()> {
        if let (Some(files), Some(folder)) = (&self.files, &base.folder) {
            files.set_known(folder)?;
        }
        self.show(book, State::new(Arc::new(base), Arc::clone(&book.apart)));
        Ok(())
    }

    fn show(&self, book: &mut Book, mut state: State) {
        for change in book.pending.take().unwrap_or_default() {
            state.apply(&change);
        }
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(state));
    }

    /// Takes up what was committed.
    fn take(self: &Arc<Self>, book: &mut Book, change: Change) {
        let change = Arc::new(change);
        let mut frozen = None;
        if let Some(state) = self.live.write().unwrap_or_else(PoisonError::into_inner).as_mut() {
            Arc::make_mut(state).apply(&change);
            let due = self.merge_from.unwrap_or((state.base.manifest.quads as usize / 16).clamp(FEW, MANY));
            if state.difference() >= due.max(book.patience) {
                frozen = Some(Arc::clone(state));
            }
        }
        match (&mut book.pending, frozen) {
            (Some(pending), _) => pending.push(change),
            (None, Some(state)) => self.begin_merge(book, state),
            (None, None) => {}
        }
    }

    fn begin_merge(self: &Arc<Self>, book: &mut Book, state: Arc<State>) {
        book.patience = state.difference() * 2;
        match self.files.as_ref().map(Files::next_journal).transpose() {
            Ok(journal) => book.journal = journal,
            Err(error) => return self.give_up(book, &error),
        }
        book.pending = Some(Vec::new());
        self.work(book, move |kept| kept.merge(&state).map(|()| kept.book().patience = 0));
    }

    /// Does something behind the scenes. Where that fails, what is shown stays as it is.
    fn work(self: &Arc<Self>, book: &mut Book, work: impl FnOnce(&Self) -> io::Result<()> + Send + 'static) {
        let kept = Arc::clone(self);
        let done = thread::Builder::new().name("snapshot".to_owned()).spawn(move || {
            if let Err(error) = work(&kept) {
                let mut book = kept.book();
                book.pending = None;
                if error.kind() != io::ErrorKind::Interrupted {
                    tracing::warn!(%error, "the snapshot could not be written");
                }
            }
        });
        match done {
            Ok(worker) => book.worker = Some(worker),
            Err(error) => self.give_up(book, &error),
        }
    }

    /// Goes without a snapshot from here on.
    fn give_up(&self, book: &mut Book, error: &io::Error) {
        tracing::warn!(%error, "queries are answered without a snapshot");
        book.is_over = true;
        book.pending = None;
        book.journal = None;
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = None;
        if let Some(files) = &self.files
            && let Err(error) = files.forget()
        {
            tracing::warn!(%error, "the snapshot could not be removed");
        }
    }
}
