//! The product port for a shared product.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use url::Url;

use super::{
    Assessment, AssessmentPlatform, CandidateProfile, Completed, CompletedCursor, Invite, Outcome,
    PlatformError, ProductJob, Scenario,
};
use crate::{AccountId, AssessmentId};

#[async_trait]
impl<T: AssessmentPlatform + ?Sized> AssessmentPlatform for Arc<T> {
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        (**self).scenarios(account).await
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        (**self).jobs(account).await
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        (**self).invite(account, invite).await
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        (**self).assessment(account, assessment).await
    }

    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        (**self).profile(account, assessment).await
    }

    async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        (**self).report_pdf(account, assessment).await
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        (**self).report_url(account, assessment).await
    }

    async fn revoke_report_urls(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<(), PlatformError> {
        (**self).revoke_report_urls(account, assessment).await
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        let product = &**self;
        product
            .apply_outcome(account, assessment, outcome, revision)
            .await
    }

    async fn completed_since(
        &self,
        account: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        (**self).completed_since(account, cursor, limit).await
    }
}
