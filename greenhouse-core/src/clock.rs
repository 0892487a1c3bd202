//! Time, as a port: nothing else reads the clock or waits.

use std::{fmt, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

/// The time, and waiting for it. Services take an `Arc<dyn Clock>`, so that a test can hold and advance it.
#[async_trait]
pub trait Clock: fmt::Debug + Send + Sync {
    /// The present time.
    fn now(&self) -> DateTime<Utc>;

    /// Returns once `duration` has passed on this clock. Dropping the future is always allowed.
    async fn sleep(&self, duration: Duration);
}

/// `at` plus `duration`, held at the end of representable time instead of overflowing.
pub fn later(at: DateTime<Utc>, duration: Duration) -> DateTime<Utc> {
    chrono::TimeDelta::from_std(duration)
        .ok()
        .and_then(|delta| at.checked_add_signed(delta))
        .unwrap_or(DateTime::<Utc>::MAX_UTC)
}
