//! GraphML 1.0, with typed keys.
//!
//! Readers refuse a graph whose edges are of both sorts; the sort of each stands in the key `directed`.

use std::io;

use super::columns::{Column, of_edges, of_nodes};
use crate::{
    ask::Piece,
    export::xml::{Xml, document, element, empty, text},
};

/// What stands in attributes of GraphML's own.
const OWN: [&str; 3] = ["id", "source", "target"];

pub(super) fn write(piece: &Piece) -> io::Result<Vec<u8>> {
    let (nodes, edges) = (of_nodes(piece), of_edges(piece));
    let root = [
        ("xmlns", "http://graphml.graphdrawing.org/xmlns"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        (
            "xsi:schemaLocation",
            "http://graphml.graphdrawing.org/xmlns http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd",
        ),
    ];
    let direction = if piece.is_directed() { "directed" } else { "undirected" };
    document(|xml| {
        element(xml, "graphml", &root, |xml| {
            keys(xml, "node", &nodes)?;
            keys(xml, "edge", &edges)?;
            element(xml, "graph", &[("id", "piece"), ("edgedefault", direction)], |xml| {
                for node in &piece.nodes {
                    element(xml, "node", &[("id", &node.id)], |xml| data(xml, "node", &nodes, node))?;
                }
                for edge in &piece.edges {
                    let own = [("id", edge.id.as_str()), ("source", &edge.source), ("target", &edge.target)];
                    element(xml, "edge", &own, |xml| data(xml, "edge", &edges, edge))?;
                }
                Ok(())
            })
        })
    })
}

fn keys<T>(xml: &mut Xml, element: &str, columns: &[Column<T>]) -> io::Result<()> {
    for column in columns.iter().filter(|column| !OWN.contains(&column.name.as_str())) {
        let id = format!("{element}.{}", column.name);
        let kind = column.kind.name();
        empty(xml, "key", &[("id", &id), ("for", element), ("attr.name", &column.name), ("attr.type", kind)])?;
    }
    Ok(())
}

fn data<T>(xml: &mut Xml, element: &str, columns: &[Column<T>], thing: &T) -> io::Result<()> {
    for column in columns.iter().filter(|column| !OWN.contains(&column.name.as_str())) {
        if let Some(value) = column.of(thing) {
            text(xml, "data", &[("key", &format!("{element}.{}", column.name))], &value.text())?;
        }
    }
    Ok(())
}
