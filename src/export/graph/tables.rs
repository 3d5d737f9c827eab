//! Comma-separated values (RFC 4180): a table of the nodes and one of the edges.

use std::io;

use super::columns::{Column, of_edges, of_nodes};
use crate::ask::Piece;

/// Which of the two tables.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Table {
    /// A row for each node.
    Nodes,
    /// A row for each edge.
    #[default]
    Edges,
}

impl Table {
    /// The table with this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "nodes" => Some(Self::Nodes),
            "edges" => Some(Self::Edges),
            _ => None,
        }
    }
}

pub(super) fn write(piece: &Piece, table: Table) -> io::Result<Vec<u8>> {
    match table {
        Table::Nodes => rows(&of_nodes(piece), &piece.nodes),
        Table::Edges => rows(&of_edges(piece), &piece.edges),
    }
}

fn rows<T>(columns: &[Column<T>], things: &[T]) -> io::Result<Vec<u8>> {
    let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(columns.iter().map(|column| &column.name))?;
    for thing in things {
        for column in columns {
            let value = column.of(thing);
            writer.write_field(value.as_ref().map(|value| value.text()).unwrap_or_default().as_bytes())?;
        }
        writer.write_record(None::<&[u8]>)?;
    }
    writer.into_inner().map_err(csv::IntoInnerError::into_error)
}
