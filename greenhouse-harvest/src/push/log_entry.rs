//! Sync log entry of a push.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId, Text,
    store::{Direction, LogEntry, LogKey, LogStatus, LogSubject, PushState},
};

/// Returns the sync log entry for an assessment's push. It replaces the push's earlier entry.
pub(super) fn log_entry(
    assessment: &AssessmentId,
    at: DateTime<Utc>,
    status: LogStatus,
    text: Text,
) -> LogEntry {
    LogEntry::new(at, Direction::ToGreenhouse, LogSubject::Push, status, text)
        .keyed(LogKey::push(assessment))
        .about_assessment(assessment.clone())
}

pub(super) fn log_status(state: &PushState) -> LogStatus {
    match state {
        PushState::Done => LogStatus::Done,
        PushState::Failed(_) => LogStatus::Failed,
        _ => LogStatus::Pending,
    }
}
