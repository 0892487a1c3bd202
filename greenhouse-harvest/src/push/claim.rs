//! Claims a queued push, unless another push for the same person is running.

use greenhouse_core::{
    AssessmentId, later,
    store::{
        Changes, ClaimedTask, LogStatus, Proposal, Push, PushState, Settlement, StoreError, Write,
        decide_and_apply,
    },
};

use super::{
    engine::Engine,
    ledger::{
        ClaimedPush,
        journal::{end_lease, interrupted, is_running},
    },
    log_entry::log_entry,
    plan::person_key,
    texts::sync_log as texts,
};

/// Marks the push as running. Returns `None` if the push cannot run now.
pub(super) async fn claim(
    engine: &Engine,
    task: &ClaimedTask,
    assessment: &AssessmentId,
) -> Result<Option<ClaimedPush>, StoreError> {
    let store = engine.store();
    let claimed = decide_and_apply(store, &task.account, || propose(engine, task, assessment));
    match claimed.await {
        Ok(decided) => Ok(decided.applied().flatten()),
        // The task is claimed again when its lease ends.
        Err(error) if error.is_contended() => Ok(None),
        Err(error) => Err(error),
    }
}

async fn propose(
    engine: &Engine,
    task: &ClaimedTask,
    assessment: &AssessmentId,
) -> Result<Proposal<Option<ClaimedPush>>, StoreError> {
    let now = engine.now();
    let mut changes = Changes::none();
    let Some(mut push) = engine.store().push(&task.account, assessment).await? else {
        changes.settled = Some(task.settle(Settlement::Done));
        return Ok(Proposal::Write(changes, None));
    };
    // The task is older than a person's request to resume the push, or the clock was set back. The
    // task is kept, because it may be the push's only one.
    if let (PushState::Queued, Some(wait)) = (&push.state, &push.wait)
        && now < wait.retry_at
    {
        changes.settled = Some(task.settle(Settlement::Again(wait.retry_at)));
        return Ok(Proposal::Write(changes, None));
    }
    match &push.state {
        PushState::Queued => {}
        // The lease of the earlier run has ended. The outcome of a write may be unknown, so a
        // person must retry the push.
        PushState::Running { lease_until } if *lease_until <= now => {
            let failure = interrupted(&push, engine.config.settle_time);
            end_lease(&mut push);
            let entry = log_entry(&push, now, LogStatus::Failed, failure.to_text());
            changes.log.push(entry);
            push.state = PushState::Failed(failure);
            changes.pushes.push(Write::Put(push));
            changes.settled = Some(task.settle(Settlement::Done));
            return Ok(Proposal::Write(changes, None));
        }
        _ => {
            changes.settled = Some(task.settle(Settlement::Done));
            return Ok(Proposal::Write(changes, None));
        }
    }
    restore_person(engine, task, &mut push).await;
    let siblings = siblings_of(engine, task, &push).await?;
    if siblings.iter().any(|other| is_running(other, now)) {
        let again = later(now, engine.config.busy_wait);
        changes.settled = Some(task.settle(Settlement::Again(again)));
        return Ok(Proposal::Write(changes, None));
    }
    push.state = PushState::Running {
        lease_until: task.lease_until,
    };
    changes.pushes.push(Write::Put(push.clone()));
    // Writing the siblings back unchanged raises their versions. If two pushes for one person start
    // at the same time, the second gets a conflict and then finds the first running.
    let others = siblings
        .iter()
        .filter(|other| other.state != PushState::Done);
    changes.pushes.extend(others.cloned().map(Write::Put));
    let entry = log_entry(&push, now, LogStatus::Pending, texts::push_running());
    changes.log.push(entry);
    push.version = push.version.saturating_add(1);
    let claimed = ClaimedPush {
        push,
        sibling_pushes: siblings,
    };
    Ok(Proposal::Write(changes, Some(claimed)))
}

/// Settles a task without running a push.
pub(super) async fn dismiss(engine: &Engine, task: &ClaimedTask) -> Result<(), StoreError> {
    let mut changes = Changes::none();
    changes.settled = Some(task.settle(Settlement::Done));
    // If the lease was lost, its new holder settles the task.
    let _ = engine.store().apply(&task.account, changes).await?;
    Ok(())
}

/// Restores the person key of a push if only the person's email address was erased while the push
/// waited. Sibling pushes are found by this key. If the product cannot be read now, the run fails
/// later, when it reads the assessment.
async fn restore_person(engine: &Engine, task: &ClaimedTask, push: &mut Push) {
    if push.person.is_some() || push.erased {
        return;
    }
    if let Ok(Some(found)) = engine.assessment(&task.account, &push.assessment).await {
        push.person = person_key(&task.account, &found);
    }
}

async fn siblings_of(
    engine: &Engine,
    task: &ClaimedTask,
    push: &Push,
) -> Result<Vec<Push>, StoreError> {
    let Some(person) = &push.person else {
        return Ok(Vec::new());
    };
    let pushes = engine
        .store()
        .pushes_of_person(&task.account, person)
        .await?;
    let others = pushes.into_iter();
    Ok(others
        .filter(|other| other.assessment != push.assessment)
        .collect())
}
