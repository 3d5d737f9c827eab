//! A thing is taken out of the archive: a tombstone says when, by whom and why.
//!
//! What others say of it stays as they said it, and leads to the tombstone. The words that named it are linked again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use oxigraph::model::Quad;
use serde_json::json;

use super::{Archive, Deed, Done, LifeError, Signed, entity, graph, subject, whole};
use crate::{
    ask::{fate, stored},
    model::{Id, Kind},
    rdf::describe::{self, RUN},
};

impl Archive {
    /// Withdraws an entity, or a document with the mentions in it.
    pub async fn withdraw(&self, id: &Id, by: Option<&str>, reason: Option<&str>) -> Result<Done, LifeError> {
        let turn = self.turn.lock().await;
        let signed = Signed::new(self, by, reason)?.with_reason()?;
        if id.kind() != Kind::Document || id.whole() != id.as_str() {
            entity("id", id)?;
        }
        self.current("id", id).await?;
        let request = json!({ "withdraw": id, "by": by, "reason": reason });
        let mut deed = Deed::new("withdraw", id.clone(), signed, &request)?;
        let around = stored::around(&self.store, id).await?;
        // Whatever rule linked them to it, it is not what they name any more.
        let linked: BTreeSet<Id> =
            around.iter().filter_map(graph).filter_map(|graph| self.mentions_of(graph)).collect();
        let linked: Vec<Id> = linked.into_iter().filter(|document| document != id).collect();
        deed.removed = self.held(id, around).await?;
        let tombstone = describe::Tombstone {
            into: None,
            at: Timestamp::now(),
            by: deed.signed.by.clone(),
            reason: deed.signed.reason.clone(),
        };
        deed.added = describe::tombstone(&self.ontology, fate::own_graph(&self.store, id), id, &tombstone);
        let done = self.carry_out(deed).await?;
        drop(turn);
        self.relink_these(&linked).await?;
        Ok(done)
    }

    /// All that is said of a thing and its parts; of a document all that it says, and what was found in it.
    async fn held(&self, id: &Id, around: Vec<Quad>) -> Result<Vec<Quad>, LifeError> {
        let iris = self.store.iris();
        let thing = iris.id(id);
        let may_change = self.may_change();
        let mut held = around;
        held.retain(|quad| may_change(quad) && whole(subject(quad)) == thing.as_str());
        if id.kind() == Kind::Document {
            for own in [iris.document_graph(id), iris.mention_graph(id, RUN)] {
                held.extend(self.store.graph(&own).await?);
            }
            // Decisions on its links are what people said; they stay, and hold again if it comes back.
            let reviews = iris.review_graph(id);
            held.retain(|quad| graph(quad) != Some(&reviews));
        }
        Ok(held)
    }
}
