//! Polls for completed assessments, to recover lost calls to `assessment_changed`.

mod position;

use std::{
    collections::BTreeMap,
    future::pending,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use futures_util::FutureExt as _;

use self::position::Position;
use super::{BuildError, ChangeError, Direction, Ports};
use crate::{
    AccountId, AssessmentId, Background, chain, earlier, later,
    platform::{Completed, CompletedCursor},
    store::{LastSeen, StoreError},
    within,
};

/// Interval and limits of the poll for completed assessments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CompletedConfig {
    /// Time between polls of an account. Default: 5 min.
    pub every: Duration,
    /// Maximum number of assessments per call. Default: 100.
    pub batch: usize,
    /// Maximum time from the completion of an assessment until the product lists it. Assessments
    /// completed within this time before a poll are listed again by the next poll. Default: 2 min.
    pub overlap: Duration,
    /// Deadline for one call to the product. Default: 30 s.
    pub product_deadline: Duration,
}

impl Default for CompletedConfig {
    fn default() -> Self {
        Self {
            every: Duration::from_secs(5 * 60),
            batch: 100,
            overlap: Duration::from_secs(2 * 60),
            product_deadline: Duration::from_secs(30),
        }
    }
}

impl CompletedConfig {
    pub(super) fn check(&self) -> Result<(), BuildError> {
        BuildError::ensure(
            !self.every.is_zero(),
            "completed.every",
            || "expected a duration above 0",
        )?;
        BuildError::ensure(
            (1..=MAX_BATCH).contains(&self.batch),
            "completed.batch",
            || {
                format!(
                    "expected a number from 1 to {MAX_BATCH}, got {}",
                    self.batch
                )
            },
        )
    }
}

/// Reports a change to every direction, even if one fails.
///
/// # Errors
///
/// [`ChangeError`] of the first direction that failed.
pub(super) async fn report(
    directions: &[Arc<dyn Direction>],
    account: &AccountId,
    assessment: &AssessmentId,
) -> Result<(), ChangeError> {
    let mut reported = Ok(());
    for direction in directions {
        let call = async { direction.assessment_changed(account, assessment).await };
        let answer = AssertUnwindSafe(call).catch_unwind().await;
        let answer = answer.unwrap_or_else(|_| Err("panicked".into()));
        reported =
            reported.and(answer.map_err(|source| ChangeError::new(direction.name(), source)));
    }
    reported
}

/// Polls the product for completed assessments, account by account.
///
/// The position of each account is stored. It does not move past an unreported assessment until a
/// day after the completion, so a restart repeats some reports and loses none of the last day. Any
/// number of hosts may poll at the same time. A host retries failed reports in turn, and gives one up
/// with a warning after a day.
#[derive(Debug)]
pub(super) struct CompletedPoll {
    ports: Ports,
    directions: Vec<Arc<dyn Direction>>,
    config: CompletedConfig,
    round: Mutex<Round>,
}

#[derive(Debug, Default)]
struct Round {
    /// Start of the next round. `None` during a round.
    due: Option<DateTime<Utc>>,
    /// Last polled account of this round. `None` before the first one.
    after: Option<AccountId>,
    positions: BTreeMap<AccountId, Position>,
}

impl CompletedPoll {
    pub(super) fn new(
        ports: Ports,
        directions: Vec<Arc<dyn Direction>>,
        config: CompletedConfig,
    ) -> Self {
        Self {
            ports,
            directions,
            config,
            round: Mutex::default(),
        }
    }

    /// Polls one account. Returns `false` if the product cannot list completed assessments.
    async fn poll(&self, account: &AccountId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let settings = self.ports.settings();
        let used = settings.push(account).await?.is_some()
            || settings.assessments(account).await?.is_some();
        if !used {
            // Assessments completed while both directions are off are not reported.
            self.round().positions.remove(account);
            self.store_position(account, now, UNUSED_EVERY).await?;
            return Ok(true);
        }
        let known = self.round().positions.get(account).cloned();
        let mut position = match known {
            Some(position) => position,
            None => self.stored_position(account, now).await?,
        };
        position.repeat(&self.directions, account, now).await;
        let listed = self.list(account, &mut position, now).await;
        let stored = position.to_store(now);
        if stored > position.stored {
            self.store_position(account, stored, Duration::ZERO).await?;
            position.stored = stored;
        }
        self.round().positions.insert(account.clone(), position);
        Ok(listed)
    }

    /// Lists assessments completed after the position and reports them to the directions. Returns
    /// `false` if the product cannot list them.
    async fn list(&self, account: &AccountId, position: &mut Position, now: DateTime<Utc>) -> bool {
        let mut cursor = position.cursor.clone();
        for _ in 0..PAGES {
            let call = self
                .ports
                .product()
                .completed_since(account, &cursor, self.config.batch);
            let clock = self.ports.clock().as_ref();
            let rows = match within(clock, self.config.product_deadline, call).await {
                Some(Ok(Completed::Page(rows))) => rows,
                Some(Ok(Completed::NotSupported)) => return false,
                Some(Err(error)) => {
                    tracing::warn!(%account, error = %chain(&error), "completed assessments could not be listed");
                    break;
                }
                None => {
                    tracing::warn!(%account, "the product did not list completed assessments in time");
                    break;
                }
            };
            for row in &rows {
                position.report(&self.directions, account, row, now).await;
                cursor = CompletedCursor::after(row);
            }
            if rows.len() < self.config.batch {
                break;
            }
        }
        position.advance(cursor, earlier(now, self.config.overlap));
        true
    }

    async fn stored_position(
        &self,
        account: &AccountId,
        now: DateTime<Utc>,
    ) -> Result<Position, StoreError> {
        let seen = self.ports.store().last_seen(account).await?;
        let start = earlier(now, self.config.overlap);
        // A host whose clock was ahead may have stored a time in the future.
        if let Some(at) = seen.get(&LastSeen::CompletedPoll) {
            return Ok(Position::at((*at).min(start)));
        }
        self.store_position(account, start, Duration::ZERO).await?;
        Ok(Position::at(start))
    }

    async fn store_position(
        &self,
        account: &AccountId,
        at: DateTime<Utc>,
        every: Duration,
    ) -> Result<(), StoreError> {
        let store = self.ports.store();
        store
            .note_last_seen(account, &LastSeen::CompletedPoll, at, every)
            .await
    }

    /// Ends the round and returns the start of the next one.
    fn end(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let due = later(now, self.config.every);
        let mut round = self.round();
        round.due = Some(due);
        round.after = None;
        due
    }

    fn round(&self) -> MutexGuard<'_, Round> {
        self.round.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Background for CompletedPoll {
    fn name(&self) -> &'static str {
        "completed_assessments"
    }

    /// Polls up to `limit` accounts.
    async fn run_due(&self, limit: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.ports.clock().now();
        let after = {
            let mut round = self.round();
            // A clock that was ahead and has been corrected must not delay the next round.
            let latest = later(now, self.config.every);
            let due = round.due.filter(|due| (now < *due) && (*due <= latest));
            if let Some(due) = due {
                return Ok(Some(due));
            }
            round.due = None;
            round.after.clone()
        };
        let page = self
            .ports
            .store()
            .accounts(after.as_ref(), limit.max(1))
            .await?;
        for account in &page.accounts {
            // A failure to store one account's position must not delay the others.
            let listed = self.poll(account, now).await;
            self.round().after = Some(account.clone());
            if !listed? {
                return Ok(Some(self.end(now)));
            }
        }
        if page.next.is_some() {
            return Ok(Some(now));
        }
        Ok(Some(self.end(now)))
    }

    async fn woken(&self) {
        pending().await
    }
}

const PAGES: usize = 4;
const MAX_BATCH: usize = 1000;
/// Interval at which the position of an account with both directions off advances.
const UNUSED_EVERY: Duration = Duration::from_secs(60 * 60);
