use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    later,
    store::{BudgetClaim, BudgetReport, BudgetShare, RATE_WINDOW},
};

use super::{
    super::server_time::ServerTime,
    answer::{Answer, window_of},
    turn::Wait,
};

/// A client's view of its credential's budget. Times are the server's unless the comment says
/// "clock".
#[derive(Debug, Default)]
pub(super) struct BudgetState {
    /// Callers without a place.
    pub(super) waiting: u32,
    /// `true` if a claim is only for the waiting callers, so that no unused places expire.
    pub(super) is_sparing: bool,
    /// Assigned places that are not settled. Each place counts in the entered window.
    pub(super) in_flight: u32,
    /// Clock time by which the request that determines the unknown limit has ended.
    pub(super) first_ends: Option<DateTime<Utc>>,
    pub(super) limit: Option<u32>,
    /// Window that was entered last.
    window: Option<DateTime<Utc>>,
    /// Places granted in the entered window but not assigned.
    surplus: u32,
    /// `true` if the entered window has no more places.
    exhausted: bool,
    /// Requests that were sent without a share of the window and have not been reported to the
    /// store.
    spent: u32,
    /// Window in which requests from an earlier window were counted, and the number of these
    /// requests.
    late: Option<(DateTime<Utc>, u32)>,
    /// Start of a window and the highest use that a response reported for it, plus the places that
    /// were granted but unused at the time of the response.
    reported: Option<(DateTime<Utc>, u32)>,
    held_until: Option<DateTime<Utc>>,
    /// `true` after the first response. From then on, the server's time is known as precisely as
    /// possible.
    answered: bool,
    /// The store's window, used until a response reveals the server's time.
    adopted: Option<DateTime<Utc>>,
}

/// Next step of the first caller in line.
#[derive(Debug)]
pub(super) enum Step {
    Go { window: DateTime<Utc> },
    Claim(BudgetClaim),
    Wait(Wait),
}

impl BudgetState {
    pub(super) fn new(is_sparing: bool) -> Self {
        Self {
            is_sparing,
            ..Self::default()
        }
    }

    pub(super) fn step(&mut self, time: &ServerTime) -> Step {
        let now = time.earliest();
        if let Some(end) = self.held_until.filter(|end| now < *end) {
            return Step::Wait(until(end, time));
        }
        let is_timed = self.answered || time.is_known();
        if self.in_flight > 0 && (self.limit.is_none() || !is_timed) {
            return Step::Wait(self.first_ends.map_or(Wait::Poll, Wait::AtMost));
        }
        let adopted = self.adopted.filter(|_| !is_timed);
        let window = adopted.unwrap_or_else(|| window_of(now));
        self.enter(window);
        if self.surplus > 0 {
            self.surplus -= 1;
            self.in_flight = self.in_flight.saturating_add(1);
            return Step::Go { window };
        }
        if self.exhausted {
            return Step::Wait(match adopted {
                Some(_) => Wait::Poll,
                None => until(later(window, RATE_WINDOW), time),
            });
        }
        let batch = match self.is_sparing {
            true => 1,
            false => self.limit.unwrap_or_default() / SHARES,
        };
        let wanted = if is_timed { self.waiting.max(batch) } else { 1 };
        let claim = BudgetClaim::new(window, wanted.max(1), now)
            .spent(self.spent)
            .reported(self.reported_use(window));
        Step::Claim(claim)
    }

    /// Returns a report if the store needs one before the next claim: the client's limit, or a
    /// correction if a fast clock moved the store's window far ahead.
    pub(super) fn missing(
        &self,
        claim: BudgetClaim,
        share: BudgetShare,
        is_timed: bool,
    ) -> Option<BudgetReport> {
        let report = BudgetReport::used(self.reported_use(claim.window));
        let is_ahead = later(claim.window, RATE_WINDOW * 2) <= share.window;
        match self.limit {
            Some(limit) if share.limit.is_none() => Some(report.limit(limit)),
            _ => (is_ahead && is_timed).then_some(report),
        }
    }

    /// Adds a share from the store. Returns the wait before the next claim, if a wait is necessary.
    pub(super) fn receive(
        &mut self,
        claim: BudgetClaim,
        share: BudgetShare,
        time: &ServerTime,
    ) -> Option<Wait> {
        self.limit = share.limit;
        self.held_until = self.held_until.max(share.held_until);
        if share.window != claim.window {
            if self.answered || time.is_known() {
                return Some(until(share.window, time));
            }
            let again = self.adopted == Some(share.window);
            self.adopted = Some(share.window);
            return again.then_some(Wait::Poll);
        }
        self.spent = self.spent.saturating_sub(claim.spent);
        self.surplus = self.surplus.saturating_add(share.granted);
        let is_held = share.held_until.is_some_and(|end| end > claim.now);
        if share.granted == 0 && !is_held {
            if share.limit.is_none() {
                return Some(Wait::Poll);
            }
            self.exhausted = true;
        }
        None
    }

    /// Updates the state from the response to a request that has a place in `window`. Returns a
    /// report for the store if the limit has changed or was exceeded.
    pub(super) fn learn(&mut self, answer: Answer, window: DateTime<Utc>) -> Option<BudgetReport> {
        self.held_until = self.held_until.max(answer.held_until);
        let counted_in = answer.window.unwrap_or(window);
        let entered = self.window.unwrap_or(counted_in);
        if counted_in < entered {
            self.surplus = self.surplus.saturating_add(1);
        }
        if counted_in > entered {
            let others = self.late.filter(|(window, _)| *window == counted_in);
            let others = others.map_or(0, |(_, count)| count);
            self.late = Some((counted_in, others.saturating_add(1)));
        }
        let used = answer.rate.map(|rate| {
            if counted_in != entered {
                return rate.used();
            }
            if rate.left == 0 {
                self.surplus = 0;
                self.exhausted = true;
            }
            rate.used().saturating_add(self.surplus)
        });
        let used = used.unwrap_or_default();
        let is_news = self
            .reported
            .is_none_or(|(of, reported)| match of == counted_in {
                true => used > reported,
                false => counted_in >= entered || of != entered,
            });
        if is_news {
            self.reported = Some((counted_in, used));
        }
        let reported = answer.rate.map(|rate| rate.limit);
        let limit = match (reported, self.limit) {
            (None, None) => Some(ASSUMED_LIMIT),
            (reported, known) => reported.filter(|reported| Some(*reported) != known),
        };
        if limit.is_none() && answer.held_until.is_none() {
            return None;
        }
        let mut report = BudgetReport::used(used);
        report.limit = limit;
        report.held_until = answer.held_until;
        Some(report)
    }

    /// Records the end of a request that counts, with or without a response.
    pub(super) fn end(&mut self, limit: Option<u32>, answered: bool) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.limit = limit.or(self.limit).or(Some(ASSUMED_LIMIT));
        self.answered |= answered;
        self.first_ends = None;
    }

    /// Takes back an unused place. The place then counts in the window that was entered last,
    /// regardless of the window in which it was granted.
    pub(super) fn take_back(&mut self) {
        self.surplus = self.surplus.saturating_add(1);
        self.leave();
    }

    /// Records that an unused place no longer belongs to a request.
    pub(super) fn leave(&mut self) {
        self.in_flight = self.in_flight.saturating_sub(1);
        self.first_ends = None;
    }

    /// Returns `true` if the store counts the place in the window in which it was granted.
    pub(super) fn is_in(&self, window: DateTime<Utc>) -> bool {
        self.window == Some(window)
    }

    fn enter(&mut self, window: DateTime<Utc>) {
        if self.window == Some(window) {
            return;
        }
        let late = self.late.take_if(|(of, _)| *of <= window);
        let late = late.filter(|(of, _)| *of == window);
        self.spent = late
            .map_or(0, |(_, count)| count)
            .saturating_add(self.in_flight);
        self.window = Some(window);
        self.surplus = 0;
        self.exhausted = false;
    }

    fn reported_use(&self, window: DateTime<Utc>) -> u32 {
        let reported = self.reported.filter(|(of, _)| *of == window);
        reported.map_or(0, |(_, used)| used)
    }
}

pub(super) fn rest_of_window(time: &ServerTime) -> Duration {
    let now = time.earliest();
    between(now, later(window_of(now), RATE_WINDOW))
}

fn until(end: DateTime<Utc>, time: &ServerTime) -> Wait {
    let wait = between(time.earliest(), end);
    Wait::Until(later(time.clock().now(), wait))
}

fn between(from: DateTime<Utc>, to: DateTime<Utc>) -> Duration {
    to.signed_duration_since(from).to_std().unwrap_or_default()
}

/// Limit that is assumed if the responses do not report one. Below the known limits: 150 in a
/// sandbox (observed live), and 75 in an example in Greenhouse's guide.
pub(super) const ASSUMED_LIMIT: u32 = 50;
/// Divisor of the limit for the minimum size of a claim: at least 1/16 of a window's places.
const SHARES: u32 = 16;
