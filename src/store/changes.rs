//! Graphs are replaced as wholes, and every replacement is in the log, in the same transaction.
//!
//! The log numbers its records without gaps: the number is taken in the engine, inside the update that makes
//! the change, so that two processes on one remote engine cannot give the same number twice. Its times do not go
//! back as long as the clocks do not: a harvester that asks for what is new since its last visit misses nothing.

use std::{
    collections::HashMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
};

use jiff::Timestamp;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, vocab::xsd};

use super::{Delta, Error, Kind, Store, history::forget_text, history_text};
use crate::rdf::{Iris, vocab::prov};

/// A graph to be put in the place of what stands there, with what belongs to it.
#[derive(Clone, Debug)]
pub struct Change {
    /// The graph.
    pub graph: NamedNode,
    /// Its quads; none withdraws it.
    pub quads: Vec<Quad>,
    /// The digest of its canonical form; it tells whether anything changes.
    pub digest: String,
    /// Graphs that live and die with it, such as the mentions of a document; each is replaced too.
    pub companions: Vec<(NamedNode, Vec<Quad>)>,
    /// What `graph/prov` is to say of the graph and its companions.
    pub provenance: Vec<Quad>,
    /// Who: the IRI of an agent.
    pub agent: NamedNode,
    /// Whether to write even where the digest is the same, because a companion may differ.
    pub force: bool,
    /// Whether nobody may learn any more how the graph stood before: of this change and of those before it no statements
    /// are kept, and what is told of earlier days ends here.
    pub forget: bool,
}

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// It was written and logged.
    Written(ChangeKind),
    /// The graph was the same already; nothing was written, not even the log.
    Unchanged,
}

/// The kinds of change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// The graph is new.
    Created,
    /// The graph was there and is another now.
    Updated,
    /// The graph is gone.
    Withdrawn,
}

impl ChangeKind {
    /// Its term in `vocab/change-kind`.
    #[must_use]
    pub const fn term(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Updated => "updated",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// The kind of change behind its term's IRI.
pub(super) fn change_kind(iris: &Iris, iri: &str) -> Option<ChangeKind> {
    let term = iris.relative(iri)?.strip_prefix("vocab/change-kind/")?;
    [ChangeKind::Created, ChangeKind::Updated, ChangeKind::Withdrawn].into_iter().find(|kind| kind.term() == term)
}

impl Store {
    /// Writes some changes, all or none, and logs each that changes anything.
    pub async fn commit(&self, changes: Vec<Change>) -> Result<Vec<Outcome>, Error> {
        let _turn = self.writer.lock().await;
        let outcomes = self.foresee(&changes).await?;
        let written: Vec<(&Change, ChangeKind)> = changes
            .iter()
            .zip(&outcomes)
            .filter_map(|(change, outcome)| match outcome {
                Outcome::Written(kind) => Some((change, *kind)),
                Outcome::Unchanged => None,
            })
            .collect();
        if !written.is_empty() {
            let deltas = self.deltas(&written).await?;
            self.update(self.replace_text(&written, &deltas)).await?;
        }
        Ok(outcomes)
    }

    /// What some changes take away and bring. What is new takes nothing away, and is not kept twice.
    async fn deltas(&self, changes: &[(&Change, ChangeKind)]) -> Result<Vec<Option<Delta>>, Error> {
        let mut deltas = Vec::with_capacity(changes.len());
        for (change, kind) in changes {
            if *kind == ChangeKind::Created || change.forget {
                deltas.push(None);
                continue;
            }
            let companions = change.companions.iter().map(|(graph, _)| graph);
            let (mut before, mut after) = (Vec::new(), change.quads.clone());
            for graph in std::iter::once(&change.graph).chain(companions) {
                before.extend(self.graph(graph).await?);
            }
            after.extend(change.companions.iter().flat_map(|(_, quads)| quads.iter().cloned()));
            deltas.push(Some(Delta::between(before, &after)));
        }
        Ok(deltas)
    }

    /// What would become of some changes if they were written now.
    pub async fn foresee(&self, changes: &[Change]) -> Result<Vec<Outcome>, Error> {
        let known = self.digests(changes.iter().map(|change| &change.graph)).await?;
        Ok(changes.iter().map(|change| outcome(change, &known)).collect())
    }

    /// The number of the last change.
    pub async fn last_change(&self) -> Result<u64, Error> {
        // Behind an address others may write too.
        let (generation, known) = self.sequence.get();
        if let (Some(number), true) = (known, self.engine.kind() != Kind::Remote) {
            return Ok(number);
        }
        let log = self.iris.graph("changes");
        let last = self.iris.term("lastSequence");
        let rows = self.select(&format!("SELECT ?n {{ GRAPH {log} {{ {log} {last} ?n }} }}")).await?;
        let number = rows.first().and_then(|row| row.number("n")).unwrap_or(0);
        self.sequence.learn(generation, number);
        Ok(number)
    }

    /// The digests of graphs as they stand, by IRI.
    pub async fn digests<'a>(
        &self,
        graphs: impl IntoIterator<Item = &'a NamedNode>,
    ) -> Result<HashMap<String, String>, Error> {
        let graphs: String = graphs.into_iter().flat_map(|graph| [graph.to_string(), " ".to_owned()]).collect();
        let prov = self.iris.graph("prov");
        let digest = self.iris.term("sha256");
        let query = format!("SELECT ?g ?d {{ VALUES ?g {{ {graphs}}} GRAPH {prov} {{ ?g {digest} ?d }} }}");
        let rows = self.select(&query).await?;
        Ok(rows.iter().filter_map(|row| Some((row.iri("g")?.to_owned(), row.text("d")?))).collect())
    }

    /// One update request for all of it.
    fn replace_text(&self, changes: &[(&Change, ChangeKind)], deltas: &[Option<Delta>]) -> String {
        let prov = self.iris.graph("prov");
        let mut text = String::new();
        for (change, _) in changes {
            if change.forget {
                text.push_str(&forget_text(&self.iris, &change.graph));
            }
            let graphs = std::iter::once(&change.graph).chain(change.companions.iter().map(|(graph, _)| graph));
            for graph in graphs {
                let _ = writeln!(text, "DROP SILENT GRAPH {graph} ;");
                let _ = writeln!(text, "DELETE WHERE {{ GRAPH {prov} {{ {graph} ?p ?o }} }} ;");
            }
        }
        text.push_str("INSERT DATA {\n");
        for (change, _) in changes {
            graph_block(&mut text, &change.graph, &change.quads);
            for (graph, quads) in &change.companions {
                graph_block(&mut text, graph, quads);
            }
            graph_block(&mut text, &prov, &change.provenance);
        }
        text.push_str("} ;\n");
        // One batch is made by one agent. The log has the time at which it is committed: the batch may have begun long
        // before, and whoever harvested in between would not look back.
        if let Some((first, _)) = changes.first() {
            let records: Vec<_> =
                changes.iter().map(|(change, kind)| (change.graph.clone(), *kind, change.digest.clone())).collect();
            let deltas: Vec<_> = deltas.iter().map(Option::as_ref).collect();
            text.push_str(&history_text(&self.iris, &deltas, None));
            text.push_str(&log_text(&self.iris, &records, Timestamp::now(), &first.agent));
        }
        text
    }
}

/// The part of the request that takes the next numbers and writes the records: for each graph what became of it,
/// and the digest of its canonical form. No record of this process is earlier than the one before it, even where the
/// clock is set back.
#[must_use]
pub fn log_text(iris: &Iris, records: &[(NamedNode, ChangeKind, String)], at: Timestamp, agent: &NamedNode) -> String {
    let (log, at) = (iris.graph("changes"), never_back(at));
    let mut rows = String::new();
    for (step, (graph, kind, digest)) in records.iter().enumerate() {
        let kind = iris.concept("change-kind", kind.term());
        let _ = writeln!(rows, "({} {graph} {kind} \"{digest}\")", step + 1);
    }
    format!(
        "INSERT {{ GRAPH {log} {{ ?change a {isn_change} ; {sequence} ?number ; {change_of} ?graph ; \
         {change_kind} ?kind ; {generated} \"{at}\"^^{date_time} ; {isn_digest} ?digest ; {attributed} {agent} }} }}\n\
         WHERE {{ GRAPH {log} {{ {log} {last_sequence} ?last }}\n\
         VALUES (?step ?graph ?kind ?digest) {{\n{rows}}}\n\
         BIND(?last + ?step AS ?number) BIND(IRI(CONCAT(\"{base}change/\", STR(?number))) AS ?change) }} ;\n\
         DELETE {{ GRAPH {log} {{ {log} {last_sequence} ?last }} }}\n\
         INSERT {{ GRAPH {log} {{ {log} {last_sequence} ?next }} }}\n\
         WHERE {{ GRAPH {log} {{ {log} {last_sequence} ?last }} BIND(?last + {count} AS ?next) }}",
        isn_change = iris.term("Change"),
        sequence = iris.term("sequence"),
        change_of = iris.term("changeOf"),
        change_kind = iris.term("changeKind"),
        isn_digest = iris.term("digest"),
        last_sequence = iris.term("lastSequence"),
        generated = prov::GENERATED_AT_TIME,
        attributed = prov::WAS_ATTRIBUTED_TO,
        date_time = xsd::DATE_TIME,
        base = iris.base(),
        count = records.len(),
    )
}

/// A time that is not before any that was given before.
fn never_back(at: Timestamp) -> Timestamp {
    static LAST: Mutex<Timestamp> = Mutex::new(Timestamp::MIN);
    let mut last = LAST.lock().unwrap_or_else(PoisonError::into_inner);
    *last = at.max(*last);
    *last
}

fn outcome(change: &Change, known: &HashMap<String, String>) -> Outcome {
    match known.get(change.graph.as_str()) {
        Some(_) if change.quads.is_empty() => Outcome::Written(ChangeKind::Withdrawn),
        Some(digest) if *digest == change.digest && !change.force => Outcome::Unchanged,
        Some(_) => Outcome::Written(ChangeKind::Updated),
        None if change.quads.is_empty() => Outcome::Unchanged,
        None => Outcome::Written(ChangeKind::Created),
    }
}

/// The quads of one graph, as SPARQL writes them.
pub(crate) fn graph_block(text: &mut String, graph: &NamedNode, quads: &[Quad]) {
    if quads.is_empty() {
        return;
    }
    let _ = writeln!(text, "GRAPH {graph} {{");
    let mut subject: Option<&NamedOrBlankNode> = None;
    for quad in quads {
        if subject == Some(&quad.subject) {
            let _ = write!(text, " ;\n {} {}", quad.predicate, quad.object);
        } else {
            let end = if subject.is_some() { " .\n" } else { "" };
            let _ = write!(text, "{end}{} {} {}", quad.subject, quad.predicate, quad.object);
            subject = Some(&quad.subject);
        }
    }
    text.push_str(" .\n}\n");
}
