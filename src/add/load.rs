//! A dump comes back: its graphs are restored as they were, in an empty store.
//!
//! The files are read twice. The first time each graph is held against the digest in the manifest and against the rules,
//! and nothing is written if any of them differs; the second time they are written, each with its provenance. What is
//! held in memory is the provenance and a few graphs.

use std::{
    collections::{BTreeSet, HashMap},
    fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use oxigraph::{
    io::RdfParser,
    model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term},
};
use tokio::{sync::mpsc, task::spawn_blocking};

use super::Archive;
use crate::{
    link::Facts,
    rdf::{GraphFormat, GraphRecord, Iris, Manifest, Ontology, Packing, Part, canonicalize, rules, vocab::isn},
    store::{self, Change},
};

/// So many graphs, or so many quads, are written in one update.
const GRAPHS_AT_ONCE: usize = 100;
const QUADS_AT_ONCE: usize = 20_000;

/// The mark of a store in which loading was begun and not ended; a first filling has another.
const LOADING: &str = "restoring";

/// What was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// How many graphs.
    pub graphs: u64,
    /// How many triples.
    pub triples: u64,
}

/// A dump cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The store has something of its own.
    #[error(
        "a dump is loaded into an empty store, and this one has documents or entities; name a new one with --store"
    )]
    NotEmpty,
    /// The dump was made under another base.
    #[error("the dump was made with the base {dump}, not {store}; load it with --base-iri {dump} into a new --store")]
    OtherBase {
        /// The base of the dump.
        dump: String,
        /// The base of the store.
        store: String,
    },
    /// A file is in no syntax that keeps graphs.
    #[error("{0} is not a file that can be loaded: expected .nq or .trig, alone or with .gz or .zst")]
    Syntax(String),
    /// A graph is not what the manifest says.
    #[error("the graph {graph} differs from the manifest: its digest is {found}, not {expected}")]
    Differs {
        /// The graph.
        graph: String,
        /// The digest in the manifest.
        expected: String,
        /// The digest of what is in the file.
        found: String,
    },
    /// The manifest does not know a graph.
    #[error("the graph {0} is not in the manifest")]
    Unknown(String),
    /// A graph is in the manifest and not in the file.
    #[error("the graph {0} of the manifest is missing in the file")]
    Missing(String),
    /// A graph breaks a rule.
    #[error("the graph {graph} is refused: {reason}")]
    Refused {
        /// The graph.
        graph: String,
        /// Why.
        reason: String,
    },
    /// A file cannot be read, or does not parse.
    #[error("failed to read {path}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] store::Error),
}

impl Archive {
    /// Loads files of one dump, whose manifest says what is in them.
    pub async fn load(&self, files: &[PathBuf], manifest: &Manifest) -> Result<Loaded, LoadError> {
        let _turn = self.turn.lock().await;
        let iris = self.store.iris();
        if manifest.dump.base != iris.base() {
            return Err(LoadError::OtherBase { dump: manifest.dump.base.clone(), store: iris.base().to_owned() });
        }
        // Where loading broke off, it is begun again.
        let begun = self.store.mark().await?.as_deref() == Some(LOADING);
        if !begun && self.store.has_content().await? {
            return Err(LoadError::NotEmpty);
        }
        let mut provenance = HashMap::new();
        for file in files {
            let (path, ontology) = (file.clone(), Arc::clone(&self.ontology));
            let known = expected(&manifest.graphs);
            let checked =
                spawn_blocking(move || check(&path, &ontology, &known)).await.map_err(store::Error::internal)?;
            for (graph, quads) in checked? {
                provenance.entry(graph).or_insert_with(Vec::new).extend(quads);
            }
        }
        self.store.set_mark(LOADING).await?;
        let mut loaded = Loaded::default();
        for file in files {
            self.write(file, &mut provenance, &mut loaded).await?;
        }
        // What a dump leaves out, such as the shapes; and the vocabulary, where the dump is of an earlier one.
        self.add_ontology().await?;
        self.store.set_mark("loaded").await?;
        self.grow(Vec::new(), Facts::new()).await?;
        self.refresh_views().await;
        Ok(loaded)
    }

    /// Writes the graphs of a file that was checked.
    async fn write(
        &self,
        file: &Path,
        provenance: &mut HashMap<NamedNode, Vec<Quad>>,
        loaded: &mut Loaded,
    ) -> Result<(), LoadError> {
        let iris = self.store.iris();
        let (sender, mut receiver) = mpsc::channel(1);
        let path = file.to_owned();
        let reading = spawn_blocking(move || {
            each_graph(&path, |graph, quads| {
                // Where the writer has failed, nothing needs to be read.
                sender.blocking_send((graph, quads)).map_err(|_| store::Error::Cancelled.into())
            })
        });
        let (mut changes, mut waiting) = (Vec::new(), 0);
        while let Some((graph, quads)) = receiver.recv().await {
            // The provenance goes with the graphs that it is about.
            if Part::of(iris, graph.as_ref()) == Some(Part::Provenance) {
                continue;
            }
            loaded.graphs += 1;
            loaded.triples += quads.len() as u64;
            waiting += quads.len();
            changes.push(self.restored(graph, quads, provenance)?);
            if changes.len() >= GRAPHS_AT_ONCE || waiting >= QUADS_AT_ONCE {
                self.store.commit(std::mem::take(&mut changes)).await?;
                waiting = 0;
            }
        }
        reading.await.map_err(store::Error::internal)??;
        self.store.commit(changes).await?;
        Ok(())
    }

    /// A graph with its provenance, and with the digest that was recorded when it was first written: an engine may
    /// spell numbers otherwise than they came.
    fn restored(
        &self,
        graph: NamedNode,
        quads: Vec<Quad>,
        provenance: &mut HashMap<NamedNode, Vec<Quad>>,
    ) -> Result<Change, LoadError> {
        let iris = self.store.iris();
        let provenance = provenance.remove(&graph).unwrap_or_default();
        let sha256 = iris.term(isn::SHA256);
        let recorded = provenance.iter().find_map(|quad| match &quad.object {
            Term::Literal(literal) if quad.predicate == sha256 => Some(literal.value().to_owned()),
            _ => None,
        });
        let Some(digest) = recorded else {
            let reason = "the provenance in the dump does not speak of it".to_owned();
            return Err(LoadError::Refused { graph: graph.into_string(), reason });
        };
        let agent = iris.path("agent/isnad");
        Ok(Change { graph, quads, digest, companions: Vec::new(), provenance, agent, force: false, forget: false })
    }
}

/// The records of the manifest by graph. The provenance stands in two files and has two.
fn expected(records: &[GraphRecord]) -> HashMap<String, Vec<GraphRecord>> {
    let mut known: HashMap<String, Vec<GraphRecord>> = HashMap::with_capacity(records.len());
    for record in records {
        known.entry(record.graph.clone()).or_default().push(record.clone());
    }
    known
}

/// Holds every graph of a file against the manifest and the rules, and gives the provenance in it, by graph.
fn check(
    path: &Path,
    ontology: &Ontology,
    known: &HashMap<String, Vec<GraphRecord>>,
) -> Result<HashMap<NamedNode, Vec<Quad>>, LoadError> {
    let mut provenance: HashMap<NamedNode, Vec<Quad>> = HashMap::new();
    let (mut seen, mut parts) = (BTreeSet::new(), BTreeSet::new());
    each_graph(path, |graph, quads| {
        let refused = |reason: &dyn std::fmt::Display| LoadError::Refused {
            graph: graph.as_str().to_owned(),
            reason: reason.to_string(),
        };
        let records = known.get(graph.as_str()).ok_or_else(|| LoadError::Unknown(graph.as_str().to_owned()))?;
        let found = canonicalize(&quads).map_err(|error| refused(&error))?.digest;
        if !records.iter().any(|record| record.sha256 == found) {
            let expected = records.iter().map(|record| record.sha256.as_str()).collect::<Vec<_>>().join(" or ");
            return Err(LoadError::Differs { graph: graph.into_string(), expected, found });
        }
        let Some(part) = Part::of(ontology.iris(), graph.as_ref()) else {
            return Err(refused(&"it is not one of the archive's public graphs"));
        };
        rules::nothing_claimed_is_asserted(ontology, &quads).map_err(|error| refused(&error))?;
        rules::claims_stand_in_their_document(ontology, &quads).map_err(|error| refused(&error))?;
        if part == Part::Provenance {
            sort_provenance(ontology.iris(), quads, &mut provenance);
        }
        parts.insert(part);
        seen.insert(graph.into_string());
        Ok(())
    })?;
    // A file of links has the provenance of links in it; any other file is of the parts that are in it.
    let is_whole = |record: &&GraphRecord| {
        let is_meant =
            if parts.contains(&Part::Links) { record.part == Part::Links } else { parts.contains(&record.part) };
        is_meant && record.triples > 0 && !seen.contains(&record.graph)
    };
    match known.values().flatten().find(is_whole) {
        Some(missing) => Err(LoadError::Missing(missing.graph.clone())),
        None => Ok(provenance),
    }
}

fn sort_provenance(iris: &Iris, quads: Vec<Quad>, provenance: &mut HashMap<NamedNode, Vec<Quad>>) {
    for mut quad in quads {
        if let NamedOrBlankNode::NamedNode(graph) = &quad.subject {
            let graph = graph.clone();
            quad.graph_name = iris.graph("prov").into();
            provenance.entry(graph).or_default().push(quad);
        }
    }
}

/// Hands over the graphs of a file, one by one; each stands in one piece.
fn each_graph(
    path: &Path,
    mut take: impl FnMut(NamedNode, Vec<Quad>) -> Result<(), LoadError>,
) -> Result<(), LoadError> {
    let failed = |source: io::Error| LoadError::Read { path: path.display().to_string(), source };
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let (inner, packing) = Packing::split(&name);
    let format = inner.rsplit_once('.').and_then(|(_, extension)| GraphFormat::from_extension(extension));
    let format = format.filter(|format| matches!(format, GraphFormat::NQuads | GraphFormat::TriG));
    let format = format.ok_or_else(|| LoadError::Syntax(path.display().to_string()))?;
    let file = fs::File::open(path).map_err(failed)?;
    let reader = packing.read(io::BufReader::with_capacity(1 << 18, file)).map_err(failed)?;
    let mut quads: Vec<Quad> = Vec::new();
    let mut hand_over = |quads: &mut Vec<Quad>| match quads.first().map(|quad| quad.graph_name.clone()) {
        None => Ok(()),
        Some(GraphName::NamedNode(graph)) => take(graph, std::mem::take(quads)),
        Some(_) => Err(LoadError::Unknown("without a name".to_owned())),
    };
    for quad in RdfParser::from_format(format.to_rdf_format()).for_reader(io::BufReader::new(reader)) {
        let quad = quad.map_err(|error| failed(io::Error::other(error)))?;
        if quads.last().is_some_and(|last| last.graph_name != quad.graph_name) {
            hand_over(&mut quads)?;
        }
        quads.push(quad);
    }
    hand_over(&mut quads)
}
