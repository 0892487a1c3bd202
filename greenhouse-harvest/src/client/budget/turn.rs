use std::{
    future::{poll_fn, ready},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{Clock, within};
use tokio::sync::{Mutex, MutexGuard, Notify, watch};

/// Queue of callers that wait for a place. Only the first in line waits for capacity; the others
/// wait to be first.
pub(super) struct Turns {
    turn: Mutex<()>,
    /// Current wait of the first in line, for the callers behind it.
    first: watch::Sender<Option<Wait>>,
    freed: Notify,
}

/// Condition that ends a wait. Times are on the client's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// Until this time, or until a place is returned.
    Until(DateTime<Utc>),
    /// Until a running request ends, at the latest at this time.
    AtMost(DateTime<Utc>),
    /// Until another client updates the store.
    Poll,
}

/// Length of a wait that exceeds the deadline, or `None` if unknown.
type TooLong = Option<Duration>;

impl Default for Turns {
    fn default() -> Self {
        Self {
            turn: Mutex::default(),
            first: watch::Sender::new(None),
            freed: Notify::new(),
        }
    }
}

impl Turns {
    /// Waits to be first in line, at most until `deadline`.
    pub(super) async fn next(
        &self,
        clock: &dyn Clock,
        deadline: DateTime<Utc>,
    ) -> Result<MutexGuard<'_, ()>, TooLong> {
        if let Ok(turn) = self.turn.try_lock() {
            return Ok(turn);
        }
        let mut first = self.first.subscribe();
        let mut turn = pin!(self.turn.lock());
        loop {
            let wait = *first.borrow_and_update();
            // Starts a timer only if the wait may be long. A store responds soon, and a request
            // ends at its own deadline.
            let next = match wait {
                None => Some(first_of(turn.as_mut(), first.changed()).await),
                Some(Wait::AtMost(end)) if end <= deadline => {
                    Some(first_of(turn.as_mut(), first.changed()).await)
                }
                Some(Wait::Until(end)) if end > deadline => {
                    let own = first_of(turn.as_mut(), ready(())).await;
                    return own.ok_or_else(|| Some(between(clock.now(), end)));
                }
                Some(_) => {
                    let next = first_of(turn.as_mut(), first.changed());
                    within(clock, between(clock.now(), deadline), next).await
                }
            };
            match next {
                Some(Some(turn)) => return Ok(turn),
                Some(None) => {}
                None => return Err(None),
            }
        }
    }

    /// Waits as the first in line, at most until `deadline`.
    pub(super) async fn wait(
        &self,
        clock: &dyn Clock,
        wait: Wait,
        poll: Duration,
        deadline: DateTime<Utc>,
    ) -> Result<(), TooLong> {
        let now = clock.now();
        let left = between(now, deadline);
        if let Wait::Until(end) = wait
            && end > deadline
        {
            return Err(Some(between(now, end)));
        }
        if left.is_zero() {
            return Err(None);
        }
        let _announced = AnnouncedWait::new(&self.first, wait);
        let freed = self.freed.notified();
        match wait {
            Wait::Until(end) => {
                within(clock, between(now, end), freed).await;
            }
            Wait::AtMost(end) if end <= deadline => freed.await,
            Wait::AtMost(_) => within(clock, left, freed).await.ok_or(None)?,
            Wait::Poll => {
                within(clock, poll.min(left), freed).await;
            }
        }
        Ok(())
    }

    /// Wakes the first in line after a change.
    pub(super) fn free(&self) {
        self.freed.notify_one();
    }
}

/// Guard that publishes the current wait to the other callers in line until it is dropped.
struct AnnouncedWait<'a>(&'a watch::Sender<Option<Wait>>);

impl<'a> AnnouncedWait<'a> {
    fn new(first: &'a watch::Sender<Option<Wait>>, wait: Wait) -> Self {
        first.send_replace(Some(wait));
        Self(first)
    }
}

impl Drop for AnnouncedWait<'_> {
    fn drop(&mut self) {
        self.0.send_replace(None);
    }
}

/// Returns the output of the first future, or `None` if the second is ready first.
async fn first_of<F: Future>(mut one: Pin<&mut F>, other: impl Future) -> Option<F::Output> {
    let mut other = pin!(other);
    poll_fn(|context| match one.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => other.as_mut().poll(context).map(|_| None),
    })
    .await
}

fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    to.signed_duration_since(from).to_std().unwrap_or_default()
}
