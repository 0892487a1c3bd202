use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    store::{LogEntry, LogFilter, LogId, LogKey, LogPage, LoggedEntry, StoreError, SyncLog},
};

/// Entries of one account. Ids are never reused.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: BTreeMap<LogId, LogEntry>,
    last: i64,
}

impl Log {
    /// Appends the entry, or updates the entry with the same key in place.
    pub(super) fn append(&mut self, entry: LogEntry) {
        let known = entry.key.as_ref().and_then(|key| self.keyed(key));
        let id = known.map_or(LogId::new(self.last + 1), |known| known.id);
        self.last = self.last.max(id.value());
        self.entries.insert(id, entry);
    }

    fn keyed(&self, key: &LogKey) -> Option<LoggedEntry> {
        let mut entries = self.entries.iter();
        entries
            .find(|(_, entry)| entry.key.as_ref() == Some(key))
            .map(logged)
    }

    fn page(&self, filter: &LogFilter) -> LogPage {
        let limit = filter.limit.clamp(1, LogFilter::MAX_LIMIT);
        let newest = self.entries.iter().rev();
        let mut taken = newest.filter(|(id, entry)| filter.matches(**id, entry));
        let entries: Vec<_> = taken.by_ref().take(limit).map(logged).collect();
        let next = taken.next().and(entries.last().map(|last| last.id));
        LogPage::new(entries, next)
    }

    pub(super) fn older_than(
        &self,
        before: DateTime<Utc>,
    ) -> impl Iterator<Item = (DateTime<Utc>, LogId)> {
        let entries = self.entries.iter().map(|(id, entry)| (entry.at, *id));
        entries.filter(move |(at, _)| *at < before)
    }

    pub(super) fn newest(&self) -> Option<DateTime<Utc>> {
        self.entries.values().map(|entry| entry.at).max()
    }

    pub(super) fn remove(&mut self, id: LogId) {
        self.entries.remove(&id);
    }
}

#[async_trait]
impl SyncLog for MemoryStore {
    async fn log_page(
        &self,
        account: &AccountId,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        let page = self.read(account, |rows| rows.log.page(filter));
        Ok(page.unwrap_or_default())
    }

    async fn log_entry(
        &self,
        account: &AccountId,
        id: LogId,
    ) -> Result<Option<LoggedEntry>, StoreError> {
        let entry = self.read(account, |rows| {
            rows.log.entries.get_key_value(&id).map(logged)
        });
        Ok(entry.flatten())
    }

    async fn keyed_log_entry(
        &self,
        account: &AccountId,
        key: &LogKey,
    ) -> Result<Option<LoggedEntry>, StoreError> {
        Ok(self.read(account, |rows| rows.log.keyed(key)).flatten())
    }
}

fn logged((id, entry): (&LogId, &LogEntry)) -> LoggedEntry {
    LoggedEntry {
        id: *id,
        entry: entry.clone(),
    }
}
