//! Time, as a port: nothing else reads the clock or waits.

mod system;

use std::{
    fmt,
    future::{Future, poll_fn},
    pin::pin,
    sync::Arc,
    task::Poll,
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

pub use self::system::SystemClock;

/// The time, and waiting for it. Services take an `Arc<dyn Clock>`, so that a test can hold and advance it.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present time.
    fn now(&self) -> DateTime<Utc>;

    /// Returns once `duration` has passed on this clock. Dropping the future is always allowed.
    async fn sleep(&self, duration: Duration);
}

/// A shared clock is a clock.
#[async_trait]
impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}

/// `at` plus `duration`, held at the end of representable time instead of overflowing.
pub fn later(at: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    chrono::TimeDelta::from_std(duration)
        .ok()
        .and_then(|delta| at.checked_add_signed(delta))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// `at` minus `duration`, held at the beginning of representable time instead of overflowing.
pub fn earlier(at: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    chrono::TimeDelta::from_std(duration)
        .ok()
        .and_then(|delta| at.checked_sub_signed(delta))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// What `call` answers, or none once `deadline` has passed on the clock. An answer that is there at the deadline counts;
/// a call that has no answer by then is dropped.
pub async fn within<F: Future>(
    clock: &dyn Clock,
    deadline: Duration,
    call: F,
) -> Option<F::Output> {
    let mut call = pin!(call);
    let mut end = clock.sleep(deadline);
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}
