//! An entity that no table describes: the columns of one row, in a graph of its own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Archive, Deed, Done, LifeError, Signed, conflict, entity, unclear};
use crate::{
    ask::fate::{self, Fate},
    intake::{self, Record},
    model::{Entity, Id},
    rdf::describe,
    store,
};

/// The columns of a row, named as in the tables of entities: `label_en`, `alt_ar`, `within`, and so on. What holds
/// several values is a list.
pub type Columns = BTreeMap<String, Value>;

/// What is to be created.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Creation {
    /// The entity, or the columns of one that are to be set: `null` empties a column.
    pub entity: Columns,
    /// Who: a name for `agent/NAME`.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Archive {
    /// Creates an entity under an identifier that was never used.
    pub async fn create_entity(&self, request: &Creation) -> Result<Done, LifeError> {
        let turn = self.turn.lock().await;
        let signed = Signed::new(self, request.by.as_deref(), request.reason.as_deref())?;
        let new = self.row(&request.entity)?;
        self.unused("id", &new.id).await?;
        let mut deed = Deed::new("create", new.id.clone(), signed, request)?;
        deed.added = self.entity_quads(&new);
        let done = self.carry_out(deed).await;
        drop(turn);
        done
    }

    /// An identifier that nothing has and nothing had: what was merged or withdrawn keeps its own.
    pub(super) async fn unused(&self, field: &str, id: &Id) -> Result<(), LifeError> {
        entity(field, id)?;
        match fate::of(&self.store, id).await? {
            Fate::Unknown => Ok(()),
            Fate::Current => Err(conflict(format!("{id} is there already; edit it, or choose another identifier"))),
            Fate::Merged { into, .. } => {
                Err(conflict(format!("{id} was merged into {into} and leads there; choose another identifier")))
            }
            Fate::Withdrawn(_) => Err(conflict(format!("{id} was withdrawn; undo that, or choose another identifier"))),
        }
    }

    /// A row read as the tables are, in which every column must be understood.
    pub(super) fn row(&self, columns: &Columns) -> Result<Entity, LifeError> {
        let bytes = serde_json::to_vec(&json!([columns])).map_err(store::Error::internal)?;
        let read = intake::read("entity.json", &bytes, None, &self.vocabulary);
        let read = read.map_err(|error| unclear("entity", error.to_string()))?;
        if let Some(failure) = read.failures.into_iter().next() {
            return Err(unclear(failure.column.as_deref().unwrap_or("entity"), failure.reason));
        }
        if let Some(notice) = read.notices.iter().find(|notice| notice.place == "table") {
            return Err(unclear("entity", notice.message.clone()));
        }
        match read.records.into_iter().next() {
            Some(Record::Entity(entity)) => Ok(entity),
            _ => Err(unclear("id", "expected one entity, told by an `id` such as org/hrw")),
        }
    }

    /// The quads of an entity in its own graph.
    pub(super) fn entity_quads(&self, new: &Entity) -> Vec<oxigraph::model::Quad> {
        let graph = fate::own_graph(&self.store, &new.id);
        let quads = describe::entity(&self.ontology, "", new);
        quads.into_iter().map(|quad| oxigraph::model::Quad { graph_name: graph.clone().into(), ..quad }).collect()
    }
}
