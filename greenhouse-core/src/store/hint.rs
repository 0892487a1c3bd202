use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, ApplicationStatus, AssessmentId, Stage};

/// Possible change of an application, reported by an event that is not reliable on its own, because
/// it carries no time or contradicts a known state with the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hint {
    /// Id of the application.
    pub application: ApplicationId,
    /// State that the event reports.
    pub says: Hinted,
    /// Time of the decision on the event. Distinguishes the hints about an application.
    pub at: DateTime<Utc>,
    /// `true` if the hint comes from a comparison with Greenhouse instead of an event. Such a hint
    /// is applied only if Greenhouse confirms it.
    #[serde(default)]
    pub compared: bool,
    /// Assessments whose log entries report the outcome of the hint, even if their links have
    /// another application by then.
    #[serde(default)]
    pub assessments: Vec<AssessmentId>,
}

impl Hint {
    /// Creates a hint from an event that was decided on at this time.
    pub fn new(application: ApplicationId, says: Hinted, at: DateTime<Utc>) -> Self {
        Self {
            application,
            says,
            at,
            compared: false,
            assessments: Vec::new(),
        }
    }

    /// Adds an assessment whose log entry reports the outcome.
    #[must_use]
    pub fn awaited_by(mut self, assessment: AssessmentId) -> Self {
        self.assessments.push(assessment);
        self
    }
}

/// State that a [`Hint`] reports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "hinted")]
#[non_exhaustive]
pub enum Hinted {
    /// The application exists, with this status and stage if the event contains them.
    State {
        /// Status. `None` if the event contains no status.
        status: Option<ApplicationStatus>,
        /// Stage. `None` if the event contains no stage.
        stage: Option<Stage>,
    },
    /// The application was deleted with its candidate, or moved in a merge.
    Deleted,
}
