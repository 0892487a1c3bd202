use std::{fmt, ops::RangeInclusive};

use async_trait::async_trait;
use chrono::NaiveDate;

use crate::{
    AccountId,
    store::{LogFilter, LogId, LogKey, LogPage, LogSummary, LoggedEntry, StoreError},
};

/// Reads the sync log, which recruiters and operators see. Queries fail only if the store does.
#[async_trait]
pub trait SyncLog: fmt::Debug + Send + Sync {
    /// One page of entries that match the filter, newest first. The cost does not grow with the
    /// size of the log. A filter by time may cost one look-up for each day of its range that has
    /// entries, and may read the entries of its first and its last day.
    async fn log_page(
        &self,
        account: &AccountId,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError>;

    /// The entry with this id. `None` if there is none.
    async fn log_entry(
        &self,
        account: &AccountId,
        id: LogId,
    ) -> Result<Option<LoggedEntry>, StoreError>;

    /// The entry with this key. `None` if there is none.
    async fn keyed_log_entry(
        &self,
        account: &AccountId,
        key: &LogKey,
    ) -> Result<Option<LoggedEntry>, StoreError>;

    /// Number of entries of each of these days (UTC), and the open operations of all days. The
    /// cost does not grow with the number of entries.
    ///
    /// The counts always equal a recount of the log. An entry that is updated in place counts on
    /// the day of its last update only.
    async fn log_summary(
        &self,
        account: &AccountId,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<LogSummary, StoreError>;
}
