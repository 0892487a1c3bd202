use std::panic::AssertUnwindSafe;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::FutureExt as _;
use url::Url;

use super::{
    Assessment, AssessmentPlatform, CandidateProfile, Completed, CompletedCursor, Invite, Outcome,
    PlatformError, ProductJob, Scenario,
};
use crate::{AccountId, AssessmentId};

/// Product wrapper that turns panics into errors.
///
/// A call that panics fails with [`PlatformError::Unavailable`], and
/// [`panicked`](PlatformError::panicked) returns `true` for that error. The name of the call and
/// the account are logged. The panic message is not logged, because it may contain personal data.
#[derive(Debug)]
pub struct GuardedPlatform<P> {
    product: P,
}

impl<P: AssessmentPlatform> GuardedPlatform<P> {
    /// Wraps this product.
    pub fn new(product: P) -> Self {
        Self { product }
    }
}

#[async_trait]
impl<P: AssessmentPlatform> AssessmentPlatform for GuardedPlatform<P> {
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        let call = async { self.product.scenarios(account).await };
        guarded("scenarios", account, call).await
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        let call = async { self.product.jobs(account).await };
        guarded("jobs", account, call).await
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        let call = async { self.product.invite(account, invite).await };
        guarded("invite", account, call).await
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        let call = async { self.product.assessment(account, assessment).await };
        guarded("assessment", account, call).await
    }

    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        let call = async { self.product.profile(account, assessment).await };
        guarded("profile", account, call).await
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        let call = async { self.product.report_pdf(account, assessment).await };
        guarded("report_pdf", account, call).await
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        let call = async { self.product.report_url(account, assessment).await };
        guarded("report_url", account, call).await
    }

    async fn revoke_report_urls(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PlatformError> {
        let call = async { self.product.revoke_report_urls(account, assessment).await };
        guarded("revoke_report_urls", account, call).await
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        let product = &self.product;
        let call = async {
            product
                .apply_outcome(account, assessment, outcome, revision)
                .await
        };
        guarded("apply_outcome", account, call).await
    }

    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        let call = async { self.product.completed_since(account, cursor, limit).await };
        guarded("completed_since", account, call).await
    }
}

async fn guarded<T>(
    name: &'static str,
    account: &AccountId,
    call: impl Future<Output = Result<T, PlatformError>>,
) -> Result<T, PlatformError> {
    let answer = AssertUnwindSafe(call).catch_unwind().await;
    answer.unwrap_or_else(|_| {
        tracing::error!(call = name, %account, "the product panicked");
        Err(PlatformError::Unavailable(Box::new(ProductPanicked {
            call: name,
        })))
    })
}

/// Source of the error from a call that panicked.
#[derive(Debug, thiserror::Error)]
#[error("the product panicked in {call}")]
pub(super) struct ProductPanicked {
    call: &'static str,
}

#[cfg(test)]
mod tests;
