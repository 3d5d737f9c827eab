//! Two entities are one: the old identifier leads to the kept one, which takes over its names and all that points to it.
//!
//! What only one of two can have (a level, a founding date) the kept one keeps; the other's is in the log. What is said of
//! the old one goes where the kept one is described, so that a thing is described in one place; what points to it stays
//! where it stands.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use oxigraph::model::{NamedNode, NamedOrBlankNode, Quad, Term};
use serde::{Deserialize, Serialize};

use super::{Archive, Deed, Done, LifeError, Signed, entity, graph, object, subject, unclear, whole};
use crate::{
    ask::{fate, stored},
    model::Id,
    rdf::{
        Iris, describe,
        vocab::{geo, isn, org, rdf, rdfs, skos},
    },
};

/// What a thing has once. Of two that are merged the kept one's stands.
const ONCE: [&str; 16] = [
    isn::ABSTENTIONS,
    isn::ADMIN1_CODE,
    isn::ADMIN_LEVEL,
    isn::DATE_TEXT,
    isn::DISSOLVED,
    isn::EARLIEST,
    isn::EVENT_KIND,
    isn::FOUNDED,
    isn::GEONAMES_ID,
    isn::LATEST,
    isn::MANDATE,
    isn::PCODE,
    isn::TIME_TEXT,
    isn::VOTES_AGAINST,
    isn::VOTES_FOR,
    isn::WITHIN,
];

/// What is to be merged into what.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merging {
    /// The entity that is kept.
    pub into: String,
    /// Who: a name for `agent/NAME`.
    pub by: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Archive {
    /// Merges an entity into another of its kind.
    pub async fn merge_entity(&self, old: &Id, request: &Merging) -> Result<Done, LifeError> {
        let turn = self.turn.lock().await;
        let signed = Signed::new(self, request.by.as_deref(), request.reason.as_deref())?;
        let iris = self.store.iris();
        let wrong = || unclear("into", format!("`{}` is not an entity such as org/hrw", request.into));
        let kept = iris.parse_id(&request.into).ok_or_else(wrong)?;
        entity("id", old)?;
        entity("into", &kept)?;
        if *old == kept || old.kind() != kept.kind() {
            let expected = format!("expected another {}/", old.kind().segment());
            return Err(unclear("into", format!("{old} cannot be merged into {kept}: {expected}")));
        }
        self.current("id", old).await?;
        self.current("into", &kept).await?;
        let may_change = self.may_change();
        let mut found = stored::around(&self.store, old).await?;
        found.retain(|quad| may_change(quad));
        let known = stored::around(&self.store, &kept).await?;
        let merged = Merged::new(iris, old, &kept, &known, &found);
        let mut deed = Deed::new("merge", old.clone(), signed, request)?;
        deed.added = found.iter().filter_map(|quad| merged.of(quad)).collect();
        deed.removed = found;
        let tombstone = describe::Tombstone {
            into: Some(kept),
            at: Timestamp::now(),
            by: deed.signed.by.clone(),
            reason: deed.signed.reason.clone(),
        };
        let own = fate::own_graph(&self.store, old);
        deed.added.extend(describe::tombstone(&self.ontology, own, old, &tombstone));
        let done = self.carry_out(deed).await;
        drop(turn);
        done
    }
}

/// What becomes of the statements about an entity that is merged into another.
struct Merged<'a> {
    old: NamedNode,
    kept: NamedNode,
    /// The graph that describes the kept one.
    home: Option<NamedNode>,
    /// The predicates of which a thing has one object, and those that the kept one has.
    taken: BTreeSet<&'a NamedNode>,
    /// The names that the kept one has.
    names: BTreeSet<String>,
    renamed: Renamed,
}

impl<'a> Merged<'a> {
    fn new(iris: &Iris, old: &Id, kept: &Id, known: &'a [Quad], found: &[Quad]) -> Self {
        let (old_iri, kept_iri) = (iris.id(old), iris.id(kept));
        let mut once: Vec<NamedNode> = ONCE.iter().map(|local| iris.term(local)).collect();
        once.extend([geo::HAS_GEOMETRY, org::SUB_ORGANIZATION_OF].map(oxigraph::model::NamedNodeRef::into_owned));
        once.push(iris.term(isn::SEAT));
        let own = known.iter().filter(|quad| subject(quad) == kept_iri.as_str());
        let taken: BTreeSet<&NamedNode> =
            own.clone().map(|quad| &quad.predicate).filter(|predicate| once.contains(predicate)).collect();
        let names = own.filter(|quad| is_name(quad)).map(|quad| quad.object.to_string()).collect();
        let has_point = taken.iter().any(|predicate| **predicate == geo::HAS_GEOMETRY);
        let mut renamed = Renamed::new(iris, old, kept, known, found);
        if has_point {
            renamed.left_out.insert(iris.id(&old.part("geometry")));
        }
        let is_home = |quad: &&Quad| quad.predicate == rdf::TYPE && subject(quad) == kept_iri.as_str();
        let home = known.iter().filter(is_home).filter_map(graph).min().cloned();
        Self { old: old_iri, kept: kept_iri, home, taken, names, renamed }
    }

    /// What a statement becomes; none where the kept one says it otherwise.
    fn of(&self, quad: &Quad) -> Option<Quad> {
        let mut moved = self.renamed.of(quad)?;
        if let Some(home) = self.home.as_ref().filter(|_| whole(subject(quad)) == self.old.as_str()) {
            moved.graph_name = home.clone().into();
        }
        if subject(quad) != self.old.as_str() {
            // What would point to itself says nothing any more.
            let is_loop = subject(&moved) == object(&moved) && object(quad) == self.old.as_str();
            return (!is_loop).then_some(moved);
        }
        let is_known_name = is_name(quad) && self.names.contains(&quad.object.to_string());
        let is_loop = object(&moved) == self.kept.as_str();
        if quad.predicate == rdf::TYPE || is_known_name || is_loop || self.taken.contains(&quad.predicate) {
            return None;
        }
        if quad.predicate == rdfs::LABEL {
            moved.predicate = skos::ALT_LABEL.into_owned();
        }
        Some(moved)
    }
}

fn is_name(quad: &Quad) -> bool {
    [rdfs::LABEL, skos::ALT_LABEL, skos::HIDDEN_LABEL].iter().any(|name| quad.predicate == *name)
}

/// New names for a thing and its parts.
#[derive(Debug, Default)]
pub(super) struct Renamed {
    names: BTreeMap<NamedNode, NamedNode>,
    /// Parts that are not taken along.
    left_out: BTreeSet<NamedNode>,
}

impl Renamed {
    /// Each part of the old thing gets a name that no part of the other has.
    fn new(iris: &Iris, old: &Id, kept: &Id, known: &[Quad], found: &[Quad]) -> Self {
        let mut used: BTreeSet<String> = parts(iris.id(kept).as_str(), known);
        let mut renamed = Self::default();
        renamed.names.insert(iris.id(old), iris.id(kept));
        for part in parts(iris.id(old).as_str(), found) {
            let name = free(&part, &used);
            renamed.names.insert(iris.id(&old.part(&part)), iris.id(&kept.part(&name)));
            used.insert(name);
        }
        renamed
    }

    /// Parts that go over to another thing, and nothing else.
    pub(super) fn of_parts(iris: &Iris, to: &Id, moving: impl IntoIterator<Item = Id>) -> Self {
        let (mut renamed, mut used) = (Self::default(), BTreeSet::new());
        for part in moving {
            let name = part.as_str().split_once('#').map_or("part", |(_, name)| name).to_owned();
            let name = free(&name, &used);
            renamed.names.insert(iris.id(&part), iris.id(&to.part(&name)));
            used.insert(name);
        }
        renamed
    }

    /// Whether a statement is about one of them.
    pub(super) fn concerns(&self, quad: &Quad) -> bool {
        let is_one = |node: &NamedNode| self.names.contains_key(node);
        matches!(&quad.subject, NamedOrBlankNode::NamedNode(node) if is_one(node))
            || matches!(&quad.object, Term::NamedNode(node) if is_one(node))
    }

    /// A statement with the new names.
    pub(super) fn of(&self, quad: &Quad) -> Option<Quad> {
        let mut quad = quad.clone();
        if let NamedOrBlankNode::NamedNode(node) = &mut quad.subject {
            if self.left_out.contains(node) {
                return None;
            }
            if let Some(new) = self.names.get(node) {
                *node = new.clone();
            }
        }
        if let Term::NamedNode(node) = &mut quad.object {
            if self.left_out.contains(node) {
                return None;
            }
            if let Some(new) = self.names.get(node) {
                *node = new.clone();
            }
        }
        Some(quad)
    }
}

/// The names of the parts of a thing.
fn parts(thing: &str, quads: &[Quad]) -> BTreeSet<String> {
    let name = |iri: &str| iri.strip_prefix(thing)?.strip_prefix('#').map(ToOwned::to_owned);
    quads.iter().flat_map(|quad| [name(subject(quad)), name(object(quad))]).flatten().collect()
}

/// A name like this one that is not used: `tenure2` where there is a `tenure1`.
fn free(name: &str, used: &BTreeSet<String>) -> String {
    if !used.contains(name) {
        return name.to_owned();
    }
    let stem = name.trim_end_matches(|c: char| c.is_ascii_digit());
    // Of one more number than there are names, one is free.
    let mut names = (1..=used.len() + 1).map(|number| format!("{stem}{number}"));
    names.find(|name| !used.contains(name)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_gets_the_next_free_number() {
        let used = BTreeSet::from(["tenure1".to_owned(), "tenure2".to_owned(), "geometry".to_owned()]);
        assert_eq!(free("tenure1", &used), "tenure3");
        assert_eq!(free("within1", &used), "within1");
        assert_eq!(free("geometry", &used), "geometry1");
    }
}
