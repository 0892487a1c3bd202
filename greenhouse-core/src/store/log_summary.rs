use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};

use super::{Direction, LogEntry, LogStatus, LogSubject};

/// Numbers of entries of an account, for a chart of the sync log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogSummary {
    /// Number of entries of each group. Groups without entries are left out.
    pub counts: BTreeMap<LogGroup, u64>,
    /// Open operations of all days, not only of those in `counts`.
    pub open: OpenOperations,
}

impl LogSummary {
    /// Creates a summary from its counts and the open operations.
    pub fn new(counts: BTreeMap<LogGroup, u64>, open: OpenOperations) -> Self {
        Self { counts, open }
    }
}

/// Entries of one day that have the same direction, status and subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub struct LogGroup {
    /// Day of the entries' time, in UTC.
    pub day: NaiveDate,
    /// Direction of the entries.
    pub direction: Direction,
    /// Status of the entries.
    pub status: LogStatus,
    /// Subject of the entries.
    pub subject: LogSubject,
}

impl LogGroup {
    /// Creates a group.
    pub fn new(
        day: NaiveDate,
        direction: Direction,
        status: LogStatus,
        subject: LogSubject,
    ) -> Self {
        Self {
            day,
            direction,
            status,
            subject,
        }
    }

    /// The group of an entry.
    pub fn of(entry: &LogEntry) -> Self {
        Self::new(
            entry.at.date_naive(),
            entry.direction,
            entry.status,
            entry.subject,
        )
    }
}

/// Pushes, notices and tasks that have failed or have not ended yet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct OpenOperations {
    /// Number of failed operations. A person can retry each of them.
    pub failed: u64,
    /// Number of operations that are queued, running or waiting.
    pub pending: u64,
    /// Time of the oldest entry of these operations. `None` if there are none.
    pub oldest: Option<DateTime<Utc>>,
}

impl OpenOperations {
    /// Creates the numbers and the time of the oldest entry.
    pub fn new(failed: u64, pending: u64, oldest: Option<DateTime<Utc>>) -> Self {
        Self {
            failed,
            pending,
            oldest,
        }
    }
}
