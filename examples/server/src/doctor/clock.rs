//! Comparison of the host's clock with those of Greenhouse and the database.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::DateTime;
use greenhouse_core::{Clock, ClockOffset, ExchangeLimits, HttpTransport, TransportError};
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
    offset: Mutex<Option<ClockOffset>>,
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
            let new = ClockOffset::truncated(second.to_utc(), sent_at, self.clock.now());
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

pub(super) fn finding(code: Code, other: &str, offset: ClockOffset) -> Finding {
    let seconds_ahead = -offset.certain_seconds();
    match seconds_ahead.unsigned_abs() {
        WRONG.. => texts::clock_wrong(code, other, seconds_ahead),
        DOUBTFUL.. => texts::clock_doubtful(code, other, seconds_ahead),
        _ => texts::clock_ok(code, other),
    }
}

/// Smallest reported difference, in seconds. Synchronized clocks differ by far less.
const DOUBTFUL: u64 = 10;
/// Smallest difference that is a problem, in seconds. It exceeds every default lease, so two hosts
/// could process the same task.
const WRONG: u64 = 300;

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use greenhouse_core::health::CheckState;

    use super::*;

    #[test]
    fn the_finding_has_the_smallest_possible_difference() {
        for (other, level, words) in [
            (0, CheckState::Ok, "agrees"),
            (9, CheckState::Ok, "agrees"),
            (12, CheckState::Warning, "11 seconds behind"),
            (-12, CheckState::Warning, "10 seconds ahead of"),
            (63, CheckState::Warning, "Retention is paused"),
            (302, CheckState::Problem, "301 seconds behind"),
            (-302, CheckState::Problem, "300 seconds ahead of"),
        ] {
            let at = |millis: i64| DateTime::UNIX_EPOCH + TimeDelta::milliseconds(millis);
            let second = DateTime::UNIX_EPOCH + TimeDelta::seconds(other);
            let offset = ClockOffset::truncated(second, at(-200), at(500));
            let found = finding(codes::CLOCK, "Greenhouse", offset);
            assert_eq!(found.level, level, "{other}: {}", found.text);
            assert!(found.text.contains(words), "{other}: {}", found.text);
        }
    }
}
