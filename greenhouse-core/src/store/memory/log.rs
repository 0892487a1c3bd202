use std::{
    collections::{BTreeMap, BTreeSet},
    ops::RangeInclusive,
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    store::{
        LogEntry, LogFilter, LogGroup, LogId, LogKey, LogPage, LogStatus, LogSummary, LoggedEntry,
        OpenOperations, StoreError, SyncLog,
    },
};

/// Entries of one account. Ids are never reused.
#[derive(Debug, Default)]
pub(super) struct Log {
    entries: BTreeMap<LogId, LogEntry>,
    last: i64,
    counts: BTreeMap<NaiveDate, BTreeMap<LogGroup, u64>>,
    /// Entries of failed operations, oldest first.
    failed: BTreeSet<(DateTime<Utc>, LogId)>,
    /// Entries of pending operations, oldest first.
    pending: BTreeSet<(DateTime<Utc>, LogId)>,
}

impl Log {
    /// Appends the entry, or updates the entry with the same key in place.
    pub(super) fn append(&mut self, entry: LogEntry) {
        let known = entry.key.as_ref().and_then(|key| self.keyed(key));
        let id = known.map_or(LogId::new(self.last + 1), |known| known.id);
        self.last = self.last.max(id.value());
        self.remove(id);
        let group = LogGroup::of(&entry);
        *self
            .counts
            .entry(group.day)
            .or_default()
            .entry(group)
            .or_default() += 1;
        if let Some(open) = self.open(&entry) {
            open.insert((entry.at, id));
        }
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
        let Some(entry) = self.entries.remove(&id) else {
            return;
        };
        if let Some(open) = self.open(&entry) {
            open.remove(&(entry.at, id));
        }
        let group = LogGroup::of(&entry);
        let Some(day) = self.counts.get_mut(&group.day) else {
            return;
        };
        day.entry(group).and_modify(|count| *count -= 1);
        day.retain(|_, count| *count > 0);
        if day.is_empty() {
            self.counts.remove(&group.day);
        }
    }

    /// The set that contains the entry if it is about an open operation.
    fn open(&mut self, entry: &LogEntry) -> Option<&mut BTreeSet<(DateTime<Utc>, LogId)>> {
        match entry.status {
            LogStatus::Failed if entry.subject.is_operation() => Some(&mut self.failed),
            LogStatus::Pending if entry.subject.is_operation() => Some(&mut self.pending),
            _ => None,
        }
    }

    fn summary(&self, days: RangeInclusive<NaiveDate>) -> LogSummary {
        let mut counts = BTreeMap::new();
        // A map panics at a range that ends before it starts.
        if !days.is_empty() {
            counts.extend(self.counts.range(days).flat_map(|(_, groups)| groups));
        }
        let oldest = [&self.failed, &self.pending].map(|open| open.first().map(|(at, _)| *at));
        let open = OpenOperations::new(
            self.failed.len() as u64,
            self.pending.len() as u64,
            oldest.into_iter().flatten().min(),
        );
        LogSummary::new(counts, open)
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

    async fn log_summary(
        &self,
        account: &AccountId,
        days: RangeInclusive<NaiveDate>,
    ) -> Result<LogSummary, StoreError> {
        let summary = self.read(account, |rows| rows.log.summary(days));
        Ok(summary.unwrap_or_default())
    }
}

fn logged((id, entry): (&LogId, &LogEntry)) -> LoggedEntry {
    LoggedEntry {
        id: *id,
        entry: entry.clone(),
    }
}
