//! Sync log entry of a push.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    Text,
    store::{Direction, LogEntry, LogKey, LogStatus, LogSubject, Push, PushState},
};

/// Returns the sync log entry for a push. It replaces the push's earlier entry.
pub(super) fn log_entry(push: &Push, at: DateTime<Utc>, status: LogStatus, text: Text) -> LogEntry {
    let mut entry = LogEntry::new(at, Direction::ToGreenhouse, LogSubject::Push, status, text)
        .keyed(LogKey::push(&push.assessment))
        .about_assessment(push.assessment.clone());
    entry.application = push.application;
    entry.candidate = push.candidate;
    entry
}

pub(super) fn log_status(state: &PushState) -> LogStatus {
    match state {
        PushState::Done => LogStatus::Done,
        PushState::Failed(_) => LogStatus::Failed,
        _ => LogStatus::Pending,
    }
}
