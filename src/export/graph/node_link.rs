//! Node-link JSON. The edges stand under `edges`: `d3.forceLink(graph.edges)`, `node_link_graph(graph, edges="edges")`.

use std::io;

use serde::Serialize;

use crate::ask::Piece;

/// How many bytes a node or an edge usually takes.
const USUAL: usize = 512;

#[derive(Serialize)]
struct NodeLink<'a> {
    directed: bool,
    multigraph: bool,
    #[serde(flatten)]
    piece: &'a Piece,
}

pub(super) fn write(piece: &Piece) -> io::Result<Vec<u8>> {
    let graph = NodeLink { directed: piece.is_directed(), multigraph: true, piece };
    let mut text = Vec::with_capacity((piece.nodes.len() + piece.edges.len()) * USUAL);
    serde_json::to_writer(&mut text, &graph)?;
    Ok(text)
}
