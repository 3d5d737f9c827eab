//! What is inside a ZIP file? DOCX and XLSX are such files.
//!
//! Nothing is written to disk. What a file promises is held against limits before anything is unpacked, and what comes
//! out against what was promised: how many entries there are, how large each is, how much larger than its packed form,
//! how much all are together. A name that leads out of the file (`../x`, `/x`) is refused, wherever it stands.
//!
//! Rejected: a crate for ZIP, which does a hundred times what is needed here; the packing itself is `flate2`'s.

use std::{cell::Cell, collections::BTreeMap, io::Read as _};

use flate2::{Crc, read::DeflateDecoder};

use super::Error;

/// The most entries.
const ENTRIES: usize = 10_000;
/// So many times its packed size an entry may have
const RATIO: usize = 250;
/// once it is larger than this.
const RATIO_FROM: usize = 1 << 20;
/// All entries that are read may together be so many times as large as a file may be.
const TOGETHER: usize = 4;

const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
const END: &[u8] = b"PK\x05\x06";
/// The end of the file without its remark, and with the longest one.
const END_LENGTH: usize = 22;
const LONGEST_END: usize = END_LENGTH + 0xFFFF;

/// A ZIP file, its table of contents read.
pub(super) struct Zip<'a> {
    bytes: &'a [u8],
    entries: BTreeMap<String, Entry>,
    /// How many bytes may still be unpacked.
    left: Cell<usize>,
}

/// What the table of contents says of one entry.
struct Entry {
    method: usize,
    crc: u32,
    packed: usize,
    size: usize,
    at: usize,
}

/// A fault of the file as a whole, or of one thing in it.
pub(super) fn fault(name: &str, reason: impl Into<String>) -> Error {
    Error::Inside { name: name.to_owned(), reason: reason.into() }
}

fn damaged() -> Error {
    fault("the file", "it is damaged or cut short: its table of contents cannot be followed")
}

impl<'a> Zip<'a> {
    /// Reads the table of contents; `limit` is the most bytes that a file may have.
    pub(super) fn open(bytes: &'a [u8], limit: usize) -> Result<Self, Error> {
        if !bytes.starts_with(b"PK") {
            return Err(fault("the file", "it does not begin like a ZIP file, which DOCX and XLSX are"));
        }
        let start = bytes.len().saturating_sub(LONGEST_END);
        let end = bytes[start..].windows(END.len()).rposition(|window| window == END).ok_or_else(damaged)? + start;
        let (count, mut at) = (number(bytes, end + 10, 2)?, number(bytes, end + 16, 4)?);
        if count == 0xFFFF || at == 0xFFFF_FFFF {
            return Err(fault("the file", "it is written as ZIP64, which is for files larger than are accepted"));
        }
        if count > ENTRIES {
            return Err(fault("the file", format!("it has {count} entries, and at most {ENTRIES} are accepted")));
        }
        let together = limit.saturating_mul(TOGETHER);
        let mut zip = Self { bytes, entries: BTreeMap::new(), left: Cell::new(together) };
        for _ in 0..count {
            at = zip.entry(at)?;
        }
        Ok(zip)
    }

    /// Takes one entry of the table of contents, and gives the place of the next.
    fn entry(&mut self, at: usize) -> Result<usize, Error> {
        let bytes = self.bytes;
        if part(bytes, at, CENTRAL.len())? != CENTRAL {
            return Err(damaged());
        }
        let length = number(bytes, at + 28, 2)?;
        let name = std::str::from_utf8(part(bytes, at + 46, length)?)
            .map_err(|_| fault("the file", "the name of an entry is not UTF-8"))?;
        if name.starts_with('/')
            || name.contains(['\\', ':', '\0'])
            || name.split('/').any(|step| matches!(step, ".." | "."))
        {
            return Err(fault(name, "this name leads out of the file: expected names such as word/document.xml"));
        }
        if number(bytes, at + 8, 2)? & 1 == 1 {
            return Err(fault(name, "it is encrypted: expected a file without a password"));
        }
        let crc = u32::try_from(number(bytes, at + 16, 4)?).unwrap_or_default();
        let entry = Entry {
            method: number(bytes, at + 10, 2)?,
            crc,
            packed: number(bytes, at + 20, 4)?,
            size: number(bytes, at + 24, 4)?,
            at: number(bytes, at + 42, 4)?,
        };
        if entry.size > RATIO_FROM && entry.size / RATIO > entry.packed {
            let reason = format!(
                "{} bytes become {}, more than {RATIO} times as many: this looks like a file made to fill memory",
                entry.packed, entry.size
            );
            return Err(fault(name, reason));
        }
        if self.entries.insert(name.to_owned(), entry).is_some() {
            return Err(fault(name, "two entries have this name: expected each once"));
        }
        Ok(at + 46 + length + number(bytes, at + 30, 2)? + number(bytes, at + 32, 2)?)
    }

    /// An entry, unpacked; none where there is none of that name.
    pub(super) fn read(&self, name: &str) -> Result<Option<Vec<u8>>, Error> {
        let Some(entry) = self.entries.get(name) else { return Ok(None) };
        let left = self.left.get();
        if entry.size > left {
            return Err(fault(
                name,
                format!("it has {} bytes unpacked, and only {left} more are accepted", entry.size),
            ));
        }
        self.left.set(left - entry.size);
        let bytes = self.bytes;
        if part(bytes, entry.at, LOCAL.len())? != LOCAL {
            return Err(damaged());
        }
        let head = 30 + number(bytes, entry.at + 26, 2)? + number(bytes, entry.at + 28, 2)?;
        let packed = part(bytes, entry.at + head, entry.packed)?;
        let mut unpacked = Vec::new();
        let most = u64::try_from(entry.size).unwrap_or(u64::MAX).saturating_add(1);
        let read = match entry.method {
            0 => packed.take(most).read_to_end(&mut unpacked),
            8 => DeflateDecoder::new(packed).take(most).read_to_end(&mut unpacked),
            method => return Err(fault(name, format!("it is packed by method {method}: expected 0 or 8 (deflate)"))),
        };
        read.map_err(|error| fault(name, format!("it cannot be unpacked: {error}")))?;
        let mut crc = Crc::new();
        crc.update(&unpacked);
        if unpacked.len() != entry.size || crc.sum() != entry.crc {
            return Err(fault(name, "what is unpacked is not what the table of contents promises"));
        }
        Ok(Some(unpacked))
    }

    /// An entry that must be there, as text.
    pub(super) fn text(&self, name: &str) -> Result<String, Error> {
        self.text_if_there(name)?
            .ok_or_else(|| fault(name, "there is no such entry: expected one in a file of this kind"))
    }

    /// An entry that may be there, as text.
    pub(super) fn text_if_there(&self, name: &str) -> Result<Option<String>, Error> {
        let Some(bytes) = self.read(name)? else { return Ok(None) };
        String::from_utf8(bytes).map(Some).map_err(|_| fault(name, "it is not UTF-8: expected XML in UTF-8"))
    }
}

/// Some bytes of the file, if they are there.
fn part(bytes: &[u8], at: usize, length: usize) -> Result<&[u8], Error> {
    at.checked_add(length).and_then(|end| bytes.get(at..end)).ok_or_else(damaged)
}

/// A number of so many bytes, the lowest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Result<usize, Error> {
    Ok(part(bytes, at, length)?.iter().rev().fold(0, |number, byte| number << 8 | usize::from(*byte)))
}
