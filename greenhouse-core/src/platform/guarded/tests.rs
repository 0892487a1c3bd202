use std::sync::Arc;

use chrono::DateTime;

use super::*;
use crate::{InvitationId, ScenarioId, platform::Person};

#[tokio::test]
async fn a_panic_in_any_call_is_reported_as_unavailable() {
    let product = GuardedPlatform::new(Arc::new(Panicking));
    let (acme, id) = (AccountId::new("acme"), AssessmentId::new("as-1"));
    let person = Person {
        first_name: "Mira".to_owned(),
        last_name: "Okafor".to_owned(),
        email: None,
    };
    let (invitation, scenario) = (InvitationId::new("inv-1"), ScenarioId::new("sc-1"));
    let invite = Invite::new(invitation, scenario, person);
    let cursor = CompletedCursor::starting_at(DateTime::UNIX_EPOCH);
    let errors = [
        product.scenarios(&acme).await.err(),
        product.jobs(&acme).await.err(),
        product.invite(&acme, &invite).await.err(),
        product.assessment(&acme, &id).await.err(),
        product.profile(&acme, &id).await.err(),
        product.report_pdf(&acme, &id).await.err(),
        product.report_url(&acme, &id).await.err(),
        product.revoke_report_urls(&acme, &id).await.err(),
        product
            .apply_outcome(&acme, &id, Outcome::Hired, 1)
            .await
            .err(),
        product.completed_since(&acme, &cursor, 1).await.err(),
    ];
    for error in errors {
        let error = error.unwrap();
        assert!(error.panicked());
        assert!(!format!("{error:?}").contains("Mira"));
    }
    let other = PlatformError::Unavailable("the product panicked in invite".into());
    assert!(!other.panicked());
    assert!(!PlatformError::NotFound { what: "report" }.panicked());
}

#[derive(Debug)]
struct Panicking;

#[async_trait]
impl AssessmentPlatform for Panicking {
    async fn scenarios(&self, _: &AccountId) -> Result<Vec<Scenario>, PlatformError> {
        panic!("Mira Okafor")
    }

    async fn jobs(&self, _: &AccountId) -> Result<Vec<ProductJob>, PlatformError> {
        panic!("Mira Okafor")
    }

    async fn invite(&self, _: &AccountId, _: &Invite) -> Result<AssessmentId, PlatformError> {
        panic!("Mira Okafor")
    }

    async fn assessment(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<Option<Assessment>, PlatformError> {
        panic!("Mira Okafor")
    }

    async fn profile(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<CandidateProfile, PlatformError> {
        panic!("Mira Okafor")
    }

    async fn report_pdf(&self, _: &AccountId, _: &AssessmentId) -> Result<Bytes, PlatformError> {
        panic!("Mira Okafor")
    }

    async fn report_url(&self, _: &AccountId, _: &AssessmentId) -> Result<Url, PlatformError> {
        panic!("Mira Okafor")
    }

    async fn revoke_report_urls(
        &self,
        _: &AccountId,
        _: &AssessmentId,
    ) -> Result<(), PlatformError> {
        panic!("Mira Okafor")
    }

    async fn apply_outcome(
        &self,
        _: &AccountId,
        _: &AssessmentId,
        _: Outcome,
        _: u64,
    ) -> Result<(), PlatformError> {
        panic!("Mira Okafor")
    }

    async fn completed_since(
        &self,
        _: &AccountId,
        _: &CompletedCursor,
        _: usize,
    ) -> Result<Completed, PlatformError> {
        panic!("Mira Okafor")
    }
}
