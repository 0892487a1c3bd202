//! Responses of the sync log and of pushes.

use serde::Deserialize;

/// `GET sync-log`.
#[derive(Deserialize)]
pub(crate) struct LogPage {
    pub(crate) entries: Vec<LogEntry>,
    /// Value of `before` for the next page.
    pub(crate) next: Option<i64>,
}

/// Entry of the sync log.
#[derive(Deserialize)]
pub(crate) struct LogEntry {
    pub(crate) id: i64,
    pub(crate) at: String,
    /// `to_greenhouse` or `from_greenhouse`.
    pub(crate) direction: String,
    pub(crate) subject: String,
    /// `done`, `skipped`, `pending` or `failed`.
    pub(crate) status: String,
    pub(crate) code: String,
    pub(crate) text: String,
    pub(crate) assessment: Option<String>,
    pub(crate) invitation: Option<String>,
    pub(crate) application: Option<i64>,
    pub(crate) candidate: Option<i64>,
    pub(crate) greenhouse_url: Option<String>,
    /// Candidates to choose from.
    #[serde(default)]
    pub(crate) candidates: Vec<i64>,
    /// `true` if the operation can be retried.
    pub(crate) retry: bool,
    /// `true` if the trigger skipped the assessment and a person can push it.
    pub(crate) push: bool,
}

impl LogEntry {
    /// Returns `true` if the status can change without a person.
    pub(crate) fn is_pending(&self) -> bool {
        self.status == "pending"
    }
}

/// `GET sync-log/summary`.
#[derive(Deserialize)]
pub(crate) struct Summary {
    pub(crate) days: Vec<Day>,
    pub(crate) open: OpenOperations,
}

/// Entries of one day.
#[derive(Deserialize)]
pub(crate) struct Day {
    /// Such as `2026-11-30`, in UTC.
    pub(crate) date: String,
    pub(crate) pushes: Counts,
    pub(crate) from_greenhouse: Counts,
}

/// Number of entries by status.
#[derive(Clone, Copy, Default, Deserialize)]
pub(crate) struct Counts {
    pub(crate) done: u64,
    pub(crate) skipped: u64,
    pub(crate) pending: u64,
    pub(crate) failed: u64,
}

impl Counts {
    pub(crate) fn all(self) -> u64 {
        self.done + self.skipped + self.pending + self.failed
    }
}

/// Operations that are failed or pending.
#[derive(Deserialize)]
pub(crate) struct OpenOperations {
    pub(crate) failed: u64,
    pub(crate) pending: u64,
    pub(crate) oldest: Option<String>,
}

/// `POST sync-log/retry-failed`.
#[derive(Deserialize)]
pub(crate) struct Retried {
    pub(crate) queued: u64,
    pub(crate) refused: Vec<RefusedRetry>,
    pub(crate) next: Option<i64>,
}

/// Entry that could not be retried.
#[derive(Deserialize)]
pub(crate) struct RefusedRetry {
    /// Entry of the sync log.
    pub(crate) log: i64,
    pub(crate) code: String,
    pub(crate) message: String,
}

/// `GET push/{assessment}` and `POST push/{assessment}`.
#[derive(Deserialize)]
pub(crate) struct Push {
    /// `queued`, `waiting`, `running`, `done` or `failed`.
    pub(crate) state: String,
    pub(crate) greenhouse_url: Option<String>,
    /// Entry of the sync log.
    pub(crate) log: Option<i64>,
    pub(crate) steps: Vec<Step>,
    /// Reason for the failure.
    #[serde(default)]
    pub(crate) error: Option<PushProblem>,
    /// Reason for the wait.
    #[serde(default)]
    pub(crate) wait: Option<PushProblem>,
}

/// Reason why a push failed or waits.
#[derive(Deserialize)]
pub(crate) struct PushProblem {
    pub(crate) code: String,
    pub(crate) message: String,
    /// Candidates to choose from.
    #[serde(default)]
    pub(crate) candidates: Vec<i64>,
    /// Time before which a retry is refused, or of the next attempt.
    #[serde(default)]
    pub(crate) retry_at: Option<String>,
}

/// Step of a push.
#[derive(Deserialize)]
pub(crate) struct Step {
    pub(crate) step: String,
    /// `done`, `found`, `running`, `unknown`, `partial` or `not_done`.
    pub(crate) state: String,
    pub(crate) began_at: String,
    pub(crate) ended_at: Option<String>,
}
