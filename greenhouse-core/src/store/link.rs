use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{ErasedPart, Erasure, Invitation};
use crate::{ApplicationId, ApplicationStatus, AssessmentId, CandidateId, JobId, Stage};

/// Greenhouse candidate and application that an assessment was pushed to, and the application's
/// state. With [`invited_applications`](crate::settings::SyncSettings::invited_applications), also
/// the candidate and the application for which Greenhouse sent a test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Link {
    /// Pushed assessment. Key of the record.
    pub assessment: AssessmentId,
    /// Candidate to which the assessment was pushed or, after a merge, the candidate that remained.
    pub candidate: CandidateId,
    /// Application to which the assessment was pushed.
    pub application: ApplicationId,
    /// Job of the application, if known.
    pub job: Option<JobId>,
    /// `true` if the candidate has been merged into another since the push.
    pub merged: bool,
    /// `true` if everything about the candidate has been erased. Nothing more is then pushed, and
    /// no webhook body about the candidate is kept.
    #[serde(default)]
    pub erased: bool,
    /// `true` if data has been erased that webhook bodies can contain. No body about the candidate
    /// is then kept, because deliveries can be late.
    #[serde(default)]
    pub bodies_erased: bool,
    /// Last known state of the application.
    pub state: LinkState,
    /// Revision of the last outcome that was or will be reported to the product.
    pub outcome_revision: u64,
    /// The version of the record; see [`Write`](super::Write).
    #[serde(skip)]
    pub version: u64,
}

/// State of a linked application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct LinkState {
    /// Status of the application.
    pub status: ApplicationStatus,
    /// Stage of the application, if known.
    pub stage: Option<Stage>,
    /// `last_activity_at` of the last applied state, in whole seconds. `None` if that state had no
    /// time.
    pub as_of: Option<DateTime<Utc>>,
    /// `true` if the application was deleted in Greenhouse. Final, unless the application has a
    /// successor after a merge.
    pub deleted: bool,
}

impl Link {
    /// Creates a link to an active application.
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
            bodies_erased: false,
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

    /// Creates the link of an invitation's assessment. `None` if the assessment does not exist yet,
    /// or if the invitation does not name the candidate and the application.
    pub fn of_invitation(invitation: &Invitation) -> Option<Self> {
        let assessment = invitation.assessment.clone()?;
        let (candidate, application) = invitation.candidate.zip(invitation.application)?;
        Some(Self::new(assessment, candidate, application, None))
    }

    /// Returns `true` if bodies that concern the candidate may be kept.
    pub fn keeps_bodies(&self) -> bool {
        !self.erased && !self.bodies_erased
    }

    /// Erases the stage if the erasure covers it, and marks the link as erased. Returns `true` if
    /// the link changed.
    pub fn erase(&mut self, erasure: &Erasure) -> bool {
        let forgets_stage = erasure.erases(ErasedPart::Stage) && self.state.stage.is_some();
        let changes = forgets_stage || !self.is_marked(erasure);
        if forgets_stage {
            self.state.stage = None;
        }
        self.erased |= erasure.is_everything();
        self.bodies_erased |= erasure.erases(ErasedPart::Bodies);
        changes
    }

    /// Returns `true` if the link has the marks of this erasure.
    pub(crate) fn is_marked(&self, erasure: &Erasure) -> bool {
        let lacks_all = erasure.is_everything() && !self.erased;
        let lacks_bodies = erasure.erases(ErasedPart::Bodies) && self.keeps_bodies();
        !lacks_all && !lacks_bodies
    }
}
