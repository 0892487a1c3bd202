use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationSnapshot, AssessmentId, Background, ReaderError, later,
    settings::Settings,
    store::{
        AccountPage, Changes, Claim, ClaimedTask, DueTask, Link, Proposal, Records, Settlement,
        StoreError, Task, TaskKind, TaskQueue,
    },
    sync::reconcile,
};

use super::facts::FactsReader;
use crate::{reader::Reader, writer::Writer};

/// Compares pushed applications with Greenhouse and applies what was missed, by the rules that
/// webhooks go through: so a disabled hook, or an outage, loses no outcome, stage, transfer or merge
/// of an application that still exists, and no deletion. An anonymization shows in no application,
/// and the successor of an application that a merge deleted is not looked for.
///
/// Accounts that have their webhooks switched on are compared on a schedule
/// ([`PartnerConfig::reconcile_every`](crate::PartnerConfig::reconcile_every)), a batch of 50
/// applications at a time; on any number of hosts, each batch by one of them. A host that starts
/// compares the accounts without a schedule at once; an account whose webhooks are switched on later
/// is compared within an hour. [`run`](Self::run) compares an account immediately.
///
/// What contradicts a link without a later time, and an application that is not found, is read once
/// more after the settle time by [`PartnerService`](crate::PartnerService) before it is believed. So
/// the service's tasks must run as well, and the host needs a reader: without one nothing is
/// compared.
#[derive(Debug)]
pub struct Reconciliation {
    pub(super) records: Arc<dyn Records>,
    pub(super) queue: Arc<dyn TaskQueue>,
    pub(super) writer: Writer,
    pub(super) settings: Arc<dyn Settings>,
    pub(super) reader: Reader,
    pub(super) facts: FactsReader,
    pub(super) every: Duration,
    pub(super) lease: Duration,
    /// Time of the next search for accounts without a schedule.
    pub(super) look_at: Mutex<Option<DateTime<Utc>>>,
}

/// Progress of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Number of links compared, without deleted ones.
    pub compared: u64,
    /// Number of links that had missed something, which is applied.
    pub changed: u64,
    /// Number of links that differ from Greenhouse, and are read once more before that is believed.
    pub doubted: u64,
    /// Number of links that were not found, on jobs hidden from the reader: nothing follows from that.
    pub hidden: u64,
}

/// Error of a comparison.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReconcileError {
    /// The host has no reader, or Greenhouse could not be read.
    #[error(transparent)]
    Reader(#[from] ReaderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Reconciliation {
    /// Compares all links of an account now, and reports the progress after each batch.
    ///
    /// # Errors
    ///
    /// [`ReconcileError`]; the progress reported until then is applied.
    pub async fn run(
        &self,
        account: &AccountId,
        mut report: impl FnMut(Progress),
    ) -> Result<Progress, ReconcileError> {
        let mut progress = Progress::default();
        let mut after = None;
        while let Some(last) = self.batch(account, after.as_ref(), &mut progress).await? {
            report(progress);
            after = Some(last);
        }
        Ok(progress)
    }

    /// Compares the links behind `after`. Returns the last of them; `None` if there are no more.
    async fn batch(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        progress: &mut Progress,
    ) -> Result<Option<AssessmentId>, ReconcileError> {
        // The links are read first, so that what changes while Greenhouse is asked makes a conflict.
        let mut links = self.records.links_after(account, after, BATCH).await?;
        let last = links.last().map(|link| link.assessment.clone());
        links.retain(|link| !link.state.deleted);
        if links.is_empty() {
            return Ok(last);
        }
        let ids: BTreeSet<_> = links.iter().map(|link| link.application).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let seen = self.reader.applications(account, &ids).await?;
        for link in links {
            let application = link.application;
            let snapshot = seen.iter().find(|seen| seen.application == application);
            progress.compared += 1;
            if snapshot.is_none() && !self.can_see_job(account, &link).await? {
                progress.hidden += 1;
                continue;
            }
            self.compare(account, link, snapshot, progress).await?;
        }
        Ok(last)
    }

    async fn compare(
        &self,
        account: &AccountId,
        link: Link,
        snapshot: Option<&ApplicationSnapshot>,
        progress: &mut Progress,
    ) -> Result<(), StoreError> {
        let (assessment, application) = (&link.assessment.clone(), link.application);
        let mut first = Some(link);
        let decided = self.writer.decide(account, || {
            let first = first.take();
            async move {
                let link = match first {
                    Some(link) => link,
                    // Another host has written the link meanwhile, maybe with something newer.
                    None => match self.records.link(account, assessment).await? {
                        Some(link) if link.application == application => link,
                        _ => return Ok(Proposal::Keep(Compared::Same)),
                    },
                };
                let facts = self
                    .facts
                    .of_snapshot(account, vec![link.clone()], snapshot);
                let changes = reconcile(&link, snapshot, &facts.await?);
                Ok::<_, StoreError>(match (changes.is_empty(), changes.links.is_empty()) {
                    (true, _) => Proposal::Keep(Compared::Same),
                    (_, true) => Proposal::Write(changes, Compared::Doubted),
                    (_, false) => Proposal::Write(changes, Compared::Changed),
                })
            }
        });
        match decided.await? {
            Compared::Same => {}
            Compared::Doubted => progress.doubted += 1,
            Compared::Changed => progress.changed += 1,
        }
        Ok(())
    }

    /// Returns `false` if the job is hidden: then an application that is not found may exist.
    async fn can_see_job(&self, account: &AccountId, link: &Link) -> Result<bool, ReaderError> {
        match link.job {
            Some(job) => self.reader.can_see_job(account, job).await,
            None => Ok(true),
        }
    }

    /// Compares one batch of the schedule, and stores the task of the next one.
    async fn run_batch(
        &self,
        task: &ClaimedTask,
        after: Option<&AssessmentId>,
    ) -> Result<(), StoreError> {
        let (account, now) = (&task.account, self.writer.now());
        let waiting = self.queue.backlog(account, &[TaskKind::Reconcile]).await?;
        let is_on = self.settings.sync(account).await?.is_some();
        // Two hosts may have begun a schedule at the same moment: one of them is enough.
        if !is_on || waiting.count > 1 {
            // If all of them end at once, one is begun again.
            self.look(None);
            return self.writer.done(task).await;
        }
        let next_time = (None, later(now, self.every));
        let mut progress = Progress::default();
        let (after, at) = match self.batch(account, after, &mut progress).await {
            Ok(Some(last)) => (Some(last), now),
            Ok(None) => next_time,
            Err(ReconcileError::Store(error)) => return Err(error),
            // What cannot be read for so long does not hold up the rest.
            Err(ReconcileError::Reader(ReaderError::Unavailable(error)))
                if task.attempts < PATIENCE =>
            {
                tracing::warn!(%account, %error, "links could not be compared with Greenhouse yet");
                return self.writer.again(task).await;
            }
            Err(ReconcileError::Reader(ReaderError::Unavailable(error))) => {
                tracing::error!(%account, %error, "links are not compared with Greenhouse this time");
                self.behind(account, after)
                    .await?
                    .map_or(next_time, |last| (Some(last), now))
            }
            // Health says what is wrong with the reader.
            Err(ReconcileError::Reader(_)) => next_time,
        };
        if progress != Progress::default() {
            let Progress {
                compared,
                changed,
                doubted,
                ..
            } = progress;
            tracing::info!(%account, compared, changed, doubted, "links were compared with Greenhouse");
        }
        let next = &DueTask::new(Task::Reconcile { after }, at);
        let decision = || async move {
            let mut changes = Changes::none();
            changes.due.push(next.clone());
            Ok((changes, Settlement::Done))
        };
        self.writer.settle(task, decision).await
    }

    /// The last link of the batch behind `after`.
    async fn behind(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
    ) -> Result<Option<AssessmentId>, StoreError> {
        let links = self.records.links_after(account, after, BATCH).await?;
        Ok(links.last().map(|link| link.assessment.clone()))
    }

    /// Begins the schedule of every account that should have one and has none: at once, since what
    /// happened before is missing. Returns the time until the next search.
    async fn begin_schedules(&self) -> Result<Duration, StoreError> {
        let (mut after, mut look_again) = (None, LOOK_EVERY);
        loop {
            let page = self
                .records
                .accounts(after.as_ref(), AccountPage::MAX_LIMIT)
                .await?;
            for account in &page.accounts {
                // An account whose settings cannot be read delays no other.
                if let Err(error) = self.begin_schedule(account).await {
                    tracing::warn!(%account, %error, "links cannot be compared with Greenhouse yet");
                    look_again = AFTER_AN_ERROR;
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(look_again),
            }
        }
    }

    async fn begin_schedule(&self, account: &AccountId) -> Result<(), StoreError> {
        let waiting = self.queue.backlog(account, &[TaskKind::Reconcile]).await?;
        if waiting.count > 0 || self.settings.sync(account).await?.is_none() {
            return Ok(());
        }
        let mut changes = Changes::none();
        let first = Task::Reconcile { after: None };
        changes.due.push(DueTask::new(first, self.writer.now()));
        self.writer.append(account, changes).await
    }

    fn look(&self, at: Option<DateTime<Utc>>) {
        *self.look_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn looks_at(&self) -> Option<DateTime<Utc>> {
        *self.look_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

enum Compared {
    Same,
    Changed,
    Doubted,
}

#[async_trait]
impl Background for Reconciliation {
    fn name(&self) -> &'static str {
        "reconciliation"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        if !self.reader.is_present() {
            return Ok(None);
        }
        let now = self.writer.now();
        if self.looks_at().is_none_or(|at| at <= now) {
            let look_again = self.begin_schedules().await?;
            self.look(Some(later(now, look_again)));
        }
        for _ in 0..limit {
            let now = self.writer.now();
            let claim = Claim::new(&[TaskKind::Reconcile], now, self.lease, 1);
            let claimed = self.queue.claim_due(&claim).await?;
            let Some(task) = claimed.first() else {
                break;
            };
            if let Task::Reconcile { after } = &task.task {
                let run = async { Ok(self.run_batch(task, after.as_ref()).await?) };
                self.writer.supervise(&[task], run).await?;
            }
        }
        let next = self.queue.next_due(&[TaskKind::Reconcile]).await?;
        let look_at = self.looks_at().or(Some(now));
        Ok(next.into_iter().chain(look_at).min())
    }

    /// It waits for its time only.
    async fn woken(&self) {
        std::future::pending().await
    }
}

/// How often an unreadable batch is attempted, for some hours, before it is skipped.
const PATIENCE: u32 = 20;
/// As many applications as one call to Greenhouse can read.
const BATCH: usize = 50;
/// Time within which new accounts get their schedule.
const LOOK_EVERY: Duration = Duration::from_secs(60 * 60);
const AFTER_AN_ERROR: Duration = Duration::from_secs(60);
