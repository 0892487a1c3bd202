use std::time::Duration;

use chrono::{DateTime, Utc};

use super::BackfillScope;
use crate::{
    earlier, later,
    store::{Backfill, BackfillMode, BackfillState},
};

/// Bounds and share of a backfill, as a person enters them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackfillRequest {
    /// Number of days before now whose completions are considered.
    pub days: u32,
    /// Share of the rate limit in percent.
    pub share: u8,
    /// Assessments that are considered.
    pub scope: BackfillScope,
}

impl BackfillRequest {
    /// Maximum number of days.
    pub const MAX_DAYS: u32 = 365;
    /// Maximum share. The rest is left for live pushes.
    pub const MAX_SHARE: u8 = 90;
    /// Time for which a dry run allows a run.
    pub const COUNT_VALID: Duration = Duration::from_secs(24 * 60 * 60);

    fn check(&self) -> Result<(), BackfillRefusal> {
        if !(1..=Self::MAX_DAYS).contains(&self.days) {
            return Err(BackfillRefusal::Days { got: self.days });
        }
        if !(1..=Self::MAX_SHARE).contains(&self.share) {
            return Err(BackfillRefusal::Share { got: self.share });
        }
        Ok(())
    }
}

/// Reason why a backfill does not start, pause, resume or end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BackfillRefusal {
    /// The number of days is out of range.
    #[error("days: expected a number from 1 to {max}, got {got}", max = BackfillRequest::MAX_DAYS)]
    Days {
        /// Number from the request.
        got: u32,
    },
    /// The share is out of range.
    #[error("share: expected a number from 1 to {max}, got {got}", max = BackfillRequest::MAX_SHARE)]
    Share {
        /// Number from the request.
        got: u8,
    },
    /// A backfill is running or paused.
    #[error("a backfill is running or paused")]
    Unfinished,
    /// There was no dry run.
    #[error("the results were not counted")]
    NotCounted,
    /// The dry run had other bounds.
    #[error("the results were counted for other bounds")]
    OtherBounds,
    /// The dry run ended too long ago.
    #[error("the results were counted more than a day ago")]
    CountedLongAgo,
    /// No backfill is running.
    #[error("no backfill is running")]
    NotRunning,
    /// No backfill is paused.
    #[error("no backfill is paused")]
    NotPaused,
}

/// Returns the record of a dry run. `known` is the stored record, which it replaces.
///
/// # Errors
///
/// [`BackfillRefusal`] if the request is invalid or a backfill is not finished.
pub fn count(
    known: Option<&Backfill>,
    request: BackfillRequest,
    now: DateTime<Utc>,
) -> Result<Backfill, BackfillRefusal> {
    request.check()?;
    if known.is_some_and(|known| !known.state.has_ended()) {
        return Err(BackfillRefusal::Unfinished);
    }
    let days = Duration::from_secs(u64::from(request.days) * 24 * 60 * 60);
    let mut new = Backfill::new(request, earlier(now, days), now);
    if let Some(known) = known {
        new.starts = known.starts.saturating_add(1);
        new.version = known.version;
    }
    Ok(new)
}

/// Returns the record of a run with the bounds of the dry run in `known`.
///
/// # Errors
///
/// [`BackfillRefusal`] if there was no dry run with the same bounds.
pub fn run(
    known: Option<&Backfill>,
    request: BackfillRequest,
    now: DateTime<Utc>,
) -> Result<Backfill, BackfillRefusal> {
    request.check()?;
    let known = known.ok_or(BackfillRefusal::NotCounted)?;
    if !known.state.has_ended() {
        return Err(BackfillRefusal::Unfinished);
    }
    if known.mode != BackfillMode::DryRun || known.state != BackfillState::Done {
        return Err(BackfillRefusal::NotCounted);
    }
    if (known.days, known.scope) != (request.days, request.scope) {
        return Err(BackfillRefusal::OtherBounds);
    }
    if later(known.until, BackfillRequest::COUNT_VALID) < now {
        return Err(BackfillRefusal::CountedLongAgo);
    }
    Ok(known.clone().into_run(request.share, now))
}
