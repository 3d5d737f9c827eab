//! Graphviz's DOT. Where edges of both sorts stand together, those without a direction are drawn without a head.

use std::fmt::Write as _;

use super::columns::{Column, label, of_edges, of_nodes};
use crate::{ask::Piece, export::xml, model::Text};

pub(super) fn write(piece: &Piece) -> String {
    let directed = piece.is_directed();
    let (graph, arrow) = if directed { ("digraph", "->") } else { ("graph", "--") };
    let (nodes, edges) = (of_nodes(piece), of_edges(piece));
    let mut dot = format!("{graph} {{\n  charset=\"UTF-8\";\n");
    for node in &piece.nodes {
        let _ = writeln!(dot, "  {} [{}];", quoted(&node.id), attributes(&nodes, node, &node.label, &node.id));
    }
    for edge in &piece.edges {
        let (source, target) = (quoted(&edge.source), quoted(&edge.target));
        let attributes = attributes(&edges, edge, &edge.label, &edge.predicate);
        let headless = if directed && !edge.directed { ", dir=none" } else { "" };
        let _ = writeln!(dot, "  {source} {arrow} {target} [{attributes}{headless}];");
    }
    dot.push_str("}\n");
    dot
}

fn attributes<T>(columns: &[Column<T>], thing: &T, text: &Text, link: &str) -> String {
    let mut list = format!("label={}, URL={}", shown(label(text).unwrap_or(link)), shown(link));
    for column in columns.iter().filter(|column| !matches!(column.name.as_str(), "source" | "target")) {
        if let Some(value) = column.of(thing) {
            let _ = write!(list, ", {}={}", quoted(&column.name), quoted(&value.text()));
        }
    }
    list
}

/// A string. A backslash before its end would take the end away, so each is written twice, and stays so.
fn quoted(text: &str) -> String {
    format!("\"{}\"", xml::clean(text).replace('\\', "\\\\").replace('"', "\\\""))
}

/// A string that is drawn: HTML's entities mean something in it, and ends of lines are escapes.
fn shown(text: &str) -> String {
    quoted(&text.replace('&', "&amp;")).replace("\r\n", "\\n").replace(['\n', '\r'], "\\n")
}
