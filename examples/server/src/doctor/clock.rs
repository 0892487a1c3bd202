//! Comparison of the host's clock with those of Greenhouse and the database.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use greenhouse_core::{Clock, ExchangeLimits, HttpTransport, TransportError};
use http::{Request, Response, header};

use super::{
    Finding,
    codes::{self, Code},
    texts,
};
use crate::HostEnvironment;

/// Transport that reads Greenhouse's clock from the `Date` header of every response.
pub(super) struct ClockTransport {
    inner: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    offset: Mutex<Option<Offset>>,
}

impl ClockTransport {
    pub(super) fn around(environment: &HostEnvironment) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::clone(&environment.transport),
            clock: Arc::clone(&environment.clock),
            offset: Mutex::default(),
        })
    }

    pub(super) fn finding(&self) -> Finding {
        let offset = *self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        match offset {
            Some(offset) => finding(codes::CLOCK, "Greenhouse", offset),
            None => texts::clock_unknown(),
        }
    }
}

#[async_trait]
impl HttpTransport for ClockTransport {
    async fn send(
        &self,
        request: Request<Bytes>,
        limits: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let sent_at = self.clock.now();
        let answer = self.inner.send(request, limits).await?;
        let date = answer.headers().get(header::DATE);
        let date = date.and_then(|date| DateTime::parse_from_rfc2822(date.to_str().ok()?).ok());
        if let Some(second) = date {
            let new = Offset::truncated(second.to_utc(), sent_at, self.clock.now());
            let mut offset = self.offset.lock().unwrap_or_else(PoisonError::into_inner);
            *offset = Some(offset.map_or(new, |known| known.narrow(new)));
        }
        Ok(answer)
    }
}

impl fmt::Debug for ClockTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClockTransport").finish_non_exhaustive()
    }
}

/// Lower and upper bound on how far another clock is ahead of the host's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset {
    low: TimeDelta,
    high: TimeDelta,
}

impl Offset {
    /// Computes the bounds from a time that the other clock showed between `sent_at` and
    /// `received_at`.
    pub(super) fn exact(
        other: DateTime<Utc>,
        sent_at: DateTime<Utc>,
        received_at: DateTime<Utc>,
    ) -> Self {
        Self {
            low: other - received_at,
            high: other - sent_at,
        }
    }

    /// Computes the bounds from a time that is truncated to seconds.
    fn truncated(
        second: DateTime<Utc>,
        sent_at: DateTime<Utc>,
        received_at: DateTime<Utc>,
    ) -> Self {
        let exact = Self::exact(second, sent_at, received_at);
        Self {
            high: exact.high + TimeDelta::seconds(1),
            ..exact
        }
    }

    /// Intersects the bounds. Returns `new` if they are disjoint, because a clock was set in
    /// between.
    fn narrow(self, new: Self) -> Self {
        let both = Self {
            low: self.low.max(new.low),
            high: self.high.min(new.high),
        };
        if both.low <= both.high { both } else { new }
    }

    /// Returns the minimum number of seconds by which the other clock is ahead. Negative if it is
    /// behind.
    fn certain_seconds(self) -> i64 {
        if self.low > TimeDelta::zero() {
            self.low.num_seconds()
        } else if self.high < TimeDelta::zero() {
            self.high.num_seconds()
        } else {
            0
        }
    }
}

pub(super) fn finding(code: Code, other: &str, offset: Offset) -> Finding {
    let seconds_ahead = -offset.certain_seconds();
    match seconds_ahead.unsigned_abs() {
        WRONG.. => texts::clock_wrong(code, other, seconds_ahead),
        DOUBTFUL.. => texts::clock_doubtful(code, other, seconds_ahead),
        _ => texts::clock_ok(code, other),
    }
}

/// Smallest reported difference, in seconds. Synchronized clocks differ by far less.
const DOUBTFUL: u64 = 10;
/// Smallest difference that is a problem, in seconds. It exceeds every lease, so two hosts could
/// process the same task.
const WRONG: u64 = 300;

#[cfg(test)]
mod tests {
    use greenhouse_core::health::CheckState;

    use super::*;

    #[test]
    fn the_finding_has_the_smallest_possible_difference() {
        for (other, level, words) in [
            (0, CheckState::Ok, "agrees"),
            (9, CheckState::Ok, "agrees"),
            (12, CheckState::Warning, "11 seconds behind"),
            (-12, CheckState::Warning, "10 seconds ahead of"),
            (302, CheckState::Problem, "301 seconds behind"),
            (-302, CheckState::Problem, "300 seconds ahead of"),
        ] {
            let at = |millis: i64| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis);
            let second = DateTime::UNIX_EPOCH + TimeDelta::seconds(other);
            let offset = Offset::truncated(second, at(-200), at(500));
            let found = finding(codes::CLOCK, "Greenhouse", offset);
            assert_eq!(found.level, level, "{other}: {}", found.text);
            assert!(found.text.contains(words), "{other}: {}", found.text);
        }
    }
}
