use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    clock::later,
    store::{Backlog, Claim, ClaimedTask, DueTask, StoreError, Task, TaskId, TaskKind, TaskQueue},
};

#[derive(Debug)]
pub(super) struct DueRow {
    pub(super) account: AccountId,
    work: Task,
    since: DateTime<Utc>,
    pub(super) due_at: DateTime<Utc>,
    attempts: u32,
    generation: u64,
    pub(super) lease_until: Option<DateTime<Utc>>,
}

impl DueRow {
    pub(super) fn new(account: &AccountId, new: DueTask) -> Self {
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
    pub(super) fn is_claimed(&self, generation: u64) -> bool {
        self.lease_until.is_some() && self.generation == generation
    }

    fn claimable_at(&self) -> DateTime<Utc> {
        self.lease_until.unwrap_or(self.due_at)
    }
}

#[async_trait]
impl TaskQueue for MemoryStore {
    async fn claim_due(&self, claim: &Claim) -> Result<Vec<ClaimedTask>, StoreError> {
        let mut rows = self.rows();
        let mut claimable: Vec<(DateTime<Utc>, TaskId)> = rows
            .due
            .iter()
            .filter(|(_, row)| {
                claim.kinds.contains(&row.work.kind())
                    && row.claimable_at() <= claim.now
                    && !claim.skip.contains(&row.account)
            })
            .map(|(id, row)| (row.claimable_at(), *id))
            .collect();
        claimable.sort();
        let lease_until = later(claim.now, claim.lease);
        let mut claimed = Vec::new();
        for (_, id) in claimable.into_iter().take(claim.limit) {
            if let Some(row) = rows.due.get_mut(&id) {
                let attempts = row.attempts;
                row.attempts = attempts.saturating_add(1);
                row.generation += 1;
                row.lease_until = Some(lease_until);
                claimed.push(ClaimedTask::new(
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

    async fn next_due(&self, kinds: &[TaskKind]) -> Result<Option<DateTime<Utc>>, StoreError> {
        let rows = self.rows();
        let due = rows
            .due
            .values()
            .filter(|row| kinds.contains(&row.work.kind()));
        Ok(due.map(DueRow::claimable_at).min())
    }

    async fn backlog(
        &self,
        account: &AccountId,
        kinds: &[TaskKind],
    ) -> Result<Backlog, StoreError> {
        let rows = self.rows();
        let waiting = rows
            .due
            .values()
            .filter(|row| row.account == *account && kinds.contains(&row.work.kind()));
        let oldest = waiting.clone().map(|row| row.since).min();
        Ok(Backlog::new(waiting.count() as u64, oldest))
    }

    async fn overdue(
        &self,
        kinds: &[TaskKind],
        now: DateTime<Utc>,
        most: usize,
    ) -> Result<BTreeMap<TaskKind, Backlog>, StoreError> {
        let rows = self.rows();
        let mut overdue = BTreeMap::new();
        for kind in kinds {
            let of_kind = rows.due.iter().filter(|(_, row)| row.work.kind() == *kind);
            let mut of_kind: Vec<_> = of_kind.collect();
            of_kind.sort_by_key(|(id, row)| (row.claimable_at(), **id));
            let looked_at = of_kind.into_iter().take(most).map(|(_, row)| row.since);
            let due = looked_at.filter(|since| *since <= now);
            if let Some(oldest) = due.clone().min() {
                overdue.insert(*kind, Backlog::new(due.count() as u64, Some(oldest)));
            }
        }
        Ok(overdue)
    }
}
