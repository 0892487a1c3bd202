use std::collections::BTreeMap;

use async_trait::async_trait;
use chrono::{DateTime, Utc};

use super::MemoryStore;
use crate::{
    AccountId,
    clock::later,
    store::{
        Backlog, Claim, ClaimedTask, DueTask, ParkedTask, StoreError, Task, TaskId, TaskKind,
        TaskQueue,
    },
};

#[derive(Debug)]
pub(super) struct DueRow {
    pub(super) account: AccountId,
    task: Task,
    since: DateTime<Utc>,
    pub(super) due_at: DateTime<Utc>,
    attempts: u32,
    pub(super) panics: u32,
    pub(super) parked: bool,
    generation: u64,
    pub(super) lease_until: Option<DateTime<Utc>>,
}

impl DueRow {
    pub(super) fn new(account: &AccountId, new: DueTask) -> Self {
        Self {
            account: account.clone(),
            task: new.task,
            since: new.due_at,
            due_at: new.due_at,
            attempts: 0,
            panics: 0,
            parked: false,
            generation: 0,
            lease_until: None,
        }
    }

    /// Ends the claim. The task is due again at `due_at`.
    pub(super) fn release(&mut self, due_at: DateTime<Utc>) {
        self.due_at = due_at;
        self.lease_until = None;
    }

    pub(super) fn park(&mut self) {
        self.parked = true;
        self.release(self.since);
    }

    /// Makes a parked task due immediately.
    pub(super) fn unpark(&mut self) {
        self.parked = false;
        self.panics = 0;
        self.release(self.since);
    }

    /// Returns `true` if the claim of this generation has not been settled yet.
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
                claim.kinds.contains(&row.task.kind())
                    && !row.parked
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
                let task = ClaimedTask::new(
                    id,
                    row.account.clone(),
                    row.task.clone(),
                    attempts,
                    row.generation,
                    row.since,
                    lease_until,
                );
                claimed.push(task.after_panics(row.panics));
            }
        }
        Ok(claimed)
    }

    async fn next_due(&self, kinds: &[TaskKind]) -> Result<Option<DateTime<Utc>>, StoreError> {
        let rows = self.rows();
        let due = rows
            .due
            .values()
            .filter(|row| !row.parked && kinds.contains(&row.task.kind()));
        Ok(due.map(DueRow::claimable_at).min())
    }

    async fn backlog(
        &self,
        account: &AccountId,
        kinds: &[TaskKind],
    ) -> Result<Backlog, StoreError> {
        let rows = self.rows();
        let own = |row: &&DueRow| row.account == *account && kinds.contains(&row.task.kind());
        let (parked, waiting): (Vec<_>, Vec<_>) =
            rows.due.values().filter(own).partition(|row| row.parked);
        let oldest = waiting.iter().map(|row| row.since).min();
        Ok(Backlog::new(waiting.len() as u64, oldest).with_parked(parked.len() as u64))
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
            let of_kind = rows.due.iter().filter(|(_, row)| row.task.kind() == *kind);
            let (parked, mut of_kind): (Vec<_>, Vec<_>) = of_kind.partition(|(_, row)| row.parked);
            let parked = parked.len().min(most) as u64;
            of_kind.sort_by_key(|(id, row)| (row.claimable_at(), **id));
            let looked_at = of_kind.into_iter().take(most).map(|(_, row)| row.since);
            let due = looked_at.filter(|since| *since <= now);
            let oldest = due.clone().min();
            let backlog = Backlog::new(due.count() as u64, oldest).with_parked(parked);
            if backlog != Backlog::default() {
                overdue.insert(*kind, backlog);
            }
        }
        Ok(overdue)
    }

    async fn parked(
        &self,
        account: &AccountId,
        limit: usize,
    ) -> Result<Vec<ParkedTask>, StoreError> {
        let rows = self.rows();
        let parked = rows.due.iter();
        let parked = parked.filter(|(_, row)| row.parked && row.account == *account);
        let read = |(id, row): (&TaskId, &DueRow)| {
            ParkedTask::new(*id, row.task.clone(), row.since, row.panics)
        };
        Ok(parked.map(read).take(limit).collect())
    }
}
