//! State of a Greenhouse application, in terms common to webhooks and Harvest.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, CandidateId, JobId, StageId, json::Leaf};

/// Status of an application.
///
/// Webhooks send `active`; Harvest v3 rows contain `in_process`. Only Harvest has `converted`
/// (official description, March 2026). An unknown status is kept and serialized unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum ApplicationStatus {
    /// In the pipeline.
    Active,
    /// Rejected by the company or by the candidate.
    Rejected,
    /// Hired.
    Hired,
    /// A prospect that became a candidate.
    Converted,
    /// A status unknown to this version.
    Other(String),
}

impl ApplicationStatus {
    /// Status as webhooks send it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Active => "active",
            Self::Rejected => "rejected",
            Self::Hired => "hired",
            Self::Converted => "converted",
            Self::Other(word) => word,
        }
    }
}

impl fmt::Display for ApplicationStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<&str> for ApplicationStatus {
    fn from(word: &str) -> Self {
        match word {
            "active" | "in_process" => Self::Active,
            "rejected" => Self::Rejected,
            "hired" => Self::Hired,
            "converted" => Self::Converted,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl From<String> for ApplicationStatus {
    fn from(word: String) -> Self {
        Self::from(word.as_str())
    }
}

impl From<ApplicationStatus> for String {
    fn from(status: ApplicationStatus) -> Self {
        status.as_str().to_owned()
    }
}

/// A stage in a job's interview plan. Names repeat across jobs; ids do not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stage {
    /// Id, if the source sent it.
    pub id: Option<StageId>,
    /// Name that recruiters see, if the source sent it.
    pub name: Option<String>,
}

impl Stage {
    /// Creates a stage with this id and name.
    pub fn new(id: Option<StageId>, name: Option<String>) -> Self {
        Self { id, name }
    }

    /// Returns `true` if both are the same stage. Compares ids if both have one, otherwise names.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.id, other.id) {
            (Some(left), Some(right)) => left == right,
            _ => self.name == other.name,
        }
    }
}

/// Current state of one application, read from Greenhouse.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplicationSnapshot {
    /// Id of the application.
    pub application: ApplicationId,
    /// Candidate of the application, after any merge. `None` if unknown.
    pub candidate: Option<CandidateId>,
    /// Job of the application; `None` for a prospect without a job.
    pub job: Option<JobId>,
    /// Status of the application.
    pub status: ApplicationStatus,
    /// Current stage. `None` if unknown, or if the application has no stage.
    pub stage: Option<Stage>,
    /// Value of `last_activity_at`.
    pub last_activity_at: Option<DateTime<Utc>>,
}

impl ApplicationSnapshot {
    /// Creates a snapshot of an application with only its status. All other fields are `None`.
    pub fn new(application: ApplicationId, status: ApplicationStatus) -> Self {
        Self {
            application,
            candidate: None,
            job: None,
            status,
            stage: None,
            last_activity_at: None,
        }
    }
}

impl Leaf for ApplicationStatus {
    fn of_text(text: &str) -> Option<Self> {
        Some(text.into())
    }
}
