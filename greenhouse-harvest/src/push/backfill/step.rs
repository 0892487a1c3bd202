//! One step of a backfill: a page of a dry run, or at most one new push of a run.
//!
//! The position, the numbers, the new push and the due time of the next step are one commit. If a
//! host stops before it, the step is repeated; after it, the push is durable.

use std::{pin::pin, time::Duration};

use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use greenhouse_core::{
    AccountId, Backoff, Text,
    backfill::{BackfillSkip, Pace, WindowUse},
    later,
    parking::TaskError,
    platform::{Completed, CompletedAssessment, CompletedCursor, PlatformError},
    store::{
        Backfill, BackfillMode, BackfillState, Changes, ClaimedTask, Proposal, Push, PushOrigin,
        PushState, Settlement, StoreError, Write, decide_and_apply,
    },
};

use super::{
    end_entry,
    examine::{Examined, examine},
    record,
};
use crate::{
    Access,
    push::{PushService, texts::backfill as texts},
};

/// Runs the next step of the account's backfill, and settles the task.
pub(super) async fn run(
    service: &PushService,
    task: &ClaimedTask,
    start: u32,
) -> Result<(), TaskError> {
    let store = service.engine.store();
    let decided = decide_and_apply(store, &task.account, || propose(service, task, start));
    match decided.await {
        Ok(decided) => {
            if decided.applied() == Some(true) {
                service.queued.notify_one();
            }
            Ok(())
        }
        Err(TaskError::Store(error)) if error.is_contended() => {
            let mut changes = Changes::none();
            let again = later(service.engine.now(), service.engine.config.poll);
            changes.settled = Some(task.settle(Settlement::Again(again)));
            let _ = store.apply(&task.account, changes).await?;
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// The proposed value is `true` if a push is queued.
async fn propose(
    service: &PushService,
    task: &ClaimedTask,
    start: u32,
) -> Result<Proposal<bool>, TaskError> {
    let engine = &service.engine;
    let account = &task.account;
    let mut step = Step {
        service,
        account,
        changes: Changes::none(),
        now: engine.now(),
    };
    let known = record(engine, account).await?;
    let is_current = |known: &Backfill| !known.state.has_ended() && known.starts == start;
    let Some(mut record) = known.filter(is_current) else {
        step.changes.settled = Some(task.settle(Settlement::Done));
        return Ok(Proposal::Write(step.changes, false));
    };
    let before = record.clone();
    let next = match engine.clients.access(account).await? {
        _ if record.state == BackfillState::Paused => step.wait_for_ends(&mut record).await?,
        Some(access) => match record.mode {
            BackfillMode::DryRun => step.count(&mut record, &access).await?,
            BackfillMode::Run => step.push(&mut record, &access).await?,
        },
        None => step.pause(&mut record, texts::backfill_switched_off()),
    };
    let settlement = match next {
        Next::Again(at) => Settlement::Again(at),
        Next::End => Settlement::Done,
    };
    step.changes.settled = Some(task.settle(settlement));
    if record != before {
        step.changes.backfills.push(Write::Put(record));
    }
    let has_queued = !step.changes.pushes.is_empty();
    Ok(Proposal::Write(step.changes, has_queued))
}

struct Step<'a> {
    service: &'a PushService,
    account: &'a AccountId,
    changes: Changes,
    now: DateTime<Utc>,
}

/// When the task runs again.
enum Next {
    Again(DateTime<Utc>),
    End,
}

impl Step<'_> {
    /// Counts one page.
    async fn count(&mut self, record: &mut Backfill, access: &Access) -> Result<Next, TaskError> {
        record.limit = Some(access.client.window_use().await?.limit);
        let rows = match self.list(record).await? {
            Ok(rows) => rows,
            Err(next) => return Ok(next),
        };
        let is_last = is_last_page(&rows, record);
        let engine = &self.service.engine;
        let (account, settings, scope) = (self.account, &access.settings, record.scope);
        let examined = stream::iter(considered(rows, record)).map(|row| async move {
            let examined = examine(engine, account, &row.id, settings, scope).await;
            (row, examined)
        });
        let mut examined = pin!(examined.buffered(AT_ONCE));
        while let Some((row, examined)) = examined.next().await {
            match examined? {
                Examined::Take(_) => record.counts.take(),
                Examined::Skip(reason) => record.counts.skip(reason),
                Examined::Unread(_) if record.attempts >= MAX_ATTEMPTS => {
                    record.counts.skip(BackfillSkip::Unread);
                }
                Examined::Unread(error) => return unread(&error, record, self.now),
            }
            self.advance(record, &row);
        }
        record.listed = is_last;
        match record.end_if_finished(self.now) {
            true => Ok(Next::End),
            false => Ok(Next::Again(self.now)),
        }
    }

    /// Counts pushes that have ended, and starts the next one if it is due.
    async fn push(&mut self, record: &mut Backfill, access: &Access) -> Result<Next, TaskError> {
        let window = access.client.window_use().await?;
        let pace = Pace::new(record.share, window.limit);
        record.limit = Some(window.limit);
        let active = self.close_ended(record, pace).await?;
        if record.end_if_finished(self.now) {
            self.changes.log.push(end_entry(record, self.now));
            return Ok(Next::End);
        }
        let config = &self.service.engine.config;
        let slots = config
            .at_once_per_account
            .saturating_sub(1)
            .clamp(1, MOST_ACTIVE);
        if record.listed || active >= slots || record.open.len() >= MOST_OPEN {
            return Ok(Next::Again(later(self.now, config.poll)));
        }
        let start = start_at(record, pace, &window, self.now);
        if start > self.now {
            // The end of an open push corrects the start of the next one.
            let poll = later(self.now, config.poll);
            return Ok(Next::Again(match record.open.is_empty() {
                true => start,
                false => start.min(poll),
            }));
        }
        let rows = match self.list(record).await? {
            Ok(rows) => rows,
            Err(next) => return Ok(next),
        };
        let is_last = is_last_page(&rows, record);
        for row in considered(rows, record) {
            if self.service.engine.now() > later(self.now, LONGEST) {
                return Ok(Next::Again(self.now));
            }
            let engine = &self.service.engine;
            let (settings, scope) = (&access.settings, record.scope);
            match examine(engine, self.account, &row.id, settings, scope).await? {
                Examined::Take(found) => {
                    let push = self
                        .service
                        .new_push(self.account, &found, PushOrigin::Person);
                    self.enqueue(push);
                    record.open(row.id.clone(), pace, self.now);
                    self.advance(record, &row);
                    return Ok(Next::Again(self.now));
                }
                Examined::Skip(reason) => record.counts.skip(reason),
                Examined::Unread(_) if record.attempts >= MAX_ATTEMPTS => {
                    record.counts.skip(BackfillSkip::Unread);
                }
                Examined::Unread(error) => return unread(&error, record, self.now),
            }
            self.advance(record, &row);
        }
        record.listed = is_last;
        Ok(Next::Again(self.now))
    }

    /// Counts the pushes that end during a pause.
    async fn wait_for_ends(&self, record: &mut Backfill) -> Result<Next, StoreError> {
        let pace = Pace::new(record.share, record.limit.unwrap_or(u32::MAX));
        self.close_ended(record, pace).await?;
        let poll = later(self.now, self.service.engine.config.poll);
        Ok(match record.open.is_empty() {
            true => Next::End,
            false => Next::Again(poll),
        })
    }

    /// Reads the next page, or returns when to try again.
    async fn list(
        &self,
        record: &mut Backfill,
    ) -> Result<Result<Vec<CompletedAssessment>, Next>, TaskError> {
        let engine = &self.service.engine;
        let listed = engine.completed_since(self.account, &record.cursor, PAGE);
        match listed.await {
            Ok(Completed::Page(rows)) => Ok(Ok(rows)),
            Ok(Completed::NotSupported) => {
                Ok(Err(self.pause(record, texts::backfill_cannot_list())))
            }
            Err(error) => Ok(Err(unread(&error, record, self.now)?)),
        }
    }

    fn pause(&self, record: &mut Backfill, reason: Text) -> Next {
        // The record is running, so this cannot fail.
        let _ = record.pause(Some(reason));
        Next::Again(self.now)
    }

    fn advance(&self, record: &mut Backfill, row: &CompletedAssessment) {
        record.cursor = CompletedCursor::after(row);
        record.attempts = 0;
        record.reason = None;
        record.progress_at = self.now;
    }

    fn enqueue(&mut self, push: Push) {
        let queued = self
            .service
            .enqueue(push, crate::push::texts::sync_log::push_of_backfill());
        self.changes.log.extend(queued.log);
        self.changes.due.extend(queued.due);
        self.changes.pushes.extend(queued.pushes);
    }

    /// Counts the open pushes that have ended. Returns the number of those that are queued or
    /// running. A push that waits for its report is open, but delays no other.
    async fn close_ended(&self, record: &mut Backfill, pace: Pace) -> Result<usize, StoreError> {
        let (store, mut active) = (self.service.engine.store(), 0);
        for open in record.open.clone() {
            let push = store.push(self.account, &open.assessment).await?;
            let (is_done, requests) = match &push {
                Some(push) => match &push.state {
                    PushState::Done => (true, push.requests),
                    PushState::Failed(_) => (false, push.requests),
                    _ => {
                        let wait = push.wait.as_ref();
                        let is_aside = wait.is_some_and(|wait| wait.code == REPORT_NOT_READY);
                        active += usize::from(!is_aside);
                        continue;
                    }
                },
                None => (false, open.expected),
            };
            record.close(&open.assessment, is_done, requests, pace, self.now);
        }
        Ok(active)
    }
}

/// Earliest start of the next push.
fn start_at(
    record: &Backfill,
    pace: Pace,
    window: &WindowUse,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let expected = record.expected_requests();
    pace.start_at(record.spent_until, expected, window, now)
}

/// Returns the rows of a page that lie within the bounds. A product may ignore the cursor, so rows
/// before it are not considered.
fn considered(rows: Vec<CompletedAssessment>, record: &Backfill) -> Vec<CompletedAssessment> {
    let mut rows = rows;
    rows.retain(|row| is_considered(row, record));
    rows
}

fn is_considered(row: &CompletedAssessment, record: &Backfill) -> bool {
    let cursor = &record.cursor;
    let is_at_cursor = row.at == cursor.at && cursor.after.as_ref() == Some(&row.id);
    row.at >= cursor.at && !is_at_cursor && row.at < record.until
}

/// Returns `true` if no page follows, because the page is short, reaches the end of the bounds, or
/// has nothing new.
fn is_last_page(rows: &[CompletedAssessment], record: &Backfill) -> bool {
    rows.len() < PAGE
        || rows.iter().any(|row| row.at >= record.until)
        || !rows.iter().any(|row| is_considered(row, record))
}

/// Retries after the product has failed.
fn unread(
    error: &PlatformError,
    record: &mut Backfill,
    now: DateTime<Utc>,
) -> Result<Next, TaskError> {
    TaskError::unless_panicked(error)?;
    let wait = WAIT.after(record.attempts);
    record.attempts = record.attempts.saturating_add(1);
    record.reason = Some(texts::backfill_product_failed());
    Ok(Next::Again(later(now, wait)))
}

/// Number of assessments in one call to the product.
const PAGE: usize = 50;
/// Number of assessments that a dry run reads at the same time.
const AT_ONCE: usize = 8;
/// Attempts to read an assessment before it is skipped.
const MAX_ATTEMPTS: u32 = 6;
const WAIT: Backoff = Backoff::new(Duration::from_secs(5), Duration::from_secs(120));
/// Time after which a step commits what it has, well before its lease ends.
const LONGEST: Duration = Duration::from_secs(20);
/// Maximum number of a backfill's pushes that are queued or running. The account's other places are
/// for live pushes.
const MOST_ACTIVE: usize = 2;
/// Maximum number of open pushes, including those that wait for their reports.
const MOST_OPEN: usize = 10;
const REPORT_NOT_READY: &str = "report_not_ready";
