//! The rows of an answer as a piece of a graph, for the module that draws it.

use std::collections::BTreeMap;

use oxigraph::model::NamedNode;
use serde_json::{Value, json};

use super::{
    super::reader::Reader,
    Rows,
    columns::{Columns, iri},
};

/// How many edges are drawn.
const EDGES: usize = 2000;

/// Things and what joins them, as the calls of the graph answer them.
pub(super) fn piece(reader: &Reader<'_>, columns: &Columns<'_>, rows: &Rows) -> String {
    let (mut nodes, mut edges) = (BTreeMap::<&str, u64>::new(), BTreeMap::<String, Value>::new());
    for row in rows {
        for (from, by, to) in columns.edges() {
            let (Some(source), Some(target)) = (iri(row, from), iri(row, to)) else { continue };
            let (source, target) = (source.as_str(), target.as_str());
            let relation = by.and_then(|column| iri(row, column)).map(NamedNode::as_str);
            let name = if let Some(relation) = relation { relation } else { columns.name(to) };
            let id = format!("{source} {name} {target}");
            if edges.len() >= EDGES || edges.contains_key(&id) {
                continue;
            }
            *nodes.entry(source).or_default() += 1;
            *nodes.entry(target).or_default() += 1;
            let label = relation.map_or_else(|| columns.name(to).to_owned(), |iri| reader.label(iri).text);
            edges.insert(
                id.clone(),
                json!({
                    "id": id, "source": source, "target": target, "predicate": name,
                    "label": { reader.lang.tag(): label }, "directed": true,
                }),
            );
        }
    }
    let node = |(iri, degree): (&str, u64)| {
        let link = reader.link(iri);
        let kind = if link.class.is_empty() { "external" } else { link.class };
        json!({ "id": iri, "type": kind, "label": { reader.lang.tag(): link.label.text }, "degree": degree })
    };
    let nodes: Vec<Value> = nodes.into_iter().map(node).collect();
    json!({ "nodes": nodes, "edges": edges.into_values().collect::<Vec<_>>() }).to_string()
}
