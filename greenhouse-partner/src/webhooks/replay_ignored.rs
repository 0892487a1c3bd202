use std::time::Duration;

use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, AssessmentId, later,
    store::{
        Changes, ClaimedTask, Delivery, DueTask, Link, LogStatus, Proposal, Settlement, StoreError,
        Task, Verdict, decide_and_apply,
    },
    sync::{Decision, as_sibling, decide},
    webhook::Event,
};

use super::Webhooks;

impl Webhooks {
    /// Applies deliveries received after `since` that were ignored because their application was
    /// not linked yet.
    ///
    /// A decision that runs while the link is created may ignore its delivery after the first
    /// replay, or apply it only to another link of the application. So a second replay follows once
    /// no such decision can still run.
    pub(crate) async fn replay_ignored(
        &self,
        task: &ClaimedTask,
        assessment: &AssessmentId,
        since: DateTime<Utc>,
        again: bool,
    ) -> Result<(), StoreError> {
        let account = &task.account;
        let mut replayed = Vec::new();
        // Each effect may change the link, so the deliveries are read again.
        while let Some(link) = self.records.link(account, assessment).await? {
            let mut ignored = self.ignored_deliveries(account, &link, since).await?;
            ignored.retain(|(delivery, _)| !replayed.contains(&delivery.source));
            let mut has_effect = false;
            for (delivery, event) in ignored {
                replayed.push(delivery.source.clone());
                has_effect = self.replay(account, &delivery, &event).await?;
                if has_effect {
                    break;
                }
            }
            if !has_effect {
                break;
            }
        }
        if again {
            self.follow_siblings(account, assessment).await?;
            return self.writer.done(task).await;
        }
        let second = Task::ReplayIgnored {
            assessment: assessment.clone(),
            since,
            again: true,
        };
        let at = later(self.writer.now(), self.facts.settle_time.max(MAX_DECISION));
        let second = &DueTask::new(second, at);
        let decision = || async move {
            let mut changes = Changes::none();
            changes.due.push(second.clone());
            Ok((changes, Settlement::Done))
        };
        self.writer.settle(task, decision).await
    }

    async fn ignored_deliveries(
        &self,
        account: &AccountId,
        link: &Link,
        since: DateTime<Utc>,
    ) -> Result<Vec<(Delivery, Event)>, StoreError> {
        let (candidate, application) = (link.candidate, link.application);
        let ignored = self
            .records
            .ignored_deliveries(account, candidate, application)
            .await?;
        let ignored = ignored.into_iter().filter_map(|delivery| {
            let event = delivery.event.clone()?;
            (delivery.received_at >= since).then_some((delivery, event))
        });
        Ok(ignored.collect())
    }

    /// Applies one delivery, from its stored event. Returns `true` if the delivery has an effect.
    async fn replay(
        &self,
        account: &AccountId,
        delivery: &Delivery,
        event: &Event,
    ) -> Result<bool, StoreError> {
        let decided = decide_and_apply(&self.writer, account, || async {
            let facts = self.facts.of_event(account, &delivery.source, event);
            let Decision {
                mut changes,
                verdict,
                ..
            } = decide(event, &facts.await?.1);
            if verdict != Verdict::Effective {
                return Ok(Proposal::Keep(false));
            }
            if changes.links.is_empty() && changes.due.is_empty() {
                // The link already had this state when it was created.
                changes
                    .log
                    .retain(|entry| entry.status != LogStatus::Skipped);
            }
            changes.replayed = Some(delivery.source.clone());
            Ok::<_, StoreError>(Proposal::Write(changes, true))
        });
        // Also `true` if another host applied it first.
        Ok(decided.await?.applied().unwrap_or(true))
    }

    async fn follow_siblings(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), StoreError> {
        let decided = self.writer.decide(account, || async {
            let Some(link) = self.records.link(account, assessment).await? else {
                return Ok(Proposal::Keep(()));
            };
            let siblings = self.records.links_to_application(account, link.application);
            let siblings = siblings.await?.into_iter();
            let latest = siblings
                .filter(|sibling| sibling.assessment != link.assessment)
                .max_by_key(|sibling| sibling.state.as_of);
            let Some(sibling) = latest else {
                return Ok(Proposal::Keep(()));
            };
            let facts = self.facts.facts(vec![link.clone()], Vec::new());
            let changes = as_sibling(&link, &sibling, &facts);
            Ok::<_, StoreError>(Proposal::Write(changes, ()))
        });
        decided.await
    }
}

/// Maximum time from reading a delivery to storing its decision, bounded by the store's timeouts.
const MAX_DECISION: Duration = Duration::from_secs(120);
