//! Taking up a queued push: once, and never beside another push of the same person.

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId, later,
    store::{
        Applied, Changes, ClaimedTask, LogStatus, Push, PushState, Settlement, StoreError, Write,
    },
};

use super::{
    PushService,
    journal::{end_lease, interrupted},
    text,
};

impl PushService {
    /// Marks the push as running; answers it with the other pushes of its person. None where there is nothing to run:
    /// then the work is settled.
    pub(super) async fn start(
        &self,
        work: &ClaimedTask,
        assessment: &AssessmentId,
    ) -> Result<Option<(Push, Vec<Push>)>, StoreError> {
        let store = &self.parts.store;
        for _ in 0..MAX_CONFLICTS {
            let now = self.now();
            let Some(mut push) = store.push(&work.account, assessment).await? else {
                self.dismiss(work).await?;
                return Ok(None);
            };
            let mut changes = Changes::none();
            let mut kin = Vec::new();
            let begins = match &push.state {
                PushState::Queued => {
                    kin = self.kin(work, &push).await?;
                    !kin.iter().any(|other| is_running(other, now))
                }
                // The lease of the work that ran it has ended, too: what was begun may have been carried out or not,
                // so it is left to a person.
                PushState::Running { lease_until } if *lease_until <= now => {
                    let failure = interrupted(&push, self.parts.config.settle_time);
                    end_lease(&mut push);
                    let entry = text::entry(assessment, now, LogStatus::Failed, &*failure.text);
                    changes.log.push(entry);
                    push.state = PushState::Failed(failure);
                    changes.pushes.push(Write::Put(push.clone()));
                    changes.settled = Some(work.settle(Settlement::Done));
                    false
                }
                _ => {
                    changes.settled = Some(work.settle(Settlement::Done));
                    false
                }
            };
            if begins {
                push.state = PushState::Running {
                    lease_until: work.lease_until,
                };
                changes.pushes.push(Write::Put(push.clone()));
                // Writing the others back as they are raises their versions: of two pushes of one person that start at
                // once, the second finds a conflict, and then the first at work.
                let others = kin.iter().filter(|other| other.state != PushState::Done);
                changes.pushes.extend(others.cloned().map(Write::Put));
                let entry = text::entry(assessment, now, LogStatus::Pending, text::RUNNING);
                changes.log.push(entry);
            } else if changes.settled.is_none() {
                let again = later(now, self.parts.config.busy_wait);
                changes.settled = Some(work.settle(Settlement::Again(again)));
            }
            match store.apply(&work.account, changes).await? {
                Applied::Applied if begins => {
                    push.version = push.version.saturating_add(1);
                    return Ok(Some((push, kin)));
                }
                Applied::Conflict => {}
                _ => return Ok(None),
            }
        }
        // It is claimed again when the lease ends.
        Ok(None)
    }

    async fn kin(&self, work: &ClaimedTask, push: &Push) -> Result<Vec<Push>, StoreError> {
        let Some(person) = &push.person else {
            return Ok(Vec::new());
        };
        let pushes = self
            .parts
            .store
            .pushes_of_person(&work.account, person)
            .await?;
        Ok(pushes
            .into_iter()
            .filter(|other| other.assessment != push.assessment)
            .collect())
    }
}

/// Whether somebody is at this push.
pub(super) fn is_running(push: &Push, now: DateTime<Utc>) -> bool {
    matches!(push.state, PushState::Running { lease_until } if lease_until > now)
}

const MAX_CONFLICTS: usize = 20;
