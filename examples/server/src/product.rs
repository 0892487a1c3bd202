//! HTTP endpoints of the demo product. They replace the user interface of a real product.
//!
//! | request | purpose |
//! |---|---|
//! | `GET /product/assessments` | lists the account's assessments |
//! | `POST /product/assessments` | starts an assessment: `{scenario, job?, person, phone_numbers?, links?}` |
//! | `POST /product/assessments/{id}/complete` | completes an assessment: `{score, traits?,
//! summary?}` |
//! | `GET /product/reports/{token}` | returns the report |
//!
//! The token in the path authorizes the report. All other requests need an account's operator
//! token.

use std::sync::Arc;

use bytes::Bytes;
use demo_product::{DemoProduct, ProductError};
use greenhouse_core::{
    AccountId, AssessmentId, Clock, InvitationId, ProductJobId, ScenarioId, answer, chain,
    integration::Integration,
    parse_error::from_json,
    platform::{
        Assessment, AssessmentPlatform, AssessmentState, CandidateProfile, Outcome, Person,
    },
    scorecard::{Score, TraitScore},
};
use http::{HeaderValue, Method, Request, Response, StatusCode, header};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

/// Answers requests under `/product/`.
#[derive(Debug)]
pub struct ProductApi {
    product: Arc<DemoProduct>,
    greenhouse: Integration,
    clock: Arc<dyn Clock>,
}

impl ProductApi {
    /// Creates the endpoints of this product. Completed assessments are reported to `greenhouse`.
    pub fn new(product: Arc<DemoProduct>, greenhouse: Integration, clock: Arc<dyn Clock>) -> Self {
        Self {
            product,
            greenhouse,
            clock,
        }
    }

    /// Answers one request. `account` is the account of its operator token, or `None` without a
    /// valid token.
    pub async fn handle(
        &self,
        account: Option<&AccountId>,
        request: &Request<Bytes>,
    ) -> Response<Bytes> {
        let path = request.uri().path().trim_start_matches(PREFIX);
        let segments: Vec<_> = path.split('/').collect();
        if let (&Method::GET, ["reports", token]) = (request.method(), segments.as_slice()) {
            return self.report(token).await;
        }
        let Some(account) = account else {
            return answer::problem(
                StatusCode::UNAUTHORIZED,
                "unauthorized",
                "an operator token is required",
            );
        };
        match (request.method(), segments.as_slice()) {
            (&Method::GET, ["assessments"]) => self.list(account).await,
            (&Method::POST, ["assessments"]) => match from_json(request.body()) {
                Ok(new) => self.begin(account, new).await,
                Err(message) => unreadable(message),
            },
            (&Method::POST, ["assessments", id, "complete"]) => match from_json(request.body()) {
                Ok(result) => {
                    self.complete(account, &AssessmentId::new(*id), result)
                        .await
                }
                Err(message) => unreadable(message),
            },
            _ => answer::not_found(),
        }
    }

    async fn list(&self, account: &AccountId) -> Response<Bytes> {
        let views_of_all = async {
            let assessments = self.product.assessments(account).await?;
            let mut views = Vec::with_capacity(assessments.len());
            for assessment in assessments {
                let outcome = self.product.outcome_of(account, &assessment.id).await?;
                views.push(AssessmentView::of(
                    assessment,
                    outcome.map(|(outcome, _)| outcome),
                ));
            }
            Ok(views)
        };
        match views_of_all.await {
            Ok(views) => answer::json(StatusCode::OK, &views),
            Err(error) => failed(&error),
        }
    }

    async fn begin(&self, account: &AccountId, new: NewAssessment) -> Response<Bytes> {
        let started = self
            .product
            .take(account, &new.scenario, new.job.as_ref(), &new.person)
            .await;
        let mut profile = CandidateProfile::default();
        (profile.phone_numbers, profile.links) = (new.phone_numbers, new.links);
        let stored = match &started {
            Ok(assessment) if profile != CandidateProfile::default() => {
                let product = &self.product;
                product.set_profile(account, assessment, &profile).await
            }
            _ => Ok(()),
        };
        match stored.and(started) {
            Ok(assessment) => {
                answer::json(StatusCode::CREATED, &json!({ "assessment": assessment }))
            }
            Err(error) => failed(&error),
        }
    }

    /// Records a result and notifies the integration. A repeated request with the same score
    /// notifies the integration again.
    async fn complete(
        &self,
        account: &AccountId,
        id: &AssessmentId,
        result: NewResult,
    ) -> Response<Bytes> {
        let completed = self
            .product
            .complete(
                account,
                id,
                result.score,
                &result.traits,
                result.summary.as_deref(),
                self.clock.now(),
            )
            .await;
        match completed {
            Err(ProductError::Ended) if self.has_result(account, id, result.score).await => {}
            Err(error) => return failed(&error),
            Ok(()) => {}
        }
        let change = self.greenhouse.assessment_changed(account, id);
        match change.await {
            Ok(()) => answer::json(
                StatusCode::OK,
                &json!({ "assessment": id, "state": "completed" }),
            ),
            Err(error) => {
                tracing::warn!(
                    error = %chain(&error),
                    "assessment completed, but the integration was not notified"
                );
                answer::problem(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "not_announced",
                    "the result was recorded, but the integration was not notified; repeat the \
                     request",
                )
            }
        }
    }

    async fn has_result(&self, account: &AccountId, id: &AssessmentId, score: Score) -> bool {
        match self.product.assessment(account, id).await {
            Ok(Some(found)) => {
                found.state == AssessmentState::Completed && found.score == Some(score)
            }
            _ => false,
        }
    }

    async fn report(&self, token: &str) -> Response<Bytes> {
        match self.product.report_page(token).await {
            Ok(Some(page)) => {
                let mut response = Response::new(Bytes::from(page));
                let html = HeaderValue::from_static("text/html; charset=utf-8");
                response.headers_mut().insert(header::CONTENT_TYPE, html);
                response
            }
            Ok(None) => answer::text(StatusCode::NOT_FOUND, "This report does not exist."),
            Err(error) => failed(&error),
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewAssessment {
    scenario: ScenarioId,
    job: Option<ProductJobId>,
    person: Person,
    #[serde(default)]
    phone_numbers: Vec<String>,
    #[serde(default)]
    links: Vec<Url>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NewResult {
    score: Score,
    #[serde(default)]
    traits: Vec<TraitScore>,
    summary: Option<String>,
}

#[derive(Serialize)]
struct AssessmentView {
    id: AssessmentId,
    scenario: ScenarioId,
    invitation: Option<InvitationId>,
    state: AssessmentState,
    score: Option<Score>,
    outcome: Option<Outcome>,
}

impl AssessmentView {
    fn of(assessment: Assessment, outcome: Option<Outcome>) -> Self {
        Self {
            id: assessment.id,
            scenario: assessment.scenario,
            invitation: assessment.invitation,
            state: assessment.state,
            score: assessment.score,
            outcome,
        }
    }
}

fn unreadable(message: String) -> Response<Bytes> {
    answer::problem(StatusCode::UNPROCESSABLE_ENTITY, "bad_body", message)
}

fn failed(error: &ProductError) -> Response<Bytes> {
    let (status, code) = match error {
        ProductError::NotFound { .. } => (StatusCode::NOT_FOUND, "not_found"),
        ProductError::Ended => (StatusCode::CONFLICT, "ended"),
        _ => (StatusCode::SERVICE_UNAVAILABLE, "unavailable"),
    };
    let response = answer::problem(status, code, error.to_string());
    match status {
        StatusCode::SERVICE_UNAVAILABLE => answer::caused_by(response, error),
        _ => response,
    }
}

const PREFIX: &str = "/product/";
