//! A decision on a link is written down, and carried out on every mention that it holds for.

use oxigraph::model::Quad;

use super::{Archive, Settings};
use crate::{
    model::{Decision, Id},
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
        self.add_ontology().await?;
        let _turn = self.turn.lock().await;
        let graph = self.store.iris().review_graph(&decision.id);
        let known =
            self.store.construct(&format!("CONSTRUCT {{ ?s ?p ?o }} {{ GRAPH {graph} {{ ?s ?p ?o }} }}")).await?;
        let known = known.into_iter().map(|quad| Quad { graph_name: graph.clone().into(), ..quad });
        let mut quads = describe::decision(&self.ontology, decision);
        quads.extend(known);
        let bytes = serde_json::to_vec(decision).map_err(Error::internal)?;
        let settings = Settings::new(self, usize::MAX);
        let prepared = self.finish(graph, quads, Vec::new(), &bytes, None, &settings).map_err(Error::Refused)?;
        self.originals.put(bytes).await.map_err(Error::internal)?;
        self.store.commit(vec![prepared.change]).await?;
        Ok(())
    }
}
