use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::later;

/// How long a window of the rate limit lasts. Windows lie on its multiples of the server's time (observed live).
pub const RATE_WINDOW: Duration = Duration::from_secs(30);

/// What somebody wants of a window of a credential's rate limit, and what it knows of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetClaim {
    /// When the window begins: a multiple of [`RATE_WINDOW`] on the server's clock.
    pub window: DateTime<Utc>,
    /// How many requests would be welcome.
    pub wanted: u32,
    /// How many were sent without a share of this window and count in it all the same: they had one of the window before,
    /// and came too late for it.
    pub spent: u32,
    /// How many are used up by what the answers told, whoever sent them, together with what is granted and not sent yet.
    pub told: u32,
    /// The server's time.
    pub now: DateTime<Utc>,
}

impl BudgetClaim {
    /// A claim of so many requests of the window that begins then, by somebody who knows nothing of it.
    pub fn new(window: DateTime<Utc>, wanted: u32, now: DateTime<Utc>) -> Self {
        Self {
            window,
            wanted,
            spent: 0,
            told: 0,
            now,
        }
    }

    /// The claim, with so many that were sent without a share.
    #[must_use]
    pub fn spent(self, spent: u32) -> Self {
        Self { spent, ..self }
    }

    /// The claim, with so many that answers told to be used up.
    #[must_use]
    pub fn told(self, told: u32) -> Self {
        Self { told, ..self }
    }
}

/// What somebody got of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct BudgetShare {
    /// How many requests may be sent now, at most as many as wanted.
    pub granted: u32,
    /// How many of the counted window are used up after that.
    pub used: u32,
    /// How many a window allows; none while no answer has told. Then one request of a window is granted, to find out.
    pub limit: Option<u32>,
    /// The window that is counted at present; later than the one asked for where others are ahead, and then nothing was
    /// granted.
    pub window: DateTime<Utc>,
    /// Nobody may send before this time, where Greenhouse said so.
    pub held_until: Option<DateTime<Utc>>,
}

/// What an answer of Greenhouse told of a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetNews {
    /// A window allows so many requests; none where the answer did not tell. The latest news count.
    pub limit: Option<u32>,
    /// So many requests of the window are used up, whoever sent them. The count only ever rises within a window.
    pub used: u32,
    /// Nobody may send before this time. Only a later time takes its place.
    pub held_until: Option<DateTime<Utc>>,
}

impl BudgetNews {
    /// So many are used up.
    pub fn used(used: u32) -> Self {
        Self {
            used,
            ..Self::default()
        }
    }

    /// The news, and that a window allows so many requests.
    #[must_use]
    pub fn of(self, limit: u32) -> Self {
        Self {
            limit: Some(limit),
            ..self
        }
    }

    /// The news, and that nobody may send before this time.
    #[must_use]
    pub fn held_until(self, end: DateTime<Utc>) -> Self {
        Self {
            held_until: Some(end),
            ..self
        }
    }
}

/// What is counted of a credential's rate limit: how a share is worked out, for stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetCount {
    /// When the counted window begins.
    pub window: DateTime<Utc>,
    /// How many requests a window allows, where that is known.
    pub limit: Option<u32>,
    /// How many of the window's requests are used up.
    pub used: u32,
    /// How many of them were sent by somebody who does not share this count.
    pub outside: u32,
    /// Nobody may send before this time.
    pub held_until: Option<DateTime<Utc>>,
}

impl BudgetCount {
    /// A window of which nothing is used up.
    pub fn new(window: DateTime<Utc>) -> Self {
        Self {
            window,
            limit: None,
            used: 0,
            outside: 0,
            held_until: None,
        }
    }

    /// Takes up to what the claim wants; see [`Shared::take_budget`](super::Shared::take_budget).
    pub fn take(&mut self, claim: BudgetClaim) -> BudgetShare {
        self.enter(claim.window);
        let held = self.held_until.is_some_and(|end| end > claim.now);
        let mut granted = 0;
        if self.window == claim.window {
            self.used = self.used.saturating_add(claim.spent);
            self.see(claim.told);
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

    /// Gives back what was not sent.
    pub fn give_back(&mut self, window: DateTime<Utc>, unused: u32) {
        if self.window == window {
            self.used = self.used.saturating_sub(unused);
        }
    }

    /// Takes in what an answer told.
    pub fn note(&mut self, window: DateTime<Utc>, news: BudgetNews) {
        if later(window, RATE_WINDOW * 2) <= self.window {
            self.begin(window);
        }
        self.enter(window);
        if self.window == window {
            self.see(news.used);
        }
        self.limit = news.limit.or(self.limit);
        self.held_until = self.held_until.max(news.held_until);
    }

    /// Who sends beside us is known by its last answer only, and has a request under way while we have one. So a few are
    /// left to it, and it is asked after each of ours.
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

    /// Counts from zero where the window is a later one.
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

/// One in so many is left to others.
const RESERVE: u32 = 16;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_grants_what_it_allows_and_no_more() {
        let mut count = allowing(50);
        assert_eq!(take(&mut count, 0, 40, 1), (40, 40));
        assert_eq!(take(&mut count, 0, 40, 1), (10, 50));
        assert_eq!(take(&mut count, 0, 1, 1), (0, 50));
        count.give_back(at(0), 3);
        assert_eq!(take(&mut count, 0, 5, 2), (3, 50));

        assert_eq!(take(&mut count, 30, 5, 30), (5, 5));
        let late = count.take(BudgetClaim::new(at(0), 5, at(30)).spent(3).told(9));
        assert_eq!((late.granted, late.used, late.window), (0, 5, at(30)));
        count.give_back(at(0), 5);
        count.note(at(30), BudgetNews::used(48));
        count.note(at(30), BudgetNews::used(7));
        count.note(at(0), BudgetNews::used(50));
        assert_eq!(count.used, 48);
        count.note(at(30), BudgetNews::default().of(60));
        assert_eq!(
            count.take(BudgetClaim::new(at(30), 0, at(31))).limit,
            Some(60)
        );
    }

    #[test]
    fn one_request_finds_out_the_limit() {
        let mut count = BudgetCount::new(at(0));
        assert_eq!(take(&mut count, 0, 9, 1), (1, 1));
        assert_eq!(take(&mut count, 0, 9, 1), (0, 1));
        count.give_back(at(0), 1);
        assert_eq!(take(&mut count, 0, 9, 1), (1, 1));
        assert_eq!(take(&mut count, 30, 9, 30), (1, 1));
        count.note(at(30), BudgetNews::used(1).of(150));
        assert_eq!(take(&mut count, 30, 9, 31), (9, 10));
    }

    #[test]
    fn a_few_are_left_to_whoever_does_not_share() {
        for (told, spent, granted) in [
            (0, 0, [9, 9, 9]),
            (3, 0, [9, 9, 9]),
            (4, 0, [1, 1, 1]),
            (4, 4, [9, 9, 9]),
            (46, 0, [1, 0, 0]),
            (47, 0, [0, 0, 0]),
            (90, 0, [0, 0, 0]),
        ] {
            let mut count = allowing(50);
            let claim = BudgetClaim::new(at(0), 9, at(0)).spent(spent).told(told);
            let first = count.take(claim).granted;
            let more = [(); 2].map(|()| take(&mut count, 0, 9, 0).0);
            assert_eq!([first, more[0], more[1]], granted, "{told} {spent}");
            assert_eq!(take(&mut count, 30, 9, 30).0, 9, "anew");
        }
    }

    #[test]
    fn a_clock_that_is_ahead_moves_the_window_until_an_answer_tells() {
        let mut count = allowing(50);
        assert_eq!(take(&mut count, 600, 5, 600), (5, 5));
        count.note(at(570), BudgetNews::used(1));
        assert_eq!((count.window, count.used), (at(600), 5), "it may be late");
        count.note(at(540), BudgetNews::used(1));
        assert_eq!((count.window, count.used), (at(540), 1));
        assert_eq!(take(&mut count, 540, 5, 541), (5, 6));
    }

    #[test]
    fn a_hold_lasts_to_its_end_over_windows() {
        let mut count = allowing(50);
        count.note(at(0), BudgetNews::default().held_until(at(40)));
        count.note(at(0), BudgetNews::default().held_until(at(35)));
        assert_eq!(take(&mut count, 30, 5, 39).0, 0);
        assert_eq!(take(&mut count, 30, 5, 40).0, 5);
    }

    fn allowing(limit: u32) -> BudgetCount {
        let mut count = BudgetCount::new(at(0));
        count.note(at(0), BudgetNews::default().of(limit));
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
