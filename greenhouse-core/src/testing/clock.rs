use std::{
    future::poll_fn,
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Poll, Waker},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use crate::{Clock, later};

/// Clock that a test controls.
///
/// By default, a sleep ends when the test sets or advances the clock to its end. A clock from
/// [`self_advancing`](Self::self_advancing) jumps to the end of each sleep immediately.
#[derive(Debug)]
pub struct ManualClock {
    state: Mutex<State>,
    self_advancing: bool,
}

#[derive(Debug)]
struct State {
    now: DateTime<Utc>,
    sleepers: Vec<Waker>,
}

impl ManualClock {
    /// Creates a clock set to `now`.
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            state: Mutex::new(State {
                now,
                sleepers: Vec::new(),
            }),
            self_advancing: false,
        }
    }

    /// Creates a clock set to `now` that jumps to the end of each sleep.
    pub fn self_advancing(now: DateTime<Utc>) -> Self {
        Self {
            self_advancing: true,
            ..Self::at(now)
        }
    }

    /// Advances the clock and ends the sleeps that are over by then.
    pub fn advance(&self, duration: Duration) {
        self.set(later(self.now(), duration));
    }

    /// Sets the clock, forward or back, and ends the sleeps that are over by then.
    pub fn set(&self, now: DateTime<Utc>) {
        let sleepers = {
            let mut state = self.state();
            state.now = now;
            std::mem::take(&mut state.sleepers)
        };
        sleepers.into_iter().for_each(Waker::wake);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Clock for ManualClock {
    fn now(&self) -> DateTime<Utc> {
        self.state().now
    }

    async fn sleep(&self, duration: Duration) {
        if self.self_advancing {
            self.advance(duration);
            return;
        }
        let until = later(self.now(), duration);
        poll_fn(|context| {
            let mut state = self.state();
            if state.now >= until {
                return Poll::Ready(());
            }
            state.sleepers.push(context.waker().clone());
            Poll::Pending
        })
        .await;
    }
}
