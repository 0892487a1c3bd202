use std::collections::BTreeSet;

use greenhouse_core::{
    AssessmentId, later,
    store::{
        Applied, Changes, ClaimedWork, Delivery, DueWork, Settlement, StoreError, Verdict, Work,
    },
    sync::{Decision, Known, decide},
    webhook::Event,
};

use crate::{
    PartnerService,
    service::{DECISIONS, contended},
};

impl PartnerService {
    /// Gives effect to deliveries that were ignored, since what they name was not linked yet.
    ///
    /// A delivery that is being decided on while the link appears can be ignored after the first look. So a second one follows
    /// when no decision of then can still be open.
    pub(super) async fn look_back(
        &self,
        work: &ClaimedWork,
        assessment: &AssessmentId,
        again: bool,
    ) -> Result<(), StoreError> {
        let mut passed = BTreeSet::new();
        while let Some(link) = self.parts.store.link(&work.account, assessment).await? {
            let ignored = self.parts.store.ignored_deliveries(
                &work.account,
                link.candidate,
                link.application,
            );
            // The link may be another one after each, so each is found anew.
            let next = ignored.await?.into_iter().find_map(|delivery| {
                let event = delivery.event.clone()?;
                passed.insert(key(&delivery)).then_some((delivery, event))
            });
            let Some((delivery, event)) = next else {
                break;
            };
            self.take_ignored(work, &delivery, &event).await?;
        }
        let mut changes = Changes::none();
        if !again {
            let second = Work::LookBack {
                assessment: assessment.clone(),
                again: true,
            };
            let at = later(self.parts.clock.now(), self.parts.config.settle_time);
            changes.due.push(DueWork::new(second, at));
        }
        self.settle(work, changes, Settlement::Done)
            .await
            .map(|_| ())
    }

    /// Nothing of the body is left, so nothing of it is kept.
    async fn take_ignored(
        &self,
        work: &ClaimedWork,
        delivery: &Delivery,
        event: &Event,
    ) -> Result<(), StoreError> {
        for _ in 0..DECISIONS {
            let known = Known {
                links: self.links_named_by(&work.account, event).await?,
                reader: self.parts.reader.is_some(),
                now: self.parts.clock.now(),
                settle_time: self.parts.config.settle_time,
            };
            let Decision {
                mut changes,
                verdict,
                ..
            } = decide(event, &known);
            if verdict != Verdict::Effective {
                return Ok(());
            }
            changes.overtaken = Some(delivery.source.clone());
            match self.parts.store.apply(&work.account, changes).await? {
                Applied::Conflict => {}
                // Also where another host was faster.
                _ => return Ok(()),
            }
        }
        Err(contended())
    }
}

fn key(delivery: &Delivery) -> (String, [u8; 32]) {
    let source = &delivery.source;
    (source.event_id.clone(), *source.digest.as_bytes())
}
