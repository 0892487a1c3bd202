use chrono::{DateTime, Utc};

use super::{Direction, LogEntry, LogId, LogStatus, LoggedEntry};
use crate::AssessmentId;

/// Filter and page of a sync log query.
///
/// Pages are ordered by id, also with `from` and `until`. These compare the current
/// [time](LogEntry::at) of an entry, which changes when the entry is updated in place. So no entry
/// is on two pages. An entry that is updated while a caller pages can enter or leave the range; if
/// it enters the range before the caller's position, it is on none of the caller's pages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogFilter {
    /// Only entries older than this one. For the next page, set this to [`LogPage::next`].
    pub before: Option<LogId>,
    /// Only entries with this direction.
    pub direction: Option<Direction>,
    /// Only entries with this status.
    pub status: Option<LogStatus>,
    /// Only entries about this assessment.
    pub assessment: Option<AssessmentId>,
    /// Only entries whose time is not before this one.
    pub from: Option<DateTime<Utc>>,
    /// Only entries whose time is before this one.
    pub until: Option<DateTime<Utc>>,
    /// Page size. Clamped to the range from 1 to [`MAX_LIMIT`](Self::MAX_LIMIT).
    pub limit: usize,
}

impl LogFilter {
    /// Maximum page size.
    pub const MAX_LIMIT: usize = 500;

    /// Creates a filter for the newest `limit` entries.
    pub fn newest(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Returns `true` if the entry matches the filter.
    pub fn matches(&self, id: LogId, entry: &LogEntry) -> bool {
        self.before.is_none_or(|before| id < before)
            && self
                .direction
                .is_none_or(|direction| direction == entry.direction)
            && self.status.is_none_or(|status| status == entry.status)
            && self
                .assessment
                .as_ref()
                .is_none_or(|assessment| entry.assessment.as_ref() == Some(assessment))
            && self.contains(entry.at)
    }

    /// Returns `true` if the time is in the range from `from` to `until`. Times are compared in
    /// whole microseconds, the precision of databases.
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        let at = at.timestamp_micros();
        self.from.is_none_or(|from| from.timestamp_micros() <= at)
            && self.until.is_none_or(|until| at < until.timestamp_micros())
    }
}

/// One page of the sync log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogPage {
    /// The entries.
    pub entries: Vec<LoggedEntry>,
    /// Last entry of this page, before which the next page begins. `None` on the last page.
    pub next: Option<LogId>,
}

impl LogPage {
    /// Creates a page from its entries and the start of the next page.
    pub fn new(entries: Vec<LoggedEntry>, next: Option<LogId>) -> Self {
        Self { entries, next }
    }
}
