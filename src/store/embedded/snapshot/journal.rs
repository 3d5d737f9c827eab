//! Which quads were touched since the base was written.
//!
//! What an update is about to change is written down, and is on the disk, before the update is committed. Whether it
//! was committed then need not be known: when the store is opened again, the store itself is asked about each quad.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::Path,
};

use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{NamedNode, Quad},
};

use super::state::Change;

/// A journal that is being written.
pub(super) struct Journal(File);

impl Journal {
    /// Goes on with a journal, or begins one.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(OpenOptions::new().create(true).append(true).open(path)?))
    }

    /// Writes down what is about to change: the length, the checksum, then graphs and quads as lines.
    pub(super) fn write(&mut self, change: &Change) -> io::Result<()> {
        let mut text = Vec::new();
        for (graph, _) in &change.graphs {
            writeln!(text, "#{}", graph.as_str())?;
        }
        for (quad, _) in &change.quads {
            writeln!(text, "{quad} .")?;
        }
        let length = u32::try_from(text.len()).map_err(io::Error::other)?;
        let mut frame = Vec::with_capacity(text.len() + 8);
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(&crc32fast::hash(&text).to_le_bytes());
        frame.extend_from_slice(&text);
        self.0.write_all(&frame)?;
        self.0.sync_data()
    }
}

/// Reads what was touched. A frame that is not whole was never followed by its commit, if it is the last; whatever else
/// does not fit is an error.
pub(super) fn read(path: &Path) -> io::Result<(Vec<NamedNode>, Vec<Quad>)> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error),
    };
    let (mut graphs, mut quads) = (Vec::new(), Vec::new());
    let mut rest = bytes.as_slice();
    while let Some((length, checksum, after)) = head(rest) {
        let Some((text, next)) = after.split_at_checked(length) else { break };
        if crc32fast::hash(text) != checksum {
            if next.is_empty() {
                break;
            }
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the journal of the snapshot is damaged"));
        }
        let names = text.split(|byte| *byte == b'\n').filter_map(|line| line.strip_prefix(b"#"));
        for name in names {
            let name = String::from_utf8(name.to_vec()).map_err(io::Error::other)?;
            graphs.push(NamedNode::new(name).map_err(io::Error::other)?);
        }
        for quad in RdfParser::from_format(RdfFormat::NQuads).lenient().for_slice(text) {
            quads.push(quad.map_err(io::Error::other)?);
        }
        rest = next;
    }
    Ok((graphs, quads))
}

fn head(bytes: &[u8]) -> Option<(usize, u32, &[u8])> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (checksum, rest) = rest.split_first_chunk()?;
    Some((u32::from_le_bytes(*length) as usize, u32::from_le_bytes(*checksum), rest))
}
