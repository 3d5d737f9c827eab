//! A decision on a link is written down, and carried out on every mention that it holds for.

use oxigraph::model::Quad;

use super::{Archive, Settings};
use crate::{
    ask,
    link::Decisions,
    model::{Decision, Id, Scope},
    rdf::describe,
    store::Error,
};

/// What became of a decision.
#[derive(Clone, Debug, PartialEq)]
pub enum Decided {
    /// It is in force.
    Written,
    /// Somebody decided on the same link since it was prepared; nothing was written.
    Otherwise(Box<Decision>),
}

impl Archive {
    /// Writes a decision beside the others on its document, and links `documents` again: those that are known to be
    /// concerned. Whatever else may be is looked at later.
    pub async fn decide(&self, decision: &Decision, documents: &[Id]) -> Result<Decided, Error> {
        if let Some(other) = self.write_decision(decision).await? {
            return Ok(Decided::Otherwise(Box::new(other)));
        }
        let things = [Some(&decision.thing), decision.correction.as_ref()].into_iter().flatten().cloned().collect();
        self.learn_decisions(things).await?;
        self.relink_these(documents).await?;
        Ok(Decided::Written)
    }

    /// Writes a decision, unless another one stands against it by now.
    async fn write_decision(&self, decision: &Decision) -> Result<Option<Decision>, Error> {
        self.add_ontology().await?;
        let _turn = self.turn.lock().await;
        if let Some(other) = self.decided_meanwhile(decision).await? {
            return Ok(Some(other));
        }
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
        Ok(None)
    }

    /// The decision on the same link that another one does not know of. The caller has the turn, so that of two at the
    /// same moment the second one sees the first.
    async fn decided_meanwhile(&self, decision: &Decision) -> Result<Option<Decision>, Error> {
        let all = ask::decisions::all(&self.store).await?;
        let decisions = Decisions::new(all.iter().cloned());
        if let Some(revised) = &decision.revises {
            let later = || all.iter().rev().find(|later| later.revises.as_ref() == Some(revised)).cloned();
            return Ok(if decisions.holds(revised) { None } else { later() });
        }
        let standing = match decision.scope {
            Scope::Mention => decisions.on_mention(&decision.mention),
            Scope::Identical => decisions.on_form(&decision.form, &decision.thing),
        };
        Ok(standing.cloned())
    }
}
