//! The clock of a case, shared with the mock. It advances only when every future waits for it.

use std::{
    collections::BTreeSet,
    future::poll_fn,
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    task::{Context, Poll, Wake, Waker},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{Clock, later};
use mock_greenhouse::MockClock;

#[derive(Debug)]
pub(crate) struct SimulatedClock {
    mock: MockClock,
    sleepers: Mutex<BTreeSet<(DateTime<Utc>, u64)>>,
    numbers: AtomicU64,
}

impl SimulatedClock {
    pub(crate) fn held(at: DateTime<Utc>) -> Self {
        Self {
            mock: MockClock::held(at),
            sleepers: Mutex::default(),
            numbers: AtomicU64::new(0),
        }
    }

    pub(crate) fn mock(&self) -> MockClock {
        self.mock.clone()
    }

    /// Runs a future that can wait for the clock and returns its output. While `is_busy` returns
    /// `true`, the future waits for I/O and the clock does not advance. Otherwise, the clock
    /// advances to the earliest sleeper.
    pub(crate) async fn while_time_passes<T>(
        &self,
        is_busy: impl Fn() -> bool,
        future: impl Future<Output = T>,
    ) -> T {
        let mut future = pin!(future);
        let woken = Arc::new(Woken::default());
        let waker = Waker::from(woken.clone());
        loop {
            let polled = future.as_mut().poll(&mut Context::from_waker(&waker));
            if let Poll::Ready(answer) = polled {
                return answer;
            }
            if is_busy() || woken.is_set() {
                woken.wait().await;
                continue;
            }
            let next = self.sleepers().first().copied();
            let (until, _) =
                next.expect("deadlock: the future is pending and nothing sleeps on the clock");
            self.step_towards(until).await;
        }
    }

    pub(crate) async fn advance(&self, by: Duration) {
        let until = later(self.now(), by);
        while self.now() < until {
            self.step_towards(until).await;
        }
    }

    /// Advances by at most one [`STEP`].
    async fn step_towards(&self, until: DateTime<Utc>) {
        let left = until.signed_duration_since(self.now()).to_std();
        self.jump(left.unwrap_or_default().min(STEP)).await;
    }

    /// Advances in one step and lets the mock apply stalled requests that are due by then.
    pub(crate) async fn jump(&self, by: Duration) {
        self.mock.advance(by);
        for _ in 0..YIELDS {
            tokio::task::yield_now().await;
        }
    }

    fn sleepers(&self) -> std::sync::MutexGuard<'_, BTreeSet<(DateTime<Utc>, u64)>> {
        self.sleepers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for SimulatedClock {
    fn now(&self) -> DateTime<Utc> {
        self.mock.now()
    }

    async fn sleep(&self, duration: Duration) {
        let wait = TimeDelta::from_std(duration).expect("sleep duration out of range");
        let until = self.now() + wait;
        let sleeper = (until, self.numbers.fetch_add(1, Ordering::SeqCst));
        self.sleepers().insert(sleeper);
        let _awake = Awake(self, sleeper);
        self.mock.sleep_until(until).await;
    }
}

/// Removes a sleeper from the list when it wakes or is dropped.
struct Awake<'a>(&'a SimulatedClock, (DateTime<Utc>, u64));

impl Drop for Awake<'_> {
    fn drop(&mut self) {
        self.0.sleepers().remove(&self.1);
    }
}

#[derive(Default)]
struct Woken {
    is_set: AtomicBool,
    waiting: Mutex<Option<Waker>>,
}

impl Woken {
    fn is_set(&self) -> bool {
        self.is_set.load(Ordering::SeqCst)
    }

    async fn wait(&self) {
        poll_fn(|context| {
            *self.waiting.lock().unwrap() = Some(context.waker().clone());
            if self.is_set.swap(false, Ordering::SeqCst) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.is_set.store(true, Ordering::SeqCst);
        if let Some(waiting) = self.waiting.lock().unwrap().take() {
            waiting.wake();
        }
    }
}

/// Maximum delay between a stalled request's due time and the time at which the mock applies it.
const STEP: Duration = Duration::from_secs(5);
/// Number of scheduler yields after each step, so that every woken task can run.
const YIELDS: usize = 4;
