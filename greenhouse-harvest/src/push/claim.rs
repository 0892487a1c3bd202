//! Claims a queued push: once, and never beside another push of the same person.

use greenhouse_core::{
    AssessmentId, later,
    store::{
        Applied, Changes, ClaimedTask, LogStatus, Push, PushState, Settlement, StoreError, Write,
    },
};

use super::{
    engine::Engine,
    ledger::{
        ClaimedPush,
        journal::{end_lease, interrupted, is_running},
    },
    text,
};

/// Marks the push as running. `None` if there is nothing to run; then the task is settled.
pub(super) async fn claim(
    engine: &Engine,
    task: &ClaimedTask,
    assessment: &AssessmentId,
) -> Result<Option<ClaimedPush>, StoreError> {
    let store = engine.store();
    for _ in 0..MAX_CONFLICTS {
        let now = engine.now();
        let Some(mut push) = store.push(&task.account, assessment).await? else {
            dismiss(engine, task).await?;
            return Ok(None);
        };
        let mut changes = Changes::none();
        let mut siblings = Vec::new();
        let begins = match &push.state {
            PushState::Queued => {
                siblings = siblings_of(engine, task, &push).await?;
                !siblings.iter().any(|other| is_running(other, now))
            }
            // The lease of the task that ran it has ended, too: what was begun may have been carried out or not, so it is
            // left to a person.
            PushState::Running { lease_until } if *lease_until <= now => {
                let failure = interrupted(&push, engine.config.settle_time);
                end_lease(&mut push);
                let entry = text::entry(assessment, now, LogStatus::Failed, &*failure.text);
                changes.log.push(entry);
                push.state = PushState::Failed(failure);
                changes.pushes.push(Write::Put(push.clone()));
                changes.settled = Some(task.settle(Settlement::Done));
                false
            }
            _ => {
                changes.settled = Some(task.settle(Settlement::Done));
                false
            }
        };
        if begins {
            push.state = PushState::Running {
                lease_until: task.lease_until,
            };
            changes.pushes.push(Write::Put(push.clone()));
            // Writing the others back as they are raises their versions: of two pushes of one person that start at once,
            // the second finds a conflict, and then the first running.
            let others = siblings
                .iter()
                .filter(|other| other.state != PushState::Done);
            changes.pushes.extend(others.cloned().map(Write::Put));
            let entry = text::entry(assessment, now, LogStatus::Pending, text::RUNNING);
            changes.log.push(entry);
        } else if changes.settled.is_none() {
            let again = later(now, engine.config.busy_wait);
            changes.settled = Some(task.settle(Settlement::Again(again)));
        }
        match store.apply(&task.account, changes).await? {
            Applied::Applied if begins => {
                push.version = push.version.saturating_add(1);
                return Ok(Some(ClaimedPush {
                    push,
                    sibling_pushes: siblings,
                }));
            }
            Applied::Conflict => {}
            _ => return Ok(None),
        }
    }
    // It is claimed again when the lease ends.
    Ok(None)
}

/// Settles a task that asks for nothing any more.
pub(super) async fn dismiss(engine: &Engine, task: &ClaimedTask) -> Result<(), StoreError> {
    let mut changes = Changes::none();
    changes.settled = Some(task.settle(Settlement::Done));
    // If the lease was lost, its new holder settles the task.
    let _ = engine.store().apply(&task.account, changes).await?;
    Ok(())
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

const MAX_CONFLICTS: usize = 20;
