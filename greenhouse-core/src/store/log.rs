use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Hint, TaskId};
use crate::{ApplicationId, AssessmentId, CandidateId, InvitationId, Text, plain};

/// Sync log entry for one push, notice, inbound event or problem. Contains no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogEntry {
    /// Key of the entry, if any. An entry with a key replaces the earlier entry with that key.
    pub key: Option<LogKey>,
    /// Time of the event.
    pub at: DateTime<Utc>,
    /// Direction of the exchange.
    pub direction: Direction,
    /// Subject of the entry.
    pub subject: LogSubject,
    /// Status of the entry.
    pub status: LogStatus,
    /// Stable code of the text, for programs. Empty in an entry that was stored before entries had
    /// codes.
    #[serde(default)]
    pub code: String,
    /// Text for recruiters and operators, without personal data.
    pub text: String,
    /// Assessment that the entry concerns.
    pub assessment: Option<AssessmentId>,
    /// Invitation that the entry concerns.
    pub invitation: Option<InvitationId>,
    /// Application that the entry concerns.
    pub application: Option<ApplicationId>,
    /// Candidate that the entry concerns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub candidate: Option<CandidateId>,
    /// Candidates that a recruiter can choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<CandidateId>,
}

impl LogEntry {
    /// Creates an entry that concerns no record yet. Its text becomes one line without hidden
    /// characters; see [`plain`].
    pub fn new(
        at: DateTime<Utc>,
        direction: Direction,
        subject: LogSubject,
        status: LogStatus,
        text: Text,
    ) -> Self {
        let (code, text) = text.into_parts();
        Self {
            key: None,
            at,
            direction,
            subject,
            status,
            code,
            text: plain::line(&text),
            assessment: None,
            invitation: None,
            application: None,
            candidate: None,
            candidates: Vec::new(),
        }
    }

    /// Sets the key.
    #[must_use]
    pub fn keyed(self, key: LogKey) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// Sets the assessment.
    #[must_use]
    pub fn about_assessment(self, assessment: AssessmentId) -> Self {
        Self {
            assessment: Some(assessment),
            ..self
        }
    }

    /// Sets the invitation.
    #[must_use]
    pub fn about_invitation(self, invitation: InvitationId) -> Self {
        Self {
            invitation: Some(invitation),
            ..self
        }
    }

    /// Sets the application.
    #[must_use]
    pub fn about_application(self, application: ApplicationId) -> Self {
        Self {
            application: Some(application),
            ..self
        }
    }

    /// Sets the candidate.
    #[must_use]
    pub fn about_candidate(self, candidate: CandidateId) -> Self {
        Self {
            candidate: Some(candidate),
            ..self
        }
    }

    /// Sets the candidates that a recruiter can choose from.
    #[must_use]
    pub fn with_candidates(self, candidates: Vec<CandidateId>) -> Self {
        Self { candidates, ..self }
    }

    /// Returns `true` if the entry is a failed push, notice, task or status, which a person can
    /// retry.
    pub fn offers_retry(&self) -> bool {
        let is_operation = self.subject.is_operation() || self.subject == LogSubject::StatusField;
        self.status == LogStatus::Failed && is_operation
    }
}

/// Key of an entry that is updated in place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogKey(String);

impl LogKey {
    /// Key of the entry for an assessment's push.
    pub fn push(assessment: &AssessmentId) -> Self {
        Self(format!("push:{assessment}"))
    }

    /// Key of the entry for an invitation's completion notice.
    pub fn notice(invitation: &InvitationId) -> Self {
        Self(format!("notice:{invitation}"))
    }

    /// Key of the entry for a hint about a linked application, and later for its outcome.
    pub fn hint(assessment: &AssessmentId, hint: &Hint) -> Self {
        let application = hint.application.value().to_string();
        let at = hint.at.timestamp_micros().to_string();
        Self(["hint:", &application, ":", &at, ":", assessment.as_str()].concat())
    }

    /// Key of the entry for a refused request with this code. All refusals with the same code share
    /// 16 entries, selected by `number` modulo 16, so that the log stays short.
    pub fn refusal(code: &str, number: u64) -> Self {
        let slot = number % REFUSAL_SLOTS;
        Self(format!("refusal:{code}:{slot}"))
    }

    /// Key of the entry for the latest revocation of an assessment's report links.
    pub fn report_links(assessment: &AssessmentId) -> Self {
        Self(format!("report-links:{assessment}"))
    }

    /// Key of the entry for the status of an invitation's test in a custom field.
    pub fn status_field(invitation: &InvitationId) -> Self {
        Self(format!("status-field:{invitation}"))
    }

    /// Key of the entry for a task that is parked after panics.
    pub fn task(task: TaskId) -> Self {
        Self(format!("{TASK}{task}"))
    }

    /// Key of the entry for the test of a stage, by the task that sends it.
    pub fn stage_test(task: TaskId) -> Self {
        Self(format!("stage-test:{task}"))
    }

    /// Task that the entry concerns. `None` if the entry does not concern a task.
    pub fn task_id(&self) -> Option<TaskId> {
        let id = self.0.strip_prefix(TASK)?;
        id.parse().ok().map(TaskId::new)
    }

    /// The text of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Direction of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From Greenhouse to the product.
    FromGreenhouse,
    /// From the product to Greenhouse.
    ToGreenhouse,
}

/// Subject of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogSubject {
    /// A push, or the reason why there was none.
    Push,
    /// A completion notice.
    Notice,
    /// A `send_test` request.
    Invitation,
    /// A change to a linked application, reported by a webhook or found by a comparison with
    /// Greenhouse.
    Event,
    /// Revocation of report links.
    ReportLink,
    /// A task that is parked after panics.
    Task,
    /// The status of a test in a custom field of an application.
    StatusField,
    /// A problem that a person must solve.
    Problem,
    /// The end of a backfill.
    Backfill,
}

impl LogSubject {
    /// Returns `true` for pushes, notices and tasks: they end, a person can retry them after a
    /// failure, and the summary of the log counts those that are open.
    pub fn is_operation(self) -> bool {
        matches!(self, Self::Push | Self::Notice | Self::Task)
    }
}

/// Status of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogStatus {
    /// In progress.
    Pending,
    /// Done.
    Done,
    /// Deliberately not done; the text states the reason.
    Skipped,
    /// Failed; the text states the reason.
    Failed,
}

macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal,)* }) => {
        impl $name {
            /// Name for stores, filters and logs.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// Parses the name. `None` if it is unknown.
            pub fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

words!(Direction { FromGreenhouse => "from_greenhouse", ToGreenhouse => "to_greenhouse", });
words!(LogSubject {
    Push => "push",
    Notice => "notice",
    Invitation => "invitation",
    Event => "event",
    ReportLink => "report_link",
    Task => "task",
    StatusField => "status_field",
    Problem => "problem",
    Backfill => "backfill",
});
words!(LogStatus { Pending => "pending", Done => "done", Skipped => "skipped", Failed => "failed", });

/// Id of a stored entry, assigned by the store. Later entries have higher ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct LogId(i64);

impl LogId {
    /// Wraps a number that the store assigned.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number that the store assigned.
    pub const fn value(self) -> i64 {
        self.0
    }
}

impl fmt::Display for LogId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A stored entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedEntry {
    /// Id of the entry.
    pub id: LogId,
    /// The entry.
    pub entry: LogEntry,
}

const TASK: &str = "task:";
const REFUSAL_SLOTS: u64 = 16;
