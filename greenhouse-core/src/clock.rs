//! Time as a port. All other code reads the time and waits through this port.

mod offset;
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

pub use self::{offset::ClockOffset, system::SystemClock};

/// Current time and timers. Services accept an `Arc<dyn Clock>`, so that tests can control the
/// time.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync {
    /// Returns the current time.
    fn now(&self) -> DateTime<Utc>;

    /// Returns once `duration` has passed on this clock. The future may be dropped at any time.
    async fn sleep(&self, duration: Duration);
}

#[async_trait]
impl<T: Clock + ?Sized> Clock for Arc<T> {
    fn now(&self) -> DateTime<Utc> {
        (**self).now()
    }

    async fn sleep(&self, duration: Duration) {
        (**self).sleep(duration).await;
    }
}

/// Returns `at` plus `duration`, saturating at the latest representable time.
pub fn later(at: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    chrono::TimeDelta::from_std(duration)
        .ok()
        .and_then(|delta| at.checked_add_signed(delta))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}

/// Returns `at` minus `duration`, saturating at the earliest representable time.
pub fn earlier(at: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    chrono::TimeDelta::from_std(duration)
        .ok()
        .and_then(|delta| at.checked_sub_signed(delta))
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
}

/// Awaits `call` for at most `deadline` on this clock. Drops the call and returns `None` if it has
/// not completed by then.
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
