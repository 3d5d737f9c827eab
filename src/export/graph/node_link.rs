//! Node-link JSON. The edges stand under `edges`: `d3.forceLink(graph.edges)`, `node_link_graph(graph, edges="edges")`.

use std::io;

use serde::Serialize;

use crate::ask::Piece;

#[derive(Serialize)]
struct NodeLink<'a> {
    directed: bool,
    multigraph: bool,
    #[serde(flatten)]
    piece: &'a Piece,
}

pub(super) fn write(piece: &Piece) -> io::Result<Vec<u8>> {
    let graph = NodeLink { directed: piece.is_directed(), multigraph: true, piece };
    serde_json::to_vec(&graph).map_err(io::Error::other)
}
