use std::{fmt, sync::Arc, time::Duration};

use async_trait::async_trait;
use bytes::Bytes;
use chrono::SecondsFormat;
use http::{Response, StatusCode};
use serde_json::json;

use super::words;
use crate::{
    AccountId, Clock, answer, earlier,
    health::Check,
    operator::{OperatorPart, OperatorRequest, store_down},
    store::{
        Applied, Changes, LogEntry, LogKey, LogStatus, LogSubject, LoggedEntry, Store, StoreError,
        TaskKind,
    },
};

/// Operator endpoints for tasks of every direction: retry of a parked task, and health of backlogs.
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

    /// Makes a parked task due again.
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
        accepted.text = RETRIED.to_owned();
        changes.log.push(accepted);
        changes.unparked = Some(task);
        Ok(self.store.apply(account, changes).await? == Applied::Applied)
    }

    async fn look(&self, account: &AccountId) -> Result<Vec<Check>, StoreError> {
        let (mut parked, mut late) = (Vec::new(), Vec::new());
        let now = self.clock.now();
        let (mut waiting, mut oldest) = (Vec::new(), None);
        for kind in TaskKind::ALL {
            let backlog = self.store.backlog(account, &[kind]).await?;
            if backlog.parked > 0 {
                parked.push(words::counted(kind, backlog.parked));
            }
            // The next comparison always waits for its time.
            if backlog.count == 0 || kind == TaskKind::Reconcile {
                continue;
            }
            waiting.push(words::counted(kind, backlog.count));
            if let Some(since) = backlog.oldest.filter(|since| *since < earlier(now, LATE)) {
                late.push(words::counted(kind, backlog.count));
                oldest = oldest.into_iter().chain([since]).min();
            }
        }
        let parked = match parked.join(", ") {
            none if none.is_empty() => Check::ok("parked_tasks", "No task is parked."),
            parked => Check::problem(
                "parked_tasks",
                format!("Parked after crashes: {parked}."),
                UNPARK,
            ),
        };
        let backlog = match oldest {
            Some(oldest) => {
                let since = oldest.to_rfc3339_opts(SecondsFormat::Secs, true);
                let late = late.join(", ");
                Check::warning("backlog", format!("Waiting since {since}: {late}."), RUNS)
            }
            None if waiting.is_empty() => Check::ok("backlog", "No task is waiting."),
            None => Check::ok("backlog", format!("Waiting: {}.", waiting.join(", "))),
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
            Ok(true) => answer::json(StatusCode::ACCEPTED, &json!({ "state": "queued" })),
            Ok(false) => answer::problem(
                StatusCode::CONFLICT,
                "not_parked",
                "the task is not parked any more",
            ),
            Err(error) => store_down(&error),
        })
    }

    async fn checks(&self, account: &AccountId) -> Vec<Check> {
        self.look(account).await.unwrap_or_else(|error| {
            let text = format!("The store failed: {error}.");
            vec![Check::problem("backlog", text, "Check the database.")]
        })
    }
}

impl fmt::Debug for TaskOperator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TaskOperator").finish_non_exhaustive()
    }
}

const RETRIED: &str = "A retry was requested, and the task is due again.";
const UNPARK: &str = "Look for \"panicked\" in the log of the program, correct the cause, then retry the failed tasks in the \
     sync log.";
const RUNS: &str =
    "Check that a host runs the background tasks and that the product and Greenhouse respond.";
const LATE: Duration = Duration::from_secs(15 * 60);
