use std::{future::Future, sync::Arc};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Backoff, Clock, chain, later,
    parking::{TaskError, supervise},
    platform::PlatformError,
    store::{
        Applied, Changes, ClaimedTask, Proposal, Settlement, Store, StoreError, StoreWriter,
        decide_and_apply,
    },
};
use tokio::sync::Notify;

/// Clock and store access for all writes of the service. A commit that stores new tasks wakes the
/// task loop.
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

    /// [Decides and applies](decide_and_apply) changes that settle no task and store no delivery.
    pub(crate) async fn decide<T, E, F>(
        &self,
        account: &AccountId,
        decision: impl FnMut() -> F,
    ) -> Result<T, E>
    where
        F: Future<Output = Result<Proposal<T>, E>>,
        E: From<StoreError>,
    {
        let decided = decide_and_apply(self, account, decision).await?.applied();
        decided.ok_or_else(|| StoreError::unavailable("the decision was not applied").into())
    }

    /// Applies changes that do not depend on a record.
    pub(crate) async fn append(
        &self,
        account: &AccountId,
        changes: Changes,
    ) -> Result<(), StoreError> {
        self.decide(account, || async {
            Ok(Proposal::Write(changes.clone(), ()))
        })
        .await
    }

    /// Settles a task in one commit with the changes that `decision` returns. If the lease was
    /// lost, another host may own the task, and nothing is written.
    pub(crate) async fn settle<F>(
        &self,
        task: &ClaimedTask,
        mut decision: impl FnMut() -> F,
    ) -> Result<(), StoreError>
    where
        F: Future<Output = Result<(Changes, Settlement), StoreError>>,
    {
        let settled = decide_and_apply(self, &task.account, || {
            let decision = decision();
            async {
                let (mut changes, how) = decision.await?;
                changes.settled = Some(task.settle(how));
                Ok::<_, StoreError>(Proposal::Write(changes, ()))
            }
        });
        settled.await.map(drop)
    }

    /// Settles a task without changes.
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

    /// Schedules a task again after its backoff, unless the product panicked.
    pub(crate) async fn again_after(
        &self,
        task: &ClaimedTask,
        error: &PlatformError,
    ) -> Result<(), TaskError> {
        TaskError::unless_panicked(error)?;
        let (account, kind) = (&task.account, task.task.kind().as_str());
        tracing::warn!(%account, kind, error = %chain(error), "a call to the product failed; it will be retried");
        Ok(self.again(task).await?)
    }

    /// Schedules a task again after its backoff.
    pub(crate) async fn again(&self, task: &ClaimedTask) -> Result<(), StoreError> {
        self.settle(task, || async { Ok((Changes::none(), self.later(task))) })
            .await
    }

    /// Returns the settlement that schedules a task again after its backoff.
    pub(crate) fn later(&self, task: &ClaimedTask) -> Settlement {
        Settlement::Again(later(self.now(), self.backoff.after(task.attempts)))
    }
}

#[async_trait]
impl StoreWriter for Writer {
    async fn apply(&self, account: &AccountId, changes: Changes) -> Result<Applied, StoreError> {
        let causes_tasks = !changes.due.is_empty();
        let applied = self.store.apply(account, changes).await?;
        if causes_tasks && applied == Applied::Applied {
            self.wake.notify_one();
        }
        Ok(applied)
    }
}
