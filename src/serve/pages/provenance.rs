//! Where what a page says comes from: its graphs, their files, digests, times and terms.

use std::collections::BTreeSet;

use oxigraph::model::{GraphName, NamedNode, Quad};

use super::{
    reader::Reader,
    value::{Link, external},
    words::words,
};
use crate::{
    rdf::vocab::{dct, isn, prov},
    store::Error,
};

/// A graph and where it came from.
#[derive(Clone, Debug)]
pub(super) struct Graph {
    /// Its path: `graph/doc/x`.
    pub path: String,
    pub digest: Option<String>,
    pub original: Option<String>,
    /// What sort of file it is, and how many bytes it has.
    pub media_type: Option<String>,
    pub size: Option<String>,
    pub time: Option<Moment>,
    pub licence: Option<Link>,
    pub loader: Option<String>,
    /// For mentions: how they were found.
    pub run: Option<Run>,
}

/// A moment, for machines and for people.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub datetime: String,
    pub text: String,
}

/// One execution of a method.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub method: String,
    pub version: String,
    pub dictionary: String,
}

/// Fetches what is known of the graphs of some statements.
pub(super) async fn graphs(reader: &mut Reader<'_>, quads: &[Quad]) -> Result<Vec<Graph>, Error> {
    let named = quads.iter().filter_map(|quad| match &quad.graph_name {
        GraphName::NamedNode(graph) => Some(graph.clone()),
        GraphName::BlankNode(_) | GraphName::DefaultGraph => None,
    });
    let graphs: BTreeSet<NamedNode> = named.collect();
    reader.fetch(&graphs, &[]).await?;
    Ok(graphs.iter().map(|graph| one(reader, graph.as_str())).collect())
}

fn one(reader: &Reader<'_>, graph: &str) -> Graph {
    let path = |iri: &str| reader.iris().relative(iri).unwrap_or(iri).to_owned();
    let licence = reader.things(graph, dct::LICENSE.as_str()).into_iter().next();
    let original = reader.things(graph, dct::SOURCE.as_str()).into_iter().next();
    let run = reader.text(graph, isn::METHOD).map(|method| Run {
        method,
        version: reader.text(graph, isn::METHOD_VERSION).unwrap_or_default(),
        dictionary: reader.text(graph, isn::DICTIONARY).unwrap_or_default(),
    });
    let bytes = |size: u64| words(reader.lang).counted("provenance.bytes", size);
    Graph {
        path: path(graph),
        digest: reader.text(graph, isn::SHA256),
        original: original.map(|original| path(original.as_str()).trim_start_matches("original/").to_owned()),
        media_type: reader.text(graph, isn::SOURCE_MEDIA_TYPE),
        size: reader.text(graph, isn::SOURCE_SIZE).and_then(|size| size.parse().ok()).map(bytes),
        time: reader.text(graph, prov::GENERATED_AT_TIME.as_str()).map(|time| moment(&time)),
        licence: licence.and_then(|licence| external(licence.as_str())),
        loader: reader.text(graph, isn::LOADER),
        run,
    }
}

/// `2026-11-24T04:03:00.12Z` as `2026-11-24 04:03 UTC`.
pub(super) fn moment(text: &str) -> Moment {
    let day = text.get(..10).unwrap_or(text);
    let short = match (text.get(11..16), text.ends_with('Z')) {
        (Some(clock), true) => format!("{day} {clock} UTC"),
        _ => text.to_owned(),
    };
    Moment { datetime: text.to_owned(), text: short }
}
