use std::panic::AssertUnwindSafe;

use futures_util::FutureExt as _;
use tracing::{Instrument as _, Span};

use super::{AfterPanic, after_panic};
use crate::{
    Clock, chain,
    platform::PlatformError,
    store::{Changes, ClaimedTask, Settlement, Store, StoreError},
};

/// Reason why a task did not settle itself.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TaskError {
    /// The store failed. The task is claimed again when its lease ends.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The product panicked. [`supervise`] settles the task like a task that panicked itself.
    #[error("the product panicked")]
    Panicked,
}

impl TaskError {
    /// Fails if the error is a panic of the product.
    ///
    /// A task that treats other failures of the product as unavailable calls this first:
    ///
    /// ```
    /// # use greenhouse_core::{parking::TaskError, platform::PlatformError};
    /// # fn task(answer: Result<(), PlatformError>) -> Result<(), TaskError> {
    /// if let Err(error) = answer {
    ///     TaskError::unless_panicked(&error)?;
    ///     // Try again later.
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`Panicked`](Self::Panicked) if the product panicked.
    pub fn unless_panicked(error: &PlatformError) -> Result<(), Self> {
        if error.panicked() {
            return Err(Self::Panicked);
        }
        Ok(())
    }
}

/// Runs claimed tasks, and settles them if they panic.
///
/// `doing` settles the tasks itself. If it panics, or returns [`TaskError::Panicked`], all `tasks`
/// are settled here, each in its own commit: due again after a wait, or parked after the fifth
/// panic, with a failed entry in the sync log. After a batch has panicked, run each of its tasks
/// alone, so that one task cannot park the others.
///
/// If there is exactly one task, everything that `doing` logs has the task's id, kind, account and
/// attempts. The panic message is not logged here, because it may contain personal data.
///
/// # Errors
///
/// [`StoreError`] if a task could not be settled. The task is claimed again when its lease ends.
pub async fn supervise(
    store: &dyn Store,
    clock: &dyn Clock,
    tasks: &[&ClaimedTask],
    doing: impl Future<Output = Result<(), TaskError>>,
) -> Result<(), StoreError> {
    let span = match tasks {
        [task] => span(task),
        _ => Span::current(),
    };
    let guarded = AssertUnwindSafe(doing.instrument(span)).catch_unwind();
    let done = match guarded.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(TaskError::Store(error))) => Err(error),
        Ok(Err(TaskError::Panicked)) | Err(_) => settle_all(store, clock, tasks).await,
    };
    for task in tasks {
        span_of(task, &done);
    }
    done
}

async fn settle_all(
    store: &dyn Store,
    clock: &dyn Clock,
    tasks: &[&ClaimedTask],
) -> Result<(), StoreError> {
    let mut settled = Ok(());
    for task in tasks {
        settled = settle(store, clock, task).await.and(settled);
    }
    settled
}

async fn settle(
    store: &dyn Store,
    clock: &dyn Clock,
    task: &ClaimedTask,
) -> Result<(), StoreError> {
    let mut changes = Changes::none();
    let how = match after_panic(task, task.panics, clock.now()) {
        AfterPanic::Again(retry_at) => {
            span(task).in_scope(|| tracing::error!(%retry_at, "task panicked; it will be retried"));
            Settlement::Panicked { retry_at }
        }
        AfterPanic::Park(entry) => {
            span(task).in_scope(|| tracing::error!("task panicked too often; it is parked"));
            changes.log.push(*entry);
            Settlement::Parked
        }
    };
    changes.settled = Some(task.settle(how));
    // After a lost lease, another host settles the task. No other conflict is possible.
    store.apply(&task.account, changes).await.map(|_| ())
}

fn span(task: &ClaimedTask) -> Span {
    tracing::info_span!(
        "task",
        id = %task.id,
        kind = task.task.kind().as_str(),
        account = %task.account,
        attempts = task.attempts,
    )
}

fn span_of(task: &ClaimedTask, done: &Result<(), StoreError>) {
    span(task).in_scope(|| match done {
        Ok(()) => tracing::info!("task finished"),
        Err(error) => {
            tracing::warn!(error = %chain(error), "task not settled; it will be claimed again when its lease ends");
        }
    });
}
