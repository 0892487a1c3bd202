//! Waiting for the end of a push.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use greenhouse_core::{
    AccountId, AssessmentId, later,
    store::{LogId, LogKey, PushState, StoreError},
};

use super::{PushRefusal, PushService, PushView};

impl PushService {
    /// How the push stands when it has ended, or when the endpoint has waited long enough.
    pub(super) async fn wait(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<PushView, PushRefusal> {
        let config = &self.parts.config;
        let end = later(self.now(), config.endpoint_wait);
        loop {
            // Listens before it looks, so that an end in between is not missed.
            let mut ended = pin!(self.ended.notified());
            ended.as_mut().enable();
            let Some(push) = self.parts.store.push(account, assessment).await? else {
                return Err(PushRefusal::NotFound);
            };
            let now = self.now();
            if let PushState::Failed(failure) = &push.state
                && failure.code == "not_settled"
                && let Some(until) = failure.retry_after.filter(|until| *until > now)
            {
                return Err(PushRefusal::NotSettled { until });
            }
            let log = self.log_id(account, assessment).await?;
            let view = PushView::of(&push, log, now, config.settle_time);
            let left = end.signed_duration_since(now).to_std().unwrap_or_default();
            if view.has_ended() || left.is_zero() {
                return Ok(view);
            }
            first(ended, self.parts.clock.sleep(left.min(config.poll))).await;
        }
    }

    /// The entry of the sync log that an assessment's push has, if there is one.
    pub(super) async fn log_id(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<LogId>, StoreError> {
        let key = LogKey::push(assessment);
        let entry = self.parts.store.keyed_log_entry(account, &key).await?;
        Ok(entry.map(|logged| logged.id))
    }
}

/// What `call` answers, or none where `end` is there before it.
pub(super) async fn first<T>(
    call: impl Future<Output = T>,
    end: impl Future<Output = ()>,
) -> Option<T> {
    let (mut call, mut end) = (pin!(call), pin!(end));
    poll_fn(|context| match call.as_mut().poll(context) {
        Poll::Ready(answer) => Poll::Ready(Some(answer)),
        Poll::Pending => end.as_mut().poll(context).map(|()| None),
    })
    .await
}
