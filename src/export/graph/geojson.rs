//! GeoJSON (RFC 7946): a point for each node with coordinates, a line for each edge between two of them.
//!
//! How many things have no place is told in the foreign member `withoutCoordinates`.

use std::{collections::HashMap, io};

use serde_json::{Map, Value, json};

use super::columns::{object, of_edges, of_nodes};
use crate::ask::{Node, Piece};

pub(super) fn write(piece: &Piece) -> io::Result<Vec<u8>> {
    let places: HashMap<&str, [f64; 2]> =
        piece.nodes.iter().filter_map(|node| Some((node.id.as_str(), position(node)?))).collect();
    let (nodes, edges) = (of_nodes(piece), of_edges(piece));
    let points = piece.nodes.iter().filter_map(|node| {
        let geometry = json!({ "type": "Point", "coordinates": places.get(node.id.as_str())? });
        Some(feature("node", &node.id, &geometry, object(&nodes, node, &node.label)))
    });
    let lines = piece.edges.iter().filter_map(|edge| {
        let ends = [places.get(edge.source.as_str())?, places.get(edge.target.as_str())?];
        let geometry = json!({ "type": "LineString", "coordinates": ends });
        Some(feature("edge", &edge.id, &geometry, object(&edges, edge, &edge.label)))
    });
    let (points, lines): (Vec<Value>, Vec<Value>) = (points.collect(), lines.collect());
    let without = json!({ "nodes": piece.nodes.len() - points.len(), "edges": piece.edges.len() - lines.len() });
    let features: Vec<Value> = points.into_iter().chain(lines).collect();
    let collection = json!({
        "type": "FeatureCollection",
        "truncated": piece.truncated,
        "withoutCoordinates": without,
        "features": features,
    });
    serde_json::to_vec(&collection).map_err(io::Error::other)
}

/// Longitude first.
fn position(node: &Node) -> Option<[f64; 2]> {
    let latitude = node.latitude.filter(|degrees| degrees.abs() <= 90.0)?;
    let longitude = node.longitude.filter(|degrees| degrees.abs() <= 180.0)?;
    Some([longitude, latitude])
}

fn feature(element: &str, id: &str, geometry: &Value, mut properties: Map<String, Value>) -> Value {
    properties.insert("element".to_owned(), element.into());
    json!({ "type": "Feature", "id": id, "geometry": geometry, "properties": properties })
}
