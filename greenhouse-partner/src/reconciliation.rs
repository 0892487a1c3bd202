use std::{
    collections::BTreeSet,
    fmt,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    AccountId, ApplicationReader, ApplicationSnapshot, AssessmentId, Background, ReaderError,
    later,
    store::{
        AccountPage, Applied, Changes, Claim, ClaimedTask, DueTask, Link, Settlement, StoreError,
        Task, TaskKind, histories_of,
    },
    sync::{Known, people_seen, reconcile},
    within,
};

use crate::{
    PartnerParts,
    service::{DECISIONS, contended},
    work_log::logged,
};

/// Compares pushed applications with Greenhouse and applies what was missed, through the rules that webhooks go through: so a
/// hook that is disabled, or an outage, loses no outcome, stage, transfer or merge of an application that is still there, and
/// no deletion. An anonymization shows in no application, and the successor of an application that a merge deleted is not
/// looked for.
///
/// Accounts that have their webhooks switched on are compared on a schedule
/// ([`PartnerConfig::reconcile_every`](crate::PartnerConfig::reconcile_every)), a batch of 50 applications at a time; on any number of
/// hosts, each batch by one of them. A host that starts compares at once whom nobody compares yet, and whose time came while no host ran;
/// an account whose webhooks are switched on later, within an hour. Somebody who does not want to wait calls [`run`](Self::run).
///
/// What contradicts a link without a later time, and an application that is not found, is read once more after the settle
/// time by [`PartnerService`](crate::PartnerService) before anything is believed. So this needs its due work to be done as
/// well, and a [reader](PartnerParts::reader): without one nothing is compared.
pub struct Reconciliation {
    parts: PartnerParts,
    /// When it is looked next whether every account has its schedule.
    look_at: Mutex<Option<DateTime<Utc>>>,
}

/// How far a comparison is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// So many links were compared, deleted ones not counted.
    pub compared: u64,
    /// So many of them had missed something, which is applied.
    pub changed: u64,
    /// So many stand otherwise than Greenhouse says, and are read once more before that is believed.
    pub doubted: u64,
    /// So many were not found, on jobs that the reader is not shown: nothing follows from that.
    pub hidden: u64,
}

/// Why links were not compared.
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
    /// A comparison with the store, the settings and the reader of these parts.
    pub fn new(parts: PartnerParts) -> Self {
        Self {
            parts,
            look_at: Mutex::default(),
        }
    }

    /// Compares all links of an account now, and tells after each batch how far it is.
    ///
    /// # Errors
    ///
    /// [`ReconcileError`]; what was told of until then is applied.
    pub async fn run(
        &self,
        account: &AccountId,
        mut tell: impl FnMut(Progress),
    ) -> Result<Progress, ReconcileError> {
        let mut progress = Progress::default();
        let mut after = None;
        while let Some(last) = self.batch(account, after.as_ref(), &mut progress).await? {
            tell(progress);
            after = Some(last);
        }
        Ok(progress)
    }

    /// Compares the links behind `after`. Answers the last of them; none where there are no more.
    async fn batch(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
        progress: &mut Progress,
    ) -> Result<Option<AssessmentId>, ReconcileError> {
        let store = &self.parts.store;
        // The links are read first, so that what changes while Greenhouse is asked makes a conflict.
        let mut links = store.links_after(account, after, BATCH).await?;
        let last = links.last().map(|link| link.assessment.clone());
        links.retain(|link| !link.state.deleted);
        if links.is_empty() {
            return Ok(last);
        }
        let ids: BTreeSet<_> = links.iter().map(|link| link.application).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let seen = self
            .read(self.reader()?.applications(account, &ids))
            .await?;
        for link in links {
            let application = link.application;
            let snapshot = seen.iter().find(|seen| seen.application == application);
            progress.compared += 1;
            if snapshot.is_none() && !self.shows_job(account, &link).await? {
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
        mut link: Link,
        snapshot: Option<&ApplicationSnapshot>,
        progress: &mut Progress,
    ) -> Result<(), StoreError> {
        let store = &self.parts.store;
        for _ in 0..DECISIONS {
            let known = self.known(account, &link, snapshot).await?;
            let changes = reconcile(&link, snapshot, &known);
            if changes.is_empty() {
                return Ok(());
            }
            let is_doubt = changes.links.is_empty();
            if store.apply(account, changes).await? == Applied::Applied {
                if is_doubt {
                    progress.doubted += 1;
                } else {
                    progress.changed += 1;
                }
                return Ok(());
            }
            // Somebody has written the link meanwhile, with or without something newer.
            match store.link(account, &link.assessment).await? {
                Some(now) if now.application == link.application => link = now,
                _ => return Ok(()),
            }
        }
        Err(contended())
    }

    /// Where the job is hidden, an application that is not found may be there all the same.
    async fn shows_job(&self, account: &AccountId, link: &Link) -> Result<bool, ReaderError> {
        match link.job {
            Some(job) => self.read(self.reader()?.shows_job(account, job)).await,
            None => Ok(true),
        }
    }

    async fn read<T>(
        &self,
        call: impl Future<Output = Result<T, ReaderError>>,
    ) -> Result<T, ReaderError> {
        let deadline = self.parts.config.reader_deadline;
        let answer = within(self.parts.clock.as_ref(), deadline, call).await;
        answer.unwrap_or_else(|| Err(ReaderError::Unavailable("no answer in time".into())))
    }

    async fn known(
        &self,
        account: &AccountId,
        link: &Link,
        snapshot: Option<&ApplicationSnapshot>,
    ) -> Result<Known, StoreError> {
        let now = self.parts.clock.now();
        let links = vec![link.clone()];
        let people = people_seen(snapshot, &links);
        Ok(Known {
            fates: histories_of(self.parts.store.as_ref(), account, people, now).await?,
            links,
            reader: true,
            now,
            settle_time: self.parts.config.settle_time,
        })
    }

    fn reader(&self) -> Result<&dyn ApplicationReader, ReaderError> {
        let reader = self.parts.reader.as_deref();
        reader.ok_or(ReaderError::NotConfigured)
    }

    /// One batch of the schedule, and what comes after it.
    async fn work(
        &self,
        work: &ClaimedTask,
        after: Option<&AssessmentId>,
    ) -> Result<(), StoreError> {
        let account = &work.account;
        let (now, config) = (self.parts.clock.now(), &self.parts.config);
        let waiting = self
            .parts
            .store
            .backlog(account, &[TaskKind::Reconcile])
            .await?;
        let is_on = self.parts.settings.sync(account).await?.is_some();
        // Two hosts may have begun a schedule at the same moment: one of them is enough.
        if !is_on || waiting.count > 1 {
            // Should all of them end at once, one is begun again.
            self.look(None);
            return self.settle(work, None, Settlement::Done).await;
        }
        let next_time = (None, later(now, config.reconcile_every));
        let mut progress = Progress::default();
        let next = match self.batch(account, after, &mut progress).await {
            Ok(Some(last)) => (Some(last), now),
            Ok(None) => next_time,
            Err(ReconcileError::Store(error)) => return Err(error),
            // What cannot be read for so long does not hold up the rest.
            Err(ReconcileError::Reader(ReaderError::Unavailable(error)))
                if work.attempts < PATIENCE =>
            {
                tracing::warn!(%account, %error, "links could not be compared with Greenhouse yet");
                let again = later(now, config.work_backoff.after(work.attempts));
                return self.settle(work, None, Settlement::Again(again)).await;
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
        self.settle(work, Some(next), Settlement::Done).await
    }

    async fn settle(
        &self,
        work: &ClaimedTask,
        next: Option<(Option<AssessmentId>, DateTime<Utc>)>,
        how: Settlement,
    ) -> Result<(), StoreError> {
        let mut changes = Changes::none();
        changes.settled = Some(work.settle(how));
        changes
            .due
            .extend(next.map(|(after, at)| DueTask::new(Task::Reconcile { after }, at)));
        // A lost lease is another host's batch now, with the same links.
        self.parts
            .store
            .apply(&work.account, changes)
            .await
            .map(|_| ())
    }

    /// The last link of the batch behind `after`.
    async fn behind(
        &self,
        account: &AccountId,
        after: Option<&AssessmentId>,
    ) -> Result<Option<AssessmentId>, StoreError> {
        let links = self.parts.store.links_after(account, after, BATCH).await?;
        Ok(links.last().map(|link| link.assessment.clone()))
    }

    /// Begins the schedule of every account that is to have one and has none: at once, since whatever happened before is
    /// missing. Answers how long afterwards it is looked again.
    async fn begin_schedules(&self) -> Result<Duration, StoreError> {
        let store = &self.parts.store;
        let (mut after, mut look_again) = (None, LOOK_EVERY);
        loop {
            let page = store
                .accounts(after.as_ref(), AccountPage::MAX_LIMIT)
                .await?;
            for account in &page.accounts {
                // One whose settings cannot be read keeps nobody else waiting.
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
        let store = &self.parts.store;
        let waiting = store.backlog(account, &[TaskKind::Reconcile]).await?;
        if waiting.count > 0 || self.parts.settings.sync(account).await?.is_none() {
            return Ok(());
        }
        let mut changes = Changes::none();
        let work = Task::Reconcile { after: None };
        changes.due.push(DueTask::new(work, self.parts.clock.now()));
        store.apply(account, changes).await.map(drop)
    }

    fn look(&self, at: Option<DateTime<Utc>>) {
        *self.look_at.lock().unwrap_or_else(PoisonError::into_inner) = at;
    }

    fn looks_at(&self) -> Option<DateTime<Utc>> {
        *self.look_at.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Background for Reconciliation {
    fn name(&self) -> &'static str {
        "reconciliation"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        if self.parts.reader.is_none() {
            return Ok(None);
        }
        let now = self.parts.clock.now();
        if self.looks_at().is_none_or(|at| at <= now) {
            let look_again = self.begin_schedules().await?;
            self.look(Some(later(now, look_again)));
        }
        let (store, lease) = (&self.parts.store, self.parts.config.lease);
        for _ in 0..limit {
            let now = self.parts.clock.now();
            let claimed = store
                .claim_due(&Claim::new(&[TaskKind::Reconcile], now, lease, 1))
                .await?;
            let Some(work) = claimed.first() else {
                break;
            };
            if let Task::Reconcile { after } = &work.work {
                logged(work, self.work(work, after.as_ref())).await?;
            }
        }
        let next = store.next_due(&[TaskKind::Reconcile]).await?;
        let look_at = self.looks_at().or(Some(now));
        Ok(next.into_iter().chain(look_at).min())
    }

    /// It waits for its time only.
    async fn woken(&self) {
        std::future::pending().await
    }
}

impl fmt::Debug for Reconciliation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reconciliation").finish_non_exhaustive()
    }
}

/// So often a batch is read again, for some hours, before it is passed over.
const PATIENCE: u32 = 20;
/// As many applications as one call to Greenhouse can read.
const BATCH: usize = 50;
/// New accounts get their schedule so soon.
const LOOK_EVERY: Duration = Duration::from_secs(60 * 60);
const AFTER_AN_ERROR: Duration = Duration::from_secs(60);
