//! Tasks that panic. They are retried with increasing waits and parked after the fifth panic.
//!
//! A parked task stays stored and is not run. The sync log has a failed entry for the task. A retry
//! of the entry makes the task due again. Other tasks are not affected.

mod operator;
mod supervise;

use std::time::Duration;

use chrono::{DateTime, Utc};

pub use self::{
    operator::TaskOperator,
    supervise::{TaskError, supervise},
};
use crate::{
    Backoff, Text, later,
    store::{ClaimedTask, Direction, LogEntry, LogKey, LogStatus, LogSubject, Task, TaskKind},
    texts::parking::{self as texts, TaskWords},
};

/// Decision after a task has panicked.
#[derive(Debug, Clone, PartialEq)]
pub enum AfterPanic {
    /// The task is due again at this time.
    Again(DateTime<Utc>),
    /// The task is parked, which this log entry reports.
    Park(Box<LogEntry>),
}

/// Decides what happens to a task that panicked at `now`. `earlier` is the number of panics before
/// this one.
pub fn after_panic(task: &ClaimedTask, earlier: u32, now: DateTime<Utc>) -> AfterPanic {
    if earlier.saturating_add(1) < MAX_PANICS {
        return AfterPanic::Again(later(now, BACKOFF.after(earlier)));
    }
    let text = texts::task_parked(words(task.task.kind()).subject, MAX_PANICS);
    let entry = entry(task, LogStatus::Failed, text, now);
    AfterPanic::Park(Box::new(entry))
}

/// Returns the sync log entry of a task, keyed so that it replaces the task's earlier entry.
fn entry(task: &ClaimedTask, status: LogStatus, text: Text, now: DateTime<Utc>) -> LogEntry {
    let direction = match task.task {
        Task::Push { .. }
        | Task::Notify { .. }
        | Task::Backfill { .. }
        | Task::WriteStatus { .. } => Direction::ToGreenhouse,
        _ => Direction::FromGreenhouse,
    };
    let mut entry =
        LogEntry::new(now, direction, LogSubject::Task, status, text).keyed(LogKey::task(task.id));
    match &task.task {
        Task::Invite { invitation }
        | Task::Notify { invitation }
        | Task::WriteStatus { invitation } => {
            entry.invitation = Some(invitation.clone());
        }
        Task::NotifyProduct { assessment, .. }
        | Task::FindSuccessor { assessment, .. }
        | Task::ReplayIgnored { assessment, .. }
        | Task::Push { assessment } => entry.assessment = Some(assessment.clone()),
        Task::ReadApplication { hint, .. } => entry.application = Some(hint.application),
        Task::StageTest { application, .. } => entry.application = Some(*application),
        Task::Reconcile { .. } | Task::Backfill { .. } => {}
    }
    entry
}

fn words(kind: TaskKind) -> TaskWords {
    match kind {
        TaskKind::Invite => texts::INVITE,
        TaskKind::Notify => texts::NOTIFY,
        TaskKind::NotifyProduct => texts::NOTIFY_PRODUCT,
        TaskKind::ReadApplication => texts::READ_APPLICATION,
        TaskKind::FindSuccessor => texts::FIND_SUCCESSOR,
        TaskKind::ReplayIgnored => texts::REPLAY_IGNORED,
        TaskKind::Reconcile => texts::RECONCILE,
        TaskKind::Push => texts::PUSH,
        TaskKind::Backfill => texts::BACKFILL,
        TaskKind::StageTest => texts::STAGE_TEST,
        TaskKind::WriteStatus => texts::WRITE_STATUS,
    }
}

const MAX_PANICS: u32 = 5;
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(10), Duration::from_secs(10 * 60));

#[cfg(test)]
mod tests;
