//! What an update would leave behind on an engine that does not tell: found out beforehand, by asking.
//!
//! The engine carries out the update as it was written, with the record of the change in the same request. What
//! another process writes in between is not seen; one archive has one writing service.

use std::collections::{BTreeMap, HashSet};

use bytes::BytesMut;
use futures::TryStreamExt;
use oxigraph::{
    io::{RdfFormat, RdfParser},
    model::{GraphName, NamedNode, NamedOrBlankNode, Quad},
    sparql::{
        QuerySolution,
        results::{QueryResultsFormat, QueryResultsParser, SliceQueryResultsParserOutput},
    },
};
use spargebra::{
    GraphUpdateOperation as Operation, Query as Parsed, SparqlParser,
    algebra::{GraphPattern, GraphTarget, QueryDataset},
    term::{GroundQuadPattern, QuadPattern},
};

use super::{
    super::{Delta, Engine, Error, Limits, Query, Touched, Update, parse_update, template},
    Remote,
};
use crate::rdf::{AnswerFormat, GraphFormat, SolutionsFormat};

/// The graphs of an update, as they were and as they will be.
struct Outcome<'a> {
    engine: &'a Remote,
    update: &'a Update,
    graphs: BTreeMap<NamedNode, (HashSet<Quad>, HashSet<Quad>)>,
}

/// The graphs that an update would change, as they would stand.
pub(super) async fn touched(engine: &Remote, update: &Update) -> Result<Vec<Touched>, Error> {
    let parsed = parse_update(&SparqlParser::new(), &update.text)?;
    let mut outcome = Outcome { engine, update, graphs: BTreeMap::new() };
    for (place, operation) in parsed.operations.into_iter().enumerate() {
        outcome.operation(place, operation).await?;
    }
    let changed = outcome.graphs.into_iter().filter(|(_, (before, after))| before != after);
    let touched = changed.map(|(graph, (before, after))| Touched {
        graph,
        existed: !before.is_empty(),
        subjects: before.symmetric_difference(&after).filter_map(subject).collect(),
        delta: Delta::between(before.into_iter().collect(), &after.iter().cloned().collect::<Vec<_>>()),
        quads: after.into_iter().collect(),
    });
    Ok(touched.collect())
}

/// What a quad is about, where that has a name.
fn subject(quad: &Quad) -> Option<NamedNode> {
    if let NamedOrBlankNode::NamedNode(subject) = &quad.subject { Some(subject.clone()) } else { None }
}

impl Outcome<'_> {
    async fn operation(&mut self, place: usize, operation: Operation) -> Result<(), Error> {
        match operation {
            Operation::InsertData { data } => {
                for quad in data {
                    self.set(template::given(quad), true).await?;
                }
            }
            Operation::DeleteData { data } => {
                for quad in data {
                    self.set(template::given_ground(quad), false).await?;
                }
            }
            Operation::DeleteInsert { delete, insert, using, pattern } => {
                if place > 0 {
                    return Err(Error::Refused(
                        "the engine behind this archive cannot tell what a WHERE finds after an earlier operation of \
                         the same request; send the operations one by one"
                            .to_owned(),
                    ));
                }
                self.delete_insert(&delete, &insert, using, *pattern).await?;
            }
            Operation::Clear { graph: GraphTarget::NamedNode(graph), .. }
            | Operation::Drop { graph: GraphTarget::NamedNode(graph), .. } => self.graph(&graph).await?.clear(),
            Operation::Clear { .. } | Operation::Drop { .. } => {
                return Err(Error::Refused("name the graphs that are to be cleared or dropped".to_owned()));
            }
            Operation::Create { .. } | Operation::Load { .. } => {}
        }
        Ok(())
    }

    async fn delete_insert(
        &mut self,
        delete: &[GroundQuadPattern],
        insert: &[QuadPattern],
        using: Option<QueryDataset>,
        pattern: GraphPattern,
    ) -> Result<(), Error> {
        let variables = template::variables(delete, insert);
        let pattern = GraphPattern::Project { inner: Box::new(pattern), variables };
        let text = Parsed::Select { dataset: using, pattern, base_iri: None }.to_string();
        let solutions = self.select(text).await?;
        for solution in &solutions {
            for quad in delete.iter().filter_map(|quad| template::delete(quad, solution)) {
                self.set(quad, false).await?;
            }
        }
        for solution in &solutions {
            let mut nodes = std::collections::HashMap::new();
            for quad in insert.iter().filter_map(|quad| template::insert(quad, solution, &mut nodes)) {
                self.set(quad, true).await?;
            }
        }
        Ok(())
    }

    async fn select(&self, text: String) -> Result<Vec<QuerySolution>, Error> {
        let body = self.ask(text, AnswerFormat::Solutions(SolutionsFormat::Json)).await?;
        let parsed = QueryResultsParser::from_format(QueryResultsFormat::Json).for_slice(&body);
        match parsed.map_err(Error::internal)? {
            SliceQueryResultsParserOutput::Solutions(rows) => rows.map(|row| row.map_err(Error::internal)).collect(),
            SliceQueryResultsParserOutput::Boolean(_) => Err(Error::internal("a SELECT was answered with yes or no")),
        }
    }

    async fn ask(&self, text: String, format: AnswerFormat) -> Result<BytesMut, Error> {
        let limits = Limits { deadline: self.update.deadline, rows: u64::MAX, memory: u64::MAX };
        let query = Query { dataset: self.update.dataset.clone(), ..Query::new(text, format, limits) };
        let answer = self.engine.query(query).await?;
        answer
            .body
            .try_fold(BytesMut::new(), |mut all, bytes| async move {
                all.extend_from_slice(&bytes);
                Ok(all)
            })
            .await
    }

    async fn set(&mut self, quad: Quad, is_there: bool) -> Result<(), Error> {
        let GraphName::NamedNode(graph) = quad.graph_name.clone() else {
            return Err(Error::Refused(
                "the default graph is the merge of all graphs and is not written to; name a graph".to_owned(),
            ));
        };
        let after = self.graph(&graph).await?;
        if is_there {
            after.insert(quad);
        } else {
            after.remove(&quad);
        }
        Ok(())
    }

    /// A graph as it will stand; as it stands when it is first looked at.
    async fn graph(&mut self, graph: &NamedNode) -> Result<&mut HashSet<Quad>, Error> {
        if !self.graphs.contains_key(graph) {
            let text = format!("CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH {graph} {{ ?s ?p ?o }} }}");
            let limits = Limits { deadline: self.update.deadline, rows: u64::MAX, memory: u64::MAX };
            let format = AnswerFormat::Graph(GraphFormat::NTriples);
            let answer = self.engine.query(Query::new(text, format, limits)).await?;
            let body: Vec<_> = answer.body.try_collect().await?;
            let body = body.concat();
            let quads = RdfParser::from_format(RdfFormat::NTriples).for_slice(&body).map(|quad| {
                let quad = quad.map_err(Error::internal)?;
                Ok(Quad { graph_name: graph.clone().into(), ..quad })
            });
            let before: HashSet<Quad> = quads.collect::<Result<_, Error>>()?;
            self.graphs.insert(graph.clone(), (before.clone(), before));
        }
        Ok(&mut self.graphs.entry(graph.clone()).or_default().1)
    }
}
