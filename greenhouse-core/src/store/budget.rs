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
