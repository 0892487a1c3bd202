use std::{sync::Arc, time::Duration};

use greenhouse_core::{
    Clock,
    platform::{AssessmentPlatform, PlatformError},
    within,
};

/// Client for the product, with a deadline for each call.
#[derive(Debug, Clone)]
pub(crate) struct ProductClient {
    pub(crate) platform: Arc<dyn AssessmentPlatform>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) deadline: Duration,
}

impl ProductClient {
    /// Returns the product's response, or [`PlatformError::Unavailable`] after the deadline.
    pub(crate) async fn call<'a, T, F>(
        &'a self,
        call: impl FnOnce(&'a dyn AssessmentPlatform) -> F,
    ) -> Result<T, PlatformError>
    where
        F: Future<Output = Result<T, PlatformError>>,
    {
        let call = call(self.platform.as_ref());
        let answer = within(self.clock.as_ref(), self.deadline, call).await;
        answer.unwrap_or_else(|| Err(PlatformError::Unavailable("no response in time".into())))
    }
}
