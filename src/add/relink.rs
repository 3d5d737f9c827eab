//! Documents are linked again when what they may name has changed.
//!
//! A document is concerned when one of its texts holds a name of a changed thing, in the dictionary from before or in
//! the one of now, or when the archive says that it is about such a thing or by it. Everything that is stored is looked
//! at for that, which is several times faster than linking it. What is written goes the way of every change, and mentions
//! that are the same as before are not written.

use std::{
    collections::BTreeSet,
    sync::{Arc, PoisonError},
};

use jiff::Timestamp;

use super::{Archive, actor, document};
use crate::{
    ask::linking::{self, Linked},
    link::Dictionary,
    model::Id,
    rdf::{canonicalize, describe},
    store::{Change, Error, Outcome},
};

/// So many documents are read, linked and written at once.
const AT_ONCE: usize = 64;
/// From so many waiting changes on everything is linked again.
const MOST: usize = 32;

/// Which documents are to be looked at.
#[derive(Clone, Debug)]
pub(super) enum Documents {
    All,
    Only(Arc<BTreeSet<Id>>),
    Except(Arc<BTreeSet<Id>>),
}

impl Documents {
    fn hold(&self, document: &Id) -> bool {
        match self {
            Self::All => true,
            Self::Only(some) => some.contains(document),
            Self::Except(some) => !some.contains(document),
        }
    }
}

/// Things whose names, facts or decisions have changed.
#[derive(Debug)]
struct Reason {
    before: Arc<Dictionary>,
    things: BTreeSet<Id>,
    among: Documents,
}

impl Reason {
    fn concerns(&self, now: &Dictionary, linked: &Linked) -> bool {
        let document = &linked.document;
        if !self.among.hold(&document.id) {
            return false;
        }
        let fields = document.area.iter().chain(&document.issuer).filter_map(|reference| reference.id.as_ref());
        let described = fields.chain([&document.id]).any(|thing| self.things.contains(thing));
        let named = |dictionary: &Dictionary, text: &str| {
            let named = dictionary.named_in(text, Some(&document.id));
            named.into_iter().any(|thing| self.things.contains(thing))
        };
        described || document.layers.iter().any(|layer| named(now, &layer.text) || named(&self.before, &layer.text))
    }
}

/// What waits to be linked again.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    reasons: Vec<Reason>,
    everything: bool,
}

/// What became of linking again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Relinked {
    /// How many documents were looked at.
    pub looked_at: usize,
    /// How many were linked.
    pub linked: usize,
    /// How many have other mentions than before.
    pub written: usize,
}

impl Archive {
    /// Has documents linked again, later.
    pub(super) fn relink_later(&self, before: Arc<Dictionary>, things: BTreeSet<Id>, among: Documents) {
        if things.is_empty() {
            return;
        }
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.reasons.len() >= MOST {
            *waiting = Waiting { reasons: Vec::new(), everything: true };
        }
        if !waiting.everything {
            waiting.reasons.push(Reason { before, things, among });
        }
        drop(waiting);
        self.changed.notify_one();
    }

    /// Has every document linked again, later.
    pub fn relink_everything(&self) {
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        *waiting = Waiting { reasons: Vec::new(), everything: true };
        drop(waiting);
        self.changed.notify_one();
    }

    /// Links again what waits for it. Changes that come meanwhile wait for the next time.
    pub async fn relink(&self) -> Result<Relinked, Error> {
        self.tidy_dictionary().await?;
        let waiting = std::mem::take(&mut *self.waiting.lock().unwrap_or_else(PoisonError::into_inner));
        let mut done = Relinked::default();
        if waiting.reasons.is_empty() && !waiting.everything {
            self.end_adding().await?;
            return Ok(done);
        }
        let documents = linking::documents(&self.store).await?;
        for some in documents.chunks(AT_ONCE) {
            if let Err(error) = self.relink_some(some, &waiting, &mut done).await {
                // Nothing may be forgotten: the next time looks at everything.
                self.waiting.lock().unwrap_or_else(PoisonError::into_inner).everything = true;
                return Err(error);
            }
        }
        tracing::info!(
            documents = done.looked_at,
            linked = done.linked,
            changed = done.written,
            "documents linked again"
        );
        if done.written > 0 {
            self.refresh_views().await;
        }
        self.end_adding().await?;
        Ok(done)
    }

    /// Whether nothing waits to be linked again.
    pub(super) fn nothing_waits(&self) -> bool {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.reasons.is_empty() && !waiting.everything
    }

    /// Links some documents again, whatever waits.
    pub(super) async fn relink_these(&self, documents: &[Id]) -> Result<Relinked, Error> {
        let (mut done, everything) = (Relinked::default(), Waiting { reasons: Vec::new(), everything: true });
        for some in documents.chunks(AT_ONCE) {
            self.relink_some(some, &everything, &mut done).await?;
        }
        if done.written > 0 {
            self.refresh_views().await;
        }
        Ok(done)
    }

    async fn relink_some(&self, some: &[Id], waiting: &Waiting, done: &mut Relinked) -> Result<(), Error> {
        // Nobody may replace a text while its mentions are being found.
        let _turn = self.turn.lock().await;
        let now = self.dictionary().await?;
        let mut changes = Vec::new();
        for linked in linking::read(&self.store, some).await? {
            done.looked_at += 1;
            if waiting.everything || waiting.reasons.iter().any(|reason| reason.concerns(&now, &linked)) {
                done.linked += 1;
                changes.extend(self.mentions_anew(&now, &linked)?);
            }
        }
        let outcomes = self.store.commit(changes).await?;
        done.written += outcomes.iter().filter(|outcome| matches!(outcome, Outcome::Written(_))).count();
        Ok(())
    }

    /// The mentions of a document as they are found now, where they are others than before.
    fn mentions_anew(&self, dictionary: &Dictionary, linked: &Linked) -> Result<Option<Change>, Error> {
        let document = &linked.document;
        let found = document::mentions(dictionary, document);
        let quads = describe::mentions(&self.ontology, document, &found);
        let digest = canonicalize(&quads).map_err(Error::internal)?.digest;
        if linked.digest.as_ref() == Some(&digest) {
            return Ok(None);
        }
        let graph = self.store.iris().mention_graph(&document.id, describe::RUN);
        let at = Timestamp::now();
        let about = describe::Provenance {
            original: linked.original.clone(),
            digest: digest.clone(),
            at,
            licence: linked.licence.clone(),
            dictionary: Some(dictionary.version().to_owned()),
        };
        let provenance = describe::provenance(&self.ontology, &graph, &about);
        let agent = actor::program(self.store.iris());
        Ok(Some(Change {
            graph,
            quads,
            digest,
            companions: Vec::new(),
            provenance,
            agent,
            force: false,
            forget: false,
        }))
    }

    /// Links again whatever changes, as long as it is polled.
    pub async fn keep_linked(&self) {
        if let Err(error) = self.take_up().await {
            tracing::warn!(%error, "it could not be told whether an addition of files broke off");
        }
        loop {
            if let Err(error) = self.relink().await {
                tracing::warn!(%error, "documents could not be linked again");
                // Whatever is wrong with the store, it is not asked all the time.
                tokio::time::sleep(std::time::Duration::from_secs(10)).await;
                continue;
            }
            self.changed.notified().await;
        }
    }
}
