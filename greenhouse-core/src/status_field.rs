//! Status of tests that Greenhouse sent, in a custom field of their applications.
//!
//! Each change of an invitation's state calls [`enqueue`] in the same commit. The first change that
//! the field does not show yet queues one task, which runs after [`WINDOW`] and writes the state of
//! that time. Later changes queue nothing until then, so that many changes in a short time are one
//! write. If the state changes while the task runs, [`written`] keeps the task for another window,
//! so that the field ends with the last state.
//!
//! A write is absolute, so it may be repeated. It never runs beside a push of the same application,
//! because each of the two reads the row first and may replace all of its custom fields.

use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{
    ApplicationId, later,
    store::{
        CandidateHistory, Changes, DueTask, Invitation, InvitationState, JournalMark, Link, Push,
        PushState, PushStep, Settlement, Task, TestStatus, WrittenStatus,
    },
};

/// Time from a change of the state to its write. Further changes within this time are written
/// together.
pub const WINDOW: Duration = Duration::from_secs(60);

/// Returns the status that the field shows for this state. `None` if the field stays as it is: the
/// candidate is not invited yet, or the product refused to invite the candidate, which the sync log
/// reports.
///
/// A test that was opened again counts as invited, because the candidate may not have started
/// again.
pub fn status_of(state: InvitationState) -> Option<TestStatus> {
    match state {
        InvitationState::Received | InvitationState::Refused => None,
        InvitationState::Invited | InvitationState::Reopened => Some(TestStatus::Invited),
        InvitationState::Started => Some(TestStatus::Started),
        InvitationState::Completed => Some(TestStatus::Completed),
        InvitationState::Expired => Some(TestStatus::Expired),
        InvitationState::Withdrawn => Some(TestStatus::Withdrawn),
    }
}

/// Queues a write of the invitation's status to `field`, if the field does not show it yet and no
/// write is queued. Call this with every change of the state, before the invitation is added to
/// `changes`. Returns `true` if a task was queued.
pub fn enqueue(
    changes: &mut Changes,
    invitation: &mut Invitation,
    field: &str,
    now: DateTime<Utc>,
) -> bool {
    queue(changes, invitation, field, later(now, WINDOW))
}

/// Queues a write that is due immediately, because a person requested it. Returns `false` if there
/// is nothing to write, or if a write is queued already.
pub fn enqueue_now(
    changes: &mut Changes,
    invitation: &mut Invitation,
    field: &str,
    now: DateTime<Utc>,
) -> bool {
    queue(changes, invitation, field, now)
}

fn queue(
    changes: &mut Changes,
    invitation: &mut Invitation,
    field: &str,
    due_at: DateTime<Utc>,
) -> bool {
    let status = status_of(invitation.state);
    let is_shown = status.is_none_or(|status| invitation.status_field.holds(field, status));
    if invitation.application.is_none() || is_shown || invitation.status_field.is_due {
        return false;
    }
    invitation.status_field.is_due = true;
    let write = Task::WriteStatus {
        invitation: invitation.id.clone(),
    };
    changes.due.push(DueTask::new(write, due_at));
    true
}

/// What the store knows when the task runs.
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StatusInput<'a> {
    /// The invitation.
    pub invitation: &'a Invitation,
    /// Key of the field in the settings. `None` if no status is written.
    pub field: Option<&'a str>,
    /// Link of the invitation's assessment, if it has one.
    pub link: Option<&'a Link>,
    /// History of the invitation's candidate, if there is one.
    pub history: Option<&'a CandidateHistory>,
    /// Pushes of the invited person and of the invitation's assessment.
    pub pushes: &'a [Push],
    /// Time after which a write with an unknown outcome has certainly ended and reads show it.
    pub settle_time: Duration,
}

impl<'a> StatusInput<'a> {
    /// Creates the input of an invitation without a link, a history or pushes.
    pub fn new(invitation: &'a Invitation, field: Option<&'a str>, settle_time: Duration) -> Self {
        Self {
            invitation,
            field,
            link: None,
            history: None,
            pushes: &[],
            settle_time,
        }
    }
}

/// Decision of a task.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusDecision {
    /// There is nothing to write.
    Nothing,
    /// The task waits until this time.
    Wait(DateTime<Utc>),
    /// The task writes this status to this application.
    Write(ApplicationId, TestStatus),
}

/// Decides what a task does at `now`.
///
/// Nothing is written to an application that was deleted, or whose candidate was deleted, merged
/// into another or anonymized, as far as the store knows. An application that is rejected or hired
/// still gets the status of its test.
pub fn decide(input: &StatusInput<'_>, now: DateTime<Utc>) -> StatusDecision {
    let StatusInput {
        invitation, field, ..
    } = *input;
    let wanted = field
        .zip(invitation.application)
        .zip(status_of(invitation.state));
    let Some(((field, application), status)) = wanted else {
        return StatusDecision::Nothing;
    };
    if invitation.status_field.holds(field, status) || is_gone(input, application) {
        return StatusDecision::Nothing;
    }
    // The earlier write may still be running, and would overwrite this one.
    let unsettled = invitation
        .status_field
        .begun_at
        .map(|at| later(at, input.settle_time));
    let unsettled = unsettled.filter(|until| now < *until);
    let pushed = wait_for_pushes(input.pushes, application, input.settle_time, now);
    match unsettled.max(pushed) {
        Some(until) => StatusDecision::Wait(until),
        None => StatusDecision::Write(application, status),
    }
}

/// Returns the time until which pushes of the application exclude a write of its status. `None` if
/// there are no such pushes.
///
/// A running push may be writing the fields of the application. After it has written them, reads
/// may not show them for the settle time.
pub fn wait_for_pushes(
    pushes: &[Push],
    application: ApplicationId,
    settle_time: Duration,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let concerned = pushes
        .iter()
        .filter(|push| push.application.is_none_or(|own| own == application));
    let waits = concerned.flat_map(|push| {
        let is_busy = match &push.state {
            PushState::Queued => push
                .wait
                .as_ref()
                .is_none_or(|wait| wait.retry_at <= later(now, settle_time)),
            PushState::Running { lease_until } => now < *lease_until,
            _ => false,
        };
        let written = push.mark(PushStep::ApplicationFields);
        let written = written.filter(|line| match line.mark {
            JournalMark::Done { id, found: false } => id == application.value(),
            JournalMark::Begun => true,
            _ => false,
        });
        let busy = is_busy.then(|| later(now, BUSY));
        let written = written.map(|line| later(line.at, settle_time));
        [busy, written.filter(|until| now < *until)]
    });
    waits.flatten().max()
}

/// Returns the time until which a push may not write the custom fields of the invitation's
/// application, because the outcome of a write of the status is unknown. `None` if there is no such
/// write.
pub fn push_waits_until(
    invitation: &Invitation,
    settle_time: Duration,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let until = later(invitation.status_field.begun_at?, settle_time);
    (now < until).then_some(until)
}

/// Records that a write begins. Until the task is settled, the value of the field is unknown.
pub fn begin(invitation: &mut Invitation, now: DateTime<Utc>) {
    invitation.status_field.begun_at = Some(now);
    invitation.status_field.written = None;
}

/// Records that the field shows this status, and returns the settlement of the task. If the state
/// has changed since the task read it, the task runs again after another window.
pub fn written(
    invitation: &mut Invitation,
    written: WrittenStatus,
    now: DateTime<Utc>,
) -> Settlement {
    let current = status_of(invitation.state);
    let is_current = current.is_none_or(|current| current == written.status);
    let record = &mut invitation.status_field;
    record.begun_at = None;
    record.misses = 0;
    record.written = Some(written);
    record.is_due = !is_current;
    match is_current {
        true => Settlement::Done,
        false => Settlement::Again(later(now, WINDOW)),
    }
}

/// Records that the task ends without a write, and returns its settlement. The next change of the
/// state queues another task.
pub fn dropped(invitation: &mut Invitation) -> Settlement {
    let record = &mut invitation.status_field;
    record.begun_at = None;
    record.misses = 0;
    record.is_due = false;
    Settlement::Done
}

fn is_gone(input: &StatusInput<'_>, application: ApplicationId) -> bool {
    let of_link = input
        .link
        .is_some_and(|link| link.erased || (link.application == application && link.state.deleted));
    let of_candidate = input.history.is_some_and(|history| {
        history.deleted_at.is_some()
            || history.merged_into.is_some()
            || history.anonymized.is_some()
    });
    of_link || of_candidate
}

/// Interval at which a task checks if a push of the application has ended.
const BUSY: Duration = Duration::from_secs(10);

#[cfg(test)]
mod tests;
