//! One entity was two: a new one takes some of its names, its parts and of what points to it.

use std::collections::BTreeSet;

use oxigraph::model::{NamedNode, Quad, Term};
use serde::{Deserialize, Serialize};

use super::{
    Archive, Columns, Deed, Done, LifeError, Signed, conflict, entity, graph, merge::Renamed, object, subject, unclear,
    whole,
};
use crate::{
    ask::{fate, stored},
    model::Id,
    rdf::vocab::{rdfs, skos},
    store::literal_value,
};

/// What goes over to a new entity.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Splitting {
    /// The new entity, as it is created.
    pub entity: Columns,
    /// The names that go over to it, as they are spelt.
    #[serde(default)]
    pub names: Vec<String>,
    /// What names the new one from now on: documents, claims and other things that named the old one, and the old one's
    /// own parts, such as person/x#tenure2.
    #[serde(default)]
    pub links: Vec<String>,
    /// Who: a name for `agent/NAME`.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Archive {
    /// Splits a new entity off another.
    pub async fn split_entity(&self, old: &Id, request: &Splitting) -> Result<Done, LifeError> {
        let turn = self.turn.lock().await;
        let signed = Signed::new(self, request.by.as_deref(), request.reason.as_deref())?;
        entity("id", old)?;
        self.current("id", old).await?;
        let new = self.row(&request.entity)?;
        self.unused("entity", &new.id).await?;
        if new.id.kind() != old.kind() {
            let expected = format!("expected another {}/", old.kind().segment());
            return Err(unclear("entity", format!("{} cannot be split off {old}: {expected}", new.id)));
        }
        let may_change = self.may_change();
        let mut known = stored::around(&self.store, old).await?;
        known.retain(|quad| may_change(quad));
        let mut deed = Deed::new("split", old.clone(), signed, request)?;
        deed.added = self.entity_quads(&new);
        self.move_names(&mut deed, old, &new.id, &known, &request.names)?;
        self.move_links(&mut deed, old, &new.id, &known, &request.links)?;
        let done = self.carry_out(deed).await;
        drop(turn);
        done
    }

    /// Names go over as what they are; a label is one of several names where the new one has its own in that language.
    fn move_names(
        &self,
        deed: &mut Deed,
        old: &Id,
        new: &Id,
        known: &[Quad],
        names: &[String],
    ) -> Result<(), LifeError> {
        let (old_iri, new_iri) = (self.store.iris().id(old), self.store.iris().id(new));
        let lang = |term: &Term| {
            if let Term::Literal(literal) = term { literal.language().map(ToOwned::to_owned) } else { None }
        };
        let labelled: BTreeSet<Option<String>> =
            deed.added.iter().filter(|quad| quad.predicate == rdfs::LABEL).map(|quad| lang(&quad.object)).collect();
        let held: Vec<&Quad> = known.iter().filter(|quad| subject(quad) == old_iri.as_str() && is_name(quad)).collect();
        for name in names {
            let moving: Vec<&&Quad> = held.iter().filter(|quad| literal_value(&quad.object) == *name).collect();
            if moving.is_empty() {
                return Err(unclear("names", format!("`{name}` is not a name of {old}")));
            }
            for quad in moving {
                let is_second = quad.predicate == rdfs::LABEL && labelled.contains(&lang(&quad.object));
                let predicate = if is_second { skos::ALT_LABEL.into_owned() } else { quad.predicate.clone() };
                let has = |added: &Quad| added.object == quad.object && is_name(added);
                if !deed.added.iter().any(has) {
                    let graph = fate::own_graph(&self.store, new);
                    deed.added.push(Quad::new(new_iri.clone(), predicate, quad.object.clone(), graph));
                }
                deed.removed.push((**quad).clone());
            }
        }
        if held.iter().any(|quad| quad.predicate == rdfs::LABEL && !deed.removed.contains(quad)) {
            Ok(())
        } else {
            Err(conflict(format!("{old} would be left without a label; merge or edit it instead")))
        }
    }

    fn move_links(
        &self,
        deed: &mut Deed,
        old: &Id,
        new: &Id,
        known: &[Quad],
        links: &[String],
    ) -> Result<(), LifeError> {
        let iris = self.store.iris();
        let old_iri = iris.id(old);
        let mut parts = Vec::new();
        for link in links {
            let wrong = || unclear("links", format!("`{link}` is not an identifier such as doc/jim-4"));
            let id = iris.parse_id(link).ok_or_else(wrong)?;
            let before = deed.removed.len();
            if id.whole() == old.as_str() && id != *old {
                parts.push(id.clone());
                let is_there = known.iter().any(|quad| subject(quad) == iris.id(&id).as_str());
                if is_there {
                    continue;
                }
                return Err(unclear("links", format!("{old} has no part {id}")));
            }
            let moving = known.iter().filter(|quad| object(quad) == old_iri.as_str() && is_said_by(self, &id, quad));
            for quad in moving {
                deed.removed.push(quad.clone());
                deed.added.push(Quad { object: iris.id(new).into(), ..quad.clone() });
            }
            if deed.removed.len() == before {
                return Err(unclear("links", format!("{id} does not name {old}")));
            }
        }
        let renamed = Renamed::of_parts(iris, new, parts);
        for quad in known.iter().filter(|quad| renamed.concerns(quad)) {
            deed.removed.push(quad.clone());
            deed.added.extend(renamed.of(quad).map(|moved| with_thing(moved, &old_iri, &iris.id(new))));
        }
        Ok(())
    }
}

fn is_name(quad: &Quad) -> bool {
    [rdfs::LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL].iter().any(|name| quad.predicate == *name)
}

/// Whether a statement is one of a thing's own, or stands in the graph of a document.
fn is_said_by(archive: &Archive, id: &Id, quad: &Quad) -> bool {
    let iris = archive.store.iris();
    let stands_in = graph(quad).is_some_and(|graph| *graph == iris.document_graph(id));
    let is_own = if id.as_str() == id.whole() {
        whole(subject(quad)) == iris.id(id).as_str()
    } else {
        subject(quad) == iris.id(id).as_str()
    };
    is_own || stands_in && id.kind() == crate::model::Kind::Document
}

/// A statement of a part, about the thing that it is a part of now.
fn with_thing(quad: Quad, old: &NamedNode, new: &NamedNode) -> Quad {
    let mut quad = quad;
    if quad.subject == old.clone().into() {
        quad.subject = new.clone().into();
    }
    if quad.object == Term::from(old.clone()) {
        quad.object = new.clone().into();
    }
    quad
}
