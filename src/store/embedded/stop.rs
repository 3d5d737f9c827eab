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
        atomic::{AtomicU8, Ordering},
    },
    time::Duration,
};

use oxigraph::sparql::CancellationToken as Token;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken as Signal;

use super::super::Error;

/// How long the ticks have before the token is cancelled.
const GRACE: Duration = Duration::from_millis(50);

/// What has become of an evaluation; only the first change counts.
const RUNNING: u8 = 0;
const EXPIRED: u8 = 1;
const ABANDONED: u8 = 2;
const FINISHED: u8 = 3;

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
}

/// What a tick unwinds with; whoever catches it looks at the [`Stop`] for the reason.
struct Unwound;

impl Stop {
    /// Starts the clock of an evaluation that may last until `deadline`, which is `limit` after it was asked for.
    pub(super) fn at(deadline: Instant, limit: Duration) -> Self {
        let stop = Self(Arc::new(Shared {
            state: AtomicU8::new(RUNNING),
            token: Token::new(),
            settled: Signal::new(),
            limit,
        }));
        tokio::spawn(stop.clone().watch(deadline));
        stop
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
        if self.is_stopping() { Err(self.error()) } else { Ok(()) }
    }

    /// Whether the evaluation is to stop before its end.
    pub(super) fn is_stopping(&self) -> bool {
        matches!(self.state(), EXPIRED | ABANDONED)
    }

    /// Unwinds the thread, without a message, if the evaluation is to stop. Only inside [`Stop::catching`].
    pub(super) fn tick(&self) {
        if self.is_stopping() {
            resume_unwind(Box::new(Unwound));
        }
    }

    /// Runs an evaluation on this thread; a tick's unwinding ends here, and so does a panic of the evaluator's.
    pub(super) fn catching<T>(&self, work: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
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
        Error::Deadline(self.0.limit)
    }

    /// The token for the evaluator.
    pub(super) fn token(&self) -> Token {
        self.0.token.clone()
    }

    /// Resolves when the evaluation is to stop or has ended.
    pub(super) async fn settled(&self) {
        self.0.settled.cancelled().await;
    }

    /// Resolves when the deadline has passed before the end; never otherwise.
    pub(super) async fn expired(&self) {
        self.settled().await;
        if self.state() != EXPIRED {
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
