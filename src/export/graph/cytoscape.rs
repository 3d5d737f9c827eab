//! JSON for Cytoscape and cytoscape.js: `cytoscape({ elements: answer.elements })`.

use std::io;

use serde_json::{Value, json};

use super::columns::{object, of_edges, of_nodes};
use crate::ask::Piece;

pub(super) fn write(piece: &Piece) -> io::Result<Vec<u8>> {
    let (nodes, edges) = (of_nodes(piece), of_edges(piece));
    let nodes: Vec<Value> =
        piece.nodes.iter().map(|node| json!({ "data": object(&nodes, node, &node.label) })).collect();
    let edges: Vec<Value> =
        piece.edges.iter().map(|edge| json!({ "data": object(&edges, edge, &edge.label) })).collect();
    let graph = json!({
        "format_version": "1.0",
        "generated_by": "isnad",
        "target_cytoscapejs_version": "~3",
        "data": { "truncated": piece.truncated },
        "elements": { "nodes": nodes, "edges": edges },
    });
    serde_json::to_vec(&graph).map_err(io::Error::other)
}
