use std::{collections::BTreeSet, sync::Arc, time::Duration};

use greenhouse_core::{
    AccountId, ApplicationSnapshot, Clock,
    store::{
        CandidateHistory, DeliverySource, DeliveryStatus, Link, Records, StoreError, histories_of,
    },
    sync::{Facts, people_in, people_seen},
    webhook::Event,
};

/// Reads the facts on which the decision about an event is based.
#[derive(Debug, Clone)]
pub(super) struct FactsReader {
    pub(super) records: Arc<dyn Records>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) settle_time: Duration,
    /// `true` if the host can read applications from Greenhouse.
    pub(super) reader: bool,
}

impl FactsReader {
    /// Returns the facts about these links and candidates, as of now.
    pub(super) fn facts(&self, links: Vec<Link>, histories: Vec<CandidateHistory>) -> Facts {
        Facts {
            links,
            histories,
            reader: self.reader,
            now: self.clock.now(),
            settle_time: self.settle_time,
        }
    }

    /// Reads the facts about an event, and the status of its delivery. If the event is about
    /// candidates, their links are read after their histories, so that a change in between causes a
    /// conflict.
    pub(super) async fn of_event(
        &self,
        account: &AccountId,
        source: &DeliverySource,
        event: &Event,
    ) -> Result<(DeliveryStatus, Facts), StoreError> {
        let (records, now) = (self.records.as_ref(), self.clock.now());
        let (status, links) = records
            .delivery_status(account, source, Some(event))
            .await?;
        let (listed, others): (Vec<_>, Vec<_>) = links
            .into_iter()
            .partition(|link| event.applications().contains(&link.application));
        let histories = histories_of(records, account, people_in(event, &listed), now).await?;
        let mut links = Vec::new();
        for history in &histories {
            links.extend(
                records
                    .links_to_candidate(account, history.candidate)
                    .await?,
            );
        }
        links.extend(listed.into_iter().chain(others));
        let mut seen = BTreeSet::new();
        links.retain(|link| seen.insert(link.assessment.clone()));
        Ok((status, self.facts(links, histories)))
    }

    /// Reads the facts about an application in Greenhouse and the links to it.
    pub(super) async fn of_snapshot(
        &self,
        account: &AccountId,
        links: Vec<Link>,
        snapshot: Option<&ApplicationSnapshot>,
    ) -> Result<Facts, StoreError> {
        let people = people_seen(snapshot, &links);
        let now = self.clock.now();
        let histories = histories_of(self.records.as_ref(), account, people, now).await?;
        Ok(self.facts(links, histories))
    }
}
