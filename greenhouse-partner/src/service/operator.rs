//! Operator endpoints of the direction. [`PartnerKeys`](crate::PartnerKeys),
//! [`PartnerSettings`](crate::PartnerSettings), [`SetUp`](crate::SetUp) and [`PartnerService`]
//! document them.

mod hooks;
mod keys;
#[cfg(feature = "openapi")]
mod public;
mod report_links;
mod set_up;
mod settings;

use async_trait::async_trait;
use bytes::Bytes;
#[cfg(feature = "openapi")]
use greenhouse_core::openapi::Operation;
use greenhouse_core::{
    AccountId,
    answer::{self, NewState},
    health::Check,
    operator::{OperatorPart, OperatorRequest, QueuedRetry, not_found, store_down},
    store::{LogSubject, LoggedEntry, StoreError},
};
use http::{HeaderValue, Response, StatusCode, header};

use super::PartnerService;
use crate::{notices::RetryResult, texts::refusal};

#[async_trait]
impl OperatorPart for PartnerService {
    async fn answer(&self, request: &OperatorRequest) -> Option<Response<Bytes>> {
        if let Some(answer) = set_up::answer(self, request).await {
            return Some(answer);
        }
        if let Some(answer) = report_links::answer(&self.reports, request).await {
            return Some(answer);
        }
        if let Some(answer) = hooks::answer(self, request).await {
            return Some(answer);
        }
        if let Some(answer) = settings::answer(self, request).await {
            return Some(answer);
        }
        keys::answer(&self.keys(), request).await
    }

    /// Queues a failed notice again. Responds with 202 once the queued notice is stored.
    async fn retry(
        &self,
        request: &OperatorRequest,
        entry: &LoggedEntry,
    ) -> Option<Response<Bytes>> {
        if entry.entry.subject != LogSubject::Notice {
            return None;
        }
        let Some(invitation) = &entry.entry.invitation else {
            return Some(not_found());
        };
        let result = self.notices.retry(&request.account, invitation).await;
        Some(match result {
            Ok(RetryResult::Queued) => answer::json(StatusCode::ACCEPTED, &NewState::new("queued")),
            Ok(RetryResult::NotFailed) => {
                answer::problem_text(StatusCode::CONFLICT, &refusal::not_failed())
            }
            Ok(RetryResult::NotFound) => not_found(),
            Err(error) => store_down(&error),
        })
    }

    async fn queue_retry(
        &self,
        account: &AccountId,
        entry: &LoggedEntry,
    ) -> Result<Option<QueuedRetry>, StoreError> {
        if entry.entry.subject != LogSubject::Notice {
            return Ok(None);
        }
        let Some(invitation) = &entry.entry.invitation else {
            return Ok(Some(QueuedRetry::Refused(refusal::no_invitation())));
        };
        Ok(Some(
            match self.notices.retry(account, invitation).await? {
                RetryResult::Queued => QueuedRetry::Queued,
                RetryResult::NotFailed => QueuedRetry::Refused(refusal::not_failed()),
                RetryResult::NotFound => QueuedRetry::Refused(refusal::no_invitation()),
            },
        ))
    }

    #[cfg(feature = "openapi")]
    fn operations(&self) -> Vec<Operation> {
        let operator = [
            set_up::operations(),
            report_links::operations(),
            hooks::operations(),
            settings::operations(),
            keys::operations(),
        ];
        operator
            .into_iter()
            .flatten()
            .chain(public::operations())
            .collect()
    }

    async fn checks(&self, account: &AccountId) -> Vec<Check> {
        self.checks.run(account).await
    }
}

/// Marks a response that contains a key as not cacheable.
fn uncached(mut response: Response<Bytes>) -> Response<Bytes> {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
