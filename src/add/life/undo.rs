//! What was done is undone from the log: what a change took away comes back, and what it brought goes.
//!
//! A change is undone with all that was done with it. It cannot be where a later change touched the same thing in the
//! same graph: whoever wants it undone undoes that first. Mentions are the machine's, and do not stand against it; they
//! are found again.

use std::collections::{BTreeMap, BTreeSet};

use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad};
use serde_json::json;

use super::{Archive, Deed, Done, LifeError, Signed, conflict, graph, object, subject, whole};
use crate::{
    ask::stored,
    model::{Id, Kind},
    rdf::{describe::RUN, vocab::rdf},
    store::{ChangeKind, Past},
};

/// So many of the changes that stand against it are named.
const NAMED: usize = 20;

/// A thing in a graph: what a change touches.
type Touched = BTreeSet<(NamedNode, String)>;

impl Archive {
    /// Undoes a change, and whatever was done with it.
    pub async fn undo(&self, number: u64, by: Option<&str>, reason: Option<&str>) -> Result<Done, LifeError> {
        let turn = self.turn.lock().await;
        let signed = Signed::new(self, by, reason)?;
        let done = self.made_with(number).await?;
        let thing = self.thing_of(&done);
        let mut deed = Deed::new("undo", thing, signed, &json!({ "undo": number, "by": by, "reason": reason }))?;
        deed.undoes = done.first().map(|change| change.number);
        let mut current = BTreeSet::new();
        for change in &done {
            current.extend(self.turn_back(&mut deed, change).await?);
        }
        let last = done.last().map_or(number, |change| change.number);
        let documents = self.stands_against(&mut deed, number, last, &current).await?;
        self.is_named_by_others(&deed).await?;
        let done = self.carry_out(deed).await;
        drop(turn);
        if done.is_ok() {
            self.relink_these(&documents).await?;
        }
        done
    }

    /// A change with those that were made with it, in the order of the log.
    async fn made_with(&self, number: u64) -> Result<Vec<Past>, LifeError> {
        let last = self.store.last_change().await?;
        if number == 0 || number > last {
            return Err(LifeError::Unknown(format!("there is no change {number}: the last one is {last}")));
        }
        let one = self.store.past(number - 1, number).await?;
        let Some(first) = one.first().and_then(|change| change.act) else { return Ok(one) };
        let (mut together, mut from) = (Vec::new(), first - 1);
        while from < last {
            let to = last.min(from + 100);
            let next = self.store.past(from, to).await?;
            let count = together.len() + next.len();
            together.extend(next.into_iter().take_while(|change| change.act == Some(first)));
            if together.len() < count {
                break;
            }
            from = to;
        }
        Ok(together)
    }

    /// Adds to a deed what undoes a change. Gives the mentions that go as they stand now, because their document goes.
    async fn turn_back(&self, deed: &mut Deed, change: &Past) -> Result<Option<NamedNode>, LifeError> {
        let iris = self.store.iris();
        let Some(delta) = &change.delta else {
            if change.kind != ChangeKind::Created {
                let detail =
                    format!("the log does not keep what change {} took away, so it cannot be undone", change.number);
                return Err(conflict(detail));
            }
            deed.removed.extend(self.store.graph(&change.graph).await?);
            let document = iris.relative(change.graph.as_str()).and_then(|path| path.strip_prefix("graph/"));
            let document = document.and_then(|path| path.parse::<Id>().ok()).filter(|id| id.kind() == Kind::Document);
            let Some(document) = document else { return Ok(None) };
            let mentions = iris.mention_graph(&document, RUN);
            deed.removed.extend(self.store.graph(&mentions).await?);
            return Ok(Some(mentions));
        };
        let prov = iris.graph("prov");
        let (provenance, removed): (Vec<Quad>, Vec<Quad>) =
            delta.removed.iter().cloned().partition(|quad| graph(quad) == Some(&prov));
        deed.provenance.extend(provenance);
        deed.added.extend(removed);
        if delta.is_whole() {
            deed.dropped.insert(change.graph.clone());
        } else {
            deed.removed.extend(delta.added.iter().cloned());
        }
        Ok(None)
    }

    /// Refuses what later changes stand against. Mentions that were found anew meanwhile are left as they are, and the
    /// documents are given in which they are to be found again.
    async fn stands_against(
        &self,
        deed: &mut Deed,
        number: u64,
        last: u64,
        current: &BTreeSet<NamedNode>,
    ) -> Result<Vec<Id>, LifeError> {
        let mentions = self.store.iris().path("graph/mention/");
        let is_mention = |graph: &NamedNode| graph.as_str().starts_with(mentions.as_str());
        let ours = touched(deed.removed.iter().chain(&deed.added), &deed.dropped);
        let graphs: BTreeSet<&NamedNode> = ours.iter().map(|(graph, _)| graph).chain(&deed.dropped).collect();
        let (mut against, mut anew) = (BTreeMap::new(), BTreeSet::new());
        let later = self.store.past(last, self.store.last_change().await?).await?;
        let undone = undone(&later);
        for later in later {
            if undone.contains(&act(&later)) {
                continue;
            }
            if is_mention(&later.graph) {
                anew.insert(later.graph);
                continue;
            }
            let things = match &later.delta {
                Some(delta) => touched(delta.removed.iter().chain(&delta.added), &BTreeSet::new()),
                None if graphs.contains(&later.graph) => [(later.graph.clone(), String::new())].into(),
                None => Touched::new(),
            };
            let same = |thing: &&(NamedNode, String)| {
                ours.contains(thing) || thing.1.is_empty() || deed.dropped.contains(&thing.0)
            };
            if let Some((graph, thing)) = things.iter().find(same) {
                let place = if thing.is_empty() { graph.as_str() } else { thing };
                against.insert(later.number, self.shown(place));
            }
        }
        if !against.is_empty() {
            let named: Vec<String> =
                against.iter().take(NAMED).map(|(number, thing)| format!("{number} ({thing})")).collect();
            let detail = format!(
                "change {number} cannot be undone, because later changes touched the same: {}; undo these first",
                named.join(", ")
            );
            return Err(LifeError::Conflict { detail, changes: against.into_keys().collect() });
        }
        let keep = |quad: &Quad| graph(quad).is_none_or(|graph| !anew.contains(graph) || current.contains(graph));
        let mut concerned: BTreeSet<NamedNode> = deed
            .removed
            .iter()
            .chain(&deed.added)
            .filter_map(graph)
            .filter(|graph| is_mention(graph))
            .cloned()
            .collect();
        deed.removed.retain(keep);
        deed.added.retain(keep);
        // What was found otherwise since then may have been so because of what is undone.
        concerned.extend(anew);
        Ok(concerned.iter().filter_map(|graph| self.mentions_of(graph)).collect())
    }

    /// Refuses to take away something that others name by now.
    async fn is_named_by_others(&self, deed: &Deed) -> Result<(), LifeError> {
        let comes: BTreeSet<&str> = deed.added.iter().filter(|quad| quad.predicate == rdf::TYPE).map(subject).collect();
        let goes = deed.removed.iter().filter(|quad| quad.predicate == rdf::TYPE).map(subject);
        let goes: BTreeSet<&str> = goes.filter(|thing| !thing.contains('#') && !comes.contains(thing)).collect();
        let mentions = self.store.iris().path("graph/mention/");
        let may_change = self.may_change();
        for thing in goes {
            let Some(id) = self.store.iris().parse_id(thing).filter(super::super::learn::is_known_by_name) else {
                continue;
            };
            let named = stored::around(&self.store, &id).await?;
            let by_others = |quad: &&Quad| {
                let is_machines = graph(quad).is_some_and(|graph| graph.as_str().starts_with(mentions.as_str()));
                object(quad) == thing
                    && whole(subject(quad)) != thing
                    && !is_machines
                    && may_change(quad)
                    && !deed.removed.contains(quad)
            };
            if let Some(quad) = named.iter().find(by_others) {
                let by = self.shown(subject(quad));
                return Err(conflict(format!("{id} cannot be taken away again, because {by} names it by now")));
            }
        }
        Ok(())
    }

    /// The thing that some changes were about: of the first statement that has one.
    fn thing_of(&self, changes: &[Past]) -> Option<Id> {
        let iris = self.store.iris();
        let subjects = changes.iter().filter_map(|change| change.delta.as_ref());
        let subjects = subjects.flat_map(|delta| delta.removed.iter().chain(&delta.added)).map(subject).map(whole);
        let own = changes.iter().filter_map(|change| iris.relative(change.graph.as_str())?.strip_prefix("graph/"));
        own.chain(subjects.filter_map(|iri| iris.relative(iri))).find_map(|path| path.parse().ok())
    }

    fn shown(&self, iri: &str) -> String {
        self.store.iris().relative(iri).unwrap_or(iri).to_owned()
    }
}

/// The number that a change is undone by: its own, or that of the first of those made with it.
fn act(change: &Past) -> u64 {
    change.act.unwrap_or(change.number)
}

/// Acts that were undone since, with what undid them: together they changed nothing. An undoing that was itself undone
/// undid nothing.
fn undone(later: &[Past]) -> BTreeSet<u64> {
    let mut undone = BTreeSet::new();
    for change in later.iter().rev() {
        if let Some(other) = change.undoes.filter(|_| !undone.contains(&act(change))) {
            undone.extend([other, act(change)]);
        }
    }
    undone
}

/// The things that statements are about, each in its graph.
fn touched<'a>(quads: impl Iterator<Item = &'a Quad>, dropped: &BTreeSet<NamedNode>) -> Touched {
    let mut touched: Touched = dropped.iter().map(|graph| (graph.clone(), String::new())).collect();
    for quad in quads {
        let Some(graph) = graph(quad) else { continue };
        let thing = match &quad.subject {
            NamedOrBlankNode::NamedNode(node) => whole(node.as_str()).to_owned(),
            NamedOrBlankNode::BlankNode(_) => String::new(),
        };
        touched.insert((graph.clone(), thing));
    }
    touched
}
