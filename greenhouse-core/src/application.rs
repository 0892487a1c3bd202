//! What is known of an application in Greenhouse, in the words that webhooks and Harvest share.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, CandidateId, JobId, StageId, json::Leaf};

/// Where an application stands.
///
/// Webhooks say `active` where Harvest v3 rows say `in_process`; `converted` is known to Harvest only (official
/// description, March 2026). An unknown word is kept and written back unchanged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum ApplicationStatus {
    /// In the pipeline.
    Active,
    /// Rejected, by either side.
    Rejected,
    /// Hired.
    Hired,
    /// A prospect that became a candidate.
    Converted,
    /// A word that is not known here.
    Other(String),
}

impl ApplicationStatus {
    /// The word that webhooks use.
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

/// A stage of a job's interview plan. Names repeat across jobs; the id does not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Stage {
    /// The id, where the source told it.
    pub id: Option<StageId>,
    /// The name that recruiters see, where the source told it.
    pub name: Option<String>,
}

impl Stage {
    /// A stage with what is known of it.
    pub fn new(id: Option<StageId>, name: Option<String>) -> Self {
        Self { id, name }
    }

    /// Whether both are the same stage: by id where both have one, else by name.
    pub fn is_same(&self, other: &Self) -> bool {
        match (self.id, other.id) {
            (Some(left), Some(right)) => left == right,
            _ => self.name == other.name,
        }
    }
}

/// The true state of one application, as a reader of Greenhouse saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ApplicationSnapshot {
    /// The application.
    pub application: ApplicationId,
    /// Whose it is, after any merge.
    pub candidate: Option<CandidateId>,
    /// The job it is on; none for a prospect without a job.
    pub job: Option<JobId>,
    /// Where it stands.
    pub status: ApplicationStatus,
    /// The stage it is in.
    pub stage: Option<Stage>,
    /// `last_activity_at`.
    pub last_activity_at: Option<DateTime<Utc>>,
}

impl ApplicationSnapshot {
    /// A snapshot that knows the status and nothing else.
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
