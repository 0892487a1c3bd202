//! Whether the clock of this host is right, by what answers tell on the way.

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
    about::{self, About},
};
use crate::HostEnvironment;

/// A transport that notes what time it is in Greenhouse, by the `Date` of every answer.
pub(super) struct ListeningTransport {
    inner: Arc<dyn HttpTransport>,
    clock: Arc<dyn Clock>,
    seen: Mutex<Option<Offset>>,
}

impl ListeningTransport {
    pub(super) fn around(outside: &HostEnvironment) -> Arc<Self> {
        Arc::new(Self {
            inner: Arc::clone(&outside.transport),
            clock: Arc::clone(&outside.clock),
            seen: Mutex::default(),
        })
    }

    pub(super) fn finding(&self) -> Finding {
        let seen = *self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        match seen {
            Some(offset) => finding(about::CLOCK, "Greenhouse", offset),
            None => Finding::ok(
                about::CLOCK,
                "It was not compared: Greenhouse was not asked, or did not tell the time.",
            ),
        }
    }
}

#[async_trait]
impl HttpTransport for ListeningTransport {
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
            let new = Offset::cut(second.to_utc(), sent_at, self.clock.now());
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            *seen = Some(seen.map_or(new, |known| known.narrowed_by(new)));
        }
        Ok(answer)
    }
}

impl fmt::Debug for ListeningTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ListeningTransport").finish_non_exhaustive()
    }
}

/// By how much another clock is ahead of ours: at least and at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Offset {
    low: TimeDelta,
    high: TimeDelta,
}

impl Offset {
    /// Of a time that was told between these two of ours.
    pub(super) fn exact(
        told: DateTime<Utc>,
        sent_at: DateTime<Utc>,
        received_at: DateTime<Utc>,
    ) -> Self {
        Self {
            low: told - received_at,
            high: told - sent_at,
        }
    }

    /// Of a time that was cut to seconds.
    fn cut(second: DateTime<Utc>, sent_at: DateTime<Utc>, received_at: DateTime<Utc>) -> Self {
        let exact = Self::exact(second, sent_at, received_at);
        Self {
            high: exact.high + TimeDelta::seconds(1),
            ..exact
        }
    }

    /// What both allow; where a clock was set in between, the new one.
    fn narrowed_by(self, new: Self) -> Self {
        let both = Self {
            low: self.low.max(new.low),
            high: self.high.min(new.high),
        };
        if both.low <= both.high { both } else { new }
    }

    /// By how many seconds the other clock is certainly ahead; negative where ours is.
    fn certain(self) -> i64 {
        if self.low > TimeDelta::zero() {
            self.low.num_seconds()
        } else if self.high < TimeDelta::zero() {
            self.high.num_seconds()
        } else {
            0
        }
    }
}

pub(super) fn finding(about: About, whose: &str, offset: Offset) -> Finding {
    let ahead = offset.certain();
    let seconds = ahead.unsigned_abs();
    let direction = if ahead > 0 { "behind" } else { "ahead of" };
    let text = format!("The clock of this host is {seconds} seconds {direction} that of {whose}.");
    let remedy = "Have the machine keep its time by a time server (`timedatectl` shows whether it does): leases, retention and \
                  the times in the sync log go by this clock.";
    if seconds >= WRONG {
        Finding::problem(about, text, remedy)
    } else if seconds >= DOUBTFUL {
        Finding::warning(about, text, remedy)
    } else {
        Finding::ok(
            about,
            format!("The clock of this host agrees with that of {whose}."),
        )
    }
}

/// From here on somebody should look, in seconds: clocks that are kept by a time server differ by far less.
const DOUBTFUL: u64 = 10;
/// Longer than any lease, in seconds: two hosts would do the same work at once.
const WRONG: u64 = 300;

#[cfg(test)]
mod tests {
    use greenhouse_core::health::CheckState;

    use super::*;

    #[test]
    fn a_wrong_clock_is_told_by_how_much_it_is_certainly_wrong() {
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
            let offset = Offset::cut(second, at(-200), at(500));
            let found = finding(about::CLOCK, "Greenhouse", offset);
            assert_eq!(found.level, level, "{other}: {}", found.text);
            assert!(found.text.contains(words), "{other}: {}", found.text);
        }
    }
}
