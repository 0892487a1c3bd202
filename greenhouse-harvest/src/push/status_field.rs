//! Writes the status of tests that Greenhouse sent to a custom field of their applications; see
//! [`greenhouse_core::status_field`].

mod attempt;
mod retry;
mod task;

use std::{collections::BTreeMap, fmt, future, sync::Arc, time::Duration};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::{FutureExt as _, StreamExt as _, future::BoxFuture, stream::FuturesUnordered};
use greenhouse_core::{
    AccountId, Background, later,
    parking::supervise,
    store::{Claim, ClaimedTask, StoreError, TaskKind},
};

use super::engine::Engine;

pub(super) use self::retry::{invitation_of, queue_retry, retry};

/// Background task that writes the status of tests that Greenhouse sent to a custom field of their
/// applications, for accounts with
/// [`PushSettings::status_field`](greenhouse_core::settings::PushSettings::status_field).
///
/// A write takes two requests, because an update may replace all custom fields of the application:
/// one reads the row, and one writes it back with the status. If the row shows the status already,
/// the second is not sent. The definition of a single select is read as well, once for all writes
/// within [`PushConfig::definitions_age`](crate::PushConfig::definitions_age).
///
/// Has its own loop, so that it delays no push. Each account has one write at a time and at most
/// five in ten seconds, so that pushes can use most of the rate limit.
pub struct StatusWriter {
    engine: Arc<Engine>,
}

/// Event in [`Background::run_due`].
enum RunEvent {
    Claimed(Result<Option<ClaimedTask>, StoreError>),
    Ended(AccountId, Result<(), StoreError>),
}

/// Writes of one account in one run.
#[derive(Default)]
struct Share {
    is_running: bool,
    begun: usize,
}

impl Share {
    fn is_full(&self) -> bool {
        self.is_running || self.begun >= WRITES_PER_RUN
    }
}

impl StatusWriter {
    pub(super) fn new(engine: Arc<Engine>) -> Self {
        Self { engine }
    }

    async fn claim(&self, skip: Vec<AccountId>) -> RunEvent {
        let (now, lease) = (self.engine.now(), self.engine.config.lease);
        let claim = Claim::new(&KINDS, now, lease, 1).skipping(skip);
        let claimed = self.engine.store().claim_due(&claim).await;
        RunEvent::Claimed(claimed.map(|tasks| tasks.into_iter().next()))
    }

    async fn run_one(&self, task: ClaimedTask) -> RunEvent {
        let (store, clock) = (self.engine.store(), &**self.engine.ports.clock());
        let run = async { Ok(task::run(&self.engine, &task).await?) };
        let done = supervise(store, clock, &[&task], run).await;
        RunEvent::Ended(task.account, done)
    }
}

#[async_trait]
impl Background for StatusWriter {
    fn name(&self) -> &'static str {
        "status_field"
    }

    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        // The claim is polled together with the running writes, which may hold resources that the
        // claim waits for.
        let mut events: FuturesUnordered<BoxFuture<'_, RunEvent>> = FuturesUnordered::new();
        let mut shares: BTreeMap<AccountId, Share> = BTreeMap::new();
        let (mut running, mut begun, mut result) = (0, 0, Ok(()));
        let (mut is_claiming, mut nothing_due) = (false, false);
        loop {
            let has_room = running < WRITES_AT_ONCE && begun < limit;
            let goes_on = result.is_ok() && !self.engine.is_stopping();
            if has_room && goes_on && !is_claiming && !nothing_due {
                let full = shares.iter().filter(|(_, share)| share.is_full());
                let skip = full.map(|(account, _)| account.clone()).collect();
                events.push(self.claim(skip).boxed());
                is_claiming = true;
            }
            match events.next().await {
                None => break,
                Some(RunEvent::Claimed(claimed)) => {
                    is_claiming = false;
                    match claimed {
                        Ok(Some(task)) => {
                            let share = shares.entry(task.account.clone()).or_default();
                            share.is_running = true;
                            share.begun += 1;
                            running += 1;
                            begun += 1;
                            events.push(self.run_one(task).boxed());
                        }
                        Ok(None) => nothing_due = true,
                        Err(error) => result = result.and(Err(error)),
                    }
                }
                Some(RunEvent::Ended(account, done)) => {
                    running -= 1;
                    nothing_due = false;
                    if let Some(share) = shares.get_mut(&account) {
                        share.is_running = false;
                    }
                    result = result.and(done);
                }
            }
        }
        result?;
        if self.engine.is_stopping() {
            return Ok(None);
        }
        let next = self.engine.store().next_due(&KINDS).await?;
        // The tasks of a full account wait for the next run, and count as due until then.
        let is_full = shares.values().any(Share::is_full);
        let earliest = is_full.then(|| later(self.engine.now(), BETWEEN_RUNS));
        Ok(next.map(|next| earliest.map_or(next, |earliest| next.max(earliest))))
    }

    /// Never returns. A write is due a minute after its task was stored.
    async fn woken(&self) {
        future::pending().await
    }
}

impl fmt::Debug for StatusWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatusWriter").finish_non_exhaustive()
    }
}

pub(super) const KINDS: [TaskKind; 1] = [TaskKind::WriteStatus];
const WRITES_AT_ONCE: usize = 4;
/// Maximum number of writes of an account in one run.
const WRITES_PER_RUN: usize = 5;
/// Time between two runs if an account has more due writes.
const BETWEEN_RUNS: Duration = Duration::from_secs(10);
