use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::later;

/// Length of a rate limit window. Windows begin at multiples of this length on the server's clock
/// (observed live).
pub const RATE_WINDOW: Duration = Duration::from_secs(30);

/// Request for a share of a credential's rate limit window, with the host's knowledge of the
/// window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetClaim {
    /// Start of the window: a multiple of [`RATE_WINDOW`] on the server's clock.
    pub window: DateTime<Utc>,
    /// Number of requests wanted.
    pub wanted: u32,
    /// Number of requests that Greenhouse counts in this window although they were granted in the
    /// previous one, because they were sent late.
    pub spent: u32,
    /// Number of requests used by all senders according to Greenhouse's responses, plus those
    /// granted but not yet sent.
    pub reported: u32,
    /// Current time on the server's clock.
    pub now: DateTime<Utc>,
}

impl BudgetClaim {
    /// Creates a claim for `wanted` requests by a host without further knowledge of the window.
    pub fn new(window: DateTime<Utc>, wanted: u32, now: DateTime<Utc>) -> Self {
        Self {
            window,
            wanted,
            spent: 0,
            reported: 0,
            now,
        }
    }

    /// Sets the number of requests that were granted in the previous window but sent in this one.
    #[must_use]
    pub fn spent(self, spent: u32) -> Self {
        Self { spent, ..self }
    }

    /// Sets the number of used requests, including those granted but not yet sent.
    #[must_use]
    pub fn reported(self, reported: u32) -> Self {
        Self { reported, ..self }
    }
}

/// Granted share of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct BudgetShare {
    /// Number of requests that may be sent now, at most the number wanted.
    pub granted: u32,
    /// Number of requests used in the counted window, including the granted ones.
    pub used: u32,
    /// Limit per window. `None` until a response has reported it; until then one request per window
    /// is granted.
    pub limit: Option<u32>,
    /// Start of the window that the store currently counts. If other hosts are ahead, this is later
    /// than the claimed window, and nothing was granted.
    pub window: DateTime<Utc>,
    /// End of a hold that Greenhouse imposed. No host may send before this time.
    pub held_until: Option<DateTime<Utc>>,
}

/// Rate limit state reported by a response from Greenhouse.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetReport {
    /// Limit per window. `None` if the response did not report it. Replaces the stored limit.
    pub limit: Option<u32>,
    /// Number of requests used in the window by all senders. A lower number than the stored one is
    /// ignored.
    pub used: u32,
    /// End of a hold. Replaces the stored end only if it is later.
    pub held_until: Option<DateTime<Utc>>,
}

impl BudgetReport {
    /// Creates a report with the number of used requests.
    pub fn used(used: u32) -> Self {
        Self {
            used,
            ..Self::default()
        }
    }

    /// Sets the limit per window.
    #[must_use]
    pub fn limit(self, limit: u32) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }

    /// Sets the end of a hold.
    #[must_use]
    pub fn held_until(self, end: DateTime<Utc>) -> Self {
        Self {
            held_until: Some(end),
            ..self
        }
    }
}

/// Requests counted in a credential's rate limit window. Stores use the count to compute shares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetCount {
    /// Start of the counted window.
    pub window: DateTime<Utc>,
    /// Limit per window, if known.
    pub limit: Option<u32>,
    /// Number of requests used in the window.
    pub used: u32,
    /// Number of used requests that were sent by other clients of the credential, which claim no
    /// shares.
    pub outside: u32,
    /// End of a hold. No host may send before this time.
    pub held_until: Option<DateTime<Utc>>,
}

impl BudgetCount {
    /// Creates the count for a window with no used requests.
    pub fn new(window: DateTime<Utc>) -> Self {
        Self {
            window,
            limit: None,
            used: 0,
            outside: 0,
            held_until: None,
        }
    }

    /// Grants at most the number of requests wanted; see
    /// [`Shared::take_budget`](super::Shared::take_budget).
    pub fn take(&mut self, claim: BudgetClaim) -> BudgetShare {
        self.enter(claim.window);
        let held = self.held_until.is_some_and(|end| end > claim.now);
        let mut granted = 0;
        if self.window == claim.window {
            self.used = self.used.saturating_add(claim.spent);
            self.see(claim.reported);
            if !held {
                granted = claim.wanted.min(self.grantable());
                self.used = self.used.saturating_add(granted);
            }
        }
        BudgetShare {
            granted,
            used: self.used,
            limit: self.limit,
            window: self.window,
            held_until: self.held_until,
        }
    }

    /// Makes granted requests that were not sent available again.
    pub fn return_unused(&mut self, window: DateTime<Utc>, unused: u32) {
        if self.window == window {
            self.used = self.used.saturating_sub(unused);
        }
    }

    /// Records the rate limit state that a response reported; see
    /// [`Shared::note_budget`](super::Shared::note_budget).
    pub fn note(&mut self, window: DateTime<Utc>, report: BudgetReport) {
        if later(window, RATE_WINDOW * 2) <= self.window {
            self.begin(window);
        }
        self.enter(window);
        if self.window == window {
            self.see(report.used);
        }
        self.limit = report.limit.or(self.limit);
        self.held_until = self.held_until.max(report.held_until);
    }

    /// Returns the number of requests that can be granted. The requests of other clients are known
    /// only from the last response, and more may be in flight. If there are other clients, a
    /// reserve is left for them, and one request is granted at a time.
    fn grantable(&self) -> u32 {
        let Some(limit) = self.limit else {
            return u32::from(self.used == 0);
        };
        let left = limit.saturating_sub(self.used);
        let reserve = (limit / RESERVE).max(1);
        if self.outside > reserve {
            left.saturating_sub(reserve).min(1)
        } else {
            left
        }
    }

    fn see(&mut self, used: u32) {
        let outside = used.saturating_sub(self.used);
        self.outside = self.outside.saturating_add(outside);
        self.used = self.used.saturating_add(outside);
    }

    /// Starts counting from zero if `window` is later than the counted window.
    fn enter(&mut self, window: DateTime<Utc>) {
        if window > self.window {
            self.begin(window);
        }
    }

    fn begin(&mut self, window: DateTime<Utc>) {
        self.window = window;
        self.used = 0;
        self.outside = 0;
    }
}

/// Divisor of the limit that yields the reserve for other clients.
const RESERVE: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_no_more_than_the_limit() {
        let mut count = allowing(50);
        assert_eq!(take(&mut count, 0, 40, 1), (40, 40));
        assert_eq!(take(&mut count, 0, 40, 1), (10, 50));
        assert_eq!(take(&mut count, 0, 1, 1), (0, 50));
        count.return_unused(at(0), 3);
        assert_eq!(take(&mut count, 0, 5, 2), (3, 50));

        assert_eq!(take(&mut count, 30, 5, 30), (5, 5));
        let late = count.take(BudgetClaim::new(at(0), 5, at(30)).spent(3).reported(9));
        assert_eq!((late.granted, late.used, late.window), (0, 5, at(30)));
        count.return_unused(at(0), 5);
        count.note(at(30), BudgetReport::used(48));
        count.note(at(30), BudgetReport::used(7));
        count.note(at(0), BudgetReport::used(50));
        assert_eq!(count.used, 48);
        count.note(at(30), BudgetReport::default().limit(60));
        assert_eq!(
            count.take(BudgetClaim::new(at(30), 0, at(31))).limit,
            Some(60)
        );
    }

    #[test]
    fn the_first_request_reports_the_limit() {
        let mut count = BudgetCount::new(at(0));
        assert_eq!(take(&mut count, 0, 9, 1), (1, 1));
        assert_eq!(take(&mut count, 0, 9, 1), (0, 1));
        count.return_unused(at(0), 1);
        assert_eq!(take(&mut count, 0, 9, 1), (1, 1));
        assert_eq!(take(&mut count, 30, 9, 30), (1, 1));
        count.note(at(30), BudgetReport::used(1).limit(150));
        assert_eq!(take(&mut count, 30, 9, 31), (9, 10));
    }

    #[test]
    fn leaves_a_reserve_to_other_clients() {
        for (reported, spent, granted) in [
            (0, 0, [9, 9, 9]),
            (3, 0, [9, 9, 9]),
            (4, 0, [1, 1, 1]),
            (4, 4, [9, 9, 9]),
            (46, 0, [1, 0, 0]),
            (47, 0, [0, 0, 0]),
            (90, 0, [0, 0, 0]),
        ] {
            let mut count = allowing(50);
            let claim = BudgetClaim::new(at(0), 9, at(0))
                .spent(spent)
                .reported(reported);
            let first = count.take(claim).granted;
            let more = [(); 2].map(|()| take(&mut count, 0, 9, 0).0);
            assert_eq!([first, more[0], more[1]], granted, "{reported} {spent}");
            assert_eq!(take(&mut count, 30, 9, 30).0, 9, "next window");
        }
    }

    #[test]
    fn a_clock_ahead_moves_the_window_until_a_response_corrects_it() {
        let mut count = allowing(50);
        assert_eq!(take(&mut count, 600, 5, 600), (5, 5));
        count.note(at(570), BudgetReport::used(1));
        assert_eq!(
            (count.window, count.used),
            (at(600), 5),
            "may be a late response"
        );
        count.note(at(540), BudgetReport::used(1));
        assert_eq!((count.window, count.used), (at(540), 1));
        assert_eq!(take(&mut count, 540, 5, 541), (5, 6));
    }

    #[test]
    fn a_hold_lasts_across_windows() {
        let mut count = allowing(50);
        count.note(at(0), BudgetReport::default().held_until(at(40)));
        count.note(at(0), BudgetReport::default().held_until(at(35)));
        assert_eq!(take(&mut count, 30, 5, 39).0, 0);
        assert_eq!(take(&mut count, 30, 5, 40).0, 5);
    }

    fn allowing(limit: u32) -> BudgetCount {
        let mut count = BudgetCount::new(at(0));
        count.note(at(0), BudgetReport::default().limit(limit));
        count
    }

    fn take(count: &mut BudgetCount, window: i64, wanted: u32, now: i64) -> (u32, u32) {
        let share = count.take(BudgetClaim::new(at(window), wanted, at(now)));
        (share.granted, share.used)
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_010 + seconds, 0).unwrap_or_default()
    }
}
