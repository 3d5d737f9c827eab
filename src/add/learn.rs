//! What was written is known at once: the names and facts of the touched things go into the dictionary.
//!
//! Only the touched things are asked for, so that it takes as long as they are large, whatever the size of the archive.
//! A large batch, and edits that have grown many, have the whole dictionary made anew.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError, atomic::Ordering},
};

use super::{Archive, relink::Documents};
use crate::{
    ask,
    link::{Decisions, Dictionary, Edit, Facts, Name},
    model::{Id, Kind},
    store::Error,
};

/// From so many things on the whole dictionary is made anew.
const MANY: usize = 512;

impl Archive {
    /// The dictionary as it is now. Whoever asks first waits until it was grown from what the store holds, so that an
    /// archive can be read before that.
    pub async fn dictionary(&self) -> Result<Arc<Dictionary>, Error> {
        let grow = async || self.grow(Vec::new(), Facts::new()).await;
        self.begun.get_or_try_init(grow).await?;
        Ok(self.dictionary_so_far())
    }

    /// The dictionary without waiting: it knows no names before it was grown.
    pub(super) fn dictionary_so_far(&self) -> Arc<Dictionary> {
        Arc::clone(&self.dictionary.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_dictionary(&self, dictionary: Dictionary) {
        self.learned.fetch_add(1, Ordering::Relaxed);
        *self.dictionary.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(dictionary);
    }

    /// Grows the dictionary anew from the store, and from names and facts that are about to be stored.
    pub(super) async fn grow(&self, more: Vec<Name>, facts: Facts) -> Result<(), Error> {
        let grown = self.grown(more, facts).await?;
        self.set_dictionary(grown);
        Ok(())
    }

    async fn grown(&self, mut more: Vec<Name>, mut facts: Facts) -> Result<Dictionary, Error> {
        let store = self.store.patient();
        more.extend(ask::names::all(&store).await?);
        for (id, fact) in ask::names::facts(&store).await? {
            facts.entry(id).or_insert(fact);
        }
        let decisions = Decisions::new(ask::decisions::all(&store).await?);
        // Making it takes a while, which other tasks should not wait for.
        let made = tokio::task::spawn_blocking(move || Dictionary::new(more, &facts).decided(Arc::new(decisions)));
        made.await.map_err(Error::internal)
    }

    /// Takes in what a batch is about to bring, beside what the store says of the same things.
    pub(super) async fn expect(&self, names: Vec<Name>, mut facts: Facts) -> Result<BTreeSet<Id>, Error> {
        // Grown later, it would forget what is only about to be stored.
        self.dictionary().await?;
        facts.values_mut().for_each(ask::names::put_in_order);
        let things: BTreeSet<Id> = names.iter().map(|name| &name.entity).chain(facts.keys()).cloned().collect();
        if things.len() > MANY {
            self.grow(names, facts).await?;
        } else {
            let (mut all, mut known) = ask::names::some(&self.store, &things).await?;
            all.extend(names);
            known.extend(facts);
            self.edit(&things, all, known);
        }
        Ok(things)
    }

    /// Takes in what the store says now of things that were touched, and has the documents that name them linked again.
    pub(super) async fn learn(&self, things: &BTreeSet<Id>) -> Result<(), Error> {
        let before = self.dictionary().await?;
        self.take_in(things).await?;
        let changed = self.changed_since(&before, things);
        self.relink_later(before, changed, Documents::All);
        Ok(())
    }

    /// What is known otherwise than before, after some things were taken in.
    pub(super) fn changed_since(&self, before: &Dictionary, things: &BTreeSet<Id>) -> BTreeSet<Id> {
        let now = self.dictionary_so_far();
        if things.len() > MANY { now.changed_since(before) } else { now.differing(before, things) }
    }

    /// Takes in what the store says now of some things.
    pub(super) async fn take_in(&self, things: &BTreeSet<Id>) -> Result<(), Error> {
        if things.len() > MANY {
            self.grow(Vec::new(), Facts::new()).await?;
        } else if !things.is_empty() {
            self.dictionary().await?;
            let (names, facts) = ask::names::some(&self.store, things).await?;
            self.edit(things, names, facts);
        }
        Ok(())
    }

    /// Takes in the decisions on links as they stand now, those about some things having changed.
    pub(super) async fn learn_decisions(&self, things: BTreeSet<Id>) -> Result<(), Error> {
        let before = self.dictionary().await?;
        let decisions = Decisions::new(ask::decisions::all(&self.store).await?);
        self.set_dictionary((*before).clone().decided(Arc::new(decisions)));
        self.relink_later(before, things, Documents::All);
        Ok(())
    }

    fn edit(&self, things: &BTreeSet<Id>, names: Vec<Name>, mut facts: Facts) {
        let mut by_thing: BTreeMap<Id, Vec<Name>> = BTreeMap::new();
        for name in names {
            by_thing.entry(name.entity.clone()).or_default().push(name);
        }
        let edits = things.iter().map(|entity| Edit {
            entity: entity.clone(),
            names: by_thing.remove(entity).unwrap_or_default(),
            fact: facts.remove(entity).unwrap_or_default(),
        });
        let edited = self.dictionary_so_far().edited(edits);
        self.set_dictionary(edited);
    }

    /// Makes the whole dictionary anew where many edits have gathered; what is edited meanwhile is not lost.
    pub(super) async fn tidy_dictionary(&self) -> Result<(), Error> {
        if self.dictionary().await?.is_grown() {
            let learned = self.learned.load(Ordering::Relaxed);
            let grown = self.grown(Vec::new(), Facts::new()).await?;
            let _turn = self.turn.lock().await;
            // Otherwise it is of yesterday already, and the next time is soon enough.
            if self.learned.load(Ordering::Relaxed) == learned {
                self.set_dictionary(grown);
            }
        }
        Ok(())
    }
}

/// Whether the linker may know it.
pub(super) fn is_known_by_name(id: &Id) -> bool {
    matches!(id.kind(), Kind::Document | Kind::Person | Kind::Organization | Kind::Place | Kind::Event)
}
