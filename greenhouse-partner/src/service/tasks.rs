//! Task loop: claims tasks, runs them, and settles each task in the same commit as its effect.

mod lane;

use std::sync::atomic::Ordering;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{
    future::{BoxFuture, FutureExt as _},
    stream::{FuturesUnordered, StreamExt as _},
};
use greenhouse_core::{
    AccountId, Background, later,
    parking::TaskError,
    store::{Claim, ClaimedTask, StoreError, Task, TaskKind},
};

use self::lane::{Lane, NextClaim};
use super::PartnerService;

/// Kinds of tasks that this service runs.
pub(super) const KINDS: [TaskKind; 6] = [
    TaskKind::Invite,
    TaskKind::Notify,
    TaskKind::NotifyProduct,
    TaskKind::FindSuccessor,
    TaskKind::ReplayIgnored,
    TaskKind::ReadApplication,
];

/// Kinds of tasks that run alone.
const ONE_BY_ONE: &[TaskKind] = KINDS.split_at(KINDS.len() - 1).0;
/// Kinds of tasks that run in batches.
const BATCHED: &[TaskKind] = KINDS.split_at(KINDS.len() - 1).1;

#[async_trait]
impl Background for PartnerService {
    fn name(&self) -> &'static str {
        "partner"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store = self.ports.store();
        let note_again = self.last_seen.store(store.as_ref(), limit).await;
        self.run_tasks(limit).await?;
        let next = store.next_due(&KINDS).await?;
        let note_again = note_again.map(|wait| later(self.writer.now(), wait));
        Ok(next.into_iter().chain(note_again).min())
    }

    async fn woken(&self) {
        self.writer.wake.notified().await;
    }
}

/// Completed step of a lane, which is identified by its index.
enum LaneEvent {
    Claimed(usize, Result<Vec<ClaimedTask>, StoreError>),
    Called(usize, AccountId, Result<(), StoreError>),
}

impl PartnerService {
    /// Runs due tasks concurrently until none is due, or until each lane has started `limit` calls.
    /// A slow call delays only tasks of its own account.
    ///
    /// A task that could not be settled is claimed again when its lease expires. Running calls are
    /// settled before an error is returned.
    async fn run_tasks(&self, limit: usize) -> Result<(), StoreError> {
        let mut lanes = [
            Lane::one_by_one(ONE_BY_ONE, limit),
            Lane::batched(BATCHED, limit, READ_AT_ONCE),
        ];
        let mut events: FuturesUnordered<BoxFuture<'_, LaneEvent>> = FuturesUnordered::new();
        let mut result = Ok(());
        loop {
            for (place, lane) in lanes.iter_mut().enumerate() {
                if result.is_ok()
                    && !self.is_stopping.load(Ordering::Relaxed)
                    && let Some(claim) = lane.next_claim()
                {
                    events.push(self.claim(place, claim).boxed());
                }
            }
            match events.next().await {
                None => return result,
                Some(LaneEvent::Claimed(place, Ok(tasks))) => {
                    let calls = lanes.get_mut(place).map(|lane| lane.take(tasks));
                    for (account, tasks) in calls.into_iter().flatten() {
                        events.push(self.call(place, account, tasks).boxed());
                    }
                }
                Some(LaneEvent::Claimed(_, Err(error))) => result = result.and(Err(error)),
                Some(LaneEvent::Called(place, account, done)) => {
                    if let Some(lane) = lanes.get_mut(place) {
                        lane.release(&account);
                    }
                    result = result.and(done);
                }
            }
        }
    }

    async fn claim(&self, lane: usize, next: NextClaim) -> LaneEvent {
        let NextClaim { kinds, limit, skip } = next;
        let (now, lease) = (self.writer.now(), self.config.lease);
        let claim = Claim::new(kinds, now, lease, limit).skipping(skip);
        LaneEvent::Claimed(lane, self.ports.store().claim_due(&claim).await)
    }

    async fn call(&self, lane: usize, account: AccountId, tasks: Vec<ClaimedTask>) -> LaneEvent {
        let all: Vec<_> = tasks.iter().collect();
        let run = async {
            match tasks.as_slice() {
                [task] if task.task.kind() != TaskKind::ReadApplication => self.run(task).await,
                tasks => Ok(self.webhooks.read_applications(&account, tasks).await?),
            }
        };
        let done = self.writer.supervise(&all, run).await;
        LaneEvent::Called(lane, account, done)
    }

    async fn run(&self, task: &ClaimedTask) -> Result<(), TaskError> {
        let webhooks = &self.webhooks;
        match &task.task {
            Task::Invite { invitation } => self.assessments.invite(task, invitation).await?,
            Task::Notify { invitation } => self.notices.notify(task, invitation).await?,
            Task::NotifyProduct {
                assessment,
                outcome,
                revision,
            } => {
                webhooks
                    .notify_product(task, assessment, *outcome, *revision)
                    .await?;
            }
            Task::FindSuccessor {
                assessment,
                candidate,
                job,
            } => {
                webhooks
                    .find_successor(task, assessment, *candidate, *job)
                    .await?;
            }
            Task::ReplayIgnored {
                assessment,
                since,
                again,
            } => {
                webhooks
                    .replay_ignored(task, assessment, *since, *again)
                    .await?;
            }
            // Not claimed by this service.
            _ => {}
        }
        Ok(())
    }
}

/// Maximum number of applications that one call to Greenhouse can read.
const READ_AT_ONCE: usize = 50;
