//! A batch of files, from bytes to the store.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::Arc,
};

use super::{
    Added, Archive, Failure, File, Plan, Progress, Report, Settings, Stage, document,
    learn::is_known_by_name,
    names, rdf_file,
    relink::Documents,
    report::{Link, UNCHANGED},
};
use crate::{
    ask::fate,
    intake::{self, Intake, Mapping, Record},
    link::{Dictionary, Facts},
    model::{Entity, Id, Sensitive},
    rdf::{GraphFormat, canonicalize, describe, rules},
    store::{Change, Digest, Error, Outcome},
};

/// So many graphs are written in one transaction at most.
const GRAPHS_AT_ONCE: usize = 32;
/// A transaction is closed when it holds so many quads.
const QUADS_AT_ONCE: usize = 20_000;
/// So many quads of a table are held against the shapes at once.
const QUADS_CHECKED_AT_ONCE: usize = 5_000;

/// A graph on its way into the store.
pub(super) struct Prepared {
    pub change: Change,
    pub mentions: usize,
    pub warnings: Vec<String>,
    /// What goes to the private store.
    pub apart: Option<(Id, Sensitive)>,
    /// The links in it, for a report of what would be stored.
    pub links: Vec<Link>,
}

/// A graph that a file says: to be written, or there already.
pub(super) enum Offered {
    New(Box<Prepared>),
    There(oxigraph::model::NamedNode),
}

/// What has been done with a batch so far.
struct Course<'a> {
    settings: &'a Settings,
    report: Report,
    progress: &'a (dyn Fn(Progress) + Sync),
    /// What was merged or withdrawn, and is not described again.
    gone: BTreeSet<Id>,
}

impl Archive {
    /// Adds the files of a plan; `progress` is told how many files are done.
    ///
    /// An error means that the store failed; what was committed before stays, and the same call again adds what is
    /// missing. Faults of the files are in the report.
    pub async fn add(
        &self,
        plan: &Plan,
        settings: &Settings,
        progress: &(dyn Fn(Progress) + Sync),
    ) -> Result<Report, Error> {
        let turn = self.turn.lock().await;
        let mut report = Report { dry_run: settings.dry_run, ..Report::default() };
        let is_bulk = plan.files.len() > 1 && !settings.dry_run;
        if is_bulk {
            report.resumed = self.begin_adding().await?;
        }
        let before = self.dictionary().await?;
        let gone = fate::tombstones(&self.store).await?;
        let mut course = Course { settings, report, progress, gone };
        let (readable, mut things) = self.learn_names(plan, &mut course).await?;
        let mut batch = Batch { archive: self, settings, waiting: Vec::new(), quads: 0 };
        for (done, file) in readable.into_iter().enumerate() {
            match self.prepare(file, &mut course).await? {
                Ok((bytes, offered)) => {
                    if !settings.dry_run {
                        self.keep_apart_of(&offered, &bytes).await?;
                    }
                    things.extend(batch.take(file, bytes, offered, &mut course.report).await?);
                }
                Err(reason) => course.report.failures.push(Failure { file: file.name.clone(), reason }),
            }
            progress(Progress { stage: Stage::Adding, done: done + 1 });
        }
        batch.flush(&mut course.report).await?;
        let mut report = course.report;
        self.settle(before, things, &report).await?;
        if is_bulk {
            self.adding_is_over();
        }
        drop(turn);
        if report.has_written() {
            self.link_what_came_as_rdf(&report).await?;
            self.refresh_views().await;
        }
        report.resemblances = self.compare(&report).await?;
        Ok(report)
    }

    /// Keeps what files hold of people who could be harmed by it, and gives to nobody the files that hold that, or words
    /// that are withheld.
    async fn keep_apart_of(&self, offered: &[Offered], bytes: &[u8]) -> Result<(), Error> {
        let new = offered.iter().filter_map(|one| match one {
            Offered::New(prepared) => prepared.apart.as_ref(),
            Offered::There(_) => None,
        });
        for (document, sensitive) in new {
            self.withhold_original(&Digest::of(bytes).to_string()).await?;
            if !sensitive.is_empty() {
                self.keep_sensitive(document, sensitive).await?;
            }
        }
        Ok(())
    }

    /// The things that a graph describes and that it described before, unless they are known from the first reading:
    /// those of a table, or of a file of RDF.
    async fn described(&self, change: &Change) -> Result<BTreeSet<Id>, Error> {
        let iris = self.store.iris();
        let graph = &change.graph;
        let is_table = graph.as_str().starts_with(iris.authority_graph("").as_str());
        if !is_table && !rdf_file::is_linked_later(change) {
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
        let written = report.added.iter().filter(|added| added.outcome != UNCHANGED);
        let fresh = written.filter_map(|added| added.graph.strip_prefix(start.as_str()));
        let fresh: Arc<BTreeSet<Id>> = Arc::new(fresh.filter_map(|key| format!("doc/{key}").parse().ok()).collect());
        let expected = self.dictionary().await?;
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
        course: &mut Course<'_>,
    ) -> Result<(Vec<&'a File>, BTreeSet<Id>), Error> {
        let (mut found, mut facts) = (Vec::new(), Facts::new());
        let (mut tables, mut documents, mut unresolved) = (Vec::new(), Vec::new(), Vec::new());
        for (done, file) in plan.files.iter().enumerate() {
            (course.progress)(Progress { stage: Stage::Reading, done });
            if rdf_file::format(&file.name).is_some() {
                tables.push(file);
                continue;
            }
            match self.read(file, course.settings) {
                Ok((mut intake, _)) => {
                    leave_out(&mut intake, &course.gone);
                    intake.records.iter().for_each(|record| names::of(record, &mut found, &mut facts));
                    unresolved.extend(intake.records.into_iter().filter_map(document::with_words_for_things));
                    if intake.table.is_some() { tables.push(file) } else { documents.push(file) }
                }
                Err(reason) => course.report.failures.push(Failure { file: file.name.clone(), reason }),
            }
        }
        if !unresolved.is_empty() {
            // What the words in the fields name is a fact of the document, and known only with the names of the batch.
            self.expect(found.clone(), facts.clone()).await?;
            for mut document in unresolved {
                document::resolve(&*self.dictionary().await?, &mut document);
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
    ///
    /// What is there already as it came is neither linked nor checked again.
    async fn prepare(
        &self,
        file: &File,
        course: &mut Course<'_>,
    ) -> Result<Result<(Vec<u8>, Vec<Offered>), String>, Error> {
        let Course { settings, report, gone, .. } = course;
        if let Some(format) = rdf_file::format(&file.name) {
            return self.prepare_rdf(file, format, settings, report).await;
        }
        let (mut intake, bytes) = match self.read(file, settings) {
            Ok(read) => read,
            Err(reason) => return Ok(Err(reason)),
        };
        let left_out = leave_out(&mut intake, gone);
        report.notices.extend(left_out.map(|notice| format!("{}: {notice}", file.name)));
        report.notices.extend(intake.notices.iter().map(|notice| format!("{}: {notice}", file.name)));
        report
            .failures
            .extend(intake.failures.iter().map(|row| Failure { file: file.name.clone(), reason: row.to_string() }));
        let mut offered = Vec::new();
        let mut rows = Vec::new();
        for record in intake.records {
            match record {
                Record::Document(document) if intake.table.is_none() || document.doc_type.is_some() => {
                    match document::prepare(self, document, &bytes, settings).await? {
                        Ok(one) => offered.push(one),
                        Err(reason) => return Ok(Err(reason)),
                    }
                }
                row => rows.push(row),
            }
        }
        if let (Some(table), false) = (&intake.table, rows.is_empty()) {
            match self.prepare_table(table, &rows, &bytes, settings).await? {
                Ok(one) => offered.push(one),
                Err(reason) => return Ok(Err(reason)),
            }
        }
        Ok(Ok((bytes, offered)))
    }

    /// Whether a graph stands in the store as it is offered, and need not be written.
    pub(super) async fn is_there(
        &self,
        graph: &oxigraph::model::NamedNode,
        quads: &[oxigraph::model::Quad],
        settings: &Settings,
    ) -> Result<bool, Error> {
        if settings.relink {
            return Ok(false);
        }
        let Some(known) = self.store.digests([graph]).await?.remove(graph.as_str()) else { return Ok(false) };
        Ok(canonicalize(quads).map_err(|error| Error::Refused(error.to_string()))?.digest == known)
    }

    /// A table of entities, offices or records: one graph.
    async fn prepare_table(
        &self,
        table: &str,
        rows: &[Record],
        bytes: &[u8],
        settings: &Settings,
    ) -> Result<Result<Offered, String>, Error> {
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
        if self.is_there(&graph, &quads, settings).await? {
            return Ok(Ok(Offered::There(graph)));
        }
        let prepared = self.finish(graph, quads, Vec::new(), bytes, None, settings);
        Ok(prepared.map(|prepared| Offered::New(Box::new(prepared))))
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
            forget: false,
        };
        Ok(Prepared { change, mentions: 0, warnings, links: Vec::new(), apart: None })
    }
}

/// Leaves out the rows of entities that were merged or withdrawn: that their table comes again takes nothing back. Says of
/// which.
fn leave_out(intake: &mut Intake, gone: &BTreeSet<Id>) -> Option<String> {
    let mut left_out = BTreeSet::new();
    intake.records.retain(|record| match record {
        Record::Entity(Entity { id, .. }) | Record::Tenure { person: id, .. } if gone.contains(id) => {
            left_out.insert(id.to_string());
            false
        }
        _ => true,
    });
    let all = left_out.into_iter().collect::<Vec<_>>().join(", ");
    (!all.is_empty()).then(|| format!("merged or withdrawn before, left out until that is undone: {all}"))
}

/// What sort of file it is, by its name.
fn media_type(name: &str) -> &'static str {
    let rdf = rdf_file::format(name).map(GraphFormat::media_type);
    let read = || intake::Format::of(name).map_or("application/octet-stream", intake::Format::media_type);
    rdf.unwrap_or_else(read)
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

/// Changes that wait to be written together.
struct Batch<'a> {
    archive: &'a Archive,
    settings: &'a Settings,
    waiting: Vec<(String, Prepared)>,
    quads: usize,
}

impl Batch<'_> {
    /// Takes what a file says, keeps the file, and tells what things are known otherwise from now on.
    async fn take(
        &mut self,
        file: &File,
        bytes: Vec<u8>,
        offered: Vec<Offered>,
        report: &mut Report,
    ) -> Result<BTreeSet<Id>, Error> {
        let archive = self.archive;
        let is_new = offered.iter().any(|offered| matches!(offered, Offered::New(_)));
        let (media_type, size) = (media_type(&file.name), bytes.len());
        if !self.settings.dry_run && is_new {
            archive.originals.put(bytes).await.map_err(Error::internal)?;
        }
        let mut things = BTreeSet::new();
        for offered in offered {
            match offered {
                Offered::New(mut prepared) => {
                    let source = describe::source(&archive.ontology, &prepared.change.graph, media_type, size);
                    prepared.change.provenance.extend(source);
                    things.extend(archive.described(&prepared.change).await?);
                    self.push(file, *prepared, report).await?;
                }
                Offered::There(graph) => report.added.push(Added {
                    file: file.name.clone(),
                    graph: graph.into_string(),
                    outcome: UNCHANGED,
                    mentions: 0,
                    links: Vec::new(),
                }),
            }
        }
        Ok(things)
    }

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
        for (file, Prepared { change, mentions, links, .. }) in self.waiting.drain(..) {
            let graph = change.graph.as_str().to_owned();
            added.push(Added { file, graph, outcome: UNCHANGED, mentions, links });
            changes.push(change);
        }
        let store = &self.archive.store;
        let outcomes =
            if self.settings.dry_run { store.foresee(&changes).await? } else { store.commit(changes).await? };
        for (added, outcome) in added.iter_mut().zip(outcomes) {
            if let Outcome::Written(kind) = outcome {
                added.outcome = kind.term();
            }
        }
        report.added.extend(added);
        Ok(())
    }
}
