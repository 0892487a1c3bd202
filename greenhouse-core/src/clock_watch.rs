//! Compares the host's clock with the clocks of the database server and of Greenhouse. Retention
//! pauses while the host's clock may be wrong.

mod greenhouse;
mod operator;

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use chrono::{DateTime, Utc};

pub(crate) use self::{
    greenhouse::{GreenhouseTime, ObservedTransport},
    operator::ClockOperator,
};
use crate::{
    Clock, ClockOffset, ExchangeLimits, HttpTransport,
    health::Check,
    later,
    store::{Housekeeping, StoreError},
    texts::clock as texts,
};

/// Reason not to trust the host's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ClockProblem {
    /// The host's clock differs from another clock by more than a minute.
    Differs {
        /// The other clock.
        other: OtherClock,
        /// Smallest possible difference in seconds: positive if the host's clock is ahead, negative
        /// if it is behind.
        seconds_ahead: i64,
    },
    /// The host's clock is more than two days ahead of the last accepted time, and no other clock
    /// confirms it.
    Unconfirmed {
        /// The last accepted time.
        accepted: DateTime<Utc>,
    },
}

impl ClockProblem {
    /// The problem as a health check, with its remedy.
    pub fn check(self) -> Check {
        match self {
            Self::Differs {
                other,
                seconds_ahead,
            } => texts::clock_differs(other.as_str(), seconds_ahead),
            Self::Unconfirmed { accepted } => texts::clock_unconfirmed(accepted),
        }
    }
}

/// Clock with which the host's clock is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum OtherClock {
    /// The clock of the database server.
    Store,
    /// Greenhouse's clock, from the header `Date`.
    Greenhouse,
}

impl OtherClock {
    /// Name of the clock, for use within a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Store => "the database server",
            Self::Greenhouse => "Greenhouse",
        }
    }
}

/// Returns a problem if the host's clock differs from `other` by more than a minute.
pub fn difference(other: OtherClock, offset: ClockOffset) -> Option<ClockProblem> {
    let seconds_ahead = -offset.certain_seconds();
    let differs = seconds_ahead.unsigned_abs() > MAX_DIFFERENCE.as_secs();
    differs.then_some(ClockProblem::Differs {
        other,
        seconds_ahead,
    })
}

/// Returns a problem if the host's clock is more than two days ahead of the last accepted time.
/// After such a long downtime, another clock must confirm the time.
pub fn jump(accepted: DateTime<Utc>, now: DateTime<Utc>) -> Option<ClockProblem> {
    let is_far = now > later(accepted, MAX_UNCONFIRMED);
    is_far.then_some(ClockProblem::Unconfirmed { accepted })
}

/// Compares the host's clock with the other clocks.
pub(crate) struct ClockWatch {
    store: Arc<dyn Housekeeping>,
    clock: Arc<dyn Clock>,
    greenhouse: Option<GreenhouseSource>,
    found: Mutex<Option<ClockProblem>>,
}

struct GreenhouseSource {
    time: Arc<GreenhouseTime>,
    transport: Arc<dyn HttpTransport>,
    url: Option<http::Uri>,
}

impl ClockWatch {
    /// Creates a watch that compares only with the store's clock.
    pub(crate) fn new(store: Arc<dyn Housekeeping>, clock: Arc<dyn Clock>) -> Self {
        Self {
            store,
            clock,
            greenhouse: None,
            found: Mutex::default(),
        }
    }

    /// Also compares with Greenhouse's clock. `transport` records the `Date` of each response in
    /// `time`. If Greenhouse's time is needed but unknown, one request is sent to `url`.
    pub(crate) fn with_greenhouse(
        mut self,
        time: Arc<GreenhouseTime>,
        transport: Arc<dyn HttpTransport>,
        url: Option<http::Uri>,
    ) -> Self {
        self.greenhouse = Some(GreenhouseSource {
            time,
            transport,
            url,
        });
        self
    }

    /// Checks the host's clock. If there is no problem, stores the current time as the accepted
    /// time, except after the clock was set back and no other clock is known.
    pub(crate) async fn check(&self) -> Result<Option<ClockProblem>, StoreError> {
        let problem = self.compare().await?;
        let before = std::mem::replace(&mut *self.lock(), problem);
        match problem {
            Some(problem) if before.is_none() => {
                tracing::warn!(
                    ?problem,
                    "retention is paused: the host's clock may be wrong"
                );
            }
            None if before.is_some() => {
                tracing::info!("retention continues: the host's clock is confirmed");
            }
            _ => {}
        }
        Ok(problem)
    }

    /// Problem that the last check found.
    pub(crate) fn found(&self) -> Option<ClockProblem> {
        *self.lock()
    }

    async fn compare(&self) -> Result<Option<ClockProblem>, StoreError> {
        let sent_at = self.clock.now();
        let store_time = self.store.time().await?;
        let now = self.clock.now();
        let of_store = store_time.map(|time| ClockOffset::exact(time, sent_at, now));
        let of_greenhouse = self.greenhouse_offset(now);
        if let Some(problem) = worst(of_store, of_greenhouse) {
            return Ok(Some(problem));
        }
        if of_store.is_none() && of_greenhouse.is_none() {
            let accepted = self.store.accepted_time().await?;
            if let Some(accepted) = accepted.filter(|accepted| *accepted > now) {
                // The clock was set back. Retention then deletes less, so this is not a problem.
                tracing::debug!(%accepted, "the host's clock is behind the last accepted time");
                return Ok(None);
            }
            if let Some(problem) = accepted.and_then(|accepted| jump(accepted, now)) {
                match self.ask_greenhouse().await {
                    None => return Ok(Some(problem)),
                    Some(offset) => {
                        if let Some(problem) = difference(OtherClock::Greenhouse, offset) {
                            return Ok(Some(problem));
                        }
                    }
                }
            }
        }
        self.store.accept_time(now).await?;
        Ok(None)
    }

    fn greenhouse_offset(&self, now: DateTime<Utc>) -> Option<ClockOffset> {
        self.greenhouse.as_ref()?.time.known(now)
    }

    /// Sends one request without credentials, and returns the clock's offset from the header `Date`
    /// of the response.
    async fn ask_greenhouse(&self) -> Option<ClockOffset> {
        let source = self.greenhouse.as_ref()?;
        let mut request = http::Request::new(Bytes::new());
        *request.method_mut() = http::Method::HEAD;
        *request.uri_mut() = source.url.clone()?;
        let sent = source.transport.send(request, ExchangeLimits::default());
        if let Err(error) = sent.await {
            tracing::debug!(%error, "the request for Greenhouse's time failed");
        }
        source.time.known(self.clock.now())
    }

    fn lock(&self) -> MutexGuard<'_, Option<ClockProblem>> {
        self.found.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn worst(store: Option<ClockOffset>, greenhouse: Option<ClockOffset>) -> Option<ClockProblem> {
    let of_store = store.and_then(|offset| difference(OtherClock::Store, offset));
    of_store.or_else(|| greenhouse.and_then(|offset| difference(OtherClock::Greenhouse, offset)))
}

impl fmt::Debug for ClockWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClockWatch")
            .field("found", &self.found())
            .finish_non_exhaustive()
    }
}

const MAX_DIFFERENCE: Duration = Duration::from_secs(60);
const MAX_UNCONFIRMED: Duration = Duration::from_secs(2 * 24 * 60 * 60);

#[cfg(test)]
mod tests;
