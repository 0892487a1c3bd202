//! Group commit for SQLite: concurrent writes share a commit, because the sync to disk takes
//! longest.
//!
//! Callers put their decisions into a queue. A background task writes the queued decisions in one
//! transaction, each in its own savepoint, and commits. The task ends when the queue is empty.
//! Guarantees:
//!
//! - Decisions are applied in order, each completely or not at all. Each sees the writes of earlier
//!   decisions. A decision that is refused or fails does not affect the others.
//! - Callers get their result after the commit is durable. This includes refusals, which can depend
//!   on a decision in the same commit. If the commit fails, nothing was applied and all callers get
//!   an unavailable error.
//! - The task does not depend on any caller. A dropped caller withdraws its decision, unless the
//!   decision is already being written; it is then committed with the others.

use std::{
    collections::VecDeque,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use greenhouse_core::store::StoreError;
use tokio::{sync::oneshot, time::timeout};

use super::{NotCommitted, plan::Plan};
use crate::{
    error::{DatabaseError, unavailable},
    session::{Database, Transaction},
};

/// The queue, shared by the clones of a store.
#[derive(Clone)]
pub(crate) struct GroupCommit {
    queue: Arc<Mutex<Queue>>,
    write_timeout: Duration,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<QueuedDecision>,
    next_id: u64,
    /// `true` while a task commits the queue.
    running: bool,
}

/// A decision to write, and the channel for its result.
struct QueuedDecision {
    id: u64,
    plan: Plan,
    sender: ResultSender,
}

impl GroupCommit {
    /// Creates an empty queue. A write fails after `write_timeout` in the queue.
    pub(crate) fn new(write_timeout: Duration) -> Self {
        Self {
            queue: Arc::default(),
            write_timeout,
        }
    }

    /// Queues the decision and waits for its commit.
    pub(super) async fn apply(&self, database: &Database, plan: Plan) -> Result<(), NotCommitted> {
        let (sender, mut receiver) = oneshot::channel();
        let (id, needs_task) = self.push(plan, sender);
        if needs_task {
            let committer = Committer {
                queue: self.clone(),
                database: database.clone(),
                ended: false,
            };
            tokio::spawn(committer.run());
        }
        let result = match timeout(self.write_timeout, &mut receiver).await {
            Ok(result) => result,
            Err(_) if self.withdraw(id) => {
                return Err(unavailable(sqlx::Error::PoolTimedOut).into());
            }
            // The decision is already being written.
            Err(_) => receiver.await,
        };
        let stopped = |_| Err(StoreError::unavailable("the async runtime is stopping").into());
        result.unwrap_or_else(stopped)
    }

    /// Returns the id of the decision, and `true` if the caller must start a task.
    fn push(&self, plan: Plan, sender: ResultSender) -> (u64, bool) {
        let mut queue = self.lock();
        let id = queue.next_id;
        queue.next_id += 1;
        queue.waiting.push_back(QueuedDecision { id, plan, sender });
        (id, !mem::replace(&mut queue.running, true))
    }

    /// Removes a decision. Returns `false` if it is no longer in the queue.
    fn withdraw(&self, id: u64) -> bool {
        let mut queue = self.lock();
        let index = queue.waiting.iter().position(|waiting| waiting.id == id);
        index
            .and_then(|index| queue.waiting.remove(index))
            .is_some()
    }

    fn take(&self, max: usize) -> Vec<QueuedDecision> {
        let mut queue = self.lock();
        let count = max.min(queue.waiting.len());
        queue.waiting.drain(..count).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type ResultSender = oneshot::Sender<Result<(), NotCommitted>>;

/// The task that commits the queue. At most one runs per store.
struct Committer {
    queue: GroupCommit,
    database: Database,
    ended: bool,
}

impl Committer {
    async fn run(mut self) {
        while self.has_work() {
            self.commit().await;
        }
        self.ended = true;
    }

    /// Returns `false` if the queue is empty; the next caller then starts a new task.
    fn has_work(&self) -> bool {
        let mut queue = self.queue.lock();
        queue.running = !queue.waiting.is_empty();
        queue.running
    }

    /// Waits for the write lock and commits the queue.
    async fn commit(&self) {
        let transaction = match self.database.begin_raw().await {
            Ok(transaction) => transaction,
            // Only one decision fails, because another process can release its lock before the
            // others time out.
            Err(error) => return fail(self.queue.take(1), Vec::new(), &error),
        };
        let decisions = self.queue.take(MAX_DECISIONS);
        let mut results = Vec::with_capacity(decisions.len());
        if let Err(error) = self.write(transaction, &decisions, &mut results).await {
            return fail(decisions, results, &error);
        }
        for (decision, result) in decisions.into_iter().zip(results) {
            // The caller may have been dropped.
            let _ = decision.sender.send(result);
        }
    }

    /// Writes the decisions and commits. After an error, nothing is written.
    async fn write(
        &self,
        mut transaction: Transaction,
        decisions: &[QueuedDecision],
        results: &mut Vec<Result<(), NotCommitted>>,
    ) -> Result<(), sqlx::Error> {
        let (mut wrote, mut erases) = (false, false);
        // A single decision needs no savepoint.
        let shared = decisions.len() > 1;
        let mut commands: &[_] = if shared { &BEGIN_FIRST } else { &[] };
        for decision in decisions {
            if decision.sender.is_closed() {
                // The caller was dropped, so the result is only a placeholder.
                results.push(Ok(()));
                continue;
            }
            let result = decision.plan.write(&mut transaction, commands).await;
            let keeps = result.is_ok();
            results.push(result);
            wrote |= keeps;
            erases |= keeps && decision.plan.erases();
            commands = match (shared, keeps) {
                (false, _) => &[],
                (true, true) => &BEGIN_NEXT,
                (true, false) => {
                    // Fails if SQLite has rolled back the whole transaction, for example because
                    // the disk is full.
                    transaction.command(ROLL_BACK).await?;
                    &[]
                }
            };
        }
        if !wrote {
            // If the rollback fails, dropping the transaction rolls it back.
            let _ = transaction.rollback().await;
            return Ok(());
        }
        match erases {
            true => self.database.commit_erasure(transaction).await,
            false => transaction.commit().await,
        }
    }
}

impl Drop for Committer {
    /// Fails the waiting callers if the task ends early, for example because its runtime stops.
    fn drop(&mut self) {
        if !self.ended {
            let mut queue = self.queue.lock();
            queue.running = false;
            queue.waiting.clear();
        }
    }
}

/// Sends each caller the error from its own changes, or else the error from the commit.
fn fail(
    decisions: Vec<QueuedDecision>,
    results: Vec<Result<(), NotCommitted>>,
    commit_error: &sqlx::Error,
) {
    let mut results = results.into_iter();
    for decision in decisions {
        let error = match results.next() {
            Some(Err(NotCommitted::Failed(own_error))) => own_error,
            _ => StoreError::unavailable(DatabaseError::new(commit_error)),
        };
        let _ = decision.sender.send(Err(error.into()));
    }
}

/// Starts the savepoint of the first decision.
const BEGIN_FIRST: [&str; 1] = ["SAVEPOINT decision"];
/// Keeps the last decision and starts the savepoint of the next.
const BEGIN_NEXT: [&str; 2] = ["RELEASE decision", "SAVEPOINT decision"];
/// Rolls back the last decision. The savepoint stays.
const ROLL_BACK: &str = "ROLLBACK TO decision";

/// Maximum number of decisions in a commit, so that other processes get the write lock in time.
const MAX_DECISIONS: usize = 128;
