//! A file of RDF: quads of our own model, each graph held against the rules and shapes like any other.
//!
//! A file may name the graphs of documents and authorities. What it says of provenance and links is not taken over: where
//! a graph came from is known here, and the texts are linked again. Triples in no graph of ours are those of an
//! authority that is named like the file.

use std::collections::{BTreeMap, HashMap};

use oxigraph::model::{GraphName, Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use sha2::{Digest as _, Sha256};

use super::{Archive, File, Report, Settings, batch::Offered, report::UNCHANGED};
use crate::{
    model::Id,
    rdf::{
        GraphFormat, Part, describe, hex, read,
        vocab::{isn, rdf},
    },
    store::{Change, Error},
};

/// Triples by graph.
type Graphs = BTreeMap<NamedNode, Vec<Quad>>;

/// The RDF syntax of a file, by its extension.
pub(super) fn format(name: &str) -> Option<GraphFormat> {
    GraphFormat::from_extension(&name.rsplit_once('.')?.1.to_ascii_lowercase())
}

/// Whether a document came as triples, so that its texts are linked once they are stored.
pub(super) fn is_linked_later(change: &Change) -> bool {
    change.companions.iter().any(|(_, quads)| quads.is_empty())
}

impl Archive {
    /// The graphs of a file.
    pub(super) async fn prepare_rdf(
        &self,
        file: &File,
        format: GraphFormat,
        settings: &Settings,
        report: &mut Report,
    ) -> Result<Result<(Vec<u8>, Vec<Offered>), String>, Error> {
        let (bytes, graphs) = match self.graphs_of(file, format, settings, report) {
            Ok(read) => read,
            Err(reason) => return Ok(Err(reason)),
        };
        let (mut offered, dictionary) = (Vec::new(), self.dictionary().await?);
        for (graph, quads) in graphs {
            if self.is_there(&graph, &quads, settings).await? {
                offered.push(Offered::There(graph));
                continue;
            }
            let document = self.document_of(&graph);
            let run = document.map(|document| (self.store.iris().mention_graph(&document, describe::RUN), Vec::new()));
            let version = run.is_some().then(|| dictionary.version());
            let companions = run.into_iter().collect();
            match self.finish(graph.clone(), quads, companions, &bytes, version, settings) {
                Ok(prepared) => offered.push(Offered::New(Box::new(prepared))),
                Err(reason) => return Ok(Err(format!("{graph}: {reason}"))),
            }
        }
        Ok(Ok((bytes, offered)))
    }

    /// The bytes of a file, and its triples by graph.
    fn graphs_of(
        &self,
        file: &File,
        format: GraphFormat,
        settings: &Settings,
        report: &mut Report,
    ) -> Result<(Vec<u8>, Graphs), String> {
        let bytes = file.read(settings.max_file).map_err(|error| error.to_string())?;
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| format!("byte {} is not UTF-8: expected text in UTF-8", error.valid_up_to()))?;
        let quads =
            read::quads(&self.ontology, text, format, &self.named_like(file)).map_err(|error| error.to_string())?;
        if quads.is_empty() {
            return Err("the file says nothing: it has no triples".to_owned());
        }
        let (mut graphs, mut passed_over) = (Graphs::new(), 0_usize);
        for quad in quads {
            let GraphName::NamedNode(graph) = quad.graph_name.clone() else { continue };
            match Part::of(self.store.iris(), graph.as_ref()) {
                Some(Part::Documents | Part::Authorities) => graphs.entry(graph).or_insert_with(Vec::new).push(quad),
                Some(Part::Provenance | Part::Links) => passed_over += 1,
                _ => {
                    return Err(format!(
                        "the graph {graph} is not taken from a file: expected graph/doc/\u{2026} or graph/authority/\u{2026}"
                    ));
                }
            }
        }
        if passed_over > 0 {
            let message = format!("{}: {passed_over} triples of provenance and links are not taken over", file.name);
            report.notices.push(message);
        }
        for quads in graphs.values() {
            texts_have_their_digests(self, quads)?;
        }
        Ok((bytes, graphs))
    }

    /// The authority that is named like a file.
    fn named_like(&self, file: &File) -> NamedNode {
        let name = file.name.rsplit(['/', '\\']).next().unwrap_or(&file.name);
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let key: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        self.store.iris().authority_graph(&key)
    }

    /// The document whose graph it is.
    fn document_of(&self, graph: &NamedNode) -> Option<Id> {
        let key = self.store.iris().relative(graph.as_str())?.strip_prefix("graph/doc/")?;
        format!("doc/{key}").parse().ok()
    }

    /// Links the documents that came as triples, now that their texts are stored.
    pub(super) async fn link_what_came_as_rdf(&self, report: &Report) -> Result<(), Error> {
        let came = report.added.iter().filter(|added| added.outcome != UNCHANGED && format(&added.file).is_some());
        let documents: Vec<Id> =
            came.filter_map(|added| self.document_of(&NamedNode::new_unchecked(&added.graph))).collect();
        if !documents.is_empty() {
            self.relink_these(&documents).await?;
        }
        Ok(())
    }
}

/// Every text has the digest that is said of it: mentions and decisions rest on that.
fn texts_have_their_digests(archive: &Archive, quads: &[Quad]) -> Result<(), String> {
    let sha256 = archive.store.iris().term(isn::SHA256);
    let texts: HashMap<&NamedOrBlankNode, &str> = quads
        .iter()
        .filter(|quad| quad.predicate == rdf::VALUE)
        .filter_map(|quad| match &quad.object {
            Term::Literal(text) => Some((&quad.subject, text.value())),
            _ => None,
        })
        .collect();
    for quad in quads.iter().filter(|quad| quad.predicate == sha256) {
        let Some(text) = texts.get(&quad.subject) else { continue };
        let found = hex(&Sha256::digest(text.as_bytes()));
        if quad.object != Term::from(Literal::new_simple_literal(&found)) {
            return Err(format!("the text {} has the digest {found}, not {}", quad.subject, quad.object));
        }
    }
    Ok(())
}
