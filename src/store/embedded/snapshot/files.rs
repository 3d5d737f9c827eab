//! What lies in the folder of a snapshot: bases, journals, which of them count, and who opened the store last.
//!
//! - `base-N`: a state, whole; `base-N.new` while it is written.
//! - `journal-N`: what was touched while it was the one that was written to.
//! - `current`: the base that counts, and the first journal whose changes it may not have.
//! - `opened`: by what the store's own folder shows that nobody else has opened it since.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use super::{base::write_whole, journal::Journal};

/// The folder of a snapshot.
pub(super) struct Files(PathBuf);

/// What is known from before.
pub(super) struct Known {
    pub(super) base: PathBuf,
    /// The journals that the base may not have, in order.
    pub(super) journals: Vec<PathBuf>,
}

impl Files {
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    fn path(&self, kind: &str, number: u64) -> PathBuf {
        self.0.join(format!("{kind}-{number}"))
    }

    /// The numbers of the bases or journals there are, in order.
    fn numbers(&self, kind: &str) -> Vec<u64> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let number = |name: &str| name.strip_prefix(kind)?.strip_prefix('-')?.trim_end_matches(".new").parse().ok();
        let mut numbers: Vec<u64> = entries.filter_map(|entry| number(&entry.file_name().to_string_lossy())).collect();
        numbers.sort_unstable();
        numbers.dedup();
        numbers
    }

    fn next(&self, kind: &str) -> u64 {
        self.numbers(kind).last().map_or(1, |last| last + 1)
    }

    /// Where the next base is to be written.
    pub(super) fn next_base(&self) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.0)?;
        Ok(self.path("base", self.next("base")))
    }

    /// Begins the next journal, or the last again where nothing was written to it.
    pub(super) fn next_journal(&self) -> io::Result<Journal> {
        fs::create_dir_all(&self.0)?;
        let last = self.numbers("journal").last().map(|last| self.path("journal", *last));
        let empty = last.filter(|path| fs::metadata(path).is_ok_and(|file| file.len() == 0));
        Journal::open(&empty.unwrap_or_else(|| self.path("journal", self.next("journal"))))
    }

    /// What the folder says that counts.
    pub(super) fn known(&self) -> Option<Known> {
        let text = fs::read_to_string(self.0.join("current")).ok()?;
        let (base, first) = text.trim_end().split_once(' ')?;
        let (base, first): (u64, u64) = (base.parse().ok()?, first.parse().ok()?);
        let path = self.path("base", base);
        // What a process left that was killed while it wrote.
        self.sweep(&path.file_name()?.to_string_lossy(), first).ok()?;
        let journals = self.numbers("journal").into_iter().map(|number| self.path("journal", number));
        Some(Known { base: path, journals: journals.collect() })
    }

    /// Says that a base counts, with the journal that is written to now; what came before is removed.
    pub(super) fn set_known(&self, base: &Path) -> io::Result<()> {
        let name = base.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let number = name.trim_start_matches("base-");
        let journal = self.numbers("journal").last().copied().unwrap_or_default();
        write_whole(&self.0.join("current"), format!("{number} {journal}\n").as_bytes())?;
        self.sweep(&name, journal)
    }

    /// Removes everything but a base, the journals from one on, and what says so.
    fn sweep(&self, base: &str, journal: u64) -> io::Result<()> {
        for entry in fs::read_dir(&self.0)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let number = name.strip_prefix("journal-").and_then(|number| number.parse().ok());
            let is_kept = name == base
                || name == "current"
                || name == "opened"
                || number.is_some_and(|number: u64| number >= journal);
            if is_kept {
                continue;
            }
            if entry.file_type()?.is_dir() { fs::remove_dir_all(entry.path())? } else { fs::remove_file(entry.path())? }
        }
        Ok(())
    }

    /// What the store's folder showed when it was last opened with this snapshot.
    pub(super) fn opened(&self) -> Option<String> {
        fs::read_to_string(self.0.join("opened")).ok()
    }

    pub(super) fn set_opened(&self, opened: &str) -> io::Result<()> {
        write_whole(&self.0.join("opened"), opened.as_bytes())
    }

    /// Removes everything.
    pub(super) fn forget(&self) -> io::Result<()> {
        match fs::remove_dir_all(&self.0) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}
