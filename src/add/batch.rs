//! A batch of files, from bytes to the store.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    path::Path,
    sync::Arc,
};

use serde::Serialize;

use super::{Archive, File, Plan, Settings, document, learn::is_known_by_name, names, relink::Documents};
use crate::{
    intake::{self, Intake, Mapping, Record},
    link::{Dictionary, Facts},
    model::{Id, Sensitive},
    rdf::{GraphFormat, canonicalize, describe, read, rules},
    store::{Change, Digest, Error, Outcome},
};

/// So many graphs are written in one transaction at most.
const GRAPHS_AT_ONCE: usize = 32;
/// A transaction is closed when it holds so many quads.
const QUADS_AT_ONCE: usize = 20_000;
/// So many quads of a table are held against the shapes at once.
const QUADS_CHECKED_AT_ONCE: usize = 5_000;

/// What became of a batch.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// The graphs that were offered to the store.
    pub added: Vec<Added>,
    /// What could not be added.
    pub failures: Vec<Failure>,
    /// What is worth saying.
    pub notices: Vec<String>,
}

/// One graph of a batch.
#[derive(Clone, Debug, Serialize)]
pub struct Added {
    /// The file it came from.
    pub file: String,
    /// The graph.
    pub graph: String,
    /// `created`, `updated` or `unchanged`.
    pub outcome: &'static str,
    /// How many mentions were found, for a document.
    pub mentions: usize,
}

/// Something that could not be added, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The file.
    pub file: String,
    /// Where in it, and what is wrong.
    pub reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.file, self.reason)
    }
}

/// A graph on its way into the store.
pub(super) struct Prepared {
    pub change: Change,
    pub mentions: usize,
    pub warnings: Vec<String>,
    /// What goes to the private store.
    pub apart: Option<(Id, Sensitive)>,
}

impl Archive {
    /// Adds the files of a plan; `progress` is told how many files are done.
    ///
    /// An error means that the store failed; what was committed before stays. Faults of the files are in the report.
    pub async fn add(
        &self,
        plan: &Plan,
        settings: &Settings,
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Report, Error> {
        let turn = self.turn.lock().await;
        let mut report = Report::default();
        let before = self.dictionary();
        let (readable, mut things) = self.learn_names(plan, settings, &mut report).await?;
        let mut batch = Batch { archive: self, settings, waiting: Vec::new(), quads: 0 };
        for (done, file) in readable.into_iter().enumerate() {
            match self.prepare(file, settings, &mut report) {
                Ok((bytes, prepared)) => {
                    if !settings.dry_run && !prepared.is_empty() {
                        self.keep_apart_of(&prepared, &bytes).await?;
                        self.originals.put(bytes).await.map_err(Error::internal)?;
                    }
                    for prepared in prepared {
                        things.extend(self.described(&prepared.change).await?);
                        batch.push(file, prepared, &mut report).await?;
                    }
                }
                Err(reason) => report.failures.push(Failure { file: file.name.clone(), reason }),
            }
            progress(done + 1);
        }
        batch.flush(&mut report).await?;
        self.settle(before, things, &report).await?;
        drop(turn);
        let written = report.added.iter().any(|added| !matches!(added.outcome, "unchanged" | "not-stored"));
        if written {
            self.refresh_views().await;
        }
        Ok(report)
    }

    /// Keeps what files hold of people who could be harmed by it, and gives to nobody the files that hold that, or words
    /// that are withheld.
    async fn keep_apart_of(&self, prepared: &[Prepared], bytes: &[u8]) -> Result<(), Error> {
        for (document, sensitive) in prepared.iter().filter_map(|prepared| prepared.apart.as_ref()) {
            self.withhold_original(&Digest::of(bytes).to_string()).await?;
            if !sensitive.is_empty() {
                self.keep_sensitive(document, sensitive).await?;
            }
        }
        Ok(())
    }

    /// The things that a table describes, and those that it described before, where it is not the same as before.
    async fn described(&self, change: &Change) -> Result<BTreeSet<Id>, Error> {
        let iris = self.store.iris();
        let graph = &change.graph;
        let known = self.store.digests([graph]).await?;
        let is_table = graph.as_str().starts_with(iris.authority_graph("").as_str());
        if !is_table || known.get(graph.as_str()) == Some(&change.digest) {
            return Ok(BTreeSet::new());
        }
        let before = self.store.select(&format!("SELECT DISTINCT ?s {{ GRAPH {graph} {{ ?s ?p ?o }} }}")).await?;
        let before = before.iter().filter_map(|row| iris.parse_id(row.iri("s")?));
        let now = change.quads.iter().filter_map(|quad| match &quad.subject {
            oxigraph::model::NamedOrBlankNode::NamedNode(subject) => iris.to_id(subject.as_ref()),
            oxigraph::model::NamedOrBlankNode::BlankNode(_) => None,
        });
        let known_by_name = before.chain(now).filter(is_known_by_name);
        Ok(known_by_name.filter_map(|id| id.whole().parse().ok()).collect())
    }

    /// Knows from now on what the store says of the things of a batch, and has what they are named in linked again.
    ///
    /// The documents of the batch itself were linked with what its files say, which is nearly always the same.
    async fn settle(&self, before: Arc<Dictionary>, things: BTreeSet<Id>, report: &Report) -> Result<(), Error> {
        let start = self.store.iris().path("graph/doc/");
        let fresh = report.added.iter().filter_map(|added| added.graph.strip_prefix(start.as_str()));
        let fresh: Arc<BTreeSet<Id>> = Arc::new(fresh.filter_map(|key| format!("doc/{key}").parse().ok()).collect());
        let expected = self.dictionary();
        self.take_in(&things).await?;
        let (since, meanwhile) = (self.changed_since(&before, &things), self.changed_since(&expected, &things));
        self.relink_later(before, since, Documents::Except(Arc::clone(&fresh)));
        self.relink_later(expected, meanwhile, Documents::Only(fresh));
        Ok(())
    }

    /// The first reading: grows the dictionary by the names in the files, and leaves out what cannot be read.
    async fn learn_names<'a>(
        &self,
        plan: &'a Plan,
        settings: &Settings,
        report: &mut Report,
    ) -> Result<(Vec<&'a File>, BTreeSet<Id>), Error> {
        let (mut found, mut facts) = (Vec::new(), Facts::new());
        let (mut tables, mut documents, mut unresolved) = (Vec::new(), Vec::new(), Vec::new());
        for file in &plan.files {
            if rdf_format(&file.name).is_some() {
                tables.push(file);
                continue;
            }
            match self.read(file, settings) {
                Ok((intake, _)) => {
                    intake.records.iter().for_each(|record| names::of(record, &mut found, &mut facts));
                    unresolved.extend(intake.records.into_iter().filter_map(document::with_words_for_things));
                    if intake.table.is_some() { tables.push(file) } else { documents.push(file) }
                }
                Err(reason) => report.failures.push(Failure { file: file.name.clone(), reason }),
            }
        }
        if !unresolved.is_empty() {
            // What the words in the fields name is a fact of the document, and known only with the names of the batch.
            self.expect(found.clone(), facts.clone()).await?;
            for mut document in unresolved {
                document::resolve(&self.dictionary(), &mut document);
                names::of(&Record::Document(document), &mut Vec::new(), &mut facts);
            }
        }
        let things = self.expect(found, facts).await?;
        tables.extend(documents);
        Ok((tables, things))
    }

    /// What a file says, and its bytes.
    pub(super) fn read(&self, file: &File, settings: &Settings) -> Result<(Intake, Vec<u8>), String> {
        let bytes = file.read(settings.max_file).map_err(|error| error.to_string())?;
        let beside = match file.mapping() {
            Some(text) => {
                let text = text.map_err(|error| format!("the mapping beside it: {error}"))?;
                Some(Mapping::from_json(&text).map_err(|error| format!("the mapping beside it: {error}"))?)
            }
            None => None,
        };
        let mapping = beside.as_ref().or(settings.mapping.as_ref());
        let intake = intake::read_up_to(settings.max_file, &file.name, &bytes, mapping, &self.vocabulary)
            .map_err(|error| error.to_string())?;
        Ok((intake, bytes))
    }

    /// The second reading: the bytes of a file, and the graphs that they become.
    fn prepare(
        &self,
        file: &File,
        settings: &Settings,
        report: &mut Report,
    ) -> Result<(Vec<u8>, Vec<Prepared>), String> {
        if let Some(format) = rdf_format(&file.name) {
            let bytes = file.read(settings.max_file).map_err(|error| error.to_string())?;
            let prepared = self.prepare_rdf(file, &bytes, format, settings)?;
            return Ok((bytes, vec![prepared]));
        }
        let (intake, bytes) = self.read(file, settings)?;
        report.notices.extend(intake.notices.iter().map(|notice| format!("{}: {notice}", file.name)));
        report
            .failures
            .extend(intake.failures.iter().map(|row| Failure { file: file.name.clone(), reason: row.to_string() }));
        let mut prepared = Vec::new();
        let mut rows = Vec::new();
        for record in intake.records {
            match record {
                Record::Document(document) if intake.table.is_none() || document.doc_type.is_some() => {
                    prepared.push(document::prepare(self, document, &bytes, settings)?);
                }
                row => rows.push(row),
            }
        }
        if let (Some(table), false) = (&intake.table, rows.is_empty()) {
            prepared.push(self.prepare_table(table, &rows, &bytes, settings)?);
        }
        Ok((bytes, prepared))
    }

    /// A table of entities, offices or records: one graph.
    fn prepare_table(
        &self,
        table: &str,
        rows: &[Record],
        bytes: &[u8],
        settings: &Settings,
    ) -> Result<Prepared, String> {
        let mut quads = Vec::new();
        let mut offices: BTreeMap<&Id, usize> = BTreeMap::new();
        for row in rows {
            quads.extend(match row {
                Record::Document(record) => describe::record(&self.ontology, table, record),
                Record::Entity(entity) => describe::entity(&self.ontology, table, entity),
                Record::Tenure { person, tenure } => {
                    let number = offices.entry(person).or_default();
                    *number += 1;
                    describe::tenure(&self.ontology, table, person, *number, tenure)
                }
            });
        }
        let graph = self.store.iris().authority_graph(table);
        self.finish(graph, quads, Vec::new(), bytes, None, settings)
    }

    /// A file of RDF: one graph.
    fn prepare_rdf(
        &self,
        file: &File,
        bytes: &[u8],
        format: GraphFormat,
        settings: &Settings,
    ) -> Result<Prepared, String> {
        let text = std::str::from_utf8(bytes)
            .map_err(|error| format!("byte {} is not UTF-8: expected text in UTF-8", error.valid_up_to()))?;
        let stem =
            Path::new(&file.name).file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let key: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
        let graph = self.store.iris().authority_graph(&key);
        let quads = read::graph(&self.ontology, text, format, &graph).map_err(|error| error.to_string())?;
        if quads.is_empty() {
            return Err("the file says nothing: it has no triples".to_owned());
        }
        self.finish(graph, quads, Vec::new(), bytes, None, settings)
    }

    /// Checks a graph and gives it its digest and its provenance.
    pub(super) fn finish(
        &self,
        graph: oxigraph::model::NamedNode,
        quads: Vec<oxigraph::model::Quad>,
        companions: Vec<(oxigraph::model::NamedNode, Vec<oxigraph::model::Quad>)>,
        bytes: &[u8],
        dictionary: Option<&str>,
        settings: &Settings,
    ) -> Result<Prepared, String> {
        let say = |error: &dyn fmt::Display| error.to_string();
        rules::nothing_claimed_is_asserted(&self.ontology, &quads).map_err(|error| say(&error))?;
        rules::claims_stand_in_their_document(&self.ontology, &quads).map_err(|error| say(&error))?;
        let mut warnings = Vec::new();
        for part in parts(&quads) {
            for finding in self.shapes.check(part).map_err(|error| say(&error))? {
                if finding.refuses {
                    return Err(format!("refused by the shape {finding}"));
                }
                warnings.push(finding.to_string());
            }
        }
        let digest = canonicalize(&quads).map_err(|error| say(&error))?.digest;
        let original = Digest::of(bytes).to_string();
        let mut provenance = Vec::new();
        let mut describe = |graph: &oxigraph::model::NamedNode, digest: String, dictionary: Option<&str>| {
            let about = describe::Provenance {
                original: original.clone(),
                digest,
                at: settings.at,
                licence: settings.licence.clone(),
                dictionary: dictionary.map(ToOwned::to_owned),
            };
            provenance.extend(describe::provenance(&self.ontology, graph, &about));
        };
        describe(&graph, digest.clone(), None);
        for (companion, quads) in &companions {
            describe(companion, canonicalize(quads).map_err(|error| say(&error))?.digest, dictionary);
        }
        rules::graph_has_provenance(&self.ontology, &graph.clone().into(), &provenance).map_err(|error| say(&error))?;
        let change = Change {
            graph,
            quads,
            digest,
            companions,
            provenance,
            agent: settings.agent.clone(),
            force: settings.relink,
        };
        Ok(Prepared { change, mentions: 0, warnings, apart: None })
    }
}

/// Pieces of a graph that hold whole subjects, so that a large table is not checked in one.
fn parts(quads: &[oxigraph::model::Quad]) -> Vec<&[oxigraph::model::Quad]> {
    let whole = |quad: &oxigraph::model::Quad| {
        let subject = quad.subject.to_string();
        subject.split('#').next().map(ToOwned::to_owned).unwrap_or(subject)
    };
    let mut parts = Vec::new();
    let mut start = 0;
    for end in 1..=quads.len() {
        let enough = end - start >= QUADS_CHECKED_AT_ONCE;
        if end == quads.len() || (enough && whole(&quads[end - 1]) != whole(&quads[end])) {
            parts.push(&quads[start..end]);
            start = end;
        }
    }
    parts
}

/// The RDF syntax of a file, by its extension.
fn rdf_format(name: &str) -> Option<GraphFormat> {
    GraphFormat::from_extension(name.rsplit_once('.')?.1)
}

/// Changes that wait to be written together.
struct Batch<'a> {
    archive: &'a Archive,
    settings: &'a Settings,
    waiting: Vec<(String, Prepared)>,
    quads: usize,
}

impl Batch<'_> {
    async fn push(&mut self, file: &File, prepared: Prepared, report: &mut Report) -> Result<(), Error> {
        report.notices.extend(prepared.warnings.iter().map(|warning| format!("{}: {warning}", file.name)));
        let companions: usize = prepared.change.companions.iter().map(|(_, quads)| quads.len()).sum();
        self.quads += prepared.change.quads.len() + companions;
        self.waiting.push((file.name.clone(), prepared));
        if self.waiting.len() >= GRAPHS_AT_ONCE || self.quads >= QUADS_AT_ONCE {
            self.flush(report).await?;
        }
        Ok(())
    }

    async fn flush(&mut self, report: &mut Report) -> Result<(), Error> {
        self.quads = 0;
        let (mut added, mut changes) = (Vec::new(), Vec::new());
        for (file, Prepared { change, mentions, .. }) in self.waiting.drain(..) {
            let graph = change.graph.as_str().to_owned();
            added.push(Added { file, graph, outcome: "not-stored", mentions });
            changes.push(change);
        }
        if !self.settings.dry_run {
            let outcomes = self.archive.store.commit(changes).await?;
            for (added, outcome) in added.iter_mut().zip(outcomes) {
                added.outcome = match outcome {
                    Outcome::Written(kind) => kind.term(),
                    Outcome::Unchanged => "unchanged",
                };
            }
        }
        report.added.extend(added);
        Ok(())
    }
}
