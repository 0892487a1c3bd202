use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationSnapshot, AssessmentId, Background, ReaderError, chain, later,
    settings::Settings,
    store::{
        AccountPage, Changes, Claim, ClaimedTask, DueTask, Link, Proposal, Records, Settlement,
        StoreError, Task, TaskKind, TaskQueue,
    },
    sync::reconcile,
};

use super::facts::FactsReader;
use crate::{managed_hooks::HookManager, reader::Reader, writer::Writer};

/// Compares pushed applications with Greenhouse and applies missed changes by the rules of
/// webhooks.
///
/// Finds outcomes, stage moves, transfers and merges of existing applications, and deletions, even
/// if a webhook was disabled or a host was down. Does not find anonymizations, or the successors of
/// applications that a merge deleted.
///
/// Accounts with webhooks switched on are compared on a schedule
/// ([`PartnerConfig::reconcile_every`](crate::PartnerConfig::reconcile_every)), in batches of 50
/// applications. Each batch runs on one host. An account without a schedule is compared when a host
/// starts, or within an hour after its webhooks are switched on. [`run`](Self::run) compares an
/// account immediately.
///
/// If an application is not found, or contradicts a link without a later time,
/// [`PartnerService`](crate::PartnerService) reads it again after the settle time. The service's
/// tasks must therefore be running. Without a reader, nothing is compared.
#[derive(Debug)]
pub struct Reconciliation {
    pub(super) records: Arc<dyn Records>,
    pub(super) queue: Arc<dyn TaskQueue>,
    pub(super) writer: Writer,
    pub(super) settings: Arc<dyn Settings>,
    pub(super) reader: Reader,
    pub(super) facts: FactsReader,
    pub(super) hooks: Arc<HookManager>,
    pub(super) every: Duration,
    pub(super) lease: Duration,
    /// Time of the next search for accounts without a schedule.
    pub(super) next_search: Mutex<Option<DateTime<Utc>>>,
}

/// Progress of a comparison.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Number of links compared, excluding deleted ones.
    pub compared: u64,
    /// Number of links with missed changes, which were applied.
    pub changed: u64,
    /// Number of links that seem to differ from Greenhouse and will be read again.
    pub doubted: u64,
    /// Number of links whose application was not found but whose job is hidden from the reader, so
    /// that the application may still exist.
    pub hidden: u64,
}

/// Error returned by [`Reconciliation::run`].
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
    /// Compares all links of an account, and reports the progress after each batch.
    ///
    /// # Errors
    ///
    /// [`ReconcileError`]. The changes in the reported progress have been applied.
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

    /// Compares the links after `after`. Returns the last of them, or `None` if there are no more.
    async fn batch(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        progress: &mut Progress,
    ) -> Result<Option<AssessmentId>, ReconcileError> {
        // The links are read first, so that a change during the call to Greenhouse causes a
        // conflict.
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
                    // Another host has written the link in the meantime.
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

    /// Returns `false` if the job is hidden from the reader, so that an application that was not
    /// found may still exist.
    async fn can_see_job(&self, account: &AccountId, link: &Link) -> Result<bool, ReaderError> {
        match link.job {
            Some(job) => self.reader.can_see_job(account, job).await,
            None => Ok(true),
        }
    }

    /// Compares one batch of the schedule and stores the task for the next one.
    async fn run_batch(
        &self,
        task: &ClaimedTask,
        after: Option<&AssessmentId>,
    ) -> Result<(), StoreError> {
        let (account, now) = (&task.account, self.writer.now());
        let waiting = self.queue.backlog(account, &[TaskKind::Reconcile]).await?;
        let is_on = self.settings.sync(account).await?.is_some();
        // Two hosts may have started a schedule at the same time; one is enough.
        if !is_on || waiting.count > 1 {
            // If both end, the next search starts one again.
            self.search_at(None);
            if !is_on {
                self.hooks.remove_if_off(account).await?;
            }
            return self.writer.done(task).await;
        }
        if after.is_none() {
            self.hooks.check_daily(account).await?;
        }
        let next_time = (None, later(now, self.every));
        let mut progress = Progress::default();
        let (after, at) = match self.batch(account, after, &mut progress).await {
            Ok(Some(last)) => (Some(last), now),
            Ok(None) => next_time,
            Err(ReconcileError::Store(error)) => return Err(error),
            // A batch that fails for hours must not block the others.
            Err(ReconcileError::Reader(ReaderError::Unavailable(error)))
                if task.attempts < MAX_ATTEMPTS =>
            {
                tracing::warn!(%account, error = %chain(error.as_ref()), "comparison with Greenhouse failed; it will be retried");
                return self.writer.again(task).await;
            }
            Err(ReconcileError::Reader(ReaderError::Unavailable(error))) => {
                tracing::error!(%account, error = %chain(error.as_ref()), "comparison with Greenhouse failed too often; batch skipped");
                self.last_of_batch(account, after)
                    .await?
                    .map_or(next_time, |last| (Some(last), now))
            }
            // Health reports the reader's error.
            Err(ReconcileError::Reader(_)) => next_time,
        };
        if progress != Progress::default() {
            let Progress {
                compared,
                changed,
                doubted,
                ..
            } = progress;
            tracing::info!(%account, compared, changed, doubted, "links compared with Greenhouse");
        }
        let next = &DueTask::new(Task::Reconcile { after }, at);
        let decision = || async move {
            let mut changes = Changes::none();
            changes.due.push(next.clone());
            Ok((changes, Settlement::Done))
        };
        self.writer.settle(task, decision).await
    }

    /// Returns the last link of the batch after `after`.
    async fn last_of_batch(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
    ) -> Result<Option<AssessmentId>, StoreError> {
        let links = self.records.links_after(account, after, BATCH).await?;
        Ok(links.last().map(|link| link.assessment.clone()))
    }

    /// Starts the schedule of each account that needs one, with an immediate comparison. Returns
    /// the time until the next search.
    async fn start_schedules(&self) -> Result<Duration, StoreError> {
        let (mut after, mut wait) = (None, SEARCH_EVERY);
        loop {
            let page = self
                .records
                .accounts(after.as_ref(), AccountPage::MAX_LIMIT)
                .await?;
            for account in &page.accounts {
                // Unreadable settings of one account do not delay the others.
                if let Err(error) = self.start_schedule(account).await {
                    tracing::warn!(%account, error = %chain(&error), "comparison with Greenhouse not started; it will be retried");
                    wait = AFTER_AN_ERROR;
                }
            }
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(wait),
            }
        }
    }

    async fn start_schedule(&self, account: &AccountId) -> Result<(), StoreError> {
        let waiting = self.queue.backlog(account, &[TaskKind::Reconcile]).await?;
        if waiting.count > 0 || self.settings.sync(account).await?.is_none() {
            return Ok(());
        }
        let mut changes = Changes::none();
        let first = Task::Reconcile { after: None };
        changes.due.push(DueTask::new(first, self.writer.now()));
        self.writer.append(account, changes).await
    }

    fn search_at(&self, at: Option<DateTime<Utc>>) {
        *self
            .next_search
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn next_search(&self) -> Option<DateTime<Utc>> {
        *self
            .next_search
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
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
        if self.next_search().is_none_or(|at| at <= now) {
            let wait = self.start_schedules().await?;
            self.search_at(Some(later(now, wait)));
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
        let next_search = self.next_search().or(Some(now));
        Ok(next.into_iter().chain(next_search).min())
    }

    /// Never completes, because only the schedule makes tasks due.
    async fn woken(&self) {
        std::future::pending().await
    }
}

/// Attempts at an unreadable batch, over some hours, before it is skipped.
const MAX_ATTEMPTS: u32 = 20;
/// Maximum number of applications that one call to Greenhouse can read.
const BATCH: usize = 50;
/// Interval of the search for accounts without a schedule.
const SEARCH_EVERY: Duration = Duration::from_secs(60 * 60);
const AFTER_AN_ERROR: Duration = Duration::from_secs(60);
