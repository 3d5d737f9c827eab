//! A change that is written in SPARQL: looked at before it is kept, and logged like every other.
//!
//! Triples meant for the default graph are kept in a graph of their own, because the default graph that is asked is
//! the merge of all. What the service keeps by itself (its log, its provenance, its vocabulary) is written by nobody
//! else. Whatever graph is touched is held against the rules and the shapes as it will stand.

use std::{
    collections::BTreeSet,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use oxigraph::model::{NamedNode, Quad};
use spargebra::{
    GraphUpdateOperation as Operation, Update as Parsed,
    algebra::{GraphTarget, QueryDataset},
    term::{GraphName, GraphNamePattern},
};

use super::{Archive, actor, learn};
use crate::{
    model::Id,
    rdf::{Finding, Iris, Ontology, Shapes, canonicalize, rules},
    store::{Act, ChangeKind, Dataset, Delta, Error, Review, Touched, Update, archive_graph, history_text, log_text},
};

/// Where graphs of the private store stand, which the archive itself must not have.
const PRIVATE: [&str; 4] = ["graph/inbox", "graph/links", "graph/sensitive", "graph/withheld"];

/// A change as somebody wrote it.
#[derive(Clone, Debug)]
pub struct Change {
    /// SPARQL 1.1 Update, parsed with [`parse_change`](crate::ask::sparql::parse_change).
    pub update: Parsed,
    /// The dataset of its `WHERE` clauses.
    pub dataset: Dataset,
    /// How long it may take.
    pub deadline: Duration,
    /// Whether it is held against the rules and logged. Only an archive that stands on this store does that itself.
    pub is_reviewed: bool,
}

impl Archive {
    /// Carries out a change, whole or not at all.
    pub async fn change(&self, change: Change) -> Result<(), Error> {
        let _turn = self.turn.lock().await;
        let Change { update: mut parsed, dataset, deadline, is_reviewed } = change;
        let reviewer = Reviewer::new(self);
        let about = Arc::clone(&reviewer.about);
        let everything = if reaches_everything(&parsed) { self.graphs().await? } else { Vec::new() };
        let may_write =
            |graph: &NamedNode| !is_reviewed || !reviewer.keeps(graph) || reviewer.vocabulary.contains(graph);
        let everything: Vec<_> = everything.into_iter().filter(may_write).collect();
        move_default_graph(&mut parsed, &self.store.iris().default_graph(), &everything);
        let review = is_reviewed.then(|| Review::new(move |touched| reviewer.review(touched)));
        self.store.change(Update { text: written(&parsed), dataset, deadline, review }).await?;
        let about = std::mem::take(&mut *about.lock().unwrap_or_else(PoisonError::into_inner));
        self.learn_about(&about).await?;
        self.refresh_views().await;
        Ok(())
    }

    /// Knows from now on what the store says of everything that a change touched.
    pub(super) async fn learn_about(&self, about: &BTreeSet<NamedNode>) -> Result<(), Error> {
        let iris = self.store.iris();
        let parts = about.iter().filter_map(|iri| iris.to_id(iri.as_ref()));
        if parts.clone().any(|part| part.as_str().contains("#decision-")) {
            self.learn_decisions(BTreeSet::new()).await?;
            self.relink_everything();
        }
        let things: BTreeSet<Id> =
            parts.filter(learn::is_known_by_name).filter_map(|part| part.whole().parse().ok()).collect();
        self.learn(&things).await
    }

    async fn graphs(&self) -> Result<Vec<NamedNode>, Error> {
        let rows = self.store.select("SELECT DISTINCT ?g { GRAPH ?g { } }").await?;
        Ok(rows.iter().filter_map(|row| row.iri("g")).map(NamedNode::new_unchecked).collect())
    }
}

/// What is known of a change beside its quads.
#[derive(Debug, Default)]
pub(super) struct Signature {
    /// What is done, where the change is a part of something that can be undone as one.
    pub(super) act: Option<Act>,
    /// Who does it: the IRI of an agent.
    pub(super) agent: Option<NamedNode>,
    /// What the provenance is to say of the graphs that are new, but for their digests.
    pub(super) provenance: Vec<Quad>,
    /// What it says of those that may go.
    pub(super) before: Vec<Quad>,
}

/// Holds what a change touches against the rules, and writes the record of it.
pub(super) struct Reviewer {
    iris: Iris,
    ontology: Arc<Ontology>,
    shapes: Arc<Shapes>,
    /// The graphs that only the service writes.
    kept: BTreeSet<NamedNode>,
    /// Those of them that come with the program.
    vocabulary: BTreeSet<NamedNode>,
    /// Who makes the change.
    agent: NamedNode,
    /// What the change is about, for whoever learns from it.
    pub(super) about: Arc<Mutex<BTreeSet<NamedNode>>>,
    /// Who does what.
    pub(super) signature: Signature,
}

impl Reviewer {
    pub(super) fn new(archive: &Archive) -> Self {
        let iris = archive.store.iris().clone();
        let own = ["archive", "changes", "history", "prov"].map(|name| iris.graph(name));
        let vocabulary: BTreeSet<_> = archive.ontology.graphs().keys().map(|name| iris.graph(name)).collect();
        Self {
            kept: own.into_iter().chain([archive_graph()]).chain(vocabulary.iter().cloned()).collect(),
            vocabulary,
            agent: actor::at_work(&iris),
            about: Arc::default(),
            signature: Signature::default(),
            iris,
            ontology: Arc::clone(&archive.ontology),
            shapes: Arc::clone(&archive.shapes),
        }
    }

    /// Whether only the service writes to a graph.
    pub(super) fn keeps(&self, graph: &NamedNode) -> bool {
        let path = self.iris.relative(graph.as_str()).unwrap_or_default();
        self.kept.contains(graph) || PRIVATE.iter().any(|folder| path.starts_with(folder))
    }

    pub(super) fn review(&self, touched: &[Touched]) -> Result<String, Error> {
        // The vocabulary may go with everything else; it comes back with the next document.
        let is_gone = |change: &Touched| change.quads.is_empty() && self.vocabulary.contains(&change.graph);
        if let Some(change) = touched.iter().find(|change| self.keeps(&change.graph) && !is_gone(change)) {
            let graph = &change.graph;
            return Err(Error::Refused(format!("the graph {graph} is kept by the service and cannot be written to")));
        }
        let broken = touched.iter().map(|change| self.broken_by(&change.quads)).collect::<Result<Vec<_>, _>>()?;
        let broken: Vec<Finding> = broken.into_iter().flatten().collect();
        if !broken.is_empty() {
            return Err(Error::Breaks(broken));
        }
        let subjects = touched.iter().flat_map(|change| change.subjects.iter().cloned());
        self.about.lock().unwrap_or_else(PoisonError::into_inner).extend(subjects);
        self.record(touched)
    }

    /// Whether a graph is one of the archive's, whose provenance is kept. Somebody's own graph is only in the log.
    fn has_provenance(&self, graph: &NamedNode) -> bool {
        graph.as_str().starts_with(self.iris.path("graph/").as_str()) && *graph != self.iris.default_graph()
    }

    /// What the rules and shapes say against a graph as it will stand.
    fn broken_by(&self, quads: &[Quad]) -> Result<Vec<Finding>, Error> {
        let mut findings =
            if self.shapes.concern(quads) { self.shapes.check(quads).map_err(Error::internal)? } else { Vec::new() };
        findings.retain(|finding| finding.refuses);
        let broken = rules::nothing_claimed_is_asserted(&self.ontology, quads)
            .and_then(|()| rules::claims_stand_in_their_document(&self.ontology, quads));
        // The shapes say it better, in both languages; the rule holds even if they should not.
        if let (Err(broken), true) = (broken, findings.is_empty()) {
            findings.push(Finding::of_rule(&broken));
        }
        Ok(findings)
    }

    /// The update that logs a change and gives its graphs their new digests.
    fn record(&self, touched: &[Touched]) -> Result<String, Error> {
        let agent = self.signature.agent.as_ref().unwrap_or(&self.agent);
        let mut text = String::new();
        let (mut records, mut deltas) = (Vec::new(), Vec::new());
        for change in touched {
            let kind = match (change.quads.is_empty(), change.existed) {
                (true, _) => ChangeKind::Withdrawn,
                (false, true) => ChangeKind::Updated,
                (false, false) => ChangeKind::Created,
            };
            let digest = canonicalize(&change.quads).map_err(|error| Error::Refused(error.to_string()))?.digest;
            text.push_str(&self.provenance(&change.graph, kind, &digest));
            deltas.push(self.delta(change, kind));
            records.push((change.graph.clone(), kind, digest));
        }
        if !records.is_empty() {
            let deltas: Vec<Option<&Delta>> = deltas.iter().map(Option::as_ref).collect();
            text.push_str(&history_text(&self.iris, &deltas, self.signature.act.as_ref()));
            text.push_str(&log_text(&self.iris, &records, Timestamp::now(), agent));
        }
        Ok(text)
    }

    /// What the provenance is to say of a graph from now on.
    fn provenance(&self, graph: &NamedNode, kind: ChangeKind, digest: &str) -> String {
        let (prov, sha256) = (self.iris.graph("prov"), self.iris.term("sha256"));
        if kind == ChangeKind::Withdrawn {
            return format!("DELETE WHERE {{ GRAPH {prov} {{ {graph} ?p ?o }} }} ;\n");
        }
        if !self.has_provenance(graph) {
            return String::new();
        }
        let about = self.signature.provenance.iter().filter(|quad| quad.subject == graph.clone().into());
        let mut known = String::new();
        for quad in about.filter(|_| kind == ChangeKind::Created) {
            let _ = write!(known, "{graph} {} {} . ", quad.predicate, quad.object);
        }
        format!(
            "DELETE WHERE {{ GRAPH {prov} {{ {graph} {sha256} ?digest }} }} ;\n\
             INSERT DATA {{ GRAPH {prov} {{ {known}{graph} {sha256} \"{digest}\" }} }} ;\n"
        )
    }

    /// What is kept of a change. A graph that is new stands as it came; a part of an act is kept whole.
    fn delta(&self, change: &Touched, kind: ChangeKind) -> Option<Delta> {
        if kind == ChangeKind::Created && self.signature.act.is_none() {
            return None;
        }
        let mut delta = change.delta.clone();
        if kind == ChangeKind::Withdrawn {
            let before = self.signature.before.iter();
            delta.removed.extend(before.filter(|quad| quad.subject == change.graph.clone().into()).cloned());
        }
        Some(delta)
    }
}

/// An update as text. The library would write `WITH` as `USING`, which puts all other graphs out of reach of `GRAPH`.
fn written(update: &Parsed) -> String {
    let mut text = String::new();
    for operation in &update.operations {
        let mut operation = operation.clone();
        if let Operation::DeleteInsert { using, .. } = &mut operation
            && let Some(QueryDataset { default, named: None }) = using
            && let [graph] = default.as_slice()
        {
            let _ = write!(text, "WITH {graph} ");
            *using = None;
        }
        let _ = writeln!(text, "{operation} ;");
    }
    text
}

fn reaches_everything(update: &Parsed) -> bool {
    update.operations.iter().any(|operation| {
        matches!(
            operation,
            Operation::Clear { graph: GraphTarget::AllGraphs | GraphTarget::NamedGraphs, .. }
                | Operation::Drop { graph: GraphTarget::AllGraphs | GraphTarget::NamedGraphs, .. }
        )
    })
}

/// Puts a graph in the place of the default graph wherever an update writes; `ALL` means the graphs that may be written.
fn move_default_graph(update: &mut Parsed, graph: &NamedNode, everything: &[NamedNode]) {
    let mut operations = Vec::new();
    for mut operation in std::mem::take(&mut update.operations) {
        match &mut operation {
            Operation::InsertData { data } => {
                for quad in data {
                    name(&mut quad.graph_name, graph);
                }
            }
            Operation::DeleteData { data } => {
                for quad in data {
                    name(&mut quad.graph_name, graph);
                }
            }
            Operation::DeleteInsert { delete, insert, .. } => {
                let graphs = delete.iter_mut().map(|quad| &mut quad.graph_name);
                for pattern in graphs.chain(insert.iter_mut().map(|quad| &mut quad.graph_name)) {
                    if *pattern == GraphNamePattern::DefaultGraph {
                        *pattern = graph.clone().into();
                    }
                }
            }
            Operation::Clear { graph: target, silent } | Operation::Drop { graph: target, silent } => match target {
                GraphTarget::DefaultGraph => (*target, *silent) = (GraphTarget::NamedNode(graph.clone()), true),
                GraphTarget::NamedNode(_) => {}
                GraphTarget::NamedGraphs | GraphTarget::AllGraphs => {
                    let with_default = *target == GraphTarget::AllGraphs;
                    let drops = matches!(operation, Operation::Drop { .. });
                    let graphs = everything.iter().filter(|named| with_default || *named != graph);
                    operations.extend(graphs.map(|named| {
                        let named = GraphTarget::NamedNode(named.clone());
                        if drops {
                            Operation::Drop { silent: true, graph: named }
                        } else {
                            Operation::Clear { silent: true, graph: named }
                        }
                    }));
                    continue;
                }
            },
            Operation::Create { .. } | Operation::Load { .. } => {}
        }
        operations.push(operation);
    }
    update.operations = operations;
}

fn name(place: &mut GraphName, graph: &NamedNode) {
    if *place == GraphName::DefaultGraph {
        *place = graph.clone().into();
    }
}
