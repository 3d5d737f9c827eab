//! In which file does a network go to which program?
//!
//! A [`Piece`] is written in any [`Syntax`], always in the same bytes. What a syntax cannot nest, such as labels in
//! several languages, it gets in columns (`label_en`, `label_ar`), the same in all of them; that is `columns`.
//! Whatever the names contain, the file can be read: each syntax is parsed back in the tests here, and opened in its
//! program by `.ci/graphs`.
//!
//! The identifiers of nodes are their IRIs, in GraphML too: its schema would have them without `/`, but no program
//! minds, and files of two requests can be joined.

mod columns;
mod cytoscape;
mod dot;
mod geojson;
mod gexf;
mod graphml;
mod node_link;
mod statements;
mod tables;

#[cfg(test)]
mod tests;

use std::io;

use crate::{
    ask::Piece,
    rdf::{JsonLd, Ontology},
};

pub use tables::Table;

/// The JSON Schema of the node-link form.
pub const SCHEMA: &str = include_str!("schema.json");

/// A syntax for networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Syntax {
    /// Node-link JSON, as d3 and networkx read it; [`SCHEMA`] describes it.
    #[default]
    NodeLink,
    /// JSON for Cytoscape and cytoscape.js.
    Cytoscape,
    /// GraphML 1.0.
    GraphMl,
    /// GEXF 1.3, with time.
    Gexf,
    /// Comma-separated values, one of two tables.
    Csv(Table),
    /// GeoJSON: what has coordinates.
    GeoJson,
    /// Graphviz's DOT.
    Dot,
    /// JSON-LD: nodes and edges as statements with their provenance.
    JsonLd,
}

impl Syntax {
    /// Every syntax, the preferred first.
    pub const ALL: [Self; 8] = [
        Self::NodeLink,
        Self::Cytoscape,
        Self::GraphMl,
        Self::Gexf,
        Self::Csv(Table::Edges),
        Self::GeoJson,
        Self::Dot,
        Self::JsonLd,
    ];

    /// The media type it is served with. Those of Cytoscape, GraphML and GEXF are usual and not registered.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::NodeLink => "application/json",
            Self::Cytoscape => "application/vnd.cytoscape+json",
            Self::GraphMl => "application/graphml+xml",
            Self::Gexf => "application/gexf+xml",
            Self::Csv(_) => "text/csv",
            Self::GeoJson => "application/geo+json",
            Self::Dot => "text/vnd.graphviz",
            Self::JsonLd => "application/ld+json",
        }
    }

    /// The extension of its files and addresses, without the dot. It is its name in `format=` too.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::NodeLink => "json",
            Self::Cytoscape => "cyjs",
            Self::GraphMl => "graphml",
            Self::Gexf => "gexf",
            Self::Csv(_) => "csv",
            Self::GeoJson => "geojson",
            Self::Dot => "dot",
            Self::JsonLd => "jsonld",
        }
    }

    /// The syntax with this extension.
    #[must_use]
    pub fn from_extension(extension: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|syntax| syntax.extension() == extension)
    }

    /// The syntax of this media type, in lower case and without parameters.
    #[must_use]
    pub fn from_media_type(media_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|syntax| syntax.media_type() == media_type)
    }

    /// The syntax with this extension, media type, or name that people give it, in lower case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        let usual = match name {
            "node-link" | "d3" => Some(Self::NodeLink),
            "cytoscape" => Some(Self::Cytoscape),
            "gv" | "graphviz" => Some(Self::Dot),
            "json-ld" => Some(Self::JsonLd),
            _ => None,
        };
        usual.or_else(|| Self::from_extension(name)).or_else(|| Self::from_media_type(name))
    }
}

/// Writes a piece of the graph.
pub fn write(piece: &Piece, syntax: Syntax, ontology: &Ontology, json_ld: &JsonLd) -> io::Result<Vec<u8>> {
    match syntax {
        Syntax::NodeLink => node_link::write(piece),
        Syntax::Cytoscape => cytoscape::write(piece),
        Syntax::GraphMl => graphml::write(piece),
        Syntax::Gexf => gexf::write(piece),
        Syntax::Csv(table) => tables::write(piece, table),
        Syntax::GeoJson => geojson::write(piece),
        Syntax::Dot => Ok(dot::write(piece).into_bytes()),
        Syntax::JsonLd => statements::write(piece, ontology, json_ld),
    }
}
