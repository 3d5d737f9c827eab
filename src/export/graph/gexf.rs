//! GEXF 1.3, with time: what has days begins and ends on them.
//!
//! Readers refuse a graph whose edges are of both sorts; the sort of each stands in the attribute `directed`. Edges of
//! the same ends are told apart by their `kind`, which is the predicate.

use std::io;

use super::columns::{Column, label, of_edges, of_nodes};
use crate::{
    ask::{Edge, Node, Piece},
    export::xml::{Xml, document, element, empty, text},
};

/// What stands in attributes of GEXF's own.
const OWN: [&str; 4] = ["id", "source", "target", "weight"];

pub(super) fn write(piece: &Piece) -> io::Result<Vec<u8>> {
    let (nodes, edges) = (of_nodes(piece), of_edges(piece));
    let root = [
        ("xmlns", "http://gexf.net/1.3"),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("xsi:schemaLocation", "http://gexf.net/1.3 http://gexf.net/1.3/gexf.xsd"),
        ("version", "1.3"),
    ];
    let direction = if piece.is_directed() { "directed" } else { "undirected" };
    let graph = [("mode", "dynamic"), ("timeformat", "date"), ("defaultedgetype", direction)];
    document(|xml| {
        element(xml, "gexf", &root, |xml| {
            element(xml, "meta", &[], |xml| text(xml, "creator", &[], "Isnad"))?;
            element(xml, "graph", &graph, |xml| {
                declare(xml, "node", &nodes)?;
                declare(xml, "edge", &edges)?;
                element(xml, "nodes", &[], |xml| piece.nodes.iter().try_for_each(|it| node(xml, &nodes, it)))?;
                element(xml, "edges", &[], |xml| piece.edges.iter().try_for_each(|it| edge(xml, &edges, it)))
            })
        })
    })
}

fn declare<T>(xml: &mut Xml, class: &str, columns: &[Column<T>]) -> io::Result<()> {
    element(xml, "attributes", &[("class", class), ("mode", "static")], |xml| {
        for column in columns.iter().filter(|column| !OWN.contains(&column.name.as_str())) {
            let name = column.name.as_str();
            empty(xml, "attribute", &[("id", name), ("title", name), ("type", column.kind.name())])?;
        }
        Ok(())
    })
}

fn node(xml: &mut Xml, columns: &[Column<Node>], node: &Node) -> io::Result<()> {
    let mut own = vec![("id", node.id.as_str()), ("label", label(&node.label).unwrap_or(&node.id))];
    own.extend(node.from.as_deref().map(|day| ("start", day)));
    own.extend(node.to.as_deref().map(|day| ("end", day)));
    element(xml, "node", &own, |xml| values(xml, columns, node))
}

fn edge(xml: &mut Xml, columns: &[Column<Edge>], edge: &Edge) -> io::Result<()> {
    let weight = edge.weight.filter(|weight| weight.is_finite()).map(|weight| weight.to_string());
    let mut own = vec![
        ("id", edge.id.as_str()),
        ("source", &edge.source),
        ("target", &edge.target),
        ("kind", &edge.predicate),
        ("label", label(&edge.label).unwrap_or(&edge.predicate)),
    ];
    own.extend(weight.as_deref().map(|weight| ("weight", weight)));
    own.extend(edge.from.as_deref().map(|day| ("start", day)));
    own.extend(edge.to.as_deref().map(|day| ("end", day)));
    element(xml, "edge", &own, |xml| values(xml, columns, edge))
}

fn values<T>(xml: &mut Xml, columns: &[Column<T>], thing: &T) -> io::Result<()> {
    element(xml, "attvalues", &[], |xml| {
        for column in columns.iter().filter(|column| !OWN.contains(&column.name.as_str())) {
            if let Some(value) = column.of(thing) {
                empty(xml, "attvalue", &[("for", &column.name), ("value", &value.text())])?;
            }
        }
        Ok(())
    })
}
