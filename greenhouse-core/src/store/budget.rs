use chrono::{DateTime, Utc};

/// A window of a credential's rate limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetWindow {
    /// When it begins: a multiple of its length on the server's clock.
    pub starts_at: DateTime<Utc>,
    /// How many requests it allows.
    pub limit: u32,
}

impl BudgetWindow {
    /// The window that begins then and allows so many requests.
    pub fn new(starts_at: DateTime<Utc>, limit: u32) -> Self {
        Self { starts_at, limit }
    }
}

/// What somebody got of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
#[non_exhaustive]
pub struct BudgetShare {
    /// How many requests may be sent now, at most as many as wanted.
    pub granted: u32,
    /// How many are left in the window after that.
    pub left: u32,
    /// The window that is counted at present; later than the one asked for where others are ahead, and then nothing was
    /// granted.
    pub window: DateTime<Utc>,
    /// Nobody may send before this time, where Greenhouse said so.
    pub held_until: Option<DateTime<Utc>>,
}

impl BudgetShare {
    /// A share, as a store counted it.
    pub fn new(
        granted: u32,
        left: u32,
        window: DateTime<Utc>,
        held_until: Option<DateTime<Utc>>,
    ) -> Self {
        Self {
            granted,
            left,
            window,
            held_until,
        }
    }
}

/// What an answer of Greenhouse told of a window.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct BudgetNews {
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
            held_until: None,
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
    /// How many of its requests are used up.
    pub used: u32,
    /// Nobody may send before this time.
    pub held_until: Option<DateTime<Utc>>,
}

impl BudgetCount {
    /// A window of which nothing is used up.
    pub fn new(window: DateTime<Utc>) -> Self {
        Self {
            window,
            used: 0,
            held_until: None,
        }
    }

    /// Takes up to `wanted` requests; see [`RateBudgets::take_budget`](super::RateBudgets::take_budget).
    pub fn take(&mut self, window: BudgetWindow, wanted: u32, now: DateTime<Utc>) -> BudgetShare {
        self.enter(window.starts_at);
        let left = window.limit.saturating_sub(self.used);
        let held = self.held_until.is_some_and(|end| end > now);
        let granted = if held || self.window != window.starts_at {
            0
        } else {
            wanted.min(left)
        };
        self.used = self.used.saturating_add(granted);
        BudgetShare::new(granted, left - granted, self.window, self.held_until)
    }

    /// Gives back what was not sent.
    pub fn give_back(&mut self, window: DateTime<Utc>, unused: u32) {
        if self.window == window {
            self.used = self.used.saturating_sub(unused);
        }
    }

    /// Takes in what an answer told.
    pub fn note(&mut self, window: DateTime<Utc>, news: BudgetNews) {
        self.enter(window);
        if self.window == window {
            self.used = self.used.max(news.used);
        }
        self.held_until = self.held_until.max(news.held_until);
    }

    /// Counts from zero where the window is a later one.
    fn enter(&mut self, window: DateTime<Utc>) {
        if window > self.window {
            self.window = window;
            self.used = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_grants_what_it_allows_and_no_more() {
        let mut count = BudgetCount::new(at(0));
        let first = BudgetWindow::new(at(0), 50);
        let share = |granted, left, window, held| BudgetShare::new(granted, left, at(window), held);
        assert_eq!(count.take(first, 40, at(1)), share(40, 10, 0, None));
        assert_eq!(count.take(first, 40, at(1)), share(10, 0, 0, None));
        assert_eq!(count.take(first, 1, at(1)), share(0, 0, 0, None));
        count.give_back(at(0), 3);
        assert_eq!(count.take(first, 5, at(2)), share(3, 0, 0, None));

        let second = BudgetWindow::new(at(30), 50);
        assert_eq!(count.take(second, 5, at(30)), share(5, 45, 30, None));
        assert_eq!(
            count.take(first, 5, at(30)),
            share(0, 45, 30, None),
            "too late"
        );
        count.give_back(at(0), 5);
        count.note(at(30), BudgetNews::used(48));
        count.note(at(30), BudgetNews::used(7));
        count.note(at(0), BudgetNews::used(50));
        assert_eq!(count.take(second, 5, at(31)), share(2, 0, 30, None));
    }

    #[test]
    fn a_hold_lasts_to_its_end_over_windows() {
        let mut count = BudgetCount::new(at(0));
        count.note(at(0), BudgetNews::default().held_until(at(40)));
        count.note(at(0), BudgetNews::default().held_until(at(35)));
        let window = BudgetWindow::new(at(30), 50);
        assert_eq!(count.take(window, 5, at(39)).granted, 0);
        assert_eq!(count.take(window, 5, at(40)).granted, 5);
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_010 + seconds, 0).unwrap_or_default()
    }
}
