//! In-memory store for tests and demos. It is the reference for the behavior of every store.

mod housekeeping;
mod log;
mod person;
mod records;
mod shared;
mod table;
mod tasks;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, MutexGuard, PoisonError},
};

use async_trait::async_trait;
use chrono::{DateTime, NaiveDate, Utc};

use self::{
    log::Log,
    shared::TokenRow,
    table::{Record, Table},
    tasks::DueRow,
};
use super::{
    AccountKey, AccountRecord, Applied, Backfill, BackfillKind, BudgetCount, CandidateHistory,
    Changes, Delivery, DeliverySource, Invitation, LastSeen, Link, Push, ReportAccess, RuleDay,
    Settlement, StoreError, StoreWriter, TaskId, TokenKey, TriggerDecision, Verdict, Write,
};
use crate::{AccountId, AssessmentId, CandidateId, InvitationId, webhook::BodyHash};

/// Store that keeps its data in memory and loses it when dropped.
#[derive(Debug, Default)]
pub struct MemoryStore {
    rows: Mutex<Rows>,
}

#[derive(Debug, Default)]
struct Rows {
    accounts: BTreeMap<AccountId, AccountRows>,
    due: BTreeMap<TaskId, DueRow>,
    last_task: i64,
    accepted_time: Option<DateTime<Utc>>,
}

#[derive(Debug, Default)]
struct AccountRows {
    record: Option<AccountRecord>,
    deliveries: BTreeMap<(String, BodyHash), Delivery>,
    /// Keys of the deliveries, in order of arrival.
    arrivals: Vec<(String, BodyHash)>,
    /// Candidate that each delivery concerns, if known. A merge replaces the loser with the winner.
    about: BTreeMap<(String, BodyHash), CandidateId>,
    links: Table<AssessmentId, Link>,
    invitations: Table<InvitationId, Invitation>,
    pushes: Table<AssessmentId, Push>,
    report_access: Table<AssessmentId, ReportAccess>,
    trigger_decisions: Table<AssessmentId, TriggerDecision>,
    rule_days: Table<NaiveDate, RuleDay>,
    backfills: Table<BackfillKind, Backfill>,
    histories: Table<CandidateId, CandidateHistory>,
    log: Log,
    tokens: BTreeMap<TokenKey, TokenRow>,
    budgets: BTreeMap<String, BudgetCount>,
    last_seen: BTreeMap<LastSeen, DateTime<Utc>>,
}

impl MemoryStore {
    /// Creates an empty store.
    pub fn new() -> Self {
        Self::default()
    }

    /// Locks the rows. Ignores poisoning, because all changes are checked before the first write.
    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, account: &AccountId, read: impl FnOnce(&AccountRows) -> T) -> Option<T> {
        self.rows().accounts.get(account).map(read)
    }
}

#[async_trait]
impl StoreWriter for MemoryStore {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let mut rows = self.rows();
        let names_itself = rows.gives_free_keys(account, &changes);
        let Rows {
            accounts,
            due,
            last_task,
            ..
        } = &mut *rows;
        let own = accounts.entry(account.clone()).or_default();

        if let Some(seen) = &changes.seen
            && own.knows(&seen.source)
        {
            return Ok(Applied::AlreadySeen);
        }
        if let Some(replayed) = &changes.replayed
            && !own.is_ignored(replayed)
        {
            return Ok(Applied::AlreadySeen);
        }
        if let Some(settled) = &changes.settled
            && due
                .get(&settled.task)
                .is_none_or(|row| row.account != *account || !row.is_claimed(settled.generation))
        {
            return Ok(Applied::LeaseLost);
        }
        let is_parked = |id| {
            let row = due.get(&id);
            row.is_some_and(|row: &DueRow| row.parked && row.account == *account)
        };
        let current = names_itself
            && changes.unparked.is_none_or(is_parked)
            && own.accepts_record(&changes)
            && own.links.accepts(&changes.links)
            && own.invitations.accepts(&changes.invitations)
            && own.pushes.accepts(&changes.pushes)
            && own.report_access.accepts(&changes.report_access)
            && own.trigger_decisions.accepts(&changes.trigger_decisions)
            && own.rule_days.accepts(&changes.rule_days)
            && own.backfills.accepts(&changes.backfills)
            && own.histories.accepts(&changes.histories)
            && own.names_new_requests(&changes);
        if !current {
            return Ok(Applied::Conflict);
        }

        let about = changes.seen_candidate();
        if let Some(mut seen) = changes.seen {
            seen.source.signatures.clear();
            let key = key(&seen.source);
            if let Some(candidate) = about {
                own.about.insert(key.clone(), candidate);
            }
            own.arrivals.push(key.clone());
            own.deliveries.insert(key, seen);
        }
        if let Some(replayed) = changes.replayed {
            let delivery = own.deliveries.get_mut(&key(&replayed));
            delivery
                .into_iter()
                .for_each(|delivery| delivery.verdict = Verdict::Effective);
        }
        if let Some(write) = changes.account {
            own.write_record(write);
        }
        own.links.write(changes.links);
        own.invitations.write(changes.invitations);
        own.pushes.write(changes.pushes);
        own.report_access.write(changes.report_access);
        own.trigger_decisions.write(changes.trigger_decisions);
        own.rule_days.write(changes.rule_days);
        own.backfills.write(changes.backfills);
        own.histories.write(changes.histories);
        for merge in &changes.merges {
            own.merge(merge);
        }
        for erasure in &changes.erasures {
            own.erase(account, erasure);
        }
        for entry in changes.log {
            own.log.append(entry);
        }
        if let Some(settled) = changes.settled {
            match (settled.how, due.get_mut(&settled.task)) {
                (Settlement::Done, _) | (_, None) => {
                    due.remove(&settled.task);
                }
                (Settlement::Again(at), Some(row)) => row.release(at),
                (Settlement::Panicked { retry_at }, Some(row)) => {
                    row.panics = row.panics.saturating_add(1);
                    row.release(retry_at);
                }
                (Settlement::Parked, Some(row)) => row.park(),
            }
        }
        if let Some(row) = changes.unparked.and_then(|id| due.get_mut(&id)) {
            row.unpark();
        }
        for new in changes.due {
            *last_task += 1;
            due.insert(TaskId::new(*last_task), DueRow::new(account, new));
        }
        Ok(Applied::Applied)
    }
}

impl AccountRows {
    /// Returns `true` if no request to be written already belongs to another invitation.
    fn names_new_requests(&self, changes: &Changes) -> bool {
        let mut requests = BTreeSet::new();
        changes.invitations.iter().all(|write| match write {
            Write::Put(new) => {
                requests.insert(&new.request)
                    && !self
                        .invitations
                        .rows()
                        .any(|known| known.request == new.request && known.id != new.id)
            }
            Write::Remove(_) => true,
        })
    }

    fn knows(&self, source: &DeliverySource) -> bool {
        let mut keys = source
            .digests()
            .map(|digest| (source.event_id.clone(), *digest));
        keys.any(|key| self.deliveries.contains_key(&key))
    }

    fn is_ignored(&self, source: &DeliverySource) -> bool {
        let delivery = self.deliveries.get(&key(source));
        delivery.is_some_and(|delivery| delivery.verdict == Verdict::Ignored)
    }

    fn accepts_record(&self, changes: &Changes) -> bool {
        let known = self.record.as_ref().map_or(0, |record| record.version);
        changes.account.as_ref().is_none_or(|write| {
            let (Write::Put(record) | Write::Remove(record)) = write;
            record.version == known
        })
    }

    fn write_record(&mut self, write: Write<AccountRecord>) {
        match write {
            Write::Put(mut record) => {
                record.version += 1;
                self.last_seen
                    .retain(|what, _| housekeeping::is_of(what, &record));
                self.record = Some(record);
            }
            Write::Remove(_) => {
                self.record = None;
                self.tokens.values_mut().for_each(TokenRow::forget);
                self.budgets.clear();
                self.last_seen.clear();
            }
        }
    }
}

impl Rows {
    fn holder(&self, key: &AccountKey) -> Option<&AccountId> {
        let holds = |own: &AccountRows| {
            own.record
                .as_ref()
                .is_some_and(|record| record.keys().contains(key))
        };
        let mut accounts = self.accounts.iter();
        accounts.find(|(_, own)| holds(own)).map(|(id, _)| id)
    }

    /// Returns `true` if no key of the new account record belongs to another account.
    fn gives_free_keys(&self, account: &AccountId, changes: &Changes) -> bool {
        let Some(Write::Put(record)) = &changes.account else {
            return true;
        };
        let keys = record.keys();
        keys.iter()
            .all(|key| self.holder(key).is_none_or(|holder| holder == account))
    }
}

fn key(source: &DeliverySource) -> (String, BodyHash) {
    (source.event_id.clone(), source.digest)
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
    TriggerDecision, AssessmentId, assessment;
    RuleDay, NaiveDate, day;
    Backfill, BackfillKind, kind;
    CandidateHistory, CandidateId, candidate;
}
