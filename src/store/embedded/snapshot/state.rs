//! What a query sees: a state that no longer changes, and what was committed since.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    fs, io,
    sync::{Arc, PoisonError, RwLock},
};

use oxigraph::model::{GraphName, NamedNode, Quad as StoreQuad, TermRef};

use super::{
    base::Base,
    build::Place,
    column::number,
    merge::{self, Run, Without},
    permutation::{GRAPH, Order, Quad},
    scan::{Graphs, Pattern, Scan},
    term,
};

/// What a commit has changed, or may have: each quad and each graph, and whether it is there now.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Change {
    pub(in super::super) quads: Vec<(StoreQuad, bool)>,
    pub(in super::super) graphs: Vec<(NamedNode, bool)>,
}

/// Terms that the base does not know. They are only ever added, so that states of one base share them.
#[derive(Default)]
struct Extra {
    terms: Vec<Arc<[u8]>>,
    ids: HashMap<Arc<[u8]>, u32>,
}

/// One consistent state of the store.
#[derive(Clone)]
pub(in super::super) struct State {
    pub(super) base: Arc<Base>,
    extra: Arc<RwLock<Extra>>,
    /// How many terms this state knows; others may have been added for later ones.
    terms: u32,
    /// The quads that were added, in each order.
    added: [Vec<Quad>; 5],
    /// The quads of the base that were taken away, and their graphs.
    removed: Vec<Quad>,
    removed_in: Vec<u32>,
    graphs_added: BTreeSet<u32>,
    graphs_removed: BTreeSet<u32>,
    /// Whether there are terms that look as if they had been made to sort by.
    has_made: bool,
    /// The graphs that are not in the merge, and their names.
    apart: Vec<u32>,
    apart_names: Arc<BTreeSet<NamedNode>>,
}

impl State {
    /// A base with which nothing has happened yet.
    pub(super) fn new(base: Arc<Base>, apart: Arc<BTreeSet<NamedNode>>) -> Self {
        let mut state = Self {
            terms: base.dictionary.len(),
            has_made: term::MADE.iter().any(|start| base.dictionary.has_prefix(start)),
            base,
            extra: Arc::default(),
            added: Default::default(),
            removed: Vec::new(),
            removed_in: Vec::new(),
            graphs_added: BTreeSet::new(),
            graphs_removed: BTreeSet::new(),
            apart: Vec::new(),
            apart_names: apart,
        };
        state.find_apart();
        state
    }

    /// Says anew which graphs are not in the merge.
    pub(super) fn set_apart(&mut self, apart: Arc<BTreeSet<NamedNode>>) {
        self.apart_names = apart;
        self.find_apart();
    }

    fn find_apart(&mut self) {
        self.apart = self.apart_names.iter().filter_map(|name| self.find(name.as_ref().into())).collect();
    }

    /// Whether the triples of a graph are left out of the merge.
    pub(super) fn is_apart(&self, graph: u32) -> bool {
        self.apart.contains(&graph)
    }

    /// The number of a term.
    pub(super) fn find(&self, term: TermRef<'_>) -> Option<u32> {
        let mut bytes = Vec::new();
        term::encode(term, &mut bytes);
        self.find_encoded(&bytes)
    }

    /// The number of a term that is written as bytes.
    pub(super) fn find_encoded(&self, bytes: &[u8]) -> Option<u32> {
        // What is sorted by is made for the purpose, once for each row.
        if term::is_made(bytes) && !self.has_made {
            return None;
        }
        self.base.dictionary.find(bytes).or_else(|| {
            if self.terms == self.base.dictionary.len() {
                return None;
            }
            let extra = self.extra.read().unwrap_or_else(PoisonError::into_inner);
            extra.ids.get(bytes).copied().filter(|id| *id < self.terms)
        })
    }

    /// The bytes of a term.
    pub(super) fn with_term<T>(&self, id: u32, work: impl FnOnce(&[u8]) -> T) -> T {
        let known = self.base.dictionary.len();
        if id < known {
            return work(self.base.dictionary.get(id));
        }
        let term = {
            let extra = self.extra.read().unwrap_or_else(PoisonError::into_inner);
            extra.terms.get((id - known) as usize).map(Arc::clone)
        };
        work(term.as_deref().unwrap_or_default())
    }

    fn intern(&mut self, term: TermRef<'_>) -> u32 {
        let mut bytes = Vec::new();
        term::encode(term, &mut bytes);
        if let Some(id) = self.base.dictionary.find(&bytes) {
            return id;
        }
        self.has_made |= term::is_made(&bytes);
        let mut extra = self.extra.write().unwrap_or_else(PoisonError::into_inner);
        let next = self.base.dictionary.len() + number(extra.terms.len());
        let bytes: Arc<[u8]> = bytes.into();
        let id = *extra.ids.entry(Arc::clone(&bytes)).or_insert(next);
        if id == next {
            extra.terms.push(bytes);
        }
        self.terms = self.base.dictionary.len() + number(extra.terms.len());
        id
    }

    /// How many terms are known: every number of one is below.
    pub(super) fn known(&self) -> u32 {
        self.terms
    }

    /// Whether there are graphs that are not in the merge.
    pub(super) fn has_apart(&self) -> bool {
        !self.apart.is_empty()
    }

    /// Whether quads of the base were taken away.
    pub(super) fn has_removed(&self) -> bool {
        !self.removed.is_empty()
    }

    /// How many quads there are.
    pub(super) fn len(&self) -> u64 {
        u64::from(self.base.manifest.quads) + self.added[0].len() as u64 - self.removed.len() as u64
    }

    /// How many quads differ from the base.
    pub(super) fn difference(&self) -> usize {
        self.added[0].len() + self.removed.len() + self.graphs_added.len() + self.graphs_removed.len()
    }

    /// Takes up what a commit has changed.
    pub(super) fn apply(&mut self, change: &Change) {
        for (graph, exists) in &change.graphs {
            self.graph(graph, *exists);
        }
        // Two ways of writing one value are one quad.
        let mut quads: BTreeMap<Quad, bool> = BTreeMap::new();
        for (quad, is_there) in &change.quads {
            let GraphName::NamedNode(graph) = &quad.graph_name else { continue };
            let (subject, predicate) = (quad.subject.as_ref().into(), quad.predicate.as_ref().into());
            let terms: [TermRef<'_>; 4] = [subject, predicate, quad.object.as_ref(), graph.as_ref().into()];
            if *is_there {
                quads.insert(terms.map(|term| self.intern(term)), true);
            } else if let [Some(s), Some(p), Some(o), Some(g)] = terms.map(|term| self.find(term)) {
                quads.insert([s, p, o, g], false);
            }
        }
        let known = self.base.dictionary.len();
        let (mut add, mut drop, mut remove, mut restore) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        for (quad, is_there) in quads {
            let in_base = quad.iter().all(|id| *id < known) && self.base.contains(quad);
            let list = match (in_base, is_there) {
                (true, true) => &mut restore,
                (true, false) => &mut remove,
                (false, true) => &mut add,
                (false, false) => &mut drop,
            };
            list.push(quad);
        }
        for order in Order::ALL {
            replace(&mut self.added[order as usize], order, &drop, &add);
        }
        replace(&mut self.removed, Order::Spog, &restore, &remove);
        let graphs: BTreeSet<u32> = self.removed.iter().map(|quad| quad[GRAPH]).collect();
        self.removed_in = graphs.into_iter().collect();
        self.find_apart();
    }

    fn graph(&mut self, name: &NamedNode, exists: bool) {
        let id = if exists { Some(self.intern(name.as_ref().into())) } else { self.find(name.as_ref().into()) };
        let Some(id) = id else { return };
        if self.base.graphs.find(id).is_some() {
            if exists {
                self.graphs_removed.remove(&id)
            } else {
                self.graphs_removed.insert(id)
            };
        } else if exists {
            self.graphs_added.insert(id);
        } else {
            self.graphs_added.remove(&id);
        }
    }

    /// Whether a term is the subject or the object of any triple.
    pub(in super::super) fn is_node(&self, term: TermRef<'_>) -> bool {
        let Some(id) = self.find(term) else { return false };
        let any = |terms| Scan::new(self, Pattern { terms, graphs: Graphs::Each }, None).next().is_some();
        any([Some(id), None, None]) || any([None, None, Some(id)])
    }

    /// The triples of the merge that fit; nothing where a term is not known.
    pub(in super::super) fn triples(&self, terms: [Option<TermRef<'_>>; 3]) -> Option<impl Iterator<Item = Quad>> {
        let mut ids = [None; 3];
        for (id, term) in ids.iter_mut().zip(terms) {
            if let Some(term) = term {
                *id = Some(self.find(term)?);
            }
        }
        Some(Scan::new(self, Pattern { terms: ids, graphs: Graphs::Merge }, None))
    }

    /// All quads.
    #[cfg(test)]
    pub(super) fn quads(&self) -> impl Iterator<Item = Quad> + '_ {
        Scan::new(self, Pattern { terms: [None; 3], graphs: Graphs::Each }, None)
    }

    /// Whether there is a graph of this name.
    pub(super) fn has_graph(&self, id: u32) -> bool {
        self.graphs_added.contains(&id) || self.base.graphs.find(id).is_some() && !self.graphs_removed.contains(&id)
    }

    /// The names of all graphs.
    pub(super) fn graphs(&self) -> impl Iterator<Item = u32> + '_ {
        let kept = self.base.graphs.iter().filter(|graph| !self.graphs_removed.contains(graph));
        kept.chain(self.graphs_added.iter().copied())
    }

    /// Whether a quad of the base was taken away.
    pub(super) fn is_removed(&self, quad: Quad) -> bool {
        !self.removed.is_empty()
            && self.removed_in.binary_search(&quad[GRAPH]).is_ok()
            && self.removed.binary_search(&quad).is_ok()
    }

    /// The added rows of an order that begin with some numbers.
    pub(super) fn added(&self, order: Order, prefix: &[u32]) -> &[Quad] {
        let rows = &self.added[order as usize];
        if rows.is_empty() {
            return rows;
        }
        let start = rows.partition_point(|row| row[..prefix.len()] < *prefix);
        let count = rows[start..].partition_point(|row| row[..prefix.len()] == *prefix);
        &rows[start..start + count]
    }

    /// Writes a base that has everything that this state has.
    pub(super) fn merged(&self, place: &Place) -> io::Result<Base> {
        let mut run = Run::default();
        let mut ids: HashMap<u32, u32> = HashMap::new();
        let mut id =
            |run: &mut Run, id: u32| *ids.entry(id).or_insert_with(|| self.with_term(id, |term| run.encoded(term)));
        for quad in &self.added[0] {
            let quad = quad.map(|term| id(&mut run, term));
            run.push(quad);
        }
        for graph in &self.graphs_added {
            self.with_term(*graph, |name| run.graph(name));
        }
        let added = run.finish(place.beside("added")?)?;
        let graphs: Vec<u32> = self.graphs_removed.iter().copied().collect();
        let without = Without { quads: &self.removed, graphs: &graphs };
        let merged = merge::merge(&self.base, without, &added, place.target()?)?;
        if let Some(folder) = &added.folder {
            fs::remove_dir_all(folder)?;
        }
        Ok(merged)
    }
}

/// Takes some quads out of sorted rows and puts others in.
fn replace(rows: &mut Vec<Quad>, order: Order, out: &[Quad], into: &[Quad]) {
    let arranged = |quads: &[Quad]| {
        let mut rows: Vec<Quad> = quads.iter().map(|quad| order.arrange(*quad)).collect();
        rows.sort_unstable();
        rows
    };
    let out = arranged(out);
    if !out.is_empty() {
        rows.retain(|row| out.binary_search(row).is_err());
    }
    if into.is_empty() {
        return;
    }
    rows.extend(arranged(into));
    sort_runs(rows);
    rows.dedup();
}

/// Sorts two sorted runs, which costs little more than one look at each row.
#[expect(clippy::stable_sort_primitive, reason = "the other way of sorting does not see that there are runs")]
fn sort_runs(rows: &mut [Quad]) {
    rows.sort();
}
