use std::{
    collections::BTreeMap,
    ops::Bound::{Excluded, Unbounded},
    sync::Arc,
};

use chrono::{DateTime, TimeDelta, Utc};

use super::report as report_change;
use crate::{
    AccountId, AssessmentId, chain,
    integration::Direction,
    platform::{CompletedAssessment, CompletedCursor},
};

/// Position in an account's completed assessments.
#[derive(Debug, Clone)]
pub(super) struct Position {
    /// All assessments before the cursor were reported or are in `failed`.
    pub(super) cursor: CompletedCursor,
    /// Position in the store. Earlier than the cursor if assessments have failed.
    pub(super) stored: DateTime<Utc>,
    /// Assessments that a direction failed to handle.
    failed: BTreeMap<AssessmentId, Failed>,
    /// Assessment that was retried last. `None` before the first retry.
    retried: Option<AssessmentId>,
}

#[derive(Debug, Clone, Copy)]
struct Failed {
    completed_at: DateTime<Utc>,
    /// Time of the first failure.
    since: DateTime<Utc>,
}

impl Position {
    pub(super) fn at(at: DateTime<Utc>) -> Self {
        Self {
            cursor: CompletedCursor::starting_at(at),
            stored: at,
            failed: BTreeMap::new(),
            retried: None,
        }
    }

    /// Reports failed assessments again, at most 100 per call, in turn. Gives up those that have
    /// failed for a day.
    pub(super) async fn repeat(
        &mut self,
        directions: &[Arc<dyn Direction>],
        account: &AccountId,
        now: DateTime<Utc>,
    ) {
        for assessment in self.give_up(now) {
            tracing::warn!(%account, %assessment, "a completed assessment could not be reported for a day; it is not retried any more");
        }
        for row in self.next_retries() {
            self.report(directions, account, &row, now).await;
            self.retried = Some(row.id);
        }
    }

    /// Removes the assessments that have failed for a day, and returns them.
    fn give_up(&mut self, now: DateTime<Utc>) -> Vec<AssessmentId> {
        let old = |failed: &Failed| now - failed.since >= GIVEN_UP_AFTER;
        let ids = self.failed.iter().filter(|(_, failed)| old(failed));
        let ids = ids.map(|(id, _)| id.clone()).collect();
        self.failed.retain(|_, failed| !old(failed));
        ids
    }

    /// Returns the assessments to retry: those after the one that was retried last, and then those
    /// from the beginning, so that each has its turn.
    fn next_retries(&self) -> Vec<CompletedAssessment> {
        let start = self.retried.as_ref().map_or(Unbounded, Excluded);
        let after = self.failed.range::<AssessmentId, _>((start, Unbounded));
        after
            .chain(&self.failed)
            .take(REPEATED.min(self.failed.len()))
            .map(|(id, failed)| CompletedAssessment {
                id: id.clone(),
                at: failed.completed_at,
            })
            .collect()
    }

    /// Reports one assessment to the directions.
    pub(super) async fn report(
        &mut self,
        directions: &[Arc<dyn Direction>],
        account: &AccountId,
        row: &CompletedAssessment,
        now: DateTime<Utc>,
    ) {
        match report_change(directions, account, &row.id).await {
            Ok(()) => {
                self.failed.remove(&row.id);
            }
            Err(error) => {
                let direction = error.direction();
                tracing::warn!(%account, assessment = %row.id, direction, error = %chain(&error), "a completed assessment could not be reported; it will be retried");
                let first = Failed {
                    completed_at: row.at,
                    since: now,
                };
                self.failed.entry(row.id.clone()).or_insert(first);
            }
        }
    }

    /// Moves to `cursor`, but not past `limit`, so that late commits are listed again.
    pub(super) fn advance(&mut self, cursor: CompletedCursor, limit: DateTime<Utc>) {
        let next = if cursor.at <= limit {
            cursor
        } else {
            CompletedCursor::starting_at(limit)
        };
        if next.at >= self.cursor.at {
            self.cursor = next;
        }
    }

    /// Position to store at `now`. It does not move past failed assessments from the last day.
    pub(super) fn to_store(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let failed = self.failed.values().map(|failed| failed.completed_at);
        let held = failed.filter(|at| now - *at < GIVEN_UP_AFTER).min();
        held.map_or(self.cursor.at, |held| held.min(self.cursor.at))
    }
}

/// Maximum number of retries per poll of an account.
const REPEATED: usize = 100;
/// Time from the first failure until an assessment is not retried any more. After the same time from
/// its completion, it does not hold the stored position back.
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(1);
