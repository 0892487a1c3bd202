use std::{collections::BTreeMap, sync::Arc};

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
    /// Assessments that a direction failed to handle, with the time of their completion.
    failed: BTreeMap<AssessmentId, DateTime<Utc>>,
}

impl Position {
    pub(super) fn at(at: DateTime<Utc>) -> Self {
        Self {
            cursor: CompletedCursor::starting_at(at),
            stored: at,
            failed: BTreeMap::new(),
        }
    }

    /// Reports failed assessments again.
    pub(super) async fn repeat(&mut self, directions: &[Arc<dyn Direction>], account: &AccountId) {
        let failed = self.failed.iter().take(REPEATED);
        let failed: Vec<_> = failed.map(|(id, at)| (id.clone(), *at)).collect();
        for (id, at) in failed {
            self.report(directions, account, &CompletedAssessment { id, at })
                .await;
        }
    }

    /// Reports one assessment to the directions.
    pub(super) async fn report(
        &mut self,
        directions: &[Arc<dyn Direction>],
        account: &AccountId,
        row: &CompletedAssessment,
    ) {
        match report_change(directions, account, &row.id).await {
            Ok(()) => {
                self.failed.remove(&row.id);
            }
            Err(error) => {
                let direction = error.direction();
                tracing::warn!(%account, assessment = %row.id, direction, error = %chain(&error), "a completed assessment could not be reported; it will be retried");
                self.failed.insert(row.id.clone(), row.at);
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
        let failed = self.failed.values().copied();
        let held = failed.filter(|at| now - *at < GIVEN_UP_AFTER).min();
        held.map_or(self.cursor.at, |held| held.min(self.cursor.at))
    }
}

const REPEATED: usize = 100;
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(1);
