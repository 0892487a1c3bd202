//! Pushes of past completions; see [`greenhouse_core::backfill`].

mod endpoint;
mod examine;
mod step;
mod view;
mod worker;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Background, Text,
    backfill::{self, BackfillRefusal, BackfillRequest},
    platform::{Completed, CompletedCursor, PlatformError},
    store::{
        Backfill, BackfillKind, BackfillMode, BackfillState, Changes, Direction, DueTask, LogEntry,
        LogStatus, LogSubject, Proposal, StoreError, Task, Write, decide_and_apply,
    },
};

use super::{PushService, engine::Engine, texts::backfill as texts};

pub(super) use self::endpoint::answer;
#[cfg(feature = "openapi")]
pub(super) use self::endpoint::operations;
pub use self::view::BackfillView;
use self::worker::BackfillWorker;

/// Error of the backfill methods of [`PushService`].
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackfillError {
    /// The push is switched off for the account.
    #[error("the push is switched off")]
    SwitchedOff,
    /// The product cannot list its completed assessments.
    #[error("the product cannot list completed assessments")]
    NotSupported,
    /// The request does not fit the state of the backfill, or is invalid.
    #[error(transparent)]
    Refused(#[from] BackfillRefusal),
    /// The product could not list its completed assessments.
    #[error("could not list the completed assessments of the product")]
    Platform(#[source] PlatformError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// Change of a backfill that a person requests.
#[derive(Debug, Clone, Copy)]
enum Change {
    Count(BackfillRequest),
    Run(BackfillRequest),
    Pause,
    Resume,
    Cancel,
}

impl PushService {
    /// Returns the background task that continues the running backfills of all accounts. The pushes
    /// that they start are run by this service itself.
    pub fn backfills(self: &Arc<Self>) -> Arc<dyn Background> {
        Arc::new(BackfillWorker::new(Arc::clone(self)))
    }

    /// Returns the account's last backfill. `None` if there was none.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store failed.
    pub async fn backfill(&self, account: &AccountId) -> Result<Option<BackfillView>, StoreError> {
        let record = record(&self.engine, account).await?;
        Ok(record.as_ref().map(BackfillView::of))
    }

    /// Starts a dry run: counts what a backfill would push. Writes nothing to Greenhouse.
    ///
    /// # Errors
    ///
    /// [`BackfillError`] if the dry run was not started.
    pub async fn count_backfill(
        &self,
        account: &AccountId,
        request: BackfillRequest,
    ) -> Result<BackfillView, BackfillError> {
        self.ready_to_list(account).await?;
        self.change_backfill(account, Change::Count(request)).await
    }

    /// Starts the backfill that a dry run with the same bounds has counted. Any host runs it.
    ///
    /// # Errors
    ///
    /// [`BackfillError`] if the backfill was not started.
    pub async fn run_backfill(
        &self,
        account: &AccountId,
        request: BackfillRequest,
    ) -> Result<BackfillView, BackfillError> {
        self.ready_to_list(account).await?;
        self.change_backfill(account, Change::Run(request)).await
    }

    /// Pauses the running backfill. Started pushes still end.
    ///
    /// # Errors
    ///
    /// [`BackfillError`] if the backfill was not paused.
    pub async fn pause_backfill(&self, account: &AccountId) -> Result<BackfillView, BackfillError> {
        self.change_backfill(account, Change::Pause).await
    }

    /// Resumes the paused backfill.
    ///
    /// # Errors
    ///
    /// [`BackfillError`] if the backfill was not resumed.
    pub async fn resume_backfill(
        &self,
        account: &AccountId,
    ) -> Result<BackfillView, BackfillError> {
        self.ready_to_list(account).await?;
        self.change_backfill(account, Change::Resume).await
    }

    /// Cancels the running or paused backfill. Started pushes still end.
    ///
    /// # Errors
    ///
    /// [`BackfillError`] if the backfill was not cancelled.
    pub async fn cancel_backfill(
        &self,
        account: &AccountId,
    ) -> Result<BackfillView, BackfillError> {
        self.change_backfill(account, Change::Cancel).await
    }

    /// Fails if the push is switched off or the product cannot list its assessments.
    async fn ready_to_list(&self, account: &AccountId) -> Result<(), BackfillError> {
        let engine = &self.engine;
        if engine.clients.access(account).await?.is_none() {
            return Err(BackfillError::SwitchedOff);
        }
        let cursor = CompletedCursor::starting_at(engine.now());
        match engine.completed_since(account, &cursor, 1).await {
            Ok(Completed::Page(_)) => Ok(()),
            Ok(Completed::NotSupported) => Err(BackfillError::NotSupported),
            Err(error) => Err(BackfillError::Platform(error)),
        }
    }

    async fn change_backfill(
        &self,
        account: &AccountId,
        change: Change,
    ) -> Result<BackfillView, BackfillError> {
        let decided = decide_and_apply(self.engine.store(), account, || async {
            let known = record(&self.engine, account).await?;
            let (changes, new) = changed(known, change, self.engine.now())?;
            Ok::<_, BackfillError>(Proposal::Write(changes, new))
        });
        let record = decided.await?.applied();
        self.backfill_queued.notify_one();
        // These changes settle no task and process no delivery, so they were applied.
        let record = record.ok_or(BackfillRefusal::NotRunning)?;
        Ok(BackfillView::of(&record))
    }
}

/// Returns the changes that a person requests, and the new record.
fn changed(
    known: Option<Backfill>,
    change: Change,
    now: DateTime<Utc>,
) -> Result<(Changes, Backfill), BackfillRefusal> {
    let mut changes = Changes::none();
    let existing = |known: Option<Backfill>| known.ok_or(BackfillRefusal::NotRunning);
    let new = match change {
        Change::Count(request) => backfill::count(known.as_ref(), request, now)?,
        Change::Run(request) => backfill::run(known.as_ref(), request, now)?,
        Change::Pause => {
            let mut record = existing(known)?;
            record.pause(None)?;
            record
        }
        Change::Resume => {
            let mut record = known.ok_or(BackfillRefusal::NotPaused)?;
            record.resume(now)?;
            record
        }
        Change::Cancel => {
            let mut record = existing(known)?;
            record.cancel(now)?;
            if record.mode == BackfillMode::Run {
                changes.log.push(end_entry(&record, now));
            }
            record
        }
    };
    if new.state == BackfillState::Running {
        let task = Task::Backfill { start: new.starts };
        changes.due.push(DueTask::new(task, now));
    }
    changes.backfills.push(Write::Put(new.clone()));
    Ok((changes, new))
}

/// Entry of the sync log at the end of a run.
fn end_entry(record: &Backfill, now: DateTime<Utc>) -> LogEntry {
    let (status, text): (_, Text) = match record.state {
        BackfillState::Cancelled => (LogStatus::Skipped, texts::cancelled(record)),
        _ => (LogStatus::Done, texts::done(record)),
    };
    let (direction, subject) = (Direction::ToGreenhouse, LogSubject::Backfill);
    LogEntry::new(now, direction, subject, status, text)
}

async fn record(engine: &Engine, account: &AccountId) -> Result<Option<Backfill>, StoreError> {
    engine.store().backfill(account, BackfillKind::Push).await
}
