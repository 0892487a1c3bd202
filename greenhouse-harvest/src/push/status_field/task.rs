//! One task, from its claim to its settlement.

use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, Backoff, InvitationId, Text, later,
    status_field::{self, StatusDecision, StatusInput},
    store::{
        Changes, ClaimedTask, Direction, Invitation, LogEntry, LogKey, LogStatus, LogSubject,
        Proposal, Push, Settlement, StoreError, Task, Write, WrittenStatus, decide_and_apply,
    },
    within,
};

use super::attempt::{Attempt, Target, prepare, send};
use crate::push::{engine::Engine, texts::sync_log::status as texts};

/// Runs one task. Does nothing if there is nothing to write.
pub(super) async fn run(engine: &Engine, task: &ClaimedTask) -> Result<(), StoreError> {
    let Task::WriteStatus { invitation } = &task.task else {
        return Ok(());
    };
    let Some(target) = target(engine, task, invitation).await? else {
        return Ok(());
    };
    let left = task.lease_until.signed_duration_since(engine.now());
    let left = left.to_std().unwrap_or_default();
    let clock = &**engine.ports.clock();
    let attempt = Box::pin(attempt(engine, task, invitation, &target));
    match within(clock, left, attempt).await {
        Some(ended) => settle(engine, task, invitation, &target, &ended?).await,
        // The lease has ended. The task is claimed again.
        None => Ok(()),
    }
}

async fn attempt(
    engine: &Engine,
    task: &ClaimedTask,
    id: &InvitationId,
    target: &Target,
) -> Result<Attempt, StoreError> {
    let Some(access) = engine.clients.access(&task.account).await? else {
        return Ok(Attempt::SwitchedOff);
    };
    let prepared = match prepare(engine, &task.account, &access, target).await {
        Ok(prepared) => prepared,
        Err(ended) => return Ok(ended),
    };
    let Some(update) = prepared.update else {
        return Ok(Attempt::Written(prepared.value));
    };
    if !begin(engine, task, id, target).await? {
        return Ok(Attempt::NotNow(engine.now()));
    }
    // A push that was claimed before the beginning was stored does not wait for the write.
    let pushes = pushes_of(engine, &task.account, id).await?;
    let (settle_time, now) = (engine.config.settle_time, engine.now());
    let waits = status_field::wait_for_pushes(&pushes, target.application, settle_time, now);
    if let Some(until) = waits {
        return Ok(Attempt::NotNow(until));
    }
    Ok(match send(engine, task, &access, target, &update).await {
        Ok(()) => Attempt::Written(prepared.value),
        Err(ended) => ended,
    })
}

/// Returns what the task writes. Settles the task and returns `None` if it writes nothing now.
async fn target(
    engine: &Engine,
    task: &ClaimedTask,
    id: &InvitationId,
) -> Result<Option<Target>, StoreError> {
    let (store, account) = (engine.store(), &task.account);
    let decided = decide_and_apply(store, account, || async move {
        let mut changes = Changes::none();
        let Some(mut invitation) = store.invitation(account, id).await? else {
            changes.settled = Some(task.settle(Settlement::Done));
            return Ok::<_, StoreError>(Proposal::Write(changes, None));
        };
        let how = match decision(engine, account, &invitation).await? {
            Decision::Write(target) => return Ok(Proposal::Keep(Some(target))),
            Decision::Wait(until) => Settlement::Again(until),
            Decision::Nothing => {
                let how = status_field::dropped(&mut invitation);
                changes.invitations.push(Write::Put(invitation));
                how
            }
        };
        changes.settled = Some(task.settle(how));
        Ok(Proposal::Write(changes, None))
    });
    Ok(decided.await?.applied().flatten())
}

/// Stores that the write begins. Returns `false` if the task must decide again.
async fn begin(
    engine: &Engine,
    task: &ClaimedTask,
    id: &InvitationId,
    target: &Target,
) -> Result<bool, StoreError> {
    let (store, account) = (engine.store(), &task.account);
    let decided = decide_and_apply(store, account, || async move {
        let Some(mut invitation) = store.invitation(account, id).await? else {
            return Ok::<_, StoreError>(Proposal::Keep(false));
        };
        match decision(engine, account, &invitation).await? {
            Decision::Write(now) if now == *target => {}
            _ => return Ok(Proposal::Keep(false)),
        }
        status_field::begin(&mut invitation, engine.now());
        let mut changes = Changes::none();
        changes.invitations.push(Write::Put(invitation));
        Ok(Proposal::Write(changes, true))
    });
    Ok(decided.await?.applied().unwrap_or(false))
}

/// Decision of the task, with the field from the settings.
enum Decision {
    Nothing,
    Wait(DateTime<Utc>),
    Write(Target),
}

async fn decision(
    engine: &Engine,
    account: &AccountId,
    invitation: &Invitation,
) -> Result<Decision, StoreError> {
    let store = engine.store();
    let settings = engine.ports.settings().push(account).await?;
    let field = settings.and_then(|settings| settings.status_field.clone());
    let pushes = pushes_of(engine, account, &invitation.id).await?;
    let link = match &invitation.assessment {
        Some(assessment) => store.link(account, assessment).await?,
        None => None,
    };
    let history = match invitation.candidate {
        Some(candidate) => store.candidate_history(account, candidate).await?,
        None => None,
    };
    let settle_time = engine.config.settle_time;
    let mut input = StatusInput::new(invitation, field.as_deref(), settle_time);
    input.link = link.as_ref();
    input.history = history.as_ref();
    input.pushes = &pushes;
    Ok(match (status_field::decide(&input, engine.now()), field) {
        (StatusDecision::Write(application, status), Some(field)) => Decision::Write(Target {
            field,
            application,
            status,
        }),
        (StatusDecision::Wait(until), _) => Decision::Wait(until),
        _ => Decision::Nothing,
    })
}

/// Returns the pushes of the invitation's person and assessment.
async fn pushes_of(
    engine: &Engine,
    account: &AccountId,
    id: &InvitationId,
) -> Result<Vec<Push>, StoreError> {
    let store = engine.store();
    let Some(invitation) = store.invitation(account, id).await? else {
        return Ok(Vec::new());
    };
    let mut pushes = match invitation.person.key(account) {
        Some(person) => store.pushes_of_person(account, &person).await?,
        None => Vec::new(),
    };
    if let Some(assessment) = &invitation.assessment {
        pushes.extend(store.push(account, assessment).await?);
    }
    Ok(pushes)
}

async fn settle(
    engine: &Engine,
    task: &ClaimedTask,
    id: &InvitationId,
    target: &Target,
    ended: &Attempt,
) -> Result<(), StoreError> {
    let (store, account) = (engine.store(), &task.account);
    let decided = decide_and_apply(store, account, || async move {
        let mut changes = Changes::none();
        let how = match store.invitation(account, id).await? {
            Some(mut invitation) => {
                let now = engine.now();
                let (how, entry) = result(&mut invitation, task, target, ended, now);
                changes.log.extend(entry);
                changes.invitations.push(Write::Put(invitation));
                how
            }
            None => Settlement::Done,
        };
        changes.settled = Some(task.settle(how));
        Ok::<_, StoreError>(Proposal::Write(changes, ()))
    });
    // If the lease was lost, its new holder settles the task.
    let _ = decided.await?;
    Ok(())
}

/// Adds the end of an attempt to the invitation. Returns the settlement of the task, and the entry
/// for the sync log.
fn result(
    invitation: &mut Invitation,
    task: &ClaimedTask,
    target: &Target,
    ended: &Attempt,
    now: DateTime<Utc>,
) -> (Settlement, Option<LogEntry>) {
    let record = &mut invitation.status_field;
    let backed_off = later(now, BACKOFF.after(task.attempts));
    match ended {
        Attempt::Written(value) => {
            let written = WrittenStatus::new(&*target.field, target.status, value, now);
            let how = status_field::written(invitation, written, now);
            let text = texts::status_written(target.status.label());
            (how, Some(entry(invitation, now, LogStatus::Done, text)))
        }
        Attempt::NotNow(until) => {
            record.begun_at = None;
            (Settlement::Again((*until).max(backed_off)), None)
        }
        Attempt::Unknown => {
            // The request may have been sent long after the beginning was stored.
            record.begun_at = Some(now);
            (Settlement::Again(backed_off), None)
        }
        Attempt::Missed(_, _) if record.misses == 0 => {
            record.begun_at = None;
            record.misses = 1;
            (Settlement::Again(backed_off), None)
        }
        Attempt::Missed(status, text) => {
            let how = status_field::dropped(invitation);
            let entry = entry(invitation, now, *status, text.clone());
            (how, Some(entry))
        }
        Attempt::Refused(text) => {
            let how = status_field::dropped(invitation);
            let entry = entry(invitation, now, LogStatus::Failed, text.clone());
            (how, Some(entry))
        }
        Attempt::SwitchedOff => (status_field::dropped(invitation), None),
    }
}

/// Queues the write of an invitation's status again. Returns `false` if there is nothing to write.
pub(super) async fn queue(
    engine: &Engine,
    account: &AccountId,
    id: &InvitationId,
) -> Result<bool, StoreError> {
    let store = engine.store();
    let decided = decide_and_apply(store, account, || async move {
        let settings = engine.ports.settings().push(account).await?;
        let field = settings.and_then(|settings| settings.status_field.clone());
        let invitation = store.invitation(account, id).await?;
        let (Some(field), Some(mut invitation)) = (field, invitation) else {
            return Ok::<_, StoreError>(Proposal::Keep(false));
        };
        let (mut changes, now) = (Changes::none(), engine.now());
        if !status_field::enqueue_now(&mut changes, &mut invitation, &field, now) {
            return Ok(Proposal::Keep(false));
        }
        let text = texts::status_requested();
        let queued = entry(&invitation, now, LogStatus::Pending, text);
        changes.log.push(queued);
        changes.invitations.push(Write::Put(invitation));
        Ok(Proposal::Write(changes, true))
    });
    Ok(decided.await?.applied().unwrap_or(false))
}

/// Returns the sync log entry for the status of an invitation's test. It replaces the earlier
/// entry.
fn entry(invitation: &Invitation, now: DateTime<Utc>, status: LogStatus, text: Text) -> LogEntry {
    let (direction, subject) = (Direction::ToGreenhouse, LogSubject::StatusField);
    let mut entry = LogEntry::new(now, direction, subject, status, text)
        .keyed(LogKey::status_field(&invitation.id))
        .about_invitation(invitation.id.clone());
    entry.assessment = invitation.assessment.clone();
    entry.application = invitation.application;
    entry.candidate = invitation.candidate;
    entry
}

/// Waits after an attempt that Greenhouse did not answer or did not accept now.
const BACKOFF: Backoff = Backoff::new(Duration::from_secs(30), Duration::from_secs(15 * 60));
