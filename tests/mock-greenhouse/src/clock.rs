use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use chrono::{DateTime, TimeDelta, Utc};

/// The clock a mock runs on: the real one, or one that a test holds and advances.
///
/// Clones share one time. Everything that the mock dates or lets expire reads it: rows, tokens, rate windows, the `Date` header.
/// Time-outs of the mock's own calls run on real time.
#[derive(Clone)]
pub struct MockClock {
    held: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl MockClock {
    /// The real clock.
    #[must_use]
    pub fn real() -> Self {
        Self { held: None }
    }

    /// A clock that stands at `at` until it is advanced.
    #[must_use]
    pub fn held(at: DateTime<Utc>) -> Self {
        Self {
            held: Some(Arc::new(Mutex::new(at))),
        }
    }

    /// The present time of this clock.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        match &self.held {
            Some(held) => *held.lock().unwrap_or_else(PoisonError::into_inner),
            None => real_now(),
        }
    }

    /// Moves a held clock forward by `by`, and stops at the end of representable time. Does nothing to the real clock.
    pub fn advance(&self, by: Duration) {
        if let Some(held) = &self.held {
            let mut now = held.lock().unwrap_or_else(PoisonError::into_inner);
            let later = TimeDelta::from_std(by)
                .ok()
                .and_then(|by| now.checked_add_signed(by));
            *now = later.unwrap_or(DateTime::<Utc>::MAX_UTC);
        }
    }
}

impl Default for MockClock {
    fn default() -> Self {
        Self::real()
    }
}

impl fmt::Debug for MockClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.held.is_some() {
            "MockClock(held)"
        } else {
            "MockClock(real)"
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the mock stands alone and has its own clock; this is its only look at the real time"
)]
fn real_now() -> DateTime<Utc> {
    DateTime::from(SystemTime::now())
}
