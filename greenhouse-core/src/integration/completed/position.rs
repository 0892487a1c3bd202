use std::{collections::BTreeMap, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};

use super::tell;
use crate::{
    AccountId, AssessmentId,
    integration::Direction,
    platform::{CompletedAssessment, CompletedCursor},
};

/// How far an account's completed assessments were told.
#[derive(Debug, Clone)]
pub(super) struct Position {
    /// Everything before it was told, or is in `failed`.
    pub(super) cursor: CompletedCursor,
    /// The position in the store.
    pub(super) stored: DateTime<Utc>,
    /// Assessments that a direction could not take note of, with the time of their completion.
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

    /// Tells again what failed before.
    pub(super) async fn repeat(&mut self, directions: &[Arc<dyn Direction>], account: &AccountId) {
        let failed = self.failed.iter().take(REPEATED);
        let failed: Vec<_> = failed.map(|(id, at)| (id.clone(), *at)).collect();
        for (id, at) in failed {
            self.told(directions, account, &CompletedAssessment { id, at })
                .await;
        }
    }

    /// Tells the directions of one assessment.
    pub(super) async fn told(
        &mut self,
        directions: &[Arc<dyn Direction>],
        account: &AccountId,
        row: &CompletedAssessment,
    ) {
        match tell(directions, account, &row.id).await {
            Ok(()) => {
                self.failed.remove(&row.id);
            }
            Err(error) => {
                let direction = error.direction();
                tracing::warn!(%account, assessment = %row.id, direction, %error, "a completed assessment is told again later");
                self.failed.insert(row.id.clone(), row.at);
            }
        }
    }

    /// Moves to `cursor`, but not past `limit`: what becomes visible late is listed again.
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

    /// The position to store at `now`. It does not pass what failed, unless that is older than a day.
    pub(super) fn to_store(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        let failed = self.failed.values().copied();
        let held = failed.filter(|at| now - *at < GIVEN_UP_AFTER).min();
        held.map_or(self.cursor.at, |held| held.min(self.cursor.at))
    }
}

const REPEATED: usize = 100;
const GIVEN_UP_AFTER: TimeDelta = TimeDelta::days(1);
