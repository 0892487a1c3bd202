//! Writes to a SQLite file that wait at the same time share a commit: the disk is what takes longest, and one sync makes all
//! of them durable.
//!
//! Whoever applies changes puts them into the queue. A task takes all that waits into one transaction, each decision in a
//! savepoint of its own, and commits; it goes on until nothing waits, and then ends. What is promised:
//!
//! - Each decision is applied whole or not at all, in the order in which they came, and finds what those before it wrote. One
//!   that is refused or fails takes nothing of the others with it.
//! - Nobody is answered before the commit is durable, not even who is refused, perhaps for what another wrote just before.
//!   Where the commit fails, nothing was applied, and all are answered that the store is unavailable.
//! - The task hangs on none of the callers. One that is dropped withdraws its decision, unless it is being written by then:
//!   then it is committed with the others.

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

/// Shared by the clones of a store.
#[derive(Clone)]
pub(crate) struct GroupCommit {
    queue: Arc<Mutex<Queue>>,
    write_timeout: Duration,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Decision>,
    /// The name of the next that comes.
    next: u64,
    /// Whether a task commits what waits.
    running: bool,
}

/// What was decided on, and who wants to know what became of it.
struct Decision {
    name: u64,
    plan: Plan,
    answer: Answer,
}

impl GroupCommit {
    /// Nobody waits longer than `write_timeout` for being written.
    pub(crate) fn new(write_timeout: Duration) -> Self {
        Self {
            queue: Arc::default(),
            write_timeout,
        }
    }

    /// Writes what was decided in a commit with whatever else waits.
    pub(super) async fn apply(&self, database: &Database, plan: Plan) -> Result<(), NotCommitted> {
        let (answer, mut answered) = oneshot::channel();
        let (name, is_idle) = self.push(plan, answer);
        if is_idle {
            let committer = Committer {
                queue: self.clone(),
                database: database.clone(),
                ended: false,
            };
            tokio::spawn(committer.run());
        }
        let answer = match timeout(self.write_timeout, &mut answered).await {
            Ok(answer) => answer,
            Err(_) if self.withdraw(name) => {
                return Err(unavailable(sqlx::Error::PoolTimedOut).into());
            }
            // It is being written.
            Err(_) => answered.await,
        };
        let gone = |_| Err(StoreError::unavailable("the runtime is being stopped").into());
        answer.unwrap_or_else(gone)
    }

    /// Answers the name of the decision, and whether no task is there to commit it.
    fn push(&self, plan: Plan, answer: Answer) -> (u64, bool) {
        let mut queue = self.lock();
        let name = queue.next;
        queue.next += 1;
        queue.waiting.push_back(Decision { name, plan, answer });
        (name, !mem::replace(&mut queue.running, true))
    }

    /// Whether the decision still waited, and does no longer.
    fn withdraw(&self, name: u64) -> bool {
        let mut queue = self.lock();
        let place = queue
            .waiting
            .iter()
            .position(|waiting| waiting.name == name);
        place
            .and_then(|place| queue.waiting.remove(place))
            .is_some()
    }

    fn take(&self, most: usize) -> Vec<Decision> {
        let mut queue = self.lock();
        let most = most.min(queue.waiting.len());
        queue.waiting.drain(..most).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Answer = oneshot::Sender<Result<(), NotCommitted>>;

/// The task, of which there is one at most.
struct Committer {
    queue: GroupCommit,
    database: Database,
    ended: bool,
}

impl Committer {
    async fn run(mut self) {
        while self.is_needed() {
            self.commit().await;
        }
        self.ended = true;
    }

    /// Where nothing waits, the next who comes begins a task.
    fn is_needed(&self) -> bool {
        let mut queue = self.queue.lock();
        queue.running = !queue.waiting.is_empty();
        queue.running
    }

    /// Commits what waits once it is this store's turn to write.
    async fn commit(&self) {
        let transaction = match self.database.begin_raw().await {
            Ok(transaction) => transaction,
            // The next waits anew, for as long as it has patience: a lock of another process may go.
            Err(error) => return fail(self.queue.take(1), Vec::new(), &error),
        };
        let decisions = self.queue.take(MOST);
        let mut results = Vec::with_capacity(decisions.len());
        if let Err(error) = self.write(transaction, &decisions, &mut results).await {
            return fail(decisions, results, &error);
        }
        for (decision, result) in decisions.into_iter().zip(results) {
            // Who is not there any more wants no answer.
            let _ = decision.answer.send(result);
        }
    }

    /// Writes each decision, and commits. After an error nothing is written.
    async fn write(
        &self,
        mut transaction: Transaction,
        decisions: &[Decision],
        results: &mut Vec<Result<(), NotCommitted>>,
    ) -> Result<(), sqlx::Error> {
        let (mut wrote, mut erases) = (false, false);
        // One that is alone is rolled back with its transaction.
        let shared = decisions.len() > 1;
        let mut commands: &[_] = if shared { &FIRST } else { &[] };
        for decision in decisions {
            if decision.answer.is_closed() {
                // Who went away hears of nothing.
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
                (true, true) => &NEXT,
                (true, false) => {
                    // After some errors, as of a full disk, SQLite has rolled back everything, and there is no savepoint
                    // any more.
                    transaction.command(BACK).await?;
                    &[]
                }
            };
        }
        if !wrote {
            // What is not rolled back by this is rolled back by being dropped.
            let _ = transaction.rollback().await;
            return Ok(());
        }
        match erases {
            true => self.database.commit_what_erases(transaction).await,
            false => transaction.commit().await,
        }
    }
}

impl Drop for Committer {
    /// Where the task ends early, as with the runtime it is on, nobody waits for it.
    fn drop(&mut self) {
        if !self.ended {
            let mut queue = self.queue.lock();
            queue.running = false;
            queue.waiting.clear();
        }
    }
}

/// Whose own changes failed is told why; the others, why there was no commit.
fn fail(decisions: Vec<Decision>, results: Vec<Result<(), NotCommitted>>, error: &sqlx::Error) {
    let mut results = results.into_iter();
    for decision in decisions {
        let answer = match results.next() {
            Some(Err(NotCommitted::Failed(own))) => own,
            _ => StoreError::unavailable(DatabaseError::new(error)),
        };
        let _ = decision.answer.send(Err(answer.into()));
    }
}

/// What a decision writes from here on can be taken back.
const FIRST: [&str; 1] = ["SAVEPOINT decision"];
/// What the last decision wrote stays; what the next one writes can be taken back.
const NEXT: [&str; 2] = ["RELEASE decision", "SAVEPOINT decision"];
/// What the last decision wrote is taken back. The savepoint stays.
const BACK: &str = "ROLLBACK TO decision";

/// So that other processes have their turn to write well within their time-outs.
const MOST: usize = 128;
