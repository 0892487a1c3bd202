//! Product that never returns a report.

use std::{future::pending, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{
        Assessment, AssessmentPlatform, CandidateProfile, Completed, CompletedCursor, Invite,
        Outcome, PlatformError, ProductJob, Scenario,
    },
    testing::FakePlatform,
};
use url::Url;

#[derive(Debug)]
pub(crate) struct Slow {
    pub(crate) product: Arc<FakePlatform>,
    /// If `true`, the product does not return assessments either.
    pub(crate) mute: bool,
    /// If `true`, the product panics when an assessment is read.
    pub(crate) crashes: bool,
}

#[async_trait]
impl AssessmentPlatform for Slow {
    async fn scenarios(&self, account: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        self.product.scenarios(account).await
    }

    async fn jobs(&self, account: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        self.product.jobs(account).await
    }

    async fn invite(
        &self,
        account: &AccountId,
        invite: &Invite,
    ) -> Result<AssessmentId, PlatformError> {
        self.product.invite(account, invite).await
    }

    async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        assert!(!self.crashes, "the product crashes");
        if self.mute {
            pending::<()>().await;
        }
        self.product.assessment(account, assessment).await
    }

    async fn profile(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        self.product.profile(account, assessment).await
    }

    async fn report_pdf(&self, _: &AccountId, _: &AssessmentId) -> Result<Bytes, PlatformError> {
        pending().await
    }

    async fn report_url(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Url, PlatformError> {
        self.product.report_url(account, assessment).await
    }

    async fn apply_outcome(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
        outcome: Outcome,
        revision: u64,
    ) -> Result<(), PlatformError> {
        let product = &self.product;
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
        self.product.completed_since(account, cursor, limit).await
    }
}
