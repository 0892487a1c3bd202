//! What the sync log says of a push.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId,
    store::{Direction, LogEntry, LogKey, LogStatus, LogSubject, PushOrigin, PushState},
};

/// The one entry of an assessment's push.
pub(super) fn entry(
    assessment: &AssessmentId,
    at: DateTime<Utc>,
    status: LogStatus,
    text: impl Into<greenhouse_core::Text>,
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

pub(super) const RUNNING: &str = "Being pushed.";
