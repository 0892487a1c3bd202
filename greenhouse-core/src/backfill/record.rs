//! Changes of the record of a backfill.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{BackfillRefusal, BackfillRequest, Pace};
use crate::{
    AssessmentId, Text,
    platform::CompletedCursor,
    store::{Backfill, BackfillCounts, BackfillKind, BackfillMode, BackfillState, OpenPush},
};

impl Backfill {
    /// Creates a dry run that starts now.
    pub fn new(request: BackfillRequest, since: DateTime<Utc>, now: DateTime<Utc>) -> Self {
        Self {
            kind: BackfillKind::Push,
            starts: 1,
            mode: BackfillMode::DryRun,
            state: BackfillState::Running,
            reason: None,
            days: request.days,
            scope: request.scope,
            share: request.share,
            since,
            until: now,
            cursor: CompletedCursor::starting_at(since),
            listed: false,
            counted: None,
            counts: BackfillCounts::default(),
            open: Vec::new(),
            requests: 0,
            spent_until: now,
            limit: None,
            attempts: 0,
            started_at: now,
            progress_at: now,
            ended_at: None,
            version: 0,
        }
    }

    /// Starts the run that this dry run has counted.
    #[must_use]
    pub(crate) fn into_run(self, share: u8, now: DateTime<Utc>) -> Self {
        Self {
            starts: self.starts.saturating_add(1),
            mode: BackfillMode::Run,
            state: BackfillState::Running,
            reason: None,
            share,
            cursor: CompletedCursor::starting_at(self.since),
            listed: false,
            counted: Some(self.counts),
            counts: BackfillCounts::default(),
            spent_until: now,
            attempts: 0,
            started_at: now,
            progress_at: now,
            ended_at: None,
            ..self
        }
    }

    /// Pauses. Started pushes still end.
    ///
    /// # Errors
    ///
    /// [`BackfillRefusal::NotRunning`].
    pub fn pause(&mut self, reason: Option<Text>) -> Result<(), BackfillRefusal> {
        if self.state != BackfillState::Running {
            return Err(BackfillRefusal::NotRunning);
        }
        self.state = BackfillState::Paused;
        self.reason = reason;
        Ok(())
    }

    /// Resumes after a pause.
    ///
    /// # Errors
    ///
    /// [`BackfillRefusal::NotPaused`].
    pub fn resume(&mut self, now: DateTime<Utc>) -> Result<(), BackfillRefusal> {
        if self.state != BackfillState::Paused {
            return Err(BackfillRefusal::NotPaused);
        }
        self.state = BackfillState::Running;
        self.reason = None;
        self.attempts = 0;
        self.progress_at = now;
        self.starts = self.starts.saturating_add(1);
        Ok(())
    }

    /// Ends the backfill before its end. Started pushes still end, but are not counted.
    ///
    /// # Errors
    ///
    /// [`BackfillRefusal::NotRunning`] if it has ended.
    pub fn cancel(&mut self, now: DateTime<Utc>) -> Result<(), BackfillRefusal> {
        if self.state.has_ended() {
            return Err(BackfillRefusal::NotRunning);
        }
        self.end(BackfillState::Cancelled, now);
        Ok(())
    }

    /// Ends the backfill if everything was listed and every push has ended. Returns `true` if so.
    pub fn end_if_finished(&mut self, now: DateTime<Utc>) -> bool {
        let is_finished = self.listed && self.open.is_empty();
        if is_finished {
            self.end(BackfillState::Done, now);
        }
        is_finished
    }

    fn end(&mut self, state: BackfillState, now: DateTime<Utc>) {
        self.state = state;
        self.reason = None;
        self.ended_at = Some(now);
    }

    /// Number of requests that the next push is expected to make: the average of the ended pushes,
    /// rounded up.
    pub fn expected_requests(&self) -> u32 {
        let ended = self.counts.pushed.saturating_add(self.counts.failed);
        match self.requests.div_ceil(ended.max(1)) {
            0 => FIRST_EXPECTED,
            average => u32::try_from(average).unwrap_or(u32::MAX),
        }
    }

    /// Records that a push has started.
    pub fn open(&mut self, assessment: AssessmentId, pace: Pace, now: DateTime<Utc>) {
        let expected = self.expected_requests();
        self.spent_until = pace.spend(self.spent_until, expected, now);
        self.open.push(OpenPush {
            assessment,
            expected,
        });
        self.counts.take();
        self.progress_at = now;
    }

    /// Records the end of a started push with the number of its requests. `pace` corrects the spent
    /// share.
    pub fn close(
        &mut self,
        assessment: &AssessmentId,
        is_done: bool,
        requests: u32,
        pace: Pace,
        now: DateTime<Utc>,
    ) {
        let Some(place) = self
            .open
            .iter()
            .position(|one| one.assessment == *assessment)
        else {
            return;
        };
        let ended = self.open.remove(place);
        self.spent_until = pace.correct(self.spent_until, ended.expected, requests);
        self.requests = self.requests.saturating_add(u64::from(requests));
        let count = match is_done {
            true => &mut self.counts.pushed,
            false => &mut self.counts.failed,
        };
        *count = count.saturating_add(1);
        self.progress_at = now;
    }

    /// Time that the remaining pushes take at the share, without delays. After a dry run, the time
    /// of the run. `None` if the limit is not known.
    pub fn time_left(&self) -> Option<Duration> {
        let (ended, all) = self.progress();
        let remaining = match self.mode {
            BackfillMode::DryRun => self.counts.taken,
            BackfillMode::Run => all.saturating_sub(ended),
        };
        let remaining = u32::try_from(remaining).unwrap_or(u32::MAX);
        let requests = remaining.saturating_mul(self.expected_requests());
        Some(Pace::new(self.share, self.limit?).time_of(requests))
    }

    /// Number of ended pushes, and of those that the dry run has announced. The second number is at
    /// least the number of started pushes.
    pub fn progress(&self) -> (u64, u64) {
        let announced = self.counted.as_ref().map_or(0, |counted| counted.taken);
        let ended = self.counts.pushed.saturating_add(self.counts.failed);
        (ended, announced.max(self.counts.taken))
    }
}

/// Expected requests of the first push.
const FIRST_EXPECTED: u32 = 12;
