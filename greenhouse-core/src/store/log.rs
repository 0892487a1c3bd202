use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{Hint, TaskId};
use crate::{ApplicationId, AssessmentId, CandidateId, InvitationId, Text};

/// What a recruiter or operator reads about one push, notice, inbound event or problem. Holds no personal data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LogEntry {
    /// An entry with a key takes the place of the earlier one with that key.
    pub key: Option<LogKey>,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Which way it went.
    pub direction: Direction,
    /// What it is about.
    pub subject: LogSubject,
    /// How it stands.
    pub status: LogStatus,
    /// Stable code of the text, for programs. Empty in an entry that was stored before entries had codes.
    #[serde(default)]
    pub code: String,
    /// In plain words, without personal data.
    pub text: String,
    /// The assessment it concerns.
    pub assessment: Option<AssessmentId>,
    /// The invitation it concerns.
    pub invitation: Option<InvitationId>,
    /// The application it concerns.
    pub application: Option<ApplicationId>,
    /// The candidates that a person can choose among.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub candidates: Vec<CandidateId>,
}

impl LogEntry {
    /// An entry that concerns nothing in particular yet.
    pub fn new(
        at: DateTime<Utc>,
        direction: Direction,
        subject: LogSubject,
        status: LogStatus,
        text: impl Into<Text>,
    ) -> Self {
        let (code, text) = text.into().into_parts();
        Self {
            key: None,
            at,
            direction,
            subject,
            status,
            code,
            text,
            assessment: None,
            invitation: None,
            application: None,
            candidates: Vec::new(),
        }
    }

    /// The entry under this key.
    #[must_use]
    pub fn keyed(self, key: LogKey) -> Self {
        Self {
            key: Some(key),
            ..self
        }
    }

    /// The entry, concerning this assessment.
    #[must_use]
    pub fn about_assessment(self, assessment: AssessmentId) -> Self {
        Self {
            assessment: Some(assessment),
            ..self
        }
    }

    /// The entry, concerning this invitation.
    #[must_use]
    pub fn about_invitation(self, invitation: InvitationId) -> Self {
        Self {
            invitation: Some(invitation),
            ..self
        }
    }

    /// The entry, concerning this application.
    #[must_use]
    pub fn about_application(self, application: ApplicationId) -> Self {
        Self {
            application: Some(application),
            ..self
        }
    }

    /// The entry, with these candidates for a person to choose among.
    #[must_use]
    pub fn offering(self, candidates: Vec<CandidateId>) -> Self {
        Self { candidates, ..self }
    }

    /// Returns `true` if a person can retry it: a push, a notice or a task that failed.
    pub fn offers_retry(&self) -> bool {
        let retried = matches!(
            self.subject,
            LogSubject::Push | LogSubject::Notice | LogSubject::Task
        );
        self.status == LogStatus::Failed && retried
    }
}

/// Names an entry that is brought up to date in place.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogKey(String);

impl LogKey {
    /// The entry of an assessment's push.
    pub fn push(assessment: &AssessmentId) -> Self {
        Self(format!("push:{assessment}"))
    }

    /// The entry of an invitation's completion notice.
    pub fn notice(invitation: &InvitationId) -> Self {
        Self(format!("notice:{invitation}"))
    }

    /// The entry of a hint about a linked application, until it is settled and then of what came of it.
    pub fn hint(assessment: &AssessmentId, hint: &Hint) -> Self {
        let application = hint.application.value().to_string();
        let at = hint.at.timestamp_micros().to_string();
        Self(["hint:", &application, ":", &at, ":", assessment.as_str()].concat())
    }

    /// The entry of the last time that an assessment's report links were revoked.
    pub fn report_links(assessment: &AssessmentId) -> Self {
        Self(format!("report-links:{assessment}"))
    }

    /// The entry of a task that is parked after panics.
    pub fn task(task: TaskId) -> Self {
        Self(format!("{TASK}{task}"))
    }

    /// The task that the entry is about. `None` if it is about something else.
    pub fn task_id(&self) -> Option<TaskId> {
        let id = self.0.strip_prefix(TASK)?;
        id.parse().ok().map(TaskId::new)
    }

    /// The text of the key.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// Greenhouse told us.
    FromGreenhouse,
    /// We told Greenhouse.
    ToGreenhouse,
}

/// What an entry is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogSubject {
    /// A push, or why there was none.
    Push,
    /// A completion notice.
    Notice,
    /// A `send_test`.
    Invitation,
    /// An inbound event that concerned a link.
    Event,
    /// The end of report links.
    ReportLink,
    /// A task that is parked after panics.
    Task,
    /// Something that needs a person.
    Problem,
}

/// How an entry stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum LogStatus {
    /// Not ended yet.
    Pending,
    /// Done.
    Done,
    /// Decided not to do it; the text says why.
    Skipped,
    /// Failed; the text says why.
    Failed,
}

macro_rules! words {
    ($name:ident { $($variant:ident => $word:literal,)* }) => {
        impl $name {
            /// The word for stores, filters and logs.
            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// Reads the word; none for an unknown one.
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
    Problem => "problem",
});
words!(LogStatus { Pending => "pending", Done => "done", Skipped => "skipped", Failed => "failed", });

/// Names a stored entry. Given by the store; a later entry has a higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LogId(i64);

impl LogId {
    /// Takes the number that the store gave.
    pub const fn new(id: i64) -> Self {
        Self(id)
    }

    /// The number that the store gave.
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
    /// Names it.
    pub id: LogId,
    /// What it says.
    pub entry: LogEntry,
}

/// Which entries to read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogFilter {
    /// Only entries older than this one: the last of the previous page.
    pub before: Option<LogId>,
    /// Only entries that went this way.
    pub direction: Option<Direction>,
    /// Only entries that stand so.
    pub status: Option<LogStatus>,
    /// Only entries about this assessment.
    pub assessment: Option<AssessmentId>,
    /// At most so many, from 1 to [`MAX_LIMIT`](Self::MAX_LIMIT).
    pub limit: usize,
}

impl LogFilter {
    /// The most entries that a store answers at once.
    pub const MAX_LIMIT: usize = 500;

    /// The newest `limit` entries.
    pub fn newest(limit: usize) -> Self {
        Self {
            limit,
            ..Self::default()
        }
    }

    /// Whether an entry is one of those to read.
    pub fn takes(&self, id: LogId, entry: &LogEntry) -> bool {
        self.before.is_none_or(|before| id < before)
            && self
                .direction
                .is_none_or(|direction| direction == entry.direction)
            && self.status.is_none_or(|status| status == entry.status)
            && self
                .assessment
                .as_ref()
                .is_none_or(|assessment| entry.assessment.as_ref() == Some(assessment))
    }
}

/// One page of the sync log, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct LogPage {
    /// The entries.
    pub entries: Vec<LoggedEntry>,
    /// Where the next page begins, if there may be more.
    pub next: Option<LogId>,
}

impl LogPage {
    /// A page of entries, and where the next one begins.
    pub fn new(entries: Vec<LoggedEntry>, next: Option<LogId>) -> Self {
        Self { entries, next }
    }
}

const TASK: &str = "task:";
