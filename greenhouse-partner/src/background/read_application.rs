use std::collections::BTreeSet;

use greenhouse_core::{
    AccountId, ApplicationId, ApplicationSnapshot, ReaderError,
    store::{ClaimedTask, Hint, Link, Settlement, StoreError, Task, histories_of},
    sync::{Reading, people_seen, resolve, unread},
};

use crate::{PartnerService, service::DECISIONS};

/// An event that could only hint at something, as claimed work.
pub(super) struct HintWork<'a> {
    work: &'a ClaimedTask,
    hint: &'a Hint,
    contradicted: bool,
}

impl<'a> HintWork<'a> {
    /// None where the work is of another kind.
    pub(super) fn of(work: &'a ClaimedTask) -> Option<Self> {
        match &work.work {
            Task::ReadApplication { hint, contradicted } => Some(Self {
                work,
                hint,
                contradicted: *contradicted,
            }),
            _ => None,
        }
    }

    pub(super) fn work(&self) -> &'a ClaimedTask {
        self.work
    }

    pub(super) fn account(&self) -> &'a AccountId {
        &self.work.account
    }
}

impl PartnerService {
    /// Reads the true state of applications that events could only hint at: those of one account, in one call. What others
    /// change meanwhile is read again, with one call for all of it.
    pub(super) async fn read_applications(&self, works: &[HintWork<'_>]) -> Result<(), StoreError> {
        let Some(account) = works.first().map(HintWork::account) else {
            return Ok(());
        };
        let mut open: Vec<&HintWork<'_>> = works.iter().collect();
        let mut failed = Ok(());
        for _ in 0..DECISIONS {
            let now = self.parts.clock.now();
            open.retain(|hinted| now < hinted.work.lease_until);
            if open.is_empty() {
                break;
            }
            // The links are read first, so that what changes while Greenhouse is asked makes a conflict.
            let mut links = Vec::with_capacity(open.len());
            for hinted in &open {
                links.push(self.links_of(hinted).await?);
            }
            let ids = open.iter().map(|hinted| hinted.hint.application).collect();
            let seen = self.snapshots(account, ids).await;
            let mut conflicts = Vec::new();
            for (hinted, links) in open.into_iter().zip(links) {
                match self.decide_on(hinted, links, &seen).await {
                    Ok(true) => {}
                    Ok(false) => conflicts.push(hinted),
                    // The others are settled all the same.
                    Err(error) => failed = Err(error),
                }
            }
            open = conflicts;
        }
        failed
    }

    /// Whether that is the end of it: after a conflict the decision is made again.
    async fn decide_on(
        &self,
        hinted: &HintWork<'_>,
        links: Vec<Link>,
        seen: &Result<Vec<ApplicationSnapshot>, ReaderError>,
    ) -> Result<bool, StoreError> {
        let HintWork {
            work,
            hint,
            contradicted,
        } = *hinted;
        let changes = match seen {
            Ok(seen) => {
                let mut seen = seen.iter();
                let reading = Reading {
                    hint: hint.clone(),
                    snapshot: seen
                        .find(|one| one.application == hint.application)
                        .cloned(),
                    contradicted,
                };
                let (store, now) = (self.parts.store.as_ref(), self.parts.clock.now());
                let people = people_seen(reading.snapshot.as_ref(), &links);
                let fates = histories_of(store, &work.account, people, now).await?;
                resolve(&reading, &self.known(links, fates))
            }
            Err(ReaderError::Unavailable(_)) => return self.again(work).await.map(|()| true),
            Err(error) => unread(hint, &error.to_string(), &self.known(links, Vec::new())),
        };
        self.settle(work, changes, Settlement::Done).await
    }

    async fn links_of(&self, hinted: &HintWork<'_>) -> Result<Vec<Link>, StoreError> {
        let store = &self.parts.store;
        let application = hinted.hint.application;
        store
            .links_to_application(hinted.account(), application)
            .await
    }

    async fn snapshots(
        &self,
        account: &AccountId,
        ids: BTreeSet<ApplicationId>,
    ) -> Result<Vec<ApplicationSnapshot>, ReaderError> {
        let reader = self.parts.reader.as_ref();
        let reader = reader.ok_or(ReaderError::NotConfigured)?;
        let ids: Vec<_> = ids.into_iter().collect();
        self.read(reader.applications(account, &ids)).await
    }
}
