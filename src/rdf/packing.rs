//! Compressed files, told by the last extension of their names.

use std::io::{self, Read, Write};

use flate2::{Compression, read::MultiGzDecoder, write::GzEncoder};

/// How a file is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Packing {
    /// Not at all.
    Plain,
    /// gzip (RFC 1952).
    Gzip,
    /// Zstandard (RFC 8878).
    Zstd,
}

impl Packing {
    /// Every way, the plain one first.
    pub const ALL: [Self; 3] = [Self::Plain, Self::Gzip, Self::Zstd];

    /// What is added to the names of its files, with the dot.
    #[must_use]
    pub const fn suffix(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => ".gz",
            Self::Zstd => ".zst",
        }
    }

    /// The media type of a compressed file; a plain one has that of its content.
    #[must_use]
    pub const fn media_type(self) -> Option<&'static str> {
        match self {
            Self::Plain => None,
            Self::Gzip => Some("application/gzip"),
            Self::Zstd => Some("application/zstd"),
        }
    }

    /// Takes a file's name apart: the name of what is in it, and how it is compressed.
    #[must_use]
    pub fn split(name: &str) -> (&str, Self) {
        let mut packed = [Self::Gzip, Self::Zstd].into_iter();
        let found = packed.find_map(|packing| Some((name.strip_suffix(packing.suffix())?, packing)));
        found.unwrap_or((name, Self::Plain))
    }

    /// What a compressed file holds.
    pub fn read(self, file: impl Read + Send + 'static) -> io::Result<Box<dyn Read + Send>> {
        Ok(match self {
            Self::Plain => Box::new(file),
            Self::Gzip => Box::new(MultiGzDecoder::new(file)),
            Self::Zstd => Box::new(zstd::Decoder::new(file)?),
        })
    }
}

/// Compresses what is written to it. The same bytes in give the same bytes out: no time and no name is kept.
pub enum Packer<W: Write> {
    /// Passes everything on.
    Plain(W),
    /// gzip.
    Gzip(GzEncoder<W>),
    /// Zstandard.
    Zstd(zstd::Encoder<'static, W>),
}

impl<W: Write> Packer<W> {
    /// Begins to write.
    pub fn new(packing: Packing, writer: W) -> io::Result<Self> {
        Ok(match packing {
            Packing::Plain => Self::Plain(writer),
            Packing::Gzip => Self::Gzip(GzEncoder::new(writer, Compression::default())),
            Packing::Zstd => {
                let mut encoder = zstd::Encoder::new(writer, zstd::DEFAULT_COMPRESSION_LEVEL)?;
                // A file that was damaged on its way is noticed when it is read.
                encoder.include_checksum(true)?;
                Self::Zstd(encoder)
            }
        })
    }

    /// Writes the end.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(writer) => Ok(writer),
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
        }
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(writer) => writer.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(writer) => writer.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_packed_is_unpacked_the_same() -> io::Result<()> {
        let text = "<a> <b> <c> .\n".repeat(10_000);
        for packing in Packing::ALL {
            let pack = || -> io::Result<Vec<u8>> {
                let mut packer = Packer::new(packing, Vec::new())?;
                packer.write_all(text.as_bytes())?;
                packer.finish()
            };
            let bytes = pack()?;
            assert_eq!(bytes, pack()?, "{packing:?}");
            assert!(packing == Packing::Plain || bytes.len() < text.len() / 10, "{packing:?}");
            let mut back = String::new();
            packing.read(io::Cursor::new(bytes))?.read_to_string(&mut back)?;
            assert_eq!(back, text);
            assert_eq!(Packing::split(&format!("a.nq{}", packing.suffix())), ("a.nq", packing));
        }
        Ok(())
    }
}
