use std::{future::Future, sync::Arc};

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Backoff, Clock, later,
    parking::{TaskError, supervise},
    platform::PlatformError,
    store::{Applied, Changes, ClaimedTask, Settlement, Store, StoreError},
};
use tokio::sync::Notify;

/// The time, and all writes of the service. A commit that stores new tasks wakes the task loop.
#[derive(Debug, Clone)]
pub(crate) struct Writer {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) wake: Arc<Notify>,
    /// Waits between attempts at a task.
    pub(crate) backoff: Backoff,
}

impl Writer {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Makes a decision, and again if another host changed what it was made from, until it is
    /// applied. Returns the decision's result, and whether its changes were applied: `false` if
    /// the delivery was seen before, or the lease was lost.
    pub(crate) async fn decide<T, E, F>(
        &self,
        account: &AccountId,
        mut decision: impl FnMut() -> F,
    ) -> Result<(T, bool), E>
    where
        F: Future<Output = Result<Decided<T>, E>>,
        E: From<StoreError>,
    {
        for _ in 0..DECISIONS {
            let (changes, result) = match decision().await? {
                Decided::Nothing(result) => return Ok((result, true)),
                Decided::Changes(changes, result) => (changes, result),
            };
            match self.commit(account, changes).await? {
                Applied::Conflict => {}
                applied => return Ok((result, applied == Applied::Applied)),
            }
        }
        Err(StoreError::unavailable("others changed the same record each time").into())
    }

    async fn commit(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let causes_tasks = !changes.due.is_empty();
        let applied = self.store.apply(account, changes).await?;
        if causes_tasks && applied == Applied::Applied {
            self.wake.notify_one();
        }
        Ok(applied)
    }

    /// Applies changes that depend on no record.
    pub(crate) async fn apply(
        &self,
        account: &AccountId,
        changes: Changes,
    ) -> Result<(), StoreError> {
        self.decide(account, || async {
            Ok(Decided::Changes(changes.clone(), ()))
        })
        .await
        .map(|_: ((), bool)| ())
    }

    /// Settles a task in one commit with the changes that `decision` makes. A task whose lease was
    /// lost belongs to another host by now.
    pub(crate) async fn settle<F>(
        &self,
        task: &ClaimedTask,
        mut decision: impl FnMut() -> F,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = Result<(Changes, Settlement), StoreError>>,
    {
        self.decide(&task.account, || {
            let decision = decision();
            async {
                let (mut changes, how) = decision.await?;
                changes.settled = Some(task.settle(how));
                Ok(Decided::Changes(changes, ()))
            }
        })
        .await
        .map(|_: ((), bool)| ())
    }

    /// Settles a task in one commit with these changes. Returns `false` after a conflict.
    pub(crate) async fn settle_once(
        &self,
        task: &ClaimedTask,
        mut changes: Changes,
        how: Settlement,
    ) -> Result<bool, StoreError> {
        changes.settled = Some(task.settle(how));
        Ok(self.commit(&task.account, changes).await? != Applied::Conflict)
    }

    /// Settles a task that has nothing left to do.
    pub(crate) async fn done(&self, task: &ClaimedTask) -> Result<(), StoreError> {
        self.settle(task, || async { Ok((Changes::none(), Settlement::Done)) })
            .await
    }

    /// Runs claimed tasks. After a panic they are due again later, or parked.
    pub(crate) async fn supervise(
        &self,
        tasks: &[&ClaimedTask],
        run: impl Future<Output = Result<(), TaskError>>,
    ) -> Result<(), StoreError> {
        supervise(self.store.as_ref(), self.clock.as_ref(), tasks, run).await
    }

    /// Makes a task due again after its backoff, unless the product panicked.
    pub(crate) async fn again_after(
        &self,
        task: &ClaimedTask,
        error: &PlatformError,
    ) -> Result<(), TaskError> {
        TaskError::unless_panicked(error)?;
        Ok(self.again(task).await?)
    }

    /// Makes a task due again after its backoff.
    pub(crate) async fn again(&self, task: &ClaimedTask) -> Result<(), StoreError> {
        self.settle(task, || async { Ok((Changes::none(), self.later(task))) })
            .await
    }

    /// The settlement of a task that is to be attempted again after its backoff.
    pub(crate) fn later(&self, task: &ClaimedTask) -> Settlement {
        Settlement::Again(later(self.now(), self.backoff.after(task.attempts)))
    }
}

/// A decision.
pub(crate) enum Decided<T> {
    /// Nothing is to be written.
    Nothing(T),
    /// These changes are to be applied.
    Changes(Changes, T),
}

/// How often a decision is made before the store counts as unavailable.
const DECISIONS: usize = 8;
