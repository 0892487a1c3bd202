//! A product and a network that are fast enough for thousands of pushes.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use greenhouse_core::{
    AccountId, AssessmentId, ExchangeLimits, HttpTransport, TransportError,
    platform::{
        Assessment, AssessmentPlatform, CandidateProfile, Completed, CompletedAssessment,
        CompletedCursor, Invite, Outcome, PlatformError, ProductJob, Scenario,
    },
};
use http::{Request, Response};
use mock_greenhouse::MockGreenhouse;
use url::Url;

use crate::simulated::World;

/// A product with many results, in the order of their completion.
#[derive(Debug)]
pub(super) struct Product(pub(super) Vec<Assessment>);

#[async_trait]
impl AssessmentPlatform for Product {
    async fn scenarios(&self, _: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        Ok(Vec::new())
    }

    async fn jobs(&self, _: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        Ok(Vec::new())
    }

    async fn invite(&self, _: &AccountId, _: &Invite) -> Result<AssessmentId, PlatformError> {
        Err(PlatformError::NotFound { what: "scenario" })
    }

    async fn assessment(
        &self,
        _: &AccountId,
        id: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        let number: usize = id.as_str().trim_start_matches("a-").parse().unwrap();
        Ok(self.0.get(number).cloned())
    }

    async fn profile(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        Ok(CandidateProfile::default())
    }

    async fn report_pdf(&self, _: &AccountId, _: &AssessmentId) -> Result<Bytes, PlatformError> {
        Ok(Bytes::from_static(b"%PDF-1.7 report"))
    }

    async fn report_url(&self, _: &AccountId, _: &AssessmentId) -> Result<Url, PlatformError> {
        Err(PlatformError::NotFound { what: "report" })
    }

    async fn revoke_report_urls(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<(), PlatformError> {
        Ok(())
    }

    async fn apply_outcome(
        &self,
        _: &AccountId,
        _: &AssessmentId,
        _: Outcome,
        _: u64,
    ) -> Result<(), PlatformError> {
        Ok(())
    }

    async fn completed_since(
        &self,
        _: &AccountId,
        cursor: &CompletedCursor,
        limit: usize,
    ) -> Result<Completed, PlatformError> {
        let is_before = |one: &Assessment| {
            (one.completed_at.unwrap(), Some(&one.id)) <= (cursor.at, cursor.after.as_ref())
        };
        let start = self.0.partition_point(is_before);
        let page = self.0[start..].iter().take(limit);
        let rows = page.map(|one| CompletedAssessment {
            id: one.id.clone(),
            at: one.completed_at.unwrap(),
        });
        Ok(Completed::Page(rows.collect()))
    }
}

/// The simulated network, with Greenhouse in this process.
#[derive(Debug)]
pub(super) struct InProcess {
    pub(super) world: Arc<World>,
    pub(super) greenhouse: Arc<MockGreenhouse>,
}

#[async_trait]
impl HttpTransport for InProcess {
    async fn send(
        &self,
        request: Request<Bytes>,
        _: ExchangeLimits,
    ) -> Result<Response<Bytes>, TransportError> {
        let counts = request.uri().path().starts_with("/v3/");
        let sent = async { Ok(self.greenhouse.answer(request).await) };
        self.world.exchange(counts, sent).await
    }
}
