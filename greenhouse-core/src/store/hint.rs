use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{ApplicationId, ApplicationStatus, AssessmentId, Stage};

/// What an event says may have changed, where it cannot be believed by itself: it carries no time, or contradicts what is
/// known at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Hint {
    /// The application.
    pub application: ApplicationId,
    /// What it is said to be.
    pub says: Hinted,
    /// When the event was decided on. Tells one hint of an application from another.
    pub at: DateTime<Utc>,
    /// Whether no event said so, but a comparison with Greenhouse: then it is worth nothing unless it is read again.
    #[serde(default)]
    pub compared: bool,
    /// Who waits for what comes of it: the log says so of each, also of a link that has another application by then.
    #[serde(default)]
    pub assessments: Vec<AssessmentId>,
}

impl Hint {
    /// A hint that came at `at`.
    pub fn new(application: ApplicationId, says: Hinted, at: DateTime<Utc>) -> Self {
        Self {
            application,
            says,
            at,
            compared: false,
            assessments: Vec::new(),
        }
    }

    /// The hint, with one more who waits for what comes of it.
    #[must_use]
    pub fn awaited_by(mut self, assessment: AssessmentId) -> Self {
        self.assessments.push(assessment);
        self
    }
}

/// What a [`Hint`] says of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "hinted")]
#[non_exhaustive]
pub enum Hinted {
    /// It is there, with this status and in this stage, each as far as the event told.
    State {
        /// Where it stands.
        status: Option<ApplicationStatus>,
        /// The stage it is in.
        stage: Option<Stage>,
    },
    /// It went with its candidate, or lives on under another.
    Deleted,
}
