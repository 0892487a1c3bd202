//! Asking the product, which may be slow.

use std::future::Future;

use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId,
    platform::{Assessment, PlatformError},
    within,
};

use super::PushService;

impl PushService {
    pub(super) async fn assessment(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        self.in_time(self.parts.platform.assessment(account, assessment))
            .await
    }

    pub(super) async fn report_pdf(
        &self,
        account: &AccountId,
        assessment: &AssessmentId,
    ) -> Result<Bytes, PlatformError> {
        self.in_time(self.parts.platform.report_pdf(account, assessment))
            .await
    }

    async fn in_time<T>(
        &self,
        call: impl Future<Output = Result<T, PlatformError>>,
    ) -> Result<T, PlatformError> {
        let parts = &self.parts;
        within(&*parts.clock, parts.config.product_deadline, call)
            .await
            .unwrap_or_else(|| Err(PlatformError::Unavailable(TooSlow.into())))
    }
}

#[derive(Debug, thiserror::Error)]
#[error("the product gave no answer in time")]
struct TooSlow;
