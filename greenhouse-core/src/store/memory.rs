//! The store in memory: the reference for what every store does, and a store for tests and demos.

mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use self::table::{Record, Table};
use super::{
    Applied, Changes, ClaimedWork, Deliveries, Delivery, DueWork, Erasure, Invitation, Invitations,
    Link, Links, LogEntry, LogFilter, LogId, LogPage, LoggedEntry, Merge, PersonKey, Push, Pushes,
    ReportAccess, ReportAccesses, RequestKey, Settlement, StoreError, SyncLog, Work, WorkId,
    WorkKind, WorkQueue, WriteDoor,
};
use crate::{
    AccountId, ApplicationId, AssessmentId, CandidateId, InvitationId, clock::later,
    webhook::BodyDigest,
};

/// A store that lives as long as its value. Clones of an `Arc` share it; nothing survives the process.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    accounts: BTreeMap<AccountId, AccountRows>,
    due: BTreeMap<WorkId, DueRow>,
    last_work: i64,
}

#[derive(Debug, Default)]
struct AccountRows {
    deliveries: BTreeMap<(String, BodyDigest), Delivery>,
    links: Table<AssessmentId, Link>,
    invitations: Table<InvitationId, Invitation>,
    pushes: Table<AssessmentId, Push>,
    report_access: Table<AssessmentId, ReportAccess>,
    log: BTreeMap<LogId, LogEntry>,
}

#[derive(Debug)]
struct DueRow {
    account: AccountId,
    work: Work,
    since: DateTime<Utc>,
    due_at: DateTime<Utc>,
    attempts: u32,
    generation: u64,
    lease_until: Option<DateTime<Utc>>,
}

impl MemoryStore {
    /// An empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Every change is checked whole before the first write, so even a poisoned lock guards whole rows.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, account: &AccountId, read: impl FnOnce(&AccountRows) -> T) -> Option<T> {
        self.rows().accounts.get(account).map(read)
    }
}

#[async_trait]
impl WriteDoor for MemoryStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let mut rows = self.rows();
        let Rows {
            accounts,
            due,
            last_work,
        } = &mut *rows;
        let own = accounts.entry(account.clone()).or_default();

        if let Some(seen) = &changes.seen
            && own
                .deliveries
                .contains_key(&(seen.source.event_id.clone(), seen.source.digest))
        {
            return Ok(Applied::AlreadySeen);
        }
        if let Some(settled) = &changes.settled
            && due
                .get(&settled.work)
                .is_none_or(|row| row.account != *account || !row.is_claimed(settled.generation))
        {
            return Ok(Applied::LeaseLost);
        }
        let current = own.links.accepts(&changes.links)
            && own.invitations.accepts(&changes.invitations)
            && own.pushes.accepts(&changes.pushes)
            && own.report_access.accepts(&changes.report_access)
            && own.names_new_requests(&changes);
        if !current {
            return Ok(Applied::Conflict);
        }

        if let Some(seen) = changes.seen {
            own.deliveries
                .insert((seen.source.event_id.clone(), seen.source.digest), seen);
        }
        own.links.write(changes.links);
        own.invitations.write(changes.invitations);
        own.pushes.write(changes.pushes);
        own.report_access.write(changes.report_access);
        for merge in &changes.merges {
            own.merge(merge);
        }
        for erasure in &changes.erasures {
            own.erase(erasure);
        }
        for entry in changes.log {
            own.log(entry);
        }
        if let Some(settled) = changes.settled {
            match settled.how {
                Settlement::Done => {
                    due.remove(&settled.work);
                }
                Settlement::Again(at) => {
                    if let Some(row) = due.get_mut(&settled.work) {
                        row.due_at = at;
                        row.lease_until = None;
                    }
                }
            }
        }
        for new in changes.due {
            *last_work += 1;
            due.insert(WorkId::new(*last_work), DueRow::new(account, new));
        }
        Ok(Applied::Applied)
    }
}

impl AccountRows {
    /// A request makes one invitation, whatever ids two hosts gave it.
    fn names_new_requests(&self, changes: &Changes) -> bool {
        let mut requests = BTreeSet::new();
        changes.invitations.iter().all(|write| match write {
            super::Write::Put(new) => {
                requests.insert(&new.request)
                    && !self
                        .invitations
                        .rows()
                        .any(|known| known.request == new.request && known.id != new.id)
            }
            super::Write::Remove(_) => true,
        })
    }

    fn merge(&mut self, merge: &Merge) {
        let (loser, winner) = (Some(merge.loser), Some(merge.winner));
        self.invitations
            .update(|row| row.candidate == loser, |row| row.candidate = winner);
        self.pushes
            .update(|row| row.candidate == loser, |row| row.candidate = winner);
    }

    fn erase(&mut self, erasure: &Erasure) {
        self.invitations.update(
            |row| row.candidate == Some(erasure.candidate),
            |row| row.person.erase(erasure),
        );
        if erasure.takes_email() {
            self.pushes.update(
                |row| row.candidate == Some(erasure.candidate),
                |row| row.person = None,
            );
        }
        // A body holds everything at once, so it goes with any part of it.
        let links: Vec<ApplicationId> = self
            .links
            .rows()
            .filter(|link| link.candidate == erasure.candidate)
            .map(|link| link.application)
            .collect();
        for delivery in self.deliveries.values_mut() {
            let concerned = delivery.event.as_ref().is_some_and(|event| {
                event.candidate() == Some(erasure.candidate)
                    || event
                        .applications()
                        .iter()
                        .any(|application| links.contains(application))
            });
            if concerned {
                delivery.body = super::BodyKept::No;
            }
        }
    }

    fn log(&mut self, entry: LogEntry) {
        let known = entry.key.as_ref().and_then(|key| {
            self.log
                .iter()
                .find(|(_, known)| known.key.as_ref() == Some(key))
                .map(|(id, _)| *id)
        });
        let next = self.log.keys().next_back().map_or(1, |id| id.value() + 1);
        self.log.insert(known.unwrap_or(LogId::new(next)), entry);
    }
}

impl DueRow {
    fn new(account: &AccountId, new: DueWork) -> Self {
        Self {
            account: account.clone(),
            work: new.work,
            since: new.due_at,
            due_at: new.due_at,
            attempts: 0,
            generation: 0,
            lease_until: None,
        }
    }

    /// A claim ends with its settlement, so that it is settled once.
    fn is_claimed(&self, generation: u64) -> bool {
        self.lease_until.is_some() && self.generation == generation
    }

    fn claimable_at(&self) -> DateTime<Utc> {
        self.lease_until.unwrap_or(self.due_at)
    }
}

#[async_trait]
impl Links for MemoryStore {
    async fn link(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Link>, StoreError> {
        Ok(self
            .read(account, |rows| rows.links.row(assessment))
            .flatten())
    }

    async fn links_to_application(
        &self,
        account: &AccountId,
        application: ApplicationId,
    ) -> Result<Vec<Link>, StoreError> {
        let found = |rows: &AccountRows| rows.links.find(|link| link.application == application);
        Ok(self.read(account, found).unwrap_or_default())
    }

    async fn links_to_candidate(
        &self,
        account: &AccountId,
        candidate: CandidateId,
    ) -> Result<Vec<Link>, StoreError> {
        let found = |rows: &AccountRows| rows.links.find(|link| link.candidate == candidate);
        Ok(self.read(account, found).unwrap_or_default())
    }
}

#[async_trait]
impl Invitations for MemoryStore {
    async fn invitation(
        &self,
        account: &AccountId,
        id: &InvitationId,
    ) -> Result<Option<Invitation>, StoreError> {
        Ok(self
            .read(account, |rows| rows.invitations.row(id))
            .flatten())
    }

    async fn invitation_by_request(
        &self,
        account: &AccountId,
        request: &RequestKey,
    ) -> Result<Option<Invitation>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.invitations
                .find(|row| row.request == *request)
                .into_iter()
                .next()
        };
        Ok(self.read(account, found).flatten())
    }

    async fn invitation_of_assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Invitation>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.invitations
                .find(|row| row.assessment.as_ref() == Some(assessment))
                .into_iter()
                .next()
        };
        Ok(self.read(account, found).flatten())
    }
}

#[async_trait]
impl Pushes for MemoryStore {
    async fn push(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Push>, StoreError> {
        Ok(self
            .read(account, |rows| rows.pushes.row(assessment))
            .flatten())
    }

    async fn pushes_of_person(
        &self,
        account: &AccountId,
        person: &PersonKey,
    ) -> Result<Vec<Push>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.pushes
                .find(|push| push.person.as_ref() == Some(person))
        };
        let mut pushes = self.read(account, found).unwrap_or_default();
        pushes.sort_by_key(|push| push.requested_at);
        Ok(pushes)
    }
}

#[async_trait]
impl ReportAccesses for MemoryStore {
    async fn report_access(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<ReportAccess>, StoreError> {
        Ok(self
            .read(account, |rows| rows.report_access.row(assessment))
            .flatten())
    }
}

#[async_trait]
impl Deliveries for MemoryStore {
    async fn last_delivery_at(
        &self,
        account: &AccountId,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let last = |rows: &AccountRows| {
            rows.deliveries
                .values()
                .map(|delivery| delivery.received_at)
                .max()
        };
        Ok(self.read(account, last).flatten())
    }
}

#[async_trait]
impl WorkQueue for MemoryStore {
    async fn claim_due(
        &self,
        kinds: &[WorkKind],
        now: DateTime<Utc>,
        lease: Duration,
        limit: usize,
    ) -> Result<Vec<ClaimedWork>, StoreError> {
        let mut rows = self.rows();
        let mut claimable: Vec<(DateTime<Utc>, WorkId)> = rows
            .due
            .iter()
            .filter(|(_, row)| kinds.contains(&row.work.kind()) && row.claimable_at() <= now)
            .map(|(id, row)| (row.claimable_at(), *id))
            .collect();
        claimable.sort();
        let lease_until = later(now, lease);
        let mut claimed = Vec::new();
        for (_, id) in claimable.into_iter().take(limit) {
            if let Some(row) = rows.due.get_mut(&id) {
                let attempts = row.attempts;
                row.attempts = attempts.saturating_add(1);
                row.generation += 1;
                row.lease_until = Some(lease_until);
                claimed.push(ClaimedWork::new(
                    id,
                    row.account.clone(),
                    row.work.clone(),
                    attempts,
                    row.generation,
                    row.since,
                    lease_until,
                ));
            }
        }
        Ok(claimed)
    }

    async fn next_due(&self, kinds: &[WorkKind]) -> Result<Option<DateTime<Utc>>, StoreError> {
        let rows = self.rows();
        let due = rows
            .due
            .values()
            .filter(|row| kinds.contains(&row.work.kind()));
        Ok(due.map(DueRow::claimable_at).min())
    }

    async fn backlog(&self, account: &AccountId, kinds: &[WorkKind]) -> Result<u64, StoreError> {
        let rows = self.rows();
        let waiting = rows
            .due
            .values()
            .filter(|row| row.account == *account && kinds.contains(&row.work.kind()));
        Ok(waiting.count() as u64)
    }
}

#[async_trait]
impl SyncLog for MemoryStore {
    async fn log_page(
        &self,
        account: &AccountId,
        filter: &LogFilter,
    ) -> Result<LogPage, StoreError> {
        let limit = filter.limit.clamp(1, LogFilter::MAX_LIMIT);
        let found = |rows: &AccountRows| {
            let mut newest = rows
                .log
                .iter()
                .rev()
                .filter(|(id, entry)| filter.takes(**id, entry))
                .map(|(id, entry)| LoggedEntry {
                    id: *id,
                    entry: entry.clone(),
                });
            let entries: Vec<_> = newest.by_ref().take(limit).collect();
            let next = newest.next().and(entries.last().map(|last| last.id));
            LogPage::new(entries, next)
        };
        Ok(self.read(account, found).unwrap_or_default())
    }

    async fn log_entry(
        &self,
        account: &AccountId,
        id: LogId,
    ) -> Result<Option<LoggedEntry>, StoreError> {
        let found = |rows: &AccountRows| {
            rows.log.get(&id).map(|entry| LoggedEntry {
                id,
                entry: entry.clone(),
            })
        };
        Ok(self.read(account, found).flatten())
    }
}

macro_rules! records {
    ($($record:ty, $key:ty, $field:ident;)*) => {$(
        impl Record<$key> for $record {
            fn key(&self) -> &$key {
                &self.$field
            }

            fn version(&self) -> u64 {
                self.version
            }

            fn set_version(&mut self, version: u64) {
                self.version = version;
            }
        }
    )*};
}

records! {
    Link, AssessmentId, assessment;
    Invitation, InvitationId, id;
    Push, AssessmentId, assessment;
    ReportAccess, AssessmentId, assessment;
}
