//! Numbers side by side, mapped from a file or in memory; and the writing of such files.

use std::{
    fs::File,
    io::{self, Write as _},
    ops::Range,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};
use tantivy::directory::OwnedBytes;

/// How many bytes are written at a time.
const BLOCK: usize = 1 << 20;

/// Numbers of four bytes each.
#[derive(Clone)]
pub(super) struct Column(OwnedBytes);

impl Column {
    pub(super) fn new(bytes: OwnedBytes) -> Self {
        Self(bytes)
    }

    fn numbers(&self) -> &[[u8; 4]] {
        self.0.as_slice().as_chunks().0
    }

    pub(super) fn len(&self) -> usize {
        self.0.len() / 4
    }

    pub(super) fn get(&self, at: usize) -> u32 {
        u32::from_le_bytes(self.numbers()[at])
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        self.numbers().iter().map(|number| u32::from_le_bytes(*number))
    }

    /// Where a number stands in a range that is sorted.
    pub(super) fn span(&self, range: Range<usize>, number: u32) -> Range<usize> {
        let numbers = &self.numbers()[range.clone()];
        let first = numbers.partition_point(|other| u32::from_le_bytes(*other) < number);
        let rest = &numbers[first..];
        // Most spans are short.
        let near = rest.len().min(8);
        let count = match rest[..near].iter().position(|other| u32::from_le_bytes(*other) != number) {
            Some(count) => count,
            None => near + rest[near..].partition_point(|other| u32::from_le_bytes(*other) == number),
        };
        range.start + first..range.start + first + count
    }

    /// Where a number stands in a range that is sorted, looked for from a place before which all are less: what is near
    /// is found soonest.
    pub(super) fn span_after(&self, range: Range<usize>, from: usize, number: u32) -> Range<usize> {
        let numbers = self.numbers();
        let (mut low, mut step) = (from, 1);
        while low + step <= range.end && u32::from_le_bytes(numbers[low + step - 1]) < number {
            low += step;
            step *= 2;
        }
        let found = self.span(low..range.end.min(low + step), number);
        // Not where the numbers go on beyond what was looked at.
        if found.end < range.end.min(low + step) || found.end == range.end {
            return found;
        }
        self.span(found.start..range.end, number)
    }

    /// Where a number stands in a column that is sorted and has each once.
    pub(super) fn find(&self, number: u32) -> Option<usize> {
        self.numbers().binary_search_by_key(&number, |other| u32::from_le_bytes(*other)).ok()
    }
}

/// A number that says how many, or which.
pub(super) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// How long a file is and what its checksum is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Mark {
    pub(super) bytes: u64,
    pub(super) checksum: u32,
}

impl Mark {
    pub(super) fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, checksum: crc32fast::hash(bytes) }
    }
}

/// What is being written, to a file or into memory.
pub(super) struct Section {
    buffer: Vec<u8>,
    file: Option<File>,
    checksum: crc32fast::Hasher,
    bytes: u64,
    closing: Arc<AtomicBool>,
}

impl Section {
    pub(super) fn new(file: Option<File>, closing: Arc<AtomicBool>) -> Self {
        Self { buffer: Vec::new(), file, checksum: crc32fast::Hasher::new(), bytes: 0, closing }
    }

    pub(super) fn push(&mut self, number: u32) -> io::Result<()> {
        self.write(&number.to_le_bytes())
    }

    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.buffer.extend_from_slice(bytes);
        if self.file.is_some() && self.buffer.len() >= BLOCK { self.flush() } else { Ok(()) }
    }

    /// Fails if the store is being closed: then nobody waits for what is written.
    fn flush(&mut self) -> io::Result<()> {
        if self.closing.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        self.checksum.update(&self.buffer);
        self.bytes += self.buffer.len() as u64;
        file.write_all(&self.buffer)?;
        self.buffer.clear();
        Ok(())
    }

    /// Ends the writing; what was written into memory comes back.
    pub(super) fn finish(mut self) -> io::Result<(Mark, Option<OwnedBytes>)> {
        self.flush()?;
        match self.file {
            Some(file) => {
                file.sync_all()?;
                Ok((Mark { bytes: self.bytes, checksum: self.checksum.finalize() }, None))
            }
            None => Ok((Mark::of(&self.buffer), Some(OwnedBytes::new(self.buffer)))),
        }
    }
}
