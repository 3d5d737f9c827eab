//! Texts that seem to be others once more, or their translations, are noticed when they come in.
//!
//! Nothing is concluded from it: what was noticed is kept as a proposal, in a graph of its own beside the links, until a
//! person decides on it, or says in the document itself what it is (`translation_of`, `revision_of`). Of a pair that says
//! so already nothing is proposed.

mod index;
mod judge;
mod texts;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use oxigraph::model::Quad;
use serde::Serialize;

pub(super) use self::index::Index;
use self::texts::Texts;
use super::{Archive, Report, report::UNCHANGED};
use crate::{
    ask::resemblances,
    link::resemblance::{agreement, common, resemblance},
    model::{Id, ResemblanceKind, Verdict},
    rdf::{
        canonicalize, describe,
        vocab::{dct, isn},
    },
    store::{Change, Error},
};

/// Two texts in one language are nearly the same from this share of their shingles on.
const NEARLY_THE_SAME: f64 = 0.7;
/// A text of fewer shingles says too little to be compared.
const FEWEST_SHINGLES: usize = 16;
/// A text and one in another language are taken for translations from this share of what they name and count on,
const TRANSLATED: f64 = 0.5;
/// where they have at least so much of it in common.
const FEWEST_SHARED: usize = 4;
/// With no more than so many texts one is compared.
const CANDIDATES: usize = 50;
/// So many documents are compared between two writes.
const AT_ONCE: usize = 32;

/// A document that resembles another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Resemblance {
    /// The document that came in.
    pub document: Id,
    /// The one that it resembles.
    pub resembles: Id,
    /// How.
    pub kind: ResemblanceKind,
    /// How much of what was compared they share, 0 to 1.
    pub share: f64,
}

impl Archive {
    /// Compares the documents that a batch has written with all others, and keeps what is noticed.
    pub(super) async fn compare(&self, report: &Report) -> Result<Vec<Resemblance>, Error> {
        if !report.has_written() {
            return Ok(Vec::new());
        }
        let start = self.store.iris().path("graph/doc/");
        let written = report.added.iter().filter(|added| added.outcome != UNCHANGED);
        let key = written.filter_map(|added| added.graph.strip_prefix(start.as_str()));
        let written: BTreeSet<Id> = key.filter_map(|key| format!("doc/{key}").parse().ok()).collect();
        let _turn = self.turn.lock().await;
        let mut index = self.resembling.lock().await;
        index.refresh(&self.store).await?;
        // What was noticed of others about these is of yesterday.
        let mut due = self.noticed_about(&written).await?;
        due.extend(written);
        let (due, mut noticed) = (due.into_iter().collect::<Vec<_>>(), Vec::new());
        for some in due.chunks(AT_ONCE) {
            noticed.extend(self.compare_some(some, &index).await?);
        }
        index.save();
        Ok(noticed)
    }

    async fn compare_some(&self, some: &[Id], index: &Index) -> Result<Vec<Resemblance>, Error> {
        let near: BTreeMap<&Id, Vec<Id>> = some.iter().map(|id| (id, index.near(id, CANDIDATES))).collect();
        let needed: BTreeSet<&Id> = near.iter().flat_map(|(id, others)| std::iter::once(*id).chain(others)).collect();
        let texts = texts::read(&self.store, needed.into_iter().cloned().collect()).await?;
        let told = self.told(some).await?;
        let (mut noticed, mut pairs_found) = (Vec::new(), Vec::new());
        for (id, others) in near {
            let Some(own) = texts.get(id) else { continue };
            let pairs = others.iter().filter(|other| !told.contains(&(id.clone(), (*other).clone())));
            let mut found: Vec<Resemblance> = pairs
                .filter_map(|other| {
                    let (kind, share) = compared(own, texts.get(other)?)?;
                    Some(Resemblance { document: id.clone(), resembles: other.clone(), kind, share })
                })
                .collect();
            keep_the_best_translation(&mut found);
            pairs_found.extend(found.iter().map(|one| (one.document.clone(), one.resembles.clone())));
            noticed.push((id, own, found));
        }
        let decided = resemblances::standing_of(&self.store, &pairs_found).await?;
        let verdict = |one: &Resemblance| {
            let pair = (one.document.clone(), one.resembles.clone());
            decided.get(&pair).copied().unwrap_or(Verdict::Proposed)
        };
        let mut changes = Vec::new();
        for (id, own, found) in &noticed {
            let others: Vec<_> = found.iter().map(|one| (&one.resembles, one.kind, one.share, verdict(one))).collect();
            changes.push(self.noticed(id, own, describe::resemblances(&self.ontology, id, &others))?);
        }
        self.store.commit(changes).await?;
        // Nobody is told once more of what was decided.
        let all = noticed.into_iter().flat_map(|(_, _, found)| found);
        Ok(all.filter(|one| verdict(one) == Verdict::Proposed).collect())
    }

    /// The graph of what was noticed of a document; empty, it withdraws the one from before.
    fn noticed(&self, document: &Id, own: &Texts, quads: Vec<Quad>) -> Result<Change, Error> {
        let graph = self.store.iris().mention_graph(document, describe::COMPARISON);
        let digest = canonicalize(&quads).map_err(Error::internal)?.digest;
        let about = describe::Provenance {
            original: own.original.clone(),
            digest: digest.clone(),
            at: Timestamp::now(),
            licence: own.licence.clone(),
            dictionary: None,
        };
        let provenance =
            if quads.is_empty() { Vec::new() } else { describe::provenance(&self.ontology, &graph, &about) };
        let agent = self.store.iris().path("agent/isnad");
        Ok(Change { graph, quads, digest, companions: Vec::new(), provenance, agent, force: false, forget: false })
    }

    /// The documents that were noticed to resemble one of these.
    async fn noticed_about(&self, documents: &BTreeSet<Id>) -> Result<BTreeSet<Id>, Error> {
        let iris = self.store.iris();
        let mut found = BTreeSet::new();
        for some in documents.iter().collect::<Vec<_>>().chunks(AT_ONCE) {
            let values: Vec<String> = some.iter().map(|id| iris.id(id).to_string()).collect();
            let query = format!(
                "SELECT DISTINCT ?document {{ VALUES ?other {{ {} }} GRAPH ?g {{ ?r {resembles} ?other ; {of} ?document }} }}",
                values.join(" "),
                resembles = iris.term(isn::RESEMBLES),
                of = iris.term(isn::RESEMBLANCE_OF),
            );
            let rows = self.store.select(&query).await?;
            found.extend(rows.iter().filter_map(|row| iris.parse_id(row.iri("document")?)));
        }
        Ok(found)
    }

    /// The pairs of which a document itself says that one is a translation, a revision or a part of the other. What was
    /// decided on a proposal is no such word: the proposal stays and tells its state.
    async fn told(&self, documents: &[Id]) -> Result<BTreeSet<(Id, Id)>, Error> {
        let iris = self.store.iris();
        let values: Vec<String> = documents.iter().map(|id| iris.id(id).to_string()).collect();
        let query = format!(
            "SELECT ?one ?other {{ VALUES ?one {{ {} }} VALUES ?p {{ {} {} {} }} \
             {{ GRAPH ?g {{ ?one ?p ?other }} }} UNION {{ GRAPH ?g {{ ?other ?p ?one }} }} \
             FILTER(!STRSTARTS(STR(?g), \"{}\")) }}",
            values.join(" "),
            iris.term(isn::TRANSLATION_OF),
            iris.term(isn::REVISION_OF),
            dct::IS_VERSION_OF,
            iris.path("graph/review/").as_str(),
        );
        let rows = self.store.select(&query).await?;
        let pair = |row: &crate::store::Row| Some((iris.parse_id(row.iri("one")?)?, iris.parse_id(row.iri("other")?)?));
        Ok(rows.iter().filter_map(pair).collect())
    }
}

/// Of several documents that may be translations of one, those that share most with it: the others are about the same.
fn keep_the_best_translation(found: &mut Vec<Resemblance>) {
    let is_translation = |one: &Resemblance| one.kind == ResemblanceKind::Translation;
    let most = found.iter().filter(|one| is_translation(one)).map(|one| one.share).fold(0.0, f64::max);
    found.retain(|one| !is_translation(one) || one.share >= most);
}

/// How two documents resemble each other, by those two of their texts that do so most.
fn compared(one: &Texts, other: &Texts) -> Option<(ResemblanceKind, f64)> {
    let mut best: Option<(ResemblanceKind, f64)> = None;
    for (own, its) in one.layers.iter().flat_map(|own| other.layers.iter().map(move |its| (own, its))) {
        let is_long = own.shingles.len().min(its.shingles.len()) >= FEWEST_SHINGLES;
        let found = if own.lang == its.lang {
            let share = resemblance(&own.shingles, &its.shingles);
            (is_long && share >= NEARLY_THE_SAME).then_some((ResemblanceKind::NearDuplicate, share))
        } else {
            let share = agreement(&own.shared, &its.shared);
            let is_enough = common(&own.shared, &its.shared) >= FEWEST_SHARED && share >= TRANSLATED;
            (is_enough && one.may_be_one_with(other)).then_some((ResemblanceKind::Translation, share))
        };
        let rank = |found: &Option<(ResemblanceKind, f64)>| {
            found.map(|(kind, share)| (kind == ResemblanceKind::NearDuplicate, share))
        };
        if rank(&found) > rank(&best) {
            best = found;
        }
    }
    best
}
