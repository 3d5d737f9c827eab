//! What people say is written down beside what they said before: a decision on a link, which is carried out on every
//! mention that it holds for, and an assessment.

use std::collections::HashSet;

use oxigraph::model::{NamedNode, Quad};

use super::{Archive, Settings};
use crate::{
    ask,
    link::Decisions,
    model::{Assessment, Decision, Id, Scope},
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
        let bytes = serde_json::to_vec(decision).map_err(Error::internal)?;
        self.write_in_turn(graph, describe::decision(&self.ontology, decision), bytes, &decision.by).await?;
        Ok(None)
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
        quads: Vec<Quad>,
        bytes: Vec<u8>,
        by: &str,
    ) -> Result<(), Error> {
        self.add_ontology().await?;
        let _turn = self.turn.lock().await;
        self.write_in_turn(graph, quads, bytes, by).await
    }

    /// The same, for whoever has the turn.
    async fn write_in_turn(
        &self,
        graph: NamedNode,
        mut quads: Vec<Quad>,
        bytes: Vec<u8>,
        by: &str,
    ) -> Result<(), Error> {
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
