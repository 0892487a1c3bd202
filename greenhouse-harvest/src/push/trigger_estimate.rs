//! Estimate of how many recent assessments a trigger would have pushed.

use std::{collections::BTreeSet, pin::pin, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use greenhouse_core::{
    AccountId, AssessmentId, answer, earlier, later,
    operator::{OperatorRequest, store_down},
    platform::{AssessmentState, Completed, CompletedAssessment, CompletedCursor, PlatformError},
    store::StoreError,
    trigger::{self, Decision, SkipReason, Trigger},
    within,
};
use http::{Response, StatusCode};
use serde::Serialize;

use super::{PushService, engine::Engine, request::trigger_input, texts::refusal as texts};

/// Number of recently completed assessments that a trigger would have pushed. Response to `POST
/// settings/push/estimate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[cfg_attr(
    feature = "openapi",
    schemars(
        description = "Number of recently completed assessments that a trigger would have pushed."
    )
)]
#[non_exhaustive]
pub struct TriggerEstimate {
    /// Number of days that were examined, up to now.
    pub days: u32,
    /// Number of examined assessments. The numbers below add up to it.
    pub completed: usize,
    /// Assessments that the trigger would have pushed.
    pub pushed: usize,
    /// Assessments that Greenhouse had sent. No trigger pushes them.
    pub invited: usize,
    /// Assessments without a score, if the trigger requires one.
    pub without_score: usize,
    /// Assessments whose score is too low for the trigger.
    pub below_minimum: usize,
    /// Assessments that no trigger pushes because the account pushes manually.
    pub manual: usize,
    /// Assessments that could not be read from the product.
    pub unread: usize,
    /// `false` if there may be more assessments than were examined, because of their number or
    /// because the product took too long. The oldest assessments are examined first.
    pub complete: bool,
}

impl TriggerEstimate {
    fn add(&mut self, examined: Examined) {
        let number = match examined {
            Examined::NotCompleted => return,
            Examined::Unread => &mut self.unread,
            Examined::Decided(Decision::Push) => &mut self.pushed,
            Examined::Decided(Decision::Skip(reason)) => match reason {
                SkipReason::Invited => &mut self.invited,
                SkipReason::NoScore => &mut self.without_score,
                SkipReason::TooLow { .. } => &mut self.below_minimum,
                _ => &mut self.manual,
            },
        };
        *number = number.saturating_add(1);
        self.completed = self.completed.saturating_add(1);
    }
}

/// Result of examining one listed assessment.
enum Examined {
    /// The trigger's decision.
    Decided(Decision),
    /// The assessment is not completed any more.
    NotCompleted,
    /// The assessment could not be read from the product.
    Unread,
}

/// Why there is no estimate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum EstimateError {
    /// The product cannot list completed assessments.
    #[error("the product cannot list completed assessments")]
    NotSupported,
    /// The product could not list the completed assessments.
    #[error("could not list the completed assessments of the product")]
    Platform(#[source] PlatformError),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl PushService {
    /// Estimates how many assessments of the last 30 days the trigger would have pushed. Examines
    /// at most 1,000 assessments for at most 8 seconds, and changes nothing.
    ///
    /// # Errors
    ///
    /// [`EstimateError`].
    pub async fn estimate_trigger(
        &self,
        account: &AccountId,
        trigger: &Trigger,
    ) -> Result<TriggerEstimate, EstimateError> {
        let engine = &*self.engine;
        let end = later(engine.now(), LONGEST);
        let (ids, mut complete) = recent(engine, account, end).await?;
        let mut estimate = TriggerEstimate {
            days: DAYS,
            ..TriggerEstimate::default()
        };
        let reads = stream::iter(ids).map(|id| examine(engine, account, id, trigger));
        let mut reads = pin!(reads.buffer_unordered(AT_ONCE));
        loop {
            let left = time_left(engine, end);
            match within(engine.ports.clock().as_ref(), left, reads.next()).await {
                Some(Some(examined)) => estimate.add(examined?),
                Some(None) => break,
                None => {
                    complete = false;
                    break;
                }
            }
        }
        estimate.complete = complete;
        Ok(estimate)
    }

    /// `POST settings/push/estimate`. The request body is a trigger.
    pub(super) async fn estimate_answer(&self, request: &OperatorRequest) -> Response<Bytes> {
        let trigger = match request.json::<Trigger>() {
            Ok(trigger) => trigger,
            Err(message) => {
                return answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message);
            }
        };
        match self.estimate_trigger(&request.account, &trigger).await {
            Ok(estimate) => answer::json(StatusCode::OK, &estimate),
            Err(EstimateError::Store(error)) => store_down(&error),
            Err(EstimateError::NotSupported) => {
                answer::problem_text(StatusCode::CONFLICT, &texts::cannot_list())
            }
            Err(error @ EstimateError::Platform(_)) => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let response = answer::problem_text(status, &texts::product_unavailable());
                answer::caused_by(response, &error)
            }
        }
    }
}

/// Lists the assessments of the last days, oldest first, each once. Also returns `true` if these
/// are all of them.
async fn recent(
    engine: &Engine,
    account: &AccountId,
    end: DateTime<Utc>,
) -> Result<(Vec<AssessmentId>, bool), EstimateError> {
    let days = Duration::from_secs(u64::from(DAYS) * 24 * 60 * 60);
    let start = CompletedCursor::starting_at(earlier(engine.now(), days));
    let mut list = RecentList::new(start);
    while list.has_more {
        let call = engine
            .ports
            .product()
            .completed_since(account, &list.cursor, PAGE);
        let left = time_left(engine, end);
        let rows = match within(engine.ports.clock().as_ref(), left, call).await {
            Some(Ok(Completed::Page(rows))) => rows,
            Some(Ok(Completed::NotSupported)) => return Err(EstimateError::NotSupported),
            Some(Err(error)) => return Err(EstimateError::Platform(error)),
            None => return Ok((list.ids, false)),
        };
        list.add(&rows);
    }
    Ok((list.ids, list.complete))
}

/// Pages of the product's list of completed assessments.
struct RecentList {
    cursor: CompletedCursor,
    /// The listed assessments, oldest first, each once. At most [`MOST`].
    ids: Vec<AssessmentId>,
    known: BTreeSet<AssessmentId>,
    pages: usize,
    /// `true` if another page must be read.
    has_more: bool,
    /// `true` if `ids` contains all assessments of the list.
    complete: bool,
}

impl RecentList {
    fn new(start: CompletedCursor) -> Self {
        Self {
            cursor: start,
            ids: Vec::new(),
            known: BTreeSet::new(),
            pages: 0,
            has_more: true,
            complete: false,
        }
    }

    /// Adds a page. An assessment that was completed again is listed again, so a page may contain
    /// nothing new. The number of pages is limited, because a product may ignore the cursor.
    fn add(&mut self, rows: &[CompletedAssessment]) {
        for row in rows {
            self.cursor = CompletedCursor::after(row);
            if self.known.insert(row.id.clone()) {
                self.ids.push(row.id.clone());
            }
        }
        self.pages = self.pages.saturating_add(1);
        let is_last = rows.len() < PAGE;
        self.complete = is_last && self.ids.len() <= MOST;
        self.has_more = !is_last && self.ids.len() < MOST && self.pages < MAX_PAGES;
        self.ids.truncate(MOST);
    }
}

/// Reads one assessment, and decides on it as the trigger would.
async fn examine(
    engine: &Engine,
    account: &AccountId,
    id: AssessmentId,
    trigger: &Trigger,
) -> Result<Examined, StoreError> {
    let Ok(found) = engine.assessment(account, &id).await else {
        return Ok(Examined::Unread);
    };
    let found = found.filter(|found| found.state == AssessmentState::Completed);
    let Some(found) = found else {
        return Ok(Examined::NotCompleted);
    };
    let input = trigger_input(engine.store(), account, &found).await?;
    Ok(Examined::Decided(trigger::decide(trigger, false, &input)))
}

fn time_left(engine: &Engine, end: DateTime<Utc>) -> Duration {
    let left = end.signed_duration_since(engine.now());
    left.to_std().unwrap_or_default()
}

const DAYS: u32 = 30;
/// Maximum number of assessments that are read.
const MOST: usize = 1_000;
const PAGE: usize = 200;
const MAX_PAGES: usize = 10;
/// Maximum number of assessments that are read at the same time.
const AT_ONCE: usize = 8;
/// Maximum duration of an estimate.
const LONGEST: Duration = Duration::from_secs(8);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_ends_with_a_short_page_with_enough_ids_or_after_ten_pages() {
        let same = |_| 0;
        let next = |page: usize| page * PAGE;
        for (name, first, rows, pages, ids, complete) in [
            ("nothing", next as fn(usize) -> usize, 0, 1, 0, true),
            ("a short page", next, PAGE - 1, 1, PAGE - 1, true),
            ("more than the maximum", next, PAGE, 5, MOST, false),
            (
                "a product that ignores the cursor",
                same,
                PAGE,
                MAX_PAGES,
                PAGE,
                false,
            ),
        ] {
            let mut list = RecentList::new(CompletedCursor::starting_at(DateTime::UNIX_EPOCH));
            while list.has_more {
                let numbers = (0..rows).map(|row| first(list.pages) + row);
                let page: Vec<_> = numbers.map(completed).collect();
                list.add(&page);
            }
            assert_eq!(
                (list.pages, list.ids.len(), list.complete),
                (pages, ids, complete),
                "{name}"
            );
        }
    }

    fn completed(number: usize) -> CompletedAssessment {
        CompletedAssessment {
            id: AssessmentId::new(format!("a-{number}")),
            at: DateTime::UNIX_EPOCH,
        }
    }
}
