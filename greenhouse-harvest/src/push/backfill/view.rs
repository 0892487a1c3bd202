use chrono::{DateTime, Utc};
use greenhouse_core::{
    backfill::BackfillScope,
    store::{Backfill, BackfillCounts, BackfillMode, BackfillState},
};
use serde::Serialize;

/// State of an account's last backfill. Response of the endpoint `backfill`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "openapi", schemars(rename = "Backfill"))]
#[non_exhaustive]
pub struct BackfillView {
    /// Dry run or run.
    pub mode: BackfillMode,
    /// State.
    pub state: BackfillState,
    /// Why the backfill is paused or delayed. `None` if a person has paused it, or if it is not
    /// delayed.
    pub reason: Option<String>,
    /// Number of days before the dry run that are considered.
    pub days: u32,
    /// Assessments that are considered.
    pub scope: BackfillScope,
    /// Share of the rate limit in percent.
    pub share: u8,
    /// Earliest considered completion.
    pub since: DateTime<Utc>,
    /// End of the considered completions.
    pub until: DateTime<Utc>,
    /// Numbers of the dry run, during and after the run.
    pub counted: Option<BackfillCounts>,
    /// Numbers so far.
    pub counts: BackfillCounts,
    /// Number of pushes that are queued, running or waiting.
    pub waiting: usize,
    /// Estimated time in seconds that the remaining pushes take. After a dry run, the time of the
    /// run. `None` if it is not known.
    pub seconds_left: Option<u64>,
    /// Time of the start.
    pub started_at: DateTime<Utc>,
    /// Time of the end. `None` if it has not ended.
    pub ended_at: Option<DateTime<Utc>>,
}

impl BackfillView {
    pub(super) fn of(record: &Backfill) -> Self {
        Self {
            mode: record.mode,
            state: record.state,
            reason: record.reason.as_ref().map(ToString::to_string),
            days: record.days,
            scope: record.scope,
            share: record.share,
            since: record.since,
            until: record.until,
            counted: record.counted.clone(),
            counts: record.counts.clone(),
            waiting: record.open.len(),
            seconds_left: record.time_left().map(|left| left.as_secs()),
            started_at: record.started_at,
            ended_at: record.ended_at,
        }
    }

    /// Number of ended pushes, and of those that are expected in all.
    pub fn progress(&self) -> (u64, u64) {
        let ended = self.counts.pushed.saturating_add(self.counts.failed);
        let announced = self.counted.as_ref().map_or(0, |counted| counted.taken);
        (ended, announced.max(self.counts.taken))
    }
}
