//! What people say is written down beside what they said before: a decision on a link, which is carried out on every
//! mention that it holds for, and an assessment.

use std::collections::HashSet;

use oxigraph::model::{NamedNode, Quad};

use super::{Archive, Settings};
use crate::{
    model::{Assessment, Decision, Id},
    rdf::describe,
    store::Error,
};

impl Archive {
    /// Writes a decision beside the others on its document, and links `documents` again: those that are known to be
    /// concerned. Whatever else may be is looked at later.
    pub async fn decide(&self, decision: &Decision, documents: &[Id]) -> Result<(), Error> {
        self.write_decision(decision).await?;
        let things = [Some(&decision.thing), decision.correction.as_ref()].into_iter().flatten().cloned().collect();
        self.learn_decisions(things).await?;
        self.relink_these(documents).await?;
        Ok(())
    }

    async fn write_decision(&self, decision: &Decision) -> Result<(), Error> {
        let graph = self.store.iris().review_graph(&decision.id);
        let bytes = serde_json::to_vec(decision).map_err(Error::internal)?;
        self.write_beside(graph, describe::decision(&self.ontology, decision), bytes, &decision.by).await
    }

    /// Writes an assessment beside those of its document. Earlier ones stay as they are.
    pub async fn assess(&self, assessment: &Assessment) -> Result<(), Error> {
        let graph = self.store.iris().review_graph(&assessment.id);
        let bytes = serde_json::to_vec(assessment).map_err(Error::internal)?;
        self.write_beside(graph, describe::assessment(&self.ontology, assessment), bytes, &assessment.by).await?;
        self.refresh_views().await;
        Ok(())
    }

    /// Adds statements about some things to a graph; `bytes` are what they were made of, `by` is the path of an agent.
    pub(super) async fn write_beside(
        &self,
        graph: NamedNode,
        mut quads: Vec<Quad>,
        bytes: Vec<u8>,
        by: &str,
    ) -> Result<(), Error> {
        self.add_ontology().await?;
        let _turn = self.turn.lock().await;
        let known = self.quads_of(&graph).await?;
        // What is described anew takes the place of what was said of it before; everything else stays.
        let subjects: HashSet<_> = quads.iter().map(|quad| quad.subject.clone()).collect();
        quads.extend(known.into_iter().filter(|quad| !subjects.contains(&quad.subject)));
        let settings = Settings { agent: self.store.iris().path(by), ..Settings::new(self, usize::MAX) };
        let prepared = self.finish(graph, quads, Vec::new(), &bytes, None, &settings).map_err(Error::Refused)?;
        self.originals.put(bytes).await.map_err(Error::internal)?;
        self.store.commit(vec![prepared.change]).await?;
        Ok(())
    }
}
