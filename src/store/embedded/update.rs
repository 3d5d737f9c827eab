//! Changes: one at a time, each in one transaction that is kept whole or not at all.
//!
//! The operations are carried out here, quad by quad, so that it is known what an update changes before it is
//! committed: the merge of the graphs follows it, and whoever asked for the update may look at it and refuse.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use oxigraph::{
    model::{GraphName, NamedNode, NamedOrBlankNode, Quad, Variable},
    sparql::{QueryResults, QuerySolution},
    store::{Store, Transaction},
};
use spargebra::{
    GraphUpdateOperation as Operation, Query, SparqlParser, Update as Parsed,
    algebra::{GraphPattern, GraphTarget, QueryDataset},
    term::{GroundQuadPattern, QuadPattern},
};

use super::{
    super::{Dataset, Error, Update, template},
    effect::Effect,
    evaluation_error, evaluator, guard, parse_update,
    snapshot::Commits,
    stop::Stop,
    to_specification,
};

/// Parses and carries out an update; until it is committed it can be stopped and has changed nothing.
/// A snapshot takes up what is committed before it is reported.
pub(super) fn run(
    store: &Store,
    update: &Update,
    apart: &Arc<BTreeSet<NamedNode>>,
    commits: Option<&Commits>,
    stop: &Stop,
) -> Result<(), Error> {
    let parsed = parse_update(&SparqlParser::new(), &update.text)?;
    check(&parsed, &update.dataset)?;
    let none = Dataset::default();
    let transaction = store.start_transaction().map_err(Error::internal)?;
    let mut writer = Writer { transaction, effect: Effect::new(Arc::clone(apart)), dataset: &update.dataset, stop };
    writer.carry_out(parsed)?;
    if let Some(review) = &update.review {
        let touched = writer.effect.touched(&writer.transaction)?;
        let record = review.look(&touched)?;
        writer.dataset = &none;
        writer.carry_out(parse_update(&SparqlParser::new(), &record)?)?;
    }
    let Writer { mut transaction, mut effect, .. } = writer;
    effect.merge(&mut transaction)?;
    let change = commits.map(|_| effect.outcome(&transaction)).transpose()?;
    // From here on the deadline comes too late: whoever waited until then has been told that nothing changed.
    stop.finish()?;
    let commit = || transaction.commit().map_err(Error::internal);
    match commits.zip(change) {
        Some((commits, change)) => commits.commit(change, commit),
        None => commit(),
    }
}

/// Refuses what would leave the machine, and what the protocol forbids.
fn check(update: &Parsed, dataset: &Dataset) -> Result<(), Error> {
    for operation in &update.operations {
        match operation {
            Operation::Load { source, silent: false, .. } => {
                return Err(Error::Refused(format!("LOAD {source} is not allowed; send the data itself")));
            }
            Operation::DeleteInsert { using: Some(_), .. } if !dataset.is_unset() => {
                return Err(Error::Refused(
                    "the update names its dataset with USING or WITH, and so do the parameters of the request; use \
                     one"
                    .to_owned(),
                ));
            }
            _ => {}
        }
    }
    Ok(())
}

/// An update that is being carried out.
struct Writer<'a> {
    transaction: Transaction<'a>,
    effect: Effect,
    dataset: &'a Dataset,
    stop: &'a Stop,
}

impl Writer<'_> {
    fn carry_out(&mut self, update: Parsed) -> Result<(), Error> {
        update.operations.into_iter().try_for_each(|operation| self.operation(operation))
    }

    fn operation(&mut self, operation: Operation) -> Result<(), Error> {
        match operation {
            // Blank nodes have no life of their own beyond the request: the parser has named them afresh.
            Operation::InsertData { data } => self.insert_all(data.into_iter().map(template::given)),
            Operation::DeleteData { data } => self.remove_all(data.into_iter().map(template::given_ground)),
            Operation::DeleteInsert { delete, insert, using, pattern } => {
                self.delete_insert(&delete, &insert, using, *pattern)
            }
            Operation::Clear { silent, graph } => self.each_graph(graph, silent, Self::clear),
            Operation::Drop { silent, graph } => self.each_graph(graph, silent, |writer, graph| {
                writer.clear(graph)?;
                writer.effect.note_graph(&writer.transaction, &graph.clone().into())?;
                writer.transaction.remove_named_graph(graph).map_err(Error::internal)
            }),
            Operation::Create { silent, graph } => self.create(&graph, silent),
            // Nothing is fetched; without SILENT it was refused before.
            Operation::Load { .. } => Ok(()),
        }
    }

    fn insert_all(&mut self, quads: impl IntoIterator<Item = Quad>) -> Result<(), Error> {
        for quad in quads {
            self.stop.check()?;
            self.effect.insert(&mut self.transaction, quad)?;
        }
        Ok(())
    }

    fn remove_all(&mut self, quads: impl IntoIterator<Item = Quad>) -> Result<(), Error> {
        for quad in quads {
            self.stop.check()?;
            self.effect.remove(&mut self.transaction, quad)?;
        }
        Ok(())
    }

    /// Finds the solutions first, then deletes, then inserts (SPARQL 1.1 Update, section 3.1.3).
    fn delete_insert(
        &mut self,
        delete: &[GroundQuadPattern],
        insert: &[QuadPattern],
        using: Option<QueryDataset>,
        pattern: GraphPattern,
    ) -> Result<(), Error> {
        let (mut removed, mut inserted) = (Vec::new(), Vec::new());
        let variables = template::variables(delete, insert);
        // What earlier operations of the request have done is seen.
        self.effect.merge(&mut self.transaction)?;
        self.for_each_solution(variables, using, pattern, |solution| {
            let mut nodes = HashMap::new();
            removed.extend(delete.iter().filter_map(|quad| template::delete(quad, solution)));
            inserted.extend(insert.iter().filter_map(|quad| template::insert(quad, solution, &mut nodes)));
        })?;
        self.remove_all(removed)?;
        self.insert_all(inserted)
    }

    fn for_each_solution(
        &self,
        variables: Vec<Variable>,
        using: Option<QueryDataset>,
        pattern: GraphPattern,
        mut act: impl FnMut(&QuerySolution),
    ) -> Result<(), Error> {
        let names_dataset = using.is_some();
        // WITH names a default graph and leaves all graphs within reach of GRAPH; USING names both.
        let with = using.as_ref().filter(|using| using.named.is_none()).map(|using| using.default.clone());
        let using = if with.is_some() { None } else { using };
        let pattern = GraphPattern::Project { inner: Box::new(pattern), variables };
        let query = Query::Select { dataset: using, pattern, base_iri: None };
        // What the transaction has written so far is not asked: a path from a new node is followed as the evaluator does.
        let query = guard::query(query, self.dataset, &|_| true)?;
        let mut prepared = evaluator(self.stop).for_query(query);
        match with {
            Some(graphs) => prepared.dataset_mut().set_default_graph(graphs.into_iter().map(GraphName::from).collect()),
            None => to_specification(self.dataset, names_dataset, prepared.dataset_mut()),
        }
        let results = prepared.on_transaction(&self.transaction).execute().map_err(evaluation_error)?;
        let QueryResults::Solutions(solutions) = results else {
            return Err(Error::internal("a SELECT has solutions"));
        };
        for solution in solutions {
            self.stop.check()?;
            act(&solution.map_err(evaluation_error)?);
        }
        Ok(())
    }

    fn each_graph(
        &mut self,
        target: GraphTarget,
        silent: bool,
        act: impl Fn(&mut Self, &NamedNode) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let graphs = match target {
            GraphTarget::NamedNode(graph) => {
                if !self.transaction.contains_named_graph(&graph).map_err(Error::internal)? {
                    return if silent { Ok(()) } else { Err(missing(&graph)) };
                }
                vec![graph]
            }
            GraphTarget::DefaultGraph => return self.effect.note_graph(&self.transaction, &GraphName::DefaultGraph),
            GraphTarget::NamedGraphs | GraphTarget::AllGraphs => self.graphs()?,
        };
        graphs.iter().try_for_each(|graph| act(self, graph))
    }

    fn graphs(&self) -> Result<Vec<NamedNode>, Error> {
        let names = self.transaction.named_graphs().map(|name| match name {
            Ok(NamedOrBlankNode::NamedNode(graph)) => Ok(Some(graph)),
            Ok(NamedOrBlankNode::BlankNode(_)) => Ok(None),
            Err(error) => Err(Error::internal(error)),
        });
        names.filter_map(Result::transpose).collect()
    }

    fn clear(&mut self, graph: &NamedNode) -> Result<(), Error> {
        let quads = self.transaction.quads_for_pattern(None, None, None, Some(graph.as_ref().into()));
        let quads: Vec<Quad> = quads.collect::<Result<_, _>>().map_err(Error::internal)?;
        self.remove_all(quads)
    }

    fn create(&mut self, graph: &NamedNode, silent: bool) -> Result<(), Error> {
        let exists = self.transaction.contains_named_graph(graph).map_err(Error::internal)?;
        if exists && !silent {
            return Err(Error::Refused(format!("the graph {graph} exists already; CREATE SILENT does not mind")));
        }
        if !exists {
            self.effect.note_graph(&self.transaction, &graph.clone().into())?;
            self.transaction.insert_named_graph(graph);
        }
        Ok(())
    }
}

fn missing(graph: &NamedNode) -> Error {
    Error::Refused(format!("the graph {graph} does not exist; SILENT does not mind"))
}
