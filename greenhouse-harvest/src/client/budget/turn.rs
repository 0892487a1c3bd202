use std::{
    future::{poll_fn, ready},
    pin::{Pin, pin},
    task::Poll,
    time::Duration,
};

use chrono::{DateTime, Utc};
use greenhouse_core::{Clock, within};
use tokio::sync::{Mutex, MutexGuard, Notify, watch};

/// The queue of those who wait for a place. Only the first in line waits for anything but its turn.
pub(super) struct Turns {
    turn: Mutex<()>,
    /// What the first in line waits for, for those behind.
    first: watch::Sender<Option<Wait>>,
    freed: Notify,
}

/// What somebody waits for. Times are the clock's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wait {
    /// This time, or a place that comes back.
    Until(DateTime<Utc>),
    /// The end of a request that ends by then.
    AtMost(DateTime<Utc>),
    /// News that somebody else may bring to the store.
    Poll,
}

/// How long the wait would certainly have been, where it is known.
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
    /// Waits in line until `deadline`.
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
            // A clock is only asked to wait where there may be much to wait for: a store answers soon, and a request ends
            // at its own deadline.
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

    /// Waits, as the first in line, and no longer than until `deadline`.
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
        let _told = Told::new(&self.first, wait);
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

    /// Wakes the first in line: something has changed.
    pub(super) fn free(&self) {
        self.freed.notify_one();
    }
}

/// Tells those behind, for as long as the wait lasts.
struct Told<'a>(&'a watch::Sender<Option<Wait>>);

impl<'a> Told<'a> {
    fn new(first: &'a watch::Sender<Option<Wait>>, wait: Wait) -> Self {
        first.send_replace(Some(wait));
        Self(first)
    }
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.0.send_replace(None);
    }
}

/// What the first future answers, or none where the second is ready before.
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
