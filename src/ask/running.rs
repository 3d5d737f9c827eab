//! The queries that are being answered: who looks can see them, and stop one.
//!
//! A query is entered when it is asked and leaves when its last byte has been read or nobody reads any more. Its id
//! cannot be guessed; whoever has it may stop the query.

use std::{
    collections::BTreeMap,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use futures::{StreamExt, stream};
use jiff::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::store::{Answer, Error, Limits, Progress};

/// The queries that are being answered.
#[derive(Debug, Default)]
pub struct Running {
    ids: RandomState,
    entries: Mutex<Entries>,
}

#[derive(Debug, Default)]
struct Entries {
    last: u64,
    by_number: BTreeMap<u64, Arc<Entry>>,
}

/// A query that is being answered.
#[derive(Debug)]
pub struct Entry {
    /// The how many-th it is since the service began.
    pub number: u64,
    /// Its id: 32 hexadecimal digits.
    pub id: String,
    /// Its text, as it was asked.
    pub text: String,
    /// When it was asked.
    pub began: Timestamp,
    /// What it may cost.
    pub limits: Limits,
    /// How far it has come.
    pub progress: Arc<Progress>,
    clock: Instant,
    cancel: CancellationToken,
}

impl Entry {
    /// How long it has been running.
    #[must_use]
    pub fn elapsed(&self) -> std::time::Duration {
        self.clock.elapsed()
    }
}

/// Keeps a query in the list.
#[derive(Debug)]
pub struct Entered {
    running: Arc<Running>,
    /// The query.
    pub entry: Arc<Entry>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.running.lock().by_number.remove(&self.entry.number);
    }
}

impl Running {
    /// Enters a query.
    #[must_use]
    pub fn enter(self: &Arc<Self>, text: &str, limits: Limits) -> Entered {
        let mut entries = self.lock();
        entries.last += 1;
        let number = entries.last;
        let entry = Arc::new(Entry {
            number,
            id: format!("{:016x}{:016x}", self.ids.hash_one(number), self.ids.hash_one((number, "second half"))),
            text: text.to_owned(),
            began: Timestamp::now(),
            limits,
            progress: Arc::default(),
            clock: Instant::now(),
            cancel: CancellationToken::new(),
        });
        entries.by_number.insert(number, Arc::clone(&entry));
        Entered { running: Arc::clone(self), entry }
    }

    /// What runs now, the oldest first.
    #[must_use]
    pub fn all(&self) -> Vec<Arc<Entry>> {
        self.lock().by_number.values().cloned().collect()
    }

    /// Stops the query of this id; says whether there was one.
    pub fn cancel(&self, id: &str) -> bool {
        let found = self.lock().by_number.values().find(|entry| entry.id == id).cloned();
        found.inspect(|entry| entry.cancel.cancel()).is_some()
    }

    fn lock(&self) -> MutexGuard<'_, Entries> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entered {
    /// Waits for something unless the query is stopped.
    pub async fn until_cancelled<T>(&self, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        tokio::select! {
            biased;
            () = self.entry.cancel.cancelled() => Err(Error::Cancelled),
            done = work => done,
        }
    }

    /// Waits for an answer unless the query is stopped; the answer keeps the query in the list until it ends.
    pub async fn answer(self, answer: impl Future<Output = Result<Answer, Error>>) -> Result<Answer, Error> {
        let answer = self.until_cancelled(answer).await?;
        let body = stream::unfold((answer.body, Some(self)), |(mut body, entered)| async move {
            let entered = entered?;
            let cancel = entered.entry.cancel.clone();
            tokio::select! {
                biased;
                () = cancel.cancelled() => Some((Err(Error::Cancelled), (body, None))),
                item = body.next() => item.map(|item| (item, (body, Some(entered)))),
            }
        });
        Ok(Answer { body: body.boxed() })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const LIMITS: Limits = Limits { deadline: Duration::from_secs(1), rows: 1, memory: 1 };

    fn endless() -> Answer {
        Answer { body: stream::pending().boxed() }
    }

    #[tokio::test]
    async fn a_query_is_listed_while_it_runs_and_can_be_stopped() {
        let running = Arc::new(Running::default());
        let entered = running.enter("ASK {}", LIMITS);
        let id = entered.entry.id.clone();
        let mut answer = entered.answer(async { Ok(endless()) }).await.expect("it has begun");
        assert_eq!(running.all().iter().map(|entry| &entry.id).collect::<Vec<_>>(), [&id]);
        assert!(!running.cancel("0"));
        assert!(running.cancel(&id));
        assert!(matches!(answer.body.next().await, Some(Err(Error::Cancelled))));
        assert!(answer.body.next().await.is_none());
        drop(answer);
        assert!(running.all().is_empty());
    }

    #[tokio::test]
    async fn a_query_that_waits_can_be_stopped_too() {
        let running = Arc::new(Running::default());
        let entered = running.enter("ASK {}", LIMITS);
        assert!(running.cancel(&entered.entry.id));
        assert!(matches!(entered.answer(std::future::pending()).await, Err(Error::Cancelled)));
        assert!(running.all().is_empty());
    }
}
