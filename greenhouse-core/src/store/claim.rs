use std::time::Duration;

use chrono::{DateTime, Utc};

use super::due::{Task, TaskId, TaskKind};
use crate::AccountId;

/// Parameters of [`TaskQueue::claim_due`](super::TaskQueue::claim_due).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Claim {
    /// Kinds of tasks to claim. If empty, nothing is claimed.
    pub kinds: Vec<TaskKind>,
    /// Current time. Tasks that are due by then are claimed.
    pub now: DateTime<Utc>,
    /// Duration of the claim, from `now`, unless the task is settled earlier.
    pub lease: Duration,
    /// Maximum number of tasks to claim.
    pub limit: usize,
    /// Accounts that already run their share of tasks. Their tasks are not claimed, so that they do
    /// not delay other accounts. [`TaskQueue::next_due`](super::TaskQueue::next_due) still includes
    /// those tasks.
    pub skip: Vec<AccountId>,
}

impl Claim {
    /// Creates a claim on up to `limit` due tasks across all accounts.
    pub fn new(kinds: &[TaskKind], now: DateTime<Utc>, lease: Duration, limit: usize) -> Self {
        Self {
            kinds: kinds.to_vec(),
            now,
            lease,
            limit,
            skip: Vec::new(),
        }
    }

    /// Skips the tasks of these accounts.
    #[must_use]
    pub fn skipping(self, skip: Vec<AccountId>) -> Self {
        Self { skip, ..self }
    }
}

/// Task that this host has claimed until the lease ends.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClaimedTask {
    /// Id of the task.
    pub id: TaskId,
    /// Account of the task.
    pub account: AccountId,
    /// The task.
    pub task: Task,
    /// Number of earlier claims.
    pub attempts: u32,
    /// Number of panics since the task was stored or retried by a person.
    pub panics: u32,
    /// Number of the claim. Increases with every claim of the task.
    pub generation: u64,
    /// Time at which the task first became due.
    pub since: DateTime<Utc>,
    /// End of the lease.
    pub lease_until: DateTime<Utc>,
}

impl ClaimedTask {
    /// Creates a claimed task. For stores.
    pub fn new(
        id: TaskId,
        account: AccountId,
        task: Task,
        attempts: u32,
        generation: u64,
        since: DateTime<Utc>,
        lease_until: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            account,
            task,
            attempts,
            panics: 0,
            generation,
            since,
            lease_until,
        }
    }

    /// Sets the number of panics.
    #[must_use]
    pub fn after_panics(self, panics: u32) -> Self {
        Self { panics, ..self }
    }

    /// Returns the settlement of this claim, for [`Changes::settled`](super::Changes::settled).
    pub fn settle(&self, how: Settlement) -> Settled {
        Settled {
            task: self.id,
            generation: self.generation,
            how,
        }
    }
}

/// Settlement of a claimed task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settled {
    /// Id of the task.
    pub task: TaskId,
    /// Generation of the claim.
    pub generation: u64,
    /// Result.
    pub how: Settlement,
}

/// Result of a claimed task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settlement {
    /// Finished, successfully or not. The task is removed.
    Done,
    /// Retry, not before this time.
    Again(DateTime<Utc>),
    /// The task panicked. The panic is counted, and the task is retried.
    Panicked {
        /// Earliest time of the retry.
        retry_at: DateTime<Utc>,
    },
    /// Parked. The task stays stored and is not claimed until it is retried with
    /// [`Changes::unparked`](super::Changes::unparked).
    Parked,
}
