use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::{AccountRows, MemoryStore};
use crate::{
    AccountId, CandidateId,
    store::{
        AccountKey, AccountRecord, BodyKept, Housekeeping, LastSeen, LogId, Purge, StoreError,
    },
    webhook::BodyHash,
};

#[async_trait]
impl Housekeeping for MemoryStore {
    async fn time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(None)
    }

    async fn accepted_time(&self) -> Result<Option<DateTime<Utc>>, StoreError> {
        let rows = self.rows();
        let newest = || rows.accounts.values().filter_map(AccountRows::newest).max();
        Ok(rows.accepted_time.or_else(newest))
    }

    async fn accept_time(&self, at: DateTime<Utc>) -> Result<(), StoreError> {
        self.rows().accepted_time = Some(at);
        Ok(())
    }

    async fn purge(
        &self,
        what: Purge,
        before: DateTime<Utc>,
        limit: usize,
    ) -> Result<usize, StoreError> {
        let mut rows = self.rows();
        let mut old: Vec<(DateTime<Utc>, AccountId, Row)> = Vec::new();
        for (id, own) in &rows.accounts {
            old.extend(
                own.old(what, before)
                    .into_iter()
                    .map(|(at, row)| (at, id.clone(), row)),
            );
        }
        old.sort_by_key(|(at, ..)| *at);
        old.truncate(limit);
        let purged = old.len();
        for (_, account, row) in old {
            if let Some(own) = rows.accounts.get_mut(&account) {
                own.purge(row);
            }
        }
        Ok(purged)
    }

    async fn note_last_seen(
        &self,
        account: &AccountId,
        what: &LastSeen,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        let mut rows = self.rows();
        let own = rows.accounts.get_mut(account);
        let known = |own: &&mut AccountRows| {
            let record = own.record.as_ref();
            record.is_some_and(|record| is_of(what, record))
        };
        if let Some(own) = own.filter(known) {
            let is_due = |known: &DateTime<Utc>| {
                let past = at.signed_duration_since(known).to_std();
                past.is_ok_and(|past| past >= every)
            };
            if own.last_seen.get(what).is_none_or(is_due) {
                own.last_seen.insert(what.clone(), at);
            }
        }
        Ok(())
    }

    async fn last_seen(
        &self,
        account: &AccountId,
    ) -> Result<BTreeMap<LastSeen, DateTime<Utc>>, StoreError> {
        let seen = self.read(account, |own| own.last_seen.clone());
        Ok(seen.unwrap_or_default())
    }

    async fn reseal(&self, _limit: usize) -> Result<usize, StoreError> {
        Ok(0)
    }

    async fn close(&self) {}
}

/// Returns `true` if the account has this partner key. Hooks and polls are not checked.
pub(super) fn is_of(what: &LastSeen, record: &AccountRecord) -> bool {
    match what {
        LastSeen::PartnerKey(digest) => record.keys().contains(&AccountKey::Partner(*digest)),
        LastSeen::Hook(_)
        | LastSeen::RefusedHook { .. }
        | LastSeen::CompletedPoll
        | LastSeen::HookCheck => true,
    }
}

/// Row to remove.
enum Row {
    Body((String, BodyHash)),
    Delivery((String, BodyHash)),
    CandidateHistory(CandidateId),
    Entry(LogId),
}

impl AccountRows {
    fn old(&self, what: Purge, before: DateTime<Utc>) -> Vec<(DateTime<Utc>, Row)> {
        let received = |delivery: &super::Delivery| delivery.received_at;
        let last = self.deliveries.values().map(received).max();
        let deliveries = self
            .deliveries
            .iter()
            .filter(|(_, delivery)| delivery.received_at < before);
        match what {
            Purge::KeptBodies => deliveries
                .filter(|(_, delivery)| delivery.body != BodyKept::No)
                .map(|(key, delivery)| (delivery.received_at, Row::Body(key.clone())))
                .collect(),
            Purge::Deliveries => deliveries
                .filter(|(_, delivery)| Some(delivery.received_at) < last)
                .map(|(key, delivery)| (delivery.received_at, Row::Delivery(key.clone())))
                .collect(),
            Purge::CandidateHistories => {
                let old = self
                    .histories
                    .rows()
                    .filter(|history| history.noted_at < before);
                old.map(|history| (history.noted_at, Row::CandidateHistory(history.candidate)))
                    .collect()
            }
            Purge::LogEntries => {
                let entries = self.log.older_than(before);
                entries.map(|(at, id)| (at, Row::Entry(id))).collect()
            }
        }
    }

    /// Time of the newest delivery or log entry.
    fn newest(&self) -> Option<DateTime<Utc>> {
        let deliveries = self.deliveries.values();
        let received = deliveries.map(|delivery| delivery.received_at).max();
        received.max(self.log.newest())
    }

    fn purge(&mut self, row: Row) {
        match row {
            Row::Body(key) => {
                if let Some(delivery) = self.deliveries.get_mut(&key) {
                    delivery.body = BodyKept::No;
                }
            }
            Row::Delivery(key) => {
                self.about.remove(&key);
                self.arrivals.retain(|arrived| *arrived != key);
                self.deliveries.remove(&key);
            }
            Row::CandidateHistory(candidate) => self.histories.remove(&candidate),
            Row::Entry(id) => self.log.remove(id),
        }
    }
}
