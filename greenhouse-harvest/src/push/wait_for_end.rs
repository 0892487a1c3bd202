//! Waits for the end of a push.

use std::pin::pin;

use futures_util::future::select;
use greenhouse_core::{
    AccountId, AssessmentId, later,
    store::{PushState, StoreError},
};

use super::{PushRefusal, PushService, PushView};

impl PushService {
    /// Returns the state of an assessment's push. `None` if it was never requested.
    ///
    /// # Errors
    ///
    /// [`StoreError`] if the store fails.
    pub async fn view(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<PushView>, StoreError> {
        let engine = &self.engine;
        let Some(push) = engine.store().push(account, assessment).await? else {
            return Ok(None);
        };
        let log = engine.log_id(account, assessment).await?;
        let settle_time = engine.config.settle_time;
        Ok(Some(PushView::new(&push, log, engine.now(), settle_time)))
    }

    /// Returns the state of the push as soon as it has ended, or when the endpoint's wait is over.
    pub(super) async fn wait(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<PushView, PushRefusal> {
        let engine = &self.engine;
        let config = &engine.config;
        let end = later(engine.now(), config.endpoint_wait);
        loop {
            // Subscribes before reading the state, so that no end in between is missed.
            let mut ended = pin!(self.ended.notified());
            ended.as_mut().enable();
            let Some(push) = engine.store().push(account, assessment).await? else {
                return Err(PushRefusal::NotFound);
            };
            let now = engine.now();
            if let PushState::Failed(failure) = &push.state
                && failure.code == "not_settled"
                && let Some(until) = failure.retry_after.filter(|until| *until > now)
            {
                return Err(PushRefusal::NotSettled { until });
            }
            let log = engine.log_id(account, assessment).await?;
            let view = PushView::new(&push, log, now, config.settle_time);
            let left = end.signed_duration_since(now).to_std().unwrap_or_default();
            if view.has_ended() || left.is_zero() {
                return Ok(view);
            }
            select(ended, engine.ports.clock().sleep(left.min(config.poll))).await;
        }
    }
}
