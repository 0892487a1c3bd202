use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AssessmentId, later,
    store::{
        Applied, Changes, ClaimedTask, Delivery, DueTask, Link, LogStatus, Settlement, StoreError,
        Task, Verdict,
    },
    sync::{Decision, as_sibling, decide},
    webhook::Event,
};

use crate::{
    PartnerService,
    service::{DECISIONS, contended},
};

impl PartnerService {
    /// Gives effect to deliveries that were received after `since` and ignored, since what they name was not linked yet.
    ///
    /// A delivery that is being decided on while the link appears is ignored after the first look, or takes effect for another
    /// link to the application alone. So a second one follows when no decision of then can still be open.
    pub(super) async fn look_back(
        &self,
        work: &ClaimedTask,
        assessment: &AssessmentId,
        since: DateTime<Utc>,
        again: bool,
    ) -> Result<(), StoreError> {
        let mut passed = Vec::new();
        // The link may be another one after each that has its effect, so they are found anew.
        while let Some(link) = self.parts.store.link(&work.account, assessment).await? {
            let mut ignored = self.ignored(work, &link, since).await?;
            ignored.retain(|(delivery, _)| !passed.contains(&delivery.source));
            let mut has_effect = false;
            for (delivery, event) in ignored {
                passed.push(delivery.source.clone());
                has_effect = self.take_ignored(work, &delivery, &event).await?;
                if has_effect {
                    break;
                }
            }
            if !has_effect {
                break;
            }
        }
        let mut changes = Changes::none();
        if again {
            self.follow_siblings(work, assessment).await?;
        } else {
            let second = Task::ReplayIgnored {
                assessment: assessment.clone(),
                since,
                again: true,
            };
            let at = later(
                self.parts.clock.now(),
                self.parts.config.settle_time.max(LONGEST),
            );
            changes.due.push(DueTask::new(second, at));
        }
        self.settle(work, changes, Settlement::Done)
            .await
            .map(|_| ())
    }

    async fn ignored(
        &self,
        work: &ClaimedTask,
        link: &Link,
        since: DateTime<Utc>,
    ) -> Result<Vec<(Delivery, Event)>, StoreError> {
        let (candidate, application) = (link.candidate, link.application);
        let store = &self.parts.store;
        let ignored = store
            .ignored_deliveries(&work.account, candidate, application)
            .await?;
        let ignored = ignored.into_iter().filter_map(|delivery| {
            let event = delivery.event.clone()?;
            (delivery.received_at >= since).then_some((delivery, event))
        });
        Ok(ignored.collect())
    }

    /// Whether it has an effect. Nothing of its body is left, so nothing of it is kept.
    async fn take_ignored(
        &self,
        work: &ClaimedTask,
        delivery: &Delivery,
        event: &Event,
    ) -> Result<bool, StoreError> {
        for _ in 0..DECISIONS {
            let known = self.known_of(&work.account, &delivery.source, event);
            let (_, known) = known.await?;
            let Decision {
                mut changes,
                verdict,
                ..
            } = decide(event, &known);
            if verdict != Verdict::Effective {
                return Ok(false);
            }
            if changes.links.is_empty() && changes.due.is_empty() {
                // What the link knew when it was written did not come late.
                changes.log.retain(|said| said.status != LogStatus::Skipped);
            }
            changes.overtaken = Some(delivery.source.clone());
            match self.parts.store.apply(&work.account, changes).await? {
                Applied::Conflict => {}
                // Also where another host was faster.
                _ => return Ok(true),
            }
        }
        Err(contended())
    }

    async fn follow_siblings(
        &self,
        work: &ClaimedTask,
        assessment: &AssessmentId,
    ) -> Result<(), StoreError> {
        let store = &self.parts.store;
        for _ in 0..DECISIONS {
            let Some(link) = store.link(&work.account, assessment).await? else {
                return Ok(());
            };
            let siblings = store.links_to_application(&work.account, link.application);
            let siblings = siblings.await?.into_iter();
            let latest = siblings
                .filter(|sibling| sibling.assessment != link.assessment)
                .max_by_key(|sibling| sibling.state.as_of);
            let Some(sibling) = latest else {
                return Ok(());
            };
            let changes = as_sibling(&link, &sibling, &self.known(vec![link.clone()], Vec::new()));
            if store.apply(&work.account, changes).await? != Applied::Conflict {
                return Ok(());
            }
        }
        Err(contended())
    }
}

/// From when a delivery was read until it is decided on, stores may take so long: the time-outs of one that is not dead.
const LONGEST: Duration = Duration::from_secs(120);
