//! What the sync log says of a push.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    ApplicationId, AssessmentId, CandidateId,
    scorecard::Scorecard,
    store::{Direction, LogEntry, LogKey, LogStatus, LogSubject, PushOrigin, PushState},
};

use super::stage::Moved;

/// The one entry of an assessment's push.
pub(super) fn entry(
    assessment: &AssessmentId,
    at: DateTime<Utc>,
    status: LogStatus,
    text: impl Into<String>,
) -> LogEntry {
    LogEntry::new(at, Direction::ToGreenhouse, LogSubject::Push, status, text)
        .keyed(LogKey::push(assessment))
        .about_assessment(assessment.clone())
}

pub(super) fn status(state: &PushState) -> LogStatus {
    match state {
        PushState::Done => LogStatus::Done,
        PushState::Failed(_) => LogStatus::Failed,
        _ => LogStatus::Pending,
    }
}

pub(super) fn queued(origin: PushOrigin) -> &'static str {
    match origin {
        PushOrigin::Trigger => "To be pushed: the account's trigger asked for it.",
        _ => "To be pushed: a person asked for it.",
    }
}

/// What a push that is done has brought into Greenhouse.
pub(super) struct Pushed {
    pub(super) candidate: CandidateId,
    pub(super) application: ApplicationId,
    pub(super) moved: Moved,
    /// In which form the scorecard went there, and why.
    pub(super) form: String,
    /// Custom fields were filled in.
    pub(super) fields: bool,
}

impl Pushed {
    /// What the sync log says: also in which form the scorecard went there, and why.
    pub(super) fn text(&self, scorecard: &Scorecard) -> String {
        let mut text = format!(
            "Pushed: candidate {}, application {}, recommendation {} ({}), {}",
            self.candidate,
            self.application,
            scorecard.overall.label(),
            scorecard.score,
            self.form
        );
        if self.fields {
            text.push_str("; custom fields filled in");
        }
        match self.moved {
            Moved::NotAsked => {}
            Moved::To(stage) => text.push_str(&format!("; moved to stage {stage}")),
            Moved::Stays => text.push_str("; not moved, since it is at the mapped stage or beyond"),
        }
        text.push('.');
        text
    }
}

pub(super) const RUNNING: &str = "Being pushed.";
