use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Response, StatusCode};

use super::words;
use crate::{
    AccountId, Clock,
    answer::{self, NewState},
    earlier,
    health::Check,
    operator::{OperatorPart, OperatorRequest, QueuedRetry, store_down},
    store::{
        Applied, Changes, LogEntry, LogKey, LogStatus, LogSubject, LoggedEntry, Store, StoreError,
        TaskKind,
    },
    texts::parking as texts,
};

/// Operator endpoints for the tasks of every direction: retries of parked tasks, and health checks
/// of backlogs.
#[derive(Clone)]
pub struct TaskOperator {
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
}

impl TaskOperator {
    /// Creates the endpoints for the tasks in this store.
    pub fn new(store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Self {
        Self { store, clock }
    }

    /// Makes a parked task due again. Returns `false` if the entry has no task, or its task is not
    /// parked.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails.
    async fn unpark(&self, account: &AccountId, entry: &LogEntry) -> Result<bool, StoreError> {
        let Some(task) = entry.key.as_ref().and_then(LogKey::task_id) else {
            return Ok(false);
        };
        let mut changes = Changes::none();
        let mut accepted = entry.clone();
        accepted.at = self.clock.now();
        accepted.status = LogStatus::Done;
        (accepted.code, accepted.text) = texts::task_retried().into_parts();
        changes.log.push(accepted);
        changes.unparked = Some(task);
        Ok(self.store.apply(account, changes).await? == Applied::Applied)
    }

    async fn run_checks(&self, account: &AccountId) -> Result<Vec<Check>, StoreError> {
        let (mut parked, mut late) = (Vec::new(), Vec::new());
        let now = self.clock.now();
        let (mut waiting, mut oldest) = (Vec::new(), None);
        for kind in TaskKind::ALL {
            let words = words(kind);
            let backlog = self.store.backlog(account, &[kind]).await?;
            if backlog.parked > 0 {
                parked.push(words.counted(backlog.parked));
            }
            // The next comparison with Greenhouse is always queued for a later time, and a backfill
            // has its own check.
            let is_planned = matches!(kind, TaskKind::Reconcile | TaskKind::Backfill);
            if backlog.count == 0 || is_planned {
                continue;
            }
            waiting.push(words.counted(backlog.count));
            if let Some(since) = backlog.oldest.filter(|since| *since < earlier(now, LATE)) {
                late.push(words.counted(backlog.count));
                oldest = oldest.into_iter().chain([since]).min();
            }
        }
        let parked = match parked.join(", ") {
            none if none.is_empty() => texts::nothing_parked(),
            parked => texts::parked_tasks(&parked),
        };
        let backlog = match oldest {
            Some(oldest) => {
                let since = oldest.to_rfc3339_opts(SecondsFormat::Secs, true);
                texts::late_backlog(&since, &late.join(", "))
            }
            None if waiting.is_empty() => texts::nothing_waiting(),
            None => texts::backlog(&waiting.join(", ")),
        };
        Ok(vec![parked, backlog])
    }
}

#[async_trait]
impl OperatorPart for TaskOperator {
    async fn answer(&self, _: &OperatorRequest) -> Option<Response<Bytes>> {
        None
    }

    async fn retry(
        &self,
        request: &OperatorRequest,
        entry: &LoggedEntry,
    ) -> Option<Response<Bytes>> {
        if entry.entry.subject != LogSubject::Task {
            return None;
        }
        Some(match self.unpark(&request.account, &entry.entry).await {
            Ok(true) => answer::json(StatusCode::ACCEPTED, &NewState::new("queued")),
            Ok(false) => answer::problem_text(StatusCode::CONFLICT, &texts::not_parked()),
            Err(error) => store_down(&error),
        })
    }

    async fn queue_retry(
        &self,
        account: &AccountId,
        entry: &LoggedEntry,
    ) -> Result<Option<QueuedRetry>, StoreError> {
        if entry.entry.subject != LogSubject::Task {
            return Ok(None);
        }
        Ok(Some(match self.unpark(account, &entry.entry).await? {
            true => QueuedRetry::Queued,
            false => QueuedRetry::Refused(texts::not_parked()),
        }))
    }

    async fn checks(&self, account: &AccountId) -> Vec<Check> {
        let checks = self.run_checks(account).await;
        checks.unwrap_or_else(|error| vec![texts::store_failed(&error.to_string())])
    }
}

impl fmt::Debug for TaskOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskOperator").finish_non_exhaustive()
    }
}

const LATE: Duration = Duration::from_secs(15 * 60);
