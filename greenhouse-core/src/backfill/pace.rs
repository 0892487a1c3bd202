use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::{later, store::RATE_WINDOW};

/// Pace of the requests of a backfill: a share of the rate limit.
///
/// Time pays for requests. A push starts once the time since `spent_until` pays for its expected
/// requests, and then moves `spent_until` forward by that time. At its end, `spent_until` is
/// corrected by the number of requests that the push really made. The requests of a backfill thus
/// never exceed the share of the time since its start, apart from the difference between expected
/// and real requests of the pushes that run. In a single window they exceed the share by at most
/// one push and [`TOLERANCE`](Self::TOLERANCE).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    share: u32,
    limit: u32,
}

/// Use of the current rate limit window by all senders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WindowUse {
    /// Limit per window.
    pub limit: u32,
    /// Number of requests used in the window.
    pub used: u32,
    /// End of the window, on the host's clock.
    pub ends_at: DateTime<Utc>,
    /// End of a hold that Greenhouse imposed, on the host's clock. `None` if there is no hold.
    pub held_until: Option<DateTime<Utc>>,
}

impl Pace {
    /// Time for which a late start loses nothing. Time beyond it is lost, so that a backfill that
    /// could not run does not catch up at the cost of live pushes.
    pub const TOLERANCE: Duration = Duration::from_secs(1);

    /// Creates the pace for a share in percent of a limit per window.
    pub fn new(share: u8, limit: u32) -> Self {
        Self {
            share: u32::from(share).clamp(1, 100),
            limit: limit.max(1),
        }
    }

    /// Time that pays for this number of requests.
    pub fn time_of(self, requests: u32) -> Duration {
        let whole = RATE_WINDOW.as_micros() * 100 * u128::from(requests);
        let per_request = u128::from(self.share) * u128::from(self.limit);
        let micros = whole.div_ceil(per_request);
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }

    /// Returns the earliest start of a push with this number of expected requests. A time up to
    /// `now` means that the push may start.
    ///
    /// A push that does not fit into the rest of the window waits for the next one, so that it does
    /// not delay the pushes of people.
    pub fn start_at(
        self,
        spent_until: DateTime<Utc>,
        expected: u32,
        window: &WindowUse,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let paid = later(spent_until, self.time_of(expected));
        if paid > now {
            return paid;
        }
        if let Some(end) = window.held_until.filter(|end| *end > now) {
            return end;
        }
        // A push that is larger than the limit starts in an unused window.
        let fits = window.used.saturating_add(expected.min(window.limit)) <= window.limit;
        match fits {
            true => paid,
            false => window.ends_at.max(paid),
        }
    }

    /// Returns the new `spent_until` after a push with this number of expected requests has
    /// started.
    pub fn spend(
        self,
        spent_until: DateTime<Utc>,
        expected: u32,
        now: DateTime<Utc>,
    ) -> DateTime<Utc> {
        let cost = self.time_of(expected);
        let oldest = crate::earlier(now, cost.saturating_add(Self::TOLERANCE));
        later(spent_until.max(oldest), cost)
    }

    /// Returns the new `spent_until` after a push has ended with this number of requests.
    pub fn correct(self, spent_until: DateTime<Utc>, expected: u32, made: u32) -> DateTime<Utc> {
        let micros =
            |requests| i64::try_from(self.time_of(requests).as_micros()).unwrap_or(i64::MAX);
        let difference = micros(made).saturating_sub(micros(expected));
        spent_until
            .checked_add_signed(TimeDelta::microseconds(difference))
            .unwrap_or(spent_until)
    }
}
