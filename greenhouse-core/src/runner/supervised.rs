use std::{
    future::{pending, poll_fn},
    panic::AssertUnwindSafe,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use chrono::{DateTime, Utc};
use futures_util::{
    FutureExt as _,
    future::{Either, select},
    pin_mut,
};

use super::status::LoopState;
use crate::{Background, Backoff, Clock, chain, store::StoreError};

/// Loop of one background task.
pub(super) struct Supervised<'a> {
    background: Arc<dyn Background>,
    clock: &'a Arc<dyn Clock>,
    state: LoopState,
    /// Consecutive runs that failed or panicked.
    failures: u32,
}

impl<'a> Supervised<'a> {
    pub(super) fn new(
        background: Arc<dyn Background>,
        clock: &'a Arc<dyn Clock>,
        state: LoopState,
    ) -> Self {
        Self {
            background,
            clock,
            state,
            failures: 0,
        }
    }

    /// Runs until `stopped` completes. Finishes a run that has started.
    pub(super) async fn run(mut self, stopped: impl Future<Output = ()> + Clone) {
        let mut wait = Duration::ZERO;
        loop {
            // If the clock does not wait, as in tests, the other loops must still be polled.
            yield_now().await;
            let woken = {
                let pause = AssertUnwindSafe(self.pause(wait)).catch_unwind();
                let stopped = stopped.clone();
                pin_mut!(pause, stopped);
                match select(stopped, pause).await {
                    Either::Left(_) => break,
                    Either::Right((woken, _)) => woken,
                }
            };
            wait = match woken {
                Ok(()) => self.turn().await,
                Err(_) => self.after_panic(),
            };
        }
        self.state.ended();
    }

    /// Runs due tasks. Returns the wait until the next run.
    async fn turn(&mut self) -> Duration {
        self.state.begun(self.clock.now());
        let run = async { self.background.run_due(BATCH).await };
        match AssertUnwindSafe(run).catch_unwind().await {
            Ok(Ok(next)) => {
                self.failures = 0;
                self.state.finished(self.clock.now());
                self.until(next)
            }
            Ok(Err(error)) => self.after_error(&error),
            Err(_) => self.after_panic(),
        }
    }

    fn until(&self, next: Option<DateTime<Utc>>) -> Duration {
        let Some(next) = next else {
            return LONGEST_WAIT;
        };
        let wait = (next - self.clock.now()).to_std().unwrap_or_default();
        wait.clamp(SHORTEST_WAIT, LONGEST_WAIT)
    }

    fn after_error(&mut self, error: &StoreError) -> Duration {
        let wait = AFTER_ERROR.after(self.failures);
        self.failures = self.failures.saturating_add(1);
        self.state.failed(self.clock.now());
        let name = self.background.name();
        tracing::warn!(
            name,
            error = %chain(error),
            ?wait,
            "a background task failed; it will be retried"
        );
        wait
    }

    /// The panic message is not logged, because it may contain personal data.
    fn after_panic(&mut self) -> Duration {
        let wait = AFTER_PANIC.after(self.failures);
        self.failures = self.failures.saturating_add(1);
        self.state.panicked(self.clock.now());
        let name = self.background.name();
        tracing::error!(
            name,
            ?wait,
            "a background task panicked; it will be retried"
        );
        wait
    }

    /// Waits for `wait`, or until the background task is woken. After a failure, always waits the
    /// whole time.
    async fn pause(&self, wait: Duration) {
        let woken = async {
            if self.failures > 0 {
                pending::<()>().await;
            }
            self.background.woken().await;
        };
        let slept = self.clock.sleep(wait);
        pin_mut!(woken, slept);
        if let Either::Left(_) = select(woken, slept).await {
            self.clock.sleep(TOGETHER).await;
        }
    }
}

/// Yields to the other futures.
async fn yield_now() {
    let mut yielded = false;
    poll_fn(|context| {
        if yielded {
            return Poll::Ready(());
        }
        yielded = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

const BATCH: usize = 16;
/// Limits the load from a task that stays due because it cannot be settled.
const SHORTEST_WAIT: Duration = Duration::from_millis(10);
/// Another host may store a task without waking this one.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// Tasks that are stored at nearly the same time are claimed in one commit.
const TOGETHER: Duration = Duration::from_millis(5);
const AFTER_ERROR: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(30));
const AFTER_PANIC: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(60));
