//! The life of a thing: it is created, edited, merged into another, split, withdrawn, and each of these can be undone.
//!
//! Each act is worked out as quads that go and quads that come, while nobody else writes, and is carried out in one
//! transaction: held against the rules as the graphs will stand, signed, and logged with everything that it takes away
//! and brings ([`Deed`]). What is linked to the names that changed is linked again afterwards, as after every change.

mod create;
mod edit;
mod merge;
mod split;
mod undo;
mod withdraw;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fmt::Write as _,
    sync::{Arc, PoisonError},
};

use jiff::Timestamp;
use oxigraph::model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Term};
use serde::Serialize;

pub use create::{Columns, Creation};
pub use merge::Merging;
pub use split::Splitting;

use super::{
    Archive, Settings,
    change::{Reviewer, Signature},
};
use crate::{
    ask::fate::{self, Fate},
    model::{Id, Kind},
    rdf::{describe, vocab::isn},
    store::{self, Act, Dataset, Review, Update, graph_block},
};

/// Who acts where nobody is named.
const SOMEBODY: &str = "archivist";

/// What was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Done {
    /// What: a term of `vocab/act`.
    pub act: &'static str,
    /// The thing that it was done to, where it was one.
    pub thing: Option<Id>,
    /// The number of its first change; undoing this number undoes it whole.
    pub change: u64,
    /// The number of its last change.
    pub last_change: u64,
    /// How many statements went.
    pub removed: usize,
    /// How many came.
    pub added: usize,
}

/// Why something cannot be done.
#[derive(Debug, thiserror::Error)]
pub enum LifeError {
    /// Something is missing or not understood.
    #[error("{detail}")]
    Unclear {
        /// The field.
        field: String,
        /// What is wrong, and what would be accepted.
        detail: String,
    },
    /// There is no such thing, or no such change.
    #[error("{0}")]
    Unknown(String),
    /// It stands against what is there.
    #[error("{detail}")]
    Conflict {
        /// What stands against it.
        detail: String,
        /// The changes that do.
        changes: Vec<u64>,
    },
    /// The store failed, or refuses what would stand there.
    #[error(transparent)]
    Store(#[from] store::Error),
}

fn unclear(field: &str, detail: impl Into<String>) -> LifeError {
    LifeError::Unclear { field: field.to_owned(), detail: detail.into() }
}

fn conflict(detail: impl Into<String>) -> LifeError {
    LifeError::Conflict { detail: detail.into(), changes: Vec::new() }
}

/// Who does something, and why.
#[derive(Clone, Debug)]
struct Signed {
    by: NamedNode,
    reason: Option<String>,
}

impl Signed {
    fn new(archive: &Archive, by: Option<&str>, reason: Option<&str>) -> Result<Self, LifeError> {
        let name = by.unwrap_or(SOMEBODY);
        let name = name.strip_prefix("agent/").unwrap_or(name);
        let is_good = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if name.is_empty() || name.len() > 64 || !name.chars().all(is_good) {
            let detail = format!("`{name}` is not a name for an agent: expected up to 64 letters, digits and hyphens");
            return Err(unclear("by", detail));
        }
        let reason = reason.map(str::trim).filter(|reason| !reason.is_empty()).map(ToOwned::to_owned);
        Ok(Self { by: archive.store.iris().path(&format!("agent/{name}")), reason })
    }

    /// Whoever takes something away says why.
    fn with_reason(self) -> Result<Self, LifeError> {
        match &self.reason {
            Some(_) => Ok(self),
            None => Err(unclear("reason", "nothing is taken away without a reason; say why in `reason`")),
        }
    }
}

/// Something that is about to be done.
struct Deed {
    /// A term of `vocab/act`.
    act: &'static str,
    thing: Option<Id>,
    removed: Vec<Quad>,
    added: Vec<Quad>,
    /// Graphs that go before anything comes, because what is in them has no names.
    dropped: BTreeSet<NamedNode>,
    /// What the provenance said of graphs that come back.
    provenance: Vec<Quad>,
    /// The first of the changes that it undoes.
    undoes: Option<u64>,
    /// What was asked for, which is kept as the original of what comes.
    request: Vec<u8>,
    signed: Signed,
}

impl Deed {
    fn new(
        act: &'static str,
        thing: impl Into<Option<Id>>,
        signed: Signed,
        request: &impl Serialize,
    ) -> Result<Self, LifeError> {
        Ok(Self {
            act,
            thing: thing.into(),
            removed: Vec::new(),
            added: Vec::new(),
            dropped: BTreeSet::new(),
            provenance: Vec::new(),
            undoes: None,
            request: serde_json::to_vec(request).map_err(store::Error::internal)?,
            signed,
        })
    }

    /// Leaves out what goes and comes again.
    fn tidy(&mut self) {
        let mut seen = HashSet::new();
        self.removed.retain(|quad| seen.insert(quad.clone()));
        let mut come = HashSet::new();
        self.added.retain(|quad| come.insert(quad.clone()));
        self.removed.retain(|quad| !come.contains(quad));
        self.added.retain(|quad| !seen.contains(quad));
    }
}

impl Archive {
    /// Does it, whole or not at all. The caller has the turn.
    async fn carry_out(&self, mut deed: Deed) -> Result<Done, LifeError> {
        deed.tidy();
        if deed.removed.is_empty() && deed.added.is_empty() && deed.dropped.is_empty() {
            return Err(conflict("nothing would change: it stands so already"));
        }
        let before = self.store.last_change().await?;
        let emptied = self.emptied(&deed).await?;
        let text = text(&deed, &emptied);
        let mut reviewer = Reviewer::new(self);
        reviewer.signature = self.signature(&deed).await?;
        let about = Arc::clone(&reviewer.about);
        let review = Some(Review::new(move |touched| reviewer.review(touched)));
        let deadline = self.store.limits().deadline;
        self.store.change(Update { text, dataset: Dataset::default(), deadline, review }).await?;
        let about = std::mem::take(&mut *about.lock().unwrap_or_else(PoisonError::into_inner));
        self.learn_about(&about).await?;
        self.refresh_views().await;
        let (removed, added) = (deed.removed.len(), deed.added.len());
        let last_change = self.store.last_change().await?;
        Ok(Done { act: deed.act, thing: deed.thing, change: before + 1, last_change, removed, added })
    }

    /// What is written of a deed beside its quads. What was asked for is kept with the originals.
    async fn signature(&self, deed: &Deed) -> Result<Signature, LifeError> {
        let original = self.originals.put(deed.request.clone()).await.map_err(store::Error::internal)?.to_string();
        let licence = Settings::new(self, 0).licence;
        let about =
            describe::Provenance { original, digest: String::new(), at: Timestamp::now(), licence, dictionary: None };
        let sha256 = self.store.iris().term(isn::SHA256);
        let restored: HashSet<&NamedOrBlankNode> = deed.provenance.iter().map(|quad| &quad.subject).collect();
        let graphs: BTreeSet<&NamedNode> = deed.added.iter().filter_map(graph).collect();
        let fresh = graphs.into_iter().filter(|graph| !restored.contains(&NamedOrBlankNode::from((*graph).clone())));
        let mut provenance: Vec<Quad> =
            fresh.flat_map(|graph| describe::provenance(&self.ontology, graph, &about)).collect();
        provenance.extend(deed.provenance.iter().cloned());
        provenance.retain(|quad| quad.predicate != sha256);
        let going: BTreeSet<NamedNode> = deed.removed.iter().filter_map(graph).cloned().collect();
        let going: Vec<NamedNode> = going.into_iter().chain(deed.dropped.iter().cloned()).collect();
        Ok(Signature {
            act: Some(Act { kind: deed.act, reason: deed.signed.reason.clone(), undoes: deed.undoes }),
            agent: Some(deed.signed.by.clone()),
            provenance,
            before: self.provenance_of(&going).await?,
        })
    }

    async fn provenance_of(&self, graphs: &[NamedNode]) -> Result<Vec<Quad>, store::Error> {
        let prov = self.store.iris().graph("prov");
        let mut quads = Vec::new();
        for batch in graphs.chunks(200) {
            let names: Vec<String> = batch.iter().map(ToString::to_string).collect();
            let names = names.join(" ");
            let query = format!("CONSTRUCT {{ ?g ?p ?o }} {{ VALUES ?g {{ {names} }} GRAPH {prov} {{ ?g ?p ?o }} }}");
            let rows = self.store.construct(&query).await?;
            quads.extend(rows.into_iter().map(|quad| Quad { graph_name: prov.clone().into(), ..quad }));
        }
        Ok(quads)
    }

    /// The graphs of which nothing will be left: they are dropped, so that nobody lists them as empty.
    async fn emptied(&self, deed: &Deed) -> Result<BTreeSet<NamedNode>, store::Error> {
        let stays: BTreeSet<&NamedNode> = deed.added.iter().filter_map(graph).collect();
        let mut going: BTreeMap<&NamedNode, u64> = BTreeMap::new();
        for graph in deed.removed.iter().filter_map(graph).filter(|graph| !stays.contains(graph)) {
            *going.entry(graph).or_default() += 1;
        }
        let names: Vec<String> = going.keys().map(ToString::to_string).collect();
        let query = format!(
            "SELECT ?g (COUNT(*) AS ?n) {{ VALUES ?g {{ {} }} GRAPH ?g {{ ?s ?p ?o }} }} GROUP BY ?g",
            names.join(" ")
        );
        let rows = self.store.select(&query).await?;
        let is_emptied = |row: &store::Row| {
            let graph = NamedNode::new_unchecked(row.iri("g")?);
            (going.get(&graph).copied() == row.number("n")).then_some(graph)
        };
        Ok(rows.iter().filter_map(is_emptied).collect())
    }

    /// A thing that is there, of one of the kinds that have a life.
    async fn current(&self, field: &str, id: &Id) -> Result<(), LifeError> {
        match fate::of(&self.store, id).await? {
            Fate::Current => Ok(()),
            Fate::Merged { into, .. } => Err(conflict(format!("{id} was merged into {into}; act on that"))),
            Fate::Withdrawn(_) => Err(conflict(format!("{id} was withdrawn; undo that first"))),
            Fate::Unknown if field == "id" => Err(LifeError::Unknown(format!("there is no {id}"))),
            Fate::Unknown => Err(unclear(field, format!("there is no {id}"))),
        }
    }

    /// The document whose mentions a graph holds.
    fn mentions_of(&self, graph: &NamedNode) -> Option<Id> {
        let path = self.store.iris().relative(graph.as_str())?.strip_prefix("graph/mention/")?;
        Id::new(Kind::Document, path.split('/').next()?).ok()
    }

    /// Whether a statement stands in a graph that acts may change.
    fn may_change(&self) -> impl Fn(&Quad) -> bool + use<> {
        let reviewer = Reviewer::new(self);
        move |quad| graph(quad).is_some_and(|graph| !reviewer.keeps(graph))
    }
}

/// A person, organization, place or event: what is edited, merged and split.
fn entity(field: &str, id: &Id) -> Result<(), LifeError> {
    let is_entity = matches!(id.kind(), Kind::Person | Kind::Organization | Kind::Place | Kind::Event);
    if is_entity && id.whole() == id.as_str() {
        return Ok(());
    }
    Err(unclear(field, format!("`{id}` is not an entity: expected person/, org/, place/ or event/ with a key")))
}

fn graph(quad: &Quad) -> Option<&NamedNode> {
    match &quad.graph_name {
        GraphName::NamedNode(graph) => Some(graph),
        _ => None,
    }
}

/// The thing that a node is, or is a part of.
fn whole(iri: &str) -> &str {
    iri.split('#').next().unwrap_or(iri)
}

fn subject(quad: &Quad) -> &str {
    match &quad.subject {
        NamedOrBlankNode::NamedNode(node) => node.as_str(),
        NamedOrBlankNode::BlankNode(_) => "",
    }
}

fn object(quad: &Quad) -> &str {
    match &quad.object {
        Term::NamedNode(node) => node.as_str(),
        _ => "",
    }
}

/// The request that carries out a deed.
fn text(deed: &Deed, emptied: &BTreeSet<NamedNode>) -> String {
    let mut text = String::new();
    let dropped: BTreeSet<&NamedNode> = deed.dropped.iter().chain(emptied).collect();
    for graph in &dropped {
        let _ = writeln!(text, "DROP SILENT GRAPH {graph} ;");
    }
    let left = deed.removed.iter().filter(|quad| graph(quad).is_some_and(|graph| !dropped.contains(graph)));
    let _ = writeln!(text, "DELETE DATA {{\n{}}} ;", blocks(left));
    let _ = writeln!(text, "INSERT DATA {{\n{}}} ;", blocks(deed.added.iter()));
    text
}

fn blocks<'a>(quads: impl Iterator<Item = &'a Quad>) -> String {
    let mut by_graph: BTreeMap<&NamedNode, Vec<Quad>> = BTreeMap::new();
    for quad in quads {
        if let Some(graph) = graph(quad) {
            by_graph.entry(graph).or_default().push(quad.clone());
        }
    }
    let mut text = String::new();
    for (graph, quads) in by_graph {
        graph_block(&mut text, graph, &quads);
    }
    text
}
