//! As it stood on a given day: what is kept beside the log is taken back from what stands now, change by change.
//!
//! The past is put together in memory as an archive of its own ([`Past`]), which is asked like the present one: a whole
//! one for queries, within the limits that queries have, or no more than what was said of one thing. Where the log does
//! not keep what a change took away (changes made before it did), nobody knows how it stood before, and that is said.
//!
//! Of the provenance of a graph that has changed since, the digest, the time and the terms of use are known.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    str::FromStr,
};

use jiff::{SignedDuration, Timestamp, civil, tz::TimeZone};
use oxigraph::model::{Literal, NamedNode, NamedOrBlankNode, Quad, Term};
use tokio::sync::Mutex;

use super::{changes, services, sparql::with_prefixes};
use crate::{
    model::{Id, Kind},
    rdf::{
        Iris,
        describe::RUN,
        vocab::{dct, isn, prov, rdf},
    },
    store::{self, ChangeKind, Draft, Error, Limits, OpenError, Options, Store, archive_graph},
};

/// How many changes are read at once.
const AT_ONCE: u64 = 500;
/// What a quad takes in memory, in bytes, as far as it was measured.
const QUAD: u64 = 512;
/// So many quads are taken into a draft at once.
const LOADED_AT_ONCE: usize = 50_000;

/// A day, which is meant to its end (UTC), or a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// As it was written.
    text: String,
    /// The first moment that is meant.
    begin: Timestamp,
    /// The first moment that is not meant any more.
    end: Timestamp,
}

/// The text is neither a day nor a moment.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a day nor a moment: expected one such as 2026-11-01 or 2026-11-01T12:00:00Z")]
pub struct NotAMoment(String);

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        let utc = |at: civil::DateTime| TimeZone::UTC.to_timestamp(at);
        let read = || -> Result<(Timestamp, Timestamp), jiff::Error> {
            if text.contains(['T', 't']) {
                let at = text.parse::<Timestamp>().or_else(|_| utc(text.parse()?))?;
                return Ok((at, at.checked_add(SignedDuration::from_nanos(1))?));
            }
            let day: civil::Date = text.parse()?;
            Ok((
                utc(day.to_datetime(civil::Time::midnight()))?,
                utc(day.tomorrow()?.to_datetime(civil::Time::midnight()))?,
            ))
        };
        let (begin, end) = read().map_err(|_| NotAMoment(text.to_owned()))?;
        Ok(Self { text: text.to_owned(), begin, end })
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The archive, or a part of it, as it stood.
#[derive(Clone, Debug)]
pub struct Past {
    /// The last change that had been made.
    pub number: u64,
    /// When that was; none before the first.
    pub at: Option<Timestamp>,
    /// What stood then.
    pub store: Store,
}

/// The past cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum PastError {
    /// It is none.
    #[error("{0} is still to come")]
    Ahead(Moment),
    /// What a change took away was not kept.
    #[error(
        "the archive does not know how it stood before change {number} of {at}: what that took from {graph} was not kept; \
         ask for a later day"
    )]
    NotKept {
        /// The change.
        number: u64,
        /// When it was made.
        at: String,
        /// The graph that it changed.
        graph: String,
    },
    /// It is more than may be put together in memory.
    #[error("more than {0} statements stood then, and no more are put together; ask for one document or entity")]
    TooLarge(u64),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] Error),
}

impl From<OpenError> for PastError {
    fn from(error: OpenError) -> Self {
        Self::Store(Error::internal(error))
    }
}

/// Whether a query asks for what is of today only: texts, places and walks are found in views.
#[must_use]
pub fn is_of_today(store: &Store, query: &str) -> bool {
    services::any(&with_prefixes(store, query))
}

/// The last past that was put together whole: many questions are about the same day.
#[derive(Debug, Default)]
pub struct Pasts(Mutex<Option<Past>>);

impl Pasts {
    /// The whole archive as it stood.
    pub async fn whole(&self, store: &Store, moment: &Moment, limits: Limits) -> Result<Past, PastError> {
        let number = number(store, moment).await?;
        let mut last = self.0.lock().await;
        if let Some(past) = last.as_ref().filter(|past| past.number == number) {
            return Ok(past.clone());
        }
        let past = put_together(store, number, &Scope::All, limits).await?;
        *last = Some(past.clone());
        Ok(past)
    }
}

/// What was said of one thing, and what named it.
pub async fn thing(store: &Store, moment: &Moment, id: &Id, limits: Limits) -> Result<Past, PastError> {
    let number = number(store, moment).await?;
    put_together(store, number, &Scope::Thing(id), limits).await
}

/// The last change that had been made.
async fn number(store: &Store, moment: &Moment) -> Result<u64, PastError> {
    // Today is not over, and stands as it is.
    if moment.begin > Timestamp::now() {
        return Err(PastError::Ahead(moment.clone()));
    }
    Ok(changes::number_before(store, moment.end).await?)
}

/// What is put together.
enum Scope<'a> {
    All,
    Thing(&'a Id),
}

impl Scope<'_> {
    /// The query for what stands now.
    fn query(&self, iris: &Iris) -> String {
        let (log, history, last) = (iris.graph("changes"), iris.graph("history"), iris.term(isn::LAST_SEQUENCE));
        let Self::Thing(id) = self else {
            return store::all_quads(&[history]);
        };
        let thing = iris.id(id);
        let part = format!("FILTER(STRSTARTS(STR(?s), \"{}#\"))", thing.as_str());
        let own = match id.kind() {
            Kind::Document => format!("{} {}", iris.document_graph(id), iris.mention_graph(id, RUN)),
            _ => String::new(),
        };
        format!(
            "SELECT DISTINCT ?g ?s ?p ?o {{ \
             {{ GRAPH ?g {{ {thing} ?p ?o }} BIND({thing} AS ?s) }} \
             UNION {{ GRAPH ?g {{ ?s ?p {thing} }} BIND({thing} AS ?o) }} \
             UNION {{ GRAPH ?g {{ {thing} ?to ?s . ?s ?p ?o }} {part} }} \
             UNION {{ GRAPH ?g {{ ?s ?from {thing} . ?s ?p ?o }} {part} }} \
             UNION {{ VALUES ?g {{ {archive} {own} }} GRAPH ?g {{ ?s ?p ?o }} }} \
             UNION {{ GRAPH {log} {{ {log} {last} ?o }} BIND({log} AS ?g) BIND({log} AS ?s) BIND({last} AS ?p) }} }}",
            archive = archive_graph(),
        )
    }

    /// Whether a statement belongs to it.
    fn holds(&self, iris: &Iris, quad: &Quad) -> bool {
        let Self::Thing(id) = self else { return true };
        let thing = iris.id(id);
        let is_it = |iri: &str| iri.split('#').next() == Some(thing.as_str());
        let is_subject = matches!(&quad.subject, NamedOrBlankNode::NamedNode(node) if is_it(node.as_str()));
        let is_object = matches!(&quad.object, Term::NamedNode(node) if *node == thing);
        let is_own = id.kind() == Kind::Document
            && [iris.document_graph(id), iris.mention_graph(id, RUN)]
                .iter()
                .any(|graph| quad.graph_name == graph.clone().into());
        is_subject || is_object || is_own
    }
}

async fn put_together(store: &Store, number: u64, scope: &Scope<'_>, limits: Limits) -> Result<Past, PastError> {
    let work = Work { store, scope, draft: Draft::memory()?, changed: BTreeSet::new() };
    match tokio::time::timeout(limits.deadline, work.done(number, limits)).await {
        Ok(past) => past,
        Err(_) => Err(Error::Deadline(limits.deadline).into()),
    }
}

/// A past that is being put together.
struct Work<'a> {
    store: &'a Store,
    scope: &'a Scope<'a>,
    draft: Draft,
    /// The graphs that have changed since.
    changed: BTreeSet<NamedNode>,
}

impl Work<'_> {
    async fn done(mut self, number: u64, limits: Limits) -> Result<Past, PastError> {
        let now = self.read(limits).await?;
        let mut upto = now;
        while upto > number {
            let after = number.max(upto.saturating_sub(AT_ONCE));
            for change in self.store.past(after, upto).await?.into_iter().rev() {
                self.take_back(change)?;
            }
            upto = after;
        }
        if let Scope::All = self.scope {
            self.cut_the_log(number)?;
        }
        let options = Options { workers: 2, queue: 32, memory: limits.memory };
        let store = self.draft.open(self.store.iris().clone(), self.store.limits(), options).await?;
        let at = if number == 0 { None } else { changes::time_of(self.store, number).await? };
        Ok(Past { number, at, store })
    }

    /// Reads what stands now, and tells the last change that it reflects.
    async fn read(&self, limits: Limits) -> Result<u64, PastError> {
        let iris = self.store.iris();
        let (log, last) = (iris.graph("changes"), iris.term(isn::LAST_SEQUENCE));
        let most = limits.rows.min(limits.memory / QUAD);
        let (mut count, mut now, mut waiting) = (0, 0, Vec::with_capacity(LOADED_AT_ONCE));
        let take = |quad: Quad| {
            count += 1;
            if count > most {
                return Err(Error::TooManyRows(most));
            }
            if quad.predicate == last && quad.subject == log.clone().into() {
                now = store::literal_value(&quad.object).parse().unwrap_or_default();
            }
            waiting.push(quad);
            if waiting.len() >= LOADED_AT_ONCE { self.draft.load(std::mem::take(&mut waiting)) } else { Ok(()) }
        };
        let own = Limits { deadline: limits.deadline, ..self.store.limits() };
        match self.store.each_quad(&self.scope.query(iris), own, take).await {
            Err(Error::TooManyRows(most)) => return Err(PastError::TooLarge(most)),
            done => done?,
        }
        self.draft.load(waiting)?;
        Ok(now)
    }

    /// Takes back one change: what it brought goes, what it took away comes again.
    fn take_back(&mut self, change: store::Past) -> Result<(), PastError> {
        let iris = self.store.iris();
        let Some(delta) = change.delta else {
            if change.kind != ChangeKind::Created {
                let graph = change.graph.into_string();
                return Err(PastError::NotKept { number: change.number, at: change.at, graph });
            }
            self.draft.clear(&change.graph)?;
            let document = iris.relative(change.graph.as_str()).and_then(|path| path.strip_prefix("graph/"));
            let document = document.and_then(|path| path.parse::<Id>().ok()).filter(|id| id.kind() == Kind::Document);
            if let Some(mentions) = document.map(|id| iris.mention_graph(&id, RUN)) {
                self.draft.clear(&mentions)?;
                self.changed.insert(mentions);
            }
            self.changed.insert(change.graph);
            return Ok(());
        };
        if delta.is_whole() {
            self.draft.clear(&change.graph)?;
        } else {
            for quad in delta.added.iter().filter(|quad| self.scope.holds(iris, quad)) {
                self.draft.remove(quad)?;
            }
        }
        for quad in delta.removed.iter().filter(|quad| self.scope.holds(iris, quad)) {
            self.draft.insert(quad)?;
        }
        self.changed.extend(delta.graphs().cloned());
        self.changed.insert(change.graph);
        Ok(())
    }

    /// The log ends with a change, and the provenance says what the log says of then.
    fn cut_the_log(&self, number: u64) -> Result<(), Error> {
        let iris = self.store.iris();
        let (log, last) = (iris.graph("changes"), iris.term(isn::LAST_SEQUENCE));
        let mut latest: BTreeMap<String, (u64, Record)> = BTreeMap::new();
        for (change, record) in self.records(&log)? {
            if change > number {
                record.quads.iter().try_for_each(|quad| self.draft.remove(quad))?;
                continue;
            }
            let graph = record.graph.as_ref().map(ToString::to_string).unwrap_or_default();
            let known = latest.entry(graph).or_default();
            if change >= known.0 {
                *known = (change, record);
            }
        }
        for quad in self.draft.graph(&log)?.iter().filter(|quad| quad.predicate == last) {
            self.draft.remove(quad)?;
        }
        let number = i64::try_from(number).map_err(Error::internal)?;
        self.draft.insert(&Quad::new(log.clone(), last, Literal::from(number), log))?;
        self.correct_the_provenance(latest.into_values().map(|(_, record)| record))
    }

    /// The records of the log, by number.
    fn records(&self, log: &NamedNode) -> Result<BTreeMap<u64, Record>, Error> {
        let iris = self.store.iris();
        let [of, kind, digest] = [isn::CHANGE_OF, isn::CHANGE_KIND, isn::DIGEST].map(|term| iris.term(term));
        let gone = Term::from(iris.concept("change-kind", ChangeKind::Withdrawn.term()));
        let number = |quad: &Quad| match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => iris.relative(node.as_str())?.strip_prefix("change/")?.parse().ok(),
            NamedOrBlankNode::BlankNode(_) => None,
        };
        let mut records: BTreeMap<u64, Record> = BTreeMap::new();
        for quad in self.draft.graph(log)? {
            let Some(number) = number(&quad) else { continue };
            let record = records.entry(number).or_default();
            match (&quad.object, &quad.predicate) {
                (Term::NamedNode(graph), predicate) if *predicate == of => record.graph = Some(graph.clone()),
                (object, predicate) if *predicate == kind => record.is_gone = *object == gone,
                (object, predicate) if *predicate == digest => {
                    record.says.push((iris.term(isn::SHA256), object.clone()));
                }
                (object, predicate) if *predicate == prov::GENERATED_AT_TIME => {
                    record.says.push((predicate.clone(), object.clone()));
                }
                _ => {}
            }
            record.quads.push(quad);
        }
        Ok(records)
    }

    /// Of graphs that have changed since, the provenance says what is known of then.
    fn correct_the_provenance(&self, records: impl Iterator<Item = Record>) -> Result<(), Error> {
        let provenance = self.store.iris().graph("prov");
        let (mut stands, kept) = (BTreeMap::new(), [rdf::TYPE, dct::LICENSE]);
        for graph in &self.changed {
            stands.insert(graph.clone(), !self.draft.graph(graph)?.is_empty());
        }
        for quad in self.draft.graph(&provenance)? {
            let NamedOrBlankNode::NamedNode(graph) = &quad.subject else { continue };
            let is_kept = match stands.get(graph) {
                Some(stands) => *stands && kept.iter().any(|kept| quad.predicate == *kept),
                None => true,
            };
            if !is_kept {
                self.draft.remove(&quad)?;
            }
        }
        // Of the graphs that people keep for themselves the provenance does not speak.
        let (ours, default) = (self.store.iris().path("graph/"), self.store.iris().default_graph());
        let is_ours = |graph: &NamedNode| graph.as_str().starts_with(ours.as_str()) && *graph != default;
        for record in records.filter(|record| !record.is_gone) {
            let graph = record.graph.filter(|graph| stands.get(graph) == Some(&true) && is_ours(graph));
            let Some(graph) = graph else { continue };
            for (predicate, object) in record.says {
                self.draft.insert(&Quad::new(graph.clone(), predicate, object, provenance.clone()))?;
            }
        }
        Ok(())
    }
}

/// What the log says of a change.
#[derive(Debug, Default)]
struct Record {
    graph: Option<NamedNode>,
    /// What it says that the provenance says too.
    says: Vec<(NamedNode, Term)>,
    is_gone: bool,
    quads: Vec<Quad>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_meant_to_its_end() {
        let end = |text: &str| text.parse::<Moment>().map(|moment| moment.end.to_string());
        assert_eq!(end("2026-11-01"), Ok("2026-11-02T00:00:00Z".to_owned()));
        assert_eq!(end("2026-11-01T12:00:00Z"), Ok("2026-11-01T12:00:00.000000001Z".to_owned()));
        assert_eq!(end("2026-11-01T12:00:00+03:00"), Ok("2026-11-01T09:00:00.000000001Z".to_owned()));
        assert_eq!(end("2026-11-01T12:00"), Ok("2026-11-01T12:00:00.000000001Z".to_owned()));
        for odd in ["", "yesterday", "2026", "2026-13-01", "2026-11-01T", "1"] {
            assert_eq!(end(odd), Err(NotAMoment(odd.to_owned())), "{odd}");
        }
    }
}
