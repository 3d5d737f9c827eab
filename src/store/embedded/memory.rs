//! How much memory evaluations hold, and that they do not hold too much.
//!
//! An evaluation runs on one thread, and the allocator counts for each thread what it has taken and given back. The
//! ticks look at the difference, which finds whatever grows row by row. What grows without a tick, such as the nodes
//! that a property path has seen, is found by a watch over what the whole process holds.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::sleep;

use super::stop::Stop;

/// How often the whole is looked at while queries run.
const INTERVAL: Duration = Duration::from_millis(50);

/// What the allocator tells, where it is one that counts.
#[cfg(target_os = "linux")]
mod counters {
    use tikv_jemalloc_ctl::{
        epoch, stats,
        thread::{ThreadLocal, allocatedp, deallocatedp},
    };

    /// What a thread has allocated and what it has freed, ever.
    type Counters = (ThreadLocal<u64>, ThreadLocal<u64>);

    thread_local! {
        static COUNTERS: Option<Counters> = allocatedp::read().ok().zip(deallocatedp::read().ok());
    }

    /// What this thread has allocated beyond what it has freed, in bytes. Only differences mean anything: what one
    /// thread allocates another may free.
    pub(in super::super) fn balance() -> u64 {
        COUNTERS.with(|counters| {
            counters.as_ref().map_or(0, |(allocated, freed)| allocated.get().wrapping_sub(freed.get()))
        })
    }

    /// What the process holds, in bytes; nothing if the allocator does not tell.
    pub(super) fn held() -> Option<u64> {
        epoch::advance().ok()?;
        u64::try_from(stats::allocated::read().ok()?).ok()
    }
}

/// Elsewhere nothing is counted, and no limit on memory is reached.
#[cfg(not(target_os = "linux"))]
mod counters {
    pub(in super::super) fn balance() -> u64 {
        0
    }

    pub(super) fn held() -> Option<u64> {
        None
    }
}

pub(super) use counters::balance;
use counters::held;

/// The memory of all evaluations together.
#[derive(Debug)]
pub(super) struct Budget {
    /// How much they may hold, in bytes.
    limit: u64,
    watched: Mutex<Watched>,
}

#[derive(Debug, Default)]
struct Watched {
    /// What the process held before the first of those that run began.
    before: u64,
    /// Those that run, the oldest first.
    running: Vec<Stop>,
}

impl Budget {
    /// A budget of so many bytes.
    pub(super) fn new(limit: u64) -> Self {
        Self { limit, watched: Mutex::default() }
    }

    /// Watches over an evaluation until what is returned is dropped.
    pub(super) fn enter(self: &Arc<Self>, stop: &Stop) -> Entered {
        let mut watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.running.push(stop.clone());
        if watched.running.len() == 1 {
            watched.before = held().unwrap_or(0);
            tokio::spawn(Arc::clone(self).watch());
        }
        Entered { budget: Arc::clone(self), stop: stop.clone() }
    }

    /// Looks again and again while something runs, and stops what holds most when all together hold too much.
    async fn watch(self: Arc<Self>) {
        loop {
            sleep(INTERVAL).await;
            let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
            if watched.running.is_empty() {
                return;
            }
            if held().is_some_and(|held| held.saturating_sub(watched.before) > self.limit) {
                let going = watched.running.iter().filter(|stop| !stop.is_stopping());
                // Of those that say nothing, the oldest has had most time to grow.
                if let Some(largest) = going.rev().max_by_key(|stop| stop.memory()) {
                    largest.out_of_memory(self.limit);
                }
            }
        }
    }
}

/// An evaluation that is watched.
#[derive(Debug)]
pub(super) struct Entered {
    budget: Arc<Budget>,
    stop: Stop,
}

impl Drop for Entered {
    fn drop(&mut self) {
        let mut watched = self.budget.watched.lock().unwrap_or_else(PoisonError::into_inner);
        watched.running.retain(|stop| !stop.is_same(&self.stop));
    }
}
