//! The work that must be done outside the store: claimed, done, and settled in one commit with its effect.

mod find_successor;
mod invite;
mod look_back;
mod notify;
mod read_application;
mod tell_product;

use std::{collections::BTreeMap, pin::Pin};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Background, ReaderError, later,
    store::{Applied, Changes, Claim, ClaimedTask, Settlement, StoreError, Task, TaskKind},
    within,
};

use self::read_application::HintWork;
use crate::{
    PartnerService,
    together::together,
    work_log::{logged, logged_together},
};

/// The kinds of work that this service does.
pub(crate) const KINDS: [TaskKind; 6] = [
    TaskKind::Invite,
    TaskKind::Notify,
    TaskKind::TellProduct,
    TaskKind::FindSuccessor,
    TaskKind::ReplayIgnored,
    READING,
];

/// The kind that is done many at a time.
const READING: TaskKind = TaskKind::ReadApplication;

/// The others.
fn one_by_one() -> Vec<TaskKind> {
    let kinds = KINDS.into_iter();
    kinds.filter(|kind| *kind != READING).collect()
}

#[async_trait]
impl Background for PartnerService {
    fn name(&self) -> &'static str {
        "partner"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let note_again = self.heard.note(self.parts.store.as_ref(), limit).await;
        let mut left = limit;
        while left > 0 {
            let wanted = left.min(AT_ONCE);
            let claimed = self.claim(&one_by_one(), wanted).await?;
            let hinted = self.claim(&[READING], READ_AT_ONCE).await?;
            let mut by_account: BTreeMap<_, Vec<_>> = BTreeMap::new();
            for hinted in hinted.iter().filter_map(HintWork::of) {
                by_account.entry(hinted.account()).or_default().push(hinted);
            }
            let mut calls: Vec<Call<'_>> = Vec::new();
            for work in &claimed {
                calls.push(Box::pin(logged(work, self.run(work))));
            }
            for works in by_account.values() {
                let each = works.iter().map(HintWork::work);
                calls.push(Box::pin(logged_together(
                    each,
                    self.read_applications(works),
                )));
            }
            let results = together(calls).await;
            // One that failed is claimed again when its lease ends; the others are settled.
            results.into_iter().collect::<Result<(), _>>()?;
            if claimed.len() < wanted && hinted.len() < READ_AT_ONCE {
                break;
            }
            left -= claimed.len().max(1);
        }
        let next = self.parts.store.next_due(&KINDS).await?;
        let note_again = note_again.map(|wait| later(self.parts.clock.now(), wait));
        Ok(next.into_iter().chain(note_again).min())
    }

    async fn woken(&self) {
        self.wait_for_work().await;
    }
}

type Call<'a> = Pin<Box<dyn Future<Output = Result<(), StoreError>> + Send + 'a>>;

impl PartnerService {
    async fn claim(
        &self,
        kinds: &[TaskKind],
        limit: usize,
    ) -> Result<Vec<ClaimedTask>, StoreError> {
        let (now, lease) = (self.parts.clock.now(), self.parts.config.lease);
        let claim = Claim::new(kinds, now, lease, limit);
        self.parts.store.claim_due(&claim).await
    }

    async fn run(&self, work: &ClaimedTask) -> Result<(), StoreError> {
        match &work.work {
            Task::Invite { invitation } => self.invite(work, invitation).await,
            Task::Notify { invitation } => self.notify(work, invitation).await,
            Task::TellProduct {
                assessment,
                outcome,
                revision,
            } => {
                self.tell_product(work, assessment, *outcome, *revision)
                    .await
            }
            Task::FindSuccessor {
                assessment,
                candidate,
                job,
            } => {
                self.find_successor(work, assessment, *candidate, *job)
                    .await
            }
            Task::ReplayIgnored {
                assessment,
                since,
                again,
            } => self.look_back(work, assessment, *since, *again).await,
            // Not one of the kinds that were claimed: its lease ends by itself.
            _ => Ok(()),
        }
    }

    /// Settles claimed work in one commit with `changes`. Whether that is the end of it: after a conflict the decision
    /// is made again; after a lost lease it is somebody else's.
    async fn settle(
        &self,
        work: &ClaimedTask,
        mut changes: Changes,
        how: Settlement,
    ) -> Result<bool, StoreError> {
        changes.settled = Some(work.settle(how));
        Ok(self.parts.store.apply(&work.account, changes).await? != Applied::Conflict)
    }

    /// Nothing came of it, and nothing is left to do.
    async fn drop_work(&self, work: &ClaimedTask) -> Result<(), StoreError> {
        self.settle(work, Changes::none(), Settlement::Done)
            .await
            .map(|_| ())
    }

    /// The product or the reader did not answer: again later, for as long as it takes.
    async fn again(&self, work: &ClaimedTask) -> Result<(), StoreError> {
        let wait = self.parts.config.work_backoff.after(work.attempts);
        let at = later(self.parts.clock.now(), wait);
        self.settle(work, Changes::none(), Settlement::Again(at))
            .await
            .map(|_| ())
    }

    /// Asks the reader, for at most the configured time.
    async fn read<T>(
        &self,
        call: impl Future<Output = Result<T, ReaderError>>,
    ) -> Result<T, ReaderError> {
        let deadline = self.parts.config.reader_deadline;
        let answer = within(self.parts.clock.as_ref(), deadline, call).await;
        answer.unwrap_or_else(|| Err(ReaderError::Unavailable("no answer in time".into())))
    }
}

/// So many pieces of work are in the air at once: one slow answer does not hold up the others, and all but what is contended
/// are done well within a lease.
const AT_ONCE: usize = 8;

/// As many applications as one call to Greenhouse can read.
const READ_AT_ONCE: usize = 50;
