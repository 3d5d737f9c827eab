//! When an evaluation is to stop: its time is up, or nobody waits for it any more.
//!
//! Stopping has two steps. First the ticks that [`guard`](super::guard) put into the algebra unwind the thread;
//! a moment later the evaluator's own token is cancelled, which ends what fetches quads without passing a tick,
//! such as a property path. The order matters: a cancelled token turns every further quad into an error, and
//! where rows are sorted or grouped the evaluator collects errors to the end of its input instead of stopping.

use std::{
    fmt,
    panic::{AssertUnwindSafe, catch_unwind, resume_unwind},
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::Duration,
};

use oxigraph::sparql::CancellationToken as Token;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken as Signal;

use super::{
    super::{Error, Progress, Query, Update},
    memory,
};

/// How long the ticks have before the token is cancelled.
const GRACE: Duration = Duration::from_millis(50);

/// What has become of an evaluation; only the first change counts.
const RUNNING: u8 = 0;
const EXPIRED: u8 = 1;
const ABANDONED: u8 = 2;
const FINISHED: u8 = 3;
const OUT_OF_MEMORY: u8 = 4;

/// How many bytes may be in hand before they are counted: less is not worth stopping anything.
const FREE_OF_CHARGE: u64 = 1 << 20;

/// The moment at which a limit that begins now is reached.
pub(super) fn deadline(limit: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(limit).unwrap_or_else(|| now + Duration::from_secs(365 * 24 * 3600))
}

/// Whether one evaluation is to go on. Clones speak of the same evaluation.
#[derive(Clone)]
pub(super) struct Stop(Arc<Shared>);

struct Shared {
    state: AtomicU8,
    token: Token,
    /// Fires when the state is no longer [`RUNNING`].
    settled: Signal,
    limit: Duration,
    /// How many bytes it may hold, later the limit that was reached.
    memory: AtomicU64,
    /// What the allocator said of the thread when the evaluation began.
    before: AtomicU64,
    /// How many bytes have been given to another thread, which frees them.
    given: AtomicU64,
    progress: Arc<Progress>,
}

/// What a tick unwinds with; whoever catches it looks at the [`Stop`] for the reason.
struct Unwound;

impl Stop {
    /// Starts the clock of a query that may last until `deadline`.
    pub(super) fn of_query(deadline: Instant, query: &Query) -> Self {
        Self::new(deadline, query.limits.deadline, query.limits.memory, Arc::clone(&query.progress))
    }

    /// Starts the clock of an update that may last until `deadline`. What it changes it must hold.
    pub(super) fn of_update(deadline: Instant, update: &Update) -> Self {
        Self::new(deadline, update.deadline, u64::MAX, Arc::default())
    }

    fn new(deadline: Instant, limit: Duration, memory: u64, progress: Arc<Progress>) -> Self {
        let stop = Self(Arc::new(Shared {
            state: AtomicU8::new(RUNNING),
            token: Token::new(),
            settled: Signal::new(),
            limit,
            memory: AtomicU64::new(memory),
            before: AtomicU64::new(0),
            given: AtomicU64::new(0),
            progress,
        }));
        tokio::spawn(stop.clone().watch(deadline));
        stop
    }

    /// Looks at what the thread holds, and stops the evaluation if it is too much.
    fn weigh(&self) {
        let (before, given) = (self.0.before.load(Ordering::Relaxed), self.0.given.load(Ordering::Relaxed));
        let held = memory::balance().wrapping_sub(before).wrapping_sub(given);
        // Below zero when the thread has freed what others allocated.
        let held = if held > u64::MAX / 2 { 0 } else { held };
        self.0.progress.set_memory(held);
        let limit = self.0.memory.load(Ordering::Relaxed);
        if held > limit.max(FREE_OF_CHARGE) {
            self.out_of_memory(limit);
        }
    }

    /// Says that some bytes of the thread's now belong to another.
    pub(super) fn give(&self, bytes: usize) {
        self.0.given.fetch_add(u64::try_from(bytes).unwrap_or(0), Ordering::Relaxed);
    }

    /// How many bytes the evaluation held when it was last weighed.
    pub(super) fn memory(&self) -> u64 {
        self.0.progress.memory()
    }

    /// Stops the evaluation because a limit on memory was reached.
    pub(super) fn out_of_memory(&self, limit: u64) {
        self.0.memory.store(limit, Ordering::Relaxed);
        self.settle(OUT_OF_MEMORY);
    }

    /// Whether both speak of the same evaluation.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Waits for the deadline or for an earlier end, and sees to the second step of stopping.
    async fn watch(self, deadline: Instant) {
        tokio::select! {
            () = sleep_until(deadline) => { self.settle(EXPIRED); }
            () = self.0.settled.cancelled() => {}
        }
        if self.state() != FINISHED {
            sleep(GRACE).await;
            self.0.token.cancel();
        }
    }

    fn state(&self) -> u8 {
        self.0.state.load(Ordering::Relaxed)
    }

    /// Changes the state unless it has changed before; says whether it did.
    fn settle(&self, state: u8) -> bool {
        let first = self.0.state.compare_exchange(RUNNING, state, Ordering::AcqRel, Ordering::Acquire).is_ok();
        if first {
            self.0.settled.cancel();
        }
        first
    }

    /// Ends the evaluation as its own work is done; fails if it was to stop before.
    pub(super) fn finish(&self) -> Result<(), Error> {
        if self.settle(FINISHED) { Ok(()) } else { Err(self.error()) }
    }

    /// Fails if the evaluation is to stop.
    pub(super) fn check(&self) -> Result<(), Error> {
        self.weigh();
        if self.is_stopping() { Err(self.error()) } else { Ok(()) }
    }

    /// Whether the evaluation is to stop before its end.
    pub(super) fn is_stopping(&self) -> bool {
        matches!(self.state(), EXPIRED | ABANDONED | OUT_OF_MEMORY)
    }

    /// Unwinds the thread, without a message, if the evaluation is to stop. Only inside [`Stop::catching`].
    pub(super) fn tick(&self) {
        self.weigh();
        if self.is_stopping() {
            resume_unwind(Box::new(Unwound));
        }
    }

    /// Runs an evaluation on this thread; a tick's unwinding ends here, and so does a panic of the evaluator's.
    pub(super) fn catching<T>(&self, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        self.0.before.store(memory::balance(), Ordering::Relaxed);
        match catch_unwind(AssertUnwindSafe(work)) {
            Ok(Err(_)) if self.is_stopping() => Err(self.error()),
            Ok(result) => result,
            Err(payload) if payload.is::<Unwound>() => Err(self.error()),
            Err(payload) => {
                let message = payload
                    .downcast_ref::<String>()
                    .map(String::as_str)
                    .or_else(|| payload.downcast_ref::<&str>().copied())
                    .unwrap_or("no message");
                Err(Error::internal(format!("the evaluator panicked: {message}")))
            }
        }
    }

    /// The error of an evaluation that was stopped; nobody sees it if the reason was that nobody waits.
    pub(super) fn error(&self) -> Error {
        match self.state() {
            OUT_OF_MEMORY => Error::TooMuchMemory(self.0.memory.load(Ordering::Relaxed)),
            _ => Error::Deadline(self.0.limit),
        }
    }

    /// The token for the evaluator.
    pub(super) fn token(&self) -> Token {
        self.0.token.clone()
    }

    /// Resolves when the evaluation is to stop or has ended.
    pub(super) async fn settled(&self) {
        self.0.settled.cancelled().await;
    }

    /// Resolves when a limit was reached before the end; never otherwise.
    pub(super) async fn expired(&self) {
        self.settled().await;
        if !matches!(self.state(), EXPIRED | OUT_OF_MEMORY) {
            std::future::pending::<()>().await;
        }
    }

    /// Stops the evaluation when dropped, unless it has ended.
    pub(super) fn when_dropped(&self) -> Abandon {
        Abandon(self.clone())
    }
}

impl fmt::Debug for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Stop({})", self.state())
    }
}

/// Held by whoever waits for an answer.
#[derive(Debug)]
pub(super) struct Abandon(Stop);

impl Drop for Abandon {
    fn drop(&mut self) {
        self.0.settle(ABANDONED);
    }
}
