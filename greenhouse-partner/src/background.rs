//! The work that must be done outside the store: claimed, done, and settled in one commit with its effect.

mod find_successor;
mod invite;
mod notify;
mod read_application;
mod tell_product;

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use greenhouse_core::{
    Background, ReaderError, later,
    store::{Applied, Changes, ClaimedWork, Settlement, StoreError, Work, WorkKind},
    within,
};

use crate::{PartnerService, together::together};

/// The kinds of work that this service does.
pub(crate) const KINDS: [WorkKind; 5] = [
    WorkKind::Invite,
    WorkKind::Notify,
    WorkKind::TellProduct,
    WorkKind::ReadApplication,
    WorkKind::FindSuccessor,
];

#[async_trait]
impl Background for PartnerService {
    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let store = &self.parts.store;
        let mut left = limit;
        while left > 0 {
            let wanted = left.min(AT_ONCE);
            let now = self.parts.clock.now();
            let claimed = store
                .claim_due(&KINDS, now, self.parts.config.lease, wanted)
                .await?;
            let found = claimed.len();
            let results = together(claimed.iter().map(|work| self.run(work))).await;
            // One that failed is claimed again when its lease ends; the others are settled.
            results.into_iter().collect::<Result<(), _>>()?;
            if found < wanted {
                break;
            }
            left -= found;
        }
        store.next_due(&KINDS).await
    }

    async fn woken(&self) {
        self.wait_for_work().await;
    }
}

impl PartnerService {
    async fn run(&self, work: &ClaimedWork) -> Result<(), StoreError> {
        match &work.work {
            Work::Invite { invitation } => self.invite(work, invitation).await,
            Work::Notify { invitation } => self.notify(work, invitation).await,
            Work::TellProduct {
                assessment,
                outcome,
                revision,
            } => {
                self.tell_product(work, assessment, *outcome, *revision)
                    .await
            }
            Work::ReadApplication { hint, contradicted } => {
                self.read_application(work, hint, *contradicted).await
            }
            Work::FindSuccessor {
                assessment,
                candidate,
                job,
            } => {
                self.find_successor(work, assessment, *candidate, *job)
                    .await
            }
            // Not one of the kinds that were claimed: its lease ends by itself.
            _ => Ok(()),
        }
    }

    /// Settles claimed work in one commit with `changes`. Whether that is the end of it: after a conflict the decision
    /// is made again; after a lost lease it is somebody else's.
    async fn settle(
        &self,
        work: &ClaimedWork,
        mut changes: Changes,
        how: Settlement,
    ) -> Result<bool, StoreError> {
        changes.settled = Some(work.settle(how));
        Ok(self.parts.store.apply(&work.account, changes).await? != Applied::Conflict)
    }

    /// Nothing came of it, and nothing is left to do.
    async fn drop_work(&self, work: &ClaimedWork) -> Result<(), StoreError> {
        self.settle(work, Changes::none(), Settlement::Done)
            .await
            .map(|_| ())
    }

    /// The product or the reader did not answer: again later, for as long as it takes.
    async fn again(&self, work: &ClaimedWork) -> Result<(), StoreError> {
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

/// So many pieces of work are in the air at once: one slow answer does not hold up the others, and all are done well
/// within a lease.
const AT_ONCE: usize = 8;
