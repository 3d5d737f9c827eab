//! What an update has changed so far, and the merge of the graphs that is kept beside them.
//!
//! The default graph of a query is the RDF merge of all graphs: a triple that stands in two graphs is in it once.
//! The evaluator's own union gives it twice, and its dataset cannot be wrapped; so the merge is kept as the
//! store's default graph, in the transaction of the change. That costs half as much room again and makes the
//! patterns of most queries cheaper, for their index holds no graphs.

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, HashSet, hash_map::Entry},
    sync::Arc,
};

use oxigraph::{
    model::{GraphName, GraphNameRef, NamedNode, NamedOrBlankNode, Quad, QuadRef, Triple},
    store::{StorageError, Store, Transaction},
};

use super::{
    super::{Delta, Error, Touched},
    snapshot::Change,
};

/// How many quads of the merge are rebuilt in one transaction.
const REBUILD_BATCH: usize = 100_000;

/// The quads that an update has added and taken away, on balance.
#[derive(Debug)]
pub(super) struct Effect {
    /// The graphs that are not in the merge.
    apart: Arc<BTreeSet<NamedNode>>,
    /// True for a quad that was added, false for one that was taken away.
    quads: HashMap<Quad, bool>,
    /// The graphs that were written to, and whether they existed before.
    graphs: HashMap<NamedNode, bool>,
    /// The triples for which the merge has not been brought up to date, and whether one was added last.
    pending: HashMap<Triple, bool>,
}

impl Effect {
    /// Nothing has changed yet.
    pub(super) fn new(apart: Arc<BTreeSet<NamedNode>>) -> Self {
        Self { apart, quads: HashMap::new(), graphs: HashMap::new(), pending: HashMap::new() }
    }

    /// Adds a quad.
    pub(super) fn insert(&mut self, transaction: &mut Transaction<'_>, quad: Quad) -> Result<(), Error> {
        self.note_graph(transaction, &quad.graph_name)?;
        if !transaction.contains(&quad).map_err(Error::internal)? {
            transaction.insert(&quad);
            self.change(quad, true);
        }
        Ok(())
    }

    /// Takes a quad away.
    pub(super) fn remove(&mut self, transaction: &mut Transaction<'_>, quad: Quad) -> Result<(), Error> {
        if transaction.contains(&quad).map_err(Error::internal)? {
            self.note_graph(transaction, &quad.graph_name)?;
            transaction.remove(&quad);
            self.change(quad, false);
        }
        Ok(())
    }

    /// Remembers whether a graph existed before it is written to. Nothing is written to the default graph itself.
    pub(super) fn note_graph(&mut self, transaction: &Transaction<'_>, graph: &GraphName) -> Result<(), Error> {
        let GraphName::NamedNode(graph) = graph else {
            return Err(Error::Refused(
                "the default graph is the merge of all graphs and is not written to; name a graph".to_owned(),
            ));
        };
        if !self.graphs.contains_key(graph) {
            let existed = transaction.contains_named_graph(graph).map_err(Error::internal)?;
            self.graphs.insert(graph.clone(), existed);
        }
        Ok(())
    }

    fn change(&mut self, quad: Quad, added: bool) {
        if !is_apart(&quad.graph_name, &self.apart) {
            self.pending.insert(quad.clone().into(), added);
        }
        match self.quads.entry(quad) {
            // Added and taken away again, or the other way round: nothing has changed.
            Entry::Occupied(known) => {
                known.remove();
            }
            Entry::Vacant(unknown) => {
                unknown.insert(added);
            }
        }
    }

    /// The graphs that are not as they were, in order of name, each as it stands now.
    pub(super) fn touched(&self, transaction: &Transaction<'_>) -> Result<Vec<Touched>, Error> {
        let mut changed: BTreeMap<&NamedNode, (Delta, BTreeSet<NamedNode>)> = BTreeMap::new();
        for (quad, added) in &self.quads {
            if let GraphName::NamedNode(graph) = &quad.graph_name {
                let (delta, subjects) = changed.entry(graph).or_default();
                if *added { &mut delta.added } else { &mut delta.removed }.push(quad.clone());
                if let NamedOrBlankNode::NamedNode(subject) = &quad.subject {
                    subjects.insert(subject.clone());
                }
            }
        }
        let touched = changed.into_iter().map(|(graph, (delta, subjects))| {
            let quads = transaction.quads_for_pattern(None, None, None, Some(graph.as_ref().into()));
            let quads: Vec<Quad> = quads.collect::<Result<_, _>>().map_err(Error::internal)?;
            let delta = if delta.is_whole() { whole(delta, &quads) } else { delta };
            let existed = self.graphs.get(graph).copied().unwrap_or(false);
            Ok(Touched { graph: graph.clone(), existed, quads, delta, subjects })
        });
        touched.collect()
    }

    /// What the update may have changed, as it stands now. The transaction is asked, because a value can be written in
    /// several ways.
    pub(super) fn outcome(&self, transaction: &Transaction<'_>) -> Result<Change, Error> {
        let quads = self.quads.keys().map(|quad| Ok((quad.clone(), transaction.contains(quad)?)));
        let graphs = self.graphs.keys().map(|graph| Ok((graph.clone(), transaction.contains_named_graph(graph)?)));
        Ok(Change {
            quads: quads.collect::<Result<_, StorageError>>().map_err(Error::internal)?,
            graphs: graphs.collect::<Result<_, StorageError>>().map_err(Error::internal)?,
        })
    }

    /// Brings the merge up to date with what was changed: before anything reads it, and at the end.
    pub(super) fn merge(&mut self, transaction: &mut Transaction<'_>) -> Result<(), Error> {
        for (triple, added) in self.pending.drain() {
            let merged = triple.as_ref().in_graph(GraphNameRef::DefaultGraph);
            if added || is_in_a_graph(transaction, &triple, &self.apart).map_err(Error::internal)? {
                transaction.insert(merged);
            } else {
                transaction.remove(merged);
            }
        }
        Ok(())
    }
}

/// Both sides of what changed, as whole graphs.
fn whole(delta: Delta, after: &[Quad]) -> Delta {
    let Delta { removed, added } = delta;
    let added: HashSet<Quad> = added.into_iter().collect();
    let stays = after.iter().filter(|quad| !added.contains(quad)).cloned();
    Delta { removed: stays.chain(removed).collect(), added: after.to_vec() }
}

/// A quad's triple, in the merge.
fn merged(quad: &Quad) -> QuadRef<'_> {
    QuadRef::new(&quad.subject, &quad.predicate, &quad.object, GraphNameRef::DefaultGraph)
}

fn is_apart(graph: &GraphName, apart: &BTreeSet<NamedNode>) -> bool {
    matches!(graph, GraphName::NamedNode(graph) if apart.contains(graph))
}

fn is_in_a_graph(
    transaction: &Transaction<'_>,
    triple: &Triple,
    apart: &BTreeSet<NamedNode>,
) -> Result<bool, StorageError> {
    let (subject, predicate) = (triple.subject.as_ref(), triple.predicate.as_ref());
    for quad in transaction.quads_for_pattern(Some(subject), Some(predicate), Some(triple.object.as_ref()), None) {
        let graph = quad?.graph_name;
        if !graph.is_default_graph() && !is_apart(&graph, apart) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Stands in the merge while it is being made, so that one that was cut off is not taken for a whole one.
pub(super) fn unfinished() -> Quad {
    let mark = NamedNode::new_unchecked("urn:isnad:merge");
    Quad::new(mark.clone(), mark.clone(), mark, GraphName::DefaultGraph)
}

/// Makes the merge of a store that has graphs but no merge, as one that was filled by something else, or that has one
/// which was not made to its end.
pub(super) fn rebuild(store: &Store, apart: &BTreeSet<NamedNode>) -> Result<(), StorageError> {
    let mark = unfinished();
    let is_merged = store.quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph)).next().is_some();
    if is_merged && !store.contains(&mark)? {
        return Ok(());
    }
    let is_left_out = |quad: &Quad| quad.graph_name.is_default_graph() || is_apart(&quad.graph_name, apart);
    let mut quads = store.iter().filter(|quad| !quad.as_ref().is_ok_and(is_left_out)).peekable();
    if quads.peek().is_none() {
        return Ok(());
    }
    store.insert(&mark)?;
    while quads.peek().is_some() {
        let mut transaction = store.start_transaction()?;
        for quad in quads.by_ref().take(REBUILD_BATCH) {
            transaction.insert(merged(&quad?));
        }
        transaction.commit()?;
    }
    store.remove(&mark)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quad(n: i64, graph: impl Into<GraphName>) -> Quad {
        let name = NamedNode::new_unchecked("http://a.example/s");
        Quad::new(name.clone(), name, oxigraph::model::Literal::from(n), graph)
    }

    #[test]
    fn a_merge_that_was_cut_off_is_made_to_its_end() -> Result<(), StorageError> {
        let (store, graph) = (Store::new()?, NamedNode::new_unchecked("http://a.example/g"));
        for n in 1..=3 {
            store.insert(&quad(n, graph.clone()))?;
        }
        // Killed after the first batch: one triple is there, and the mark.
        store.insert(&unfinished())?;
        store.insert(&quad(1, GraphName::DefaultGraph))?;
        rebuild(&store, &BTreeSet::new())?;
        let merged = || store.quads_for_pattern(None, None, None, Some(GraphNameRef::DefaultGraph)).count();
        assert_eq!(merged(), 3);
        // A whole one is left alone.
        store.remove(&quad(2, GraphName::DefaultGraph))?;
        rebuild(&store, &BTreeSet::new())?;
        assert_eq!(merged(), 2);
        Ok(())
    }
}
