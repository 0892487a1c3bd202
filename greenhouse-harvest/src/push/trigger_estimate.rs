//! Estimate of how many recent assessments a trigger would have pushed.

use std::{collections::BTreeSet, pin::pin, time::Duration};

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures_util::{StreamExt as _, stream};
use greenhouse_core::{
    AccountId, AssessmentId, answer, earlier, later,
    operator::{OperatorRequest, store_down},
    platform::{AssessmentState, Completed, CompletedCursor, PlatformError},
    store::StoreError,
    trigger::{self, Decision, SkipReason, Trigger, TriggerInput},
    within,
};
use http::{Response, StatusCode};
use serde::Serialize;

use super::{PushService, engine::Engine, texts::refusal as texts};

/// Number of recently completed assessments that a trigger would have pushed. Response to `POST
/// settings/push/estimate`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
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
    /// `false` if there are more assessments than were examined, because of their number or because
    /// the product took too long. The oldest assessments are examined first.
    pub complete: bool,
}

impl TriggerEstimate {
    fn add(&mut self, read: Option<Option<Decision>>) {
        let number = match read {
            // Not completed any more.
            Some(None) => return,
            None => &mut self.unread,
            Some(Some(Decision::Push)) => &mut self.pushed,
            Some(Some(Decision::Skip(reason))) => match reason {
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
    /// Estimates how many assessments of the last 30 days the trigger would have pushed. Examines at
    /// most 1,000 assessments for at most 8 seconds, and changes nothing.
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
        let reads = stream::iter(ids).map(|id| decide(engine, account, id, trigger));
        let mut reads = pin!(reads.buffer_unordered(AT_ONCE));
        loop {
            let left = time_left(engine, end);
            match within(engine.ports.clock().as_ref(), left, reads.next()).await {
                Some(Some(read)) => estimate.add(read?),
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

/// Lists the assessments of the last days, oldest first, each once. Also returns `true` if these are
/// all of them.
async fn recent(
    engine: &Engine,
    account: &AccountId,
    end: DateTime<Utc>,
) -> Result<(Vec<AssessmentId>, bool), EstimateError> {
    let days = Duration::from_secs(u64::from(DAYS) * 24 * 60 * 60);
    let mut cursor = CompletedCursor::starting_at(earlier(engine.now(), days));
    let mut known = BTreeSet::new();
    let mut ids = Vec::new();
    while ids.len() < MOST {
        let call = engine
            .ports
            .product()
            .completed_since(account, &cursor, PAGE);
        let left = time_left(engine, end);
        let rows = match within(engine.ports.clock().as_ref(), left, call).await {
            Some(Ok(Completed::Page(rows))) => rows,
            Some(Ok(Completed::NotSupported)) => return Err(EstimateError::NotSupported),
            Some(Err(error)) => return Err(EstimateError::Platform(error)),
            None => return Ok((ids, false)),
        };
        for row in &rows {
            cursor = CompletedCursor::after(row);
            // An assessment that was completed again is listed again.
            if known.insert(row.id.clone()) {
                ids.push(row.id.clone());
            }
        }
        if rows.len() < PAGE {
            let complete = ids.len() <= MOST;
            ids.truncate(MOST);
            return Ok((ids, complete));
        }
    }
    ids.truncate(MOST);
    Ok((ids, false))
}

/// Returns the trigger's decision, or `None` if the assessment could not be read. The decision is
/// `None` if the assessment is not completed any more.
async fn decide(
    engine: &Engine,
    account: &AccountId,
    id: AssessmentId,
    trigger: &Trigger,
) -> Result<Option<Option<Decision>>, StoreError> {
    let Ok(found) = engine.assessment(account, &id).await else {
        return Ok(None);
    };
    let found = found.filter(|found| found.state == AssessmentState::Completed);
    let Some(found) = found else {
        return Ok(Some(None));
    };
    let invited = found.invitation.is_some()
        || engine
            .store()
            .invitation_of_assessment(account, &id)
            .await?
            .is_some();
    let input = TriggerInput::new(found.score, invited);
    Ok(Some(Some(trigger::decide(trigger, &input))))
}

fn time_left(engine: &Engine, end: DateTime<Utc>) -> Duration {
    let left = end.signed_duration_since(engine.now());
    left.to_std().unwrap_or_default()
}

const DAYS: u32 = 30;
/// Maximum number of assessments that are read.
const MOST: usize = 1_000;
const PAGE: usize = 200;
/// Maximum number of assessments that are read at the same time.
const AT_ONCE: usize = 8;
/// Maximum duration of an estimate.
const LONGEST: Duration = Duration::from_secs(8);
