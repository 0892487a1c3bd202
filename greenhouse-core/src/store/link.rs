use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, ApplicationStatus, AssessmentId, CandidateId, JobId, Stage};

/// Which Greenhouse candidate and application an assessment was pushed to, and how that application stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// What was pushed. Key of the record.
    pub assessment: AssessmentId,
    /// The candidate it was pushed to; after a merge the one that remained.
    pub candidate: CandidateId,
    /// The application it was pushed to.
    pub application: ApplicationId,
    /// The job of the application, where it has one.
    pub job: Option<JobId>,
    /// Whether the candidate was merged into another since the push.
    pub merged: bool,
    /// Whether data of the candidate was erased: from then on no body that names them is kept.
    #[serde(default)]
    pub erased: bool,
    /// How the application stands, as far as it is known.
    pub state: LinkState,
    /// The revision of the last outcome that the product was, or is to be, told.
    pub outcome_revision: u64,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

/// How a linked application stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkState {
    /// Its status.
    pub status: ApplicationStatus,
    /// Its stage, where known.
    pub stage: Option<Stage>,
    /// The `last_activity_at` of what was last applied, on whole seconds; none where nothing with a time was applied.
    pub as_of: Option<DateTime<Utc>>,
    /// Whether the application was deleted in Greenhouse. Final, but for a merge that names its successor.
    pub deleted: bool,
}

impl Link {
    /// A new link to an application that is in the pipeline.
    pub fn new(
        assessment: AssessmentId,
        candidate: CandidateId,
        application: ApplicationId,
        job: Option<JobId>,
    ) -> Self {
        Self {
            assessment,
            candidate,
            application,
            job,
            merged: false,
            erased: false,
            state: LinkState {
                status: ApplicationStatus::Active,
                stage: None,
                as_of: None,
                deleted: false,
            },
            outcome_revision: 0,
            version: 0,
        }
    }
}
